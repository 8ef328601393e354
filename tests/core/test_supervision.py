"""A supervisor of some teams and queues: what is theirs, and how the rest is refused."""

from dataclasses import replace
from typing import Any

import pytest

from tests.core.worlds import BOSS, HELP, SOLVED, World, agent_actor, code_of
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core import settings as s
from warmline.core.supervision import supervises
from warmline.core.words import (
    AgentId,
    ConsultId,
    InteractionId,
    MessageId,
    Phase,
    Presence,
    QueueId,
    Rejected,
    Scope,
    TeamId,
)

ONE, TWO, PRESS = TeamId("one"), TeamId("two"), QueueId("press")
ANN, BOB, LEA = AgentId("ann"), AgentId("bob"), AgentId("lea")
TALK = InteractionId("i1")
OF_ONE = replace(agent_actor("lea"), roles=BOSS.roles, scope=Scope(teams=frozenset({ONE})))
OF_TWO = replace(OF_ONE, scope=Scope(teams=frozenset({TWO})))
OF_HELP = replace(OF_ONE, scope=Scope(queues=frozenset({HELP})))
OF_PRESS = replace(OF_ONE, scope=Scope(queues=frozenset({PRESS})))
MESSAGE = MessageId("m")


@pytest.fixture
def world() -> World:
    world = World().with_agent("ann", team=ONE)
    world.do(c.DefineTeam, team=s.Team(id=TWO, name="Two"))
    return world.with_agent("bob", team=TWO, available=False).with_agent("lea", available=False)


@pytest.fixture
def talk(world: World) -> World:
    """Ann, of team one, talks with somebody from the queue of help."""
    world.chat("i1")
    world.accept("i1", "ann")
    return world


def refused(world: World, kind: type[c.Command], **facts: Any) -> str:
    with pytest.raises(Rejected) as refusal:
        world.do(kind, **facts)
    return code_of(refusal.value)


DEEDS: tuple[tuple[type[c.Command], dict[str, Any]], ...] = (
    (c.TakeOver, {}),
    (c.Transfer, {"to_queue": QueueId("orders")}),
    (c.End, {}),
    (c.Send, {"message": MESSAGE}),
    (c.AddNote, {"note": MESSAGE}),
)


@pytest.mark.parametrize(("kind", "facts"), DEEDS)
@pytest.mark.parametrize("stranger", [OF_TWO, OF_PRESS])
def test_what_is_neither_of_the_teams_nor_in_the_queues_is_refused(
    talk: World, kind: type[c.Command], facts: dict[str, Any], stranger: Any
) -> None:
    assert refused(talk, kind, by=stranger, interaction=TALK, **facts) == "out_of_scope"
    assert talk.center.interactions[TALK].agent == ANN


@pytest.mark.parametrize(("kind", "facts"), DEEDS)
@pytest.mark.parametrize("own", [OF_ONE, OF_HELP, replace(OF_ONE, scope=None)])
def test_by_the_team_by_the_queue_and_without_limits_it_is_done(
    talk: World, kind: type[c.Command], facts: dict[str, Any], own: Any
) -> None:
    talk.presence("lea", Presence.AVAILABLE)
    assert talk.do(kind, by=own, interaction=TALK, **facts)


def test_a_talk_is_of_a_team_by_who_is_offered_it_and_by_who_is_asked_in(world: World) -> None:
    world.chat("i1")
    found = world.center.interactions[TALK]
    assert (found.phase, supervises(world.center, OF_ONE, found)) == (Phase.OFFERED, True)
    world.accept("i1", "ann")
    assert not supervises(world.center, OF_TWO, found)
    world.presence("bob", Presence.AVAILABLE)
    world.do(
        c.Consult,
        by=agent_actor("ann"),
        interaction=TALK,
        consult=ConsultId("k"),
        colleague=BOB,
    )
    assert supervises(world.center, OF_TWO, found)
    assert not supervises(world.center, agent_actor("ann"), found)


def test_what_waits_is_handed_on_and_ended_by_who_supervises_its_queue(world: World) -> None:
    world.presence("ann", Presence.BREAK)
    world.chat("i1")
    target = {"interaction": TALK, "to_queue": QueueId("orders")}
    assert refused(world, c.Transfer, by=OF_PRESS, **target) == "out_of_scope"
    assert refused(world, c.End, by=OF_PRESS, interaction=TALK) == "out_of_scope"
    assert world.do(c.Transfer, by=OF_HELP, **target)
    assert refused(world, c.End, by=OF_HELP, interaction=TALK) == "out_of_scope", "it moved on"


def test_states_are_set_of_the_own_people(world: World) -> None:
    away = {"agent": ANN, "presence": Presence.MEETING}
    assert refused(world, c.SetPresence, by=OF_TWO, **away) == "out_of_scope"
    assert refused(world, c.SetPresence, by=OF_HELP, **away) == "out_of_scope"
    assert refused(world, c.SetPresence, by=agent_actor("bob"), **away) == "not_yours"
    [changed] = world.do(c.SetPresence, by=OF_ONE, **away)
    assert isinstance(changed, e.PresenceChanged)
    assert changed.cause == "supervisor"
    mine = {"agent": LEA, "presence": Presence.BREAK}
    assert world.do(c.SetPresence, by=OF_TWO, **mine), "one's own state is one's own"


def test_a_wrap_up_is_finished_by_the_own_supervisor(talk: World) -> None:
    rule = s.WrapUpRule(mode=s.WrapUpMode.OPTIONAL)
    talk.do(c.DefineQueue, queue=s.Queue(id=HELP, name="Help", wrap_up=rule))
    talk.do(c.End, by=agent_actor("ann"), interaction=TALK)
    done = {"interaction": TALK, "disposition": SOLVED}
    assert talk.center.interactions[TALK].phase is Phase.WRAPPING
    by_another = replace(OF_TWO, roles=OF_TWO.roles | agent_actor("lea").roles)
    assert refused(talk, c.WrapUp, by=by_another, **done) == "out_of_scope"
    by_own = replace(OF_ONE, roles=OF_ONE.roles | agent_actor("lea").roles)
    assert talk.do(c.WrapUp, by=by_own, **done)
