"""The languages that letters are written in, and what is the same in all letters: days, amounts, meals, reasons."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from domain.bookings import ItemStatus
from domain.hotels import Board
from domain.orders import Reason


class Words(msgspec.Struct, frozen=True):
    """The same in English, German, French and Spanish; what stands in braces is put in."""

    en: str
    de: str
    fr: str
    es: str


LANGUAGES: Final = Words.__struct_fields__

MEALS: Final[Mapping[Board, Words]] = MappingProxyType(
    {
        Board.ROOM_ONLY: Words("room only", "ohne Verpflegung", "sans repas", "solo alojamiento"),
        Board.BREAKFAST: Words("breakfast", "Frühstück", "petit-déjeuner", "desayuno"),
        Board.HALF_BOARD: Words("half board", "Halbpension", "demi-pension", "media pensión"),
        Board.FULL_BOARD: Words("full board", "Vollpension", "pension complète", "pensión completa"),
        Board.ALL_INCLUSIVE: Words("all inclusive", "all-inclusive", "tout compris", "todo incluido"),
    }
)

# What stands beside an item of a booking that was cancelled.
ENDS: Final[Mapping[ItemStatus, Words]] = MappingProxyType(
    {
        ItemStatus.CANCELLED: Words("cancelled", "storniert", "annulé", "cancelado"),
        ItemStatus.KEPT: Words(
            "not taken back: it stays booked",
            "nicht zurückgenommen: bleibt gebucht",
            "non repris : reste réservé",
            "no se admite la devolución: sigue reservado",
        ),
    }
)

REASONS: Final[Mapping[Reason, Words]] = MappingProxyType(
    {
        Reason.NOTHING_THERE: Words("nothing is left", "nichts mehr da", "plus rien de disponible", "no queda nada"),
        Reason.SOLD_OUT: Words(
            "sold out meanwhile", "inzwischen ausverkauft", "complet entre-temps", "agotado entretanto"
        ),
        Reason.PRICE_CHANGED: Words(
            "the price has changed", "der Preis hat sich geändert", "le prix a changé", "el precio ha cambiado"
        ),
        Reason.EXPIRED: Words(
            "the offer has expired", "das Angebot ist abgelaufen", "l’offre a expiré", "la oferta ha caducado"
        ),
        Reason.DECLINED: Words(
            "the payment was declined",
            "die Zahlung wurde abgelehnt",
            "le paiement a été refusé",
            "el pago fue rechazado",
        ),
        Reason.INVALID_TRAVELLER: Words(
            "details of a traveller were not accepted",
            "Angaben zu einer Person wurden nicht angenommen",
            "les données d’un voyageur n’ont pas été acceptées",
            "los datos de un viajero no fueron aceptados",
        ),
        Reason.DUPLICATE: Words("it was booked already", "es war schon gebucht", "déjà réservé", "ya estaba reservado"),
        Reason.NO_SUCH_ORDER: Words(
            "the order is not known", "der Auftrag ist nicht bekannt", "la commande est inconnue", "el pedido no existe"
        ),
        Reason.ALREADY_CANCELLED: Words("already cancelled", "schon storniert", "déjà annulé", "ya cancelado"),
        Reason.NOT_CANCELLABLE: Words("can’t be cancelled", "nicht stornierbar", "non annulable", "no cancelable"),
        Reason.NOT_POSSIBLE: Words(
            "not possible at this time or place",
            "zu dieser Zeit oder an diesem Ort nicht möglich",
            "impossible à ce moment ou à cet endroit",
            "no es posible en ese momento o lugar",
        ),
    }
)

MONTHS: Final = (
    Words("January", "Januar", "janvier", "enero"),
    Words("February", "Februar", "février", "febrero"),
    Words("March", "März", "mars", "marzo"),
    Words("April", "April", "avril", "abril"),
    Words("May", "Mai", "mai", "mayo"),
    Words("June", "Juni", "juin", "junio"),
    Words("July", "Juli", "juillet", "julio"),
    Words("August", "August", "août", "agosto"),
    Words("September", "September", "septembre", "septiembre"),
    Words("October", "Oktober", "octobre", "octubre"),
    Words("November", "November", "novembre", "noviembre"),
    Words("December", "Dezember", "décembre", "diciembre"),
)
WEEKDAYS: Final = (
    Words("Mon", "Mo.", "lun.", "lun."),
    Words("Tue", "Di.", "mar.", "mar."),
    Words("Wed", "Mi.", "mer.", "mié."),
    Words("Thu", "Do.", "jeu.", "jue."),
    Words("Fri", "Fr.", "ven.", "vie."),
    Words("Sat", "Sa.", "sam.", "sáb."),
    Words("Sun", "So.", "dim.", "dom."),
)
DAY: Final = Words(
    "{weekday} {day} {month} {year}",
    "{weekday} {day}. {month} {year}",
    "{weekday} {day} {month} {year}",
    "{weekday} {day} de {month} de {year}",
)
# Between thousands, and before the decimals. In French a narrow space that does not break.
SEPARATORS: Final = Words(",.", ".,", "\u202f,", ".,")
