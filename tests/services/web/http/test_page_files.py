"""The page and its files: what a browser gets, may do with it, and may keep."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import httpx
import pytest
from redis.asyncio import Redis

from conflict_timeline.web.pages import BUILT
from tests.services.web.http.site import Site
from tests.services.web.served import Client, web

POLICY: Final = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob:",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
}
FOR_EVER: Final = "public, max-age=31536000, immutable"
FILES: Final = {
    "index.html": ("text/html; charset=utf-8", "no-cache"),
    "page-0123456789abcdef.js": ("text/javascript; charset=utf-8", FOR_EVER),
    "page-fedcba9876543210.css": ("text/css; charset=utf-8", FOR_EVER),
    "icon.svg": ("image/svg+xml", "no-cache"),
    "geometry.json": ("application/json", "no-cache"),
    "geometry-UA.json": ("application/json", "no-cache"),
    "licenses.txt": ("text/plain; charset=utf-8", "no-cache"),
    "page.webmanifest": ("application/manifest+json", "no-cache"),
    "something": ("application/octet-stream", "no-cache"),
}


@pytest.fixture
async def client(redis: Redis, tmp_path: Path) -> AsyncIterator[Client]:
    """Give a client of a service with a page of our own."""
    built = tmp_path / "built"
    (built / "below").mkdir(parents=True)
    (built / "below" / "hidden.js").write_text("Kept to itself.")
    (tmp_path / "beside.js").write_text("Kept to itself.")
    for name in FILES:
        (built / name).write_text(f"This is {name}.", "utf-8")
    async with web(redis, tmp_path / "web", page=built) as made:
        yield made


def policy_of(answer: httpx.Response) -> set[str]:
    """What a browser may do with an answer."""
    return {part.strip() for part in answer.headers["content-security-policy"].split(";")}


async def as_written(client: Client, path: str) -> bytes:
    """All that comes back for a path, which no client has tidied up."""
    url = client.http.base_url
    reader, writer = await asyncio.open_connection(url.host, url.port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
        return await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()


async def test_every_file_is_served_as_what_it_is(client: Client) -> None:
    for name, (media_type, kept) in FILES.items():
        answer = await client.get(f"/page/{name}")
        assert answer.status_code == 200
        assert answer.text == f"This is {name}."
        assert answer.headers["content-type"] == media_type
        assert answer.headers["cache-control"] == kept
        assert policy_of(answer) == POLICY
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert len(answer.headers.get_list("content-security-policy")) == 1


async def test_the_page_takes_whatever_state_it_wrote_into_its_address(client: Client) -> None:
    plain = await client.get("/")
    state = await client.get("/?as_of=12&party=RUS&party=UKR&x=%00&from=&q=%D0%BB")

    assert plain.text == state.text == "This is index.html."
    assert plain.headers["content-type"] == "text/html; charset=utf-8"
    assert policy_of(plain) == POLICY


async def test_what_a_browser_has_is_not_sent_again_and_keeps_its_policy(client: Client) -> None:
    """The headers of a 304 take the place of those that were kept."""
    for path in ("/", "/page/icon.svg", "/page/page-0123456789abcdef.js"):
        tag = (await client.get(path)).headers["etag"]
        again = await client.http.get(path, headers={"if-none-match": tag})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert policy_of(again) == POLICY
    assert len({(await client.get(f"/page/{name}")).headers["etag"] for name in FILES}) == len(
        FILES
    )


@pytest.mark.parametrize(
    "path",
    [
        *("/page/nothing.js", "/page/", "/page", "/page/below", "/page/below/hidden.js"),
        *("/page/../beside.js", "/page/%2e%2e%2fbeside.js", "/page/..%5cbeside.js", "/page/%00"),
        *("/page/./icon.svg%00", "/page/below%2fhidden.js", "/page/ICON.svg"),
        *("/page/%2fetc%2fpasswd", "/page/../page/icon.svg", "/index.html", "/page/.."),
    ],
)
async def test_nothing_else_is_served(client: Client, path: str) -> None:
    head, _, body = (await as_written(client, path)).partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 404 ")
    assert b"content-type: application/problem+json" in head
    assert b"content-security-policy: default-src 'none'; frame-ancestors 'none'" in head
    assert b"Kept to itself" not in body


@pytest.mark.parametrize("path", ["/page//icon.svg", "/page/icon.svg/"])
async def test_a_slash_too_many_is_another_path(client: Client, path: str) -> None:
    assert (await as_written(client, path)).startswith(b"HTTP/1.1 404 ")


async def test_a_file_has_no_parameters(client: Client) -> None:
    assert (await client.get("/page/icon.svg?x=1")).status_code == 400


async def test_a_page_that_was_not_built_is_said_to_be(redis: Redis, tmp_path: Path) -> None:
    async with web(redis, tmp_path, page=tmp_path / "nowhere") as client:
        answer = await client.get("/")

    assert answer.status_code == 404
    assert "was not built" in answer.json()["detail"]


def test_the_page_that_ships_asks_for_files_that_ship(site: Site) -> None:
    page = site.get("/")

    assert page.status_code == 200
    named = re.findall(r"/page/[\w.-]+", page.text)
    assert len(named) >= 3
    for path in named:
        assert site.get(path).status_code == 200
    names = {one.name for one in BUILT.iterdir()}
    assert "index.html" in names
    for name in names:
        assert site.get(f"/page/{name}").status_code == 200
