"""A supplier's exchanges asked and read in a process of their own: `python -m tests.conformance.reread`, pickled on stdin.

Another process has another hash seed, and the test gives it another time zone, so that what hangs on either shows.
"""

import pickle
import sys
from collections.abc import Iterable
from typing import Any

import msgspec

from adapters.kit.calls import Call, Reply
from tests.conformance.exchanges import Exchange
from tests.conformance.parts import part


class Material(msgspec.Struct, frozen=True):
    """An exchange on its way to another process, where its part is declared anew."""

    slug: str
    part: str
    about: Any
    call: Call
    reply: Reply

    def exchange(self) -> Exchange:
        return Exchange(part=part(self.slug, self.part), about=self.about, call=self.call, reply=self.reply, position=0)


def packed(exchanges: Iterable[Exchange]) -> bytes:
    material = [Material(each.supplier.slug, each.part.name, each.about, each.call, each.reply) for each in exchanges]
    return pickle.dumps(material)


def unpacked(told: bytes) -> tuple[Exchange, ...]:
    return tuple(material.exchange() for material in pickle.loads(told))  # noqa: S301 -- from the test that started us


def traces(exchange: Exchange) -> bytes:
    """What is asked and what is read, as bytes that are equal only for equal values in the same order."""
    return msgspec.json.encode((exchange.part.ask(exchange.about), exchange.read()))


if __name__ == "__main__":
    for each in unpacked(sys.stdin.buffer.read()):
        sys.stdout.buffer.write(traces(each) + b"\n")
