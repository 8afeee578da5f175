"""Takes a supplier's exchanges through its folder while somebody counts: `python -m tests.conformance.covering`, as reread.

Everything that is pure is called: each ask with every wish, each reader with the right reply, with each field gone and with
each field of nonsense, each errand once more as an error, and what the headers are read by.
"""

import sys
from collections.abc import Iterator
from contextlib import suppress

import msgspec

from adapters.kit.calls import Reply
from adapters.kit.failures import Failure
from tests.conformance import mutants
from tests.conformance.exchanges import Exchange
from tests.conformance.mutants import Change
from tests.conformance.questions import OTHERWISE
from tests.conformance.reread import unpacked

_CHANGES = ("remove", "nonsense")


def exercise(exchange: Exchange) -> None:
    supplier = exchange.supplier
    for about in _wishes(exchange):
        with suppress(Failure):
            exchange.part.ask(about)
    for reply in (exchange.reply, *_refusals(exchange.reply), *_tampered(exchange)):
        with suppress(Failure):
            exchange.read(reply)
        supplier.refusal(reply)
    for read in (supplier.quota, supplier.retry_after):
        if read is not None:
            read(exchange.reply)
    if supplier.check is not None:
        supplier.check()


def _wishes(exchange: Exchange) -> Iterator[object]:
    yield exchange.about
    if exchange.part.searches:
        for field, value in OTHERWISE[exchange.part.vertical or ""].items():
            yield msgspec.structs.replace(exchange.about, **{field: value})


def _refusals(reply: Reply) -> Iterator[Reply]:
    for status in (400, 401, 404, 409, 429, 500):
        for body in (
            b"",
            b"<html></html>",
            b'{"message": "no", "error": "no", "errors": [{"code": "no"}]}',
            reply.body,
        ):
            yield msgspec.structs.replace(reply, status=status, body=body)


def _tampered(exchange: Exchange) -> Iterator[Reply]:
    for told in mutants.documents(exchange.reply.body):
        for path in mutants.paths(told.value):
            for how in _CHANGES:
                yield mutants.reply_with(exchange.reply, mutants.changed(told, [Change(path=path, how=how)]))
        break


if __name__ == "__main__":
    for each in unpacked(sys.stdin.buffer.read()):
        exercise(each)
