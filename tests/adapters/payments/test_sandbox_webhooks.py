"""The webhooks that the sandbox sends: signed as the gateways sign, and late, twice, out of order or never on request."""

import queue
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import httpx
import pytest

from adapters.payments.registry import signatures
from domain.payments import GatewayNotice, NoticeKind, Payment
from sandbox.asgi import Receive, Scope, Send, answer
from tests.adapters.payments.tills import Till, soon
from tests.sandbox.serving import serving

PATIENCE: Final = 10.0


class Receiver:
    """Somebody who hears webhooks; `busy` of them are turned away first."""

    def __init__(self) -> None:
        self.address = ""
        self.busy = 0
        self._heard: Final[queue.Queue[tuple[str, dict[str, str], bytes]]] = queue.Queue()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        if self.busy:
            self.busy -= 1
            await answer(send, status=503, body=b"")
            return
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self._heard.put((scope["path"], headers, body))
        await answer(send, status=200, body=b"{}")

    def hears(self, till: Till) -> GatewayNotice:
        """The next one, if its signature is right."""
        path, headers, body = self._heard.get(timeout=PATIENCE)
        assert path == f"/hooks/{till.name}"
        verify = signatures({"SANDBOX_URL": self.address})[till.name]
        return verify(headers, body, f"{self.address}{path}", datetime.now(UTC))

    def hears_of(self, till: Till, kind: NoticeKind) -> GatewayNotice:
        while (notice := self.hears(till)).kind is not kind:
            pass
        return notice


@pytest.fixture
def receiver(sandbox_address: str) -> Iterator[Receiver]:
    one = Receiver()
    with serving(one, lifespan="off") as address, httpx.Client(base_url=sandbox_address, verify=False) as controls:  # noqa: S501 -- no TLS here
        one.address = address
        yield one
        for gateway in ("stripe", "square"):
            controls.post("/_webhooks", json={"gateway": gateway, "mode": "lost"}).raise_for_status()


def goes(till: Till, receiver: Receiver, mode: str, **more: Any) -> None:
    order = {"gateway": till.name, "mode": mode, "url": f"{receiver.address}/hooks", **more}
    assert till.controls.post("/_webhooks", json=order).status_code == 201


async def held(till: Till) -> Payment:
    return await till.gateway.authorise(till.wanted(), deadline=soon())


async def test_what_happens_to_a_payment_is_told(till: Till, receiver: Receiver) -> None:
    goes(till, receiver, "normal")
    payment = await held(till)
    assert receiver.hears_of(till, NoticeKind.PAYMENT).payment_id == payment.id
    captured = await till.gateway.capture(payment, payment.amount, key=f"{payment.reference}-c", deadline=soon())
    assert receiver.hears_of(till, NoticeKind.PAYMENT).payment_id == payment.id
    await till.gateway.refund(captured, payment.amount, key=f"{payment.reference}-r", deadline=soon())
    assert receiver.hears_of(till, NoticeKind.REFUND).payment_id == payment.id


async def test_a_webhook_may_come_twice(till: Till, receiver: Receiver) -> None:
    goes(till, receiver, "twice", seconds=0.05)
    await held(till)
    told = [receiver.hears(till) for _ in range(4 if till.name == "stripe" else 2)]
    assert len({one.id for one in told}) == len(told) / 2


async def test_webhooks_may_come_out_of_order(till: Till, receiver: Receiver) -> None:
    goes(till, receiver, "reordered", seconds=600)
    payment = await held(till)
    captured = await till.gateway.capture(payment, payment.amount, key=f"{payment.reference}-c", deadline=soon())
    await till.gateway.refund(captured, payment.amount, key=f"{payment.reference}-r", deadline=soon())
    goes(till, receiver, "normal")  # what was held back goes out
    assert receiver.hears(till).kind is NoticeKind.REFUND


async def test_a_webhook_may_be_late(till: Till, receiver: Receiver) -> None:
    goes(till, receiver, "late", seconds=0.3)
    begun = time.monotonic()
    await held(till)
    receiver.hears(till)
    assert time.monotonic() - begun >= 0.3


async def test_a_webhook_may_get_lost(till: Till, receiver: Receiver) -> None:
    goes(till, receiver, "lost")
    await held(till)
    goes(till, receiver, "normal")
    payment = await held(till)
    assert receiver.hears_of(till, NoticeKind.PAYMENT).payment_id == payment.id


async def test_a_webhook_is_tried_again_until_somebody_takes_it(till: Till, receiver: Receiver) -> None:
    receiver.busy = 2
    goes(till, receiver, "normal")
    payment = await held(till)
    assert receiver.hears_of(till, NoticeKind.PAYMENT).payment_id == payment.id
    told = till.controls.get("/_webhooks").json()["delivered"]
    assert 503 in [one["status"] for one in told if one["gateway"] == till.name]


async def test_a_dispute_is_told(stripe: Till, receiver: Receiver) -> None:
    payment = await stripe.gateway.authorise(stripe.wanted(token="pm_card_createDispute"), deadline=soon())
    goes(stripe, receiver, "normal")
    await stripe.gateway.capture(payment, payment.amount, key=f"{payment.reference}-c", deadline=soon())
    notice = receiver.hears_of(stripe, NoticeKind.DISPUTE)
    assert (notice.payment_id, notice.amount, notice.reason) == (payment.id, payment.amount, "fraudulent")


async def test_a_gateway_that_is_not_there_can_not_be_ordered_about(till: Till) -> None:
    refused = till.controls.post("/_webhooks", json={"gateway": "nobody"})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/gateway"
