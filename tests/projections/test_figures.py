"""Figures: every number that was claimed, by whom (semantics)."""

import unicodedata
from typing import Any

import pytest

from conflict_timeline.projections.figures import Figures
from conflict_timeline.testing import (
    Json,
    asserted,
    given,
    keeps_the_rules,
    key_of,
    then,
    when,
    withdrawn,
)
from tests.oracle.builders import names_by_key
from tests.oracle.others import in_any_order
from tests.oracle.wide_histories import wide_history

from .kit import (
    DNIPRO,
    article,
    by,
    correction,
    denial,
    in_order_of_keys,
    incident_id,
    retraction,
    strike,
    time_of,
    window,
)

NOON, LATE, LATER = (f"2025-03-0{day}T12:00:00Z" for day in (1, 2, 3))
EARLY = "2025-02-28T12:00:00Z"
KHARKIV: Json = {"geonames": 706483}


def killed(claimant: str | Json = "ISW", **fields: Any) -> Json:
    """People killed, as a claimant has it; twelve, unless fields say otherwise."""
    numbers = fields if {"low", "best", "high"} & fields.keys() else {"best": 12, **fields}
    return {"measure": "killed", "unit": "people", "claimant": claimant, **numbers}


def hit(*figures: Json, occurred: str = "18T22:00/18T23:00", **fields: Any) -> Json:
    """A report of a strike with these figures."""
    return strike(occurred, figures=list(figures), **fields)


def entry(first: Json, counted: str = "killed:people") -> str:
    """The entry id of the figures of the incident that is named by its first report."""
    return f"{incident_id(first)}:{counted}"


def claims() -> list[Json]:
    """The claims of the one entry."""
    (body,) = then(Figures).entries.values()
    shown: list[Json] = body["claims"]
    return shown


def current() -> list[tuple[str, int]]:
    """Claimant and best number of the current claims of the one entry."""
    return [(one["claimant"], one["best"]) for one in claims() if one["current"]]


# Bodies


def test_a_number_is_shown_with_its_claimant_event_and_date() -> None:
    told = hit(killed())
    given(told)

    assert then(Figures).entries == {
        entry(told): {
            "of": incident_id(told),
            "measure": "killed",
            "unit": "people",
            "agreement": "single",
            "claims": [
                {
                    "claimant": "ISW",
                    "event": key_of(told),
                    "current": True,
                    "reported": NOON,
                    "best": 12,
                }
            ],
            "scope": "incident",
            "core": window("18T22:00/18T23:00"),
            "place": DNIPRO,
        }
    }


def test_a_claim_shows_all_that_was_claimed() -> None:
    ova = {"name": "OVA", "role": "governor", "party": "UKR"}
    given(
        hit(
            killed(
                ova,
                low=0,
                best=12,
                high=20,
                as_written="до 12",
                as_of="2025-02-19T10:00:00.5+02:00",
            )
        )
    )

    (claim,) = claims()
    assert {name: claim[name] for name in claim if name not in {"event", "current"}} == {
        "claimant": "OVA",
        "reported": NOON,
        "low": 0,
        "best": 12,
        "high": 20,
        "as_of": "2025-02-19T08:00:00.500000Z",
        "as_written": "до 12",
        "role": "governor",
        "party": "UKR",
    }


def test_the_reports_of_an_incident_lay_their_claims_side_by_side() -> None:
    night = hit(killed("OVA", best=3), occurred="18T18:00/19T07:00", place={"geonames": 709930})
    told = hit(killed())
    given(night)

    when(told)

    then(Figures).made(
        asserted(
            entry(night),
            of=incident_id(night),
            agreement="disputed",
            core=window("18T22:00/18T23:00"),
            place=DNIPRO,
            claims=[
                {
                    "claimant": claimant,
                    "event": key_of(event),
                    "current": True,
                    "reported": NOON,
                    "best": best,
                }
                for claimant, event, best in (("ISW", told, 12), ("OVA", night, 3))
            ],
        )
    )


def test_reports_that_share_an_incident_id_do_so_wherever_they_are() -> None:
    here = hit(killed(), incident="attack:1")
    there = hit(killed("OVA"), incident="attack:1", place=KHARKIV, occurred="20T22:00/20T23:00")
    given(here, there)

    then(Figures).holds(
        {entry(here): {"core": window("18T22:00/20T23:00"), "agreement": "consistent"}}
    )


def test_every_measure_and_unit_is_an_entry_of_its_own() -> None:
    told = hit(
        killed(),
        {"measure": "killed", "unit": "soldiers", "claimant": "ISW", "best": 3},
        {"measure": "wounded", "unit": "people", "claimant": "ISW", "low": 1},
    )
    given(told)

    then(Figures).holds(
        {
            entry(told): {"measure": "killed", "unit": "people"},
            entry(told, "killed:soldiers"): {"measure": "killed", "unit": "soldiers"},
            entry(told, "wounded:people"): {"measure": "wounded", "unit": "people"},
        }
    )


@pytest.mark.parametrize("scope", ["wave", "aggregate"])
def test_the_numbers_of_a_wave_or_an_aggregate_stand_alone(scope: str) -> None:
    wave = hit(killed(best=40), scope=scope, incident="attack:1", occurred="18T18:00/19T07:00")
    told = hit(killed(), incident="attack:1")
    given(wave, told)

    then(Figures).holds(
        {
            f"{key_of(wave)}:killed:people": {
                "of": key_of(wave),
                "scope": scope,
                "agreement": "single",
                "core": window("18T18:00/19T07:00"),
                "place": DNIPRO,
            },
            entry(told): {"of": incident_id(told), "scope": "incident"},
        }
    )


def test_claims_are_listed_by_name_then_event_then_place_in_the_event() -> None:
    one, other = in_order_of_keys(
        hit(killed("b", best=1), killed("Б", best=2), killed("B", best=3)),
        hit(killed("b", best=4), killed("a", best=5), killed("b", best=6)),
    )
    given(other, one)

    shown = [(claim["claimant"], claim["event"]) for claim in claims()]
    assert shown == sorted(shown)
    assert [claim["claimant"] for claim in claims()] == ["B", "a", "b", "b", "b", "Б"]
    within = [claim["best"] for claim in claims() if claim["claimant"] == "b"]
    assert within in ([1, 4, 6], [4, 6, 1])


def test_reports_without_figures_and_other_events_have_no_entry() -> None:
    given(hit(), denial("18T12:00"), article("18T12:00"))

    then(Figures).holds_nothing()


# Which claim is current


def test_of_one_claimant_the_claim_of_the_latest_date_is_current() -> None:
    given(
        hit(
            killed(best=1, as_of=time_of("20T00:00")),
            killed(best=2, as_of=time_of("21T00:00")),
            killed(best=3, as_of=time_of("19T00:00")),
        )
    )

    assert current() == [("ISW", 2)]
    assert len(claims()) == 3


def test_dates_are_compared_as_instants() -> None:
    given(
        hit(
            killed(best=1, as_of="2025-02-20T10:30:00Z"),
            killed(best=2, as_of="2025-02-20T12:00:00+02:00"),
        )
    )

    assert current() == [("ISW", 1)]


def test_a_claim_without_a_date_is_of_the_time_of_its_event() -> None:
    given(
        hit(killed(best=1), time=EARLY),
        hit(killed(best=2, as_of="2025-02-28T12:00:00.000001Z"), time=EARLY, id="dated"),
        hit(killed(best=3, as_of="2025-02-28T11:59:59.999999Z"), time=LATE, id="older"),
    )

    assert current() == [("ISW", 2)]


def test_a_claim_without_a_date_is_of_the_time_of_the_amendment_that_holds() -> None:
    first, second = hit(killed(best=1), time=EARLY), hit(killed(best=2), time=NOON)
    given(first, second)
    assert current() == [("ISW", 2)]

    when(correction(first, time=LATE))

    assert current() == [("ISW", 1)]
    assert sorted(claim["reported"] for claim in claims()) == [NOON, LATE]


def test_a_date_of_its_own_goes_before_the_time_of_the_amendment() -> None:
    first = hit(killed(best=1, as_of=time_of("19T00:00")), time=EARLY)
    given(first, hit(killed(best=2), time=NOON), correction(first, time=LATE))

    assert current() == [("ISW", 2)]


def test_of_two_claims_of_one_date_that_of_the_larger_event_key_is_current() -> None:
    smaller, larger = names_by_key("one", "other")
    given(
        hit(killed(best=1), id=larger),
        hit(killed("OVA", best=3), killed(best=2), id=smaller),
    )

    assert current() == [("ISW", 1), ("OVA", 3)]


def test_of_two_claims_of_one_date_in_one_event_the_later_in_its_list_is_current() -> None:
    given(hit(killed(best=7), killed(best=5), killed("OVA", best=1), killed(best=6)))

    assert current() == [("ISW", 6), ("OVA", 1)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ISW", "isw"),
        ("ISW", " ISW "),
        ("Ministry of Defence", "ministry\u00a0of \t defence"),
        ("Straße", "STRASSE"),
        ("Йосип", unicodedata.normalize("NFD", "Йосип")),
        ("ISW", {"name": "Isw", "role": "institute", "party": "UKR"}),
    ],
    ids=["case", "blanks-around", "blanks-within", "letters", "composition", "an-object"],
)
def test_a_claimant_is_one_whose_name_is_the_same_as_names_of_places_are(
    one: str, other: str | Json
) -> None:
    given(hit(killed(one, best=1), time=EARLY), hit(killed(other, best=2), time=NOON))

    shown = other if isinstance(other, str) else other["name"]
    assert current() == [(shown, 2)]
    assert {claim["claimant"] for claim in claims()} == {one, shown}
    assert [body["agreement"] for body in then(Figures).entries.values()] == ["single"]


@pytest.mark.parametrize("other", ["ISW.", "I SW", "\u2160SW"])
def test_other_names_are_other_claimants(other: str) -> None:
    given(hit(killed(best=1), killed(other, best=2)))

    assert sorted(current()) == sorted([("ISW", 1), (other, 2)])


# Agreement


@pytest.mark.parametrize(
    ("one", "other", "agreement"),
    [
        ({"best": 12}, {"best": 12}, "consistent"),
        ({"best": 12}, {"best": 13}, "disputed"),
        ({"low": 10}, {"low": 10_000}, "consistent"),
        ({"low": 10}, {"high": 10}, "consistent"),
        ({"low": 10}, {"high": 9}, "disputed"),
        ({"high": 10}, {"best": 0}, "consistent"),
        ({"low": 10}, {"best": 2**53 - 1}, "consistent"),
        ({"low": 1, "high": 5}, {"low": 5, "high": 9}, "consistent"),
        ({"low": 1, "high": 5}, {"low": 6, "high": 9}, "disputed"),
        ({"low": 1, "high": 9}, {"low": 3, "high": 4}, "consistent"),
        ({"low": 1, "best": 5}, {"best": 6}, "disputed"),
        ({"low": 1, "best": 5}, {"best": 3}, "consistent"),
        ({"best": 5, "high": 9}, {"best": 4}, "disputed"),
        ({"best": 5, "high": 9}, {"best": 7}, "consistent"),
        ({"low": 1, "best": 5, "high": 9}, {"best": 9}, "consistent"),
        ({"low": 0, "high": 0}, {"best": 0}, "consistent"),
    ],
)
def test_claimants_agree_when_there_is_a_number_that_both_allow(
    one: Json, other: Json, agreement: str
) -> None:
    told = hit(killed("A", **one), killed("B", **other))
    given(told)

    then(Figures).holds({entry(told): {"agreement": agreement}})


def test_three_of_whom_each_two_agree_share_a_number() -> None:
    told = hit(killed("A", low=1, high=3), killed("B", low=3, high=5), killed("C", best=3))
    given(told)

    then(Figures).holds({entry(told): {"agreement": "consistent"}})


def test_one_who_agrees_with_nobody_makes_it_disputed() -> None:
    told = hit(killed("A", best=3), killed("B", best=3), killed("C", high=2))
    given(told)

    then(Figures).holds({entry(told): {"agreement": "disputed"}})


def test_a_claimant_who_changed_the_number_disputes_nothing() -> None:
    told = hit(killed(best=1), killed("isw", best=100))
    given(told)

    then(Figures).holds({entry(told): {"agreement": "single"}})


def test_what_a_claimant_said_before_disputes_nothing_any_more() -> None:
    told = hit(killed(best=1), killed("OVA", best=3), killed(best=3))
    given(told)

    then(Figures).holds({entry(told): {"agreement": "consistent"}})


def test_a_body_lists_256_claims_and_then_counts_them() -> None:
    names = [f"claimant {number:03}" for number in range(200)]
    first = hit(*(killed(name) for name in names), incident="attack:1")
    second = hit(*(killed(name) for name in names[:56]), incident="attack:1")
    given(first, second)
    assert len(claims()) == 256
    assert "claims_total" not in then(Figures).entries[entry(first)]

    when(hit(killed("the last", best=13), incident="attack:1"))

    then(Figures).holds({entry(first): {"claims_total": 257, "agreement": "disputed"}})
    assert len(claims()) == 256
    # All that is current is shown, and of what no longer is as much as there is room for.
    assert {claim["claimant"] for claim in claims()} == {*names, "the last"}
    assert sum(claim["current"] for claim in claims()) == 201


# Amendments


def test_a_corrected_number_replaces_the_claim() -> None:
    told = hit(killed())
    given(told)

    fix = correction(told, figures=[killed(best=14)], time=LATE)
    when(fix)

    reader = then(Figures).made(asserted(entry(told), agreement="single"))
    assert [(claim["best"], claim["reported"]) for claim in claims()] == [(14, LATE)]
    assert reader.revisions[-1]["because"] == [key_of(fix), key_of(told)]


def test_a_correction_of_something_else_revises_the_time_of_the_claim() -> None:
    told = hit(killed())
    given(told)

    when(correction(told, targets=["rail"], time=LATE))

    then(Figures).made(asserted(entry(told)))
    assert [claim["reported"] for claim in claims()] == [LATE]


def test_a_correction_that_drops_the_figures_withdraws_them() -> None:
    told = hit(killed(), {"measure": "wounded", "unit": "people", "claimant": "ISW", "best": 1})
    given(told)

    when(correction(told, figures=[killed()]))
    then(Figures).made(withdrawn(entry(told, "wounded:people")))

    when(correction(told, drop=["figures"], time=LATER))
    then(Figures).holds_nothing()


def test_a_retracted_report_takes_its_claims_along() -> None:
    told, other = hit(killed("OVA", best=3)), hit(killed(best=4))
    given(told, other)

    when(retraction(other))

    then(Figures).made(asserted(entry(told), agreement="single"))
    assert current() == [("OVA", 3)]


def test_a_retraction_makes_an_older_claim_current_again() -> None:
    older, newer = hit(killed(best=1), time=EARLY), hit(killed(best=2), time=LATE)
    given(older, newer)
    assert current() == [("ISW", 2)]

    when(retraction(newer, time=LATER))

    assert current() == [("ISW", 1)]


def test_the_last_claim_that_goes_withdraws_the_entry_until_a_correction_brings_it_back() -> None:
    told = hit(killed())
    given(told)
    when(retraction(told, time=LATE))
    then(Figures).made(withdrawn(entry(told))).holds_nothing()

    when(correction(told, time=LATER))

    reader = then(Figures).holds({entry(told): {}})
    assert [one["revision"] for one in reader.revisions] == [1, 2, 3]


def test_a_correction_earlier_than_the_retraction_brings_nothing_back() -> None:
    told = hit(killed())
    given(told, retraction(told, time=LATE))

    when(correction(told, time=EARLY))

    then(Figures).made_nothing().holds_nothing()


@pytest.mark.parametrize("scope", ["wave", "aggregate"])
def test_a_report_corrected_to_another_scope_takes_its_numbers_out_of_the_incident(
    scope: str,
) -> None:
    told, other = hit(killed()), hit(killed("OVA"))
    given(told, other)

    when(correction(other, scope=scope))

    alone = f"{key_of(other)}:killed:people"
    made = sorted([entry(told), alone])
    then(Figures).made(*(asserted(one, agreement="single") for one in made))


def test_a_wave_corrected_to_an_incident_brings_its_numbers_in() -> None:
    told, wave = hit(killed()), hit(killed("OVA"), scope="wave")
    given(told, wave)

    when(correction(wave, drop=["scope"]))

    then(Figures).made(
        withdrawn(f"{key_of(wave)}:killed:people"),
        asserted(entry(told), agreement="consistent", scope="incident"),
    )


def test_a_wave_corrected_to_an_aggregate_stays_one_entry() -> None:
    wave = hit(killed(), scope="wave")
    given(wave)

    when(correction(wave, scope="aggregate"))

    then(Figures).made(asserted(f"{key_of(wave)}:killed:people", scope="aggregate"))


# Regrouping


def test_incidents_that_become_one_put_their_claims_together() -> None:
    one = hit(killed(), attribution=by("RUS"))
    other = hit(killed("OVA"), attribution=by("UKR"), occurred="18T22:00/18T23:30")
    given(one, other)
    then(Figures).holds({entry(one): {}, entry(other): {}})

    when(correction(one, attribution=[]))

    then(Figures).made(withdrawn(entry(other)), asserted(entry(one), agreement="consistent"))
    assert len(claims()) == 2


def test_a_retracted_first_report_gives_the_figures_the_name_of_the_next() -> None:
    first, second = hit(killed()), hit(killed("OVA", best=3))
    given(first, second)

    when(retraction(first))

    then(Figures).made(
        withdrawn(entry(first)),
        asserted(entry(second), of=incident_id(second), agreement="single"),
    )


def test_a_report_without_figures_that_narrows_the_core_revises_the_figures() -> None:
    night = hit(killed(), occurred="18T18:00/19T07:00")
    given(night)

    founder = hit(place={"geonames": 709930})
    when(founder)

    then(Figures).made(
        asserted(entry(night), core=window("18T22:00/18T23:00"), place={"geonames": 709930})
    )


def test_a_report_that_changes_nothing_shown_makes_no_revision() -> None:
    given(hit(killed()))

    when(hit(occurred="18T18:00/19T07:00"))

    then(Figures).made_nothing()


def test_a_report_that_moves_takes_its_claims_to_the_other_incident() -> None:
    here, there = hit(killed("A")), hit(killed("B"), place=KHARKIV)
    moving = hit(killed("C"), occurred="18T22:00/18T23:30")
    given(here, there, moving)

    when(correction(moving, place=KHARKIV))

    made = sorted([entry(here), entry(there)])
    entries = then(Figures).made(*map(asserted, made)).entries
    assert [claim["claimant"] for claim in entries[entry(here)]["claims"]] == ["A"]
    assert [claim["claimant"] for claim in entries[entry(there)]["claims"]] == ["B", "C"]


# Late amendments


def test_a_correction_that_comes_before_its_report_holds_from_the_start() -> None:
    told = hit(killed())
    given(correction(told, figures=[killed(best=14)], time=LATE))
    then(Figures).holds_nothing().waits_for(1)

    when(told)

    then(Figures).made(asserted(entry(told))).waits_for(0)
    assert [(claim["best"], claim["reported"]) for claim in claims()] == [(14, LATE)]


def test_a_report_that_was_retracted_before_it_came_claims_nothing() -> None:
    told = hit(killed())
    given(retraction(told))

    when(told)

    then(Figures).made_nothing().holds_nothing().waits_for(0)


def test_an_amendment_of_another_kind_or_of_an_amendment_changes_nothing() -> None:
    told = hit(killed())
    fix = correction(told, figures=[killed(best=14)])
    given(told, fix)

    when(
        retraction(fix, time=LATER),
        {**retraction(told, id="r"), "type": "conflict.statement.retracted.v1"},
    )

    then(Figures).made_nothing().holds({entry(told): {}})


@pytest.mark.parametrize("seed", [7, 13])
def test_figures_keep_the_rules(seed: int) -> None:
    events = wide_history(seed, events=40)
    given(*events)
    assert len(then(Figures).revisions) > 10

    keeps_the_rules(Figures, events, seed=seed, seen_as=in_any_order)
