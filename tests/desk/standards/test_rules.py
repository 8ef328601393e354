"""What agents write in three languages, and whether it keeps a step."""

import pytest

from warmline.desk.standards.model import Script, Step, StepKind, best
from warmline.desk.standards.rules import asked, greeted, kept, named, parted, told_next, worded


@pytest.mark.parametrize(
    "text",
    [
        "Hello, how can I help?", "Hi Anna!", "Good morning, this is Ben.", "Good evening.", "Dear Mr Marsh,",
        "Hey there", "Welcome to the shop", "Здравствуйте!", "Добрый день, Анна.", "Доброе утро",
        "Добрый вечер!", "Приветствую вас", "Уважаемая Вера Ильинична,", "Доброго времени суток",
        "Dzień dobry, w czym pomóc?", "Dobry wieczór", "Witam serdecznie", "Szanowna Pani,", "Cześć Piotrze",
        "  \n Hello",
    ],
)  # fmt: skip
def test_a_greeting_is_heard(text: str):
    assert greeted([text, "Something else."])


@pytest.mark.parametrize(
    "said",
    [
        [], ["What is your order number?"], ["Ваш заказ отправлен."], ["Sprawdzam zamówienie."],
        ["One moment.", "Hello"], ["The hidden fee is gone."], ["x" * 200 + " hello"],
    ],
)  # fmt: skip
def test_what_is_no_greeting_is_none(said: list[str]):
    assert not greeted(said)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Thank you, Anna.", "Anna Nowak"), ("Dear Mr Marsh,", "Peter Marsh"), ("Pani Anno, już sprawdzam", "Anna Nowak"),
        ("Panie Piotrze!", "Piotr Zieliński"), ("Спасибо, Вера.", "Вера Ильина"), ("Уважаемый Пётр!", "Петр Иванов"),
        ("Дорогой Павел Андреевич", "Павел Смирнов"), ("ANNA, one moment", "anna"), ("Hello Łukasz", "Lukasz"),
        ("Анне Петровой отправлено", "Анна Петрова"),
    ],
)  # fmt: skip
def test_a_name_is_heard_in_whatever_case(text: str, name: str):
    assert named([text], name) is True


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Thank you.", "Anna Nowak"), ("Another day", "Anna"), ("Dziękuję", "Piotr Zieliński"),
        ("Вероятно, завтра", "Вера"), ("Hello Peter", "Anna Marsh"),
    ],
)  # fmt: skip
def test_another_word_is_no_name(text: str, name: str):
    assert named([text], name) is False


def test_who_has_no_name_cannot_be_called_by_it():
    assert named(["Hello!"], "") is None
    assert named(["Hello!"], "Li") is None


@pytest.mark.parametrize(
    "text",
    [
        "I'll send a new one today.", "We will get back to you.", "You will receive an e-mail.", "I am going to check it.",
        "It is sent within 2 days.", "Please send me a photo.", "A new one leaves today by courier.", "I’ll let you know.",
        "Отправим новый сегодня.", "Я сообщу вам завтра.", "Вы получите письмо.", "Ответ придёт в течение часа",
        "Пришлите, пожалуйста, фото.", "Свяжемся с вами.", "Как только узнаем, напишу.", "Мы вернёмся с ответом",
        "Wyślemy nowy jeszcze dziś.", "Sprawdzę i dam znać.", "Otrzyma Pani wiadomość.", "Paczka dotrze w ciągu 2 dni.",
        "Odezwę się jutro.", "Proszę o przesłanie zdjęcia.", "Skontaktujemy się z Panem.",
    ],
)  # fmt: skip
def test_what_comes_next_is_heard(text: str):
    assert told_next(["Hello.", text])


@pytest.mark.parametrize(
    "text",
    ["Thank you.", "The lamp is white.", "I will not do that.", "Спасибо за фото.", "Лампа белая.",
     "Dziękuję za zdjęcie.", "Lampa jest biała.", ""],
)  # fmt: skip
def test_what_says_nothing_of_later_is_no_next_step(text: str):
    assert not told_next([text])


@pytest.mark.parametrize(
    "text",
    [
        "Goodbye!", "Have a nice day.", "Have a good one", "Kind regards, Anna", "Thank you for contacting us.",
        "All the best", "Take care", "Thanks for your patience!", "До свидания!", "Всего доброго", "Хорошего вам дня!",
        "С уважением, Анна", "Спасибо за обращение.", "Спасибо, что написали, Вера.", "Приятного вечера",
        "Do widzenia", "Miłego dnia!", "Pozdrawiam serdecznie", "Z poważaniem", "Dziękujemy za wiadomość, Anno.",
        "Do usłyszenia", "Życzę udanego weekendu",
    ],
)  # fmt: skip
def test_a_farewell_is_heard(text: str):
    assert parted(["Hello.", text])
    assert parted([text, "And the link: https://shop.example"])


@pytest.mark.parametrize(
    "text", ["Thank you.", "One moment", "Ваш заказ в пути", "Proszę czekać", ""]
)
def test_what_is_no_farewell_is_none(text: str):
    assert not parted([text])


def test_a_farewell_long_ago_does_not_count():
    assert not parted(["Have a nice day.", "Wait, one thing.", "Is it white?"])


def test_required_words_count_in_any_language_and_without_their_signs():
    required = {"en": "This call may be recorded.", "pl": "Rozmowa może być nagrywana."}
    assert worded(["Hello. This call,\nmay be recorded!"], required)
    assert worded(["Rozmowa może być", "nagrywana"], required)
    assert not worded(["This call is long."], required)


def test_a_question_counts_with_most_of_its_words():
    wanted = {"en": "What is your order number?", "ru": "Какой номер заказа?"}
    assert asked(["May I have your order number, what is it?"], wanted)
    assert asked(["Подскажите, какой у вас номер заказа?"], wanted)
    assert not asked(["How are you?"], wanted)
    assert not asked(["Your order number is 5."], wanted)
    assert asked(["Is it white?"], {})


def test_a_solution_is_never_read_from_text():
    assert kept(Step(id="a", kind=StepKind.SOLUTION), ["It is solved."], "Anna") is None


def test_the_script_that_fits_most_closely_is_taken():
    def script(id_: str, queue: str, reason: str) -> Script:
        return Script(id=id_, version=1, name=id_, queue=queue, reason=reason, steps=())

    every = [
        script("all", "", ""),
        script("reason", "", "return"),
        script("queue", "shop", ""),
        script("both", "shop", "return"),
    ]
    assert best(every, "shop", "return") == every[3]
    assert best(every, "shop", None) == every[2]
    assert best(every, "mail", "return") == every[1]
    assert best(every, None, None) == every[0]
    assert best([], "shop", None) is None
