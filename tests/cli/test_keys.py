"""`keys`: making, listing, rotating and revoking API keys."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from inspect import signature
from typing import Final

import pytest

from conflict_timeline.cli.keys import create, rotate
from conflict_timeline.web.keys.key import RATE_PER_S
from conflict_timeline.web.keys.store import OVERLAP
from tests.cli.console import Console
from tests.oracle.builders import PRODUCER
from tests.oracle.times import Json

FIELDS: Final = (
    *("id", "name", "sources", "conflicts"),
    *("rate_per_s", "created", "expires", "revoked"),
)
NOBODY: Final = "0" * 16


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]
) -> Iterator[Console]:
    """Give a console whose broker keeps running."""
    console = Console(tmp_path_factory.mktemp("keys"), environment)
    console.start("run", "intake").says("intake.started")
    yield console
    console.clear()


def made(console: Console, *options: str) -> Json:
    """A key that was made just now."""
    done = console("keys", "create", "desk", "--source", PRODUCER, *options)
    assert done.code == 0, done
    return done.one


def listed(console: Console, key_id: str) -> Json:
    """A key as it is listed."""
    (found,) = [row for row in console("keys", "list").rows if row["id"] == key_id]
    return found


def test_a_key_is_printed_once_with_what_it_is_for(served: Console) -> None:
    done = served("keys", "create", "desk", "--source", PRODUCER, "--conflict", "ukraine")

    key = done.one
    assert list(key) == ["key", *FIELDS]
    assert key["key"].startswith(f"ctk_{key['id']}_")
    assert (key["name"], key["sources"], key["conflicts"]) == ("desk", [PRODUCER], ["ukraine"])
    assert (key["rate_per_s"], key["expires"], key["revoked"]) == (RATE_PER_S, None, None)
    assert "this once" in done.err
    assert key["key"] not in done.err

    told = served("keys", "list")
    assert key["key"].split("_", 2)[2] not in told.out
    del key["key"]
    assert listed(served, key["id"]) == key


def test_what_a_key_is_for_can_be_several_things_for_a_time(served: Console) -> None:
    options = ("--source", "a:b", "--conflict", "x", "--conflict", "y", "--rate", "2.5")
    key = made(served, *options, "--expires-days", "30")

    assert (key["sources"], key["conflicts"]) == ([PRODUCER, "a:b"], ["x", "y"])
    assert key["rate_per_s"] == 2.5
    left = datetime.fromisoformat(key["expires"]) - datetime.now(UTC)
    assert timedelta(days=29) < left <= timedelta(days=30)


def test_a_rotated_key_has_another_secret_and_the_same_id(served: Console) -> None:
    first = made(served)
    second = served("keys", "rotate", first["id"], "--overlap-hours", "0").one

    assert second.pop("key") != first.pop("key")
    assert second == first == listed(served, first["id"])


def test_a_revoked_key_stays_listed_and_is_not_rotated(served: Console) -> None:
    key = made(served)
    revoked = served("keys", "revoke", key["id"]).one

    assert revoked["revoked"] is not None
    assert listed(served, key["id"]) == revoked
    served("keys", "rotate", key["id"]).refuses(1, key["id"], "was revoked")


def test_keys_as_a_table_for_programs(served: Console) -> None:
    key = made(served, "--source", "a:b")
    rows = csv.DictReader(io.StringIO(served("keys", "list", "--output", "csv").out))
    (row,) = [row for row in rows if row["id"] == key["id"]]

    assert tuple(row) == FIELDS
    assert (row["sources"], row["conflicts"]) == (f"{PRODUCER}, a:b", "")
    assert json.loads(served("keys", "list", "--output", "json").out)[-1]["id"] == key["id"]


@pytest.mark.parametrize("command", ["rotate", "revoke"])
@pytest.mark.parametrize("key_id", [NOBODY, "", "a\nb"])
def test_a_key_that_there_is_not_is_exit_3(served: Console, command: str, key_id: str) -> None:
    served("keys", command, key_id).refuses(3, "there is no key")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("create", "desk"), "--source"),
        (("create", "", "--source", "a:b"), "name"),
        (("create", "desk", "--source", "a b"), "sources"),
        (("create", "desk", "--source", "a:b", "--conflict", "A"), "conflicts"),
        (("create", "desk", "--source", "a:b", "--rate", "0"), "rate_per_s"),
        (("create", "desk", "--source", "a:b", "--rate", "nan"), "rate_per_s"),
        (("create", "desk", "--source", "a:b", "--expires-days", "0"), "--expires-days"),
        (("create", "desk", "--source", "a:b", "--expires-days", "9" * 30), "--expires-days"),
        (("rotate", NOBODY, "--overlap-hours", "-1"), "--overlap-hours"),
        (("rotate", NOBODY, "--overlap-hours", "inf"), "--overlap-hours"),
        (("rotate", NOBODY, "--overlap-hours", "nan"), "--overlap-hours"),
    ],
)
def test_what_no_key_can_be_is_exit_2(
    served: Console, arguments: tuple[str, ...], word: str
) -> None:
    before = served("keys", "list").out
    served("keys", *arguments).refuses(2, word)

    assert served("keys", "list").out == before


def test_without_keys_the_list_is_empty(console: Console) -> None:
    done = console("keys", "list")

    assert (done.code, done.out) == (0, "")


def test_the_defaults_that_the_help_shows_are_those_of_the_store() -> None:
    """They stand in the command a second time, so that its help imports nothing."""
    assert signature(create).parameters["rate"].default == RATE_PER_S
    assert timedelta(hours=signature(rotate).parameters["overlap_hours"].default) == OVERLAP
