"""Who is open to whom: the core's rule, asked with every id that a person is known by."""

from collections.abc import Collection, Mapping
from typing import Protocol

from warmline.core import privacy
from warmline.core.center import Center
from warmline.core.words import Actor, CustomerId, Instant
from warmline.ports import Clock, State


class Persons(Protocol):
    """Which ids belong to one person."""

    async def same_as(
        self, ids: Collection[CustomerId]
    ) -> Mapping[CustomerId, Collection[CustomerId]]:
        """For each id all ids of the same person, itself among them."""
        ...


class OpenPersons:
    """Answers from the live state; a person is open by any of their ids or not at all."""

    def __init__(self, state: State, clock: Clock, persons: Persons) -> None:
        self._state = state
        self._clock = clock
        self._persons = persons

    async def opens(self, actor: Actor, ids: Collection[CustomerId]) -> bool:
        """Whether the person with these ids is open to the actor now."""
        return self._until(actor, await self._of_one(actor, ids)) != 0

    async def open_until(self, actor: Actor, ids: Collection[CustomerId]) -> Instant | None:
        """When a person who is open closes; None while the work with them lasts, and if closed."""
        return self._until(actor, await self._of_one(actor, ids)) or None

    async def open_among(self, actor: Actor, ids: Collection[CustomerId]) -> Collection[CustomerId]:
        """Those of the ids whose persons are open to the actor now."""
        known = await self._known(actor)
        open_ = {one for same in known.values() if self._until(actor, same) != 0 for one in same}
        return open_.intersection(ids)

    async def _of_one(self, actor: Actor, ids: Collection[CustomerId]) -> Collection[CustomerId]:
        """All ids of the person, as far as the actor had to do with any of them."""
        wanted = set(ids)
        for same in (await self._known(actor)).values():
            if not wanted.isdisjoint(same):
                wanted.update(same)
        return wanted

    async def _known(self, actor: Actor) -> Mapping[CustomerId, Collection[CustomerId]]:
        near = whom(self._state.center(), actor)
        return await self._persons.same_as(near) if near else {}

    def _until(self, actor: Actor, same: Collection[CustomerId]) -> Instant | None:
        return privacy.open_until(self._state.center(), actor, same, self._clock.now())


def whom(center: Center, actor: Actor) -> Collection[CustomerId]:
    """The customers that an actor has or had to do with lately, or revealed: few."""
    found: set[CustomerId] = set()
    if actor.user is not None:
        found.update(one for _, one in center.reveals.get(actor.user, ()))
    agent = center.agents.get(actor.agent) if actor.agent is not None else None
    if agent is None:
        return found
    found.update(agent.seen)
    at_hand = {*agent.holds, *(() if agent.offer is None else (agent.offer,))}
    for interaction in center.interactions.values():
        customer = interaction.customer
        if customer is not None and (
            interaction.id in at_hand
            or any(one.colleague == agent.id for one in interaction.consults.values())
        ):
            found.add(customer)
    return found
