"""What is wrong with a row, in words, in the three languages of the screens."""

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from warmline.storage.rows import Row

Locale: TypeAlias = Literal["en", "ru", "pl"]

HEADER: Mapping[Locale, Sequence[str]] = {
    "en": ("line", "field", "what is wrong", "row"),
    "ru": ("строка", "поле", "что не так", "содержимое"),
    "pl": ("wiersz", "pole", "co jest nie tak", "zawartość"),
}

_EN: Mapping[str, str] = {
    "missing": "It is missing.",
    "too_long": "It has more than {max} characters.",
    "bad_letters": "It holds signs that do not exist in this encoding.",
    "no_amount": "This is not an amount of money.",
    "negative": "It is less than nothing; a return has the status “returned”.",
    "too_precise": "It has more than {max} digits after the decimal sign.",
    "too_large": "The number is over {max}.",
    "other_currency": "The amount is in another currency than {item}.",
    "no_currency": "This is not a currency code (ISO 4217).",
    "no_number": "This is not a whole number.",
    "no_status": "“{item}” is not a status that we know.",
    "no_language": "This is not a language code, like “pl”.",
    "no_date": "This is not a date in the order that was set.",
    "out_of_range": "The date is before 1970 or after 9999.",
    "no_email": "This is not an e-mail address.",
    "no_phone": "This is not a phone number.",
    "unending": "A quoted cell does not end.",
    "too_many_cells": "The row has more than {max} cells.",
    "no_json": "The line is not a JSON object.",
    "bad_encoding": "The file is not in this encoding.",
    "nested": "A value is neither a text nor a number.",
    "wrong_length": "It is empty or too long.",
}
_RU: Mapping[str, str] = {
    "missing": "Не заполнено.",
    "too_long": "Больше {max} символов.",
    "bad_letters": "Есть знаки, которых нет в этой кодировке.",
    "no_amount": "Это не денежная сумма.",
    "negative": "Сумма меньше нуля; у возврата должен быть статус «returned».",
    "too_precise": "После запятой больше {max} цифр.",
    "too_large": "Число больше {max}.",
    "other_currency": "Сумма не в валюте {item}.",
    "no_currency": "Это не код валюты (ISO 4217).",
    "no_number": "Это не целое число.",
    "no_status": "Статус «{item}» нам неизвестен.",
    "no_language": "Это не код языка, например «pl».",
    "no_date": "Это не дата в заданном порядке.",
    "out_of_range": "Дата раньше 1970 или позже 9999 года.",
    "no_email": "Это не адрес почты.",
    "no_phone": "Это не номер телефона.",
    "unending": "Ячейка в кавычках не закрыта.",
    "too_many_cells": "В строке больше {max} ячеек.",
    "no_json": "Строка — не объект JSON.",
    "bad_encoding": "Файл не в этой кодировке.",
    "nested": "Значение — не текст и не число.",
    "wrong_length": "Пусто или слишком длинно.",
}
_PL: Mapping[str, str] = {
    "missing": "Brak wartości.",
    "too_long": "Więcej niż {max} znaków.",
    "bad_letters": "Są znaki, których nie ma w tym kodowaniu.",
    "no_amount": "To nie jest kwota.",
    "negative": "Kwota jest ujemna; zwrot ma status „returned”.",
    "too_precise": "Po przecinku jest więcej niż {max} cyfr.",
    "too_large": "Liczba jest większa niż {max}.",
    "other_currency": "Kwota nie jest w walucie {item}.",
    "no_currency": "To nie jest kod waluty (ISO 4217).",
    "no_number": "To nie jest liczba całkowita.",
    "no_status": "Nie znamy statusu „{item}”.",
    "no_language": "To nie jest kod języka, na przykład „pl”.",
    "no_date": "To nie jest data w ustawionej kolejności.",
    "out_of_range": "Data jest sprzed 1970 lub po 9999 roku.",
    "no_email": "To nie jest adres e-mail.",
    "no_phone": "To nie jest numer telefonu.",
    "unending": "Komórka w cudzysłowie się nie kończy.",
    "too_many_cells": "Wiersz ma więcej niż {max} komórek.",
    "no_json": "Wiersz nie jest obiektem JSON.",
    "bad_encoding": "Plik nie jest w tym kodowaniu.",
    "nested": "Wartość nie jest ani tekstem, ani liczbą.",
    "wrong_length": "Puste albo za długie.",
}
SAID: Mapping[Locale, Mapping[str, str]] = {"en": _EN, "ru": _RU, "pl": _PL}


def said(locale: Locale, fault: Row) -> str:
    """What is wrong, as a sentence; in English where there is none yet."""
    sentence = SAID[locale].get(fault["code"])
    if sentence is None:
        return fault["detail"]
    try:
        return sentence.format(**fault["facts"])
    except (KeyError, IndexError):
        return fault["detail"]
