"""Publishing: one receipt a line, in order, and what is refused stops nothing else."""

import csv
import io
import json
from typing import Final

import pytest

from tests.cli.console import Console, lines_of
from tests.oracle.builders import EDITOR, PRODUCER, corrected, statement, strike

RECEIPT: Final = [
    "line",
    "source",
    "id",
    "outcome",
    "conflict",
    "position",
    "reason",
    "path",
    "message",
    "unknown_fields",
]


def test_every_line_gets_a_receipt_with_the_documented_keys_in_order(console: Console) -> None:
    done = console("publish", stdin=lines_of([strike("a", 0, 1), {"type": "x"}]) + b"\xff\n{")

    assert [list(row) for row in done.rows] == [RECEIPT] * 4
    assert [row["line"] for row in done.rows] == [1, 2, 3, 4]
    assert [row["outcome"] for row in done.rows] == ["recorded", "refused", "refused", "refused"]
    assert done.rows[0] == {
        "line": 1,
        "source": PRODUCER,
        "id": "a",
        "outcome": "recorded",
        "conflict": "ukraine",
        "position": 1,
        "reason": None,
        "path": None,
        "message": None,
        "unknown_fields": [],
    }
    assert done.complaints == ["4 events: 1 recorded, 0 repeated, 3 refused"]


def test_one_bad_line_stops_no_other(console: Console) -> None:
    bad = strike("bad", 0, 1, figures=[{"measure": "killed", "best": 1}])

    done = console.publish(strike("a", 0, 1), bad, strike("b", 2, 3))

    assert done.code == 5
    assert [row["outcome"] for row in done.rows] == ["recorded", "refused", "recorded"]
    assert [row["position"] for row in done.rows] == [1, None, 2]
    refused = done.rows[1]
    assert (refused["source"], refused["id"], refused["conflict"]) == (PRODUCER, "bad", "ukraine")
    assert refused["reason"] == "invalid"
    assert refused["path"].startswith("$.data.figures[0]")
    assert "unit" in refused["message"]


def test_published_twice_each_event_is_a_repeat_at_its_first_position(console: Console) -> None:
    events = [strike("a", 0, 1), statement("s", 0, 1, "deny"), strike("b", 2, 3)]

    first, second = console.publish(*events), console.publish(*events)

    assert (first.code, second.code) == (0, 0)
    assert [row["outcome"] for row in second.rows] == ["repeat"] * 3
    assert [row["position"] for row in second.rows] == [row["position"] for row in first.rows]
    assert second.complaints == ["3 events: 0 recorded, 3 repeated, 0 refused"]


def test_another_body_under_a_known_id_is_refused_and_says_where_the_first_is(
    console: Console,
) -> None:
    done = console.publish(strike("other", 0, 1), strike("a", 0, 1), strike("a", 0, 2))

    assert done.code == 5
    refused = done.rows[2]
    assert (refused["reason"], refused["position"]) == ("conflicting_body", None)
    assert "position 2" in refused["message"]


def test_the_same_value_in_other_bytes_is_a_repeat(console: Console) -> None:
    event = strike("a", 0, 1)
    other = json.dumps(dict(reversed(event.items())), indent=None, separators=(" ,", ": ")).encode()

    done = console("publish", stdin=lines_of([event]) + other)

    assert [row["outcome"] for row in done.rows] == ["recorded", "repeat"]


def test_unknown_fields_are_recorded_and_named(console: Console) -> None:
    (row,) = console.publish(strike("a", 0, 1, wepons=[]) | {"colour": "red"}).rows

    assert row["outcome"] == "recorded"
    assert sorted(row["unknown_fields"]) == ["$.colour", "$.data.wepons"]


def test_a_source_on_the_list_of_editors_may_amend_and_no_other(console: Console) -> None:
    event = strike("a", 0, 1)
    amendment = corrected("c", event, source=EDITOR, targets=["rail"])
    config = console.folder / "settings.toml"
    config.write_text(f'editors = ["{EDITOR}"]', "utf-8")

    (_, refused) = console.publish(event, amendment).rows
    (recorded,) = console.publish(amendment, options=["--config", config]).rows
    (repeat,) = console.publish(amendment, env={"CONFLICT_TIMELINE_EDITORS": f"x, {EDITOR}"}).rows

    assert (refused["outcome"], refused["reason"]) == ("refused", "not_owner")
    assert (recorded["outcome"], recorded["position"]) == ("recorded", 2)
    assert (repeat["outcome"], repeat["position"]) == ("repeat", 2)


def test_a_conflict_that_is_not_on_the_allow_list_is_refused(console: Console) -> None:
    config = console.folder / "settings.toml"
    config.write_text('conflicts = ["ukraine"]', "utf-8")
    elsewhere = strike("a", 0, 1) | {"conflict": "sudan"}

    (refused,) = console.publish(elsewhere, options=["--config", config]).rows
    (recorded,) = console.publish(
        elsewhere,
        options=["--config", config],
        env={"CONFLICT_TIMELINE_CONFLICTS": "ukraine,sudan"},
    ).rows

    assert (refused["outcome"], refused["reason"]) == ("refused", "unknown_conflict")
    assert recorded["outcome"] == "recorded"


def test_each_conflict_has_positions_of_its_own(console: Console) -> None:
    done = console.publish(
        strike("a", 0, 1), strike("b", 0, 1) | {"conflict": "sudan"}, strike("c", 0, 1)
    )

    assert [row["position"] for row in done.rows] == [1, 1, 2]


@pytest.mark.parametrize("output", ["json", "csv", "table"])
def test_receipts_are_as_many_in_every_format(console: Console, output: str) -> None:
    done = console("publish", "--output", output, stdin=lines_of([strike("a", 0, 1)]) + b"{\n\n[]")

    assert done.code == 5
    match output:
        case "json":
            rows = json.loads(done.out)
        case "csv":
            rows = list(csv.DictReader(io.StringIO(done.out)))
            assert list(rows[0]) == RECEIPT
        case _:
            rows = done.out.splitlines()[1:]
    assert len(rows) == 3


def test_twenty_thousand_events_are_recorded_in_order_and_counted(console: Console) -> None:
    # No limit of time: others share this machine.
    events = [strike(f"e{number}", number % 500, number % 500 + 1) for number in range(20_000)]
    (console.folder / "events.ndjson").write_bytes(lines_of(events))

    done = console("publish", "events.ndjson")

    assert done.code == 0
    assert [row["position"] for row in done.rows] == list(range(1, 20_001))
    assert done.complaints == ["20000 events: 20000 recorded, 0 repeated, 0 refused"]
    assert console("status").one["conflicts"][0]["head"] == 20_000
