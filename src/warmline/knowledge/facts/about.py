"""What a stretch of text is about: its topics, places, conditions, and words of its own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from warmline.knowledge.facts import own_words
from warmline.knowledge.facts.lexicon import DEFAULTS, cue, terms
from warmline.knowledge.facts.own_words import Spans

WEAK = frozenset({"price", "account", "call_cost", "link", "payment", "booking", "visit"})
"""Topics that give way to any other beside them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A topic or a condition at its place; before the text where it only goes on from elsewhere."""

    name: str
    start: int = -1
    end: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a stretch of text is about."""

    topics: Sequence[Spot] = ()
    places: Sequence[Spot] = ()
    conditions: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()

    @property
    def strong(self) -> Sequence[Spot]:
        """The topics that do not give way."""
        return [one for one in self.topics if one.name not in WEAK]

    @property
    def topic(self) -> str | None:
        """What it is about before all, None when it does not say."""
        return next((one.name for one in (*self.strong, *self.topics)), None)

    @property
    def stands_alone(self) -> bool:
        """Whether its first topic is said in it, not taken from elsewhere."""
        return bool(self.topics) and self.topics[0].start >= 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Above:
    """What was said before: the sentence before, the heading, the title and all words of it."""

    before: About
    heading: About
    title: About
    title_words: frozenset[str]

    def wider(self) -> Sequence[About]:
        """From the nearest to the widest."""
        return self.before, self.heading, self.title


@cache
def _pattern(name: str, language: str) -> re.Pattern[str]:
    each = (
        rf"(?P<{one.name.replace(':', '__')}>(?<![\w-])(?:{one.said[language]})(?!\w))"
        for one in terms(name)
    )
    return re.compile("|".join(each))


@cache
def pattern_of(name: str, language: str) -> re.Pattern[str]:
    """The words of a cue."""
    return re.compile(cue(name, language))


def _spots(name: str, folded: str, language: str) -> list[Spot]:
    return [
        Spot(name=str(found.lastgroup).replace("__", ":"), start=found.start(), end=found.end())
        for found in _pattern(name, language).finditer(folded)
    ]


def about(text: str, folded: str, language: str, values: Spans = ()) -> About:
    """What a text is about, apart from its `values`."""
    topics = _spots("topics", folded, language)
    strong = [(one.start, one.end) for one in topics if one.name not in WEAK]
    met = [
        one
        for one in _spots("conditions", folded, language)
        if one.name == "how:pickup" or not own_words.inside(one.start, strong)
    ]
    covered = [*values, *((one.start, one.end) for one in (*topics, *met))]
    own = own_words.names(text, folded, language, covered)
    if topics:
        own |= own_words.around(
            text, folded, language, topic=(topics[0].start, topics[0].end), taken=covered
        )
    return About(
        topics=topics,
        places=_spots("places", folded, language),
        conditions=frozenset(one.name for one in met) - DEFAULTS,
        own=own,
    )


def going_on(here: About, wider: About) -> About:
    """The same with the topic and the place of words before it, where it has none itself."""
    topics = here.topics
    if not here.strong and wider.topic is not None:
        topics = [Spot(name=wider.topic), *topics]
    places = [Spot(name=one.name) for one in wider.places[:1]]
    return replace(here, topics=topics, places=here.places or places)


def under(here: About, lead: frozenset[str]) -> About:
    """The same under the conditions of a whole sentence, as far as it says no other itself."""
    groups = {one.partition(":")[0] for one in here.conditions}
    more = frozenset(one for one in lead if one.partition(":")[0] not in groups)
    return replace(here, conditions=here.conditions | more)
