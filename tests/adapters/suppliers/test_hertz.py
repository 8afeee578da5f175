"""Hertz's search: the question in OpenTravel's words, and every trap on the way from its answer to an offer."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import msgspec
import pytest

from adapters.kit.calls import Readout, Reply
from adapters.kit.failures import Answered, GiveUp, TryLater
from adapters.suppliers.hertz import SUPPLIER, cars, places
from adapters.suppliers.hertz.names import in_capitals
from adapters.suppliers.hertz.refusals import ERRORS, refusal
from domain.cars import Distance, Mileage, Per
from domain.enquiries import RentalPlaceEnquiry
from domain.fitting import misfit
from domain.offers import ComponentKind, PriceComponent, RentalOffer
from domain.orders import Reason
from domain.payment import PaymentTime
from domain.queries import CarQuery
from tests.builders import ATLAS, NOW, car_query, money, wall_clock

WEEK: Final = car_query(drop_off_at=datetime(2027, 3, 8, 10, 0))  # noqa: DTZ001 -- on the clock at the counter
NAMESPACE: Final = 'xmlns="http://www.opentravel.org/OTA/2003/05"'

VEHICLE: Final = """<Vehicle PassengerQuantity="4" BaggageQuantity="1" TransmissionType="Manual" Code="ECMR" CodeContext="SIPP">
  <VehType VehicleCategory="1" DoorCount="5"/><VehMakeModel Name="B POLO OR SIMILAR" Code="ECMR"/>
  <PictureURL>ZEECMR999.jpg</PictureURL></Vehicle>"""
RENTAL: Final = """<VehicleCharge Purpose="1" TaxInclusive="false" Amount="200.00" CurrencyCode="GBP">
  <TaxAmounts><TaxAmount Total="40.00" CurrencyCode="GBP" Percentage="20.00" Description="Tax"/></TaxAmounts>
  <Calculation UnitCharge="200.00" UnitName="Week" Quantity="1"/></VehicleCharge>"""
UNLIMITED: Final = '<RateDistance Unlimited="true" DistUnitName="Mile" VehiclePeriodUnitName="RentalPeriod"/>'
TOTAL: Final = '<TotalCharge RateTotalAmount="200.00" EstimatedTotalAmount="264.00" CurrencyCode="GBP"/>'
FEE: Final = '<Fee Purpose="5" TaxInclusive="false" Description="LOCATION FEE" Amount="20.00" CurrencyCode="GBP"/>'
WAIVER: Final = """<PricedCoverage><Coverage CoverageType="7"/>
  <Charge IncludedInRate="true" TaxInclusive="false"/></PricedCoverage>"""
COUNTER: Final = """<LocationDetails AtAirport="true" Code="LHR" Name="London Heathrow" ExtendedLocationCode="LHRT50">
  <Address><StreetNmbr>Northern Perimeter Road</StreetNmbr><CityName>London</CityName><CountryName Code="GB"/></Address>
  <Telephone PhoneTechType="1" PhoneNumber="+442071234567"/></LocationDetails>"""


def car(
    *,
    vehicle: str = VEHICLE,
    distance: str = UNLIMITED,
    charges: str = RENTAL,
    rate: str = "BEST",
    restrictions: str = "",
    total: str = TOTAL,
    equipment: str = "",
    fees: str = FEE,
    quote: str = "QUOTE0000000001-2501",
    status: str = "Available",
    coverages: str = WAIVER,
    rules: str = "",
) -> str:
    """A small car for a week: 200 for the rate, 40 of tax on it, a fee of 20, and 4 of tax on that."""
    return f"""<VehAvail><VehAvailCore Status="{status}" IsAlternateInd="false">{vehicle}
      <RentalRate>{distance}<VehicleCharges>{charges}</VehicleCharges>
      <RateQualifier RateCategory="3" RateQualifier="{rate}"/>{restrictions}</RentalRate>
      {total}{equipment}<Fees>{fees}</Fees><Reference Type="16" ID="{quote}"/></VehAvailCore>
      <VehAvailInfo><PricedCoverages>{coverages}</PricedCoverages>{rules}</VehAvailInfo></VehAvail>"""


def answer(
    *found: str,
    airport: str = "LHR",
    counter: str = "LHRT50",
    pick_up: str = "2027-03-01T10:00:00-06:00",
    drop_off: str = "2027-03-08T10:00:00-06:00",
    warnings: str = "",
    details: str = COUNTER,
    sequence: str = "1",
) -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
    <OTA_VehAvailRateRS {NAMESPACE} Version="2.007" Target="Test" SequenceNmbr="{sequence}"><Success/>{warnings}
    <VehAvailRSCore><VehRentalCore PickUpDateTime="{pick_up}" ReturnDateTime="{drop_off}">
      <PickUpLocation ExtendedLocationCode="{counter}" LocationCode="{airport}"/>
      <ReturnLocation ExtendedLocationCode="{counter}" LocationCode="{airport}"/></VehRentalCore>
      <VehVendorAvails><VehVendorAvail><Vendor Code="ZE">Hertz</Vendor><VehAvails>{"".join(found)}</VehAvails>
      <Info>{details}</Info></VehVendorAvail></VehVendorAvails></VehAvailRSCore></OTA_VehAvailRateRS>"""


def errors(*told: str, root: str = "OTA_VehAvailRateRS", sequence: str = "1") -> str:
    return f'<{root} {NAMESPACE} Version="2.007" SequenceNmbr="{sequence}"><Errors>{"".join(told)}</Errors></{root}>'


def reply(body: str, *, status: int = 200) -> Reply:
    return Reply(status=status, headers={}, body=body.encode(), received_at=NOW)


def read(body: str, query: CarQuery = WEEK) -> Readout[RentalOffer]:
    return cars.read(reply(body), cars.ask(query), query, ATLAS)


def offer(body: str, query: CarQuery = WEEK) -> RentalOffer:
    readout = read(body, query)
    assert readout.skipped == ()
    (only,) = readout.records
    return only


def written(query: CarQuery = WEEK) -> str:
    return (cars.ask(query).body or b"").decode()


# ---- what is asked ----


def test_the_question_names_the_place_the_times_without_offset_and_the_driver() -> None:
    asked = written(car_query(pick_up="LHR", drop_off="LGW", driver_age=22))
    assert 'PickUpDateTime="2027-03-01T10:00:00" ReturnDateTime="2027-03-06T10:00:00"' in asked
    assert '<PickUpLocation LocationCode="LHR" CodeContext="IATA"/>' in asked
    assert '<ReturnLocation LocationCode="LGW" CodeContext="IATA"/>' in asked
    assert '<DriverType Age="22"/>' in asked


def test_elements_stand_in_the_order_of_the_schema() -> None:
    asked = written()
    names = ("<POS>", "<VehAvailRQCore", "<VehRentalCore", "<VendorPrefs>", "<DriverType", "<RateQualifier")
    assert sorted(names, key=asked.index) == list(names)


def test_the_market_is_the_point_of_sale() -> None:
    assert '<Source ISOCountry="FR" AgentDutyCode=' in written(car_query(market="FR"))


def test_no_secret_stands_in_the_question_before_it_is_sent() -> None:
    signed = SUPPLIER.auth.signed(cars.ask(WEEK), SUPPLIER.sandbox_secrets, NOW)
    for value in SUPPLIER.sandbox_secrets.values():
        assert value not in written()
        assert value in (signed.body or b"").decode()


def test_all_messages_go_to_one_address_as_xml() -> None:
    call = cars.ask(WEEK)
    assert (call.method, call.path, call.params) == (
        "POST",
        "/DirectLinkWEB/handlers/DirectLinkHandler",
        (("id", "ota2007a"),),
    )
    assert ("content-type", "text/xml; charset=utf-8") in call.headers


# ---- times and places ----


def test_the_offset_of_an_answer_is_not_that_of_the_counter() -> None:
    query = msgspec.structs.replace(WEEK, pick_up="JFK", drop_off="JFK", currency="USD")
    told = offer(answer(car(), airport="JFK", counter="JFKT10", details=""), query).product
    assert told.pick_up_at == wall_clock("JFK", "2027-03-01T10:00")
    assert told.pick_up_at.utcoffset() == timedelta(hours=-5)
    assert told.drop_off_at == wall_clock("JFK", "2027-03-08T10:00")


def test_a_counter_has_its_long_code_and_what_is_told_of_it() -> None:
    place = offer(answer(car())).product.pick_up
    assert (place.airport, place.code, place.name, place.at_airport) == ("LHR", "LHRT50", "London Heathrow", True)
    assert (place.address.lines, place.address.city, place.address.country) == (
        ("Northern Perimeter Road",),
        "London",
        "GB",
    )
    assert place.phone == "+442071234567"


def test_opening_hours_are_kept() -> None:
    hours = """<AdditionalInfo><OperationSchedules><OperationSchedule><OperationTimes>
      <OperationTime Mon="true" Tue="1" Start="07:00:00" End="22:00:00"/><OperationTime Sun="true" Start="09:00:00" End="12:00:00"/>
      </OperationTimes></OperationSchedule></OperationSchedules></AdditionalInfo></LocationDetails>"""
    extra = offer(answer(car(), details=COUNTER.replace("</LocationDetails>", hours))).supplier_extra
    assert extra["pick_up_hours"] == "Mon Tue 07:00-22:00; Sun 09:00-12:00"


def test_a_counter_that_is_not_described_has_its_code_alone() -> None:
    place = offer(answer(car(), details="")).product.pick_up
    assert (place.code, place.name, place.phone) == ("LHRT50", None, None)


@pytest.mark.parametrize(
    ("field", "value"),
    [("pick_up", "LGW"), ("drop_off", "LGW"), ("pick_up_at", datetime(2027, 3, 1, 11))],  # noqa: DTZ001 -- on the clock at the counter
)
def test_an_answer_to_another_question_is_no_answer_to_ours(field: str, value: object) -> None:
    other = msgspec.structs.replace(WEEK, **{field: value})
    assert [misfit(other, told) is None for told in read(answer(car()), other).records] == [False]


@pytest.mark.parametrize(
    "changed", [{"airport": "XQX"}, {"pick_up": "2027-03-01"}, {"drop_off": ""}, {"drop_off": "2027-02-01T10:00:00"}]
)
def test_an_answer_about_no_known_place_or_time_is_given_up(changed: dict[str, str]) -> None:
    with pytest.raises(GiveUp, match="availability"):
        read(answer(car(), **changed))


# ---- the price ----


def test_the_estimated_total_is_the_price_and_its_parts_add_up() -> None:
    told = offer(answer(car()))
    assert told.price == money("264.00", "GBP")
    assert told.price_components == (
        PriceComponent(kind=ComponentKind.RENTAL, amount=money("200.00", "GBP"), on_site=True),
        PriceComponent(kind=ComponentKind.TAX, amount=money("40.00", "GBP"), label="Tax 20.00%", on_site=True),
        PriceComponent(kind=ComponentKind.FEE, amount=money("20.00", "GBP"), label="LOCATION FEE", on_site=True),
        PriceComponent(
            kind=ComponentKind.FEE, amount=money("4.00", "GBP"), label="not itemised by the supplier", on_site=True
        ),
    )


def test_a_fee_outside_of_the_estimate_comes_on_top() -> None:
    outside = FEE.replace("/>", ' IncludedInEstTotalInd="false"/>')
    assert offer(answer(car(fees=outside))).price == money("284.00", "GBP")


def test_a_fee_in_other_money_on_top_skips_the_car_because_no_total_could_hold_it() -> None:
    outside = FEE.replace("/>", ' IncludedInEstTotalInd="false"/>').replace("GBP", "EUR")
    (skipped,) = read(answer(car(fees=outside))).skipped
    assert skipped.why == "20.00 EUR are due on top of a total in GBP"


def test_a_charge_outside_of_the_estimate_that_does_not_say_what_for_skips_the_car() -> None:
    outside = FEE.replace("/>", ' IncludedInEstTotalInd="false"/>').replace('Purpose="5"', 'Purpose="99"')
    (skipped,) = read(answer(car(fees=outside))).skipped
    assert "unknown purpose" in skipped.why


@pytest.mark.parametrize("amount", ["20.00", "-20.00"])
def test_a_discount_is_one_with_either_sign(amount: str) -> None:
    discount = FEE.replace('Purpose="5"', 'Purpose="3"').replace("20.00", amount)
    (part,) = [
        part for part in offer(answer(car(fees=FEE + discount))).price_components if part.kind is ComponentKind.DISCOUNT
    ]
    assert part.amount == money("-20.00", "GBP")


def test_a_coverage_that_nobody_can_do_without_comes_on_top_where_it_is_outside_of_the_estimate() -> None:
    forced = """<PricedCoverage Required="true"><Coverage CoverageType="10"/>
      <Charge Amount="15.00" CurrencyCode="GBP" TaxInclusive="true" IncludedInEstTotalInd="false"/></PricedCoverage>"""
    told = offer(answer(car(coverages=forced)))
    assert told.price == money("279.00", "GBP")
    assert told.price_components[-2].kind is ComponentKind.INSURANCE


def test_a_fee_in_the_rate_is_not_counted_twice() -> None:
    included = FEE.replace("/>", ' IncludedInRate="true"/>')
    told = offer(answer(car(fees=included)))
    assert told.price == money("264.00", "GBP")
    assert "LOCATION FEE" not in [part.label for part in told.price_components]


def test_each_amount_is_in_the_currency_beside_it() -> None:
    told = offer(answer(car(fees=FEE.replace("GBP", "EUR"))))
    assert told.price == money("264.00", "GBP")
    assert told.supplier_extra["charge"] == "LOCATION FEE 20.00 EUR"
    assert {part.amount.currency for part in told.price_components} == {"GBP"}


def test_a_total_that_was_converted_is_no_price() -> None:
    converted = TOTAL.replace("GBP", "EUR").replace("/>", ' RateConvertInd="true"/>')
    assert offer(answer(car(total=converted + TOTAL))).price == money("264.00", "GBP")
    (skipped,) = read(answer(car(total=converted))).skipped
    assert "EstimatedTotalAmount" in skipped.why


def test_parts_that_come_to_more_than_the_whole_are_no_parts_of_it() -> None:
    told = offer(answer(car(total=TOTAL.replace("264.00", "210.00"))))
    assert (told.price, told.price_components) == (money("210.00", "GBP"), ())


def test_sums_of_charges_are_told_and_not_added() -> None:
    on_arrival = FEE.replace('Purpose="5"', 'Purpose="23"')
    told = offer(answer(car(fees=FEE + on_arrival)))
    assert told.price == money("264.00", "GBP")
    assert told.supplier_extra["pay_on_arrival_amount"] == "LOCATION FEE 20.00 GBP"


def test_an_estimate_of_nothing_skips_the_car() -> None:
    assert read(answer(car(total=TOTAL.replace("264.00", "0.00")))).records == ()


def test_no_amount_is_rounded_on_its_way() -> None:
    told = offer(answer(car(total=TOTAL.replace("264.00", "264.01"))))
    assert told.price.amount == Decimal("264.01")


# ---- the car ----


def test_the_four_letters_the_example_and_the_picture() -> None:
    told = offer(answer(car())).product
    assert (told.vendor, told.car.acriss, told.car.example) == ("Hertz", "ECMR", "B POLO OR SIMILAR")
    assert (told.car.seats, told.car.doors, told.car.large_bags) == (4, 5, 1)


def test_a_picture_is_told_as_a_bare_file_name() -> None:
    picture = offer(answer(car())).product.car.picture
    assert picture == "https://images.hertz.com/vehicles/220x128/ZEECMR999.jpg"


def test_one_class_has_several_rates_and_each_is_an_offer() -> None:
    found = read(answer(car(), car(rate="PREPAY", quote="QUOTE2"))).records
    assert [told.product.car.acriss for told in found] == ["ECMR", "ECMR"]
    assert len({told.id for told in found}) == 2


def test_a_class_that_is_in_no_matrix_skips_one_car_alone() -> None:
    readout = read(answer(car(vehicle=VEHICLE.replace('Code="ECMR" CodeContext', 'Code="A6" CodeContext')), car()))
    assert len(readout.records) == 1
    assert [(skipped.where, "ACRISS" in skipped.why) for skipped in readout.skipped] == [
        ("VehVendorAvail[0].VehAvail[0]", True)
    ]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('EstimatedTotalAmount="264.00"', 'EstimatedTotalAmount="a lot"'),
        ('EstimatedTotalAmount="264.00"', 'EstimatedTotalAmount="NaN"'),
        ('EstimatedTotalAmount="264.00" CurrencyCode="GBP"', 'EstimatedTotalAmount="264.00" CurrencyCode="XXZ"'),
        ('Amount="20.00"', 'Amount="1E+9"'),
        ('Unlimited="true"', 'Unlimited="perhaps"'),
        ('CoverageType="7"', 'Code="7"'),
        ('Status="Available"', 'Status="Unavailable"'),
    ],
)
def test_one_bad_car_spoils_one_car(right: str, wrong: str) -> None:
    assert right in car()
    readout = read(answer(car().replace(right, wrong), car()))
    assert (len(readout.records), len(readout.skipped)) == (1, 1)


def test_a_car_on_request_says_so() -> None:
    assert offer(answer(car(status="OnRequest"))).conditions.on_request is True
    assert offer(answer(car())).conditions.on_request is False


# ---- the terms ----


def test_codes_of_coverages_and_equipment_number_alike() -> None:
    seat = """<PricedEquips><PricedEquip><Equipment EquipType="7"/><Charge Amount="30.00" CurrencyCode="GBP" TaxInclusive="true">
      <Calculation UnitCharge="6.00" UnitName="Day" Quantity="5"/></Charge></PricedEquip></PricedEquips>"""
    terms = offer(answer(car(equipment=seat))).conditions
    assert [(cover.code, cover.name, cover.included) for cover in terms.coverages] == [
        ("VCT7", "Collision damage waiver", True)
    ]
    assert [(extra.code, extra.name, extra.price, extra.per) for extra in terms.extras] == [
        ("EQP7", "Infant seat", money("6.00", "GBP"), Per.DAY)
    ]


def test_a_coverage_that_no_list_has_keeps_its_number() -> None:
    (cover,) = offer(answer(car(coverages=WAIVER.replace('"7"', '"59"')))).conditions.coverages
    assert (cover.code, cover.name) == ("VCT59", "Coverage of type 59")


def test_a_coverage_that_costs_more_is_priced_with_its_tax() -> None:
    super_waiver = """<PricedCoverage><Coverage CoverageType="40"><Details CoverageTextType="Limits">NO EXCESS</Details></Coverage>
      <Charge Amount="70.00" CurrencyCode="GBP" TaxInclusive="false" IncludedInRate="false">
      <TaxAmounts><TaxAmount Total="14.00" CurrencyCode="GBP"/></TaxAmounts>
      <Calculation UnitCharge="10.00" UnitName="Day" Quantity="7"/></Charge></PricedCoverage>"""
    told = offer(answer(car(coverages=super_waiver)))
    (cover,) = told.conditions.coverages
    assert (cover.included, cover.price, cover.per) == (False, money("84.00", "GBP"), Per.RENTAL)
    assert told.supplier_extra["coverage_VCT40"] == "NO EXCESS"


def test_mileage_is_unlimited_or_so_much_a_day_and_more_costs_more() -> None:
    assert offer(answer(car())).conditions.mileage == Mileage(unlimited=True)
    limited = '<RateDistance Unlimited="false" Quantity="100" DistUnitName="Km" VehiclePeriodUnitName="Day"/>'
    more = '<VehicleCharge Purpose="8" Amount="0.25" CurrencyCode="GBP" TaxInclusive="true" IncludedInEstTotalInd="false"/>'
    told = offer(answer(car(distance=limited, charges=RENTAL + more)))
    assert told.conditions.mileage == Mileage(
        unlimited=False, included=100, unit=Distance.KM, per=Per.DAY, beyond=money("0.25", "GBP")
    )
    assert told.price == money("264.00", "GBP")


def test_so_much_a_week_is_told_beside() -> None:
    weekly = '<RateDistance Unlimited="false" Quantity="700" DistUnitName="Mile" VehiclePeriodUnitName="Week"/>'
    told = offer(answer(car(distance=weekly)))
    assert told.conditions.mileage == Mileage(unlimited=False, unit=Distance.MILE)
    assert told.supplier_extra["distance_included"] == "700 Mile per Week"


def test_a_car_is_paid_at_the_counter_unless_a_rule_wants_it_before() -> None:
    assert offer(answer(car())).conditions.payment == (PaymentTime.ON_SITE,)
    prepay = '<PaymentRules><PaymentRule RuleType="2" Amount="264.00" CurrencyCode="GBP">PREPAID</PaymentRule></PaymentRules>'
    told = offer(answer(car(rules=prepay)))
    assert told.conditions.payment == (PaymentTime.NOW,)
    assert {part.on_site for part in told.price_components} == {False}
    part = prepay.replace("264.00", "50.00")
    assert offer(answer(car(rules=part))).conditions.payment == (PaymentTime.NOW, PaymentTime.ON_SITE)


def test_rules_about_cancelling_are_a_ladder_on_the_counters_clock() -> None:
    rules = """<PaymentRules><PaymentRule RuleType="1" Percent="100" DateTime="2027-03-01T10:00:00-06:00"/>
      <PaymentRule RuleType="1" Amount="40.00" CurrencyCode="GBP" DateTime="2027-02-27T10:00:00-06:00"/>
      <PaymentRule RuleType="3" Amount="150.00" CurrencyCode="GBP"/></PaymentRules>"""
    terms = offer(answer(car(rules=rules))).conditions
    assert terms.cancellation is not None
    assert [(step.since, step.fee) for step in terms.cancellation.steps] == [
        (wall_clock("LHR", "2027-02-27T10:00"), money("40.00", "GBP")),
        (wall_clock("LHR", "2027-03-01T10:00"), money("264.00", "GBP")),
    ]
    assert (terms.refundable, terms.deposit) == (True, money("150.00", "GBP"))


def test_what_is_not_told_about_cancelling_is_not_known() -> None:
    terms = offer(answer(car())).conditions
    assert (terms.cancellation, terms.refundable) == (None, None)
    free = '<RateRestrictions CancellationPenaltyInd="false" AdvancedBookingInd="true"/>'
    told = offer(answer(car(restrictions=free)))
    assert told.conditions.refundable is True
    assert told.supplier_extra["advanced_booking_ind"] == "true"


def test_warnings_stand_beside_a_success_and_are_kept() -> None:
    warned = '<Warnings><Warning Type="1" ShortText="AGE DIFFERENTIAL CHARGE MAY APPLY" RecordID="201"/></Warnings>'
    assert offer(answer(car(), warnings=warned)).supplier_extra["warnings"] == "AGE DIFFERENTIAL CHARGE MAY APPLY"


def test_what_the_vendor_says_is_kept() -> None:
    said = """<VendorMessages><VendorMessage InfoType="4"><SubSection><Paragraph><Text>BRING A PASSPORT</Text></Paragraph>
      </SubSection></VendorMessage></VendorMessages>"""
    assert offer(answer(car(), details=said + COUNTER)).supplier_extra["messages"] == "BRING A PASSPORT"


# ---- no ----


def failure(told: Reply) -> Exception:
    said = refusal(told)
    assert said is not None
    assert said.code is not None
    return ERRORS[said.code].raised(said.message, code=said.code, retry_after=None)


@pytest.mark.parametrize(
    ("root", "code", "reason"),
    [
        ("OTA_VehAvailRateRS", "221", Reason.NOTHING_THERE),
        ("OTA_VehAvailRateRS", "229", Reason.NOTHING_THERE),
        ("OTA_VehAvailRateRS", "227", Reason.NOT_POSSIBLE),
        ("OTA_VehResRS", "221", Reason.SOLD_OUT),
        ("OTA_VehResRS", "280", Reason.SOLD_OUT),
        ("OTA_VehResRS", "309", Reason.PRICE_CHANGED),
        ("OTA_VehResRS", "281", Reason.DECLINED),
        ("OTA_VehResRS", "287", Reason.INVALID_TRAVELLER),
        ("OTA_VehResRS", "310", Reason.INVALID_TRAVELLER),
        ("OTA_VehResRS", "127", Reason.DUPLICATE),
        ("OTA_VehRetResRS", "97", Reason.NO_SUCH_ORDER),
        ("OTA_VehRetResRS", "287", Reason.NO_SUCH_ORDER),
        ("OTA_VehCancelRS", "95", Reason.ALREADY_CANCELLED),
        ("OTA_VehCancelRS", "245", Reason.NO_SUCH_ORDER),
        ("OTA_VehCancelRS", "264", Reason.NOT_CANCELLABLE),
    ],
)
def test_an_error_comes_with_status_200_and_means_what_its_step_makes_of_it(
    root: str, code: str, reason: Reason
) -> None:
    said = failure(reply(errors(f'<Error Type="3" Code="{code}" ShortText="NO"/>', root=root)))
    assert isinstance(said, Answered)
    assert said.reason is reason


def test_no_car_is_sold_out_to_whoever_asks_for_a_quote() -> None:
    said = failure(reply(errors('<Error Type="3" Code="221" ShortText="NO"/>', sequence="2")))
    assert isinstance(said, Answered)
    assert said.reason is Reason.SOLD_OUT


@pytest.mark.parametrize("code", ["448", "450", "187"])
def test_a_system_that_could_not_process_leaves_a_booking_in_doubt(code: str) -> None:
    said = failure(reply(errors(f'<Error Type="3" Code="{code}" ShortText="NO"/>', root="OTA_VehResRS")))
    assert isinstance(said, TryLater)


def test_a_type_counts_where_the_code_says_nothing() -> None:
    assert isinstance(failure(reply(errors('<Error Type="4" ShortText="WHO ARE YOU"/>'))), GiveUp)
    assert isinstance(failure(reply(errors('<Error Type="6" Code="999" ShortText="NOT YOU"/>'))), GiveUp)
    assert isinstance(failure(reply(errors('<Error Type="3" Code="999">TOO YOUNG</Error>'))), Answered)


def test_of_several_errors_the_first_that_says_something_counts() -> None:
    said = refusal(reply(errors('<Error Type="99" ShortText="HM"/>', '<Error Type="3" Code="226" ShortText="PAST"/>')))
    assert said is not None
    assert (said.code, said.message) == ("226", "HM; PAST")


@pytest.mark.parametrize("body", [answer(car()), "<html><body>Errors</body></html>", "Errors", "<a><Errors></a>"])
def test_what_holds_no_error_of_theirs_is_none(body: str) -> None:
    assert refusal(reply(body)) is None


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html><h1>503</h1></html>",
        answer(car())[:900],
        '<!DOCTYPE a [<!ENTITY b "c">]>' + answer(car()).split("\n", 1)[1],
        answer(car()).replace("VehAvailRateRS", "VehResRS"),
        answer(car()).replace("VehVendorAvails", "Vendors"),
        errors('<Error Type="3" ShortText="NO"/>'),
    ],
)
def test_what_is_no_answer_is_given_up(body: str) -> None:
    with pytest.raises(GiveUp, match="unreadable"):
        read(body)


# ---- counters ----


def test_counters_are_found_by_the_airport() -> None:
    enquiry = RentalPlaceEnquiry(airport="LHR")
    call = places.ask(enquiry)
    assert b"<RefPoint>LHR</RefPoint>" in (call.body or b"")
    counter = COUNTER.replace("LocationDetails", "LocationDetail")
    nameless = "<LocationDetail/>"
    body = f"""<OTA_VehLocSearchRS {NAMESPACE} Version="2.007"><Success/><VehMatchedLocs>
      <VehMatchedLoc>{counter}</VehMatchedLoc><VehMatchedLoc>{nameless}</VehMatchedLoc></VehMatchedLocs></OTA_VehLocSearchRS>"""
    readout = places.read(reply(body), call, enquiry, ATLAS)
    assert [(place.code, place.name) for place in readout.records] == [("LHRT50", "London Heathrow")]
    assert [skipped.where for skipped in readout.skipped] == ["VehMatchedLoc[1]"]


# ---- names ----


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Earhart", "EARHART"),
        ("Müller", "MULLER"),
        ("Strauß", "STRAUSS"),
        ("Ångström-Sørensen", "ANGSTROM-SORENSEN"),
        ("Łukasz  O'Neill", "LUKASZ O'NEILL"),
    ],
)
def test_a_name_is_written_in_capitals_without_accents(name: str, told: str) -> None:
    assert in_capitals(name) == told


@pytest.mark.parametrize("name", ["", "李", "- '"])
def test_a_name_of_which_nothing_would_be_left_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="A to Z"):
        in_capitals(name)
