"""The words of the readable export, in English, Russian and Polish."""

from collections.abc import Mapping
from typing import TypeAlias

Words: TypeAlias = Mapping[str, str]
LANGUAGES = ("en", "ru", "pl")

_EN: Words = {
    "title": "What is known about you",
    "made": "Made on {when} ({zone}). Customer {customer}.",
    "about": "This page holds everything that this contact center keeps about one person: "
    "records, conversations with their words, files by name, what was computed, who looked at it, "
    "and what the log of events says. Colleagues appear by number, other people not at all.",
    "nothing": "Nothing is kept.",
    "yes": "yes",
    "no": "no",
    "format": "%Y-%m-%d %H:%M:%S",
    "s.records": "Record",
    "s.identifiers": "How you are recognised",
    "s.facts": "Facts remembered",
    "s.consents": "Consent given and taken back",
    "s.flags": "Restrictions and objections",
    "s.preferences": "How you want to be reached",
    "s.contacts": "Contacts we began",
    "s.conversations": "Conversations",
    "s.messages": "Messages and notes",
    "s.files": "Files",
    "s.drafts": "Drafts of answers",
    "s.ratings": "Ratings",
    "s.mails": "E-mail kept or waiting to leave",
    "s.callbacks": "Numbers left for a callback",
    "s.promises": "Promises made to you",
    "s.orders": "Orders",
    "s.order_events": "What happened to orders",
    "s.values": "Value and segment, with the reasons",
    "s.fields": "Further fields",
    "s.merges": "Records that were joined",
    "s.candidates": "Records that may be yours",
    "s.verifications": "Checks of who you are",
    "s.imports": "Lines of imported files",
    "s.audit": "Who looked at or changed your data",
    "s.events": "What the log says",
}
_RU: Words = {
    "title": "Что о вас известно",
    "made": "Составлено {when} ({zone}). Клиент {customer}.",
    "about": "Здесь всё, что контакт-центр хранит об одном человеке: записи, разговоры с их "
    "текстом, имена файлов, вычисленные значения, кто их смотрел и что сказано в журнале событий. "
    "Сотрудники указаны номерами, другие люди не названы вовсе.",
    "nothing": "Ничего не хранится.",
    "yes": "да",
    "no": "нет",
    "format": "%d.%m.%Y %H:%M:%S",
    "s.records": "Запись",
    "s.identifiers": "По чему вас узнают",
    "s.facts": "Что запомнили",
    "s.consents": "Согласия и отзывы согласий",
    "s.flags": "Ограничения и возражения",
    "s.preferences": "Как с вами связываться",
    "s.contacts": "Наши обращения к вам",
    "s.conversations": "Разговоры",
    "s.messages": "Сообщения и заметки",
    "s.files": "Файлы",
    "s.drafts": "Черновики ответов",
    "s.ratings": "Оценки",
    "s.mails": "Письма, сохранённые или ждущие отправки",
    "s.callbacks": "Номера для обратного звонка",
    "s.promises": "Что вам обещали",
    "s.orders": "Заказы",
    "s.order_events": "Что было с заказами",
    "s.values": "Ценность и сегмент с причинами",
    "s.fields": "Другие поля",
    "s.merges": "Объединённые записи",
    "s.candidates": "Записи, которые могут быть вашими",
    "s.verifications": "Проверки, что это вы",
    "s.imports": "Строки загруженных файлов",
    "s.audit": "Кто смотрел или менял ваши данные",
    "s.events": "Что сказано в журнале",
    "f.name": "имя",
    "f.language": "язык",
    "f.segment": "сегмент",
    "f.note": "заметка",
    "f.kind": "вид",
    "f.value": "значение",
    "f.customer": "клиент",
    "f.text": "текст",
    "f.at": "когда",
    "f.by": "кем",
    "f.since": "с",
    "f.created_at": "создано",
    "f.updated_at": "изменено",
    "f.expires_at": "действует до",
    "f.purpose": "цель",
    "f.channel": "канал",
    "f.given": "дано",
    "f.proof": "подтверждение",
    "f.source": "откуда",
    "f.interaction": "обращение",
    "f.medium": "канал",
    "f.queue": "очередь",
    "f.agent": "сотрудник",
    "f.subject": "тема",
    "f.author": "автор",
    "f.score": "оценка",
    "f.comment": "отзыв",
    "f.size": "размер",
    "f.media_type": "тип",
    "f.arrived_at": "начало",
    "f.ended_at": "конец",
    "f.status": "состояние",
    "f.currency": "валюта",
    "f.verification": "уверенность",
    "f.action": "действие",
    "f.fields": "поля",
    "f.event": "событие",
    "f.position": "место в журнале",
    "f.reason": "причина",
    "f.rating": "оценка",
    "f.flag": "пометка",
}
_PL: Words = {
    "title": "Co o Tobie wiemy",
    "made": "Sporządzono {when} ({zone}). Klient {customer}.",
    "about": "Na tej stronie jest wszystko, co to centrum kontaktu przechowuje o jednej osobie: "
    "zapisy, rozmowy z treścią, nazwy plików, wyliczone wartości, kto je oglądał i co mówi "
    "dziennik zdarzeń. Pracownicy są podani numerami, inne osoby wcale.",
    "nothing": "Nic nie jest przechowywane.",
    "yes": "tak",
    "no": "nie",
    "format": "%d.%m.%Y %H:%M:%S",
    "s.records": "Zapis",
    "s.identifiers": "Po czym Cię rozpoznajemy",
    "s.facts": "Zapamiętane drobiazgi",
    "s.consents": "Zgody i ich wycofania",
    "s.flags": "Ograniczenia i sprzeciwy",
    "s.preferences": "Jak się z Tobą kontaktować",
    "s.contacts": "Kontakty z naszej inicjatywy",
    "s.conversations": "Rozmowy",
    "s.messages": "Wiadomości i notatki",
    "s.files": "Pliki",
    "s.drafts": "Szkice odpowiedzi",
    "s.ratings": "Oceny",
    "s.mails": "Wiadomości e-mail zachowane lub czekające na wysłanie",
    "s.callbacks": "Numery do oddzwonienia",
    "s.promises": "Obietnice złożone Tobie",
    "s.orders": "Zamówienia",
    "s.order_events": "Co działo się z zamówieniami",
    "s.values": "Wartość i segment z uzasadnieniem",
    "s.fields": "Inne pola",
    "s.merges": "Połączone zapisy",
    "s.candidates": "Zapisy, które mogą być Twoje",
    "s.verifications": "Sprawdzenia tożsamości",
    "s.imports": "Wiersze wczytanych plików",
    "s.audit": "Kto oglądał lub zmieniał Twoje dane",
    "s.events": "Co mówi dziennik",
    "f.name": "imię i nazwisko lub nazwa",
    "f.language": "język",
    "f.segment": "segment",
    "f.note": "notatka",
    "f.kind": "rodzaj",
    "f.value": "wartość",
    "f.customer": "klient",
    "f.text": "treść",
    "f.at": "kiedy",
    "f.by": "przez kogo",
    "f.since": "od",
    "f.created_at": "utworzono",
    "f.updated_at": "zmieniono",
    "f.expires_at": "ważne do",
    "f.purpose": "cel",
    "f.channel": "kanał",
    "f.given": "udzielona",
    "f.proof": "dowód",
    "f.source": "źródło",
    "f.interaction": "kontakt",
    "f.medium": "kanał",
    "f.queue": "kolejka",
    "f.agent": "pracownik",
    "f.subject": "temat",
    "f.author": "autor",
    "f.score": "ocena",
    "f.comment": "komentarz",
    "f.size": "rozmiar",
    "f.media_type": "typ",
    "f.arrived_at": "początek",
    "f.ended_at": "koniec",
    "f.status": "stan",
    "f.currency": "waluta",
    "f.verification": "pewność",
    "f.action": "działanie",
    "f.fields": "pola",
    "f.event": "zdarzenie",
    "f.position": "miejsce w dzienniku",
    "f.reason": "powód",
    "f.rating": "ocena",
    "f.flag": "oznaczenie",
}
_ALL: Mapping[str, Words] = {"en": _EN, "ru": _RU, "pl": _PL}


def language_of(tag: str | None) -> str:
    """The language of the page for a person's language tag: theirs where we have it, else English.

    >>> language_of("pl-PL"), language_of("de"), language_of(None)
    ('pl', 'en', 'en')
    """
    short = (tag or "").lower().partition("-")[0]
    return short if short in LANGUAGES else "en"


def words_in(language: str) -> Words:
    """The words of one language."""
    return _ALL[language]


def section_word(words: Words, name: str) -> str:
    """What a section is called; its own name where nobody translated it."""
    return words.get(f"s.{name}") or _EN.get(f"s.{name}") or _plain(name)


def field_word(words: Words, name: str) -> str:
    """What a field is called."""
    return words.get(f"f.{name}") or _plain(name)


def _plain(name: str) -> str:
    return name.replace("_", " ")
