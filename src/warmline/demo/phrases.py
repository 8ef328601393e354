"""What the simulated people write: by language and topic, invented for this sample."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """One reason to write: how it begins, goes on and is answered; `{order}` is a number."""

    subject: str
    openings: tuple[str, ...]
    details: tuple[str, ...]
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Manner:
    """How a language greets, thanks and parts; `{name}` is a first name."""

    greetings: tuple[str, ...]
    thanks: tuple[str, ...]
    farewells: tuple[str, ...]
    one_moment: tuple[str, ...]
    signature: str
    transfer_note: str
    note: str
    noted: tuple[str, ...]
    unknown: tuple[str, ...]
    anything_else: str
    number: str
    again: tuple[str, ...]


EN: Mapping[str, Topic] = {
    "outage": Topic(
        subject="Your site does not show order {order}",
        openings=(
            "Your site shows an error and my order {order} is gone. Is it still there?",
            "I cannot open order {order}, the page has been loading for ten minutes.",
            "Hello, I was paying for {order} and the shop broke off. Was it ordered or not?",
        ),
        details=(
            "It has been like this for a quarter of an hour.",
            "I have tried two browsers and my phone.",
            "I do not want to order twice by mistake.",
        ),
        answers=(
            "Your order is safe. The page is down for a moment; we are bringing it back.",
            "We have a fault at the moment. It should open again within half an hour.",
            "The order came through once, there is no need to repeat it.",
        ),
    ),
    "orders": Topic(
        subject="Order {order}",
        openings=(
            "Hello, where is my order {order}? It should have come yesterday.",
            "Good afternoon. Can I still change the address of order {order}?",
            "Hi, I ordered two lamps under {order} and only one has come.",
        ),
        details=(
            "The confirmation said Thursday between 9 and 12.",
            "I shall be away from tomorrow, so Friday morning would be best.",
            "It is a present, so I am a little worried.",
        ),
        answers=(
            "It left our warehouse this morning and will be with you tomorrow before noon.",
            "I have changed the address. You will get a new confirmation in a minute.",
            "The second lamp travels in a parcel of its own and arrives today.",
        ),
    ),
    "returns": Topic(
        subject="Damaged: order {order}",
        openings=(
            "The glass shade of the lamp from order {order} is cracked right across.",
            "Hello, the chair from {order} wobbles. I should like to return it.",
            "One leg of the table in order {order} is shorter than the others.",
        ),
        details=(
            "I can send you a photo if that helps.",
            "The box itself was not damaged at all.",
            "I would rather have a new one than the money.",
        ),
        answers=(
            "I am sorry, that is no way to unpack a lamp. A new shade leaves today by courier.",
            "I have sent you a return label. The courier can come tomorrow.",
            "We replace it at once. You need not send the old one back.",
        ),
    ),
    "payments": Topic(
        subject="Invoice for {order}",
        openings=(
            "My card was charged twice for order {order}.",
            "Could you send me an invoice for order {order} with our company's name?",
            "I cancelled {order} a week ago. When does the money come back?",
        ),
        details=(
            "Both charges carry the same date.",
            "The company's details are the same as last time.",
            "My bank says nothing has arrived so far.",
        ),
        answers=(
            "The second charge was only a reservation. Your bank releases it within two days.",
            "The invoice is on its way to your address.",
            "The refund left us yesterday and takes up to three working days.",
        ),
    ),
    "advice": Topic(
        subject="Which lamp for a small room?",
        openings=(
            "Which lamp would you choose for reading in a small room?",
            "Hello, does the Heron floor lamp take an ordinary bulb?",
            "Is the oak chair in the shop the same as the one in the catalogue?",
        ),
        details=(
            "The ceiling is rather low, about 2.4 metres.",
            "I would like warm light rather than bright.",
            "My budget is about 200 euros.",
        ),
        answers=(
            "For reading I would take the small Heron: it turns and gives warm light.",
            "Yes, any E27 bulb up to 60 W fits. One is in the box.",
            "It is the same chair; the catalogue shows it before oiling.",
        ),
    ),
    "workshop": Topic(
        subject="Repair of an old lamp",
        openings=(
            "Do you still repair the brass lamps that you sold ten years ago?",
            "The switch of my table lamp has failed. Can your workshop mend it?",
        ),
        details=(
            "I could bring it next week.",
            "The number underneath is hard to read.",
        ),
        answers=(
            "We do. Bring it any weekday between 9 and 18; it takes about ten days.",
            "That switch costs 12 euros and we fit it while you wait.",
        ),
    ),
}

RU: Mapping[str, Topic] = {
    "outage": Topic(
        subject="На сайте не открывается заказ {order}",
        openings=(
            "На сайте ошибка, и заказ {order} пропал. Он у вас есть?",
            "Не открывается заказ {order}, страница грузится уже десять минут.",
            "Здравствуйте, при оплате заказа {order} сайт завис. Заказ оформлен или нет?",
        ),
        details=(
            "Так уже минут пятнадцать.",
            "Пробовали с двух браузеров и с телефона.",
            "Боюсь случайно заказать дважды.",
        ),
        answers=(
            "Заказ на месте, ничего не пропало. Сайт временно не работает, уже чиним.",
            "Сейчас сбой на сайте, откроется в течение получаса.",
            "Заказ оформлен один раз, повторять не нужно.",
        ),
    ),
    "orders": Topic(
        subject="Заказ {order}",
        openings=(
            "Здравствуйте, где мой заказ {order}? Обещали привезти вчера.",
            "Добрый день. Можно ещё поменять адрес доставки в заказе {order}?",
            "Здравствуйте, в заказе {order} две лампы, а приехала одна.",
        ),
        details=(
            "В письме было написано: четверг, с 9 до 12.",
            "Завтра меня не будет дома, лучше в пятницу утром.",
            "Это подарок, поэтому немного волнуюсь.",
        ),
        answers=(
            "Заказ сегодня утром уехал со склада, привезём завтра до полудня.",
            "Адрес поменяли, новое подтверждение придёт через минуту.",
            "Вторая лампа едет отдельной посылкой и будет сегодня.",
        ),
    ),
    "returns": Topic(
        subject="Пришло разбитым: заказ {order}",
        openings=(
            "В заказе {order} треснул стеклянный плафон, прямо пополам.",
            "Здравствуйте, стул из заказа {order} шатается, хочу вернуть.",
            "У стола из заказа {order} одна ножка короче остальных.",
        ),
        details=(
            "Могу прислать фотографию, если нужно.",
            "Сама коробка целая, без вмятин.",
            "Лучше новый, чем деньги назад.",
        ),
        answers=(
            "Очень жаль, так быть не должно. Новый плафон отправим сегодня курьером.",
            "Наклейку для возврата мы отправили, курьер может приехать завтра.",
            "Заменим сразу, старый возвращать не нужно.",
        ),
    ),
    "payments": Topic(
        subject="Счёт по заказу {order}",
        openings=(
            "За заказ {order} деньги списали дважды.",
            "Пришлите, пожалуйста, счёт на организацию по заказу {order}.",
            "Неделю назад отменили заказ {order}. Когда вернутся деньги?",
        ),
        details=(
            "Оба списания в один день.",
            "Реквизиты те же, что в прошлый раз.",
            "Банк говорит, что ничего не поступало.",
        ),
        answers=(
            "Второе списание — это бронь, банк снимет её в течение двух дней.",
            "Счёт уже у вас на почте.",
            "Возврат ушёл вчера, обычно это до трёх рабочих дней.",
        ),
    ),
    "advice": Topic(
        subject="Какую лампу выбрать для маленькой комнаты?",
        openings=(
            "Какая лампа лучше для чтения в маленькой комнате?",
            "Здравствуйте, к торшеру «Цапля» подходит обычная лампочка?",
            "Дубовый стул в магазине такой же, как в каталоге?",
        ),
        details=(
            "Потолки низкие, примерно 2,4 метра.",
            "Хочется тёплого света, не яркого.",
            "Рассчитываю примерно на 200 евро.",
        ),
        answers=(
            "Для чтения удобна маленькая «Цапля»: она поворачивается, свет тёплый.",
            "Да, любая лампочка E27 до 60 Вт. Одна лежит в коробке.",
            "Стул тот же самый, в каталоге он ещё до масла.",
        ),
    ),
    "workshop": Topic(
        subject="Ремонт старой лампы",
        openings=(
            "Вы ещё чините латунные лампы, которые продавали десять лет назад?",
            "У настольной лампы не работает выключатель. Можно починить в мастерской?",
        ),
        details=(
            "Могу привезти на следующей неделе.",
            "Номер снизу почти стёрся.",
        ),
        answers=(
            "Чиним. Приезжайте в будни с 9 до 18, ремонт займёт дней десять.",
            "Выключатель стоит 12 евро, поставим при вас.",
        ),
    ),
}

PL: Mapping[str, Topic] = {
    "outage": Topic(
        subject="Strona nie pokazuje zamówienia {order}",
        openings=(
            "Na stronie jest błąd, a zamówienie {order} zniknęło. Czy jest u Państwa?",
            "Nie mogę otworzyć zamówienia {order}, strona ładuje się od dziesięciu minut.",
            "Dzień dobry, przy płatności za {order} sklep się zawiesił. Czy zamówienie przeszło?",
        ),
        details=(
            "To trwa już kwadrans.",
            "Na dwóch przeglądarkach i w telefonie jest tak samo.",
            "Nie chcę przez pomyłkę zamówić dwa razy.",
        ),
        answers=(
            "Zamówienie jest bezpieczne. Strona chwilowo nie działa, już to naprawiamy.",
            "Mamy teraz awarię. Strona powinna wrócić w ciągu pół godziny.",
            "Zamówienie przeszło jeden raz, nie trzeba go powtarzać.",
        ),
    ),
    "orders": Topic(
        subject="Zamówienie {order}",
        openings=(
            "Dzień dobry, gdzie jest moje zamówienie {order}? Miało być wczoraj.",
            "Czy mogę jeszcze zmienić adres dostawy zamówienia {order}?",
            "Dzień dobry, w zamówieniu {order} były dwie lampy, a przyszła jedna.",
        ),
        details=(
            "W potwierdzeniu był czwartek między 9 a 12.",
            "Od jutra nie ma mnie w domu, najlepiej w piątek rano.",
            "To prezent, więc trochę się martwię.",
        ),
        answers=(
            "Paczka wyjechała dziś rano z magazynu, dotrze jutro przed południem.",
            "Adres zmieniony, za chwilę przyjdzie nowe potwierdzenie.",
            "Druga lampa jedzie osobną paczką i będzie dzisiaj.",
        ),
    ),
    "returns": Topic(
        subject="Uszkodzone: zamówienie {order}",
        openings=(
            "Szklany klosz lampy z zamówienia {order} jest pęknięty.",
            "Dzień dobry, krzesło z zamówienia {order} się chwieje, chcę je zwrócić.",
            "Jedna noga stołu z zamówienia {order} jest krótsza.",
        ),
        details=(
            "Mogę przysłać zdjęcie.",
            "Samo pudełko nie było uszkodzone.",
            "Wolę nowe niż zwrot pieniędzy.",
        ),
        answers=(
            "Bardzo mi przykro. Nowy klosz wysyłamy dziś kurierem.",
            "Etykieta zwrotna jest już w poczcie, kurier może przyjechać jutro.",
            "Wymieniamy od razu, starego nie trzeba odsyłać.",
        ),
    ),
    "payments": Topic(
        subject="Faktura do zamówienia {order}",
        openings=(
            "Za zamówienie {order} pobrano pieniądze dwa razy.",
            "Proszę o fakturę na firmę do zamówienia {order}.",
            "Tydzień temu zamówienie {order} zostało anulowane. Kiedy wrócą pieniądze?",
        ),
        details=(
            "Obie kwoty mają tę samą datę.",
            "Dane firmy są takie jak poprzednio.",
            "Bank mówi, że nic nie przyszło.",
        ),
        answers=(
            "Druga kwota to tylko blokada, bank zwolni ją w ciągu dwóch dni.",
            "Faktura jest już w drodze na Państwa adres.",
            "Zwrot wyszedł wczoraj, trwa do trzech dni roboczych.",
        ),
    ),
    "advice": Topic(
        subject="Jaka lampa do małego pokoju?",
        openings=(
            "Jaka lampa będzie dobra do czytania w małym pokoju?",
            "Dzień dobry, czy do lampy Czapla pasuje zwykła żarówka?",
            "Czy dębowe krzesło w sklepie jest takie samo jak w katalogu?",
        ),
        details=(
            "Sufit jest dość niski, około 2,4 metra.",
            "Zależy mi na ciepłym świetle.",
            "Mój budżet to około 200 euro.",
        ),
        answers=(
            "Do czytania najlepsza jest mała Czapla: obraca się i daje ciepłe światło.",
            "Tak, każda żarówka E27 do 60 W. Jedna jest w pudełku.",
            "To samo krzesło, w katalogu jest jeszcze przed olejowaniem.",
        ),
    ),
    "workshop": Topic(
        subject="Naprawa starej lampy",
        openings=(
            "Czy naprawiają Państwo mosiężne lampy sprzed dziesięciu lat?",
            "W lampce zepsuł się włącznik. Czy warsztat może go naprawić?",
        ),
        details=(
            "W przyszłym tygodniu mogę ją przywieźć.",
            "Numer od spodu jest prawie nieczytelny.",
        ),
        answers=(
            "Tak, zapraszamy w dni robocze od 9 do 18, naprawa trwa około dziesięciu dni.",
            "Włącznik kosztuje 12 euro, wymienimy go na miejscu.",
        ),
    ),
}

TOPICS: Mapping[str, Mapping[str, Topic]] = {"en": EN, "ru": RU, "pl": PL}

MANNERS: Mapping[str, Manner] = {
    "en": Manner(
        greetings=("Good day, {name}, this is {agent}.", "Hello {name}, {agent} here."),
        thanks=(
            "That would be lovely, thank you.",
            "Thank you, that helps.",
            "Great, thanks a lot.",
        ),
        farewells=("Gladly. Have a good day.", "You are welcome. Write to us any time."),
        one_moment=("Let me look at that for a moment.", "One moment, I am asking the warehouse."),
        signature="Kind regards,",
        transfer_note="The customer asks for somebody from your team; the order number is above.",
        note="Third case from this batch this week. The warehouse has been told.",
        noted=("Thank you, I have noted that.", "Good to know, I have added it to the order."),
        unknown=(
            "I have passed this on to the colleague who knows best; you get an e-mail today.",
            "I am looking into it and write to you as soon as I know more.",
        ),
        anything_else="Is there anything else that I can do for you?",
        number="The order number is {order}.",
        again=(
            "Thank you for the quick answer. Could you also confirm the day?",
            "Thank you, that settles it. One more thing: does it come with an invoice?",
        ),
    ),
    "ru": Manner(
        greetings=(
            "Здравствуйте, {name}, это {agent}.",
            "Добрый день, {name}! Меня зовут {agent}.",
        ),
        thanks=(
            "Спасибо, так будет отлично.",
            "Спасибо, очень помогли.",
            "Хорошо, спасибо большое.",
        ),
        farewells=("Пожалуйста. Хорошего дня.", "Всегда рады помочь. Пишите."),
        one_moment=("Одну минуту, смотрю.", "Минуту, уточняю на складе."),
        signature="С уважением,",
        transfer_note="Просят коллегу из вашей команды; номер заказа выше.",
        note="Третий случай из этой партии за неделю. Склад уже знает.",
        noted=("Спасибо, записали.", "Хорошо, что сказали, добавили к заказу."),
        unknown=(
            "Передали вопрос коллеге, который знает лучше всех; ответ придёт сегодня по почте.",
            "Выясняем и напишем сразу, как узнаем.",
        ),
        anything_else="Можем помочь чем-нибудь ещё?",
        number="Номер заказа {order}.",
        again=(
            "Спасибо за быстрый ответ. Подтвердите, пожалуйста, день.",
            "Спасибо, вопрос решён. И ещё: будет ли счёт?",
        ),
    ),
    "pl": Manner(
        greetings=("Dzień dobry, {name}, tu {agent}.", "Witam, {name}, z tej strony {agent}."),
        thanks=("Świetnie, dziękuję.", "Dziękuję, to mi pomogło.", "Super, bardzo dziękuję."),
        farewells=("Miłego dnia.", "Cieszę się. Zapraszamy zawsze."),
        one_moment=("Chwileczkę, już sprawdzam.", "Moment, pytam w magazynie."),
        signature="Z poważaniem,",
        transfer_note="Potrzebna osoba z Waszego zespołu; numer zamówienia powyżej.",
        note="Trzeci przypadek z tej partii w tym tygodniu. Magazyn już wie.",
        noted=("Dziękuję, zanotowane.", "Dobrze wiedzieć, dopisane do zamówienia."),
        unknown=(
            "Sprawę przejmuje osoba, która zna się na tym najlepiej; odpowiemy dziś mailem.",
            "Sprawdzam i napiszę, gdy tylko będzie coś wiadomo.",
        ),
        anything_else="Czy mogę pomóc w czymś jeszcze?",
        number="Numer zamówienia to {order}.",
        again=(
            "Dziękuję za szybką odpowiedź. Czy mogę prosić o potwierdzenie dnia?",
            "Dziękuję, to wyjaśnia sprawę. Jeszcze jedno: czy będzie faktura?",
        ),
    ),
}

CANNED: tuple[tuple[str, str, str, str], ...] = (
    ("hello", "en", "Greeting", "Hello {{customer.name}}, this is {{agent.name}}. How can I help?"),
    ("hello", "ru", "Приветствие", "Здравствуйте, {{customer.name}}! Меня зовут {{agent.name}}."),
    (
        "hello",
        "pl",
        "Powitanie",
        "Dzień dobry, {{customer.name}}, tu {{agent.name}}. W czym pomóc?",
    ),
    ("where", "en", "Where the order is", "I am looking up where your parcel is, one moment."),
    ("where", "ru", "Где заказ", "Смотрю, где сейчас ваша посылка, одну минуту."),
    ("where", "pl", "Gdzie paczka", "Sprawdzam, gdzie jest Twoja paczka, chwileczkę."),
    (
        "replace",
        "en",
        "Replacement at once",
        "I am sorry. A new one leaves today by courier; you need not send the old one back.",
    ),
    (
        "replace",
        "ru",
        "Замена сразу",
        "Очень жаль. Новый отправим сегодня курьером, старый возвращать не нужно.",
    ),
    (
        "replace",
        "pl",
        "Wymiana od razu",
        "Bardzo mi przykro. Nowy wysyłamy dziś kurierem, starego nie trzeba odsyłać.",
    ),
    # Says something else than the articles do, for supervisors to find.
    ("return", "pl", "Zwrot towaru", "Na zwrot towaru masz 14 dni od otrzymania paczki."),
    ("refund", "en", "Refund time", "The refund takes up to three working days."),
    ("refund", "ru", "Срок возврата", "Возврат занимает до трёх рабочих дней."),
    ("refund", "pl", "Czas zwrotu", "Zwrot trwa do trzech dni roboczych."),
    ("bye", "en", "Goodbye", "Thank you for writing, {{customer.name}}. Have a good day."),
    ("bye", "ru", "Прощание", "Спасибо, что написали, {{customer.name}}. Хорошего дня."),
    ("bye", "pl", "Pożegnanie", "Dziękujemy za wiadomość, {{customer.name}}. Miłego dnia."),
)
