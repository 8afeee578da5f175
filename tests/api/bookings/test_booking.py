"""Booking over the API: what is taken, what is refused and why, and that nothing is told before it is written down."""

from datetime import timedelta
from typing import Any

import msgspec
from structlog.testing import capture_logs

from api.bookings.finding import put
from api.bookings.making import written
from domain.bookings import BookingStatus, People
from domain.cars import Extra, RentalConditions
from domain.jobs import LookAtBooking, Queue
from domain.money import Money
from domain.offers import PriceComponent
from domain.payment import PaymentTime
from domain.record_locators import ALPHABET, LENGTH
from storage import bookings
from storage.engine import transaction
from storage.queue import JobQueue, broker
from tests.api.bookings.shop import (
    AMELIA,
    BERT,
    CARD,
    CONTACT,
    asked,
    booked,
    kept,
    on_sale,
    rental_on_sale,
    seen,
    stay_on_sale,
    wish,
)
from tests.api.hub import Hub, json
from tests.builders import money

LINK = {"method": "link", "return_url": "https://app.example.com/paid"}


async def test_a_booking_is_taken_and_told_where_to_look(api: Hub) -> None:
    offer_id = await on_sale(api)
    answer = await asked(api, "POST", "/v1/bookings", wish(offer_id))
    told = json(answer)
    assert (answer.status_code, answer.headers["Location"]) == (202, f"/v1/bookings/{told['id']}")
    assert (told["status"], told["method"], told["gateway"]) == ("pending", "card", "stripe")
    (item,) = told["items"]
    assert (item["vertical"], item["status"], item["offer"]["id"]) == ("flights", "chosen", offer_id)
    assert item["price"] == {"amount": "420.00", "currency": "EUR"}
    assert told["prices"] == [item["price"]]
    assert (item["quoted_price"], item["locators"], told["payments"], told["consent"]) == (None, [], [], None)
    assert json(await asked(api, "GET", answer.headers["Location"])) == told


async def test_a_booking_goes_to_the_workers_at_once(api: Hub) -> None:
    told = await booked(api)
    assert LookAtBooking(booking_id=told["id"]) in api.jobs(Queue.BOOKINGS)
    held = await kept(api, told["id"])
    assert held.due_at == api.clock.now


async def test_a_booking_is_taken_also_where_the_broker_is_away(api: Hub) -> None:
    told = await booked(api)
    away = JobQueue(broker("redis://127.0.0.1:1"))
    with capture_logs() as logs:
        await put(msgspec.structs.replace(api.services, queue=away), told["id"])
    assert [(line["event"], line["booking_id"]) for line in logs] == [("booking.not_queued", told["id"])]
    async with transaction(api.services.engine) as connection:  # the sweep finds it
        assert told["id"] in await bookings.due(connection, now=api.clock.now, at_most=1000)


async def test_a_flight_a_stay_and_a_car_are_one_booking(api: Hub) -> None:
    told = await booked(api, await on_sale(api), await stay_on_sale(api), await rental_on_sale(api))
    assert [item["vertical"] for item in told["items"]] == ["flights", "hotels", "cars"]
    assert [item["number"] for item in told["items"]] == [1, 2, 3]
    assert told["prices"] == [
        {"amount": "780.00", "currency": "EUR"},
        {"amount": "200.00", "currency": "GBP"},
    ]
    assert len({item["reference"] for item in told["items"]}) == 3


async def test_a_record_locator_is_six_characters_that_nobody_confuses(api: Hub) -> None:
    offer_id = await on_sale(api)
    references = [(await booked(api, offer_id))["reference"] for _ in range(20)]
    assert len(set(references)) == 20
    assert all(len(one) == LENGTH and set(one) <= set(ALPHABET) for one in references)
    assert not set("0O1ILAEIOU5S8B2Z") & set(ALPHABET)


async def test_a_record_locator_that_is_taken_is_not_given_again(api: Hub) -> None:
    first = (await kept(api, (await booked(api))["id"])).booking
    second = (await kept(api, (await booked(api))["id"])).booking
    free = iter([first.reference, second.reference, "CFGHJK"])
    new = msgspec.structs.replace(first, id="another")
    async with transaction(api.services.engine) as connection:
        another = await written(connection, new, b"", another=lambda: next(free))
    assert another.reference == "CFGHJK"


async def test_a_booking_is_found_by_its_record_locator_however_it_is_typed(api: Hub) -> None:
    told = await booked(api)
    assert await seen(api, told["reference"]) == told
    assert await seen(api, told["reference"].lower()) == told


async def test_names_and_passports_are_sealed_in_the_books(api: Hub) -> None:
    told = await booked(api)
    sealed = (await kept(api, told["id"])).people
    assert sealed is not None
    assert b"Earhart" not in sealed
    opened = await people(api, told["id"])
    assert (opened.travellers[0].surname, opened.contact.email) == ("Earhart", "amelia@example.com")


async def people(api: Hub, booking_id: str) -> People:
    sealed, vault = (await kept(api, booking_id)).people, api.services.vault
    assert sealed is not None
    assert vault is not None
    return vault.opened(sealed, People)


async def test_of_a_passport_only_the_end_is_shown(api: Hub) -> None:
    (traveller,) = (await booked(api))["travellers"]
    assert traveller["document"]["number"] == "•••••567"
    assert (traveller["number"], traveller["surname"], traveller["born_on"]) == (1, "Earhart", "1987-07-24")


async def test_an_offer_that_a_search_has_just_found_is_bookable_before_it_is_in_the_books(api: Hub) -> None:
    await api.found(api.offer())
    await api.get(api.search_path())
    answer = await asked(api, "POST", "/v1/bookings", wish(api.offer().id))
    assert answer.status_code == 202


async def test_what_is_paid_on_site_is_told_apart(api: Hub) -> None:
    at_the_counter = RentalConditions(payment=(PaymentTime.ON_SITE,))
    told = await booked(api, await rental_on_sale(api, conditions=at_the_counter))
    assert told["on_site"] == [{"amount": "200.00", "currency": "GBP"}]
    parts = (_part("400.00"), _part("20.00", on_site=True))
    told = await booked(api, await on_sale(api, reference="taxed", price_components=parts))
    assert told["on_site"] == [told["items"][0]["on_site"]] == [{"amount": "20.00", "currency": "EUR"}]


def _part(amount: str, *, on_site: bool = False) -> PriceComponent:
    return PriceComponent(kind="tax" if on_site else "base_fare", amount=money(amount), on_site=on_site)  # type: ignore[arg-type]  # words are kinds


async def test_a_link_is_offered_in_the_place_of_a_card(api: Hub) -> None:
    told = await booked(api, payment=LINK)
    held = (await kept(api, told["id"])).booking
    assert (told["method"], told["gateway"]) == ("link", "stripe")
    assert (held.token, held.return_url) == (None, "https://app.example.com/paid")


async def faults(api: Hub, body: dict[str, Any]) -> dict[str, str]:
    """What is wrong with a booking, by pointer."""
    answer = await asked(api, "POST", "/v1/bookings", body)
    assert (answer.status_code, json(answer)["code"]) == (422, "invalid"), answer.text
    return {flaw["pointer"]: flaw["detail"] for flaw in json(answer)["errors"]}


async def test_an_unknown_an_expired_and_an_unsold_offer_are_refused_by_their_place(api: Hub) -> None:
    expired = await on_sale(api, reference="old", expires_at=api.clock.now)
    shown = await on_sale(api, reference="shown", bookable=False)
    told = await faults(api, wish("a" * 26, await on_sale(api), expired, shown))
    assert set(told) == {"/items/0/offer_id", "/items/2/offer_id", "/items/3/offer_id"}
    assert "only shows it" in told["/items/3/offer_id"]


async def test_one_offer_is_booked_once_in_a_booking(api: Hub) -> None:
    offer_id = await on_sale(api)
    assert set(await faults(api, wish(offer_id, offer_id))) == {"/items/1/offer_id"}


async def test_a_traveller_is_checked_field_by_field(api: Hub) -> None:
    offer_id, passport = await on_sale(api), {"number": "X1234567", "issued_by": "US", "expires_on": "2049-01-01"}
    wrong: tuple[tuple[dict[str, object], str], ...] = (
        ({"given_name": "Амелия"}, "/given_name"),
        ({"surname": "4you"}, "/surname"),
        ({"born_on": "2999-01-01"}, "/born_on"),
        ({"born_on": "1787-07-24"}, "/born_on"),
        ({"nationality": "QQ"}, "/nationality"),
        ({"title": "queen"}, "/title"),
        ({"shoe_size": 38}, ""),
        ({"document": passport | {"number": "X1"}}, "/document/number"),
        ({"document": passport | {"issued_by": "QQ"}}, "/document/issued_by"),
    )
    for changes, pointer in wrong:
        told = await faults(api, wish(offer_id, travellers=[AMELIA | changes]))
        assert set(told) == {f"/travellers/0{pointer}"}, changes


async def test_latin_names_are_taken_as_passports_have_them(api: Hub) -> None:
    offer_id = await on_sale(api)
    for name in ("Zoë", "O'Neill", "Müller-Lüdenscheidt", "de la Cruz", "Jr.", "Ó Súilleabháin"):
        told = await booked(api, offer_id, travellers=[AMELIA | {"surname": name}])
        assert told["travellers"][0]["surname"] == name


async def test_a_passport_has_to_outlast_the_journey(api: Hub) -> None:
    document = AMELIA["document"] | {"expires_on": api.soon(days=59)}  # type: ignore[operator]  # it is a dict
    told = await faults(api, wish(await on_sale(api), travellers=[AMELIA | {"document": document}]))
    assert set(told) == {"/travellers/0/document/expires_on"}


async def test_a_contact_is_checked_field_by_field(api: Hub) -> None:
    offer_id = await on_sale(api)
    wrong = {"email": "amelia", "phone": "0208 0160509", "country": "QQ", "city": ""}
    for field, said in wrong.items():
        assert set(await faults(api, wish(offer_id, contact=CONTACT | {field: said}))) == {f"/contact/{field}"}


async def test_everything_else_is_checked_by_name_too(api: Hub) -> None:
    offer_id = await on_sale(api)
    wrong: tuple[tuple[dict[str, object], str], ...] = (
        ({"payment": {"method": "card"}}, "/payment"),
        ({"payment": {"method": "cash"}}, "/payment/method"),
        ({"payment": {"method": "card", "token": "4242 4242 4242 4242"}}, "/payment/token"),
        ({"payment": {"method": "link", "return_url": "javascript:alert(1)"}}, "/payment/return_url"),
        ({"gateway": "bank_of_tests"}, "/gateway"),
        ({"gateway": "square", "payment": LINK}, "/payment/method"),
        ({"max_price_increase_percent": 51}, "/max_price_increase_percent"),
        ({"language": "English"}, "/language"),
        ({"items": []}, "/items"),
        ({"items": [{"offer_id": letter * 26} for letter in "abcdefghijk"]}, "/items"),
        ({"travellers": []}, "/travellers"),
        ({"colour": "blue"}, "/colour"),
    )
    for changes, pointer in wrong:
        assert set(await faults(api, wish(offer_id) | changes)) == {pointer}, changes


async def test_those_who_fly_are_those_who_were_searched_for(api: Hub) -> None:
    child = AMELIA | {"given_name": "Muriel", "born_on": api.soon(days=-8 * 365)}
    for_both = await on_sale(api, query=api.query(adults=1, children=1), reference="family")
    assert set(await faults(api, wish(for_both))) == {"/travellers"}
    assert set(await faults(api, wish(for_both, travellers=[AMELIA, AMELIA]))) == {"/travellers"}
    told = await booked(api, for_both, travellers=[AMELIA, child])
    assert [one.age for one in (await people(api, told["id"])).travellers] == ["adult", "child"]


async def test_who_turns_two_before_the_way_back_is_no_infant(api: Hub) -> None:
    born = (api.clock.now + timedelta(days=65) - timedelta(days=731)).date().isoformat()
    there_and_back = api.query(infants=1, return_date=(api.clock.now + timedelta(days=70)).date())
    baby = AMELIA | {"given_name": "Baby", "born_on": born}
    on_the_way = await on_sale(api, query=there_and_back, reference="return")
    assert set(await faults(api, wish(on_the_way, travellers=[AMELIA, baby]))) == {"/travellers"}
    one_way = await on_sale(api, query=api.query(infants=1), reference="one-way")
    assert (await booked(api, one_way, travellers=[AMELIA, baby]))["status"] == "pending"


async def test_a_young_driver_is_refused_a_car_that_was_searched_for_an_older_one(api: Hub) -> None:
    young = AMELIA | {"born_on": api.soon(days=-21 * 365)}
    told = await faults(api, wish(await rental_on_sale(api), travellers=[young]))
    assert set(told) == {"/travellers/0/born_on"}


async def test_a_driver_is_as_old_as_the_counter_wants(api: Hub) -> None:
    car = await rental_on_sale(api, conditions=RentalConditions(minimum_age=50))
    assert "50" in (await faults(api, wish(car)))["/travellers/0/born_on"]


async def test_a_child_does_not_lead_the_guests_of_a_room(api: Hub) -> None:
    child = AMELIA | {"born_on": api.soon(days=-8 * 365)}
    told = await faults(api, wish(await stay_on_sale(api), travellers=[child]))
    assert {"/travellers/0/born_on", "/travellers"} == set(told)


async def test_extras_are_those_that_the_offer_tells(api: Hub) -> None:
    car = await rental_on_sale(
        api, conditions=RentalConditions(extras=(Extra(code="CST", name="Child seat", at_most=2),))
    )
    chosen: dict[str, Any] = {"offer_id": car, "extras": [{"code": "CST", "quantity": 2}]}
    told = await booked(api, car, items=[chosen])
    assert told["items"][0]["extras"] == {"CST": 2}
    chosen["extras"] = [{"code": "CST", "quantity": 3}]
    assert set(await faults(api, wish() | {"items": [chosen]})) == {"/items/0/extras/0/quantity"}
    chosen["extras"] = [{"code": "SKI"}]
    assert set(await faults(api, wish() | {"items": [chosen]})) == {"/items/0/extras/0/code"}
    flight = {"offer_id": await on_sale(api), "extras": [{"code": "CST"}]}
    assert set(await faults(api, wish() | {"items": [flight]})) == {"/items/0/extras"}


async def test_one_link_takes_one_currency(api: Hub) -> None:
    both = (await on_sale(api), await rental_on_sale(api))
    told = await faults(api, wish(*both, payment=LINK))
    assert "EUR, GBP" in told["/payment/method"]
    assert (await booked(api, *both, payment=CARD))["status"] == "pending"


async def test_nobody_books_without_a_credential(api: Hub) -> None:
    answer = await api.post("/v1/bookings", wish(await on_sale(api)), Idempotency_Key="mine")
    assert answer.status_code == 401


async def test_bookings_are_listed_the_newest_first_and_in_pages(api: Hub) -> None:
    offer_id, made = await on_sale(api), []
    for _ in range(3):
        api.clock.forward(seconds=1)
        made.append((await booked(api, offer_id, who="carla"))["id"])
    await booked(api, offer_id, who=BERT)
    for place in ("/v1/bookings", "/v1/users/me/bookings"):
        first = await asked(api, "GET", f"{place}?limit=2", who="carla")
        page = json(first)
        assert [one["id"] for one in page["data"]] == made[:0:-1]
        assert page["page"]["total"] == 3
        rest = json(await asked(api, "GET", first.headers["Link"].partition(">")[0].removeprefix("<"), who="carla"))
        assert [one["id"] for one in rest["data"]] == made[:1]
        assert rest["page"]["next"] is None


async def test_bookings_are_listed_by_how_they_stand(api: Hub) -> None:
    await booked(api, who="dora")
    assert json(await asked(api, "GET", "/v1/bookings?status=pending,confirmed", who="dora"))["page"]["total"] == 1
    assert json(await asked(api, "GET", "/v1/bookings?status=confirmed", who="dora"))["data"] == []
    assert (await asked(api, "GET", "/v1/bookings?status=lost")).status_code == 422
    assert (await asked(api, "GET", "/v1/bookings?cursor=made-up")).status_code == 422


async def test_a_line_of_the_list_says_what_it_is_about(api: Hub) -> None:
    await booked(api, await on_sale(api), await rental_on_sale(api), who="emil")
    (line,) = json(await asked(api, "GET", "/v1/bookings", who="emil"))["data"]
    assert line["verticals"] == ["flights", "cars"]
    assert line["begins_on"] == api.soon()
    assert line["status"] == BookingStatus.PENDING
    assert Money.of(line["prices"][0]["amount"], "EUR") == money()
