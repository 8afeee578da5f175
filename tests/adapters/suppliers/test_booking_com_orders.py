"""Quotes, orders and cancellations of the Demand API, from literal replies."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import msgspec
import pytest

from adapters.kit.calls import Call, Readout
from adapters.kit.failures import Answered, GiveUp
from adapters.suppliers.booking_com import (
    asking,
    cancelling,
    hotels,
    orders,
    quoting,
)
from domain.offers import ComponentKind
from domain.orders import Cancellation, Order, OrderRequest, OrderStatus, Quote, QuoteRequest, Reason
from domain.queries import HotelQuery
from tests.adapters.suppliers.test_booking_com import QUERY, body_of, eur, offer, product, reply
from tests.builders import NOW, contact, hotel_query, money, traveller

# ---- hotels: quote ----


def amounts(own: str, bookers: str | None = None) -> dict[str, Any]:
    return {"accommodation_currency": Decimal(own), "booker_currency": bookers and Decimal(bookers)}


def way(*, required: bool = True, wallet: bool = True) -> dict[str, Any]:
    methods = {"airplus": True, "cards": [1, 2], "wallet": wallet}
    return {
        "dates": [{"at": "2027-01-15", "price": amounts("214.00")}],
        "method_required": required,
        "methods": methods,
    }


def preview(**changed: Any) -> dict[str, Any]:
    """As a preview has the room of `product`."""
    told: dict[str, Any] = {
        "id": 10004,
        "currency": {"accommodation": "EUR", "booker": None},
        "general_policies": {
            "payment": {"pay_online_now": way(), "pay_online_later": None, "pay_at_the_property": way()}
        },
        "price": {"chargeable_online": amounts("214.00"), "total": amounts("220.00")},
        "products": [
            {
                "id": product()["id"],
                "room": 1000420,
                "policies": {
                    "cancellation": [
                        {"from": "now", "price": amounts("0")},
                        {"from": "2027-02-27T18:00:00+01:00", "price": amounts("214.00")},
                    ],
                    "meal_plan": {"plan": "breakfast_included", "meals": ["breakfast"]},
                },
                "price": {
                    "base": amounts("200.00"),
                    "total": amounts("220.00"),
                    "extra_charges": {
                        "conditional": [],
                        "non_conditional": [
                            {
                                "charge": 21,
                                "percentage": 7,
                                "chargeable_online": True,
                                "total_amount": amounts("14.00"),
                                "unit_amount": 3,
                            },
                            {"charge": 142, "chargeable_online": False, "total_amount": amounts("6.00")},
                        ],
                    },
                },
            }
        ],
        **changed,
    }
    return {"order_token": "token-1", "accommodation": told}


WORDS: Final = {
    "charge_types": [{"id": 21, "name": {"en-gb": "VAT"}}, {"id": 142, "name": {"en-gb": "City tax"}}],
    "bed_types": [{"id": 1, "name": {"en-gb": "single bed"}}, {"id": 2, "name": {"en-gb": "double bed"}}],
}
ROOMS: Final = {
    "id": 10004,
    "name": {"en-gb": "The Pavilions"},
    "booker_address_required": True,
    "policies": {"minimum_checkin_age": 21, "damage": {"amount": 50, "currency": "EUR"}, "pets": {"allowed": "no"}},
    "rooms": [
        {
            "id": 1000420,
            "name": {"en-gb": "Standard Double"},
            "bed_options": [
                {
                    "bed_configurations": [
                        {"configuration": [{"bed_type": 2, "number_of_beds": 1}]},
                        {"configuration": [{"bed_type": 1, "number_of_beds": 2}]},
                    ]
                }
            ],
        }
    ],
}
REQUEST: Final = QuoteRequest(offer=offer(), query=QUERY)


def answered(*answers: Any, request: QuoteRequest = REQUEST) -> Readout[Quote]:
    """The steps of a quote with these answers, one after the other."""
    call: Call | None = quoting.ask(request)
    readout: Readout[Quote] = Readout(records=())
    for answer in answers:
        assert call is not None
        readout = quoting.read(reply(answer), call, request)
        call = readout.next
    return readout


def available(*products: dict[str, Any]) -> dict[str, Any]:
    return {"id": 10004, "products": [{"maximum_occupancy": {"total": 3}, **room} for room in products or (product(),)]}


def quote(told: dict[str, Any] | None = None, request: QuoteRequest = REQUEST) -> Quote:
    rooms = [product() for _ in request.query.parties] if isinstance(request.query, HotelQuery) else []
    (made,) = answered(available(*rooms), [ROOMS], WORDS, told or preview(), request=request).records
    return made


def test_a_quote_has_the_price_of_the_preview_with_names_for_every_number() -> None:
    made = quote()
    assert made.price == eur("220.00")
    assert {part.label: (part.kind, part.on_site) for part in made.price_components} == {
        None: (ComponentKind.ROOM, False),
        "VAT (7 %)": (ComponentKind.TAX, False),
        "City tax": (ComponentKind.TAX, True),
    }
    (room,) = made.conditions.rooms  # type: ignore[union-attr]  # of a stay
    assert (room.name, room.beds, room.sleeps) == ("Standard Double", "1 double bed or 2 single bed", 3)
    assert made.supplier_extra["minimum_checkin_age"] == "21"
    assert made.supplier_extra["damage_deposit"] == "50 EUR"
    assert made.supplier_extra["booker_address_required"] == "true"


def test_a_preview_is_asked_for_with_who_sleeps_where_and_without_a_price() -> None:
    call = answered(available(), [ROOMS], WORDS).next
    body = body_of(call)
    (room,) = body["accommodation"]["products"]
    assert room == {"id": product()["id"], "allocation": {"number_of_adults": 2, "children": []}}
    assert set(body) == {"booker", "currency", "accommodation"}


def test_a_product_that_is_not_listed_any_more_is_sold_out() -> None:
    for nothing in (None, {"id": 10004, "products": []}, available(product(id="another"))):
        with pytest.raises(Answered) as gone:
            answered(nothing)
        assert gone.value.reason is Reason.SOLD_OUT


def test_the_token_lives_a_quarter_of_an_hour() -> None:
    assert quote().expires_at == NOW + timedelta(minutes=15)


def test_there_is_no_status_for_a_changed_price_so_it_is_compared() -> None:
    assert quote().status(REQUEST.offer) == "same"
    dearer = preview(price={"total": amounts("260.00")})
    dearer["accommodation"]["products"][0]["price"]["total"] = amounts("260.00")
    assert quote(dearer).status(REQUEST.offer) == "changed"


def test_the_bookers_currency_is_null_where_it_would_be_the_propertys_own() -> None:
    dollars = msgspec.structs.replace(REQUEST.offer, price=money("238.52", "USD"), price_components=())
    abroad = QuoteRequest(offer=dollars, query=hotel_query(currency="USD"))
    both = preview(
        currency={"accommodation": "EUR", "booker": "USD"},
        price={"total": amounts("220.00", "238.52")},
        products=[{"id": product()["id"]}],
    )
    both["accommodation"]["general_policies"]["payment"]["pay_online_now"]["dates"] = []
    made = quote(both, abroad)
    assert str(made.price) == "238.52 USD"
    assert made.supplier_extra["price_at_the_property"] == "220.00 EUR"
    with pytest.raises(GiveUp, match="not priced in USD"):
        quote(preview(), abroad)


def test_what_is_paid_at_the_property_says_what_its_desk_asks_for_in_its_own_money() -> None:
    dollars = msgspec.structs.replace(REQUEST.offer, price=money("242.00", "USD"), price_components=())
    charges = [
        {"charge": 21, "total_amount": amounts("14.00", "15.40"), "chargeable_online": True},
        {"charge": 22, "total_amount": amounts("6.00", "6.60"), "chargeable_online": False},
    ]
    priced = {
        "base": amounts("200.00", "220.00"),
        "total": amounts("220.00", "242.00"),
        "extra_charges": {"conditional": [], "non_conditional": charges},
    }
    told = preview(
        currency={"accommodation": "EUR", "booker": "USD"},
        price={"total": amounts("220.00", "242.00")},
        products=[{"id": product()["id"], "price": priced}],
    )
    told["accommodation"]["general_policies"]["payment"]["pay_online_now"]["dates"] = []
    made = quote(told, QuoteRequest(offer=dollars, query=hotel_query(currency="USD")))
    assert [(str(part.amount), part.on_site, part.due and str(part.due)) for part in made.price_components] == [
        ("220.00 USD", False, None),
        ("15.40 USD", False, None),
        ("6.60 USD", True, "6.00 EUR"),
    ]


def test_a_ladder_begins_now_or_at_null_and_ends_in_utc() -> None:
    for start in ("now", None):
        told = preview()
        told["accommodation"]["products"][0]["policies"]["cancellation"][0]["from"] = start
        ladder = quote(told).conditions.cancellation
        assert ladder is not None
        assert ladder.steps[0].since is None
        assert ladder.free_until == datetime(2027, 2, 27, 17, 0, tzinfo=UTC)


def test_the_ladders_of_two_rooms_are_added_up() -> None:
    request = QuoteRequest(
        offer=offer(product(), product(), query=hotel_query(rooms=2, adults=4)), query=hotel_query(rooms=2, adults=4)
    )
    told = preview(price={"total": amounts("440.00")})
    room = told["accommodation"]["products"][0]
    other = {**room, "policies": {"cancellation": [{"from": "2027-02-20T00:00:00+00:00", "price": amounts("50.00")}]}}
    told["accommodation"]["products"].append(other)
    ladder = quote(told, request).conditions.cancellation
    assert ladder is not None
    assert [str(step.fee) for step in ladder.steps] == ["0.00 EUR", "50.00 EUR", "264.00 EUR"]


def test_a_room_whose_fees_are_not_told_leaves_no_ladder() -> None:
    made = quote(preview(products=[{"id": product()["id"]}]))
    assert (made.conditions.cancellation, made.conditions.refundable) == (None, None)


def test_a_fee_as_high_as_the_room_leaves_nothing_whatever_the_city_takes() -> None:
    told = preview()
    told["accommodation"]["products"][0]["policies"]["cancellation"] = [{"from": None, "price": amounts("214.00")}]
    assert quote(told).conditions.refundable is False


@pytest.mark.parametrize(
    ("ways", "handle"),
    [
        ({"pay_online_now": way(), "pay_at_the_property": way()}, ("pay_online_now", "wallet")),
        ({"pay_online_now": way(wallet=False), "pay_online_later": way()}, ("pay_online_later", "wallet")),
        ({"pay_at_the_property": way(required=False, wallet=False)}, ("pay_at_the_property", None)),
    ],
)
def test_we_pay_from_our_wallet_or_without_a_method(ways: dict[str, Any], handle: tuple[str, str | None]) -> None:
    made = quote(preview(general_policies={"payment": ways}))
    assert (made.handle["timing"], made.handle.get("method")) == handle
    assert made.conditions.payment == (hotels.TIMINGS[handle[0]],)  # type: ignore[union-attr]  # of a stay


def test_a_stay_that_only_a_travellers_card_would_pay_is_not_sold() -> None:
    with pytest.raises(Answered) as no:
        quote(preview(general_policies={"payment": {"pay_at_the_property": way(wallet=False)}}))
    assert no.value.reason is Reason.NOT_POSSIBLE


def test_a_preview_of_something_else_is_given_up() -> None:
    with pytest.raises(GiveUp):
        quote(preview(id=10005))


@pytest.mark.parametrize("price", ["0.00", "-220.00", "180.00"])
def test_a_preview_whose_rooms_do_not_come_to_its_total_is_given_up(price: str) -> None:
    with pytest.raises(GiveUp, match="costs"):
        quote(preview(price={"total": amounts(price)}))


def test_a_fee_below_zero_is_given_up() -> None:
    told = preview()
    told["accommodation"]["products"][0]["policies"]["cancellation"] = [{"from": "now", "price": amounts("-5.00")}]
    with pytest.raises(GiveUp, match="below zero"):
        quote(told)


def test_an_offer_of_somebody_else_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(GiveUp):
        quoting.ask(QuoteRequest(offer=msgspec.structs.replace(REQUEST.offer, reference="fare-1"), query=QUERY))


# ---- hotels: orders ----


def order_request(**changed: Any) -> OrderRequest:
    made = OrderRequest(
        reference="TH01ABCDEF23",
        offer=REQUEST.offer,
        query=QUERY,
        quote=quote(),
        travellers=(traveller(), traveller(given_name="Zoë", surname="O'Brien & Söhne")),
        contact=contact(),
        sent_at=NOW,
    )
    return msgspec.structs.replace(made, **changed)


def test_an_order_carries_our_reference_as_its_label_and_every_name() -> None:
    call = orders.ask_book(order_request())
    body = body_of(call)
    assert not call.reads_only
    assert body["accommodation"]["label"] == "TH01ABCDEF23"
    (room,) = body["accommodation"]["products"]
    assert room["id"] == product()["id"]
    assert [guest["name"] for guest in room["guests"]] == ["Amelia Earhart", "Zoë O'Brien & Söhne"]
    assert body["order_token"] == "token-1"
    assert body["payment"] == {"timing": "pay_online_now", "method": "wallet"}


def test_the_bookers_whole_address_is_sent_because_some_properties_want_it() -> None:
    address = body_of(orders.ask_book(order_request()))["booker"]["address"]
    assert address == {"country": "gb", "address_line": "1 High Street", "city": "London", "post_code": "N1 1AA"}


def test_a_room_for_which_nobody_is_named_has_the_name_of_who_leads() -> None:
    two = hotel_query(rooms=2, adults=4)
    request = order_request(offer=offer(product(), product(), query=two), query=two, travellers=(traveller(),))
    rooms = body_of(orders.ask_book(request))["accommodation"]["products"]
    assert [guest["name"] for room in rooms for guest in room["guests"]] == ["Amelia Earhart", "Amelia Earhart"]


def test_what_they_have_no_way_to_sell_is_refused_before_it_is_sent() -> None:
    for wish in ({"hold": True}, {"travellers": ()}):
        with pytest.raises(GiveUp):
            orders.ask_book(order_request(**wish))


@pytest.mark.parametrize("place", ["accommodation", "data", "beside"])
def test_the_orders_number_is_found_in_each_of_its_three_places(place: str) -> None:
    stay: dict[str, Any] = {"reservation": "12345678", "pincode": "0123"}
    data: dict[str, Any] = {"accommodation": stay}
    beside: dict[str, Any] = {}
    {"accommodation": stay, "data": data, "beside": beside}[place]["order"] = "509430129718799"
    request = order_request()
    (order,) = orders.read_book(reply(data, **beside), orders.ask_book(request), request).records
    assert (order.id, order.status, order.reference) == ("509430129718799", OrderStatus.CONFIRMED, request.reference)
    assert [locator.code for locator in order.locators] == ["12345678"]
    assert order.handle["pin_code"] == "0123"
    assert order.price == eur("220.00")


def test_an_order_without_a_number_is_no_order() -> None:
    request = order_request()
    with pytest.raises(GiveUp):
        orders.read_book(reply({"accommodation": {}}), orders.ask_book(request), request)


def details(**changed: Any) -> dict[str, Any]:
    return {
        "id": "509430129718799",
        "status": "booked",
        "accommodation": 10004,
        "currency": {"accommodation": "EUR", "booker": None},
        "label": "TH01ABCDEF23",
        "pin_code": "0123",
        "price": {"total": amounts("220.00")},
        "products": [{"policies": {"cancellation": [{"from": None, "price": amounts("30.00")}]}}],
        "reservation": 12345678,
        "cancellation_details": None,
        **changed,
    }


ORDER: Final = Order(
    supplier=asking.SLUG,
    id="509430129718799",
    status=OrderStatus.CONFIRMED,
    price=eur("220.00"),
    handle={"currency": "EUR", "paid_online": "214.00"},
)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("booked", OrderStatus.CONFIRMED),
        ("stayed", OrderStatus.CONFIRMED),
        ("no_show", OrderStatus.CONFIRMED),
        ("cancelled", OrderStatus.CANCELLED),
        ("cancelled_by_guest", OrderStatus.CANCELLED),
        ("cancelled_by_accommodation", OrderStatus.CANCELLED),
        ("a_new_word", OrderStatus.PENDING),
    ],
)
def test_an_order_stands_as_they_say_and_their_word_is_kept(word: str, status: OrderStatus) -> None:
    (order,) = orders.read_look(reply([details(status=word)]), orders.ask_look(ORDER), ORDER).records
    assert (order.status, order.supplier_extra["status"]) == (status, word)
    assert order.handle["paid_online"] == "214.00"


def test_an_order_that_is_not_there_is_answered() -> None:
    with pytest.raises(Answered) as no:
        orders.read_look(reply([]), orders.ask_look(ORDER), ORDER)
    assert no.value.reason is Reason.NO_SUCH_ORDER


def test_orders_are_looked_for_around_the_moment_of_sending() -> None:
    body = body_of(orders.ask_find(order_request()))
    assert body["created"] == {"from": "2027-01-15T11:55:00+00:00", "to": "2027-01-15T14:00:00+00:00"}
    assert body["currency"] == "EUR"


def found(*told: dict[str, Any]) -> tuple[Order, ...]:
    request = order_request()
    listed = orders.read_find(
        reply([{"id": row["id"]} for row in told], metadata={"next_page": "p2"}), orders.ask_find(request), request
    )
    assert listed.next is not None
    compared = orders.read_find(reply(list(told)), listed.next, request)
    assert body_of(compared.next) == {"page": "p2"}
    return compared.records


def test_an_order_is_ours_by_its_label_letter_by_letter_and_its_property() -> None:
    others = (
        details(id="1", label="TH01ABCDEF2"),
        details(id="2", label="th01abcdef23"),
        details(id="3", label=None),
        details(id="4", accommodation=10005),
    )
    assert [order.id for order in found(*others, details())] == ["509430129718799"]
    assert found(*others) == ()


def test_a_label_is_not_unique_so_two_orders_are_two() -> None:
    assert len(found(details(), details(id="7"))) == 2


def test_a_page_without_orders_leads_to_the_next_page() -> None:
    request = order_request()
    empty = orders.read_find(reply([], metadata={"next_page": "p2"}), orders.ask_find(request), request)
    assert body_of(empty.next) == {"page": "p2"}
    last = orders.read_find(reply([], metadata={"next_page": None}), orders.ask_find(request), request)
    assert (last.records, last.next) == ((), None)


def cancelled(before: dict[str, Any], status: str, after: list[dict[str, Any]]) -> Cancellation:
    looked = cancelling.read(reply([before]), cancelling.ask(ORDER), ORDER)
    assert looked.next is not None
    assert body_of(looked.next)["order"] == ORDER.id
    assert not looked.next.reads_only
    gone = cancelling.read(reply({"status": status}), looked.next, ORDER)
    assert gone.next is not None
    assert gone.next != cancelling.ask(ORDER)
    (told,) = cancelling.read(reply(after), gone.next, ORDER).records
    return told


def test_a_cancellation_costs_what_the_order_says_afterwards() -> None:
    after = details(
        status="cancelled_by_guest",
        cancellation_details={
            "at": "2027-01-15T12:00:00+00:00",
            "fee": amounts("30.00"),
            "original_total_price": amounts("220.00"),
        },
    )
    told = cancelled(details(), "successful", [after])
    assert (told.fee, told.refund) == (eur("30.00"), eur("184.00"))


def test_what_is_cancelled_is_cancelled_also_if_nobody_says_what_it_cost() -> None:
    for after in ([], [details(status="cancelled", cancellation_details=None)]):
        told = cancelled(details(), "successful", after)
        assert (told.status, told.fee, told.refund) == ("cancelled", None, None)


def test_a_fee_that_can_not_be_read_is_given_up_and_so_cleared_up_by_a_look() -> None:
    fee = {"fee": {"accommodation_currency": "1e30", "booker_currency": None}}
    with pytest.raises(GiveUp):
        cancelled(details(), "successful", [details(status="cancelled", cancellation_details=fee)])


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("cancelled_by_guest", Reason.ALREADY_CANCELLED),
        ("stayed", Reason.NOT_CANCELLABLE),
        ("no_show", Reason.NOT_CANCELLABLE),
    ],
)
def test_what_is_over_is_not_cancelled_again(status: str, reason: Reason) -> None:
    with pytest.raises(Answered) as no:
        cancelling.read(reply([details(status=status)]), cancelling.ask(ORDER), ORDER)
    assert no.value.reason is reason


def test_a_cancellation_that_fails_with_status_200_is_a_no() -> None:
    with pytest.raises(Answered) as no:
        cancelled(details(), "failed", [])
    assert no.value.reason is Reason.NOT_CANCELLABLE
