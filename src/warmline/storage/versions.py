"""Texts that a room keeps in versions: drafted, saved, published, stopped, one deed at a time."""

import asyncio
import uuid
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Generic, Protocol, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import Actor, Instant, Rejected, SiteId
from warmline.ports import Clock, Write
from warmline.storage.database import Database
from warmline.storage.rows import Row, row, rows
from warmline.storage.version_rows import Version, VersionRows

VERSIONS_LIMIT = 500


class Audit(Protocol):
    """A row of the audit about a setting, with the values before and after."""

    def __call__(
        self,
        actor: Actor,
        action: str,
        kind: str,
        item: str,
        *,
        before: Mapping[str, object] | None,
        after: Mapping[str, object] | None,
    ) -> Write: ...


class Said(Protocol):
    """What a text says: which subject it is of, and what that is called."""

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=Said)


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce(Generic[T]):
    """What a text says that is in force now, under the number of its version."""

    said: T
    version: int
    since: Instant


class Changed(Exception):
    """Somebody saved the same draft meanwhile."""

    def __init__(self, version: Version) -> None:
        super().__init__(version.id)
        self.version = version


class Versions(ABC, Generic[T]):
    """All versions of the subjects of a site; deeds one at a time.

    A room says what its texts mean (`_read`, `_ready`), how a new one begins (`_new`), and the
    words: `noun` is a subject, `done` what is done with the one in force, `once` what it was then.
    """

    noun: ClassVar[str]
    done: ClassVar[str]
    once: ClassVar[str]
    kept: ClassVar[VersionRows]

    def __init__(self, *, database: Database, site: SiteId, clock: Clock, audit: Audit) -> None:
        self._database = database
        self._site = site
        self._clock = clock
        self._audit = audit
        self._turn = asyncio.Lock()
        self._in_force: Sequence[InForce[T]] | None = None
        self._said: dict[tuple[str, int], T] = {}

    # What a room says of its texts

    @abstractmethod
    def _read(self, text: str) -> T | None:
        """What a text says, as far as it could be read."""

    @abstractmethod
    async def _ready(self, version: Version) -> T:
        """What a draft says that can be in force; raises where it cannot."""

    @abstractmethod
    def _new(self, subject: str, name: str) -> str:
        """The text with which a new subject begins."""

    # Reading

    async def in_force(self) -> Sequence[InForce[T]]:
        """What is in force now, by id; read once after each change."""
        if self._in_force is None:
            async with self._database.read() as connection:
                found = await rows(connection, self.kept.published(self._site))
            self._in_force = [
                InForce(said=said, version=one["number"], since=one["published_at"])
                for one in found
                if (said := self._read(one["text"])) is not None
            ]
        return self._in_force

    async def numbered(self, subject: str, number: int) -> T:
        """What a subject said under a number."""
        if (subject, number) not in self._said:
            async with self._database.read() as connection:
                query = self.kept.numbered(self._site, subject, number)
                found = await row(connection, query)
            if found is None:
                detail = f"There is no version {number} of {subject}."
                raise Rejected(f"unknown_{self.noun}", detail)
            said = self._read(found["text"])
            assert said is not None, "what was published could be read"
            self._said[subject, number] = said
        return self._said[subject, number]

    async def get(self, id_: str) -> Version:
        """A version; `unknown_version` when there is none."""
        async with self._database.read() as connection:
            found = await row(connection, self.kept.one(self._site, id_))
        if found is None:
            raise Rejected("unknown_version", f"There is no version {id_}.")
        return self.kept.version(found)

    async def listed(self, subject: str | None = None) -> Sequence[Row]:
        """Versions without their texts, the newest first."""
        async with self._database.read() as connection:
            return await rows(connection, self.kept.listed(self._site, subject))

    def row(self, version: Version) -> Row:
        """A version by its columns, as those that are listed."""
        return self.kept.columns(self._site, version)

    # Writing

    async def begin(self, by: Actor, subject: str, name: str) -> Version:
        """The first draft of a new subject."""
        async with self._turn:
            if await self.listed(subject):
                detail = f"There is a {self.noun} {subject} already."
                raise Rejected(f"{self.noun}_exists", detail)
            return await self._draft(by, subject, self._new(subject, name or subject))

    async def draft(self, by: Actor, subject: str, *, source: str | None) -> Version:
        """A new draft: of a version, else of what is in force, else of the newest."""
        async with self._turn:
            known = await self.listed(subject)
            if not known:
                raise Rejected(f"unknown_{self.noun}", f"There is no {self.noun} {subject}.")
            newest = next((one for one in known if one["stage"] == "published"), known[0])
            base = await self.get(source or newest["id"])
            if base.subject != subject:
                raise Rejected("unknown_version", f"{subject} has no version {source}.")
            return await self._draft(by, subject, base.text)

    async def save(self, by: Actor, id_: str, *, tag: str | None, text: str) -> Version:
        """A draft anew; `Changed` when somebody else saved it since `tag`."""
        async with self._turn:
            before = await self._own_draft(id_, tag)
            after = replace(
                before, text=text, tag=before.tag + 1, updated_at=self._clock.now(),
                updated_by=by.user, name=called(self._read(text), before.name),
            )  # fmt: skip
            async with self._database.write() as connection:
                await connection.execute(self.kept.change(self._site, after))
                await self._tell(connection, by, "changed", before, after)
        return after

    async def remove(self, by: Actor, id_: str) -> None:
        """A draft goes; what was in force once stays."""
        async with self._turn:
            before = await self.get(id_)
            if before.stage != "draft":
                raise Rejected("not_a_draft", "Only a draft can be removed.")
            async with self._database.write() as connection:
                await connection.execute(self.kept.remove_draft(self._site, id_))
                await self._tell(connection, by, "removed", before, None)

    async def publish(self, by: Actor, id_: str, *, tag: str | None) -> Version:
        """The version is in force from now on; what began under another keeps that one."""
        async with self._turn:
            before = await self._own_draft(id_, tag)
            said = await self._ready(before)
            async with self._database.write() as connection:
                numbers = self.kept.largest_number(self._site, before.subject)
                largest = await connection.scalar(numbers)
                now = self._clock.now()
                after = replace(
                    before, number=(largest or 0) + 1, stage="published", tag=before.tag + 1,
                    updated_at=now, updated_by=by.user, published_at=now, published_by=by.user,
                    name=called(said, before.name),
                )  # fmt: skip
                past = self.kept.no_longer_published(self._site, before.subject)
                await connection.execute(past)
                await connection.execute(self.kept.change(self._site, after))
                await self._tell(connection, by, "published", before, after)
            self._in_force = None
        return after

    async def stop(self, by: Actor, subject: str) -> None:
        """The subject is in force no more; what began under it goes on to its end."""
        async with self._turn:
            in_force = await self.in_force()
            running = next((one for one in in_force if one.said.id == subject), None)
            if running is None:
                detail = f"The {self.noun} {subject} is not {self.done} now."
                raise Rejected("not_in_force", detail)
            async with self._database.write() as connection:
                await connection.execute(self.kept.no_longer_published(self._site, subject))
                told = self._audit(by, "stopped", self.noun, subject,
                                   before={"number": running.version}, after=None)  # fmt: skip
                await connection.execute(told.statement)
            self._in_force = None

    # Inside

    async def _draft(self, by: Actor, subject: str, text: str) -> Version:
        now = self._clock.now()
        version = Version(
            id=uuid.uuid4().hex, subject=subject, number=None, text=text, stage="draft", tag=1,
            name=called(self._read(text), subject), created_at=now, created_by=by.user,
            updated_at=now, updated_by=by.user,
        )  # fmt: skip
        async with self._database.write() as connection:
            if (await connection.scalar(self.kept.count(self._site)) or 0) >= VERSIONS_LIMIT:
                raise Rejected("too_many_versions", f"{VERSIONS_LIMIT} versions are kept at most.")
            await connection.execute(self.kept.add(self._site, version))
            await self._tell(connection, by, "created", None, version)
        return version

    async def _own_draft(self, id_: str, tag: str | None) -> Version:
        version = await self.get(id_)
        if version.stage != "draft":
            detail = f"What was {self.once} once does not change: make a new draft."
            raise Rejected("not_a_draft", detail)
        if tag != str(version.tag):
            raise Changed(version)
        return version

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
        kind = f"{self.noun} version"
        told = self._audit(
            by, action, kind, item.id, before=self._told(before), after=self._told(after)
        )
        await connection.execute(told.statement)

    def _told(self, version: Version | None) -> Mapping[str, object] | None:
        if version is None:
            return None
        return {self.noun: version.subject, "number": version.number, "tag": version.tag}


def called(said: Said | None, otherwise: str) -> str:
    """What a text calls its subject."""
    return (said.name or said.id) if said is not None else otherwise
