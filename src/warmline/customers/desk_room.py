"""What the routes about identity are given, and the checks that they share."""

from collections.abc import Collection
from dataclasses import dataclass

from fastapi import HTTPException

from warmline.core.words import Actor, CustomerId, Instant, InteractionId, Rejected, SiteId
from warmline.customers import queries
from warmline.customers.assurance import Assurance
from warmline.customers.directory import Directory
from warmline.customers.model import Audit, SettingAudit, Sight, Timeline
from warmline.customers.verification import Verifications
from warmline.ports import Clock, Guard, Privacy, State, Submit
from warmline.storage.database import Database
from warmline.storage.rows import Row, row


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskRoom:
    """Everything that the routes about identity, candidates and verification need."""

    database: Database
    state: State
    needs: Guard
    clock: Clock
    site: SiteId
    submit: Submit
    directory: Directory
    timeline: Timeline
    sight: Sight
    privacy: Privacy
    assurance: Assurance
    verifications: Verifications
    audit: Audit
    setting_audit: SettingAudit

    async def person(self, actor: Actor, who: CustomerId) -> Collection[CustomerId]:
        """All ids of a person whom the actor may see, the one that counts first; else 404."""
        ids = await self.directory.same(who)
        if not await self.sight.customer(actor, ids):
            raise HTTPException(404, f"there is no customer {who}")
        return ids

    async def record(self, ids: Collection[CustomerId]) -> Row:
        """The record of a person, else 404."""
        root = next(iter(ids))
        async with self.database.read() as connection:
            found = await row(connection, queries.record(self.site, root))
        if found is None:
            raise HTTPException(404, f"there is no customer {root}")
        return found

    async def opened(self, actor: Actor, who: CustomerId) -> Collection[CustomerId]:
        """The same, of a person who is open to the actor (`masked`)."""
        ids = await self.person(actor, who)
        if not await self.privacy.opens(actor, ids):
            raise Rejected("masked", "What you do not see you cannot change: reveal it first.")
        return ids

    def holds(self, actor: Actor, interaction: InteractionId) -> bool:
        """Whether the actor holds an interaction now."""
        found = self.state.center().interactions.get(interaction)
        return found is not None and actor.agent is not None and found.agent == actor.agent

    def now(self) -> Instant:
        """The time."""
        return self.clock.now()
