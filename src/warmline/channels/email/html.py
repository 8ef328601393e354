"""HTML of strangers made safe to show (no scripts, no remote pictures) and HTML made plain text."""

from __future__ import annotations

import html as entities
import re
from dataclasses import dataclass

import nh3

_LONGEST_HTML = 3_000_000
MOST_TAGS = 20_000
_MOST_OPEN = 400
_MOST_ENTITIES = 50_000
_LONGEST_DATA_PICTURE = 300_000

_TAGS = frozenset(
    "a abbr address b bdi bdo big blockquote br caption center cite code col colgroup "  # noqa: SIM905 - words read better so
    "dd del dfn div dl dt em figcaption figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd "
    "li mark ol p pre q s samp small span strike strong sub sup table tbody td tfoot th "
    "thead time tr tt u ul var wbr".split()
)
_DROPPED_WHOLE = frozenset(
    "script style title head iframe object embed applet noscript noembed noframes "  # noqa: SIM905 - words read better so
    "template svg math textarea select option audio video canvas frameset".split()
)
_ATTRIBUTES = {
    "*": {"align", "dir", "lang", "style", "title", "valign"},
    "a": {"href"},
    "col": {"span", "width"},
    "font": {"color", "face", "size"},
    "img": {"alt", "height", "src", "width"},
    "ol": {"start", "type"},
    "table": {"bgcolor", "border", "cellpadding", "cellspacing", "width"},
    "td": {"bgcolor", "colspan", "height", "rowspan", "width"},
    "th": {"bgcolor", "colspan", "height", "rowspan", "width"},
    "tr": {"bgcolor"},
}
# None of these can load anything or leave its place on the page.
_STYLES = frozenset(
    "background-color border border-bottom border-collapse border-color border-left "  # noqa: SIM905 - words read better so
    "border-radius border-right border-spacing border-style border-top border-width "
    "color direction font-family font-size font-style font-variant font-weight height "
    "letter-spacing line-height margin margin-bottom margin-left margin-right "
    "margin-top max-width padding padding-bottom padding-left padding-right padding-top "
    "text-align text-decoration text-indent text-transform vertical-align white-space width "
    "word-break".split()
)
_SCHEMES = frozenset({"http", "https", "mailto", "tel", "cid", "data"})
_SAFE_DATA = re.compile(r"data:image/(?:png|gif|jpeg|webp);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
_UNSAFE_STYLE = re.compile(r"expression|url\s*\(|behaviou?r|[\\@]|/\*", re.IGNORECASE)
# nh3 writes every attribute as name="value" with quotes inside as &quot;, so this reads them all.
_PICTURE = re.compile(r'<img((?: [a-z-]+="[^"]*")*)>')
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
_PICTURE_ATTRIBUTES = frozenset({"alt", "height", "width", "title", "style", "align"})

_TEXT_TAGS = frozenset(
    "a blockquote br dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre table td th tr ul "  # noqa: SIM905 - words read better so
    "address center".split()
)
_TAG_START = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,20})")
_VOID = frozenset(
    "area base br col hr img input link meta source wbr".split()  # noqa: SIM905 - words read better so
)
_TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z-]+="[^"]*")*)>')
_BREAKS_BEFORE = frozenset(
    "div dl h1 h2 h3 h4 h5 h6 hr li ol p pre table tr ul address center dt dd".split()  # noqa: SIM905 - words read better so
)
_PARAGRAPHS = frozenset(["p", "h1", "h2", "h3", "h4", "h5", "h6"])
_SPACES = re.compile(r"[ \t\r\n\f\u00a0]+")
_SIGNS = {"&lt;": "<", "&gt;": ">", "&amp;": "&", "&quot;": '"', "&nbsp;": " "}
_SIGN = re.compile("|".join(_SIGNS))
_QUOTE_STARTS = re.compile(
    r"<(?:div|blockquote|hr|span)\b[^>]{0,300}?(?:id=[\"']?(?:divRplyFwdMsg|appendonsend"
    r"|x_divRplyFwdMsg"
    r"|ms-outlook-mobile-signature-end|isForwardContent)\b|class=[\"']?(?:gmail_quote|gmail_attr"
    r"|yahoo_quoted"
    r"|moz-cite-prefix|protonmail_quote|zmail_extra|nh_extra|wp_quote|onet_quote))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanHtml:
    """HTML that is safe to show, and how many remote pictures wait for the reader's word."""

    html: str
    remote_images: int


def clean(html: str) -> CleanHtml:
    """Safe HTML: remote pictures wait in `data-remote-src`, pictures of the mail in `data-cid`.

    HTML too large or too deeply nested to be cleaned in time comes back as its words in a `<pre>`.
    """
    if not _in_reason(html):
        return CleanHtml(html=f"<pre>{entities.escape(_stripped(html))}</pre>", remote_images=0)
    safe = nh3.clean(
        html,
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED_WHOLE),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        url_schemes=set(_SCHEMES),
        url_relative="deny",
        attribute_filter=_link_or_nothing,
        filter_style_properties=set(_STYLES),
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    remote = 0

    def picture(found: re.Match[str]) -> str:
        nonlocal remote
        kept: list[str] = []
        for name, value in _ATTRIBUTE.findall(found[1]):
            if name in _PICTURE_ATTRIBUTES:
                kept.append(f' {name}="{value}"')
            elif name == "src":
                attribute = _picture_source(value)
                remote += attribute.startswith(" data-remote-src")
                kept.append(attribute)
        return f"<img{''.join(kept)}>"

    return CleanHtml(html=_PICTURE.sub(picture, safe), remote_images=remote)


def to_text(html: str, most_tags: int = MOST_TAGS) -> str:
    """The words of the HTML with line breaks where a reader sees them.

    Quotes begin with `> `, links name their target.
    """
    if html.count("<") > most_tags or not _in_reason(html):
        return _stripped(html)
    plain = nh3.clean(
        html,
        tags=set(_TEXT_TAGS),
        clean_content_tags=set(_DROPPED_WHOLE) - {"noscript"},
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
        link_rel=None,
    )
    page = _Page()
    position = 0
    for tag in _TOKEN.finditer(plain):
        page.words(plain[position : tag.start()])
        position = tag.end()
        if tag[1]:
            page.close(tag[2])
        else:
            page.open(tag[2], tag[3])
    page.words(plain[position:])
    return page.text()


def before_quote(html: str) -> str | None:
    """The HTML before the mark that a client puts at the mail it answers, None without a mark."""
    found = _QUOTE_STARTS.search(html)
    return html[: found.start()] if found else None


class _Page:
    """Lines of text as the tags of a page come by."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._quotes = 0
        self._pre = 0
        self._links: list[tuple[str, int]] = []

    def words(self, escaped: str) -> None:
        text = entities.unescape(escaped)
        if self._pre:
            first, *rest = text.replace("\r\n", "\n").split("\n")
            self._line.append(first)
            for line in rest:
                self._end_line()
                self._line.append(line)
        else:
            text = _SPACES.sub(" ", text)
            self._line.append(text.lstrip() if not self._has_words() else text)

    def open(self, tag: str, attributes: str) -> None:
        if tag == "br":
            self._end_line()
        elif tag == "a":
            href = dict(_ATTRIBUTE.findall(attributes)).get("href", "")
            self._links.append((entities.unescape(href), len(self._line)))
        elif tag in {"td", "th"} and self._has_words():
            self._line.append(" ")
        elif tag == "blockquote":
            self._break()
            self._quotes += 1
        elif tag in _BREAKS_BEFORE:
            self._break()
            self._paragraph(tag)
            self._pre += tag == "pre"
            if tag == "li":
                self._line.append("• ")

    def close(self, tag: str) -> None:
        if tag == "a" and self._links:
            href, start = self._links.pop()
            shown = "".join(self._line[start:]).strip()
            if href and shown and href.split("://")[-1].strip("/") not in shown:
                self._line.append(f" ({href})")
        elif tag == "blockquote":
            self._break()
            self._quotes = max(0, self._quotes - 1)
        elif tag in _BREAKS_BEFORE:
            self._break()
            self._paragraph(tag)
            self._pre -= tag == "pre"

    def text(self) -> str:
        self._break()
        return "\n".join(self._lines).strip("\n")

    def _has_words(self) -> bool:
        return any(each.strip() for each in self._line)

    def _break(self) -> None:
        if self._has_words():
            self._end_line()
        self._line.clear()

    def _paragraph(self, tag: str) -> None:
        if tag in _PARAGRAPHS and self._lines and self._lines[-1].strip("> "):
            self._end_line()

    def _end_line(self) -> None:
        line = "".join(self._line).rstrip()
        if self._quotes:
            line = (f"{'>' * min(self._quotes, 20)} {line}").rstrip()
        if line.strip("> ") or (self._lines and self._lines[-1].strip("> ")):
            self._lines.append(line)
        self._line.clear()
        self._links = [(href, 0) for href, _ in self._links]


def _in_reason(html: str) -> bool:
    """Whether a tree can be built in time: the time grows with tags times depth."""
    if len(html) > _LONGEST_HTML or html.count("<") > MOST_TAGS:
        return False
    if html.count("&") > _MOST_ENTITIES:
        return False
    depth = 0
    for found in _TAG_START.finditer(html):
        if found[1]:
            depth = max(0, depth - 1)
        elif found[2].lower() not in _VOID and found[2].lower() not in {
            "p",
            "li",
            "td",
            "tr",
            "th",
        }:
            depth += 1
            if depth > _MOST_OPEN:
                return False
    return True


def _stripped(html: str) -> str:
    """The words without a tree: what stands outside `<` and `>`."""
    pieces = html[:_LONGEST_HTML].split("<")
    words = "".join([pieces[0], *(each.partition(">")[2] for each in pieces[1:])])
    return _SIGN.sub(lambda found: _SIGNS[found[0]], words).strip()


def _link_or_nothing(tag: str, attribute: str, value: str) -> str | None:
    if tag == "a" and attribute == "href":
        scheme = value.partition(":")[0].strip().lower()
        return value if scheme in {"http", "https", "mailto", "tel"} else None
    if attribute == "style" and _UNSAFE_STYLE.search(value):
        return None
    return value


def _picture_source(value: str) -> str:
    source = value.strip()
    scheme = source.partition(":")[0].lower()
    if scheme in {"http", "https"}:
        return f' data-remote-src="{source}"'
    if scheme == "cid":
        return f' data-cid="{source[4:].strip().removeprefix("&lt;").removesuffix("&gt;")}"'
    if len(source) <= _LONGEST_DATA_PICTURE and _SAFE_DATA.fullmatch(source):
        return f' src="{source}"'
    return ""
