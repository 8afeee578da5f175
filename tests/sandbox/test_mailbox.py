"""The mailbox on this machine: what is handed in can be read, by people and by tests, and harms nobody."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any, Final

import aiosmtplib
import falcon.testing
import pytest

from sandbox.mailbox.letters import Mailbox
from sandbox.mailbox.pages import create_app
from sandbox.mailbox.post import slot

NOW: Final = datetime(2027, 1, 15, 12, 0, tzinfo=UTC)
HOSTILE: Final = '<html><head></head><body><script>alert("x")</script><p>Hello</p></body></html>'


def written(
    *, subject: str = "Confirmed: your booking", to: str = "amelia@example.com", html: str | None = "<p>Hello</p>"
) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "TravelHub <bookings@travelhub.example>"
    message["To"] = to
    message["Subject"] = subject
    message["Message-ID"] = "<1@travelhub.example>"
    message.set_content("Hello, Zürich")
    if html is not None:
        message.add_alternative(html, subtype="html")
    message.add_attachment(
        b"BEGIN:VCALENDAR", maintype="text", subtype="calendar", filename="trip.ics", params={"method": "PUBLISH"}
    )
    return message


def put(mailbox: Mailbox, **letter: Any) -> int:
    message = written(**letter)
    return mailbox.put(message.as_bytes(), to=(str(message["To"]),), at=NOW).id


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
async def pages(mailbox: Mailbox) -> AsyncIterator[falcon.testing.ASGIConductor]:
    async with falcon.testing.ASGIConductor(create_app(mailbox)) as conductor:
        yield conductor


async def test_a_letter_that_is_handed_in_is_there_to_be_read(
    mailbox: Mailbox, pages: falcon.testing.ASGIConductor
) -> None:
    async with slot(mailbox, host="127.0.0.1", port=0) as port:
        await aiosmtplib.send(written(), hostname="127.0.0.1", port=port)
    (letter,) = (await pages.simulate_get("/letters")).json["letters"]
    assert (letter["to"], letter["subject"]) == (["amelia@example.com"], "Confirmed: your booking")
    assert (letter["text"].strip(), letter["html"].strip()) == ("Hello, Zürich", "<p>Hello</p>")
    (attached,) = letter["attachments"]
    assert (attached["name"], attached["media_type"], attached["method"]) == ("trip.ics", "text/calendar", "PUBLISH")
    file = await pages.simulate_get(attached["url"])
    assert (file.content, file.headers["content-disposition"]) == (
        b"BEGIN:VCALENDAR",
        'attachment; filename="trip.ics"',
    )


async def test_letters_are_found_by_whom_they_went_to(mailbox: Mailbox, pages: falcon.testing.ASGIConductor) -> None:
    put(mailbox, to="bert@example.com")
    mine = put(mailbox, to="Amelia@example.com")
    found = (await pages.simulate_get("/letters", query_string="to=amelia@EXAMPLE.com")).json
    assert (found["count"], found["letters"][0]["id"]) == (1, mine)


async def test_the_newest_letter_is_the_first(mailbox: Mailbox, pages: falcon.testing.ASGIConductor) -> None:
    first, second = put(mailbox), put(mailbox)
    assert [one["id"] for one in (await pages.simulate_get("/letters")).json["letters"]] == [second, first]


def test_a_full_mailbox_forgets_its_oldest_letters() -> None:
    small = Mailbox(most=3)
    numbers = [put(small) for _ in range(5)]
    assert [letter.id for letter in small.listed()] == numbers[:1:-1]


async def test_letters_can_be_thrown_away(mailbox: Mailbox, pages: falcon.testing.ASGIConductor) -> None:
    first, *_ = (put(mailbox) for _ in range(3))
    assert (await pages.simulate_delete(f"/letters/{first}")).json == {"deleted": 1}
    assert (await pages.simulate_delete(f"/letters/{first}")).status_code == 404
    assert (await pages.simulate_delete("/letters")).json == {"deleted": 2}


async def test_a_person_can_throw_letters_away_too(mailbox: Mailbox, pages: falcon.testing.ASGIConductor) -> None:
    first, second = put(mailbox), put(mailbox)
    assert (await pages.simulate_post("/", query_string=f"delete={first}")).status_code == 303
    assert [letter.id for letter in mailbox.listed()] == [second]
    await pages.simulate_post("/")
    assert list(mailbox.listed()) == []


async def test_a_letter_is_shown_where_it_can_run_nothing(
    mailbox: Mailbox, pages: falcon.testing.ASGIConductor
) -> None:
    number = put(mailbox, html=HOSTILE)
    page = await pages.simulate_get("/", query_string=f"letter={number}")
    assert "<script>" not in page.text
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
    shown = await pages.simulate_get(f"/letters/{number}/html")
    rules = shown.headers["content-security-policy"]
    assert rules.startswith("sandbox allow-popups")
    assert "default-src 'none'" in rules
    assert "script" not in rules
    assert "allow-scripts" not in rules
    assert '<head><base target="_blank">' in shown.text


async def test_a_subject_like_a_script_stays_a_subject(mailbox: Mailbox, pages: falcon.testing.ASGIConductor) -> None:
    number = put(mailbox, subject="<script>alert(1)</script>")
    for query in ("", f"letter={number}", f"letter={number}&as=text"):
        page = (await pages.simulate_get("/", query_string=query)).text
        assert "<script>" not in page
        assert "&lt;script&gt;alert(1)" in page


async def test_a_letter_without_html_is_shown_as_text(mailbox: Mailbox, pages: falcon.testing.ASGIConductor) -> None:
    number = put(mailbox, html=None)
    page = (await pages.simulate_get("/", query_string=f"letter={number}")).text
    assert "<pre>Hello, Zürich" in page
    assert "<iframe" not in page
    assert (await pages.simulate_get(f"/letters/{number}/html")).status_code == 404


async def test_an_empty_mailbox_says_so_and_looks_again(pages: falcon.testing.ASGIConductor) -> None:
    page = (await pages.simulate_get("/")).text
    assert "No letter yet" in page
    assert '<meta http-equiv="refresh" content="5">' in page


@pytest.mark.parametrize("path", ["/letters/9", "/letters/9/html", "/letters/9/raw", "/letters/9/attachments/1"])
async def test_what_is_not_there_is_named(pages: falcon.testing.ASGIConductor, path: str) -> None:
    answer = await pages.simulate_get(path)
    assert (answer.status_code, answer.json["detail"]) == (404, "there is no letter 9")


async def test_there_is_no_second_attachment(mailbox: Mailbox, pages: falcon.testing.ASGIConductor) -> None:
    assert (await pages.simulate_get(f"/letters/{put(mailbox)}/attachments/2")).status_code == 404


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe not a letter",
        b"Content-Type: text/plain; charset=klingon\r\n\r\nHello",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x",
        b"Subject: =?utf-8?q?broken\r\nTo: <<<\r\n\r\nHello",
    ],
)
async def test_a_broken_letter_breaks_nothing(
    mailbox: Mailbox, pages: falcon.testing.ASGIConductor, raw: bytes
) -> None:
    letter = mailbox.put(raw, to=("amelia@example.com",), at=NOW)
    assert (await pages.simulate_get("/", query_string=f"letter={letter.id}")).status_code == 200
    assert (await pages.simulate_get(f"/letters/{letter.id}/raw")).content == raw
    assert (await pages.simulate_get("/letters")).json["count"] == 1
