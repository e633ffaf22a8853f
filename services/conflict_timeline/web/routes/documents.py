"""`/openapi.json` and `/asyncapi.json`: what there is, for programs."""

from functools import cache

import msgspec
from litestar import Response, get

from conflict_events import asyncapi
from conflict_timeline.web import openapi


@get("/openapi.json")
async def openapi_document() -> Response[bytes]:
    """The OpenAPI 3.1 document of these routes."""
    return Response(_openapi(), media_type="application/json")


@get("/asyncapi.json")
async def asyncapi_document() -> Response[bytes]:
    """The AsyncAPI 3 document of the streams."""
    return Response(_asyncapi(), media_type="application/json")


@cache
def _openapi() -> bytes:
    return msgspec.json.encode(openapi.document())


@cache
def _asyncapi() -> bytes:
    return msgspec.json.encode(asyncapi.document())
