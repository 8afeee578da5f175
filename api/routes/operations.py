"""Calls for operators and load balancers."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from api import answers, explain, operations, sellers
from api.route import TEXT, Answer, Group, Route, Who, one


def _up_or_down(shape: type[msgspec.Struct]) -> Mapping[int, Answer]:
    return MappingProxyType(
        {
            200: Answer(meaning="All is well.", shapes=(shape,)),
            503: Answer(meaning="Something is missing; the answer names it.", shapes=(shape,)),
        }
    )


ROUTES: Final = (
    Route(
        method="GET",
        path="/livez",
        call=operations.alive,
        group=Group.OPERATIONS,
        summary="Is this process alive?",
        answers=one("It is.", answers.Alive),
        example="/livez",
        unlimited=True,
    ),
    Route(
        method="GET",
        path="/readyz",
        call=operations.ready,
        group=Group.OPERATIONS,
        summary="Can this process answer searches?",
        answers=_up_or_down(answers.Readiness),
        example="/readyz",
        unlimited=True,
    ),
    Route(
        method="GET",
        path="/v1/admin/health",
        call=operations.health,
        group=Group.OPERATIONS,
        summary="How each dependency stands",
        answers=_up_or_down(answers.Health),
        example="/v1/admin/health",
        who=Who.OPERATOR,
    ),
    Route(
        method="GET",
        path="/v1/admin/suppliers",
        call=sellers.suppliers,
        group=Group.OPERATIONS,
        summary="How each supplier stands, over all processes",
        answers=one("The suppliers.", sellers.Sellers),
        example="/v1/admin/suppliers",
        who=Who.OPERATOR,
    ),
    Route(
        method="GET",
        path="/v1/admin/searches/{search_id}/explain",
        call=explain.explain,
        group=Group.OPERATIONS,
        summary="Why an answer is what it is",
        query=explain.ExplainWishes,
        further=explain.explain_faults,
        place=MappingProxyType({"search_id": "The id of a search."}),
        answers=one("The explanation.", explain.Explanation, headers=("Link",)),
        example="/v1/admin/searches/{search_id}/explain",
        who=Who.OPERATOR,
    ),
    Route(
        method="GET",
        path="/v1/admin/metrics",
        call=operations.metrics,
        group=Group.OPERATIONS,
        summary="Counters for Prometheus",
        answers=MappingProxyType({200: Answer(meaning="Prometheus' text format.", media_type=TEXT)}),
        example="/v1/admin/metrics",
        who=Who.OPERATOR,
    ),
)
