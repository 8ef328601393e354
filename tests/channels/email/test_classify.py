"""People's mails start work; answers of machines never do."""

from __future__ import annotations

import pytest

from tests.channels.email.cases import head, mail, multipart, part
from warmline.channels.email.classify import Kind, classify, kind
from warmline.channels.email.mail import Mail
from warmline.channels.email.parse import parse

EVE = ("Eve", "eve@mail.example")
DAEMON = ("", "mailer-daemon@mx.example")


def _read(who: tuple[str, str], subject: str, text: str, *more: str) -> Mail:
    return parse(mail(head(who, subject, *more), part(text)))


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: x",
        "Auto: x",
        "Re: Out of office",
        "Автоматический ответ: x",
        "Отв: Автоответ",
        "Odpowiedź automatyczna: x",
        "Autoresponder",
        "ODP: Nieobecność w biurze",
    ],
)
def test_subjects_of_automatic_answers(subject: str):
    assert kind(_read(EVE, subject, "I am away.")) is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    "subject",
    [
        "Auto parts",
        "Out of stock",
        "Автомат не работает",
        "Отпуск и доставка",
        "Automat do kawy",
        "Urlop a dostawa",
        "Undelivered parcel",
        "Не доставлено",
        "Nie dostarczono paczki",
    ],
)
def test_people_may_write_such_subjects(subject: str):
    assert kind(_read(EVE, subject, "Please help, my parcel was not delivered.")) is Kind.PERSON


@pytest.mark.parametrize(
    ("header", "right"),
    [
        ("Auto-Submitted: auto-replied", Kind.AUTO_REPLY),
        ("Auto-Submitted: auto-replied; owner-email=x", Kind.AUTO_REPLY),
        ("Auto-Submitted: auto-generated", Kind.LIST_OR_BULK),
        ("Auto-Submitted: no", Kind.PERSON),
        ("Precedence: auto_reply", Kind.AUTO_REPLY),
        ("Precedence: bulk", Kind.LIST_OR_BULK),
        ("Precedence: first-class", Kind.PERSON),
        ("X-Autoreply: yes", Kind.AUTO_REPLY),
        ("X-Autoreply: no", Kind.PERSON),
        ("X-Auto-Response-Suppress: None", Kind.PERSON),
        ("X-Auto-Response-Suppress: All", Kind.LIST_OR_BULK),
        ("List-Id: <a.lists.example>", Kind.LIST_OR_BULK),
        ("Return-Path: <>", Kind.LIST_OR_BULK),
        ("Return-Path: <eve@mail.example>", Kind.PERSON),
        ("X-Warmline-Loop: site-1", Kind.OWN_LOOP),
    ],
)
def test_headers_tell(header: str, right: Kind):
    verdict = classify(_read(EVE, "Hello", "A question.", header))
    assert verdict.kind is right
    assert verdict.reason


def test_loop_mark_of_another_center_is_not_ours():
    found = _read(EVE, "Hello", "We too use Warmline.", "X-Warmline-Loop: theirs")
    assert classify(found, own_loop="ours").kind is Kind.PERSON
    assert classify(found, own_loop="theirs").kind is Kind.OWN_LOOP


def _report(fields: str) -> Mail:
    status = f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n{fields}\n".encode()
    body = multipart("report", "r", part("Sorry.\n"), status, more="; report-type=delivery-status")
    return parse(mail(head(DAEMON, "Report", "Return-Path: <>"), body))


@pytest.mark.parametrize(
    ("fields", "recipient", "permanent", "status"),
    [
        (
            "Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.1.1",
            "a@x.example",
            True,
            "5.1.1",
        ),
        (
            "Final-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 4.2.2",
            "a@x.example",
            False,
            "4.2.2",
        ),
        (
            "Final-Recipient: rfc822; a@x.example\nAction: delayed\nStatus: 4.4.1",
            "a@x.example",
            False,
            "4.4.1",
        ),
        (
            "Original-Recipient: rfc822; b@x.example\nFinal-Recipient: rfc822; a@x.example\nAction: failed\nStatus: 5.0.0",
            "b@x.example",
            True,
            "5.0.0",
        ),
        (
            "Final-Recipient: rfc822; a@x.example\nAction: delivered\nStatus: 2.0.0\n\nFinal-Recipient: rfc822; b@x.example\nAction: failed\nStatus: 5.0.0",
            "b@x.example",
            True,
            "5.0.0",
        ),
        (
            "Final-Recipient: rfc822;\n a@x.example\nStatus: 5.1.1 (gone)",
            "a@x.example",
            True,
            "5.1.1",
        ),
    ],
)
def test_delivery_reports(fields: str, recipient: str, permanent: bool, status: str):
    bounce = classify(_report(fields)).bounce
    assert bounce is not None
    assert (bounce.recipient, bounce.permanent, bounce.status) == (recipient, permanent, status)


def test_report_of_success_is_no_bounce_and_no_work():
    verdict = classify(
        _report("Final-Recipient: rfc822; a@x.example\nAction: delivered\nStatus: 2.0.0")
    )
    assert verdict.bounce is None
    assert verdict.kind is Kind.LIST_OR_BULK


@pytest.mark.parametrize(
    ("subject", "text", "permanent"),
    [
        ("Undelivered Mail", "<a@x.example>: 550 5.1.1 unknown user", True),
        (
            "Warning: message delayed 24 hours",
            "a@x.example has not yet been delivered. It will be retried.",
            False,
        ),
        ("Недоставленное сообщение", "a@x.example: ящик не существует", True),
        ("Задержка доставки", "a@x.example: попытки доставки продолжаются, 451 занято", False),
        ("Niedostarczona wiadomość", "a@x.example: 550 nie ma takiej skrzynki", True),
        (
            "Opóźnienie dostarczenia, opóźniona wiadomość",
            "a@x.example: 4.2.1 skrzynka zajęta",
            False,
        ),
    ],
)
def test_bounces_that_are_only_text(subject: str, text: str, permanent: bool):
    bounce = classify(_read(DAEMON, subject, text, "Return-Path: <>")).bounce
    assert bounce is not None
    assert (bounce.recipient, bounce.permanent) == ("a@x.example", permanent)
