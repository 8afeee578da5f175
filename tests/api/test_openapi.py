"""The API's own description is complete and true."""

import json as plain_json
import re
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from typing import Any

import msgspec
import pytest

from api.openapi import document
from api.params import fields_of
from api.problems import Kind
from api.routes import ROUTES
from domain.webhooks import EventType
from tests.api.hub import Hub, json
from tests.api.schemas import misfits
from tests.api.test_car_search import OFFERS as RENTALS
from tests.api.test_hotel_search import OFFERS as STAYS

TODAY = date(2027, 1, 15)
DOCUMENT = plain_json.loads(msgspec.json.encode(document(ROUTES, today=TODAY)))
OPERATIONS = [
    (method.upper(), path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every object of a document."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from nodes(inner)


def resolved(reference: str) -> Any:
    found: Any = DOCUMENT
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found


def test_every_call_is_described_and_nothing_else() -> None:
    assert {(method, path) for method, path, _ in OPERATIONS} == {(route.method, route.path) for route in ROUTES}


def test_every_message_that_we_send_is_described() -> None:
    assert set(DOCUMENT["webhooks"]) == set(EventType)
    for told in DOCUMENT["webhooks"].values():
        assert told["post"]["requestBody"]["content"]["application/json"]["schema"]["$ref"]


def test_every_reference_leads_somewhere() -> None:
    references = {node["$ref"] for node in nodes(DOCUMENT) if "$ref" in node}
    assert references
    for reference in references:
        assert resolved(reference)


def test_no_shape_is_described_for_nobody() -> None:
    used = {node["$ref"].rpartition("/")[2] for node in nodes(DOCUMENT) if "$ref" in node}
    assert set(DOCUMENT["components"]["schemas"]) | set(DOCUMENT["components"]["headers"]) == used


def test_every_name_in_a_path_is_explained() -> None:
    for _, path, operation in OPERATIONS:
        explained = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
        assert explained == set(re.findall(r"{(\w+)}", path))


def test_every_query_parameter_is_described_with_its_default() -> None:
    for route in ROUTES:
        operation = DOCUMENT["paths"][route.path][route.method.lower()]
        described = {one["name"]: one for one in operation["parameters"] if one["in"] == "query"}
        assert set(described) == set(fields_of(route.query))
        for name, field in fields_of(route.query).items():
            assert described[name]["required"] == field.required
            if "default" in described[name]["schema"]:
                assert not misfits(described[name]["schema"], described[name]["schema"]["default"], DOCUMENT)


def test_every_call_has_its_own_name_a_summary_and_a_line_to_paste() -> None:
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(set(names)) == len(names)
    for method, path, operation in OPERATIONS:
        assert operation["summary"]
        (sample,) = operation["x-codeSamples"]
        assert path.partition("{")[0] in sample["source"]
        assert (method == "GET") == ("-X" not in sample["source"])


def test_every_example_fits_its_schema() -> None:
    examples = [(node, example) for node in nodes(DOCUMENT) for example in node.get("examples", ())]
    assert examples
    for schema, example in examples:
        assert not misfits(schema, example, DOCUMENT)


def test_every_body_example_is_a_body_that_is_taken() -> None:
    for _, _, operation in OPERATIONS:
        if "requestBody" in operation:
            source = operation["x-codeSamples"][0]["source"]
            sent = plain_json.loads(source.split("-d '")[1].split("'")[0])
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            assert not misfits(schema, sent, DOCUMENT)


def test_every_problem_that_a_call_may_have_is_one_that_we_know() -> None:
    known = {str(kind.status) for kind in Kind}
    for _, _, operation in OPERATIONS:
        for status, response in operation["responses"].items():
            if "application/problem+json" in response.get("content", {}):
                assert status in known
            if status == "401" and "security" in operation:  # without it, it is about what stands in the body
                schemes = [scheme for shown in operation["security"] for scheme in shown]
                assert schemes in (["administrator", "person"], ["client_app", "person"], ["person"])


@pytest.mark.parametrize(
    "path",
    [
        "/v1/airports", "/v1/airports?near=47,8", "/v1/airports/LHR", "/v1/airlines", "/v1/airlines/BA",
        "/v1/cache/airports", "/v1/cache/airlines", "/livez", "/readyz", "/v1/airports?colour=blue",
        "/v1/airports/XXX",
    ],
)  # fmt: skip
async def test_answers_look_as_described(api: Hub, path: str) -> None:
    await _fits(api, "GET", path)


async def test_search_answers_look_as_described(api: Hub) -> None:
    await _fits(api, "GET", api.search_path())
    await api.found(api.offer(seats_left=2), api.offer(reference="fare-2"))
    search = api.search_path()
    await _fits(api, "GET", search)
    await _fits(api, "GET", f"/v1/searches/{api.query().id}")
    await _fits(api, "GET", f"/v1/offers/{api.offer().id}")
    await _fits(api, "GET", f"/v1/flights/{api.offer().id}")
    await _fits(api, "GET", "/v1/admin/health")
    await _fits(api, "GET", "/v1/admin/suppliers")
    await _fits(api, "POST", "/v1/airports/sync")


async def test_answers_about_hotels_and_cars_look_as_described(api: Hub) -> None:
    (stay,), (rental,) = api.stays(STAYS[0]), api.rentals(RENTALS[0])
    for path in (api.stay_path(), api.rental_path(), api.stay_path(stars=9), api.rental_path(pick_up="QQQ")):
        await _fits(api, "GET", path)
    await api.found(*api.stays(*STAYS), query=api.stay())
    await api.found(*api.rentals(*RENTALS), query=api.rental())
    for path in (
        api.stay_path(), api.rental_path(), f"/v1/searches/{api.stay().id}", f"/v1/searches/{api.rental().id}",
        f"/v1/offers/{stay.id}", f"/v1/offers/{rental.id}", f"/v1/cars/{rental.id}",
    ):  # fmt: skip
        assert (await api.get(path)).status_code == 200
        await _fits(api, "GET", path)


async def _fits(api: Hub, method: str, path: str) -> None:
    answer = await api.admin(method, path)
    described = _operation(method, path.partition("?")[0])["responses"][str(answer.status_code)]
    content = described["content"][answer.headers["Content-Type"].partition(";")[0]]
    assert not misfits(content["schema"], json(answer), DOCUMENT)
    for name in described["headers"]:
        if name not in {"Link", "ETag", "Age"}:
            assert name in answer.headers


def _operation(method: str, path: str) -> Any:
    literal = [known for known in DOCUMENT["paths"] if known == path]
    pattern = [known for known in DOCUMENT["paths"] if re.fullmatch(re.sub(r"{\w+}", "[^/]+", known), path)]
    return DOCUMENT["paths"][(literal or pattern)[0]][method.lower()]


async def test_the_document_and_the_page_are_served(api: Hub) -> None:
    assert json(await api.get("/openapi.json"))["openapi"].startswith("3.1")
    page = await api.get("/docs")
    assert page.headers["Content-Type"].startswith("text/html")
    for _, path, operation in OPERATIONS:
        assert f">{path}</code>" in page.text
        assert f'id="{operation["operationId"]}"' in page.text
    for kind in Kind:
        assert f'id="{kind.type.partition("#")[2]}"' in page.text


async def test_the_page_fetches_nothing_and_its_links_lead_somewhere(api: Hub) -> None:
    text = (await api.get("/docs")).text
    read = _Page()
    read.feed(text)
    assert read.open == []
    assert not read.fetched
    assert read.links <= read.anchors
    assert len(read.anchors) > len(OPERATIONS)


class _Page(HTMLParser):
    """What a page is made of: elements that stay open, anchors, links within, and what it would fetch."""

    _VOID = frozenset({"meta", "input", "br", "link", "img"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.anchors: set[str] = set()
        self.links: set[str] = set()
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag not in self._VOID:
            self.open.append(tag)
        if "id" in told:
            assert told["id"] not in self.anchors
            self.anchors.add(told["id"])
        if told.get("href", "").startswith("#"):
            self.links.add(told["href"][1:])
        if "src" in told or tag == "link":
            self.fetched.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
