"""Tags: two answers with the same ETag are the same bytes."""

from hashlib import sha256

import msgspec

from conflict_timeline.web.asking import Question


def tagged(projection: str, version: int, position: int, asked: Question) -> str:
    """The ETag of an answer: what it is as of, and what was asked.

    A moment that means this position has the same answer as the position itself.
    """
    question = msgspec.structs.replace(asked, as_of=None)
    raw = msgspec.json.encode((projection, version, position, question), order="sorted")
    return f'"{position}-{sha256(raw).hexdigest()[:24]}"'
