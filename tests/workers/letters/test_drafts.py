"""What letters say about flights, stays, rentals and all of them together."""

import re
from collections.abc import Callable
from datetime import timedelta
from html.parser import HTMLParser

import msgspec
import pytest

from adapters.mail.registry import post_office
from domain.bookings import Booking, BookingStatus, ChargeStatus, ItemStatus, People, Refund, Refusal
from domain.cancellation import CancellationStep, Ladder
from domain.cars import Car, Rental
from domain.letters import LETTER_OF, LetterKind
from domain.offers import ComponentKind, PriceComponent
from domain.orders import Reason
from domain.payments import RefundStatus
from tests import builders
from tests.workers.letters.bought import PEOPLE, booking, charge, eur, flight, quoted, rental, stay, told
from workers.letters.drafts import about_booking, to_account
from workers.letters.rendering import Rendered, rendered
from workers.letters.speech import Speech
from workers.letters.words import LANGUAGES

OFFICE = post_office({"MAIL_CONTACT": "+44 20 7946 0000"})
AMOUNT = re.compile(r"[\d.,\u202f]*\d[\u00a0][A-Z]{3}")


class Text(HTMLParser):
    """The words of a page below its title, and what it would load."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words = ""
        self.tags: list[str] = []
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src", "background"}]

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] != ["title"]:
            self.words += data + " "


def letter(
    kind: LetterKind, about: Booking, *, facts: dict[str, object] | None = None, language: str = "en"
) -> Rendered:
    draft = about_booking(kind, told(about, facts=facts, language=language))
    assert draft is not None
    return rendered(draft, Speech(language), OFFICE)


def confirmed(about: Booking | None = None, language: str = "en") -> Rendered:
    return letter(LetterKind.BOOKING_CONFIRMED, about or booking(), language=language)


def waiting() -> Booking:
    until = builders.NOW + timedelta(minutes=30)
    link = charge(
        eur("1420.50"),
        status=ChargeStatus.WAITING,
        captured=None,
        action_url="https://pay.test/a?b=1&c=2",
        waits_until=until,
    )
    return booking(flight(), status=BookingStatus.PENDING, charges=(link,))


def refunded() -> Booking:
    """All was captured, and a part is on its way back."""
    back = Refund(
        id="r", key="k", amount=eur("260.00"), asked_at=builders.NOW, status=RefundStatus.DONE, gateway_id="re_1"
    )
    ended = stay(2, status=ItemStatus.CANCELLED)
    return booking(
        flight(1, status=ItemStatus.KEPT),
        ended,
        status=BookingStatus.CANCELLED,
        charges=(charge(eur("1780.50"), refunds=(back,)),),
    )


def test_a_flight_is_told_with_its_numbers_clocks_places_and_codes() -> None:
    text = confirmed(booking(flight())).text
    assert "BA117: Mon 1 March 2027, 10:30 London Heathrow (LHR) – 13:25 John F. Kennedy (JFK) (operated by AA)" in text
    assert (
        "BA112: Fri 5 March 2027, 19:00 John F. Kennedy (JFK) – Sat 6 March 2027, 07:05 London Heathrow (LHR)" in text
    )
    assert "Code at BA: K7QX2M" in text
    assert "1 checked for each traveller" in text
    assert "Cancelling: nothing comes back" in text


def test_a_stay_is_told_with_its_address_hours_rooms_and_meals() -> None:
    text = confirmed(booking(stay())).text
    for words in (
        "--- Hotel Bellevue",
        "Address: 12 rue de Seine, 75006 Paris, FR",
        "Arrival: Mon 1 March 2027, from 15:00",
        "Departure: Thu 4 March 2027, until 11:00",
        "Rooms: 1 × Double room (1 queen bed)",
        "Meals: breakfast",
        "Confirmation number: order-1",
    ):
        assert words in text


def test_the_ladder_is_told_by_the_clock_of_the_hotel() -> None:
    text = confirmed(booking(stay())).text
    assert "free before Fri 26 February 2027, 18:00 (local time)" in text
    assert "360.00\u00a0EUR from Mon 1 March 2027, 00:30 (local time)" in text


def test_a_rental_is_told_with_its_counter_and_what_the_counter_wants() -> None:
    text = confirmed(booking(rental(), charges=())).text
    where = "Heathrow Terminal 1, Nene Road, TW6 2AA London, GB, +442080000000"
    assert f"Pick-up: Mon 1 March 2027, 10:00, {where}" in text
    assert f"Return: Sat 6 March 2027, 10:00, {where}" in text
    assert "Of this to pay on site: 200.00\u00a0GBP" in text
    assert "Paid:" not in text


@pytest.mark.parametrize("example", ["Mini Cooper", "Mini Cooper or similar", "Mini Cooper (OR SIMILAR)"])
def test_a_car_is_similar_only_once(example: str) -> None:
    one = rental()
    product = one.offer.product
    assert isinstance(product, Rental)
    product = msgspec.structs.replace(product, car=Car(acriss="ECMR", example=example))
    offer = msgspec.structs.replace(one.offer, product=product)
    text = confirmed(booking(msgspec.structs.replace(one, offer=offer), charges=())).text
    assert "Car: Mini Cooper or similar, class ECMR" in text


def test_a_fee_of_the_whole_price_is_called_by_its_name() -> None:
    one = stay()
    ladder = Ladder(steps=(CancellationStep(fee=one.price),))
    conditions = msgspec.structs.replace(one.offer.conditions, cancellation=ladder)
    offer = msgspec.structs.replace(one.offer, conditions=conditions)
    text = confirmed(booking(msgspec.structs.replace(one, offer=offer))).text
    assert "Cancelling: nothing comes back" in text


def test_a_bundle_is_one_letter_with_everything_and_the_sums_by_currency() -> None:
    text = confirmed().text
    assert [line for line in text.splitlines() if line.startswith("---")] == [
        "--- Flight London – New York",
        "--- Hotel Bellevue",
        "--- Rental car, Albatross Cars",
    ]
    assert "Total: 1,792.50\u00a0EUR + 200.00\u00a0GBP" in text
    assert "Paid: 1,780.50\u00a0EUR" in text
    assert "Of this to pay on site: 12.00\u00a0EUR + 200.00\u00a0GBP" in text
    assert "- Amelia Earhart" in text


def test_what_a_desk_asks_for_in_other_money_is_told_as_it_will_be_asked_for() -> None:
    there = PriceComponent(
        kind=ComponentKind.FEE, amount=eur("12.00"), on_site=True, due=builders.money("50.00", "AED")
    )
    room = PriceComponent(kind=ComponentKind.ROOM, amount=eur("360.00"))
    one = stay()
    offer = msgspec.structs.replace(one.offer, price_components=(room, there))
    text = confirmed(booking(msgspec.structs.replace(one, offer=offer))).text
    assert "12.00\u00a0EUR, asked for there as 50.00\u00a0AED" in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("kind", "about"),
    [
        (LetterKind.BOOKING_CONFIRMED, booking),
        (LetterKind.BOOKING_CANCELLED, refunded),
        (LetterKind.PAYMENT_LINK, waiting),
    ],
)
def test_text_and_html_say_the_same_amounts(kind: LetterKind, about: Callable[[], Booking], language: str) -> None:
    written = letter(kind, about(), language=language)
    page = Text(written.html)
    shown = AMOUNT.findall(page.words)
    assert shown
    assert sorted(shown) == sorted(AMOUNT.findall(written.text))


@pytest.mark.parametrize("status", BookingStatus)
@pytest.mark.parametrize("kind", LETTER_OF.values())
def test_however_a_booking_stands_a_letter_is_written_or_not_true(kind: LetterKind, status: BookingStatus) -> None:
    """Also of one whose suppliers tell hardly anything, and in which each item has come to another end."""
    bare = stay(1, at=builders.hotel(), status=ItemStatus.KEPT)
    gone = rental(2, status=ItemStatus.REFUSED, refusal=Refusal(reason=Reason.SOLD_OUT, detail=""), order=None)
    about = booking(bare, gone, flight(3, status=ItemStatus.CANCELLED), status=status)
    facts = {"amount": {"amount": "1.00", "currency": "EUR"}}
    for language in LANGUAGES:
        draft = about_booking(kind, told(about, facts=facts, language=language))
        if draft is not None:
            written = rendered(draft, Speech(language), OFFICE)
            assert sorted(AMOUNT.findall(Text(written.html).words)) == sorted(AMOUNT.findall(written.text))
            assert "None" not in written.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_loads_nothing_and_runs_nothing(language: str) -> None:
    page = Text(confirmed(language=language).html)
    assert page.links == []
    assert not {"script", "img", "link", "iframe", "form"} & set(page.tags)


def test_a_hotel_named_like_a_script_stays_a_name() -> None:
    name = '<script>alert("x")</script> & Sons'
    written = confirmed(booking(stay(name=name)))
    page = Text(written.html)
    assert "script" not in page.tags
    assert name in page.words
    assert name in written.text


def test_a_traveller_named_over_two_lines_writes_no_line_of_ours() -> None:
    sly = builders.traveller(surname="Earhart\n\nTotal: 0.00 EUR")
    people = People(travellers=(sly,), contact=PEOPLE.contact)
    draft = about_booking(LetterKind.BOOKING_CONFIRMED, told(booking(), people=people))
    assert draft is not None
    written = rendered(draft, Speech("en"), OFFICE)
    assert "- Amelia Earhart Total: 0.00 EUR\n" in written.text


def test_every_letter_says_how_to_reach_us_and_under_which_code() -> None:
    written = confirmed()
    for words in ("Questions? Just answer this letter.", "+44 20 7946 0000", "R7KM3W"):
        assert words in written.text
        assert words in Text(written.html).words


def test_a_payment_link_tells_what_it_costs_and_how_long_it_works() -> None:
    written = letter(LetterKind.PAYMENT_LINK, waiting(), facts={"payment_id": "charge1"})
    assert written.text.splitlines()[0] == "One step is left: 1,420.50\u00a0EUR"
    assert "https://pay.test/a?b=1&c=2" in written.text
    assert "until Fri 15 January 2027, 12:30 UTC" in written.text
    assert Text(written.html).links == ["https://pay.test/a?b=1&c=2"]


def test_a_cancellation_tells_what_comes_back_what_is_kept_and_what_stays() -> None:
    text = letter(LetterKind.BOOKING_CANCELLED, refunded()).text
    for words in (
        "Paid: 1,780.50\u00a0EUR",
        "Comes back to you: 260.00\u00a0EUR",
        "Is kept: 1,520.50\u00a0EUR",
        "--- Flight London – New York\nStatus: not taken back: it stays booked",
        "--- Hotel Bellevue\nStatus: cancelled",
    ):
        assert words in text


def test_a_refund_tells_the_amount_that_comes_back() -> None:
    facts: dict[str, object] = {"payment_id": "charge1", "amount": {"amount": "260.00", "currency": "EUR"}}
    written = letter(LetterKind.REFUND_MADE, refunded(), facts=facts)
    assert written.subject == "260.00\u00a0EUR come back to you: booking R7KM3W"


def test_a_changed_price_is_told_beside_the_old_one_with_the_day_by_which_to_answer() -> None:
    about = booking(
        quoted(flight(), eur("1520.50")),
        status=BookingStatus.NEEDS_CONSENT,
        charges=(),
        consent_until=builders.NOW + timedelta(days=1),
    )
    text = letter(LetterKind.BOOKING_NEEDS_CONSENT, about).text
    assert "Price until now: 1,420.50\u00a0EUR\nNew price: 1,520.50\u00a0EUR" in text
    assert "until Sat 16 January 2027, 12:00 UTC" in text


def test_a_failure_tells_which_part_was_not_to_be_had_and_that_nothing_is_paid() -> None:
    gone = stay(2, status=ItemStatus.REFUSED, refusal=Refusal(reason=Reason.SOLD_OUT, detail="no rooms"))
    about = booking(flight(1, status=ItemStatus.CANCELLED), gone, status=BookingStatus.FAILED, charges=())
    text = letter(LetterKind.BOOKING_FAILED, about).text
    assert "--- Hotel Bellevue\nWhy: sold out meanwhile" in text
    assert "you pay nothing" in text


def test_a_declined_card_is_told_although_no_item_was_refused() -> None:
    about = booking(
        flight(1, status=ItemStatus.CHOSEN),
        status=BookingStatus.FAILED,
        charges=(),
        refusal=Refusal(reason=Reason.DECLINED, detail="card_declined"),
    )
    assert "Why: the payment was declined" in letter(LetterKind.BOOKING_FAILED, about).text


@pytest.mark.parametrize(
    ("kind", "about"),
    [
        (LetterKind.BOOKING_CONFIRMED, refunded),
        (LetterKind.BOOKING_CANCELLED, booking),
        (LetterKind.BOOKING_NEEDS_CONSENT, booking),
        (LetterKind.BOOKING_FAILED, booking),
        (LetterKind.BOOKING_EXPIRED, waiting),
        (LetterKind.PAYMENT_LINK, booking),
    ],
)
def test_what_is_not_true_any_more_is_not_told(kind: LetterKind, about: Callable[[], Booking]) -> None:
    assert about_booking(kind, told(about())) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_to_an_account_holder_leads_to_its_link(language: str) -> None:
    data = {"link": "https://app.test/verify?token=abc&x=<y>", "until": "2027-01-16T12:00:00Z"}
    speech = Speech(language)
    written = rendered(to_account(LetterKind.VERIFY_EMAIL, data, speech), speech, OFFICE)
    assert data["link"] in written.text.splitlines()
    assert Text(written.html).links == [data["link"]]
    assert "12:00 UTC" in written.text


def test_a_changed_password_is_told_without_any_link() -> None:
    written = rendered(to_account(LetterKind.PASSWORD_CHANGED, {}, Speech("en")), Speech("en"), OFFICE)
    assert Text(written.html).links == []
    assert "If it was not you, tell us at once." in written.text
