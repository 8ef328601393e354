"""Words that say it themselves, in three languages: they overrule what the model hears."""

import re
from collections.abc import Mapping

UNHAPPY = -0.8
GLAD = 0.6
UPSET = -0.2
"""Thanks from somebody who sounds more unhappy than this may be bitter: the model's stands."""
SHORT_WORDS = 6
"""Thanks in so few words is the whole message; in a longer one it may be mere politeness."""

_STEMS: Mapping[str, str] = {
    "complaint": (
        r"(?:formal|official|file|make|lodge)\s+(?:an?\s+)?(?:\w+\s+)?complaint|complain(?:ing)?\s+(?:to|about)"
        r"|(?:подам|подаю|напишу|пишу|оставлю|буду\s+писать)\s+(?:\w+\s+)?(?:жалобу|претензию)|буду\s+жаловаться|пожалуюсь"
        r"|(?:składam|złożę|piszę|napiszę)\s+(?:\w+\s+)?(?:skargę|zażalenie)|poskarżę\s+się"
    ),
    "lawyer": (
        r"my\s+(?:lawyer|solicitor|attorney)|take\s+(?:you\s+to\s+court|legal\s+action)|sue\s+you|see\s+you\s+in\s+court"
        r"|мо(?:й|его|им|ему)\s+(?:юрист|адвокат)\w*|пода(?:м|ю|дим)\s+(?:на\s+вас\s+)?в\s+суд|увидимся\s+в\s+суде"
        r"|mo(?:im|jego|jemu|j)\s+(?:prawnik|adwokat)\w*|pozwę|do\s+sądu|spotkamy\s+się\s+w\s+sądzie"
    ),
    "regulator": (
        r"\bombudsman|trading\s+standards|consumer\s+protection|report\s+you\s+to"
        r"|роспотребнадзор\w*|в\s+прокуратуру|жалоб\w*\s+в\s+(?:центральный\s+банк|цб)"
        r"|uokik\w*|rzecznik\w*\s+(?:konsument|finansow)\w*|zgłoszę\s+(?:to|was|sprawę)\s+(?:do|na)"
    ),
    "profanity": (
        r"f+u+c+k\w*|bullshit|\bcrap\b|screw\s+you|piss\s+off|assholes?|bastards?"
        r"|\bсук[аи]\b|бля(?:дь|ть)?\b|\bхрен\w*|\bдерьм\w*|\bговно\w*|пош[её]л\w*\s+(?:вы|ты)?\s*(?:в|на)\s|\bуроды\b|\bидиоты\b"
        r"|kurw\w*|\bgówn\w*|\bchuj\w*|spierdal\w*|\bdebil\w*|\bidioci\b|\bcholern\w*"
    ),
    "blame": (
        r"(?:do\s+not|don't|would\s*n[o']t|cannot|can't)\s+recommend|thanks?\s+(?:you\s+)?for\s+nothing"
        r"|не\s+(?:рекомендую|советую)|никому\s+не\s+посоветую|спасибо\s+ни\s+за\s+что"
        r"|nie\s+polecam|odradzam|dzięk\w+\s+za\s+nic"
    ),
    "thanks": (
        r"\bthanks?\b|thank\s+you|\bthx\b|\bcheers\b|appreciate"
        r"|спасиб\w*|благодар\w*|\bспс\b"
        r"|dzięk\w*|\bdzieki\b"
    ),
}
_FOUND = {kind: re.compile(rf"(?<!\w)(?:{stems})", re.IGNORECASE) for kind, stems in _STEMS.items()}
_NOT = re.compile(
    r"(?:\b(?:no|not|without|never|n't|don't|нет|не|без|ни|nie|bez|brak|żadn\w+)\s+(?:\w+\s+){0,2})$",
    re.IGNORECASE,
)


def signs(text: str) -> frozenset[str]:
    """Which kinds of telling words are in a text, those that are denied left out.

    >>> sorted(signs("I will file a complaint, you bastards"))
    ['complaint', 'profanity']
    >>> signs("I do not want to file a complaint")
    frozenset()
    """
    return frozenset(
        kind
        for kind, pattern in _FOUND.items()
        if any(not _NOT.search(text[: found.start()]) for found in pattern.finditer(text))
    )


def overruled(text: str, mood: float) -> float | None:
    """The mood that the words say themselves, or None where the model's stands.

    >>> overruled("Спасибо!", 0.1)
    0.6
    >>> overruled("My lawyer will call you", -0.2)
    -0.8
    >>> overruled("Thanks for nothing", 0.8)
    -0.8
    >>> overruled("Thanks, but it is broken again", -0.7) is None
    True
    """
    found = signs(text)
    if found - {"thanks"}:
        return UNHAPPY if mood > UNHAPPY else None
    if "thanks" in found and len(text.split()) <= SHORT_WORDS and UPSET <= mood < GLAD:
        return GLAD
    return None
