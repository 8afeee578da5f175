"""When two suppliers sell the same flight, travellers see it once, with both prices."""

from datetime import timedelta

import msgspec

from domain.flights import Itinerary
from domain.matching.flights import journey_key, merged
from domain.queries import Cabin
from tests.builders import ALBATROSS, BLUEBIRD, NOW, direction, itinerary, money, offer, segment

BA117 = itinerary()
CODESHARE = itinerary(direction(segment(carrier="AA", number="6143", operating_carrier="BA", operating_number="117")))


def test_the_same_flight_from_two_suppliers_is_one_result_with_both_offers() -> None:
    dear = offer(supplier=ALBATROSS, price=money("430.00"))
    cheap = offer(supplier=BLUEBIRD, price=money("410.00"))
    (result,) = merged([dear, cheap])
    assert result.offers == (cheap, dear)


def test_a_flight_sold_under_a_partners_number_is_the_same_aircraft() -> None:
    assert journey_key(CODESHARE) == journey_key(BA117)
    (result,) = merged([offer(product=BA117), offer(supplier=BLUEBIRD, product=CODESHARE)])
    assert len(result.offers) == 2


def test_a_carrier_that_flies_under_its_own_number_needs_to_say_it_only_once() -> None:
    said = itinerary(direction(segment(operating_carrier="BA")))
    said_twice = itinerary(direction(segment(operating_carrier="BA", operating_number="117")))
    assert journey_key(said) == journey_key(said_twice) == journey_key(BA117)


def test_a_partner_without_the_operating_number_is_not_guessed_to_be_the_same() -> None:
    unsure = itinerary(direction(segment(carrier="AA", number="6143", operating_carrier="BA")))
    assert journey_key(unsure) != journey_key(BA117)
    assert len(merged([offer(product=BA117), offer(supplier=BLUEBIRD, product=unsure)])) == 2


def sold_by_partner(operating_carrier: str | None = None, operating_number: str | None = None) -> Itinerary:
    """AA6143, which is a partner's number of BA117."""
    flown = {"operating_carrier": operating_carrier, "operating_number": operating_number}
    return itinerary(direction(msgspec.structs.replace(segment(carrier="AA", number="6143"), **flown)))


def test_one_supplier_that_tells_who_flies_is_enough_for_all_who_sell_the_number() -> None:
    for told in (None, "BA"):
        sold = [
            offer(reference="own", product=BA117),
            offer(reference="told", supplier=BLUEBIRD, product=CODESHARE),
            offer(reference="not told", supplier=ALBATROSS, product=sold_by_partner(told)),
        ]
        for order in (sold, sold[::-1]):
            (result,) = merged(order)
            assert len(result.offers) == 3


def test_times_alone_make_no_two_numbers_one_flight() -> None:
    assert len(merged([offer(product=BA117), offer(supplier=BLUEBIRD, product=sold_by_partner())])) == 2


def test_where_suppliers_disagree_on_who_flies_nobody_else_is_put_with_either() -> None:
    other = sold_by_partner(operating_carrier="IB", operating_number="4117")
    untold = offer(reference="not told", product=sold_by_partner())
    results = merged([offer(reference="a", product=CODESHARE), offer(reference="b", product=other), untold])
    assert [len(result.offers) for result in results] == [1, 1, 1]


def test_who_is_told_to_fly_is_not_put_with_another_who_flies() -> None:
    contradicting = offer(reference="other", product=sold_by_partner(operating_carrier="IB"))
    assert len(merged([offer(product=CODESHARE), contradicting])) == 2


def test_another_cabin_of_a_flight_is_another_result_and_so_is_one_that_is_not_told() -> None:
    cabins = (Cabin.ECONOMY, Cabin.BUSINESS, None)
    sold = [offer(reference=str(cabin), product=itinerary(direction(segment(cabin=cabin)))) for cabin in cabins]
    assert len(merged(sold)) == 3


def test_the_same_number_a_day_later_is_another_flight() -> None:
    later = itinerary(direction(segment(departs="2027-03-02T10:30", arrives="2027-03-02T13:25")))
    assert journey_key(later) != journey_key(BA117)


def test_suppliers_that_differ_by_minutes_speak_of_the_same_flight() -> None:
    moved = itinerary(direction(segment(departs="2027-03-01T10:35", arrives="2027-03-01T13:35")))
    assert journey_key(moved) == journey_key(BA117)


def test_the_day_of_a_flight_is_the_day_at_its_airport() -> None:
    evening = itinerary(
        direction(segment(origin="LAX", departs="2027-03-01T22:30", destination="SYD", arrives="2027-03-03T08:30"))
    )
    assert "LAXSYD20270301" in journey_key(evening)


def test_a_connection_is_not_two_journeys() -> None:
    out = segment(origin="LHR", destination="JFK")
    back = segment(
        origin="JFK", destination="LHR", departs="2027-03-01T20:00", arrives="2027-03-02T08:00", number="112"
    )
    assert journey_key(itinerary(direction(out, back))) != journey_key(itinerary(direction(out), direction(back)))


def test_the_cheapest_flight_comes_first() -> None:
    early = itinerary(direction(segment(number="113")))
    results = merged([offer(reference="a", price=money("300.00")), offer(reference="b", product=early)])
    assert [result.offers[0].price for result in results] == [money("300.00"), money("420.00")]


def test_different_terms_of_one_flight_stay_apart_as_offers() -> None:
    (result,) = merged([offer(reference="light"), offer(reference="flex", price=money("520.00"))])
    assert [each.reference for each in result.offers] == ["light", "flex"]


def test_an_offer_told_twice_counts_once_and_the_later_telling_is_true() -> None:
    told = offer(price=money("420.00"))
    told_again = offer(price=money("440.00"), fetched_at=NOW + timedelta(minutes=1))
    for order in ([told, told_again], [told_again, told]):
        (result,) = merged(order)
        assert result.offers == (told_again,)


def test_an_offer_that_now_names_another_flight_leaves_the_old_one() -> None:
    moved = offer(product=itinerary(direction(segment(number="113"))), fetched_at=NOW + timedelta(minutes=1))
    (result,) = merged([moved, offer()])
    assert result.product == moved.product


def test_the_fullest_description_of_a_flight_is_the_one_shown() -> None:
    plain = offer(supplier=ALBATROSS, price=money("400.00"))
    described = offer(supplier=BLUEBIRD, product=itinerary(direction(segment(aircraft="77W", booking_class="Q"))))
    (result,) = merged([plain, described])
    assert isinstance(result.product, Itinerary)
    assert result.product.segments[0].aircraft == "77W"
    assert result.offers[0] == plain


def test_of_two_descriptions_that_are_as_full_the_same_is_shown_in_any_order() -> None:
    moved = itinerary(direction(segment(departs="2027-03-01T10:35", arrives="2027-03-01T13:35")))
    sold = [offer(reference="a", product=BA117), offer(reference="b", product=moved, supplier=BLUEBIRD)]
    assert merged(sold) == merged(sold[::-1])


def test_no_offer_is_no_result() -> None:
    assert merged([]) == ()


def test_a_result_keeps_its_id_whoever_sells_it() -> None:
    (one,) = merged([offer(supplier=ALBATROSS)])
    (other,) = merged([offer(supplier=BLUEBIRD, product=CODESHARE, price=money("1.00"))])
    assert one.id == other.id
    assert len(one.id) == 26
