"""Outside issuers: what they publish is read here for all processes, and codes are exchanged here for tokens."""

from functools import partial
from typing import Final
from urllib.parse import urlsplit

import structlog

from adapters.kit.failures import Failure, GiveUp
from domain.enquiries import SignInEnquiry
from domain.issuers import SignIn
from domain.jobs import RefreshIssuers
from domain.searches import Outcome
from storage import issuers
from storage.engine import transaction
from workers.hearing import Heard, Words, heard
from workers.tools import Tools

_log: Final = structlog.get_logger(__name__)


async def refresh_issuers(_: RefreshIssuers, tools: Tools) -> None:
    """All that we believe, each by itself: of one that does not answer the keys that are held stay good."""
    for issuer in tools.identity.issuers.values():
        try:
            published = await tools.identity.published(issuer)
        except Failure as failure:
            _log.warning("issuer.failed", issuer=issuer.url, outcome=failure.outcome, detail=failure.detail)
            continue
        async with transaction(tools.engine) as connection:
            await issuers.keep(connection, published, now=tools.now())
        _log.info("issuer.read", issuer=issuer.url, keys=len(published.keys))


async def exchanged(enquiry: SignInEnquiry, tools: Tools, _deadline: float) -> Heard:
    """The token for a code. Whoever comes second finds nothing: a code is good once, and so is a sign-in."""
    begun = await issuers.take(tools.redis, enquiry.ticket)
    name = "sign-in" if begun is None else urlsplit(begun.issuer).hostname or begun.issuer
    return await heard(name, partial(_exchanged, begun, tools))


async def _exchanged(begun: SignIn | None, tools: Tools) -> Words:
    """Raises Failure."""
    issuer = None if begun is None else tools.identity.issuers.get(begun.issuer)
    if begun is None or issuer is None:
        raise GiveUp("token: nobody is signing in by this name", outcome=Outcome.REFUSED)
    async with transaction(tools.engine) as connection:
        published = await issuers.get(connection, issuer.url)
    if published is None:
        published = await tools.identity.published(issuer)
    return Words(records=(await tools.identity.exchanged(published, issuer, begun),))
