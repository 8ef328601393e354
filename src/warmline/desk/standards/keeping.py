"""Which steps of a conversation are kept: as it stands now, and for good once it is over."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core import events as e
from warmline.core.words import Instant, InteractionId, SiteId
from warmline.desk.standards import tables
from warmline.desk.standards.model import Script, Step, StepKind, Talk, Talks, best, step
from warmline.desk.standards.rules import kept, without
from warmline.ports import Clock, Recorded
from warmline.storage.database import Database
from warmline.storage.rows import Row, rows
from warmline.storage.upsert import upsert

RESULT_KEYS = ("site", "interaction", "step")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A step as it stands: kept or not, None where nobody can say yet."""

    step: Step
    kept: bool | None
    by_hand: bool

    def plain(self) -> dict[str, object]:
        """As the desk shows it."""
        return {**self.step.plain(), "kept": self.kept, "by_hand": self.by_hand}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standards:
    """The standards of one site."""

    database: Database
    site: SiteId
    clock: Clock
    talks: Talks

    async def of(
        self, interaction: InteractionId, draft: str = ""
    ) -> tuple[Talk, Script, Sequence[Standing]] | None:
        """The script of a conversation and how its steps stand, as if `draft` were sent too."""
        return await self.among(await self.scripts(), interaction, draft)

    async def scripts(self) -> Sequence[Script]:
        """Those in force."""
        async with self.database.read() as connection:
            return [known_script(one) for one in await rows(connection, tables.scripts(self.site))]

    async def among(
        self, scripts: Sequence[Script], interaction: InteractionId, draft: str = ""
    ) -> tuple[Talk, Script, Sequence[Standing]] | None:
        """As `of`, of scripts that are at hand."""
        talk = await self.talks(interaction) if scripts else None
        found = best(scripts, talk.queue, talk.reason) if talk is not None else None
        if talk is None or found is None:
            return None
        async with self.database.read() as connection:
            return talk, found, await self._standing(connection, talk, found, draft)

    async def _standing(
        self, connection: AsyncConnection, talk: Talk, found: Script, draft: str
    ) -> Sequence[Standing]:
        ticked = {
            one["step"]: bool(one["kept"])
            for one in await rows(connection, tables.ticks(self.site, talk.interaction))
        }
        said = [*talk.said, draft] if draft.strip() else talk.said
        required = [
            words.strip()
            for one in found.steps
            if one.kind is StepKind.WORDING
            for words in one.words.values()
            if words.strip()
        ]
        own = without(said, required)
        return [
            Standing(
                step=one,
                kept=ticked.get(one.id, _read(one, said, own, talk)),
                by_hand=one.id in ticked,
            )
            for one in found.steps
        ]


def _read(step: Step, said: Sequence[str], own: Sequence[str], talk: Talk) -> bool | None:
    """What is read; where nothing was written, as on a call, only a person can say it."""
    if not said:
        return None
    return kept(step, own if step.kind is StepKind.NEXT_STEP else said, talk.customer_name)


class StandardsReaction:
    """Keeps what became of each step when a conversation is over; the same twice is the same."""

    name = "standards"

    def __init__(self, standards: Standards) -> None:
        self._standards = standards

    async def react(self, batch: Sequence[Recorded]) -> None:
        """Look once more at every conversation that is over."""
        over = {
            one.event.interaction: one.event
            for one in batch
            if isinstance(one.event, e.WrappedUp)
            or (isinstance(one.event, e.Ended) and not one.event.wrapping)
        }
        scripts = await self._standards.scripts() if over else ()
        if not scripts:
            return
        kept: list[dict[str, object]] = []
        for interaction, event in over.items():
            found = await self._standards.among(scripts, interaction)
            if found is not None and event.agent is not None:
                kept += self._results(*found, agent=event.agent, at=event.at)
        if kept:
            async with self._standards.database.write() as connection:
                for one in kept:
                    await connection.execute(upsert(tables.result, one, keys=RESULT_KEYS))

    def _results(
        self, talk: Talk, script: Script, standing: Sequence[Standing], *, agent: str, at: Instant
    ) -> Sequence[dict[str, object]]:
        return [
            {
                "site": self._standards.site,
                "interaction": talk.interaction,
                "step": one.step.id,
                "script": script.id,
                "version": script.version,
                "kind": one.step.kind.value,
                "law": one.step.law,
                "kept": one.kept,
                "by_hand": one.by_hand,
                "queue": talk.queue,
                "agent": agent,
                "at": at,
            }
            for one in standing
            if one.kept is not None
        ]


def known_script(found: Row) -> Script:
    """A script from its row."""
    return Script(
        id=found["id"],
        version=found["version"],
        name=found["name"],
        queue=found["queue"],
        reason=found["reason"],
        steps=tuple(step(one) for one in found["steps"]),
    )
