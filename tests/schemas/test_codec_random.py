"""Random bytes: `accept` answers an event or a refusal, whatever they are.

20,500 examples a run. Hypothesis prints a failing example, shrunk, and the blob that repeats it.
"""

import contextlib
import json
from typing import Any, get_args

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from conflict_events.codec import (
    MESSAGE_CHARS_MAX,
    UNKNOWN_FIELDS_MAX,
    Accepted,
    accept,
    encode,
    examine,
    names_of,
    read,
    same_value,
)
from conflict_events.errors import Reason, RefusedError
from conflict_events.events import BODIES
from conflict_events.text import FORBIDDEN
from tests.schemas.samples import GOLDEN, STRIKE, changed, leaves, sample

REASONS = set(get_args(Reason)) - {"conflicting_body"}

BYTES, SPLICED, REPLACED, SHAPED = 8_000, 6_000, 4_500, 1_500


def often(examples: int) -> settings:
    """Many examples, each as slow as it happens to be."""
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    return settings(
        max_examples=examples, deadline=None, print_blob=True, suppress_health_check=slow
    )


def judge(raw: bytes) -> Accepted | None:
    """Check what must hold of any bytes; the event, if they are one."""
    for named in names_of(raw):
        assert named is None or not FORBIDDEN.search(named)
    # It may be refused, and raise nothing else.
    with contextlib.suppress(RefusedError):
        read(raw)
    outcome = accept(raw)
    if not isinstance(outcome, Accepted):
        assert outcome.reason in REASONS
        assert outcome.path.startswith("$")
        assert 0 < len(outcome.message) <= MESSAGE_CHARS_MAX
        # It is stored and shown: nothing in it may hide text, or fail to be written as UTF-8.
        assert not FORBIDDEN.search(outcome.path + outcome.message)
        return None
    assert outcome.raw == raw
    before = read(raw)
    assert outcome.event == before
    assert len(outcome.unknown_fields) <= UNKNOWN_FIELDS_MAX
    again = examine(encode(before))
    assert again.event == before
    assert encode(again.event) == again.raw
    assert again.unknown_fields == ()
    assert same_value(raw, raw)
    return outcome


# Bytes.


@often(BYTES)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=100).map(str.encode)))
@example(b'{"a":{"b":1,"b":2},')
@example(b'{"a":{"b":1,"b":2},"c":' + b"9" * 5000 + b"}")
def test_random_bytes_are_judged(raw: bytes) -> None:
    """Hardly any of them is JSON."""
    judge(raw)


# Golden samples with their bytes changed.

TOKENS = [
    *(b"{", b"}", b"[", b"]", b'"', b":", b",", b"\\", b"\\u", b"\\ud800", b"\\b", b"null"),
    *(b"true", b"NaN", b"-Infinity", b"1e400", b"-1", b"0", b"999", b"\x00", b"\xff", b"\xe2\x80"),
    *("\u202e".encode(), b"\xed\xa0\x80", b"2200-01-01T00:00:00Z", b'"id":', b'"x":{"x":'),
    *(b"[" * 40, b"{" * 3, b"9" * 30, b"T24", b"z", b" ", b"\n", b"conflict.", b".v1", b"v2"),
]

pieces = st.one_of(st.sampled_from(TOKENS), st.binary(max_size=4))
splices = st.lists(
    st.tuples(st.integers(0, 4_000), st.integers(0, 12), pieces), min_size=1, max_size=3
)


@often(SPLICED)
@given(st.sampled_from(sorted(GOLDEN)), splices)
def test_golden_samples_with_random_bytes_are_judged(
    name: str, cuts: list[tuple[int, int, bytes]]
) -> None:
    """At random places some bytes are taken out and others put in."""
    raw = GOLDEN[name]
    for at, length, piece in cuts:
        start = at % len(raw)
        raw = raw[:start] + piece + raw[start + length :]
    judge(raw)


# Golden samples with their values changed.

PATHS = [(name, path) for name in sorted(GOLDEN) for path in leaves(sample(name))]

texts = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            *("", " ", "\ud800", "\x00", "a\u202eb", "é", "UA", "RUS", "incident", "unknown", "en"),
            *("2026-01-15T10:00:00Z", "2026-01-15T10:00:00.1234567Z", "1799-12-31T23:59:59Z"),
            *("9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "https://a.example/"),
        ]
    ),
)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), texts, st.just(10**400)
)
keys = st.one_of(texts, st.sampled_from(["id", "data", "earliest", "lat", "claimant", "source"]))
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=6,
)


def as_bytes(event: Any, *, escaped: bool) -> bytes:
    """JSON in UTF-8, or in ASCII where not even that can be written."""
    try:
        return json.dumps(event, ensure_ascii=escaped).encode()
    except UnicodeEncodeError:
        return json.dumps(event).encode()


@often(REPLACED)
@given(st.sampled_from(PATHS), values, st.booleans())
@example((STRIKE, "$.data.place.lat"), float("inf"), False)
def test_golden_samples_with_random_values_are_judged(
    at: tuple[str, str], value: Any, escaped: bool
) -> None:
    """At a random place stands a random value, of another type as a rule."""
    judge(as_bytes(changed(*at, value), escaped=escaped))


# JSON that is no sample at all.

shaped = st.fixed_dictionaries(
    {"type": st.sampled_from(sorted(BODIES)), "data": values},
    optional={
        "specversion": st.just("1.0"),
        "id": texts,
        "source": texts,
        "time": texts,
        "conflict": texts,
        "x": values,
    },
)


@often(SHAPED)
@given(st.one_of(shaped, values), st.booleans())
def test_random_json_is_judged(event: Any, escaped: bool) -> None:
    """Some of it in the shape of an event."""
    judge(as_bytes(event, escaped=escaped))


# Events whose values are random, but as they should be.

names = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u202a\u202b\u202c\u202d")
    | st.sampled_from("\t\n"),
    min_size=1,
    max_size=20,
).filter(lambda text: text.strip() != "" and not FORBIDDEN.search(text))
unknown = st.dictionaries(names, st.one_of(names, st.booleans(), st.integers(-9, 9)), max_size=3)
places = st.fixed_dictionaries(
    {"name": names, "lat": st.floats(-90, 90), "lon": st.floats(-180, 180)},
    optional={"radius_m": st.floats(0, 20_037_508), "where_prec": st.integers(1, 7)},
)


@often(500)
@given(places, unknown, st.booleans())
def test_what_is_as_it_should_be_is_accepted(
    place: dict[str, Any], more: dict[str, Any], escaped: bool
) -> None:
    """However it is escaped, and whatever else the place has."""
    known = set(sample(STRIKE)["data"]["place"])
    more = {key: value for key, value in more.items() if key not in known}
    accepted = judge(as_bytes(changed(STRIKE, "$.data.place", more | place), escaped=escaped))
    assert accepted is not None
    assert accepted.event.data.place.name == place["name"]  # type: ignore[union-attr]  # A strike.
    assert len(accepted.unknown_fields) == len(more)
