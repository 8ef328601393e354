"""Where talk time matters, and who could serve there."""

from warmline.core.agent import AgentState
from warmline.core.settings import Agent, Need, Queue
from warmline.core.state import Center
from warmline.core.words import LIVE_MEDIA, QueueId


def live_queues(center: Center) -> list[Queue]:
    """The queues in which customers wait at the other end: only there talk time presses anybody."""
    found: set[QueueId] = set()
    for inbox in center.inboxes.values():
        if inbox.medium in LIVE_MEDIA:
            found.update((inbox.queue, *inbox.by_reason.values(), *inbox.by_language.values()))
    more = list(found)
    while more:
        queue = center.queues.get(more.pop())
        target = queue.overflow_to if queue is not None else None
        if target is not None and target not in found:
            found.add(target)
            more.append(target)
    return [queue for queue in center.queues.values() if queue.id in found]


class Able:
    """What agents may serve, found once for all who have the same skills."""

    def __init__(self, center: Center) -> None:
        self._queues = live_queues(center)
        self._by_name = any(ring.agents for queue in self._queues for ring in queue.rings)
        self._known: dict[object, tuple[QueueId, ...]] = {}

    def queues(self, agent: AgentState) -> tuple[QueueId, ...]:
        """The live queues that the agent may serve."""
        skills = agent.profile.mask
        key = (skills, agent.id) if self._by_name else skills
        found = self._known.get(key)
        if found is None:
            found = tuple(one.id for one in self._queues if may_serve(agent.spec, one))
            self._known[key] = found
        return found


def may_serve(agent: Agent, queue: Queue) -> bool:
    """Whether some ring of the queue takes the agent; the customer's language is not looked at."""
    return any(
        (not ring.agents or agent.id in ring.agents)
        and all(_has(agent, need) for need in ring.needs)
        and (not ring.any_of or any(_has(agent, need) for need in ring.any_of))
        for ring in queue.rings
    )


def _has(agent: Agent, need: Need) -> bool:
    return agent.skills.get(need.skill, 0) >= need.level
