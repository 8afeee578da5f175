"""Calls about what prices were, and about hearing of lower ones."""

from types import MappingProxyType
from typing import Final

from api import alerts, prices
from api.route import Answer, Group, Route, Who, one

_AN_ALERT: Final = MappingProxyType({"alert_id": "The id of an alert of yours."})
_SET: Final = Answer(meaning="The alert.", shapes=(alerts.PriceAlert,), headers=("Location",))

ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/prices/history",
        call=prices.history,
        group=Group.SEARCH,
        summary="What prices were, by hour or day",
        query=prices.PriceHistoryWishes,
        further=prices.history_faults,
        answers=one("The cheapest of each hour or day, oldest first.", prices.PriceHistory, headers=("Link",)),
        example="/v1/prices/history?origin=LHR&destination=JFK&departure_date={soon}",
        cacheable=True,
    ),
    Route(
        method="POST",
        path="/v1/alerts",
        call=alerts.create,
        group=Group.SEARCH,
        summary="Hear of lower prices",
        body=alerts.NEW_ALERT,
        further=alerts.faults,
        answers=MappingProxyType({200: _SET, 201: _SET}),
        example='{"vertical":"flights","origin":"LHR","destination":"JFK","departure_date":"{soon}","below":"350.00"}',
        who=Who.CALLER,
    ),
    Route(
        method="GET",
        path="/v1/alerts",
        call=alerts.listed,
        group=Group.SEARCH,
        summary="Your alerts, the newest first",
        query=alerts.AlertWishes,
        further=alerts.list_faults,
        answers=one("The alerts.", alerts.PriceAlertList, headers=("Link",)),
        example="/v1/alerts",
        who=Who.CALLER,
    ),
    Route(
        method="GET",
        path="/v1/alerts/{alert_id}",
        call=alerts.look,
        group=Group.SEARCH,
        summary="One alert",
        place=_AN_ALERT,
        answers=one("The alert.", alerts.PriceAlert),
        example="/v1/alerts/{alert_id}",
        who=Who.CALLER,
    ),
    Route(
        method="DELETE",
        path="/v1/alerts/{alert_id}",
        call=alerts.remove,
        group=Group.SEARCH,
        summary="Hear no more of it",
        place=_AN_ALERT,
        answers=MappingProxyType({204: Answer(meaning="It is gone, with all that it has told.", media_type=None)}),
        example="/v1/alerts/{alert_id}",
        who=Who.CALLER,
    ),
    Route(
        method="GET",
        path="/v1/alerts/{alert_id}/events",
        call=alerts.events,
        group=Group.SEARCH,
        summary="What an alert has told, oldest first",
        query=alerts.AlertWishes,
        further=alerts.event_faults,
        place=_AN_ALERT,
        answers=one("Every drop once.", alerts.PriceDropList, headers=("Link",)),
        example="/v1/alerts/{alert_id}/events",
        who=Who.CALLER,
    ),
)
