"""What a survey is made of, and what asking needs of other rooms."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType, Protocol, TypeAlias

from warmline.core.words import (
    DAY,
    AgentId,
    CustomerId,
    Instant,
    InteractionId,
    Medium,
    Millis,
    QueueId,
)
from warmline.ports import Contact

AskId = NewType("AskId", str)
QUESTIONS_LIMIT = 20
OPTIONS_LIMIT = 20
WORDS_LIMIT_CHARS = 2_000
"""What a customer may write into one answer."""
LANGUAGES = ("en", "ru", "pl")


class QuestionKind(StrEnum):
    """What is asked, and on which scale."""

    CSAT = "csat"
    """How satisfied, 1 to 5."""
    NPS = "nps"
    """Would they recommend us, 0 to 10."""
    CES = "ces"
    """How easy it was, 1 to 7."""
    FEELING = "feeling"
    """One of the four feelings, 1 to 5."""
    CHOICE = "choice"
    TEXT = "text"


class Feeling(StrEnum):
    """What a customer should feel."""

    GLAD = "glad"
    """They are glad that I called."""
    UNDERSTOOD = "understood"
    """They understand what I need."""
    BEST_ANSWER = "best_answer"
    """They look for the best answer for me."""
    AGAIN = "again"
    """They will be glad to hear from me again."""


SCALES: Mapping[QuestionKind, range] = {
    QuestionKind.CSAT: range(1, 6),
    QuestionKind.NPS: range(11),
    QuestionKind.CES: range(1, 8),
    QuestionKind.FEELING: range(1, 6),
}
"""The numbers that can be chosen."""


class Via(StrEnum):
    """How somebody is asked."""

    WIDGET = "widget"
    LINK = "link"
    PHONE = "phone"
    """By keys, before the caller hangs up."""
    DESK = "desk"
    """An agent asks and writes down."""


class State(StrEnum):
    """Where an ask stands; all but `OPEN` and `ANSWERED` are the end."""

    OPEN = "open"
    ANSWERED = "answered"
    """Answered, and the answers may still be changed."""
    CLOSED = "closed"
    EXPIRED = "expired"
    """Never answered."""


ENDS: Mapping[State, State] = {State.OPEN: State.EXPIRED, State.ANSWERED: State.CLOSED}
"""What becomes of an ask when its time is over."""


class Passed(StrEnum):
    """Why nobody is asked about a talk."""

    NO_SURVEY = "no_survey"
    NOT_ANSWERED = "not_answered"
    """Nobody talked with the customer."""
    NOT_SAMPLED = "not_sampled"
    RECENTLY = "recently"
    """The customer was asked not long ago."""
    BARRED = "barred"
    """A flag of the customer, or a wish not to be asked."""
    NO_CONSENT = "no_consent"
    UNREACHABLE = "unreachable"
    TOO_LATE = "too_late"
    """The center was not running when it was time."""
    ASKED = "asked"
    """An ask about this talk is open already."""
    UNKNOWN = "unknown"
    """There is no such talk, or it is erased."""


Words: TypeAlias = Mapping[str, str]
"""A text by language."""


def in_language(words: Words, language: str) -> str:
    """The text in a language, else in English, else in any.

    >>> in_language({"en": "Hello", "pl": "Cześć"}, "pl-PL")
    'Cześć'
    """
    tag = language.split("-", maxsplit=1)[0].lower()
    return words.get(tag) or words.get("en") or next(iter(words.values()), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """An answer held against a number: `score <= 3`."""

    question: str
    sign: str
    value: int

    def holds(self, values: Mapping[str, float]) -> bool:
        """Whether it is so; what was not answered is never so."""
        given = values.get(self.question)
        if given is None:
            return False
        match self.sign:
            case "<=":
                return given <= self.value
            case ">=":
                return given >= self.value
            case _:
                return given == self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question; `words` is empty where the usual words of its kind are asked."""

    id: str
    kind: QuestionKind
    feeling: Feeling | None = None
    words: Words = field(default_factory=dict[str, str])
    options: Mapping[str, Words] = field(default_factory=dict[str, Words])
    """Of a choice: by id, in order."""
    only_if: tuple[Compared, ...] = ()
    """Asked when one of these holds; always when there are none."""

    def applies(self, values: Mapping[str, float]) -> bool:
        """Whether it is asked of somebody who answered so."""
        return not self.only_if or any(one.holds(values) for one in self.only_if)


AFTER_PROMISE: Millis = -1
"""Stands for the moment when what was promised in the talk is due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What is asked, whom, when and how."""

    id: str
    questions: tuple[Question, ...]
    name: str = ""
    after_ms: Millis = 0
    """How long after the end of a talk, or `AFTER_PROMISE`."""
    ways: tuple[Via, ...] = (Via.WIDGET, Via.PHONE, Via.LINK)
    media: tuple[Medium, ...] = ()
    """Only talks over these; none means all."""
    queues: tuple[QueueId, ...] = ()
    """Only talks of these; none means all."""
    share_pct: int = 100
    apart_ms: Millis = 30 * DAY
    """The same customer is asked once in so long at most, whatever the survey."""
    open_ms: Millis = 7 * DAY
    """So long it can be answered, and answers be changed."""
    intro: Words = field(default_factory=dict[str, str])
    thanks: Words = field(default_factory=dict[str, str])

    @property
    def after_promise(self) -> bool:
        """Whether it is about talks in which something was promised, once that is due."""
        return self.after_ms == AFTER_PROMISE

    def fits(self, contact: Contact) -> bool:
        """Whether it is about talks of this kind."""
        medium = not self.media or contact.medium in self.media
        return medium and (not self.queues or contact.queue in self.queues)

    def question(self, id_: str) -> Question | None:
        """The question of this id."""
        return next((one for one in self.questions if one.id == id_), None)

    def shown(self, values: Mapping[str, float]) -> list[Question]:
        """The questions for somebody who answered so; the answer to one may bring up others."""
        known: dict[str, float] = {}
        found: list[Question] = []
        for one in self.questions:
            if one.applies(known):
                found.append(one)
                if one.id in values:
                    known[one.id] = values[one.id]
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Somebody was asked about a talk."""

    id: AskId
    interaction: InteractionId
    customer: CustomerId | None
    agent: AgentId | None
    queue: QueueId
    segment: str | None
    channel: str
    language: str
    survey: str
    version: int
    state: State
    via: Via
    asked_at: Instant
    closes_at: Instant
    again_of_case: str | None = None
    opened_at: Instant | None = None
    answered_at: Instant | None = None

    def takes_answers(self, now: Instant) -> bool:
        """Whether it can be answered, or answers be changed."""
        return self.state in ENDS and now < self.closes_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One answer."""

    question: str
    kind: QuestionKind
    feeling: Feeling | None = None
    value: float | None = None
    words: str | None = None


class AnswersRefused(Exception):
    """The answers cannot be taken: `code` says why, `question` which one, if one."""

    def __init__(self, code: str, question: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.question = question


# What asking needs of others


class Talks(Protocol):
    """Ended talks, as headers."""

    async def among(self, interactions: Collection[InteractionId]) -> Sequence[Contact]:
        """Those of the interactions that there are."""
        ...

    async def reply_address(self, interaction: InteractionId) -> str | None:
        """Where mail about a talk would go to, None when it came by none."""
        ...


class Permission(Protocol):
    """Whether a customer may be asked; None for yes, else why not."""

    async def __call__(self, ids: Collection[CustomerId], via: Via) -> Passed | None: ...


class Contacted(Protocol):
    """Remembers that a customer was written to about a talk."""

    async def __call__(self, who: CustomerId, interaction: InteractionId) -> None: ...


class Persons(Protocol):
    """Who customers are."""

    async def same(self, customer: CustomerId) -> Collection[CustomerId]:
        """All ids of one person."""
        ...

    async def address(self, customer: CustomerId) -> str | None:
        """Their e-mail address, when there is one."""
        ...


class Promised(Protocol):
    """When the last of what was promised in a talk is due; None where nothing was."""

    async def __call__(self, interaction: InteractionId) -> Instant | None: ...


class Mailer(Protocol):
    """Where mails of ours go out; durable when this returns."""

    async def send(self, to: str, subject: str, text: str, html: str, language: str) -> None: ...


Listener: TypeAlias = Callable[[AskId], Awaitable[None]]
"""Told when answers came or changed, once they are durable; at least once."""
