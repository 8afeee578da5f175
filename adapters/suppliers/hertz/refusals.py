"""What Hertz says when it says no, always with status 200: codes of OpenTravel's lists ERR and EWT."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from adapters.kit.calls import Reply
from adapters.kit.failures import BUSY, DOWN, NO, NO_BECAUSE, REFUSED, Ruling
from adapters.kit.supplier import Refusal
from adapters.kit.xml import Element, document
from adapters.suppliers.hertz.messages import QUOTE, answer_name
from domain.orders import Reason

# No car at all: nothing there for whoever searches, and sold out for whoever had found one.
_NO_CARS: Final = ("14", "221", "263", "301", "302", "322")
_WITHOUT_A_COUNTER: Final = ("229", "233")
_NOT_THIS_CAR: Final = ("234", "235", "279", "280", "436", "437", "438")
# Order of the dates, too long, too short, too soon, closed, in the past, not one way.
_NOT_LIKE_THIS: Final = ("211", "212", "214", "219", "222", "223", "224", "225", "226", "227", "230", "232")
_EXTRAS: Final = ("231", "236", "250", "307", "308", "496")  # equipment that is unknown, too much or not there
_NAME: Final = ("282", "287")  # not the one of the reservation, or none that can be booked
_UNKNOWN: Final = ("97", "194", "245", "284", "385")

# A code of ERR, alone or after the step that it answers, or a type of EWT, which counts where the code says nothing.
ERRORS: Final[Mapping[str, Ruling]] = MappingProxyType(
    {
        **dict.fromkeys(_NO_CARS, NO_BECAUSE[Reason.NOTHING_THERE]),
        **{f"{step} {code}": NO_BECAUSE[Reason.SOLD_OUT] for step in ("quote", "book") for code in _NO_CARS},
        **dict.fromkeys(_WITHOUT_A_COUNTER, NO_BECAUSE[Reason.NOTHING_THERE]),
        **{f"book {code}": NO_BECAUSE[Reason.NOT_POSSIBLE] for code in _WITHOUT_A_COUNTER},
        **dict.fromkeys(_NOT_THIS_CAR, NO_BECAUSE[Reason.SOLD_OUT]),
        **dict.fromkeys(_NOT_LIKE_THIS, NO_BECAUSE[Reason.NOT_POSSIBLE]),
        **dict.fromkeys(_NAME, NO_BECAUSE[Reason.NO_SUCH_ORDER]),
        **{f"book {code}": NO_BECAUSE[Reason.INVALID_TRAVELLER] for code in _NAME},
        **dict.fromkeys(_UNKNOWN, NO_BECAUSE[Reason.NO_SUCH_ORDER]),
        **dict.fromkeys(
            ("310", "311", "316"), NO_BECAUSE[Reason.INVALID_TRAVELLER]
        ),  # a name or a telephone is missing
        **dict.fromkeys(("96", "127"), NO_BECAUSE[Reason.DUPLICATE]),
        # Not authorised, or wants a card, and we show none.
        **dict.fromkeys(("163", "167", "189", "281", "371", "432"), NO_BECAUSE[Reason.DECLINED]),
        **dict.fromkeys(_EXTRAS, NO_BECAUSE[Reason.NOT_POSSIBLE]),
        **dict.fromkeys(("264", "342"), NO_BECAUSE[Reason.NOT_CANCELLABLE]),
        "95": NO_BECAUSE[Reason.ALREADY_CANCELLED],
        "309": NO_BECAUSE[Reason.PRICE_CHANGED],
        "191": BUSY,
        # Of a booking nobody knows then what became of it.
        **dict.fromkeys(("187", "188", "448", "450"), DOWN),
        **dict.fromkeys(("190", "315", "320", "321", "323", "497"), REFUSED),
        **dict.fromkeys(("type 1", "type 5"), DOWN),
        "type 3": NO,
        **dict.fromkeys(("type 2", "type 4", "type 6", "type 7", "type 8", "type 9", "type 10"), REFUSED),
    }
)

# The root of an answer -> the step that it answers.
_STEPS: Final[Mapping[str, str]] = MappingProxyType(
    {answer_name(operation): operation for operation in ("availability", "book", "retrieve", "cancel", "locations")}
)


def refusal(reply: Reply) -> Refusal | None:
    """None for a success, and for a body that is no answer of theirs; then the status decides alone."""
    if b"Errors" not in reply.body:
        return None
    try:
        root = document(reply.body)
    except ValueError:
        return None
    errors = [error for part in root.children.get("Errors", ()) for error in part.children.get("Error", ())]
    if not errors:
        return None
    names = [name for error in errors for name in _names(error, _step(root))]
    return Refusal(code=next((name for name in names if name in ERRORS), names[0]), message=_sentence(errors))


def _step(root: Element) -> str:
    step = _STEPS.get(root.name, "")
    return "quote" if step == "availability" and root.attributes.get("SequenceNmbr") == QUOTE else step


def _names(error: Element, step: str) -> Iterable[str]:
    """From the most telling one to the least."""
    if code := error.attributes.get("Code"):
        yield from (f"{step} {code}", code)
    yield f"type {error.attributes.get('Type', '')}".strip()


def _sentence(errors: Iterable[Element]) -> str:
    told = (error.attributes.get("ShortText") or error.text for error in errors)
    return "; ".join(sentence for sentence in told if sentence) or "an error without a word"
