"""Why an answer is what it is: its archived replies read once more, what was taken for the same, and how long it was true."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from typing import Final

import msgspec
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.kit.registry import suppliers
from cli.stops import Stop
from domain.explaining import Verdict
from domain.fetches import Fetch, KeptResult
from domain.offers import Offer
from domain.places import Atlas
from storage import airports, cities, fetches, offers, reasons
from storage.engine import create_engine, transaction
from storage.failures import StorageDown
from storage.matches import Record
from workers.explaining import Explained, Reread, explained

_Ask = Callable[[AsyncConnection], Awaitable["Explanation"]]
_COLOURS: Final = {Verdict.EQUAL: "green", Verdict.DIFFERS: "red", Verdict.UNKNOWN: "yellow"}
_CLOCK: Final = "%Y-%m-%d %H:%M:%S"
_MOST_JOINED: Final = 10  # results of several suppliers that a whole search shows


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """A fetch with every part read again. `offer` and `result` are what was asked about, where it was an offer.

    `records` are why records were taken for one hotel, by the hotel's id.
    """

    fetch: Fetch
    parts: tuple[Explained, ...]
    records: dict[str, tuple[Record, ...]]
    offer: Offer | None = None
    result: KeptResult | None = None

    @property
    def true(self) -> bool:
        """Nothing that was read again is other than it was."""
        return all(part.compared.verdict is not Verdict.DIFFERS for part in self.parts)


def told(database_url: str, *, offer: str, search: str) -> Explanation:
    """The latest fetch of a search, or the latest in which an offer stood as it is kept. Raises Stop."""
    if bool(offer) == bool(search):
        raise Stop("Tell what to explain: the id of an offer, or --search and the id of a search.")
    if search:
        return _run(database_url, lambda connection: _of_search(connection, search))
    return _run(database_url, lambda connection: _of_offer(connection, offer))


def shown(explanation: Explanation) -> Iterator[RenderableType]:
    """For people: the question, the replies, whether they give the same, the limits, and who was taken for whom."""
    fetch = explanation.fetch
    yield Text(f"{fetch.query.key}", "bold")
    yield Text(f"Search {fetch.search_id}, asked at {_clock(fetch.started_at)}, version {fetch.version}.")
    if explanation.offer is not None:
        offer = explanation.offer
        yield Text(f"Offer {offer.id} of {offer.supplier}: {offer.price}, told at {_clock(offer.fetched_at)}.")
    for part in explanation.parts:
        yield from _part(part)
    yield ""
    yield from _limits(fetch)
    for rate in fetch.rates:
        yield Text(f"1 {rate.currency} is {rate.rate:f} {rate.into} ({rate.rate_on}), for {rate.offers} offers.")
    for result in _worth_showing(explanation):
        yield ""
        yield from _result(result, explanation.records.get(result.id, ()))


async def _of_search(connection: AsyncConnection, search_id: str) -> Explanation:
    fetch = await fetches.latest(connection, search_id)
    if fetch is None:
        raise Stop(
            f"No search {search_id} is in the books: they are kept for three days, of searches that found something."
        )
    return await _explained(connection, fetch, None)


async def _of_offer(connection: AsyncConnection, offer_id: str) -> Explanation:
    kept = await offers.kept(connection, offer_id)
    if kept is None:
        raise Stop(f"No offer {offer_id} is in the books: they go a day after they can't be booked any more.")
    fetch = await fetches.with_offer(connection, kept.query.id, offer_id, kept.offer.fetched_at)
    if fetch is None:
        raise Stop(f"The search that made the offer {offer_id} is forgotten: that happens after three days.")
    return await _explained(connection, fetch, kept.offer)


async def _explained(connection: AsyncConnection, fetch: Fetch, offer: Offer | None) -> Explanation:
    listed = await airports.every(connection)
    atlas = Atlas((one.airport for one in listed), await cities.every(connection))
    parts = await explained(connection, fetch, suppliers(), atlas)
    result = (
        None if offer is None else next(one for one in fetch.results if offer.id in {each.id for each in one.offers})
    )
    told = Explanation(fetch=fetch, parts=parts, records={}, offer=offer, result=result)
    records = {one.id: await reasons.records(connection, one) for one in _worth_showing(told)}
    return msgspec.structs.replace(told, records={hotel: tuple(held.values()) for hotel, held in records.items()})


def _run(database_url: str, ask: _Ask) -> Explanation:
    try:
        return asyncio.run(_asked(database_url, ask))
    except StorageDown as error:
        raise Stop(f"{str(error).strip().rstrip('.')}.") from error
    except ProgrammingError as error:
        raise Stop("This database is not of this version: `travelhub migrate` brings it up to date.") from error
    except ValueError as error:
        raise Stop(f"{error}.") from error


async def _asked(database_url: str, ask: _Ask) -> Explanation:
    engine = create_engine(database_url, connections=1, name="travelhub explain")
    try:
        async with transaction(engine) as connection:
            return await ask(connection)
    finally:
        await engine.dispose()


def _worth_showing(told: Explanation) -> tuple[KeptResult, ...]:
    """The result that was asked about, else the first that several suppliers sell."""
    if told.result is not None:
        return (told.result,)
    joined = (one for one in told.fetch.results if len({offer.supplier for offer in one.offers}) > 1)
    return tuple(one for one, _ in zip(joined, range(_MOST_JOINED), strict=False))


def _part(part: Explained) -> Iterator[RenderableType]:
    report, compared = part.report, part.compared
    yield ""
    words = f"{report.offers} offers, {report.skipped_records} skipped"
    yield Text.assemble(
        (report.supplier, "bold"), f" {report.status}: {words}", f", {report.detail}" * bool(report.detail)
    )
    verdict = f"{compared.verdict}: {compared.kept} kept, {compared.read_again} read again"
    yield Text.assemble("  ", (verdict, _COLOURS[compared.verdict]), f", {compared.why}" * bool(compared.why))
    if part.replies:
        yield _replies(part.replies)


def _replies(rereads: tuple[Reread, ...]) -> Table:
    drawn = Table(box=None, pad_edge=True, header_style="bold", padding=(0, 2, 0, 0))
    for heading in ("Reply", "Operation", "Status", "Received", "Bytes", "Read by", "Records", "Skipped", ""):
        drawn.add_column(heading)
    for one in rereads:
        told = one.reply
        facts = (str(told.id), told.operation, str(told.status), _clock(told.received_at), f"{told.size:,}")
        drawn.add_row(*facts, one.reader or "", f"{one.records:,}", f"{one.skipped:,}", one.failure or "")
    return drawn


def _limits(fetch: Fetch) -> Iterator[RenderableType]:
    for ruling in fetch.rulings:
        decides = [
            word
            for word, mine, its in (
                ("fresh", ruling.life.fresh_until, fetch.fresh_until),
                ("usable", ruling.life.expires_at, fetch.expires_at),
            )
            if mine == its
        ]
        limits = f"fresh until {_clock(ruling.life.fresh_until)}, usable until {_clock(ruling.life.expires_at)}"
        decision = f" (decides how long it is {' and '.join(decides)})" if decides else ""
        yield Text(f"Limit: {ruling.why}: {limits}{decision}")


def _result(result: KeptResult, records: tuple[Record, ...]) -> Iterator[RenderableType]:
    sellers = ", ".join(dict.fromkeys(offer.supplier for offer in result.offers))
    yield Text(f"Result {result.id}: {len(result.offers)} offers of {sellers}")
    yield Text(f"  {result.alike}")
    if not records and any(offer.property is not None for offer in result.offers):
        yield Text("  Joined by what their suppliers told at the time; the judgement is not written down yet.")
    for record in records:
        supplier, told_id = record.key
        score = "" if record.why.score is None else f" {record.why.score:.2f}"
        reasons = "; ".join(record.why.reasons) or "alone, or not judged yet"
        yield Text(f"  {supplier}:{told_id} {record.told.name}{score}: {reasons}")


def _clock(instant: datetime) -> str:
    return f"{instant:{_CLOCK}}"
