# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# (A schema is JSON: what isinstance() finds in it, pyright calls unknown.)
"""The published schemas: fresh, valid, and of one mind with the codec."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from conflict_events import asyncapi, json_schema, published
from conflict_events.codec import Accepted, accept, encode, read
from conflict_events.envelope import Event
from conflict_events.events import BODIES, StatementMade, StrikeReported
from conflict_events.instants import written_fault
from conflict_events.parties import Speaker
from conflict_events.place import Place
from conflict_events.timelines import (
    TIMELINE_BODIES,
    Incident,
    Pairing,
    PartyHeld,
    Revision,
    Span,
    Withdrawn,
)
from tests.schemas.samples import GOLDEN, REMOVED, STRIKE, changed, leaves, raw, sample
from tests.schemas.schemas import EVENTS, SCHEMAS, TIMELINES, Json, faults, objects, pointed_at

FOLDER = Path(__file__).parents[2] / "schemas" / "published"

# The files.


def test_the_published_files_are_those_that_the_structs_make() -> None:
    """Not an old one, not one too few, and not one too many.

    Write them with `just schemas`; a file that is not made any more is removed by hand.
    """
    found = {
        path.relative_to(FOLDER).as_posix(): path.read_bytes()
        for path in FOLDER.rglob("*")
        if path.is_file()
    }
    made = published.files()
    assert sorted(found) == sorted(made)
    assert [name for name in made if found[name] != made[name]] == []


def test_there_is_a_file_for_each_type_and_each_timeline() -> None:
    """And one for all of it."""
    assert set(published.files()) == {
        "asyncapi.json",
        *(f"events/{name}.json" for name in BODIES),
        *(f"timelines/{name}.json" for name in (*TIMELINE_BODIES, "revision", "entry")),
    }


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_command_writes_the_same_bytes_on_every_run(seed: str, tmp_path: Path) -> None:
    """Whatever order sets have in that process; and into a folder that does not exist yet."""
    folder = tmp_path / "new" / "folder"
    command = [sys.executable, "-m", "conflict_events.published", str(folder)]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": seed})
    for name, text in published.files().items():
        assert (folder / name).read_bytes() == text


@pytest.mark.parametrize("arguments", [[], ["a", "b"]])
def test_the_command_without_a_folder_says_how_to_use_it(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 is usage."""
    assert published.main(arguments) == 2
    assert "usage: python -m conflict_events.published DIR" in capsys.readouterr().err


def test_writing_leaves_other_files_alone(tmp_path: Path) -> None:
    """It is given a folder, and may have been given the wrong one."""
    (tmp_path / "events").mkdir()
    (tmp_path / "events" / "mine.json").write_text("mine")
    assert published.main([str(tmp_path)]) == 0
    assert (tmp_path / "events" / "mine.json").read_text() == "mine"
    assert (tmp_path / "asyncapi.json").exists()


# JSON Schema.


@pytest.mark.parametrize("name", [*EVENTS, *TIMELINES])
def test_a_schema_is_valid_and_complete(name: str) -> None:
    """Of the dialect that it names, and every reference within it resolves."""
    schema = (EVENTS | TIMELINES)[name]
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert schema["$id"] == f"urn:conflict-events:{name}"
    refs = [one["$ref"] for one in objects(schema) if "$ref" in one]
    assert all(pointed_at(schema, ref)["type"] == "object" for ref in refs)
    assert {ref.removeprefix("#/$defs/") for ref in refs} == set(schema.get("$defs", {}))


def test_no_pattern_needs_python() -> None:
    r"""ECMA-262 has no `\Z`, `\A`, named groups of Python's kind, or possessive repeats."""
    patterns = {one["pattern"] for one in objects(SCHEMAS) if isinstance(one.get("pattern"), str)}
    assert len(patterns) > 15
    for pattern in patterns:
        assert pattern == r"\S" or (pattern[0], pattern[-1]) == ("^", "$"), pattern
        # With the flag `u` nothing else may be escaped.
        assert set(re.findall(r"\\(.)", pattern)) <= set("dSs.[]/"), pattern
        bare = re.sub(r"\[([^\]\\]|\\.)*\]|\\.", "x", pattern)
        assert not re.search(r"\(\?|[*+?}][*+]", bare), pattern


@pytest.mark.parametrize("name", GOLDEN)
def test_the_golden_samples_are_valid(name: str) -> None:
    """By the schema of their type, and by no other."""
    event = sample(name)
    assert faults(EVENTS[event["type"]], event) == []
    for other in set(BODIES) - {event["type"]}:
        assert faults(EVENTS[other], event) != []


def test_a_schema_says_what_only_the_codec_checks() -> None:
    """A struct that checks itself has a sentence about it; an event has one about all of it."""
    checking = {
        kind.__name__ for kind in structs(tuple(BODIES.values())) if "__post_init__" in vars(kind)
    }
    assert checking == set(json_schema.STRUCT_RULES)
    for name, rules in json_schema.STRUCT_RULES.items():
        assert SCHEMAS[name]["description"].endswith(rules)
    for name, schema in EVENTS.items():
        assert json_schema.EVENT_RULES in schema["description"]
        amends = "corrected" in name or "retracted" in name
        assert (json_schema.AMENDMENT_RULES in schema["description"]) is amends


def structs(kinds: tuple[Any, ...]) -> set[type[msgspec.Struct]]:
    """These structs and all that they hold."""
    found: set[type[msgspec.Struct]] = set()
    waiting: list[Any] = [*msgspec.inspect.multi_type_info(kinds)]
    while waiting:
        info = waiting.pop()
        if isinstance(info, msgspec.inspect.StructType):
            if info.cls not in found:
                found.add(info.cls)
                waiting += [field.type for field in info.fields]
        elif isinstance(info, msgspec.inspect.UnionType):
            waiting += info.types
        elif isinstance(info, msgspec.inspect.VarTupleType):
            waiting.append(info.item_type)
        elif isinstance(info, msgspec.inspect.Metadata):
            waiting.append(info.type)
    return found


def test_every_schema_has_a_description_in_whole_lines() -> None:
    """Docstrings are unwrapped: a page breaks lines where it likes."""
    for name, schema in SCHEMAS.items():
        assert len(schema["description"]) > 20, name
        assert "  " not in schema["description"], name
        assert "\n" not in schema["description"].replace("\n\n", ""), name


# The schema and the codec.

TYPES_OF_JSON: list[Any] = [None, True, 7, 0.5, -1, "text", "", [], [None], {}, {"name": "x"}]
PLACES = [(name, path) for name in GOLDEN for path in leaves(sample(name))]

# What the descriptions name: the schema lets it pass, and the codec does not.
ONLY_THE_CODEC = re.compile(
    r"a window's latest is not|a figure (gives|has)|a place (has|gives)"
    r"|source may not amend|may not amend this event"
)


@pytest.mark.parametrize(("name", "path"), PLACES)
def test_schema_and_codec_agree_on_every_type_in_every_place(name: str, path: str) -> None:
    """Wherever a value of the wrong type stands, or none; but for what the descriptions name."""
    for value in (REMOVED, *TYPES_OF_JSON):
        if value is REMOVED and path.endswith("]"):
            continue  # A list may always be shorter.
        event = changed(name, path, value)
        outcome = accept(raw(event))
        # Another type is another schema; no type is none.
        valid = path != "$.type" and faults(EVENTS[sample(name)["type"]], event) == []
        if isinstance(outcome, Accepted):
            assert valid, value
        elif valid:
            assert ONLY_THE_CODEC.search(outcome.message), (value, outcome)


BEYOND = [
    ("$.id", "a b"),
    ("$.source", "a b"),
    ("$.conflict", "Ukraine"),
    ("$.specversion", "0.3"),
    ("$.time", "2026-01-15 10:00:00Z"),
    ("$.time", "2026-01-15T10:00:00"),
    ("$.data.occurred.latest", "2200-01-01T00:00:00Z"),
    ("$.data.place.lat", 90.1),
    ("$.data.place.name", "x" * 201),
    ("$.data.place.country", "UKR"),
    ("$.data.scope", "skirmish"),
    ("$.data.targets[0]", "harbour"),
    ("$.data.figures[1].best", -1),
    ("$.data.figures[1].best", 2**53),
    ("$.data.articles[0]", "ftp://a.example/"),
    ("$.data.rating.credibility", 7),
]


@pytest.mark.parametrize(("path", "value"), BEYOND)
def test_the_schema_refuses_what_is_beyond_a_bound(path: str, value: Any) -> None:
    """Bounds, patterns and vocabularies stand in it, not only types."""
    assert faults(EVENTS[STRIKE], changed(STRIKE, path, value)) != []


@settings(max_examples=500, deadline=None)
@given(st.from_regex(json_schema.TIME_PATTERN) | st.text("0123456789-:.TZtz+ ", max_size=35))
@example("2026-01-15T10:00:00.1234567Z")
@example("1799-12-31T23:59:59Z")
@example("2199-12-31T23:59:59.999999-23:59")
@example("2026-01-15T10:00:00Z\n")
def test_the_schema_reads_times_as_the_codec_does(text: str) -> None:
    """Its pattern is written anew, as a regular expression cannot count years in Python's way."""
    # To Python `$` also stands before a line feed at the end; to ECMA-262 it does not.
    pattern = json_schema.TIME_PATTERN.removesuffix("$")
    assert bool(re.fullmatch(pattern, text)) == (written_fault(text) is None)


# Timelines.

SPAN = Span(earliest="2025-02-18T23:30:00Z", latest="2025-02-19T05:00:00.500000Z")
HELD = PartyHeld(party="RUS", bases=("alleged_by_target",), disputed_by=("RUS",))
PLACE = Place(name="Odesa", country="UA")
KEY = "2111dcf2b007969675b4b56ec9cc5baa"

INCIDENT = Incident(
    members=(KEY,),
    core=SPAN,
    windows_disagree=False,
    imprecise=False,
    place=PLACE,
    parties=(HELD,),
    targets=("energy_grid",),
    weapons=("one_way_drone",),
    admin1s=("UA-51",),
    countries=("UA",),
    claimants=("OVA",),
    producers=("https://scraper.example/",),
)
PAIRING = Pairing(
    statement=KEY,
    incident=KEY,
    parties=(HELD,),
    topics=("energy",),
    order="after",
    lag_min_s=1,
    lag_max_s=2,
    windows={"24h": "definite", "7d": "possible"},
    rules="pairings/1",
    speaker=Speaker(name="x"),
    act="deny",
    proposition="x",
    said=SPAN,
    place=PLACE,
    core=SPAN,
    targets=("energy_grid",),
)


def as_json(struct: msgspec.Struct) -> Json:
    """A struct as readers get it."""
    return cast(Json, json.loads(msgspec.json.encode(struct)))


def revision(body: msgspec.Struct, status: Any = "asserted") -> Json:
    """A revision with this body."""
    made = Revision(
        entry="x",
        revision=1,
        position=7,
        status=status,
        because=(KEY,),
        body=msgspec.Raw(msgspec.json.encode(body)),
    )
    return as_json(made)


def entry(projection: str, body: msgspec.Struct, status: Any = "asserted") -> Json:
    """An entry of a projection with this body."""
    return {"projection": projection, "version": 1, "conflict": "ukraine"} | revision(body, status)


def test_bodies_of_timelines_are_valid() -> None:
    """With and without what they may leave out."""
    crowded = msgspec.structs.replace(INCIDENT, members_total=300)
    assert "members_total" not in as_json(INCIDENT)
    assert faults(TIMELINES["Incident"], as_json(INCIDENT)) == []
    assert faults(TIMELINES["Incident"], as_json(crowded)) == []
    assert faults(TIMELINES["Pairing"], as_json(PAIRING)) == []
    assert faults(TIMELINES["Incident"], as_json(PAIRING)) != []
    assert faults(TIMELINES["Pairing"], as_json(INCIDENT)) != []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("members_total", None),
        ("members_total", "300"),
        ("core", {"earliest": "2025-02-18T23:30:00+02:00", "latest": "2025-02-18T23:30:00Z"}),
        ("core", {"earliest": "2025-02-18T23:30:00.5Z", "latest": "2025-02-18T23:30:00Z"}),
        ("targets", ["harbour"]),
        ("imprecise", 0),
    ],
)
def test_a_body_that_is_not_as_it_should_be_is_not_valid(field: str, value: Any) -> None:
    """`members_total` is a number or absent; times are in UTC with no or six digits."""
    assert faults(TIMELINES["Incident"], as_json(INCIDENT) | {field: value}) != []


def test_windows_of_a_pairing_have_known_names() -> None:
    """They are added to what msgspec makes, which leaves them out."""
    assert faults(TIMELINES["Pairing"], as_json(PAIRING) | {"windows": {}}) == []
    assert faults(TIMELINES["Pairing"], as_json(PAIRING) | {"windows": {"1h": "definite"}}) != []


@pytest.mark.parametrize("schema", [TIMELINES["Revision"], SCHEMAS["incidents.revision"]])
def test_a_revision_holds_a_body_or_what_became_of_it(schema: Json) -> None:
    """Nothing stands in a withdrawn one but the entry that holds its report now, if any."""
    schema = schema | {"components": {"schemas": SCHEMAS}}
    assert faults(schema, revision(INCIDENT)) == []
    assert faults(schema, revision(Withdrawn(), "withdrawn")) == []
    assert faults(schema, revision(Withdrawn(merged_into="y"), "withdrawn")) == []
    assert faults(schema, revision(Withdrawn(), "asserted")) != []
    withdrawn = revision(Withdrawn(), "withdrawn")
    assert faults(schema, withdrawn | {"body": {"merged_into": None}}) != []
    assert faults(schema, withdrawn | {"status": "deleted"}) != []


def test_an_entry_holds_the_body_of_its_projection() -> None:
    """And an entry of a projection that is not shipped may hold any."""
    assert faults(TIMELINES["Entry"], entry("incidents", INCIDENT)) == []
    assert faults(TIMELINES["Entry"], entry("pairings", PAIRING)) == []
    assert faults(TIMELINES["Entry"], entry("incidents", PAIRING)) != []
    assert faults(TIMELINES["Entry"], entry("pairings", INCIDENT)) != []
    assert faults(TIMELINES["Entry"], entry("pairings", Withdrawn(), "withdrawn")) == []
    assert faults(TIMELINES["Entry"], entry("mine", Span(earliest="x", latest="y"))) == []


def test_a_caller_cannot_spoil_the_schemas_of_another() -> None:
    """They are cached, and handed out as copies."""
    mine = json_schema.components()
    mine[STRIKE]["properties"].clear()
    json_schema.schema(STRIKE)["$defs"].clear()
    asyncapi.document()["channels"]["pairings"]["parameters"].clear()
    for name, text in published.files().items():
        assert (FOLDER / name).read_bytes() == text


def test_there_is_no_schema_of_another_name() -> None:
    """Rather than an empty one."""
    with pytest.raises(KeyError):
        json_schema.schema("conflict.strike.reported.v2")


def test_what_the_codec_writes_is_valid() -> None:
    """Not only what others sent."""
    for name, offered in GOLDEN.items():
        event = cast(Event[Any], read(offered))
        written = json.loads(encode(event))
        assert faults(EVENTS[event.type], written) == [], name
    assert {StatementMade, StrikeReported} <= set(BODIES.values())
