"""What a supplier said, kept for a while: the raw reply and the call that it answered, without secrets and travellers."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, Protocol

from adapters.kit.calls import Call, Reply

_ABOUT: Final[ContextVar[str | None]] = ContextVar("about", default=None)


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
