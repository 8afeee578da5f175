"""The one address: who asks is looked up in the document, what is wanted is the name of its root."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import falcon.asgi
import msgspec

from adapters.suppliers.hertz.sandbox.papers import Element, attribute, element, read, written
from adapters.suppliers.hertz.sandbox.refusals import AUTHENTICATION, AUTHORISATION, NOT_IMPLEMENTED, Refused

_LEVEL: Final = "ota2007a"
_REQUEST: Final = re.compile(r"OTA_Veh\w+RQ")
_COMPANY: Final = "4"
_VENDOR: Final = re.compile(r"sandbox-hertz-vn(-\w+)?")
_PRODUCT: Final = "sandbox-hertz-cp"
_DUTY: Final = "sandboxhertzduty"

# The root of a request -> what it asks for.
ROOTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "OTA_VehAvailRateRQ": "availability",
        "OTA_VehResRQ": "book",
        "OTA_VehRetResRQ": "retrieve",
        "OTA_VehCancelRQ": "cancel",
        "OTA_VehLocSearchRQ": "locations",
    }
)

Handler = Callable[[Element], list[Element]]


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """`version` is that of the answer's schema."""

    handler: Handler
    version: str


def operation_in(body: bytes) -> str | None:
    """What a request's document asks for; None for what is none of Hertz's."""
    try:
        return ROOTS.get(read(body).tag)
    except ValueError:
        return None


class Door:
    """`messages` by operation."""

    def __init__(self, messages: Mapping[str, Message]) -> None:
        self._messages: Final = messages

    async def on_post(self, request: falcon.asgi.Request, response: falcon.asgi.Response) -> None:
        """What is no message at all gets the page of a web server, everything else status 200."""
        body = await request.bounded_stream.read()
        try:
            root = read(body)
        except ValueError:
            return _page(response, falcon.HTTP_400, "Bad Request")
        if request.get_param("id") != _LEVEL or not _REQUEST.fullmatch(root.tag):
            return _page(response, falcon.HTTP_404, "Not Found")
        response.content_type = "text/xml; charset=utf-8"
        response.data = written(self._answered(root))
        return None

    def _answered(self, root: Element) -> Element:
        message = self._messages.get(ROOTS.get(root.tag, ""))
        answer = element(
            f"{root.tag.removesuffix('RQ')}RS",
            Version=message.version if message else "2.007",
            Target="Test",
            SequenceNmbr=attribute(root, "SequenceNmbr"),
        )
        try:
            _identify(root)
            handler = _not_implemented if message is None else message.handler
            answer.extend([element("Success"), *handler(root)])
        except Refused as refusal:
            error = element(
                "Error",
                Type=refusal.kind,
                ShortText=refusal.sentence,
                Code=refusal.code,
                RecordID=(refusal.code or refusal.kind).zfill(3),
            )
            answer.append(element("Errors", error))
        return answer


def _not_implemented(_: Element) -> list[Element]:
    raise Refused(None, "NOT IMPLEMENTED", kind=NOT_IMPLEMENTED)


def _identify(root: Element) -> None:
    """Raises Refused for values that nobody gave out."""
    sources = root.findall("POS/Source")
    company = next(
        (source for source in sources if attribute(source.find("RequestorID"), "Type") == _COMPANY),
        None,
    )
    if company is None or not _VENDOR.fullmatch(attribute(company.find("RequestorID"), "ID") or ""):
        raise Refused(None, "INVALID VENDOR NUMBER", kind=AUTHENTICATION)
    if attribute(company.find("RequestorID/CompanyName"), "CodeContext") != _PRODUCT:
        raise Refused(None, "INVALID CONSUMER PRODUCT CODE", kind=AUTHORISATION)
    if attribute(company, "AgentDutyCode") != _DUTY:
        raise Refused(None, "INVALID AGENT DUTY CODE", kind=AUTHORISATION)


def _page(response: falcon.asgi.Response, status: str, words: str) -> None:
    response.status = status
    response.content_type = "text/html"
    response.text = f"<html><head><title>{words}</title></head><body><h1>{words}</h1></body></html>"
