"""The words of the customer's page, in three languages."""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_time

from warmline.channels.callback.plan import Span
from warmline.core.words import Instant

PAGE: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Your callback",
        "by": "We call you by {by}.",
        "between": "We call you: {day}, between {since} and {until}.",
        "number": "The number: {number}",
        "calling": "Somebody is calling you just now.",
        "reached": "We have spoken to you. Thank you.",
        "not_reached": "We could not reach you. Ask for a call again, or call us.",
        "wrong_number": "The number was not yours. Please ask again with another one.",
        "cancelled": "The callback is cancelled.",
        "came": "You have spoken to us meanwhile, so we do not call any more.",
        "dropped": "The callback was closed. Please ask again, or call us.",
        "tried": "Attempts so far: {n}.",
        "move": "Choose another time",
        "send": "Move the call",
        "cancel": "Cancel the call",
        "moved": "The time is changed.",
        "taken": "This time cannot be chosen any more. Please choose another one.",
        "busy": "Somebody is about to call you: it cannot be changed any more.",
        "gone": "There is no such page",
        "gone_more": "The link is old or incomplete.",
        "slow": "Too many requests. Try again in {n} s.",
        "zone": "Times are in {zone}.",
    },
    "ru": {
        "title": "Ваш обратный звонок",
        "by": "Мы позвоним до {by}.",
        "between": "Мы позвоним: {day}, между {since} и {until}.",
        "number": "Номер: {number}",
        "calling": "Вам как раз звонят.",
        "reached": "Мы поговорили с вами. Спасибо.",
        "not_reached": "Мы не смогли до вас дозвониться. Закажите звонок снова или позвоните нам.",
        "wrong_number": "Номер оказался не вашим. Закажите звонок с другим номером.",
        "cancelled": "Звонок отменён.",
        "came": "Вы уже поговорили с нами, поэтому мы больше не звоним.",
        "dropped": "Заявка закрыта. Закажите звонок снова или позвоните нам.",
        "tried": "Попыток дозвониться: {n}.",
        "move": "Выберите другое время",
        "send": "Перенести звонок",
        "cancel": "Отменить звонок",
        "moved": "Время изменено.",
        "taken": "Это время больше недоступно. Выберите другое.",
        "busy": "Вам сейчас позвонят, изменить уже ничего нельзя.",
        "gone": "Такой страницы нет",
        "gone_more": "Ссылка устарела или неполная.",
        "slow": "Слишком много запросов. Попробуйте через {n} с.",
        "zone": "Время указано для зоны {zone}.",
    },
    "pl": {
        "title": "Twoje oddzwonienie",
        "by": "Zadzwonimy do {by}.",
        "between": "Zadzwonimy: {day}, między {since} a {until}.",
        "number": "Numer: {number}",
        "calling": "Właśnie ktoś dzwoni.",
        "reached": "Rozmowa się odbyła. Dziękujemy.",
        "not_reached": "Nie udało się nam dodzwonić. Poproś o rozmowę ponownie albo zadzwoń.",
        "wrong_number": "Pod tym numerem był ktoś inny. Poproś ponownie, podając inny numer.",
        "cancelled": "Oddzwonienie odwołane.",
        "came": "Rozmowa już się odbyła, więc nie będziemy dzwonić.",
        "dropped": "Zgłoszenie zamknięto. Poproś ponownie albo zadzwoń.",
        "tried": "Próby połączenia: {n}.",
        "move": "Wybierz inną porę",
        "send": "Przełóż rozmowę",
        "cancel": "Odwołaj rozmowę",
        "moved": "Pora zmieniona.",
        "taken": "Tej pory nie można już wybrać. Wybierz inną.",
        "busy": "Zaraz ktoś zadzwoni, niczego nie da się już zmienić.",
        "gone": "Nie ma takiej strony",
        "gone_more": "Odnośnik jest stary albo niepełny.",
        "slow": "Za dużo zapytań. Spróbuj za {n} s.",
        "zone": "Pory podano dla strefy {zone}.",
    },
}


def spoken(language: str | None) -> str:
    """The one of our languages that is nearest; English for others.

    >>> spoken("pl-PL"), spoken("fr"), spoken(None)
    ('pl', 'en', 'en')
    """
    short = (language or "").partition("-")[0].lower()
    return short if short in PAGE else "en"


def moment(at: Instant, language: str, zone: str) -> str:
    """A date and a time as people of a language write them."""
    return format_datetime(_local(at), "d MMMM, HH:mm", tzinfo=_zone(zone), locale=language)


def clock(at: Instant, language: str, zone: str) -> str:
    """A time of day."""
    return format_time(_local(at), "HH:mm", tzinfo=_zone(zone), locale=language)


def stretch(span: Span, language: str, zone: str) -> str:
    """A window: the day, from when and until when."""
    begins = format_datetime(
        _local(span.since), "EEE d MMM, HH:mm", tzinfo=_zone(zone), locale=language
    )
    return f"{begins}–{clock(span.until, language, zone)}"


def day(at: Instant, language: str, zone: str) -> str:
    """A day of the week with its date."""
    return format_datetime(_local(at), "EEEE, d MMMM", tzinfo=_zone(zone), locale=language)


def _local(at: Instant) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
