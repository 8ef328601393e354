"""What insight does when something happened: loads the facts concerned, folds, stores them."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields
from enum import Enum
from typing import Any, TypeVar

from sqlalchemy import Table, bindparam, update
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import AgentId, InteractionId, Medium, Presence, SiteId, Verification
from warmline.insight import tables
from warmline.insight.fold import VERSION, Contact, Facts, Span, Visit, touched
from warmline.insight.tables import (
    CHUNK,
    agent_span,
    contact,
    decision,
    forget,
    progress,
    visit,
)
from warmline.ports import Journal, Recorded
from warmline.storage.database import Database
from warmline.storage.rows import Row, rows
from warmline.storage.upsert import upsert

_Id = TypeVar("_Id", bound=str)


class InsightReaction:
    """Folds the log into facts; every event counts once, however often it is delivered."""

    name = "insight"

    def __init__(self, database: Database, site: SiteId, journal: Journal | None = None) -> None:
        self._database = database
        self._site = site
        self._journal = journal
        self._turn = asyncio.Lock()
        self._version: int | None = None
        """What the facts here are made of, once that is known."""

    async def react(self, batch: Sequence[Recorded]) -> None:
        """Fold the events that are new into the facts, in one transaction.

        Facts that an older program made are first made anew, where the log is at hand.
        """
        async with self._turn:
            if self._version is None:
                await self._look_at_version()
            await self._fold(batch)

    async def rebuild(self, journal: Journal) -> int:
        """Make all facts anew from the log, as today's definitions read it; the last position.

        Events that arrive meanwhile wait for their turn.
        """
        async with self._turn:
            return await self._make_anew(journal)

    async def _look_at_version(self) -> None:
        async with self._database.read() as connection:
            known = await connection.scalar(tables.version(self._site))
        if known in {None, VERSION}:
            self._version = VERSION
        elif self._journal is not None:
            await self._make_anew(self._journal)
        else:
            self._version = known

    async def _make_anew(self, journal: Journal) -> int:
        async with self._database.write() as connection:
            await forget(connection, self._site)
        last, self._version = 0, 0  # of no version until all of it is there
        async for batch in journal.read(after=0):
            await self._fold(batch)
            last = batch[-1].position
        async with self._database.write() as connection:
            whole = update(progress).where(progress.c.site == self._site).values(version=VERSION)
            await connection.execute(whole)
        self._version = VERSION
        return last

    async def _fold(self, batch: Sequence[Recorded]) -> None:
        async with self._database.write() as connection:
            done = await connection.scalar(tables.position(self._site)) or 0
            fresh = [recorded for recorded in batch if recorded.position > done]
            if not fresh:
                return
            facts = await self._load(connection, fresh)
            for recorded in fresh:
                facts.add(recorded.event)
            await self._store(connection, facts)
            here = {"site": self._site, "position": fresh[-1].position, "version": self._version}
            await connection.execute(upsert(progress, here, keys=("site",)))

    async def _load(self, connection: AsyncConnection, batch: Sequence[Recorded]) -> Facts:
        interactions, agents = touched(recorded.event for recorded in batch)
        facts = Facts()
        for chunk in _chunks(interactions):
            for found in await rows(connection, tables.contacts(self._site, chunk)):
                facts.contacts[InteractionId(found["interaction"])] = Contact(
                    **_values(found, medium=Medium, verification=Verification)
                )
            for found in await rows(connection, tables.visits(self._site, chunk)):
                facts.visits.setdefault(InteractionId(found["interaction"]), []).append(
                    Visit(**_values(found, medium=Medium))
                )
        agents.update(one.agent for one in facts.contacts.values() if one.agent is not None)
        for chunk in _chunks(agents):
            for found in await rows(connection, tables.open_spans(self._site, chunk)):
                facts.spans[AgentId(found["agent"])] = [Span(**_values(found, presence=Presence))]
        return facts

    async def _store(self, connection: AsyncConnection, facts: Facts) -> None:
        visits = [one for stays in facts.visits.values() for one in stays]
        spans = [one for several in facts.spans.values() for one in several]
        await self._put(connection, contact, facts.contacts.values(), ("interaction",))
        await self._put(connection, visit, visits, ("interaction", "visit"))
        await self._put(connection, agent_span, spans, ("agent", "number"))
        await self._put(connection, decision, facts.decisions.values(), ("interaction", "offer"))
        if facts.outcomes:
            await connection.execute(
                update(decision)
                .where(
                    decision.c.site == self._site,
                    decision.c.interaction == bindparam("_interaction"),
                    decision.c.offer == bindparam("_offer"),
                )
                .values(outcome=bindparam("_outcome"), outcome_at=bindparam("_at")),
                [
                    {"_interaction": interaction, "_offer": offer, "_outcome": outcome, "_at": at}
                    for offer, (interaction, outcome, at) in facts.outcomes.items()
                ],
            )

    async def _put(
        self,
        connection: AsyncConnection,
        table: Table,
        items: Collection[Any],
        keys: Sequence[str],
    ) -> None:
        if items:
            await connection.execute(
                upsert(table, keys=("site", *keys)),
                [{"site": self._site, **_plain(one)} for one in items],
            )


def _values(found: Row, **words: type[Enum]) -> dict[str, Any]:
    values: dict[str, Any] = {name: value for name, value in found.items() if name != "site"}
    for name, word in words.items():
        values[name] = word(values[name])
    return values


def _plain(item: Any) -> dict[str, object]:
    values = ((one.name, getattr(item, one.name)) for one in fields(item))
    return {name: value.value if isinstance(value, Enum) else value for name, value in values}


def _chunks(ids: Iterable[_Id]) -> Iterable[list[_Id]]:
    listed = sorted(ids)
    for start in range(0, len(listed), CHUNK):
        yield listed[start : start + CHUNK]
