"""Fetching: what an http or https address holds now, within bounds on size, time and redirects."""

import asyncio
import re
import socket
import ssl
import zlib
from http import HTTPStatus
from typing import Final

import httpx
from msgspec import Struct

from conflict_timeline.connectors.errors import FetchError

BODY_BYTES_MAX: Final = 10_000_000
CONNECT_S: Final = 5.0
READ_S: Final = 10.0
TOTAL_S: Final = 30.0
REDIRECTS_MAX: Final = 5

_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_PORT_MAX: Final = 65_535
_GZIP_WBITS: Final = 16 + zlib.MAX_WBITS


class Fetched(Struct, frozen=True, kw_only=True):
    """What an address gave; `body` is None when it is what the validators stand for.

    `url` is where it was found after redirects, `charset` the encoding that the server states.
    """

    url: str
    body: bytes | None
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None


class Address:
    """An http or https address, its user and password kept apart from it.

    `url` is fit to be recorded: normalised, and without user, password and fragment. `shown` is fit
    for messages: it has no query either, for keys may stand there.
    """

    def __init__(self, text: str) -> None:
        """Take an address apart.

        Raises:
            FetchError: it is none. The text is not repeated, for a password may stand anywhere.
        """
        try:
            url = httpx.URL(text)
            if url.scheme not in ("http", "https") or not url.host:
                raise FetchError("an address begins with http:// or https:// and names a host")
            if url.port is not None and url.port > _PORT_MAX:
                raise FetchError("the address names a port that cannot be")
            self.auth = (url.username, url.password) if url.userinfo else None
            bare = url.copy_with(username=None, password=None, fragment=None)
        except (httpx.InvalidURL, ValueError):
            raise FetchError("the address cannot be read as one") from None
        self.host = bare.host
        self.url = str(bare)
        self.shown = str(bare.copy_with(query=None))


def is_address(path: str) -> bool:
    """Whether a path is an address of any kind, and no file."""
    return _ADDRESS.match(path) is not None


def fetch(address: Address, *, etag: str | None, last_modified: str | None) -> Fetched:
    """Fetch what is there now, unless it is still what `etag` or `last_modified` stands for.

    Not to be called where an event loop runs.

    Raises:
        FetchError: with a sentence for people.
    """
    headers = {"User-Agent": "conflict-timeline", "Accept-Encoding": "gzip"}
    if etag is not None:
        headers["If-None-Match"] = etag
    if last_modified is not None:
        headers["If-Modified-Since"] = last_modified
    try:
        return asyncio.run(_fetch(address, headers))
    except FetchError:
        raise
    except httpx.TooManyRedirects:
        why = f"it is redirected more than {REDIRECTS_MAX} times"
    except httpx.UnsupportedProtocol:
        why = "it is redirected to what is neither http nor https"
    except (httpx.TimeoutException, TimeoutError):
        why = "it does not answer in time"
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        why = f"it cannot be fetched: {_said(error)}"
    raise FetchError(f"{address.shown}: {why}")


def _said(error: BaseException) -> str:
    """What an error, or else its cause, says."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return "what answers there does not speak TLS as it should"
        if isinstance(cause, socket.gaierror):
            return "its host is not known"
        if isinstance(cause, ConnectionRefusedError):
            return "nobody answers there"
        cause = cause.__cause__ or cause.__context__
    return str(error) or type(error).__name__


async def _fetch(address: Address, headers: dict[str, str]) -> Fetched:
    async with (
        # The timeouts of httpx are for each step, and a server can take very many.
        asyncio.timeout(TOTAL_S),
        httpx.AsyncClient(
            timeout=httpx.Timeout(READ_S, connect=CONNECT_S),
            follow_redirects=True,
            max_redirects=REDIRECTS_MAX,
        ) as client,
        client.stream("GET", address.url, headers=headers, auth=address.auth) as response,
    ):
        try:
            body = await _body(response)
        except ValueError as error:
            raise FetchError(f"{address.shown}: {error}") from error
        return Fetched(
            url=Address(str(response.url)).url,
            body=body,
            charset=response.charset_encoding,
            etag=response.headers.get("ETag"),
            last_modified=response.headers.get("Last-Modified"),
        )


async def _body(response: httpx.Response) -> bytes | None:
    """The body, or None when what was asked for has not changed.

    Raises:
        ValueError: there is none that could be used.
    """
    asked, status = response.request.headers, response.status_code
    conditional = "If-None-Match" in asked or "If-Modified-Since" in asked
    if status == HTTPStatus.NOT_MODIFIED and conditional:
        return None
    if status != HTTPStatus.OK:
        raise ValueError(f"it answers {status} {httpx.codes.get_reason_phrase(status)}".rstrip())
    body = bytearray()
    # Raw: httpx itself would unpack any number of layers, each up to a thousand times as large.
    async for chunk in response.aiter_raw():
        body += chunk
        check_size(body)
    match response.headers.get("Content-Encoding", "identity").lower():
        case "identity":
            return bytes(body)
        case "gzip" | "x-gzip":
            return unzipped(bytes(body))
        case other:
            raise ValueError(f"it answers in the encoding {other[:40]!r}, which was not asked for")


def check_size(body: bytes | bytearray) -> None:
    """Refuse what is too large.

    Raises:
        ValueError: it has more than `BODY_BYTES_MAX` bytes.
    """
    if len(body) > BODY_BYTES_MAX:
        raise ValueError(f"it has more than {BODY_BYTES_MAX:,} bytes")


def unzipped(body: bytes) -> bytes:
    """What a gzip file holds, unpacked no further than it may be large.

    Raises:
        ValueError: it is no gzip file, breaks off, or holds more than `BODY_BYTES_MAX` bytes.
    """
    unpacker = zlib.decompressobj(_GZIP_WBITS)
    try:
        plain = unpacker.decompress(body, BODY_BYTES_MAX + 1)
    except zlib.error as error:
        raise ValueError(f"it is not what gzip makes: {error}") from error
    check_size(plain)
    if not unpacker.eof:
        raise ValueError("what gzip made breaks off")
    return plain
