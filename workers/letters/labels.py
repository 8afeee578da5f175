"""What stands beside the facts of a letter, in every language."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from workers.letters.words import Words

LABELS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        # What every letter has.
        "hello": Words("Hello,", "Guten Tag,", "Bonjour,", "Hola:"),
        "reference": Words(
            "Your booking code", "Ihr Buchungscode", "Votre code de réservation", "Su código de reserva"
        ),
        "or_link": Words(
            "If the button does not work, open this address:",
            "Falls der Knopf nicht geht, öffnen Sie diese Adresse:",
            "Si le bouton ne fonctionne pas, ouvrez cette adresse :",
            "Si el botón no funciona, abra esta dirección:",
        ),
        "reach_us": Words(
            "Questions? Just answer this letter.",
            "Fragen? Antworten Sie einfach auf diesen Brief.",
            "Des questions ? Répondez simplement à ce message.",
            "¿Preguntas? Responda a este mensaje.",
        ),
        "or_contact": Words("Or: {contact}", "Oder: {contact}", "Ou : {contact}", "O bien: {contact}"),
        "have_code_ready": Words(
            "Please have your booking code {reference} at hand.",
            "Halten Sie bitte Ihren Buchungscode {reference} bereit.",
            "Ayez votre code de réservation {reference} sous la main.",
            "Tenga a mano su código de reserva {reference}.",
        ),
        # What was booked.
        "flight": Words(
            "Flight {origin} – {destination}",
            "Flug {origin} – {destination}",
            "Vol {origin} – {destination}",
            "Vuelo {origin} – {destination}",
        ),
        "stay": Words("Hotel", "Hotel", "Hôtel", "Hotel"),
        "rental": Words(
            "Rental car, {vendor}",
            "Mietwagen, {vendor}",
            "Voiture de location, {vendor}",
            "Coche de alquiler, {vendor}",
        ),
        "travellers": Words("Travellers", "Reisende", "Voyageurs", "Viajeros"),
        "flown_by": Words(
            "operated by {carrier}", "durchgeführt von {carrier}", "opéré par {carrier}", "operado por {carrier}"
        ),
        "baggage": Words("Baggage", "Gepäck", "Bagages", "Equipaje"),
        "checked_bags": Words(
            "{count} checked for each traveller",
            "{count} aufgegeben je Person",
            "{count} en soute par personne",
            "{count} facturado(s) por persona",
        ),
        "cabin_bags": Words(
            "{count} in the cabin for each traveller",
            "{count} in der Kabine je Person",
            "{count} en cabine par personne",
            "{count} en cabina por persona",
        ),
        "fare": Words("Fare", "Tarif", "Tarif", "Tarifa"),
        "own_risk": Words("Please note", "Bitte beachten", "À noter", "Tenga en cuenta"),
        "separate_tickets": Words(
            "{count} separate tickets: nobody waits or pays if you miss a connection between them.",
            "{count} einzelne Tickets: niemand wartet oder zahlt, wenn Sie einen Anschluss dazwischen verpassen.",
            "{count} billets séparés : personne n’attend ni ne paie si vous manquez une correspondance entre eux.",
            "{count} billetes separados: nadie espera ni paga si pierde un enlace entre ellos.",
        ),
        "code_of": Words("Code at {issuer}", "Code bei {issuer}", "Code chez {issuer}", "Código en {issuer}"),
        "confirmation": Words(
            "Confirmation number", "Bestätigungsnummer", "Numéro de confirmation", "Número de confirmación"
        ),
        "address": Words("Address", "Adresse", "Adresse", "Dirección"),
        "phone": Words("Telephone", "Telefon", "Téléphone", "Teléfono"),
        "check_in": Words("Arrival", "Anreise", "Arrivée", "Llegada"),
        "check_out": Words("Departure", "Abreise", "Départ", "Salida"),
        "from_hour": Words(
            "{day}, from {hour}", "{day}, ab {hour} Uhr", "{day}, à partir de {hour}", "{day}, desde las {hour}"
        ),
        "until_hour": Words(
            "{day}, until {hour}", "{day}, bis {hour} Uhr", "{day}, jusqu’à {hour}", "{day}, hasta las {hour}"
        ),
        "nights": Words("Nights", "Nächte", "Nuits", "Noches"),
        "rooms": Words("Rooms", "Zimmer", "Chambres", "Habitaciones"),
        "board": Words("Meals", "Verpflegung", "Repas", "Régimen"),
        "car": Words("Car", "Wagen", "Voiture", "Coche"),
        "or_similar": Words("{car} or similar", "{car} oder ähnlich", "{car} ou similaire", "{car} o similar"),
        "car_class": Words("class {code}", "Klasse {code}", "catégorie {code}", "categoría {code}"),
        "pick_up": Words("Pick-up", "Abholung", "Prise en charge", "Recogida"),
        "drop_off": Words("Return", "Rückgabe", "Restitution", "Devolución"),
        "deposit": Words(
            "Deposit at the counter", "Kaution am Schalter", "Caution au comptoir", "Fianza en el mostrador"
        ),
        "price": Words("Price", "Preis", "Prix", "Precio"),
        "agreed_price": Words("Price until now", "Preis bisher", "Prix jusqu’ici", "Precio hasta ahora"),
        "new_price": Words("New price", "Neuer Preis", "Nouveau prix", "Precio nuevo"),
        "on_site": Words(
            "Of this to pay on site", "Davon vor Ort zu zahlen", "Dont à payer sur place", "De ello, a pagar allí"
        ),
        "asked_there": Words(
            "{amount}, asked for there as {due}",
            "{amount}, dort verlangt als {due}",
            "{amount}, demandé sur place : {due}",
            "{amount}, cobrado allí como {due}",
        ),
        "total": Words("Total", "Gesamt", "Total", "Total"),
        "paid": Words("Paid", "Bezahlt", "Payé", "Pagado"),
        "comes_back": Words("Comes back to you", "Kommt zu Ihnen zurück", "Vous est remboursé", "Se le devuelve"),
        "is_kept": Words("Is kept", "Wird einbehalten", "Est retenu", "Se retiene"),
        "why": Words("Why", "Warum", "Pourquoi", "Por qué"),
        "standing": Words("Status", "Stand", "État", "Estado"),
        # What it costs to change one's mind.
        "cancellation": Words("Cancelling", "Stornieren", "Annulation", "Cancelación"),
        "free_until": Words(
            "free before {moment}", "kostenlos vor {moment}", "gratuite avant le {moment}", "gratis antes del {moment}"
        ),
        "fee_from": Words(
            "{fee} from {moment}", "{fee} ab {moment}", "{fee} à partir du {moment}", "{fee} desde el {moment}"
        ),
        "fee_always": Words("{fee} from now on", "{fee} ab sofort", "{fee} dès maintenant", "{fee} desde ahora"),
        "free_always": Words("free", "kostenlos", "gratuite", "gratis"),
        "not_refundable": Words("nothing comes back", "nichts wird erstattet", "aucun remboursement", "sin devolución"),
        "ask_us": Words("please ask us", "bitte fragen Sie uns", "nous consulter", "consúltenos"),
        "local_time": Words(
            "{moment} (local time)", "{moment} (Ortszeit)", "{moment} (heure locale)", "{moment} (hora local)"
        ),
    }
)
