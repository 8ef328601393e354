"""Customers whom the agents with a chair served last time: their next work is surely theirs."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import count

from sqlalchemy import select

from warmline.conversations.tables import conversation
from warmline.core.words import SiteId
from warmline.demo import shop
from warmline.demo.behaviour import Customer
from warmline.storage.database import Database
from warmline.storage.rows import rows

LATEST = 20_000
"""So many conversations of the past are looked through, the newest first."""


class Regulars:
    """Regular customers by the agent who served them last."""

    def __init__(self, of: Mapping[str, Sequence[Customer]]) -> None:
        self._of = of
        self._turn = count()

    def one(self, agent: str, language: str) -> Customer | None:
        """The next of an agent's regulars with this language, None when there are none."""
        fitting = [who for who in self._of.get(agent, ()) if who.language == language]
        return fitting[next(self._turn) % len(fitting)] if fitting else None


async def regulars(database: Database, site: SiteId, everybody: Sequence[Customer]) -> Regulars:
    """The regulars of the agents with a chair."""
    newest = (
        select(conversation.c.customer, conversation.c.agent)
        .where(
            conversation.c.site == site,
            conversation.c.customer.is_not(None),
            conversation.c.agent.is_not(None),
        )
        .order_by(conversation.c.arrived_at.desc())
        .limit(LATEST)
    )
    async with database.read() as connection:
        found = await rows(connection, newest)
    last: dict[str, str] = {}
    for one in found:
        last.setdefault(one["customer"], one["agent"])
    chairs = {person.id for person in shop.AGENTS if person.chair}
    of: defaultdict[str, list[Customer]] = defaultdict(list)
    for who in everybody:
        agent = last.get(who.id)
        if agent in chairs:
            of[agent].append(who)
    return Regulars(of)
