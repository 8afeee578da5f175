"""What every answer has in common."""

import gzip
import re
from collections.abc import AsyncIterator

import pytest
import zstandard
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from api.problems import MEDIA_TYPE, Kind
from api.reading import LARGEST_BODY
from tests.api.hub import TOKEN, Hub, filled, hub, json

EVERYWHERE = ("/livez", "/v1/airports", "/v1/airports/XXX", "/nothing/here", "/v1/flights/search", "/v1/admin/health")


@pytest.mark.parametrize("path", EVERYWHERE)
async def test_every_answer_has_a_request_id(api: Hub, path: str) -> None:
    made = [(await api.get(path)).headers["X-Request-Id"] for _ in range(2)]
    assert made[0] != made[1]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]{1,128}", one) for one in made)
    assert (await api.get(path, X_Request_Id="trip-42.b_1")).headers["X-Request-Id"] == "trip-42.b_1"


@pytest.mark.parametrize("told", ["", "a b", "a" * 129, "x\ty", "é", "<script>"])
async def test_a_request_id_that_could_do_harm_is_replaced(api: Hub, told: str) -> None:
    assert (await api.get("/livez", X_Request_Id=told)).headers["X-Request-Id"] != told


async def test_a_problem_names_its_request(api: Hub) -> None:
    answer = await api.get("/nothing/here", X_Request_Id="trip-42")
    assert answer.headers["Content-Type"] == MEDIA_TYPE
    assert json(answer) == {
        "type": "/docs#problem-not-found",
        "title": Kind.NOT_FOUND.title,
        "status": 404,
        "detail": "No call has this path; /docs lists them all.",
        "code": "not_found",
        "request_id": "trip-42",
    }


async def test_another_method_is_refused_with_those_that_work(api: Hub) -> None:
    answer = await api.post("/v1/airports", {})
    assert (answer.status_code, json(answer)["code"]) == (405, "method_not_allowed")
    assert set(answer.headers["Allow"].replace(" ", "").split(",")) >= {"GET", "HEAD"}
    assert "POST" not in answer.headers["Allow"]


@pytest.mark.parametrize("body", [b"", b"{", b'{"origin": "LHR"', b"\xff\xfe", b"[" * 20_000, b"nul"])
async def test_a_body_that_is_no_json_can_not_be_read(api: Hub, body: bytes) -> None:
    answer = await api.post("/v1/flights/search", body)
    assert (answer.status_code, json(answer)["code"]) == (400, "malformed")


@pytest.mark.parametrize("body", [[], "LHR", 7, None])
async def test_a_body_is_an_object(api: Hub, body: object) -> None:
    answer = await api.post("/v1/flights/search", body)
    assert (answer.status_code, json(answer)["errors"]) == (422, [{"detail": "is no object", "pointer": ""}])


@pytest.mark.parametrize("query_string", ["origin=%ff", "&".join(f"p{number}=1" for number in range(200))])
async def test_a_query_string_that_is_none_can_not_be_read(api: Hub, query_string: str) -> None:
    assert (await api.get(f"/v1/airports?{query_string}")).status_code == 400


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
async def test_a_body_of_another_kind_is_refused(api: Hub, media_type: str) -> None:
    answer = await api.post("/v1/flights/search", {"origin": "LHR"}, Content_Type=media_type)
    assert (answer.status_code, json(answer)["code"]) == (415, "unsupported_media_type")


async def test_json_in_a_known_character_set_is_json(api: Hub) -> None:
    answer = await api.post("/v1/flights/search", {}, Content_Type="Application/JSON; charset=utf-8")
    assert answer.status_code == 422


async def test_a_body_that_is_too_large_is_refused(api: Hub) -> None:
    largest = b'{"x":"' + b"a" * (LARGEST_BODY - 8) + b'"}'
    assert len(largest) == LARGEST_BODY
    assert (await api.post("/v1/flights/search", largest)).status_code == 422
    answer = await api.post("/v1/flights/search", largest + b" ")
    assert (answer.status_code, json(answer)["code"]) == (413, "too_large")


@pytest.mark.parametrize("path", ["/v1/airports?colour=blue", "/livez?colour=blue", "/v1/airports/LHR?colour=blue"])
async def test_unknown_parameters_are_refused_by_name_everywhere(api: Hub, path: str) -> None:
    answer = await api.get(path)
    assert answer.status_code == 422
    assert [flaw["parameter"] for flaw in json(answer)["errors"]] == ["colour"]


async def test_a_post_refuses_unknown_parameters_and_unknown_fields_together(api: Hub) -> None:
    answer = await api.post("/v1/flights/search?colour=blue", {"shape": "round"})
    flaws = json(answer)["errors"]
    assert {"colour"} == {flaw["parameter"] for flaw in flaws if "parameter" in flaw}
    assert {"/shape", "/origin", "/destination", "/departure_date"} == {
        flaw["pointer"] for flaw in flaws if "pointer" in flaw
    }


@pytest.mark.parametrize("path", ["/v1/airports", "/v1/airports/LHR", "/livez", "/docs", "/v1/cache/airports"])
async def test_head_is_get_without_the_body(api: Hub, path: str) -> None:
    got, headed = await api.get(path), await api.head(path)
    assert (headed.status_code, headed.content) == (200, b"")
    for name in ("content-length", "content-type", "etag", "vary"):
        assert headed.headers[name] == got.headers[name]


async def test_head_works_for_searches_too(api: Hub) -> None:
    await api.found()
    got, headed = await api.get(api.search_path()), await api.head(api.search_path())
    assert (headed.content, headed.headers["ETag"]) == (b"", got.headers["ETag"])


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
@pytest.mark.parametrize("path", ["/v1/airports", "/v1/cache/airports", "/openapi.json", "/docs"])
async def test_long_answers_are_compressed_as_the_client_likes(api: Hub, path: str, coding: str) -> None:
    plain = await api.get(path)
    packed = await api.get(path, Accept_Encoding=f"{coding}, identity;q=0.1")
    assert packed.headers["Content-Encoding"] == coding
    assert "Content-Encoding" not in plain.headers
    assert plain.headers["Vary"] == packed.headers["Vary"] == "accept-encoding"
    unpacked = gzip.decompress(packed.content) if coding == "gzip" else zstandard.decompress(packed.content)
    assert unpacked == plain.content
    assert packed.headers["ETag"] != plain.headers["ETag"]


@pytest.mark.parametrize("path", ["/v1/airports", "/v1/airports/LHR", "/v1/airlines", "/v1/cache/airlines", "/docs"])
async def test_what_a_client_has_is_not_sent_again(api: Hub, path: str) -> None:
    first = await api.get(path)
    etag = first.headers["ETag"]
    assert not etag.startswith("W/")
    for told in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = await api.get(path, If_None_Match=told)
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
        assert {"cache-control", "vary", "age", "x-request-id"} <= set(again.headers)
    assert (await api.get(path, If_None_Match='"other"')).status_code == 200


@pytest.fixture
async def strict(database_url: str, engine: AsyncEngine, redis_url: str) -> AsyncIterator[Hub]:
    """Three requests a minute for each caller."""
    await filled(engine)
    async with hub(database_url=database_url, redis_url=redis_url, rate_limit=3) as running:
        running.clock.now = running.clock.now.replace(second=20)
        yield running


async def test_a_caller_sees_what_is_left_and_is_refused_politely(strict: Hub) -> None:
    left = [(await strict.get("/v1/airports/LHR")).headers["RateLimit"] for _ in range(3)]
    assert left == ['"minute";r=2;t=40', '"minute";r=1;t=40', '"minute";r=0;t=40']
    refused = await strict.get("/v1/airports/LHR", X_Request_Id="trip-42")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "40")
    assert refused.headers["RateLimit-Policy"] == '"minute";q=3;w=60'
    assert (json(refused)["code"], json(refused)["request_id"]) == ("too_many_requests", "trip-42")
    assert (await strict.get("/livez")).status_code == 200
    strict.clock.forward(seconds=40)
    assert (await strict.get("/v1/airports/LHR")).status_code == 200


async def test_people_do_not_spend_of_each_other_nor_of_their_address(strict: Hub) -> None:
    for who in ("one", "two"):
        shown = strict.signed_in(who)
        statuses = [(await strict.get("/v1/airports/LHR", **shown)).status_code for _ in range(5)]
        assert statuses == [200] * 4 + [429]  # nobody knows who it is until the first request is let in
    assert (await strict.get("/v1/airports/LHR")).status_code == 200


async def test_whoever_tries_credentials_spends_what_the_address_has(strict: Hub) -> None:
    statuses = [(await strict.get("/v1/airports/LHR", X_Api_Key=f"made up {n}")).status_code for n in range(5)]
    assert statuses == [401] * 3 + [429] * 2


async def test_two_processes_share_a_callers_limit(strict: Hub, database_url: str, redis_url: str) -> None:
    async with hub(database_url=database_url, redis_url=redis_url, rate_limit=3, clock=strict.clock) as other:
        for one in (strict, other):
            assert (await one.get("/v1/airports/LHR")).status_code == 200
            await one.services.limits.exchange(one.services.redis)
        await strict.get("/v1/airports/LHR")
        await strict.services.limits.exchange(strict.services.redis)
        await other.get("/v1/airports/LHR", **other.signed_in("somebody else"))
        assert (await strict.get("/v1/airports/LHR")).status_code == 429


async def test_a_mistake_of_ours_is_a_problem_without_a_trace(api: Hub) -> None:
    broken = api.services.catalogue.contents
    assert broken is not None
    api.services.catalogue.contents = "no catalogue at all"  # type: ignore[assignment]  # this is the mistake
    with capture_logs() as logs:
        answer = await api.get("/v1/airports/LHR", X_Request_Id="trip-42")
    api.services.catalogue.contents = broken
    assert (answer.status_code, json(answer)["code"]) == (500, "internal")
    assert "Traceback" not in answer.text
    assert "attribute" not in answer.text
    (line,) = [line for line in logs if line["event"] == "request.broke"]
    assert (line["request_id"], line["route"]) == ("trip-42", "/v1/airports/{iata}")


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", "Bearer é"],
)
@pytest.mark.parametrize("path", ["/v1/admin/health", "/v1/admin/metrics"])
async def test_administrators_show_their_token(api: Hub, path: str, authorization: str) -> None:
    answer = await api.get(path, Authorization=authorization)
    assert (answer.status_code, json(answer)["code"]) == (401, "unauthorized")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
