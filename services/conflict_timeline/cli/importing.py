"""Importing: what a connector made of its rows is recorded, batch by batch, with receipts."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from itertools import islice
from typing import Final

from redis.asyncio import Redis

from conflict_events.codec import Policy, encode
from conflict_events.receipts import Receipt
from conflict_timeline.connectors.connector import Connector, Reading, RefusedRow, Row
from conflict_timeline.log.foresee import Foresight
from conflict_timeline.log.record import Line, Recorder, foresee_batch
from conflict_timeline.runtime.cancelling import heed_cancellation

_BATCH_ROWS_MAX: Final = 500
_READ: Final = "read"  # What becomes of a row that is evidence and makes no events.


class Importer:
    """Records rows, or foresees what would become of them."""

    def __init__(
        self, redis: Redis, policy: Policy, connector: Connector, *, dry_run: bool
    ) -> None:
        self._policy = policy
        self._connector = connector
        self._recorder = Recorder(redis)
        self._foresight = Foresight(redis) if dry_run else None
        self.is_done = False
        self._note: str | None = None
        self._rows: Counter[str] = Counter()
        self._besides: Counter[str] = Counter()

    async def receipts(self, reading: Reading) -> AsyncIterator[list[Receipt]]:
        """The receipts of rows, in order: one an event, one a row that made none."""
        rows = reading.rows
        while batch := await asyncio.to_thread(lambda: list(islice(rows, _BATCH_ROWS_MAX))):
            heed_cancellation()
            made = iter(await self._taken([row for row in batch if isinstance(row, Row)]))
            receipts: list[Receipt] = []
            for row in batch:
                if isinstance(row, RefusedRow):
                    own = [self._refused(row)]
                else:
                    own = [next(made) for _ in row.events]
                self._rows[own[0].outcome if own else _READ] += 1
                self._besides.update(receipt.outcome for receipt in own[1:])
                receipts += own
            yield receipts
        self.is_done = True
        self._note = reading.note

    @property
    def refused(self) -> int:
        """How many rows and events were refused."""
        return self._rows["refused"] + self._besides["refused"]

    def sentence(self) -> str:
        """The totals, for people."""
        sentence = f"{self._rows.total()} rows of {self._connector.name}: "
        if self._connector.evidence_for is not None:
            read, refused = self._rows[_READ], self._rows["refused"]
            return (
                f"{sentence}{read} read as evidence, {refused} refused; {self._connector.name}"
                f" make no events of their own: {self._connector.evidence_for} uses them"
            )
        sentence += _counts(self._rows)
        if self._besides:
            sentence += f"; {self._besides.total()} corrections of them: {_counts(self._besides)}"
        if self._foresight:
            sentence += "; nothing was written"
        elif not self.is_done:
            sentence += "; stopped before the end: run it again to go on"
        elif self._note is not None:
            sentence += f"; {self._note}"
        return sentence

    async def _taken(self, rows: list[Row]) -> list[Receipt]:
        lines = [Line(row.line, encode(event)) for row in rows for event in row.events]
        if self._foresight:
            return await foresee_batch(self._foresight, self._policy, lines)
        return await self._recorder.record(self._policy, lines, door=None)

    def _refused(self, row: RefusedRow) -> Receipt:
        # The row stays where it is, in its file; there is no event to be kept.
        return Receipt(
            line=row.line,
            source=self._connector.source,
            id=row.id,
            outcome="refused",
            conflict=None,
            reason="invalid",
            path=row.path,
            message=row.message,
        )


def _counts(outcomes: Counter[str]) -> str:
    return (
        f"{outcomes['recorded']} recorded, {outcomes['repeat']} repeated,"
        f" {outcomes['refused']} refused"
    )
