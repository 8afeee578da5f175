"""Sets a draft as plain text and as HTML, from one and the same facts."""

import re
from typing import Final

import jinja2
import msgspec
from markupsafe import Markup

from adapters.mail.mailer import PostOffice
from workers.letters.drafts import Draft
from workers.letters.speech import Speech

# Not the spaces that hold an amount together.
_BREAKS: Final = re.compile(r"[ \t\n\r\v\f\x00-\x1f\x7f\x85\u2028\u2029]+")


class Rendered(msgspec.Struct, frozen=True, kw_only=True):
    subject: str
    text: str
    html: str


def _one_line(words: object) -> str:
    """Names come from suppliers and from forms: a line break in one would be a line of ours."""
    return _BREAKS.sub(" ", str(words)).strip()


_TEMPLATES: Final = jinja2.Environment(
    loader=jinja2.PackageLoader("workers.letters"),
    autoescape=jinja2.select_autoescape(enabled_extensions=("html",), default_for_string=False),
    undefined=jinja2.StrictUndefined,
    finalize=lambda value: value if isinstance(value, Markup) else _one_line(value),
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def rendered(draft: Draft, speech: Speech, office: PostOffice) -> Rendered:
    facts = {"letter": draft, "say": speech.say, "language": speech.language, "contact": office.contact}
    facts["brand"] = office.sender.partition("<")[0].strip().strip('"') or office.sender
    return Rendered(
        subject=_one_line(draft.subject),
        text=_TEMPLATES.get_template("letter.txt").render(facts),
        html=_TEMPLATES.get_template("letter.html").render(facts),
    )
