"""Typed reading of replies: exact decimals, the failing path named, one bad record spoils one record."""

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

import msgspec

from adapters.kit.calls import Reply
from adapters.kit.failures import GiveUp
from domain.searches import Outcome, SkippedRecord

Wire = TypeVar("Wire")
Apart = TypeVar("Apart")
Record = TypeVar("Record")

# No name has it and PostgreSQL keeps no text with it: one such record would take all others of its page with it.
_NUL: Final = rb"\u0000"

_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)  # the last one: nested without end


def decoded(reply: Reply, decoder: "msgspec.json.Decoder[Wire]") -> Wire:
    """The reply's body as wire structs. Raises GiveUp, naming the path, for anything else: HTML, cut or wrong JSON.

    Decode a list whose records may be bad as `list[msgspec.Raw]`, then each record through `each`, or a long one
    with `decoded_together`.
    """
    try:
        return decoder.decode(reply.body)
    except _UNREADABLE as error:
        raise GiveUp(f"unreadable reply: {error}", outcome=Outcome.ERROR) from error


def decoded_together(
    reply: Reply, together: "msgspec.json.Decoder[Wire]", apart: "msgspec.json.Decoder[Apart]"
) -> Wire | Apart:
    """All records in one go, which is fastest; where one of them is bad, `apart`, which leaves each of them to `each`."""
    if _NUL in reply.body:
        return decoded(reply, apart)
    try:
        return together.decode(reply.body)
    except _UNREADABLE:
        return decoded(reply, apart)


def each(
    told: Iterable[Wire | msgspec.Raw],
    decoder: "msgspec.json.Decoder[Wire]",
    make: Callable[[Wire], Record],
    where: str,
) -> tuple[tuple[Record, ...], tuple[SkippedRecord, ...]]:
    """Every record that can be made, and the others with their place (`data[17]`) and reason.

    Records that were decoded together are taken as they are. A record that breaks a rule of the domain (ValueError) is
    skipped just as one of the wrong shape, and so is one with a number beyond all bounds (ArithmeticError).
    """
    records: list[Record] = []
    skipped: list[SkippedRecord] = []
    for index, record in enumerate(told):
        try:
            records.append(make(_alone(record, decoder) if isinstance(record, msgspec.Raw) else record))
        except (ValueError, ArithmeticError) as error:  # msgspec.DecodeError and ValidationError are ValueErrors too
            skipped.append(SkippedRecord(where=f"{where}[{index}]", why=str(error) or type(error).__name__))
    return tuple(records), tuple(skipped)


def _alone(record: msgspec.Raw, decoder: "msgspec.json.Decoder[Wire]") -> Wire:
    if _NUL in bytes(record):
        raise ValueError("holds a NUL character")
    return decoder.decode(record)
