from warmline.core import events as e
from warmline.core.words import (
    AgentId,
    InboxId,
    InteractionId,
    Medium,
    MessageId,
    OfferId,
    Party,
    Presence,
    QueueId,
)
from warmline.insight.fold import Facts, Visit

ONE = InteractionId("one")
ANN = AgentId("ann")
DECISION = e.Decision(cause="arrival", ring=0, considered=1, winner=(ANN, 1, 2, 3, 4))


def story(*events: e.Event) -> Facts:
    facts = Facts()
    for event in events:
        facts.add(event)
    return facts


def arrived(medium: Medium = Medium.CHAT) -> tuple[e.Event, ...]:
    return (
        e.Arrived(at=0, interaction=ONE, medium=medium, inbox=InboxId("in")),
        queued(0, "shop", due=20),
    )


def queued(at: int, queue: str, *, due: int, cause: str = "arrival") -> e.Queued:
    return e.Queued(at=at, interaction=ONE, queue=QueueId(queue), due_at=due, cause=cause)


def accepted(at: int) -> e.Accepted:
    return e.Accepted(at=at, interaction=ONE, agent=ANN, offer=OfferId("o"))


def sent(at: int, message: str = "m", author: Party = Party.AGENT) -> e.MessageSent:
    return e.MessageSent(
        at=at, interaction=ONE, message=MessageId(message), author=author, agent=ANN
    )


def visits(facts: Facts) -> list[Visit]:
    return facts.visits[ONE]


def test_a_chat_is_answered_when_it_is_taken():
    (visit,) = visits(story(*arrived(), accepted(7), sent(9)))
    assert (visit.answered_at, visit.answered_by) == (7, None)


def test_a_mail_is_answered_by_the_first_reply_of_an_agent():
    (visit,) = visits(
        story(
            *arrived(Medium.EMAIL), sent(3, "auto", Party.SYSTEM), accepted(7), sent(90), sent(95)
        )
    )
    assert visit.answered_at == 90


def test_a_reply_that_was_taken_back_answers_nothing():
    (visit,) = visits(
        story(
            *arrived(Medium.EMAIL),
            accepted(7),
            sent(90),
            e.MessageUnsent(at=92, interaction=ONE, message=MessageId("m"), agent=ANN),
        )
    )
    assert visit.answered_at is None


def test_a_mail_closed_without_a_reply_is_answered_by_that():
    (visit,) = visits(
        story(
            *arrived(Medium.EMAIL),
            accepted(7),
            e.Ended(at=50, interaction=ONE, by=Party.AGENT, cause="spam", agent=ANN, wrapping=True),
        )
    )
    assert visit.answered_at == 50


def test_who_gave_up_was_not_answered():
    (visit,) = visits(story(*arrived(), e.Abandoned(at=30, interaction=ONE, cause="customer")))
    assert (visit.abandoned_at, visit.answered_at, visit.left_at) == (30, None, 30)


def test_an_overflow_keeps_the_age_and_a_transfer_after_the_answer_does_not():
    first, second, third = visits(
        story(
            *arrived(),
            e.Overflowed(
                at=10, interaction=ONE, queue=QueueId("shop"), to_queue=QueueId("all"), cause="time"
            ),
            queued(10, "all", due=20, cause="overflow"),
            accepted(15),
            e.Transferred(
                at=40, interaction=ONE, by=None, queue=QueueId("repairs"), from_agent=ANN
            ),
            queued(40, "repairs", due=60, cause="transfer"),
        )
    )
    assert (first.left_cause, first.answered_at) == ("overflow", None)
    assert (second.since, second.answered_at, second.left_cause) == (0, 15, "transfer")
    assert (third.since, third.queue) == (40, "repairs")


def test_an_agents_time_is_cut_where_presence_or_work_begins_and_ends():
    facts = story(
        e.PresenceChanged(at=1, agent=ANN, presence=Presence.AVAILABLE),
        *arrived(),
        accepted(10),
        e.Ended(at=30, interaction=ONE, by=Party.AGENT, cause="agent", agent=ANN, wrapping=True),
        e.WrappedUp(at=45, interaction=ONE, agent=ANN),
        e.PresenceChanged(at=60, agent=ANN, presence=Presence.BREAK),
    )
    assert [
        (one.started_at, one.ended_at, one.presence, one.in_hand) for one in facts.spans[ANN]
    ] == [
        (1, 10, Presence.AVAILABLE, 0),
        (10, 45, Presence.AVAILABLE, 1),
        (45, 60, Presence.AVAILABLE, 0),
        (60, None, Presence.BREAK, 0),
    ]


def test_without_wrap_up_the_end_of_the_talk_frees_the_agent():
    facts = story(
        *arrived(),
        e.PresenceChanged(at=0, agent=ANN, presence=Presence.AVAILABLE),
        accepted(7),
        e.Ended(at=90, interaction=ONE, by=Party.AGENT, cause="agent", agent=ANN),
    )
    (visit,) = visits(facts)
    assert (visit.ended_at, visit.left_at, visit.left_cause) == (90, 90, "closed")
    assert facts.contacts[ONE].closed_at == 90
    assert [(span.started_at, span.in_hand) for span in facts.spans[ANN]] == [
        (0, 0),
        (7, 1),
        (90, 0),
    ]


def test_a_decision_is_kept_in_plain_parts_with_what_came_of_it():
    offer = e.Offered(
        at=2, interaction=ONE, agent=ANN, offer=OfferId("o"), lapses_at=22, decision=DECISION
    )
    facts = story(
        *arrived(), offer, e.OfferDeclined(at=5, interaction=ONE, agent=ANN, offer=offer.offer)
    )
    (kept,) = facts.decisions.values()
    assert (kept.outcome, kept.outcome_at) == ("declined", 5)
    assert kept.parts["winner"] == {
        "agent": "ann",
        "score_ms": 1,
        "idle_ms": 2,
        "match_ms": 3,
        "handicap_ms": 4,
    }


def test_what_an_agent_begins_is_work_but_nobody_was_answered():
    begun = e.Begun(
        at=5,
        interaction=ONE,
        agent=ANN,
        medium=Medium.VOICE,
        inbox=InboxId("in"),
        queue=QueueId("shop"),
    )
    ended = e.Ended(at=65, interaction=ONE, by=Party.AGENT, cause="agent", agent=ANN, wrapping=True)
    facts = story(begun, ended, e.WrappedUp(at=80, interaction=ONE, agent=ANN))
    (visit,) = visits(facts)
    assert (visit.cause, visit.answered_at, visit.accepted_at) == ("begun", None, 5)
    assert (visit.ended_at, visit.left_at) == (65, 80)
    assert facts.contacts[ONE].closed_at == 80
