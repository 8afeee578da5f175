"""A worker that says what it is told to, for tests of those who ask."""

from datetime import timedelta
from typing import Final

import falcon.testing

from domain.enquiries import KEPT, Enquiry, enquiry_id
from domain.jobs import AnswerEnquiry
from domain.searches import Outcome, SupplierReport
from storage.enquiries import EnquiryBook, Told, records
from tests.api.hub import Hub, json
from tests.api.schemas import misfits
from tests.api.test_openapi import DOCUMENT
from tests.builders import ALBATROSS, BLUEBIRD, report

TROUBLE: Final = report(supplier=ALBATROSS, status=Outcome.TIMEOUT, detail="no reply within 15 s", fetched_at=None)


async def tell(
    api: Hub,
    enquiry: Enquiry,
    *said: object,
    reports: tuple[SupplierReport, ...] = (),
    beside: tuple[SupplierReport, ...] = (),
    fresh: timedelta | None = None,
) -> None:
    """What a worker does when a supplier has answered; where there are `reports`, everybody was asked in vain.

    `beside` are those of others who were asked in vain while one has answered.
    """
    book, keeping, now = EnquiryBook(api.services.redis), KEPT[type(enquiry)], api.clock.now
    async with book.answering(enquiry, since=(await book.latest(enquiry_id(enquiry))).stamp) as answering:
        assert answering is not None
        told = Told(
            enquiry=enquiry,
            tried_at=now,
            fresh_until=now + (keeping.fresh if fresh is None else fresh),
            reports=reports or (report(supplier=BLUEBIRD if beside else ALBATROSS, offers=len(said)), *beside),
            told_at=None if reports else now,
            supplier=None if reports else ALBATROSS,
            records=records(said),
        )
        assert await answering.tell(told, usable=keeping.usable)


def enquiries(api: Hub) -> list[Enquiry]:
    """What workers are to ask."""
    return [job.enquiry for job in api.jobs() if isinstance(job, AnswerEnquiry)]


def misdescribed(answer: falcon.testing.Result, method: str, path: str) -> list[str]:
    """Everything in an answer that the document of our own calls does not say of it."""
    described = DOCUMENT["paths"][path][method.lower()]["responses"][str(answer.status_code)]
    schema = described["content"][answer.headers["Content-Type"].partition(";")[0]]["schema"]
    return misfits(schema, json(answer), DOCUMENT)
