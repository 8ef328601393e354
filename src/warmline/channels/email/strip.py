"""What is new in an English, Russian or Polish reply: no quoted mail, no signature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from warmline.channels.email.html import before_quote, to_text
from warmline.channels.email.quotes import first_quote, is_attribution_at, is_quoted
from warmline.channels.email.sent import ours_from
from warmline.channels.email.signatures import signature_from

if TYPE_CHECKING:
    from collections.abc import Sequence

_INLINE_ANSWERS = 2
_MOST_LINES = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Stripped:
    """The three parts of a mail's text; put together they hold every line of it."""

    new_text: str
    quoted: str
    signature: str


def strip(text: str, html: str | None = None, sent: Sequence[str] = ()) -> Stripped:
    """The new words, the quoted mail, the signature; `sent` are texts of ours it may quote.

    Answers written between quotes keep the quotes that they answer. When nothing new would be
    left (a bare forward), the whole text counts as new: rather too much than nothing.
    """
    lines = text.split("\n", _MOST_LINES)
    new, quoted = _without_quote(lines)
    if not quoted and html:
        new, quoted = _by_html(lines, html)
    if sent and (start := ours_from(new, sent)) is not None:
        new, quoted = new[:start], [*new[start:], *quoted]
    if not _has_words(new):
        return Stripped(new_text=_joined(lines), quoted="", signature="")
    end = signature_from(new)
    signature: list[str] = []
    if end is not None:
        new, signature = new[:end], new[end:]
    return Stripped(new_text=_joined(new), quoted=_joined(quoted), signature=_joined(signature))


def _without_quote(lines: list[str]) -> tuple[list[str], list[str]]:
    """The new lines and the quoted ones."""
    start = first_quote(lines)
    if start is None:
        return lines, []
    top, rest = lines[:start], lines[start:]
    length = is_attribution_at(rest, 0)
    body = rest[length:]
    if not any(is_quoted(line) for line in body):
        # Everything below a header block or an unmarked attribution is the old mail.
        return (top, rest) if length else (lines, [])
    blocks = _blocks(body)
    answers = [block for quoted, block in blocks if not quoted and _has_words(block)]
    if not answers:
        return top, rest
    if length and not blocks[0][0] and _has_words(blocks[0][1]):
        # Words right below the attribution, marks only later: an old thread quoted without marks.
        return top, rest
    return _answered_below(top, rest[:length], blocks)


def _answered_below(
    top: list[str], attribution: list[str], blocks: list[tuple[bool, list[str]]]
) -> tuple[list[str], list[str]]:
    """Answers under the quote: the quote goes. Answers between quotes: those quotes stay."""
    quoted_seen = 0
    answered = 0
    last_answer = 0
    for position, (quoted, block) in enumerate(blocks):
        if quoted:
            quoted_seen += 1
        elif _has_words(block) and quoted_seen:
            answered += 1
            last_answer = position
    kept = blocks[: last_answer + 1]
    left = [line for _, block in blocks[last_answer + 1 :] for line in block]
    if answered < _INLINE_ANSWERS:
        new = [line for quoted, block in kept if not quoted for line in block]
        old = [line for quoted, block in kept if quoted for line in block]
        return _with_gap(top, new), [*attribution, *old, *left]
    inline = [line for _, block in kept for line in block]
    return _with_gap(top, inline), [*attribution, *left]


def _blocks(lines: list[str]) -> list[tuple[bool, list[str]]]:
    """Runs of quoted and of own lines; blank lines go with the run before them."""
    blocks: list[tuple[bool, list[str]]] = []
    for line in lines:
        quoted = is_quoted(line)
        if blocks and (not line.strip() or blocks[-1][0] == quoted):
            blocks[-1][1].append(line)
        else:
            blocks.append((quoted, [line]))
    return blocks


def _by_html(lines: list[str], html: str) -> tuple[list[str], list[str]]:
    """The cut at the client's own mark in the HTML, if what is before it opens the text too."""
    above = before_quote(html)
    if above is None:
        return lines, []
    words = " ".join(to_text(above).split())
    if not words:
        return lines, []
    seen: list[str] = []
    for position, line in enumerate(lines):
        seen += line.split()
        so_far = " ".join(seen)
        if so_far == words:
            return lines[: position + 1], lines[position + 1 :]
        if len(so_far) > len(words) or not words.startswith(so_far):
            break
    return lines, []


def _with_gap(top: list[str], below: list[str]) -> list[str]:
    if not _has_words(top):
        return below
    while top and not top[-1].strip():
        top = top[:-1]
    return [*top, "", *below]


def _has_words(lines: Sequence[str]) -> bool:
    return any(char.isalnum() for line in lines for char in line) or any(
        line.strip() for line in lines
    )


def _joined(lines: Sequence[str]) -> str:
    """The lines as one text without blank lines around it and spaces at line ends."""
    return "\n".join(line.rstrip() for line in lines).strip("\n").rstrip()
