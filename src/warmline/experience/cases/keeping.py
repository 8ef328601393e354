"""What the site set: its rules of cases and gestures, and the causes that cases are put down to."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import HOUR, Instant, SiteId
from warmline.experience.cases.model import GestureRules, Rules
from warmline.experience.cases.tables import case, cause, rules
from warmline.storage.rows import Row, row, rows
from warmline.storage.upsert import upsert

CAUSES: Mapping[str, Mapping[str, str]] = {
    "late": {"en": "Late delivery", "ru": "Опоздала доставка", "pl": "Opóźniona dostawa"},
    "faulty": {"en": "Faulty goods", "ru": "Брак", "pl": "Wadliwy towar"},
    "price": {"en": "Price or bill", "ru": "Цена или счёт", "pl": "Cena lub rachunek"},
    "wait": {"en": "Long wait", "ru": "Долгое ожидание", "pl": "Długie czekanie"},
    "tone": {"en": "Tone of the talk", "ru": "Тон разговора", "pl": "Ton rozmowy"},
    "unsolved": {"en": "Not solved", "ru": "Вопрос не решён", "pl": "Sprawa nierozwiązana"},
    "wrong": {"en": "Wrong information", "ru": "Неверные сведения", "pl": "Błędna informacja"},
    "promise": {
        "en": "Promise not kept",
        "ru": "Не сдержали обещание",
        "pl": "Niedotrzymana obietnica",
    },
    "system": {"en": "Site or system", "ru": "Сайт или система", "pl": "Strona lub system"},
    "rules": {"en": "Our own rules", "ru": "Наши правила", "pl": "Nasze zasady"},
}
"""The causes of a site that has named none of its own."""


async def kept_rules(connection: AsyncConnection, site: SiteId) -> Rules:
    """The rules of a site, the usual ones until it set some."""
    found = await row(connection, select(rules.c.body).where(rules.c.site == site))
    return Rules() if found is None else read_rules(found["body"])


def read_rules(body: Mapping[str, Any]) -> Rules:
    """Rules from how they are kept."""
    return Rules(
        due_open_ms=int(body["due_hours"] * HOUR),
        remind_ms=int(body["remind_hours"] * HOUR),
        leaders=dict(body["leaders"]),
        asks_again=body["asks_again"],
        topics=dict(body.get("topics", {})),
        gestures=GestureRules(**body["gestures"]),
    )


def plain_rules(found: Rules) -> dict[str, Any]:
    """Rules as they are kept and shown."""
    gestures = found.gestures
    return {
        "due_hours": found.due_open_ms / HOUR,
        "remind_hours": found.remind_ms / HOUR,
        "leaders": dict(found.leaders),
        "asks_again": found.asks_again,
        "topics": dict(found.topics),
        "gestures": {name: getattr(gestures, name) for name in GestureRules.__dataclass_fields__},
    }


async def keep_rules(connection: AsyncConnection, site: SiteId, new: Rules, at: Instant) -> None:
    """These rules hold from now on; cases keep the time that they were given."""
    values = {"site": site, "at": at, "body": plain_rules(new)}
    await connection.execute(upsert(rules, values, keys=["site"]))


async def causes_of(connection: AsyncConnection, site: SiteId) -> Sequence[Row]:
    """The causes of a site in their order, retired ones among them; the usual ones at first."""
    query = (
        select(cause.c.id, cause.c.names, cause.c.place, cause.c.retired)
        .where(cause.c.site == site)
        .order_by(cause.c.place, cause.c.id)
    )
    return await rows(connection, query) or [
        {"id": id_, "names": names, "place": place, "retired": False}
        for place, (id_, names) in enumerate(CAUSES.items())
    ]


async def keep_causes(
    connection: AsyncConnection, site: SiteId, wanted: Mapping[str, Mapping[str, str]]
) -> None:
    """These causes in this order; one that is left out and in use is retired, else it goes."""
    before = {one["id"]: one["names"] for one in await causes_of(connection, site)}
    used = set(
        (
            await connection.scalars(
                select(case.c.cause).distinct().where(case.c.site == site, case.c.cause.in_(before))
            )
        ).all()
    )
    left = {id_: names for id_, names in before.items() if id_ not in wanted and id_ in used}
    await connection.execute(delete(cause).where(cause.c.site == site))
    every = {**wanted, **left}
    await connection.execute(
        insert(cause),
        [
            {
                "site": site,
                "id": id_,
                "names": dict(names),
                "place": place,
                "retired": id_ in left,
            }
            for place, (id_, names) in enumerate(every.items())
        ],
    )
