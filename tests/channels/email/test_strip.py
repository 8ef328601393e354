"""Stripping is careful: it takes quotes and signatures, never a person's words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmline.channels.email.strip import strip

_LINES = st.sampled_from(
    ["Hello", "", "> quoted", ">> twice", "-- ", "Best regards,", "С уважением,", "Pozdrawiam", "On 3 Nov 2025 at 10:12, A <a@x.example> wrote:",
     "From: a", "Sent: b", "To: c", "-----Original Message-----", "________________________________", "Sent from my iPhone", "Where is it?", "P.S. one more"]
)  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "Best regards,\nJohn",
        "Спасибо!",
        "С уважением, Иван",
        "Pozdrawiam",
        "--\nJohn",
        "Sent from my iPhone",
        "Please send it to:\n5 Mill Lane\nLeeds",
        "On Monday I wrote: where is it?",
        "From: the shop\nI bought a lamp.",
        "Заказ от 03.11.2025 10:12, почта ivan@pochta.example: не пришёл",
        "I told him:\n- pay\n- send",
        "Thanks,\n\nbut the second lamp is broken too, and nobody answers me on the phone, so what shall I do now?",
        "> only a quote",
        "Kind regards to Mary, she was helpful.\n\nNow my question: where is the parcel?",
    ],
)
def test_words_of_a_person_stay(text: str):
    assert strip(text).new_text == text


@pytest.mark.parametrize(
    ("text", "new", "signature"),
    [
        ("Yes.\n-- \nJohn\nTel. 1", "Yes.", "--\nJohn\nTel. 1"),
        ("Yes.\n\nBest regards,\nJohn", "Yes.", "Best regards,\nJohn"),
        ("Да.\n\nС уважением,\nИван\nООО «Пример»", "Да.", "С уважением,\nИван\nООО «Пример»"),
        ("Tak.\n\nZ poważaniem\nJan", "Tak.", "Z poważaniem\nJan"),
        ("Yes\n\nSent from my Galaxy", "Yes", "Sent from my Galaxy"),
        ("Да\n\nОтправлено из мобильной Почты Mail", "Да", "Отправлено из мобильной Почты Mail"),
        ("Tak\n\nWysłano z aplikacji Poczta", "Tak", "Wysłano z aplikacji Poczta"),
        (
            "Yes.\n\nRegards,\nJohn\n\nSent from my iPad",
            "Yes.",
            "Regards,\nJohn\n\nSent from my iPad",
        ),
    ],
)
def test_signatures(text: str, new: str, signature: str):
    found = strip(text)
    assert (found.new_text, found.signature) == (new, signature)


@pytest.mark.parametrize(
    "attribution",
    [
        "On Mon, Nov 3, 2025 at 10:12 AM Shop <help@shop.example> wrote:",
        'On 11/3/25, 10:12 AM, "Shop" <help@shop.example> wrote:',
        "On 3 Nov 2025, at 10:12, Shop <help@shop.example> wrote:",
        "On 2025-11-03 10:12, Shop wrote:",
        "Shop <help@shop.example> wrote:",
        "пн, 3 нояб. 2025 г. в 10:12, Магазин <help@shop.example>:",
        '03.11.2025, 10:12, "Магазин" <help@shop.example>:',
        '3 ноября 2025 г., 10:12 пользователь "Магазин" <help@shop.example> написал:',
        "Понедельник, 3 ноября 2025, 10:12 +03:00 от Магазин <help@shop.example>:",
        "3 нояб. 2025 г., в 10:12, Магазин <help@shop.example> написал(а):",
        "03.11.2025 10:12, Магазин пишет:",
        "pon., 3 lis 2025 o 10:12 Sklep <help@shop.example> napisał(a):",
        "W dniu 03.11.2025 o 10:12, Sklep pisze:",
        "W dniu 2025-11-03 10:12:00 użytkownik Sklep <help@shop.example> napisał:",
        "Dnia 3 listopada 2025 10:12 Sklep <help@shop.example> napisał(a):",
        "Wiadomość napisana przez Sklep <help@shop.example> w dniu 3 lis 2025, o godz. 10:12:",
    ],
)
@pytest.mark.parametrize("mark", ["> ", ""])
def test_attributions_of_clients(attribution: str, mark: str):
    text = f"The new words.\n\n{attribution}\n\n{mark}the old words\n{mark}and more of them\n"
    found = strip(text)
    assert found.new_text == "The new words."
    assert attribution in found.quoted
    assert "and more of them" in found.quoted


@pytest.mark.parametrize(
    "block",
    [
        "From: A <a@x.example>\nSent: Monday\nTo: B\nSubject: C",
        "*From:* A <a@x.example>\n*Date:* Monday\n*Subject:* C",
        "От: А <a@x.example>\nОтправлено: понедельник\nКому: Б\nКопия: В\nТема: Г",
        "От кого: А <a@x.example>\nКому: Б\nДата: понедельник\nТема: Г",
        "Od: A <a@x.example>\nWysłano: poniedziałek\nDo: B\nDW: C\nTemat: D",
        "Nadawca: A <a@x.example>\nData: poniedziałek\nTemat: D",
        "-------- Wiadomość oryginalna --------\nOd: A\nData: 03.11.2025\nDo: B\nTemat: C",
        "-------- Пересылаемое сообщение --------\n03.11.2025, 10:12, A <a@x.example>:",
        "Begin forwarded message:\n\nFrom: A\nSubject: B\nDate: C\nTo: D",
    ],
)
def test_header_blocks_of_clients(block: str):
    found = strip(f"The new words.\n\n{block}\n\nthe old words\n")
    assert found.new_text == "The new words."
    assert found.quoted.endswith("the old words")


def test_our_own_words_are_found_where_no_mark_is():
    ours = "Your order 1017 left our warehouse this morning and comes tomorrow."
    text = "Too late.\n\nShop help, 3/11:\nYour order 1017 left our\nwarehouse this morning and comes\ntomorrow.\n"
    assert strip(text, sent=[ours]).new_text == "Too late."
    assert strip(text).new_text == text.strip()


def test_customer_who_sends_our_words_alone_still_says_something():
    ours = "Your order 1017 left our warehouse this morning."
    assert strip(ours, sent=[ours]).new_text == ours


def test_answer_below_and_words_above_are_both_kept():
    text = "Hello!\n\nOn 3 Nov 2025 at 10:12, A <a@x.example> wrote:\n> question\n\nThe answer.\n"
    assert strip(text).new_text == "Hello!\n\nThe answer."


@given(st.lists(_LINES, max_size=25))
def test_nothing_is_lost_and_something_is_always_left(lines: list[str]):
    text = "\n".join(lines)
    found = strip(text)
    assert bool(found.new_text.strip()) == bool(text.strip())
    told = f"{found.new_text}\n{found.quoted}\n{found.signature}".split("\n")
    for line in set(lines) - {""}:
        assert told.count(line.rstrip()) == lines.count(line), line
