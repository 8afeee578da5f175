"""Letters handed in at a mail server, and what comes back when it does not want them."""

from email.message import MIMEPart
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult

from adapters.kit.failures import Answered, Failure, GiveUp, TryLater
from adapters.mail.smtp import Relay, SmtpMailer, relay
from domain.searches import Outcome
from tests.adapters.mail.post import Sorting, certified, conversation, knows, outgoing, server


def mailer(port: int, *, patience: float = 10.0, password: str | None = None) -> SmtpMailer:
    here = Relay(host="127.0.0.1", port=port, user="hub" if password else None, password=password)
    return SmtpMailer(here, patience=patience)


def words(part: "MIMEPart") -> str:
    return str(part.get_content()).strip()


async def failure(port: int, *, password: str | None = None) -> Failure:
    with pytest.raises(Failure) as refused:
        await mailer(port, password=password).send(outgoing())
    assert "amelia" not in str(refused.value)
    return refused.value


async def test_a_letter_arrives_as_text_as_html_and_with_its_calendar() -> None:
    sorting = Sorting()
    async with server(sorting) as port:
        assert await mailer(port).send(outgoing()) == "<letter-1@travelhub.example>"
    (letter,) = sorting.letters
    assert (letter["Subject"], letter["To"]) == ("Bestätigt: Ihre Buchung", "amelia@example.com")
    assert (letter["Message-ID"], letter["Content-Language"]) == ("<letter-1@travelhub.example>", "de")
    assert letter["Auto-Submitted"] == "auto-generated"
    plain, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert (words(plain), words(html)) == (outgoing().text, outgoing().html)
    (calendar,) = letter.iter_attachments()
    assert (calendar.get_filename(), calendar.get_param("method")) == ("R7KM3W.ics", "PUBLISH")
    assert calendar.get_payload(decode=True) == b"BEGIN:VCALENDAR\r\n"


@pytest.mark.parametrize(
    ("to_recipient", "to_letter", "kind"),
    [
        ("550 5.1.1 no amelia@example.com here", "250 OK", Answered),
        ("450 4.2.1 busy with amelia@example.com", "250 OK", TryLater),
        ("250 OK", "554 5.7.1 this looks like spam", Answered),
        ("250 OK", "451 4.3.0 try again", TryLater),
    ],
)
async def test_a_no_for_good_and_a_no_for_now_are_told_apart(
    to_recipient: str, to_letter: str, kind: type[Failure]
) -> None:
    async with server(Sorting(to_recipient=to_recipient, to_letter=to_letter)) as port:
        refused = await failure(port)
    assert type(refused) is kind
    assert refused.code == min(to_recipient, to_letter, key=lambda said: said == "250 OK")[:3]


async def test_a_server_that_says_nothing_is_waited_for_only_so_long() -> None:
    async with conversation(None) as port:
        with pytest.raises(TryLater) as refused:
            await mailer(port, patience=0.2).send(outgoing())
    assert refused.value.outcome is Outcome.TIMEOUT


@pytest.mark.parametrize("greeting", [b"", b"421 4.3.2 come back in an hour\r\n", b"what do you want?\r\n"])
async def test_a_server_that_hangs_up_is_tried_later(greeting: bytes) -> None:
    async with conversation(greeting) as port:
        assert type(await failure(port)) is TryLater


async def test_a_server_that_is_not_there_is_tried_later() -> None:
    async with server(Sorting()) as port:
        pass
    assert type(await failure(port)) is TryLater


async def test_a_password_never_travels_in_the_clear() -> None:
    sorting = Sorting()
    clear = server(sorting, authenticator=knows("hub", "secret"), auth_require_tls=False)
    async with clear as port:
        refused = await failure(port, password="secret")
    assert type(refused) is GiveUp
    assert sorting.letters == []


async def test_a_letter_and_its_password_travel_encrypted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, chain = certified(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(chain))
    sorting = Sorting()
    async with server(sorting, tls_context=context, authenticator=knows("hub", "secret"), auth_required=True) as port:
        await mailer(port, password="secret").send(outgoing())
        refused = await failure(port, password="wrong")
    assert sorting.encrypted == [True]
    assert type(refused) is GiveUp
    assert "wrong" not in refused.detail


async def test_a_server_that_nobody_vouches_for_hears_no_password(tmp_path: Path) -> None:
    context, _ = certified(tmp_path)
    sorting = Sorting()
    heard: list[Any] = []

    def listens(*told: Any) -> AuthResult:
        heard.append(told)
        return AuthResult(success=True)

    async with server(sorting, tls_context=context, authenticator=listens) as port:
        await failure(port, password="secret")
    assert (heard, sorting.letters) == ([], [])


async def test_a_line_break_in_a_head_is_refused_before_anything_is_sent() -> None:
    sorting = Sorting()
    async with server(sorting) as port:
        with pytest.raises(GiveUp):
            await mailer(port).send(outgoing(subject="Confirmed\r\nBcc: everybody@example.com"))
    assert sorting.letters == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.test", Relay(host="mail.test", port=587)),
        ("smtp://127.0.0.1:8925", Relay(host="127.0.0.1", port=8925)),
        (
            "smtp://hub%40mail.test:s%3Acret@mail.test:2525",
            Relay(host="mail.test", port=2525, user="hub@mail.test", password="s:cret"),
        ),
        ("smtps://u:p@mail.test", Relay(host="mail.test", port=465, user="u", password="p", tls=True)),
    ],
)
def test_the_address_of_a_mail_server_says_how_to_reach_it(url: str, expected: Relay) -> None:
    assert relay(url) == expected


@pytest.mark.parametrize("url", ["mail.test", "http://u:topsecret@mail.test", "smtp://"])
def test_what_is_no_address_is_refused_without_repeating_its_password(url: str) -> None:
    with pytest.raises(ValueError, match="MAIL_URL has to look like") as refused:
        relay(url)
    assert "topsecret" not in str(refused.value)
