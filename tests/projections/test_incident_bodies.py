"""What an incident says of an attack, and by which id (semantics, incidents)."""

from conflict_timeline.projections.incidents import Incidents
from tests.oracle.reports import key_of

from .kit import (
    PRODUCER,
    asserted,
    by,
    correction,
    given,
    held,
    incident,
    incident_id,
    retraction,
    strike,
    then,
    when,
    withdrawn,
)

OTHER = "https://scrapers.example/B"


def test_an_incident_holds_what_any_of_its_reports_says_each_once_and_sorted() -> None:
    one = strike(
        "18T22:00/18T23:00",
        place={"geonames": 709930, "admin1": "UA-12", "country": "UA"},
        targets=["rail", "energy_grid", "rail"],
        weapons=[{"family": "one_way_drone", "model": "Geran-2"}, {"family": "missile"}],
        claimant={"name": "OVA", "party": "UKR"},
    )
    two = strike(
        "18T18:00/19T07:00",
        source=OTHER,
        place={"geonames": 709930, "admin1": "UA-23"},
        targets=["energy"],
        weapons=[{"family": "missile"}],
        claimant={"name": "ISW"},
    )
    given(one, two)

    then(Incidents()).holds(
        incident(
            one,
            two,
            targets=["energy", "energy_grid", "rail"],
            weapons=["missile", "one_way_drone"],
            admin1s=["UA-12", "UA-23"],
            countries=["UA"],
            claimants=["ISW", "OVA"],
            producers=[OTHER, PRODUCER],
            members_total=None,
        )
    )


def test_what_only_one_report_said_goes_with_it() -> None:
    one = strike("18T22:00/18T23:00", targets=["rail"], claimant={"name": "OVA"})
    two = strike("18T18:00/19T07:00", targets=["rail", "port"])
    given(one, two)

    when(retraction(one))

    then(Incidents()).holds(incident(two, targets=["port", "rail"], claimants=[]))


def test_a_party_that_only_an_outlet_inferred_is_no_party_of_the_incident() -> None:
    report = strike(
        "18T22:00", attribution=by("RUS", basis="inferred_by_outlet") + by("UKR", basis="assessed")
    )
    given(report)

    then(Incidents()).holds(incident(report, parties=held("UKR", "assessed")))


def test_another_basis_beside_the_inference_makes_it_a_party_with_both() -> None:
    inferred = strike("18T22:00", attribution=by("RUS", basis="inferred_by_outlet"))
    alleged = strike("18T21:00/18T23:00")
    given(inferred, alleged)

    then(Incidents()).holds(
        incident(inferred, alleged, parties=held("RUS", "alleged_by_target", "inferred_by_outlet"))
    )


def test_those_who_dispute_a_party_are_united_over_bases_and_reports() -> None:
    one = strike(
        "18T22:00",
        attribution=by("RUS", disputed_by=["RUS", "BLR"])
        + by("RUS", basis="inferred_by_outlet", disputed_by=["un"]),
    )
    two = strike("18T21:00/18T23:00", attribution=by("RUS", disputed_by=["RUS"]) + by("UKR"))
    given(one, two)

    then(Incidents()).holds(
        incident(
            one,
            two,
            parties=[
                *held(
                    "RUS",
                    "alleged_by_target",
                    "inferred_by_outlet",
                    disputed_by=["BLR", "RUS", "un"],
                ),
                *held("UKR"),
            ],
        )
    )


def test_at_most_256_members_are_listed_and_then_all_are_counted() -> None:
    reports = [strike("18T22:00", id=f"e{number}") for number in range(257)]
    keys = sorted(key_of(report) for report in reports)
    given(*reports[:256])
    then(Incidents()).holds(incident(*reports[:256], members_total=None))

    when(reports[256])
    then(Incidents()).holds({"members": keys[:256], "members_total": 257})


# Ids


def test_an_incident_is_named_by_the_report_that_was_recorded_first() -> None:
    night, hour = strike("18T18:00/19T07:00"), strike("18T22:00/18T23:00")
    given(night)

    when(hour)

    then(Incidents()).made(asserted(incident_id(night), number=2, body=incident(night, hour)))


def test_the_position_of_the_report_counts_and_not_that_of_its_amendment() -> None:
    first, second = strike("18T22:00/18T23:00"), strike("18T18:00/19T07:00")
    given(correction(second, targets=["rail"]), first, second)

    when(correction(first, targets=["port"]))

    then(Incidents()).made(asserted(incident_id(first), number=3))


def test_an_incident_that_joins_another_is_withdrawn_and_names_it() -> None:
    russian, ukrainian = strike("18T22:00/18T23:00"), strike("18T21:00", attribution=by("UKR"))
    given(russian, ukrainian)

    fix = correction(ukrainian, attribution=by("RUS"), occurred=russian["data"]["occurred"])
    when(fix)

    then(Incidents()).made(
        withdrawn(incident_id(ukrainian), into=incident_id(russian), number=2),
        asserted(
            incident_id(russian),
            number=2,
            because=[key_of(fix), key_of(ukrainian)],
            body=incident(russian, ukrainian),
        ),
    )


def test_a_retracted_first_report_names_no_successor_and_the_rest_has_a_new_id() -> None:
    first, second = strike("18T22:00/18T23:00"), strike("18T18:00/19T07:00")
    given(first, second)

    when(retraction(first))

    then(Incidents()).made(
        withdrawn(incident_id(first), number=3),
        asserted(incident_id(second), number=1, body=incident(second)),
    )


def test_a_first_report_that_becomes_a_wave_names_no_successor() -> None:
    first = strike("18T22:00/18T23:00")
    given(first)

    when(correction(first, scope="wave"))

    then(Incidents()).made(withdrawn(incident_id(first), number=2))


def test_a_first_report_that_moves_takes_its_id_along() -> None:
    first, second = strike("18T22:00/18T23:00"), strike("18T18:00/19T07:00")
    given(first, second)

    moved = correction(first, place={"geonames": 706483})
    when(moved)

    both = sorted([(incident_id(first), first, 3), (incident_id(second), second, 1)])
    then(Incidents()).made(
        *(asserted(entry, number=number, body=incident(report)) for entry, report, number in both)
    )


def test_numbers_go_on_when_an_incident_comes_back() -> None:
    report = strike("18T22:00/18T23:00")
    given(report, retraction(report, time="2025-03-02T00:00:00Z"))

    when(correction(report, time="2025-03-03T00:00:00Z"))

    then(Incidents()).made(asserted(incident_id(report), number=3, body=incident(report)))


def test_what_no_body_shows_makes_no_revision() -> None:
    report = strike("18T22:00/18T23:00")
    given(report)

    when(
        correction(
            report,
            figures=[{"measure": "killed", "unit": "people", "best": 2, "claimant": "OVA"}],
            articles=["https://news.example/1"],
        )
    )

    then(Incidents()).made_nothing()
