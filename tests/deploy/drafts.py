"""What a scraper of these tests has to say."""

from datetime import UTC, datetime
from typing import Final

from conflict_events import Draft
from conflict_events.codec import read
from tests.oracle.builders import article
from tests.support import raw_of

ARTICLES: Final = 3


def drafts() -> list[Draft]:
    """Three articles."""
    return [
        Draft(
            id=f"article/{number}",
            body=read(raw_of(article("a", f"https://news.example/{number}"))).data,
            time=datetime(2025, 2, 10, tzinfo=UTC),
        )
        for number in range(1, ARTICLES + 1)
    ]
