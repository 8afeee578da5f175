"""Offers, journeys, airports and questions with defaults, so that a test names only what it is about."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

from domain.cars import Car, Rental, RentalConditions, RentalPlace
from domain.flights import Itinerary, Segment, Slice
from domain.hotels import Board, Property, Room, Stay, StayConditions
from domain.money import Money
from domain.offers import FlightConditions, FlightOffer, Offer, PriceComponent, RentalOffer, StayOffer, offer_id
from domain.places import Airline, Airport, Atlas, Point
from domain.queries import Cabin, CarQuery, FlightQuery, HotelQuery
from domain.searches import Outcome, Search, SkippedRecord, SupplierReport, begun
from domain.times import at_airport
from domain.travellers import Age, Contact, Document, Gender, Title, Traveller

NOW: Final = datetime(2027, 1, 15, 12, 0, tzinfo=UTC)
DEPARTURE: Final = date(2027, 3, 1)

# Nobody sells under these names, so that no test of ours leans on a supplier's folder.
ALBATROSS: Final = "albatross"
BLUEBIRD: Final = "bluebird"

# iata -> icao, name, city, city code, country, time zone, latitude, longitude, elevation in feet
_AIRPORTS: Final = {
    "LHR": ("EGLL", "London Heathrow", "London", "LON", "GB", "Europe/London", 51.4706, -0.4619, 83),
    "LGW": ("EGKK", "London Gatwick", "London", "LON", "GB", "Europe/London", 51.1481, -0.1903, 202),
    "JFK": ("KJFK", "John F. Kennedy", "New York", "NYC", "US", "America/New_York", 40.6398, -73.7789, 13),
    "LAX": ("KLAX", "Los Angeles", "Los Angeles", "LAX", "US", "America/Los_Angeles", 33.9425, -118.4081, 125),
    "HNL": ("PHNL", "Daniel K. Inouye", "Honolulu", "HNL", "US", "Pacific/Honolulu", 21.3187, -157.9225, 13),
    "ZRH": ("LSZH", "Zürich", "Zürich", "ZRH", "CH", "Europe/Zurich", 47.4647, 8.5492, 1416),
    "CDG": ("LFPG", "Paris Charles de Gaulle", "Paris", "PAR", "FR", "Europe/Paris", 49.0097, 2.5478, 392),
    "ORY": ("LFPO", "Paris Orly", "Paris", "PAR", "FR", "Europe/Paris", 48.7233, 2.3794, 291),
    "BER": ("EDDB", "Berlin Brandenburg", "Berlin", "BER", "DE", "Europe/Berlin", 52.3622, 13.5007, 157),
    "DXB": ("OMDB", "Dubai", "Dubai", "DXB", "AE", "Asia/Dubai", 25.2528, 55.3644, 62),
    "DEL": ("VIDP", "Indira Gandhi", "Delhi", "DEL", "IN", "Asia/Kolkata", 28.5665, 77.1031, 777),
    "KTM": ("VNKT", "Tribhuvan", "Kathmandu", "KTM", "NP", "Asia/Kathmandu", 27.6966, 85.3591, 4390),
    "SIN": ("WSSS", "Singapore Changi", "Singapore", "SIN", "SG", "Asia/Singapore", 1.3502, 103.9944, 22),
    "NRT": ("RJAA", "Tokyo Narita", "Tokyo", "TYO", "JP", "Asia/Tokyo", 35.7647, 140.3864, 141),
    "ADL": ("YPAD", "Adelaide", "Adelaide", "ADL", "AU", "Australia/Adelaide", -34.945, 138.5306, 20),
    "SYD": ("YSSY", "Sydney Kingsford Smith", "Sydney", "SYD", "AU", "Australia/Sydney", -33.9461, 151.1772, 21),
    "LDH": ("YLHI", "Lord Howe Island", "Lord Howe Island", "LDH", "AU", "Australia/Lord_Howe", -31.5383, 159.0767, 5),
    "AKL": ("NZAA", "Auckland", "Auckland", "AKL", "NZ", "Pacific/Auckland", -37.0081, 174.7917, 23),
    "APW": ("NSFA", "Faleolo", "Apia", "APW", "WS", "Pacific/Apia", -13.83, -172.0083, 58),
    "PPG": ("NSTU", "Pago Pago", "Pago Pago", "PPG", "AS", "Pacific/Pago_Pago", -14.331, -170.7105, 32),
    "YYT": ("CYYT", "St. John's", "St. John's", "YYT", "CA", "America/St_Johns", 47.6186, -52.7519, 461),
}


def airport(iata: str = "LHR", *, name: str | None = None, timezone: str | None = None) -> Airport:
    """One of the airports that the tests travel between, with its real facts."""
    icao, title, city, city_code, country, zone, latitude, longitude, elevation = _AIRPORTS[iata]
    return Airport(
        iata=iata,
        icao=icao,
        name=name or title,
        city=city,
        city_code=city_code,
        country=country,
        subdivision=None,
        timezone=timezone or zone,
        location=Point(latitude=latitude, longitude=longitude),
        elevation_feet=elevation,
    )


def airports() -> tuple[Airport, ...]:
    return tuple(airport(iata) for iata in _AIRPORTS)


def atlas() -> Atlas:
    """All airports of the builders."""
    return Atlas(airports())


ATLAS: Final = atlas()


def airline(
    *,
    iata: str | None = "BA",
    icao: str | None = "BAW",
    name: str = "British Airways",
    country: str | None = "GB",
    callsign: str | None = "SPEEDBIRD",
    active: bool | None = True,
) -> Airline:
    return Airline(iata=iata, icao=icao, name=name, country=country, callsign=callsign, active=active)


def flight_query(
    *,
    origin: str = "LHR",
    destination: str = "JFK",
    departure_date: date = DEPARTURE,
    return_date: date | None = None,
    adults: int = 1,
    children: int = 0,
    infants: int = 0,
    cabin: Cabin = Cabin.ECONOMY,
    currency: str = "EUR",
) -> FlightQuery:
    return FlightQuery(
        origin=origin,
        destination=destination,
        departure_date=departure_date,
        return_date=return_date,
        adults=adults,
        children=children,
        infants=infants,
        cabin=cabin,
        currency=currency,
    )


PARIS: Final = Point(latitude=48.8534, longitude=2.3488)


def hotel_query(
    *,
    location: Point = PARIS,
    check_in: date = DEPARTURE,
    check_out: date = DEPARTURE + timedelta(days=3),
    radius_km: int = 15,
    rooms: int = 1,
    adults: int = 2,
    children_ages: tuple[int, ...] = (),
    currency: str = "EUR",
    market: str = "DE",
) -> HotelQuery:
    """Three nights in Paris for two."""
    return HotelQuery(
        location=location,
        check_in=check_in,
        check_out=check_out,
        radius_km=radius_km,
        rooms=rooms,
        adults=adults,
        children_ages=children_ages,
        currency=currency,
        market=market,
    )


def car_query(
    *,
    pick_up: str = "LHR",
    drop_off: str = "LHR",
    pick_up_at: datetime = datetime(2027, 3, 1, 10, 0),  # noqa: DTZ001 -- on the clock at the counter
    drop_off_at: datetime = datetime(2027, 3, 6, 10, 0),  # noqa: DTZ001 -- on the clock at the counter
    driver_age: int = 30,
    currency: str = "GBP",
    market: str = "DE",
) -> CarQuery:
    """Five days in London, in the currency of the counter."""
    return CarQuery(
        pick_up=pick_up,
        drop_off=drop_off,
        pick_up_at=pick_up_at,
        drop_off_at=drop_off_at,
        driver_age=driver_age,
        currency=currency,
        market=market,
    )


def traveller(
    *,
    given_name: str = "Amelia",
    surname: str = "Earhart",
    born_on: date = date(1987, 7, 24),
    title: Title = Title.MS,
    gender: Gender = Gender.FEMALE,
    age: Age = Age.ADULT,
    nationality: str | None = "US",
    document: Document | None = None,
) -> Traveller:
    return Traveller(
        given_name=given_name,
        surname=surname,
        born_on=born_on,
        title=title,
        gender=gender,
        age=age,
        nationality=nationality,
        document=document or Document(number="X1234567", issued_by="US", expires_on=date(2031, 1, 1)),
    )


def contact(*, email: str = "amelia@example.com", phone: str = "+442080160509", country: str = "GB") -> Contact:
    return Contact(
        email=email, phone=phone, country=country, address_line="1 High Street", city="London", postal_code="N1 1AA"
    )


def wall_clock(iata: str, local: str) -> datetime:
    """The aware instant at which the clock of an airport shows a local ISO time, such as 2027-03-01T10:30."""
    zone = ATLAS.zone(iata)
    if zone is None:
        raise LookupError(f"the builders know no airport {iata}")
    return at_airport(datetime.fromisoformat(local), zone)


def segment(
    *,
    origin: str = "LHR",
    destination: str = "JFK",
    departs: str = "2027-03-01T10:30",
    arrives: str = "2027-03-01T13:25",
    carrier: str = "BA",
    number: str = "117",
    operating_carrier: str | None = None,
    operating_number: str | None = None,
    cabin: Cabin | None = None,
    booking_class: str | None = None,
    aircraft: str | None = None,
) -> Segment:
    """`departs` and `arrives` are what the clocks of the two airports show."""
    return Segment(
        origin=origin,
        destination=destination,
        departs_at=wall_clock(origin, departs),
        arrives_at=wall_clock(destination, arrives),
        carrier=carrier,
        number=number,
        operating_carrier=operating_carrier,
        operating_number=operating_number,
        cabin=cabin,
        booking_class=booking_class,
        aircraft=aircraft,
    )


def direction(*segments: Segment) -> Slice:
    """One direction of a journey: London to New York without a stop, where nothing is said."""
    return Slice(segments=segments or (segment(),))


def itinerary(*slices: Slice) -> Itinerary:
    """A one-way from London to New York, where nothing is said."""
    return Itinerary(slices=slices or (direction(),))


def money(amount: str = "420.00", currency: str = "EUR") -> Money:
    return Money(amount=Decimal(amount), currency=currency)


def offer(
    *,
    supplier: str = ALBATROSS,
    reference: str = "fare-1",
    product: Itinerary | None = None,
    price: Money | None = None,
    price_components: tuple[PriceComponent, ...] = (),
    conditions: FlightConditions | None = None,
    fetched_at: datetime = NOW,
    expires_at: datetime | None = None,
    seats_left: int | None = None,
    bookable: bool = True,
    supplier_extra: dict[str, str] | None = None,
) -> FlightOffer:
    """Open for two hours after it was fetched, where nothing else is said."""
    return Offer(
        id=offer_id(supplier, reference),
        supplier=supplier,
        reference=reference,
        product=product or itinerary(),
        price=price or money(),
        price_components=price_components,
        conditions=conditions or FlightConditions(),
        fetched_at=fetched_at,
        expires_at=expires_at or fetched_at + timedelta(hours=2),
        seats_left=seats_left,
        bookable=bookable,
        supplier_extra=supplier_extra or {},
    )


def hotel(
    *, supplier: str = ALBATROSS, number: str = "1", name: str = "Hotel Bellevue", location: Point = PARIS
) -> Property:
    return Property(supplier=supplier, id=number, name=name, location=location)


def stay_offer(
    *,
    supplier: str = ALBATROSS,
    reference: str = "rate-1",
    at: Property | None = None,
    check_in: date = DEPARTURE,
    check_out: date = DEPARTURE + timedelta(days=3),
    price: Money | None = None,
    conditions: StayConditions | None = None,
) -> StayOffer:
    """A room with breakfast in Paris."""
    return Offer(
        id=offer_id(supplier, reference),
        supplier=supplier,
        reference=reference,
        product=Stay(property=at or hotel(supplier=supplier), check_in=check_in, check_out=check_out),
        price=price or money("360.00"),
        price_components=(),
        conditions=conditions or StayConditions(rooms=(Room(name="Double room"),), board=Board.BREAKFAST),
        fetched_at=NOW,
        expires_at=NOW + timedelta(hours=2),
    )


def rental_offer(
    *,
    supplier: str = ALBATROSS,
    reference: str = "car-1",
    vendor: str = "Albatross Cars",
    acriss: str = "ECMR",
    airport: str = "LHR",
    price: Money | None = None,
    conditions: RentalConditions | None = None,
    counter: RentalPlace | None = None,
) -> RentalOffer:
    """An economy car for five days, back to where it came from: the airport, where nothing else is said."""
    counter = counter or RentalPlace(airport=airport, code=f"{airport}T1", at_airport=True)
    return Offer(
        id=offer_id(supplier, reference),
        supplier=supplier,
        reference=reference,
        product=Rental(
            vendor=vendor,
            car=Car(acriss=acriss),
            pick_up=counter,
            drop_off=counter,
            pick_up_at=wall_clock(airport, "2027-03-01T10:00"),
            drop_off_at=wall_clock(airport, "2027-03-06T10:00"),
        ),
        price=price or money("200.00", "GBP"),
        price_components=(),
        conditions=conditions or RentalConditions(),
        fetched_at=NOW,
        expires_at=NOW + timedelta(hours=2),
    )


def report(
    *,
    supplier: str = ALBATROSS,
    status: Outcome = Outcome.OK,
    offers: int = 0,
    took_ms: int | None = 120,
    fetched_at: datetime | None = NOW,
    skipped: tuple[SkippedRecord, ...] = (),
    detail: str | None = None,
) -> SupplierReport:
    return SupplierReport(
        supplier=supplier,
        status=status,
        offers=offers,
        took_ms=took_ms,
        fetched_at=fetched_at,
        skipped_records=len(skipped),
        skipped=skipped,
        detail=detail,
    )


def search_begun(
    *, query: FlightQuery | None = None, suppliers: tuple[str, ...] = (ALBATROSS, BLUEBIRD), now: datetime = NOW
) -> Search:
    return begun(query or flight_query(), suppliers, now)
