"""Whatever is masked: little is left of it, nothing more than stated, and twice is once."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from warmline.core import masking
from warmline.core.masking import DOTS

LETTERS = "abcxyzABCXYZąćęłńóśźżŁŻйёЖдяЯІї"
texts = st.text(max_size=60) | st.text(LETTERS + " -.'@+<>0123456789·🙂👩🏽é\u0301", max_size=60)
words = st.lists(st.text(LETTERS, min_size=1, max_size=12), min_size=1, max_size=6)
MASKS = {
    "name": masking.name,
    "email": masking.email,
    "phone": masking.phone,
    "other": masking.other,
    "address": masking.address,
    "called": masking.called,
}


def letters(text: str) -> str:
    """What of it says something: no dots, signs or spaces."""
    return "".join(sign for sign in text if sign.isalnum())


@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
@given(text=texts)
@example(text="")
@example(text="·")
@example(text="+48 ··· ··67")
@example(text="@")
@example(text="a@b <>")
@example(text="a@b <c>")
@example(text="0 <>")
def test_masked_twice_is_masked_once(mask, text):
    assert mask(mask(text)) == mask(text)


@given(words)
def test_of_a_name_the_first_letters_of_four_words_are_left(given_words):
    shown = masking.name("  ".join(given_words))
    firsts = [unicodedata.normalize("NFC", word)[0] for word in given_words[:4]]
    assert shown == " ".join(first + DOTS for first in firsts)


@given(texts)
def test_of_a_name_no_more_than_four_letters_are_left(text):
    assert len(letters(masking.name(text))) <= 4


@given(words, words)
def test_names_of_as_many_words_look_as_long(one, other):
    many = min(len(one), len(other))
    shown = {len(masking.name(" ".join(some[:many]))) for some in (one, other)}
    assert len(shown) == 1


@given(
    st.text(LETTERS + "0123456789._+-", min_size=1, max_size=30),
    st.text(LETTERS + "-", min_size=1, max_size=20),
    st.sampled_from(["example", "pl", "рф", "co.uk", "shop.example"]),
)
def test_of_an_address_two_letters_and_the_end_are_left(box, host, end):
    shown = masking.email(f"{box}@{host}.{end}")
    last = end.rpartition(".")[2]
    assert shown.endswith(f"{DOTS}.{last}")
    assert len(letters(shown.removesuffix(f".{last}"))) <= 2


@given(texts)
def test_of_whatever_stands_for_an_address_no_more_is_left(text):
    assert len(letters(masking.email(text))) <= 2 + masking.DOMAIN_END_CHARS


@given(st.text("0123456789", min_size=1, max_size=15))
def test_of_a_number_two_digits_and_the_country_are_left(digits):
    assert len(letters(masking.phone(digits))) <= 2
    assert len(letters(masking.phone("+" + digits))) <= 5


@given(texts)
def test_of_whatever_stands_for_a_number_no_letter_is_left(text):
    shown = masking.phone(text)
    assert all(sign.isdecimal() and sign.isascii() for sign in letters(shown))
    assert len(letters(shown)) <= 5


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("+48501234567", "+48 ··· ··67"),
        ("+12025550143", "+1 ··· ··43"),
        ("+74951234567", "+7 ··· ··67"),
        ("+380441234567", "+380 ··· ··67"),
        ("501-234-567", "··· ··67"),
        ("997", "···"),
        ("+48997", "+48 ···"),
    ],
)
def test_numbers(raw, shown):
    assert masking.phone(raw) == shown


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Łucja Żółw", "Ł··· Ż···"),
        ("Ёлка Иванова-Петрова", "Ё··· И···"),
        ("N", "N···"),
        ("👩🏽 Nina", "··· N···"),
        ("E\u0301va", "É···"),
        ("", ""),
        ("+48501234567", "+48 ··· ··67"),
        ("nina@shop.example", "n···@s···.example"),
        ("nina.wolf", "n···"),
        ('"Wolf, Nina" <nina@shop.example>', "W··· N··· <n···@s···.example>"),
    ],
)
def test_what_somebody_is_called_is_masked_by_its_form(raw, shown):
    assert masking.called(raw) == shown


@given(texts)
def test_of_other_things_nothing_is_left(text):
    assert masking.other(text) in {"", DOTS}
    assert masking.identifier("login", text) in {"", DOTS}
    assert masking.identifier("external", text) in {"", DOTS}
