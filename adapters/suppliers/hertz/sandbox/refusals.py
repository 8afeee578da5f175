"""How the pretend Hertz says no: status 200 and codes of the lists EWT and ERR."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

BUSINESS, AUTHENTICATION, AUTHORISATION, NOT_IMPLEMENTED, PROTOCOL, MISSING = "3", "4", "6", "2", "7", "10"

# code of ERR -> its sentence. The pairs of code and sentence are ours: nobody has published a real one.
_SENTENCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "95": "RESERVATION ALREADY CANCELLED",
        "97": "RESERVATION NOT FOUND",
        "189": "PAYMENT NOT AUTHORIZED",
        "211": "RENTAL TOO LONG",
        "212": "RENTAL TOO SHORT",
        "214": "RETURN TIME NOT WITHIN OPERATING HOURS",
        "221": "NO VEHICLE AVAILABLE",
        "222": "ONE WAY RENTAL CROSSES A BORDER",
        "224": "ONE WAY RENTAL NOT ALLOWED",
        "226": "PICKUP DATE HAS PASSED",
        "227": "PICKUP TIME NOT WITHIN OPERATING HOURS",
        "229": "PICKUP LOCATION NOT RECOGNIZED",
        "230": "PICKUP TIME MUST BE BEFORE RETURN TIME",
        "232": "RETURN DATE IS BEFORE PICKUP DATE",
        "233": "RETURN LOCATION NOT RECOGNIZED",
        "234": "SELECTED VEHICLE CLASS NOT AVAILABLE",
        "245": "INVALID CONFIRMATION NUMBER",
        "250": "INVALID SPECIAL EQUIPMENT CODE",
        "263": "NO RATE FOUND",
        "264": "RESERVATION CANNOT BE CANCELLED",
        "281": "RESERVATION REQUIRES PAYMENT",
        "287": "INVALID LAST NAME",
        "310": "LAST NAME MISSING",
        "311": "FIRST NAME MISSING",
        "315": "CONFIRMATION NUMBER MISSING",
        "320": "INVALID VALUE",
        "321": "REQUIRED FIELD MISSING",
        "436": "RATE DOES NOT EXIST",
        "450": "UNABLE TO PROCESS",
    }
)

# Why the world rents nothing out -> code of ERR, or a sentence where the list has no code.
BY_REASON: Final[Mapping[str, str]] = MappingProxyType(
    {
        "no_counter": "229",
        "no_return_counter": "233",
        "in_the_past": "226",
        "too_short": "212",
        "too_long": "211",
        "one_way": "224",
        "closed": "227",
        "closed_at_return": "214",
    }
)
TOO_YOUNG: Final = "DRIVER DOES NOT MEET MINIMUM AGE"


class Refused(Exception):
    """`kind` is a type of EWT; `code` one of ERR, None where only the sentence tells."""

    def __init__(self, code: str | None, sentence: str | None = None, *, kind: str = BUSINESS) -> None:
        self.code: Final = code
        self.kind: Final = kind
        self.sentence: Final = sentence or _SENTENCES.get(code or "", "ERROR")
        super().__init__(self.sentence)


def missing(what: str) -> Refused:
    return Refused("321", f"REQUIRED FIELD MISSING - {what}".upper()[:64], kind=MISSING)


def invalid(what: str) -> Refused:
    return Refused("320", f"INVALID VALUE - {what}".upper()[:64])
