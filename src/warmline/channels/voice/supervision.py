"""Supervisors in talks: how they may come in, whether agents see it, and taking a talk over."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.channels.voice import tables
from warmline.channels.voice import words as w
from warmline.channels.voice.room import VoiceRoom
from warmline.core import commands as c
from warmline.core.permissions import Right, has
from warmline.core.words import Actor, CommandId, InteractionId, Rejected, SiteId
from warmline.ports import Submit
from warmline.storage.rows import Row, row

Mode = Literal["listen", "whisper", "barge"]
Deed = Literal["listen", "whisper", "barge", "take_over"]
DEEDS: tuple[Deed, ...] = get_args(Deed)


class SupervisionBody(BaseModel):
    """How a supervisor comes in: hears only, is heard by the agent alone, or by all."""

    model_config = ConfigDict(extra="forbid")
    mode: Mode


class RulesBody(BaseModel):
    """What supervisors may do in talks, and whether agents see that they are there."""

    model_config = ConfigDict(extra="forbid")
    visible: bool
    announced: bool = False
    """Customer and agent are told in words before anybody comes in."""
    modes: Annotated[list[Deed], Field(max_length=len(DEEDS))]


class TakeOverBody(BaseModel):
    """The same id again is the same deed."""

    model_config = ConfigDict(extra="forbid")
    id: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[\w.:-]+$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the site decided: agents see it and all is allowed, until it says otherwise."""

    visible: bool = True
    announced: bool = False
    modes: tuple[str, ...] = DEEDS


async def rules_of(connection: AsyncConnection, site: SiteId) -> Rules:
    """What the site decided."""
    found = await row(connection, tables.supervision_of(site))
    if found is None:
        return Rules()
    return Rules(
        visible=found["visible"],
        announced=found["announced"],
        modes=tuple(found["modes"].split()),
    )


def in_sight(legs: Sequence[Row], actor: Actor, rules: Rules) -> Sequence[Row]:
    """The legs that somebody is told of: silent supervisors show to supervisors alone."""
    if rules.visible or has(actor, Right.SUPERVISE):
        return legs
    return [one for one in legs if one["role"] != w.Role.SUPERVISOR.value]


def supervision_routes(room: VoiceRoom, submit: Submit) -> APIRouter:
    """The routes for the floor and the settings."""
    router = APIRouter(tags=["calls"])
    _in_calls(router, room)
    _take_over(router, room, submit)
    _rules(router, room)
    return router


async def _must_allow(room: VoiceRoom, deed: str) -> Rules:
    async with room.first.database.read() as connection:
        rules = await rules_of(connection, room.first.site)
    if deed not in rules.modes:
        raise Rejected("not_allowed", "This center does not allow that.")
    return rules


def _in_calls(router: APIRouter, room: VoiceRoom) -> None:
    supervisor = Depends(room.needs(Right.SUPERVISE))

    @router.post("/interactions/{interaction}/call/supervision", status_code=204)
    async def come_in(
        interaction: InteractionId, body: SupervisionBody, actor: Annotated[Actor, supervisor]
    ) -> None:
        """Come into a talk with one's own phone, which rings; again for another way."""
        voice = room.of(interaction)
        mode = w.Mode(body.mode)
        announced = (await _must_allow(room, body.mode)).announced
        room.must_supervise(actor, interaction)
        voice.deeds.must_admit(interaction, actor.agent, mode, announced=announced)
        await room.audited(room.audit(actor, body.mode, "call", interaction))
        voice.deeds.supervise(interaction, actor.agent, mode, announced=announced)

    @router.delete("/interactions/{interaction}/call/supervision", status_code=204)
    async def go(interaction: InteractionId, actor: Annotated[Actor, supervisor]) -> None:
        """Go out again."""
        voice = room.of(interaction)
        await room.audited(room.audit(actor, "left", "call", interaction))
        voice.deeds.supervise(interaction, actor.agent, None)


def _take_over(router: APIRouter, room: VoiceRoom, submit: Submit) -> None:
    supervisor = Depends(room.needs(Right.SUPERVISE))

    @router.post("/interactions/{interaction}/take-over", status_code=204)
    async def take_over(
        interaction: InteractionId, body: TakeOverBody, actor: Annotated[Actor, supervisor]
    ) -> None:
        """Become the agent of a call or chat that goes on; who had it is free at once."""
        await _must_allow(room, "take_over")
        room.must_hold(actor, interaction)  # said again it is one's own already
        command = c.TakeOver(
            id=CommandId(f"{actor.user}/{body.id}"), by=actor, interaction=interaction
        )
        await room.audited(room.audit(actor, "take_over", "interaction", interaction))
        await submit(command)


def _rules(router: APIRouter, room: VoiceRoom) -> None:
    reader = Depends(room.needs(Right.SIGNED_IN))
    admin = Depends(room.needs(Right.CONFIGURE))

    @router.get("/voice/supervision")
    async def rules(_: Annotated[Actor, reader]) -> RulesBody:
        """What supervisors may do in talks, and whether agents see it."""
        async with room.first.database.read() as connection:
            found = await rules_of(connection, room.first.site)
        return RulesBody(
            visible=found.visible,
            announced=found.announced,
            modes=[one for one in DEEDS if one in found.modes],
        )

    @router.put("/voice/supervision")
    async def keep(body: RulesBody, actor: Annotated[Actor, admin]) -> RulesBody:
        """Decide it anew."""
        modes: list[Deed] = [one for one in DEEDS if one in body.modes]
        kept = tables.supervision_kept(
            room.first.site,
            visible=body.visible,
            announced=body.announced,
            modes=" ".join(modes),
        )
        async with room.first.database.write() as connection:
            await connection.execute(kept)
            await connection.execute(room.audit(actor, "changed", "supervision", "voice"))
        return RulesBody(visible=body.visible, announced=body.announced, modes=modes)
