"""The contract: what may be said to a conflict timeline, and how it is written.

- An `Event` is an envelope around a body: `ArticlePublished`, `StatementMade` or `StrikeReported`,
  or the correction or retraction of one.
- `accept`, `examine` and `read` turn bytes into events, `encode` does the reverse.
- `Publisher` sends `Draft`s to the intake streams (`conflict-events[redis]`) or to the service
  (`conflict-events[http]`), which answers with `Receipt`s.
- `Incident`, `Pairing` and `Revision` are what timelines hold.
- `Timelines` follows and asks them (`conflict-events[http]`, or `conflict-events[redis]`).
- `python -m conflict_events.published DIR` writes JSON Schemas and the AsyncAPI document.
"""

from conflict_events.amendments import Corrected, EventRef, Retracted
from conflict_events.codec import (
    DEPTH_MAX,
    EVENT_BYTES_MAX,
    Accepted,
    Codec,
    Policy,
    accept,
    encode,
    examine,
    read,
    same_value,
)
from conflict_events.drafts import Draft
from conflict_events.envelope import Event
from conflict_events.errors import Reason, RefusedError, WindowTextError
from conflict_events.events import (
    BODIES,
    KINDS,
    TYPES,
    Act,
    ArticleCorrected,
    ArticlePublished,
    ArticleRetracted,
    Body,
    Kind,
    Quote,
    Rating,
    StatementCorrected,
    StatementMade,
    StatementRetracted,
    StrikeCorrected,
    StrikeReported,
    StrikeRetracted,
    kind_of,
)
from conflict_events.figures import Figure, Outlet, Weapon
from conflict_events.frames import Followed, Progress, Switched
from conflict_events.identity import event_key
from conflict_events.outcomes import Outcome, Queued, Recorded, Refused, Repeat
from conflict_events.pages import Page
from conflict_events.parties import Attribution, Basis, Claimant, Speaker
from conflict_events.place import Place
from conflict_events.publisher import Publisher, PublisherError
from conflict_events.receipts import Receipt
from conflict_events.recorded import RecordedEvent
from conflict_events.subscriber import Timelines
from conflict_events.subscribing import TimelinesError
from conflict_events.taxonomy import TOPICS, Topic, covers
from conflict_events.timelines import (
    TIMELINE_BODIES,
    Entry,
    Incident,
    Pairing,
    PartyHeld,
    Revision,
    Span,
    Withdrawn,
)
from conflict_events.window import Window

__all__ = [
    "BODIES",
    "DEPTH_MAX",
    "EVENT_BYTES_MAX",
    "KINDS",
    "TIMELINE_BODIES",
    "TOPICS",
    "TYPES",
    "Accepted",
    "Act",
    "ArticleCorrected",
    "ArticlePublished",
    "ArticleRetracted",
    "Attribution",
    "Basis",
    "Body",
    "Claimant",
    "Codec",
    "Corrected",
    "Draft",
    "Entry",
    "Event",
    "EventRef",
    "Figure",
    "Followed",
    "Incident",
    "Kind",
    "Outcome",
    "Outlet",
    "Page",
    "Pairing",
    "PartyHeld",
    "Place",
    "Policy",
    "Progress",
    "Publisher",
    "PublisherError",
    "Queued",
    "Quote",
    "Rating",
    "Reason",
    "Receipt",
    "Recorded",
    "RecordedEvent",
    "Refused",
    "RefusedError",
    "Repeat",
    "Retracted",
    "Revision",
    "Span",
    "Speaker",
    "StatementCorrected",
    "StatementMade",
    "StatementRetracted",
    "StrikeCorrected",
    "StrikeReported",
    "StrikeRetracted",
    "Switched",
    "Timelines",
    "TimelinesError",
    "Topic",
    "Weapon",
    "Window",
    "WindowTextError",
    "Withdrawn",
    "accept",
    "covers",
    "encode",
    "event_key",
    "examine",
    "kind_of",
    "read",
    "same_value",
]
