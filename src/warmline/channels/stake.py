"""What is at stake in an interaction that arrives, asked before it stands in line."""

from typing import Protocol

from warmline.core.words import CustomerId, InboxId, Medium, SegmentId, StakeId, Verification
from warmline.customers.choice import PROVEN
from warmline.ports import Coming, Stakes
from warmline.storage.journal import storage_errors


class Who(Protocol):
    """Who comes, as far as it is known."""

    @property
    def customer(self) -> CustomerId | None: ...
    @property
    def verification(self) -> Verification: ...
    @property
    def segment(self) -> SegmentId | None: ...


async def at_stake(
    stakes: Stakes | None,
    who: Who | None,
    *,
    medium: Medium,
    inbox: InboxId,
    reason: str | None = None,
    text: str | None = None,
) -> StakeId | None:
    """What the operator's rules say; of whoever only says who they are, no order counts."""
    if stakes is None:
        return None
    proven = who is not None and who.verification in PROVEN
    coming = Coming(
        medium=medium,
        inbox=inbox,
        customer=who.customer if who is not None and proven else None,
        segment=who.segment if who is not None and proven else None,
        reason=reason,
        text=text,
    )
    with storage_errors():
        return await stakes.of(coming)
