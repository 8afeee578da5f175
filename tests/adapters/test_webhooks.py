"""The courier: goes to the address that was looked at, under the name that was asked for, and to no closed network."""

import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from adapters.webhooks import Courier, Message, resolve
from domain.webhooks import Outcome
from tests.webhook_receiver import receiver, status

SECRET: Final = "whsec_bm90IHNvIHNlY3JldCwgYnV0IG9mIHRoaXMgc2l6ZSE="
NAME: Final = "hooks.example"


class Names:
    """A resolver that says one thing after the other, the last one for ever."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers: Final = list(answers)
        self.asked: Final[list[str]] = []

    async def __call__(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def message(url: str) -> Message:
    return Message(id="msg_1", url=url, body=b'{"type":"webhook.test"}', secrets=(SECRET,))


async def sent(courier: Courier, url: str) -> Outcome:
    try:
        return await courier.deliver(message(url), now=datetime.now(UTC))
    finally:
        await courier.aclose()


async def test_the_connection_goes_to_the_resolved_address_under_the_name_of_the_host() -> None:
    names = Names(["127.0.0.1"])
    with receiver() as desk:
        outcome = await sent(Courier(private=True, resolve=names), f"http://{NAME}:{desk.port}/a?b=%20c")
        (heard,) = desk.received
    assert outcome.status == 204
    assert names.asked == [NAME]
    assert heard.headers["host"] == f"{NAME}:{desk.port}"
    assert heard.path == "/a?b=%20c"
    assert heard.verified(SECRET) == {"type": "webhook.test"}
    assert "authorization" not in heard.headers
    assert "cookie" not in heard.headers


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::1"], ["::ffff:127.0.0.1"], ["169.254.169.254"], []],
)
async def test_a_name_that_leads_to_a_closed_network_is_not_called(addresses: list[str]) -> None:
    with receiver() as desk:
        outcome = await sent(Courier(resolve=Names(addresses)), f"https://{NAME}:{desk.port}/")
        assert desk.received == []
    assert outcome.status is None
    assert str(outcome.error).startswith("the URL ")


async def test_a_name_that_is_bent_between_two_looks_gains_nothing() -> None:
    """It led out when somebody subscribed; now it leads inside. What is looked at is where the connection goes."""
    names = Names(["8.8.8.8"], ["127.0.0.1"])
    assert list(await names(NAME)) == ["8.8.8.8"]
    with receiver() as desk:
        outcome = await sent(Courier(resolve=names), f"https://{NAME}:{desk.port}/")
        assert desk.received == []
    assert "127.0.0.1" in str(outcome.error)
    assert names.asked == [NAME, NAME]  # once for each look: nobody asks again to connect


async def test_plain_http_is_for_development_only() -> None:
    with receiver() as desk:
        outcome = await sent(Courier(resolve=Names(["8.8.8.8"])), desk.url)
        assert desk.received == []
    assert outcome.error == "the URL must begin with https://"


async def test_the_next_address_is_tried_where_nobody_listens_at_the_first() -> None:
    with receiver() as desk:
        courier = Courier(private=True, resolve=Names(["::1", "127.0.0.1"]))
        outcome = await sent(courier, f"http://{NAME}:{desk.port}/")
        assert (outcome.status, len(desk.received)) == (204, 1)


async def test_a_redirect_is_an_answer_and_not_a_way_on() -> None:
    with receiver() as inside, receiver(status(307, Location=inside.url)) as desk:
        outcome = await sent(Courier(private=True), desk.url)
        assert (outcome.status, inside.received) == (307, [])


async def test_nobody_there_is_an_outcome_like_any_other() -> None:
    with receiver() as desk:
        url = desk.url
    outcome = await sent(Courier(private=True), url)
    assert outcome.status is None
    assert str(outcome.error).startswith("ConnectError")


async def test_a_host_that_has_no_address_is_said_so() -> None:
    async def nowhere(_: str) -> Sequence[str]:
        raise OSError(-2, "Name or service not known")

    outcome = await sent(Courier(resolve=nowhere), f"https://{NAME}/")
    assert outcome.error == "the host can't be found: Name or service not known"


async def test_addresses_written_as_numbers_are_resolved_to_what_they_are() -> None:
    assert await resolve("127.0.0.1") == ("127.0.0.1",)
    assert await resolve("2130706433") == ("127.0.0.1",)
    assert await resolve("0x7f.1") == ("127.0.0.1",)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of our name, signed by itself, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(called)
        .issuer_name(called)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "desk.pem"
    plain = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(plain + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.mark.parametrize(("name", "arrives"), [(NAME, True), ("other.example", False), ("127.0.0.1", False)])
async def test_a_certificate_is_checked_against_the_name_and_not_the_address(
    certificate: Path, name: str, *, arrives: bool
) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    asked_for: list[str | None] = []
    tls.sni_callback = lambda _socket, told, _context: asked_for.append(told)
    trust = ssl.create_default_context(cafile=str(certificate))
    with receiver(tls=tls) as desk:
        courier = Courier(private=True, resolve=Names(["127.0.0.1"]), trust=trust)
        outcome = await sent(courier, f"https://{name}:{desk.port}/")
        assert len(desk.received) == arrives
    assert (outcome.status == 204) is arrives
    assert arrives or "certificate" in str(outcome.error).lower()
    assert asked_for == [None if _is_address(name) else name]


def _is_address(name: str) -> bool:
    try:
        return bool(ip_address(name))
    except ValueError:
        return False
