"""`/case-causes` and `/case-rules`: what cases are put down to, and how the loop is closed."""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from warmline.core.permissions import Right
from warmline.core.words import Actor, Malformed
from warmline.experience.cases.keeping import (
    causes_of,
    keep_causes,
    keep_rules,
    kept_rules,
    plain_rules,
    read_rules,
)
from warmline.experience.cases.model import (
    CAUSE_NAME_CHARS,
    CAUSES_LIMIT,
    DUE_HOURS_MOST,
    LANGUAGES,
    Room,
    Why,
)
from warmline.experience.mood.queries import topics as all_topics
from warmline.storage.schema import ID_CHARS

MINOR_MOST = 100_000_000
DAYS_MOST = 3_660
TOPICS_MOST = 100
Minor = Annotated[int, Field(ge=0, le=MINOR_MOST)]
Hours = Annotated[float, Field(gt=0, le=DUE_HOURS_MOST, allow_inf_nan=False)]
LEADERS = frozenset({Right.SUPERVISE, Right.CONFIGURE})


class CauseBody(BaseModel):
    """A cause, named in each language; the name of another language stands in for a missing one."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=ID_CHARS, pattern=r"^[a-z0-9][a-z0-9_-]*$")
    names: dict[str, str]


class CausesBody(BaseModel):
    """All causes in their order."""

    model_config = ConfigDict(extra="forbid")

    causes: list[CauseBody] = Field(min_length=1, max_length=CAUSES_LIMIT)


class GestureRulesBody(BaseModel):
    """What agents may give, in minor units of the site's currency."""

    model_config = ConfigDict(extra="forbid")

    weekly_minor: int = Field(ge=0, le=MINOR_MOST)
    most_minor: int = Field(ge=0, le=MINOR_MOST)
    per_customer: int = Field(ge=1, le=100)
    within_days: int = Field(ge=1, le=DAYS_MOST)
    only_with_fault: bool
    most_by_segment: dict[str, Minor] = Field(default_factory=dict[str, int], max_length=100)
    most_by_why: dict[Why, Minor] = Field(default_factory=dict[Why, int])
    value_pct: float | None = Field(default=None, gt=0, le=100, allow_inf_nan=False)


class RulesBody(BaseModel):
    """How the site closes the loop."""

    model_config = ConfigDict(extra="forbid")

    due_hours: float = Field(gt=0, le=DUE_HOURS_MOST)
    remind_hours: float = Field(ge=0, le=DUE_HOURS_MOST)
    leaders: dict[str, str] = Field(max_length=1_000)
    asks_again: bool
    topics: dict[str, Hours | None] = Field(
        default_factory=dict[str, float | None], max_length=TOPICS_MOST
    )
    gestures: GestureRulesBody


def add_setting_routes(router: APIRouter, room: Room) -> None:
    """`/case-causes` and `/case-rules`."""
    reader = Depends(room.needs(Right.SIGNED_IN))
    leads = Depends(room.needs.any_of(LEADERS))

    @router.get("/case-causes")
    async def causes(_actor: Annotated[Actor, reader]) -> dict[str, object]:
        """What cases can be put down to; retired causes only name old cases."""
        async with room.database.read() as connection:
            return {"causes": [dict(one) for one in await causes_of(connection, room.site)]}

    @router.put("/case-causes")
    async def keep(body: CausesBody, actor: Annotated[Actor, leads]) -> dict[str, object]:
        """These causes in this order; one that is in use and left out is retired."""
        wanted = {one.id: _names(place, one) for place, one in enumerate(body.causes)}
        if len(wanted) != len(body.causes):
            raise Malformed("causes", "names a cause twice", "twice")
        async with room.database.write() as connection:
            before = await causes_of(connection, room.site)
            await keep_causes(connection, room.site, wanted)
            after = await causes_of(connection, room.site)
            audited = room.setting_audit(
                actor,
                "changed",
                "case_causes",
                room.site,
                before={one["id"]: one["names"] for one in before},
                after={one["id"]: one["names"] for one in after},
            )
            await connection.execute(audited.statement)
        return {"causes": [dict(one) for one in after]}

    @router.get("/case-rules")
    async def rules(_actor: Annotated[Actor, leads]) -> dict[str, object]:
        """How soon cases are due, whose they are, what agents may give."""
        async with room.database.read() as connection:
            found = await kept_rules(connection, room.site)
            currency = await room.currency(connection)
        return {**plain_rules(found), "currency": currency}

    @router.put("/case-rules")
    async def set_rules(body: RulesBody, actor: Annotated[Actor, leads]) -> dict[str, object]:
        """These rules hold from now on."""
        await _check(room, body)
        new = read_rules(body.model_dump())
        async with room.database.write() as connection:
            before = await kept_rules(connection, room.site)
            await keep_rules(connection, room.site, new, room.clock.now())
            audited = room.setting_audit(
                actor,
                "changed",
                "case_rules",
                room.site,
                before=plain_rules(before),
                after=plain_rules(new),
            )
            await connection.execute(audited.statement)
            currency = await room.currency(connection)
        return {**plain_rules(new), "currency": currency}


def _names(place: int, body: CauseBody) -> dict[str, str]:
    names = {
        language: name.strip()
        for language, name in body.names.items()
        if language in LANGUAGES and name.strip()
    }
    where = f"causes.{place}.names"
    if not names or body.names.keys() - set(LANGUAGES):
        raise Malformed(where, f"needs a name in one of {', '.join(LANGUAGES)}", "missing")
    if any(len(name) > CAUSE_NAME_CHARS for name in names.values()):
        raise Malformed(
            where, f"more than {CAUSE_NAME_CHARS} characters", "too_long", max=CAUSE_NAME_CHARS
        )
    usual = next(iter(names.values()))
    return {language: names.get(language, usual) for language in LANGUAGES}


async def _check(room: Room, body: RulesBody) -> None:
    teams = room.state.center().teams
    users = {str(one.user) for one in await room.staff()}
    segments = room.state.center().segments
    for segment in body.gestures.most_by_segment:
        if segment not in segments:
            raise Malformed(
                "gestures.most_by_segment", f"there is no segment {segment}", "no_such",
                item=segment,
            )  # fmt: skip
    async with room.database.read() as connection:
        topics = {one["id"] for one in await all_topics(connection, room.site)}
    for one in body.topics:
        if one not in topics:
            raise Malformed("topics", f"there is no topic {one}", "no_such", item=one)
    for team, leader in body.leaders.items():
        if team not in teams:
            raise Malformed("leaders", f"there is no team {team}", "no_such", item=team)
        if leader not in users:
            raise Malformed("leaders", f"there is no user {leader}", "no_such", item=leader)
