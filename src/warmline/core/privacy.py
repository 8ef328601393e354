"""Who may read a customer's personal data: who has to do with them, or says why."""

from collections.abc import Collection

from warmline.core import commands as c
from warmline.core import events as e
from warmline.core.agent import AgentState
from warmline.core.state import Center
from warmline.core.words import HOUR, Actor, CustomerId, Instant, Malformed, Rejected, UserId

REVEAL_CAUSES = ("callback", "complaint", "quality", "correction", "legal", "other")
"""Why somebody looks: to call back, a complaint, quality, to correct data, by law, else."""


def is_open(center: Center, actor: Actor, same: Collection[CustomerId], now: Instant) -> bool:
    """Whether `actor` reads the data of the person, known by all the ids of `same`, unmasked."""
    return open_until(center, actor, same, now) != 0


def open_until(
    center: Center, actor: Actor, same: Collection[CustomerId], now: Instant
) -> Instant | None:
    """Until when the person is open to `actor`: None without an end, 0 when not at all.

    Open is whom the agent is offered, holds or is consulted on, for `unmasked_ms` after that, and
    for as long after a reveal.
    """
    lasting = center.policy.unmasked_ms
    until = 0
    agent = center.agents.get(actor.agent) if actor.agent is not None else None
    if agent is not None:
        if _has_to_do(center, agent, same):
            return None
        until = max((agent.seen.get(one, -lasting) + lasting for one in same), default=0)
    if actor.user is not None:
        for at, customer in center.reveals.get(actor.user, ()):
            if customer in same:
                until = max(until, at + lasting)
    return until if until > now else 0


def _has_to_do(center: Center, agent: AgentState, same: Collection[CustomerId]) -> bool:
    at_hand = [*agent.holds] if agent.offer is None else [agent.offer, *agent.holds]
    if any(center.interactions[one].customer in same for one in at_hand):
        return True
    return any(
        consult.colleague == agent.id
        for interaction in center.interactions.values()
        if interaction.consults and interaction.customer in same
        for consult in interaction.consults.values()
    )


def has_seen(center: Center, agent: AgentState, customer: CustomerId, at: Instant) -> None:
    """The agent has nothing more to do with the customer from `at` on."""
    seen = agent.seen
    seen.pop(customer, None)
    seen[customer] = at
    while seen[oldest := next(iter(seen))] + center.policy.unmasked_ms <= at:
        del seen[oldest]
        if not seen:
            return


def decide_reveal(center: Center, command: c.Reveal, now: Instant) -> list[e.Event]:
    """A user looks for a reason; `reveal_limit` when it was often enough within the hour."""
    user = command.by.user
    if user is None:
        raise Rejected("forbidden", "Only a signed-in user looks at customers' data.")
    if command.cause not in REVEAL_CAUSES:
        causes = ", ".join(REVEAL_CAUSES)
        raise Malformed("cause", f"must be one of {causes}", "not_one_of", allowed=causes)
    left, again_at = budget(center, user, now)
    if not left:
        raise Rejected(
            "reveal_limit",
            f"{center.policy.reveals_per_hour} reveals an hour are allowed, and they are used up.",
            limit=center.policy.reveals_per_hour,
            again_at=again_at,
        )
    return [e.Revealed(at=now, user=user, customer=command.customer, cause=command.cause)]


def budget(center: Center, user: UserId, now: Instant) -> tuple[int, Instant]:
    """How many reveals a user has left, and when the next one comes free."""
    within = [at for at, _ in center.reveals.get(user, ()) if at > now - HOUR]
    left = max(0, center.policy.reveals_per_hour - len(within))
    return left, now if left or not within else within[0] + HOUR


def evolve_revealed(center: Center, event: e.Revealed) -> None:
    """The user reads the customer's data for a while."""
    kept = max(HOUR, center.policy.unmasked_ms)
    before = center.reveals.get(event.user, [])
    lately = [one for one in before if one[0] > event.at - kept]
    center.reveals[event.user] = [*lately, (event.at, event.customer)]
