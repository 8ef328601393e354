"""The document: which keys a policy has, what they become in the core, and what they mean."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from yaml import Node

from warmline.core.callback import CallbackOrder, Callbacks, FirstRung
from warmline.core.policy import Ruleset
from warmline.core.settings import (
    HIGHEST_LEVEL,
    Affinity,
    Calendar,
    Capacity,
    Guard,
    Mode,
    Policy,
    Queue,
    Ring,
    Rule,
    Segment,
    Situation,
    Stake,
    Trait,
    Trigger,
    Weekday,
    WhenClosed,
    WhenUnstaffed,
    WrapUpMode,
    WrapUpRule,
)
from warmline.core.words import DAY, MINUTE, SECOND, Medium
from warmline.written import units
from warmline.written.kinds import (
    Id,
    Kind,
    ListOf,
    Maybe,
    NeedKind,
    Schema,
    date,
    length,
    line,
    said,
    switch,
    whole,
    word,
)
from warmline.written.nodes import compose
from warmline.written.problems import Failed, Notes, Path, Problem, Reference, Wrong
from warmline.written.records import Field, Record, Shelf, TableOf

NAME_CHARS = 120
COMMENT_CHARS = 2_000
WORDS_CHARS = 1_000
_MONTH = 31 * DAY
_NUMBER = 1_000_000_000

_name = line(NAME_CHARS)
_medium = word(Medium)
_by_medium = TableOf(_medium, length(0, _MONTH))
_offsets_means = "added to the age that counts, by medium: a larger one is served later"
_head_start = length(0, _MONTH, seconds=False)
_target = said("a service level (80 % in 20 s)", units.target, units.said_target,
               "80 % in 20 s", "80 % in 4 h of business hours")  # fmt: skip


def _level() -> Kind:
    return whole(0, HIGHEST_LEVEL, zero="any")


_capacity = Record(
    "a capacity",
    [
        Field(key="slots", kind=TableOf(_medium, whole(0, 1000)),
              means="how many of a medium at once; a medium that is missing is not handled"),
        Field(key="total", kind=whole(0, 1000), means="how much load in all"),
        Field(key="weights", kind=TableOf(_medium, whole(0, 1000)),
              means="the load of one interaction of a medium; 1 when it is missing"),
    ],
    Capacity,
    spec=Capacity,
)  # fmt: skip

_guard = Record(
    "a guard",
    [
        Field(key="every", into="every_ms", kind=length(SECOND, DAY), means="how often it looks"),
        Field(key="window", into="window_ms", kind=length(SECOND, _MONTH),
              means="how far back it looks"),
        Field(key="step", into="step_pct", kind=whole(1, 100, percent=True),
              means="how much a head start grows or shrinks at a time"),
        Field(key="at_most", into="most_pct", kind=whole(100, 1000, percent=True),
              means="the largest head start, in percent of the policy's own"),
        Field(key="least", kind=whole(0, _NUMBER),
              means="fewer results than this in the window change nothing"),
    ],
    Guard,
    spec=Guard,
)  # fmt: skip

_segment = Record(
    "a segment",
    [
        Field(key="name", kind=_name, means="what people call it", required=True),
        Field(key="head_start", into="head_start_ms", kind=_head_start,
              means="these customers count as having waited this long already"),
        Field(key="value", kind=whole(1, 10), means="what a good match is worth, 1 to 10"),
        Field(key="target", kind=Maybe(_target, "off"),
              means="the service level promised to the segment, or off", quiet=True),
    ],
    Segment,
    spec=Segment,
)  # fmt: skip

_ring = Record(
    "a ring",
    [
        Field(key="after", into="after_ms", kind=length(0, _MONTH), quiet=True,
              means="opens after this much waiting since the ring before"),
        Field(key="needs", kind=ListOf(NeedKind(), most=50),
              means="the skills, with their least level, that are all needed"),
        Field(key="any_of", kind=ListOf(NeedKind(), most=50), quiet=True,
              means="skills of which one is enough"),
        Field(key="agents", kind=ListOf(Id("agent")), quiet=True,
              means="only these agents are asked"),
        Field(key="language", into="language_level", kind=_level(),
              means="the least level of the customer's language, or any"),
    ],
    Ring,
    spec=Ring,
)  # fmt: skip

_wrap_up = Record(
    "a wrap-up",
    [
        Field(key="mode", kind=word(WrapUpMode), means="whether work after the talk is expected"),
        Field(key="limit", into="limit_ms", kind=length(0, DAY, never=True),
              means="how long it may take, or never"),
        Field(key="then", into="automatic", kind=Maybe(Id("disposition"), "no code"), quiet=True,
              means="the disposition that is set when the time is up"),
    ],
    WrapUpRule,
    spec=WrapUpRule,
)  # fmt: skip

_overflow = Record(
    "an overflow",
    [
        Field(key="to", into="overflow_to", kind=Maybe(Id("queue"), "no queue"), quiet=True,
              means="the queue that it goes on to", default=None),
        Field(key="after", into="overflow_after_ms", kind=length(0, _MONTH, never=True), quiet=True,
              means="after this much waiting, or never", default=0),
        Field(key="waiting", into="overflow_waiting", kind=whole(0, _NUMBER, zero="never"),
              means="a new one at once when this many wait already, or never",
              quiet=True, default=0),
    ],
    dict,
)  # fmt: skip

_queue = Record(
    "a queue",
    [
        Field(key="name", kind=_name, means="what people call it", required=True),
        Field(key="target", kind=_target, means="the aim: which share is answered how soon"),
        Field(key="hours", into="calendar", kind=Maybe(Id("calendar"), "all the time"), quiet=True,
              means="when it is open (one of `hours`), or all the time"),
        Field(key="preferred", into="preferred_ms", kind=length(0, DAY),
              means="how long the agent of last time is waited for before others are asked"),
        Field(key="plan", into="rings", kind=ListOf(_ring, most=50),
              means="who is asked, in rings: first the best, then wider and wider"),
        Field(key="wrap_up", kind=_wrap_up, means="work after the conversation"),
        Field(key="when_closed", kind=word(WhenClosed), means="what becomes of new ones meanwhile"),
        Field(key="when_unstaffed", kind=word(WhenUnstaffed),
              means="what becomes of new ones while nobody able is signed in"),
        Field(key="overflow", kind=_overflow, inline=True, means="when it moves on"),
        Field(key="words", quiet=True, means="what the customer is told, by situation and language",
              kind=TableOf(word(Situation), TableOf(Id(), line(WORDS_CHARS, empty=True)))),
    ],
    Queue,
    spec=Queue,
)  # fmt: skip

_opening = said("hours (08:00-18:00)", units.opening, units.said_opening,
                "08:00-18:00", "08:00-12:00, 13:00-18:00", "closed")  # fmt: skip


def _calendar(**values: Any) -> Calendar:
    week = {day: values.pop(day.value) for day in Weekday if day.value in values}
    return Calendar(week=week, **values)


_hours = Record(
    "business hours",
    [
        Field(key="name", kind=_name, means="what people call them", required=True),
        Field(key="zone", kind=line(64), means="the time zone, such as Europe/Warsaw"),
        *(
            Field(key=day.value, kind=_opening, quiet=True,
                  means="the hours of the day; closed when it is missing",
                  get=lambda hours, day=day: hours.week.get(day))
            for day in Weekday
        ),
        Field(key="exceptions", kind=TableOf(date(), _opening), quiet=True,
              means="other hours on some dates, by date (2026-12-24)"),
    ],
    _calendar,
    spec=Calendar,
)  # fmt: skip


def _mode(**values: Any) -> Mode:
    starts: units.Condition | None = values.pop("when", None)
    ends: units.Condition | None = values.pop("until", None)
    queue, calm = values.pop("queue", None), values.pop("calm", 5 * MINUTE)
    if starts is None and values.get("calendar") is None:
        raise Wrong("mode_without_start", "A mode needs `hours` or `when`.",
                    "Write hours: (a calendar), or when: waiting >= 25.")  # fmt: skip
    if starts is None:
        return Mode(**values)
    if ends is None or (starts.measure, starts.sign, ends.sign) != (ends.measure, ">=", "<="):
        raise Wrong("mode_without_end", "A mode with `when` needs an `until` on the same figure.",
                    "Write when: waiting >= 25 and until: waiting <= 8.")  # fmt: skip
    trigger = Trigger(
        measure=starts.measure, on_at=starts.bound, off_at=ends.bound, queue=queue, calm_ms=calm
    )
    return Mode(trigger=trigger, **values)


def _started(mode: Mode, *, ends: bool) -> units.Condition | None:
    if mode.trigger is None:
        return None
    bound = mode.trigger.off_at if ends else mode.trigger.on_at
    return units.Condition(measure=mode.trigger.measure, sign="<=" if ends else ">=", bound=bound)


_condition = Maybe(
    said("a condition (waiting >= 25)", units.condition, units.said_condition,
         "waiting >= 25", "longest wait >= 5 min", "occupancy >= 90 %"), "off")  # fmt: skip
_modes = Shelf("mode", Id(), Record(
    "a mode",
    [
        Field(key="name", kind=_name, means="what people call it", required=True),
        Field(key="hours", into="calendar", kind=Maybe(Id("calendar"), "no hours"), quiet=True,
              means="holds while these hours are open"),
        Field(key="when", kind=_condition, quiet=True, default=None,
              get=lambda mode: _started(mode, ends=False), means="begins when this is so"),
        Field(key="until", kind=_condition, quiet=True, default=None,
              get=lambda mode: _started(mode, ends=True),
              means="ends when this was so for as long as `calm` says"),
        Field(key="calm", kind=length(0, DAY), quiet=True, default=5 * MINUTE,
              get=lambda mode: mode.trigger.calm_ms if mode.trigger else 5 * MINUTE,
              means="how long it must be calm before the mode ends"),
        Field(key="queue", kind=Maybe(Id("queue"), "all queues"), quiet=True, default=None,
              get=lambda mode: mode.trigger.queue if mode.trigger else None,
              means="the queue whose figure it is, or all queues"),
        Field(key="fair_to_best", into="worth_ms", quiet=True,
              kind=Maybe(length(0, _MONTH, seconds=True), "as usual"),
              means="the slider meanwhile"),
        Field(key="head_starts", quiet=True, kind=TableOf(Id("segment"), _head_start),
              means="head starts meanwhile, by segment"),
        Field(key="medium_offsets", into="medium_offset_ms", quiet=True, kind=_by_medium,
              means=_offsets_means),
    ],
    _mode,
    spec=Mode,
))  # fmt: skip

_affinity = Record(
    "an affinity",
    [
        Field(key="trait", kind=Id(), means="the group that is compared", required=True),
        Field(key="bonus", into="bonus_ms", kind=length(0, MINUTE, seconds=True), required=True,
              means="how much waiting it outweighs, 30 s at most"),
        Field(key="reason", kind=line(COMMENT_CHARS), required=True,
              means="why it is switched on; it is kept with the policy"),
    ],
    Affinity,
)  # fmt: skip

_stakes = Shelf("stake", Id(), Record(
    "what is at stake",
    [
        Field(key="name", kind=_name, means="what people call it", required=True),
        Field(key="head_start", into="head_start_ms", kind=_head_start,
              means="added to the head start of the customer's segment"),
        Field(key="value", kind=whole(1, 10),
              means="what a good match is worth, 1 to 10; the larger of it and the segment's"),
    ],
    Stake,
    spec=Stake,
))  # fmt: skip

_callbacks = Record(
    "callbacks",
    [
        Field(key="order", kind=word(CallbackOrder),
              means="deferred: while nobody else waits, before all once its promise draws near; "
              "in-order: in its place in the line"),
        Field(key="margin", into="margin_ms", kind=length(0, DAY),
              means="so long before the promised time is over a deferred one goes before all"),
        Field(key="within", into="within_ms", kind=length(MINUTE, DAY),
              means="what is promised to who keeps their place: a call within this time"),
        Field(key="offer_after", kind=TableOf(Id("queue"), length(0, DAY)), quiet=True,
              means="the queues that offer it to who waits, each from this expected wait on"),
        Field(key="attempts", kind=whole(1, 10),
              means="how often a customer is called who is not reached"),
        Field(key="again", into="again_ms", kind=length(MINUTE, DAY),
              means="how long after an attempt the next one comes"),
        Field(key="ask_before", into="ask_before_ms", kind=length(0, DAY, never=True), quiet=True,
              means="from this age on the customer is asked whether it is still wanted, or never"),
        Field(key="first", kind=word(FirstRung), quiet=True,
              means="whose phone rings first where a network dials: agent or customer"),
    ],
    Callbacks,
    spec=Callbacks,
)  # fmt: skip

_privacy = Record(
    "privacy",
    [
        Field(key="reveals_per_hour", kind=whole(0, 1000),
              means="how often a user may look at data of customers they do not serve"),
        Field(key="unmasked", into="unmasked_ms", kind=length(0, DAY),
              means="how long data stays readable after an interaction, and after a reveal"),
    ],
    dict,
)  # fmt: skip

_slider = Record(
    "a slider",
    [
        Field(key="fair_to_best", into="worth_ms", kind=length(0, _MONTH, seconds=True),
              means="how much idle time the best match outweighs: 0 s is fair, 3000 s best match"),
    ],
    dict,
)  # fmt: skip

_capacities = Record(
    "capacities",
    [
        Field(key="teams", into="capacities", kind=TableOf(Id("team"), _capacity),
              means="what the agents of a team hold, in place of what is said of each"),
        Field(key="trainee", kind=Maybe(_capacity, "off"),
              means="the most that an agent in training holds; off: like everybody"),
        Field(key="interrupts", kind=TableOf(_medium, ListOf(_medium)),
              means="work that is put aside when one of this medium comes"),
    ],
    dict,
)  # fmt: skip


def _lasting(key: str, into: str, means: str) -> Field:
    return Field(key=key, into=into, kind=length(0, _MONTH), means=means)


_time_outs = Record(
    "time-outs",
    [
        Field(key="offer", into="offer_ms", kind=_by_medium,
              means="how long an agent may think about an offer, by medium"),
        _lasting("declined", "declined_ms", "who declined is not asked again for this long"),
        _lasting("transfer", "transfer_ms", "how long a named colleague is waited for"),
        _lasting("consult", "consult_ms", "how long a colleague may take to join"),
        _lasting("agent_lost", "agent_lost_ms", "an agent without connection is then offline"),
        _lasting("customer_lost_waiting", "customer_lost_queued_ms",
                 "a customer who left while waiting is then gone"),
        _lasting("customer_lost_talking", "customer_lost_connected_ms",
                 "a customer who left while talking is then gone"),
        _lasting("chat_idle", "chat_idle_ms", "a chat in which nobody writes then ends"),
    ],
    dict,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a text says."""

    ruleset: Ruleset
    name: str = ""
    comment: str = ""


def _document(**values: Any) -> Document:
    shelves = {key: values.pop(key, ()) for key in ("segments", "queues", "calendars")}
    titles = {key: values.pop(key, "") for key in ("name", "comment")}
    return Document(ruleset=Ruleset(policy=Policy(**values), **shelves), **titles)


POLICY_LINES = (
    Field(key="rule", kind=word(Rule), means="by which rule the center decides"),
    Field(key="seed", kind=whole(0, _NUMBER), quiet=True, means="what the random rule draws from"),
    Field(key="slider", kind=_slider, inline=True, means="fair, or best match"),
    Field(key="match", into="traits", kind=TableOf(word(Trait), whole(0, 1000)),
          means="the scores that a match is made of, with their weights"),
    Field(key="prices", kind=switch(),
          means="whether agents who will be needed more elsewhere count as less idle, by forecast"),
    Field(key="guard", kind=Maybe(_guard, "off", Guard()),
          means="gives a segment below its target a larger head start; on, off, or in detail"),
)  # fmt: skip
SEGMENTS = Shelf("segment", Id(), _segment)
QUEUES = Shelf("queue", Id(), _queue)
HOURS = Shelf("calendar", Id(), _hours)
LATER_LINES = (
    Field(key="capacity", kind=_capacities, inline=True, means="who holds how much at once"),
    Field(key="medium_offsets", into="medium_offset_ms", kind=_by_medium, means=_offsets_means),
    Field(key="modes", kind=_modes, quiet=True, default=(),
          means="other rules for a time, by hours or by a live figure; the first that fits holds"),
    Field(key="affinities", kind=ListOf(_affinity, most=20), quiet=True, default=(),
          means="a bonus where customer and agent are of the same group; absent by default"),
    Field(key="stakes", kind=_stakes, quiet=True, default=(),
          means="what the value of an interaction changes: an order worth much, a cancellation …"),
    Field(key="dedicated", kind=TableOf(Id("segment"), Id("team")), quiet=True,
          means="who serves whom, and nobody else, under the rule dedicated-group"),
    Field(key="load_handicap", into="load_handicap_ms", kind=length(0, _MONTH),
          means="each interaction in hand counts as this much less idle time"),
    Field(key="callbacks", kind=_callbacks, quiet=True, default=Callbacks(),
          means="in which order callbacks are served, what is promised, how often one tries"),
    Field(key="time_outs", kind=_time_outs, inline=True, means="how long everything may take"),
    Field(key="privacy", kind=_privacy, inline=True, means="who reads personal data how long"),
)  # fmt: skip
DOCUMENT = Record(
    "a policy",
    [
        Field(key="name", kind=_name, means="what this version is called", default=""),
        Field(key="comment", kind=line(COMMENT_CHARS), means="why it is so", default=""),
        *POLICY_LINES,
        Field(key="segments", kind=SEGMENTS, means="groups of customers, by id", default=()),
        Field(key="queues", kind=QUEUES, means="the queues, by id", default=()),
        Field(key="hours", into="calendars", kind=HOURS, means="business hours, by id", default=()),
        *LATER_LINES,
    ],
    _document,
    spec=Policy,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of reading a text: the document, or what is wrong with it."""

    document: Document | None
    problems: tuple[Problem, ...] = ()
    references: tuple[Reference, ...] = ()
    notes: Notes

    def node_at(self, path: Path) -> Node:
        """The node at a path, or the nearest one around it; only for what could be read."""
        around = (path[:n] for n in range(len(path), 0, -1))
        return next(
            (self.notes.nodes[one] for one in around if one in self.notes.nodes),
            self.notes.nodes[()],
        )


def read(text: str, *, version: int = 1) -> Reading:
    """What a text means; every mistake with its place, at most fifty.

    Whether the skills, teams and agents that it names exist is not asked here.
    """
    notes = Notes()
    root = compose(text, notes, what="policy", begins="rule: warmline")
    document: Document | None = None
    if root is not None:
        try:
            document = DOCUMENT.read(root, (), notes)
        except Wrong as wrong:
            notes.wrong(root, (), wrong)
        except Failed:
            assert notes.problems, "what failed is noted"
    if document is not None:
        policy = replace(document.ruleset.policy, version=version)
        document = replace(document, ruleset=replace(document.ruleset, policy=policy))
    problems = tuple(sorted(notes.problems, key=lambda one: (one.line, one.column)))
    return Reading(
        document=document, problems=problems, references=tuple(notes.references), notes=notes
    )


def schema() -> Mapping[str, Any]:
    """The JSON Schema of the document."""
    head: Schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Warmline policy",
        "description": "A version of the policy as text. Durations have a unit: 90 s, 10 min, 2 h.",
    }
    return {**head, **DOCUMENT.schema()}
