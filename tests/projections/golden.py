"""Golden digests: one generated history, and what every Python on every machine makes of it.

`python -m tests.projections.golden` prints them; msgspec is all that it needs.
"""

import json
import sys
from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from tests.oracle.histories import history, shuffled

from .folding import PROJECTIONS, Json, folded, recorded

EVENTS: Final = 300

GOLDEN: Final = {
    "events": "4bd34db486bbb88bfd16825c89a4e72187dd9e1257ca2d5a56ad91dd5911d92f",
    "incidents": "ceacd6db374998f9cc82489c27affeca97b04f6568bf8f264df88dd43cd2c90f",
    "pairings": "6138a90da84351ab21bdd5945f319feb100e72868d3243de21d6b5b294991c49",
}
"""Another digest of the events: the generator of histories has changed. Of a timeline alone: the
meaning of its projection has, and its version has to rise."""


def golden_history() -> list[Json]:
    """The history, out of order."""
    return shuffled(history(2026, events=EVENTS), 4)


def digests() -> Iterator[tuple[str, str]]:
    """The digest of the events, and of each timeline."""
    events = golden_history()
    text = json.dumps(events, ensure_ascii=False, sort_keys=True)
    yield "events", sha256(text.encode()).hexdigest()
    for name in PROJECTIONS:
        yield name, folded(name, recorded(events))[-1].digest.hex()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(dict(digests())))
