"""What a call needs next, from where its interaction and its legs are: pure, and safe to repeat.

Whatever happens, on either side, is followed by this one question, so that a crash, a lost network
or an event told twice need no rules of their own.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import NAMESPACE_OID, uuid5

from warmline.channels.voice import back, leaving, out
from warmline.channels.voice import words as w
from warmline.channels.voice.calls import WAITING, Call, Leg
from warmline.core import commands as c
from warmline.core.interaction import TALKING, Consultation, Interaction
from warmline.core.words import (
    CHANNEL,
    MINUTE,
    SECOND,
    SYSTEM,
    Actor,
    AgentId,
    CommandId,
    Instant,
    Medium,
    Millis,
    Phase,
    Role,
)

RING_MS: Millis = 20 * SECOND
"""How long a device rings for what its agent has in hand already."""
LEAST_RING_MS: Millis = SECOND
PAUSE_LIMIT_MS: Millis = 2 * MINUTE
"""A paused recording goes on by itself after this long: nobody forgets it."""
SUPERVISED = "supervised"
"""What both are told when a supervisor comes in."""
DIALS = 2
"""A device that went away in the middle of a talk is rung up once more."""
OPEN = frozenset({Phase.TREATING, Phase.QUEUED, Phase.OFFERED}) | TALKING

Step: TypeAlias = "w.VoiceCommand | c.Command"


@dataclass(slots=True, kw_only=True)
class Situation:
    """What the steps depend on."""

    call: Call
    found: Interaction | None
    now: Instant
    abilities: frozenset[w.Ability] = field(default_factory=frozenset[w.Ability])


def as_agent(agent: AgentId) -> Actor:
    """What an agent does with a telephone counts as done by the agent."""
    return Actor(agent=agent, roles=frozenset({Role.AGENT}))


def steps(at: Situation) -> Iterator[Step]:
    """What is to be done now; nothing when all is as it should be."""
    found, call = at.found, at.call
    if found is None or found.phase not in OPEN:
        yield from _over(call)
        return
    if found.medium is Medium.CALLBACK:
        yield from back.steps(call, found)
        return
    if call.message is not None and found.phase is Phase.TREATING:
        yield from leaving.steps(call, call.message)
        return
    customer = call.customer()
    if customer is None and call.number is not None:
        yield from out.before_the_customer(call, found)
        return
    if customer is None or not customer.is_there():
        yield _customer_gone(call, found, customer)
        return
    yield from _not_wanted(call, found)
    if customer.answered_at is None and not customer.picked_up and not found.begun:
        yield w.Answer(leg=customer.id)
    yield from _offered(at, found)
    yield from _consults(at, found)
    yield from out.outside(call, found)
    yield from _in_hand(at, found)
    yield from _above(at)
    yield from _announced(call, found, customer)
    yield from _taping(at, found)
    yield from _places(call, found, customer)


def _over(call: Call) -> Iterator[Step]:
    """The talk is over: nobody of ours stays on the line, nothing is recorded."""
    alone = call.left_alone()
    if alone is not None:
        yield from out.goes_on(call, *alone)
        return
    if call.tape is not None and not call.tape.stopping:
        yield w.StopRecording(recording=call.tape.id)
    for leg in call.there():
        may_stay = leg.role is w.Role.CUSTOMER and (call.stays or not call.ended)
        if not leg.leaving and not may_stay:
            yield w.HangUpLeg(leg=leg.id)
    if call.opened:
        yield w.CloseRoom(room=call.room)


def _customer_gone(call: Call, found: Interaction, leg: Leg | None) -> Step:
    lost = leg is None or leg.lost()
    never_there = out.why_not(leg) if leg is not None and found.begun else None
    return c.HangUp(
        id=CommandId(f"hang-up:{found.id}"),
        by=CHANNEL,
        interaction=found.id,
        cause=call.refused or never_there or ("customer_lost" if lost else "customer"),
    )


def _not_wanted(call: Call, found: Interaction) -> Iterator[Step]:
    """Phones that ring or talk for what is no longer so."""
    colleagues = {one.colleague for one in found.consults.values()}
    for leg in call.there():
        if leg.agent is None or leg.leaving:
            continue
        if leg.role is w.Role.SUPERVISOR:
            play = call.announcement(leg)
            wanted = leg.agent in call.above and (play is None or call.announced.get(play, True))
        elif found.offer is not None:
            wanted = leg.agent == found.offer.agent and (
                leg.matter == found.offer.id or leg.talks()
            )
        else:
            wanted = leg.agent == found.agent or leg.agent in colleagues
        if not wanted:
            yield w.HangUpLeg(leg=leg.id, cause=w.Cause.CANCELLED)


def _offered(at: Situation, found: Interaction) -> Iterator[Step]:
    """The phone of whom it is offered to rings; answering it accepts."""
    offer = found.offer
    if offer is None:
        return
    leg = at.call.of_agent(offer.agent)
    if leg is not None and leg.talks():
        yield c.Accept(
            id=CommandId(f"answered:{offer.id}"),
            by=as_agent(offer.agent),
            interaction=found.id,
            offer=offer.id,
        )
        return
    last = at.call.last_of(offer.id)
    if last is None:
        ring_ms = max(LEAST_RING_MS, offer.lapses_at - at.now)
        yield _dial(at, offer.agent, w.LegId(offer.id), ring_ms=ring_ms, offer=offer.id)
    elif not last.is_there() and last.cause is not w.Cause.NO_ANSWER and not last.leaving:
        yield c.Decline(
            id=CommandId(f"not-reached:{offer.id}"),
            by=as_agent(offer.agent),
            interaction=found.id,
            offer=offer.id,
        )


def _consults(at: Situation, found: Interaction) -> Iterator[Step]:
    for consult in found.consults.values():
        yield from _consult(at, found, consult)


def _consult(at: Situation, found: Interaction, consult: Consultation) -> Iterator[Step]:
    """The customer waits while a colleague is asked; taken up again, all three talk."""
    if found.phase is Phase.CONNECTED and not consult.joined:
        yield c.Hold(
            id=CommandId(_id("ask", found.id, consult.id)),
            by=as_agent(consult.agent),
            interaction=found.id,
        )
    matter = _id("consult", found.id, consult.id)
    leg = at.call.last_of(matter)
    if leg is None:
        yield _dial(
            at, consult.colleague, w.LegId(matter), role=w.Role.COLLEAGUE, consult=consult.id
        )
    elif not leg.is_there():
        yield c.EndConsult(
            id=CommandId(_id("consult-over", found.id, consult.id)),
            by=as_agent(consult.colleague),
            interaction=found.id,
            consult=consult.id,
        )
    elif leg.talks() and not consult.joined:
        yield c.JoinConsult(
            id=CommandId(_id("consult-joined", found.id, consult.id)),
            by=as_agent(consult.colleague),
            interaction=found.id,
            consult=consult.id,
        )
    elif consult.joined and not leg.talks() and not leg.picked_up:
        yield w.PickUp(leg=leg.id)


def _in_hand(at: Situation, found: Interaction) -> Iterator[Step]:
    """Who has it in hand has a phone in the call; else it is rung up, and then given back."""
    if found.agent is None:
        return
    leg = at.call.of_agent(found.agent)
    if leg is not None:
        if not leg.talks() and not leg.picked_up:
            yield w.PickUp(leg=leg.id)
        return
    theirs = [
        one
        for one in at.call.legs.values()
        if one.agent == found.agent and one.role is not w.Role.SUPERVISOR
    ]
    last = theirs[-1] if theirs else None
    if last is not None and last.was_put_down():
        yield c.End(
            id=CommandId(f"put-down:{last.id}"),
            by=as_agent(found.agent),
            interaction=found.id,
            cause="agent" if at.call.left_alone() is None else out.TRANSFERRED_OUT,
        )
        return
    if len(_in_a_row(theirs)) < DIALS:
        matter = _id("again", found.id, str(len(at.call.legs)))
        yield _dial(at, found.agent, w.LegId(matter))
    else:
        assert last is not None
        yield from _given_back(found, last)


def _above(at: Situation) -> Iterator[Step]:
    """The phones of supervisors who want to be in it."""
    for agent in at.call.above:
        if at.call.of_supervisor(agent) is None:
            leg = w.LegId(_id("above", at.call.interaction, str(len(at.call.legs))))
            yield _dial(at, agent, leg, role=w.Role.SUPERVISOR)


def _announced(call: Call, found: Interaction, customer: Leg) -> Iterator[Step]:
    """Where the site wants it, both are told that somebody listens, before anybody does."""
    if customer.place != call.room:
        return
    for leg in call.there():
        waits = leg.role is w.Role.SUPERVISOR and leg.talks() and leg.agent in call.above
        play = call.announcement(leg) if waits and not leg.leaving else None
        if play is not None and play not in call.announced:
            sound = w.Sound(prompt=SUPERVISED, language=found.language or "en")
            yield w.PlayInRoom(room=call.room, play=play, sounds=(sound,))


def _in_a_row(theirs: list[Leg]) -> list[Leg]:
    """The legs since the last one on which there was talk, that one included."""
    row: list[Leg] = []
    for leg in reversed(theirs):
        row.append(leg)
        if leg.answered_at is not None:
            break
    return row


def _given_back(found: Interaction, last: Leg) -> Iterator[Step]:
    """The agent cannot be reached: the customer waits for another one, with the same age."""
    if found.queue is not None:
        yield c.Transfer(
            id=CommandId(f"not-reached:{last.id}"),
            by=SYSTEM,
            interaction=found.id,
            to_queue=found.queue,
        )


def _dial(
    at: Situation,
    agent: AgentId,
    leg: w.LegId,
    *,
    role: w.Role = w.Role.AGENT,
    ring_ms: Millis = RING_MS,
    **facts: str,
) -> w.Dial:
    return w.Dial(
        leg=leg,
        call=at.call.interaction,
        to=w.Device(agent=agent),
        role=role,
        ring_ms=ring_ms,
        caller=at.call.caller,
        facts={"interaction": at.call.interaction, **facts},
    )


def _taping(at: Situation, found: Interaction) -> Iterator[Step]:
    """A talk is recorded with each agent anew; a pause ends by itself."""
    tape = at.call.tape
    agent = found.agent if found.phase in TALKING else None
    if tape is not None and not tape.stopping:
        if agent is None or agent != tape.agent:
            yield w.StopRecording(recording=tape.id)
        elif tape.paused_at is not None and at.now >= tape.paused_at + PAUSE_LIMIT_MS:
            yield w.ResumeRecording(recording=tape.id)
        return
    if tape is not None or agent is None or not at.call.recorded:
        return
    leg = at.call.of_agent(agent)
    in_room = leg is not None and leg.talks() and leg.place == at.call.room
    if in_room and w.Ability.RECORD in at.abilities and found.phase is Phase.CONNECTED:
        yield w.StartRecording(
            recording=w.RecordingId(f"{found.id}-r{at.call.tapes + 1}"),
            room=at.call.room,
            split=w.Ability.SPLIT in at.abilities,
        )


def _places(call: Call, found: Interaction, customer: Leg) -> Iterator[Step]:
    """Everybody where they belong: in the room, or waiting."""
    ours = call.of_agent(found.agent) if found.agent is not None else None
    talk = found.phase is Phase.CONNECTED and ours is not None and ours.talks()
    inside = _inside(call, found)
    if talk and customer.talks():
        inside = [*inside, (customer, w.Mode.TALK, None)]
    elif customer.talks() and customer.place != WAITING and not call.treated:
        yield w.Wait(leg=customer.id)
        if call.greeting is not None:
            play = w.PlayId(f"{call.interaction}:greeting")
            yield w.Play(leg=customer.id, play=play, sounds=(call.greeting,))
    moves = [one for one in inside if (one[0].place, one[0].mode) != (call.room, one[1])]
    if moves:
        yield w.OpenRoom(room=call.room, call=call.interaction)
    for leg, mode, of in moves:
        yield w.Join(leg=leg.id, room=call.room, mode=mode, of=of)


def _inside(call: Call, found: Interaction) -> list[tuple[Leg, w.Mode, w.LegId | None]]:
    """Those of ours who talk, and who listens to them."""
    if found.agent is None:
        return []
    colleagues = {one.colleague for one in found.consults.values()}
    agent = call.of_agent(found.agent)
    asked = call.last_of(call.outside.leg) if call.outside is not None else None
    inside: list[tuple[Leg, w.Mode, w.LegId | None]] = []
    if asked is not None and asked.talks() and not asked.leaving:
        inside.append((asked, w.Mode.TALK, None))
    for leg in call.there():
        if not leg.talks() or leg.agent is None or leg.leaving:
            continue
        if leg.role is w.Role.SUPERVISOR:
            mode = call.above.get(leg.agent)
            play = call.announcement(leg)
            told = play is None or call.announced.get(play, False)
            if mode is not None and told and agent is not None and agent.talks():
                inside.append((leg, mode, agent.id if mode is w.Mode.WHISPER else None))
        elif leg.agent == found.agent or leg.agent in colleagues:
            inside.append((leg, w.Mode.TALK, None))
    return inside


def _id(*parts: str) -> str:
    return str(uuid5(NAMESPACE_OID, "\x1f".join(("voice", *parts))))
