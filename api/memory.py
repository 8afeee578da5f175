"""Hot answers from process memory: a search is read from Redis once, then every view of it is rendered once a second."""

import random
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from api import bodies, pages, paging, present, views
from api.bodies import Coding, Rendering
from api.pages import Pages
from api.verticals import VERTICALS
from domain.freshness import due_early, last_stretch
from domain.offers import Offer
from domain.searches import Result, Search, Status
from storage.pages import Page

# Structs, strings and times of a decoded search take about this many times the bytes of its encoding.
_DECODED: Final = 6
_MOST_VIEWS: Final = 64  # of one search
_MOST_SHORTCUTS: Final = 100_000  # of less than a kilobyte
# While nobody tells us what has grown, an answer is looked up again in Redis this often at most.
_LOOKED_UP: Final = timedelta(milliseconds=500)

Slot = tuple[str, Coding]
# A request as it came, by path, query string and Accept-Encoding: equal ones want the same, whatever the bytes mean.
Visited = tuple[str, bytes, bytes]


class Shortcut(msgspec.Struct, frozen=True, kw_only=True):
    """What a request turned out to mean; `until` is when the question stops making sense (its day is over)."""

    search_id: str
    route: str
    view: views.View
    slot: Slot
    link_before: str
    until: datetime


class Hot(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that needs no thought; `link` leads to the next page."""

    search_id: str
    route: str
    rendering: Rendering
    link: bytes | None


class _Rendered(msgspec.Struct, frozen=True, kw_only=True):
    """True from `since` to `until`: for the second in which the age is the same, and no longer than it is fresh."""

    since: datetime
    until: datetime
    rendering: Rendering


class Held:
    """One search in memory, with its facets, the findings of each view and their newest renderings.

    Until `unattended_until` it may be served without a thought: it is complete and fresh, or its refresh is queued.
    After that, and as long as it is fresh, those who ask draw lots, and whoever loses has it refreshed.
    """

    __slots__ = (
        "_due", "_facets", "_findings", "_offers", "_rendered", "_took", "_vertical", "checked_at", "epoch", "fetched_at",
        "search", "size", "unattended_until",
    )  # fmt: skip

    def __init__(self, search: Search, *, now: datetime, epoch: int) -> None:
        self.search: Final = search
        self.fetched_at: Final = search.fetched_at
        self.epoch = epoch
        self.checked_at = now
        self.size = _DECODED * len(msgspec.msgpack.encode(search))
        self._took: Final = timedelta(milliseconds=max((part.took_ms or 0 for part in search.suppliers), default=0))
        self._due = False
        self.unattended_until = self._until_lots_are_drawn()
        self._offers: Final = {offer.id: offer for result in search.results for offer in result.offers}
        self._vertical: Final = VERTICALS[search.query.vertical]
        self._facets: msgspec.Struct | None = None
        self._findings: Final[dict[str, tuple[bytes, str | None]]] = {}
        self._rendered: Final[dict[Slot, _Rendered]] = {}

    @property
    def version(self) -> tuple[datetime, int]:
        return self.search.started_at, self.search.version

    def wants_refresh(self, now: datetime, chance: Callable[[], float]) -> bool:
        """Whether the one who asks now should see to it. Whoever has lost the draw once has lost it for good."""
        if now < self.unattended_until:
            return False
        until = self.search.fresh_until
        if until is None or not self.search.ended or self.search.status is not Status.COMPLETE:
            return True
        self._due = self._due or due_early(until, now, took=self._took, draw=chance())
        return self._due

    def attended(self, until: datetime) -> None:
        """Somebody sees to it; if nothing has come of that by then, the next one does."""
        self.unattended_until, self._due = until, False

    def _until_lots_are_drawn(self) -> datetime:
        search = self.search
        if not search.ended or search.fresh_until is None:
            return search.started_at
        return search.fresh_until - last_stretch(self._took) if search.status is Status.COMPLETE else search.fresh_until

    def rendering(self, view: views.View, slot: Slot, now: datetime) -> Rendering:
        """The answer as it is to be sent now, made at most once a second for each view and coding."""
        made = self._rendered.get(slot)
        if made is not None and made.since <= now < made.until:
            return made.rendering
        freshness = present.freshness(self.search, now)
        rendering = bodies.rendering(
            present.answer_bytes(present.head(self.search, now), self._found(view, slot[0])[0]),
            slot[1],
            version=f"{pages.tag_of(self.search, slot[0], freshness)}-{slot[1]}",
            cache_control=self._cache_control(now),
            age=present.age_seconds(self.search, now),
        )
        self.size += len(rendering.body) - (0 if made is None else len(made.rendering.body))
        since, until = self._second(now)
        self._rendered[slot] = _Rendered(since=since, until=until, rendering=rendering)
        return rendering

    def _second(self, now: datetime) -> tuple[datetime, datetime]:
        """In which the answer looks as it does now."""
        search = self.search
        since = (search.fetched_at or now) + timedelta(seconds=present.age_seconds(search, now) or 0)
        until = since + timedelta(seconds=1)
        if search.fresh_until is None or not since < search.fresh_until < until:
            return since, until
        return (since, search.fresh_until) if now < search.fresh_until else (search.fresh_until, until)

    def offer(self, offer_id: str) -> Offer | None:
        return self._offers.get(offer_id)

    def page(self, view: views.View, key: str, now: datetime) -> Page | None:
        """The same page packed, None where it takes a thought to serve it."""
        found, following = self._found(view, key)
        tag = pages.tag_of(self.search, key, present.freshness(self.search, now))
        return pages.packed(
            self.search, found, following, tag=tag, unattended_until=self._until_lots_are_drawn(), now=now
        )

    def next_cursor(self, view: views.View, key: str) -> str | None:
        return self._found(view, key)[1]

    def _found(self, view: views.View, key: str) -> tuple[bytes, str | None]:
        """Results, facets and page as JSON, and the cursor of the next page."""
        found = self._findings.get(key)
        if found is None:
            query, vertical = self.search.query, self._vertical
            if self._facets is None:
                self._facets = vertical.facets(self.search.results, query)
            page = views.seen(self.search, view, vertical.lens)
            shown = (vertical.shown(seen, query) for seen in page.items)
            found = present.findings(shown, self._facets, page), page.next
            self._keep_few_views()
            self._findings[key] = found
            self.size += len(found[0])
        return found

    def _keep_few_views(self) -> None:
        """A client that tries every filter must not fill the memory with one search."""
        if len(self._findings) < _MOST_VIEWS:
            return
        self.size -= sum(len(found[0]) for found in self._findings.values())
        self.size -= sum(len(made.rendering.body) for made in self._rendered.values())
        self._findings.clear()
        self._rendered.clear()

    def _cache_control(self, now: datetime) -> str:
        """Caches count from when the suppliers were asked: the Age header says how much of it is gone."""
        search = self.search
        if not search.ended or not search.fresh(now) or search.fresh_until is None or search.fetched_at is None:
            return "no-cache"
        return f"public, max-age={int((search.fresh_until - search.fetched_at).total_seconds())}"


class Answers:
    """All searches that this process holds, within `most_bytes`; the least used ones go first.

    What they leave of it is the pages', of which hundreds take the room of one search.
    `told` is whether arrivals reach us: what grows elsewhere is then dropped here. After a break of the subscription
    everything was perhaps missed, so each search is looked up once more before it is served again.
    """

    def __init__(self, *, most_bytes: int, page_bytes: int = 0, chance: Callable[[], float] = random.random) -> None:
        """`page_bytes` are the pages' own. `chance` draws the lots, each from 0 up to 1."""
        self._most_bytes: Final = most_bytes
        self._page_bytes: Final = page_bytes
        self.pages: Final = Pages(most_bytes=most_bytes + page_bytes)
        self.chance: Final = chance
        self._held: Final[OrderedDict[str, Held]] = OrderedDict()
        self._shortcuts: Final[dict[Visited, Shortcut]] = {}
        self.epoch = 0
        self.told = False
        self.size = 0

    def __len__(self) -> int:
        return len(self._held)

    def hot(self, visited: Visited, now: datetime) -> Hot | None:
        """For a request that came before and needs no thought; None for all others."""
        known = self._shortcuts.get(visited)
        if known is None or not self.told or now >= known.until:
            return None
        held = self._held.get(known.search_id)
        if held is None:
            return self._hot_page(known, now)
        if held.epoch != self.epoch:
            return None
        if now >= held.unattended_until and held.wants_refresh(now, self.chance):
            return None
        self._held.move_to_end(known.search_id)
        rendering = self.rendering(held, known.view, known.slot, now)
        return _hot(known, rendering, held.next_cursor(known.view, known.slot[0]))

    def known(self, visited: Visited, now: datetime) -> Shortcut | None:
        """What a request that came before has meant, and means still."""
        known = self._shortcuts.get(visited)
        return None if known is None or now >= known.until else known

    def _hot_page(self, known: Shortcut, now: datetime) -> Hot | None:
        page = self.pages.get(known.search_id, known.slot[0], now, epoch=self.epoch)
        return None if page is None else self.hot_page(known, page, now)

    def hot_page(self, known: Shortcut, page: Page, now: datetime) -> Hot:
        return _hot(known, self.pages.rendering(page, *known.slot, now), page.next)

    def remember(self, visited: Visited, shortcut: Shortcut) -> None:
        while len(self._shortcuts) >= _MOST_SHORTCUTS:
            del self._shortcuts[next(iter(self._shortcuts))]
        self._shortcuts[visited] = shortcut

    def rendering(self, held: Held, view: views.View, slot: Slot, now: datetime) -> Rendering:
        before = held.size
        rendering = held.rendering(view, slot, now)
        if held.size != before and self._held.get(held.search.id) is held:
            self.size += held.size - before
            self._make_room()
        return rendering

    def offer(self, offer_id: str, now: datetime) -> Offer | None:
        """An offer of any search that is held, the latest used ones looked at first; it may have expired."""
        held = self.offering(offer_id, now)
        return None if held is None else held.offer(offer_id)

    def offering(self, offer_id: str, now: datetime) -> Held | None:
        """The search that has the offer, the latest used one of several."""
        for search_id in reversed(tuple(self._held)):
            held = self.get(search_id, now)
            if held is not None and held.offer(offer_id) is not None:
                return held
        return None

    def result(self, result_id: str, now: datetime) -> Result | None:
        """What a search that is held shows under this id; all of them are looked through, the latest used ones first."""
        for search_id in reversed(tuple(self._held)):
            held = self.get(search_id, now)
            found = next((one for one in held.search.results if one.id == result_id), None) if held else None
            if found is not None:
                return found
        return None

    def holds(self, search_id: str) -> bool:
        return search_id in self._held

    def get(self, search_id: str, now: datetime) -> Held | None:
        """What is held and not past its time, perhaps not the latest."""
        held = self._held.get(search_id)
        if held is not None and held.search.expires_at is not None and now >= held.search.expires_at:
            self.drop(search_id)
            return None
        return held

    def trusted(self, held: Held, now: datetime) -> bool:
        """Whether it is the latest, as far as anybody can know without asking Redis."""
        if self.told:
            return held.epoch == self.epoch
        return now - held.checked_at < _LOOKED_UP

    def hold(self, search: Search, now: datetime, *, epoch: int) -> Held:
        """The search as read from Redis in the given epoch. An older state than the one held changes nothing."""
        held = self._held.get(search.id)
        if held is not None and held.version >= (search.started_at, search.version):
            self.confirm(held, now, epoch=epoch)
            return held
        self.drop(search.id)
        held = self._held[search.id] = Held(search, now=now, epoch=epoch)
        self.size += held.size
        self._make_room()
        return held

    def confirm(self, held: Held, now: datetime, *, epoch: int) -> None:
        held.epoch, held.checked_at = epoch, now

    def drop(self, search_id: str) -> None:
        held = self._held.pop(search_id, None)
        if held is not None:
            self.size -= held.size
            self._share_out()

    def grew(self, search_id: str, started_ms: int, version: int) -> None:
        """Somebody published this version: an older one is of no use any more."""
        self.pages.grew(search_id, started_ms, version)
        held = self._held.get(search_id)
        if held is not None and (int(held.search.started_at.timestamp() * 1000), held.search.version) < (
            started_ms,
            version,
        ):
            self.drop(search_id)

    def doubt(self) -> None:
        """Arrivals may have been missed."""
        self.epoch += 1

    def forget_shortcuts(self) -> None:
        """The airports have changed: what a request means is found out anew."""
        self._shortcuts.clear()

    def _make_room(self) -> None:
        while self.size > self._most_bytes and self._held:
            _, dropped = self._held.popitem(last=False)
            self.size -= dropped.size
        self._share_out()

    def _share_out(self) -> None:
        self.pages.resize(self._page_bytes + self._most_bytes - self.size)


def _hot(known: Shortcut, rendering: Rendering, following: str | None) -> Hot:
    link = paging.link(known.link_before, following).encode() if following is not None else None
    return Hot(search_id=known.search_id, route=known.route, rendering=rendering, link=link)
