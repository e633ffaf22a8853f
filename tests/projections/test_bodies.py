"""Bodies: what their structs must be like, so that their bytes depend on the log alone."""

import pickle
from typing import Any

import msgspec
import pytest
from msgspec import NODEFAULT, UNSET

from conflict_events.timelines import TIMELINE_BODIES


def structs_of(of: Any, found: dict[str, Any] | None = None) -> dict[str, Any]:
    """Every struct that a type is made of, by name."""
    found = {} if found is None else found
    match of:
        case msgspec.inspect.StructType():
            if of.cls.__name__ not in found:
                found[of.cls.__name__] = of
                for field in of.fields:
                    structs_of(field.type, found)
        case msgspec.inspect.UnionType():
            for one in of.types:
                structs_of(one, found)
        case msgspec.inspect.VarTupleType():
            structs_of(of.item_type, found)
        case msgspec.inspect.DictType():
            structs_of(of.value_type, found)
        case _:
            pass
    return found


@pytest.mark.parametrize("projection", TIMELINE_BODIES)
def test_no_field_is_left_out_because_its_text_is_the_default(projection: str) -> None:
    """A default is recognised by identity, which a text loses in a snapshot."""
    structs = structs_of(msgspec.inspect.type_info(TIMELINE_BODIES[projection]))

    assert structs
    for name, struct in structs.items():
        for field in struct.fields:
            default = () if field.default_factory is not NODEFAULT else field.default
            harmless = default in (NODEFAULT, UNSET, None, False, ())
            assert harmless or not struct.cls.__struct_config__.omit_defaults, (name, field.name)


class Weapon(msgspec.Struct, omit_defaults=True):
    """A body with such a field."""

    status: str = "reported"


def test_such_a_field_would_be_found() -> None:
    (struct,) = structs_of(msgspec.inspect.type_info(Weapon)).values()

    assert struct.fields[0].default == "reported"
    revived = pickle.loads(pickle.dumps(Weapon()))  # noqa: S301 - our own
    assert msgspec.json.encode(revived) != msgspec.json.encode(Weapon())
