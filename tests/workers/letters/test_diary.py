"""What letters leave in a calendar, read back as a calendar reads it."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from adapters.mail.mailer import Attachment
from domain.bookings import Booking, ItemStatus
from tests import builders
from tests.workers.letters.bought import booking, flight, rental, stay
from workers.letters import diary
from workers.letters.speech import Speech

ENGLISH = Speech("en")


def published(about: Booking) -> Attachment:
    made = diary.attached(about, ENGLISH, builders.ATLAS, now=builders.NOW)
    assert made is not None
    return made


def taken_back(about: Booking) -> Attachment:
    made = diary.taken_back(about, ENGLISH, builders.ATLAS, now=builders.NOW)
    assert made is not None
    return made


def calendar(attachment: Attachment) -> Calendar:
    read = Calendar.from_ical(attachment.content)
    assert isinstance(read, Calendar)
    return read


def entries(attachment: Attachment) -> list[Event]:
    return list(calendar(attachment).events)


def test_each_flight_is_an_entry_on_the_clocks_of_its_airports() -> None:
    there, back = entries(published(booking(flight())))
    assert (str(there["summary"]), str(back["summary"])) == ("BA117 LHR – JFK", "BA112 JFK – LHR")
    london, new_york = ZoneInfo("Europe/London"), ZoneInfo("America/New_York")
    assert there.start == datetime(2027, 3, 1, 10, 30, tzinfo=london)
    assert there.end == datetime(2027, 3, 1, 13, 25, tzinfo=new_york)
    assert there["dtstart"].params["TZID"] == "Europe/London"
    assert there["dtend"].params["TZID"] == "America/New_York"


def test_a_calendar_explains_the_zones_that_it_names() -> None:
    zones = {str(zone["tzid"]) for zone in calendar(published(booking(flight()))).timezones}
    assert zones == {"Europe/London", "America/New_York"}


def test_a_calendar_is_short_enough_for_any_mail_server() -> None:
    assert len(published(booking()).content) < 5_000


def test_a_stay_takes_whole_days_and_blocks_none_of_them() -> None:
    (entry,) = entries(published(booking(stay())))
    assert (entry.start, entry.end) == (date(2027, 3, 1), date(2027, 3, 4))
    assert str(entry["transp"]) == "TRANSPARENT"
    assert str(entry["location"]) == "Hotel Bellevue, 12 rue de Seine, 75006 Paris, FR"


def test_a_rental_goes_from_counter_to_counter() -> None:
    (entry,) = entries(published(booking(rental(), charges=())))
    assert entry.start == datetime(2027, 3, 1, 10, 0, tzinfo=ZoneInfo("Europe/London"))
    assert str(entry["location"]) == "Heathrow Terminal 1, Nene Road, TW6 2AA London, GB"


def test_an_entry_names_the_codes_that_a_desk_asks_for() -> None:
    (there, _) = entries(published(booking(flight())))
    assert str(there["description"]).splitlines() == ["Your booking code: R7KM3W", "Code at BA: K7QX2M"]


def test_a_cancellation_takes_the_same_entries_out_again() -> None:
    before = published(booking(flight(1), stay(2)))
    after = taken_back(booking(flight(1, status=ItemStatus.CANCELLED), stay(2, status=ItemStatus.CANCELLED)))
    assert (str(calendar(before)["method"]), str(calendar(after)["method"])) == ("PUBLISH", "CANCEL")
    assert [str(entry["uid"]) for entry in entries(before)] == [str(entry["uid"]) for entry in entries(after)]
    assert {entry.sequence for entry in entries(before)} == {0}
    assert {(entry.sequence, str(entry["status"])) for entry in entries(after)} == {(1, "CANCELLED")}
    assert "method=CANCEL" in after.media_type


def test_entries_have_ids_of_their_own() -> None:
    uids = [str(entry["uid"]) for entry in entries(published(booking()))]
    assert len(set(uids)) == len(uids) == 4


def test_what_a_supplier_does_not_take_back_stays_in_the_calendar() -> None:
    about = booking(flight(1, status=ItemStatus.CANCELLED), stay(2, status=ItemStatus.KEPT))
    assert [str(entry["summary"]) for entry in entries(taken_back(about))] == ["BA117 LHR – JFK", "BA112 JFK – LHR"]


def test_nothing_booked_is_no_calendar() -> None:
    about = booking(flight(1, status=ItemStatus.CHOSEN, order=None))
    assert diary.attached(about, ENGLISH, builders.ATLAS, now=builders.NOW) is None
    assert diary.taken_back(about, ENGLISH, builders.ATLAS, now=builders.NOW) is None


def test_a_name_with_a_line_break_adds_no_entry() -> None:
    sly = "Bellevue\r\nEND:VEVENT\r\nBEGIN:VEVENT"
    (entry,) = entries(published(booking(stay(name=sly))))
    assert str(entry["summary"]).startswith("Bellevue")
