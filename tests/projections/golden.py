"""Golden digests: two generated histories, and what every Python on every machine makes of them.

`python -m tests.projections.golden` prints them; msgspec is all that it needs.
"""

import json
import sys
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from conflict_timeline.projections.registry import PROJECTIONS
from tests.oracle.histories import history, shuffled
from tests.oracle.wide_histories import wide_history

from .folding import Json, folded, recorded

EVENTS: Final = 300

GOLDEN: Final = {
    "events": "4bd34db486bbb88bfd16825c89a4e72187dd9e1257ca2d5a56ad91dd5911d92f",
    "wide events": "3f63b59e7bc00f03222dae162b6e8d4586b2828d536c195ea93536d7a9a14b64",
    "chronology": "d04598ad1d26518d9897403c9785b2fc2addbe1df8a8b3e71b6dff2492b326cc",
    "incidents": "ceacd6db374998f9cc82489c27affeca97b04f6568bf8f264df88dd43cd2c90f",
    "pairings": "6138a90da84351ab21bdd5945f319feb100e72868d3243de21d6b5b294991c49",
    "reversals": "322c94cf6512e762371afa608af5fd85dc164996cdb5fb2e33744d86afb82c1c",
    "figures": "e3117c3aaf724b072c4ee0649a2d75b345424e637c6c83277a3cc2c71ebfc6bd",
    "coverage": "c9089a8496dbfe0330462a2571dbd80742ed4d3f8c5f1598c5e017fd842653d8",
}
"""Another digest of the events: the generator of histories has changed. Of a timeline alone: the
meaning of its projection has, and its version has to rise."""


NARROW: Final = ("incidents", "pairings")
"""These are folded from a history that makes reports meet; the others from a wide one."""


def golden_history(name: str) -> list[Json]:
    """The history of a projection, out of order."""
    make = history if name in NARROW else wide_history
    return shuffled(make(2026, events=EVENTS), 4)


def digests() -> Iterator[tuple[str, str]]:
    """The digests of both histories, and of each timeline."""
    for title, name in (("events", "incidents"), ("wide events", "chronology")):
        text = json.dumps(golden_history(name), ensure_ascii=False, sort_keys=True)
        yield title, sha256(text.encode()).hexdigest()
    for name in PROJECTIONS:
        yield name, folded(name, recorded(golden_history(name)))[-1].digest.hex()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(dict(digests())))
