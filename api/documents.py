"""The API's own description, for programs and for people; made once, for the routes do not change."""

from typing import Any

from api.calls import Asked, Reply
from api.services import Services


async def openapi(services: Services, asked: Asked[Any, Any]) -> Reply:
    return _shown(services, asked, services.description.openapi, "application/json")


async def docs(services: Services, asked: Asked[Any, Any]) -> Reply:
    return _shown(services, asked, services.description.page, "text/html; charset=utf-8")


def _shown(services: Services, asked: Asked[Any, Any], body: bytes, media_type: str) -> Reply:
    rendering = services.shelf.rendering(
        body, asked.accept_encoding, cache_control="public, max-age=300", media_type=media_type
    )
    return Reply(rendering=rendering)
