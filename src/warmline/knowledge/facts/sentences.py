"""A text as sentences with what stands above them, and a sentence as parts with values."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from warmline.knowledge.facts import amounts, moments
from warmline.knowledge.facts.amounts import Seen
from warmline.knowledge.facts.spoken import composed, fold

TEXT_LIMIT_CHARS = 100_000
SENTENCE_LIMIT_CHARS = 600
HEADING_CHARS = 80
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_TAG = re.compile(r"</?(?:p|br|li|h\d|div|tr|td|ul|ol|table)[^>]*>", re.IGNORECASE)
_OTHER_TAG = re.compile(r"<[^>]{1,200}>")
_MARKS = re.compile(r"\*\*|__|`|^\s*(?:[-*+•]|\d+[.)])\s+|^\s*>\s?", re.MULTILINE)
_ABBREVIATED = re.compile(
    r"\b(?:np|tel|ul|al|godz|nr|ok|min|maks|tzn|itd|pn|wt|sr|czw|pt|sob|niedz|тел|ул|г|т\.е|т\.д|стр"
    r"|мин|руб|пн|вт|ср|чт|пт|сб|вс|e\.g|i\.e|approx|no|mon|tue|wed|thu|fri|sat|sun|a\.m|p\.m|st)\.$",
    re.IGNORECASE,
)
_END = re.compile(r"[.!?…]+[\"»”)]*\s+(?=[\"«„(]?[A-ZА-ЯЁĄĆĘŁŃÓŚŹŻ0-9+])")
_AND = {
    "en": "and|but|while|whereas",
    "ru": "и|а|но|тогда как",
    "pl": "i|a|oraz|ale|zas|natomiast",
}
_CUTS = {
    language: re.compile(rf"[;|()]|,(?=\s)|:(?=\s)| -+ |\s(?:{words})\s")
    for language, words in _AND.items()
}
_LEADS = re.compile(
    r"\s*(?:and |but |и |а |но |i |a |oraz |ale )?(?:for|if|when|in|to|with|on|by|для|если|при"
    r"|когда|в|на|с|по|за|dla|jesli|jezeli|gdy|przy|w|na|do|z|za)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch of a sentence that says something about its values."""

    start: int
    end: int
    values: Sequence[Seen]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence as it stands, the same folded, the heading above it; asked: it is a question."""

    text: str
    folded: str
    heading: str
    asked: bool
    paragraph: int


def plain(text: str) -> str:
    """The words of Markdown or HTML, a block a line."""
    text = composed(text[:TEXT_LIMIT_CHARS])
    text = _OTHER_TAG.sub(" ", _TAG.sub("\n", _LINK.sub(r"\1", text)))
    return _MARKS.sub("", text).replace("&nbsp;", " ").replace("&amp;", "&")


def sentences(text: str) -> Iterator[Sentence]:
    """Every sentence with the heading it stands under."""
    heading, paragraph = "", 0
    for line in plain(text).splitlines():
        bare = line.strip()
        if not bare:
            paragraph += 1
            continue
        title = bare.lstrip("#").strip()
        above = bare.startswith("#") or bare.endswith(":")
        short = len(title) <= HEADING_CHARS and bare[-1] not in ".!?…;,"
        if (above or short) and not any(one.isdigit() for one in title):
            heading, paragraph = title, paragraph + 1
            if above:
                continue
        for one in _split(title):
            yield Sentence(
                text=one,
                folded=fold(one),
                heading=heading if heading != title else "",
                asked=one.rstrip().endswith("?"),
                paragraph=paragraph,
            )


def _split(line: str) -> Iterator[str]:
    start = 0
    for found in _END.finditer(line):
        if not _ABBREVIATED.search(line[start : found.end()].rstrip()):
            yield line[start : found.end()].strip()[:SENTENCE_LIMIT_CHARS]
            start = found.end()
    if line[start:].strip():
        yield line[start:].strip()[:SENTENCE_LIMIT_CHARS]


def values(folded: str, language: str) -> list[Seen]:
    """All values of a sentence, in order; what two rules could read is the first one's."""
    found: list[Seen] = []
    if not any(one.isdigit() for one in folded) and len(folded) > SENTENCE_LIMIT_CHARS:
        return found
    for seen in (
        *moments.dates(folded, language),
        *moments.hours(folded, language),
        *moments.times(folded, language),
        *amounts.money(folded, language),
        *amounts.percentages(folded, language),
        *amounts.durations(folded, language),
        *amounts.contacts(folded),
    ):
        if all(seen.end <= other.start or other.end <= seen.start for other in found):
            found.append(seen)
    return sorted(found, key=lambda seen: seen.start)


def parts(folded: str, seen: Sequence[Seen], language: str) -> list[Part]:
    """The sentence cut so that each part has its own values; what has none joins a neighbour.

    Words before the first value, as a condition, belong to it; so do words after the last one.
    """
    between = (
        cut.end()
        for cut in _CUTS[language].finditer(folded)
        if not any(one.start < cut.end() and cut.start() < one.end for one in seen)
    )
    found: list[Part] = []
    begins: int | None = None
    for start, end in pairwise((0, *between, len(folded))):
        inside = [one for one in seen if start <= one.start < end]
        if inside:
            first = start if begins is None else begins
            found.append(Part(start=first, end=end, values=inside))
            begins = None
        elif begins is None and found and not _opens(folded, start, end):
            found[-1] = replace(found[-1], end=end)
        elif begins is None:
            begins = start
    if begins is not None and found:
        found[-1] = replace(found[-1], end=len(folded))
    return found


def _opens(folded: str, start: int, end: int) -> bool:
    """Whether words without a value speak of the value that follows them."""
    return bool(_LEADS.match(folded[start:end])) or folded[end - 1 : end] in ":-"
