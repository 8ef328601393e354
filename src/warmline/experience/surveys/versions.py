"""The versions of surveys: written, kept apart, published, stopped."""

import asyncio
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import Actor, Instant, Rejected, SiteId
from warmline.experience.surveys import standard, tables
from warmline.experience.surveys.document import NAME_CHARS, Reading, read
from warmline.experience.surveys.model import Audit, InForce, Mistaken, Survey
from warmline.experience.surveys.tables import survey_version
from warmline.ports import Clock
from warmline.storage.database import Database
from warmline.storage.rows import Row, row, rows
from warmline.written.problems import Problem

KIND = "survey version"
"""What the audit calls one."""
VERSIONS_LIMIT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A survey as text, with its story."""

    id: str
    survey: str
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
    """All versions of the surveys of a site; deeds one at a time."""

    def __init__(
        self,
        *,
        database: Database,
        site: SiteId,
        clock: Clock,
        audit: Audit,
        queues: Callable[[], Collection[str]],
    ) -> None:
        self._database = database
        self._site = site
        self._clock = clock
        self._audit = audit
        self._queues = queues
        self._turn = asyncio.Lock()
        self._in_force: Sequence[InForce] | None = None
        self._read: dict[tuple[str, int], Survey] = {}

    # Reading

    async def in_force(self) -> Sequence[InForce]:
        """The surveys that are asked now, by id; read once after each change."""
        if self._in_force is None:
            async with self._database.read() as connection:
                found = await rows(connection, tables.published(self._site))
            self._in_force = [one for one in map(_in_force, found) if one is not None]
        return self._in_force

    async def survey(self, id_: str, number: int) -> Survey:
        """What a survey said under a number."""
        if (id_, number) not in self._read:
            async with self._database.read() as connection:
                found = await row(connection, tables.numbered(self._site, id_, number))
            if found is None:
                raise Rejected("unknown_survey", f"There is no version {number} of {id_}.")
            survey = read(found["text"]).survey
            assert survey is not None, "what was published could be read"
            self._read[id_, number] = survey
        return self._read[id_, number]

    async def get(self, id_: str) -> Version:
        """A version; `unknown_version` when there is none."""
        async with self._database.read() as connection:
            found = await row(connection, tables.one_version(self._site, id_))
        if found is None:
            raise Rejected("unknown_version", f"There is no version {id_}.")
        return _known(found)

    async def listed(self, survey: str | None = None) -> Sequence[Row]:
        """Versions without their texts, the newest first."""
        async with self._database.read() as connection:
            return await rows(connection, tables.versions(self._site, survey))

    def check(self, text: str, *, survey: str | None = None) -> Reading:
        """What a text says, and what would be wrong with asking it now."""
        found = read(text, queues=self._queues())
        if survey is None or found.survey is None or found.survey.id == survey:
            return found
        problem = Problem(
            line=1, column=1, end_line=1, end_column=1, path="survey", code="other_survey",
            detail=f"This is a version of the survey {survey}.", fix=f"Write it as: {survey}.",
        )  # fmt: skip
        return Reading(survey=None, problems=(problem, *found.problems))

    # Writing

    async def begin(self, by: Actor, survey: str, name: str) -> Version:
        """The first draft of a new survey."""
        async with self._turn:
            if await self.listed(survey):
                raise Rejected("survey_exists", f"There is a survey {survey} already.")
            return await self._draft(
                by, survey, standard.NEW.format(id=survey, name=name or survey)
            )

    async def draft(self, by: Actor, survey: str, *, source: str | None) -> Version:
        """A new draft: of a version, else of what is in force, else of the newest."""
        async with self._turn:
            known = await self.listed(survey)
            if not known:
                raise Rejected("unknown_survey", f"There is no survey {survey}.")
            newest = next((one for one in known if one["stage"] == "published"), known[0])
            base = await self.get(source or newest["id"])
            if base.survey != survey:
                raise Rejected("unknown_version", f"{survey} has no version {source}.")
            return await self._draft(by, survey, base.text)

    async def save(self, by: Actor, id_: str, *, tag: str | None, text: str) -> Version:
        """A draft anew; `Changed` when somebody else saved it since `tag`."""
        async with self._turn:
            before = await self._own_draft(id_, tag)
            found = read(text).survey
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
        """A draft goes; what was asked once stays."""
        async with self._turn:
            before = await self.get(id_)
            if before.stage != "draft":
                raise Rejected("not_a_draft", "Only a draft can be removed.")
            async with self._database.write() as connection:
                await connection.execute(tables.remove_draft(self._site, id_))
                await self._tell(connection, by, "removed", before, None)

    async def publish(self, by: Actor, id_: str, *, tag: str | None) -> Version:
        """The version is asked from now on; what is asked already keeps its own."""
        async with self._turn:
            before = await self._own_draft(id_, tag)
            found = self.check(before.text, survey=before.survey)
            if found.survey is None:
                raise Mistaken(found.errors)
            async with self._database.write() as connection:
                largest = await connection.scalar(tables.largest_number(self._site, before.survey))
                now = self._clock.now()
                after = replace(
                    before, number=(largest or 0) + 1, stage="published", tag=before.tag + 1,
                    updated_at=now, updated_by=by.user, published_at=now, published_by=by.user,
                    name=_called(found.survey, before.name),
                )  # fmt: skip
                await connection.execute(tables.no_longer_published(self._site, before.survey))
                change = tables.change_version(self._site, id_).values(self._columns(after))
                await connection.execute(change)
                await self._tell(connection, by, "published", before, after)
            self._in_force = None
        return after

    async def stop(self, by: Actor, survey: str) -> None:
        """The survey is asked no more; who was asked may still answer."""
        async with self._turn:
            running = next((one for one in await self.in_force() if one.survey.id == survey), None)
            if running is None:
                raise Rejected("not_in_force", f"The survey {survey} is not asked now.")
            async with self._database.write() as connection:
                await connection.execute(tables.no_longer_published(self._site, survey))
                told = self._audit(by, "stopped", "survey", survey,
                                   before={"number": running.version}, after=None)  # fmt: skip
                await connection.execute(told.statement)
            self._in_force = None

    async def begin_with_standard(self) -> None:
        """A center that has no survey yet asks the usual one."""
        async with self._turn, self._database.write() as connection:
            if await connection.scalar(tables.version_count(self._site)):
                return
            await connection.execute(
                insert(survey_version).values(first_version(self._site, self._clock.now()))
            )
            self._in_force = None

    # Inside

    async def _draft(self, by: Actor, survey: str, text: str) -> Version:
        now = self._clock.now()
        version = Version(
            id=uuid.uuid4().hex, survey=survey, number=None, text=text, stage="draft", tag=1,
            name=_called(read(text).survey, survey), created_at=now, created_by=by.user,
            updated_at=now, updated_by=by.user,
        )  # fmt: skip
        async with self._database.write() as connection:
            if (await connection.scalar(tables.version_count(self._site)) or 0) >= VERSIONS_LIMIT:
                raise Rejected("too_many_versions", f"{VERSIONS_LIMIT} versions are kept at most.")
            await connection.execute(insert(survey_version).values(self._columns(version)))
            await self._tell(connection, by, "created", None, version)
        return version

    async def _own_draft(self, id_: str, tag: str | None) -> Version:
        version = await self.get(id_)
        if version.stage != "draft":
            raise Rejected("not_a_draft", "What was asked once does not change: make a new draft.")
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


def first_version(site: SiteId, at: Instant, text: str = standard.TEXT) -> Mapping[str, object]:
    """The row of the usual survey, or of another text that can be read, in force since a moment."""
    survey = read(text).survey
    assert survey is not None, "our own surveys can be read"
    version = Version(
        id=f"{survey.id}-1", survey=survey.id, number=1, text=text,
        stage="published", tag=1, name=_called(survey, survey.id),
        created_at=at, created_by=None, updated_at=at, updated_by=None, published_at=at,
    )  # fmt: skip
    return {**asdict(version), "site": site}


def _told(version: Version | None) -> Mapping[str, object] | None:
    if version is None:
        return None
    return {"survey": version.survey, "number": version.number, "tag": version.tag}


def _called(survey: Survey | None, otherwise: str) -> str:
    return (survey.name or survey.id) if survey is not None else otherwise


def _in_force(found: Row) -> InForce | None:
    survey = read(found["text"]).survey
    if survey is None:
        return None
    return InForce(survey=survey, version=found["number"], since=found["published_at"])


def _known(found: Row) -> Version:
    values: dict[str, Any] = {name: found[name] for name in Version.__dataclass_fields__}
    return Version(**values)
