"""All that is known about a person as one readable page: no script, nothing loaded, all escaped."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from zoneinfo import ZoneInfo

from warmline.core.words import Instant
from warmline.customers.rights.export_words import Words, field_word, section_word, words_in

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;color:#1c1f26;background:#fff;max-width:60rem;
margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2.5rem;
border-bottom:1px solid #d8dbe2;padding-bottom:.25rem}
.entry{border:1px solid #e4e6eb;border-radius:6px;padding:.6rem .9rem;margin:.6rem 0}
dl{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;gap:.15rem 1rem;margin:0}
dt{color:#565d6d}dd{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
.none{color:#565d6d}nav ul{columns:2;padding-left:1.2rem}
"""
_EARLIEST: Instant = 10**11
"""A smaller number in a column of moments is none."""
_MOMENTS = ("at", "since", "until")


def rendered(
    sections: Mapping[str, Sequence[Mapping[str, object]]],
    events: Sequence[Mapping[str, object]],
    *,
    customer: str,
    made_at: Instant,
    language: str,
    zone: str,
) -> str:
    """The page, in the language of the person; times are those of a zone."""
    words = words_in(language)
    page = _Page(words, ZoneInfo(zone))
    parts = [(name, section_word(words, name), rows) for name, rows in sections.items()]
    parts.append(("events", section_word(words, "events"), events))
    contents = "".join(
        f'<li><a href="#{escape(name, quote=True)}">{escape(title)}</a> ({len(rows)})</li>'
        for name, title, rows in parts
    )
    body = "".join(page.section(name, title, rows) for name, title, rows in parts)
    heading = escape(words["title"])
    made = escape(words["made"].format(when=page.moment(made_at), zone=zone, customer=customer))
    return (
        f'<!doctype html><html lang="{escape(language, quote=True)}"><head>'
        f'<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{heading}</title><style>{_STYLE}</style></head><body><h1>{heading}</h1>"
        f"<p>{made}</p><p>{escape(words['about'])}</p><nav><ul>{contents}</ul></nav>{body}"
        "</body></html>"
    )


class _Page:
    """Renders rows in one language and one zone."""

    def __init__(self, words: Words, zone: ZoneInfo) -> None:
        self._words = words
        self._zone = zone

    def section(self, name: str, title: str, rows: Sequence[Mapping[str, object]]) -> str:
        entries = "".join(self._entry(row) for row in rows)
        nothing = f'<p class="none">{escape(self._words["nothing"])}</p>'
        return f'<h2 id="{escape(name, quote=True)}">{escape(title)}</h2>{entries or nothing}'

    def moment(self, at: Instant) -> str:
        there = datetime.fromtimestamp(at / 1000, UTC).astimezone(self._zone)
        return there.strftime(self._words["format"])

    def _entry(self, row: Mapping[str, object]) -> str:
        told = "".join(
            f"<dt>{escape(field_word(self._words, name))}</dt><dd>{self._value(name, value)}</dd>"
            for name, value in row.items()
            if value is not None and value not in ("", [], {})
        )
        return f'<div class="entry"><dl>{told}</dl></div>'

    def _value(self, name: str, value: object) -> str:
        if isinstance(value, bool):
            return escape(self._words["yes" if value else "no"])
        if isinstance(value, int) and value > _EARLIEST and _is_moment(name):
            return escape(self.moment(value))
        if isinstance(value, (dict, list, tuple)):
            return escape(json.dumps(value, ensure_ascii=False, default=str))
        return escape(str(value))


def _is_moment(name: str) -> bool:
    return name in _MOMENTS or name.endswith(("_at", "_since", "_until"))
