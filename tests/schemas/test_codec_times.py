"""Times: one notation, years 1800 to 2199; msgspec alone takes others and rounds."""

import pytest

from conflict_events.codec import Accepted, accept
from conflict_events.outcomes import Refused
from tests.schemas.samples import STRIKE, changed, raw


def refusal(path: str, value: object) -> tuple[str, str]:
    """Reason and path of the refusal that a strike with this value must meet."""
    outcome = accept(raw(changed(STRIKE, path, value)))
    assert isinstance(outcome, Refused), "it was accepted"
    return outcome.reason, outcome.path


STRIKE_TIMES = ("$.time", "$.data.occurred.latest", "$.data.figures[0].as_of")

BAD_TIMES = [
    "2026-01-15T10:00:00",  # naive
    "2026-01-15",
    "2026-01-15T10:00:00.1234567Z",  # a seventh digit
    "2026-01-15T10:00:00.Z",
    "2026-01-15 10:00:00Z",  # a blank for the T
    "2026-01-15t10:00:00Z",
    "2026-01-15T10:00:00z",
    "2026-01-15T24:00:00Z",
    "2026-01-15T23:60:00Z",
    "2026-01-15T23:59:60Z",
    "2026-01-15T10:00Z",
    "2026-01-15T10:00:00+0200",
    "2026-01-15T10:00:00+02",
    "2026-01-15T10:00:00+24:00",
    "2026-01-15T10:00:00+23:60",
    "2026-02-29T10:00:00Z",
    "2026-13-01T10:00:00Z",
    "1799-12-31T23:59:59Z",
    "2200-01-01T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-23:59",
    "+2026-01-15T10:00:00Z",
    "10000-01-01T00:00:00Z",
    "٢٠٢٦-01-15T10:00:00Z",
    "2026-01-15T10:00:00Z ",
    "2026-01-15T10:00:00Z\n",
    "",
]


@pytest.mark.parametrize("path", STRIKE_TIMES)
@pytest.mark.parametrize("text", BAD_TIMES)
def test_a_time_in_another_notation_is_invalid(path: str, text: str) -> None:
    """Wherever it stands; and the path names it, not the window around it."""
    assert refusal(path, text) == ("invalid", path)


@pytest.mark.parametrize("path", STRIKE_TIMES)
@pytest.mark.parametrize("number", [0, 1768471200, 1768471200.5])
def test_a_time_is_a_text(path: str, number: float) -> None:
    """Seconds since the epoch are no time."""
    assert refusal(path, number) == ("invalid", path)


@pytest.mark.parametrize(
    "text",
    [
        "1800-01-01T00:00:00Z",
        "2199-12-31T23:59:59.999999Z",
        "1800-01-01T00:00:00+23:59",
        "2199-12-31T23:59:59-23:59",
        "2024-02-29T00:00:00Z",
        "2026-01-15T10:00:00.1Z",
        "2026-01-15T10:00:00-00:00",
    ],
)
def test_a_time_at_a_bound_is_accepted(text: str) -> None:
    """Years count as they are written."""
    assert isinstance(accept(raw(changed(STRIKE, "$.time", text))), Accepted)
