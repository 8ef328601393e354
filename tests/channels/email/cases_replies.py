"""Replies of people as each mail client writes them, in English, Russian and Polish."""

from __future__ import annotations

from tests.channels.email.cases import (
    IVAN,
    JAN,
    JOHN,
    REPLY_TO,
    SENT_EN,
    SENT_PL,
    SENT_RU,
    US,
    Case,
    answers,
    head,
    mail,
    multipart,
    part,
    quoted,
)  # fmt: skip

_RE_EN, _RE_RU, _RE_PL = "Re: Order 1017", "Re: Заказ 1017", "Re: Zamówienie 1017"
_OUTLOOK_STYLE = "border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"


def _reply(
    name: str,
    who: tuple[str, str],
    subject: str,
    text: str,
    new: str,
    **more: str | bytes | tuple[str, ...],
) -> Case:
    """A plain text reply that names our mail in its References."""
    charset = str(more.pop("charset", "utf-8"))
    encoding = str(more.pop("encoding", "base64"))
    extra = str(more.pop("extra", ""))
    sent = more.pop("sent", ())
    assert isinstance(sent, tuple)
    return Case(
        name=name, sender=who, subject=subject, new_text=new, thread="references", sent=sent,
        raw=mail(head(who, subject, *answers(), charset=charset), part(text, charset=charset, encoding=encoding, more=extra)),
    )  # fmt: skip


def _english() -> list[Case]:
    gmail = f"Thanks, but I asked for delivery on Friday. Can you change it?\n\nOn Mon, Nov 3, 2025 at 10:12 AM Shop Help <{US}> wrote:\n\n{quoted(SENT_EN)}\n"
    outlook = (
        "Hi Mary,\n\nplease send it to my office instead: 5 Mill Lane.\n\nRegards,\nJohn Carter\nPurchasing\nTel. 555 0100\n\n"
        f"From: Shop Help <{US}>\nSent: Monday, November 3, 2025 10:12 AM\nTo: John Carter <john.carter@mail.example>\n"
        f"Subject: Order 1017\n\n{SENT_EN}\n"
    )
    web = (
        "It has not arrived yet.\n________________________________\n"
        f"From: Shop Help <{US}>\nSent: 03 November 2025 10:12\nTo: John Carter <john.carter@mail.example>\nSubject: Order 1017\n\n{SENT_EN}\n"
    )
    old = f"Yes, please.\n\n-----Original Message-----\nFrom: Shop Help [mailto:{US}]\nSent: Monday, November 03, 2025 10:12 AM\nTo: John Carter\nSubject: Order 1017\n\n{SENT_EN}\n"
    apple = f"Noon is fine for me.\n\nJohn\n\n> On 3 Nov 2025, at 10:12, Shop Help <{US}> wrote:\n> \n{quoted(SENT_EN)}\n"
    iphone = f"I will be at home\n\nSent from my iPhone\n\n> On 3 Nov 2025, at 10:12, Shop Help <{US}> wrote:\n>\n{quoted(SENT_EN)}\n"
    inline = (
        "Hello,\n\nOn 03/11/2025 10:12, Shop Help wrote:\n> your order 1017 left our warehouse this morning.\n\nWhich warehouse?\n\n"
        "> The courier will call you before noon tomorrow.\n\nPlease ask him to call after two.\n\n> Best regards,\n> Mary, Customer Care\n"
    )
    bottom = f"On 03/11/2025 10:12, Shop Help wrote:\n{quoted(SENT_EN)}\n\nIt came today, all is well. You may close this.\n"
    wrapped = (
        "Can I add one more lamp?\n\nOn Mon, Nov 3, 2025 at 10:12 AM Shop Help, the friendly team of the lamp shop\n"
        f"<{REPLY_TO}> wrote:\n\n{quoted(SENT_EN)}\n"
    )
    postscript = (
        "The lamp is broken.\n\nBest regards,\nJohn\n\nP.S. The box was open when it came.\n"
    )
    unknown = f"Too late, I am away tomorrow.\n\n=== Shop Help / Monday:\n{SENT_EN}\n"
    ios_outlook = f"Leave it with my neighbour please.\n\nGet Outlook for iOS<https://outlook.example/ios>\n________________________________\nFrom: Shop Help <{US}>\nSent: Monday, November 3, 2025 10:12:00 AM\nTo: John Carter <john.carter@mail.example>\nSubject: Order 1017\n\n{SENT_EN}\n"
    return [
        _reply("en-gmail", JOHN, _RE_EN, gmail, "Thanks, but I asked for delivery on Friday. Can you change it?"),
        _reply("en-outlook-desktop", JOHN, "RE: Order 1017", outlook, "Hi Mary,\n\nplease send it to my office instead: 5 Mill Lane."),
        _reply("en-outlook-web", JOHN, _RE_EN, web, "It has not arrived yet.", encoding="quoted-printable"),
        _reply("en-outlook-old", JOHN, "RE: Order 1017", old, "Yes, please.", encoding="7bit", charset="us-ascii"),
        _reply("en-apple-mail", JOHN, _RE_EN, apple, "Noon is fine for me.\n\nJohn"),
        _reply("en-iphone", JOHN, _RE_EN, iphone, "I will be at home"),
        _reply("en-outlook-ios", JOHN, _RE_EN, ios_outlook, "Leave it with my neighbour please."),
        _reply("en-inline-answers", JOHN, _RE_EN, inline, "Hello,\n\n> your order 1017 left our warehouse this morning.\n\nWhich warehouse?\n\n> The courier will call you before noon tomorrow.\n\nPlease ask him to call after two."),
        _reply("en-answer-below", JOHN, _RE_EN, bottom, "It came today, all is well. You may close this."),
        _reply("en-wrapped-attribution", JOHN, _RE_EN, wrapped, "Can I add one more lamp?"),
        _reply("en-postscript-kept", JOHN, _RE_EN, postscript, "The lamp is broken.\n\nBest regards,\nJohn\n\nP.S. The box was open when it came."),
        _reply("en-unknown-client", JOHN, _RE_EN, unknown, "Too late, I am away tomorrow.", sent=(SENT_EN,)),
        _reply("en-only-thanks", JOHN, _RE_EN, "Thank you!\n\nJohn\n", "Thank you!\n\nJohn"),
        _reply("en-flowed", JOHN, _RE_EN, f"I ordered two lamps and a table, but the \nparcel holds one lamp only.\n\nJohn\n\nOn 03/11/2025 10:12, Shop Help wrote:\n{quoted(SENT_EN)}\n", "I ordered two lamps and a table, but the parcel holds one lamp only.\n\nJohn", extra="; format=flowed", encoding="7bit"),
    ]  # fmt: skip


def _russian() -> list[Case]:
    gmail = f"Спасибо! А можно перенести на завтра?\n\nпн, 3 нояб. 2025 г. в 10:12, Служба поддержки <{US}>:\n\n{quoted(SENT_RU)}\n"
    yandex = f'Курьер так и не позвонил.\n \n03.11.2025, 10:12, "Служба поддержки" <{US}>:\n{SENT_RU}\n \n-- \nС уважением, Иван Петров\n'
    yandex_marked = f'Адрес прежний, квартира 12.\n\n\n03.11.2025, 10:12, "Служба поддержки" <{US}>:\n\n{quoted(SENT_RU)}\n'
    mailru = f"Добрый день! Заказ пришёл, но не хватает лампы.\n\n--\nИван Петров\nОтправлено из Почты Mail\n  \n>Понедельник, 3 ноября 2025, 10:12 +03:00 от Служба поддержки <{US}>:\n> \n{quoted(SENT_RU, '>')}\n"
    mailru_web = f"Добрый день!\nВерните деньги, пожалуйста.\n \nПонедельник, 3 ноября 2025, 10:12 +03:00 от Служба поддержки <{US}>:\n \n{SENT_RU}\n"
    outlook = (
        "Марина, здравствуйте!\n\nПрошу выслать счёт-фактуру на заказ 1017.\n\nС уважением,\nИван Петров\nООО «Пример»\nтел. 555-01-00\n\n"
        f"От: Служба поддержки <{US}>\nОтправлено: 3 ноября 2025 г. 10:12\nКому: Иван Петров <ivan.petrov@pochta.example>\nТема: Заказ 1017\n\n{SENT_RU}\n"
    )
    outlook_old = f"Подтверждаю.\n\n-----Исходное сообщение-----\nОт: Служба поддержки [mailto:{US}]\nОтправлено: Monday, November 03, 2025 10:12 AM\nКому: Иван Петров\nТема: Заказ 1017\n\n{SENT_RU}\n"
    thunderbird = f"03.11.2025 10:12, Служба поддержки пишет:\n{quoted(SENT_RU)}\n\nБлагодарю, вопрос решён.\n\n-- \nИван\n"
    iphone = f"Буду дома после шести\n\nОтправлено с iPhone\n\n> 3 нояб. 2025 г., в 10:12, Служба поддержки <{US}> написал(а):\n> \n{quoted(SENT_RU)}\n"
    apple = f"Когда будет возврат?\n\nИван\n\n> 3 нояб. 2025 г., в 10:12, Служба поддержки <{US}> написал(а):\n>\n{quoted(SENT_RU)}\n"
    inline = "03.11.2025 10:12, Служба поддержки пишет:\n> Ваш заказ 1017 передан в доставку.\nКакой службе?\n\n> Курьер позвонит вам сегодня после обеда.\nЛучше завтра.\n\n> С уважением,\n> Марина, служба поддержки\n"
    closing = "Здравствуйте.\n\nНе работает пульт. Что делать?\n\nЗаранее спасибо,\nИван\n"
    return [
        _reply("ru-gmail", IVAN, _RE_RU, gmail, "Спасибо! А можно перенести на завтра?"),
        _reply("ru-yandex", IVAN, _RE_RU, yandex, "Курьер так и не позвонил.", charset="utf-8"),
        _reply("ru-yandex-marked", IVAN, _RE_RU, yandex_marked, "Адрес прежний, квартира 12."),
        _reply("ru-mailru-app", IVAN, _RE_RU, mailru, "Добрый день! Заказ пришёл, но не хватает лампы."),
        _reply("ru-mailru-web", IVAN, _RE_RU, mailru_web, "Добрый день!\nВерните деньги, пожалуйста."),
        _reply("ru-outlook-desktop", IVAN, "RE: Заказ 1017", outlook, "Марина, здравствуйте!\n\nПрошу выслать счёт-фактуру на заказ 1017.", charset="windows-1251", encoding="quoted-printable"),
        _reply("ru-outlook-old-koi8", IVAN, "HA: Заказ 1017", outlook_old, "Подтверждаю.", charset="koi8-r"),
        _reply("ru-thunderbird-below", IVAN, _RE_RU, thunderbird, "Благодарю, вопрос решён."),
        _reply("ru-iphone", IVAN, _RE_RU, iphone, "Буду дома после шести"),
        _reply("ru-apple-mail", IVAN, _RE_RU, apple, "Когда будет возврат?\n\nИван"),
        _reply("ru-inline-answers", IVAN, _RE_RU, inline, "> Ваш заказ 1017 передан в доставку.\nКакой службе?\n\n> Курьер позвонит вам сегодня после обеда.\nЛучше завтра."),
        _reply("ru-closing", IVAN, _RE_RU, closing, "Здравствуйте.\n\nНе работает пульт. Что делать?", charset="koi8-r", encoding="8bit"),
    ]  # fmt: skip


def _polish() -> list[Case]:
    gmail = f"Dziękuję, ale proszę o dostawę w piątek.\n\npon., 3 lis 2025 o 10:12 Obsługa Klienta <{US}> napisał(a):\n\n{quoted(SENT_PL)}\n"
    thunderbird = f"Paczka nie dotarła.\n\nW dniu 03.11.2025 o 10:12, Obsługa Klienta pisze:\n{quoted(SENT_PL)}\n"
    onet = f"Proszę o fakturę na firmę.\n\nW dniu 2025-11-03 10:12:00 użytkownik Obsługa Klienta <{US}> napisał:\n{quoted(SENT_PL)}\n"
    wp = f"Dzień dobry,\nkiedy zwrot pieniędzy?\n\nDnia 3 listopada 2025 10:12 Obsługa Klienta <{US}> napisał(a):\n\n{SENT_PL}\n"
    outlook = (
        "Dzień dobry,\n\nproszę o zmianę adresu na ul. Młyńską 5.\n\nZ poważaniem,\nJan Wiśniewski\nKierownik zakupów\ntel. 555 01 00\n\n"
        f"Od: Obsługa Klienta <{US}>\nWysłano: poniedziałek, 3 listopada 2025 10:12\nDo: Jan Wiśniewski <jan.wisniewski@poczta.example>\nTemat: Zamówienie 1017\n\n{SENT_PL}\n"
    )
    outlook_old = f"Potwierdzam.\n\n-----Wiadomość oryginalna-----\nOd: Obsługa Klienta [mailto:{US}]\nWysłano: 3 listopada 2025 10:12\nDo: Jan Wiśniewski\nTemat: Zamówienie 1017\n\n{SENT_PL}\n"
    apple = f"Będę w domu po 17.\n\nWysłane z iPhone'a\n\n> Wiadomość napisana przez Obsługa Klienta <{US}> w dniu 3 lis 2025, o godz. 10:12:\n> \n{quoted(SENT_PL)}\n"
    apple_bare = f"Czy mogę zwrócić lampę?\n\nJan\n\nWiadomość napisana przez Obsługa Klienta <{US}> w dniu 3 lis 2025, o godz. 10:12:\n\n{quoted(SENT_PL)}\n"
    inline = "W dniu 03.11.2025 o 10:12, Obsługa Klienta pisze:\n> zamówienie 1017 zostało wysłane dziś rano.\n\nA kiedy druga paczka?\n\n> Kurier zadzwoni jutro przed południem.\n\nWolę po południu.\n\n> Pozdrawiam,\n> Marta\n"
    signature = "Lampa nie świeci.\n\nPozdrawiam serdecznie,\nJan Wiśniewski\n"
    return [
        _reply("pl-gmail", JAN, _RE_PL, gmail, "Dziękuję, ale proszę o dostawę w piątek."),
        _reply("pl-thunderbird", JAN, _RE_PL, thunderbird, "Paczka nie dotarła.", encoding="8bit"),
        _reply("pl-onet", JAN, "Odp: Zamówienie 1017", onet, "Proszę o fakturę na firmę.", charset="iso-8859-2", encoding="quoted-printable"),
        _reply("pl-wp", JAN, "Odp: Zamówienie 1017", wp, "Dzień dobry,\nkiedy zwrot pieniędzy?"),
        _reply("pl-outlook-desktop", JAN, "ODP: Zamówienie 1017", outlook, "Dzień dobry,\n\nproszę o zmianę adresu na ul. Młyńską 5.", charset="windows-1250", encoding="quoted-printable"),
        _reply("pl-outlook-old", JAN, "Odp: Zamówienie 1017", outlook_old, "Potwierdzam.", charset="iso-8859-2", encoding="8bit"),
        _reply("pl-iphone", JAN, _RE_PL, apple, "Będę w domu po 17."),
        _reply("pl-apple-mail", JAN, _RE_PL, apple_bare, "Czy mogę zwrócić lampę?\n\nJan"),
        _reply("pl-inline-answers", JAN, _RE_PL, inline, "> zamówienie 1017 zostało wysłane dziś rano.\n\nA kiedy druga paczka?\n\n> Kurier zadzwoni jutro przed południem.\n\nWolę po południu."),
        _reply("pl-closing", JAN, _RE_PL, signature, "Lampa nie świeci."),
    ]  # fmt: skip


def _html() -> list[Case]:
    outlook = (
        '<html><head><style>p.MsoNormal {margin:0}</style></head><body lang="PL"><div class="WordSection1"><p class="MsoNormal">Proszę anulować zamówienie.</p>'
        f'<p class="MsoNormal">&nbsp;</p><div style="{_OUTLOOK_STYLE}"><p class="MsoNormal"><b>From:</b> Obsługa Klienta &lt;{US}&gt; <br><b>Sent:</b> Monday, November 3, 2025 10:12 AM<br>'
        '<b>To:</b> Jan Wiśniewski &lt;jan.wisniewski@poczta.example&gt;<br><b>Subject:</b> Zamówienie 1017</p></div><p class="MsoNormal">zamówienie 1017 zostało wysłane</p></div></body></html>'
    )
    gmail = (
        '<div dir="ltr">Где мой заказ?<div>Жду <b>третий</b> день.</div></div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">пн, 3 нояб. 2025 г. в 10:12, Служба поддержки &lt;'
        f'<a href="mailto:{US}">{US}</a>&gt;:<br></div><blockquote class="gmail_quote" style="margin:0">Ваш заказ 1017 передан в доставку.</blockquote></div>'
    )
    unmarked = '<div>It is blue, I ordered green.</div><div class="yahoo_quoted" id="q"><div>Shop Help, yesterday</div><div>your order 1017 left our warehouse</div></div>'
    return [
        Case(name="pl-outlook-html-only", sender=JAN, subject=_RE_PL, new_text="Proszę anulować zamówienie.", thread="references", raw=mail(head(JAN, _RE_PL, *answers()), part(outlook, "text/html", encoding="quoted-printable"))),
        Case(name="ru-gmail-html-only", sender=IVAN, subject=_RE_RU, new_text="Где мой заказ?\nЖду третий день.", thread="token", raw=mail(head(IVAN, _RE_RU, to=REPLY_TO), part(gmail, "text/html"))),
        Case(name="en-html-mark-only", sender=JOHN, subject=_RE_EN, new_text="It is blue, I ordered green.", thread="token", raw=mail(head(JOHN, _RE_EN, to=f'"Shop Help" <{REPLY_TO.upper()}>'), part(unmarked, "text/html"))),
        Case(name="ru-gmail-both-forms", sender=IVAN, subject=_RE_RU, new_text="Где мой заказ?\nЖду *третий* день.", thread="references", raw=mail(head(IVAN, _RE_RU, *answers()), multipart("alternative", "000000000000a1b2c3", part(f"Где мой заказ?\nЖду *третий* день.\n\nпн, 3 нояб. 2025 г. в 10:12, Служба поддержки <{US}>:\n\n{quoted(SENT_RU)}\n"), part(gmail, "text/html")))),
    ]  # fmt: skip


def cases() -> list[Case]:
    return [*_english(), *_russian(), *_polish(), *_html()]
