"""The table of callback requests: which number is to be called for which interaction."""

from typing import Any

from sqlalchemy import BigInteger, Column, Delete, Index, Select, String, Table, delete, select

from warmline.conversations.tables import conversation
from warmline.core.words import DAY, Instant, InteractionId, Millis, SiteId
from warmline.ports import Write
from warmline.storage.schema import ID_CHARS, SITE_CHARS, metadata
from warmline.storage.upsert import upsert

NUMBER_CHARS = 20
KEPT_MS: Millis = 90 * DAY
"""So long a number is kept; by then whoever left it was called, or never will be."""

request = Table(
    "callback_request",
    metadata,
    Column("site", String(SITE_CHARS), primary_key=True),
    Column("interaction", String(ID_CHARS), primary_key=True),
    Column("number", String(NUMBER_CHARS), nullable=False),
    Column("at", BigInteger, nullable=False),
    Index(None, "site", "number"),
)
"""The number (E.164) that the customer left; erased with the customer."""


def asked(
    site: SiteId, interaction: InteractionId, number: str, at: Instant
) -> tuple[Write, Write]:
    """The number of a request; travels with its `Arrive`, and old numbers go."""
    values = {"site": site, "interaction": interaction, "number": number, "at": at}
    old = delete(request).where(request.c.site == site, request.c.at < at - KEPT_MS)
    kept = upsert(request, keys=("site", "interaction"), change=())
    return Write(statement=old), Write(statement=kept, rows=[values])


def forgotten(site: SiteId, interaction: InteractionId) -> Delete:
    """Nobody is to be called."""
    return delete(request).where(request.c.site == site, request.c.interaction == interaction)


def of(site: SiteId, interaction: InteractionId) -> Select[Any]:
    """One request."""
    return select(request).where(request.c.site == site, request.c.interaction == interaction)


def customer(site: SiteId, interaction: InteractionId) -> Select[Any]:
    """Whose request it is, as far as that is known."""
    return select(conversation.c.customer).where(
        conversation.c.site == site, conversation.c.interaction == interaction
    )
