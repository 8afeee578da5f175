"""The mailbox for people, as pages, and for tests, as JSON."""

from typing import Any, Final

import falcon
import falcon.asgi
import jinja2

from sandbox.mailbox.letters import Arrived, Enclosed, Mailbox
from sandbox.pages import Refused, parameters, send, tell

_Request = falcon.asgi.Request
_Response = falcon.asgi.Response

_TEMPLATES: Final = jinja2.Environment(
    loader=jinja2.PackageLoader("sandbox.mailbox"), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
)
# Pages of ours run no script and load nothing. A letter does not even know from where it is shown: it opens links in
# new windows, and that is all.
_OURS: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'; base-uri 'none'"
_A_LETTER: Final = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
)
_IN_NEW_WINDOWS: Final = '<base target="_blank">'


def outline(letter: Arrived) -> dict[str, Any]:
    """A letter in JSON, with the addresses of what is enclosed."""
    return {
        "id": letter.id,
        "received_at": letter.received_at,
        "from": letter.sender,
        "to": letter.to,
        "subject": letter.subject,
        "message_id": letter.message_id,
        "language": letter.language,
        "text": letter.text,
        "html": letter.html,
        "attachments": [
            {
                "name": one.name,
                "media_type": one.media_type,
                "method": one.method,
                "bytes": len(one.content),
                "url": f"/letters/{letter.id}/attachments/{number}",
            }
            for number, one in enumerate(letter.enclosed, 1)
        ],
    }


class MailboxPages:
    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox: Final = mailbox

    async def on_get(self, req: _Request, resp: _Response) -> None:
        """For people: all letters, and the one that is open."""
        told = parameters(req, "letter", "as")
        shown = self._letter(int(told["letter"])) if told.get("letter", "").isdecimal() else None
        as_text = told.get("as") == "text" or (shown is not None and shown.html is None)
        page = _TEMPLATES.get_template("mailbox.html")
        resp.content_type = falcon.MEDIA_HTML
        resp.set_header("Content-Security-Policy", _OURS)
        resp.text = page.render(letters=list(self._mailbox.listed()), shown=shown, as_text=as_text)

    async def on_post(self, req: _Request, _resp: _Response) -> None:
        """What the buttons do: a form can't delete by itself."""
        told = parameters(req, "delete")
        which = told.get("delete", "")
        self._mailbox.remove(int(which) if which.isdecimal() else None)
        raise falcon.HTTPSeeOther("/")

    async def on_get_list(self, req: _Request, resp: _Response) -> None:
        found = [outline(letter) for letter in self._mailbox.listed(to=parameters(req, "to").get("to"))]
        send(resp, {"count": len(found), "letters": found})

    async def on_delete_list(self, req: _Request, resp: _Response) -> None:
        parameters(req)
        send(resp, {"deleted": self._mailbox.remove()})

    async def on_get_letter(self, req: _Request, resp: _Response, number: int) -> None:
        parameters(req)
        send(resp, outline(self._letter(number)))

    async def on_delete_letter(self, req: _Request, resp: _Response, number: int) -> None:
        parameters(req)
        self._letter(number)
        send(resp, {"deleted": self._mailbox.remove(number)})

    async def on_get_html(self, req: _Request, resp: _Response, number: int) -> None:
        parameters(req)
        letter = self._letter(number)
        if letter.html is None:
            raise Refused("this letter has no HTML", status=404)
        resp.content_type = falcon.MEDIA_HTML
        resp.set_header("Content-Security-Policy", _A_LETTER)
        resp.text = letter.html.replace("<head>", f"<head>{_IN_NEW_WINDOWS}", 1)

    async def on_get_raw(self, req: _Request, resp: _Response, number: int) -> None:
        parameters(req)
        _as_file(resp, self._letter(number).raw, "message/rfc822", f"letter-{number}.eml")

    async def on_get_attachment(self, req: _Request, resp: _Response, number: int, place: int) -> None:
        parameters(req)
        one = self._enclosed(number, place)
        _as_file(resp, one.content, one.media_type, one.name)

    async def on_get_health(self, req: _Request, resp: _Response) -> None:
        parameters(req)
        send(resp, {"status": "ok"})

    def _letter(self, number: int) -> Arrived:
        letter = self._mailbox.get(number)
        if letter is None:
            raise Refused(f"there is no letter {number}", status=404)
        return letter

    def _enclosed(self, number: int, place: int) -> Enclosed:
        enclosed = self._letter(number).enclosed
        if not 1 <= place <= len(enclosed):
            raise Refused(f"letter {number} has no attachment {place}", status=404)
        return enclosed[place - 1]


def _as_file(resp: _Response, content: bytes, media_type: str, name: str) -> None:
    """Never shown by the browser itself: who knows what it is."""
    resp.content_type = media_type
    resp.downloadable_as = name
    resp.set_header("X-Content-Type-Options", "nosniff")
    resp.data = content


def create_app(mailbox: Mailbox) -> "falcon.asgi.App[_Request, _Response]":
    app = falcon.asgi.App()
    app.add_error_handler(Refused, tell)
    pages = MailboxPages(mailbox)
    app.add_route("/", pages)
    app.add_route("/letters", pages, suffix="list")
    app.add_route("/letters/{number:int}", pages, suffix="letter")
    app.add_route("/letters/{number:int}/html", pages, suffix="html")
    app.add_route("/letters/{number:int}/raw", pages, suffix="raw")
    app.add_route("/letters/{number:int}/attachments/{place:int}", pages, suffix="attachment")
    app.add_route("/_health", pages, suffix="health")
    return app
