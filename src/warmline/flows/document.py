"""The text of a flow: which keys it has, what they mean, and what is wrong with a text."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from yaml import MappingNode, Node, ScalarNode

from warmline.core import flow_steps as s
from warmline.core.flow_checks import Fault, faults
from warmline.core.words import SECOND, Medium
from warmline.flows.model import LANGUAGES, Doors, Flow
from warmline.written.kinds import (
    Id,
    Kind,
    ListOf,
    Plain,
    Scalar,
    Schema,
    length,
    line,
    whole,
    word,
)
from warmline.written.nodes import compose
from warmline.written.problems import Failed, Notes, Path, Problem, Wrong, nearest
from warmline.written.records import Field, Record, TableOf

NAME_CHARS = 120
WORDS_CHARS = 600
"""The longest thing that is said at once."""
_LANGUAGE = re.compile(r"[a-z]{2}")
_ATTRIBUTE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_KEY = re.compile(r"[0-9*#]")
_NUMBER = re.compile(r"\+?[0-9]{2,20}")
_URL = re.compile(r"https?://[^\s{}/?#]+(?:/[^\s]*)?")


def _matching(
    what: str, pattern: re.Pattern[str], code: str, how: str, *, most: int = 300
) -> Scalar:
    def read(text: str) -> str:
        if not pattern.fullmatch(text):
            raise Wrong(code, f"{text[:40]!r} is not {what}.", how)
        return text

    schema: Schema = {"type": ["string", "integer"], "pattern": f"^(?:{pattern.pattern})$"}
    return Scalar(f"{what}", read, str, schema, most=most)


_language = _matching("a language", _LANGUAGE, "not_a_language", "Write it as: en.")
_attribute = _matching("the name of an attribute", _ATTRIBUTE, "not_an_attribute",
                       "Write a word of small letters, digits and _.")  # fmt: skip
_key = _matching("a key of a telephone", _KEY, "not_a_key", "Write 0 to 9, * or #.")
_number = _matching("a telephone number", _NUMBER, "not_a_phone", "Write it as: +48221234567.")
_url = _matching("an address", _URL, "not_an_address", "Write it as: https://…")
_words = TableOf(_language, line(WORDS_CHARS))
_to = Id("step")
_value = line(200, empty=True)

_choices = TableOf(_key, Record(
    "a choice",
    [
        Field(key="next", kind=_to, means="the step that follows", required=True),
        Field(key="label", kind=_words, means="what it is called, by language; read in a chat",
              quiet=True),
    ],
    s.Choice,
    spec=s.Choice,
))  # fmt: skip


def _mentioned(**values: Any) -> tuple[tuple[str, ...], str]:
    return values["words"], values["next"]


_mentions = TableOf(Id(), Record(
    "a case",
    [
        Field(key="words", kind=ListOf(line(80), most=50), required=True, get=lambda one: one[0],
              means="one of these is enough, in whatever case of letters"),
        Field(key="next", kind=_to, means="the step that follows", required=True,
              get=lambda one: one[1]),
    ],
    _mentioned,
))  # fmt: skip


def _next(means: str = "the step that follows") -> Field:
    return Field(key="next", kind=_to, means=means, required=True)


def _otherwise(means: str) -> Field:
    return Field(key="otherwise", kind=_to, means=means, required=True)


_ASKING = (
    Field(key="sorry", kind=_words, quiet=True, means="said before it is asked once more"),
    Field(key="wait", into="wait_ms", kind=length(SECOND, 120 * SECOND), quiet=True,
          means="so long an answer is waited for"),
    Field(key="retries", kind=whole(0, 9), quiet=True, means="so often it is asked once more"),
)  # fmt: skip
_END_WORDS = Field(key="words", kind=_words, quiet=True, means="said before")


def _lookup(**values: Any) -> s.Lookup:
    of = values.pop("of")
    if of != "customer" and not _URL.fullmatch(of):
        raise Wrong("not_an_address", f"{of[:40]!r} is neither customer nor an address.",
                    "Write lookup: customer, or lookup: https://…")  # fmt: skip
    return s.Lookup(url="" if of == "customer" else of, **values)


def _identify(**values: Any) -> s.Identify:
    if values["by"] is s.By.PIN and not values.get("words"):
        raise Wrong("no_words", "What is asked here?", "Add `words:` by language.")
    return s.Identify(**values)


def _menu(**values: Any) -> s.Menu:
    if not values["choices"]:
        raise Wrong("no_choice", "A menu needs choices.", "Add `choices:` with keys.")
    return s.Menu(**values)


def _collect(**values: Any) -> s.Collect:
    if values.get("least", 1) > values.get("most", 20):
        raise Wrong("out_of_range", "More digits are needed than may be given.", "Swap the two.")
    return s.Collect(**values)


def _to_queue(**values: Any) -> s.ToQueue:
    queue = values.pop("queue")
    return s.ToQueue(queue=None if queue == "by reason" else queue, **values)


class _QueueOr(Id):
    """A queue, or the words that say: by reason, as the door has it."""

    def read(self, node: Node, path: Path, notes: Notes) -> str:
        """The queue's id, or the words."""
        if isinstance(node, ScalarNode) and node.value == "by reason":
            notes.nodes[path] = node
            return "by reason"
        return super().read(node, path, notes)

    def plain(self, value: Any, *, full: bool) -> Plain:
        """The id, or the words."""
        return "by reason" if value is None else super().plain(value, full=full)

    def schema(self) -> Schema:
        """Both."""
        return {"anyOf": [{"const": "by reason"}, super().schema()]}


STEPS: Mapping[str, tuple[type[s.Step], Record]] = {
    "hours": (s.Hours, Record("a step hours", [
        Field(key="hours", into="calendar", kind=Id("calendar"), required=True,
              means="the calendar that says open or closed, holidays among it"),
        Field(key="open", kind=_to, means="the step while it is open", required=True),
        Field(key="closed", kind=_to, means="the step while it is closed", required=True),
    ], s.Hours, spec=s.Hours)),
    "say": (s.Say, Record("a step say", [
        Field(key="say", into="words", kind=_words, required=True,
              means="the words by language; {order} stands for an attribute"),
        _next(),
    ], s.Say, spec=s.Say)),
    "recording": (s.Say, Record("a step recording", [
        Field(key="recording", into="recordings", kind=TableOf(_language, line(128)),
              required=True, means="the name of the sound, by language"),
        Field(key="words", kind=_words, quiet=True, means="the same where it is read"),
        _next(),
    ], s.Say, spec=s.Say)),
    "menu": (s.Menu, Record("a menu", [
        Field(key="menu", into="words", kind=_words, required=True, means="what is asked"),
        Field(key="choices", kind=_choices, required=True, means="by key: where it leads"),
        *_ASKING, _otherwise("the step when nothing valid was chosen"),
    ], _menu, spec=s.Menu)),
    "collect": (s.Collect, Record("a step collect", [
        Field(key="collect", into="into", kind=_attribute, required=True,
              means="the attribute that gets the digits"),
        Field(key="words", kind=_words, required=True, means="what is asked"),
        Field(key="least", kind=whole(1, 40), quiet=True, means="so many digits at least"),
        Field(key="most", kind=whole(1, 40), quiet=True, means="so many digits at most"),
        Field(key="confirm", kind=_words, quiet=True,
              means="read back, with 1 for right and 2 for again; left out, not asked"),
        *_ASKING, _next(), _otherwise("the step when nothing valid was given"),
    ], _collect, spec=s.Collect)),
    "set": (s.Assign, Record("a step set", [
        Field(key="set", into="values", kind=TableOf(_attribute, _value), required=True,
              means="attributes and their values; language changes what is spoken"),
        _next(),
    ], s.Assign, spec=s.Assign)),
    "choose": (s.Choose, Record("a step choose", [
        Field(key="choose", into="attribute", kind=_attribute, required=True,
              means="the attribute that decides"),
        Field(key="cases", kind=TableOf(_value, _to), required=True, means="a step by value"),
        _otherwise("the step for every other value"),
    ], s.Choose, spec=s.Choose)),
    "mentions": (s.Mention, Record("a step mentions", [
        Field(key="mentions", into="attribute", kind=_attribute, required=True,
              means="the attribute that is read: subject or text of a letter"),
        Field(key="cases", kind=_mentions, required=True, means="words and where they lead"),
        _otherwise("the step when none of the words is there"),
    ], s.Mention, spec=s.Mention)),
    "lookup": (s.Lookup, Record("a step lookup", [
        Field(key="lookup", into="of", kind=line(500), required=True,
              get=lambda one: one.url or "customer", means="customer, or an address to ask"),
        Field(key="into", kind=TableOf(Id(), _attribute), required=True,
              means="the attribute for each field of the answer"),
        Field(key="wait", into="wait_ms", kind=length(100, 30 * SECOND), quiet=True,
              means="so long the answer is waited for"),
        _next(), _otherwise("the step when nothing was found, or not in time"),
    ], _lookup, spec=s.Lookup)),
    "identify": (s.Identify, Record("a step identify", [
        Field(key="identify", into="by", kind=word(s.By), required=True, means="number or pin"),
        Field(key="words", kind=_words, quiet=True, means="how the PIN is asked for"),
        *_ASKING,
        Field(key="known", kind=_to, required=True, means="the step for somebody we know"),
        Field(key="unknown", kind=_to, required=True, means="the step for anybody else"),
    ], _identify, spec=s.Identify)),
    "callback": (s.Callback, Record("a step callback", [
        Field(key="callback", into="words", kind=_words, required=True, means="the offer"),
        Field(key="queue", kind=Id("queue"), required=True, means="the queue that calls back"),
        Field(key="yes", kind=_words, quiet=True, means="what 1 is called in a chat"),
        Field(key="no", kind=_words, quiet=True, means="what 2 is called in a chat"),
        *_ASKING,
        Field(key="accepted", kind=_to, required=True, means="the step when it is wanted"),
        _otherwise("the step when it is not"),
    ], s.Callback, spec=s.Callback)),
    "voicemail": (s.Voicemail, Record("a step voicemail", [
        Field(key="voicemail", into="queue", kind=Id("queue"), required=True,
              means="the queue in which the message waits"),
        Field(key="most", into="most_ms", kind=length(10 * SECOND, 600 * SECOND), quiet=True,
              means="the longest message"),
        _END_WORDS,
    ], s.Voicemail, spec=s.Voicemail)),
    "queue": (s.ToQueue, Record("a step queue", [
        Field(key="queue", kind=_QueueOr("queue"), required=True,
              means="the queue, or: by reason, as the door has it"),
        Field(key="reason", kind=Id(), quiet=True, default=None,
              means="the reason that agents see"),
        _END_WORDS,
    ], _to_queue, spec=s.ToQueue)),
    "transfer": (s.Transfer, Record("a step transfer", [
        Field(key="transfer", into="number", kind=_number, required=True, means="the number"),
        _END_WORDS,
    ], s.Transfer, spec=s.Transfer)),
    "hang_up": (s.HangUp, Record("a step hang_up", [
        Field(key="hang_up", into="words", kind=_words, required=True,
              means="said before it is over"),
    ], s.HangUp, spec=s.HangUp)),
}  # fmt: skip
"""The kinds of steps by the key that says which one it is."""


class StepKind:
    """A step: its kind is said by the one of its keys that only such a step has."""

    def read(self, node: Node, path: Path, notes: Notes) -> Any:
        """The step."""
        notes.nodes[path] = node
        if not isinstance(node, MappingNode):
            raise Wrong("wrong_form", "Here belongs a step.", "Write `say:` or another kind.")
        keys = [str(key.value) for key, _ in node.value if isinstance(key, ScalarNode)]
        # A callback names a queue too: the first key that says a kind is the one.
        kind = next((key for key in keys if key in STEPS), None)
        if kind is None:
            raise Wrong("no_kind", "What is this step to do?",
                        nearest(keys[0], STEPS) if keys else "")  # fmt: skip
        return STEPS[kind][1].read(node, path, notes)

    def plain(self, value: Any, *, full: bool) -> Plain:
        """The step as a table."""
        return STEPS[kind_of(value)][1].plain(value, full=full)

    def schema(self) -> Schema:
        """One of the kinds."""
        shown: list[Schema] = []
        for key, (_, record) in STEPS.items():
            found = record.schema()
            required = {key, *found.get("required", ())}
            shown.append({**found, "title": record.what, "required": sorted(required)})
        return {"anyOf": shown}


def kind_of(step: s.Step) -> str:
    """The word for a step's kind, as the text has it."""
    if isinstance(step, s.Say) and step.recordings:
        return "recording"
    return next(key for key, (kind, _) in STEPS.items() if kind is type(step))


_step: Kind = StepKind()
DOCUMENT = Record(
    "a flow",
    [
        Field(key="flow", into="id", kind=Id(), required=True,
              means="the id; all versions of a flow share it"),
        Field(key="name", kind=line(NAME_CHARS), means="what people call it", default=""),
        Field(key="media", kind=ListOf(word(Medium), most=5),
              means="voice, chat, email: what it is run for"),
        Field(key="inboxes", kind=ListOf(Id("inbox"), most=50), quiet=True,
              means="the doors that it stands at"),
        Field(key="languages", kind=ListOf(_language, most=20), quiet=True,
              means="in which it has all words; left out, in those of the site"),
        Field(key="bound", kind=whole(5, 500), quiet=True,
              means="after so many steps the fallback follows"),
        Field(key="start", kind=_to, means="the first step", required=True),
        Field(key="fallback", kind=_to, means="the end that follows when it takes too long",
              required=True),
        Field(key="steps", kind=TableOf(Id(), _step), means="the steps by id", required=True),
    ],
    Flow,
    spec=Flow,
)  # fmt: skip


def schema() -> Schema:
    """The JSON Schema of a flow's text."""
    dialect = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": dialect, "title": "A flow of Warmline", **DOCUMENT.schema()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of reading a text: the flow as far as it could be read, and what is wrong."""

    flow: Flow | None
    """None while it has mistakes."""
    drawn: Flow | None = None
    """The same even with mistakes between steps, so that it can be drawn."""
    problems: tuple[Problem, ...] = ()
    nodes: Mapping[Path, Node]

    @property
    def errors(self) -> list[Problem]:
        """What stands in the way of publishing."""
        return [one for one in self.problems if one.severity == "error"]


def read(text: str, *, doors: Doors | None = None) -> Reading:
    """What a text means; every mistake with its place, at most fifty.

    With `doors`, the queues, calendars and inboxes that it names must be there.
    """
    notes = Notes()
    root = compose(text, notes, what="flow", begins="flow: reception")
    flow: Flow | None = None
    if root is not None:
        try:
            flow = DOCUMENT.read(root, (), notes)
        except Wrong as wrong:
            notes.wrong(root, (), wrong)
        except Failed:
            assert notes.problems, "what failed is noted"
    warnings = Notes()
    if flow is not None:
        _check(flow, doors, notes, warnings)
    problems = [*notes.problems, *(replace(one, severity="warning") for one in warnings.problems)]
    return Reading(
        flow=None if notes.problems else flow,
        drawn=flow,
        problems=tuple(sorted(problems, key=lambda one: (one.line, one.column))),
        nodes=notes.nodes,
    )


def _check(flow: Flow, doors: Doors | None, notes: Notes, warnings: Notes) -> None:
    languages = doors.languages if doors is not None else LANGUAGES
    for fault in faults(flow, languages):
        _note(flow, fault, notes if fault.is_error else warnings)
    if doors is None:
        return
    known: Mapping[str, Collection[str]] = {
        "queue": doors.queues, "calendar": doors.calendars, "inbox": doors.inboxes,
    }  # fmt: skip
    for one in notes.references:
        if one.of in known and one.id not in known[one.of]:
            what = f"There is no {one.of} {one.id}."
            fix = nearest(one.id, known[one.of])
            notes.wrong(one.node, one.path, Wrong(f"unknown_{one.of}", what, fix))
    for inbox in flow.inboxes:
        medium = doors.inboxes.get(inbox)
        if medium is not None and medium not in flow.media:
            wrong = Wrong("other_medium", f"The inbox {inbox} takes {medium}, the flow does not.",
                          f"Add {medium} to media.")  # fmt: skip
            _at(notes, ("inboxes", str(flow.inboxes.index(inbox))), wrong)


def _note(flow: Flow, fault: Fault, notes: Notes) -> None:
    """A fault at the line that it is about."""
    way = fault.key.removeprefix("= ").removeprefix("~ ")
    places: list[Path] = [(fault.key,)]
    if fault.step:
        at: Path = ("steps", fault.step)
        main = kind_of(flow.steps[fault.step])
        places = [(*at, *fault.key.split(".")), (*at, "choices", way, "next"),
                  (*at, "cases", way, "next"), (*at, "cases", way), (*at, main), at]  # fmt: skip
    wrong = Wrong(fault.code, fault.detail, fault.fix)
    place = next((one for one in places if one in notes.nodes), ())
    _at(notes, place, wrong)


def _at(notes: Notes, path: Path, wrong: Wrong) -> None:
    around = (path[:n] for n in range(len(path), -1, -1))
    node = next(notes.nodes[one] for one in around if one in notes.nodes)
    notes.wrong(node, path, wrong)


def put(text: str, path: Path, value: str) -> str:
    """The text with another value at a path, all else as it was, comments too."""
    node = read(text).nodes.get(path)
    if not isinstance(node, ScalarNode):
        raise Wrong("no_such_place", f"There is no value {'.'.join(path)[:80]} in the text.")
    said = written(value)
    return text[: node.start_mark.index] + said + _behind(text, node)


def _behind(text: str, node: ScalarNode) -> str:
    end = node.end_mark.index
    # A block of several lines ends behind its last line break, which stays.
    return ("\n" if node.style in {"|", ">"} else "") + text[end:]


_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*|[0-9]")
_SIGNS = str.maketrans({"\\": "\\\\", '"': '\\"', **{chr(n): f"\\x{n:02x}" for n in range(32)}})


def written(value: str) -> str:
    """A value as it stands in a text, in quotes where it needs them."""
    return value if _PLAIN.fullmatch(value) else f'"{value.translate(_SIGNS)}"'
