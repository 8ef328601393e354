"""What the routes of consent and rights work with, and who may use them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from fastapi import HTTPException

from warmline.core import masking
from warmline.core.permissions import Right, has
from warmline.core.words import Actor, CustomerId, SiteId, UserId
from warmline.customers.identity import same
from warmline.customers.model import Audit, Sight, UserNames
from warmline.customers.rights.contacts import Contacts
from warmline.ports import Clock, Guard, Privacy, State
from warmline.storage.database import Database
from warmline.storage.rows import Row

READERS = frozenset({Right.READ_OWN, Right.GOVERN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Everything that the routes of this room need."""

    database: Database
    state: State
    needs: Guard
    clock: Clock
    site: SiteId
    sight: Sight
    privacy: Privacy
    users: UserNames
    audit: Audit
    contacts: Contacts

    async def person(self, actor: Actor, who: CustomerId) -> Sequence[CustomerId]:
        """All ids of a person whom the actor may see, the one that counts first; else 404."""
        async with self.database.read() as connection:
            ids = await same(connection, self.site, who)
        seen = has(actor, Right.GOVERN) or (ids and await self.sight.customer(actor, ids))
        if not ids or not seen:
            raise HTTPException(404, f"there is no customer {who}")
        return ids

    async def shown(
        self,
        actor: Actor,
        ids: Collection[CustomerId],
        found: Sequence[Row],
        *,
        personal: str,
        leave: Collection[str] = ("site", "customer"),
    ) -> list[dict[str, object]]:
        """Rows as a screen reads them: who wrote them by name, what is personal masked."""
        opened = await self.privacy.opens(actor, ids)
        names = await self.users({UserId(one["by"]) for one in found if one["by"]})
        return [
            self._one(one, names, personal=personal, leave=leave, opened=opened) for one in found
        ]

    def _one(
        self,
        one: Row,
        names: Mapping[UserId, str],
        *,
        personal: str,
        leave: Collection[str],
        opened: bool,
    ) -> dict[str, object]:
        shown = {name: value for name, value in one.items() if name not in leave}
        shown["by_name"] = names.get(UserId(one["by"])) if one["by"] else None
        if not opened and one[personal]:
            shown |= {personal: masking.other(one[personal]), "masked": True}
        return shown
