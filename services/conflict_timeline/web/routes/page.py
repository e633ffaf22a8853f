"""`/` and `/page/{file}`: the page for people, and the files that it is made of."""

from typing import Any

from litestar import Request, Response, get

from conflict_timeline.web.asking import only
from conflict_timeline.web.pages import INDEX, POLICY, Pages, Shipped
from conflict_timeline.web.problems import NotThereError
from conflict_timeline.web.tags import known_as


@get("/")
async def page(request: Request[Any, Any, Any], pages: Pages) -> Response[bytes]:
    """The page. Its parameters are what it shows, and are read by itself."""
    shipped = pages.get(INDEX)
    if shipped is None:
        raise NotThereError("the page was not built: `just page` builds it, and a release has it")
    return _answer(request, shipped)


@get("/page/{file:str}")
async def page_file(request: Request[Any, Any, Any], file: str, pages: Pages) -> Response[bytes]:
    """A file of the page."""
    only({name: [] for name in request.query_params}, ())
    shipped = pages.get(file)
    if shipped is None:
        raise NotThereError(f"the page has no file {file!r}")
    return _answer(request, shipped)


def _answer(request: Request[Any, Any, Any], shipped: Shipped) -> Response[bytes]:
    headers = {
        "etag": shipped.tag,
        "cache-control": shipped.kept,
        # Also of a 304, whose headers a browser puts in place of those that it has kept.
        "content-security-policy": POLICY,
    }
    known = known_as(request.headers.get("if-none-match", ""), shipped.tag)
    if known is not None:
        return Response(b"", status_code=304, headers={**headers, "etag": known})
    return Response(shipped.body, media_type=shipped.media_type, headers=headers)
