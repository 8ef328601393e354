"""What a flow is made of: the steps that a customer meets before somebody talks with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from warmline.core.words import SECOND, CalendarId, Medium, Millis, QueueId

Words: TypeAlias = Mapping[str, str]
"""By language."""
LANGUAGE = "language"
"""The attribute that is also what the customer is spoken to in."""


def no_words() -> dict[str, str]:
    """Words that nobody wrote."""
    return {}


# What a flow is made of


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step; the names of its ways on are fixed by its kind, `ways` says where they lead."""

    @property
    def ways(self) -> Mapping[str, str]:
        """Where each way on leads; nothing for a step that ends the flow."""
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours(Step):
    """By the hours and holidays of a calendar."""

    calendar: CalendarId
    open: str
    closed: str

    @property
    def ways(self) -> Mapping[str, str]:
        """Open or closed."""
        return {"open": self.open, "closed": self.closed}


@dataclass(frozen=True, slots=True, kw_only=True)
class Say(Step):
    """Words, or a recording; `{name}` stands for the value of an attribute."""

    words: Words = field(default_factory=no_words)
    recordings: Words = field(default_factory=no_words)
    next: str

    @property
    def ways(self) -> Mapping[str, str]:
        """One way."""
        return {"next": self.next}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One choice of a menu."""

    next: str
    label: Words = field(default_factory=no_words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking(Step):
    """A step that waits for the customer: so long, and so many times more."""

    words: Words
    sorry: Words = field(default_factory=no_words)
    wait_ms: Millis = 8 * SECOND
    retries: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu(Asking):
    """A choice by key, or by its words where the customer writes."""

    choices: Mapping[str, Choice]
    otherwise: str

    @property
    def ways(self) -> Mapping[str, str]:
        """Each choice by its key, and what follows no valid one."""
        return {**{key: one.next for key, one in self.choices.items()}, "otherwise": self.otherwise}


@dataclass(frozen=True, slots=True, kw_only=True)
class Collect(Asking):
    """Digits, kept in an attribute; with `confirm`, read back and asked whether they are right."""

    into: str
    least: int = 1
    most: int = 20
    confirm: Words = field(default_factory=no_words)
    next: str
    otherwise: str

    @property
    def ways(self) -> Mapping[str, str]:
        """Given, or not."""
        return {"next": self.next, "otherwise": self.otherwise}


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(Step):
    """Attributes get values; `language` changes what is spoken."""

    values: Mapping[str, str]
    next: str

    @property
    def ways(self) -> Mapping[str, str]:
        """One way."""
        return {"next": self.next}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choose(Step):
    """By the value of an attribute."""

    attribute: str
    cases: Mapping[str, str]
    otherwise: str

    @property
    def ways(self) -> Mapping[str, str]:
        """Each value, and all others."""
        return {**{f"= {value}": to for value, to in self.cases.items()},
                "otherwise": self.otherwise}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention(Step):
    """By words that stand in an attribute, as the subject of a letter; the first that fits."""

    attribute: str
    cases: Mapping[str, tuple[tuple[str, ...], str]]
    """By name: the words, of which one is enough, and where it goes then."""
    otherwise: str

    @property
    def ways(self) -> Mapping[str, str]:
        """Each case, and none."""
        return {**{f"~ {name}": to for name, (_, to) in self.cases.items()},
                "otherwise": self.otherwise}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup(Step):
    """What is known of the customer, or what another system answers, into attributes."""

    url: str = ""
    """Empty: the customer is looked up."""
    into: Mapping[str, str]
    """Attribute by the name of the answer's field."""
    wait_ms: Millis = 3 * SECOND
    next: str
    otherwise: str

    @property
    def ways(self) -> Mapping[str, str]:
        """Found, or not, or too late."""
        return {"next": self.next, "otherwise": self.otherwise}


class By(StrEnum):
    """How a customer is recognised."""

    NUMBER = "number"
    PIN = "pin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identify(Asking):
    """Who it is: by the number or address they come from, or by their PIN."""

    by: By
    words: Words = field(default_factory=no_words)
    known: str
    unknown: str

    @property
    def ways(self) -> Mapping[str, str]:
        """Known, or not."""
        return {"known": self.known, "unknown": self.unknown}


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback(Asking):
    """A callback is offered: taken with 1 or its words, refused with 2 or silence."""

    queue: QueueId
    yes: Words = field(default_factory=no_words)
    no: Words = field(default_factory=no_words)
    accepted: str
    otherwise: str

    @property
    def ways(self) -> Mapping[str, str]:
        """Wanted, or not."""
        return {"accepted": self.accepted, "otherwise": self.otherwise}


@dataclass(frozen=True, slots=True, kw_only=True)
class End(Step):
    """A step after which the flow is over; words come before."""

    words: Words = field(default_factory=no_words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Voicemail(End):
    """The customer leaves a message, which waits in a queue."""

    queue: QueueId
    most_ms: Millis = 120 * SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class ToQueue(End):
    """Into a queue, or where the door leads for the reason."""

    queue: QueueId | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(End):
    """To a number outside."""

    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUp(End):
    """It is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """The whole of it."""

    id: str
    name: str = ""
    media: tuple[Medium, ...] = (Medium.VOICE, Medium.CHAT)
    languages: tuple[str, ...] = ()
    """In which it must have words; empty: in those of the site."""
    start: str
    fallback: str
    """The ending that follows when more steps were made than `bound`."""
    bound: int = 60
    steps: Mapping[str, Step]
