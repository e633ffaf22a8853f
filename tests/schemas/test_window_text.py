"""Window texts: what `parse_bounds` reads, what it refuses, and what it says then."""

import re
from datetime import date, datetime, timedelta, timezone
from typing import Literal, cast
from zoneinfo import ZoneInfo

import msgspec
import pytest
from edtf import parse_edtf
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from conflict_events.edtf import Bounds, parse_bounds
from conflict_events.errors import WindowTextError
from conflict_events.instants import DAY_US, HOUR_US, format_us, from_us, to_us
from conflict_events.window import Window

# Zones whose clocks have done every odd thing, and the years in which they did.
ODD_ZONES = {
    "America/Havana": (2005, 2012),  # goes back over 01:00, so midnight comes twice
    "America/Juneau": (1866, 1868),  # one day came twice: from Russia's side of the date line
    "America/Sao_Paulo": (2005, 2019),  # skips midnight
    "America/St_Johns": (2005, 2011),  # goes back at 00:01, into the day before
    "America/Toronto": (1918, 1920),  # skips 23:30 to 00:30
    "Africa/Monrovia": (1971, 1973),  # skips 44.5 minutes
    "Asia/Beirut": (2020, 2024),  # skips midnight
    "Australia/Lord_Howe": (2020, 2024),  # moves by half an hour
    "Europe/Kyiv": (2020, 2026),
    "Europe/Moscow": (2009, 2016),
    "Pacific/Apia": (2010, 2013),  # had no 2011-12-30
}

WINTER = re.compile(r"^[0-9]{4}-24")

zones = st.sampled_from(sorted(ODD_ZONES))


def window(text: str, zone: str | None = None) -> str:
    """The bounds of a text as an interval in UTC, for comparing with one."""
    bounds = parse_bounds(text, zone)
    return f"{format_us(bounds.earliest_us)}/{format_us(bounds.latest_us)}"


def days(text: str) -> str:
    """The bounds of a text read in UTC, which lie at midnight, as dates."""
    assert window(text).count("T00:00:00Z") == 2
    return window(text).replace("T00:00:00Z", "")


def refusal(text: str, zone: str | None = None) -> str:
    """Why a text is refused."""
    with pytest.raises(WindowTextError) as refused:
        parse_bounds(text, zone)
    assert refused.value.text == text
    return refused.value.why


# Dates.


@pytest.mark.parametrize(
    ("text", "covers"),
    [
        ("2022", "2022-01-01/2023-01-01"),
        ("1800", "1800-01-01/1801-01-01"),
        ("2025-02", "2025-02-01/2025-03-01"),
        ("2025-12", "2025-12-01/2026-01-01"),
        ("2025-02-18", "2025-02-18/2025-02-19"),
        ("2024-02-29", "2024-02-29/2024-03-01"),
        ("2024-21", "2024-03-01/2024-06-01"),
        ("2024-22", "2024-06-01/2024-09-01"),
        ("2024-23", "2024-09-01/2024-12-01"),
        ("2024-24", "2024-12-01/2025-03-01"),
        ("2023-24", "2023-12-01/2024-03-01"),
    ],
)
def test_a_date_covers_all_of_its_days(text: str, covers: str) -> None:
    assert days(text) == covers


@pytest.mark.parametrize(
    ("text", "covers"),
    [
        ("202X", "2020-01-01/2030-01-01"),
        ("20XX", "2000-01-01/2100-01-01"),
        ("2025-XX", "2025-01-01/2026-01-01"),
        ("2025-XX-XX", "2025-01-01/2026-01-01"),
        ("2025-02-XX", "2025-02-01/2025-03-01"),
        ("2024-12-XX", "2024-12-01/2025-01-01"),
    ],
)
def test_unspecified_digits_leave_all_of_their_days_open(text: str, covers: str) -> None:
    assert days(text) == covers


@pytest.mark.parametrize("text", ["2022", "2025-02", "2025-02-18", "2024-23", "202X", "2025-XX"])
def test_an_uncertain_date_covers_what_the_certain_one_does(text: str) -> None:
    assert days(f"{text}?") == days(text)


@pytest.mark.parametrize("qualifier", ["~", "%"])
@pytest.mark.parametrize(
    ("text", "covers"),
    [
        ("2025-02-18", "2025-02-17/2025-02-20"),
        ("2025-03-01", "2025-02-28/2025-03-03"),
        ("2025-02", "2025-01-01/2025-04-01"),
        ("2025-12", "2025-11-01/2026-02-01"),
        ("2022", "2021-01-01/2024-01-01"),
        ("2024-23", "2024-06-01/2025-03-01"),
        ("2024-21", "2023-12-01/2024-09-01"),
        ("2024-24", "2024-09-01/2025-06-01"),
        ("202X", "2010-01-01/2040-01-01"),
        ("19XX", "1800-01-01/2100-01-01"),
        ("2025-XX", "2024-01-01/2027-01-01"),
        ("2025-02-XX", "2025-01-01/2025-04-01"),
    ],
)
def test_an_approximate_date_covers_as_much_again_on_either_side(
    text: str, qualifier: str, covers: str
) -> None:
    assert days(text + qualifier) == covers


# Intervals of dates.


@pytest.mark.parametrize(
    ("text", "covers"),
    [
        ("2024-03-22/2024-08-31", "2024-03-22/2024-09-01"),
        ("2025-02-18/2025-02-18", "2025-02-18/2025-02-19"),
        ("2024/2025", "2024-01-01/2026-01-01"),
        ("2024-11/2025-02", "2024-11-01/2025-03-01"),
        ("2024-22/2024-24", "2024-06-01/2025-03-01"),
        ("2025/2025-02", "2025-01-01/2025-03-01"),
        ("2025-02-18/2025-02", "2025-02-18/2025-03-01"),
        ("2025-02-18/2025", "2025-02-18/2026-01-01"),
        ("201X/2025-XX", "2010-01-01/2026-01-01"),
    ],
)
def test_an_interval_runs_from_the_start_of_one_date_to_the_end_of_the_other(
    text: str, covers: str
) -> None:
    assert days(text) == covers


@pytest.mark.parametrize(
    ("text", "covers"),
    [
        ("2024-06~/2025-02-18", "2024-05-01/2025-02-19"),
        ("2024-06/2025-02-18~", "2024-06-01/2025-02-20"),
        ("2024~/2025-02%", "2023-01-01/2025-04-01"),
        ("2024?/2025-02?", "2024-01-01/2025-03-01"),
    ],
)
def test_in_an_interval_only_the_approximate_end_is_widened(text: str, covers: str) -> None:
    assert days(text) == covers


@pytest.mark.parametrize("open_end", ["", ".."])
def test_an_open_end_reaches_as_far_as_the_years_of_the_contract(open_end: str) -> None:
    assert window(f"{open_end}/2025") == "1800-01-01T00:00:00Z/2026-01-01T00:00:00Z"
    assert window(f"2025-02~/{open_end}") == "2025-01-01T00:00:00Z/2199-12-31T23:59:59.999999Z"
    assert window(f"{open_end}/2025-02-18T14:25Z").endswith("/2025-02-18T14:25:00Z")


@pytest.mark.parametrize(
    ("text", "zone", "covers"),
    [
        ("2199", None, "2199-01-01T00:00:00Z/2199-12-31T23:59:59.999999Z"),
        ("2199-24", None, "2199-12-01T00:00:00Z/2199-12-31T23:59:59.999999Z"),
        ("2199-12-31T23:59Z", None, "2199-12-31T23:59:00Z/2199-12-31T23:59:59.999999Z"),
        ("20XX~", None, "1900-01-01T00:00:00Z/2199-12-31T23:59:59.999999Z"),
        ("18XX~", None, "1800-01-01T00:00:00Z/2000-01-01T00:00:00Z"),
        ("1800-01-01", "Asia/Tokyo", "1800-01-01T00:00:00Z/1800-01-01T14:41:01Z"),
        ("2199-12-31", "America/New_York", "2199-12-31T05:00:00Z/2199-12-31T23:59:59.999999Z"),
    ],
)
def test_bounds_are_cut_at_the_years_of_the_contract(
    text: str, zone: str | None, covers: str
) -> None:
    assert window(text, zone) == covers
    assert Window.parse(text, zone=zone).latest.year <= 2199


# Date-times.


@pytest.mark.parametrize(
    ("text", "zone", "covers"),
    [
        ("2025-02-18T14:25Z", None, "2025-02-18T14:25:00Z/2025-02-18T14:26:00Z"),
        ("2025-02-18T14:25", None, "2025-02-18T14:25:00Z/2025-02-18T14:26:00Z"),
        ("2025-02-18T14:25+03:00", None, "2025-02-18T11:25:00Z/2025-02-18T11:26:00Z"),
        ("2025-02-18T23:59-05:30", None, "2025-02-19T05:29:00Z/2025-02-19T05:30:00Z"),
        ("2025-02-18T17:25", "Europe/Moscow", "2025-02-18T14:25:00Z/2025-02-18T14:26:00Z"),
        ("2025-02-18T17:25+01:00", "Europe/Moscow", "2025-02-18T16:25:00Z/2025-02-18T16:26:00Z"),
    ],
)
def test_a_time_to_the_minute_covers_that_minute(text: str, zone: str | None, covers: str) -> None:
    assert window(text, zone) == covers


@pytest.mark.parametrize(
    ("text", "zone", "instant"),
    [
        ("2025-02-18T14:25:00Z", None, "2025-02-18T14:25:00Z"),
        ("2025-02-18T14:25:59+03:00", None, "2025-02-18T11:25:59Z"),
        ("2025-02-18T14:25:00+00:00", None, "2025-02-18T14:25:00Z"),
        ("2025-02-18T14:25:00-00:00", None, "2025-02-18T14:25:00Z"),
        ("2025-02-18T14:25:00.5Z", None, "2025-02-18T14:25:00.500000Z"),
        ("2025-02-18T14:25:00.000001Z", None, "2025-02-18T14:25:00.000001Z"),
        ("1812-09-07T06:00:00.123456Z", None, "1812-09-07T06:00:00.123456Z"),
        ("2025-02-18T17:25:00", "Europe/Moscow", "2025-02-18T14:25:00Z"),
        ("1800-01-01T00:00:00Z", None, "1800-01-01T00:00:00Z"),
        ("2199-12-31T23:59:59.999999Z", None, "2199-12-31T23:59:59.999999Z"),
    ],
)
def test_a_time_to_the_second_or_finer_is_an_instant(
    text: str, zone: str | None, instant: str
) -> None:
    assert window(text, zone) == f"{instant}/{instant}"


@pytest.mark.parametrize(
    ("text", "covers"),
    [
        ("2025-02-18T10:00Z/2025-02-18T11:00Z", "2025-02-18T10:00:00Z/2025-02-18T11:00:00Z"),
        ("2025-02-18T13:00/2025-02-18T14:00", "2025-02-18T10:00:00Z/2025-02-18T11:00:00Z"),
        ("2025-02-18T10:00Z/2025-02-18T14:00+03:00", "2025-02-18T10:00:00Z/2025-02-18T11:00:00Z"),
        ("2025-02-18T10:00:30Z/2025-02-18T10:00:30Z", "2025-02-18T10:00:30Z/2025-02-18T10:00:30Z"),
        ("2025-02-18/2025-02-18T10:00Z", "2025-02-17T21:00:00Z/2025-02-18T10:00:00Z"),
        ("2025-02-18T10:00/2025-02-18", "2025-02-18T07:00:00Z/2025-02-18T21:00:00Z"),
        ("2025-02~/2025-02-18T10:00", "2024-12-31T21:00:00Z/2025-02-18T07:00:00Z"),
        ("2025-02-18T10:00:00.5Z/..", "2025-02-18T10:00:00.500000Z/2199-12-31T23:59:59.999999Z"),
    ],
)
def test_an_interval_that_starts_or_ends_with_a_time_is_bounded_by_that_instant(
    text: str, covers: str
) -> None:
    assert window(text, "Europe/Moscow") == covers


# Zones.


@pytest.mark.parametrize(
    ("text", "zone", "covers"),
    [
        ("2025-02-18", "Europe/Moscow", "2025-02-17T21:00:00Z/2025-02-18T21:00:00Z"),
        ("2025-07", "Europe/Kyiv", "2025-06-30T21:00:00Z/2025-07-31T21:00:00Z"),
        ("2024-24", "Europe/Kyiv", "2024-11-30T22:00:00Z/2025-02-28T22:00:00Z"),
        ("2025-02-18~", "Europe/Moscow", "2025-02-16T21:00:00Z/2025-02-19T21:00:00Z"),
        # 23 and 25 hours long.
        ("2025-03-30", "Europe/Kyiv", "2025-03-29T22:00:00Z/2025-03-30T21:00:00Z"),
        ("2025-10-26", "Europe/Kyiv", "2025-10-25T21:00:00Z/2025-10-26T22:00:00Z"),
        # No midnight: the day begins when the clocks jump.
        ("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00Z/2018-11-05T02:00:00Z"),
        ("2018-11-03", "America/Sao_Paulo", "2018-11-03T03:00:00Z/2018-11-04T03:00:00Z"),
        ("2022-03-27", "Asia/Beirut", "2022-03-26T22:00:00Z/2022-03-27T21:00:00Z"),
        ("1919-03-31", "America/Toronto", "1919-03-31T04:30:00Z/1919-04-01T04:00:00Z"),
        # Midnight twice: the day begins at the first. The day before ends at the first also, or
        # where the clocks went back into it, at the second.
        ("2012-11-03", "America/Havana", "2012-11-03T04:00:00Z/2012-11-04T04:00:00Z"),
        ("2012-11-04", "America/Havana", "2012-11-04T04:00:00Z/2012-11-05T05:00:00Z"),
        ("2010-11-07", "America/St_Johns", "2010-11-07T02:30:00Z/2010-11-08T03:30:00Z"),
        ("2010-11-06", "America/St_Johns", "2010-11-06T02:30:00Z/2010-11-07T03:30:00Z"),
        # The days beside one that was skipped.
        ("2011-12-29", "Pacific/Apia", "2011-12-29T10:00:00Z/2011-12-30T10:00:00Z"),
        ("2011-12-31", "Pacific/Apia", "2011-12-30T10:00:00Z/2011-12-31T10:00:00Z"),
        ("2011-12-30/2011-12-31", "Pacific/Apia", "2011-12-30T10:00:00Z/2011-12-31T10:00:00Z"),
    ],
)
def test_a_date_is_that_of_its_zone(text: str, zone: str, covers: str) -> None:
    assert window(text, zone) == covers


@pytest.mark.parametrize(
    ("text", "covers"),
    [
        # Clocks went back from 04:00 to 03:00: it was half past three twice.
        ("2025-10-26T03:30", "2025-10-26T00:30:00Z/2025-10-26T01:31:00Z"),
        ("2025-10-26T03:30:15", "2025-10-26T00:30:15Z/2025-10-26T01:30:16Z"),
        ("2025-10-26T03:30/2025-10-26T03:30", "2025-10-26T00:30:00Z/2025-10-26T01:30:00Z"),
        ("2025-10-26T03:00/2025-10-26T05:00", "2025-10-26T00:00:00Z/2025-10-26T03:00:00Z"),
        # Clocks went forward from 03:00 to 04:00: it was never half past three.
        ("2025-03-30T03:30", "2025-03-30T00:30:00Z/2025-03-30T01:31:00Z"),
        ("2025-03-30T03:30:15", "2025-03-30T00:30:15Z/2025-03-30T01:30:16Z"),
        # Beside them, as ever.
        ("2025-10-26T02:59:59", "2025-10-25T23:59:59Z/2025-10-25T23:59:59Z"),
        ("2025-10-26T04:00:00", "2025-10-26T02:00:00Z/2025-10-26T02:00:00Z"),
        ("2025-03-30T02:59:59", "2025-03-30T00:59:59Z/2025-03-30T00:59:59Z"),
        ("2025-03-30T04:00:00", "2025-03-30T01:00:00Z/2025-03-30T01:00:00Z"),
        # An offset says which of the two it was.
        ("2025-10-26T03:30:00+02:00", "2025-10-26T01:30:00Z/2025-10-26T01:30:00Z"),
    ],
)
def test_a_local_time_that_came_twice_or_never_covers_both_readings(text: str, covers: str) -> None:
    assert window(text, "Europe/Kyiv") == covers


def test_a_day_that_its_zone_skipped_is_refused() -> None:
    assert "its zone skipped" in refusal("2011-12-30", "Pacific/Apia")


@pytest.mark.parametrize(
    ("text", "zone", "used", "basis"),
    [
        ("2025-02-18", None, "UTC", "utc"),
        ("2025-02-18", "Europe/Moscow", "Europe/Moscow", "assumed"),
        ("2025-02-18T14:25", None, "UTC", "utc"),
        ("2025-02-18T14:25", "Europe/Moscow", "Europe/Moscow", "assumed"),
        ("2025-02-18T14:25Z", "Europe/Moscow", "UTC", "utc"),
        ("2025-02-18T14:25+00:00", "Europe/Moscow", "UTC", "utc"),
        ("2025-02-18T14:25+03:00", "Europe/Moscow", None, "stated"),
        ("2025-02-18T14:25Z/2025-02-18T18:00+03:00", None, None, "stated"),
        ("2025-02-18/2025-02-18T18:00+03:00", "Europe/Moscow", "Europe/Moscow", "assumed"),
        ("../2025-02-18T18:00+03:00", "Europe/Moscow", None, "stated"),
        ("2025-02-18/..", "Europe/Moscow", "Europe/Moscow", "assumed"),
    ],
)
def test_the_bounds_tell_which_zone_was_used_and_who_says_so(
    text: str, zone: str | None, used: str | None, basis: str
) -> None:
    bounds = parse_bounds(text, zone)
    assert (bounds.zone, bounds.zone_basis) == (used, basis)


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("2025-02-18~", "2025-02-18~"),
        ("../2025-XX", "../2025-XX"),
        ("2025-02-18T14:25:00Z", None),
        ("2025-02-18/2025-02-18T14:25Z", None),
        ("2025-02-18T14:25Z/..", None),
    ],
)
def test_only_a_text_without_a_time_of_day_is_edtf_of_day_level(
    text: str, edtf: str | None
) -> None:
    assert parse_bounds(text, None).edtf == edtf


@pytest.mark.parametrize(
    "zone",
    [
        "",
        "Europe",
        "Europe/",
        "Europe/Nowhere",
        "europe/kyiv",
        "MSK",
        "+03:00",
        "localtime",
        "Factory",
        "posixrules",
        "right/Europe/Moscow",
        "tzdata.zi",
        "/etc/localtime",
        "../../etc/passwd",
        "Europe/Kyiv\x00",
        "\ud800",
        "E" * 10_000,
    ],
)
@pytest.mark.parametrize("text", ["2025-02-18", "2025-02-18T14:25Z"])
def test_an_unknown_zone_is_refused_even_where_it_is_not_used(text: str, zone: str) -> None:
    assert "write one such as Europe/Kyiv" in refusal(text, zone)


# Refusals.


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        (" ", "blank"),
        ("2025-02-18 ", "blank"),
        ("2025-02-18\n", "blank"),
        ("2025-02-18 14:25", "T between date and time"),
        ("2025-02-18T14:25 Z", "blank"),
        ("2025-02-18t14:25Z", "capitals"),
        ("2025-02-18T14:25z", "capitals"),
        ("202x", "capitals"),
        ("٢٠٢٥-٠٢-١٨", "ASCII"),
        ("2025\u201302\u201318", "ASCII"),
        ("2025-02-18T14:25\u221203:00", "ASCII"),
        ("\ud800", "ASCII"),
        ("2025\x00", "ASCII"),
        ("2025" * 10_000, "65 characters"),
        ("2025-02-18T24:00", "T00:00 of the next day"),
        ("2025-02-18T14:60", "59"),
        ("2025-02-18T14:25:60Z", "59"),
        ("2025-02-18T14:25:00.1234567Z", "six digits"),
        ("2025-02-18T14", "minutes"),
        ("2025-02-18T14Z", "minutes"),
        ("2025-02-18T14:25+03", "+03:00"),
        ("2025-02-18T14:25+0300", "+03:00"),
        ("2025-02-18T14:25+25:00", "+03:00"),
        ("2025-02-18T14:25~", "only a date"),
        ("2025-02-18T14:25:00Z?", "only a date"),
        ("2025-02-30", "no such day"),
        ("2025-02-29", "no such day"),
        ("2025-02-30T10:00", "no such day"),
        ("2025-00", "no such day or month"),
        ("2025-13", "no such day or month"),
        ("2025-00-XX", "no such day or month"),
        ("2025-21-XX", "no such day or month"),
        ("2025-21-01", "no such day or month"),
        ("2025-25", "seasons 21 to 24"),
        ("2025-33", "a quarter is written as its months"),
        ("2025-40", "a quarter is written as its months"),
        ("1799", "1800 to 2199"),
        ("2200-01-01", "1800 to 2199"),
        ("0000", "1800 to 2199"),
        ("17XX", "1800 to 2199"),
        ("179X", "1800 to 2199"),
        ("1799-24", "1800 to 2199"),
        ("2025/2200", "1800 to 2199"),
        ("1799-12-31T23:59:59Z", "1800 to 2199"),
        ("0000-01-01T00:00Z", "1800 to 2199"),
        ("1800-01-01T00:00:00+00:01", "1800 to 2199"),
        ("1800-01-01T00:00+00:01", "1800 to 2199"),
        ("2199-12-31T23:59:59-00:01", "1800 to 2199"),
        ("20250218", "hyphens"),
        ("202502", "hyphens"),
        ("../..", "both of its ends are open"),
        ("/", "both of its ends are open"),
        ("..", "2025/.."),
        ("2025..", "2025/.."),
        ("2025/2026/2027", "more than one slash"),
        ("//", "more than one slash"),
        ("2025-02-18/P1D", "write both ends"),
        ("P1D/2025-02-18", "write both ends"),
        ("1XXX", "202X"),
        ("2X25", "202X"),
        ("202X-02", "202X"),
        ("2025-XX-18", "202X"),
        ("2025-1X", "202X"),
        ("2025-02-1X", "202X"),
        ("2025~-02", "level 2"),
        ("~2025", "level 2"),
        ("2025-02-18~?", "level 2"),
        ("[2024,2025]", "level 2"),
        ("{2024..2025}", "level 2"),
        ("Y17000", "level 2"),
        ("-2025", "level 2"),
        ("1950S2", "level 2"),
        ("2025-2", "write a day"),
        ("025-02-18", "write a day"),
        ("18.02.2025", "write a day"),
        ("18/02/2025", "write a day"),
        ("2025-049", "write a day"),
        ("2025-W08", "write a day"),
        ("2025-02-18T", "write a day"),
        ("2025-02-18T14:25:00,5Z", "write a day"),
        ("2025-02-18/19", "write a day"),
        ("yesterday", "write a day"),
    ],
)
def test_a_text_outside_the_subset_is_refused_with_what_to_write_instead(
    text: str, why: str
) -> None:
    assert why in refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "2025/2024",
        "2025-02/2025-01",
        "2025-02-18/2025-02-17",
        "2025-06/2025-03",
        "2025~/2024",
        "2025/2024~",
        "2025~/2023",
        "2025/2023~",
        "2025-02-18T11:00Z/2025-02-18T10:00Z",
        "2025-02-18T11:00+03:00/2025-02-18T07:59Z",
        "2025-02-18T00:00/2025-02-17",
        "2025-02-18/2025-02-17T23:59:59Z",
    ],
)
def test_an_interval_that_ends_before_it_starts_is_refused(text: str) -> None:
    assert "ends before it starts" in refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "2025-02-18T10:00Z/2025-02-18T11:00",
        "2025-02-18T10:00/2025-02-18T11:00+03:00",
    ],
)
def test_two_times_of_which_one_has_an_offset_are_refused(text: str) -> None:
    assert "an offset after both" in refusal(text, "Europe/Moscow")


@pytest.mark.parametrize("found", [None, 2022, b"2022", ["2022"], date(2025, 2, 18)])
def test_what_is_not_a_text_is_refused(found: object) -> None:
    with pytest.raises(WindowTextError, match="not a text"):
        parse_bounds(found, None)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


# Windows.


def test_a_window_keeps_the_text_and_takes_the_zone_basis_it_is_given() -> None:
    assert Window.parse(
        "2025-02-18~", zone="Europe/Moscow", zone_basis="stated", basis="the ministry's bulletin"
    ) == Window(
        earliest=datetime.fromisoformat("2025-02-16T21:00:00Z"),
        latest=datetime.fromisoformat("2025-02-19T21:00:00Z"),
        as_written="2025-02-18~",
        edtf="2025-02-18~",
        zone="Europe/Moscow",
        zone_basis="stated",
        basis="the ministry's bulletin",
    )


# Properties.


@st.composite
def dates(draw: st.DrawFn, *, qualifiers: str = "~?%") -> str:
    """A date of level 0 or 1 in the contract's years."""
    day = draw(st.dates(date(1800, 1, 1), date(2199, 12, 31)))
    written: str = draw(
        st.sampled_from(
            [
                f"{day:%Y}",
                f"{day:%Y-%m}",
                f"{day:%Y-%m-%d}",
                f"{day:%Y}-{21 + day.month % 4}",
                f"{day:%Y}"[:2] + "XX",
                f"{day:%Y}"[:3] + "X",
                f"{day:%Y}-XX",
                f"{day:%Y}-XX-XX",
                f"{day:%Y-%m}-XX",
            ]
        )
    )
    qualifier: str = draw(st.sampled_from(["", *qualifiers]))
    return written + qualifier


@st.composite
def times(draw: st.DrawFn) -> str:
    """A local date-time, to the minute, the second or the microsecond."""
    local = draw(st.datetimes(datetime(1801, 1, 1), datetime(2198, 12, 31)))  # noqa: DTZ001
    return local.isoformat(timespec=draw(st.sampled_from(["minutes", "seconds", "microseconds"])))


def interval(one: str, other: str, zone: str | None = None) -> str:
    """Two dates as an interval, in the order in which they are one."""
    try:
        parse_bounds(f"{one}/{other}", zone)
    except WindowTextError:
        return f"{other}/{one}"
    else:
        return f"{one}/{other}"


@st.composite
def oracle_texts(draw: st.DrawFn) -> str:
    """A date, or an interval of dates, that the `edtf` package reads as we mean to."""
    # It ends winter with December, as it cannot leave the year, and refuses `?` after a season.
    comparable = dates(qualifiers="").filter(lambda text: WINTER.search(text) is None)
    if draw(st.booleans()):
        return draw(comparable)
    # It raises on some unspecified digits in intervals, which are level 2 to it.
    ends = comparable.filter(lambda text: "X" not in text)
    return interval(draw(ends), draw(ends))


def oracle_date(text: str, bound: Literal["lower_strict", "upper_strict"]) -> date:
    """The first or the last day of a text, as the `edtf` package has it."""
    year, month, day, *_ = getattr(cast("object", parse_edtf(text)), bound)()
    return date(year, month, day)


def holds(outer: Bounds, inner: Bounds) -> bool:
    """Whether one window lies within another."""
    return outer.earliest_us <= inner.earliest_us and inner.latest_us <= outer.latest_us


@given(text=oracle_texts())
@settings(deadline=None)  # The oracle takes milliseconds a text, and more for the first.
@example(text="2199")
@example(text="2024-02-29/2024-02")
def test_dates_agree_with_the_edtf_package(text: str) -> None:
    bounds = parse_bounds(text, None)

    assert from_us(bounds.earliest_us).date() == oracle_date(text, "lower_strict")
    # The last day is that of the last microsecond, whether or not the end of 2199 cut it off.
    assert from_us(bounds.latest_us - 1).date() == oracle_date(text, "upper_strict")


def test_a_winter_lasts_into_the_year_that_the_edtf_package_does_not_reach() -> None:
    assert oracle_date("2024-24", "upper_strict") == date(2024, 12, 31)
    assert days("2024-24") == "2024-12-01/2025-03-01"


READABLE = (
    "2025-02-18T14:25:00.123456+03:00/2025-02-18T14:26Z",
    "2025-02-18~/2025-24",
    "../202X",
    "20XX?",
)


@st.composite
def misspellings(draw: st.DrawFn) -> str:
    """A readable text with one stretch of it written over."""
    text = draw(st.sampled_from(READABLE))
    at = draw(st.integers(0, len(text)))
    over = draw(st.integers(0, 3))
    return text[:at] + draw(st.text("0123456789-/.~?%XTZ:+ ", max_size=4)) + text[at + over :]


@given(
    text=st.one_of(
        st.text(st.characters()),
        st.text("0123456789-/.~?%XTZ:+ ", max_size=70),
        misspellings(),
    ),
    zone=st.one_of(st.none(), zones, st.text(st.characters())),
)
@settings(max_examples=1000, deadline=None)
def test_whatever_the_text_it_is_read_as_an_ordered_window_or_refused(
    text: str, zone: str | None
) -> None:
    try:
        bounds = parse_bounds(text, zone)
    except WindowTextError:
        return
    assert to_us(datetime.fromisoformat("1800-01-01T00:00:00Z")) <= bounds.earliest_us
    assert bounds.earliest_us <= bounds.latest_us
    assert bounds.latest_us < to_us(datetime.fromisoformat("2200-01-01T00:00:00Z"))


@given(one=st.one_of(dates(), times()), other=st.one_of(dates(), times()), zone=zones)
@settings(max_examples=300, deadline=None)
def test_an_interval_starts_where_the_one_end_does_and_ends_where_the_other_does(
    one: str, other: str, zone: str
) -> None:
    text = interval(one, other, zone)
    start, end = text.split("/")
    bounds = parse_bounds(text, zone)

    assert bounds.earliest_us == parse_bounds(start, zone).earliest_us
    # A time ends an interval at once, where alone it may cover its minute.
    assert bounds.latest_us == (parse_bounds(f"../{end}" if "T" in end else end, zone).latest_us)


@given(text=st.one_of(dates(), times()), other=dates(), zone=st.one_of(st.none(), zones))
@settings(deadline=None)
def test_a_window_read_from_a_text_is_valid_and_reads_back(
    text: str, other: str, zone: str | None
) -> None:
    for written in (text, interval(text, other, zone), f"{text}/..", f"/{text}"):
        window = Window.parse(written, zone=zone)

        assert msgspec.json.decode(msgspec.json.encode(window), type=Window) == window


@given(text=dates(qualifiers=""), zone=zones)
def test_an_approximate_date_holds_the_plain_one(text: str, zone: str) -> None:
    assume((text, zone) != ("2011-12-30", "Pacific/Apia"))
    plain, wide = parse_bounds(text, zone), parse_bounds(f"{text}~", zone)
    first, last = parse_bounds("1800", None).earliest_us, parse_bounds("2199", None).latest_us

    assert holds(wide, plain)
    assert wide.earliest_us < plain.earliest_us or plain.earliest_us == first
    assert plain.latest_us < wide.latest_us or plain.latest_us == last


@given(text=st.one_of(dates(), times()))
def test_without_a_zone_a_text_is_read_in_utc(text: str) -> None:
    assert parse_bounds(text, None)[:3] == parse_bounds(text, "UTC")[:3]


@pytest.mark.parametrize(("zone", "seen"), ODD_ZONES.items())
def test_a_day_runs_from_its_first_instant_in_the_zone_to_its_last(
    zone: str, seen: tuple[int, int]
) -> None:
    clock = ZoneInfo(zone)
    day, until = date(seen[0], 1, 1), date(seen[1], 12, 31)
    while day < until:
        if (str(day), zone) != ("2011-12-30", "Pacific/Apia"):
            bounds = parse_bounds(str(day), zone)
            for inside_us in (bounds.earliest_us, bounds.latest_us - 1):
                assert from_us(inside_us).astimezone(clock).date() == day
            for outside_us in (0, HOUR_US // 2, HOUR_US - 1, HOUR_US, 2 * HOUR_US):
                before, after = bounds.earliest_us - 1 - outside_us, bounds.latest_us + outside_us
                assert from_us(before).astimezone(clock).date() != day
                assert from_us(after).astimezone(clock).date() != day
        day += timedelta(days=1)


@given(
    at_us=st.integers(to_us(from_us(0).replace(year=1801)), to_us(from_us(0).replace(year=2198))),
    zone=zones,
)
@example(at_us=to_us(datetime.fromisoformat("2010-11-07T02:30:30Z")), zone="America/St_Johns")
@example(at_us=to_us(datetime.fromisoformat("2010-11-07T03:00:00Z")), zone="America/St_Johns")
@example(at_us=to_us(datetime.fromisoformat("2012-11-04T04:30:00Z")), zone="America/Havana")
@example(at_us=to_us(datetime.fromisoformat("2012-11-04T05:30:00Z")), zone="America/Havana")
@example(at_us=to_us(datetime.fromisoformat("2018-11-04T03:00:00Z")), zone="America/Sao_Paulo")
@example(at_us=to_us(datetime.fromisoformat("2011-12-30T10:00:00Z")), zone="Pacific/Apia")
def test_an_instant_lies_in_its_local_time_which_lies_in_its_local_day(
    at_us: int, zone: str
) -> None:
    local = from_us(at_us).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    exact = parse_bounds(local.isoformat(timespec="microseconds"), zone)
    minute = parse_bounds(local.isoformat(timespec="minutes"), zone)
    day, month, year = (parse_bounds(local.strftime(f), zone) for f in ("%Y-%m-%d", "%Y-%m", "%Y"))

    assert exact.earliest_us <= at_us <= exact.latest_us
    assert minute.earliest_us <= at_us < minute.latest_us
    assert day.earliest_us <= at_us < day.latest_us
    assert minute.latest_us - minute.earliest_us <= 25 * HOUR_US
    assert day.latest_us - day.earliest_us <= 2 * DAY_US
    assert holds(day, minute)
    assert holds(month, day)
    assert holds(year, month)


@given(
    at_us=st.integers(to_us(from_us(0).replace(year=1801)), to_us(from_us(0).replace(year=2198))),
    offset_min=st.integers(-23 * 60 - 59, 23 * 60 + 59),
    zone=zones,
)
def test_a_time_with_an_offset_is_the_same_instant_whatever_the_zone(
    at_us: int, offset_min: int, zone: str
) -> None:
    written = from_us(at_us).astimezone(timezone(timedelta(minutes=offset_min))).isoformat()

    assert parse_bounds(written, zone)[:2] == (at_us, at_us)
