"""What a supplier said, kept for a while: the raw reply and the call that it answered, without secrets and travellers."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Final, Protocol

import msgspec
import zstandard

from adapters.kit import masking
from adapters.kit.calls import Call, Reply

_ABOUT: Final[ContextVar[str | None]] = ContextVar("about", default=None)

# About the connection and not about the answer, or able to speak for us.
_LEFT_OUT: Final = frozenset(
    {
        "alt-svc",
        "authorization",
        "connection",
        "content-encoding",
        "content-length",
        "content-security-policy",
        "keep-alive",
        "proxy-authenticate",
        "server",
        "set-cookie",
        "strict-transport-security",
        "transfer-encoding",
        "www-authenticate",
    }
)

# Whatever a supplier declares: a token that it gives us speaks for us.
_TOKENS: Final = frozenset({"access_token", "refresh_token", "id_token", "client_secret", "password"})


class Archive(Protocol):
    """Where the client puts every whole reply, whatever its status, but never the reply to a request for a token."""

    def keep(self, supplier: str, call: Call, reply: Reply, *, hidden: Collection[str]) -> None:
        """Returns at once and never raises. `call` is without credentials.

        `hidden` are the values of the secrets and tokens that were shown: they are masked however they are written.
        """
        ...


@contextmanager
def about(subject: str) -> Iterator[None]:
    """Replies that come within the block, also those to tasks that it starts, belong to this: `search 5f0c…`."""
    before = _ABOUT.set(subject)
    try:
        yield
    finally:
        _ABOUT.reset(before)


def subject() -> str | None:
    """What the calls that are made here are about, where somebody has said."""
    return _ABOUT.get()


class Sealed(msgspec.Struct, frozen=True, kw_only=True):
    """A call and its reply, fit to be kept: `head` (the call and the reply's headers) and `body` are masked and compressed."""

    supplier: str
    operation: str
    about: str | None
    status: int
    received_at: datetime
    head: bytes
    body: bytes


class _Head(msgspec.Struct, frozen=True, kw_only=True):
    call: Call
    headers: Mapping[str, str]


_head_of: Final = msgspec.json.Decoder(_Head).decode


def sealed(
    supplier: str, call: Call, reply: Reply, *, hidden: Collection[str], private: frozenset[str], about: str | None
) -> Sealed:
    """Masks the values of `hidden`, and what stands under a name of `private` in bodies, parameters and headers."""
    private |= _TOKENS

    def masked(body: bytes) -> bytes:
        return masking.without_secrets(masking.without_private(body, private), hidden)

    headers = [(name, value) for name, value in reply.headers.items() if name not in _LEFT_OUT]
    told = msgspec.structs.replace(
        call,
        params=masking.private_pairs(call.params, private),
        headers=masking.private_pairs(call.headers, private),
        body=None if call.body is None else masked(call.body),
    )
    head = msgspec.json.encode(_Head(call=told, headers=dict(masking.private_pairs(headers, private))))
    compress = zstandard.ZstdCompressor().compress
    return Sealed(
        supplier=supplier,
        operation=call.operation,
        about=about,
        status=reply.status,
        received_at=reply.received_at,
        head=compress(masking.without_secrets(head, hidden)),
        body=compress(masked(reply.body)),
    )


def unsealed(kept: Sealed) -> tuple[Call, Reply]:
    """The call and the reply, as a supplier's `read` takes them."""
    decompress = zstandard.ZstdDecompressor().decompress
    head = _head_of(decompress(kept.head))
    return head.call, Reply(
        status=kept.status, headers=head.headers, body=decompress(kept.body), received_at=kept.received_at
    )
