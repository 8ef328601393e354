"""Mails that no person typed: bounces of several servers, automatic answers, lists, receipts and our own."""

from __future__ import annotations

from tests.channels.email.cases import (
    JOHN,
    OUR_ID,
    US,
    Case,
    answers,
    head,
    mail,
    multipart,
    part,
    word,
)

_GONE = "nobody@mail.example"
_RETURNED = f"From: Shop Help <{US}>\nTo: {_GONE}\nSubject: Order 1017\nMessage-ID: {OUR_ID}\nDate: Mon, 3 Nov 2025 10:12:00 +0000\n"
_ANSWERED = ("", US)


def _status(fields: str, recipient: str = _GONE) -> bytes:
    return f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.relay.example\nArrival-Date: Mon, 3 Nov 2025 10:12:01 +0000\n\nFinal-Recipient: rfc822; {recipient}\n{fields}\n".encode()


def _original(kind: str = "message/rfc822", headers: str = _RETURNED) -> bytes:
    body = "\nHello,\n\nyour order is on its way.\n" if kind == "message/rfc822" else ""
    return f"Content-Type: {kind}\n\n{headers}{body}".encode()


def _report(
    name: str,
    sender: tuple[str, str],
    subject: str,
    words: str,
    status: bytes,
    original: bytes,
    permanent: bool,
    *more: str,
    files: tuple[tuple[str, str, bool], ...] = (),
    thread: str = "nothing",
) -> Case:
    body = multipart(
        "report",
        "rep0rt",
        part(words, encoding="8bit"),
        status,
        original,
        more="; report-type=delivery-status",
    )
    return Case(
        name=name, sender=sender, subject=subject, new_text=words.strip("\n"), kind="bounce", files=files, thread=thread,
        bounce=(_GONE, permanent, OUR_ID), raw=mail(head(sender, subject, "Return-Path: <>", *more), body),
    )  # fmt: skip


def _bounces() -> list[Case]:
    eml = (("Order 1017.eml", "message/rfc822", False),)
    postfix = f"This is the mail system at host mx.relay.example.\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients. It's attached below.\n\n<{_GONE}>: host mx.mail.example[192.0.2.7] said: 550 5.1.1\n    <{_GONE}>: Recipient address rejected: User unknown\n"
    delayed = f"This is the mail system at host mx.relay.example.\n\n####################################################################\n# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #\n####################################################################\n\nYour message could not be delivered for more than 4 hour(s).\nIt will be retried until it is 5 day(s) old.\n\n<{_GONE}>: connect to mx.mail.example[192.0.2.7]:25: Connection timed out\n"
    exim = (
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n"
        f"  {_GONE}\n    host mx.mail.example [192.0.2.7]\n    SMTP error from remote mail server after RCPT TO:<{_GONE}>:\n    550 No such user here\n\n------ This is a copy of the message, including all the headers. ------\n\n{_RETURNED}\nHello,\n\nyour order is on its way.\n"
    )
    exchange = f"Delivery has failed to these recipients or groups:\n\n{_GONE}\nThe email address you entered couldn't be found. Please check the recipient's email address and try to resend the message.\n\nDiagnostic information for administrators:\n\nGenerating server: MX1.mail.example\n\n{_GONE}\nRemote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup'\n"
    gmail = f"\n** Address not found **\n\nYour message wasn't delivered to {_GONE} because the address couldn't be found, or is unable to receive mail.\n\nThe response from the remote server was:\n550 5.1.1 The email account that you tried to reach does not exist.\n"
    yandex = f"Это письмо отправлено почтовым сервером pochta.example.\n\nК сожалению, мы вынуждены сообщить Вам о том, что Ваше письмо не может\nбыть отправлено одному или нескольким адресатам. Технические подробности можно найти ниже.\n\nНе удалось доставить письмо по адресу: {_GONE}\n"
    full = f"Your message to <{_GONE}> could not be delivered: 452 4.2.2 The email account that you tried to reach is over quota.\n"
    polish = f"Niestety nie udało się dostarczyć wiadomości do odbiorcy:\n\n{_GONE}\n\nPrzyczyna: 550 5.1.1 nie ma takiego użytkownika\n\nMessage-ID: {OUR_ID}\n"
    qmail = f"Hi. This is the qmail-send program at mail.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<{_GONE}>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <{US}>\n{_RETURNED}\nHello.\n"
    daemon = ("Mail Delivery System", "mailer-daemon@mx.relay.example")
    subject_ru = "Недоставленное сообщение"
    return [
        _report("bounce-postfix", daemon, "Undelivered Mail Returned to Sender", postfix, _status("Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown"), _original(), True, "Auto-Submitted: auto-replied", files=eml),
        _report("bounce-postfix-delayed", daemon, "Delayed Mail (still being retried)", delayed, _status("Action: delayed\nStatus: 4.4.1\nWill-Retry-Until: Sat, 8 Nov 2025 10:12:01 +0000"), _original("text/rfc822-headers"), False, "Auto-Submitted: auto-replied"),
        _report("bounce-exchange", ("Microsoft Outlook", "postmaster@mail.example"), "Undeliverable: Order 1017", exchange, _status("Action: failed\nStatus: 5.1.10"), _original(), True, *answers(), files=eml, thread="references"),
        _report("bounce-gmail", ("Mail Delivery Subsystem", "mailer-daemon@googlemail.example"), "Delivery Status Notification (Failure)", gmail, _status("Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550-5.1.1 The email account does not exist"), _original(), True, f"X-Failed-Recipients: {_GONE}", *answers(), files=eml, thread="references"),
        _report("bounce-yandex", ("", "mailer-daemon@pochta.example"), subject_ru, yandex, _status("Action: failed\nStatus: 5.0.0"), _original("text/rfc822-headers"), True),
        _report("bounce-over-quota", ("", "mailer-daemon@pochta.example"), "Delivery Status Notification (Delay)", full, _status("Action: delayed\nStatus: 4.2.2"), _original("text/rfc822-headers"), False),
        Case(name="bounce-exim", sender=("Mail Delivery System", "mailer-daemon@mx.relay.example"), subject="Mail delivery failed: returning message to sender", new_text=exim.partition("\n\n------ This")[0], kind="bounce", bounce=(_GONE, True, OUR_ID), raw=mail(head(("Mail Delivery System", "Mailer-Daemon@mx.relay.example".replace("Mailer-Daemon", "mailer-daemon")), "Mail delivery failed: returning message to sender", "Return-Path: <>", f"X-Failed-Recipients: {_GONE}", "Auto-Submitted: auto-replied"), part(exim, encoding="7bit", charset="us-ascii"))),
        Case(name="bounce-qmail", sender=("", "mailer-daemon@mail.example"), subject="failure notice", new_text=qmail.partition("\n\n--- Below")[0], kind="bounce", bounce=(_GONE, True, OUR_ID), raw=mail(head(("", "mailer-daemon@mail.example"), "failure notice", "Return-Path: <>"), part(qmail, encoding="7bit", charset="us-ascii"))),
        Case(name="bounce-pl-text", sender=("", "postmaster@poczta.example"), subject="Nie udało się dostarczyć wiadomości", new_text=polish.strip("\n"), kind="bounce", bounce=(_GONE, True, OUR_ID), raw=mail(head(("", "postmaster@poczta.example"), "Nie udało się dostarczyć wiadomości", "Return-Path: <>", charset="iso-8859-2", form="Q"), part(polish, charset="iso-8859-2", encoding="quoted-printable"))),
    ]  # fmt: skip


def _auto(
    name: str,
    who: tuple[str, str],
    subject: str,
    text: str,
    *more: str,
    kind: str = "auto_reply",
    thread: str = "nothing",
    new: str | None = None,
) -> Case:
    return Case(
        name=name,
        sender=who,
        subject=subject,
        new_text=text.strip("\n") if new is None else new,
        kind=kind,
        thread=thread,
        raw=mail(head(who, subject, *more), part(text)),
    )


def _automatic() -> list[Case]:
    anna, jan, ivan = (
        ("Anna Lis", "anna.lis@firma.example"),
        ("Jan Wiśniewski", "jan@poczta.example"),
        ("Иван Петров", "ivan@pochta.example"),
    )
    receipt = multipart(
        "report",
        "mdn1",
        part("Your message was read on Monday.\n", encoding="7bit", charset="us-ascii"),
        f"Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; {JOHN[1]}\nOriginal-Message-ID: {OUR_ID}\nDisposition: manual-action/MDN-sent-manually; displayed\n".encode(),
        more="; report-type=disposition-notification",
    )
    return [
        _auto("auto-exchange-en", JOHN, "Automatic reply: Order 1017", "I am out of the office until 10 November with limited access to e-mail.\n", "X-Auto-Response-Suppress: All", "Auto-Submitted: auto-generated", *answers(), thread="references"),
        _auto("auto-exchange-pl", anna, "Odpowiedź automatyczna: Zamówienie 1017", "Jestem na urlopie do 10 listopada. W pilnych sprawach proszę o kontakt z sekretariatem.\n", "X-Auto-Response-Suppress: All"),
        _auto("auto-exchange-ru", ivan, "Автоматический ответ: Заказ 1017", "Нахожусь в отпуске до 10 ноября. Отвечу по возвращении.\n", *answers(), thread="references"),
        _auto("auto-gmail-vacation", JOHN, "Re: Order 1017", "Hello, I am on vacation this week and will be back on Monday.\n", "Precedence: bulk", "X-Autoreply: yes", "Auto-Submitted: auto-replied", *answers(), thread="references"),
        _auto("auto-yandex", ivan, "Автоответ: Заказ 1017", "Спасибо, я получил ваше письмо и отвечу позже.\n", "X-Yandex-Autoreply: yes"),
        _auto("auto-pl-subject-only", jan, "Autoodpowiedź: Zamówienie 1017", "Wracam 10 listopada.\n"),
        _auto("auto-empty-path-away", jan, "Re: Zamówienie 1017", "Dzień dobry, przebywam na urlopie i wracam 10 listopada.\n", "Return-Path: <>"),
        Case(name="auto-read-receipt", sender=JOHN, subject="Read: Order 1017", new_text="Your message was read on Monday.", kind="auto_reply", thread="references", files=(("attachment-1.bin", "message/disposition-notification", False),), raw=mail(head(JOHN, "Read: Order 1017", *answers()), receipt)),
        _auto("list-mail", JOHN, "[lamp-lovers] A lamp meeting", "Dear all,\n\nwe meet on Friday at six.\n", "List-Id: Lamp lovers <lamp-lovers.lists.example>", "List-Unsubscribe: <mailto:leave@lists.example>", "Precedence: list", kind="list_or_bulk"),
        _auto("bulk-newsletter", ("Lamp News", "news@offers.example"), "Ten lamps for winter", "Our best offers of the month.\n", "List-Unsubscribe: <https://offers.example/u/1>", "Feedback-ID: 1:2:3", kind="list_or_bulk"),
        _auto("bulk-no-reply", ("Courier", "no-reply@courier.example"), "Your parcel is at the door", "The parcel 77 was delivered.\n", kind="list_or_bulk"),
        _auto("person-by-form", ("Web form", "noreply@shop.example"), "Question from the site", "Do you sell green lamps?\n", "Reply-To: eve@mail.example", kind="person"),
        _auto("person-writes-of-vacation", JOHN, "Out of stock?", "I will be on vacation from Monday, so please deliver before.\n", kind="person"),
        _auto("own-loop", ("Shop Help", US), "Re: Order 1017", "Hello John, here is your invoice.\n", "X-Warmline-Loop: site-1", *answers(), kind="own_loop", thread="references"),
        Case(name="auto-ru-subject-q", sender=ivan, subject="Автоответчик: я в отпуске", new_text="Вернусь 10 ноября.", kind="auto_reply", raw=mail(head(ivan, None, f"Subject: {word('Автоответчик: ', 'koi8-r', 'Q')}\n {word('я в отпуске', 'windows-1251')}"), part("Вернусь 10 ноября.\n", charset="koi8-r"))),
    ]  # fmt: skip


def cases() -> list[Case]:
    return [*_bounces(), *_automatic()]
