"""The made-up past: repeatable, complete, within the center's limits, and as good as a real one."""

from functools import cache

import pytest

from warmline.core import events as e
from warmline.core.center import Center, evolve
from warmline.core.words import DAY, Medium, SiteId
from warmline.demo.history import History
from warmline.insight.fold import Facts

UNTIL = 1_795_345_200_000
WEEKS = 1


def play(seed):
    history = History(SiteId("main"), UNTIL, seed=seed, weeks=WEEKS)
    chunks = list(history.play())
    return history, [event for events, _ in chunks for event in events], chunks


@cache
def week():
    return play(seed=7)


def visits():
    facts = Facts()
    for event in week()[1]:
        facts.add(event)
    return [visit for stays in facts.visits.values() for visit in stays]


def test_the_same_seed_is_the_same_past_and_another_seed_another():
    assert play(seed=7)[1] == week()[1]
    assert play(seed=8)[1] != week()[1]


def test_it_covers_the_weeks_in_order_and_ends_with_nothing_open():
    history, events, _ = week()
    times = [event.at for event in events]
    assert times == sorted(times)
    assert times[0] == UNTIL - WEEKS * 7 * DAY
    assert times[-1] == UNTIL
    assert not history.center.interactions
    assert all(not agent.holds for agent in history.center.agents.values())


def test_the_log_alone_gives_the_same_center():
    history, events, _ = week()
    center = Center()
    for event in events:
        evolve(center, event)
    assert center.agents == history.center.agents
    assert center.interactions == history.center.interactions


def test_nobody_ever_holds_more_than_they_can():
    center = Center()
    for event in week()[1]:
        evolve(center, event)
        if isinstance(event, e.Accepted):
            agent = center.agents[event.agent]
            held = list(agent.holds.values())
            assert len(held) <= agent.spec.capacity.total
            assert all(held.count(one) <= agent.spec.capacity.slots[one] for one in held)


def test_all_three_languages_and_both_media_come():
    came = [event for event in week()[1] if isinstance(event, e.Arrived)]
    assert {event.language for event in came} == {"en", "ru", "pl"}
    assert {event.medium for event in came} == {Medium.CHAT, Medium.EMAIL}
    assert len(came) > 1_000


def test_words_belong_to_what_happened():
    _, events, chunks = week()
    rows = [row for _, writes in chunks for write in writes for row in write.rows or ()]
    written = {str(row["id"]) for row in rows if "seq" in row}
    said = {
        str(event.message)
        for event in events
        if isinstance(event, e.MessageReceived | e.MessageSent)
    }
    notes = {str(event.note) for event in events if isinstance(event, e.NoteAdded)}
    handed = {str(event.note) for event in events if isinstance(event, e.Transferred)}
    assert written == said | notes | handed
    assert handed


@pytest.mark.parametrize("medium", [Medium.CHAT, None])
def test_the_service_level_is_that_of_a_decent_center(medium):
    stays = [visit for visit in visits() if medium in {None, visit.medium}]
    answered = [visit for visit in stays if visit.answered_at is not None]
    late = [visit for visit in stays if (visit.abandoned_at or 0) > visit.due_at]
    in_time = [visit for visit in answered if (visit.answered_at or 0) <= visit.due_at]
    level_pct = 100 * len(in_time) / len(answered + late)
    gave_up_pct = 100 * sum(visit.abandoned_at is not None for visit in stays) / len(stays)
    assert 65 <= level_pct <= 95
    assert gave_up_pct < 12
