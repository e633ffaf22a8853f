"""The publisher: what scrapers import. It fills the envelope, checks, and sends in batches.

    async with Publisher.over_redis(url, source=SOURCE, conflict="ukraine") as publisher:
        outcomes = await publisher.publish([Draft(id="2025-02-19/odesa/1", body=strike)])

Each draft gets one outcome, in order. Over Redis: `Queued` in an intake stream, or `Refused` here,
before it was sent; what intake makes of a queued event is asked by (`conflict`, `source`, `id`).
Over HTTP (`Publisher.over_http(url, key, …)`): `Recorded` or a `Repeat`, with its position, or
`Refused`, here or there.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Final, Generic, TypeVar

from conflict_events.codec import Policy
from conflict_events.drafts import Draft, Ready, ready, timed
from conflict_events.outcomes import Outcome, Queued, Recorded, Refused, Repeat
from conflict_events.over_http import HttpIntake, http_client
from conflict_events.over_redis import RedisIntake, redis_client
from conflict_events.receipts import BODY_BYTES_MAX
from conflict_events.sending import PATIENCE_S, NotSentError

BATCH_EVENTS_MAX: Final = 500
"""How many events go in one batch; larger ones are no faster."""

BATCH_BYTES_MAX: Final = BODY_BYTES_MAX - len(b"[]")
"""How long the events of one batch are together, each with a comma."""

Sent = Queued | Recorded | Repeat | Refused
"""What became of a draft, whichever way it was sent."""

SentT = TypeVar("SentT", bound=Sent)

Send = Callable[[Sequence[Ready]], Awaitable[Sequence[SentT]]]
"""Sends a batch; answers what became of each event, in order, or raises `NotSentError`."""


class PublisherError(Exception):
    """Whoever takes the events was away for too long, or would not take them.

    `outcomes` are those of the drafts before the failure, in order. `unsent` are the others, with
    their times filled in: publish them again once the cause is gone. Some may have arrived, and
    are repeats then.
    """

    def __init__(self, why: str, outcomes: Sequence[Sent], unsent: Sequence[Draft]) -> None:
        super().__init__(f"{why}; {len(unsent)} events are not known to have come: publish again")
        self.why = why
        self.outcomes = tuple(outcomes)
        self.unsent = tuple(unsent)


class Publisher(Generic[SentT]):
    """Publishes the events of one producer about one conflict.

    `over_redis` and `over_http` make one. `source` is the producer, a URI-reference. `editor` says
    that the deployment lists it as an editor, who may amend what others reported; else such an
    amendment is refused here.
    """

    def __init__(
        self, send: Send[SentT], *, source: str, conflict: str, editor: bool = False
    ) -> None:
        self._send = send
        self._source = source
        self._conflict = conflict
        self._policy = Policy(editors=frozenset({source} if editor else ()))

    @staticmethod
    @asynccontextmanager
    async def over_redis(
        url: str,
        *,
        source: str,
        conflict: str,
        editor: bool = False,
        patience_s: float = PATIENCE_S,
    ) -> "AsyncGenerator[Publisher[Queued]]":
        """Publish to the intake streams of a Redis or Valkey server.

        Args:
            url: `redis://`, `rediss://` or `unix://`. It connects with the first event.
            source: The producer, a URI-reference.
            conflict: The conflict that the events are about.
            editor: The deployment lists this source as an editor.
            patience_s: How long a batch is tried before `PublisherError`, retries included.

        Raises:
            ImportError: the Redis client is not installed.
            ValueError: the URL cannot be read.
        """
        client = redis_client(url)
        try:
            intake = RedisIntake(client, patience_s)
            yield Publisher(intake.send, source=source, conflict=conflict, editor=editor)
        finally:
            await client.aclose()

    @staticmethod
    @asynccontextmanager
    async def over_http(  # noqa: PLR0913 - those of over_redis, and the key
        url: str,
        key: str,
        *,
        source: str,
        conflict: str,
        editor: bool = False,
        patience_s: float = PATIENCE_S,
    ) -> "AsyncGenerator[Publisher[Outcome]]":
        """Publish to the HTTP service, which tells the position of each event.

        Args:
            url: The service's address, such as `https://timeline.example`: events go to `/events`
                below it. It connects with the first event.
            key: The API key, `ctk_…`. It goes to this address only: redirections are not followed.
            source: The producer, a URI-reference; one that the key is for.
            conflict: The conflict that the events are about.
            editor: The deployment lists this source as an editor.
            patience_s: How long a batch is tried before `PublisherError`, retries included, and
                the pauses that the service asks for.

        Raises:
            ImportError: httpx is not installed.
            ValueError: the address or the key cannot be one.
        """
        async with http_client(url, key) as client:
            intake = HttpIntake(client, patience_s)
            yield Publisher(intake.send, source=source, conflict=conflict, editor=editor)

    async def publish(self, drafts: Iterable[Draft]) -> list[SentT | Refused]:
        """Check and send events; one outcome for each, in order.

        Raises:
            PublisherError: they are not taken; it says what is unsent.
        """
        # Times first: after a failure the same drafts must make the same bytes.
        meant = [timed(draft) for draft in drafts]
        outcomes: list[SentT | Refused] = []
        for batch in self._batches(meant):
            events = [one for one in batch if isinstance(one, Ready)]
            try:
                sent = iter(await self._send(events) if events else ())
            except NotSentError as error:
                raise PublisherError(str(error), outcomes, meant[len(outcomes) :]) from error
            outcomes += [one if isinstance(one, Refused) else next(sent) for one in batch]
        return outcomes

    async def publish_one(self, draft: Draft) -> SentT | Refused:
        """Check and send one event. `publish` is far faster for many.

        Raises:
            PublisherError: it is not taken.
        """
        return (await self.publish([draft]))[0]

    def _batches(self, drafts: Iterable[Draft]) -> Iterator[list[Ready | Refused]]:
        """Events, and what was refused between them, in batches that may be sent."""
        batch: list[Ready | Refused] = []
        length = 0
        for draft in drafts:
            one = ready(draft, self._source, self._conflict, self._policy)
            more = len(one.raw) + len(b",") if isinstance(one, Ready) else 0
            if len(batch) == BATCH_EVENTS_MAX or length + more > BATCH_BYTES_MAX:
                yield batch
                batch, length = [], 0
            batch.append(one)
            length += more
        if batch:
            yield batch
