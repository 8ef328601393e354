"""The rules of web chat that need no running center."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warmline.channels.webchat.limits import Rate, TooMany, may_embed, origin_of
from warmline.channels.webchat.reception import email_address, language_tag, person_name
from warmline.channels.webchat.tabs import TOO_SLOW, Tab
from warmline.channels.webchat.tokens import bearer, looks_like_token, new_token, token_hash
from warmline.channels.webchat.transcript import Line, transcript
from warmline.channels.webchat.waiting import Standing, standing
from warmline.core.interaction import Interaction
from warmline.core.settings import Queue
from warmline.core.state import Center
from warmline.core.words import (
    MINUTE,
    SECOND,
    InboxId,
    InteractionId,
    Malformed,
    Medium,
    Party,
    Phase,
    QueueId,
)
from warmline.insight.waits import Expected


def waiting(phase: Phase = Phase.QUEUED) -> Interaction:
    return Interaction(
        id=InteractionId("a"),
        medium=Medium.CHAT,
        inbox=InboxId("chat"),
        arrived_at=0,
        phase_at=0,
        phase=phase,
        queue=QueueId("talks"),
    )


def shop() -> Center:
    """A center with the queue that everybody waits in."""
    queue = Queue(id=QueueId("talks"), name="Talks")
    return Center(queues={queue.id: queue})


class ThirdOfMany:
    """A line in which everybody is the third, for two to four minutes."""

    def place(self, _: InteractionId) -> int | None:
        return 3

    def expected(self, _: InteractionId, __: int) -> Expected | None:
        return Expected(3, 2 * MINUTE, 4 * MINUTE)


def test_who_waits_is_told_the_place_and_the_range():
    said = standing(shop(), waiting(), ThirdOfMany(), now=0)
    assert (said.position, said.expected) == (3, (2 * MINUTE, 4 * MINUTE))
    assert said.frame(None) == {
        "phase": "queued",
        "position": 3,
        "expected": {"low_ms": 2 * MINUTE, "high_ms": 4 * MINUTE},
        "words": None,
        "agent": None,
    }


def test_while_somebody_is_asked_nothing_is_foretold():
    said = standing(shop(), waiting(Phase.OFFERED), ThirdOfMany(), now=0)
    assert (said.phase, said.position, said.expected) == (Phase.OFFERED, 3, None)


@pytest.mark.parametrize("phase", [Phase.CONNECTED, Phase.HELD])
def test_who_talks_has_no_place(phase: Phase):
    assert standing(shop(), waiting(phase), ThirdOfMany(), now=0) == Standing(phase=phase)


@pytest.mark.parametrize("found", [None, waiting(Phase.WRAPPING), waiting(Phase.ABANDONED)])
def test_what_comes_after_the_talk_is_no_business_of_the_customer(found: Interaction | None):
    assert standing(shop(), found, ThirdOfMany(), now=0) == Standing(phase=Phase.CLOSED)


@pytest.mark.parametrize(
    ("high_ms", "news"), [(4 * MINUTE, False), (4 * MINUTE - 20 * SECOND, False), (MINUTE, True)]
)
def test_only_what_changes_much_is_news(high_ms: int, news: bool):
    before = Standing(phase=Phase.QUEUED, position=3, expected=(MINUTE, 4 * MINUTE))
    now = Standing(phase=Phase.QUEUED, position=3, expected=(MINUTE, high_ms))
    assert now.is_news_after(before) is news
    assert before.is_news_after(None)
    assert Standing(phase=Phase.QUEUED, position=2, expected=(0, high_ms)).is_news_after(before)
    assert Standing(phase=Phase.QUEUED, position=3).is_news_after(before)


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
