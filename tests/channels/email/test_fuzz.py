"""Whatever happens to a mail on its way, it is read or refused, never a crash."""

from __future__ import annotations

import pytest

from tests.channels.email.fuzz import mutated, read_all, run
from warmline.channels.email.mail import Refused


def test_three_thousand_damaged_mails_crash_nothing():
    figures = run(seed=20_251_103, count=3_000)
    assert figures.crashes == []
    assert figures.mails == 3_000
    assert 0 < figures.refused < 1_500


def test_damage_is_the_same_for_the_same_seed():
    assert list(mutated(7, 20)) == list(mutated(7, 20))
    assert list(mutated(7, 20)) != list(mutated(8, 20))


@pytest.mark.parametrize(
    "lure",
    [
        b"On 3.11.2025 10:12, a@b.example " * 40_000,
        b"From: a\nTo: b\nSent: c\n\n" * 40_000,
        b"> a\nb\n" * 100_000,
        b"-----Original Message-----\n" * 40_000,
        b"=?utf-8?B?" * 40_000,
        b"Best regards,\n" * 40_000,
        b"<a@b.example> 5.1.1 550 " * 40_000,
    ],
)
def test_large_hostile_bodies_are_read(lure: bytes):
    read_all(b"From: MAILER-DAEMON@mail.example\nSubject: Undelivered mail\n\n" + lure)


def test_large_hostile_headers_are_read_or_refused():
    for value in (b"=?utf-8?Q?" * 8_000, b"<" * 80_000, b'"' * 80_001, b"a@b.example, " * 6_000):
        read_all(b"From: " + value + b"\nTo: " + value + b"\nSubject: " + value + b"\n\nhello\n")
    with pytest.raises(Refused):
        read_all(b"Subject: " + b"x" * 400_000 + b"\n\nhello\n")


@pytest.mark.parametrize(
    "lure",
    ["<div>" * 100_000, "<p>" * 100_000, "<p><b>" * 9_000, "<!--" * 100_000, "<a href='" * 50_000,
     "<table><tr><td>" * 6_000, "&" * 500_000, "<" * 500_000, "<blockquote>" * 390 + "x<br>" * 9_000],
)  # fmt: skip
def test_large_hostile_html_is_read(lure: str):
    read_all(b"From: a@mail.example\nContent-Type: text/html\n\n" + lure.encode())
