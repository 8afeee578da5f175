"""What payment gateways tell by webhook: signed or refused, kept once, and heeded by a worker."""

from typing import Annotated, Final

import msgspec
import structlog

from api.calls import Asked, Reply, reply
from api.params import Nothing
from api.problems import Kind, Problem, not_there
from api.services import Services
from domain.jobs import HeedGatewayNotices
from domain.payments import BadSignature
from storage import gateway_notices
from storage.engine import transaction
from storage.failures import QueueDown

_log: Final = structlog.get_logger(__name__)


class NoticeReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """It is in our books and need not be sent again."""

    new: Annotated[bool, msgspec.Meta(description="Whether it came for the first time.")]


async def take(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    """For payment gateways only. What is not signed by them, or was signed minutes ago, is refused.

    Nothing in a notice is believed: the payment is looked up at the gateway.
    """
    provider = asked.place["provider"]
    verify = services.signatures.get(provider)
    if verify is None:
        raise not_there(f"There is no payment gateway {provider!r}.")
    try:
        notice = verify(asked.headers, asked.sent, _visited(asked), asked.now)
    except BadSignature as error:
        _log.warning("gateway_notices.refused", gateway=provider, why=str(error))
        raise Problem(Kind.MALFORMED, f"This did not come from {provider}: {error}.") from error
    except ValueError as error:
        _log.error("gateway_notices.unreadable", gateway=provider, why=str(error))
        raise Problem(Kind.MALFORMED, f"This is signed, and no notice: {error}.") from error
    async with transaction(services.engine) as connection:
        new = await gateway_notices.keep(connection, notice, now=asked.now)
    if new:
        await _heed(services)
    return reply(services, asked, NoticeReceipt(new=new))


async def _heed(services: Services) -> None:
    """Where the queue is away the scheduler asks for it seconds later."""
    try:
        await services.queue.put(HeedGatewayNotices())
    except QueueDown as error:
        _log.warning("gateway_notices.not_queued", error=str(error))


def _visited(asked: Asked[Nothing, Nothing]) -> str:
    """The address as the gateway knows it, where nothing in front of us hides it."""
    scheme = asked.headers.get("x-forwarded-proto", "http")
    return f"{scheme}://{asked.headers.get('host', '')}{asked.path}"
