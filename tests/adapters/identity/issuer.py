"""The sandbox's issuer without a network, and somebody who signs in there."""

import base64
import hashlib
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

import falcon.asgi
import httpx

from domain.issuers import Issuer, SignIn
from sandbox import identity

URL: Final = "http://127.0.0.1:8900/_identity"
ISSUER: Final = Issuer(url=URL, audience=identity.CLIENT, signs_in=True)
VERIFIER: Final = "v" * 64


def network() -> httpx.ASGITransport:
    """With an issuer of its own behind it, whose keys are new."""
    app = falcon.asgi.App()
    identity.add_to(app)
    return httpx.ASGITransport(app=app)  # type: ignore[arg-type]  # Falcon's words for ASGI are narrower than httpx's


async def ordered(over: httpx.AsyncBaseTransport, what: str, **told: str) -> None:
    """What the sandbox is told to do, such as to rotate its keys."""
    async with httpx.AsyncClient(transport=over) as http:
        assert (await http.post(f"{URL}/{what}", json=told)).status_code == 201


async def came_back(over: httpx.AsyncBaseTransport, place: str, who: str = "amelia") -> dict[str, str]:
    """What somebody brings back who follows the redirect and says who they are."""
    async with httpx.AsyncClient(transport=over) as http:
        page = await http.get(place)
        assert page.status_code == 200
        assert who in page.text
        answer = await http.get(f"{place}&login_hint={who}")
    assert answer.status_code == 302
    return {name: told[0] for name, told in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


async def begun(over: httpx.AsyncBaseTransport, who: str = "amelia", **wishes: Any) -> SignIn:
    """A sign-in whose code has not been exchanged yet."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
    wish = {
        "response_type": "code",
        "client_id": identity.CLIENT,
        "redirect_uri": "http://127.0.0.1:8000/back",
        "state": "s",
        "nonce": "n",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    brought = await came_back(over, f"{URL}/authorize?{urlencode(wish | wishes)}", who)
    return SignIn(issuer=URL, verifier=VERIFIER, nonce="n", redirect_uri=wish["redirect_uri"], code=brought["code"])
