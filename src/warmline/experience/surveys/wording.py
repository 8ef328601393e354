"""What the page and the mail of a survey say, in English, Russian and Polish."""

from collections.abc import Mapping

from warmline.experience.surveys.model import (
    SCALES,
    Feeling,
    Question,
    QuestionKind,
    Words,
    in_language,
)

_FEELINGS: Mapping[Feeling, Words] = {
    Feeling.GLAD: {
        "en": "They were glad that I got in touch",
        "ru": "Мне были рады",
        "pl": "Cieszyli się, że się odzywam",
    },
    Feeling.UNDERSTOOD: {
        "en": "They understood what I need",
        "ru": "Меня поняли",
        "pl": "Rozumieli, czego potrzebuję",
    },
    Feeling.BEST_ANSWER: {
        "en": "They looked for the best answer for me",
        "ru": "Для меня искали лучшее решение",
        "pl": "Szukali najlepszej odpowiedzi dla mnie",
    },
    Feeling.AGAIN: {
        "en": "They would be glad to hear from me again",
        "ru": "Мне будут рады и в следующий раз",
        "pl": "Ucieszą się, gdy odezwę się znowu",
    },
}
_USUAL: Mapping[QuestionKind, Words] = {
    QuestionKind.CSAT: {"en": "How was it?", "ru": "Как всё прошло?", "pl": "Jak było?"},
    QuestionKind.NPS: {
        "en": "Would you recommend us to a friend?",
        "ru": "Посоветуете нас знакомым?",
        "pl": "Czy polecisz nas znajomym?",
    },
    QuestionKind.CES: {
        "en": "How easy was it to get help?",
        "ru": "Легко ли было получить помощь?",
        "pl": "Jak łatwo było uzyskać pomoc?",
    },
}
ENDS: Mapping[QuestionKind, Mapping[str, tuple[str, str]]] = {
    QuestionKind.CSAT: {
        "en": ("poor", "great"),
        "ru": ("плохо", "отлично"),
        "pl": ("źle", "świetnie"),
    },
    QuestionKind.NPS: {
        "en": ("not at all", "for sure"),
        "ru": ("точно нет", "точно да"),
        "pl": ("na pewno nie", "na pewno tak"),
    },
    QuestionKind.CES: {
        "en": ("very hard", "very easy"),
        "ru": ("очень трудно", "очень легко"),
        "pl": ("bardzo trudno", "bardzo łatwo"),
    },
    QuestionKind.FEELING: {
        "en": ("not at all", "completely"),
        "ru": ("совсем нет", "полностью"),
        "pl": ("wcale", "w pełni"),
    },
}
"""What the two ends of a scale mean."""

PAGE: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Tell us how it was",
        "send": "Send",
        "save": "Save the change",
        "change": "Change my answers",
        "thanks": "Thank you, this helps us.",
        "until": "You can change your answers until {day}.",
        "more": "Saved. One more question:",
        "optional": "optional",
        "empty": "Answer at least one question.",
        "too_long": "This is too long: at most {n} characters.",
        "not_understood": "This answer was not understood. Choose again.",
        "over": "This survey is over",
        "over_more": "Answers are no longer taken. You can always write to us.",
        "gone": "There is no survey here",
        "gone_more": "Look whether the whole address was copied.",
        "slow": "Too many requests. Try again in {n} s.",
        "footer": "Answers go to the people who helped you and to their team.",
        "preview": "Preview",
    },
    "ru": {
        "title": "Расскажите, как всё прошло",
        "send": "Отправить",
        "save": "Сохранить изменения",
        "change": "Изменить ответы",
        "thanks": "Спасибо, это нам поможет.",
        "until": "Ответы можно менять до {day}.",
        "more": "Сохранено. Ещё один вопрос:",
        "optional": "по желанию",
        "empty": "Ответьте хотя бы на один вопрос.",
        "too_long": "Слишком длинно: не больше {n} знаков.",
        "not_understood": "Ответ не распознан. Выберите ещё раз.",
        "over": "Опрос завершён",
        "over_more": "Ответы больше не принимаются. Но написать нам можно всегда.",
        "gone": "Здесь нет опроса",
        "gone_more": "Проверьте, что адрес скопирован целиком.",
        "slow": "Слишком много запросов. Повторите через {n} с.",
        "footer": "Ответы увидят те, кто вам помогал, и их команда.",
        "preview": "Просмотр",
    },
    "pl": {
        "title": "Powiedz, jak było",
        "send": "Wyślij",
        "save": "Zapisz zmiany",
        "change": "Zmień odpowiedzi",
        "thanks": "Dziękujemy, to nam pomoże.",
        "until": "Odpowiedzi można zmieniać do {day}.",
        "more": "Zapisano. Jeszcze jedno pytanie:",
        "optional": "nieobowiązkowe",
        "empty": "Odpowiedz przynajmniej na jedno pytanie.",
        "too_long": "To za długie: najwyżej {n} znaków.",
        "not_understood": "Nie rozumiemy tej odpowiedzi. Wybierz jeszcze raz.",
        "over": "Ankieta jest zakończona",
        "over_more": "Nie przyjmujemy już odpowiedzi. Zawsze można do nas napisać.",
        "gone": "Nie ma tu ankiety",
        "gone_more": "Sprawdź, czy adres został skopiowany w całości.",
        "slow": "Za dużo zapytań. Spróbuj ponownie za {n} s.",
        "footer": "Odpowiedzi zobaczą osoby, które pomagały, i ich zespół.",
        "preview": "Podgląd",
    },
}
MAIL: Mapping[str, Mapping[str, str]] = {
    "en": {
        "subject": "How was it?",
        "text": "You were in touch with us. How was it? A minute is enough:",
        "link": "Tell us how it was",
        "closing": "The address is yours alone; it works until {day}.",
    },
    "ru": {
        "subject": "Как всё прошло?",
        "text": "Вы недавно обращались к нам. Как всё прошло? Минуты хватит:",
        "link": "Рассказать, как всё прошло",
        "closing": "Ссылка только для вас и работает до {day}.",
    },
    "pl": {
        "subject": "Jak było?",
        "text": "Niedawno był z nami kontakt. Jak było? Wystarczy minuta:",
        "link": "Powiedz, jak było",
        "closing": "Adres jest tylko dla Ciebie i działa do {day}.",
    },
}

PHONE: Mapping[str, Mapping[str, str]] = {
    "en": {
        "opening": "Before you hang up: a few short questions about this call.",
        "scale": "{question}. Press {low} to {high}. {low} is {worst}, {high} is {best}.",
        "ten": "{question}. Press zero to nine, or the star for ten. Zero is {worst}, ten {best}.",
        "choice": "{question}.",
        "option": "Press {n}: {option}.",
        "thanks": "Thank you. Goodbye.",
    },
    "ru": {
        "opening": "Прежде чем вы положите трубку: несколько коротких вопросов об этом звонке.",
        "scale": "{question}. Нажмите цифру от {low} до {high}. {low}: {worst}, {high}: {best}.",
        "ten": "{question}. Нажмите цифру от нуля до девяти, звёздочка — десять. Ноль: {worst},"
        " десять: {best}.",
        "choice": "{question}.",
        "option": "Нажмите {n}: {option}.",
        "thanks": "Спасибо. До свидания.",
    },
    "pl": {
        "opening": "Zanim odłożysz słuchawkę: kilka krótkich pytań o tę rozmowę.",
        "scale": "{question}. Naciśnij cyfrę od {low} do {high}. {low}: {worst}, {high}: {best}.",
        "ten": "{question}. Naciśnij cyfrę od zera do dziewięciu albo gwiazdkę, czyli dziesięć."
        " Zero: {worst}, dziesięć: {best}.",
        "choice": "{question}.",
        "option": "Naciśnij {n}: {option}.",
        "thanks": "Dziękujemy. Do usłyszenia.",
    },
}
"""What is said to whoever answers by keys."""


def spoken(language: str | None) -> str:
    """The language that the page speaks for somebody of a language: one of ours.

    >>> spoken("pl-PL"), spoken("de"), spoken(None)
    ('pl', 'en', 'en')
    """
    tag = (language or "en").split("-", maxsplit=1)[0].lower()
    return tag if tag in PAGE else "en"


def asked(question: Question, language: str) -> str:
    """The words of a question in a language: its own, else the usual ones of its kind."""
    words = question.words
    if not words and question.feeling is not None:
        words = _FEELINGS[question.feeling]
    return in_language(words or _USUAL.get(question.kind, {}), language)


KEYS = 9
"""The choices that can be told apart by one key."""
STAR = "*"


def keys_of(question: Question) -> Mapping[str, int]:
    """What each key of a telephone means; none for what cannot be answered by keys.

    >>> keys_of(Question(id="ease", kind=QuestionKind.CES))["7"]
    7
    """
    if question.kind is QuestionKind.CHOICE:
        many = len(question.options)
        return {str(n): n for n in range(1, many + 1)} if many <= KEYS else {}
    scale = SCALES.get(question.kind, range(0))
    return {STAR if n > KEYS else str(n): n for n in scale}


def spoken_question(question: Question, language: str) -> str:
    """A question as it is said on the telephone, with what to press."""
    words = PHONE[language]
    said = asked(question, language).rstrip(".?!")
    if question.kind is QuestionKind.CHOICE:
        options = [
            words["option"].format(n=n, option=in_language(option, language))
            for n, option in enumerate(question.options.values(), 1)
        ]
        return " ".join([words["choice"].format(question=said), *options])
    scale = SCALES[question.kind]
    worst, best = ENDS[question.kind][language]
    form = words["ten" if scale[-1] > KEYS else "scale"]
    return form.format(question=said, low=scale[0], high=scale[-1], worst=worst, best=best)
