"""What a payer sees in a browser: a page to pay on, and the bank's question."""

from html import escape
from typing import Final

import falcon
import falcon.asgi

from adapters.payments.stripe.sandbox.book import Session
from adapters.payments.stripe.sandbox.cards import ALIAS, CARDS
from adapters.payments.stripe.sandbox.intents import Intents
from adapters.payments.stripe.sandbox.refusals import Refused
from adapters.payments.stripe.sandbox.sessions import Sessions

_PAGE: Final = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<style>body{{font:16px/1.5 system-ui;max-width:30em;margin:4em auto;padding:0 1em}}button,select{{font:inherit}}</style>
<h1>{title}</h1><p><small>A sandbox: no money moves here.</small></p>{body}</html>"""


class PayPage:
    """`GET` shows it; `POST` with `action` pay (and a `card`) or leave does what the buttons do."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions: Final = sessions

    async def on_get(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response, session_id: str) -> None:
        try:
            _show(resp, self._sessions.of(session_id), "")
        except Refused as refused:
            _html(resp, "There is no such page", "", refused.status)

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response, session_id: str) -> None:
        told = await req.get_media(default_when_empty={})
        try:
            session = self._sessions.of(session_id)
            if told.get("action", "pay") == "leave":
                raise falcon.HTTPSeeOther(session.cancel_url)
            self._sessions.pay(session, told.get("card", f"{ALIAS}visa"), origin=_origin(req))
        except Refused as refused:
            if session_id not in {one.id for one in self._sessions.all()}:
                _html(resp, "There is no such page", "", refused.status)
                return
            _show(resp, self._sessions.of(session_id), str(refused))
            resp.status = refused.status
            return
        asks = session.intent.action_url if session.intent is not None else None
        raise falcon.HTTPSeeOther(asks or session.success_url)


class BankPage:
    """`POST` with `answer` right or wrong is what its holder tells the bank."""

    def __init__(self, intents: Intents, sessions: Sessions) -> None:
        self._intents: Final = intents
        self._sessions: Final = sessions

    async def on_get(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response, intent_id: str) -> None:
        body = '<form method="post"><p>Is it you who pays?</p>' + "".join(
            f'<button name="answer" value="{answer}">{label}</button> '
            for answer, label in (("right", "Yes, it is"), ("wrong", "No"))
        )
        _html(resp, "Your bank wants to know", f"{body}</form>", 200 if self._there(intent_id) else 404)

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response, intent_id: str) -> None:
        told = await req.get_media(default_when_empty={})
        if not self._there(intent_id):
            _html(resp, "There is no such payment", "", 404)
            return
        intent = self._intents.of(intent_id)
        self._intents.answered(intent, honest=told.get("answer", "right") == "right")
        if intent.session is not None:
            session = self._sessions.of(intent.session)
            self._sessions.noticed(session)
            raise falcon.HTTPSeeOther(session.success_url if session.status == "complete" else session.url)
        raise falcon.HTTPSeeOther(intent.return_url or "/")

    def _there(self, intent_id: str) -> bool:
        return any(one.id == intent_id for one in self._intents.all())


def _show(resp: falcon.asgi.Response, session: Session, trouble: str) -> None:
    if session.status != "open":
        _html(resp, f"This page is {session.status}", "", 200)
        return
    cards = "".join(f'<option value="{ALIAS}{name}">{name}</option>' for name in CARDS)
    complaint = f"<p><strong>{escape(trouble)}</strong></p>" if trouble else ""
    _html(
        resp,
        f"Pay {session.amount} {session.currency.upper()}",
        f"<p>{escape(session.name)}<br><small>The amount is in the currency's smallest unit.</small></p>{complaint}"
        f'<form method="post"><select name="card">{cards}</select> '
        '<button name="action" value="pay">Pay</button> <button name="action" value="leave">Leave</button></form>',
        200,
    )


def _html(resp: falcon.asgi.Response, title: str, body: str, status: int) -> None:
    resp.status = status
    resp.content_type = "text/html; charset=utf-8"
    resp.text = _PAGE.format(title=escape(title), body=body)


def _origin(req: falcon.asgi.Request) -> str:
    return f"{req.scheme}://{req.netloc}/stripe"
