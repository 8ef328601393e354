"""Calls that we begin, and talks that go outside: what they need next beside the usual."""

from collections.abc import Iterator
from typing import TypeAlias
from uuid import NAMESPACE_OID, uuid5

from warmline.channels.voice import words as w
from warmline.channels.voice.calls import Call, Leg
from warmline.core import commands as c
from warmline.core.interaction import TALKING, Interaction
from warmline.core.words import (
    SECOND,
    SYSTEM,
    Actor,
    AgentId,
    CommandId,
    InteractionId,
    Millis,
    Phase,
    Role,
)

OURS_RINGS_MS: Millis = 20 * SECOND
THEIRS_RINGS_MS: Millis = 45 * SECOND
TRANSFERRED_OUT = "transferred_out"
"""Why a talk has ended that goes on outside."""
NOT_CALLED = "not_called"
"""Why a call has ended for which no phone of ours was picked up."""

Step: TypeAlias = "w.VoiceCommand | c.Command"


def customer_leg(interaction: InteractionId) -> w.LegId:
    """The leg by which a customer is called."""
    return w.LegId(_id("customer", interaction))


def before_the_customer(call: Call, found: Interaction) -> Iterator[Step]:
    """The agent's phone rings first, then the customer's; a phone put down ends it."""
    agent = found.agent if found.phase in TALKING else None
    ours = call.last_of(_id("agent", found.id))
    if agent is None or (ours is not None and not ours.is_there()):
        put_down = ours is not None and ours.was_put_down()
        yield c.End(
            id=CommandId(_id("over", found.id)),
            by=SYSTEM,
            interaction=found.id,
            cause="agent" if put_down else NOT_CALLED,
        )
    elif ours is None:
        yield _dial(call, w.Device(agent=agent), w.Role.AGENT, w.LegId(_id("agent", found.id)))
    elif ours.talks():
        yield _dial(
            call, w.Number(value=call.number or ""), w.Role.CUSTOMER, customer_leg(found.id)
        )


def why_not(customer: Leg) -> str | None:
    """Why whom we called did not come to the phone; None when they were there."""
    if customer.answered_at is not None or customer.cause is None:
        return None
    return customer.cause.value


def outside(call: Call, found: Interaction) -> Iterator[Step]:
    """Somebody outside is rung up, while the customer waits; the talk goes there when they answer.

    Asked first, it goes there when the agent says so.
    """
    wish = call.outside
    if wish is None:
        return
    leg = call.last_of(wish.leg)
    if leg is None:
        if found.phase is Phase.CONNECTED and found.agent is not None:
            yield c.Hold(
                id=CommandId(_id("hold", wish.leg)),
                by=_as_agent(found.agent),
                interaction=found.id,
            )
        yield _dial(call, w.Number(value=wish.number), w.Role.OUTSIDE, wish.leg, wish.shown)
    elif leg.talks() and not wish.first:
        yield c.End(
            id=CommandId(_id("out", wish.leg)),
            by=SYSTEM,
            interaction=found.id,
            cause=TRANSFERRED_OUT,
        )


def goes_on(call: Call, customer: Leg, other: Leg) -> Iterator[w.VoiceCommand]:
    """Our part is over; the customer and somebody outside stay with each other."""
    if call.tape is not None and not call.tape.stopping:
        yield w.StopRecording(recording=call.tape.id)
    for leg in call.there():
        if leg not in (customer, other) and not leg.leaving:
            yield w.HangUpLeg(leg=leg.id)
    moves = [leg for leg in (customer, other) if leg.place != call.room]
    if moves:
        yield w.OpenRoom(room=call.room, call=call.interaction)
    for leg in moves:
        yield w.Join(leg=leg.id, room=call.room)


def _dial(
    call: Call, to: w.Device | w.Number, role: w.Role, leg: w.LegId, shown: str | None = None
) -> w.Dial:
    ours = isinstance(to, w.Device)
    caller = w.Caller(number=call.number) if ours else w.Caller(number=shown or call.shown)
    return w.Dial(
        leg=leg,
        call=call.interaction,
        to=to,
        role=role,
        ring_ms=OURS_RINGS_MS if ours else THEIRS_RINGS_MS,
        caller=caller,
        facts={"interaction": call.interaction},
    )


def _as_agent(agent: AgentId) -> Actor:
    return Actor(agent=agent, roles=frozenset({Role.AGENT}))


def _id(*parts: str) -> str:
    return str(uuid5(NAMESPACE_OID, "\x1f".join(("out", *parts))))
