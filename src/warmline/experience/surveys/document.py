"""The text of a survey: which keys it has, what they mean, and what is wrong with a text."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from yaml import Node

from warmline.core.words import DAY, Medium
from warmline.experience.surveys.model import (
    AFTER_PROMISE,
    LANGUAGES,
    OPTIONS_LIMIT,
    QUESTIONS_LIMIT,
    SCALES,
    Compared,
    Feeling,
    Question,
    QuestionKind,
    Survey,
    Via,
    Words,
)
from warmline.written.kinds import Id, ListOf, Maybe, Scalar, Schema, length, line, whole, word
from warmline.written.nodes import compose
from warmline.written.problems import (
    Failed,
    Notes,
    Path,
    Problem,
    Wrong,
    nearest,
)
from warmline.written.records import Field, Record, Shelf, TableOf
from warmline.written.units import duration, said_duration

NAME_CHARS = 120
ASKED_CHARS = 300
"""The longest question, option, opening or thanks."""
_LONGEST = 90 * DAY
_CONDITION = re.compile(r"([A-Za-z0-9_.-]{1,64})\s*(<=|>=|=)\s*(\d{1,2})")
_LANGUAGE = re.compile(r"[a-z]{2}")
_ASKED_LATER = [Via.LINK]


def _language() -> Scalar:
    def read(text: str) -> str:
        if not _LANGUAGE.fullmatch(text):
            raise Wrong("not_a_language", f"{text[:40]!r} is not a language.", "Write it as: en.")
        return text

    return Scalar("a language (en)", read, str, {"type": "string", "pattern": _LANGUAGE.pattern})


def _when() -> Scalar:
    def read(text: str) -> int:
        if text == "after close":
            return 0
        if text == "after promise":
            return AFTER_PROMISE
        found = re.fullmatch("after (.+)", text)
        if found is None:
            raise Wrong("not_a_time", f"{text[:40]!r} is no time to ask.",
                        "Write it as: after close, after 2 h, or after promise.")  # fmt: skip
        given = duration(found[1])
        if given > _LONGEST:
            raise Wrong("out_of_range", f"{found[1]} is out of range.",
                        f"It may be 0 s to {said_duration(_LONGEST)}.")  # fmt: skip
        return given

    def say(value: int) -> str:
        if value == AFTER_PROMISE:
            return "after promise"
        return "after close" if value == 0 else f"after {said_duration(value)}"

    schema: Schema = {"type": "string", "examples": ["after close", "after 2 h", "after promise"]}
    return Scalar("a time (after close, after 2 h, after promise)", read, say, schema)


def condition(text: str) -> tuple[Compared, ...]:
    """One or several comparisons, of which one is enough.

    >>> [(one.question, one.sign, one.value) for one in condition("glad <= 2 or score <= 3")]
    [('glad', '<=', 2), ('score', '<=', 3)]
    """
    found: list[Compared] = []
    for part in text.split(" or "):
        read = _CONDITION.fullmatch(part.strip())
        if read is None:
            raise Wrong("not_an_if", f"{text[:60]!r} is no condition on an answer.",
                        "Write it as: score <= 3, or glad <= 2 or again <= 2.")  # fmt: skip
        found.append(Compared(question=read[1], sign=read[2], value=int(read[3])))
    return tuple(found)


def _said_condition(given: tuple[Compared, ...]) -> str:
    return " or ".join(f"{one.question} {one.sign} {one.value}" for one in given)


_wording = TableOf(_language(), line(ASKED_CHARS))
_options = TableOf(Id(), _wording)


def _question(**values: Any) -> Question:
    kind: QuestionKind = values["kind"]
    if kind is QuestionKind.FEELING and values.get("feeling") is None:
        raise Wrong("no_feeling", "Which of the four feelings is this?",
                    f"Add feeling: {', '.join(Feeling)}.")  # fmt: skip
    if kind is not QuestionKind.FEELING and values.get("feeling") is not None:
        raise Wrong("feeling_of_other", "Only a question of kind feeling has one.",
                    "Remove `feeling`.")  # fmt: skip
    options = values.get("options", {})
    if kind is QuestionKind.CHOICE and not 2 <= len(options) <= OPTIONS_LIMIT:  # noqa: PLR2004 - a choice
        raise Wrong("no_choice", "A choice needs options.",
                    f"Write 2 to {OPTIONS_LIMIT} of them.")  # fmt: skip
    if kind is not QuestionKind.CHOICE and options:
        raise Wrong("options_of_other", "Only a question of kind choice has options.",
                    "Remove `options`.")  # fmt: skip
    if kind in {QuestionKind.CHOICE, QuestionKind.TEXT} and not values.get("words"):
        raise Wrong("no_words", "What is asked here?", "Add `ask:` with the words by language.")
    return Question(**values)


_questions = Shelf("question", Id(), Record(
    "a question",
    [
        Field(key="kind", kind=word(QuestionKind), required=True,
              means="csat (1 to 5), nps (0 to 10), ces (1 to 7), feeling (1 to 5), choice or text"),
        Field(key="feeling", kind=Maybe(word(Feeling), "no feeling"), quiet=True, default=None,
              means="which of the four: glad, understood, best_answer, again"),
        Field(key="ask", into="words", kind=_wording, quiet=True, default={},
              means="the words by language; left out, the usual words of the kind"),
        Field(key="options", kind=_options, quiet=True, default={},
              means="of a choice: what can be chosen, by id, with words by language"),
        Field(key="if", into="only_if", quiet=True, default=(),
              kind=Scalar("a condition (score <= 3)", condition, _said_condition,
                          {"type": "string", "examples": ["score <= 3", "a <= 2 or b <= 2"]}),
              means="asked only after such an answer to a question before it"),
    ],
    _question,
    spec=Question,
))  # fmt: skip

DOCUMENT = Record(
    "a survey",
    [
        Field(key="survey", into="id", kind=Id(), required=True,
              means="the id; all versions of a survey share it"),
        Field(key="name", kind=line(NAME_CHARS), means="what people call it", default=""),
        Field(key="when", into="after_ms", kind=_when(),
              means="after close, after a while: after 2 h, or when what was promised in the"
                    " talk is due: after promise"),
        Field(key="ways", kind=ListOf(word(Via), most=3),
              means="widget (where the chat was), phone (by keys, when the agent has hung up) or"
                    " link (a mail with an address)"),
        Field(key="media", kind=ListOf(word(Medium), most=5), quiet=True,
              means="only talks over these: chat, email, callback"),
        Field(key="queues", kind=ListOf(Id("queue"), most=100), quiet=True,
              means="only talks of these queues"),
        Field(key="share", into="share_pct", kind=whole(0, 100, percent=True),
              means="how many of the talks are asked about"),
        Field(key="apart", into="apart_ms", kind=length(0, 366 * DAY),
              means="the same customer is asked once in so long at most"),
        Field(key="open", into="open_ms", kind=length(60_000, _LONGEST),
              means="so long it can be answered, and answers be changed"),
        Field(key="intro", kind=_wording, means="what stands above the questions", quiet=True),
        Field(key="thanks", kind=_wording, means="what is said afterwards", quiet=True),
        Field(key="questions", kind=_questions, means="the questions by id, in order",
              required=True),
    ],
    Survey,
    spec=Survey,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of reading a text: the survey, or what is wrong; warnings stand beside both."""

    survey: Survey | None
    problems: tuple[Problem, ...] = ()

    @property
    def errors(self) -> list[Problem]:
        """What stands in the way of asking."""
        return [one for one in self.problems if one.severity == "error"]


def read(text: str, *, queues: Collection[str] | None = None) -> Reading:
    """What a text means; every mistake with its place, at most fifty.

    With `queues`, those that it names must be among them.
    """
    notes = Notes()
    root = compose(text, notes, what="survey", begins="survey: after-contact")
    survey: Survey | None = None
    if root is not None:
        try:
            survey = DOCUMENT.read(root, (), notes)
        except Wrong as wrong:
            notes.wrong(root, (), wrong)
        except Failed:
            assert notes.problems, "what failed is noted"
    warnings = Notes()
    if survey is not None:
        _check(survey, notes)
        _check_queues(notes, queues)
        _missing_words(survey, notes, warnings)
    problems = [*notes.problems, *_as_warnings(warnings)]
    ordered = tuple(sorted(problems, key=lambda one: (one.line, one.column)))
    return Reading(survey=None if notes.problems else survey, problems=ordered)


def _check(survey: Survey, notes: Notes) -> None:
    """What each line may say for itself and the survey as a whole may not."""
    if not 1 <= len(survey.questions) <= QUESTIONS_LIMIT:
        _wrong(notes, ("questions",), "questions_many", "A survey asks 1 to 20 questions.")
    if not survey.ways or Via.DESK in survey.ways:
        _wrong(notes, ("ways",), "no_way", "Nobody would be asked.", "Write [widget, phone, link].")
    if survey.after_ms and list(survey.ways) != _ASKED_LATER:
        _wrong(notes, ("ways",), "widget_later", "Later nobody is there any more.",
               "Write ways: [link], or when: after close.")  # fmt: skip
    before: dict[str, Question] = {}
    for one in survey.questions:
        for compared in one.only_if:
            _check_condition(notes, ("questions", one.id, "if"), compared, before)
        before[one.id] = one


def _check_condition(
    notes: Notes, path: Path, compared: Compared, before: Mapping[str, Question]
) -> None:
    of = before.get(compared.question)
    if of is None:
        _wrong(notes, path, "unknown_question", f"No question {compared.question} stands above.",
               nearest(compared.question, before))  # fmt: skip
        return
    allowed = _numbers(of)
    if compared.value not in allowed:
        fix = f"It may be {allowed[0]} to {allowed[-1]}." if allowed else ""
        _wrong(notes, path, "out_of_scale", f"{of.id} is never {compared.value}.", fix)


def _numbers(question: Question) -> range:
    """The numbers that an answer can be; none for a text."""
    if question.kind is QuestionKind.CHOICE:
        return range(1, len(question.options) + 1)
    return SCALES.get(question.kind, range(0))


def _check_queues(notes: Notes, queues: Collection[str] | None) -> None:
    for one in notes.references:
        if queues is not None and one.id not in queues:
            what = f"There is no queue {one.id}."
            notes.wrong(one.node, one.path, Wrong("unknown_queue", what, nearest(one.id, queues)))


def _missing_words(survey: Survey, notes: Notes, warnings: Notes) -> None:
    """Languages that are not there: those who speak them get English, or any."""
    for path, words in _wordings(survey):
        missing = [one for one in LANGUAGES if one not in words]
        node = notes.nodes.get(path)
        if words and missing and node is not None:
            detail = f"These words are missing in: {', '.join(missing)}."
            warnings.wrong(node, path, Wrong("missing_language", detail))


def _wordings(survey: Survey) -> Iterator[tuple[Path, Words]]:
    yield ("intro",), survey.intro
    yield ("thanks",), survey.thanks
    for one in survey.questions:
        yield ("questions", one.id, "ask"), one.words
        for id_, words in one.options.items():
            yield ("questions", one.id, "options", id_), words


def _as_warnings(notes: Notes) -> Iterator[Problem]:
    for one in notes.problems:
        yield replace(one, severity="warning")


def _wrong(notes: Notes, path: Path, code: str, detail: str, fix: str = "") -> None:
    around = (path[:n] for n in range(len(path), -1, -1))
    node: Node = next(notes.nodes[one] for one in around if one in notes.nodes)
    notes.wrong(node, path, Wrong(code, detail, fix))
