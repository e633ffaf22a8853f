"""Reports whose publishers share an incident id (semantics, incidents, rule 1), and scopes."""

from conflict_timeline.projections.incidents import Incidents

from .kit import by, correction, given, held, incident, retraction, strike, then, when

FAR = {"geonames": 706483}


def test_a_shared_id_unites_whatever_else_the_reports_say() -> None:
    hour = strike("18T22:00/18T23:00", incident="x:1")
    elsewhere = strike("18T21:00/19T02:00", incident="x:1", place=FAR, attribution=by("UKR"))
    week = strike("15T00:00/22T00:00", incident="x:1", attribution=[])
    given(hour, elsewhere, week)

    then(Incidents()).holds(
        incident(
            hour,
            elsewhere,
            week,
            core="18T22:00/18T23:00",
            parties=held("RUS") + held("UKR"),
            windows_disagree=False,
            imprecise=False,
        )
    )


def test_its_place_is_that_of_the_shortest_report() -> None:
    long = strike("18T18:00/19T07:00", incident="x:1")
    short = strike("18T22:00/18T23:00", incident="x:1", place=FAR)
    given(long, short)

    then(Incidents()).holds(incident(long, short, place=FAR))


def test_two_ids_are_two_incidents() -> None:
    one = strike("18T22:00/18T23:00", incident="x:1")
    other = strike("18T22:00/18T23:00", incident="x:2")
    given(one, other)

    then(Incidents()).holds(incident(one), incident(other))


def test_a_report_without_the_id_is_never_grouped_with_those_that_have_it() -> None:
    named, unnamed = strike("18T22:00/18T23:00", incident="x:1"), strike("18T22:00/18T23:00")
    given(named, unnamed)

    then(Incidents()).holds(incident(named), incident(unnamed))


def test_a_long_window_narrows_where_an_id_is_shared() -> None:
    vague = strike("18T00:00/20T00:00", incident="x:1")
    night = strike("19T20:00/20T05:00", incident="x:1")
    given(vague, night)

    then(Incidents()).holds(incident(vague, night, core="19T20:00/20T00:00"))


def test_a_long_window_alone_is_not_imprecise_where_it_has_an_id() -> None:
    vague = strike("18T00:00/20T00:00", incident="x:1")
    given(vague)

    then(Incidents()).holds(incident(vague, imprecise=False))


def test_windows_that_part_disagree_and_their_hull_stands() -> None:
    evening = strike("18T18:00/18T20:00", incident="x:1")
    night = strike("18T23:00/19T02:00", incident="x:1")
    given(evening, night)

    then(Incidents()).holds(
        incident(evening, night, core="18T18:00/19T02:00", windows_disagree=True)
    )


def test_windows_that_only_touch_disagree() -> None:
    evening = strike("18T18:00/19T00:00", incident="x:1")
    night = strike("19T00:00/19T06:00", incident="x:1")
    given(evening, night)

    then(Incidents()).holds(
        incident(evening, night, core="18T18:00/19T06:00", windows_disagree=True)
    )


def test_an_instant_inside_all_windows_is_the_core() -> None:
    night = strike("19T00:00/19T06:00", incident="x:1")
    across = strike("18T20:00/19T00:00:00.000001", incident="x:1")
    midnight = strike("19T00:00", incident="x:1")
    again = strike("19T00:00", incident="x:1", attribution=[])
    given(night, across, midnight, again)

    then(Incidents()).holds(
        incident(night, across, midnight, again, core="19T00:00", windows_disagree=False)
    )


def test_an_instant_at_the_end_of_a_window_disagrees_with_it() -> None:
    evening = strike("18T18:00/19T00:00", incident="x:1")
    midnight = strike("19T00:00", incident="x:1")
    given(evening, midnight)

    then(Incidents()).holds(
        incident(evening, midnight, core="18T18:00/19T00:00", windows_disagree=True)
    )


def test_an_instant_between_two_windows_that_touch_there_is_not_inside_both() -> None:
    evening = strike("18T18:00/19T00:00", incident="x:1")
    midnight, night = (
        strike("19T00:00", incident="x:1"),
        strike("19T00:00/19T06:00", incident="x:1"),
    )
    given(evening, midnight, night)

    then(Incidents()).holds(
        incident(evening, midnight, night, core="18T18:00/19T06:00", windows_disagree=True)
    )


def test_two_different_instants_disagree() -> None:
    one, other = strike("18T22:00", incident="x:1"), strike("18T23:00", incident="x:1")
    given(one, other)

    then(Incidents()).holds(incident(one, other, core="18T22:00/18T23:00", windows_disagree=True))


def test_a_retracted_report_no_longer_disagrees() -> None:
    evening = strike("18T18:00/18T20:00", incident="x:1")
    night = strike("18T23:00/19T02:00", incident="x:1")
    given(evening, night)

    when(retraction(evening))

    then(Incidents()).holds(incident(night, core="18T23:00/19T02:00", windows_disagree=False))


def test_a_correction_that_drops_the_id_gives_the_report_back_to_its_place() -> None:
    named, unnamed = strike("18T22:00/18T23:00", incident="x:1"), strike("18T20:00/19T00:00")
    given(named, unnamed)

    when(correction(named, drop=["incident"]))

    then(Incidents()).holds(incident(named, unnamed))


# Scopes


def test_waves_and_aggregates_are_no_incidents_whatever_id_they_carry() -> None:
    wave = strike("18T22:00/18T23:00", scope="wave")
    aggregate = strike("18T22:00/18T23:00", scope="aggregate", incident="x:1")
    given(wave, aggregate)

    then(Incidents()).holds_nothing()


def test_a_wave_says_nothing_of_the_incident_beside_it() -> None:
    hour, wave = strike("18T22:00/18T23:00"), strike("18T20:00/19T00:00", scope="wave")
    given(hour, wave)

    then(Incidents()).holds(incident(hour))


def test_a_report_that_becomes_a_wave_leaves_its_incident_and_may_come_back() -> None:
    hour, night = strike("18T22:00/18T23:00"), strike("18T18:00/19T07:00")
    wave = correction(hour, scope="wave", time="2025-03-01T00:00:00Z")
    given(hour, night, wave)
    then(Incidents()).holds(incident(night, core="18T18:00/19T07:00"))

    when(correction(hour, time="2025-03-02T00:00:00Z"))
    then(Incidents()).holds(incident(hour, night, core="18T22:00/18T23:00"))
