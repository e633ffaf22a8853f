"""Which reports of one place speak of one attack (semantics, incidents, rules 2 to 4)."""

from conflict_timeline.projections.incidents import Incidents

from .kit import by, given, held, in_order_of_keys, incident, retraction, strike, then, when

KHARKIV = {"geonames": 706483}
UKR = by("UKR")


def test_overlapping_reports_of_one_place_are_one_incident_at_the_time_they_agree_on() -> None:
    night = strike("18T18:00/19T07:00")
    given(night)

    hour = strike("18T23:00/19T08:00")
    when(hour)

    then(Incidents()).holds(incident(night, hour, core="18T23:00/19T07:00", imprecise=False))


def test_reports_of_two_places_never_meet() -> None:
    here, there = strike("18T22:00/18T23:00"), strike("18T22:00/18T23:00", place=KHARKIV)
    given(here, there)

    then(Incidents()).holds(incident(here), incident(there))


def test_windows_that_only_touch_are_two_incidents() -> None:
    evening, night = strike("18T18:00/19T00:00"), strike("19T00:00/19T06:00")
    given(evening, night)

    then(Incidents()).holds(incident(evening), incident(night))


def test_one_microsecond_in_common_is_enough() -> None:
    evening, night = strike("18T18:00/19T00:00:00.000001"), strike("19T00:00/19T06:00")
    given(evening, night)

    then(Incidents()).holds(incident(evening, night, core="19T00:00/19T00:00:00.000001"))


def test_an_instant_belongs_to_the_window_that_it_begins() -> None:
    evening, night = strike("18T18:00/19T00:00"), strike("19T00:00/19T06:00")
    midnight = strike("19T00:00")
    given(evening, night, midnight)

    then(Incidents()).holds(incident(evening), incident(night, midnight, core="19T00:00"))


def test_an_instant_does_not_belong_to_the_window_that_it_ends() -> None:
    evening, midnight = strike("18T18:00/19T00:00"), strike("19T00:00")
    given(evening, midnight)

    then(Incidents()).holds(incident(evening), incident(midnight))


def test_two_equal_instants_meet() -> None:
    one, same = strike("19T00:00", id="one"), strike("19T00:00", id="same")
    given(one, same)

    then(Incidents()).holds(incident(one, same, core="19T00:00"))


def test_two_instants_a_microsecond_apart_do_not_meet() -> None:
    one, other = strike("19T00:00"), strike("19T00:00:00.000001")
    given(one, other)

    then(Incidents()).holds(incident(one), incident(other))


def test_two_instants_in_one_window_are_not_one_attack_for_that() -> None:
    early, late, night = strike("18T23:00"), strike("19T01:00"), strike("18T22:00/19T02:00")
    given(early, late, night)

    then(Incidents()).holds(incident(early, night), incident(late))


def test_a_report_that_met_the_founder_but_not_what_was_agreed_stays_apart() -> None:
    founder, narrower = strike("18T18:00/19T00:00"), strike("18T22:00/19T05:00")
    outside = strike("18T13:00/18T21:00")
    given(founder, narrower, outside)

    then(Incidents()).holds(incident(founder, narrower), incident(outside))


def test_the_shortest_report_founds_and_gives_the_place() -> None:
    founder_place = {"geonames": 709930, "name": "Dnipro, left bank"}
    night = strike("18T18:00/19T07:00")
    given(night)

    hour = strike("18T22:00/18T23:00", place=founder_place)
    when(hour)

    then(Incidents()).holds(incident(night, hour, place=founder_place))


def test_of_equally_long_reports_the_earliest_founds() -> None:
    later = strike("18T21:00/18T23:00", place={"geonames": 709930, "name": "Later"})
    earlier = strike("18T20:00/18T22:00", place={"geonames": 709930, "name": "Earlier"})
    given(later, earlier)

    then(Incidents()).holds(incident(later, earlier, place={"geonames": 709930, "name": "Earlier"}))


def test_of_equal_windows_the_smallest_event_key_founds() -> None:
    one, other = in_order_of_keys(
        strike("18T21:00/18T23:00", place={"geonames": 709930, "name": "One"}),
        strike("18T21:00/18T23:00", place={"geonames": 709930, "name": "Other"}),
    )
    given(other, one)

    then(Incidents()).holds(incident(one, other, place=one["data"]["place"]))


# Parties


def test_reports_that_blame_different_sides_are_two_incidents() -> None:
    russian, ukrainian = strike("18T22:00/18T23:00"), strike("18T22:00/19T00:00", attribution=UKR)
    given(russian, ukrainian)

    then(Incidents()).holds(incident(russian), incident(ukrainian))


def test_a_report_that_blames_nobody_meets_any_side() -> None:
    russian, silent = strike("18T22:00/18T23:00"), strike("18T22:00/19T00:00", attribution=[])
    given(russian, silent)

    then(Incidents()).holds(incident(russian, silent))


def test_one_side_in_common_is_enough_and_brings_its_own_along() -> None:
    russian = strike("18T22:00/18T23:00")
    both = strike("18T22:00/19T00:00", attribution=by("RUS", "UKR"))
    ukrainian = strike("18T22:00/19T01:00", attribution=UKR)
    given(russian, both, ukrainian)

    then(Incidents()).holds(incident(russian, both, ukrainian))


def test_what_an_outlet_inferred_keeps_reports_apart_as_well() -> None:
    inferred = strike("18T22:00/18T23:00", attribution=by("RUS", basis="inferred_by_outlet"))
    ukrainian = strike("18T22:00/19T00:00", attribution=UKR)
    given(inferred, ukrainian)

    then(Incidents()).holds(incident(inferred, parties=[]), incident(ukrainian))


# Which of several


def test_a_core_inside_the_window_goes_before_one_that_overlaps_it_for_longer() -> None:
    inside, across = strike("18T21:00/18T22:00"), strike("18T23:00/19T06:00")
    vague = strike("18T20:00/19T04:00")
    given(inside, across, vague)

    then(Incidents()).holds(incident(inside, vague), incident(across))


def test_a_core_as_long_as_the_window_lies_inside_it() -> None:
    same = strike("18T20:00/19T04:00", id="same")
    across, vague = strike("18T23:00/19T07:00"), strike("18T20:00/19T04:00", id="vague")
    given(same, across, vague)

    then(Incidents()).holds(incident(same, vague, across, core="18T23:00/19T04:00"))


def test_among_cores_inside_the_window_the_earlier_start_wins() -> None:
    short, long = strike("18T21:00/18T22:00"), strike("18T23:00/19T03:00")
    night = strike("18T18:00/19T07:00")
    given(long, short, night)

    then(Incidents()).holds(incident(short, night), incident(long))


def test_among_cores_that_only_overlap_the_longest_overlap_wins() -> None:
    evening, morning = strike("18T18:00/18T23:00"), strike("19T02:00/19T08:00")
    night = strike("18T22:00/19T05:00")
    given(evening, morning, night)

    then(Incidents()).holds(incident(evening), incident(morning, night))


def test_among_equal_overlaps_the_earlier_start_wins() -> None:
    evening, morning = strike("18T18:00/18T23:00"), strike("19T04:00/19T09:00")
    night = strike("18T22:00/19T05:00")
    given(evening, morning, night)

    then(Incidents()).holds(incident(evening, night), incident(morning))


def test_among_equal_cores_the_smaller_founders_key_wins() -> None:
    russian, ukrainian = strike("18T22:00/18T23:00"), strike("18T22:00/18T23:00", attribution=UKR)
    night = strike("18T18:00/19T07:00", attribution=[])
    given(russian, ukrainian, night)

    least, other = in_order_of_keys(russian, ukrainian)
    then(Incidents()).holds(incident(least, night), incident(other))


# Long windows


def test_a_window_of_36_hours_narrows_the_core() -> None:
    founder, long = strike("18T18:00/19T07:00"), strike("19T00:00/20T12:00")
    given(founder, long)

    then(Incidents()).holds(incident(founder, long, core="19T00:00/19T07:00"))


def test_a_window_of_more_than_36_hours_joins_but_does_not_narrow_the_core() -> None:
    founder, vague = strike("18T18:00/19T07:00"), strike("19T00:00/20T12:00:00.000001")
    given(founder, vague)

    then(Incidents()).holds(incident(founder, vague, core="18T18:00/19T07:00", imprecise=False))


def test_a_vague_report_that_fits_no_incident_is_imprecise() -> None:
    vague = strike("18T00:00/20T00:00")
    given(vague)

    then(Incidents()).holds(incident(vague, core="18T00:00/20T00:00", imprecise=True))


def test_nothing_joins_an_imprecise_incident() -> None:
    vague = strike("18T00:00/20T00:00", id="vague")
    given(vague)

    as_vague, vaguer = strike("18T00:00/20T00:00"), strike("17T00:00/21T00:00")
    when(as_vague, vaguer)

    then(Incidents()).holds(
        incident(vague, imprecise=True),
        incident(as_vague, imprecise=True),
        incident(vaguer, imprecise=True),
    )


def test_a_vague_report_leaves_its_own_incident_for_a_precise_one_that_comes_later() -> None:
    vague = strike("18T00:00/20T00:00")
    given(vague)

    hour = strike("18T22:00/18T23:00")
    when(hour)

    then(Incidents()).holds(incident(vague, hour, core="18T22:00/18T23:00", imprecise=False))


def test_a_vague_report_adds_its_parties_and_so_keeps_the_next_one_out() -> None:
    hour = strike("18T22:00/18T23:00", attribution=[])
    vague = strike("18T00:00/20T00:00")
    vaguer = strike("17T00:00/21T00:00", attribution=UKR)
    given(hour, vague, vaguer)

    then(Incidents()).holds(
        incident(hour, vague, parties=held("RUS")), incident(vaguer, imprecise=True)
    )


def test_a_long_window_comes_last_even_where_it_was_reported_first() -> None:
    vague = strike("17T00:00/21T00:00", attribution=UKR)
    given(vague)

    russian, silent = strike("18T22:00/19T00:00"), strike("18T22:00/18T23:00", attribution=[])
    when(russian, silent)

    then(Incidents()).holds(incident(russian, silent), incident(vague, imprecise=True))


# Changes


def test_a_late_report_takes_over_those_that_it_suits_better() -> None:
    founder, second = strike("18T20:00/18T23:00"), strike("18T22:00/19T03:00")
    given(founder, second)

    late = strike("18T23:30/19T01:00")
    when(late)

    then(Incidents()).holds(incident(founder), incident(late, second, core="18T23:30/19T01:00"))


def test_a_late_report_that_narrows_the_core_drives_others_out() -> None:
    hour, other = strike("18T20:00/18T23:00"), strike("18T22:00/19T03:00")
    given(hour, other)

    late = strike("18T20:30/18T21:00")
    when(late)

    then(Incidents()).holds(
        incident(hour, late, core="18T20:30/18T21:00"), incident(other, core="18T22:00/19T03:00")
    )


def test_without_its_founder_a_group_is_founded_again_by_the_next() -> None:
    founder = strike("18T22:00/18T23:00")
    night, day = strike("18T18:00/19T07:00"), strike("18T07:00/18T22:30")
    given(founder, night, day)

    when(retraction(founder))

    then(Incidents()).holds(incident(night, day, core="18T18:00/18T22:30"))


def test_without_the_report_between_them_two_reports_part() -> None:
    evening, bridge = strike("18T18:00/18T21:00"), strike("18T17:00/18T20:30", attribution=[])
    ukrainian = strike("18T16:00/18T20:00", attribution=by("UKR", "RUS"))
    last = strike("18T15:00/18T20:00", attribution=UKR)
    given(evening, bridge, ukrainian, last)

    when(retraction(ukrainian))

    then(Incidents()).holds(incident(evening, bridge), incident(last))


def test_one_report_can_move_all_later_ones_of_a_night() -> None:
    first = strike("18T22:00/18T23:00", attribution=[])
    russian = strike("18T21:00/19T00:00")
    ukrainian = strike("18T20:00/19T01:00", attribution=UKR)
    given(first, russian, ukrainian)

    when(early := strike("18T22:30", attribution=UKR))

    then(Incidents()).holds(incident(early, first, ukrainian), incident(russian))
