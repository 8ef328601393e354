"""The mail, or text message, that asks before a late call whether it is still wanted."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from warmline.channels.callback.page_words import spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What the customer gets."""

    subject: str
    text: str
    html: str
    language: str


MAIL: Mapping[str, Mapping[str, str]] = {
    "en": {
        "subject": "Shall we still call you back?",
        "text": "You asked us to call you back, and it takes longer than we hoped. We still will. "
        "If you do not need it any more, or another time suits you better, say so here:",
        "link": "See, move or cancel the call",
    },
    "ru": {
        "subject": "Вам всё ещё нужен обратный звонок?",
        "text": "Вы просили перезвонить, и это занимает больше времени, чем мы рассчитывали. Мы "
        "позвоним. Если звонок больше не нужен или удобнее другое время, скажите об этом здесь:",
        "link": "Посмотреть, перенести или отменить звонок",
    },
    "pl": {
        "subject": "Czy nadal mamy oddzwonić?",
        "text": "Poproszono nas o oddzwonienie, a trwa to dłużej, niż zakładaliśmy. Zadzwonimy. "
        "Jeśli rozmowa nie jest już potrzebna albo pasuje inna pora, można to tu zmienić:",
        "link": "Zobacz, przełóż lub odwołaj rozmowę",
    },
}


def letter(link: str, *, language: str | None) -> Letter:
    """The mail with the link to the customer's page."""
    known = spoken(language)
    words = MAIL[known]
    return Letter(
        subject=words["subject"],
        text=f"{words['text']}\n\n{link}\n",
        html=f'<p>{escape(words["text"])}</p><p><a href="{escape(link, quote=True)}">'
        f"{escape(words['link'])}</a></p>",
        language=known,
    )


def short(link: str, *, language: str | None) -> str:
    """The same as a text message."""
    return f"{MAIL[spoken(language)]['subject']} {link}"
