"""The tables of web chat: the inboxes' secrets, and which interactions ever had a socket."""

from collections.abc import Iterable

from sqlalchemy import BigInteger, Column, String, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.base import Executable

from warmline.core.words import InboxId, Instant, InteractionId, SiteId
from warmline.storage.schema import metadata
from warmline.storage.upsert import upsert

secret = Table(
    "webchat_secret",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("inbox", String(64), primary_key=True),
    Column("secret", String(64), nullable=False),
    Column("made_at", BigInteger, nullable=False),
)
"""What the shop's server signs identities with; it must be read again, so it is no hash."""

visited = Table(
    "webchat_visited",
    metadata,
    Column("site", String(64), primary_key=True),
    Column("interaction", String(64), primary_key=True),
    Column("at", BigInteger, nullable=False),
)
"""Chats that had a socket at some time: only their customers can leave by closing the page."""


async def secret_of(connection: AsyncConnection, site: SiteId, inbox: InboxId) -> str | None:
    """The secret of an inbox, None when it has none."""
    query = select(secret.c.secret).where(secret.c.site == site, secret.c.inbox == inbox)
    row = (await connection.execute(query)).first()
    return None if row is None else row.secret


def keep_secret(site: SiteId, inbox: InboxId, value: str, at: Instant) -> Executable:
    """From now on identities of the inbox are signed with `value`."""
    values = {"site": site, "inbox": inbox, "secret": value, "made_at": at}
    return upsert(secret, values, keys=("site", "inbox"))


async def keep_visited(
    connection: AsyncConnection, site: SiteId, interactions: Iterable[InteractionId], at: Instant
) -> None:
    """These interactions have had a socket."""
    rows = [{"site": site, "interaction": one, "at": at} for one in interactions]
    if rows:
        await connection.execute(upsert(visited, keys=("site", "interaction"), change=()), rows)


async def ever_visited(
    connection: AsyncConnection, site: SiteId, interactions: list[InteractionId]
) -> set[InteractionId]:
    """Those of the interactions that have had a socket."""
    found: set[InteractionId] = set()
    for start in range(0, len(interactions), 500):
        chunk = interactions[start : start + 500]
        rows = await connection.execute(
            select(visited.c.interaction).where(
                visited.c.site == site, visited.c.interaction.in_(chunk)
            )
        )
        found.update(InteractionId(row.interaction) for row in rows)
    return found
