"""The envelope of every message: one address, a root element that says what is wanted, and who asks."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeVar

from adapters.kit.auth import InBody
from adapters.kit.calls import Call, Reply
from adapters.kit.xml import Secret, Tag, Value, decoded_xml, tag, written

Wire = TypeVar("Wire")

SLUG: Final = "hertz"
BRAND: Final = "ZE"

_VENDOR: Final = "HERTZ_VENDOR_NUMBER"
_PRODUCT: Final = "HERTZ_PRODUCT_CODE"
_DUTY: Final = "HERTZ_AGENT_DUTY_CODE"
AUTH: Final = InBody(secrets=(_VENDOR, _PRODUCT, _DUTY))
SANDBOX_SECRETS: Final[Mapping[str, str]] = MappingProxyType(
    {_VENDOR: "sandbox-hertz-vn", _PRODUCT: "sandbox-hertz-cp", _DUTY: "sandboxhertzduty"}
)

# operation -> the message's name without RQ and RS
_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "availability": "OTA_VehAvailRate",
        "book": "OTA_VehRes",
        "retrieve": "OTA_VehRetRes",
        "cancel": "OTA_VehCancel",
        "locations": "OTA_VehLocSearch",
    }
)

# What the answer repeats: by it a search is told from the same question that makes a quote.
SEARCH, QUOTE = "1", "2"

# UniqueID and RequestorID are typed by the code list UIT.
COMPANY, CAR_RENTAL, RESERVATION, CANCELLATION, REFERENCE = "4", "8", "14", "15", "16"

_PATH: Final = "/DirectLinkWEB/handlers/DirectLinkHandler"
_LEVEL: Final = (("id", "ota2007a"),)
_NAMESPACE: Final = "http://www.opentravel.org/OTA/2003/05"
_VERSION: Final = "1.008"


def message(
    operation: str,
    *parts: Tag,
    market: str | None,
    sequence: str = SEARCH,
    reads_only: bool = True,
    **attributes: Value | None,
) -> Call:
    """`market` is the point of sale, on which rates and what they include depend."""
    root = tag(
        f"{_NAMES[operation]}RQ",
        _point_of_sale(market),
        *parts,
        xmlns=_NAMESPACE,
        Version=_VERSION,
        SequenceNmbr=sequence,
        **attributes,
    )
    return Call(
        operation=operation,
        method="POST",
        path=_PATH,
        params=_LEVEL,
        headers=(("content-type", "text/xml; charset=utf-8"), ("accept", "text/xml")),
        body=written(root),
        reads_only=reads_only,
    )


def answer(reply: Reply, operation: str, wire_type: type[Wire]) -> Wire:
    """Raises GiveUp for anything but a readable answer to that operation."""
    return decoded_xml(reply, wire_type, root=answer_name(operation))


def answer_name(operation: str) -> str:
    return f"{_NAMES[operation]}RS"


def _point_of_sale(market: str | None) -> Tag:
    """Who asks, by the values that Hertz gave out, and which of its brands is asked."""
    product = tag("CompanyName", Code="CP", CodeContext=Secret(_PRODUCT))
    return tag(
        "POS",
        tag(
            "Source",
            tag("RequestorID", product, Type=COMPANY, ID=Secret(_VENDOR)),
            ISOCountry=market,
            AgentDutyCode=Secret(_DUTY),
        ),
        tag("Source", tag("RequestorID", Type=CAR_RENTAL, ID=BRAND)),
    )
