"""Tags: two answers with the same ETag are the same bytes, packed or not."""

from hashlib import sha256

import msgspec

from conflict_timeline.web.asking import Question
from conflict_timeline.web.packing import PACKINGS, Encoding


def tagged(projection: str, version: int, position: int, asked: Question) -> str:
    """The ETag of an answer that is not packed: what it is as of, and what was asked.

    A moment that means this position has the same answer as the position itself.
    """
    question = msgspec.structs.replace(asked, as_of=None)
    raw = msgspec.json.encode((projection, version, position, question), order="sorted")
    return f'"{position}-{sha256(raw).hexdigest()[:24]}"'


def packed_tag(tag: str, encoding: Encoding) -> str:
    """The ETag of the same answer, packed."""
    return f'{tag[:-1]}-{encoding}"'


def known_as(known: str, tag: str) -> str | None:
    """The tag under which a client has an answer, by its `If-None-Match`; None if it has not.

    A list, compared weakly (RFC 9110, 13.1.2): what it has packed is the same answer, under a tag
    of its own, `<tag>-<encoding>`.
    """
    if known.strip() == "*":
        return tag
    tags = (tag, *(packed_tag(tag, encoding) for encoding in PACKINGS))
    given = (one.strip().removeprefix("W/") for one in known.split(","))
    return next((one for one in given if one in tags), None)
