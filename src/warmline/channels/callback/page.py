"""The customer's page of a callback as HTML: no script, every text escaped, two small forms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from warmline.channels.callback.page_words import PAGE, clock, day, moment, stretch
from warmline.channels.callback.plan import UNCALLED, Plan, Span, Stage
from warmline.core import masking
from warmline.experience.surveys.look import STYLE

SAVED = "moved"
"""What the address says after the time was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What there is to show of a callback."""

    plan: Plan
    language: str
    zone: str
    windows: Sequence[Span] = ()
    tried: int = 0
    note: str | None = None
    """A word of the page: what was just done."""
    fault: str | None = None

    @property
    def words(self) -> Mapping[str, str]:
        """The page's own words."""
        return PAGE[self.language]


def page(shown: Shown) -> str:
    """The page of one callback."""
    words, plan = shown.words, shown.plan
    parts = [f"<h1>{escape(words['title'])}</h1>"]
    if shown.fault is not None:
        parts.append(f'<p class="fault" role="alert">{escape(words[shown.fault])}</p>')
    elif shown.note is not None:
        parts.append(f'<p class="note" role="status">{escape(words[shown.note])}</p>')
    parts.append(f"<p>{escape(_said(shown))}</p>")
    number = words["number"].format(number=masking.phone(plan.number))
    parts.append(f'<p class="soft">{escape(number)}</p>')
    if shown.tried:
        parts.append(f'<p class="soft">{escape(words["tried"].format(n=shown.tried))}</p>')
    if plan.stage in UNCALLED:
        parts.append(_forms(shown))
    return _html("".join(parts), shown.language)


def notice(kind: str, language: str, **facts: int) -> str:
    """A page that only says something: `gone` or `slow`."""
    words = PAGE[language]
    if kind == "slow":
        said = escape(words["slow"].format(**facts))
        return _html(f"<h1>{escape(words['title'])}</h1><p>{said}</p>", language)
    return _html(f"<h1>{escape(words['gone'])}</h1><p>{escape(words['gone_more'])}</p>", language)


def _said(shown: Shown) -> str:
    plan, words, zone = shown.plan, shown.words, shown.zone
    if plan.stage not in UNCALLED:
        return words[plan.stage.value]
    since = plan.window_from if plan.window_from is not None else plan.due_at
    if plan.stage is Stage.BOOKED and since is not None:
        return words["between"].format(
            day=day(since, shown.language, zone),
            since=clock(since, shown.language, zone),
            until=clock(plan.promised_by, shown.language, zone),
        )
    return words["by"].format(by=moment(plan.promised_by, shown.language, zone))


def _forms(shown: Shown) -> str:
    words = shown.words
    picks = "".join(
        f'<label class="pick"><input type="radio" name="window" required '
        f'value="{span.since}-{span.until}">'
        f"<span>{escape(stretch(span, shown.language, shown.zone))}</span></label>"
        for span in shown.windows
    )
    move = (
        f'<form method="post"><fieldset><legend>{escape(words["move"])}</legend>'
        f'<div class="list">{picks}</div></fieldset>'
        f'<p class="soft">{escape(words["zone"].format(zone=shown.zone))}</p>'
        f'<p><button type="submit" name="do" value="move">{escape(words["send"])}</button></p>'
        "</form>"
        if picks
        else ""
    )
    return (
        f'{move}<form method="post"><p><button type="submit" name="do" value="cancel">'
        f"{escape(words['cancel'])}</button></p></form>"
    )


def _html(body: str, language: str) -> str:
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex">'
        f"<title>{escape(PAGE[language]['title'])}</title><style>{STYLE}</style></head>"
        f"<body><main>{body}</main></body></html>"
    )
