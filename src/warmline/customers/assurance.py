"""How sure it must be who somebody is before we do what they ask, and how sure we are."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from warmline.core.permissions import Right, has
from warmline.core.words import (
    MINUTE,
    Actor,
    CustomerId,
    Millis,
    Rejected,
    SiteId,
    Verification,
)
from warmline.customers.choice import SURENESS
from warmline.customers.tables import attempt, needed_level
from warmline.ports import Clock, State
from warmline.storage.database import Database
from warmline.storage.rows import row, rows

COUNTS_MS: Millis = 30 * MINUTE
"""So long a passed verification counts for who asked, after the conversation too."""


class Action(StrEnum):
    """What a person may ask of us that could harm them if it was somebody else."""

    CHANGE_CONTACT = "change_contact"
    ORDER_DETAILS = "order_details"
    SET_PIN = "set_pin"
    PERSONAL_DATA = "personal_data"
    """Give all that is known of them, or erase it."""


DEFAULTS: Mapping[Action, Verification] = {
    Action.CHANGE_CONTACT: Verification.MATCHED,
    Action.ORDER_DETAILS: Verification.MATCHED,
    Action.SET_PIN: Verification.VERIFIED,
    Action.PERSONAL_DATA: Verification.VERIFIED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Assurance:
    """Says how sure it is who a person is, to an actor, now; and whether that is enough."""

    database: Database
    site: SiteId
    clock: Clock
    state: State

    async def needed(self) -> Mapping[Action, Verification]:
        """The level that each action needs."""
        query = select(needed_level).where(needed_level.c.site == self.site)
        async with self.database.read() as connection:
            found = await rows(connection, query)
        changed = {one["action"]: Verification(one["level"]) for one in found}
        return {action: changed.get(action.value, DEFAULTS[action]) for action in Action}

    async def level(self, actor: Actor, ids: Collection[CustomerId]) -> Verification:
        """How sure it is: by what the actor holds of theirs, or made sure of lately."""
        if await self._passed(actor, ids):
            return Verification.VERIFIED
        levels = self._held(actor, ids)
        return max(levels, key=SURENESS.__getitem__, default=Verification.UNKNOWN)

    async def allowed(self, actor: Actor, ids: Collection[CustomerId]) -> Mapping[Action, bool]:
        """Which actions it is sure enough for; those who lead answer for it themselves."""
        if _answers_for_it(actor):
            return dict.fromkeys(Action, True)
        level = SURENESS[await self.level(actor, ids)]
        return {action: level >= SURENESS[needs] for action, needs in (await self.needed()).items()}

    async def require(self, actor: Actor, ids: Collection[CustomerId], action: Action) -> None:
        """Refuse an action for which it is not sure enough who asks (`verification_needed`)."""
        if _answers_for_it(actor):
            return
        needs = (await self.needed())[action]
        if SURENESS[await self.level(actor, ids)] < SURENESS[needs]:
            raise Rejected(
                "verification_needed",
                f"First make sure who it is: this needs the level {needs.value}.",
                level=needs.value,
                action=action.value,
            )

    async def tells_orders(self, actor: Actor, ids: Collection[CustomerId]) -> None:
        """Refuse orders to an agent who talks to somebody and is not sure enough who it is."""
        if self._held(actor, ids):
            await self.require(actor, ids, Action.ORDER_DETAILS)

    def _held(self, actor: Actor, ids: Collection[CustomerId]) -> list[Verification]:
        """How sure it is in each talk with them that the actor holds."""
        center = self.state.center()
        agent = center.agents.get(actor.agent) if actor.agent is not None else None
        held = [] if agent is None else [center.interactions[one] for one in agent.holds]
        return [one.verification for one in held if one.customer in ids]

    async def _passed(self, actor: Actor, ids: Collection[CustomerId]) -> bool:
        query = (
            select(attempt.c.id)
            .where(
                attempt.c.site == self.site,
                attempt.c.customer.in_(ids),
                attempt.c.state == "passed",
                attempt.c.started_by == (actor.user or ""),
                attempt.c.done_at > self.clock.now() - COUNTS_MS,
            )
            .limit(1)
        )
        async with self.database.read() as connection:
            return await row(connection, query) is not None


def _answers_for_it(actor: Actor) -> bool:
    return has(actor, Right.SUPERVISE) or has(actor, Right.GOVERN)
