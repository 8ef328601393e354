"""Whom a customer is to be brought to first: the one they chose, their own contact, the last."""

from collections.abc import Iterable
from dataclasses import dataclass

from warmline.core.state import Center
from warmline.core.words import AgentId, Presence


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """Who is asked first, and why, as `Arrive` takes it."""

    agent: AgentId | None = None
    why: str = "last"


NONE = Preference()


def preference(
    center: Center,
    *,
    chosen: AgentId | None = None,
    owner: AgentId | None = None,
    last: AgentId | None = None,
) -> Preference:
    """The first of them who is available, so that an absent one makes nobody wait.

    When none is there, the first whom the center knows: it passes over the absent by itself.
    """
    wishes: Iterable[tuple[str, AgentId | None]] = (
        ("chosen", chosen),
        ("owner", owner),
        ("last", last),
    )
    known = [
        Preference(agent=agent, why=why)
        for why, agent in wishes
        if agent is not None and agent in center.agents
    ]
    return next((one for one in known if _is_there(center, one.agent)), (known or [NONE])[0])


def _is_there(center: Center, agent: AgentId | None) -> bool:
    state = center.agents.get(agent) if agent is not None else None
    return state is not None and state.presence is Presence.AVAILABLE and state.gone_since is None
