"""Mails of unusual build: charsets and wrong labels, files of all sorts, damage, missing headers, forwards."""

from __future__ import annotations

import base64

from tests.channels.email.cases import (
    IVAN,
    JAN,
    JOHN,
    REPLY_TO,
    SENT_PL,
    US,
    Case,
    file_part,
    head,
    mail,
    multipart,
    part,
    person,
    quoted,
    word,
)  # fmt: skip

_PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_RU = "Здравствуйте! Подскажите, пожалуйста, когда приедет мой заказ? Жду уже вторую неделю.\n"
_PL = "Dzień dobry, czy mogę zwrócić żółtą lampę? Przyszła pęknięta, proszę o odpowiedź jeszcze dziś.\n"
_QUESTION_RU, _QUESTION_PL, _QUESTION_EN = "Вопрос по заказу", "Pytanie o zwrot", "A question"


def _labelled(
    name: str, who: tuple[str, str], subject: str, text: str, real: str, label: str
) -> Case:
    """A mail whose bytes are in one charset and whose label says another."""
    said = f"Content-Type: text/plain; charset={label}\n" if label else ""
    body = f"{said}Content-Transfer-Encoding: 8bit\n\n".encode() + text.encode(real)
    return Case(
        name=name,
        sender=who,
        subject=subject,
        new_text=text.strip(),
        raw=mail(head(who, subject), body),
    )


def _charsets() -> list[Case]:
    raw_heads = "From: Иван Петров <ivan.petrov@pochta.example>\nTo: help@shop.example\nSubject: Вопрос по заказу\nDate: Mon, 3 Nov 2025 12:40:00 +0300\nMessage-ID: <c-2@mail.example>\n\n".encode(
        "cp1251"
    )
    utf8 = _QUESTION_RU.encode()
    cut = f"=?utf-8?B?{base64.b64encode(utf8[:9]).decode()}?=\n =?utf-8?B?{base64.b64encode(utf8[9:]).decode()}?="
    return [
        _labelled("charset-koi8-r", IVAN, _QUESTION_RU, _RU, "koi8-r", "koi8-r"),
        _labelled("charset-windows-1251", IVAN, _QUESTION_RU, _RU, "cp1251", '"windows-1251"'),
        _labelled("charset-iso-8859-2", JAN, _QUESTION_PL, _PL, "iso-8859-2", "ISO-8859-2"),
        _labelled("charset-windows-1250", JAN, _QUESTION_PL, _PL, "cp1250", "cp-1250"),
        _labelled("wrong-latin1-is-1251", IVAN, _QUESTION_RU, _RU, "cp1251", "iso-8859-1"),
        _labelled("wrong-ascii-is-utf8", IVAN, _QUESTION_RU, _RU, "utf-8", "us-ascii"),
        _labelled("wrong-utf8-is-1251", IVAN, _QUESTION_RU, _RU, "cp1251", "utf-8"),
        _labelled("wrong-1251-is-koi8", IVAN, _QUESTION_RU, _RU, "koi8-r", "windows-1251"),
        _labelled("wrong-latin1-is-1250", JAN, _QUESTION_PL, _PL, "cp1250", "iso-8859-1"),
        _labelled("wrong-1250-is-8859-2", JAN, _QUESTION_PL, _PL, "iso-8859-2", "windows-1250"),
        _labelled("unknown-label", IVAN, _QUESTION_RU, _RU, "koi8-r", "x-my-charset"),
        _labelled("no-label-at-all", JAN, _QUESTION_PL, _PL, "iso-8859-2", ""),
        Case(name="raw-8bit-headers", sender=IVAN, subject=_QUESTION_RU, new_text=_RU.strip(), raw=raw_heads.replace(b"\n", b"\r\n") + _RU.encode("cp1251")),
        Case(name="subject-cut-inside-a-letter", sender=IVAN, subject=_QUESTION_RU, new_text=_RU.strip(), raw=mail(head(IVAN, None, f"Subject: {cut}"), part(_RU))),
        Case(name="name-with-comma", sender=("Петров, Иван (ООО «Пример»)", "ivan@pochta.example"), subject="Счёт", new_text="Нужен счёт.", raw=mail(f"From: {word('Петров, Иван (ООО «Пример»)', 'windows-1251')} <ivan@pochta.example>\nTo: {US}\nSubject: {word('Счёт', 'koi8-r', 'Q')}\nDate: 3 Nov 25 12:40 MSK\nMessage-ID: <c-3@mail.example>", part("Нужен счёт.\n", charset="koi8-r"))),
    ]  # fmt: skip


def _files() -> list[Case]:
    calendar = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nVERSION:2.0\nBEGIN:VEVENT\nUID:1@mail.example\nDTSTART;TZID=Europe/Warsaw:20251104T100000\nDTEND;TZID=Europe/Warsaw:20251104T110000\nSUMMARY:Odbiór lampy\nLOCATION:Magazyn\\, brama 2\nEND:VEVENT\nEND:VCALENDAR\n"
    invitation = multipart(
        "mixed",
        "m1",
        multipart(
            "alternative",
            "a1",
            part("Proszę o potwierdzenie terminu odbioru.\n"),
            part("<p>Proszę o potwierdzenie terminu odbioru.</p>", "text/html"),
            part(calendar, "text/calendar", more="; method=REQUEST"),
        ),
    )
    related = multipart(
        "related", "r1",
        multipart("alternative", "a1", part("Zobacz pęknięcie na zdjęciu.\n\n[cid:img1@mail]\n"), part('<p>Zobacz pęknięcie na zdjęciu.</p><img src="cid:img1@mail">', "text/html")),
        file_part(_PICTURE, 'Content-Type: image/png; name="image001.png"\nContent-ID: <img1@mail>\nContent-Disposition: inline; filename="image001.png"'),
    )  # fmt: skip
    long_name = "Договор поставки № 17 от 3 ноября.pdf"
    encoded = "".join(f"%{each:02X}" for each in long_name.encode())
    rfc2231 = f"Content-Type: application/pdf\nContent-Disposition: attachment;\n filename*0*=utf-8''{encoded[:61]};\n filename*1*={encoded[61:]}"
    signed = multipart(
        "signed",
        "s1",
        part("Подписано электронной подписью. Прошу принять заявление.\n"),
        file_part(
            b"0\x80\x06\x09*\x86H",
            'Content-Type: application/pkcs7-signature; name="smime.p7s"\nContent-Disposition: attachment; filename="smime.p7s"',
        ),
        more='; protocol="application/pkcs7-signature"; micalg=sha-256',
    )
    forwarded = b"From: Courier <info@courier.example>\nTo: john.carter@mail.example\nSubject: Parcel 77 / delay\nMessage-ID: <x-9@courier.example>\n\nThe parcel 77 is late.\n"
    return [
        Case(name="calendar-invitation", sender=JAN, subject="Odbiór", new_text="Proszę o potwierdzenie terminu odbioru.\n\n📅 Odbiór lampy · 2025-11-04 10:00 – 11:00 Europe/Warsaw · Magazyn, brama 2", files=(("invite.ics", "text/calendar", False),), raw=mail(head(JAN, "Odbiór"), invitation)),
        Case(name="winmail-dat", sender=JOHN, subject="The contract", new_text="The contract is attached.", files=(("winmail.dat", "application/ms-tnef", False),), raw=mail(head(JOHN, "The contract"), multipart("mixed", "m1", part("The contract is attached.\n", encoding="7bit", charset="us-ascii"), file_part(b"\x78\x9f\x3e\x22tnef", 'Content-Type: application/ms-tnef; name="winmail.dat"\nContent-Disposition: attachment; filename="winmail.dat"')))),
        Case(name="inline-image", sender=JAN, subject="Zdjęcie", new_text="Zobacz pęknięcie na zdjęciu.\n\n[cid:img1@mail]", files=(("image001.png", "image/png", True),), raw=mail(head(JAN, "Zdjęcie"), related)),
        Case(name="name-by-rfc2231", sender=IVAN, subject="Договор", new_text="Договор во вложении.", files=((long_name, "application/pdf", False),), raw=mail(head(IVAN, "Договор"), multipart("mixed", "m1", part("Договор во вложении.\n"), file_part(b"%PDF-1.4", rfc2231)))),
        Case(name="name-by-rfc2047", sender=JAN, subject="Faktura", new_text="W załączniku faktura.", files=(("faktura żółta.pdf", "application/pdf", False),), raw=mail(head(JAN, "Faktura"), multipart("mixed", "m1", part("W załączniku faktura.\n"), file_part(b"%PDF-1.4", f'Content-Type: application/pdf;\n name="{word("faktura żółta.pdf", "iso-8859-2", "Q")}"\nContent-Disposition: attachment')))),
        Case(name="dangerous-file-name", sender=JOHN, subject=_QUESTION_EN, new_text="See the file.", files=(("passwd", "text/plain", False), ("_con.txt", "text/plain", False)), raw=mail(head(JOHN, _QUESTION_EN), multipart("mixed", "m1", part("See the file.\n"), file_part(b"x", 'Content-Type: text/plain\nContent-Disposition: attachment; filename="../../etc/passwd"'), file_part(b"x", 'Content-Type: text/plain\nContent-Disposition: attachment; filename="con.txt"')))),
        Case(name="digital-signature", sender=IVAN, subject="Заявление", new_text="Подписано электронной подписью. Прошу принять заявление.", files=(("smime.p7s", "application/pkcs7-signature", False),), raw=mail(head(IVAN, "Заявление"), signed)),
        Case(name="forwarded-as-file", sender=JOHN, subject="Fwd: Parcel 77", new_text="Please see what the courier writes.", files=(("Parcel 77 _ delay.eml", "message/rfc822", False),), raw=mail(head(JOHN, "Fwd: Parcel 77"), multipart("mixed", "m1", part("Please see what the courier writes.\n"), b"Content-Type: message/rfc822\n\n" + forwarded))),
        Case(name="text-picture-text", sender=JOHN, subject=_QUESTION_EN, new_text="Before the picture.\n\nAfter the picture.", files=(("lamp.png", "image/png", True),), raw=mail(head(JOHN, _QUESTION_EN), multipart("mixed", "Apple-Mail-1", part("Before the picture.\n", encoding="7bit"), file_part(_PICTURE, "Content-Type: image/png; name=lamp.png\nContent-Disposition: inline; filename=lamp.png"), part("After the picture.\n", encoding="7bit")))),
        Case(name="only-a-file", sender=JOHN, subject="Invoice", new_text="", files=(("invoice.pdf", "application/pdf", False),), raw=mail(head(JOHN, "Invoice"), file_part(b"%PDF-1.4", 'Content-Type: application/pdf; name="invoice.pdf"\nContent-Disposition: attachment; filename="invoice.pdf"'))),
    ]  # fmt: skip


def _damage() -> list[Case]:
    eve = ("", "eve@mail.example")
    broken64 = base64.encodebytes(_RU.encode()).replace(b"\n", b" \n!").rstrip(b"=\n !") + b"\n"
    unended = multipart(
        "alternative",
        "b1",
        part("Dzień dobry, gdzie paczka?\n"),
        part("<p>Dzień dobry, gdzie paczka?</p>", "text/html"),
    ).replace(b"--b1--\n", b"")
    forward_pl = f"Proszę o wyjaśnienie.\n\n---------- Forwarded message ---------\nOd: Obsługa Klienta <{US}>\nDate: pon., 3 lis 2025 o 10:12\nSubject: Zamówienie 1017\nTo: Jan <jan.wisniewski@poczta.example>\n\n{SENT_PL}\n"
    forward_ru = '-------- Пересылаемое сообщение --------\n03.11.2025, 10:12, "Курьер" <info@courier.example>:\n\nПосылка 77 задерживается на два дня.\n'
    qp = b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nHello =ZZ there, 100% sure=\n of it = yes=3F\n"
    return [
        Case(name="no-message-id", sender=JOHN, subject=_QUESTION_EN, new_text="Do you ship to Malta?", raw=mail(head(JOHN, _QUESTION_EN, message_id=None), part("Do you ship to Malta?\n"))),
        Case(name="empty-subject", sender=JOHN, subject="", new_text="Do you ship to Malta?", raw=mail(head(JOHN, ""), part("Do you ship to Malta?\n"))),
        Case(name="no-subject-header", sender=IVAN, subject="", new_text="Где заказ?", raw=mail(head(IVAN, None), part("Где заказ?\n"))),
        Case(name="broken-base64", sender=IVAN, subject=_QUESTION_RU, new_text=_RU.strip(), raw=mail(head(IVAN, _QUESTION_RU), b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n" + broken64)),
        Case(name="broken-quoted-printable", sender=JOHN, subject=_QUESTION_EN, new_text="Hello =ZZ there, 100% sure of it = yes?", raw=mail(head(JOHN, _QUESTION_EN), qp)),
        Case(name="last-boundary-missing", sender=JAN, subject="Paczka", new_text="Dzień dobry, gdzie paczka?", raw=mail(head(JAN, "Paczka"), unended)),
        Case(name="duplicate-headers", sender=JOHN, subject="The first subject", new_text="Hello.", raw=mail(head(JOHN, "The first subject", "Subject: The second subject", "From: Evil <evil@bad.example>"), part("Hello.\n"))),
        Case(name="line-ends-of-unix", sender=JOHN, subject=_QUESTION_EN, new_text="Hello.\n\nIs the lamp warm white?", raw=mail(head(JOHN, _QUESTION_EN), part("Hello.\n\nIs the lamp warm white?\n", encoding="7bit")).replace(b"\r\n", b"\n")),
        Case(name="thread-by-subject", sender=eve, subject="Odp: RE[2]: Where is my parcel", new_text="Still nothing here.", thread="subject", raw=mail(head(eve, "Odp: RE[2]: Where is my parcel"), part("Still nothing here.\n"))),
        Case(name="thread-by-token-in-cc", sender=JOHN, subject="Something else", new_text="I write from another program.", thread="token", raw=mail(head(JOHN, "Something else", f"Cc: {person(('Shop', REPLY_TO))}", to="friend@mail.example"), part("I write from another program.\n"))),
        Case(name="forged-token", sender=JOHN, subject="Let me in", new_text="Hello.", raw=mail(head(JOHN, "Let me in", to="reply+i-100.aaaaaaaaaaaaaaaa@shop.example"), part("Hello.\n"))),
        Case(name="pl-forward-with-words", sender=JAN, subject="PD: Zamówienie 1017", new_text="Proszę o wyjaśnienie.", raw=mail(head(JAN, "PD: Zamówienie 1017"), part(forward_pl))),
        Case(name="ru-forward-bare", sender=IVAN, subject="Fwd: Посылка 77", new_text=forward_ru.strip(), raw=mail(head(IVAN, "Fwd: Посылка 77"), part(forward_ru))),
        Case(name="flowed-delsp-quote", sender=IVAN, subject="Re: Лампа", new_text="Это очень длинная строка, которую программа перенесла.", raw=mail(head(IVAN, "Re: Лампа"), part(f"Это очень длинная строка,  \nкоторую программа пере \nнесла.\n\n03.11.2025 10:12, Магазин пишет:\n{quoted('Старый текст. ')}\n", more="; format=flowed; delsp=yes"))),
        Case(name="html-with-scripts", sender=JOHN, subject=_QUESTION_EN, new_text="Is it dimmable?", raw=mail(head(JOHN, _QUESTION_EN), part('<html><head><title>x</title><script>alert(1)</script></head><body onload="x()"><p>Is it <i>dimmable</i>?</p><img src="https://track.example/p.gif"></body></html>', "text/html", encoding="quoted-printable"))),
    ]  # fmt: skip


def cases() -> list[Case]:
    return [*_charsets(), *_files(), *_damage()]
