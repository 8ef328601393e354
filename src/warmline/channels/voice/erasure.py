"""What calls keep of customers: their sound and their legs, told, erased, let go in time."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.channels.voice.numbers import call_number
from warmline.channels.voice.quality import summary
from warmline.channels.voice.tables import call_leg, call_quality, call_recording
from warmline.conversations.tables import CHUNK, conversation
from warmline.core.words import Instant, SiteId
from warmline.ports import Person
from warmline.storage.expiry import RowExpiry
from warmline.storage.rows import rows
from warmline.storage.traces import RowTraces


class VoiceTraces:
    """The recordings and legs of a person's calls; when they were stays known by id."""

    def __init__(self, site: SiteId) -> None:
        self._site = site

    async def count(self, connection: AsyncConnection, who: Person) -> Mapping[str, int]:
        """How many legs and recordings there are."""
        legs = select(func.count()).select_from(call_leg).where(self._theirs(call_leg, who))
        sounds = (
            select(func.count())
            .select_from(call_recording)
            .where(self._theirs(call_recording, who), call_recording.c.blob.is_not(None))
        )
        return {
            "call_legs": await connection.scalar(legs) or 0,
            "recordings": await connection.scalar(sounds) or 0,
        }

    async def tell(
        self, connection: AsyncConnection, who: Person
    ) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """When they called and for how long, and the sound of it."""
        legs = (
            select(call_leg)
            .where(self._theirs(call_leg, who), call_leg.c.role == "customer")
            .order_by(call_leg.c.at)
        )
        kept = ("interaction", "at", "answered_at", "ended_at", "cause")
        sounds = (
            select(call_recording)
            .where(self._theirs(call_recording, who), call_recording.c.blob.is_not(None))
            .order_by(call_recording.c.started_at)
        )
        told = ("id", "interaction", "started_at", "ended_at", "duration_ms", "blob")
        heard = select(call_quality).where(
            self._theirs(call_quality, who),
            call_quality.c.leg.in_(
                select(call_leg.c.leg).where(
                    call_leg.c.site == self._site, call_leg.c.role == "customer"
                )
            ),
        )
        return {
            "call_quality": [
                {"interaction": one["interaction"], **summary(one)}
                for one in await rows(connection, heard)
            ],
            "calls": [{name: one[name] for name in kept} for one in await rows(connection, legs)],
            "recordings": [
                {"name": f"{one['id']}.wav", **{name: one[name] for name in told}}
                for one in await rows(connection, sounds)
            ],
        }

    async def erase(self, connection: AsyncConnection, who: Person, at: Instant) -> Collection[str]:
        """Erase the sound; the keys of its files."""
        del at
        theirs = self._theirs(call_recording, who)
        query = select(call_recording.c.blob).where(theirs, call_recording.c.blob.is_not(None))
        blobs = set(await connection.scalars(query))
        await connection.execute(update(call_recording).where(theirs).values(blob=None))
        return blobs

    async def needed(self, connection: AsyncConnection, blobs: Collection[str]) -> Collection[str]:
        """The files of recordings that are there still, of any site."""
        listed = sorted(blobs)
        found: set[str] = set()
        for start in range(0, len(listed), CHUNK):
            chunk = listed[start : start + CHUNK]
            query = select(call_recording.c.blob).where(call_recording.c.blob.in_(chunk))
            found.update(await connection.scalars(query))
        return found

    def _theirs(self, table: Any, who: Person) -> ColumnElement[bool]:
        of_them = select(conversation.c.interaction).where(
            conversation.c.site == self._site, conversation.c.customer.in_(who.ids)
        )
        return (table.c.site == self._site) & table.c.interaction.in_(of_them)


class NumberTraces(RowTraces):
    """The numbers that were called for a person; that they were called stays known by id."""

    def __init__(self, site: SiteId) -> None:
        super().__init__(site, {"numbers_called": call_number})

    def _theirs(self, table: Table, who: Person) -> ColumnElement[Any]:
        of_them = select(conversation.c.interaction).where(
            conversation.c.site == self._site, conversation.c.customer.in_(who.ids)
        )
        return (table.c.site == self._site) & or_(
            table.c.interaction.in_(of_them), table.c.number.in_(who.addresses)
        )


class RecordingsExpiry(RowExpiry):
    """The sound of talks; that they were recorded, and for how long, stays."""

    kind = "recordings"

    async def _let_go(self, connection: AsyncConnection, ids: Sequence[str]) -> Collection[str]:
        theirs = (call_recording.c.site == self._site) & call_recording.c.id.in_(ids)
        blobs = set(await connection.scalars(select(call_recording.c.blob).where(theirs)))
        await connection.execute(update(call_recording).where(theirs).values(blob=None))
        return blobs

    def _old(self, before: Instant) -> Select[Any]:
        return (
            select(call_recording.c.id)
            .where(
                call_recording.c.site == self._site,
                call_recording.c.ended_at < before,
                call_recording.c.blob.is_not(None),
            )
            .order_by(call_recording.c.ended_at, call_recording.c.id)
        )
