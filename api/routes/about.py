"""Calls about this API itself."""

from types import MappingProxyType
from typing import Final

from api import documents
from api.route import HTML, Answer, Group, Route

ROUTES: Final = (
    Route(
        method="GET",
        path="/openapi.json",
        call=documents.openapi,
        group=Group.ABOUT,
        summary="This API, for programs",
        answers=MappingProxyType({200: Answer(meaning="An OpenAPI 3.1 document.")}),
        example="/openapi.json",
        cacheable=True,
    ),
    Route(
        method="GET",
        path="/docs",
        call=documents.docs,
        group=Group.ABOUT,
        summary="This API, for people",
        answers=MappingProxyType({200: Answer(meaning="A page.", media_type=HTML)}),
        example="/docs",
        cacheable=True,
    ),
)
