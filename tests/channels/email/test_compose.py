"""Mails that we send: threaded, quoted in the customer's language, recognisable, safe."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmline.channels.email.classify import Kind, classify
from warmline.channels.email.compose import (
    Mode,
    Original,
    Outgoing,
    compose,
    everybody,
    forward_subject,
    message_id,
    reply_subject,
)
from warmline.channels.email.mail import Address, Attachment, Mail
from warmline.channels.email.parse import parse
from warmline.channels.email.strip import strip

SHOP = Address(name="Служба поддержки", address="help@shop.example")
IVAN = Address(name="Петров, Иван", address="ivan@pochta.example")
ORIGINAL = Original(
    message_id="<c-1@pochta.example>",
    references=("<a@x>", "<b@x>"),
    sender=IVAN,
    to=(SHOP,),
    subject="Где заказ?",
    date=1_762_153_920_000,
    text="Где мой заказ?\n> старое",
)
REPLY = Outgoing(
    message="m-7", domain="shop.example", loop="site-1", mode=Mode.REPLY, sender=SHOP, to=(IVAN,), reply_to="reply+i-1.abcdefghijklmnop@shop.example",
    subject="Отв: Где заказ?", text="Заказ в пути.", html="<p>Заказ в <b>пути</b>.</p>", original=ORIGINAL, locale="ru", date=1_762_157_520_000, zone=ZoneInfo("Europe/Moscow"),
)  # fmt: skip


def _sent(outgoing: Outgoing) -> Mail:
    return parse(compose(outgoing).as_bytes())


def test_reply_is_threaded_and_says_who_we_are():
    sent = _sent(REPLY)
    assert (sent.message_id, sent.in_reply_to) == ("<wl.m-7@shop.example>", "<c-1@pochta.example>")
    assert sent.references == ("<a@x>", "<b@x>", "<c-1@pochta.example>")
    assert (sent.sender, sent.to, sent.subject) == (SHOP, (IVAN,), "Re: Где заказ?")
    assert sent.reply_to == (
        Address(name=SHOP.name, address="reply+i-1.abcdefghijklmnop@shop.example"),
    )
    assert sent.date == 1_762_157_520_000
    assert (
        sent.text
        == "Заказ в пути.\n\n03.11.2025 10:12, Петров, Иван <ivan@pochta.example> пишет:\n> Где мой заказ?\n>> старое"
    )
    assert sent.html is not None
    assert "<b>пути</b>" in sent.html
    assert "<blockquote" in sent.html


def test_same_message_gives_the_same_bytes():
    assert compose(REPLY).as_bytes() == compose(REPLY).as_bytes()
    assert compose(replace(REPLY, message="m-8")).as_bytes() != compose(REPLY).as_bytes()


def test_our_own_mail_coming_back_is_known():
    assert classify(_sent(REPLY), own_loop="site-1").kind is Kind.OWN_LOOP


def test_automatic_mail_says_so():
    headers = compose(replace(REPLY, automatic=True))
    assert (headers["Auto-Submitted"], headers["X-Auto-Response-Suppress"]) == (
        "auto-replied",
        "All",
    )
    assert compose(REPLY)["Auto-Submitted"] is None


@pytest.mark.parametrize(
    ("locale", "line"),
    [
        ("en", "On 2025-11-03 10:12, "),
        ("ru", "03.11.2025 10:12, "),
        ("pl", "W dniu 03.11.2025 10:12, "),
        ("de", "On 2025-11-03 10:12, "),
    ],
)
def test_attribution_is_in_the_customers_language_and_our_own_rules_strip_it(
    locale: str, line: str
):
    sent = _sent(replace(REPLY, locale=locale))
    assert f"\n{line}Петров, Иван <ivan@pochta.example>" in sent.text
    assert strip(sent.text).new_text == "Заказ в пути."


@pytest.mark.parametrize(
    ("locale", "title"),
    [
        ("en", "Forwarded message"),
        ("ru", "Пересылаемое сообщение"),
        ("pl", "Wiadomość przekazana dalej"),
    ],
)
def test_forward_carries_the_mail_and_its_files(locale: str, title: str):
    file = Attachment(
        filename="счёт за ноябрь.pdf",
        media_type="application/pdf",
        content=b"%PDF",
        content_id=None,
        inline=False,
    )
    sent = _sent(
        replace(
            REPLY,
            mode=Mode.FORWARD,
            locale=locale,
            attachments=(file,),
            html=None,
            subject="Fwd: PD: Где заказ?",
        )
    )
    assert sent.subject == "Fwd: Где заказ?"
    assert title in sent.text
    assert "Где мой заказ?" in sent.text
    assert (sent.in_reply_to, sent.references[-1]) == (None, "<c-1@pochta.example>")
    assert sent.attachments == (file,)
    assert strip(sent.text).new_text == "Заказ в пути."


def test_pictures_stay_beside_the_html_that_shows_them():
    picture = Attachment(
        filename="p.png",
        media_type="image/png",
        content=b"png",
        content_id="p1@shop.example",
        inline=True,
    )
    sent = _sent(replace(REPLY, html='<img src="cid:p1@shop.example">', attachments=(picture,)))
    assert sent.attachments == (picture,)
    assert sent.text.startswith("Заказ в пути.")


def test_quoted_html_of_a_stranger_is_cleaned():
    evil = replace(
        ORIGINAL, html='<p>x</p><script>alert(1)</script><img src="https://track.example/p.gif">'
    )
    sent = _sent(replace(REPLY, original=evil))
    assert sent.html is not None
    assert "<script" not in sent.html
    assert ' src="https://track' not in sent.html


def test_references_are_bounded_and_keep_the_first():
    many = replace(ORIGINAL, references=tuple(f"<r{each}@x>" for each in range(300)))
    sent = _sent(replace(REPLY, original=many))
    assert len(sent.references) == 20
    assert (sent.references[0], sent.references[-1]) == ("<r0@x>", "<c-1@pochta.example>")


@pytest.mark.parametrize(
    ("subject", "reply", "forward"),
    [
        ("Hello", "Re: Hello", "Fwd: Hello"),
        ("RE: Odp: Отв: Hello", "Re: Hello", "Fwd: RE: Odp: Отв: Hello"),
        ("FW: Hello", "Re: FW: Hello", "Fwd: Hello"),
        ("", "Re:", "Fwd:"),
    ],
)
def test_one_prefix(subject: str, reply: str, forward: str):
    assert reply_subject(subject) == reply
    assert forward_subject(subject) == forward


def test_reply_to_all_leaves_us_out_and_names_everybody_once():
    anna, help_token = (
        Address(name="Anna", address="anna@x.example"),
        Address(name="", address="help+i-1.abc@shop.example"),
    )
    to, cc = everybody(
        IVAN,
        [SHOP, anna, help_token],
        [anna, replace(IVAN, name=""), Address(name="", address="bob@x.example")],
        ["HELP@shop.example"],
    )
    assert [each.address for each in to] == ["ivan@pochta.example", "anna@x.example"]
    assert [each.address for each in cc] == ["bob@x.example"]


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_no_text_becomes_a_header(subject: str, name: str, filename: str):
    file = Attachment(
        filename=filename, media_type="text/plain", content=b"x", content_id=None, inline=False
    )
    outgoing = replace(REPLY, subject=subject, sender=replace(SHOP, name=name), attachments=(file,))
    plain = compose(replace(REPLY, attachments=(file,)))
    headers = message_from_bytes(compose(outgoing).as_bytes(), policy=policy.compat32)
    assert headers.keys() == plain.keys()
    assert len(headers.get_payload()) == 2


@given(
    st.text(
        alphabet=st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")),
        min_size=1,
        max_size=120,
    )
)
def test_names_and_subjects_come_back_as_they_were(text: str):
    clean = " ".join(text.split())
    sent = _sent(
        replace(REPLY, mode=Mode.NEW, subject=text, sender=replace(SHOP, name=f"А{text}я"))
    )
    assert sent.subject == " ".join(
        "".join(char if char.isprintable() else " " for char in clean).split()
    )
    assert sent.sender.address == SHOP.address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b@c",
        "a b@x.example",
        "a@x.example\nBcc: b@x.example",
        "a@x.example,b@x.example",
        "<a@x.example>",
        "żółw@x.example",
    ],
)
def test_bad_addresses_are_refused(address: str):
    with pytest.raises(ValueError, match="not an address"):
        compose(replace(REPLY, to=(Address(name="x", address=address),)))


@pytest.mark.parametrize("loop", ["", "a\r\nBcc: b@x.example", "żółw"])
def test_loop_mark_is_plain(loop: str):
    with pytest.raises(ValueError, match="loop mark"):
        compose(replace(REPLY, loop=loop))


def test_mail_to_nobody_is_refused():
    with pytest.raises(ValueError, match="somebody"):
        compose(replace(REPLY, to=()))


@pytest.mark.parametrize("message", ["", "a b", "a>b", "a\r\nb", "a" * 101])
def test_ids_that_no_header_can_hold_are_refused(message: str):
    with pytest.raises(ValueError, match="message id"):
        message_id(message, "shop.example")
