"""Writes the golden files of the live feed: `python -m tests.golden.make_live`.

Each holds a snapshot, the frames that follow and the state that a fresh snapshot has after them;
the fold in Python and the one in TypeScript must both arrive there.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import msgspec

from tests.core.worlds import (
    BOSS,
    CHAT,
    HELP,
    ORDERS,
    SOLVED,
    World,
    agent_actor,
    at,
)
from warmline.core import commands as c
from warmline.core import settings as s
from warmline.core.center import Center
from warmline.core.events import Offered
from warmline.core.policy import Ruleset, Trial
from warmline.core.words import (
    CHANNEL,
    MINUTE,
    SECOND,
    AgentId,
    ConsultId,
    CustomerId,
    DispositionId,
    InboxId,
    Instant,
    InteractionId,
    Medium,
    MessageId,
    ModeId,
    Party,
    Presence,
    QueueId,
    ReasonId,
    SegmentId,
    SkillId,
    TeamId,
    TrialId,
    Verification,
)
from warmline.engine.frames import Scope, encode_config, snapshot_frame, tell
from warmline.engine.views import LiveState, live_state, own
from warmline.ports import Recorded

FOLDER = Path(__file__).parent / "live"
ANN, BOB = AgentId("ann"), AgentId("bob")
I1, I2 = InteractionId("i1"), InteractionId("i2")
TEA = ReasonId("tea")
ASK = ConsultId("ask")


def _world() -> World:
    world = World()
    world.with_agent("ann").with_agent("bob", available=False)
    world.do(c.ConnectAgent, agent=ANN)
    return world


def a_chat(world: World) -> None:
    """From arrival to rating, with words both ways, a hold and a customer who comes and goes."""
    world.chat("i1", customer=CustomerId("k1"), language="pl", reason="parcel")
    world.after(3)
    world.accept("i1", "ann")
    ann = agent_actor("ann")
    one = {"interaction": I1}
    world.after(2).do(c.Send, by=ann, **one, message=MessageId("m2"))
    world.do(c.ConfirmDelivery, by=CHANNEL, **one, message=MessageId("m2"))
    world.do(c.MarkRead, by=CHANNEL, **one, message=MessageId("m2"), reader=Party.CUSTOMER)
    world.after(1).do(c.Unsend, by=ann, **one, message=MessageId("m2"))
    world.do(c.Send, by=CHANNEL, **one, message=MessageId("m3"))
    world.do(c.ReportFailure, by=CHANNEL, **one, message=MessageId("m3"), code="bounced")
    world.after(5).do(c.Receive, by=CHANNEL, **one, message=MessageId("m4"))
    world.do(c.AddNote, by=ann, **one, note=MessageId("n1"))
    world.do(c.Hold, by=ann, **one)
    world.do(c.Leave, by=CHANNEL, **one)
    world.after(4).do(c.Resume, by=ann, **one)
    world.do(c.Return, by=CHANNEL, **one)
    world.do(
        c.Identify,
        by=CHANNEL,
        **one,
        customer=CustomerId("k2"),
        verification=Verification.VERIFIED,
        segment=SegmentId("gold"),
    )
    world.do(c.End, by=ann, **one)
    world.after(7).do(c.WrapUp, by=ann, **one, disposition=SOLVED)
    world.do(c.Rate, by=CHANNEL, **one, score=5)
    world.do(c.Reveal, by=BOSS, customer=CustomerId("k1"), cause="quality")


def a_transfer(world: World) -> None:
    """A colleague is asked in, takes over, loses the connection; the work goes back."""
    ann, bob = agent_actor("ann"), agent_actor("bob")
    world.chat("i1")
    world.accept("i1", "ann")
    world.presence("bob", Presence.AVAILABLE)
    world.do(c.Consult, by=ann, interaction=I1, consult=ASK, colleague=BOB)
    world.after(2).do(c.JoinConsult, by=bob, interaction=I1, consult=ASK)
    world.do(c.EndConsult, by=bob, interaction=I1, consult=ASK)
    world.do(
        c.Transfer, by=ann, interaction=I1, to_queue=ORDERS, to_agent=BOB, note=MessageId("n1")
    )
    world.after(1)
    world.accept("i1", "bob")
    world.do(c.ConnectAgent, agent=BOB)
    world.do(c.DisconnectAgent, agent=BOB)
    world.after(3 * MINUTE / SECOND)


def offers_that_end(world: World) -> None:
    """Declined, lapsed, withdrawn; a queue that overflows; a customer who gives up."""
    world.do(
        c.DefineQueue,
        queue=s.Queue(id=HELP, name="Help", overflow_to=ORDERS, overflow_after_ms=60 * SECOND),
    )
    world.presence("bob", Presence.AVAILABLE)
    world.chat("i1")
    first = world.offered_to("i1")
    assert first is not None
    offer = world.center.interactions[I1].offer
    assert offer is not None
    world.do(c.Decline, by=agent_actor(first), interaction=I1, offer=offer.id)
    world.after(25)
    world.chat("i2")
    world.after(90)
    world.presence("ann", Presence.AVAILABLE)
    world.do(c.SetPresence, by=BOSS, agent=ANN, presence=Presence.OFFLINE)
    world.do(c.HangUp, by=CHANNEL, interaction=I2)


def new_settings(world: World) -> None:
    """Everything that is defined live, and one of each that is removed again."""
    world.do(c.DefineReason, reason=s.Reason(id=TEA, name="Tea", presence=Presence.BREAK))
    world.do(c.SetPresence, by=agent_actor("ann"), agent=ANN, presence=Presence.BREAK, reason=TEA)
    world.do(c.DefineSkill, skill=s.Skill(id=SkillId("vat"), name="VAT"))
    world.do(c.DefineTeam, team=s.Team(id=TeamId("two"), name="Two"))
    world.do(c.DefineSegment, segment=s.Segment(id=SegmentId("new"), name="New", value=2))
    world.do(c.DefineCalendar, calendar=s.Calendar(id="hours", name="Hours"))  # type: ignore[arg-type]
    vat = QueueId("vat")
    rings = (s.Ring(needs=(s.Need(skill=SkillId("vat"), level=2),)),)
    world.do(c.DefineQueue, queue=s.Queue(id=vat, name="VAT", rings=rings))
    post = InboxId("post")
    world.do(c.DefineInbox, inbox=s.Inbox(id=post, name="Post", medium=Medium.EMAIL, queue=vat))
    world.do(
        c.DefineDisposition,
        disposition=s.Disposition(id=DispositionId("vat"), name="VAT", queues=(vat,)),
    )
    world.do(c.DefinePolicy, policy=s.Policy(version=2, worth_ms=300 * SECOND))
    world.do(c.DefineAgent, agent=s.Agent(id=BOB, team=TeamId("two")))
    world.do(c.DefineAgent, agent=s.Agent(id=AgentId("cyd"), skills={SkillId("vat"): 3}))
    world.do(c.DefineSkill, skill=s.Skill(id=SkillId("fax"), name="Fax"))
    for kind, item in (
        (s.Kind.AGENT, "cyd"),
        (s.Kind.SKILL, "fax"),
        (s.Kind.INBOX, "post"),
        (s.Kind.DISPOSITION, "vat"),
        (s.Kind.QUEUE, "vat"),
        (s.Kind.SEGMENT, "new"),
        (s.Kind.CALENDAR, "hours"),
        (s.Kind.REASON, "coffee"),
    ):
        world.do(c.Remove, kind=kind, item=item)
    world.do(c.DefineInbox, inbox=s.Inbox(id=CHAT, name="C", medium=Medium.CHAT, queue=ORDERS))


def other_rules(world: World) -> None:
    """Published, tried, scaled by the guard, switched to a mode and back, priced; a failure."""
    gold, storm = SegmentId("gold"), ModeId("storm")
    policy = s.Policy(
        version=2,
        prices=True,
        guard=s.Guard(every_ms=MINUTE, least=1, step_pct=20),
        modes=(
            s.Mode(
                id=storm,
                name="Storm",
                trigger=s.Trigger(measure=s.Measure.WAITING, on_at=1, off_at=0, calm_ms=0),
                worth_ms=0,
            ),
        ),
    )
    target = s.Target(within_ms=SECOND)
    segments = (s.Segment(id=gold, name="Gold", head_start_ms=90 * SECOND, target=target),)
    queues = (s.Queue(id=HELP, name="Help at once"),)
    rules = Ruleset(policy=policy, segments=segments, queues=queues)
    world.do(c.Publish, by=BOSS, ruleset=rules)
    world.do(c.SetPrices, prices={ANN: 5 * SECOND})
    tried = Ruleset(policy=s.Policy(version=3, rule=s.Rule.LONGEST_IDLE))
    world.do(c.StartTrial, by=BOSS, trial=Trial(id=TrialId("t1"), ruleset=tried, share_pct=20))
    world.chat("i1", segment=gold)
    world.after(5)
    world.accept("i1", "ann")
    world.presence("ann", Presence.BREAK)
    world.chat("i2")
    world.after(60)
    world.presence("ann", Presence.AVAILABLE)
    world.after(60)
    world.do(c.EndTrial, by=BOSS, trial=TrialId("t1"))
    world.do(c.SetPrices, prices={}, cause="failed")
    world.match = broken
    world.presence("bob", Presence.AVAILABLE)
    world.do(c.HangUp, by=CHANNEL, interaction=I2)
    world.chat("i3")
    world.match = None
    world.do(c.RestoreMatcher, by=BOSS)
    world.do(c.HangUp, by=CHANNEL, interaction=InteractionId("i3"))
    world.after(60)
    milder = replace(policy, version=3, guard=s.Guard(most_pct=110), prices=False)
    world.do(c.Publish, by=BOSS, ruleset=Ruleset(policy=milder))
    world.do(c.DefineSegment, segment=s.Segment(id=gold, name="Gold"))


def a_call_out(world: World) -> None:
    """An agent calls a customer; a supervisor with a place of their own takes the talk over."""
    world.presence("bob", Presence.AVAILABLE)
    calls = InboxId("calls")
    inbox = s.Inbox(id=calls, name="Calls", medium=Medium.VOICE, queue=ORDERS)
    world.do(c.DefineInbox, inbox=inbox)
    ann, bob = agent_actor("ann"), agent_actor("bob")
    world.do(c.Begin, by=ann, interaction=I1, inbox=calls, queue=ORDERS, customer=CustomerId("k1"))
    world.after(3).do(c.Hold, by=ann, interaction=I1)
    world.do(c.TakeOver, by=replace(bob, roles=BOSS.roles), interaction=I1)
    world.after(5).do(c.End, by=bob, interaction=I1)
    world.after(2).do(c.WrapUp, by=bob, interaction=I1, disposition=SOLVED)


def a_call_back(world: World) -> None:
    """A call back is promised and deferred while somebody else waits, until it must not wait more."""
    back = InboxId("back")
    inbox = s.Inbox(id=back, name="Call me", medium=Medium.CALLBACK, queue=ORDERS)
    world.do(c.DefineInbox, inbox=inbox)
    world.presence("ann", Presence.BREAK)
    promised = {"promised_by": world.now + 15 * MINUTE}
    world.do(c.Arrive, by=CHANNEL, interaction=I1, inbox=back, **promised)
    world.chat("i2")
    world.after(6 * MINUTE / SECOND)
    world.presence("ann", Presence.AVAILABLE)
    world.accept("i1", "ann")
    world.after(2).do(c.End, by=agent_actor("ann"), interaction=I1)


def broken(_: Center, __: Instant) -> Offered | None:
    """A matcher that fails."""
    raise ArithmeticError("out of its mind")


STORIES: Mapping[str, Callable[[World], None]] = {
    story.__name__: story
    for story in (
        a_chat,
        a_transfer,
        a_call_out,
        a_call_back,
        offers_that_end,
        new_settings,
        other_rules,
    )
}
SCOPES: tuple[Scope, ...] = (None, ANN, BOB)


def _snapshot(state: LiveState, position: int, scope: Scope) -> str:
    shown = state if scope is None else own(state, scope)
    config = encode_config(shown.config)
    return snapshot_frame(position, shown, at(0), scope=scope, me=scope, config=config)


def golden(story: Callable[[World], None], scope: Scope) -> str:
    """The text of one golden file."""
    world = _world()
    state = live_state(world.center)
    start = len(world.log)
    first = _snapshot(state, start, scope)
    story(world)
    frames: list[str] = []
    for position, event in enumerate(world.log[start:], start=start + 1):
        told = tell(state, Recorded(position=position, event=event), event.at)
        frames.extend(told.frames(scope))
    last = _snapshot(live_state(world.center), len(world.log), scope)
    content = {
        "snapshot": json.loads(first),
        "frames": [json.loads(frame) for frame in frames],
        "after": json.loads(last)["state"],
    }
    return msgspec.json.format(json.dumps(content, ensure_ascii=False), indent=1) + "\n"


def files() -> Mapping[str, str]:
    """The golden files by name."""
    return {
        f"{name}.{scope or 'all'}.json": golden(story, scope)
        for name, story in STORIES.items()
        for scope in SCOPES
    }


def main() -> None:
    """Write them all, and remove what is none of them."""
    FOLDER.mkdir(exist_ok=True)
    made = files()
    for old in FOLDER.glob("*.json"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
