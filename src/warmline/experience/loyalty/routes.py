"""The HTTP door to loyalty in money: differences, money, and the contacts behind them."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from warmline.core.permissions import Right
from warmline.core.words import Actor, Malformed, SegmentId
from warmline.experience.loyalty.effect import Difference, Effect
from warmline.experience.loyalty.following import Followed
from warmline.experience.loyalty.model import (
    FOLLOWED_DAYS,
    LEAST,
    LOOKED_BACK_DAYS,
    PUBLISHED_PCT,
    USUAL_DAYS,
    Kind,
    Room,
    Standing,
)
from warmline.experience.loyalty.study import Studies
from warmline.experience.loyalty.words import TEXTS
from warmline.experience.results.behind import read_place
from warmline.storage.schema import ID_CHARS

ROWS_LIMIT = 200
LEADERS = frozenset({Right.SUPERVISE, Right.CONFIGURE})
Days = Annotated[int, Query(ge=FOLLOWED_DAYS[0], le=FOLLOWED_DAYS[-1])]


def loyalty_routes(room: Room, studies: Studies) -> APIRouter:
    """`/loyalty` and `/loyalty/rows`."""
    router = APIRouter(tags=["feedback"])
    reader = Depends(room.needs.any_of(LEADERS))

    @router.get("/loyalty")
    async def the_effect(
        _actor: Annotated[Actor, reader], days: Days = USUAL_DAYS
    ) -> dict[str, Any]:
        """What customers bought after good and bad contacts, beside matched others, in money."""
        study = await studies.over(_allowed(days))
        parts = study.by_segment()
        names = {id_: one.name for id_, one in room.state.center().segments.items()}
        order = sorted(parts, key=lambda one: (one is None, one or ""))
        return {
            "from": study.since,
            "to": study.at,
            "days": study.days,
            "choices": list(FOLLOWED_DAYS),
            "looked_back_days": LOOKED_BACK_DAYS,
            "least": LEAST,
            "currency": study.currency,
            "published_pct": {kind.value: PUBLISHED_PCT[kind] for kind in Kind},
            "texts": {name: dict(text) for name, text in TEXTS.items()},
            "effects": [_shown(one) for one in study.effects()],
            "segments": [
                {
                    "segment": one,
                    "name": None if one is None else names.get(SegmentId(one), one),
                    "effects": [_shown(part) for part in parts[one]],
                }
                for one in order
            ],
        }

    @router.get("/loyalty/rows")
    async def the_rows(
        kind: Kind,
        actor: Annotated[Actor, reader],
        days: Days = USUAL_DAYS,
        segment: Annotated[str | None, Query(max_length=ID_CHARS)] = None,
        standing: Standing | None = None,
        after: Annotated[str | None, Query(max_length=160)] = None,
        limit: Annotated[int, Query(ge=1, le=ROWS_LIMIT)] = 50,
    ) -> dict[str, Any]:
        """The contacts behind a figure, the newest first; an empty segment is those in none."""
        study = await studies.over(_allowed(days))
        inside = [
            one
            for one in study.followed
            if one.contact.kind is kind
            and (segment is None or (one.contact.segment or "") == segment)
            and (standing is None or one.standing is standing)
        ]
        inside.sort(key=lambda one: (one.contact.at, one.contact.ask), reverse=True)
        listed = len(inside)
        if after is not None:
            place = read_place(after)
            inside = [one for one in inside if (one.contact.at, one.contact.ask) < place]
        last = inside[limit - 1].contact if len(inside) > limit else None
        return {
            "listed": listed,
            "currency": study.currency,
            "rows": await _rows(room, actor, inside[:limit]),
            "next": f"{last.at}.{last.ask}" if last else None,
        }

    return router


def _allowed(days: int) -> int:
    if days not in FOLLOWED_DAYS:
        choices = ", ".join(str(one) for one in FOLLOWED_DAYS)
        raise Malformed("days", f"must be one of {choices}", "not_one_of", allowed=choices)
    return days


def _shown(one: Effect) -> dict[str, Any]:
    names = ("contacts", "waiting", "no_orders", "alone", "counted", "enough")
    loyalty, money = one.loyalty, one.money
    return {
        "kind": one.kind.value,
        **{name: getattr(one, name) for name in names},
        "again": _difference(one.again, digits=4),
        "lost": _difference(one.lost, digits=4),
        "spent": _difference(one.spent, digits=0),
        "loyalty": {
            "pct": round(loyalty.pct, 1),
            "low_pct": None if loyalty.low is None else round(loyalty.low, 1),
            "high_pct": None if loyalty.high is None else round(loyalty.high, 1),
            "own": loyalty.own,
        },
        "money": {
            "minor": money.minor,
            "low_minor": money.low,
            "high_minor": money.high,
            "own": money.low is not None,
        },
    }


def _difference(one: Difference | None, *, digits: int) -> dict[str, float] | None:
    if one is None:
        return None
    names = ("mean", "others", "by", "low", "high")
    return {name: round(getattr(one, name), digits) for name in names}


async def _rows(room: Room, actor: Actor, found: Sequence[Followed]) -> list[dict[str, Any]]:
    contacts = [one.contact for one in found]
    agents = await room.agents({one.agent for one in contacts if one.agent is not None})
    customers = await room.customers({one.customer for one in contacts}, reader=actor)
    return [
        {
            "ask": one.contact.ask,
            "interaction": one.contact.interaction,
            "at": one.contact.at,
            "segment": one.contact.segment,
            "agent": one.contact.agent,
            "agent_name": None if one.contact.agent is None else agents.get(one.contact.agent),
            "customer": one.contact.customer,
            "customer_name": customers.get(one.contact.customer),
            "standing": one.standing.value,
            "year_minor": round(one.year),
            "again": one.again > 0,
            "lost": one.lost > 0,
            "spent_minor": round(one.spent),
            "others": None
            if one.others is None
            else {
                "count": one.others.count,
                "again": round(one.others.again[0], 4),
                "lost": round(one.others.lost[0], 4),
                "spent_minor": round(one.others.spent[0]),
            },
        }
        for one in found
    ]
