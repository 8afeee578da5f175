"""What clients send and get where it is about people."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from api import answers
from domain.people import FavoriteKind, Role, Shown
from domain.queries import Cabin

Email = Annotated[str, Meta(min_length=3, max_length=320, examples=["amelia@example.org"])]
NewPassword = Annotated[
    str,
    Meta(min_length=8, max_length=256, description="Any letters; long ones are good ones.", examples=["a long way"]),
]
Secret = Annotated[str, Meta(min_length=1, max_length=400)]
Name = Annotated[str, Meta(min_length=1, max_length=100)]
Language = Annotated[
    str, Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$", description="BCP 47; letters are written in it.")
]


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    """Who wants an account."""

    email: Email
    password: NewPassword
    name: Name | None = None
    language: Language = "en"


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """Who somebody is, and what only they know."""

    email: Annotated[str, Meta(min_length=1, max_length=320)]
    password: Annotated[str, Meta(min_length=1, max_length=256)]


class Refresh(msgspec.Struct, frozen=True, kw_only=True):
    """The refresh token that came last."""

    refresh_token: Secret


class Logout(msgspec.Struct, frozen=True, kw_only=True):
    """The session to end, by its refresh token, and with `everywhere` all others of the same person."""

    refresh_token: Secret
    everywhere: bool = False


class MailedToken(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the link of the letter."""

    token: Secret


class WhoseMail(msgspec.Struct, frozen=True, kw_only=True):
    """The address to write to."""

    email: Email


class PasswordReset(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the link of the letter, and the password from now on."""

    token: Secret
    password: NewPassword


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """The same whether or not there is such an account: what is to be told stands in a letter."""

    detail: str


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """Show the access token as `Authorization: Bearer` for `expires_in` seconds; then get the next one with the refresh
    token, which is good once and stays good until `refresh_expires_at`.
    """

    access_token: str
    expires_in: int
    refresh_token: str
    refresh_expires_at: answers.Instant
    token_type: str = "Bearer"  # noqa: S105  # what OAuth calls it


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Who is asking, by the credential that was shown.

    `email` is null for who came by an outside issuer that vouches for none. Whoever has not verified theirs may do
    everything; confirmations of bookings go to the contact of the booking.
    """

    id: str
    email: str | None
    email_verified: bool
    name: str | None
    language: str
    role: Role
    shown: Shown
    created_at: answers.Instant


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """A new address is yours when you have followed the link that is mailed to it; until then the old one counts."""

    name: Name | None = None
    language: Language = "en"
    email: Email | None = None


_Code = Annotated[str, Meta(pattern=r"^[A-Z]{3}$")]


class PreferencesOfMine(msgspec.Struct, frozen=True, kw_only=True):
    """What a client may fill in for you. All of it is replaced at once; what is left out is preferred no more."""

    currency: Annotated[_Code | None, Meta(examples=["EUR"])] = None
    language: Language | None = None
    market: Annotated[str, Meta(pattern=r"^[A-Z]{2}$", examples=["DE"])] | None = None
    home_airport: Annotated[_Code | None, Meta(examples=["ZRH"])] = None
    cabin: Cabin | None = None
    adults: Annotated[int, Meta(ge=1, le=9)] | None = None


class NewFavorite(msgspec.Struct, frozen=True, kw_only=True):
    """`about` is a hotel's id, or the code of an airport, city or airline."""

    kind: FavoriteKind
    about: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_:-]{2,80}$", examples=["ZRH"])]
    note: Annotated[str, Meta(min_length=1, max_length=500)] | None = None


class FavoriteOfMine(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    kind: FavoriteKind
    about: str
    note: str | None
    created_at: answers.Instant


class FavoriteList(msgspec.Struct, frozen=True, kw_only=True):
    data: tuple[FavoriteOfMine, ...]
    page: answers.Page


class NewApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """What it is for."""

    name: Name


class ApiKeyOfMine(msgspec.Struct, frozen=True, kw_only=True):
    """`id` is how the key begins. `last_used_at` is true to five minutes."""

    id: str
    name: str
    created_at: answers.Instant
    last_used_at: answers.Instant | None


class FreshApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """`secret` is what goes into X-Api-Key; it is shown this once."""

    id: str
    name: str
    created_at: answers.Instant
    secret: str


class ApiKeyList(msgspec.Struct, frozen=True, kw_only=True):
    data: tuple[ApiKeyOfMine, ...]
    page: answers.Page


WRITTEN: Final = Accepted(detail="If there is something to be told, it is on its way to the address.")
