"""Which post office the environment names."""

import pytest

from adapters.mail.registry import post_office
from adapters.mail.sendgrid import SendGridMailer
from adapters.mail.smtp import SmtpMailer
from sandbox.mailbox.letters import Mailbox
from sandbox.mailbox.post import slot
from tests.adapters.mail.post import outgoing

SENDER = {"MAIL_FROM": "Hub <hub@example.org>"}


async def test_with_nothing_set_letters_go_to_the_mailbox_on_this_machine() -> None:
    mailbox = Mailbox()
    async with slot(mailbox, host="127.0.0.1", port=0) as port:
        office = post_office({"MAILBOX_SMTP_PORT": str(port)})
        await office.mailer.send(outgoing(sender=office.sender))
    (letter,) = mailbox.listed()
    assert letter.sender == "TravelHub <bookings@travelhub.example>"


def test_a_mail_server_goes_before_the_mailbox() -> None:
    office = post_office({**SENDER, "MAIL_URL": "smtp://u:p@mail.test", "MAIL_CONTACT": "+44 20 7946 0000"})
    assert isinstance(office.mailer, SmtpMailer)
    assert (office.sender, office.contact) == ("Hub <hub@example.org>", "+44 20 7946 0000")


async def test_a_key_of_sendgrid_connects_sendgrid() -> None:
    office = post_office({**SENDER, "SENDGRID_API_KEY": "SG.secret"})
    assert isinstance(office.mailer, SendGridMailer)
    await office.mailer.aclose()


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"MAIL_URL": "smtp://mail.test"}, "MAIL_FROM is not set"),
        ({"SENDGRID_API_KEY": "SG.secret"}, "MAIL_FROM is not set"),
        ({**SENDER, "MAIL_URL": "smtp://mail.test", "SENDGRID_API_KEY": "SG.secret"}, "only one way"),
        ({"MAIL_FROM": "TravelHub"}, "a sender looks like"),
        ({"MAILBOX_SMTP_PORT": "here"}, "must be a whole number"),
    ],
)
def test_what_makes_no_sense_is_named(environment: dict[str, str], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence) as refused:
        post_office(environment)
    assert "SG.secret" not in str(refused.value)
