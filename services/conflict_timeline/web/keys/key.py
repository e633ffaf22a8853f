"""A key: `ctk_<id>_<secret>`, shown once; what is kept of it lets nobody in."""

import re
import secrets
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from typing import Annotated, Final

from msgspec import Meta, Struct

from conflict_events.amendments import Source
from conflict_events.envelope import ConflictId

RATE_PER_S: Final = 100.0
"""How many events a second a key may publish, by default."""

EARLIER_MAX: Final = 10
"""How many secrets that were rotated away may still be valid; the oldest go first."""

_ID_BYTES: Final = 8
_SECRET_BYTES: Final = 32  # 256 bits: nobody guesses them, and SHA-256 of them needs no salt.
_FORM: Final = re.compile(r"ctk_([0-9a-f]{16})_([A-Za-z0-9_-]{43})")

# The name is for people: one line, without what would act on a terminal.
Name = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f-\x9f]+\Z")]
Sources = Annotated[tuple[Source, ...], Meta(min_length=1, max_length=100)]
Conflicts = Annotated[tuple[ConflictId, ...], Meta(min_length=1, max_length=100)]
Rate = Annotated[float, Meta(gt=0, le=100_000)]


class Grant(Struct, frozen=True, kw_only=True):
    """What a key is for.

    `sources` are the producers that its owner may publish as, each as it is written; `conflicts`
    those that the events may be about (None: any). `rate_per_s` is in events.
    """

    name: Name
    sources: Sources
    conflicts: Conflicts | None = None
    rate_per_s: Rate = RATE_PER_S
    expires: Annotated[datetime, Meta(tz=True)] | None = None


class Kept(Grant, frozen=True, kw_only=True):
    """What may be shown of a key: everything but what it is checked by."""

    id: str
    created: Annotated[datetime, Meta(tz=True)]
    revoked: Annotated[datetime, Meta(tz=True)] | None = None


class Earlier(Struct, frozen=True, kw_only=True):
    """A secret that was rotated away (SHA-256, hex), and until when it is valid all the same."""

    hash: str
    until: Annotated[datetime, Meta(tz=True)]


class Row(Grant, frozen=True, kw_only=True):
    """A key as it is stored, by its id. `hash` is the SHA-256 of the secret, in hex."""

    hash: str
    created: Annotated[datetime, Meta(tz=True)]
    revoked: Annotated[datetime, Meta(tz=True)] | None = None
    earlier: tuple[Earlier, ...] = ()

    def opens(self, secret: str, now: datetime) -> bool:
        """Whether this is its secret, or an earlier one that is still valid.

        Cost: the same, whichever it is, and however much of it is right.
        """
        offered = hash_of(secret)
        fits = [compare_digest(offered, self.hash)]
        fits += [compare_digest(offered, one.hash) and now < one.until for one in self.earlier]
        return any(fits)

    def kept(self, key_id: str) -> Kept:
        """What may be shown of it."""
        return Kept(
            id=key_id,
            name=self.name,
            sources=self.sources,
            conflicts=self.conflicts,
            rate_per_s=self.rate_per_s,
            expires=self.expires,
            created=self.created,
            revoked=self.revoked,
        )


def new_id() -> str:
    """An id: it is no secret."""
    return secrets.token_hex(_ID_BYTES)


def new_secret() -> str:
    """A secret, in characters that a URL may have."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def text_of(key_id: str, secret: str) -> str:
    """A whole key, as its owner gets it."""
    return f"ctk_{key_id}_{secret}"


def parted(presented: str) -> tuple[str, str] | None:
    """The id and the secret of what was presented; None when it has not the form of a key."""
    form = _FORM.fullmatch(presented)
    return None if form is None else (form[1], form[2])


def hash_of(secret: str) -> str:
    """What is kept of a secret."""
    return sha256(secret.encode()).hexdigest()
