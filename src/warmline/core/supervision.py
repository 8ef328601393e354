"""Who supervises what: everything, or the people of some teams and the talks of some queues."""

from collections.abc import Iterator

from warmline.core.agent import AgentState
from warmline.core.interaction import Interaction
from warmline.core.permissions import Right, has
from warmline.core.state import Center
from warmline.core.words import Actor, AgentId, Rejected


def supervises(center: Center, by: Actor, interaction: Interaction) -> bool:
    """Whether `by` supervises this talk: it is in a queue of theirs, or one of their people in it.

    In it is who has it in hand, is offered it, or is asked in.
    """
    if not has(by, Right.SUPERVISE):
        return False
    if by.scope is None or interaction.queue in by.scope.queues:
        return True
    agents = (center.agents.get(one) for one in _in_it(interaction))
    return any(agent is not None and agent.spec.team in by.scope.teams for agent in agents)


def leads(by: Actor, agent: AgentState) -> bool:
    """Whether `by` supervises this agent: is there for everybody, or for their team."""
    if not has(by, Right.SUPERVISE):
        return False
    return by.scope is None or agent.spec.team in by.scope.teams


def must_supervise(center: Center, by: Actor, interaction: Interaction, deed: str) -> None:
    """Refuse who has not the right (`not_yours`), or not over this talk (`out_of_scope`)."""
    if supervises(center, by, interaction):
        return
    if has(by, Right.SUPERVISE):
        raise Rejected(
            "out_of_scope",
            f"Cannot {deed}: interaction {interaction.id} is with none of your teams and in none "
            "of your queues.",
        )
    raise Rejected("not_yours", f"Cannot {deed}: interaction {interaction.id} is not yours.")


def must_lead(by: Actor, agent: AgentState) -> None:
    """Refuse who has not the right (`not_yours`), or not over this agent (`out_of_scope`)."""
    if leads(by, agent):
        return
    if has(by, Right.SUPERVISE):
        raise Rejected("out_of_scope", f"Agent {agent.id} is in none of your teams.")
    raise Rejected("not_yours", "Only a supervisor changes the state of others.")


def _in_it(interaction: Interaction) -> Iterator[AgentId]:
    if interaction.agent is not None:
        yield interaction.agent
    if interaction.offer is not None:
        yield interaction.offer.agent
    for consult in interaction.consults.values():
        yield consult.colleague
