"""People who come in by a number or an address, and the agent who takes them."""

from tests.conversations.house import SITE, House
from warmline.conversations import writes
from warmline.conversations.model import Opening
from warmline.core import commands as c
from warmline.core.words import (
    CHANNEL,
    CommandId,
    CustomerId,
    InboxId,
    InteractionId,
    Medium,
    Verification,
)
from warmline.customers.model import Claim, IdentifierKind, Resolved

EMAIL, PHONE, LOGIN = IdentifierKind.EMAIL, IdentifierKind.PHONE, IdentifierKind.LOGIN
CLAIMED, MATCHED, VERIFIED = Verification.CLAIMED, Verification.MATCHED, Verification.VERIFIED
FAMILY_PHONE = "+48501234567"


def claim(kind: IdentifierKind, value: str, level: Verification = MATCHED) -> Claim:
    return Claim(kind=kind, value=value, verification=level)


async def family(house: House) -> tuple[CustomerId, CustomerId]:
    """Anna and Jan, each with an address, who share a telephone."""
    found: list[CustomerId] = []
    for name in ("Anna Nowak", "Jan Nowak"):
        address = f"{name.split()[0].lower()}@mail.example"
        mail = claim(EMAIL, address)
        await house.directory.resolve([mail], source="mail", name=name)
        # Seen together with the address, the number is theirs too.
        known = await house.directory.resolve(
            [claim(EMAIL, address, VERIFIED), claim(PHONE, FAMILY_PHONE)], source="voice"
        )
        found.append(known.someone)
    return found[0], found[1]


async def comes_in(house: House, found: Resolved, *, inbox: str = "shop-chat") -> InteractionId:
    """An interaction of whoever was recognised, as a door makes it."""
    interaction = InteractionId(house.next("i"))
    opening = Opening(
        interaction=interaction,
        medium=Medium.CHAT,
        inbox=InboxId(inbox),
        at=house.clock.now(),
        customer=found.customer,
        verification=found.verification,
    )
    await house.give(
        c.Arrive(
            id=CommandId(house.next("c")),
            by=CHANNEL,
            interaction=interaction,
            inbox=InboxId(inbox),
            customer=found.customer,
            verification=found.verification,
            segment=found.segment,
        ),
        writes.opening(SITE, opening),
        *house.directory.undecided(interaction, found, source="voice"),
    )
    return interaction


async def held_by_ann(house: House, found: Resolved) -> InteractionId:
    await house.available("ann")
    interaction = await comes_in(house, found)
    await house.accept(interaction)
    return interaction
