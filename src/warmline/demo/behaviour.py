"""How the simulated people behave: when they write, how long they wait, what they say.

Everything is drawn from one seeded source, and used by the made-up past and by the living
demonstration alike.
"""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from warmline.core.words import (
    HOUR,
    MINUTE,
    SECOND,
    Instant,
    Millis,
    QueueId,
    SegmentId,
    Verification,
)
from warmline.demo import names, shop
from warmline.demo.phrases import MANNERS, TOPICS, Manner, Topic

CUSTOMERS = 3_000
LANGUAGE_SHARES = {"ru": 0.40, "pl": 0.35, "en": 0.25}
TOPIC_SHARES = {"orders": 0.42, "returns": 0.24, "payments": 0.18, "advice": 0.16}
SEGMENT_SHARES = {"platinum": 0.05, "gold": 0.15, "silver": 0.30, "bronze": 0.50}
OUTAGE = "outage"
"""The topic of those who write while the shop's site is down."""
MAIL_SHARE = 0.35
WORKSHOP_SHARE = 0.15
"""Of the mails, how many go to the workshop."""

# Contacts by local hour, relative to the busiest one.
# People write to a shop at night as well: somebody may look at the demonstration then.
DAILY_CURVE = (
    0.20, 0.16, 0.14, 0.14, 0.15, 0.18, 0.24, 0.38, 0.62, 0.88, 1.00, 0.97,
    0.86, 0.84, 0.90, 0.92, 0.86, 0.78, 0.70, 0.62, 0.50, 0.38, 0.30, 0.24,
)  # fmt: skip
WEEKLY_CURVE = (1.15, 1.05, 1.0, 1.0, 0.95, 0.65, 0.55)
PEAK_PER_HOUR = 40.0
"""In the made-up past as in the living demonstration: what those on duty serve well."""
SIGNED_IN_SHARE = 0.6
_CALLED_SHARE = 0.12
AREAS = (
    201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217,
    218, 219, 224, 225, 228, 229, 231, 234, 239, 240, 248, 251, 252, 253, 254,
)  # fmt: skip
"""Each has a hundred numbers that nobody is given."""
"""Of those who chat, how many are signed in at the shop, which vouches for them."""

_NEW_FACES = 0.5
_MISSED = 0.02
_DECLINED = 0.03
_RATED = 0.45
_TRANSFERRED = 0.06
_NOTED = 0.08
_TELLS_MORE = 0.35
_WRITES_BACK = 0.2
_LATE_MS = 60 * SECOND

Turn = tuple[Literal["agent", "customer", "note"], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """One of the invented customers."""

    number: int
    name: str
    email: str
    language: str
    meant: str
    """How good a customer they are meant to be: how often, and for how much, they order."""
    segment: SegmentId | None = None
    """What the center computes from their orders."""
    order: int | None = None
    """The number of their latest order."""

    @property
    def id(self) -> str:
        """The id in the customers' tables."""
        return f"sample-{self.number}"

    @property
    def phone(self) -> str:
        """A number of those that are kept for stories (555-01xx): nobody has it."""
        return f"+1{AREAS[self.number // 100 % len(AREAS)]}55501{self.number % 100:02}"

    @property
    def first_name(self) -> str:
        """How an agent addresses them."""
        return self.name.split(" ", maxsplit=1)[0]


def customers() -> Sequence[Customer]:
    """All invented customers, the same every time."""
    chance = random.Random(20)
    found: list[Customer] = []
    counts = dict.fromkeys(LANGUAGE_SHARES, 0)
    for number in range(CUSTOMERS):
        language = pick(chance, LANGUAGE_SHARES)
        name = names.full_name(language, counts[language])
        counts[language] += 1
        found.append(
            Customer(
                number=number,
                name=name,
                email=names.address(name, number),
                language=language,
                meant=pick(chance, SEGMENT_SHARES),
            )
        )
    return found


def pick(chance: random.Random, shares: dict[str, float]) -> str:
    """One of the keys, as often as its share says."""
    return chance.choices(list(shares), weights=list(shares.values()))[0]


def rate_per_ms(hour: int, weekday: int) -> float:
    """How many contacts come in a millisecond at a local hour (0-23) of a weekday (0 Monday)."""
    return PEAK_PER_HOUR * DAILY_CURVE[hour] * WEEKLY_CURVE[weekday] / HOUR


def until_next(chance: random.Random, rate: float) -> Millis:
    """The pause to the next contact at a rate per millisecond (exponential)."""
    return max(1, round(chance.expovariate(rate)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One reason to write to the shop: who, about what, by which door."""

    customer: Customer
    topic: str
    mail: bool
    inbox: str
    order: int
    variant: int = 0
    """Which of the topic's openings it is; the answer of the same number fits it."""
    signed_in: bool = False
    """Whether the shop vouches for whoever chats."""

    @property
    def reason(self) -> str:
        """The reason that is chosen before a chat."""
        return shop.ORDERS if self.topic == OUTAGE else self.topic

    @property
    def words(self) -> Topic:
        """What is said about the topic in the customer's language."""
        return TOPICS[self.customer.language][self.topic]

    @property
    def manner(self) -> Manner:
        """How that language greets and thanks."""
        return MANNERS[self.customer.language]

    @property
    def subject(self) -> str:
        """The subject of a mail about it."""
        return self.words.subject.format(order=self.order)


def verification(about: Contact) -> Verification:
    """How sure it is who writes: the sender of a mail, signed in at the shop, or merely typed."""
    if about.mail:
        return Verification.MATCHED
    return Verification.VERIFIED if about.signed_in else Verification.CLAIMED


def contact(chance: random.Random, everybody: Sequence[Customer]) -> Contact:
    """The next contact: some customers write more often than others."""
    who = everybody[min(int(chance.paretovariate(1.1) * 40) - 40, len(everybody) - 1)]
    if chance.random() < _NEW_FACES:
        who = chance.choice(everybody)
    mail = chance.random() < MAIL_SHARE
    workshop = mail and chance.random() < WORKSHOP_SHARE
    some = chance.randint(40_000, 49_999)
    return Contact(
        customer=who,
        topic="workshop" if workshop else pick(chance, TOPIC_SHARES),
        mail=mail,
        inbox=shop.WORKSHOP_INBOX if workshop else shop.MAIL_INBOX if mail else shop.CHAT_INBOX,
        order=some if who.order is None else who.order,
        variant=chance.randrange(6),
        signed_in=not mail and chance.random() < SIGNED_IN_SHARE,
    )


def in_turn(texts: Sequence[str], number: int) -> str:
    """The text of a number; after the last comes the first."""
    return texts[number % len(texts)]


def details(chance: random.Random, about: Contact) -> list[str]:
    """What the customer adds when asked: what belongs to the opening, and sometimes one more."""
    first = in_turn(about.words.details, about.variant)
    more = in_turn(about.words.details, about.variant + 1)
    return [first, more] if chance.random() < _TELLS_MORE else [first]


def opening(about: Contact) -> str:
    """The first thing the customer writes."""
    text = in_turn(about.words.openings, about.variant).format(order=about.order)
    if not about.mail:
        return text
    detail = in_turn(about.words.details, about.variant)
    return f"{text}\n\n{detail}\n\n{about.customer.name}"


def talk(chance: random.Random, about: Contact, agent: str) -> Iterator[Turn]:
    """How the talk goes on, turn by turn; in a mail the agent answers once."""
    manner = about.manner
    greeting = chance.choice(manner.greetings).format(
        name=about.customer.first_name, agent=agent.split(" ", maxsplit=1)[0]
    )
    answer = in_turn(about.words.answers, about.variant)
    if about.mail:
        yield "agent", f"{greeting}\n\n{answer}\n\n{manner.signature}\n{agent}"
        return
    yield "agent", f"{greeting} {chance.choice(manner.one_moment)}"
    for detail in details(chance, about):
        yield "customer", detail
    if chance.random() < _NOTED:
        yield "note", manner.note
    yield "agent", answer
    yield "customer", chance.choice(manner.thanks)
    yield "agent", chance.choice(manner.farewells)


def answers_offer(chance: random.Random) -> Literal["accept", "decline", "miss"]:
    """What an agent does with an offer."""
    drawn = chance.random()
    if drawn < _MISSED:
        return "miss"
    return "decline" if drawn < _MISSED + _DECLINED else "accept"


def reaction_ms(chance: random.Random) -> Millis:
    """How long an agent takes to answer an offer."""
    return round(chance.uniform(1.5, 7) * SECOND)


def writing_ms(chance: random.Random, text: str, quality_pct: int) -> Millis:
    """How long somebody needs to think and to type a text; better agents are a little quicker."""
    thinking = chance.lognormvariate(math.log(9), 0.5)
    typing = len(text) / 6.5
    return round((thinking + typing) * (1.2 - quality_pct / 400) * SECOND)


def mail_handling_ms(chance: random.Random) -> Millis:
    """How long an answer by mail takes."""
    return round(chance.lognormvariate(math.log(2.5 * MINUTE), 0.45))


def wants_a_call(chance: random.Random) -> bool:
    """Whether a customer would rather be called than chat."""
    return chance.random() < _CALLED_SHARE


def call_ms(chance: random.Random) -> Millis:
    """How long a call lasts."""
    return chance.randint(60 * SECOND, 300 * SECOND)


def wrap_up_ms(chance: random.Random) -> Millis:
    """How long the work after a talk takes."""
    return round(chance.lognormvariate(math.log(18 * SECOND), 0.5))


def patience_ms(chance: random.Random) -> Millis:
    """How long a customer waits in a chat before giving up."""
    return round(chance.expovariate(1 / (6 * MINUTE))) + 15 * SECOND


def transfers(chance: random.Random) -> bool:
    """Whether a talk is handed on."""
    return chance.random() < _TRANSFERRED


def writes_back(chance: random.Random) -> bool:
    """Whether a customer answers our mail."""
    return chance.random() < _WRITES_BACK


def answers_to_offered(chance: random.Random) -> tuple[str | None, str | None]:
    """What a customer says to an offer, and why not; now and then nobody writes it down."""
    answers = (("accepted", None), ("declined", "not_interested"), ("later", "wants_to_think"))
    return chance.choices((*answers, (None, None)), weights=(3, 5, 2, 2))[0]


def leaves_note(chance: random.Random) -> bool:
    """Whether an agent leaves a note for colleagues."""
    return chance.random() < _NOTED


def rating(chance: random.Random, *, waited: Millis, quality_pct: int) -> int | None:
    """The customer's rating, 1 to 5, None when they do not rate."""
    if chance.random() > _RATED:
        return None
    mood = 3.1 + quality_pct / 60 - min(1.8, waited / _LATE_MS * 0.5) + chance.gauss(0, 0.8)
    return max(1, min(5, round(mood)))


def disposition(chance: random.Random, queue: QueueId) -> str:
    """What comes of a talk in a queue."""
    usual: dict[str, tuple[str, ...]] = {
        shop.ORDERS: ("told-status", "told-status", "address-changed", "cancelled", "solved"),
        shop.RETURNS: ("replaced", "refunded", "return-label", "solved"),
        shop.PAYMENTS: ("payment-explained", "invoice-sent", "refunded", "solved"),
        shop.ADVICE: ("advised", "advised", "sold"),
        shop.WORKSHOP: ("repair-booked", "solved"),
        shop.MAIL: ("solved", "told-status", "return-label", "invoice-sent"),
        shop.CALLBACKS: ("reached", "reached", "reached", "not-reached"),
    }
    return chance.choice(usual[queue])


def local_hour(at: Instant, offset_ms: Millis) -> tuple[int, int]:
    """The local hour and weekday of an instant, given the zone's offset."""
    local = at + offset_ms
    days, within = divmod(local, 24 * HOUR)
    return within // HOUR, (days + 3) % 7
