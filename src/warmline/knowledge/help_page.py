"""The public help page as HTML: no script, every word escaped, articles made safe."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from urllib.parse import quote

from babel.dates import format_date

from warmline.knowledge.help_words import HELP_WORDS

_LIGHT = (
    "color-scheme:light;--ground:oklch(.962 .007 75);--surface:oklch(.99 .003 80);"
    "--hover:oklch(.953 .009 74);--line:oklch(.895 .01 72);--line-control:oklch(.64 .016 68);"
    "--ink:oklch(.245 .014 55);--ink-2:oklch(.41 .016 58);--accent:oklch(.44 .13 342);"
    "--on-accent:oklch(.99 .005 342);--sunken:oklch(.94 .009 74)"
)
_DARK = (
    "color-scheme:dark;--ground:oklch(.188 .008 55);--surface:oklch(.225 .009 55);"
    "--hover:oklch(.258 .01 55);--line:oklch(.315 .011 55);--line-control:oklch(.56 .016 60);"
    "--ink:oklch(.935 .008 75);--ink-2:oklch(.8 .012 70);--accent:oklch(.785 .08 345);"
    "--on-accent:oklch(.21 .045 342);--sunken:oklch(.16 .008 55)"
)
STYLE = f"""
:root{{{_LIGHT}}}
@media (prefers-color-scheme:dark){{:root{{{_DARK}}}}}
*,*::before,*::after{{box-sizing:border-box}}
body{{margin:0;background:var(--ground);color:var(--ink);
font:16px/24px "Inter Variable",Inter,system-ui,"Segoe UI","Noto Sans",sans-serif;
-webkit-text-size-adjust:100%}}
header,main{{max-width:720px;margin:0 auto;padding:16px 24px}}
header{{display:flex;flex-wrap:wrap;gap:8px 24px;align-items:center;justify-content:space-between}}
.name{{font-weight:650;color:inherit;text-decoration:none}}
nav ul{{display:flex;gap:16px;margin:0;padding:0;list-style:none;font-size:14px}}
nav a[aria-current]{{color:var(--ink);font-weight:650;text-decoration:none}}
main{{background:var(--surface);border:1px solid var(--line);border-radius:14px;padding:24px;
margin-bottom:32px}}
h1{{margin:0 0 8px;font-size:28px;line-height:36px;font-weight:650;overflow-wrap:anywhere}}
h2{{margin:24px 0 8px;font-size:20px;line-height:28px;font-weight:650}}
h3{{margin:16px 0 4px;font-size:16px;line-height:24px;font-weight:650}}
p,ul,ol,pre,table,blockquote{{margin:0 0 16px}}
p,li,td{{overflow-wrap:anywhere}}
a{{color:var(--accent);text-underline-offset:2px}}
a:focus-visible,button:focus-visible,input:focus-visible{{outline:2px solid var(--accent);
outline-offset:2px}}
.soft{{color:var(--ink-2);font-size:14px;line-height:20px}}
form{{display:flex;gap:8px;margin:16px 0 24px}}
input{{flex:1;min-width:0;min-height:40px;padding:8px 12px;font:inherit;color:inherit;
background:var(--surface);border:1px solid var(--line-control);border-radius:6px}}
button{{min-height:40px;padding:8px 20px;font:inherit;font-weight:550;color:var(--on-accent);
background:var(--accent);border:1px solid var(--accent);border-radius:6px;cursor:pointer}}
.list{{padding:0;list-style:none;margin:0}}
.list a{{display:block;padding:12px 0;font-weight:550}}
.list li+li{{border-top:1px solid var(--line)}}
.list p{{margin:-8px 0 12px}}
table{{border-collapse:collapse;display:block;overflow-x:auto}}
th,td{{padding:4px 12px;border:1px solid var(--line);text-align:start}}
code,pre{{background:var(--sunken);border-radius:4px;font-size:14px}}
code{{padding:0 4px}}pre{{padding:12px;overflow-x:auto}}
blockquote{{padding-left:16px;border-left:2px solid var(--line)}}
img{{max-width:100%;height:auto}}
.skip{{position:absolute;left:-999px}}.skip:focus{{position:static}}
@media (max-width:600px){{header{{padding:12px 16px}}main{{margin:0;border-width:1px 0 0;
border-radius:0;padding:16px;min-height:100vh}}}}
"""
_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
SECURITY_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; img-src 'self' https:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)


_CURRENT = ' aria-current="page"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One article in a list: where it is read, and a piece of it."""

    article: str
    title: str
    piece: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What every page needs: its language, and where the same is in the others."""

    language: str
    elsewhere: Mapping[str, str]
    """The address of this page by language."""

    @property
    def spoken(self) -> str:
        """The language of the page's own words."""
        return self.language if self.language in HELP_WORDS else "en"

    @property
    def words(self) -> Mapping[str, str]:
        """The page's own words."""
        return HELP_WORDS[self.spoken]


def list_page(around: Around, listed: Sequence[Shown], query: str | None) -> str:
    """All answers, or those that were found."""
    words = around.words
    title = words["title"] if query is None else words["found"].format(query=query)
    lead = f'<p class="soft">{escape(words["lead"])}</p>' if query is None else ""
    back = "" if query is None else _back(around)
    nothing = words["empty" if query is None else "none"]
    items = "".join(
        f'<li><a href="/help/{_path(around.language)}/{_path(one.article)}">{escape(one.title)}</a>'
        f"{_piece(one)}</li>"
        for one in listed
    )
    shown = f'<ul class="list">{items}</ul>' if items else f"<p>{escape(nothing)}</p>"
    return _page(
        around, title, f"<h1>{escape(title)}</h1>{lead}{_form(around, query)}{shown}{back}"
    )


def article_page(around: Around, title: str, safe_html: str, changed_at: int) -> str:
    """One answer; its HTML was made safe before."""
    words = around.words
    day = datetime.fromtimestamp(changed_at / 1000, UTC).date()
    date = format_date(day, "long", locale=around.spoken)
    changed = words["changed"].format(date=date)
    body = (
        f"<article><h1>{escape(title)}</h1>{safe_html}</article>"
        f'<p class="soft">{escape(changed)}</p>{_back(around)}'
    )
    return _page(around, title, body)


def gone_page(around: Around) -> str:
    """What was here, or never was."""
    title = around.words["gone"]
    return _page(around, title, f"<h1>{escape(title)}</h1>{_form(around, None)}{_back(around)}")


def busy_page(around: Around) -> str:
    """Somebody searches more often than people do."""
    title = around.words["busy"]
    return _page(around, title, f"<h1>{escape(title)}</h1>{_back(around)}")


def _page(around: Around, title: str, body: str) -> str:
    words = around.words
    links = "".join(
        f'<li><a lang="{escape(language)}" hreflang="{escape(language)}" href="{escape(address)}"'
        f"{_CURRENT if language == around.language else ''}>"
        f"{escape(HELP_WORDS.get(language, {}).get('name', language))}</a></li>"
        for language, address in around.elsewhere.items()
    )
    return (
        f'<!doctype html><html lang="{escape(around.language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<link rel="icon" href="/mark.svg" type="image/svg+xml">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>"
        f'<a class="skip" href="#content">{escape(words["skip"])}</a>'
        f'<header><a class="name" href="/help/{_path(around.language)}">'
        f"{escape(words['title'])}</a>"
        f'<nav aria-label="{escape(words["language"])}"><ul>{links}</ul></nav></header>'
        f'<main id="content">{body}</main></body></html>'
    )


def _form(around: Around, query: str | None) -> str:
    words = around.words
    return (
        f'<form role="search" action="/help/{_path(around.language)}" method="get">'
        f'<input name="q" type="search" maxlength="200" aria-label="{escape(words["search"])}" '
        f'placeholder="{escape(words["search"])}" value="{escape(query or "")}">'
        f"<button>{escape(words['find'])}</button></form>"
    )


def _piece(one: Shown) -> str:
    return f'<p class="soft">{escape(one.piece)}</p>' if one.piece else ""


def _back(around: Around) -> str:
    return f'<p><a href="/help/{_path(around.language)}">{escape(around.words["back"])}</a></p>'


def _path(part: str) -> str:
    return quote(part, safe="")
