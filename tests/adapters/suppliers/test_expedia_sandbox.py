"""The pretend Rapid answers as its documents say, and everything can be bought from it through the kit."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

import httpx
import msgspec
import pytest

from adapters.kit import conversation, drift, ordering
from adapters.kit.access import Access
from adapters.kit.budget import Budget, Window
from adapters.kit.calls import Call
from adapters.kit.client import SupplierClient
from adapters.kit.failures import Answered, GiveUp, TryLater
from adapters.suppliers.expedia import SUPPLIER, itineraries, regions
from adapters.suppliers.expedia.sandbox import OPERATIONS, OUTCOMES, SELLS, World, create_app, credential
from adapters.suppliers.expedia.sandbox.errors import Refused
from adapters.suppliers.expedia.sandbox.gate import Quota, signature
from adapters.suppliers.expedia.sandbox.plays import TEST_HEADER
from domain.enquiries import PlaceEnquiry
from domain.offers import Offer, StayOffer
from domain.orders import (
    Order,
    OrderRequest,
    Quote,
    QuoteRequest,
    Reason,
)
from domain.queries import HotelQuery
from sandbox.hotels.facts import Hotel
from sandbox.outcomes import Wish
from sandbox.world import World as WholeWorld
from tests.builders import ATLAS, NOW, contact, hotel_query, traveller
from tests.memory_attempts import MemoryAttempts

KEY: Final = SUPPLIER.sandbox_secrets["EXPEDIA_API_KEY"]
ROOMY: Final = Budget(windows=(Window(calls=1_000_000, seconds=1),), concurrency=64)
STAY: Final = hotel_query(radius_km=2)
REFERENCE: Final = "TH2B7K9QX4MD"
BOOKING_HEADERS: Final = {"Customer-Ip": "192.0.2.7"}


class Losing(httpx.ASGITransport):
    """A line that breaks after the request has come through, as often as told."""

    def __init__(self, app: Any) -> None:
        super().__init__(app=app)
        self.lost: dict[str, int] = {}
        self.sent: list[tuple[str, str]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append((request.method, request.url.path))
        response = await super().handle_async_request(request)
        if self.lost.get(request.method, 0):
            self.lost[request.method] -= 1
            raise httpx.ReadError("the line is dead", request=request)
        return response


class Rapid:
    """One pretend Rapid, its world, and a client of the kit's that talks to it."""

    def __init__(self) -> None:
        self.world_time = NOW
        self.ahead = timedelta()
        self.world = WholeWorld(seed=1, clock=lambda: self.world_time)
        self.line = Losing(create_app(self.world, self.clock))
        access = Access(base_url="http://rapid.test", secrets=SUPPLIER.sandbox_secrets, budget=ROOMY, live=False)
        self.client = SupplierClient(SUPPLIER, access, shared=None, over=self.line, chance=lambda: 0.0)
        self.attempts = MemoryAttempts()

    def clock(self) -> datetime:
        """The server's own. The kit signs by the real one, so `ahead` is five minutes at most where it calls."""
        return datetime.now(UTC) + self.ahead

    def wish(self, operation: str, outcome: str, *, seconds: float | None = None) -> None:
        self.world.outcomes.add(Wish(supplier="expedia", operation=operation, outcome=outcome, seconds=seconds))

    async def offers(self, query: HotelQuery = STAY) -> tuple[StayOffer, ...]:
        found = await conversation.search(self.client, query, ATLAS, deadline=soon())
        assert found.cut_short is None
        return cast("tuple[StayOffer, ...]", found.offers)

    def hotel(self, offer: Offer) -> Hotel:
        """The truth behind an offer."""
        listing = self.world.hotels.listed("expedia", int(stay(offer).product.property.id))
        assert listing is not None
        hotel = self.world.hotels.by_id(listing.hotel_id)
        assert hotel is not None
        return hotel

    async def quote(self, offer: Offer, query: HotelQuery = STAY) -> Quote:
        return await ordering.quoted(self.client, QuoteRequest(offer=offer, query=query), deadline=soon())

    async def request(
        self, query: HotelQuery = STAY, *, refundable: bool = False, reference: str = REFERENCE, **changed: Any
    ) -> OrderRequest:
        """For the first offer, or the first that costs nothing to cancel."""
        offers = await self.offers(query)
        chosen = next(offer for offer in offers if not refundable or free(offer))
        return OrderRequest(
            reference=reference,
            offer=chosen,
            query=query,
            quote=await self.quote(chosen, query),
            travellers=(traveller(), traveller(given_name="Fred")),
            contact=contact(),
            sent_at=NOW,
            **changed,
        )

    async def book(self, request: OrderRequest, *, now: datetime = NOW) -> Order:
        return await ordering.booked(self.client, request, self.attempts, deadline=soon(), now=lambda: now)

    async def look(self, order: Order) -> Order:
        return await ordering.looked(self.client, "hotels", order, deadline=soon())

    async def find(self, request: OrderRequest) -> Order | None:
        return await ordering.found(self.client, request, deadline=soon())

    async def cancel(self, order: Order) -> Any:
        return await ordering.cancelled(self.client, "hotels", order, deadline=soon())

    async def raw(
        self,
        method: str,
        path: str,
        *,
        key: str = KEY,
        at: datetime | None = None,
        params: Any = (),
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        spelled: str = "EAN APIKey={},Signature={},timestamp={}",
    ) -> httpx.Response:
        stamp = str(int((at or self.clock()).timestamp()))
        shown = {"Authorization": spelled.format(key, signature(key, stamp), stamp), "Accept-Encoding": "identity"}
        async with httpx.AsyncClient(transport=self.line, base_url="http://rapid.test") as http:
            query = httpx.QueryParams(params) if params else None
            return await http.request(method, path, headers={**shown, **(headers or {})}, json=json, params=query)

    async def answer(self, call: Call, **changed: Any) -> httpx.Response:
        """A call of the adapter's, sent by hand."""
        body = msgspec.json.decode(call.body) if call.body else None
        headers = {**dict(call.headers), **changed.pop("headers", {})}
        return await self.raw(call.method, call.path, params=call.params, headers=headers, json=body, **changed)


@pytest.fixture
async def rapid() -> AsyncIterator[Rapid]:
    rapid = Rapid()
    yield rapid
    await rapid.client.aclose()


def stay(offer: Offer) -> StayOffer:
    return cast("StayOffer", offer)


def soon() -> float:
    return asyncio.get_running_loop().time() + 30


def free(offer: StayOffer) -> bool:
    """Costs nothing to cancel now."""
    terms = offer.conditions.cancellation
    return terms is not None and terms.fee_at(NOW) is None


def reason(failure: pytest.ExceptionInfo[Answered]) -> Reason | None:
    return failure.value.reason


def test_the_whole_world_has_what_the_pretend_rapid_needs() -> None:
    world: World = WholeWorld(seed=1, clock=lambda: NOW)
    assert world.now() == NOW


# ---- signature and quota ----


REGIONS: Final = regions.ask(PlaceEnquiry(text="LHR"))


async def test_both_spellings_of_the_signature_are_good(rapid: Rapid) -> None:
    for spelled in ("EAN APIKey={},Signature={},timestamp={}", "EAN apikey={},signature={},timestamp={}"):
        assert (await rapid.answer(REGIONS, spelled=spelled)).status_code == 200


def test_the_signature_is_the_hash_of_key_secret_and_second() -> None:
    """The vector was worked out by the documented rule for an invented key."""
    auth = SUPPLIER.auth
    secrets = {"EXPEDIA_API_KEY": "abc", "EXPEDIA_SHARED_SECRET": "123"}
    signed = auth.signed(REGIONS, secrets, datetime.fromtimestamp(1_700_000_000, UTC))
    shown = dict(signed.headers)["Authorization"]
    assert shown.startswith("EAN APIKey=abc,Signature=37d5d0464582a76f404f12d91bcf07bc4ea603852095a4c88dbcec8f214abb67")
    assert shown.endswith(",timestamp=1700000000")


@pytest.mark.parametrize(("seconds", "status"), [(-301, 401), (-290, 200), (290, 200), (302, 401)])
async def test_five_minutes_of_another_clock_are_forgiven(rapid: Rapid, seconds: int, status: int) -> None:
    response = await rapid.answer(REGIONS, at=rapid.clock() + timedelta(seconds=seconds))
    assert response.status_code == status


@pytest.mark.parametrize("spelled", ["EAN APIKey={},Signature={}0,timestamp={}", "Bearer {}{}{}", ""])
async def test_a_wrong_signature_is_refused_with_four_fields(rapid: Rapid, spelled: str) -> None:
    response = await rapid.answer(REGIONS, spelled=spelled)
    told = response.json()
    assert (response.status_code, told["type"]) == (401, "request_unauthenticated")
    assert [field["name"] for field in told["fields"]] == ["apikey", "signature", "timestamp", "servertimestamp"]
    assert "WWW-Authenticate" in response.headers


async def test_a_wrong_secret_is_given_up(rapid: Rapid) -> None:
    secrets = {**SUPPLIER.sandbox_secrets, "EXPEDIA_SHARED_SECRET": "guessed"}
    access = Access(base_url="http://rapid.test", secrets=secrets, budget=ROOMY, live=False)
    client = SupplierClient(SUPPLIER, access, shared=None, over=rapid.line)
    with pytest.raises(GiveUp) as refused:
        await client.answered(REGIONS, deadline=soon())
    await client.aclose()
    assert refused.value.code == "request_unauthenticated"


async def test_the_quota_is_told_in_percent_with_its_reset_in_milliseconds(rapid: Rapid) -> None:
    response = await rapid.answer(REGIONS)
    assert response.headers["Rate-Limit-Minute-Remaining"] == "99"
    assert response.headers["Rate-Limit-Day-Remaining"] == "99"
    ends = int(response.headers["Rate-Limit-Minute-Reset"]) / 1000
    assert 0 < ends - datetime.now(UTC).timestamp() + 1 <= 61


def test_the_quota_of_a_minute_ends_in_429_and_is_whole_again_in_the_next() -> None:
    moment = NOW
    quota = Quota(lambda: moment)
    told = [quota.take("sandbox-expedia-key") for _ in range(1_200)]
    assert told[599]["Rate-Limit-Minute-Remaining"] == "50"
    assert told[-1]["Rate-Limit-Minute-Remaining"] == "0"
    with pytest.raises(Refused) as refused:
        quota.take("sandbox-expedia-key")
    assert (refused.value.status, refused.value.body["type"]) == (429, "too_many_requests")
    assert "Retry-After" not in refused.value.headers
    assert quota.take("sandbox-expedia-other")["Rate-Limit-Minute-Remaining"] == "99"
    moment = NOW + timedelta(minutes=1)
    assert quota.take("sandbox-expedia-key")["Rate-Limit-Minute-Remaining"] == "99"


async def test_answers_are_zipped_for_whoever_takes_them(rapid: Rapid) -> None:
    response = await rapid.answer(REGIONS, headers={"Accept-Encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    plain = await rapid.answer(REGIONS)
    assert response.json() == plain.json()
    assert "Content-Encoding" not in plain.headers


# ---- what is asked wrongly ----


def asked(**changed: Any) -> list[tuple[str, str]]:
    params: dict[str, Any] = {
        "checkin": "2027-03-01", "checkout": "2027-03-04", "currency": "EUR", "country_code": "DE",
        "language": "en-US", "occupancy": "2", "property_id": "1", "rate_plan_count": "4",
        "sales_channel": "website", "sales_environment": "hotel_only", **changed,
    }  # fmt: skip
    return [(name, value) for name, values in params.items() for value in _listed(values)]


def _listed(values: Any) -> list[str]:
    return [] if values is None else [values] if isinstance(values, str) else list(values)


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"checkin": "2027-3-1"}, "checkin.invalid_date_format"),
        ({"checkin": "2026-03-01"}, "checkin.invalid_date_in_the_past"),
        ({"checkin": "2028-03-01", "checkout": "2028-03-02"}, "checkin.invalid_date_too_far_out"),
        ({"checkout": "2027-03-01"}, "checkout.invalid_checkout_before_checkin"),
        ({"checkout": "2027-04-01"}, "checkout.invalid_length_of_stay_too_long"),
        ({"currency": "XXX"}, "currency.not_supported"),
        ({"currency": None}, "currency.required"),
        ({"language": "de"}, "language.not_supported"),
        ({"occupancy": ["2"] * 9}, "number_of_occupancies.invalid_above_maximum"),
        ({"occupancy": "2,5"}, "occupancy.invalid"),
        ({"occupancy": None}, "occupancy.required"),
        ({"property_id": "abc"}, "property_id.must_be_numeric"),
        ({"property_id": [str(number) for number in range(251)]}, "property_id.above_maximum"),
        ({"property_id": None}, "property_id.required"),
        ({"rate_plan_count": "0"}, "rate_plan_count.invalid"),
        ({"include": "free_money"}, "include.not_supported"),
        ({"filter": "cheap"}, "filter.not_supported"),
        ({"sales_channel": "market"}, "sales_channel.invalid"),
    ],
)
async def test_a_question_that_is_wrong_is_told_so(rapid: Rapid, changed: dict[str, Any], kind: str) -> None:
    response = await rapid.raw("GET", "/v3/properties/availability", params=asked(**changed))
    assert response.status_code == 400
    assert kind in [error["type"] for error in response.json()["errors"]]


async def test_several_mistakes_are_told_together(rapid: Rapid) -> None:
    response = await rapid.raw("GET", "/v3/properties/availability", params=asked(checkin="x", include="free_money"))
    assert len(response.json()["errors"]) == 2


async def test_brackets_behind_a_name_are_another_name(rapid: Rapid) -> None:
    told = [("occupancy[]", "2") if name == "occupancy" else (name, value) for name, value in asked()]
    response = await rapid.raw("GET", "/v3/properties/availability", params=told)
    assert response.json()["errors"][0]["type"] == "occupancy.required"


async def test_filters_and_includes_change_what_is_told(rapid: Rapid) -> None:
    property_id = (await rapid.offers())[0].product.property.id

    async def rates(**changed: Any) -> list[dict[str, Any]]:
        params = asked(property_id=property_id, rate_plan_count="250", **changed)
        told = (await rapid.raw("GET", "/v3/properties/availability", params=params)).json()
        return [rate for room in told[0]["rooms"] for rate in room["rates"]]

    assert {rate["merchant_of_record"] for rate in await rates()} == {"expedia", "property"}
    assert {rate["merchant_of_record"] for rate in await rates(filter="property_collect")} == {"property"}
    assert all(rate["refundable"] for rate in await rates(filter="refundable"))
    with_more = await rates(include="rooms.rates.current_refundability")
    assert {rate["current_refundability"] for rate in with_more} <= {
        "refundable",
        "non_refundable",
        "partially_refundable",
    }


@pytest.mark.parametrize(
    ("polygon", "kind"),
    [
        ({}, "polygon.coordinates_required"),
        ({"type": "Polygon", "coordinates": [[]]}, "polygon.not_closed"),
        ({"type": "MultiPolygon", "coordinates": []}, "polygon.type_invalid"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [9, 0], [9, 9], [0, 0]]]}, "polygon.size_invalid"),
        ({"type": "Polygon", "coordinates": [[[179, 0], [181, 0], [181, 1], [179, 0]]]}, "polygon.coordinates_invalid"),
    ],
)
async def test_a_polygon_that_is_none_is_refused(rapid: Rapid, polygon: dict[str, Any], kind: str) -> None:
    params = {"include": "property_ids", "supply_source": "expedia"}
    response = await rapid.raw("POST", "/v3/properties/geography", params=params, json=polygon)
    assert (response.status_code, response.json()["errors"][0]["type"]) == (400, kind)


async def test_a_token_is_good_for_its_own_link_alone(rapid: Rapid) -> None:
    one, *others = await rapid.offers()
    other = next(offer for offer in others if offer.product.property.id != one.product.property.id)
    path, _, query = one.reference.partition("?")
    forged = f"{path}?{query[:-4]}{'AAAA' if not query.endswith('AAAA') else 'BBBB'}"
    strange = f"{other.reference.partition('?')[0]}?{query}"
    as_booking = f"/v3/itineraries?{query}"
    for method, link in (("GET", forged), ("GET", strange), ("POST", as_booking), ("GET", path)):
        response = await rapid.raw(method, link, headers=BOOKING_HEADERS, json={} if method == "POST" else None)
        assert (response.status_code, response.json()["errors"][0]["type"]) == (400, "link.invalid"), link


async def test_booking_calls_want_the_travellers_address(rapid: Rapid) -> None:
    response = await rapid.raw(
        "GET", "/v3/itineraries", params={"affiliate_reference_id": "ABC", "email": "a@b.example"}
    )
    assert response.json()["errors"][0]["type"] == "customer_ip.required"


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"affiliate_reference_id": "AB"}, "affiliate_reference_id.invalid"),
        ({"affiliate_reference_id": "AB<C>"}, "affiliate_reference_id.invalid"),
        ({"email": "nobody"}, "email.invalid"),
        ({"phone": {"number": "1"}}, "phone.required"),
        ({"payments": []}, "payments.required"),
        ({"payments": [{"type": "gold"}]}, "payments.type.invalid"),
        ({"payments": [{"type": "customer_card"}]}, "payments.number.required"),
        ({"rooms": []}, "number_of_rooms.invalid"),
        ({"rooms": [{"given_name": "A" * 61, "family_name": "B"}]}, "given_name.invalid_above_maximum"),
        ({"rooms": [{"given_name": "A"}]}, "family_name.required"),
    ],
)
async def test_a_booking_that_lacks_something_is_refused(rapid: Rapid, changed: dict[str, Any], kind: str) -> None:
    request = await rapid.request()
    call = SUPPLIER.sells["hotels"].book.ask(request)
    body = msgspec.json.decode(call.body or b"") | changed
    response = await rapid.raw("POST", call.path, headers=BOOKING_HEADERS, json=body)
    assert kind in [error["type"] for error in response.json()["errors"]]
    assert await rapid.find(request) is None


@pytest.mark.parametrize(
    ("country", "kind"), [("US", "address.state_province_code.required"), ("gb", "address.country_code.invalid")]
)
async def test_an_address_needs_what_its_country_needs(rapid: Rapid, country: str, kind: str) -> None:
    request = await rapid.request()
    with pytest.raises(Answered) as refused:
        await rapid.book(msgspec.structs.replace(request, contact=contact(country=country)))
    assert (refused.value.code, reason(refused)) == (kind, Reason.INVALID_TRAVELLER)


# ---- the Test header ----


@pytest.mark.parametrize(
    ("value", "status"), [("unknown_internal_error", 500), ("service_unavailable", 503), ("nonsense", 200)]
)
async def test_a_search_is_tested_by_its_header(rapid: Rapid, value: str, status: int) -> None:
    response = await rapid.raw("GET", "/v3/properties/availability", params=asked(), headers={"Test": value})
    assert response.status_code == status


@pytest.mark.parametrize("value", ["available", "price_changed", "sold_out"])
async def test_a_price_check_is_tested_with_status_200(rapid: Rapid, value: str) -> None:
    offer = (await rapid.offers())[0]
    response = await rapid.raw("GET", offer.reference, headers={"Test": value})
    assert (response.status_code, response.json()["status"]) == (200, value)


@pytest.mark.parametrize(
    ("value", "status", "kind"),
    [
        ("price_mismatch", 409, "price_mismatch"),
        ("rooms_unavailable", 410, "rooms_unavailable"),
        ("cc_declined", 400, "invalid_input"),
        ("internal_server_error", 500, "unknown_internal_error"),
        ("service_unavailable", 503, "service_unavailable"),
    ],
)
async def test_a_booking_is_tested_by_its_header(rapid: Rapid, value: str, status: int, kind: str) -> None:
    request = await rapid.request()
    response = await rapid.answer(SUPPLIER.sells["hotels"].book.ask(request), headers={"Test": value})
    assert (response.status_code, response.json()["type"]) == (status, kind)
    assert await rapid.find(request) is None


async def test_a_booking_of_a_test_is_there_for_tests_alone_and_takes_no_room(rapid: Rapid) -> None:
    request = await rapid.request()
    made = await rapid.answer(SUPPLIER.sells["hotels"].book.ask(request), headers={"Test": "standard"})
    assert made.status_code == 201
    assert await rapid.find(request) is None
    look = made.json()["links"]["retrieve"]["href"]
    for headers, status in ((BOOKING_HEADERS, 404), ({**BOOKING_HEADERS, "Test": "standard"}, 200)):
        assert (await rapid.raw("GET", look, headers=headers)).status_code == status
    bought = stay(request.offer)
    same = [one for one in await rapid.offers() if one.product.property.id == bought.product.property.id]
    assert bought.conditions.rooms_left in {offer.conditions.rooms_left for offer in same}


async def test_a_resumption_may_stay_open(rapid: Rapid) -> None:
    order = await rapid.book(await rapid.request(refundable=True, hold=True))
    rapid.wish("resume", "pending")
    assert (await rapid.raw("PUT", order.handle["resume"], headers=BOOKING_HEADERS)).status_code == 202


# ---- regions and content ----


async def test_a_region_is_found_by_its_code(rapid: Rapid) -> None:
    reply = await rapid.client.answered(REGIONS, deadline=soon())
    (place,) = regions.read(reply, REGIONS, PlaceEnquiry(text="LHR"), ATLAS).records
    assert (place.kind, place.country, place.code) == ("airport", "GB", "LHR")


async def test_a_long_list_of_regions_is_told_page_by_page(rapid: Rapid) -> None:
    params = {"include": "standard", "language": "en-US", "country_code": "US"}
    first = await rapid.raw("GET", "/v3/regions", params=params)
    total = int(first.headers["Pagination-Total-Results"])
    link = first.headers["Link"]
    second = await rapid.raw("GET", link[link.index("/v3") : link.index(">")])
    ids = [region["id"] for page in (first, second) for region in page.json()]
    assert len(set(ids)) == len(ids) <= total
    assert len(first.json()) == 50


async def test_a_page_that_was_left_alone_too_long_is_gone(rapid: Rapid) -> None:
    params = {"include": "standard", "language": "en-US"}
    link = (await rapid.raw("GET", "/v3/regions", params=params)).headers["Link"]
    rapid.ahead = timedelta(minutes=31)
    response = await rapid.raw("GET", link[link.index("/v3") : link.index(">")])
    assert (response.status_code, response.json()["type"]) == (410, "link.expired")


@pytest.mark.parametrize(
    ("params", "kind"),
    [
        ({"language": "en-US"}, "include.required"),
        ({"include": "STANDARD", "language": "en-US"}, "include.invalid"),
        ({"include": "standard"}, "language.required"),
    ],
)
async def test_regions_want_to_be_asked_rightly(rapid: Rapid, params: dict[str, str], kind: str) -> None:
    response = await rapid.raw("GET", "/v3/regions", params=params)
    assert response.json()["errors"][0]["type"] == kind


async def test_only_the_content_that_is_asked_for_is_told_and_unknown_properties_are_missing(rapid: Rapid) -> None:
    property_id = (await rapid.offers())[0].product.property.id
    params = [("language", "en-US"), ("supply_source", "expedia"), ("include", "name"), ("property_id", property_id)]
    response = await rapid.raw("GET", "/v3/properties/content", params=[*params, ("property_id", "1")])
    (told,) = response.json().values()
    assert set(told) == {"property_id", "name"}


# ---- what the sandbox server and the drift report need to know ----


async def test_every_word_of_our_own_sandbox_is_known(rapid: Rapid) -> None:
    request = await rapid.request()
    selling = SUPPLIER.sells["hotels"]
    calls = {
        "geography": SUPPLIER.searches["hotels"].ask(STAY),
        "regions": REGIONS,
        "price_check": selling.quote.ask(QuoteRequest(offer=request.offer, query=STAY)),
        "book": selling.book.ask(request),
    }
    replies = {operation: await rapid.client.answered(call, deadline=soon()) for operation, call in calls.items()}
    first = SUPPLIER.searches["hotels"].read(replies["geography"], calls["geography"], STAY, ATLAS).next
    assert first is not None
    describing = SUPPLIER.searches["hotels"].describing
    assert describing is not None
    order = selling.book.read(replies["book"], calls["book"], request).records[-1]
    more = {
        "availability": first,
        "content": describing.ask((stay(request.offer).product.property.id,)),
        "retrieve": itineraries.ask_look(order),
        "find": itineraries.ask_find(request),
    }
    replies |= {operation: await rapid.client.answered(call, deadline=soon()) for operation, call in more.items()}
    silent = {"cancel_room", "cancel_held"}
    assert set(replies) == set(SUPPLIER.shapes) - silent
    for operation, reply in replies.items():
        sample = drift.sampled(reply.body, SUPPLIER.shapes[operation])
        assert sample is not None, operation
        assert sample.unknown == {}, operation


async def test_a_server_that_is_down_is_tried_again_and_named(rapid: Rapid) -> None:
    with pytest.raises(TryLater) as down:
        await rapid.client.answered(
            msgspec.structs.replace(
                SUPPLIER.searches["hotels"].ask(STAY),
                operation="availability",
                method="GET",
                path="/v3/properties/availability",
                params=tuple(asked()),
                headers=(("test", "service_unavailable"),),
                body=None,
            ),
            deadline=soon(),
        )
    assert down.value.code == "service_unavailable"


def test_the_key_is_read_from_the_bare_scope_and_never_its_signature() -> None:
    header = b"EAN APIKey=sandbox-expedia-key,Signature=abc,timestamp=1"
    assert credential({"headers": [(b"accept", b"*/*"), (b"Authorization", header)]}) == KEY
    assert credential({"headers": []}) is None


def test_every_operation_that_we_declare_is_one_of_the_sandboxs() -> None:
    known = {name for _, _, name in OPERATIONS}
    selling = SUPPLIER.sells["hotels"]
    steps = [step for step in (selling.quote, selling.book, selling.look, selling.find, selling.cancel) if step]
    declared = {name for step in steps for name in step.operations}
    declared |= {name for searching in SUPPLIER.searches.values() for name in searching.operations}
    declared |= {looking.operation for looking in SUPPLIER.lookups.values()} | set(SUPPLIER.shapes)
    assert declared <= known
    assert set(OUTCOMES) | set(TEST_HEADER) <= known
    assert SELLS == ("hotels",)


def test_the_check_is_a_call_that_changes_nothing() -> None:
    assert SUPPLIER.check is not None
    call = SUPPLIER.check()
    assert (call.operation, call.method, call.reads_only) == ("regions", "GET", True)
