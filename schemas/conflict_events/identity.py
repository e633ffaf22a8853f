"""Event keys: the identity of an event, derived from its source and id."""

from hashlib import sha256


def event_key(source: str, event_id: str) -> str:
    """The first 16 bytes of SHA-256(`source` LF `id`), as 32 hex digits."""
    return sha256(f"{source}\n{event_id}".encode()).hexdigest()[:32]


def body_digest(raw: bytes) -> bytes:
    """SHA-256 of an event's bytes as they were sent (32 bytes): by it a repeat is recognised."""
    return sha256(raw).digest()
