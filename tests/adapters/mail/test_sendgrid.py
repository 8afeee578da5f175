"""Letters handed in at SendGrid."""

import base64
from typing import Any

import httpx
import orjson
import pytest

from adapters.kit.failures import Answered, Failure, GiveUp, TryLater
from adapters.mail.sendgrid import SendGridMailer
from tests.adapters.mail.post import CALENDAR, outgoing


class Desk(httpx.AsyncBaseTransport):
    """Answers with one and the same, and remembers what it was asked."""

    def __init__(self, status: int, *, errors: list[dict[str, Any]] | None = None, **headers: str) -> None:
        self.asked: list[httpx.Request] = []
        self._answer = (
            status,
            {"errors": errors or []},
            {name.replace("_", "-"): value for name, value in headers.items()},
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        status, body, headers = self._answer
        return httpx.Response(status, content=b"" if status == 202 else orjson.dumps(body), headers=headers)


async def sent(desk: Desk, **more: Any) -> str:
    mailer = SendGridMailer("SG.secret", over=desk)
    try:
        return await mailer.send(outgoing(**more))
    finally:
        await mailer.aclose()


async def test_a_letter_goes_out_whole_and_is_not_watched() -> None:
    desk = Desk(202, x_message_id="abc123")
    assert await sent(desk) == "abc123"
    (request,) = desk.asked
    assert (request.method, str(request.url)) == ("POST", "https://api.sendgrid.com/v3/mail/send")
    assert request.headers["authorization"] == "Bearer SG.secret"
    body = orjson.loads(request.content)
    assert body["personalizations"] == [{"to": [{"email": "amelia@example.com"}]}]
    assert body["from"] == {"email": "bookings@travelhub.example", "name": "TravelHub"}
    assert [part["type"] for part in body["content"]] == ["text/plain", "text/html"]
    assert body["headers"]["Message-ID"] == "<letter-1@travelhub.example>"
    assert body["categories"] == ["booking_confirmed"]
    assert {setting["enable"] for setting in body["tracking_settings"].values()} == {False}
    (attached,) = body["attachments"]
    assert (attached["filename"], base64.b64decode(attached["content"])) == ("R7KM3W.ics", CALENDAR.content)


async def test_a_letter_without_a_calendar_has_no_list_of_attachments() -> None:
    desk = Desk(202)
    await sent(desk, attachments=())
    assert "attachments" not in orjson.loads(desk.asked[0].content)


@pytest.mark.parametrize(
    ("desk", "kind"),
    [
        (Desk(400, errors=[{"message": "no address", "field": "personalizations.0.to.0.email"}]), Answered),
        (Desk(400, errors=[{"message": "no subject", "field": "subject"}]), GiveUp),
        (Desk(413), Answered),
        (Desk(401), GiveUp),
        (Desk(403), GiveUp),
        (Desk(429, retry_after="7"), TryLater),
        (Desk(500), TryLater),
        (Desk(503), TryLater),
    ],
)
async def test_each_no_says_what_to_do_next(desk: Desk, kind: type[Failure]) -> None:
    with pytest.raises(Failure) as refused:
        await sent(desk)
    assert type(refused.value) is kind
    assert "SG.secret" not in str(refused.value)
    assert "amelia" not in str(refused.value)


async def test_sendgrid_says_how_long_to_wait() -> None:
    with pytest.raises(TryLater) as refused:
        await sent(Desk(429, retry_after="7"))
    assert refused.value.retry_after == 7


async def test_a_silent_sendgrid_is_tried_later() -> None:
    class Silent(Desk):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            raise httpx.ReadTimeout("nothing came", request=request)

    with pytest.raises(TryLater):
        await sent(Silent(202))
