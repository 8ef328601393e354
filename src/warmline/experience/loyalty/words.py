"""How the figures of loyalty are computed, in words for the screen."""

from collections.abc import Mapping

from warmline.experience.loyalty.model import LEAST

TEXTS: Mapping[str, Mapping[str, str]] = {
    "loyalty": {
        "en": "(Share that bought again within the days − share of the matched others) ÷ share of "
        f"the others. Until {LEAST} matched customers were followed to the end, the published "
        "figure stands here.",
        "ru": "(Доля купивших снова за эти дни − доля среди похожих) ÷ доля среди похожих. Пока "
        f"до конца не прослежены {LEAST} клиентов с похожими, здесь стоит опубликованное число.",
        "pl": "(Odsetek kupujących ponownie w tych dniach − odsetek u podobnych) ÷ odsetek u "
        f"podobnych. Dopóki nie prześledzono do końca {LEAST} klientów mających podobnych, stoi "
        "tu liczba opublikowana.",
    },
    "others": {
        "en": "Customers without a judged contact as many days before and after, of the same "
        "segment, in the same month, and in the same bands before the contact: days since the last "
        "order (30, 90, 180, 365), days with an order (1, 2, 5, 10), a fifth of all by money. "
        "Similar is not equal: what is not recorded may still differ.",
        "ru": "Клиенты без оценённого обращения столько же дней до и после, из того же сегмента, в "
        "том же месяце и в тех же границах до обращения: дней с последнего заказа (30, 90, 180, "
        "365), дней с заказом (1, 2, 5, 10), пятая часть всех по сумме. Похожий — не такой же: "
        "незаписанное может различаться.",
        "pl": "Klienci bez ocenionego kontaktu tyle samo dni przed i po, z tego samego segmentu, w "
        "tym samym miesiącu i w tych samych przedziałach przed kontaktem: dni od ostatniego "
        "zamówienia (30, 90, 180, 365), dni z zamówieniem (1, 2, 5, 10), piąta część wszystkich "
        "według kwoty. Podobny to nie taki sam: to, czego nie zapisano, może się różnić.",
    },
    "interval": {
        "en": "Student's 95 % interval of the mean difference, with the chance in the means of the "
        "others.",
        "ru": "95 %-й интервал Стьюдента для средней разности, со случайностью в средних похожих.",
        "pl": "95-procentowy przedział Studenta dla średniej różnicy, razem z losowością średnich "
        "u podobnych.",
    },
    "lost": {
        "en": "Bought nothing within the days, and was silent at their end for more than twice the "
        "usual gap between orders.",
        "ru": "Ничего не купил за эти дни и к их концу молчит дольше двух своих обычных "
        "промежутков между заказами.",
        "pl": "Nic nie kupił w tych dniach, a na ich koniec milczy dłużej niż dwie zwykłe przerwy "
        "między zamówieniami.",
    },
    "money": {
        "en": "Difference in money per customer × customers with orders who had such a contact in "
        "the last year. With the published figure: what they bought in the year before × days ÷ "
        "365 × that figure.",
        "ru": "Разность в деньгах на клиента × клиенты с заказами, у которых за последний год было "
        "такое обращение. С опубликованным числом: их покупки за год до обращения × дни ÷ 365 × "
        "это число.",
        "pl": "Różnica w pieniądzach na klienta × klienci z zamówieniami, którzy mieli taki "
        "kontakt w ostatnim roku. Z liczbą opublikowaną: ich zakupy z roku przed kontaktem × dni ÷ "
        "365 × ta liczba.",
    },
    "judged": {
        "en": "Bad: any answer on a scale was low (satisfied 2, effort 3, recommend 6, a feeling 2 "
        "or less). Good: all were high (4, 5, 7, 4 or more). Of one customer's contacts within the "
        "days only the first is followed.",
        "ru": "Плохое: хотя бы один ответ по шкале низкий (довольны 2, усилие 3, рекомендация 6, "
        "чувство 2 или меньше). Хорошее: все высокие (4, 5, 7, 4 или больше). Из обращений одного "
        "клиента в пределах этих дней прослеживается только первое.",
        "pl": "Zły: choć jedna odpowiedź na skali niska (zadowolenie 2, wysiłek 3, polecenie 6, "
        "uczucie 2 lub mniej). Dobry: wszystkie wysokie (4, 5, 7, 4 lub więcej). Z kontaktów "
        "jednego klienta w tych dniach śledzimy tylko pierwszy.",
    },
}
