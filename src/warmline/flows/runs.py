"""Customers in flows: where each stands, kept so that a restart goes on there."""

import asyncio
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol
from weakref import WeakValueDictionary

from sqlalchemy import insert

from warmline.core import flow
from warmline.core import flow_acts as a
from warmline.core.words import Instant, InteractionId, Medium, SiteId
from warmline.flows import tables
from warmline.flows.model import Flow
from warmline.flows.tables import flow_run
from warmline.flows.versions import Versions
from warmline.ports import Clock, State
from warmline.storage.database import Database
from warmline.storage.journal import storage_errors
from warmline.storage.rows import Row, row, rows

OPEN_LIMIT = 10_000
LEFT = "left"
"""What stands for the end of who left before one."""


class Finder(Protocol):
    """Finds out what a flow asks: of the customer, or of another system."""

    async def __call__(
        self, interaction: InteractionId, fetch: a.Fetch, attributes: Mapping[str, str]
    ) -> Mapping[str, str] | None:
        """The values by field; None when there is nothing, or not in time."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Where the customer of an interaction stands, in which version of which flow."""

    interaction: InteractionId
    flow: Flow
    version: int
    place: a.Place
    taken: str | None
    moved_at: Instant
    end: str | None

    @property
    def mark(self) -> str:
        """Tells apart the questions of one customer."""
        return mark(self.place)


def mark(place: a.Place) -> str:
    """A word for a place, the same whenever somebody stands there as before."""
    return f"{place.made}.{place.tries}.{place.awaits.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """What is to be done now; `mark` is the same when it is asked once more after a restart."""

    acts: a.Acts = ()
    mark: str = ""


class Runs:
    """The customers in flows of a site; for each, one thing after another."""

    def __init__(
        self,
        *,
        database: Database,
        site: SiteId,
        clock: Clock,
        state: State,
        versions: Versions,
        finder: Finder,
    ) -> None:
        self._database = database
        self._site = site
        self._clock = clock
        self._state = state
        self._versions = versions
        self.finder = finder
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def stands_at(self, inbox: str, medium: Medium) -> bool:
        """Whether a flow is run for who comes through an inbox by this medium."""
        found = await self._versions.at(inbox)
        return found is not None and medium in found.said.media

    async def begin(
        self, interaction: InteractionId, *, inbox: str, attributes: Mapping[str, str]
    ) -> Turned | None:
        """The first acts for a customer; None without a flow, or when they are in one already."""
        async with self._turn(interaction):
            found = await self._versions.at(inbox)
            if found is None or await self._get(interaction) is not None:
                return None
            now = self._clock.now()
            place, acts = flow.begin(found.said, now, self._calendars(), attributes=attributes)
            place, acts = await self._fetched(interaction, found.said, place, acts)
            kept = self._kept(place, acts, None)
            values = {"site": self._site, "interaction": interaction, "flow": found.said.id,
                      "version": found.version, "began_at": now, **kept}  # fmt: skip
            with storage_errors():
                async with self._database.write() as connection:
                    await connection.execute(insert(flow_run).values(values))
            return Turned(acts=acts, mark=mark(place))

    async def advance(
        self, interaction: InteractionId, given: a.Input, *, id_: str | None = None
    ) -> Turned:
        """What is to be done after an input; the same `id_` twice, or no run: nothing."""
        async with self._turn(interaction):
            run = await self._get(interaction)
            if run is None or run.end is not None or (id_ is not None and id_ == run.taken):
                return Turned()
            place, acts = flow.advance(
                run.flow, run.place, given, self._clock.now(), self._calendars()
            )
            place, acts = await self._fetched(interaction, run.flow, place, acts)
            await self._keep(interaction, place, acts, id_ or run.taken)
            return Turned(acts=acts, mark=mark(place))

    async def again(self, interaction: InteractionId) -> Turned:
        """What is to be done where a customer stands, after a restart; nothing when it is over."""
        async with self._turn(interaction):
            run = await self._get(interaction)
            if run is None or run.end is not None:
                return Turned()
            place, acts = flow.again(run.flow, run.place, self._clock.now(), self._calendars())
            place, acts = await self._fetched(interaction, run.flow, place, acts)
            await self._keep(interaction, place, acts, run.taken)
            return Turned(acts=acts, mark=mark(place))

    async def get(self, interaction: InteractionId) -> Run | None:
        """Where a customer stands, or stood at the end."""
        return await self._get(interaction)

    async def leave(self, interaction: InteractionId) -> None:
        """The customer is gone before the end."""
        now = self._clock.now()
        change = tables.change_run(self._site, interaction).where(flow_run.c.ended_at.is_(None))
        with storage_errors():
            async with self._database.write() as connection:
                await connection.execute(change.values(ended_at=now, end=LEFT))

    async def open(self) -> Collection[InteractionId]:
        """Whose flow is not over."""
        async with self._database.read() as connection:
            query = tables.open_runs(self._site, limit=OPEN_LIMIT)
            return [InteractionId(one["interaction"]) for one in await rows(connection, query)]

    async def straight(
        self, inbox: str, medium: Medium, interaction: InteractionId, given: Mapping[str, str]
    ) -> a.Finish | None:
        """How a flow ends that asks nobody, as for a letter; nothing of it is kept."""
        found = await self._versions.at(inbox)
        if found is None or medium not in found.said.media:
            return None
        place, acts = flow.begin(found.said, self._clock.now(), self._calendars(), attributes=given)
        _, acts = await self._fetched(interaction, found.said, place, acts)
        return a.ends_of(acts)

    # Inside

    async def _fetched(
        self, interaction: InteractionId, of: Flow, place: a.Place, acts: a.Acts
    ) -> tuple[a.Place, a.Acts]:
        """The place and acts after all that was to be found out is."""
        done: list[a.Act] = []
        while acts and isinstance(acts[-1], a.Fetch):
            values = await self.finder(interaction, acts[-1], place.attributes)
            given = a.NotFound() if values is None else a.Found(values=values)
            done += acts[:-1]
            place, acts = flow.advance(of, place, given, self._clock.now(), self._calendars())
        return place, (*done, *acts)

    def _calendars(self) -> a.Calendars:
        return self._state.center().calendars

    def _turn(self, interaction: str) -> asyncio.Lock:
        return self._turns.setdefault(interaction, asyncio.Lock())

    async def _get(self, interaction: InteractionId) -> Run | None:
        with storage_errors():
            async with self._database.read() as connection:
                found = await row(connection, tables.one_run(self._site, interaction))
        return None if found is None else await self._read(found)

    async def _read(self, found: Row) -> Run:
        return Run(
            interaction=InteractionId(found["interaction"]),
            flow=await self._versions.numbered(found["flow"], found["version"]),
            version=found["version"],
            place=a.from_plain(json.loads(found["place"])),
            taken=found["taken"],
            moved_at=found["moved_at"],
            end=found["end"],
        )

    async def _keep(
        self, interaction: InteractionId, place: a.Place, acts: a.Acts, taken: str | None
    ) -> None:
        change = tables.change_run(self._site, interaction)
        with storage_errors():
            async with self._database.write() as connection:
                await connection.execute(change.values(self._kept(place, acts, taken)))

    def _kept(self, place: a.Place, acts: a.Acts, taken: str | None) -> dict[str, object]:
        now, done = self._clock.now(), a.ends_of(acts)
        return {
            "place": json.dumps(a.plain(place), ensure_ascii=False),
            "taken": taken,
            "moved_at": now,
            "ended_at": now if done is not None else None,
            "end": done.step if done is not None else None,
        }
