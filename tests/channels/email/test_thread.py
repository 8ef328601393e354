"""A mail finds its conversation by token, then by what it answers, then by subject and customer."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmline.channels.email.mail import Mail
from warmline.channels.email.parse import parse
from warmline.channels.email.thread import (
    DAY_MS,
    SUBJECT_WINDOW_MS,
    By,
    Match,
    keys,
    match,
    normal_subject,
    read_token,
    reply_address,
    sign_token,
    token_in,
)  # fmt: skip

SECRET, OLD = b"new secret", b"old secret"
NOW_MS = 1_762_200_000_000
IDS = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,39}", fullmatch=True)


@dataclass(slots=True)
class Remembered:
    """Conversations by their keys; `active` is when the talk by subject was last active."""

    ids: dict[str, str] = field(default_factory=dict)
    subjects: dict[tuple[str, str], str] = field(default_factory=dict)
    active: int = NOW_MS

    def by_token(self, token: str) -> str | None:
        return read_token(token, [SECRET, OLD])

    def by_message_id(self, message_id: str) -> str | None:
        return self.ids.get(message_id)

    def by_subject_and_customer(self, subject: str, customer: str, since_ms: int) -> str | None:
        return self.subjects.get((subject, customer)) if self.active >= since_ms else None


def _mail(*lines: str) -> Mail:
    return parse("\n".join(["From: eve@mail.example", *lines, "", "hi"]).encode())


@given(IDS)
def test_token_comes_back_whatever_a_client_does_to_its_case(interaction: str):
    address = reply_address(sign_token(interaction, SECRET), "shop.example")
    assert len(address.partition("@")[0]) <= 64
    token = token_in(address.upper())
    assert token is not None
    assert read_token(token, [SECRET]) == interaction


@given(IDS, st.integers(min_value=0, max_value=200), st.sampled_from("abcdefgh234567"))
def test_changed_token_is_refused(interaction: str, at: int, char: str):
    token = sign_token(interaction, SECRET)
    at %= len(token)
    changed = token[:at] + char + token[at + 1 :]
    assert read_token(changed, [SECRET]) == (interaction if changed == token else None)


def test_token_of_an_older_secret_is_read_as_long_as_the_secret_is_kept():
    token = sign_token("i-1", OLD)
    assert read_token(token, [SECRET, OLD]) == "i-1"
    assert read_token(token, [SECRET]) is None


@pytest.mark.parametrize(
    "wrong",
    ["", "i-1", "i-1.", ".aaaaaaaaaaaaaaaa", "i-1.żżżżżżżżżżżżżżżż", "i 1.aaaaaaaaaaaaaaaa"],
)
def test_what_is_no_token_is_refused(wrong: str):
    assert read_token(wrong, [SECRET]) is None


@pytest.mark.parametrize("wrong", ["", "UPPER", "a" * 41, "a b", "a\nb", "-a"])
def test_ids_that_an_address_cannot_hold_are_not_signed(wrong: str):
    with pytest.raises(ValueError, match="interaction id"):
        sign_token(wrong, SECRET)


@pytest.mark.parametrize(
    "subject",
    [
        "Order 17",
        "Re: Order 17",
        "RE[2]: FWD: order  17",
        "Odp: PD: Order 17",
        "Отв: На: Ответ: ORDER 17",
        "Re(3): Re: [EXT] Order 17",
        "re:re:Order 17",
        "HA: Order 17".replace("HA", "Hа"),
    ],
)
def test_prefixes_in_three_languages_are_taken_off(subject: str):
    assert normal_subject(subject) == "order 17"


@pytest.mark.parametrize(
    "subject", ["Reklamacja: lampa", "Report: 17", "Наш заказ: 17", "Na: x", "Order: re: 17"]
)
def test_words_that_only_look_like_prefixes_stay(subject: str):
    assert normal_subject(subject) == subject.casefold()


def test_token_goes_before_references_and_references_before_subject():
    remembered = Remembered(ids={"<b@x>": "i-2"}, subjects={("hello", "eve@mail.example"): "i-3"})
    to = f"To: {reply_address(sign_token('i-1', SECRET), 'shop.example')}"
    rest = ("In-Reply-To: <b@x>", "Subject: Re: Hello")
    assert match(_mail(to, *rest), remembered, now_ms=NOW_MS) == Match(
        interaction="i-1", by=By.TOKEN
    )
    assert match(_mail(*rest), remembered, now_ms=NOW_MS) == Match(
        interaction="i-2", by=By.REFERENCES
    )
    assert match(_mail(rest[1]), remembered, now_ms=NOW_MS) == Match(
        interaction="i-3", by=By.SUBJECT
    )
    assert match(_mail("Subject: x"), remembered, now_ms=NOW_MS) == Match(
        interaction=None, by=By.NOTHING
    )


def test_nearest_reference_is_asked_first():
    found = keys(_mail("References: <a@x> <b@x> <c@x>", "In-Reply-To: <d@x>"))
    assert found.message_ids == ("<d@x>", "<c@x>", "<b@x>", "<a@x>")
    remembered = Remembered(ids={"<a@x>": "i-1", "<c@x>": "i-3"})
    assert (
        match(_mail("References: <a@x> <b@x> <c@x>"), remembered, now_ms=NOW_MS).interaction
        == "i-3"
    )


def test_subject_joins_within_the_window_only():
    remembered = Remembered(
        subjects={("hello", "eve@mail.example"): "i-3"}, active=NOW_MS - SUBJECT_WINDOW_MS
    )
    assert match(_mail("Subject: Hello"), remembered, now_ms=NOW_MS).by is By.SUBJECT
    assert match(_mail("Subject: Hello"), remembered, now_ms=NOW_MS + 1).by is By.NOTHING
    assert (
        match(_mail("Subject: Hello"), remembered, now_ms=NOW_MS, window_ms=DAY_MS).by is By.NOTHING
    )


def test_empty_subject_joins_nothing():
    remembered = Remembered(subjects={("", "eve@mail.example"): "i-3"})
    assert match(_mail("Subject: Re: "), remembered, now_ms=NOW_MS).by is By.NOTHING
