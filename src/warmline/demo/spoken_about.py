"""The twelve topics of the sample shop: names in three languages, nine examples each."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import insert

from warmline.core.words import SiteId
from warmline.experience.mood.tables import topic
from warmline.ports import Write


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One topic: its names, English, Russian and Polish, and sentences that are about it."""

    names: tuple[str, str, str]
    examples: tuple[str, ...]


SUBJECTS: Mapping[str, Subject] = {
    "delivery": Subject(
        names=("Where is my order", "Где мой заказ", "Gdzie jest zamówienie"),
        examples=(
            "Where is my order? It should have come by now.",
            "When will my parcel be delivered?",
            "The tracking has not changed for days.",
            "Где мой заказ? Он должен был прийти вчера.",
            "Когда привезут посылку?",
            "Курьер так и не приехал.",
            "Gdzie jest moje zamówienie? Miało być wczoraj.",
            "Kiedy dotrze przesyłka?",
            "Kurier nie przyjechał.",
        ),
    ),
    "address": Subject(
        names=("Change the delivery", "Изменить доставку", "Zmiana dostawy"),
        examples=(
            "Can I still change the delivery address?",
            "Please bring the order on another day.",
            "I would like to pick it up myself instead.",
            "Можно ещё поменять адрес доставки?",
            "Перенесите, пожалуйста, доставку на другой день.",
            "Хочу забрать заказ сам.",
            "Czy mogę jeszcze zmienić adres dostawy?",
            "Proszę przełożyć dostawę na inny dzień.",
            "Wolę odebrać zamówienie osobiście.",
        ),
    ),
    "incomplete": Subject(
        names=("Something is missing", "Пришло не всё", "Niepełne zamówienie"),
        examples=(
            "I ordered two lamps and only one has come.",
            "A part is missing from the box.",
            "You sent me the wrong item.",
            "Заказывала две лампы, а пришла одна.",
            "В коробке не хватает детали.",
            "Прислали не тот товар.",
            "Zamówiłam dwie lampy, a przyszła jedna.",
            "W paczce brakuje części.",
            "Przysłano niewłaściwy produkt.",
        ),
    ),
    "damaged": Subject(
        names=("Damaged or faulty", "Повреждено или брак", "Uszkodzone lub wadliwe"),
        examples=(
            "The glass shade arrived cracked.",
            "The chair wobbles, one leg is shorter.",
            "The new lamp does not switch on.",
            "Плафон пришёл с трещиной.",
            "Стул шатается, одна ножка короче.",
            "Новая лампа не включается.",
            "Klosz przyszedł pęknięty.",
            "Krzesło się chwieje, jedna noga jest krótsza.",
            "Nowa lampa się nie włącza.",
        ),
    ),
    "refund": Subject(
        names=("Return and refund", "Возврат", "Zwrot pieniędzy"),
        examples=(
            "I cancelled the order. When does the money come back?",
            "I want to send it back and get my money.",
            "How do I return something that I do not like?",
            "Я отменил заказ, когда вернут деньги?",
            "Хочу вернуть товар и получить деньги.",
            "Как оформить возврат, если не понравилось?",
            "Anulowałem zamówienie. Kiedy wrócą pieniądze?",
            "Chcę odesłać towar i dostać zwrot.",
            "Jak zwrócić coś, co mi się nie podoba?",
        ),
    ),
    "charged": Subject(
        names=("Payment problem", "Проблема с оплатой", "Problem z płatnością"),
        examples=(
            "My card was charged twice.",
            "The payment failed but the money was taken.",
            "You took more than the price on the page.",
            "С карты списали дважды.",
            "Оплата не прошла, а деньги списались.",
            "Списали больше, чем на сайте.",
            "Pobrano opłatę z karty dwa razy.",
            "Płatność się nie udała, a pieniądze zniknęły.",
            "Pobrano więcej, niż było na stronie.",
        ),
    ),
    "invoice": Subject(
        names=("Invoice", "Счёт и документы", "Faktura"),
        examples=(
            "Could you send me an invoice with our company's name?",
            "I need a receipt for the purchase.",
            "The tax number on the invoice is wrong.",
            "Пришлите счёт на название нашей компании.",
            "Мне нужен чек за покупку.",
            "В счёте неверный ИНН.",
            "Proszę o fakturę na nazwę naszej firmy.",
            "Potrzebuję paragonu za zakup.",
            "Na fakturze jest zły NIP.",
        ),
    ),
    "choosing": Subject(
        names=("Advice before buying", "Совет перед покупкой", "Porada przed zakupem"),
        examples=(
            "Which lamp would you choose for reading in a small room?",
            "What goes with an oak table?",
            "I am looking for a present up to 200 euros.",
            "Какую лампу посоветуете для чтения в маленькой комнате?",
            "Что подойдёт к дубовому столу?",
            "Ищу подарок до двухсот евро.",
            "Jaką lampę wybrać do czytania w małym pokoju?",
            "Co pasuje do dębowego stołu?",
            "Szukam prezentu do dwustu euro.",
        ),
    ),
    "facts": Subject(
        names=("About a product", "О товаре", "O produkcie"),
        examples=(
            "Does the floor lamp take an ordinary bulb?",
            "Is the chair the same as the one in the catalogue?",
            "How long is the cable and how heavy is it?",
            "Подходит ли к торшеру обычная лампочка?",
            "Стул такой же, как в каталоге?",
            "Какой длины кабель и сколько весит?",
            "Czy do lampy pasuje zwykła żarówka?",
            "Czy krzesło jest takie samo jak w katalogu?",
            "Jak długi jest kabel i ile to waży?",
        ),
    ),
    "repair": Subject(
        names=("Repair", "Ремонт", "Naprawa"),
        examples=(
            "Do you still repair old brass lamps?",
            "The switch of my table lamp has failed, can your workshop mend it?",
            "How much is a repair in the workshop?",
            "Вы ещё чините старые латунные лампы?",
            "Сломался выключатель лампы, мастерская починит?",
            "Сколько стоит ремонт в мастерской?",
            "Czy naprawiacie jeszcze stare mosiężne lampy?",
            "Zepsuł się włącznik lampki, czy warsztat naprawi?",
            "Ile kosztuje naprawa w warsztacie?",
        ),
    ),
    "site": Subject(
        names=("The site does not work", "Сайт не работает", "Strona nie działa"),
        examples=(
            "Your site shows an error and my order is gone.",
            "The page has been loading for ten minutes.",
            "I was paying and the shop broke off.",
            "На сайте ошибка, мой заказ пропал.",
            "Страница загружается уже десять минут.",
            "Платил, и магазин оборвался.",
            "Strona pokazuje błąd, moje zamówienie zniknęło.",
            "Strona ładuje się od dziesięciu minut.",
            "Płaciłem i sklep się zawiesił.",
        ),
    ),
    "visit": Subject(
        names=("Visiting the shop", "Визит в магазин", "Wizyta w sklepie"),
        examples=(
            "When are you open on Saturday?",
            "Can I see the lamps somewhere before I buy?",
            "Is there parking at the showroom?",
            "Когда вы открыты в субботу?",
            "Где можно посмотреть лампы до покупки?",
            "У салона есть парковка?",
            "W jakich godzinach jest czynne w sobotę?",
            "Gdzie można obejrzeć lampy przed zakupem?",
            "Czy przy salonie jest parking?",
        ),
    ),
}
LANGUAGES = ("en", "ru", "pl")


def topics(site: SiteId) -> Write:
    """The taxonomy as rows."""
    return Write(
        statement=insert(topic),
        rows=[
            {
                "site": site,
                "id": id_,
                "names": dict(zip(LANGUAGES, subject.names, strict=True)),
                "examples": list(subject.examples),
                "version": 1,
            }
            for id_, subject in SUBJECTS.items()
        ],
    )
