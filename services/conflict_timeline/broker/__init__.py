"""The server that everything is kept in: an embedded one of our own, or any by URL."""

from conflict_timeline.broker.connection import check, connect, redacted
from conflict_timeline.broker.embedded import Durability, embedded
from conflict_timeline.broker.errors import (
    BrokerAwayError,
    BrokerError,
    BrokerUrlError,
    EvictingServerError,
    OutdatedServerError,
)

__all__ = [
    "BrokerAwayError",
    "BrokerError",
    "BrokerUrlError",
    "Durability",
    "EvictingServerError",
    "OutdatedServerError",
    "check",
    "connect",
    "embedded",
    "redacted",
]
