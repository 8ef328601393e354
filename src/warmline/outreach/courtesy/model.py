"""What the programme of courtesy contacts is, its words, and what it asks of other rooms."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import sqrt
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import Actor, CustomerId, Instant, Malformed
from warmline.ports import Write

LANGUAGES = ("en", "ru", "pl")
SUBJECT_LIMIT_CHARS = 120
TEXT_LIMIT_CHARS = 2_000
PUBLISHED_PCT = 42.0
"""Of customers, that ever got a courtesy contact after a purchase, as published."""
PLACES = frozenset({"name", "order", "agent"})
"""What a text may hold in braces: who is written to, what was delivered, who served them last."""
_PLACE = re.compile(r"\{([^{}]*)\}")
_Z95 = 1.959963984540054

SUBJECTS: Mapping[str, str] = {
    "en": "Is everything well with your order?",
    "ru": "Всё ли хорошо с вашим заказом?",
    "pl": "Czy z zamówieniem wszystko w porządku?",
}
TEXTS: Mapping[str, str] = {
    "en": (
        "Hello {name},\n\nyour order has been with you for a few days: {order}. Is everything as "
        "you hoped? If not, or if you have a question, just answer this mail and {agent} will read "
        "it.\n\nThank you for choosing us."
    ),
    "ru": (
        "Здравствуйте, {name}!\n\nВаш заказ у вас уже несколько дней: {order}. Всё ли так, как "
        "вы хотели? Если нет или есть вопрос, просто ответьте на это письмо: его прочитает "
        "{agent}.\n\nСпасибо, что выбрали нас."
    ),
    "pl": (
        "Dzień dobry, {name},\n\nzamówienie jest u Ciebie od kilku dni: {order}. Czy wszystko "
        "jest tak, jak miało być? Jeśli nie albo jeśli masz pytanie, po prostu odpowiedz na ten "
        "list: przeczyta go {agent}.\n\nDziękujemy, że wybierasz nas."
    ),
}
TEAM: Mapping[str, str] = {"en": "our team", "ru": "наша команда", "pl": "nasz zespół"}
"""Who reads the answer where nobody served the customer yet."""
THEIR_ORDER: Mapping[str, str] = {"en": "your order", "ru": "ваш заказ", "pl": "Twoje zamówienie"}
"""What was delivered, where the shop did not say."""


class State(StrEnum):
    """What became of one delivered order."""

    SENDING = "sending"
    SENT = "sent"
    LEFT = "left"


class Left(StrEnum):
    """Why nobody was written to, beside the reasons of the rule of contact."""

    LATELY = "lately"
    TROUBLE = "trouble"
    """Something happened to the order, or a case is open: that is no time for a courtesy."""
    OTHER_WAY = "other_way"
    """The customer wants to be reached in another way than by mail."""
    NO_ADDRESS = "no_address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """When and with which words a customer is written to."""

    on: bool = False
    days_after: int = 5
    days_late: int = 7
    """So long it is tried again when it may not be now; later it would be no courtesy."""
    pause_days: int = 90
    """One courtesy contact in this time is enough, however often somebody orders."""
    subjects: Mapping[str, str] = field(default_factory=lambda: SUBJECTS)
    texts: Mapping[str, str] = field(default_factory=lambda: TEXTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """An order that reached its customer; `troubled` when something happened to it."""

    order: str
    customer: CustomerId
    at: Instant
    text: str | None
    troubled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Who is written to."""

    ids: Sequence[CustomerId]
    name: str | None
    language: str | None
    address: str | None
    agent: str | None
    """The name of who served them last."""
    way: str | None
    """How they want to be reached; None for no wish."""


@dataclass(frozen=True, slots=True, kw_only=True)
class May:
    """What the rule of contact says: `reason` None is yes; `passing` when time puts it right."""

    reason: str | None = None
    passing: bool = False


class Orders(Protocol):
    """Orders that were delivered."""

    async def delivered(self, since: Instant, until: Instant) -> Sequence[Delivered]:
        """Those delivered in a time, the oldest first, each under the id that counts."""
        ...


class People(Protocol):
    """Who customers are, and how they are reached."""

    async def addressee(self, who: CustomerId) -> Addressee: ...

    async def troubled(self, ids: Collection[CustomerId]) -> bool:
        """Whether a case of theirs is open."""
        ...

    async def answered(self, written: Mapping[CustomerId, Instant]) -> Collection[CustomerId]:
        """Those who wrote to us by mail within two weeks after they were written to."""
        ...

    async def names(
        self, ids: Collection[CustomerId], *, reader: Actor
    ) -> Mapping[CustomerId, str]:
        """What they are called, masked unless open to the reader."""
        ...


class Rule(Protocol):
    """The one rule of contact."""

    async def may(self, ids: Collection[CustomerId]) -> May:
        """Whether a person may get a courtesy mail now."""
        ...

    async def made(self, connection: AsyncConnection, who: CustomerId) -> None:
        """Remember that they are written to, in the transaction that begins it."""
        ...


class Mail(Protocol):
    """Where a mail leaves."""

    async def ready(self) -> bool:
        """Whether mail can leave at all."""
        ...

    async def send(self, to: str, subject: str, text: str, html: str, language: str) -> None:
        """A mail to a customer; durable when this returns."""
        ...


class SettingAudit(Protocol):
    """A row of the audit about a changed setting, with the values before and after."""

    def __call__(
        self,
        actor: Actor,
        action: str,
        kind: str,
        item: str,
        *,
        before: Mapping[str, object] | None,
        after: Mapping[str, object] | None,
    ) -> Write: ...


def check(given: Programme) -> None:
    """`Malformed` with the field for words that are missing, strange, or hold unknown places."""
    parts = (
        ("subjects", given.subjects, SUBJECT_LIMIT_CHARS),
        ("texts", given.texts, TEXT_LIMIT_CHARS),
    )
    for part, texts, limit in parts:
        strange = next((one for one in texts if one not in LANGUAGES), None)
        if strange is not None:
            raise Malformed(f"{part}.{strange}", "is none of our languages", "invalid")
        for language in LANGUAGES:
            text = texts.get(language, "")
            if not text.strip():
                raise Malformed(f"{part}.{language}", "is empty", "empty")
            if len(text) > limit:
                raise Malformed(
                    f"{part}.{language}", f"is longer than {limit}", "too_long", max=limit
                )
            unknown = next((one for one in _PLACE.findall(text) if one not in PLACES), None)
            if unknown is not None:
                raise Malformed(
                    f"{part}.{language}", f"there is no {{{unknown}}}", "no_such", item=unknown
                )


def said(text: str, facts: Mapping[str, str]) -> str:
    """A text with its places filled in.

    >>> said("Hello {name}, {order}!", {"name": "Ola", "order": "a lamp"})
    'Hello Ola, a lamp!'
    """
    return _PLACE.sub(lambda found: facts.get(found[1], ""), text)


def spoken(language: str | None) -> str:
    """The language that a customer is written to in: theirs where it is one of ours."""
    plain = (language or "").split("-")[0].lower()
    return plain if plain in LANGUAGES else LANGUAGES[0]


def share(many: int, of: int) -> tuple[float, float, float] | None:
    """A share in percent with its 95 % interval (Wilson 1927); None of nobody.

    >>> [round(one, 1) for one in share(42, 100) or ()]
    [42.0, 32.8, 51.8]
    """
    if of == 0:
        return None
    part, square = many / of, _Z95**2
    middle = (part + square / (2 * of)) / (1 + square / of)
    half = _Z95 * sqrt(part * (1 - part) / of + square / (4 * of * of)) / (1 + square / of)
    return 100 * part, 100 * (middle - half), 100 * (middle + half)
