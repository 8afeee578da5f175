"""Typed reading of replies: exact decimals, the failing path named, one bad record spoils one record."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec

from adapters.kit.calls import Reply
from adapters.kit.failures import GiveUp
from domain.searches import Outcome, SkippedRecord

Wire = TypeVar("Wire")
Record = TypeVar("Record")


def decoded(reply: Reply, decoder: "msgspec.json.Decoder[Wire]") -> Wire:
    """The reply's body as wire structs. Raises GiveUp, naming the path, for anything else: HTML, cut or wrong JSON.

    Decode a list whose records may be bad as `list[msgspec.Raw]`, then each record through `each`.
    """
    try:
        return decoder.decode(reply.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:  # the last one: nested without end
        raise GiveUp(f"unreadable reply: {error}", outcome=Outcome.ERROR) from error


def each(
    raws: Iterable[msgspec.Raw], decoder: "msgspec.json.Decoder[Wire]", make: Callable[[Wire], Record], where: str
) -> tuple[tuple[Record, ...], tuple[SkippedRecord, ...]]:
    """Every record that can be made, and the others with their place (`data[17]`) and reason.

    A record that breaks a rule of the domain (ValueError) is skipped just as one of the wrong shape, and so is one
    with a number beyond all bounds (ArithmeticError).
    """
    records: list[Record] = []
    skipped: list[SkippedRecord] = []
    for index, raw in enumerate(raws):
        try:
            records.append(make(decoder.decode(raw)))
        except (ValueError, ArithmeticError) as error:  # msgspec.DecodeError and ValidationError are ValueErrors too
            skipped.append(SkippedRecord(where=f"{where}[{index}]", why=str(error) or type(error).__name__))
    return tuple(records), tuple(skipped)
