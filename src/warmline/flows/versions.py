"""The versions of flows: written, kept apart, published, stopped."""

import asyncio
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import Actor, Instant, Rejected, SiteId
from warmline.flows import standard, tables
from warmline.flows.document import NAME_CHARS, Reading, read, written
from warmline.flows.model import Audit, Doors, Flow, InForce, Mistaken
from warmline.flows.tables import flow_version
from warmline.ports import Clock
from warmline.storage.database import Database
from warmline.storage.rows import Row, row, rows
from warmline.written.problems import Problem

KIND = "flow version"
"""What the audit calls one."""
VERSIONS_LIMIT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A flow as text, with its story."""

    id: str
    flow: str
    number: int | None
    name: str
    text: str
    stage: str
    tag: int
    """Counts every save: who edits an older one is told."""
    created_at: Instant
    created_by: str | None
    updated_at: Instant
    updated_by: str | None
    published_at: Instant | None = None
    published_by: str | None = None


class Changed(Exception):
    """Somebody saved the same draft meanwhile."""

    def __init__(self, version: Version) -> None:
        super().__init__(version.id)
        self.version = version


class Versions:
    """All versions of the flows of a site; deeds one at a time."""

    def __init__(
        self,
        *,
        database: Database,
        site: SiteId,
        clock: Clock,
        audit: Audit,
        doors: Callable[[], Doors],
    ) -> None:
        self._database = database
        self._site = site
        self._clock = clock
        self._audit = audit
        self._doors = doors
        self._turn = asyncio.Lock()
        self._in_force: Sequence[InForce] | None = None
        self._read: dict[tuple[str, int], Flow] = {}

    # Reading

    async def in_force(self) -> Sequence[InForce]:
        """The flows that are run now, by id; read once after each change."""
        if self._in_force is None:
            async with self._database.read() as connection:
                found = await rows(connection, tables.published(self._site))
            self._in_force = [one for one in map(_in_force, found) if one is not None]
        return self._in_force

    async def at(self, inbox: str) -> InForce | None:
        """The flow that stands at an inbox now."""
        return next((one for one in await self.in_force() if inbox in one.flow.inboxes), None)

    async def flow(self, id_: str, number: int) -> Flow:
        """What a flow said under a number."""
        if (id_, number) not in self._read:
            async with self._database.read() as connection:
                found = await row(connection, tables.numbered(self._site, id_, number))
            if found is None:
                raise Rejected("unknown_flow", f"There is no version {number} of {id_}.")
            flow = read(found["text"]).drawn
            assert flow is not None, "what was published could be read"
            self._read[id_, number] = flow
        return self._read[id_, number]

    async def get(self, id_: str) -> Version:
        """A version; `unknown_version` when there is none."""
        async with self._database.read() as connection:
            found = await row(connection, tables.one_version(self._site, id_))
        if found is None:
            raise Rejected("unknown_version", f"There is no version {id_}.")
        return _known(found)

    async def listed(self, flow: str | None = None) -> Sequence[Row]:
        """Versions without their texts, the newest first."""
        async with self._database.read() as connection:
            return await rows(connection, tables.versions(self._site, flow))

    def check(self, text: str, *, flow: str | None = None) -> Reading:
        """What a text says, and what would be wrong with running it now."""
        found = read(text, doors=self._doors())
        if flow is None or found.flow is None or found.flow.id == flow:
            return found
        problem = Problem(
            line=1, column=1, end_line=1, end_column=1, path="flow", code="other_flow",
            detail=f"This is a version of the flow {flow}.", fix=f"Write it as: {flow}.",
        )  # fmt: skip
        return replace(found, flow=None, problems=(problem, *found.problems))

    # Writing

    async def begin(self, by: Actor, flow: str, name: str) -> Version:
        """The first draft of a new flow."""
        async with self._turn:
            if await self.listed(flow):
                raise Rejected("flow_exists", f"There is a flow {flow} already.")
            text = standard.NEW.format(id=flow, name=written(name or flow))
            return await self._draft(by, flow, text)

    async def draft(self, by: Actor, flow: str, *, source: str | None) -> Version:
        """A new draft: of a version, else of what is in force, else of the newest."""
        async with self._turn:
            known = await self.listed(flow)
            if not known:
                raise Rejected("unknown_flow", f"There is no flow {flow}.")
            newest = next((one for one in known if one["stage"] == "published"), known[0])
            base = await self.get(source or newest["id"])
            if base.flow != flow:
                raise Rejected("unknown_version", f"{flow} has no version {source}.")
            return await self._draft(by, flow, base.text)

    async def save(self, by: Actor, id_: str, *, tag: str | None, text: str) -> Version:
        """A draft anew; `Changed` when somebody else saved it since `tag`."""
        async with self._turn:
            before = await self._own_draft(id_, tag)
            found = read(text).drawn
            after = replace(
                before, text=text, tag=before.tag + 1, updated_at=self._clock.now(),
                updated_by=by.user, name=_called(found, before.name),
            )  # fmt: skip
            async with self._database.write() as connection:
                change = tables.change_version(self._site, id_).values(self._columns(after))
                await connection.execute(change)
                await self._tell(connection, by, "changed", before, after)
        return after

    async def remove(self, by: Actor, id_: str) -> None:
        """A draft goes; what was in force once stays."""
        async with self._turn:
            before = await self.get(id_)
            if before.stage != "draft":
                raise Rejected("not_a_draft", "Only a draft can be removed.")
            async with self._database.write() as connection:
                await connection.execute(tables.remove_draft(self._site, id_))
                await self._tell(connection, by, "removed", before, None)

    async def publish(self, by: Actor, id_: str, *, tag: str | None) -> Version:
        """The version is run from now on; who is in a flow already goes on in their own."""
        async with self._turn:
            before = await self._own_draft(id_, tag)
            found = self.check(before.text, flow=before.flow)
            if found.flow is None:
                raise Mistaken(found.errors)
            await self._refuse_taken(found.flow)
            async with self._database.write() as connection:
                largest = await connection.scalar(tables.largest_number(self._site, before.flow))
                now = self._clock.now()
                after = replace(
                    before, number=(largest or 0) + 1, stage="published", tag=before.tag + 1,
                    updated_at=now, updated_by=by.user, published_at=now, published_by=by.user,
                    name=_called(found.flow, before.name),
                )  # fmt: skip
                await connection.execute(tables.no_longer_published(self._site, before.flow))
                change = tables.change_version(self._site, id_).values(self._columns(after))
                await connection.execute(change)
                await self._tell(connection, by, "published", before, after)
            self._in_force = None
        return after

    async def stop(self, by: Actor, flow: str) -> None:
        """The flow is run no more; who is in it goes on to its end."""
        async with self._turn:
            running = next((one for one in await self.in_force() if one.flow.id == flow), None)
            if running is None:
                raise Rejected("not_in_force", f"The flow {flow} is not run now.")
            async with self._database.write() as connection:
                await connection.execute(tables.no_longer_published(self._site, flow))
                told = self._audit(by, "stopped", "flow", flow,
                                   before={"number": running.version}, after=None)  # fmt: skip
                await connection.execute(told.statement)
            self._in_force = None

    # Inside

    async def _refuse_taken(self, flow: Flow) -> None:
        """One inbox has one flow: who publishes a second one is told."""
        for other in await self.in_force():
            both = set(other.flow.inboxes).intersection(flow.inboxes)
            if other.flow.id != flow.id and both:
                inbox = min(both)
                raise Rejected("inbox_taken", f"The flow {other.flow.id} stands at the inbox "
                               f"{inbox} already.", flow=other.flow.id, inbox=inbox)  # fmt: skip

    async def _draft(self, by: Actor, flow: str, text: str) -> Version:
        now = self._clock.now()
        version = Version(
            id=uuid.uuid4().hex, flow=flow, number=None, text=text, stage="draft", tag=1,
            name=_called(read(text).drawn, flow), created_at=now, created_by=by.user,
            updated_at=now, updated_by=by.user,
        )  # fmt: skip
        async with self._database.write() as connection:
            if (await connection.scalar(tables.version_count(self._site)) or 0) >= VERSIONS_LIMIT:
                raise Rejected("too_many_versions", f"{VERSIONS_LIMIT} versions are kept at most.")
            await connection.execute(insert(flow_version).values(self._columns(version)))
            await self._tell(connection, by, "created", None, version)
        return version

    async def _own_draft(self, id_: str, tag: str | None) -> Version:
        version = await self.get(id_)
        if version.stage != "draft":
            raise Rejected(
                "not_a_draft", "What was in force once does not change: make a new draft."
            )
        if tag != str(version.tag):
            raise Changed(version)
        return version

    def _columns(self, version: Version) -> dict[str, object]:
        return {**asdict(version), "name": version.name[:NAME_CHARS], "site": self._site}

    async def _tell(
        self,
        connection: AsyncConnection,
        by: Actor,
        action: str,
        before: Version | None,
        after: Version | None,
    ) -> None:
        item = before or after
        assert item is not None, "something was done"
        told = self._audit(by, action, KIND, item.id, before=_told(before), after=_told(after))
        await connection.execute(told.statement)


def _told(version: Version | None) -> Mapping[str, object] | None:
    if version is None:
        return None
    return {"flow": version.flow, "number": version.number, "tag": version.tag}


def _called(flow: Flow | None, otherwise: str) -> str:
    return (flow.name or flow.id) if flow is not None else otherwise


def _in_force(found: Row) -> InForce | None:
    flow = read(found["text"]).drawn
    if flow is None:
        return None
    return InForce(flow=flow, version=found["number"], since=found["published_at"])


def _known(found: Row) -> Version:
    values: dict[str, Any] = {name: found[name] for name in Version.__dataclass_fields__}
    return Version(**values)
