"""Articles brought as files: Markdown with front matter, or HTML; looked at first, then taken."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import Any, cast

import yaml

from warmline.core.words import Instant, Malformed
from warmline.knowledge.markdown import from_html
from warmline.knowledge.model import ARTICLE_ID, Audience, Words, tags_of

_FRONT = re.compile(r"\A---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_HEADING = re.compile(r"\A\s*#[ \t]+(.+?)[ \t]*#*[ \t]*(?:\r?\n|\Z)")
_ALIASES = re.compile(r"(?m)(?:^|[\s:,\[{])[&*][\w-]+")
"""YAML can name a part and repeat it without end: front matter has no need to."""
FRONT_LIMIT_CHARS = 4_000
KNOWN = frozenset({"id", "language", "title", "audience", "tags", "review", "owner", "note"})


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file as it came."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What holds where a file does not say."""

    language: str
    audience: Audience


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """An article's text as a file has it."""

    id: str
    audience: Audience
    words: Words
    tags: Sequence[str]
    review_at: Instant | None
    owner: str | None


def parse(file: File, usual: Usual) -> Parsed:
    """What a file says; `Malformed` names what is wrong in it."""
    if file.name.lower().endswith((".html", ".htm")):
        said, body = _html(file.text)
    elif file.name.lower().endswith((".md", ".markdown")):
        said, body = _markdown(file.text)
    else:
        raise Malformed("name", "is neither .md nor .html", "wrong_form")
    for name in said:
        if name not in KNOWN:
            raise Malformed(name[:40], "is no field of an article", "unknown_field")
    words = Words(
        language=_text(said, "language") or usual.language,
        title=_text(said, "title") or "",
        body=body,
        note=_text(said, "note"),
    )
    words.check()
    return Parsed(
        id=_id(said, file.name, words.language),
        audience=_audience(said, usual),
        words=words,
        tags=tags_of(_tags(said)),
        review_at=_review(said),
        owner=_text(said, "owner"),
    )


def _markdown(text: str) -> tuple[Mapping[str, Any], str]:
    text = text.removeprefix("\ufeff")
    front = _FRONT.match(text)
    said: Mapping[str, Any] = {} if front is None else _front(front[1])
    body = text if front is None else text[front.end() :]
    heading = _HEADING.match(body)
    if heading is not None and "title" not in said:
        said = {**said, "title": heading[1]}
        body = body[heading.end() :]
    return said, body


def _front(text: str) -> Mapping[str, Any]:
    if len(text) > FRONT_LIMIT_CHARS or _ALIASES.search(text):
        raise Malformed("front_matter", "is too long, or repeats parts of itself", "wrong_form")
    try:
        said: object = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as fault:
        raise Malformed("front_matter", "is not YAML", "wrong_form") from fault
    if said is None:
        return {}
    if not isinstance(said, dict):
        raise Malformed(
            "front_matter", "must be fields with values", "wrong_type", expected="table"
        )
    return {str(name): value for name, value in cast("dict[object, Any]", said).items()}


class _Page(HTMLParser):
    """What a page says of itself: its language, title, first heading, and named fields."""

    def __init__(self) -> None:
        super().__init__()
        self.said: dict[str, str] = {}
        self._in: str | None = None
        self.words: dict[str, list[str]] = {"title": [], "h1": []}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html" and given.get("lang"):
            self.said["language"] = given["lang"]
        if tag == "meta" and given.get("name", "").lower() in KNOWN:
            self.said[given["name"].lower()] = given.get("content", "")
        if tag in self.words and not self.words[tag]:
            self._in = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self._in:
            self._in = None

    def handle_data(self, data: str) -> None:
        if self._in is not None:
            self.words[self._in].append(data)


def _html(text: str) -> tuple[Mapping[str, Any], str]:
    page = _Page()
    page.feed(text)
    page.close()
    heading = " ".join("".join(page.words["h1"]).split())
    title = heading or " ".join("".join(page.words["title"]).split())
    body = from_html(text)
    first = _HEADING.match(body)
    if first is not None and first[1].strip() == title:
        body = body[first.end() :].lstrip()
    said: dict[str, Any] = {"title": title, **page.said}
    if isinstance(said.get("tags"), str):
        said["tags"] = said["tags"].split(",")
    return said, body


def _text(said: Mapping[str, Any], name: str) -> str | None:
    value = said.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Malformed(name, "must be text", "wrong_type", expected="text")
    return str(value).strip()


def _id(said: Mapping[str, Any], file: str, language: str) -> str:
    """The article's: as the file says, else its name without the language at the end."""
    given = _text(said, "id")
    if given is None:
        stem = re.split(r"[\\/]", file)[-1].rsplit(".", 1)[0].lower()
        given = stem.removesuffix(f".{language}").removesuffix(f"-{language}")
        given = re.sub(r"[^a-z0-9]+", "-", given).strip("-")[:64]
    if not ARTICLE_ID.fullmatch(given):
        raise Malformed("id", "must be small letters, digits and -, 1 to 64", "wrong_form")
    return given


def _audience(said: Mapping[str, Any], usual: Usual) -> Audience:
    given = _text(said, "audience")
    if given is None:
        return usual.audience
    if given not in set(Audience):
        allowed = ", ".join(Audience)
        raise Malformed("audience", f"is none of {allowed}", "not_one_of", allowed=allowed)
    return Audience(given)


def _tags(said: Mapping[str, Any]) -> list[str]:
    given: object = said.get("tags") or []
    if isinstance(given, str):
        return given.split(",")
    if not isinstance(given, list):
        raise Malformed("tags", "must be a list", "wrong_type", expected="list")
    return [str(one) for one in cast("list[object]", given)]


def _review(said: Mapping[str, Any]) -> Instant | None:
    given = said.get("review")
    if given is None or given == "":
        return None
    try:
        day = given if isinstance(given, date) else date.fromisoformat(str(given).strip())
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    except ValueError as fault:
        raise Malformed("review", "is not a date like 2026-12-24", "no_date") from fault
    return int(moment.timestamp() * 1000)
