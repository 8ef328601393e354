"""The facts that a text states: each value with its topic, conditions and own words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from warmline.knowledge.facts import own_words
from warmline.knowledge.facts.about import (
    WEAK,
    About,
    Above,
    Spot,
    about,
    going_on,
    pattern_of,
    under,
)
from warmline.knowledge.facts.amounts import Seen
from warmline.knowledge.facts.meaning import (
    aspect,
    conditions_of,
    counting,
    exact,
    settled,
    short,
    threshold,
)
from warmline.knowledge.facts.model import Fact, Kind, StoredText, Value
from warmline.knowledge.facts.moments import days_of
from warmline.knowledge.facts.sentences import Part, Sentence, parts, sentences, values
from warmline.knowledge.facts.spoken import composed, fold, language_of

FACTS_LIMIT = 200
_JOINED = re.compile(r"\s*(?:and|or|и|или|i|lub|oraz|albo|&|/|,)\s*")
_PHONE = re.compile(
    r"\+|\b(?:call|phone|tel|hotline|number|ring|звон\w+|тел\w*|номер\w*|лини\w+|dzwon\w*|zadzwon\w*"
    r"|telefon\w*|infolini\w+|numer\w*|kontakt\w*|contact)\b"
)
_ONE_WORD = frozenset({"ru", "pl"})
"""Languages in which goods and money go back by one word, so that what stands above decides."""
_AMOUNTS = frozenset({Kind.MONEY, Kind.PERCENT, Kind.DURATION})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """A part of a sentence with all that is known of it."""

    sentence: Sentence
    part: Part
    here: About
    above: Above
    language: str

    @property
    def text(self) -> str:
        return self.sentence.text[self.part.start : self.part.end]

    @property
    def folded(self) -> str:
        return self.sentence.folded[self.part.start : self.part.end]


def facts(text: StoredText) -> list[Fact]:
    """All facts of a text, in order; at most `FACTS_LIMIT`.

    What is asked, told as an example or of the past, is none.
    """
    language = language_of(f"{text.title} {text.text}", text.language)
    title = composed(text.title)
    about_title = about(title, fold(title), language)
    title_words = own_words.all_words(title, fold(title), language, ())
    before, paragraph = About(), -1
    found: list[Fact] = []
    for sentence in sentences(text.text):
        if sentence.paragraph != paragraph:
            before, paragraph = About(), sentence.paragraph
        above = Above(
            before=before,
            heading=about(sentence.heading, fold(sentence.heading), language),
            title=about_title,
            title_words=title_words,
        )
        seen = values(sentence.folded, language)
        whole = about(
            sentence.text, sentence.folded, language, [(one.start, one.end) for one in seen]
        )
        if not sentence.asked:
            for piece in _pieces(sentence, seen, whole, above, language):
                found += _of(piece)
        if whole.topics or whole.places:
            before = whole
        if len(found) >= FACTS_LIMIT:
            break
    return found[:FACTS_LIMIT]


def _pieces(
    sentence: Sentence, seen: Sequence[Seen], whole: About, above: Above, language: str
) -> list[_Piece]:
    found: list[_Piece] = []
    said: About | None = None
    lead = _lead(sentence, seen, language)
    for part in parts(sentence.folded, seen, language):
        text, folded = (one[part.start : part.end] for one in (sentence.text, sentence.folded))
        if any(pattern_of(name, language).search(folded) for name in ("past", "example")):
            continue
        taken = [(one.start - part.start, one.end - part.start) for one in part.values]
        here = about(text, folded, language, taken)
        if said is not None and not here.conditions and not here.strong:
            # "... and costs 9 zl" goes on with the same thing.
            here = replace(here, conditions=said.conditions, own=here.own or said.own)
        if said is not None:
            here = going_on(here, said)
        here = going_on(here, whole)
        if any(one.start >= 0 for one in here.topics):
            # What the sentence before was about is over.
            above = replace(above, before=About())
        piece = _Piece(
            sentence=sentence, part=part, here=under(here, lead), above=above, language=language
        )
        found.append(piece)
        said = here
    return found


def _lead(sentence: Sentence, seen: Sequence[Seen], language: str) -> frozenset[str]:
    """The conditions that stand before a whole sentence: "For members, ..."."""
    first = seen[0].start if seen else 0
    ends = max(sentence.folded.rfind(mark, 0, first) for mark in (", ", ": ", " - "))
    if ends < 0:
        return frozenset()
    return about(sentence.text[:ends], sentence.folded[:ends], language).conditions


def _of(piece: _Piece) -> list[Fact]:
    part, folded, language = piece.part, piece.folded, piece.language
    roles = [
        threshold(folded, one, language, beside=part.values, at=one.start - part.start)
        for one in part.values
    ]
    both = list(zip(part.values, roles, strict=True))
    steps = frozenset(f"order:{role}{short(one)}" for one, role in both if role)
    others = frozenset(short(one) for one, role in both if not role)
    found: list[Fact] = []
    for seen, role in both:
        if seen.kind is Kind.PHONE and not _PHONE.search(folded):
            continue
        for topic in _topics(seen, piece):
            conditions = counting(
                seen, topic, conditions_of(piece.here, topic, piece.above.wider())
            )
            if not role and seen.kind in _AMOUNTS:
                conditions |= steps
            own = _own(topic, piece) | (others if role else frozenset[str]())
            place = (part.start, part.end)
            found.append(
                Fact(
                    kind=seen.kind,
                    value=exact(seen.value) if role else _with_days(seen, piece),
                    topic=topic,
                    aspect=role or aspect(seen, topic, piece.sentence.folded, place, language),
                    conditions=conditions,
                    own=own,
                    sentence=piece.sentence.text,
                    start=seen.start,
                    end=seen.end,
                )
            )
    return [one for one in found if one.topic or one.own]


def _with_days(seen: Seen, piece: _Piece) -> Value:
    if seen.kind is not Kind.HOURS:
        return seen.value
    sentence = piece.sentence
    for text in (piece.folded, sentence.folded, fold(sentence.heading)):
        if days := days_of(text, piece.language):
            return replace(seen.value, unit=days)
    return seen.value


def _topics(seen: Seen, piece: _Piece) -> list[str]:
    """What a value is about; several for "exchange or return", one empty for no topic."""
    here, above = piece.here, piece.above
    if seen.kind in {Kind.HOURS, Kind.PHONE, Kind.EMAIL}:
        return [_place(seen, here, above)]
    if seen.kind is Kind.MONEY and _names_goods(piece):
        return [""]
    free = _not_behind(here.topics, seen, piece) or list(here.topics)
    strong = [one for one in free if one.name not in WEAK]
    if not strong:
        wide = next((one.topic for one in above.wider() if one.strong), None)
        strong = [Spot(name=wide)] if wide is not None else free
    if not strong:
        return [""]
    named = [strong[0].name]
    for one, following in pairwise(strong):
        if one.end < 0 or not _JOINED.fullmatch(piece.folded[one.end : following.start]):
            break
        named.append(following.name)
    beside = [one.name for one in strong]
    wider = {one.topic for one in above.wider()}
    around = {one.name for one in here.topics} | wider
    if "refund" in wider and piece.language in _ONE_WORD:
        named = ["refund" if one == "return" else one for one in named]
    return list(dict.fromkeys(settled(seen, one, beside, around) for one in named))


def _names_goods(piece: _Piece) -> bool:
    """Whether a price says itself of what, in words of no topic: "a new switch costs 12 €"."""
    said = [one for one in piece.here.topics if one.start >= 0]
    return (
        [one.name for one in said] == ["price"]
        and not piece.here.conditions
        and bool(_words(piece))
    )


def _words(piece: _Piece) -> frozenset[str]:
    start = piece.part.start
    taken = [(one.start - start, one.end - start) for one in piece.part.values]
    taken += [(one.start, one.end) for one in piece.here.topics if one.start >= 0]
    return own_words.all_words(piece.text, piece.folded, piece.language, taken)


def _not_behind(spots: Sequence[Spot], seen: Seen, piece: _Piece) -> list[Spot]:
    """Topics that do not only say after what: "after the return is accepted"."""
    at, folded = seen.start - piece.part.start, piece.folded
    after = [one.start() for one in pattern_of("after", piece.language).finditer(folded)]

    def is_behind(spot: Spot) -> bool:
        for start in after:
            if start <= spot.start and "," not in folded[start : spot.start]:
                return not start < at < spot.start
        return False

    return [one for one in spots if not is_behind(one)]


def _place(seen: Seen, here: About, above: Above) -> str:
    """Whose hours, telephone or address it is."""
    if here.places:
        return here.places[0].name
    for one in (here, *above.wider()):
        if one is not here and one.places:
            return one.places[0].name
        strong = [spot.name for spot in one.strong if spot.name != "response"]
        if strong:
            return strong[0]
    return "open" if seen.kind is Kind.HOURS else "contact"


def _own(topic: str, piece: _Piece) -> frozenset[str]:
    """The words of its own that name which one is meant."""
    here, above = piece.here, piece.above
    if not topic:
        return _words(piece) or above.title_words
    if here.own or here.stands_alone:
        return here.own
    return next((one.own for one in above.wider() if one.topic == topic), frozenset[str]())
