"""The base rate, against hand-worked cases and a count over a fine grid."""

import random

import pytest

from conflict_events.events import StatementMade
from conflict_events.instants import DAY_US, HOUR_US, format_us, from_us, to_us
from conflict_events.parties import Speaker
from conflict_events.place import Place
from conflict_events.timelines import Incident, PartyHeld, Span
from conflict_events.window import Window
from conflict_timeline.projections.pairing_rules import WINDOWS_US
from conflict_timeline.queries.base_rate import LOOK_BACK_US, BaseRate, base_rate

SAID_US = to_us(from_us(1_739_900_000_000_000))


def denial() -> StatementMade:
    """A denial about RUS and energy, said within an hour."""
    return StatementMade(
        speaker=Speaker(name="A minister", party="RUS"),
        said=Window(earliest=from_us(SAID_US), latest=from_us(SAID_US + HOUR_US)),
        act="deny",
        proposition="We did not.",
        topics=("energy",),
    )


def incident(start_us: int, end_us: int, party: str = "RUS", target: str = "energy") -> Incident:
    """An incident with a core of these bounds."""
    return Incident(
        members=("0" * 32,),
        core=Span(earliest=format_us(start_us), latest=format_us(end_us)),
        windows_disagree=False,
        imprecise=False,
        place=Place(name="Odesa"),
        parties=(PartyHeld(party=party, bases=("alleged_by_target",), disputed_by=()),),
        targets=(target,),  # type: ignore[arg-type]
        weapons=(),
        admin1s=(),
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


def by_grid(statement: StatementMade, incidents: list[Incident], steps: int) -> dict[str, float]:
    """Shares and means of the 72 h window, counted at moments of a grid."""
    length = WINDOWS_US["72h"]
    said = statement.said.earliest_us
    begin = said - length - LOOK_BACK_US
    found: dict[str, float] = dict.fromkeys(
        ("share_low", "share_high", "mean_low", "mean_high"), 0.0
    )
    bounds = [
        (Window.parse(one.core.earliest).earliest_us, Window.parse(one.core.latest).earliest_us)
        for one in incidents
    ]
    for step in range(steps):
        t = begin + (2 * step + 1) * LOOK_BACK_US // (2 * steps)
        low = sum(end - length <= t <= start for start, end in bounds if start < said)
        high = sum(start - length <= t <= end for start, end in bounds if start < said)
        found["mean_low"] += low / steps
        found["mean_high"] += high / steps
        found["share_low"] += (low > 0) / steps
        found["share_high"] += (high > 0) / steps
    return found


@pytest.mark.parametrize("seed", range(5))
def test_measures_agree_with_a_count_over_a_fine_grid(seed: int) -> None:
    print(f"seed {seed}")
    rng = random.Random(seed)
    incidents: list[Incident] = []
    for _ in range(60):
        start = SAID_US - rng.randrange(0, 110 * DAY_US, HOUR_US)
        incidents.append(incident(start, start + rng.choice((0, 6, 13, 30, 90)) * HOUR_US))

    rate: BaseRate = base_rate(denial(), incidents)

    window = rate.windows["72h"]
    expected = by_grid(denial(), incidents, 20_000)
    assert rate.reason is None
    for name, value in expected.items():
        assert getattr(window, name) == pytest.approx(value, abs=1e-3 * max(1.0, value)), name
