"""Importing a file, and rows made bad: what every connector of a table has to bear."""

from collections import Counter
from pathlib import Path
from typing import Final

from redis.asyncio import Redis

from conflict_events.codec import Policy
from conflict_events.receipts import Receipt
from conflict_timeline.cli.importing import Importer
from conflict_timeline.connectors.connector import Options
from conflict_timeline.connectors.registry import connector

DATA: Final = Path(__file__).parent / "data"


async def imported(
    redis: Redis, name: str, path: Path, options: Options | None = None
) -> list[Receipt]:
    """The receipts of an import into a real log."""
    one = connector(name)
    importer = Importer(redis, Policy(), one, dry_run=False)
    reading = one.read(str(path), options or Options())
    return [receipt async for batch in importer.receipts(reading) for receipt in batch]


def outcomes(receipts: list[Receipt]) -> Counter[str]:
    """How many receipts tell each outcome."""
    return Counter(receipt.outcome for receipt in receipts)


def table(header: str, *rows: str | bytes) -> bytes:
    """A CSV file of a header and rows."""
    return b"\n".join(
        [header.encode(), *(row if isinstance(row, bytes) else row.encode() for row in rows), b""]
    )
