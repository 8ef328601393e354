"""What each row of the benchmark is called, what was published, and how the own figure is made."""

from collections.abc import Mapping
from dataclasses import dataclass

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowTexts:
    """One row in the three languages."""

    names: Texts
    published: Texts
    formulas: Texts


def _texts(en: str, ru: str, pl: str) -> Texts:
    return {"en": en, "ru": ru, "pl": pl}


TEXTS: Mapping[str, RowTexts] = {
    "satisfaction_measured": RowTexts(
        names=_texts(
            "Satisfaction is measured", "Удовлетворённость измеряется", "Mierzymy zadowolenie"
        ),
        published=_texts(
            "of centers measure satisfaction",
            "центров измеряют удовлетворённость",
            "centrów mierzy zadowolenie",
        ),
        formulas=_texts(
            "Closed contacts with a rating or an answered survey ÷ closed contacts that an agent "
            "had taken. Chats always ask for a rating.",
            "Закрытые обращения с оценкой или отвеченной анкетой ÷ закрытые обращения, которые "
            "принял оператор. Чат просит об оценке всегда.",
            "Zamknięte kontakty z oceną albo wypełnioną ankietą ÷ zamknięte kontakty, które "
            "odebrał konsultant. Czat prosi o ocenę zawsze.",
        ),
    ),
    "target_reached": RowTexts(
        names=_texts("The target is reached", "Цель достигнута", "Cel osiągnięty"),
        published=_texts(
            "of centers reach their target for satisfaction",
            "центров достигают своей цели по удовлетворённости",
            "centrów osiąga swój cel zadowolenia",
        ),
        formulas=_texts(
            "Targets for what customers answered that were attained ÷ those with enough answers to "
            "tell. While there are none: queues whose service level reached their own aim ÷ queues "
            "with a service level in the period.",
            "Достигнутые цели по ответам клиентов ÷ те, о которых ответов хватает, чтобы судить. "
            "Пока таких нет: очереди, где уровень сервиса достиг своей цели ÷ очереди, где он был "
            "за период.",
            "Osiągnięte cele dla odpowiedzi klientów ÷ te, dla których odpowiedzi wystarcza. Póki "
            "takich nie ma: kolejki, których poziom obsługi osiągnął własny cel ÷ kolejki, w "
            "których był w okresie.",
        ),
    ),
    "identified": RowTexts(
        names=_texts(
            "Identified before the answer", "Узнаны до ответа", "Rozpoznani przed odpowiedzią"
        ),
        published=_texts(
            "of centers identify the customer before the agent answers",
            "центров узнают клиента до ответа оператора",
            "centrów rozpoznaje klienta, zanim odbierze konsultant",
        ),
        formulas=_texts(
            "Answered whose customer was known before the agent took it ÷ answered.",
            "Отвеченные, где клиент был известен до принятия ÷ отвечено.",
            "Odebrane, w których klient był znany przed odebraniem ÷ odebrane.",
        ),
    ),
    "segmented": RowTexts(
        names=_texts(
            "Contacts segmented by value",
            "Обращения с сегментом по ценности",
            "Kontakty z segmentem wartości",
        ),
        published=_texts(
            "of centers segment inbound contacts by value",
            "центров делят входящие обращения по ценности",
            "centrów dzieli kontakty przychodzące według wartości",
        ),
        formulas=_texts(
            "Contacts that had a segment ÷ contacts that came in.",
            "Обращения с сегментом ÷ поступившие обращения.",
            "Kontakty z segmentem ÷ kontakty, które wpłynęły.",
        ),
    ),
    "best_to_best": RowTexts(
        names=_texts(
            "The most valuable to the best, in one pool",
            "Самые ценные — к лучшим, в одном пуле",
            "Najcenniejsi do najlepszych, w jednej puli",
        ),
        published=_texts(
            "of centers connect the most valuable customers with the best agents, without a "
            "separate group",
            "центров соединяют самых ценных клиентов с лучшими операторами без отдельной группы",
            "centrów łączy najcenniejszych klientów z najlepszymi konsultantami bez osobnej grupy",
        ),
        formulas=_texts(
            "Contacts of the most valuable segment that the best quarter of the agents took (by "
            "the policy's scores, as they are now) ÷ all contacts of that segment that were taken.",
            "Обращения самого ценного сегмента, принятые лучшей четвертью операторов (по оценкам "
            "правил, как они есть сейчас) ÷ все принятые обращения этого сегмента.",
            "Kontakty najcenniejszego segmentu odebrane przez najlepszą ćwiartkę konsultantów "
            "(według ocen z zasad, takich jak teraz) ÷ wszystkie odebrane kontakty tego segmentu.",
        ),
    ),
    "handle_time_steered": RowTexts(
        names=_texts(
            "Handle time steered by load",
            "Время разговора зависит от нагрузки",
            "Czas rozmowy zależny od obciążenia",
        ),
        published=_texts(
            "of centers steer handle time: longer off-peak, shorter at peak",
            "центров управляют временем: дольше в тихие часы, короче в пик",
            "centrów steruje czasem: dłużej poza szczytem, krócej w szczycie",
        ),
        formulas=_texts(
            "Half hours in which guidance was given and followed ÷ all half hours.",
            "Получасы, когда подсказка была и ей следовали ÷ все получасы.",
            "Półgodziny, w których była wskazówka i ją stosowano ÷ wszystkie półgodziny.",
        ),
    ),
    "callbacks": RowTexts(
        names=_texts("Callbacks are offered", "Есть обратный звонок", "Oddzwanianie"),
        published=_texts(
            "of centers offer callbacks",
            "центров предлагают обратный звонок",
            "centrów oferuje oddzwanianie",
        ),
        formulas=_texts(
            "Queues to which a callback inbox leads ÷ all queues, as they are now.",
            "Очереди, куда ведёт ящик обратных звонков ÷ все очереди, как они есть сейчас.",
            "Kolejki, do których prowadzi skrzynka oddzwaniania ÷ wszystkie kolejki, jak są teraz.",
        ),
    ),
    "cross_sold": RowTexts(
        names=_texts("Cross-selling", "Допродажи", "Sprzedaż dodatkowa"),
        published=_texts("of centers cross-sell", "центров допродают", "centrów dosprzedaje"),
        formulas=_texts(
            "Contacts with an offer that was made after the problem was solved ÷ all contacts.",
            "Обращения с предложением после решения вопроса ÷ все обращения.",
            "Kontakty z ofertą złożoną po rozwiązaniu sprawy ÷ wszystkie kontakty.",
        ),
    ),
    "blended": RowTexts(
        names=_texts(
            "Agents blend channels",
            "Операторы совмещают каналы",
            "Konsultanci łączą kanały",
        ),
        published=_texts(
            "of centers let agents blend other channels",
            "центров позволяют операторам совмещать каналы",
            "centrów pozwala konsultantom łączyć kanały",
        ),
        formulas=_texts(
            "Agents who took contacts of more than one channel ÷ agents who took any.",
            "Операторы, принимавшие обращения более чем одного канала ÷ все, кто принимал.",
            "Konsultanci, którzy odebrali kontakty z więcej niż jednego kanału ÷ wszyscy, którzy "
            "odbierali.",
        ),
    ),
    "courtesy": RowTexts(
        names=_texts(
            "Courtesy contact after a purchase",
            "Вежливый контакт после покупки",
            "Kontakt z uprzejmości po zakupie",
        ),
        published=_texts(
            "of customers ever got a courtesy contact after a purchase",
            "клиентов хоть раз получили вежливый контакт после покупки",
            "klientów choć raz miało kontakt z uprzejmości po zakupie",
        ),
        formulas=_texts(
            "Customers who were contacted after their order ÷ customers with an order.",
            "Клиенты, с которыми связались после заказа ÷ клиенты с заказом.",
            "Klienci, z którymi skontaktowano się po zamówieniu ÷ klienci z zamówieniem.",
        ),
    ),
    "mail_in_an_hour": RowTexts(
        names=_texts(
            "E-mail answered within an hour",
            "Письма отвечены за час",
            "E-maile z odpowiedzią w godzinę",
        ),
        published=_texts(
            "of customers expect a reply to an e-mail within an hour",
            "клиентов ждут ответа на письмо в течение часа",
            "klientów oczekuje odpowiedzi na e-mail w ciągu godziny",
        ),
        formulas=_texts(
            "E-mails answered within an hour of arrival ÷ e-mails answered.",
            "Письма, отвеченные в течение часа с получения ÷ отвеченные письма.",
            "E-maile z odpowiedzią w ciągu godziny od nadejścia ÷ e-maile z odpowiedzią.",
        ),
    ),
}
"""By the key of the row."""
