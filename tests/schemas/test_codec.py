# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# (JSON is Any: what isinstance() finds in it, pyright calls unknown.)
"""The codec: what it keeps, what it names, and whom it lets amend."""

import json
from datetime import datetime
from typing import Any

import msgspec
import pytest

from conflict_events.codec import (
    UNKNOWN_FIELDS_MAX,
    Accepted,
    Policy,
    accept,
    encode,
    examine,
    names_of,
    read,
    same_value,
)
from conflict_events.errors import RefusedError
from conflict_events.events import BODIES, KINDS, StatementMade, StrikeReported
from conflict_events.outcomes import Refused
from conflict_events.parties import claimant_name
from tests.schemas.samples import (
    CORRECTION,
    FOLDER,
    GOLDEN,
    RETRACTION,
    STATEMENT,
    STRIKE,
    changed,
    raw,
)

NEWER = "unknown-fields"


def accepted(offered: bytes, policy: Policy | None = None) -> Accepted:
    """What the codec makes of bytes that it must accept."""
    outcome = accept(offered, policy or Policy())
    assert isinstance(outcome, Accepted), outcome
    return outcome


# Golden samples.


@pytest.mark.parametrize("name", GOLDEN)
def test_a_golden_sample_decodes_for_ever(name: str) -> None:
    """What was once recorded stays readable, and its bytes stay as they were sent."""
    outcome = accepted(GOLDEN[name])
    assert outcome.raw == GOLDEN[name]
    assert read(GOLDEN[name]) == outcome.event
    assert type(outcome.event.data) is BODIES[json.loads(GOLDEN[name])["type"]]


@pytest.mark.parametrize("name", sorted(set(GOLDEN) - {NEWER}))
def test_nothing_of_a_golden_sample_is_lost_on_the_way(name: str) -> None:
    """Every field and value of it comes out again, but for defaults that it spells out."""
    written = json.loads(encode(read(GOLDEN[name])))
    assert read(raw(written)) == read(GOLDEN[name])
    assert missing(json.loads(GOLDEN[name]), written) <= {
        "$.data.scope",
        "$.data.weapons[0].status",
        "$.data.quotes[1].complete",
        "$.data.replacement.scope",
        "$.data.replacement.quotes[1].complete",
    }


def missing(before: Any, after: Any, path: str = "$") -> set[str]:
    """The paths of what one JSON value has and the other lacks, or has otherwise."""
    if isinstance(before, dict) and isinstance(after, dict):
        return {
            found
            for key, value in before.items()
            for found in (
                missing(value, after[key], f"{path}.{key}") if key in after else {f"{path}.{key}"}
            )
        }
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return {
            found
            for index, (one, other) in enumerate(zip(before, after, strict=True))
            for found in missing(one, other, f"{path}[{index}]")
        }
    return set() if before == after or is_same_time(before, after) else {path}


def is_same_time(one: Any, other: Any) -> bool:
    """Whether two texts write one instant: `.5Z` and `.500000Z` do."""
    try:
        return datetime.fromisoformat(one) == datetime.fromisoformat(other)
    except (TypeError, ValueError):
        return False


def test_there_is_a_golden_sample_of_each_type_and_of_nothing_else() -> None:
    """And every one of them is in the folder, named for its type."""
    assert set(GOLDEN) == {*BODIES, NEWER}
    assert {path.name for path in FOLDER.iterdir()} == {f"{n}.json" for n in GOLDEN} | {"README.md"}


def test_the_golden_samples_use_every_field_of_every_struct() -> None:
    """A field that no sample has could be renamed unseen."""
    used: set[str] = set()
    known: set[str] = set()

    def look(value: Any) -> None:
        if isinstance(value, tuple):
            for item in value:
                look(item)
        elif isinstance(value, msgspec.Struct):
            for field in value.__struct_fields__:
                name = f"{type(value).__name__}.{field}"
                inner = getattr(value, field)
                known.add(name)
                used.update({name} if inner is not None and inner != () else ())
                look(inner)

    for offered in GOLDEN.values():
        look(read(offered))
    assert len(known) > 80
    assert known == used


# Fields that the contract does not know.


def test_unknown_fields_are_recorded_and_named_with_their_paths() -> None:
    """A scraper's slip (`tagret`) does not go unseen, and a newer producer is understood."""
    outcome = accepted(GOLDEN[NEWER])
    assert outcome.unknown_fields == (
        "$.subject",
        "$.dataschema",
        "$.scraperversion",
        "$.futureattribute",
        "$.data.occurred.confidence",
        "$.data.place.elevation_m",
        "$.data.attribution[0].strength",
        "$.data.weapons[0].count",
        "$.data.figures[0].claimant.verified",
        "$.data.figures[0].method",
        "$.data.tagret",
        "$.data.weather",
    )
    assert b'"tagret"' in outcome.raw
    assert isinstance(outcome.event.data, StrikeReported)
    assert outcome.event.data.targets == ("port",)


def test_an_event_of_known_fields_names_none() -> None:
    """Optional attributes of the envelope are known too."""
    for name in set(GOLDEN) - {NEWER}:
        assert accepted(GOLDEN[name]).unknown_fields == ()


def test_so_many_unknown_fields_are_named_and_no_more() -> None:
    """A receipt is small, whatever was sent."""
    many = {f"field{n}": 1 for n in range(UNKNOWN_FIELDS_MAX + 1)}
    outcome = accepted(raw(json.loads(GOLDEN[STRIKE]) | many))
    assert outcome.unknown_fields == tuple(f"$.{name}" for name in list(many)[:UNKNOWN_FIELDS_MAX])


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("elevation m", '$["elevation m"]'),
        ("höhe", "$.höhe"),
        ("1st", '$["1st"]'),
        ("", '$[""]'),
        ('a"b', '$["a\\"b"]'),
        ("a.b", '$["a.b"]'),
        ("\u200fx", '$["\\u200fx"]'),
        ("x" * 60_000, '$["' + "x" * 100 + '"]'),
    ],
)
def test_the_path_of_an_unknown_field_can_be_read(key: str, path: str) -> None:
    """Whatever its name is."""
    assert accepted(raw(json.loads(GOLDEN[STRIKE]) | {key: 1})).unknown_fields == (path,)


@pytest.mark.parametrize(
    "field", ["traceparent", "datacontenttype", "data.grade", "data.place.lat", "data.claimant"]
)
def test_null_is_the_same_as_nothing(field: str) -> None:
    """CloudEvents has it so, and many encoders write it."""
    event = changed(STRIKE, f"$.{field}", None)
    if field == "data.place.lat":
        event["data"]["place"]["lon"] = None
    assert accepted(raw(event)).unknown_fields == ()


# Who may publish what, and where.


@pytest.mark.parametrize("name", BODIES)
def test_an_event_goes_to_the_stream_of_its_kind(name: str) -> None:
    """And to no other: consumers of one kind never see another."""
    for kind in KINDS:
        outcome = accept(GOLDEN[name], Policy(kind=kind))
        if name.startswith(f"conflict.{kind}."):
            assert isinstance(outcome, Accepted)
            assert outcome.event.kind == kind
        else:
            assert isinstance(outcome, Refused)
            assert (outcome.reason, outcome.path) == ("wrong_stream", "$.type")


@pytest.mark.parametrize(
    ("name", "field"), [(CORRECTION, "corrects"), (RETRACTION, "retracts")], ids=str
)
def test_only_the_producer_of_an_event_may_amend_it(name: str, field: str) -> None:
    """Or an editor; and being an editor of some other name does not help."""
    other = "https://other.example/"
    offered = raw(changed(name, f"$.data.{field}.source", other))
    source = json.loads(offered)["source"]
    for editors in (frozenset[str](), frozenset({other}), frozenset({source + "/"})):
        refused = accept(offered, Policy(editors=editors))
        assert isinstance(refused, Refused)
        assert (refused.reason, refused.path) == ("not_owner", f"$.data.{field}.source")
    assert accepted(offered, Policy(editors=frozenset({source})))


def test_an_editor_may_report_like_anyone() -> None:
    """And whoever is none may, too."""
    for editors in (frozenset[str](), frozenset({json.loads(GOLDEN[STRIKE])["source"]})):
        assert accepted(GOLDEN[STRIKE], Policy(editors=editors))


def test_an_allow_list_keeps_other_conflicts_out() -> None:
    """Without one, any conflict is allowed; an empty one allows none."""
    assert accepted(GOLDEN[STRIKE], Policy(conflicts=None))
    assert accepted(GOLDEN[STRIKE], Policy(conflicts=frozenset({"example", "sudan"})))
    for conflicts in (frozenset[str](), frozenset({"sudan"}), frozenset({"Example"})):
        refused = accept(GOLDEN[STRIKE], Policy(conflicts=conflicts))
        assert isinstance(refused, Refused)
        assert (refused.reason, refused.path) == ("unknown_conflict", "$.conflict")


def test_what_is_invalid_is_not_judged_by_policy() -> None:
    """The fault that is named is the first that a producer must mend."""
    refused = accept(raw(changed(STRIKE, "$.data.place.lat", 999)), Policy(kind="article"))
    assert isinstance(refused, Refused)
    assert refused.reason == "invalid"


# Reading, writing, comparing.


def test_examine_raises_what_accept_answers() -> None:
    """Reason, path and message are the same."""
    offered = raw(changed(STRIKE, "$.data.place.lat", 999))
    refused = accept(offered)
    assert isinstance(refused, Refused)
    with pytest.raises(RefusedError) as raised:
        examine(offered)
    error = raised.value
    assert (error.reason, error.path, error.message) == (
        refused.reason,
        refused.path,
        refused.message,
    )
    assert str(error) == f"invalid at $.data.place.lat: {error.message}"


def test_reading_an_event_of_a_type_to_come_says_that_it_is_unknown() -> None:
    """An older reader of a log that a newer version wrote stops there, and says why."""
    with pytest.raises(RefusedError, match=r"^unknown_type at \$\.type: 'conflict\.x\.v1'"):
        read(raw(changed(STRIKE, "$.type", "conflict.x.v1")))


def test_an_event_is_written_without_its_defaults() -> None:
    """But with `specversion`, which CloudEvents requires."""
    written = json.loads(encode(read(GOLDEN[RETRACTION])))
    del written["data"]
    assert written == {
        "specversion": "1.0",
        "id": "strike:1/retraction@1",
        "source": "https://producers.example/invented/golden",
        "type": RETRACTION,
        "time": "2026-01-17T09:00:02Z",
        "conflict": "example",
        "datacontenttype": "application/json",
    }


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ('{"a": 1, "b": [1, {"c": null}]}', '{"b":[1,{"c":null}],"a":1}', True),
        ('{"a": "é"}', '{"a": "\\u00e9"}', True),
        ('{"a": 1}', '{"a": 1.0}', True),
        ('{"a": 100}', '{"a": 1e2}', True),
        ('{"a": 0}', '{"a": -0.0}', True),
        ('{"a": 1}', '{"a": true}', False),
        ('{"a": [0]}', '{"a": [false]}', False),
        ('{"a": {"b": 1}}', '{"a": {"b": true}}', False),
        ('{"a": 1}', '{"a": "1"}', False),
        ('{"a": null}', "{}", False),
        ('{"a": [1, 2]}', '{"a": [2, 1]}', False),
        ('{"a": [1]}', '{"a": [1, 2]}', False),
        ('{"a": []}', '{"a": {}}', False),
        ('{"a": 9007199254740993}', '{"a": 9007199254740992}', False),
        ('{"a": "2026-01-01T00:00:00Z"}', '{"a": "2026-01-01T01:00:00+01:00"}', False),
    ],
)
def test_two_events_say_the_same_when_they_are_the_same_json(
    one: str, other: str, same: bool
) -> None:
    """Blanks, order and escapes do not count; a repeat is recognised by this."""
    assert same_value(one.encode(), other.encode()) is same
    assert same_value(other.encode(), one.encode()) is same


@pytest.mark.parametrize(
    ("offered", "names"),
    [
        (GOLDEN[STRIKE], ("https://producers.example/invented/golden", "strike:1", "example")),
        (b'{"source": "a", "id": 1, "conflict": null}', ("a", None, None)),
        (b'{"source": "\\ud800", "id": "a\\u0000", "conflict": "\xe2\x80\xae"}', (None,) * 3),
        (
            b'{"id": "' + b"x" * 501 + b'", "source": "' + b"x" * 500 + b'"}',
            ("x" * 500, None, None),
        ),
        (b'{"source": NaN, "id": "x"}', (None, "x", None)),
        (b"[1]", (None,) * 3),
        (b"\xff", (None,) * 3),
        (b"{", (None,) * 3),
        (b"[" * 60_000, (None,) * 3),
        (b"9" * 5_000, (None,) * 3),
        (b"", (None,) * 3),
    ],
    ids=range(11),
)
def test_refused_bytes_are_filed_under_the_names_that_can_be_read(
    offered: bytes, names: tuple[str | None, ...]
) -> None:
    """None stands for what cannot be read, stored or shown."""
    assert names_of(offered) == names


def test_a_figures_claimant_may_be_the_bare_name() -> None:
    """Projections need not care which it was."""
    strike = read(GOLDEN[STRIKE]).data
    assert isinstance(strike, StrikeReported)
    assert [claimant_name(figure.claimant) for figure in strike.figures] == [
        "Harbour Office of Sampleton (invented)",
        "Sampleton Hospital (invented)",
        "Harbour Office of Sampleton (invented)",
        "River League",
    ]


def test_what_a_statement_leaves_out_has_the_documented_defaults() -> None:
    """No regions means anywhere, and no `about` the speaker's own party."""
    event = json.loads(GOLDEN[STATEMENT])
    event["data"] = {key: event["data"][key] for key in ("speaker", "said", "act", "proposition")}
    statement = accepted(raw(event)).event.data
    assert isinstance(statement, StatementMade)
    assert (statement.about, statement.topics, statement.regions) == ((), (), ())
    assert (statement.quotes, statement.articles, statement.validity) == ((), (), None)
