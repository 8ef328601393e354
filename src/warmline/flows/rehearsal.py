"""A flow tried with a customer whose part is written down: what is said, which ways were gone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from warmline.core import flow
from warmline.core import flow_acts as a
from warmline.core.flow_checks import branches
from warmline.core.flow_steps import End, Flow, HangUp, ToQueue, Transfer, Voicemail
from warmline.core.settings import Calendar, Interval, Weekday
from warmline.core.words import CalendarId, Instant, Millis
from warmline.written.kinds import Id, Kind, ListOf, Maybe, Scalar, Schema, line
from warmline.written.nodes import compose
from warmline.written.problems import Failed, Notes, Problem, Wrong
from warmline.written.records import Field, Record, Shelf, TableOf

TURNS_LIMIT = 2_000
"""More than any flow within its bound can take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One customer: who they are, what they do, and what should come of it."""

    id: str
    at: str = ""
    """A local time as 2026-11-23 10:00; empty: now."""
    given: Mapping[str, str] = field(default_factory=dict[str, str])
    """Attributes at the beginning: language, called, subject, text."""
    hours: Mapping[str, str] = field(default_factory=dict[str, str])
    """open or closed by calendar, where the calendar itself is not to be asked."""
    customer: Mapping[str, str] = field(default_factory=dict[str, str])
    """What a look-up of the customer finds; empty: they are not known."""
    pin: str = ""
    """The PIN that is right."""
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    """What other systems answer, by step; a step that is not named gets no answer."""
    does: tuple[str | None, ...] = ()
    """What the customer answers, in turn; None is silence, which also follows the last."""
    ends: str = ""
    """The step that it should end at; empty: any."""
    says: tuple[str, ...] = ()
    """Words that must be said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of what happened: who, what, at which step."""

    who: str
    text: str
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of one try."""

    id: str
    lines: tuple[Line, ...]
    ways: tuple[tuple[str, str, str], ...]
    end: str
    """The step that it ended at."""
    outcome: str
    attributes: Mapping[str, str]
    faults: tuple[str, ...] = ()
    """What was expected and did not come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Which of the ways on were gone, by the tries together."""

    ways: Mapping[tuple[str, str, str], int]
    """How often, by step, way and target."""

    @property
    def gone(self) -> int:
        """Ways that were gone at least once."""
        return sum(1 for n in self.ways.values() if n)

    @property
    def share_pct(self) -> int:
        """The share of the ways, 0 to 100, rounded down; a flow without ways is covered."""
        return 100 * self.gone // len(self.ways) if self.ways else 100


_TIME = "%Y-%m-%d %H:%M"


def _time() -> Scalar:
    def read(text: str) -> str:
        try:
            datetime.strptime(text, _TIME)  # noqa: DTZ007 - read again with its zone
        except ValueError:
            raise Wrong("not_a_time", f"{text[:40]!r} is not a time.",
                        "Write it as: 2026-11-23 10:00.") from None  # fmt: skip
        return text

    return Scalar("a time", read, str, {"type": "string"})


def _open() -> Scalar:
    def read(text: str) -> str:
        if text not in {"open", "closed"}:
            raise Wrong("unknown_word", f"{text[:40]!r} is neither open nor closed.")
        return text

    return Scalar("open or closed", read, str, {"enum": ["open", "closed"]})


def _tries(tries: tuple[Try, ...]) -> tuple[Try, ...]:
    return tries


_text: Kind = line(20_000, empty=True)
_table = TableOf(Id(), _text)
SCRIPT = Record(
    "a script",
    [
        Field(key="tries", required=True, means="the customers, by a name for each",
              kind=Shelf("try", Id(), Record("a try", [
                  Field(key="at", kind=_time(), quiet=True, means="the time there"),
                  Field(key="given", kind=_table, quiet=True, means="attributes at first"),
                  Field(key="hours", kind=TableOf(Id(), _open()), quiet=True,
                        means="open or closed, by calendar"),
                  Field(key="customer", kind=_table, quiet=True, means="what is known of them"),
                  Field(key="pin", kind=_text, quiet=True, means="the PIN that is right"),
                  Field(key="answers", kind=TableOf(Id(), _table), quiet=True,
                        means="what other systems answer, by step"),
                  Field(key="does", kind=ListOf(Maybe(_text, "silence"), most=200), quiet=True,
                        means="answers in turn; silence for none"),
                  Field(key="ends", kind=Id(), quiet=True, means="the step it should end at"),
                  Field(key="says", kind=ListOf(_text, most=50), quiet=True,
                        means="words that must be said"),
              ], Try, spec=Try))),
    ],
    _tries,
)  # fmt: skip


def read_script(text: str) -> tuple[Sequence[Try], Sequence[Problem]]:
    """The tries of a script, or what is wrong with it."""
    notes = Notes()
    root = compose(text, notes, what="script", begins="tries:")
    tries: Sequence[Try] = ()
    if root is not None:
        try:
            tries = SCRIPT.read(root, (), notes)
        except Wrong as wrong:
            notes.wrong(root, (), wrong)
        except Failed:
            assert notes.problems, "what failed is noted"
    return (() if notes.problems else tries), notes.problems


def script_schema() -> Schema:
    """The JSON Schema of a script."""
    return SCRIPT.schema()


def rehearse(
    given: Flow, script: Try, now: Instant, calendars: Mapping[CalendarId, Calendar]
) -> Tried:
    """One customer goes through the flow."""
    return _Stage(given, script, now, calendars).play()


class _Stage:
    """One try as it runs."""

    def __init__(
        self, given: Flow, script: Try, now: Instant, calendars: Mapping[CalendarId, Calendar]
    ) -> None:
        self._flow = given
        self._script = script
        zone = next(iter(calendars.values())).zone if calendars else "UTC"
        self._now = _moment(script.at, zone) if script.at else now
        fixed = {CalendarId(id_): _fixed(id_, is_open=word == "open")
                 for id_, word in script.hours.items()}  # fmt: skip
        self._calendars = {**calendars, **fixed}
        self._ahead: Iterator[str | None] = iter(script.does)
        self._lines: list[Line] = []
        self._ways: list[tuple[str, str, str]] = []
        self._waited: Millis = 0

    def play(self) -> Tried:
        """From the first step to an end."""
        place, acts = flow.begin(
            self._flow, self._now, self._calendars, attributes=self._script.given
        )
        for _ in range(TURNS_LIMIT):
            given = self._answer(acts)
            if given is None:
                break
            at = self._now + self._waited
            place, acts = flow.advance(self._flow, place, given, at, self._calendars)
        done = a.ends_of(acts)
        assert done is not None, "every flow ends within its bound"
        return Tried(
            id=self._script.id,
            lines=tuple(self._lines),
            ways=tuple(self._ways),
            end=done.step,
            outcome=said_end(done.end),
            attributes=done.attributes,
            faults=tuple(self._missing(done.step)),
        )

    def _answer(self, acts: a.Acts) -> a.Input | None:
        """What comes of these acts; None when they are the last."""
        given: a.Input | None = None
        for act in acts:
            match act:
                case a.Passed():
                    self._ways.append((act.step, act.way, act.to))
                case a.Tell():
                    self._says("flow", act.words or f"({act.recording})", act.step)
                case a.Ask():
                    self._says("flow", asked(act), act.step)
                    given = self._does(act)
                case a.Fetch():
                    given = self._fetched(act)
                case a.Finish():
                    self._says("end", said_end(act.end), act.step)
                case _:
                    continue
        return given

    def _does(self, act: a.Ask) -> a.Input:
        text = next(self._ahead, None)
        if text is None:
            self._waited += act.wait_ms
            self._says("customer", "", act.step)
            return a.Silent()
        self._says("customer", "*" * len(text) if act.secret else text, act.step)
        return a.Answered(text=text)

    def _fetched(self, act: a.Fetch) -> a.Input:
        script = self._script
        match act.of:
            case "callback":
                self._says("callback", act.queue, act.step)
                return a.Found()
            case "http":
                values = script.answers.get(act.step)
            case "pin":
                is_right = bool(script.pin) and act.pin == script.pin
                values = script.customer if is_right else None
            case _:
                values = script.customer or None
        found = "nothing" if values is None else ", ".join(values) or "found"
        self._says("found", found, act.step)
        return a.NotFound() if values is None else a.Found(values=values)

    def _says(self, who: str, text: str, step: str) -> None:
        self._lines.append(Line(who=who, text=text, step=step))

    def _missing(self, end: str) -> Iterator[str]:
        if self._script.ends and end != self._script.ends:
            yield f"It ended at {end}, not at {self._script.ends}."
        said = "\n".join(one.text for one in self._lines if one.who == "flow")
        for words in self._script.says:
            if words not in said:
                yield f"It was not said: {words[:80]}"


def asked(act: a.Ask) -> str:
    """What is asked, with the options that have a name, as in a chat."""
    options = [f"{one.key}. {one.label}" for one in act.options if one.label]
    return "\n".join([act.words, *options])


def said_end(end: End) -> str:
    """How a flow ended, in a word and what it leads to."""
    match end:
        case ToQueue():
            reason = f" ({end.reason})" if end.reason else ""
            return f"queue {end.queue or 'by reason'}{reason}"
        case Voicemail():
            return f"voicemail {end.queue}"
        case Transfer():
            return f"transfer {end.number}"
        case HangUp():
            return "hang up"
        case _:
            raise AssertionError(f"{type(end).__name__} is no end")


def coverage(given: Flow, tried: Sequence[Tried]) -> Coverage:
    """Which ways the tries went."""
    ways = dict.fromkeys(branches(given), 0)
    for one in tried:
        for way in one.ways:
            ways[way] += 1
    return Coverage(ways=ways)


def shown(tried: Sequence[Tried], covered: Coverage) -> dict[str, object]:
    """What came of a dry run, as plain values: the same here and over HTTP."""
    return {
        "tries": [
            {
                "id": one.id,
                "lines": [{"who": said.who, "text": said.text, "step": said.step}
                          for said in one.lines],
                "ways": [{"step": step, "way": way, "to": to} for step, way, to in one.ways],
                "end": one.end,
                "outcome": one.outcome,
                "attributes": dict(one.attributes),
                "faults": list(one.faults),
            }
            for one in tried
        ],
        "coverage": {
            "ways": [{"step": step, "way": way, "to": to, "times": n}
                     for (step, way, to), n in covered.ways.items()],
            "gone": covered.gone,
            "all": len(covered.ways),
            "share_pct": covered.share_pct,
        },
    }  # fmt: skip


def _moment(text: str, zone: str) -> Instant:
    at = datetime.strptime(text, _TIME).replace(tzinfo=ZoneInfo(zone))
    return int(at.astimezone(UTC).timestamp()) * 1000


def _fixed(id_: str, *, is_open: bool) -> Calendar:
    day = (Interval(opens=0, closes=1440),) if is_open else ()
    return Calendar(id=CalendarId(id_), name=id_, week=dict.fromkeys(Weekday, day))
