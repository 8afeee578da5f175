"""Calls about webhooks: who hears of what where, and how each telling of it went."""

from types import MappingProxyType
from typing import Final

from api.problems import Kind
from api.route import Answer, Group, Route, Who, one
from api.webhooks import answers, asking, deliveries, subscriptions

_A_SUBSCRIPTION: Final = MappingProxyType({"subscription_id": "The id of a subscription of yours."})
_A_DELIVERY: Final = MappingProxyType({"delivery_id": "The id of a delivery to you."})
_ON_ITS_WAY: Final = MappingProxyType(
    {
        202: Answer(
            meaning="It is on its way; look there how it went.",
            shapes=(answers.WebhookDelivery,),
            headers=("Location", "Retry-After"),
        )
    }
)

ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/webhooks/subscriptions",
        call=subscriptions.subscribe,
        group=Group.WEBHOOKS,
        summary="Hear of what happens",
        body=subscriptions.SubscriptionWish,
        further=subscriptions.faults,
        answers=MappingProxyType(
            {
                201: Answer(
                    meaning="The subscription, with its secret.",
                    shapes=(answers.NewWebhookSubscription,),
                    headers=("Location",),
                )
            }
        ),
        example='{"url":"https://example.com/webhooks/travelhub","types":["booking.confirmed","booking.failed"]}',
        name="webhooks_subscribe",
        who=Who.CALLER,
    ),
    Route(
        method="GET",
        path="/v1/webhooks/subscriptions",
        call=subscriptions.listed,
        group=Group.WEBHOOKS,
        summary="Your subscriptions, the newest first",
        query=subscriptions.SubscriptionListWishes,
        further=asking.cursor_faults,
        answers=one("The subscriptions.", answers.WebhookSubscriptionList, headers=("Link",)),
        example="/v1/webhooks/subscriptions",
        name="webhooks_subscriptions",
        who=Who.CALLER,
    ),
    Route(
        method="GET",
        path="/v1/webhooks/subscriptions/{subscription_id}",
        call=subscriptions.look,
        group=Group.WEBHOOKS,
        summary="One subscription",
        place=_A_SUBSCRIPTION,
        answers=one("The subscription.", answers.WebhookSubscription),
        example="/v1/webhooks/subscriptions/{subscription_id}",
        name="webhooks_subscription",
        who=Who.CALLER,
    ),
    Route(
        method="DELETE",
        path="/v1/webhooks/subscriptions/{subscription_id}",
        call=subscriptions.unsubscribe,
        group=Group.WEBHOOKS,
        summary="Hear no more",
        place=_A_SUBSCRIPTION,
        answers=MappingProxyType({204: Answer(meaning="It is gone, with all its deliveries.", media_type=None)}),
        example="/v1/webhooks/subscriptions/{subscription_id}",
        name="webhooks_unsubscribe",
        who=Who.CALLER,
    ),
    Route(
        method="POST",
        path="/v1/webhooks/subscriptions/{subscription_id}/rotate-secret",
        call=subscriptions.rotate_secret,
        group=Group.WEBHOOKS,
        summary="Have another secret",
        place=_A_SUBSCRIPTION,
        answers=one("The secret from now on.", answers.RotatedSecret),
        example="/v1/webhooks/subscriptions/{subscription_id}/rotate-secret",
        name="webhooks_rotate_secret",
        who=Who.CALLER,
    ),
    Route(
        method="POST",
        path="/v1/webhooks/subscriptions/{subscription_id}/enable",
        call=subscriptions.enable,
        group=Group.WEBHOOKS,
        summary="Hear again of what happens from now on",
        place=_A_SUBSCRIPTION,
        answers=one("The subscription, enabled.", answers.WebhookSubscription),
        example="/v1/webhooks/subscriptions/{subscription_id}/enable",
        name="webhooks_enable",
        who=Who.CALLER,
    ),
    Route(
        method="POST",
        path="/v1/webhooks/test",
        call=deliveries.test,
        group=Group.WEBHOOKS,
        summary="Send a test",
        body=deliveries.TestWish,
        answers=_ON_ITS_WAY,
        example='{"subscription_id":"abcdefghijklmnopqrstuvwxyz"}',
        name="webhooks_test",
        who=Who.CALLER,
        problems=(Kind.NOT_FOUND, Kind.CONFLICT),
    ),
    Route(
        method="GET",
        path="/v1/webhooks/deliveries",
        call=deliveries.listed,
        group=Group.WEBHOOKS,
        summary="What was told, the newest first",
        query=deliveries.DeliveryWishes,
        further=asking.cursor_faults,
        answers=one("The deliveries.", answers.WebhookDeliveryList, headers=("Link",)),
        example="/v1/webhooks/deliveries?state=given_up",
        name="webhooks_deliveries",
        who=Who.CALLER,
    ),
    Route(
        method="GET",
        path="/v1/webhooks/deliveries/{delivery_id}",
        call=deliveries.look,
        group=Group.WEBHOOKS,
        summary="One delivery, with its message and its log",
        place=_A_DELIVERY,
        answers=one("The delivery.", answers.LoggedWebhookDelivery),
        example="/v1/webhooks/deliveries/{delivery_id}",
        name="webhooks_delivery",
        who=Who.CALLER,
    ),
    Route(
        method="POST",
        path="/v1/webhooks/deliveries/{delivery_id}/replay",
        call=deliveries.replay,
        group=Group.WEBHOOKS,
        summary="Tell it once more",
        place=_A_DELIVERY,
        answers=_ON_ITS_WAY,
        example="/v1/webhooks/deliveries/{delivery_id}/replay",
        name="webhooks_replay",
        who=Who.CALLER,
        problems=(Kind.CONFLICT,),
    ),
)
