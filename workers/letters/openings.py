"""What each kind of letter opens with, in every language: its subject, its headline, and what it has to tell."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from workers.letters.words import Words

OPENINGS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "confirmed.subject": Words(
            "Confirmed: your booking {reference}",
            "Bestätigt: Ihre Buchung {reference}",
            "Confirmée : votre réservation {reference}",
            "Confirmada: su reserva {reference}",
        ),
        "confirmed.headline": Words(
            "Your booking is confirmed",
            "Ihre Buchung ist bestätigt",
            "Votre réservation est confirmée",
            "Su reserva está confirmada",
        ),
        "confirmed.opening": Words(
            "Everything is booked. The attached calendar file holds all times, each on the clocks of its place.",
            "Alles ist gebucht. Die angehängte Kalenderdatei enthält alle Zeiten, jede in der Ortszeit.",
            "Tout est réservé. Le calendrier ci-joint contient tous les horaires, en heure locale.",
            "Todo está reservado. El calendario adjunto contiene todos los horarios, en hora local.",
        ),
        "failed.subject": Words(
            "Your booking {reference} could not be made",
            "Ihre Buchung {reference} kam nicht zustande",
            "Votre réservation {reference} n’a pas abouti",
            "No se pudo realizar su reserva {reference}",
        ),
        "failed.headline": Words(
            "We could not make your booking",
            "Wir konnten nicht für Sie buchen",
            "Nous n’avons pas pu effectuer votre réservation",
            "No hemos podido realizar su reserva",
        ),
        "failed.opening": Words(
            "Nothing is booked, and you pay nothing. If your bank still shows an amount as reserved, it goes free again "
            "within a few days.",
            "Nichts ist gebucht, und Sie zahlen nichts. Falls Ihre Bank noch einen Betrag als vorgemerkt zeigt, wird er "
            "in wenigen Tagen wieder frei.",
            "Rien n’est réservé et vous ne payez rien. Si votre banque affiche encore un montant bloqué, il sera libéré "
            "sous quelques jours.",
            "No hay nada reservado y no paga nada. Si su banco aún muestra un importe retenido, quedará libre en unos "
            "días.",
        ),
        "consent.subject": Words(
            "The price has changed: booking {reference} waits for you",
            "Der Preis hat sich geändert: Buchung {reference} wartet auf Sie",
            "Le prix a changé : la réservation {reference} vous attend",
            "El precio ha cambiado: la reserva {reference} le espera",
        ),
        "consent.headline": Words(
            "The price has changed",
            "Der Preis hat sich geändert",
            "Le prix a changé",
            "El precio ha cambiado",
        ),
        "consent.opening": Words(
            "Nothing is booked and nothing is charged until you agree. Open your booking where you made it to accept or "
            "drop the new price.",
            "Solange Sie nicht zustimmen, wird nichts gebucht und nichts abgebucht. Öffnen Sie Ihre Buchung dort, wo Sie "
            "sie gemacht haben, um den neuen Preis anzunehmen oder abzulehnen.",
            "Rien n’est réservé ni débité sans votre accord. Ouvrez votre réservation là où vous l’avez faite pour "
            "accepter ou refuser le nouveau prix.",
            "No se reserva ni se cobra nada sin su acuerdo. Abra su reserva donde la hizo para aceptar o rechazar el "
            "nuevo precio.",
        ),
        "consent.until": Words(
            "We wait for your answer until {moment}. After that the booking expires, and you pay nothing.",
            "Wir warten bis {moment} auf Ihre Antwort. Danach verfällt die Buchung, und Sie zahlen nichts.",
            "Nous attendons votre réponse jusqu’au {moment}. Ensuite, la réservation expire et vous ne payez rien.",
            "Esperamos su respuesta hasta el {moment}. Después la reserva caduca y no paga nada.",
        ),
        "cancelled.subject": Words(
            "Cancelled: your booking {reference}",
            "Storniert: Ihre Buchung {reference}",
            "Annulée : votre réservation {reference}",
            "Cancelada: su reserva {reference}",
        ),
        "cancelled.headline": Words(
            "Your booking is cancelled",
            "Ihre Buchung ist storniert",
            "Votre réservation est annulée",
            "Su reserva está cancelada",
        ),
        "cancelled.opening": Words(
            "The attached calendar file takes what was booked out of your calendar again.",
            "Die angehängte Kalenderdatei nimmt das Gebuchte wieder aus Ihrem Kalender.",
            "Le calendrier ci-joint retire de votre agenda ce qui était réservé.",
            "El calendario adjunto retira de su agenda lo que estaba reservado.",
        ),
        "cancelled.before": Words(
            "Nothing was booked yet, and you pay nothing.",
            "Es war noch nichts gebucht, und Sie zahlen nichts.",
            "Rien n’était encore réservé et vous ne payez rien.",
            "Aún no había nada reservado y no paga nada.",
        ),
        "expired.subject": Words(
            "Your booking {reference} has expired",
            "Ihre Buchung {reference} ist verfallen",
            "Votre réservation {reference} a expiré",
            "Su reserva {reference} ha caducado",
        ),
        "expired.headline": Words(
            "Your booking has expired",
            "Ihre Buchung ist verfallen",
            "Votre réservation a expiré",
            "Su reserva ha caducado",
        ),
        "expired.opening": Words(
            "We waited for your payment or your consent, and the time has run out. Nothing is booked, and you pay nothing. "
            "You can search and book again at any time.",
            "Wir haben auf Ihre Zahlung oder Zustimmung gewartet, und die Frist ist abgelaufen. Nichts ist gebucht, und "
            "Sie zahlen nichts. Sie können jederzeit neu suchen und buchen.",
            "Nous attendions votre paiement ou votre accord et le délai est écoulé. Rien n’est réservé et vous ne payez "
            "rien. Vous pouvez chercher et réserver à nouveau à tout moment.",
            "Esperábamos su pago o su acuerdo y el plazo ha vencido. No hay nada reservado y no paga nada. Puede buscar y "
            "reservar de nuevo cuando quiera.",
        ),
        "payment.subject": Words(
            "Pay for your booking {reference}",
            "Bezahlen Sie Ihre Buchung {reference}",
            "Payez votre réservation {reference}",
            "Pague su reserva {reference}",
        ),
        "payment.headline": Words(
            "One step is left: {amount}",
            "Ein Schritt fehlt noch: {amount}",
            "Il reste une étape : {amount}",
            "Falta un paso: {amount}",
        ),
        "payment.opening": Words(
            "We book as soon as you have paid. The payment page belongs to our payment provider; we never see the number "
            "of your card.",
            "Wir buchen, sobald Sie bezahlt haben. Die Zahlungsseite gehört unserem Zahlungsdienst; wir sehen Ihre "
            "Kartennummer nie.",
            "Nous réservons dès que vous avez payé. La page de paiement est celle de notre prestataire ; nous ne voyons "
            "jamais votre numéro de carte.",
            "Reservamos en cuanto haya pagado. La página de pago es de nuestro proveedor; nunca vemos el número de su "
            "tarjeta.",
        ),
        "payment.until": Words(
            "The link works until {moment}. After that the booking expires, and you pay nothing.",
            "Der Link gilt bis {moment}. Danach verfällt die Buchung, und Sie zahlen nichts.",
            "Le lien est valable jusqu’au {moment}. Ensuite, la réservation expire et vous ne payez rien.",
            "El enlace es válido hasta el {moment}. Después la reserva caduca y no paga nada.",
        ),
        "payment.action": Words("Pay {amount}", "{amount} bezahlen", "Payer {amount}", "Pagar {amount}"),
        "refund.subject": Words(
            "{amount} come back to you: booking {reference}",
            "{amount} kommen zu Ihnen zurück: Buchung {reference}",
            "{amount} vous sont remboursés : réservation {reference}",
            "Le devolvemos {amount}: reserva {reference}",
        ),
        "refund.headline": Words(
            "{amount} are on their way back to you",
            "{amount} sind auf dem Weg zu Ihnen zurück",
            "{amount} sont en route vers vous",
            "{amount} están en camino de vuelta",
        ),
        "refund.opening": Words(
            "The money goes back the way it came: to the card or account that you paid with. Banks usually take five to "
            "ten days.",
            "Das Geld geht den Weg zurück, den es kam: auf die Karte oder das Konto, womit Sie bezahlt haben. Banken "
            "brauchen meist fünf bis zehn Tage.",
            "L’argent revient par où il est venu : sur la carte ou le compte avec lequel vous avez payé. Les banques "
            "mettent en général cinq à dix jours.",
            "El dinero vuelve por donde vino: a la tarjeta o cuenta con la que pagó. Los bancos suelen tardar de cinco a "
            "diez días.",
        ),
        "verify.subject": Words(
            "Confirm your email address",
            "Bestätigen Sie Ihre E-Mail-Adresse",
            "Confirmez votre adresse e-mail",
            "Confirme su correo electrónico",
        ),
        "verify.opening": Words(
            "Somebody, hopefully you, has opened an account with this address. If it was you, please confirm it.",
            "Jemand, hoffentlich Sie, hat mit dieser Adresse ein Konto eröffnet. Wenn Sie es waren, bestätigen Sie sie "
            "bitte.",
            "Quelqu’un, vous sans doute, a ouvert un compte avec cette adresse. Si c’est vous, veuillez la confirmer.",
            "Alguien, seguramente usted, ha abierto una cuenta con esta dirección. Si ha sido usted, confírmela.",
        ),
        "verify.action": Words(
            "Confirm this address", "Adresse bestätigen", "Confirmer cette adresse", "Confirmar esta dirección"
        ),
        "reset.subject": Words(
            "Choose a new password",
            "Wählen Sie ein neues Passwort",
            "Choisissez un nouveau mot de passe",
            "Elija una nueva contraseña",
        ),
        "reset.opening": Words(
            "Somebody has asked to set a new password for your account. Your old one works until you choose another.",
            "Jemand möchte für Ihr Konto ein neues Passwort setzen. Ihr altes gilt, bis Sie ein anderes wählen.",
            "Quelqu’un a demandé un nouveau mot de passe pour votre compte. L’ancien reste valable jusqu’à ce que vous en "
            "choisissiez un autre.",
            "Alguien ha pedido una nueva contraseña para su cuenta. La anterior sigue valiendo hasta que elija otra.",
        ),
        "reset.action": Words(
            "Choose a new password", "Neues Passwort wählen", "Choisir un mot de passe", "Elegir contraseña"
        ),
        "changed.subject": Words(
            "Your password was changed",
            "Ihr Passwort wurde geändert",
            "Votre mot de passe a été modifié",
            "Su contraseña se ha cambiado",
        ),
        "changed.opening": Words(
            "The password of your account is another one now, and everybody who was signed in has to sign in again. If "
            "it was not you, tell us at once.",
            "Das Passwort Ihres Kontos ist jetzt ein anderes, und alle müssen sich neu anmelden. Wenn Sie das nicht "
            "waren, sagen Sie es uns sofort.",
            "Le mot de passe de votre compte a changé et chacun doit se reconnecter. Si ce n’est pas vous, dites-le-nous "
            "tout de suite.",
            "La contraseña de su cuenta ha cambiado y todos deben iniciar sesión de nuevo. Si no ha sido usted, díganoslo "
            "enseguida.",
        ),
        "account.ignore": Words(
            "If it was not you, you need not do anything.",
            "Wenn Sie es nicht waren, müssen Sie nichts tun.",
            "Si ce n’est pas vous, vous n’avez rien à faire.",
            "Si no ha sido usted, no tiene que hacer nada.",
        ),
        "account.until": Words(
            "The link works until {moment}, and only once.",
            "Der Link gilt bis {moment} und nur einmal.",
            "Le lien est valable jusqu’au {moment}, une seule fois.",
            "El enlace es válido hasta el {moment} y una sola vez.",
        ),
    }
)
