"""Markdown shown safely: as HTML without anything that runs, as plain text, and made from HTML."""

from collections.abc import Iterator, Sequence
from typing import cast

import markdownify
import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

_TAGS = frozenset(
    "a b blockquote br code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p "  # noqa: SIM905 - words read better so
    "pre s samp small span strong sub sup table tbody td tfoot th thead tr ul var".split()
)
_DROPPED_WHOLE = frozenset(
    "script style title head iframe object embed applet noscript template svg math textarea "  # noqa: SIM905 - words read better so
    "select option audio video canvas frameset".split()
)
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"alt", "src", "title", "width", "height"},
    "ol": {"start"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan"},
}
_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_OUT = {"a": {"target": "_blank"}}
"""A link read at work opens beside it."""

# Tags are let through here and cleaned afterwards: what came from a page may hold some.
_READER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def html(body: str, *, beside: bool = False) -> str:
    """The text as HTML that is safe to show; with `beside` its links open a page of their own."""
    return clean(cast("str", _READER.render(body)), beside=beside)


def clean(made: str, *, beside: bool = False) -> str:
    """HTML without scripts, styles, forms, frames, and addresses that could run something."""
    return nh3.clean(
        made,
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED_WHOLE),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        url_schemes=set(_SCHEMES),
        url_relative="pass_through",
        link_rel="noopener noreferrer",
        set_tag_attribute_values=_OUT if beside else {},
    )


def plain(body: str) -> str:
    r"""The words of the text, as they are put into a reply: no marks, lists with their points.

    >>> plain("**Two** ways:\n\n* by post\n* in the [shop](https://shop.example)")
    'Two ways:\n\n• by post\n• in the shop (https://shop.example)'
    """
    return _Plain().of(_READER.parse(body))


def answer(body: str) -> str:
    r"""What is put into a reply: all that stands before the first heading, else the whole text.

    >>> answer("We refund within 3 days.\n\n## Background\n\nMore.")
    'We refund within 3 days.'
    """
    tokens = _READER.parse(body)
    headings = (at for at, one in enumerate(tokens) if one.type == "heading_open")
    ends = next(headings, len(tokens))
    return _Plain().of(tokens[:ends] or tokens)


def from_html(page: str) -> str:
    """A page's text as Markdown; only what would be shown is taken."""
    made = markdownify.markdownify(clean(page), heading_style="ATX", bullets="*")
    lines = [line.rstrip() for line in made.splitlines()]
    kept = [line for at, line in enumerate(lines) if line or (at and lines[at - 1])]
    return "\n".join(kept).strip()


class _Plain:
    """Lines of text as the tokens of a document come by."""

    def __init__(self) -> None:
        self._blocks: list[str] = []
        self._lists: list[int | None] = []
        self._point = ""
        self._row: list[str] | None = None

    def of(self, tokens: Sequence[Token]) -> str:
        for one in tokens:
            self._take(one)
        return "".join(self._blocks).strip()

    def _take(self, one: Token) -> None:
        if one.type in {"bullet_list_open", "ordered_list_open"}:
            first = int(one.attrGet("start") or 1)
            self._lists.append(first if one.type.startswith("ordered") else None)
        elif one.type in {"bullet_list_close", "ordered_list_close"}:
            self._lists.pop()
            if not self._lists:
                self._end()
        elif one.type == "list_item_open":
            self._point = self._next_point()
        elif one.type == "tr_open":
            self._row = []
        elif one.type == "inline" and self._row is not None:
            self._row.append("".join(_words(one.children or ())))
        elif one.type == "inline":
            self._put(self._point + "".join(_words(one.children or ())))
            self._point = ""
        elif one.type in {"fence", "code_block"}:
            self._put(one.content.rstrip())
        elif one.type == "tr_close":
            self._put(" | ".join(self._row or ()))
            self._row = None

    def _next_point(self) -> str:
        number = self._lists[-1]
        if number is None:
            return "• "
        self._lists[-1] = number + 1
        return f"{number}. "

    def _put(self, text: str) -> None:
        if text.strip():
            self._blocks.append(text + ("\n" if self._lists else "\n\n"))

    def _end(self) -> None:
        if self._blocks and not self._blocks[-1].endswith("\n\n"):
            self._blocks[-1] += "\n"


def _words(tokens: Sequence[Token]) -> Iterator[str]:
    """The words inside of a paragraph; a link is followed by its address."""
    address = ""
    for one in tokens:
        if one.type in {"text", "code_inline"}:
            yield one.content
        elif one.type == "softbreak":
            yield " "
        elif one.type == "hardbreak":
            yield "\n"
        elif one.type == "image":
            yield one.content
        elif one.type == "link_open":
            address = str(one.attrGet("href") or "")
        elif one.type == "link_close":
            if address.startswith(("http://", "https://")):
                yield f" ({address})"
            address = ""
