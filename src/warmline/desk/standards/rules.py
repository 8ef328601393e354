"""Whether what an agent wrote keeps a step: greeted, by name, told what comes next, parted."""

import re
from collections.abc import Callable, Mapping, Sequence

from warmline.desk.standards.model import Step, StepKind
from warmline.storage.stems import fold, words

OPENING_CHARS = 160
"""A greeting stands at the beginning."""
ASKED = 0.6
"""So much of a question's words must be in one that was asked."""
_SHORTEST_NAME = 3
_ENDING = 3
"""A name may be longer by its case: Anna, Annie; Piotr, Piotrze."""
_GREETING = re.compile(
    r"\b(?:hello|hi|hey|good (?:morning|afternoon|evening|day)|dear|greetings|welcome"
    r"|здравствуйте|добрый (?:день|вечер)|доброе утро|доброго (?:дня|вечера|времени)"
    r"|приветств\w+|привет|уважаем\w+"
    r"|dzien dobry|dobry wieczor|witam|witaj|czesc|szanown\w+|hej)\b"
)
_FAREWELL = re.compile(
    r"\b(?:good ?bye|bye|have a (?:\w+ )?(?:day|evening|afternoon|morning|weekend|one|time|week)"
    r"|(?:kind|best|warm) (?:regards|wishes)|regards|sincerely|all the best|take care"
    r"|see you|talk (?:to you )?soon|thank(?:s| you) for (?:contacting|writing|calling|reaching"
    r"|your (?:time|patience|message|call|order))"
    r"|до свидания|всего (?:доброго|хорошего|наилучшего)|(?:хорошего|приятного|доброго) (?:вам )?"
    r"(?:дня|вечера|выходных)|хороших выходных|с уважением|спасибо за (?:обращение|звонок|письмо"
    r"|терпение|сообщение)|спасибо, что (?:обратились|написали|позвонили)|до встречи|удачи"
    r"|do widzenia|do uslyszenia|do zobaczenia|(?:milego|dobrego|udanego) (?:dnia|wieczoru"
    r"|popoludnia|weekendu)|pozdrawiam\w*|z powazaniem|wszystkiego dobrego"
    r"|dziekuj\w+ za (?:kontakt|wiadomosc|rozmowe|cierpliwosc|telefon|zgloszenie))\b"
)
_NEXT = re.compile(
    r"\b(?:(?:i|we)(?:'ll| will| am going to|'m going to| are going to|'re going to)(?! not)"
    r"|(?:you|it|the \w+)(?:'ll| will) (?:receive|get|hear|be|arrive|leave|come)|next steps?"
    r"|let you know|get back to you|as soon as|within \d+|by (?:tomorrow|tonight|monday|tuesday"
    r"|wednesday|thursday|friday|the end of)|please (?:send|reply|wait|check|bring|confirm"
    r"|let (?:me|us))"
    r"|leaves today|leaves tomorrow"
    r"|(?:отправ|сообщ|провер|уточн|вышл|пришл|верн|свяж|перезвон|напиш|оформ|подготов|переда|привез)"
    r"(?:у|ю|им|ем|лю|ем|дим|мся|емся|усь|усь|ам|адим|ет|ут)(?:сь|ся)?|в течение|как только"
    r"|следующ\w+ шаг"
    r"|вы получите|ожидайте|пришлите|подождите|до конца (?:дня|недели)|завтра|дам знать|дадим знать"
    r"|(?:wysl|przesl|sprawdz|skontaktuj|odezw|oddzwoni|poinformuj|przekaz|napisz|przygotuj|zwroc)"
    r"(?:e|emy|imy|my|uje|ujemy)|otrzyma (?:pan|pani|panstwo)|otrzymasz|dam znac|damy znac|w ciagu"
    r"|jak tylko|(?:nastepny|kolejny) krok|do konca (?:dnia|tygodnia)|jutro"
    r"|prosz\w+ (?:o )?(?:przes\w+|odpis\w+|poczek\w+|potwierdz\w+|podac|podanie|wyslac))\b"
)
_QUESTION = re.compile(r"[^.!?\n]*\?")
_SIGNS = re.compile(r"[^\w]+")


def _flat(text: str) -> str:
    return fold(text.replace("’", "'"))


def _bare(text: str) -> str:
    """Words alone, so that a comma or a line's end makes no difference."""
    return f" {_SIGNS.sub(' ', _flat(text)).strip()} "


def greeted(said: Sequence[str]) -> bool:
    """Whether the first message begins with a greeting."""
    return bool(said) and _GREETING.search(_flat(said[0])[:OPENING_CHARS]) is not None


def named(said: Sequence[str], name: str) -> bool | None:
    """Whether the customer was called by a part of the name, in whatever case; None without one.

    >>> named(["Dzień dobry, Pani Anno!"], "Anna Nowak"), named(["Hello!"], "Anna")
    (True, False)
    >>> named(["Hello!"], "") is None
    True
    """
    parts = [one for one in _bare(name).split() if len(one) >= _SHORTEST_NAME]
    if not parts:
        return None
    spoken = {one for text in said for one in _bare(text).split()}
    return any(_is_called(part, one) for part in parts for one in spoken)


def _is_called(part: str, word: str) -> bool:
    stem = part[:-1] if len(part) > _SHORTEST_NAME else part
    return word == part or (word.startswith(stem) and len(word) <= len(part) + _ENDING)


def parted(said: Sequence[str]) -> bool:
    """Whether one of the last two messages says goodbye."""
    return any(_FAREWELL.search(_flat(one)) for one in said[-2:])


def told_next(said: Sequence[str]) -> bool:
    """Whether somewhere is said what comes next."""
    return any(_NEXT.search(_flat(one)) for one in said)


def worded(said: Sequence[str], required: Mapping[str, str]) -> bool:
    """Whether the required words of one language were said, signs aside.

    >>> worded(["Please note: this call is recorded."], {"en": "this call is recorded"})
    True
    """
    spoken = _bare(" ".join(said))
    return any(_bare(one) in spoken for one in required.values() if one.strip())


def asked(said: Sequence[str], wanted: Mapping[str, str]) -> bool:
    """Whether a question was asked that has most of the wanted one's words; any if none is said."""
    questions = [one for text in said for one in _QUESTION.findall(text)]
    stems = [words(one) for one in wanted.values() if one.strip()]
    if not stems:
        return bool(questions)
    return any(
        len(words(question) & each) >= ASKED * len(each) for question in questions for each in stems
    )


def without(said: Sequence[str], required: Sequence[str]) -> Sequence[str]:
    """What was said apart from required words, which tell nothing of this conversation.

    >>> without(["You may withdraw within 30 days. Bye."], ["You may withdraw within 30 days."])
    ['  Bye.']
    """
    left = list(said)
    for words_ in required:
        left = [one.replace(words_, " ") for one in left]
    return left


_RULES: Mapping[StepKind, Callable[[Sequence[str]], bool]] = {
    StepKind.GREETING: greeted,
    StepKind.NEXT_STEP: told_next,
    StepKind.FAREWELL: parted,
}


def kept(step: Step, said: Sequence[str], customer_name: str | None) -> bool | None:
    """Whether what was written keeps a step; None where writing alone cannot say it."""
    rule = _RULES.get(step.kind)
    if rule is not None:
        return rule(said)
    match step.kind:
        case StepKind.NAME:
            return named(said, customer_name or "")
        case StepKind.QUESTION:
            return asked(said, step.words)
        case StepKind.WORDING:
            return worded(said, step.words)
        case _:
            return None
