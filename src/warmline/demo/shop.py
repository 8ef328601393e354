"""The sample center: a lamp and furniture shop that speaks Russian, Polish and English."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from warmline.core import commands as c
from warmline.core import settings as s
from warmline.core.words import (
    HOUR,
    MINUTE,
    SECOND,
    AgentId,
    CalendarId,
    CommandId,
    DispositionId,
    InboxId,
    Medium,
    Presence,
    QueueId,
    ReasonId,
    Role,
    SegmentId,
    SkillId,
    StakeId,
    TeamId,
)

NAME = "Larkfold"
DOMAIN = "larkfold.example"
ZONE = "Europe/Warsaw"
LANGUAGES = ("en", "ru", "pl")

ORDERS = QueueId("orders")
RETURNS = QueueId("returns")
PAYMENTS = QueueId("payments")
ADVICE = QueueId("advice")
MAIL = QueueId("mail")
WORKSHOP = QueueId("workshop")
CALLBACKS = QueueId("callbacks")
CALLS = QueueId("calls")

CHAT_INBOX = InboxId("shop-chat")
MAIL_INBOX = InboxId("shop-mail")
WORKSHOP_INBOX = InboxId("workshop-mail")
CALL_INBOX = InboxId("shop-callback")
PHONE_INBOX = InboxId("shop-calls")

HOURS = CalendarId("shop-hours")
DAY_AND_NIGHT = CalendarId("always")
WORKDAYS = tuple(s.Weekday)[:4]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who works in the shop; `skills` are proficiencies from 1 to 5."""

    id: str
    name: str
    locale: str
    roles: tuple[Role, ...] = (Role.AGENT,)
    team: str | None = None
    skills: dict[str, int] | None = None
    quality_pct: int = 50
    chair: bool = False
    """Kept free for a human who sits down: no simulated person uses it."""


SUPERVISOR = Person(id="marek", name="Marek Dolny", locale="pl", roles=(Role.SUPERVISOR,))
ADMINISTRATOR = Person(
    id="piotr", name="Piotr Lasota", locale="en", roles=(Role.ADMINISTRATOR, Role.SUPERVISOR)
)

ANNA = Person(
    id="anna",
    name="Anna Kowal",
    locale="en",
    team="orders",
    skills={"en": 5, "pl": 5, "ru": 3, "orders": 5, "returns": 4, "payments": 3},
    quality_pct=91,
    chair=True,
)
DARIA = Person(
    id="daria",
    name="Дарья Ветрова",
    locale="ru",
    team="returns",
    skills={"ru": 5, "en": 4, "returns": 5, "orders": 4, "payments": 4},
    quality_pct=84,
    chair=True,
)

AGENTS: tuple[Person, ...] = (
    ANNA,
    DARIA,
    Person(
        id="zofia", name="Zofia Lis", locale="pl", team="orders", quality_pct=84,
        skills={"pl": 5, "en": 3, "orders": 5, "returns": 3},
    ),
    Person(
        id="rafal", name="Rafał Bień", locale="pl", team="orders", quality_pct=68,
        skills={"pl": 5, "orders": 3, "payments": 2},
    ),
    Person(
        id="pavel", name="Павел Дорн", locale="ru", team="orders", quality_pct=62,
        skills={"ru": 5, "en": 2, "orders": 4},
    ),
    Person(
        id="ewa", name="Ewa Sroka", locale="pl", team="payments", quality_pct=74,
        skills={"pl": 5, "ru": 2, "payments": 5, "orders": 3},
    ),
    Person(
        id="ilya", name="Илья Семёнов", locale="ru", team="payments", quality_pct=79,
        skills={"ru": 5, "en": 3, "payments": 5, "orders": 3},
    ),
    Person(
        id="nora", name="Nora Quist", locale="en", team="advice", quality_pct=88,
        skills={"en": 5, "advice": 5, "orders": 3},
    ),
    Person(
        id="oskar", name="Oskar Wrona", locale="pl", team="advice", quality_pct=71,
        skills={"pl": 5, "en": 4, "advice": 4, "orders": 2},
    ),
    Person(
        id="vera", name="Вера Ким", locale="ru", team="advice", quality_pct=77,
        skills={"ru": 5, "advice": 4, "returns": 2},
    ),
    Person(
        id="tomas", name="Tomas Gail", locale="en", team="returns", quality_pct=66,
        skills={"en": 5, "returns": 4, "orders": 3},
    ),
    Person(
        id="lidia", name="Lidia Bor", locale="pl", team="returns", quality_pct=82,
        skills={"pl": 5, "ru": 3, "returns": 5, "orders": 2},
    ),
    Person(
        id="gleb", name="Глеб Носов", locale="ru", team="returns", quality_pct=58,
        skills={"ru": 5, "returns": 4, "orders": 2},
    ),
    Person(
        id="helen", name="Helen Marsh", locale="en", team="orders", quality_pct=73,
        skills={"en": 5, "orders": 4, "payments": 3},
    ),
    Person(
        id="jan", name="Jan Mazur", locale="pl", team="orders", quality_pct=55,
        skills={"pl": 5, "orders": 3, "returns": 2},
    ),
    Person(
        id="sofia", name="Софья Белова", locale="ru", team="orders", quality_pct=86,
        skills={"ru": 5, "en": 4, "orders": 5, "returns": 3},
    ),
    Person(
        id="piet", name="Piet Hansel", locale="en", team="workshop", quality_pct=90,
        skills={"en": 5, "workshop": 5, "advice": 3},
    ),
    Person(
        id="kasia", name="Kasia Olek", locale="pl", team="workshop", quality_pct=81,
        skills={"pl": 5, "en": 3, "workshop": 4, "returns": 3},
    ),
    Person(
        id="fedor", name="Фёдор Лунин", locale="ru", team="workshop", quality_pct=76,
        skills={"ru": 5, "workshop": 4, "returns": 3},
    ),
    Person(
        id="maja", name="Maja Sowa", locale="pl", team="payments", quality_pct=69,
        skills={"pl": 5, "en": 4, "payments": 4, "orders": 3},
    ),
    Person(
        id="arthur", name="Arthur Bell", locale="en", team="payments", quality_pct=63,
        skills={"en": 5, "payments": 4, "orders": 2},
    ),
    Person(
        id="irina", name="Ирина Чайка", locale="ru", team="advice", quality_pct=70,
        skills={"ru": 5, "en": 3, "advice": 3, "orders": 3},
    ),
    Person(
        id="bruno", name="Bruno Wit", locale="pl", team="advice", quality_pct=60,
        skills={"pl": 4, "en": 5, "advice": 3, "payments": 2},
    ),
    Person(
        id="yana", name="Яна Орлова", locale="ru", team="orders", quality_pct=72,
        skills={"ru": 5, "pl": 3, "orders": 4, "payments": 3},
    ),
)  # fmt: skip

PEOPLE: tuple[Person, ...] = (SUPERVISOR, ADMINISTRATOR, *AGENTS)

_TEAMS = {
    "orders": "Orders",
    "returns": "Returns",
    "payments": "Payments",
    "advice": "Advice",
    "workshop": "Workshop",
}
_LANGUAGE_NAMES = {"en": "English", "ru": "Русский", "pl": "Polski"}
_DISPOSITIONS: tuple[tuple[str, str, tuple[QueueId, ...]], ...] = (
    ("solved", "Solved", ()),
    ("told-status", "Told where the order is", (ORDERS, MAIL)),
    ("address-changed", "Address changed", (ORDERS, MAIL)),
    ("cancelled", "Order cancelled", (ORDERS, MAIL)),
    ("replaced", "Replacement sent", (RETURNS, MAIL, WORKSHOP)),
    ("refunded", "Refunded", (RETURNS, PAYMENTS, MAIL)),
    ("return-label", "Return label sent", (RETURNS, MAIL)),
    ("payment-explained", "Payment explained", (PAYMENTS, MAIL)),
    ("invoice-sent", "Invoice sent", (PAYMENTS, MAIL)),
    ("advised", "Advised", (ADVICE,)),
    ("sold", "Advised and bought", (ADVICE,)),
    ("repair-booked", "Repair booked", (WORKSHOP,)),
    ("reached", "Reached", (CALLBACKS,)),
    ("not-reached", "Not reached", (CALLBACKS,)),
    ("wrong-number", "Wrong number", (CALLBACKS,)),
    ("complaint", "Complaint passed on", ()),
    ("no-answer", "Customer did not answer", ()),
    ("spam", "Spam", ()),
    ("not-coded", "Not coded", ()),
)
_REASONS: tuple[tuple[str, str, Presence], ...] = (
    ("coffee", "Coffee", Presence.BREAK),
    ("rest", "Rest after a hard talk", Presence.BREAK),
    ("lunch", "Lunch", Presence.MEAL),
    ("team-meeting", "Team meeting", Presence.MEETING),
    ("one-to-one", "One to one", Presence.MEETING),
    ("course", "Course", Presence.TRAINING),
    ("paperwork", "Paperwork", Presence.BUSY),
    ("warehouse", "Asking the warehouse", Presence.BUSY),
)
_REASON_LABELS = {
    "orders": {"en": "My order", "ru": "Мой заказ", "pl": "Moje zamówienie"},
    "returns": {"en": "Return or damage", "ru": "Возврат или брак", "pl": "Zwrot lub uszkodzenie"},
    "payments": {"en": "Payment", "ru": "Оплата", "pl": "Płatność"},
    "advice": {"en": "Help me choose", "ru": "Помогите выбрать", "pl": "Pomoc w wyborze"},
}
_SEGMENTS: tuple[tuple[str, str, int, int], ...] = (
    ("platinum", "Platinum", 10 * MINUTE, 10),
    ("gold", "Gold", 4 * MINUTE, 4),
    ("silver", "Silver", MINUTE, 2),
    ("bronze", "Bronze", 0, 1),
)


STAKES = (
    s.Stake(id=StakeId("cancellation"), name="Cancellation", head_start_ms=5 * MINUTE, value=6),
    s.Stake(id=StakeId("large-order"), name="Large order", head_start_ms=4 * MINUTE, value=5),
    s.Stake(id=StakeId("lead"), name="Sales lead", head_start_ms=2 * MINUTE, value=3),
)
"""What may be at stake in an interaction, beside who comes."""


def commands() -> Iterator[c.Command]:
    """Everything that defines the center, in an order that never names what is not there yet."""
    definitions = (
        *_skills_and_teams(),
        *_hours(),
        *_queues(),
        *_inboxes(),
        *_words_of_the_trade(),
        *map(_agent, AGENTS),
    )
    for number, (kind, spec) in enumerate(definitions, 1):
        fields: dict[str, Any] = {type(spec).__name__.lower(): spec}
        yield kind(id=CommandId(f"sample-{number}"), **fields)


_Definition = tuple[type[c.Command], object]


def _skills_and_teams() -> Iterator[_Definition]:
    for tag, name in _LANGUAGE_NAMES.items():
        yield c.DefineSkill, s.Skill(id=SkillId(tag), name=name, language=True)
    for topic, name in _TEAMS.items():
        yield c.DefineSkill, s.Skill(id=SkillId(topic), name=name)
        yield c.DefineTeam, s.Team(id=TeamId(topic), name=name)


def _hours() -> Iterator[_Definition]:
    # The sample shop answers around the clock, so that a demonstration is alive at any hour;
    # the workshop keeps real hours, with lunch, a short Friday and Polish holidays.
    always = (s.Interval(opens=0, closes=1440),)
    yield (
        c.DefineCalendar,
        s.Calendar(
            id=DAY_AND_NIGHT, name="Always", zone=ZONE, week=dict.fromkeys(s.Weekday, always)
        ),
    )
    day = (s.Interval(opens=9 * 60, closes=12 * 60 + 30), s.Interval(opens=13 * 60, closes=18 * 60))
    friday = (s.Interval(opens=9 * 60, closes=15 * 60),)
    closed = dict.fromkeys(("2026-12-25", "2026-12-26", "2027-01-01", "2027-01-06"), ())
    yield (
        c.DefineCalendar,
        s.Calendar(
            id=HOURS,
            name="Workshop hours",
            zone=ZONE,
            week={**dict.fromkeys(WORKDAYS, day), s.Weekday.FRIDAY: friday},
            exceptions={**closed, "2026-12-24": (s.Interval(opens=540, closes=720),)},
        ),
    )


def _rings(topic: str) -> tuple[s.Ring, ...]:
    """Good at it first; after a while anybody who can; at last anybody with the language."""
    skill = SkillId(topic)
    return (
        s.Ring(needs=(s.Need(skill=skill, level=4),), language_level=4),
        s.Ring(needs=(s.Need(skill=skill, level=2),), language_level=3, after_ms=8 * SECOND),
        s.Ring(language_level=2, after_ms=12 * SECOND),
    )


def _queues() -> Iterator[_Definition]:
    quick = s.Target(within_ms=20 * SECOND, share_pct=80)
    within_an_hour = s.Target(within_ms=HOUR, share_pct=90, in_business_hours=True)
    wrap = s.WrapUpRule(limit_ms=90 * SECOND, automatic=DispositionId("not-coded"))
    for queue, name in (
        (ORDERS, "Orders"),
        (RETURNS, "Returns and damage"),
        (PAYMENTS, "Payments"),
        (ADVICE, "Advice"),
    ):
        yield (
            c.DefineQueue,
            s.Queue(
                id=queue,
                name=name,
                rings=_rings(queue),
                target=quick,
                calendar=DAY_AND_NIGHT,
                wrap_up=wrap,
            ),
        )
    letters = s.Ring(language_level=3)
    yield (
        c.DefineQueue,
        s.Queue(
            id=MAIL,
            name="E-mail",
            rings=(letters,),
            target=within_an_hour,
            calendar=DAY_AND_NIGHT,
            wrap_up=wrap,
            when_closed=s.WhenClosed.WAIT,
        ),
    )
    yield (
        c.DefineQueue,
        s.Queue(
            id=WORKSHOP,
            name="Workshop",
            rings=_rings("workshop"),
            target=within_an_hour,
            calendar=HOURS,
            wrap_up=wrap,
            when_closed=s.WhenClosed.WAIT,
            overflow_to=MAIL,
            overflow_after_ms=4 * HOUR,
        ),
    )
    yield c.DefineQueue, _callbacks(wrap)
    yield (
        c.DefineQueue,
        s.Queue(
            id=CALLS,
            name="Calls",
            rings=(s.Ring(language_level=2),),
            target=quick,
            calendar=DAY_AND_NIGHT,
            wrap_up=wrap,
            when_unstaffed=s.WhenUnstaffed.WAIT,
        ),
    )


def _callbacks(wrap: s.WrapUpRule) -> s.Queue:
    return s.Queue(
        id=CALLBACKS,
        name="Callbacks",
        rings=(s.Ring(language_level=3),),
        target=s.Target(within_ms=15 * MINUTE, share_pct=80),
        calendar=DAY_AND_NIGHT,
        wrap_up=wrap,
        when_closed=s.WhenClosed.WAIT,
        when_unstaffed=s.WhenUnstaffed.WAIT,
    )


def _inboxes() -> Iterator[_Definition]:
    yield (
        c.DefineInbox,
        s.Inbox(id=CALL_INBOX, name="Call me back", medium=Medium.CALLBACK, queue=CALLBACKS),
    )
    yield (
        c.DefineInbox,
        s.Inbox(id=PHONE_INBOX, name="Call us", medium=Medium.VOICE, queue=CALLS),
    )
    yield (
        c.DefineInbox,
        s.Inbox(id=MAIL_INBOX, name="Mail to the shop", medium=Medium.EMAIL, queue=MAIL),
    )
    yield (
        c.DefineInbox,
        s.Inbox(
            id=WORKSHOP_INBOX, name="Mail to the workshop", medium=Medium.EMAIL, queue=WORKSHOP
        ),
    )
    yield (
        c.DefineInbox,
        s.Inbox(
            id=CHAT_INBOX,
            name="Shop chat",
            medium=Medium.CHAT,
            queue=ORDERS,
            by_reason={
                "orders": ORDERS,
                "returns": RETURNS,
                "payments": PAYMENTS,
                "advice": ADVICE,
            },
            reason_labels=_REASON_LABELS,
            offline_inbox=MAIL_INBOX,
        ),
    )


def _words_of_the_trade() -> Iterator[_Definition]:
    for id_, name, queues in _DISPOSITIONS:
        yield (
            c.DefineDisposition,
            s.Disposition(id=DispositionId(id_), name=name, queues=queues),
        )
    for reason, name, presence in _REASONS:
        yield c.DefineReason, s.Reason(id=ReasonId(reason), name=name, presence=presence)
    for segment, name, head_start, value in _SEGMENTS:
        yield (
            c.DefineSegment,
            s.Segment(id=SegmentId(segment), name=name, head_start_ms=head_start, value=value),
        )
    yield c.DefinePolicy, s.Policy(version=2, stakes=STAKES)


def _agent(person: Person) -> _Definition:
    skills = {SkillId(skill): level for skill, level in (person.skills or {}).items()}
    slots, total = {Medium.CHAT: 3, Medium.EMAIL: 2, Medium.CALLBACK: 1}, 4
    weights = {Medium.VOICE: 4, Medium.CALLBACK: 4}
    if person.chair:  # simulated people have no microphone
        slots[Medium.VOICE] = 1
        # A visitor has chats in hand soon, and is to hear the phone ring nevertheless.
        weights[Medium.VOICE], total = 2, 6
    return c.DefineAgent, s.Agent(
        id=AgentId(person.id),
        team=TeamId(person.team) if person.team else None,
        skills=skills,
        capacity=s.Capacity(slots=slots, total=total, weights=weights),
        scores={s.Trait.QUALITY: s.Score(value=person.quality_pct / 100)},
    )


NEIGHBOURS = {
    ORDERS: RETURNS,
    RETURNS: ORDERS,
    PAYMENTS: ORDERS,
    ADVICE: ORDERS,
    WORKSHOP: MAIL,
    MAIL: WORKSHOP,
}
"""Where a talk goes that came to the wrong queue."""
MAILBOXES = {MAIL_INBOX: f"help@{DOMAIN}", WORKSHOP_INBOX: f"workshop@{DOMAIN}"}


def address(inbox: str) -> str:
    """The e-mail address of an inbox."""
    return MAILBOXES[InboxId(inbox)]
