"""The base rate, against hand-worked cases and a count over a fine grid."""

import random
from collections.abc import Iterable
from typing import Any, Final

import msgspec
import pytest

from conflict_events.events import StatementMade
from conflict_events.instants import DAY_US, HOUR_US, format_us, from_us, to_us
from conflict_events.parties import Speaker
from conflict_events.place import Place
from conflict_events.timelines import Incident, PartyHeld, Span, WindowName
from conflict_events.window import Window
from conflict_timeline.projections.pair import StatementSide
from conflict_timeline.projections.pairing_rules import WINDOWS_US, timing
from conflict_timeline.queries import base_rate as module
from conflict_timeline.queries.base_rate import LOOK_BACK_US, BaseRate, denominator
from conflict_timeline.queries.incidents_held import IncidentsHeld

SAID_US: Final = to_us(from_us(1_739_900_000_000_000))


def said(key: str = "0" * 32, *, at_us: int = SAID_US, **fields: Any) -> StatementSide:
    """A denial about RUS and energy, said within an hour, unless fields say otherwise."""
    denied = StatementMade(
        speaker=Speaker(name="A minister", party="RUS"),
        said=Window(earliest=from_us(at_us), latest=from_us(at_us + HOUR_US)),
        act="deny",
        proposition="We did not.",
        topics=("energy",),
    )
    made = msgspec.structs.replace(denied, **fields)
    side = StatementSide.of(key, made)
    assert side is not None
    return side


def denial() -> StatementSide:
    """A denial about RUS and energy."""
    return said()


def held(incidents: Iterable[Incident]) -> IncidentsHeld:
    """Incidents as of one position, numbered."""
    return IncidentsHeld((f"i-{number:04}", one) for number, one in enumerate(incidents))


def base_rate(statement: StatementSide, incidents: Iterable[Incident]) -> BaseRate:
    """The base rate of a statement among these incidents."""
    return module.base_rate(statement, held(incidents))


def incident(
    start_us: int,
    end_us: int,
    party: str = "RUS",
    target: str = "energy",
    *,
    admin1: str = "UA-51",
) -> Incident:
    """An incident with a core of these bounds."""
    return Incident(
        members=("0" * 32,),
        core=Span(earliest=format_us(start_us), latest=format_us(end_us)),
        windows_disagree=False,
        imprecise=False,
        place=Place(name="Odesa"),
        parties=(PartyHeld(party=party, bases=("alleged_by_target",), disputed_by=()),),
        targets=(target,),  # type: ignore[arg-type]  # A topic as text.
        weapons=(),
        admin1s=(admin1,),
        countries=(),
        claimants=(),
        producers=(),
    )


def daily(days: int, *, party: str = "RUS", length_us: int = 0) -> list[Incident]:
    """One incident at noon before the words on each of some days, the nearest one day before."""
    starts = (SAID_US - day * DAY_US for day in range(1, days + 1))
    return [incident(start, start + length_us, party) for start in starts]


def test_a_strike_every_day_makes_every_day_likely() -> None:
    rate = base_rate(denial(), daily(200))

    assert rate.reason is None
    assert rate.windows["24h"].share_low == pytest.approx(1.0, abs=1e-9)
    assert rate.windows["24h"].mean_low == pytest.approx(1.0, abs=1e-9)
    assert rate.windows["72h"].mean_high == pytest.approx(3.0, abs=1e-9)


def test_one_strike_in_90_days_is_a_share_of_one_day() -> None:
    others = daily(200, party="UKR")
    rate = base_rate(denial(), [*others, incident(SAID_US - 10 * DAY_US, SAID_US - 10 * DAY_US)])

    assert rate.windows["24h"].share_low == pytest.approx(1 / 90)
    assert rate.days_with_match == 1
    assert rate.days_recorded == 90


def test_with_fewer_than_30_days_recorded_there_is_no_rate() -> None:
    rate = base_rate(denial(), daily(20))

    assert rate.reason == "too_little_data"
    assert rate.windows["24h"].share_low is None
    assert rate.windows["30d"].mean_high is None


def test_what_was_observed_is_counted_even_with_too_little_data() -> None:
    after = incident(SAID_US + 5 * HOUR_US, SAID_US + 31 * HOUR_US)

    rate = base_rate(denial(), [after])

    assert (rate.windows["24h"].observed_definite, rate.windows["24h"].observed_possible) == (0, 1)
    assert (rate.windows["72h"].observed_definite, rate.windows["72h"].observed_possible) == (1, 0)


def test_another_party_and_another_topic_are_no_match() -> None:
    others = [*daily(60, party="UKR"), incident(SAID_US - DAY_US, SAID_US, target="rail")]

    rate = base_rate(denial(), others)

    assert rate.days_with_match == 0
    assert rate.windows["30d"].mean_high == 0


def test_a_core_that_ends_at_midnight_does_not_touch_the_next_day() -> None:
    midnight = (SAID_US // DAY_US - 3) * DAY_US

    rate = base_rate(denial(), [incident(midnight - HOUR_US, midnight)])

    assert rate.days_recorded == 1


def test_a_rate_looks_at_the_region_of_the_words() -> None:
    statement = said(regions=("UA-63",))
    there, elsewhere = (
        incident(SAID_US - 10 * DAY_US, SAID_US - 9 * DAY_US, admin1=admin1)
        for admin1 in ("UA-63", "UA-51")
    )

    assert base_rate(statement, [there]).days_with_match == 2
    assert base_rate(statement, [elsewhere]).days_with_match == 0
    assert base_rate(said(regions=("UA",)), [there, elsewhere]).days_with_match == 2


def test_what_began_with_the_words_or_after_them_is_in_no_rate() -> None:
    recorded = daily(200, party="UKR")

    at_the_words = base_rate(denial(), [*recorded, incident(SAID_US, SAID_US + HOUR_US)])
    before = SAID_US - HOUR_US
    just_before = base_rate(denial(), [*recorded, incident(before, before)])

    assert at_the_words.windows["24h"].mean_high == 0
    # An hour of the moments that end a day before the words is followed by it within a day.
    assert just_before.windows["24h"].mean_high == pytest.approx(1 / 24 / 90)


def test_a_rate_needs_30_days_recorded_of_any_party() -> None:
    days = [SAID_US - DAY_US - (day + 1) * DAY_US for day in range(40)]

    enough = base_rate(denial(), [incident(day, day, "UKR") for day in days[:30]])
    too_few = base_rate(denial(), [incident(day, day, "UKR") for day in days[:29]])

    assert (enough.days_recorded, enough.reason) == (30, None)
    assert (too_few.days_recorded, too_few.reason) == (29, "too_little_data")
    assert enough.windows["24h"].share_high == 0


# What such words were followed by


def test_a_denominator_counts_words_of_the_same_party_and_act_on_an_overlapping_topic() -> None:
    ours = said("0" * 32)
    others = [
        said("1" * 32, topics=("energy_grid",)),
        said("2" * 32, topics=("rail",)),
        said("3" * 32, act="threaten"),
        said("4" * 32, speaker=Speaker(name="A president", party="UKR")),
        said("5" * 32, speaker=Speaker(name="Another minister", party="RUS")),
    ]

    found = denominator(ours, [ours, *others], {"5" * 32: frozenset({"30d"})}, SAID_US * 2)

    assert found.statements == 3  # This one, the grid's, and the other minister's.
    assert (found.windows["30d"].over, found.windows["30d"].definite) == (3, 1)
    assert found.windows["30d"].share == pytest.approx(1 / 3)
    assert found.windows["24h"].definite == 0


def test_words_whose_window_is_not_over_are_counted_apart() -> None:
    ours, older = said("0" * 32), said("1" * 32, at_us=SAID_US - 10 * DAY_US)
    end = SAID_US + HOUR_US + WINDOWS_US["72h"]

    now = denominator(ours, [ours, older], {}, end)
    just_before = denominator(ours, [ours, older], {}, end - 1)

    assert (now.windows["72h"].over, now.windows["72h"].not_yet_over) == (2, 0)
    assert (just_before.windows["72h"].over, just_before.windows["72h"].not_yet_over) == (1, 1)
    assert (now.windows["30d"].over, now.windows["30d"].share) == (0, None)
    assert now.statements == just_before.statements == 2


def test_words_of_a_speaker_without_a_party_stand_alone() -> None:
    nobody = Speaker(name="An observer")
    ours, other = (said(digit * 32, speaker=nobody, about=("RUS",)) for digit in "01")

    assert denominator(ours, [ours, other], {}, SAID_US * 2).statements == 1


# Against a count


def by_grid(
    statement: StatementSide, incidents: list[Incident], name: WindowName, steps: int
) -> dict[str, float]:
    """Shares and means of a window, counted at the moments of a grid."""
    length = WINDOWS_US[name]
    before = statement.made.said.earliest_us
    begin = before - length - LOOK_BACK_US
    found: dict[str, float] = dict.fromkeys(
        ("share_low", "share_high", "mean_low", "mean_high"), 0.0
    )
    bounds = [
        (Window.parse(one.core.earliest).earliest_us, Window.parse(one.core.latest).earliest_us)
        for one in incidents
        if one.parties[0].party == "RUS" and one.targets[0] in {"energy", "oil_gas"}
    ]
    for step in range(steps):
        t = begin + (2 * step + 1) * LOOK_BACK_US // (2 * steps)
        low = sum(end - length <= t <= start for start, end in bounds if start < before)
        high = sum(start - length <= t <= end for start, end in bounds if start < before)
        found["mean_low"] += low / steps
        found["mean_high"] += high / steps
        found["share_low"] += (low > 0) / steps
        found["share_high"] += (high > 0) / steps
    return found


def some_incidents(rng: random.Random) -> list[Incident]:
    """Incidents around the words: instants, nights, days and weeks, some of another side."""
    incidents: list[Incident] = []
    for _ in range(rng.choice((5, 20, 40))):
        start = SAID_US - rng.randrange(-40 * DAY_US, 130 * DAY_US, HOUR_US // 4)
        length = rng.choice((0, 0, 6, 13, 13, 30, 90, 400)) * HOUR_US
        party = rng.choice(("RUS", "RUS", "RUS", "UKR"))
        target = rng.choice(("energy", "energy", "oil_gas", "rail"))
        incidents.append(incident(start, start + length, party, target))
    # Somebody records every day, so that there is a rate.
    return incidents + daily(100, party="somebody")


@pytest.mark.parametrize("seed", range(8))
def test_measures_agree_with_a_count_over_a_fine_grid(seed: int) -> None:
    print(f"seed {seed}")
    incidents = some_incidents(random.Random(seed))

    rate = base_rate(denial(), incidents)

    name = list(WINDOWS_US)[seed % 4]
    window = rate.windows[name]
    assert rate.reason is None
    for figure, value in by_grid(denial(), incidents, name, 20_000).items():
        found = getattr(window, figure)
        assert found == pytest.approx(value, abs=1e-3 * max(1.0, value)), (name, figure)


@pytest.mark.parametrize("seed", range(20))
def test_days_and_what_was_observed_agree_with_a_plain_count(seed: int) -> None:
    print(f"seed {seed}")
    incidents = some_incidents(random.Random(1_000 + seed))

    rate = base_rate(denial(), incidents)

    begin = SAID_US - DAY_US - LOOK_BACK_US
    recorded, matched = set[int](), set[int]()
    observed: dict[tuple[WindowName, str], int] = {}
    for one in incidents:
        start, end = (
            Window.parse(text).earliest_us for text in (one.core.earliest, one.core.latest)
        )
        for day in range(begin // DAY_US, (SAID_US - DAY_US) // DAY_US + 1):
            low, high = max(day * DAY_US, begin), min((day + 1) * DAY_US, SAID_US - DAY_US)
            touches = low <= start < high if start == end else max(low, start) < min(high, end)
            if touches:
                recorded.add(day)
                if one.parties[0].party == "RUS" and one.targets[0] != "rail":
                    matched.add(day)
        if one.parties[0].party == "RUS" and one.targets[0] != "rail":
            timed = timing(denial().made, (start, end))
            for name, fit in ({} if timed is None else timed.windows()).items():
                observed[name, fit] = observed.get((name, fit), 0) + 1
    assert (rate.days_recorded, rate.days_with_match) == (len(recorded), len(matched))
    for name, window in rate.windows.items():
        assert window.observed_definite == observed.get((name, "definite"), 0)
        assert window.observed_possible == observed.get((name, "possible"), 0)
