"""What simulated people make of a text: its language, thanks, a question, the answer that fits."""

import re
from collections.abc import Iterable

from warmline.demo.phrases import MANNERS, TOPICS

_NUMBER = re.compile(r"\d{5}")
_THANKS = re.compile(r"\b(thank|thanks|спасибо|благодар|dzięk|dziek)", re.IGNORECASE)
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_POLISH = re.compile(r"[ąćęłńóśźż]|\b(dzień|proszę|czy|jest|zamówieni)", re.IGNORECASE)
_ASKS_NUMBER = re.compile(
    r"(order|number|заказ\w*|номер\w*|zamówieni\w*|numer\w*)[^.!]*\?", re.IGNORECASE
)


def language_of(text: str, otherwise: str | None) -> str:
    """The language that a text is written in, as far as its letters say so.

    >>> language_of("Где мой заказ?", "en"), language_of("Hello", None)
    ('ru', 'en')
    """
    if _CYRILLIC.search(text):
        return "ru"
    if _POLISH.search(text):
        return "pl"
    return otherwise if otherwise is not None and otherwise in MANNERS else "en"


def is_thanks(text: str) -> bool:
    """Whether somebody thanks and asks nothing more."""
    return bool(_THANKS.search(text)) and "?" not in text


def asks_for_number(text: str) -> bool:
    """Whether an agent asks for the number of the order."""
    return bool(_ASKS_NUMBER.search(text)) and not _NUMBER.search(text)


def answer_to(language: str, said: Iterable[str]) -> str | None:
    """The answer that fits what a customer wrote, None when it is about something else."""
    for text in said:
        plain = _NUMBER.sub("{order}", text)
        for topic in TOPICS[language].values():
            for place, opening in enumerate(topic.openings):
                if opening in plain:
                    return topic.answers[place % len(topic.answers)]
    return None
