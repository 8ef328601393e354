"""The public page of a survey as HTML: no script, every text escaped, one form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from html import escape

from warmline.core.words import Instant
from warmline.experience.surveys.letter import day
from warmline.experience.surveys.look import STYLE
from warmline.experience.surveys.model import (
    SCALES,
    WORDS_LIMIT_CHARS,
    AnswersRefused,
    Question,
    QuestionKind,
    Survey,
    in_language,
)
from warmline.experience.surveys.wording import ENDS, PAGE, asked

SHOWN = "shown"
"""The hidden field that says which questions stood in the form."""


class Theme(StrEnum):
    """Light or dark, or as the reader's system says."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """In which words and colours a page is shown."""

    language: str
    theme: Theme = Theme.AUTO

    @property
    def words(self) -> Mapping[str, str]:
        """The page's own words."""
        return PAGE[self.language]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The questions as they are put to somebody who answered `given` so far."""

    survey: Survey
    given: Mapping[str, str] = field(default_factory=dict[str, str])
    values: Mapping[str, float] = field(default_factory=dict[str, float])
    is_change: bool = False
    more: frozenset[str] = frozenset()
    """Questions that an answer brought up."""
    fault: AnswersRefused | None = None
    action: str = ""


def questions(form: Form, look: Look) -> str:
    """The page that asks."""
    words = look.words
    shown = form.survey.shown(form.values)
    parts = [f"<h1>{escape(words['title'])}</h1>"]
    if form.fault is not None:
        parts.append(f'<p class="fault" role="alert">{escape(_fault(form.fault, look))}</p>')
    elif form.more:
        parts.append(f'<p class="note" role="status">{escape(words["more"])}</p>')
    intro = in_language(form.survey.intro, look.language)
    if intro and not form.is_change:
        parts.append(f'<p class="soft">{escape(intro)}</p>')
    fields = "".join(_question(one, form, look) for one in shown)
    ids = escape(" ".join(one.id for one in shown), quote=True)
    send = words["save" if form.is_change else "send"]
    parts.append(
        f'<form method="post" action="{escape(form.action, quote=True)}">{fields}'
        f'<input type="hidden" name="{SHOWN}" value="{ids}">'
        f'<p><button type="submit">{escape(send)}</button></p></form>'
        f'<p class="soft">{escape(words["footer"])}</p>'
    )
    return _page("".join(parts), look)


def thanks(survey: Survey, look: Look, *, change: str | None, closes_at: Instant) -> str:
    """The page after the answers; `change` is the address at which they can be changed."""
    words = look.words
    said = in_language(survey.thanks, look.language) or words["thanks"]
    body = f'<h1>{escape(words["title"])}</h1><p class="note" role="status">{escape(said)}</p>'
    if change is not None:
        until = words["until"].format(day=day(closes_at, look.language))
        body += (
            f'<p class="soft">{escape(until)}</p>'
            f'<p><a href="{escape(change, quote=True)}">{escape(words["change"])}</a></p>'
        )
    return _page(body, look)


def notice(kind: str, look: Look, **facts: int) -> str:
    """A page that only says something: `over`, `gone` or `slow`."""
    words = look.words
    if kind == "slow":
        said = escape(words["slow"].format(**facts))
        return _page(f"<h1>{escape(words['title'])}</h1><p>{said}</p>", look)
    return _page(f"<h1>{escape(words[kind])}</h1><p>{escape(words[f'{kind}_more'])}</p>", look)


def _page(body: str, look: Look) -> str:
    theme = "" if look.theme is Theme.AUTO else f' data-theme="{look.theme.value}"'
    return (
        f'<!doctype html><html lang="{look.language}"{theme}><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex">'
        f"<title>{escape(look.words['title'])}</title><style>{STYLE}</style></head>"
        f"<body><main>{body}</main></body></html>"
    )


def _fault(fault: AnswersRefused, look: Look) -> str:
    return look.words[fault.code].format(n=WORDS_LIMIT_CHARS)


def _question(one: Question, form: Form, look: Look) -> str:
    new = ' class="new"' if one.id in form.more else ""
    words = escape(asked(one, look.language))
    id_ = escape(one.id, quote=True)
    if one.kind is QuestionKind.TEXT:
        optional = escape(look.words["optional"])
        return (
            f'<div class="field{" new" if new else ""}" id="q-{id_}">'
            f'<label for="a-{id_}">{words} <span class="soft">({optional})</span></label>'
            f'<textarea id="a-{id_}" name="{id_}" maxlength="{WORDS_LIMIT_CHARS}" dir="auto">'
            f"{escape(form.given.get(one.id, ''))}</textarea></div>"
        )
    picks = _options(one, form, look) if one.kind is QuestionKind.CHOICE else _scale(one, form)
    ends = ""
    if one.kind is not QuestionKind.CHOICE:
        low, high = ENDS[one.kind][look.language]
        first, last = SCALES[one.kind][0], SCALES[one.kind][-1]
        ends = (
            f'<div class="ends"><span>{first} {escape(low)}</span>'
            f"<span>{last} {escape(high)}</span></div>"
        )
    shape = "list" if one.kind is QuestionKind.CHOICE else "scale"
    return (
        f'<fieldset{new} id="q-{id_}"><legend>{words}</legend>'
        f'<div class="{shape}">{picks}</div>{ends}</fieldset>'
    )


def _scale(one: Question, form: Form) -> str:
    return "".join(_pick(one.id, str(n), str(n), form) for n in SCALES[one.kind])


def _options(one: Question, form: Form, look: Look) -> str:
    return "".join(
        _pick(one.id, id_, in_language(words, look.language), form)
        for id_, words in one.options.items()
    )


def _pick(question: str, value: str, label: str, form: Form) -> str:
    checked = " checked" if form.given.get(question) == value else ""
    return (
        f'<label class="pick"><input type="radio" name="{escape(question, quote=True)}" '
        f'value="{escape(value, quote=True)}"{checked}><span>{escape(label)}</span></label>'
    )
