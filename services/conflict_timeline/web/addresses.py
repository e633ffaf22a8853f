"""Addresses: what is asked for is written in one way, and in UTF-8; else it is nothing."""

import re
from typing import Final
from urllib.parse import unquote_to_bytes

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from conflict_timeline.web.problems import answer

# An entry's id may have any slashes, also at its end.
_ENTRY: Final = re.compile(rb"/conflicts/[^/%]+/timelines/[^/%]+/entries/.+")
_STRAY: Final = re.compile(rb"//|./$|%2f", re.IGNORECASE)

UNASKED: Final = frozenset(
    {"/", "/livez", "/readyz", "/metrics", "/openapi.json", "/asyncapi.json"}
)
"""Paths that look at no parameters, whatever these are."""


class Addressed:
    """Answers what has no meaning, and passes the rest on.

    A path with slashes too many or a slash in disguise is another one, and not there. Bytes of a
    query that are no UTF-8 would be read as other characters than those meant.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        if scope["type"] == ScopeType.HTTP:
            raw_path = scope["raw_path"]
            if _STRAY.search(raw_path) and not _ENTRY.fullmatch(raw_path):
                await answer(send, 404, f"there is nothing at {raw_path.decode('latin-1')}")
                return
            if scope["path"] not in UNASKED and not _is_utf8(scope["query_string"]):
                await answer(send, 400, "the query is not in UTF-8")
                return
        await self._app(scope, receive, send)


def _is_utf8(query: bytes) -> bool:
    try:
        unquote_to_bytes(query).decode()
    except UnicodeDecodeError:
        return False
    return True
