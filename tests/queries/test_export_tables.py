"""The flat tables: what each column holds, and that nothing is left out or run."""

import csv
import io
import re
from datetime import datetime
from typing import Final

import pytest

from conflict_events.timelines import TIMELINE_BODIES
from conflict_timeline.queries.exports.spreadsheet import Cell, csv_lines
from conflict_timeline.queries.exports.tables import TABLES, csv_of
from conflict_timeline.testing import Json, history, key_of, retraction_of, strike
from tests.queries.exporting import (
    CYRILLIC,
    FORMULA,
    FULL,
    ODESA,
    RIGHT_TO_LEFT,
    SOUTH,
    WAVE,
    WORDS,
    daily,
    rows,
    selection,
)

TYPES: Final = {"string": str, "integer": int, "number": float, "boolean": bool}
ELSEWHERE: Final = {
    "windows": "fit_24h",
    "claims": "claim",
    "earlier_words": "earlier_act",
    "later_words": "later_act",
}
"""Fields of bodies that have columns of another name."""

# What the order of two times does not say.
NEVER: Final = re.compile(r"in response|despite|breaking|retaliat|refut|caus", re.IGNORECASE)


def has_type(cell: Cell, wanted: str) -> bool:
    """Whether a cell is of a type of Table Schema."""
    if wanted == "datetime":
        return isinstance(cell, str) and datetime.fromisoformat(cell).tzinfo is not None
    return type(cell) is TYPES[wanted]


# What the tables promise


@pytest.mark.parametrize("projection", TIMELINE_BODIES)
def test_each_projection_that_ships_has_a_table_with_a_column_for_every_field(
    projection: str,
) -> None:
    names = [column.name for column in TABLES[projection].columns]

    fields = TIMELINE_BODIES[projection].__struct_fields__
    missing = [
        field
        for field in fields
        if ELSEWHERE.get(field, field) not in names
        and not any(name.startswith(f"{field}_") for name in names)
    ]
    assert missing == []


@pytest.mark.parametrize("projection", TABLES)
def test_columns_have_names_of_their_own_and_a_sentence_each(projection: str) -> None:
    columns = TABLES[projection].columns

    names = [column.name for column in columns]
    assert names[:5] == ["entry", "revision", "position", "as_of", "because"]
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9_]*", name)] == []
    for column in columns:
        assert re.fullmatch(r"\S.*\S\.", column.description), column.name
        assert not NEVER.search(column.description), column.name


@pytest.mark.parametrize("projection", TABLES)
def test_a_time_that_is_a_window_stays_one(projection: str) -> None:
    instants = {"reported", "claimed_as_of"}
    times = {column.name for column in TABLES[projection].columns if column.type == "datetime"}

    ends = {name.rpartition("_")[0] for name in times - instants}
    assert {f"{end}_{which}" for end in ends for which in ("earliest", "latest")} | (
        times & instants
    ) == times


@pytest.mark.parametrize("projection", TABLES)
@pytest.mark.parametrize("seed", [*range(5), None])
def test_every_cell_is_what_its_column_promises(projection: str, seed: int | None) -> None:
    events = FULL if seed is None else history(seed, events=60)
    table = TABLES[projection]
    found = rows(selection(projection, *events))

    for column in table.columns:
        for row in found:
            cell = row[column.name]
            assert cell is not None or not column.required, (column.name, row)
            assert cell is None or has_type(cell, column.type), (column.name, cell)
            assert cell is None or not column.values or cell in column.values, column.name
    keys = [tuple(row[name] for name in table.key) for row in found]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("projection", TABLES)
def test_the_full_log_fills_every_column(projection: str) -> None:
    """Else the tests above would have nothing to look at."""
    found = rows(selection(projection, *daily(45), *FULL))
    if projection == "pairings":
        found += rows(selection(projection, *FULL))  # With too little data for a rate.

    empty = {name for row in found for name, cell in row.items() if cell is None}
    filled = {name for row in found for name, cell in row.items() if cell is not None}
    never = {"quote_translator"}  # The first quote of all here is the original.
    assert empty - filled - never == set()


# What rows show


def test_a_row_says_which_state_of_its_entry_it_is_and_as_of_when() -> None:
    other = strike("2025-02-19T01:00:00Z/2025-02-19T02:00:00Z", id="other")

    (row,) = rows(selection("incidents", ODESA, other))

    assert row["entry"] == f"i-{key_of(ODESA)}"
    assert (row["revision"], row["position"], row["as_of"]) == (2, 2, 2)
    assert row["because"] == key_of(other)


def test_a_line_of_the_chronology_shows_its_first_quote_and_whether_it_was_cut() -> None:
    words = next(row for row in rows(selection("chronology", *FULL)) if row["act"] == "deny")

    assert (words["quote"], words["quote_lang"]) == (CYRILLIC, "ru")
    assert (words["quote_complete"], words["quotes"]) == (False, 2)
    assert words["window_earliest"] == "2025-02-18T10:00:00Z"
    assert words["window_latest"] == "2025-02-18T14:25:00Z"


def test_a_line_of_the_chronology_shows_a_report_as_it_was_made() -> None:
    (struck,) = rows(selection("chronology", ODESA))

    assert struck["kind"] == "strike"
    assert struck["attribution"] == "RUS: alleged_by_target, by A mayor; RUS: assessed"
    assert struck["disputed_by"] == "RUS: RUS"
    assert struck["weapons"] == "one_way_drone: Shahed (contested); missile"
    assert (struck["as_written"], struck["grade"]) == ("overnight", "fair")


def test_an_incident_shows_each_party_with_its_bases_and_who_disputes_it() -> None:
    row = next(row for row in rows(selection("incidents", *FULL)) if row["place_name"] == "Odesa")

    assert row["parties"] == "RUS"
    assert row["attribution"] == "RUS: alleged_by_target, assessed"
    assert row["disputed_by"] == "RUS: RUS"
    assert (row["place_lat"], row["place_lon"]) == (46.48, 30.73)


def test_lists_are_joined_and_an_empty_one_is_an_empty_cell() -> None:
    news = next(row for row in rows(selection("coverage", *FULL)) if row["recorded"])
    south = rows(selection("incidents", SOUTH))[0]

    assert news["archive_urls"] == "https://archive.example/1; https://archive.example/2"
    assert south["targets"] is None


def test_more_members_than_are_named_are_counted() -> None:
    reports = [
        strike("2025-02-18T20:00:00Z/2025-02-18T21:00:00Z", id=f"r{number}")
        for number in range(257)
    ]

    (row,) = rows(selection("incidents", *reports))

    assert row["members_total"] == 257
    assert len(str(row["members"]).split("; ")) == 256


def test_figures_have_a_row_for_each_claim_with_its_entry_repeated() -> None:
    injured = [row for row in rows(selection("figures", *FULL)) if row["measure"] == "injured"]

    assert [(row["entry"], row["claim"]) for row in injured] == [
        (f"i-{key_of(ODESA)}:injured:people", number) for number in (1, 2)
    ]
    by_name = {row["claimant_name"]: row for row in injured}
    assert (by_name[FORMULA]["best"], by_name[FORMULA]["low"]) == (4, None)
    mayor = by_name["A mayor"]
    assert (mayor["low"], mayor["best"], mayor["high"]) == (5, None, 9)
    assert (mayor["claimed_as_of"], mayor["claimant_party"]) == ("2025-02-19T06:00:00Z", "UKR")
    assert {row["agreement"] for row in injured} == {"disputed"}


def test_a_number_of_nought_is_a_number() -> None:
    (row,) = [row for row in rows(selection("figures", *FULL)) if row["of"] == key_of(WAVE)]

    assert (row["best"], row["scope"]) == (0, "wave")


def test_a_reversal_shows_both_words() -> None:
    (row,) = rows(selection("reversals", *FULL))

    assert (row["earlier_act"], row["later_act"]) == ("promise", "threaten")
    assert row["earlier_said_earliest"] == "2025-02-01T10:00:00.250000Z"
    assert row["speaker_name"] == RIGHT_TO_LEFT


# Pairs and their base rates


def test_a_pair_shows_when_the_strike_was_reported_after_the_words() -> None:
    found = rows(selection("pairings", WORDS, ODESA))

    assert len(found) == 1
    row = found[0]
    assert (row["statement"], row["incident"]) == (key_of(WORDS), f"i-{key_of(ODESA)}")
    assert (row["order"], row["lag_min_s"], row["lag_max_s"]) == ("after", 20_100, 68_400)
    assert [row[f"fit_{name}"] for name in ("24h", "72h", "7d", "30d")] == ["definite"] * 4
    assert (row["said_earliest"], row["core_latest"]) == (
        "2025-02-18T10:00:00Z",
        "2025-02-19T05:00:00Z",
    )
    assert row["rules"] == "pairings/1"


def test_a_window_that_a_pair_does_not_fit_is_an_empty_cell() -> None:
    late = strike("2025-02-23T00:00:00Z/2025-02-25T20:00:00Z", id="late")

    (row,) = rows(selection("pairings", WORDS, late))

    assert [row[f"fit_{name}"] for name in ("24h", "72h", "7d", "30d")] == [
        None,
        None,
        "possible",
        "definite",
    ]


def test_each_pair_stands_beside_the_base_rate_of_its_statement() -> None:
    of = selection("pairings", *daily(45), *FULL)
    assert of.view is not None

    found = rows(of)

    assert len({row["statement"] for row in found}) > 1
    for row in found:
        rate = of.view.base_rate(str(row["statement"]))
        assert rate.reason is None
        for name, window in rate.windows.items():
            for figure in ("share_low", "share_high", "mean_low", "mean_high"):
                assert row[f"expected_{name}_{figure}"] == getattr(window, figure)
            assert row[f"observed_{name}_definite"] == window.observed_definite
            assert row[f"observed_{name}_possible"] == window.observed_possible
        assert row["days_recorded"] == rate.days_recorded >= 30
        assert row["days_with_match"] == rate.days_with_match


def test_with_too_little_data_the_rates_are_empty_and_say_why() -> None:
    (row,) = rows(selection("pairings", WORDS, ODESA))

    assert row["base_rate_reason"] == "too_little_data"
    assert {cell for name, cell in row.items() if name.startswith("expected_")} == {None}
    assert row["observed_24h_definite"] == 1


def test_filters_choose_pairs_and_change_no_rate() -> None:
    whole = rows(selection("pairings", *daily(45), *FULL))
    part = rows(selection("pairings", *daily(45), *FULL, act=("deny",)))

    assert 0 < len(part) < len(whole)
    assert [row for row in whole if row["act"] == "deny"] == part


def test_pairs_cannot_be_exported_without_a_view() -> None:
    with pytest.raises(ValueError, match="base rate"):
        list(csv_of(selection("pairings", WORDS, ODESA)._replace(view=None)))


# CSV


def text_of(projection: str, *events: Json) -> str:
    """The CSV of a log."""
    return b"".join(csv_of(selection(projection, *events))).decode()


@pytest.mark.parametrize("projection", TABLES)
def test_csv_reads_back_as_it_was_but_for_what_a_spreadsheet_would_run(projection: str) -> None:
    of = selection(projection, *daily(45), *FULL)
    text = b"".join(csv_of(of)).decode()

    read = list(csv.DictReader(io.StringIO(text, newline="")))

    assert [{name: as_text(cell) for name, cell in row.items()} for row in rows(of)] == read


def as_text(cell: Cell) -> str:
    """How a cell is written."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@")):
        return "'" + cell.replace("|", "\\|")
    return "" if cell is None else str(cell)


def test_csv_is_utf8_without_a_mark_with_lines_as_the_standard_has_them() -> None:
    raw = b"".join(csv_of(selection("chronology", *FULL)))

    assert raw.startswith(b"entry,revision,")
    assert raw.endswith(b"\r\n")
    assert raw.count(b"\r\n") == len(FULL) + 1
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert CYRILLIC.replace('"', '""').encode() in raw
    assert RIGHT_TO_LEFT.encode() in raw


def test_a_table_of_nothing_is_its_heading() -> None:
    assert text_of("incidents").count("\r\n") == 1
    assert text_of("incidents", ODESA, retraction_of(ODESA)) == text_of("incidents")


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        (FORMULA, f"'{FORMULA}"),
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-1+1|cmd", "'-1+1\\|cmd"),
        ("\t=1+1", "'\t=1+1"),
        ("\n=1+1", "'\n=1+1"),
        (" =1+1", "' =1+1"),
        ("\u00a0@x", "'\u00a0@x"),
        ("\u200f=1+1", "'\u200f=1+1"),
        ("＝1+1", "'＝1+1"),  # noqa: RUF001 - what is tested
        ("a = b", "a = b"),
        (" a", " a"),
        ("-33.9", "-33.9"),
        (-33.9, "-33.9"),
        (-5, "-5"),
        (1e-07, "1e-07"),
        (0, "0"),
        (True, "true"),
        (False, "false"),
        (None, ""),
    ],
)
def test_a_cell_that_would_be_run_is_escaped_and_a_number_stays_one(
    cell: Cell, written: str
) -> None:
    lines = "".join(csv_lines(["a", "b"], [[cell, "end"]], line_end="\r\n"))

    assert list(csv.reader(io.StringIO(lines, newline=""))) == [["a", "b"], [written, "end"]]
