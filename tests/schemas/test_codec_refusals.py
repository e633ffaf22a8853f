"""Hostile bytes: each is refused with its reason and the path of its fault, and nothing else."""

import contextlib
import json
import time
from typing import get_args

import pytest

from conflict_events.codec import DEPTH_MAX, EVENT_BYTES_MAX, Accepted, Policy, accept, read
from conflict_events.errors import Reason, RefusedError
from conflict_events.outcomes import Refused
from tests.schemas.samples import (
    ARTICLE,
    CORRECTION,
    GOLDEN,
    REMOVED,
    RETRACTION,
    STATEMENT,
    STRIKE,
    changed,
    raw,
    with_text,
)


def refusal(offered: bytes, policy: Policy | None = None) -> tuple[str, str]:
    """Reason and path of the refusal that these bytes must meet."""
    outcome = accept(offered, policy or Policy())
    assert isinstance(outcome, Refused), "it was accepted"
    assert outcome.message
    return outcome.reason, outcome.path


def deep(levels: int) -> bytes:
    """A strike that nests so many levels, in a field that the contract does not know."""
    # The event is a level itself.
    return with_text(STRIKE, "$.deep", "[" * (levels - 1) + "]" * (levels - 1))


def padded(size: int) -> bytes:
    """A strike of so many bytes."""
    event = GOLDEN[STRIKE].rstrip()
    return event + b" " * (size - len(event))


# Bytes that are no JSON, or no event.

NO_EVENT = [
    ("nothing", b"", "not_json", "$"),
    ("a blank", b" ", "not_json", "$"),
    ("cut short", GOLDEN[STRIKE][:-5], "not_json", "$"),
    ("a comma too many", b'{"a": 1,}', "not_json", "$"),
    ("single quotes", b"{'a': 1}", "not_json", "$"),
    ("a comment", b'{"a": 1} // x', "not_json", "$"),
    ("two events", b"{} {}", "not_json", "$"),
    ("a raw line feed in a text", b'{"a": "x\ny"}', "not_json", "$"),
    ("an escape that JSON has not", b'{"a": "\\x41"}', "not_json", "$"),
    ("a number with leading zero", b'{"a": 01}', "not_json", "$"),
    ("a byte order mark", b"\xef\xbb\xbf" + GOLDEN[STRIKE], "not_json", "$"),
    ("NaN", with_text(STRIKE, "$.data.place.lat", "NaN"), "not_json", "$"),
    ("NaN, unknown", with_text(STRIKE, "$.data.x", "NaN"), "not_json", "$"),
    ("Infinity", with_text(STRIKE, "$.data.place.radius_m", "Infinity"), "not_json", "$"),
    ("-Infinity", with_text(STRIKE, "$.data.x", "[-Infinity]"), "not_json", "$"),
    ("a NUL byte", b'{"a": 1}\x00', "not_json", "$"),
    ("a field twice, then cut short", b'{"a": {"b": 1, "b": 2},', "not_json", "$"),
    ("a field twice, and NaN", b'{"a": {"b": 1, "b": 2}, "c": NaN}', "not_json", "$"),
    ("UTF-8 cut short", GOLDEN[STRIKE].replace(b"\xe2\x80\x99", b"\xe2\x80"), "not_utf8", "$"),
    ("overlong UTF-8", b'{"a": "\xc0\xaf"}', "not_utf8", "$"),
    ("an overlong NUL", b'{"a": "\xc0\x80"}', "not_utf8", "$"),
    ("a surrogate as UTF-8", b'{"a": "\xed\xa0\x80"}', "not_utf8", "$"),
    ("beyond Unicode", b'{"a": "\xf4\x90\x80\x80"}', "not_utf8", "$"),
    ("Latin-1", '{"a": "ö"}'.encode("latin-1"), "not_utf8", "$"),
    ("UTF-16", '{"a": 1}'.encode("utf-16"), "not_utf8", "$"),
    ("one byte too many", padded(EVENT_BYTES_MAX + 1), "too_large", "$"),
    ("100,000 deep", b"[" * 100_000, "too_large", "$"),
    ("60,000 deep", b"[" * 60_000, "too_deep", "$"),
    ("60,000 deep, closed", b'{"a":' * 9_000 + b"1" + b"}" * 9_000, "too_deep", "$"),
    ("one level too many", deep(DEPTH_MAX + 1), "too_deep", "$"),
    ("null", b"null", "invalid", "$"),
    ("a number", b"1", "invalid", "$"),
    ("a text", b'"event"', "invalid", "$"),
    ("a list", b"[" + GOLDEN[STRIKE] + b"]", "invalid", "$"),
    ("no type", b"{}", "invalid", "$.type"),
    ("a type that is a number", raw(changed(STRIKE, "$.type", 1)), "invalid", "$.type"),
    ("a type that is null", raw(changed(STRIKE, "$.type", None)), "invalid", "$.type"),
]


@pytest.mark.parametrize(
    ("offered", "reason", "path"), [case[1:] for case in NO_EVENT], ids=[c[0] for c in NO_EVENT]
)
def test_bytes_that_are_no_event_are_refused(offered: bytes, reason: str, path: str) -> None:
    """Whatever the bytes, the reason is of the closed list."""
    assert refusal(offered) == (reason, path)


@pytest.mark.parametrize(
    "word",
    [
        "conflict.strike.reported.v2",
        "conflict.strike.reported",
        "Conflict.Strike.Reported.V1",
        "conflict.strike.made.v1",
        "",
        "\ud800",
        "x" * 50_000,
    ],
)
def test_a_type_of_another_contract_is_unknown(word: str) -> None:
    """Also one that cannot be written as UTF-8; and its message stays short."""
    offered = changed(STRIKE, "$.type", word)
    outcome = accept(raw(offered) if word.isascii() else escaped(offered))
    assert isinstance(outcome, Refused)
    assert (outcome.reason, outcome.path) == ("unknown_type", "$.type")
    assert len(outcome.message.encode()) < 1_000


def escaped(event: object) -> bytes:
    """JSON in ASCII: all else is escaped."""
    return json.dumps(event).encode()


# Both sides of the bounds that are no field's.


def test_an_event_of_64_kib_is_accepted() -> None:
    """The bound itself is allowed."""
    assert isinstance(accept(padded(EVENT_BYTES_MAX)), Accepted)


def test_an_event_of_32_levels_is_accepted() -> None:
    """The bound itself is allowed; brackets within texts do not count."""
    assert isinstance(accept(deep(DEPTH_MAX)), Accepted)
    assert isinstance(accept(with_text(STRIKE, "$.data.x", '"' + "[{" * 500 + '\\""')), Accepted)


@pytest.mark.parametrize(
    "hostile",
    [
        b"[" * 33 + b'"' + b'\\"' * 32_700,
        b'["' * 20_000,
        b'{"a":"' + b"\\" * 65_000,
        b"[" * 40 + b'"' * 65_000,
        with_text(STRIKE, "$.data.articles[0]", '"https://' + "a" * 60_000 + ' "'),
        with_text(STRIKE, "$.data.figures[0].measure", '"' + "a_" * 30_000 + '!"'),
        with_text(STRIKE, "$.source", '"' + "%4" * 30_000 + '"'),
        with_text(STRIKE, "$.x", "1" * 60_000),
        with_text(STRIKE, "$.x", "{" + ",".join(f'"{n}":0' for n in range(6_000)) + "}"),
    ],
    ids=range(9),
)
def test_no_bytes_take_long_to_judge(hostile: bytes) -> None:
    """Each of them would take seconds, were the work quadratic in the bytes."""
    began = time.perf_counter()
    accept(hostile)
    assert time.perf_counter() - began < 1.0


# Numbers.

HUGE = ["1e400", "-1e400", "1" + "0" * 400, "-1" + "0" * 400, "1" + "0" * 400 + ".0", "9" * 5_000]


@pytest.mark.parametrize("text", HUGE, ids=lambda text: f"{text[:5]}…{len(text)}")
@pytest.mark.parametrize(
    "path",
    [
        "$.data.place.lat",
        "$.data.place.geonames",
        "$.data.figures[0].best",
        "$.data.x",
        "$.data.place.x",
        "$.x",
    ],
)
def test_a_number_that_no_reader_can_hold_is_invalid(path: str, text: str) -> None:
    """In fields that the contract does not know, too."""
    assert refusal(with_text(STRIKE, path, text)) == ("invalid", path)


@pytest.mark.parametrize(
    ("number", "fits"),
    [(2**64 - 1, True), (2**64, False), (-(2**64) + 1, True), (-(2**64), False)],
)
def test_an_unknown_integer_has_at_most_64_bits(number: int, fits: bool) -> None:
    """Both sides of the bound."""
    outcome = accept(raw(changed(STRIKE, "$.data.x", number)))
    assert isinstance(outcome, Accepted) is fits


# Texts.

FORBIDDEN_TEXTS = {
    "NUL": "\\u0000",
    "bell": "\\u0007",
    "backspace": "\\b",
    "form feed": "\\f",
    "carriage return": "\\r",
    "escape": "\\u001b[31m",
    "DEL": "\u007f",
    "DEL escaped": "\\u007f",
    "C1": "\u0085",
    "C1 escaped": "\\u009b",
    "bidi override": "\u202e",
    "bidi override escaped": "\\u202E",
    "bidi embedding": "\u202a",
    "bidi isolate": "\u2066",
    "bidi pop isolate": "\u2069",
    "lone high surrogate": "\\ud800",
    "lone low surrogate": "\\udfff",
    "surrogates in the wrong order": "\\udc00\\ud800",
}


@pytest.mark.parametrize("text", FORBIDDEN_TEXTS.values(), ids=FORBIDDEN_TEXTS.keys())
@pytest.mark.parametrize(
    "path",
    ["$.id", "$.data.scope", "$.data.place.name", "$.data.figures[1].claimant", "$.data.x", "$.x"],
)
def test_characters_that_hide_text_are_invalid(path: str, text: str) -> None:
    """However they are written, and in unknown fields too."""
    assert refusal(with_text(STRIKE, path, f'"a{text}b"')) == ("invalid", path)


@pytest.mark.parametrize("text", FORBIDDEN_TEXTS.values(), ids=FORBIDDEN_TEXTS.keys())
def test_characters_that_hide_text_are_invalid_in_names_of_fields(text: str) -> None:
    """The path shows the name in ASCII, so that it can be stored and shown."""
    reason, path = refusal(with_text(STRIKE, "$.data.x", f'{{"a{text}b": 1}}'))
    assert reason == "invalid"
    assert path.startswith('$.data.x["a\\')
    assert path.isascii()
    assert path.isprintable()


@pytest.mark.parametrize("text", ["\\t", "\\n", "\u200f", "\U0001f6a8", "\\ud83d\\udea8", "é"])
def test_other_characters_are_accepted(text: str) -> None:
    """Tabs, line feeds, direction marks, and whole surrogate pairs."""
    assert isinstance(accept(with_text(STRIKE, "$.data.place.name", f'"a{text}b"')), Accepted)


# Fields given twice.


@pytest.mark.parametrize(
    ("at", "text", "path"),
    [
        ("$.id", '"a", "id": "a"', "$.id"),
        ("$.id", '"a", "\\u0069d": "a"', "$.id"),
        ("$.data.scope", '"wave", "scope": "incident"', "$.data.scope"),
        ("$.data.place.lat", '1, "lat": 2', "$.data.place.lat"),
        ("$.data.figures[2].unit", '"a", "unit": "b"', "$.data.figures[2].unit"),
        ("$.x", '{"y": [{}, {"z": 1, "z": 1}]}', "$.x.y[1].z"),
        ("$.x", '{"a b": 1, "a b": 2}', '$.x["a b"]'),
        ("$.x", '{"\\ud800": 1, "\\ud800": 2}', '$.x["\\ud800"]'),
        ("$.x", '{"": 1, "": 2}', '$.x[""]'),
    ],
)
def test_a_field_given_twice_is_invalid(at: str, text: str, path: str) -> None:
    """At any depth, known or not, however its name is written: readers would differ on it."""
    assert refusal(with_text(STRIKE, at, text)) == ("invalid", path)


# Required fields.

REQUIRED = [
    *[(STRIKE, f"$.{name}") for name in ("specversion", "id", "source", "time", "conflict")],
    (STRIKE, "$.data"),
    (STRIKE, "$.data.occurred"),
    (STRIKE, "$.data.occurred.earliest"),
    (STRIKE, "$.data.occurred.latest"),
    (STRIKE, "$.data.place"),
    (STRIKE, "$.data.attribution[0].party"),
    (STRIKE, "$.data.attribution[0].basis"),
    (STRIKE, "$.data.weapons[0].family"),
    (STRIKE, "$.data.figures[0].measure"),
    (STRIKE, "$.data.figures[0].unit"),
    (STRIKE, "$.data.figures[0].claimant"),
    (STRIKE, "$.data.figures[0].claimant.name"),
    (STRIKE, "$.data.claimant.name"),
    (STATEMENT, "$.data.speaker"),
    (STATEMENT, "$.data.speaker.name"),
    (STATEMENT, "$.data.said"),
    (STATEMENT, "$.data.act"),
    (STATEMENT, "$.data.proposition"),
    (STATEMENT, "$.data.validity.latest"),
    (STATEMENT, "$.data.quotes[0].lang"),
    (STATEMENT, "$.data.quotes[0].text"),
    (ARTICLE, "$.data.url"),
    (ARTICLE, "$.data.outlet"),
    (ARTICLE, "$.data.outlet.name"),
    (ARTICLE, "$.data.published"),
    (CORRECTION, "$.data.corrects"),
    (CORRECTION, "$.data.corrects.source"),
    (CORRECTION, "$.data.corrects.id"),
    (CORRECTION, "$.data.reason"),
    (CORRECTION, "$.data.replacement"),
    (CORRECTION, "$.data.replacement.place"),
    (RETRACTION, "$.data.retracts"),
    (RETRACTION, "$.data.retracts.id"),
    (RETRACTION, "$.data.reason"),
]


@pytest.mark.parametrize(("name", "path"), REQUIRED)
def test_an_event_without_a_required_field_is_invalid(name: str, path: str) -> None:
    """The path is that of the object that lacks it, and the message names the field."""
    parent, _, field = path.rpartition(".")
    outcome = accept(raw(changed(name, path, REMOVED)))
    assert isinstance(outcome, Refused)
    assert (outcome.reason, outcome.path) == ("invalid", parent)
    assert f"`{field}`" in outcome.message


@pytest.mark.parametrize(("name", "path"), REQUIRED)
def test_a_required_field_is_not_null(name: str, path: str) -> None:
    """Null stands for nothing only where a field may be left out."""
    assert refusal(raw(changed(name, path, None))) == ("invalid", path)


# What reading recorded bytes answers.


@pytest.mark.parametrize("offered", [case[1] for case in NO_EVENT if case[1] != GOLDEN[STRIKE]])
def test_reading_what_was_never_accepted_raises_a_refusal_or_nothing(offered: bytes) -> None:
    """`read` checks less than `accept`, and raises nothing else either."""
    with contextlib.suppress(RefusedError):
        read(offered)


@pytest.mark.parametrize("fault", [b"Sampl\xffton", b"Sampl\\ud800ton", b'Sample"ton'])
def test_reading_a_flipped_byte_raises_a_refusal(fault: bytes) -> None:
    """A log whose bytes were damaged is reported as such."""
    with pytest.raises(RefusedError):
        read(GOLDEN[STRIKE].replace(b"Sampleton", fault))


def test_messages_do_not_repeat_what_was_sent_at_length() -> None:
    """A refusal is stored beside the original bytes: it must not double them."""
    outcome = accept(raw(changed(STRIKE, "$.data.scope", "x" * 60_000)))
    assert isinstance(outcome, Refused)
    assert len(outcome.message) <= 500
    name = accept(raw(changed(STRIKE, "$.data." + "x" * 60_000, "\x07")))
    assert isinstance(name, Refused)
    assert len(name.path) < 200


# Every reason.


def test_every_reason_that_the_codec_can_give_is_given() -> None:
    """`conflicting_body` is the log's: it takes two events."""
    amendment = changed(CORRECTION, "$.data.corrects.source", "https://other.example/")
    given = {reason for _, _, reason, _ in NO_EVENT}
    given |= {
        refusal(offered, policy)[0]
        for offered, policy in (
            (raw(changed(STRIKE, "$.type", "x")), Policy()),
            (GOLDEN[STRIKE], Policy(kind="article")),
            (GOLDEN[STRIKE], Policy(conflicts=frozenset())),
            (raw(amendment), Policy()),
        )
    }
    assert given == set(get_args(Reason)) - {"conflicting_body"}
