"""Which of a sentence's own words say which one is meant: names, and what belongs to a topic."""

import re
from collections.abc import Callable, Collection, Sequence
from functools import cache

from warmline.knowledge.facts.lexicon import unspecific
from warmline.knowledge.facts.spoken import stem, tokens

_IN_FRONT: dict[str, str] = {
    "en": r"for|of|on|with|if|when|to|from|into",
    "ru": r"для|на|при|если|за|из|к|по|в|со|с|когда",
    "pl": r"dla|na|przy|jesli|jezeli|gdy|za|z|ze|do|w",
}
_ADJECTIVE: dict[str, str] = {
    "en": r"[\w'-]+",
    "ru": r"\w{2,}(?:ая|яя|ой|ый|ий|ое|ее|ую|юю|ые|ие|ых|их|ого|его|ому|ым|им|ей)",
    "pl": r"\w{2,}(?:owa|owe|owy|owej|owych|ska|ski|skie|skiej|skich|czna|czne|czny|cznej|na|ne|ny"
    r"|nej|nych|ta|te|ty|tej|cka|cki|ckie|ckiej|ia|nia|nie|niej)",
}
_VERB: dict[str, str] = {
    "en": r"\w+",
    "ru": r"\w+(?:ет|ит|ют|ят|ут|ат|ется|ится|ются|ятся|ем|им|ете|ите|ешь|ишь|ть|ться|ла|ло|ли|на"
    r"|но|ны)",
    "pl": r"\w+(?:uje|emy|amy|imy|ymy|aja|uja|isz|ysz|esz|asz|ac|ic|yc|iec|ana|ane|any|ony|one|ona"
    r"|ajem\w*|sie|ze|za|wa|si|zi|mi|ta|la|lo|li)",
}
_CODE = re.compile(r"[A-ZА-ЯЁ]{2,}[\w-]*\d[\w-]*|[A-ZА-ЯЁ]{4,}|[A-Za-z]+-?\d+[\w-]*")
_REACH = 4
_SHORT = 3


@cache
def _skipped(language: str) -> re.Pattern[str]:
    return re.compile(unspecific(language))


_FOR = {
    "en": re.compile(r"for|if"),
    "ru": re.compile(r"для|если"),
    "pl": re.compile(r"dla|jesli|jezeli"),
}
_CALENDAR = {
    "en": re.compile(
        r"(?:mon|tue|wed|thu|fri|sat|sun)\w*|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*"
        r"|pln|eur|usd|gbp|rub|vat"
    ),
    "ru": re.compile(
        r"понед\w+|вторн\w+|сред\w+|четв\w+|пятн\w+|субб\w+|воскр\w+|январ\w+|феврал\w+|март\w*"
        r"|апрел\w+|ма[йя]|июн\w+|июл\w+|август\w*|сентябр\w+|октябр\w+|ноябр\w+|декабр\w+|руб\w*"
    ),
    "pl": re.compile(
        r"pon\w*|wtor\w+|srod\w+|czwart\w+|piat\w+|sobot\w+|niedz\w+|stycz\w+|lut\w+|mar(?:ca|zec)"
        r"|kwie\w+|maja?|czerw\w+|lip\w+|sierp\w+|wrze\w+|pazdz\w+|listop\w+|grud\w+|zlot\w+|pln"
    ),
}
_FRONT = {language: re.compile(words) for language, words in _IN_FRONT.items()}
Spans = Sequence[tuple[int, int]]
Take = Callable[[re.Match[str]], bool]


def is_usual(word: str, language: str) -> bool:
    """Whether a folded word says nothing about which one is meant."""
    return all(
        any(sign.isdigit() for sign in one)
        or len(one) < _SHORT
        or _skipped(language).fullmatch(one) is not None
        or _CALENDAR[language].fullmatch(one) is not None
        for one in re.split(r"[-']", word)
    )


def all_words(text: str, folded: str, language: str, taken: Spans) -> frozenset[str]:
    """Stems of all words that are not usual, outside of what was read already."""
    return frozenset(
        stem(text[one.start() : one.end()], language)
        for one in tokens(folded)
        if not inside(one.start(), taken)
        and (not is_usual(one[0], language) or _CODE.fullmatch(text[one.start() : one.end()]))
    )


def names(text: str, folded: str, language: str, taken: Spans) -> frozenset[str]:
    """Stems of names and codes: written large where no sentence begins."""
    found: set[str] = set()
    for one in tokens(folded):
        word = text[one.start() : one.end()]
        if inside(one.start(), taken):
            continue
        begins = one.start() == 0 or text[: one.start()].rstrip()[-1:] in {".", "!", "?", ":", "-"}
        large = word[:1].isupper() and not begins and not is_usual(one[0], language)
        if _CODE.fullmatch(word) or large:
            found.add(stem(word, language))
    return frozenset(found)


def around(
    text: str, folded: str, language: str, *, topic: tuple[int, int], taken: Spans
) -> frozenset[str]:
    """Stems of what belongs to a topic: its adjectives, what it is of, what follows `for`."""
    words = tokens(folded)
    found: set[str] = set()

    def take(one: re.Match[str]) -> bool:
        if inside(one.start(), taken) or is_usual(one[0], language):
            return False
        found.add(stem(text[one.start() : one.end()], language))
        return True

    before = next((one for one in reversed(words) if one.end() <= topic[0]), None)
    if (
        before is not None
        and folded[before.end() : topic[0]].strip() == ""
        and re.fullmatch(_ADJECTIVE[language], before[0])
        and not (language == "en" and before[0].endswith("ly"))
    ):
        take(before)
    after = next((one for one in words if one.start() >= topic[1]), None)
    if (
        after is not None
        and language != "en"
        and folded[topic[1] : after.start()].strip() == ""
        and (
            re.fullmatch(_ADJECTIVE[language], after[0])
            or not re.fullmatch(_VERB[language], after[0])
        )
    ):
        take(after)
    _complements(words, folded, language, topic, taken, take)
    return frozenset(found)


def _complements(
    words: Sequence[re.Match[str]],
    folded: str,
    language: str,
    topic: tuple[int, int],
    taken: Spans,
    take: Take,
) -> None:
    for at, one in enumerate(words):
        if inside(one.start(), taken) or not (
            _FOR[language].fullmatch(one[0])
            or (_FRONT[language].fullmatch(one[0]) and _belongs(folded, one.start(), topic))
        ):
            continue
        last = one.end()
        for follower in words[at + 1 : at + 1 + _REACH]:
            if follower[0][0].isdigit() or re.search(r"[,;:().]", folded[last : follower.start()]):
                break
            if inside(follower.start(), taken) or _FRONT[language].fullmatch(follower[0]):
                break
            last = follower.end()
            if not take(follower) and _stops(follower[0], language):
                break


def _belongs(folded: str, at: int, topic: tuple[int, int]) -> bool:
    """Whether a word stands right behind the topic, or opens what is said."""
    return folded[topic[1] : at].strip() == "" if topic[1] <= at else folded[:at].strip() == ""


def _stops(word: str, language: str) -> bool:
    """A usual word that is not small ends what belongs together; `the` and `our` do not."""
    return len(word) > _REACH and not _FRONT[language].fullmatch(word)


def inside(at: int, taken: Collection[tuple[int, int]]) -> bool:
    """Whether a place is in one of the spans."""
    return any(start <= at < end for start, end in taken)
