"""Calls for operators about findings, bookings seen whole, and queues."""

from types import MappingProxyType
from typing import Final

from api.admin import answers, bookings, findings, queues
from api.problems import Kind
from api.route import Answer, Group, Route, Who, one

_A_FINDING: Final = MappingProxyType({"finding_id": "The id of a finding."})
_A_BOOKING: Final = "The id or the record locator of a booking."
_SOON: Final = ("Location", "Retry-After")

ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/admin/findings",
        call=findings.listed,
        group=Group.OPERATIONS,
        summary="Where our books, a supplier's and a gateway's differ",
        query=findings.FindingWishes,
        further=findings.list_faults,
        answers=one("The findings.", answers.FindingList, headers=("Link",)),
        example="/v1/admin/findings?state=open",
        name="findings_listed",
        who=Who.OPERATOR,
    ),
    Route(
        method="GET",
        path="/v1/admin/findings/{finding_id}",
        call=findings.look,
        group=Group.OPERATIONS,
        summary="One finding",
        place=_A_FINDING,
        answers=one("The finding.", answers.ShownFinding),
        example="/v1/admin/findings/{finding_id}",
        name="finding",
        who=Who.OPERATOR,
    ),
    Route(
        method="POST",
        path="/v1/admin/findings/{finding_id}/settle",
        call=findings.settle,
        group=Group.OPERATIONS,
        summary="Say what became of a finding",
        body=findings.Settlement,
        further=findings.settle_faults,
        place=_A_FINDING,
        answers=one("The finding as it is now.", answers.ShownFinding),
        example='{"state":"resolved","note":"Refunded by bank transfer on 3 March."}',
        name="settle_finding",
        who=Who.OPERATOR,
    ),
    Route(
        method="POST",
        path="/v1/admin/reconcile",
        call=findings.reconcile,
        group=Group.OPERATIONS,
        summary="Compare our bookings with the books of suppliers and gateways now",
        body=findings.ReconcileWish,
        answers=MappingProxyType(
            {202: Answer(meaning="It is queued or under way.", shapes=(answers.ReconcileRun,), headers=_SOON)}
        ),
        example='{"hours":24}',
        name="reconcile",
        who=Who.OPERATOR,
    ),
    Route(
        method="GET",
        path="/v1/admin/reconcile",
        call=findings.runs,
        group=Group.OPERATIONS,
        summary="The last comparisons of the books",
        answers=one("The comparisons, the newest first.", answers.ReconcileRunList),
        example="/v1/admin/reconcile",
        name="reconcile_runs",
        who=Who.OPERATOR,
    ),
    Route(
        method="GET",
        path="/v1/admin/reconcile/{run_id}",
        call=findings.run,
        group=Group.OPERATIONS,
        summary="How far a comparison of the books is",
        place=MappingProxyType({"run_id": "The id of a comparison."}),
        answers=one("The comparison.", answers.ReconcileRun),
        example="/v1/admin/reconcile/{run_id}",
        name="reconcile_run",
        who=Who.OPERATOR,
    ),
    Route(
        method="GET",
        path="/v1/admin/bookings/{booking_id}",
        call=bookings.look,
        group=Group.OPERATIONS,
        summary="A booking with all its steps and findings, without its travellers",
        place=MappingProxyType({"booking_id": _A_BOOKING}),
        answers=one("The booking.", answers.WholeBooking),
        example="/v1/admin/bookings/{booking_id}",
        name="whole_booking",
        who=Who.OPERATOR,
    ),
    Route(
        method="POST",
        path="/v1/admin/bookings/{booking_id}/items/{number}/resolve",
        call=bookings.resolve,
        group=Group.OPERATIONS,
        summary="Tell what a supplier said on the telephone about an order in doubt",
        body=bookings.Resolution,
        further=bookings.resolve_faults,
        place=MappingProxyType({"booking_id": _A_BOOKING, "number": "Which item, counted from 1."}),
        answers=MappingProxyType(
            {202: Answer(meaning="The booking goes on.", shapes=(answers.WholeBooking,), headers=_SOON)}
        ),
        example='{"outcome":"booked","order_id":"H-77310","locator":"77310","note":"Ms Ito at the hotel, 3 March"}',
        name="resolve_item",
        who=Who.OPERATOR,
        problems=(Kind.CONFLICT,),
    ),
    Route(
        method="GET",
        path="/v1/admin/queues",
        call=queues.queues,
        group=Group.OPERATIONS,
        summary="What waits for workers, and what they have given up",
        answers=one("Every queue.", answers.QueueList),
        example="/v1/admin/queues",
        name="queues",
        who=Who.OPERATOR,
    ),
    Route(
        method="POST",
        path="/v1/admin/queues/{queue}/dead-letters/replay",
        call=queues.replay,
        group=Group.OPERATIONS,
        summary="Put jobs that were given up on their queue once more",
        body=queues.ReplayWish,
        place=MappingProxyType({"queue": "The name of a queue."}),
        answers=one("Which of them.", answers.ReplayedLetters),
        example="{}",
        name="replay_dead_letters",
        who=Who.OPERATOR,
    ),
)
