"""Text of bounded length, and the characters that no event may hold."""

import re
from typing import Annotated, Final

from msgspec import Meta

Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]
"""A name or a short label: 1 to 200 characters, not all blank."""

Note = Annotated[str, Meta(min_length=1, max_length=1000)]
"""Free text of 1 to 1,000 characters."""

Proposition = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"\S")]
"""What was said, in neutral words: 1 to 500 characters."""

QuoteText = Annotated[str, Meta(min_length=1, max_length=300, pattern=r"\S")]
"""Words as they were said: at most 300 characters, so that no event carries a whole text."""

Lang = Annotated[str, Meta(max_length=35, pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\Z")]
"""A BCP 47 language tag, such as `ru` or `uk-UA`."""

Url = Annotated[str, Meta(max_length=2000, pattern=r"^https?://[^\s/?#]\S*\Z")]
"""An http or https address of at most 2,000 characters."""

Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
"""SHA-256 in lower-case hex."""

# C0 and C1 controls (less tab and line feed), the bidirectional embeddings, overrides and isolates,
# and lone surrogates: they hide text from a reader or cannot be written as UTF-8.
FORBIDDEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
