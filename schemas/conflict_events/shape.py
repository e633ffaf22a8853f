# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# (JSON is Any until it has been decoded: what isinstance() finds in it, pyright calls unknown.)
"""Shapes: what msgspec does not check by itself, derived from the structs.

The notation of times, fields that the contract does not know, characters that hide text, and
numbers that not every reader can hold.
"""

import json
import math
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import msgspec

from conflict_events.instants import written_fault
from conflict_events.text import FORBIDDEN

_INTEGER_BITS_MAX: Final = 64
"""Larger integers are refused anywhere in an event: many JSON readers turn them into floats."""

_KEY_CHARS_MAX: Final = 100
"""How much of a field's name a path shows; the contract's own are far shorter."""


class Shape(NamedTuple):
    """What a JSON value may look like, as far as the checks here need it."""

    fields: "dict[str, Shape] | None" = None
    items: "Shape | None" = None
    is_time: bool = False


ANYTHING: Final = Shape()


class Fault(NamedTuple):
    """Where a value is not as it should be, and why."""

    path: str
    message: str


def shape_of(struct: type[msgspec.Struct]) -> Shape:
    """The shape of a struct and all that it holds."""
    return _shape(msgspec.inspect.type_info(struct))


def is_plain(value: Any, shape: Shape) -> bool:
    """Whether a value holds known fields only, with every time written as it should be.

    The fast answer for nearly every event; `faults` and `unknown_fields` say where and why not.
    """
    if isinstance(value, dict):
        if shape.fields is None:
            return False
        for key, inner in value.items():
            known = shape.fields.get(key)
            if known is None or (known is not ANYTHING and not is_plain(inner, known)):
                return False
        return True
    if isinstance(value, list):
        return all(is_plain(item, shape.items or ANYTHING) for item in value)
    return not shape.is_time or not isinstance(value, str) or written_fault(value) is None


def faults(value: Any, shape: Shape, path: str = "$") -> Iterator[Fault]:
    """Every fault of a value, with its JSON path."""
    if isinstance(value, dict):
        for key, inner in value.items():
            where = member(path, key)
            if FORBIDDEN.search(key):
                yield Fault(where, "a field's name holds a control or bidirectional character")
            yield from faults(inner, (shape.fields or {}).get(key, ANYTHING), where)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from faults(item, shape.items or ANYTHING, f"{path}[{index}]")
    elif isinstance(value, str):
        if FORBIDDEN.search(value):
            yield Fault(path, "the text holds a control or bidirectional character")
        if shape.is_time and (why := written_fault(value)) is not None:
            yield Fault(path, why)
    elif (isinstance(value, float) and not math.isfinite(value)) or (
        isinstance(value, int) and value.bit_length() > _INTEGER_BITS_MAX
    ):
        yield Fault(path, "the number is out of range")


def unknown_fields(value: Any, shape: Shape, path: str = "$") -> Iterator[str]:
    """The JSON paths of fields that the contract does not know."""
    if isinstance(value, dict) and shape.fields is not None:
        for key, inner in value.items():
            known = shape.fields.get(key)
            if known is None:
                yield member(path, key)
            else:
                yield from unknown_fields(inner, known, member(path, key))
    elif isinstance(value, list) and shape.items is not None:
        for index, item in enumerate(value):
            yield from unknown_fields(item, shape.items, f"{path}[{index}]")


def _shape(info: msgspec.inspect.Type) -> Shape:
    match info:
        case msgspec.inspect.Metadata():
            return _shape(info.type)
        case msgspec.inspect.StructType():
            return Shape(fields={f.encode_name: _shape(f.type) for f in info.fields})
        case msgspec.inspect.VarTupleType() | msgspec.inspect.ListType():
            return Shape(items=_shape(info.item_type))
        case msgspec.inspect.UnionType():
            shapes = [_shape(member) for member in info.types]
            return next((shape for shape in shapes if shape is not ANYTHING), ANYTHING)
        case msgspec.inspect.DateTimeType():
            return Shape(is_time=True)
        case _:
            return ANYTHING


def member(path: str, key: str) -> str:
    """The JSON path of an object's field, fit to be stored and shown whatever the field's name."""
    if key.isidentifier() and len(key) <= _KEY_CHARS_MAX:
        return f"{path}.{key}"
    # In ASCII: a name may hold what hides text from a reader, or cannot be written as UTF-8.
    return f"{path}[{json.dumps(key[:_KEY_CHARS_MAX])}]"
