"""The versions of the policy: written, kept apart, published, tried."""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core import commands as c
from warmline.core.policy import Ruleset, Trial
from warmline.core.words import Actor, CommandId, Millis, Rejected, SiteId, TrialId
from warmline.policies import tables
from warmline.policies.checking import checked
from warmline.policies.difference import Change, changes, outside
from warmline.policies.document import read
from warmline.policies.edits import Changes, edited
from warmline.policies.model import (
    DRAFTS_LIMIT,
    KIND,
    NAME_CHARS,
    VERSIONS_LIMIT,
    Audit,
    Changed,
    Mistaken,
    NoSuchVersion,
    Stage,
    Version,
)
from warmline.policies.tables import policy_trial, policy_version
from warmline.policies.writing import in_force, written
from warmline.ports import Clock, State, Submit, Write
from warmline.storage.database import Database
from warmline.storage.rows import Row, row
from warmline.written.problems import Problem

LIVE = "live"
"""Instead of a version's id: what is in force, written down now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is in force, against the document that describes it."""

    number: int
    document: Version | None
    outside: Sequence[Change] = ()
    not_named: Sequence[str] = ()


class Versions:
    """All versions of one site; deeds one at a time, so that what is checked is what is done."""

    def __init__(
        self,
        *,
        database: Database,
        state: State,
        submit: Submit,
        clock: Clock,
        site: SiteId,
        audit: Audit,
    ) -> None:
        self._database = database
        self._state = state
        self._submit = submit
        self._clock = clock
        self._site = site
        self._audit = audit
        self._turn = asyncio.Lock()
        self._described: tuple[str, Ruleset | None] | None = None

    # Reading

    async def get(self, id_: str) -> Version:
        """A version; `NoSuchVersion` when there is none."""
        async with self._database.read() as connection:
            found = await row(connection, tables.one_version(self._site, id_))
        if found is None:
            raise NoSuchVersion(id_)
        return _known(found)

    async def text(self, id_: str) -> str:
        """The text of a version, or of what is in force."""
        return self.live_text() if id_ == LIVE else (await self.get(id_)).text

    def live_text(self) -> str:
        """What is in force, written as a document."""
        return written(in_force(self._state.center()))

    def live_number(self) -> int:
        """The number of the policy in force."""
        return self._state.center().policy.version

    def check(self, text: str) -> list[Problem]:
        """What would be wrong with publishing a text now."""
        center = self._state.center()
        return checked(text, center, version=center.policy.version + 1)[1]

    async def standing(self) -> Standing:
        """What is in force, and whether its document still describes it."""
        async with self._database.read() as connection:
            found = await row(connection, tables.published_version(self._site))
        number = self.live_number()
        if found is None:
            return Standing(number=number, document=None)
        document = _known(found)
        said = self._ruleset_of(document)
        if said is None:
            return Standing(number=number, document=document)
        differing, others = outside(said, in_force(self._state.center()))
        return Standing(number=number, document=document, outside=differing, not_named=others)

    def _ruleset_of(self, document: Version) -> Ruleset | None:
        """What the version in force says; read once, as its text never changes."""
        if self._described is None or self._described[0] != document.id:
            found = read(document.text).document
            self._described = (document.id, found.ruleset if found else None)
        return self._described[1]

    # Drafts

    async def draft(
        self,
        by: Actor,
        *,
        name: str | None,
        source: str | None,
        text: str | None,
        given: Changes | None,
    ) -> Version:
        """A new draft: of a text, of a version, or of what is in force; with changes in it."""
        base = None if source in {None, LIVE} else await self.get(source or "")
        if text is None:
            text = base.text if base else self.live_text()
        if given is not None:
            text = edited(text, given)
        async with self._turn:
            now = self._clock.now()
            version = Version(
                id=uuid.uuid4().hex,
                number=None,
                name=name or (base.name if base else "") or _called(text),
                text=text,
                stage=Stage.DRAFT,
                tag=1,
                based_on=base.id if base else None,
                created_at=now,
                created_by=by.user,
                updated_at=now,
                updated_by=by.user,
            )
            async with self._database.write() as connection:
                await self._check_room(connection)
                await connection.execute(insert(policy_version).values(self._columns(version)))
                await self._tell(connection, by, "created", None, version)
        return version

    async def save(self, by: Actor, id_: str, *, tag: str, name: str, text: str) -> Version:
        """A draft anew; `Changed` when somebody else saved it since `tag`."""
        async with self._turn:
            before = await self.get(id_)
            _check_draft(before, tag)
            after = replace(
                before,
                name=name,
                text=text,
                tag=before.tag + 1,
                updated_at=self._clock.now(),
                updated_by=by.user,
            )
            async with self._database.write() as connection:
                await connection.execute(
                    tables.change_version(self._site, id_).values(self._columns(after))
                )
                await self._tell(connection, by, "changed", before, after)
        return after

    async def remove(self, by: Actor, id_: str) -> None:
        """A draft goes; what decided once stays."""
        async with self._turn:
            before = await self.get(id_)
            if before.stage is not Stage.DRAFT:
                raise Rejected("not_a_draft", "Only a draft can be removed.")
            async with self._database.write() as connection:
                await connection.execute(
                    policy_version.delete().where(
                        policy_version.c.site == self._site, policy_version.c.id == id_
                    )
                )
                await self._tell(connection, by, "removed", before, None)

    # In force

    async def publish(self, by: Actor, id_: str, *, tag: str | None) -> Version:
        """The version in force from now on; an older one comes back under a new number."""
        async with self._turn:
            standing = await self.standing()
            if standing.document and standing.document.id == id_ and not standing.outside:
                raise Rejected("in_force", "This version is in force already.")
            version, ruleset = await self._numbered(by, id_, tag, Stage.PUBLISHED)
            now = version.updated_at
            version = replace(version, published_at=now, published_by=by.user)
            found = changes(in_force(self._state.center()), ruleset)
            await self._submit(
                c.Publish(id=_command_id(), by=by, ruleset=ruleset),
                Write(statement=tables.no_longer_published(self._site)),
                await self._write(id_, version),
                self._audit(
                    by,
                    "published",
                    KIND,
                    version.id,
                    before={"number": self.live_number(), **_meanings(found, after=False)},
                    after={"number": version.number, **_meanings(found, after=True)},
                ),
            )
        return version

    async def start_trial(
        self, by: Actor, id_: str, *, tag: str | None, share_pct: int, ends_after_ms: Millis
    ) -> Version:
        """The version decides for a share of the customers from now on."""
        async with self._turn:
            running = self._state.center().trial
            if running is not None:
                raise Rejected("trial_runs", f"Trial {running.id} runs already.")
            version, ruleset = await self._numbered(by, id_, tag, Stage.TRIAL)
            trial = Trial(
                id=TrialId(uuid.uuid4().hex),
                ruleset=ruleset,
                share_pct=share_pct,
                ends_after_ms=ends_after_ms,
            )
            started = {
                "site": self._site,
                "id": trial.id,
                "version": version.id,
                "number": version.number,
                "against": self.live_number(),
                "share_pct": share_pct,
                "started_at": version.updated_at,
                "started_by": by.user,
                "ends_at": version.updated_at + ends_after_ms if ends_after_ms else None,
            }
            told = {"trial": trial.id, "number": version.number, "share_pct": share_pct}
            await self._submit(
                c.StartTrial(id=_command_id(), by=by, trial=trial),
                await self._write(id_, version),
                Write(statement=insert(policy_trial).values(started)),
                self._audit(by, "trial started", KIND, version.id, before=None, after=told),
            )
        return version

    async def end_trial(self, by: Actor) -> None:
        """The policy in force decides for everybody again; the version on trial is past."""
        async with self._turn:
            trial = self._state.center().trial
            if trial is None:
                raise Rejected("no_trial", "No trial runs.")
            await self._submit(
                c.EndTrial(id=_command_id(), by=by, trial=trial.id),
                *(
                    Write(statement=statement)
                    for statement in tables.end_trial(self._site, trial.id, self._clock.now())
                ),
                self._audit(
                    by,
                    "trial ended",
                    KIND,
                    trial.id,
                    before=None,
                    after={"number": trial.ruleset.policy.version},
                ),
            )

    async def _numbered(
        self, by: Actor, id_: str, tag: str | None, stage: Stage
    ) -> tuple[Version, Ruleset]:
        """The version as it will be with its number, and what it says; `Mistaken` if it cannot."""
        before = await self.get(id_)
        if before.stage is Stage.DRAFT:
            _check_draft(before, tag)
        async with self._database.read() as connection:
            largest = await connection.scalar(tables.largest_number(self._site)) or 0
        number = max(largest, self.live_number()) + 1
        ruleset, problems = checked(before.text, self._state.center(), version=number)
        if ruleset is None:
            raise Mistaken(problems)
        now = self._clock.now()
        if before.stage is not Stage.DRAFT:  # what decided once keeps its story
            before = replace(before, id=uuid.uuid4().hex, based_on=before.id, tag=0,
                           created_at=now, created_by=by.user)  # fmt: skip
        return replace(before, number=number, stage=stage, tag=before.tag + 1, updated_at=now,
                     updated_by=by.user), ruleset  # fmt: skip

    async def _write(self, id_: str, version: Version) -> Write:
        columns = self._columns(version)
        if version.id == id_:
            return Write(statement=tables.change_version(self._site, id_).values(columns))
        async with self._database.read() as connection:
            await self._check_shelf(connection)
        return Write(statement=insert(policy_version).values(columns))

    async def _check_shelf(self, connection: AsyncConnection) -> None:
        if (await connection.scalar(tables.how_many(self._site)) or 0) >= VERSIONS_LIMIT:
            raise Rejected("too_many_versions", f"{VERSIONS_LIMIT} versions are kept at most.")

    async def _check_room(self, connection: AsyncConnection) -> None:
        await self._check_shelf(connection)
        drafts = await connection.scalar(tables.how_many(self._site, Stage.DRAFT)) or 0
        if drafts >= DRAFTS_LIMIT:
            raise Rejected("too_many_drafts", f"{DRAFTS_LIMIT} drafts are enough: remove some.")

    def _columns(self, version: Version) -> dict[str, object]:
        values = asdict(version)
        values["name"] = version.name[:NAME_CHARS]
        return {**values, "stage": version.stage.value, "site": self._site}

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
        told = self._audit(
            by, action, KIND, item.id,
            before={"name": before.name, "tag": before.tag} if before else None,
            after={"name": after.name, "tag": after.tag} if after else None,
        )  # fmt: skip
        await connection.execute(told.statement)


def _check_draft(version: Version, tag: str | None) -> None:
    if version.stage is not Stage.DRAFT:
        raise Rejected("not_a_draft", "What decided once does not change: make a new draft of it.")
    if tag != str(version.tag):
        raise Changed(version)


def _called(text: str) -> str:
    """What a text calls itself."""
    document = read(text).document
    return document.name if document else ""


def _meanings(found: Sequence[Change], *, after: bool) -> Mapping[str, object]:
    most = 200  # what an audit row should hold; the texts hold everything
    return {one.path: one.after if after else one.before for one in found[:most]}


def _known(found: Row) -> Version:
    values: dict[str, Any] = {name: found[name] for name in Version.__dataclass_fields__}
    values["stage"] = Stage(found["stage"])
    return Version(**values)


def _command_id() -> CommandId:
    return CommandId(f"policies-{uuid.uuid4().hex}")
