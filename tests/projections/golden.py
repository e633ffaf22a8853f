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
    "wide events": "7f7c31b99aab1bbe1965ad0ee91c9b52fab23a5634b1b0173936d2fe9243a6bb",
    "chronology": "ed8629bc80d1f7c9d53fe1db5935f6ad058a449eef7d02bd1532a7d72c1f590e",
    "incidents": "ceacd6db374998f9cc82489c27affeca97b04f6568bf8f264df88dd43cd2c90f",
    "pairings": "6138a90da84351ab21bdd5945f319feb100e72868d3243de21d6b5b294991c49",
    "reversals": "8e4e72a238b6caf986f56c39ee92b2f3a2c2788c4fe8bec1f23b5dfa9ce67810",
    "figures": "7e5318cbe963c2f064cbab39e149e4c2d385e005c6ca45b0771dc803515fca64",
    "coverage": "ca80171b610361e83f3c875ceb2f16a6a144b68bd075252d80e7922d32729b6c",
}
"""Another digest of the events: the generator of histories has changed. Of a timeline alone: the
meaning of its projection has, and its version has to rise."""


NARROW: Final = ("incidents", "pairings")
"""These are folded from a history that makes reports meet; the others from a wide one."""


def golden_history(name: str) -> list[Json]:
    """The history of a projection, out of order."""
    if name in NARROW:
        return shuffled(history(2026, events=EVENTS), 4)
    return shuffled(wide_history(2069, events=EVENTS), 4)


def digests() -> Iterator[tuple[str, str]]:
    """The digests of both histories, and of each timeline."""
    for title, name in (("events", "incidents"), ("wide events", "chronology")):
        text = json.dumps(golden_history(name), ensure_ascii=False, sort_keys=True)
        yield title, sha256(text.encode()).hexdigest()
    for name in PROJECTIONS:
        yield name, folded(name, recorded(golden_history(name)))[-1].digest.hex()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(dict(digests())))
