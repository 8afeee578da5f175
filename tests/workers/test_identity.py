"""What workers do about outside issuers: read their keys for everybody, and exchange codes."""

import httpx
import msgspec
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.identity.oidc import IdentityDesk
from domain.enquiries import SignInEnquiry, enquiry_id
from domain.issuers import Issuer
from domain.jobs import AnswerEnquiry, RefreshIssuers
from domain.searches import Outcome
from storage import issuers
from storage.engine import transaction
from storage.enquiries import EnquiryBook, Told
from tests.adapters.identity.issuer import ISSUER, URL, begun, network, ordered
from tests.workers.conftest import MakeTools
from workers.enquiries import answer_enquiry
from workers.identity import refresh_issuers
from workers.tools import Tools

ASKED = SignInEnquiry(ticket="monday")


def tools_with(tools: MakeTools, over: httpx.AsyncBaseTransport, *more: Issuer) -> Tools:
    believed = {one.url: one for one in (ISSUER, *more)}
    return msgspec.structs.replace(tools(), identity=IdentityDesk(believed, over=over))


async def told(tools: Tools) -> Told:
    await answer_enquiry(AnswerEnquiry(enquiry=ASKED), tools)
    latest = (await EnquiryBook(tools.redis).latest(enquiry_id(ASKED))).told
    assert latest is not None
    return latest


async def test_keys_are_read_anew_and_of_who_does_not_answer_the_old_ones_stay(
    tools: MakeTools, engine: AsyncEngine
) -> None:
    over = network()
    with_two = tools_with(tools, over, Issuer(url="http://127.0.0.1:8900/nowhere", audience="us"))
    for keys in (1, 2):
        await refresh_issuers(RefreshIssuers(), with_two)
        async with transaction(engine) as connection:
            (known,) = await issuers.every(connection)
        assert (known.issuer, len(known.keys)) == (URL, keys)
        await ordered(over, "rotate")
    down = httpx.MockTransport(lambda _: httpx.Response(503))
    await refresh_issuers(RefreshIssuers(), tools_with(tools, down))
    async with transaction(engine) as connection:
        assert await issuers.every(connection) == (known,)


async def test_a_code_is_exchanged_once_and_the_queue_never_knew_it(tools: MakeTools) -> None:
    over = network()
    ours, sign_in = tools_with(tools, over), await begun(over)
    await issuers.begin(ours.redis, ASKED.ticket, sign_in)
    (token,) = (await told(ours)).of(str)
    assert token.count(".") == 2
    assert sign_in.code not in msgspec.json.encode(ASKED).decode()
    assert await issuers.take(ours.redis, ASKED.ticket) is None


async def test_a_sign_in_that_nobody_began_and_a_code_that_is_wrong_are_refused(tools: MakeTools) -> None:
    over = network()
    ours = tools_with(tools, over)
    assert [report.status for report in (await told(ours)).reports] == [Outcome.REFUSED]
    await ours.redis.flushdb()
    await issuers.begin(ours.redis, ASKED.ticket, msgspec.structs.replace(await begun(over), code="made up"))
    assert [report.status for report in (await told(ours)).reports] == [Outcome.REFUSED]
