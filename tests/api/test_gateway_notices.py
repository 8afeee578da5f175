"""Webhooks of payment gateways: signed or refused, and in the books once, whatever they say."""

import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.jobs import HeedGatewayNotices, Queue
from domain.payments import BadSignature, GatewayNotice, NoticeKind
from storage import gateway_notices
from storage.engine import transaction
from storage.gateway_notices import KeptNotice
from tests.api.hub import Hub, hub, json

PATH = "/v1/payments/webhook/purse"
SECRET = b"what only the purse and we know"


class Told(msgspec.Struct):
    id: str


def verified(headers: Mapping[str, str], body: bytes, url: str, now: datetime) -> GatewayNotice:
    """A purse signs the address, too."""
    if not hmac.compare_digest(signature(body, url), headers.get("purse-signature", "")):
        raise BadSignature("somebody else has sent it")
    return GatewayNotice(
        gateway="purse",
        id=msgspec.json.decode(body, type=Told).id,
        kind=NoticeKind.PAYMENT,
        happened_at=now - timedelta(seconds=1),
        payment_id="purse_1",
    )


def signature(body: bytes, url: str = f"http://falconframework.org{PATH}") -> str:
    return hmac.new(SECRET, url.encode() + body, hashlib.sha256).hexdigest()


@asynccontextmanager
async def open_hub(database_url: str, redis_url: str) -> AsyncIterator[Hub]:
    async with hub(
        database_url=database_url, redis_url=redis_url, signatures={"purse": verified}, ready=False
    ) as running:
        yield running


@pytest.fixture
async def desk(database_url: str, redis_url: str) -> AsyncIterator[Hub]:
    async with open_hub(database_url, redis_url) as running:
        yield running


async def kept(engine: AsyncEngine) -> tuple[KeptNotice, ...]:
    async with transaction(engine) as connection:
        return await gateway_notices.due(connection, now=datetime.now(UTC) + timedelta(hours=1), at_most=10)


async def test_a_signed_notice_is_kept_and_a_worker_is_told(desk: Hub, engine: AsyncEngine) -> None:
    body = b'{"id":  "n-1"}'  # byte for byte as it was sent
    answer = await desk.post(PATH, body, purse_signature=signature(body))
    assert (answer.status_code, json(answer)) == (200, {"new": True})
    (one,) = await kept(engine)
    assert (one.notice.id, one.notice.payment_id) == ("n-1", "purse_1")
    assert desk.jobs(Queue.BOOKINGS) == [HeedGatewayNotices()]


async def test_a_notice_that_comes_again_is_kept_once(desk: Hub, engine: AsyncEngine) -> None:
    body = b'{"id":"n-1"}'
    told = [json(await desk.post(PATH, body, purse_signature=signature(body))) for _ in range(3)]
    assert told == [{"new": True}, {"new": False}, {"new": False}]
    assert len(await kept(engine)) == 1


@pytest.mark.parametrize(
    "shown",
    ["", "0" * 64, signature(b'{"id":"another"}'), signature(b'{"id":"n-1"}', f"http://elsewhere{PATH}")],
    ids=["unsigned", "forged", "of another", "sent elsewhere"],
)
async def test_what_the_gateway_did_not_sign_is_refused(desk: Hub, engine: AsyncEngine, shown: str) -> None:
    answer = await desk.post(PATH, b'{"id":"n-1"}', purse_signature=shown)
    assert answer.status_code == 400
    assert json(answer)["code"] == "malformed"
    assert await kept(engine) == ()


async def test_signed_bytes_that_tell_of_nothing_are_refused(desk: Hub) -> None:
    body = b'{"no": "id"}'
    answer = await desk.post(PATH, body, purse_signature=signature(body))
    assert answer.status_code == 400


async def test_a_gateway_that_is_not_connected_is_not_there(desk: Hub) -> None:
    assert (await desk.post("/v1/payments/webhook/wallet", b"{}")).status_code == 404


async def test_a_notice_is_json_of_a_bounded_size(desk: Hub) -> None:
    assert (await desk.post(PATH, b"id=1", Content_Type="text/plain")).status_code == 415
    assert (await desk.post(PATH, b" " * (1024 * 1024 + 1))).status_code == 413
