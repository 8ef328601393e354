"""What a callback needs next: one phone, then the other, then both in a room."""

from collections.abc import Awaitable, Callable, Iterator
from uuid import NAMESPACE_OID, uuid5

from warmline.channels.voice import words as w
from warmline.channels.voice.calls import WAITING, Call, Leg
from warmline.channels.voice.memory import Calls
from warmline.core import events as e
from warmline.core.callback import FirstRung
from warmline.core.interaction import TALKING, Interaction
from warmline.core.words import SECOND, AgentId, InteractionId, Medium, Millis, Phase
from warmline.ports import State

Numbers = Callable[[InteractionId], Awaitable[str | None]]
"""Whom to call back; None when that is not known, or not any more."""
AGENT_RINGS_MS: Millis = 20 * SECOND
CUSTOMER_RINGS_MS: Millis = 40 * SECOND


async def begins(
    calls: Calls,
    state: State,
    event: e.Accepted,
    numbers: Numbers | None,
    abilities: frozenset[w.Ability],
) -> Call | None:
    """A callback was taken: over a network that dials numbers the customer is called."""
    center = state.center()
    found = center.interactions.get(event.interaction)
    if found is None or found.medium is not Medium.CALLBACK or numbers is None:
        return None
    if w.Ability.NUMBERS not in abilities:
        return None
    number = await numbers(found.id)
    if number is None:
        return None
    first = center.policy.callbacks.first is FirstRung.CUSTOMER
    call = Call(interaction=found.id, number=number, customer_first=first)
    calls.add(call)
    return call


def steps(call: Call, found: Interaction) -> Iterator[w.VoiceCommand]:
    """What is to be done now; an agent who put the phone down calls by hand, or says how it went.

    Each time it is taken the phones ring once.
    """
    agent = found.agent if found.phase in TALKING else None
    for leg in call.there():
        if not leg.leaving and (agent is None or leg.agent not in {None, agent}):
            yield w.HangUpLeg(leg=leg.id)
    if agent is None or call.number is None:
        return
    if call.customer_first:
        yield from _customer_first(call, found, agent)
        return
    ours = call.last_of(_id("agent", found))
    if ours is None:
        yield _dial(call, w.Device(agent=agent), w.Role.AGENT, _id("agent", found))
    elif not ours.is_there():
        yield from _let_go(call)
    elif ours.talks():
        yield from _both(call, found, ours)


def _customer_first(call: Call, found: Interaction, agent: AgentId) -> Iterator[w.VoiceCommand]:
    """The customer's phone rings; who answers hears music until the agent's is taken up too."""
    theirs = call.last_of(_id("customer", found))
    ours = call.last_of(_id("agent", found))
    if theirs is None:
        number = w.Number(value=call.number or "")
        yield _dial(call, number, w.Role.CUSTOMER, _id("customer", found))
    elif theirs.ended_at is not None or (ours is not None and not ours.is_there()):
        yield from _let_go(call)
    elif theirs.talks() and ours is None:
        if theirs.place != WAITING:
            yield w.Wait(leg=theirs.id)
        yield _dial(call, w.Device(agent=agent), w.Role.AGENT, _id("agent", found))
    elif theirs.talks() and ours is not None and ours.talks():
        yield from _together(call, found, ours, theirs)


def _both(call: Call, found: Interaction, ours: Leg) -> Iterator[w.VoiceCommand]:
    theirs = call.last_of(_id("customer", found))
    if theirs is None:
        number = w.Number(value=call.number or "")
        yield _dial(call, number, w.Role.CUSTOMER, _id("customer", found))
    elif theirs.ended_at is not None:
        if not ours.leaving:
            yield w.HangUpLeg(leg=ours.id)
    elif theirs.talks():
        yield from _together(call, found, ours, theirs)


def _together(call: Call, found: Interaction, ours: Leg, theirs: Leg) -> Iterator[w.VoiceCommand]:
    held = found.phase is Phase.HELD
    if held and theirs.place != WAITING:
        yield w.Wait(leg=theirs.id)
    inside = [leg for leg in (ours, *([] if held else [theirs])) if leg.place != call.room]
    if inside:
        yield w.OpenRoom(room=call.room, call=call.interaction)
    for leg in inside:
        yield w.Join(leg=leg.id, room=call.room)


def _let_go(call: Call) -> Iterator[w.VoiceCommand]:
    for leg in call.there():
        if not leg.leaving:
            yield w.HangUpLeg(leg=leg.id)


def _dial(call: Call, to: w.Device | w.Number, role: w.Role, leg: str) -> w.Dial:
    return w.Dial(
        leg=w.LegId(leg),
        call=call.interaction,
        to=to,
        role=role,
        ring_ms=AGENT_RINGS_MS if role is w.Role.AGENT else CUSTOMER_RINGS_MS,
        facts={"interaction": call.interaction},
    )


def _id(what: str, found: Interaction) -> str:
    """One for each time it was offered: said again, it is the same leg."""
    return str(uuid5(NAMESPACE_OID, "\x1f".join(("back", what, found.id, str(found.offers)))))
