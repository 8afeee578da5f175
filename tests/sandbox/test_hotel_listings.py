"""How sellers describe the hotels of the pretend world: each its own choice of them, in its own words and numbers."""

from collections.abc import Iterable

import pytest

from sandbox.hotels.cities import cities, distance_km
from sandbox.hotels.directory import Hotels
from sandbox.hotels.facts import Hotel, Listing
from sandbox.hotels.misspelling import without_accents
from sandbox.hotels.numbers import Numbers
from tests.sandbox.travel import Clock

CITIES = ("PAR", "LON", "MUC", "IST", "TYO", "NYC", "MAD", "ROM", "PRG", "OSL")


def the_hotels(*, noise: float = 1.0) -> Hotels:
    return Hotels(seed=1, noise=noise, now=Clock())


def in_many_cities(hotels: Hotels) -> list[Hotel]:
    return [hotel for code in CITIES for hotel in hotels.in_city(code)]


def metres_off(hotels: Hotels, listing: Listing) -> float:
    hotel = hotels.by_id(listing.hotel_id)
    assert hotel is not None
    return 1000 * distance_km(hotel.latitude, hotel.longitude, listing.latitude, listing.longitude)


def share_of_true_names(hotels: Hotels, listings: Iterable[Listing]) -> float:
    told = [(listing.name, hotels.by_id(listing.hotel_id)) for listing in listings]
    return sum(hotel is not None and name == hotel.name for name, hotel in told) / len(told)


@pytest.mark.parametrize(("one", "other"), [("heron", "bluebird"), ("heron", "albatross"), ("gull", "tern")])
def test_two_sellers_share_most_hotels_and_neither_has_all_of_the_others(one: str, other: str) -> None:
    hotels = the_hotels()
    every = in_many_cities(hotels)
    ours, theirs = ({listing.hotel_id for listing in hotels.listings(seller, every)} for seller in (one, other))
    assert 0.50 < len(ours & theirs) / len(every) < 0.75
    assert ours - theirs
    assert theirs - ours
    assert 0.70 < len(ours) / len(every) < 0.86


def test_every_listing_leads_back_to_its_hotel() -> None:
    hotels = the_hotels()
    for seller in ("heron", "bluebird"):
        listings = hotels.listings(seller, in_many_cities(hotels))
        assert len({listing.id for listing in listings}) == len(listings)
        for listing in listings:
            assert hotels.listed(seller, listing.id) == listing


def test_the_numbers_of_two_sellers_have_nothing_to_do_with_each_other() -> None:
    hotels = the_hotels()
    ours, theirs = ({one.id for one in hotels.listings(s, in_many_cities(hotels))} for s in ("heron", "bluebird"))
    assert len(ours & theirs) < len(ours) / 100


def test_a_number_that_the_seller_never_gave_leads_nowhere() -> None:
    hotels = the_hotels()
    assert hotels.listed("heron", 0) is None
    assert hotels.listed("heron", -5) is None
    for hotel in hotels.in_city("PAR"):
        number = Numbers(1, "heron").listing(cities()["PAR"], int(hotel.id[3:]))
        sold = bool(hotels.listings("heron", [hotel]))
        assert (hotels.listed("heron", number) is not None) is sold
        assert hotels.listed("heron", number + 1_000_000_000) is None


def test_every_city_has_a_number_with_the_seller_some_below_zero_and_a_way_back() -> None:
    hotels = the_hotels()
    codes = {city.code for city in cities().values()}
    numbers = {code: hotels.city_id("heron", code) for code in codes}
    assert len(set(numbers.values())) == len(codes)
    below = [number for number in numbers.values() if number is not None and number < 0]
    assert 0.2 < len(below) / len(codes) < 0.5
    for code, number in numbers.items():
        assert number
        city = hotels.city_of("heron", number)
        assert city is not None
        assert city.code == code
        assert hotels.city_of("heron", -number) is None
    assert hotels.city_id("heron", "XXX") is None
    assert hotels.city_of("heron", 0) is None


def test_an_airport_has_the_number_of_its_city() -> None:
    hotels = the_hotels()
    assert hotels.city_id("heron", "LHR") == hotels.city_id("heron", "LON")
    assert hotels.listings("heron", hotels.in_city("LON"))[0].city_id == hotels.city_id("heron", "LON")


def test_without_noise_a_seller_tells_the_truth() -> None:
    hotels = the_hotels(noise=0)
    for listing in hotels.listings("heron", in_many_cities(hotels)):
        hotel = hotels.by_id(listing.hotel_id)
        assert hotel is not None
        for field in ("name", "chain", "stars", "latitude", "longitude", "address", "postal_code", "phone", "score"):
            assert getattr(listing, field) == getattr(hotel, field), field
        assert (listing.reviews, listing.amenities) == (hotel.reviews, hotel.amenities)
        assert [room.name for room in listing.rooms] == [room.name for room in hotel.rooms]


def test_the_more_noise_the_fewer_true_names() -> None:
    shares = []
    for noise in (0.0, 1.0, 2.0):
        hotels = the_hotels(noise=noise)
        shares.append(share_of_true_names(hotels, hotels.listings("heron", in_many_cities(hotels))))
    assert shares[0] == 1
    assert 0.2 < shares[1] < 0.7
    assert shares[2] < shares[1] - 0.1


def test_noise_changes_neither_the_choice_nor_the_numbers() -> None:
    quiet, loud = (
        [one.id for one in the_hotels(noise=noise).listings("heron", in_many_cities(the_hotels()))] for noise in (0, 2)
    )
    assert quiet == loud


def test_most_listings_stand_within_sixty_metres_and_a_few_are_far_off() -> None:
    hotels = the_hotels()
    off = sorted(metres_off(hotels, listing) for listing in hotels.listings("heron", in_many_cities(hotels)))
    assert off[int(len(off) * 0.85)] < 60
    assert 150 < off[int(len(off) * 0.99)] < 12_000
    assert off[-1] > 500  # a wrong decimal


def test_names_are_misspelt_in_all_the_usual_ways() -> None:
    hotels = the_hotels()
    told = [
        (hotel, listing.name)
        for seller in ("heron", "bluebird", "gull")
        for listing in hotels.listings(seller, in_many_cities(hotels))
        if (hotel := hotels.by_id(listing.hotel_id)) is not None and listing.name != hotel.name
    ]
    assert any(name.isupper() for _, name in told)
    assert any(name == without_accents(hotel.name) for hotel, name in told)
    assert any(name in (f"{hotel.name} by {hotel.chain}", f"{hotel.name} - {hotel.chain}") for hotel, name in told)
    assert any(name == hotel.former_name for hotel, name in told)
    assert any(name == hotel.name.replace(" & ", " and ") for hotel, name in told)
    assert any(name == hotel.name.replace("Gare", "Station") for hotel, name in told)
    assert any(name == hotel.name.removeprefix("Hotel ") for hotel, name in told)
    assert any(name == f"{hotel.name} {hotel.city_name}" for hotel, name in told)
    assert any("St." in name and "Sankt" in hotel.name for hotel, name in told)


def test_no_name_is_whittled_down_to_nothing() -> None:
    hotels = the_hotels(noise=5)
    for listing in hotels.listings("heron", in_many_cities(hotels)):
        assert len(listing.name.strip()) >= 3, listing.hotel_id
        assert listing.address[0].strip()


def test_stars_are_at_most_half_a_star_wrong_or_missing() -> None:
    hotels = the_hotels()
    apart = set()
    for listing in hotels.listings("heron", in_many_cities(hotels)):
        hotel = hotels.by_id(listing.hotel_id)
        assert hotel is not None
        if hotel.stars is None:
            assert listing.stars is None
        else:
            apart.add(None if listing.stars is None else float(abs(listing.stars - hotel.stars)))
    assert apart == {None, 0.0, 0.5}


def test_some_listings_lack_the_postal_code_and_each_has_photos_and_a_description() -> None:
    hotels = the_hotels()
    listings = hotels.listings("heron", hotels.in_city("PAR"))
    lacking = sum(listing.postal_code is None for listing in listings)
    assert 0 < lacking < len(listings) / 3
    for listing in listings:
        assert all(photo.url.startswith("https://images.example/") for photo in listing.photos)
        assert len(listing.photos) >= 2
        assert listing.name in listing.description


def test_listed_rooms_are_those_of_the_hotel_under_numbers_of_the_seller() -> None:
    hotels = the_hotels()
    for listing in hotels.listings("heron", hotels.in_city("PAR")):
        hotel = hotels.by_id(listing.hotel_id)
        assert hotel is not None
        assert [room.code for room in listing.rooms] == [room.code for room in hotel.rooms]
        assert len({room.id for room in listing.rooms}) == len(hotel.rooms)
