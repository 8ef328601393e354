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
            "Closed contacts that began while the desk said how long to talk ÷ closed contacts "
            "that an agent had taken.",
            "Закрытые обращения, начатые с подсказкой рабочего места, как долго говорить ÷ "
            "закрытые обращения, которые принял оператор.",
            "Zamknięte kontakty zaczęte przy podpowiedzi pulpitu, jak długo rozmawiać ÷ zamknięte "
            "kontakty odebrane przez konsultanta.",
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
            "Closed contacts in which the desk showed an offer, after the problem was solved ÷ "
            "closed contacts that an agent had taken.",
            "Закрытые обращения, где после решения вопроса было показано предложение ÷ закрытые "
            "обращения, которые принял оператор.",
            "Zamknięte kontakty, w których po rozwiązaniu sprawy pokazano ofertę ÷ zamknięte "
            "kontakty odebrane przez konsultanta.",
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
            "Customers with an order delivered in the period who were written to after it ÷ "
            "customers with one, delivered long enough ago.",
            "Клиенты с заказом, доставленным за период, которым после этого написали ÷ клиенты с "
            "таким заказом, с доставки которого прошло достаточно дней.",
            "Klienci z zamówieniem dostarczonym w okresie, do których potem napisano ÷ klienci z "
            "takim zamówieniem, dostarczonym dostatecznie dawno.",
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
    "loyalty_bad": RowTexts(
        names=_texts(
            "Loyalty after a bad contact",
            "Лояльность после плохого обращения",
            "Lojalność po złym kontakcie",
        ),
        published=_texts(
            "is how loyalty changes after a bad contact",
            "— так меняется лояльность после плохого обращения",
            "– o tyle zmienia się lojalność po złym kontakcie",
        ),
        formulas=_texts(
            "(Share that bought again within 90 days after a bad contact − share of matched "
            "others) ÷ share of the others.",
            "(Доля купивших снова за 90 дней после плохого обращения − доля среди похожих) ÷ доля "
            "среди похожих.",
            "(Odsetek kupujących ponownie w 90 dni po złym kontakcie − odsetek u podobnych) ÷ "
            "odsetek u podobnych.",
        ),
    ),
    "loyalty_good": RowTexts(
        names=_texts(
            "Loyalty after a good contact",
            "Лояльность после хорошего обращения",
            "Lojalność po dobrym kontakcie",
        ),
        published=_texts(
            "is how loyalty changes after a good contact",
            "— так меняется лояльность после хорошего обращения",
            "– o tyle zmienia się lojalność po dobrym kontakcie",
        ),
        formulas=_texts(
            "(Share that bought again within 90 days after a good contact − share of matched "
            "others) ÷ share of the others.",
            "(Доля купивших снова за 90 дней после хорошего обращения − доля среди похожих) ÷ "
            "доля среди похожих.",
            "(Odsetek kupujących ponownie w 90 dni po dobrym kontakcie − odsetek u podobnych) ÷ "
            "odsetek u podobnych.",
        ),
    ),
    "grouped_by_quality": RowTexts(
        names=_texts(
            "Agents grouped by quality or productivity",
            "Операторы различаются по качеству или продуктивности",
            "Konsultanci według jakości lub wydajności",
        ),
        published=_texts(
            "of centers group agents by quality or productivity",
            "центров группируют операторов по качеству или продуктивности",
            "centrów grupuje konsultantów według jakości lub wydajności",
        ),
        formulas=_texts(
            "Agents with a score for quality or productivity that routing may use ÷ agents.",
            "Операторы с оценкой качества или продуктивности для распределения ÷ операторы.",
            "Konsultanci z oceną jakości lub wydajności dla przydziału ÷ konsultanci.",
        ),
    ),
    "grouped_by_sales": RowTexts(
        names=_texts(
            "Agents grouped by sales",
            "Операторы различаются по продажам",
            "Konsultanci według sprzedaży",
        ),
        published=_texts(
            "of centers group agents by sales",
            "центров группируют операторов по продажам",
            "centrów grupuje konsultantów według sprzedaży",
        ),
        formulas=_texts(
            "Agents with a score for sales that routing may use ÷ agents.",
            "Операторы с оценкой продаж для распределения ÷ операторы.",
            "Konsultanci z oceną sprzedaży dla przydziału ÷ konsultanci.",
        ),
    ),
    "grouped_by_interpersonal": RowTexts(
        names=_texts(
            "Agents grouped by interpersonal skill",
            "Операторы различаются по умению общаться",
            "Konsultanci według umiejętności rozmowy",
        ),
        published=_texts(
            "of centers at most group agents by interpersonal skill",
            "центров, не больше, группируют операторов по умению общаться",
            "centrów co najwyżej grupuje konsultantów według umiejętności rozmowy",
        ),
        formulas=_texts(
            "Agents with an interpersonal score that routing may use ÷ agents.",
            "Операторы с оценкой общения для распределения ÷ операторы.",
            "Konsultanci z oceną rozmowy dla przydziału ÷ konsultanci.",
        ),
    ),
    "mail_offered": RowTexts(
        names=_texts("E-mail is offered", "Есть электронная почта", "E-mail jest dostępny"),
        published=_texts(
            "of customers want e-mail",
            "клиентов хотят писать по электронной почте",
            "klientów chce pisać e-maile",
        ),
        formulas=_texts(
            "Queues to which an e-mail inbox leads ÷ all queues, as they are now.",
            "Очереди, куда ведёт почтовый ящик ÷ все очереди, как они есть сейчас.",
            "Kolejki, do których prowadzi skrzynka e-mail ÷ wszystkie kolejki, jak są teraz.",
        ),
    ),
    "mail_preferred": RowTexts(
        names=_texts("E-mail is preferred", "Предпочитают электронную почту", "Wolą e-mail"),
        published=_texts(
            "of customers prefer e-mail",
            "клиентов предпочитают электронную почту",
            "klientów woli e-mail",
        ),
        formulas=_texts(
            "Customers who said that they prefer e-mail ÷ customers who said what they prefer.",
            "Клиенты, выбравшие электронную почту ÷ клиенты, сказавшие, что предпочитают.",
            "Klienci, którzy wybrali e-mail ÷ klienci, którzy powiedzieli, co wolą.",
        ),
    ),
    "chat_used": RowTexts(
        names=_texts("Chat and messengers", "Чат и мессенджеры", "Czat i komunikatory"),
        published=_texts(
            "use chat or messengers",
            "пользуются чатом или мессенджерами",
            "korzysta z czatu lub komunikatorów",
        ),
        formulas=_texts(
            "Contacts by chat or messenger ÷ contacts that came in.",
            "Обращения в чате или мессенджере ÷ поступившие обращения.",
            "Kontakty przez czat lub komunikator ÷ kontakty, które wpłynęły.",
        ),
    ),
    "phone_and_mail": RowTexts(
        names=_texts("Phone and e-mail", "Телефон и почта", "Telefon i e-mail"),
        published=_texts(
            "and more of contacts are still phone and e-mail",
            "обращений и больше — всё ещё телефон и почта",
            "kontaktów i więcej to nadal telefon i e-mail",
        ),
        formulas=_texts(
            "Contacts by phone, callback or e-mail ÷ contacts that came in.",
            "Обращения по телефону, обратному звонку или почте ÷ поступившие обращения.",
            "Kontakty przez telefon, oddzwanianie lub e-mail ÷ kontakty, które wpłynęły.",
        ),
    ),
    "proactive": RowTexts(
        names=_texts("We write first", "Пишем первыми", "Odzywamy się pierwsi"),
        published=_texts(
            "of customers expect proactive contact",
            "клиентов ждут, что с ними свяжутся первыми",
            "klientów oczekuje, że odezwiemy się pierwsi",
        ),
        formulas=_texts(
            "Customers who ordered in the period and whom we contacted first in it, about service "
            "or as a courtesy ÷ customers who ordered in it.",
            "Клиенты с заказом за период, с которыми мы за него связались первыми, по "
            "обслуживанию или из вежливости ÷ клиенты с заказом за период.",
            "Klienci z zamówieniem w okresie, do których w nim odezwaliśmy się pierwsi, w sprawie "
            "obsługi lub z uprzejmości ÷ klienci z zamówieniem w okresie.",
        ),
    ),
    "turnover": RowTexts(
        names=_texts("Staff turnover", "Текучесть", "Rotacja"),
        published=_texts(
            "of the staff leave in a year",
            "сотрудников уходят за год",
            "pracowników odchodzi w roku",
        ),
        formulas=_texts(
            "Agents whose account was closed in the last year ÷ mean of the agents a year ago and "
            "now.",
            "Операторы, чья учётная запись закрыта за последний год ÷ среднее число операторов год "
            "назад и сейчас.",
            "Konsultanci, których konto zamknięto w ostatnim roku ÷ średnia liczba konsultantów "
            "rok temu i teraz.",
        ),
    ),
    "leaks": RowTexts(
        names=_texts(
            "Leaks caused by employees", "Утечки по вине сотрудников", "Wycieki przez pracowników"
        ),
        published=_texts(
            "of personal-data leaks are caused by employees",
            "утечек личных данных происходят по вине сотрудников",
            "wycieków danych osobowych powodują pracownicy",
        ),
        formulas=_texts(
            "Leaks are not recorded here, so there is no share. What is: every look at a customer "
            "outside a conversation, with its reason.",
            "Утечки здесь не записываются, поэтому доли нет. Записывается каждый взгляд на клиента "
            "вне разговора и его причина.",
            "Wycieki nie są tu zapisywane, więc nie ma odsetka. Zapisane jest każde spojrzenie na "
            "klienta poza rozmową, z powodem.",
        ),
    ),
}
"""By the key of the row."""
