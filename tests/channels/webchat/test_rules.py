"""The rules of web chat that need no running center."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmline.channels.webchat.limits import Rate, TooMany, may_embed, origin_of
from warmline.channels.webchat.reception import email_address, language_tag, person_name
from warmline.channels.webchat.tabs import TOO_SLOW, Tab
from warmline.channels.webchat.tokens import bearer, looks_like_token, new_token, token_hash
from warmline.channels.webchat.transcript import Line, transcript
from warmline.channels.webchat.waiting import FEWEST_SAMPLES, Waits, places
from warmline.core import events as e
from warmline.core.interaction import Interaction
from warmline.core.state import Center
from warmline.core.words import (
    MINUTE,
    SECOND,
    AgentId,
    InboxId,
    InteractionId,
    Malformed,
    Medium,
    OfferId,
    Party,
    Phase,
    QueueId,
)

TALKS = QueueId("talks")


def queued(name: str, at: int) -> e.Queued:
    return e.Queued(at=at, interaction=InteractionId(name), queue=TALKS, due_at=at, cause="arrival")


def accepted(name: str, at: int) -> e.Accepted:
    return e.Accepted(
        at=at, interaction=InteractionId(name), agent=AgentId("anna"), offer=OfferId("o")
    )


def test_without_enough_answered_waits_nothing_is_promised():
    waits = Waits()
    for number in range(FEWEST_SAMPLES - 1):
        waits.fold(queued(f"i{number}", at=0))
        waits.fold(accepted(f"i{number}", at=30 * SECOND))
        assert waits.expected_ms(TALKS, 1) is None
    waits.fold(queued("last", at=0))
    waits.fold(accepted("last", at=30 * SECOND))
    assert waits.expected_ms(TALKS, 1) == 30 * SECOND
    assert waits.expected_ms(TALKS, 3) == 90 * SECOND
    assert waits.expected_ms(QueueId("other"), 1) is None


def test_a_wait_is_counted_per_place():
    waits = Waits()
    for number in range(6):
        waits.fold(queued(f"i{number}", at=0))
    for number in range(6):  # who joined as the n-th waits n times 20 s
        waits.fold(accepted(f"i{number}", at=(number + 1) * 20 * SECOND))
    assert waits.expected_ms(TALKS, 2) == 40 * SECOND


def test_who_gives_up_is_no_sample():
    waits = Waits()
    for number in range(10):
        waits.fold(queued(f"i{number}", at=0))
        gone = e.Abandoned(at=SECOND, interaction=InteractionId(f"i{number}"), cause="customer")
        assert waits.fold(gone) == TALKS
    assert waits.expected_ms(TALKS, 1) is None


def test_folding_the_same_events_twice_counts_a_wait_once():
    waits = Waits()
    for _ in range(FEWEST_SAMPLES):
        waits.fold(accepted("unknown", at=5))
    assert waits.expected_ms(TALKS, 1) is None


def waiting(name: str, key: int, phase: Phase = Phase.QUEUED) -> Interaction:
    return Interaction(
        id=InteractionId(name),
        medium=Medium.CHAT,
        inbox=InboxId("chat"),
        arrived_at=0,
        phase_at=0,
        phase=phase,
        queue=TALKS,
        key=key,
    )


def test_places_follow_the_key_of_routing():
    center = Center()
    for one in (waiting("c", 30), waiting("a", 10, Phase.OFFERED), waiting("b", 20)):
        center.interactions[one.id] = one
    assert places(center, {TALKS}) == {"a": 1, "b": 1, "c": 2}
    assert places(center, {QueueId("other")}) == {}


def test_a_rate_lets_a_burst_pass_and_then_one_at_a_time():
    rate = Rate("chats", per_minute=3)
    for _ in range(3):
        rate.spend("a", 0)
    with pytest.raises(TooMany) as refused:
        rate.spend("a", 0)
    assert refused.value.retry_after_s == 21
    rate.spend("b", 0)
    rate.spend("a", MINUTE // 3)
    with pytest.raises(TooMany):
        rate.spend("a", MINUTE // 3)


@given(st.lists(st.integers(0, 500), max_size=60))
def test_a_rate_never_lets_more_pass_than_it_says(pauses: list[int]):
    rate, now, passed = Rate("x", per_minute=10), 0, 0
    for pause in pauses:
        now += pause
        try:
            rate.spend("a", now)
            passed += 1
        except TooMany:
            continue
    assert passed <= 10 + now * 10 / MINUTE


@pytest.mark.parametrize(
    ("origin", "allowed", "verdict"),
    [
        (None, ("https://a.example",), True),
        ("https://a.example", (), True),
        ("https://a.example", ("https://a.example",), True),
        ("https://A.example:443", ("https://a.example/",), True),
        ("http://a.example", ("https://a.example",), False),
        ("https://a.example.evil.example", ("https://a.example",), False),
        ("https://x.a.example", ("https://a.example",), False),
        ("https://x.a.example", ("https://*.a.example",), True),
        ("https://evila.example", ("https://*.a.example",), False),
        ("null", ("https://a.example",), False),
        ("file://", ("https://a.example",), False),
        ("https://here.example", ("https://a.example",), True),
        ("https://[::1", ("https://a.example",), False),
    ],
)
def test_who_may_embed_a_chat(origin: str | None, allowed: tuple[str, ...], verdict: bool):
    assert may_embed(origin, allowed, host="here.example") is verdict


@given(st.text())
def test_any_text_is_an_origin_or_none(text: str):
    found = origin_of(text)
    assert found is None or found.startswith(("http://", "https://"))


def test_tokens_are_long_different_and_recognised():
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(looks_like_token(token) for token in tokens)
    token = tokens.pop()
    assert bearer(f"Bearer {token}") == token
    assert bearer(f"bearer  {token}") == token
    assert bearer(token) is None
    assert bearer(None) is None
    assert token_hash(token) != token_hash(tokens.pop())


async def test_a_tab_that_reads_too_slowly_is_cut_off_once():
    tab = Tab(chat="c")
    for _ in range(1_000):
        tab.tell({"type": "pong"})
    assert tab.code == TOO_SLOW
    tab.cut_off(4401)
    assert tab.code == TOO_SLOW


def test_words_of_a_beginning_are_read_strictly():
    assert language_tag("ru-RU") == "ru"
    assert language_tag("") is None
    assert person_name("  Ewa \u202eŻak\n ") == "Ewa Żak"
    assert email_address(" a@b.example ") == "a@b.example"
    for bad in ("a@b", "a b@c.de", "a@b.c\nd", "<a@b.cd>", "a@b.cd, e@f.gh", "x" * 300 + "@b.cd"):
        with pytest.raises(Malformed):
            email_address(bad)


@pytest.mark.parametrize(
    ("language", "tag", "words"),
    [
        ("pl", "pl", "22 listopada 2026"),
        ("ru-RU", "ru", "22 ноября 2026"),
        ("fi", "en", "22 November 2026"),
    ],
)
def test_a_transcript_speaks_the_customers_language(language: str, tag: str, words: str):
    at = 1_795_000_000_000 + 342_000_000
    lines = [
        Line(at=at, author=Party.CUSTOMER, name=None, text="a < b", files=("x.png",)),
        Line(at=at, author=Party.AGENT, name="Anna", text=""),
    ]
    mail = transcript(lines, inbox="Shop", at=at, language=language)
    assert mail.language == tag
    assert words in mail.subject
    assert "a &lt; b" in mail.html
    assert "x.png" in mail.text
