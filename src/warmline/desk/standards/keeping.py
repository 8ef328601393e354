"""Which steps of a conversation are kept: as it stands now, and for good once it is over."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from warmline.core import events as e
from warmline.core.words import Instant, InteractionId, SiteId
from warmline.desk.standards import tables
from warmline.desk.standards.model import Script, Step, StepKind, Talk, Talks, best, step
from warmline.desk.standards.rules import kept, without
from warmline.ports import Clock, Recorded
from warmline.storage.database import Database
from warmline.storage.rows import Row, rows
from warmline.storage.upsert import upsert

AT_ONCE = 200
"""Conversations that are looked at together."""
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


Judged: TypeAlias = tuple[Talk, Script, Sequence[Standing]]
"""A conversation, its script, and how its steps stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standards:
    """The standards of one site."""

    database: Database
    site: SiteId
    clock: Clock
    talks: Talks

    async def of(self, interaction: InteractionId, draft: str = "") -> Judged | None:
        """The script of a conversation and how its steps stand, as if `draft` were sent too."""
        found = await self.among(await self.scripts(), [interaction], draft)
        return found.get(interaction)

    async def scripts(self) -> Sequence[Script]:
        """Those in force."""
        async with self.database.read() as connection:
            return [known_script(one) for one in await rows(connection, tables.scripts(self.site))]

    async def among(
        self, scripts: Sequence[Script], interactions: Sequence[InteractionId], draft: str = ""
    ) -> Mapping[InteractionId, Judged]:
        """As `of`, for several and of scripts that are at hand."""
        if not scripts:
            return {}
        talks = await self.talks(interactions)
        ticked: dict[InteractionId, dict[str, bool]] = defaultdict(dict)
        async with self.database.read() as connection:
            for one in await rows(connection, tables.ticks(self.site, interactions)):
                ticked[InteractionId(one["interaction"])][one["step"]] = bool(one["kept"])
        found: dict[InteractionId, Judged] = {}
        for id_, talk in talks.items():
            script = best(scripts, talk.queue, talk.reason)
            if script is not None:
                found[id_] = talk, script, _standing(talk, script, ticked[id_], draft)
        return found


def _standing(
    talk: Talk, found: Script, ticked: Mapping[str, bool], draft: str
) -> Sequence[Standing]:
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
        listed = sorted(over)
        for start in range(0, len(listed), AT_ONCE):
            judged = await self._standards.among(scripts, listed[start : start + AT_ONCE])
            for interaction, found in judged.items():
                event = over[interaction]
                if event.agent is not None:
                    kept += self._results(*found, agent=event.agent, at=event.at)
        if kept:
            async with self._standards.database.write() as connection:
                await connection.execute(upsert(tables.result, keys=RESULT_KEYS), kept)

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
