"""From queue to wrap-up: hours, overflow, transfers, consults, ends, dispositions, rights."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.core.worlds import (
    ADMIN,
    BOSS,
    CHAT,
    HELP,
    ORDERS,
    SOLVED,
    START,
    World,
    agent_actor,
    at,
    code_of,
)
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core import settings as s
from warmline.core.interaction import FINAL, TRANSITIONS
from warmline.core.words import (
    HOUR,
    MINUTE,
    SECOND,
    SYSTEM,
    AgentId,
    CalendarId,
    ConsultId,
    DispositionId,
    InboxId,
    InteractionId,
    Malformed,
    MessageId,
    Party,
    Phase,
    Presence,
    QueueId,
    Rejected,
    SkillId,
)

ONE = InteractionId("chat-1")
CLOSED_NOW = s.Calendar(id=CalendarId("later"), name="Later", exceptions={}, week={})


def talking(agent: str = "ann") -> World:
    world = World().with_agent(agent)
    world.chat("chat-1")
    world.accept("chat-1", agent)
    return world


def with_hours(world: World, opens: int, closes: int) -> s.Calendar:
    """A calendar that is open every day between two minutes of the day, in UTC."""
    every_day = {day: (s.Interval(opens=opens, closes=closes),) for day in s.Weekday}
    hours = s.Calendar(id=CalendarId("hours"), name="Hours", week=every_day)
    world.do(c.DefineCalendar, calendar=hours)
    return hours


def test_every_phase_has_a_way_out_and_final_ones_have_none():
    ways_out = {phase for phase, _ in TRANSITIONS}
    assert ways_out == set(Phase) - FINAL
    reached = set(TRANSITIONS.values()) | {Phase.TREATING}
    assert reached == set(Phase)


def test_a_closed_queue_refuses_and_says_when_it_opens():
    world = World().with_agent("ann")
    minute = datetime.fromtimestamp(START / 1000, UTC).hour * 60 + 120
    hours = with_hours(world, minute % 1440, minute % 1440 + 60)
    world.do(c.DefineQueue, queue=s.Queue(id=HELP, name="Help", calendar=hours.id))
    with pytest.raises(Rejected) as refusal:
        world.chat("chat-1")
    assert code_of(refusal.value) == "closed"
    assert int(refusal.value.facts["opens_at"]) > world.now


def test_a_letter_to_a_closed_queue_waits_whatever_the_rule():
    world = World()
    world.do(c.DefineCalendar, calendar=CLOSED_NOW)
    world.do(
        c.DefineQueue,
        queue=s.Queue(
            id=QueueId("letters"),
            name="Letters",
            calendar=CLOSED_NOW.id,
            when_closed=s.WhenClosed.REFUSE,
            when_unstaffed=s.WhenUnstaffed.REFUSE,
        ),
    )
    world.chat("mail-1", inbox=InboxId("mail"))
    assert world.center.interactions[InteractionId("mail-1")].phase is Phase.QUEUED


def test_a_closed_queue_may_let_wait_or_overflow():
    world = World().with_agent("ann")
    world.do(c.DefineCalendar, calendar=CLOSED_NOW)
    rule = s.WhenClosed.WAIT
    world.do(
        c.DefineQueue,
        queue=s.Queue(id=HELP, name="Help", calendar=CLOSED_NOW.id, when_closed=rule),
    )
    world.chat("waits")
    assert world.center.interactions[InteractionId("waits")].queue == HELP
    world.do(
        c.DefineQueue,
        queue=s.Queue(
            id=HELP,
            name="Help",
            calendar=CLOSED_NOW.id,
            when_closed=s.WhenClosed.OVERFLOW,
            overflow_to=ORDERS,
        ),
    )
    world.chat("flows")
    assert world.center.interactions[InteractionId("flows")].queue == ORDERS


def test_the_aim_of_an_e_mail_counts_business_hours():
    world = World()
    hour = datetime.fromtimestamp(START / 1000, UTC).hour
    hours = with_hours(world, (hour * 60 + 240) % 1440, (hour * 60 + 240) % 1440 + 120)
    world.do(
        c.DefineQueue,
        queue=s.Queue(
            id=QueueId("letters"),
            name="Letters",
            calendar=hours.id,
            when_closed=s.WhenClosed.WAIT,
            target=s.Target(within_ms=HOUR, in_business_hours=True),
        ),
    )
    world.chat("mail-1", inbox=InboxId("mail"))
    due = world.center.interactions[InteractionId("mail-1")].due_at
    assert due % (24 * HOUR) // MINUTE == (hour * 60 + 300) % 1440


def test_nobody_signed_in_may_refuse():
    world = World().with_agent("ann", {"pl": 3})
    world.do(
        c.DefineQueue,
        queue=s.Queue(id=HELP, name="Help", when_unstaffed=s.WhenUnstaffed.REFUSE),
    )
    world.chat("polish", language="pl")
    with pytest.raises(Rejected) as refusal:
        world.chat("russian", language="ru")
    assert code_of(refusal.value) == "unstaffed"


def test_waiting_too_long_overflows_with_its_age():
    world = World().with_agent("ann", {"billing": 5})
    need = s.Ring(needs=(s.Need(skill=SkillId("ru"), level=5),))
    world.do(
        c.DefineQueue,
        queue=s.Queue(
            id=HELP,
            name="Help",
            rings=(need,),
            overflow_to=ORDERS,
            overflow_after_ms=MINUTE,
        ),
    )
    world.chat("chat-1")
    assert world.offered_to("chat-1") is None
    world.after(60)
    moved = world.center.interactions[ONE]
    assert moved.queue == ORDERS
    assert moved.key == moved.arrived_at == at(0)
    assert world.offered_to("chat-1") == "ann"


def test_a_customer_who_leaves_while_waiting_has_abandoned():
    world = World()
    world.chat("chat-1")
    world.do(c.Leave, interaction=ONE)
    world.after(119)
    assert ONE in world.center.interactions
    world.after(1)
    assert isinstance(world.log[-1], e.Abandoned)
    assert ONE not in world.center.interactions


def test_a_customer_who_comes_back_in_time_waits_on():
    world = World()
    world.chat("chat-1")
    world.do(c.Leave, interaction=ONE)
    world.after(60).do(c.Return, interaction=ONE)
    world.after(600)
    assert world.center.interactions[ONE].phase is Phase.QUEUED


def test_hanging_up_while_it_is_offered_takes_the_offer_back():
    world = World().with_agent("ann")
    world.chat("chat-1")
    happened = world.do(c.HangUp, interaction=ONE)
    assert [type(event) for event in happened] == [e.OfferWithdrawn, e.Abandoned]
    assert world.center.agents[AgentId("ann")].offer is None


def test_a_transfer_with_a_note_keeps_the_age_and_reaches_the_colleague():
    world = talking()
    world.after(100).with_agent("bob").with_agent("cyd")
    world.do(
        c.Transfer,
        by=agent_actor("ann"),
        interaction=ONE,
        to_agent=AgentId("cyd"),
        note=MessageId("note-1"),
    )
    moved = world.center.interactions[ONE]
    assert world.offered_to("chat-1") == "cyd"
    assert (moved.arrived_at, moved.note, moved.from_agent) == (at(0), "note-1", "ann")
    assert world.center.agents[AgentId("ann")].holds == {}


def test_a_colleague_who_does_not_answer_leaves_it_to_the_queue():
    world = talking()
    world.with_agent("bob").with_agent("cyd")
    world.do(c.Transfer, by=agent_actor("ann"), interaction=ONE, to_agent=AgentId("cyd"))
    world.after(31)
    assert world.offered_to("chat-1") == "bob"


def test_a_transfer_goes_neither_to_oneself_nor_to_somebody_who_is_away():
    world = talking().with_agent("bob", available=False)
    for to, code in (("ann", "same_agent"), ("bob", "agent_offline"), ("eve", "unknown_agent")):
        with pytest.raises(Rejected) as refusal:
            world.do(c.Transfer, by=agent_actor("ann"), interaction=ONE, to_agent=AgentId(to))
        assert code_of(refusal.value) == code


def test_only_a_supervisor_hands_on_what_waits():
    world = World().with_agent("ann", available=False).with_agent("bob", available=False)
    world.chat("chat-1")
    with pytest.raises(Rejected) as refusal:
        world.do(c.Transfer, by=agent_actor("ann"), interaction=ONE, to_queue=ORDERS)
    assert code_of(refusal.value) == "not_yours"
    world.do(c.Transfer, by=BOSS, interaction=ONE, to_queue=ORDERS)
    assert world.center.interactions[ONE].queue == ORDERS


def test_a_consulted_colleague_writes_notes_but_not_to_the_customer():
    world = talking().with_agent("bob")
    consult = ConsultId("consult-1")
    world.do(
        c.Consult,
        by=agent_actor("ann"),
        interaction=ONE,
        consult=consult,
        colleague=AgentId("bob"),
    )
    note: dict[str, Any] = {"interaction": ONE, "note": MessageId("n1")}
    with pytest.raises(Rejected):
        world.do(c.AddNote, by=agent_actor("bob"), **note)
    world.do(c.JoinConsult, by=agent_actor("bob"), interaction=ONE, consult=consult)
    world.do(c.AddNote, by=agent_actor("bob"), **note)
    with pytest.raises(Rejected) as refusal:
        world.do(c.Send, by=agent_actor("bob"), interaction=ONE, message=MessageId("m9"))
    assert code_of(refusal.value) == "not_yours"
    happened = world.do(c.End, by=agent_actor("ann"), interaction=ONE)
    assert isinstance(happened[0], e.ConsultEnded)


def test_a_consult_that_nobody_answers_lapses():
    world = talking().with_agent("bob")
    world.do(
        c.Consult,
        by=agent_actor("ann"),
        interaction=ONE,
        consult=ConsultId("consult-1"),
        colleague=AgentId("bob"),
    )
    world.after(120)
    assert world.center.interactions[ONE].consults == {}


def test_wrap_up_requires_a_disposition_of_the_queue():
    world = talking()
    world.do(c.End, by=agent_actor("ann"), interaction=ONE)
    wrap: dict[str, Any] = {"by": agent_actor("ann"), "interaction": ONE}
    world.do(
        c.DefineDisposition,
        disposition=s.Disposition(id=DispositionId("late"), name="Late", queues=(ORDERS,)),
    )
    for chosen, code in (
        (None, "disposition_required"),
        (DispositionId("late"), "wrong_disposition"),
        (DispositionId("none"), "unknown_disposition"),
    ):
        with pytest.raises(Rejected) as refusal:
            world.do(c.WrapUp, disposition=chosen, **wrap)
        assert code_of(refusal.value) == code
    world.do(c.WrapUp, disposition=SOLVED, **wrap)
    assert ONE not in world.center.interactions
    assert world.center.agents[AgentId("ann")].holds == {}


def test_wrap_up_that_takes_too_long_ends_with_the_automatic_code():
    world = World()
    rule = s.WrapUpRule(limit_ms=90 * SECOND, automatic=SOLVED)
    world.do(c.DefineQueue, queue=s.Queue(id=HELP, name="Help", wrap_up=rule))
    world.with_agent("ann").chat("chat-1")
    world.accept("chat-1", "ann")
    world.do(c.HangUp, interaction=ONE)
    assert world.center.interactions[ONE].phase is Phase.WRAPPING
    world.after(90)
    assert world.log[-1] == e.WrappedUp(
        at=world.now, interaction=ONE, agent=AgentId("ann"), disposition=SOLVED, automatic=True
    )


def test_a_queue_without_wrap_up_closes_at_once():
    world = World()
    rule = s.WrapUpRule(mode=s.WrapUpMode.NONE)
    world.do(c.DefineQueue, queue=s.Queue(id=HELP, name="Help", wrap_up=rule))
    world.with_agent("ann").chat("chat-1")
    world.accept("chat-1", "ann")
    world.do(c.End, by=agent_actor("ann"), interaction=ONE)
    assert ONE not in world.center.interactions


def test_an_answer_clears_what_waits_and_taking_it_back_restores_it():
    world = talking()
    since = world.center.interactions[ONE].unanswered_since
    assert since == at(0)
    message: dict[str, Any] = {
        "interaction": ONE,
        "message": MessageId("m2"),
        "by": agent_actor("ann"),
    }
    world.after(5).do(c.Send, **message)
    assert world.center.interactions[ONE].unanswered_since is None
    world.do(c.Unsend, **message)
    assert world.center.interactions[ONE].unanswered_since == since


def test_a_message_to_a_talk_that_is_over_is_refused_as_ended():
    world = talking()
    world.do(c.End, by=agent_actor("ann"), interaction=ONE)
    receive: dict[str, Any] = {"interaction": ONE, "message": MessageId("m3")}
    with pytest.raises(Rejected) as refusal:
        world.do(c.Receive, **receive)
    assert code_of(refusal.value) == "ended"
    world.do(c.WrapUp, by=agent_actor("ann"), interaction=ONE, disposition=SOLVED)
    with pytest.raises(Rejected) as refusal:
        world.do(c.Receive, **receive)
    assert code_of(refusal.value) == "ended"


def test_a_rating_counts_for_a_day_after_the_end():
    world = World()
    world.chat("chat-1")
    world.do(c.HangUp, interaction=ONE)
    world.do(c.Rate, interaction=ONE, score=5)
    with pytest.raises(Malformed):
        world.do(c.Rate, interaction=ONE, score=6)
    world.after(25 * 3600).chat("chat-2")
    world.do(c.HangUp, interaction=InteractionId("chat-2"))
    with pytest.raises(Rejected) as refusal:
        world.do(c.Rate, interaction=ONE, score=4)
    assert code_of(refusal.value) == "unknown_interaction"


def test_a_silent_chat_ends_after_an_hour():
    world = talking()
    world.after(3000)
    world.do(c.Receive, interaction=ONE, message=MessageId("m2"))
    world.after(3599)
    assert world.center.interactions[ONE].phase is Phase.CONNECTED
    world.after(1)
    ended = next(event for event in world.log if isinstance(event, e.Ended))
    assert (ended.by, ended.cause) == (Party.SYSTEM, "idle")


def test_hold_and_resume():
    world = talking()
    world.do(c.Hold, by=agent_actor("ann"), interaction=ONE)
    with pytest.raises(Rejected) as refusal:
        world.do(c.Hold, by=agent_actor("ann"), interaction=ONE)
    assert code_of(refusal.value) == "wrong_phase"
    world.do(c.Resume, by=agent_actor("ann"), interaction=ONE)
    assert world.center.interactions[ONE].phase is Phase.CONNECTED


def test_what_the_role_does_not_allow_is_forbidden():
    world = talking()
    for kind, by, fields in (
        (c.DefineTeam, agent_actor("ann"), {"team": world.center.teams["one"]}),  # type: ignore[index]
        (c.End, ADMIN, {"interaction": ONE}),
        (c.Arrive, BOSS, {"interaction": InteractionId("x"), "inbox": CHAT}),
        (c.Tick, ADMIN, {}),
    ):
        with pytest.raises(Rejected) as refusal:
            world.do(kind, by=by, **fields)
        assert code_of(refusal.value) == "forbidden"


def test_a_setting_in_use_is_not_removed():
    world = World()
    with pytest.raises(Rejected) as refusal:
        world.do(c.Remove, kind=s.Kind.QUEUE, item="help")
    assert code_of(refusal.value) == "in_use"
    assert refusal.value.facts["used_by"] == "inbox chat"
    world.do(c.Remove, kind=s.Kind.QUEUE, item="orders")
    assert ORDERS not in world.center.queues


@pytest.mark.parametrize(
    "hours",
    [
        s.Calendar(id=CalendarId("x"), name="X", zone="Mars/Base"),
        s.Calendar(id=CalendarId("x"), name="X", zone="../../etc/passwd"),
        s.Calendar(id=CalendarId("x"), name=" "),
        s.Calendar(id=CalendarId("x y"), name="X"),
        s.Calendar(
            id=CalendarId("x"), name="X", week={s.Weekday.MONDAY: (s.Interval(opens=9, closes=9),)}
        ),
        s.Calendar(id=CalendarId("x"), name="X", exceptions={"soon": ()}),
        s.Calendar(
            id=CalendarId("x"),
            name="X",
            week={
                s.Weekday.MONDAY: (s.Interval(opens=0, closes=9), s.Interval(opens=8, closes=10))
            },
        ),
    ],
)
def test_hours_that_make_no_sense_are_malformed(hours: s.Calendar):
    with pytest.raises(Malformed):
        World().do(c.DefineCalendar, calendar=hours)


def test_two_who_edit_the_policy_at_once_do_not_overwrite_each_other():
    world = World()
    world.do(c.DefinePolicy, policy=s.Policy(version=2))
    with pytest.raises(Rejected) as refusal:
        world.do(c.DefinePolicy, policy=s.Policy(version=2))
    assert code_of(refusal.value) == "policy_changed"


def test_a_clock_that_runs_backwards_changes_no_order():
    world = World().with_agent("ann", available=False)
    world.after(100).chat("first")
    world.now = at(0)
    happened = world.chat("second")
    assert all(event.at == at(100) for event in happened)


def test_a_clock_that_jumps_ahead_lets_everything_fall_due_once():
    world = talking()
    world.chat("chat-2")
    world.now = at(24 * 3600)
    world.do(c.Tick, by=SYSTEM)
    world.do(c.Tick, by=SYSTEM)
    lapses = [event for event in world.log if isinstance(event, e.OfferLapsed)]
    assert len(lapses) == 1
    assert world.center.agents[AgentId("ann")].presence is Presence.BUSY
