"""What telephones ask for by themselves, as commands that the center may refuse."""

from dataclasses import dataclass
from uuid import uuid4

from warmline.channels.voice import words as w
from warmline.channels.voice.calls import Leg
from warmline.channels.voice.steps import as_agent
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core.center import Center
from warmline.core.interaction import Interaction
from warmline.core.words import CHANNEL, AgentId, CommandId, InteractionId, QueueId


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """A device asks to hand the talk on to something that is neither a queue nor a colleague."""

    agent: AgentId
    to: str


def asked_by(
    center: Center, interaction: InteractionId, leg: Leg, event: w.HoldAsked | w.TransferAsked
) -> c.Command | Elsewhere | None:
    """What an agent's device asks; None for a device that has nothing to ask."""
    if leg.agent is None or leg.role is not w.Role.AGENT:
        return None
    by, id_ = as_agent(leg.agent), CommandId(str(uuid4()))
    if isinstance(event, w.HoldAsked):
        kind = c.Hold if event.on else c.Resume
        return kind(id=id_, by=by, interaction=interaction)
    queue, agent = QueueId(event.to), AgentId(event.to)
    if queue in center.queues:
        return c.Transfer(id=id_, by=by, interaction=interaction, to_queue=queue)
    if agent in center.agents:
        return c.Transfer(id=id_, by=by, interaction=interaction, to_agent=agent)
    return Elsewhere(agent=leg.agent, to=event.to)


def taken_up_again(found: Interaction | None, event: e.ConsultEnded) -> c.Resume | None:
    """The colleague is out again: the customer, who waited for it, is taken up again."""
    if found is None or found.agent is None or found.consults:
        return None
    return c.Resume(
        id=CommandId(f"consult-over:{event.consult}:{event.at}"),
        by=as_agent(found.agent),
        interaction=event.interaction,
    )


def nobody_outside(found: Interaction | None, leg: Leg) -> c.Resume | c.Admit | None:
    """Somebody outside is not there, or not any more: back to whom the customer talked with."""
    if found is None:
        return None
    if found.agent is not None:
        return c.Resume(
            id=CommandId(f"outside-over:{leg.id}"),
            by=as_agent(found.agent),
            interaction=found.id,
        )
    return c.Admit(id=CommandId(f"outside-over:{leg.id}"), by=CHANNEL, interaction=found.id)


def not_reached(found: Interaction) -> c.Decline:
    """No phone can ring for the offer: declined for the agent, who is not to blame."""
    assert found.offer is not None
    return c.Decline(
        id=CommandId(f"not-reached:{found.offer.id}"),
        by=as_agent(found.offer.agent),
        interaction=found.id,
        offer=found.offer.id,
    )
