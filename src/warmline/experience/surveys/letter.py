"""The mail that asks: a few words and one link, in the customer's language."""

from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from babel.dates import format_date

from warmline.core.words import Instant
from warmline.experience.surveys.model import Ask, Survey, in_language
from warmline.experience.surveys.wording import MAIL


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What the customer gets."""

    subject: str
    text: str
    html: str


def day(at: Instant, language: str) -> str:
    """A day as people of a language write it.

    >>> day(1_781_000_000_000, "pl")
    '9 czerwca 2026'
    """
    return format_date(datetime.fromtimestamp(at / 1000, UTC), "d MMMM y", locale=language)


def letter(link: str, *, ask: Ask, survey: Survey) -> Letter:
    """The mail with the link that opens an ask."""
    words = MAIL[ask.language]
    intro = in_language(survey.intro, ask.language)
    closing = words["closing"].format(day=day(ask.closes_at, ask.language))
    lines = [line for line in (words["text"], intro) if line]
    return Letter(
        subject=words["subject"],
        text="\n\n".join([*lines, link, closing]) + "\n",
        html="".join(f"<p>{escape(line)}</p>" for line in lines)
        + f'<p><a href="{escape(link, quote=True)}">{escape(words["link"])}</a></p>'
        + f"<p>{escape(closing)}</p>",
    )
