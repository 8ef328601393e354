"""The words around a code that shows who a customer is, in their language."""

import html
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeWords:
    """A code as a mail and as a text message."""

    language: str
    subject: str
    text: str
    html: str
    short: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    subject: str
    text: str
    short: str


_WORDS: Mapping[str, _Words] = {
    "en": _Words(
        subject="Your code for customer service",
        text="Your code is {code}. It is good for {minutes} minutes. Tell it only to the person "
        "you are talking to right now; if you are not talking to us, just ignore this message.",
        short="Customer service: your code is {code}, good for {minutes} min. Not you? Ignore it.",
    ),
    "ru": _Words(
        subject="Ваш код для службы поддержки",
        text="Ваш код: {code}. Он действует {minutes} минут. Назовите его только тому, с кем вы "
        "сейчас общаетесь; если вы к нам не обращались, просто не отвечайте на это письмо.",
        short="Служба поддержки: код {code}, действует {minutes} мин. Это не вы? Не отвечайте.",
    ),
    "pl": _Words(
        subject="Twój kod do rozmowy z obsługą klienta",
        text="Twój kod to {code}. Jest ważny przez {minutes} minut. Podaj go tylko osobie, z którą "
        "teraz rozmawiasz; jeśli się z nami nie kontaktujesz, zignoruj tę wiadomość.",
        short="Twój kod do obsługi klienta to {code}, ważny {minutes} min. To nie Ty? Zignoruj.",
    ),
}


def said(code: str, language: str | None, *, minutes: int) -> CodeWords:
    """The code in a customer's language, else in English."""
    chosen = language if language is not None and language in _WORDS else "en"
    words = _WORDS[chosen]
    facts = {"code": code, "minutes": minutes}
    text = words.text.format(**facts)
    return CodeWords(
        language=chosen,
        subject=words.subject,
        text=text,
        html=f"<p>{html.escape(text)}</p>",
        short=words.short.format(**facts),
    )
