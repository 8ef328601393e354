"""The HTTP door to targets and to how the site judges them."""

from collections.abc import Collection, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from warmline.core.permissions import Right
from warmline.core.words import Actor, AgentId, Malformed, Medium, QueueId, SegmentId
from warmline.experience.results.definitions import JUDGING, MEASURES, definitions
from warmline.experience.results.model import Room, Side
from warmline.experience.results.shapes import TargetBody, TermsBody
from warmline.experience.results.targets import (
    SIDES,
    SITE,
    TARGETS_LIMIT,
    Target,
    all_targets,
    by_place,
    drop_target,
    keep_target,
    keep_terms,
    terms_json,
    the_terms,
)


async def told_names(room: Room, sides: Mapping[str, Collection[str]]) -> dict[str, dict[str, str]]:
    """What queues, segments and agents are called; channels and languages screens name."""
    center = room.state.center()
    agents = await room.agents({AgentId(one) for one in sides.get(Side.AGENT, ())})
    return {
        Side.QUEUE.value: {
            one: center.queues[QueueId(one)].name
            for one in sides.get(Side.QUEUE, ())
            if QueueId(one) in center.queues
        },
        Side.SEGMENT.value: {
            one: center.segments[SegmentId(one)].name
            for one in sides.get(Side.SEGMENT, ())
            if SegmentId(one) in center.segments
        },
        Side.AGENT.value: {str(one): name for one, name in agents.items()},
    }


def add_target_routes(router: APIRouter, room: Room) -> None:
    """Targets are the leaders' business, how they are judged the administrator's."""
    leader = Depends(room.needs.any_of(frozenset({Right.SUPERVISE, Right.CONFIGURE})))
    configure = Depends(room.needs(Right.CONFIGURE))

    @router.get("/feedback/targets")
    async def targets(_actor: Annotated[Actor, leader]) -> dict[str, Any]:
        """All targets, how they are judged, and for what there can be one."""
        return await _listed(room)

    @router.put("/feedback/targets")
    async def change(body: TargetBody, actor: Annotated[Actor, leader]) -> dict[str, Any]:
        """Set one target, or take it away."""
        _check(room, body)
        place = (body.measure, body.side, body.item)
        async with room.database.write() as connection:
            known = await all_targets(connection, room.site)
            before = by_place(known).get(place)
            if before is None and body.aim is not None and len(known) >= TARGETS_LIMIT:
                raise Malformed("aim", "there are too many targets", "too_many", max=TARGETS_LIMIT)
            if body.aim is None:
                gone = Target(measure=body.measure, side=body.side, item=body.item, aim=0)
                await drop_target(connection, room.site, gone)
            else:
                new = Target(measure=body.measure, side=body.side, item=body.item, aim=body.aim)
                now = room.clock.now()
                await keep_target(connection, room.site, new, at=now, by=actor.user)
            old = None if before is None else before.aim
            if old != body.aim:
                told = room.audit(
                    actor, "changed", "feedback_target", ":".join(part for part in place if part),
                    before={"aim": old}, after={"aim": body.aim},
                )  # fmt: skip
                await connection.execute(told.statement)
        return await _listed(room)

    @router.put("/feedback/terms")
    async def judge_by(body: TermsBody, actor: Annotated[Actor, configure]) -> dict[str, Any]:
        """Change from how many answers on is judged, and which agents' scores are computed."""
        new = body.terms()
        async with room.database.write() as connection:
            before = await the_terms(connection, room.site)
            await keep_terms(connection, room.site, new)
            told = room.audit(
                actor, "changed", "feedback_terms", room.site,
                before=terms_json(before), after=terms_json(new),
            )  # fmt: skip
            await connection.execute(told.statement)
        return await _listed(room)


async def _listed(room: Room) -> dict[str, Any]:
    async with room.database.read() as connection:
        found = await all_targets(connection, room.site)
        terms = await the_terms(connection, room.site)
    center = room.state.center()
    sides: Mapping[str, Collection[str]] = {
        Side.QUEUE: list(center.queues),
        Side.SEGMENT: list(center.segments),
        Side.AGENT: list(center.agents),
    }
    return {
        "terms": terms_json(terms),
        "targets": [
            {"measure": one.measure, "side": one.side, "item": one.item, "aim": one.aim}
            for one in found
        ],
        "definitions": definitions(),
        "texts": {"judging": dict(JUDGING)},
        "names": await told_names(room, sides),
        "channels": [one.value for one in Medium],
    }


def _check(room: Room, body: TargetBody) -> None:
    """Refuse a target of what there is not, or out of the measure's scale."""
    measure = MEASURES.get(body.measure)
    if measure is None:
        raise Malformed("measure", f"there is no {body.measure}", "no_such", item=body.measure)
    if body.side not in SIDES:
        raise Malformed("side", f"there is no {body.side}", "no_such", item=body.side)
    center = room.state.center()
    known: Mapping[str, Collection[str]] = {
        SITE: ("",),
        Side.QUEUE.value: center.queues.keys(),
        Side.SEGMENT.value: center.segments.keys(),
        Side.AGENT.value: center.agents.keys(),
        Side.CHANNEL.value: [one.value for one in Medium],
    }
    # What is gone may still lose its target.
    if body.aim is not None and body.item not in known[body.side]:
        raise Malformed("item", f"there is no {body.item}", "no_such", item=body.item)
    if body.aim is not None and not measure.least <= body.aim <= measure.most:
        raise Malformed(
            "aim",
            f"must be {measure.least:g} to {measure.most:g}",
            "out_of_range",
            min=measure.least,
            max=measure.most,
        )
