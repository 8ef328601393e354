"""What becomes of articles at the desk: shown, given, not helpful, and what they solved."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from warmline.core.words import DAY, MINUTE, Actor, Instant, InteractionId, Millis
from warmline.knowledge.model import Gesture, Surroundings
from warmline.knowledge.search import Articles
from warmline.knowledge.tables import article_use
from warmline.storage.rows import rows
from warmline.storage.upsert import upsert

WINDOW_MS: Millis = 90 * DAY
COUNTED = 4_000
"""Whether it solved something is asked of so many of the newest uses."""
FRESH_MS: Millis = 10 * MINUTE
PRIOR = 4
"""An article starts as if it had been used so many times with the average success."""
_GIVEN = (Gesture.INSERTED, Gesture.LINKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What became of one article in the last 90 days."""

    counts: Mapping[Gesture, int]
    known: int = 0
    """Conversations in which it was given and of which is known what followed."""
    solved: int = 0
    """Those after which the customer did not come again within 7 days."""

    def plain(self) -> dict[str, object]:
        """As a screen reads it."""
        counts = {one.value: self.counts.get(one, 0) for one in Gesture}
        return {**counts, "known": self.known, "solved": self.solved}


NEVER = Used(counts={})


class Usage:
    """Keeps what was done with articles, and tells the ranking which of them solve something."""

    def __init__(self, around: Surroundings, articles: Articles) -> None:
        self._around = around
        self._articles = articles
        self._told_at: Instant | None = None

    async def keep(
        self,
        actor: Actor,
        interaction: InteractionId,
        ids: Collection[str],
        kind: Gesture,
        language: str,
    ) -> None:
        """Remember what was done with articles in a conversation; once each, however often."""
        around = self._around
        fresh = [
            {
                "site": around.site,
                "interaction": interaction,
                "article": id_,
                "kind": kind.value,
                "language": language,
                "agent": actor.agent,
                "at": around.clock.now(),
            }
            for id_ in sorted(set(ids))
        ]
        keys = ("site", "interaction", "article", "kind")
        async with around.database.write() as connection:
            await connection.execute(upsert(article_use, keys=keys, change=()), fresh)

    async def refused(self, interaction: InteractionId) -> Collection[str]:
        """The articles that were of no help in a conversation."""
        query = select(article_use.c.article).where(
            article_use.c.site == self._around.site,
            article_use.c.interaction == interaction,
            article_use.c.kind == Gesture.NOT_HELPFUL.value,
        )
        async with self._around.database.read() as connection:
            return {one["article"] for one in await rows(connection, query)}

    async def all(self, ids: Collection[str] | None = None) -> Mapping[str, Used]:
        """What became of articles, by id; those never used are left out."""
        around = self._around
        since = around.clock.now() - WINDOW_MS
        counted = (
            select(article_use.c.article, article_use.c.kind, func.count().label("many"))
            .where(article_use.c.site == around.site, article_use.c.at >= since)
            .group_by(article_use.c.article, article_use.c.kind)
        )
        given = (
            select(article_use.c.article, article_use.c.interaction)
            .distinct()
            .where(
                article_use.c.site == around.site,
                article_use.c.at >= since,
                article_use.c.kind.in_([one.value for one in _GIVEN]),
            )
            .order_by(article_use.c.interaction.desc())
            .limit(COUNTED)
        )
        if ids is not None:
            counted = counted.where(article_use.c.article.in_(sorted(ids)))
            given = given.where(article_use.c.article.in_(sorted(ids)))
        async with around.database.read() as connection:
            counts: dict[str, dict[Gesture, int]] = defaultdict(dict)
            for one in await rows(connection, counted):
                counts[one["article"]][Gesture(one["kind"])] = one["many"]
            pairs = [
                (str(one["article"]), InteractionId(one["interaction"]))
                for one in await rows(connection, given)
            ]
        return await self._with_success(counts, pairs)

    async def _with_success(
        self,
        counts: Mapping[str, Mapping[Gesture, int]],
        pairs: Sequence[tuple[str, InteractionId]],
    ) -> Mapping[str, Used]:
        came_back = await self._around.turns.came_back({talk for _, talk in pairs})
        known: dict[str, int] = defaultdict(int)
        solved: dict[str, int] = defaultdict(int)
        for id_, talk in pairs:
            if talk in came_back:
                known[id_] += 1
                solved[id_] += not came_back[talk]
        return {
            id_: Used(counts=of_kind, known=known[id_], solved=solved[id_])
            for id_, of_kind in counts.items()
        }

    async def tell_ranking(self) -> None:
        """Let what solves more stand higher; computed anew every ten minutes at most."""
        now = self._around.clock.now()
        if self._told_at is not None and now - self._told_at < FRESH_MS:
            return
        self._told_at = now
        used = await self.all()
        self._articles.success = success(used)


def success(used: Mapping[str, Used]) -> Mapping[str, float]:
    """How often each article solves something, 0 to 1: few uses count little, "not helpful" too.

    >>> few = Used(counts={}, known=1, solved=0)
    >>> many = Used(counts={}, known=40, solved=40)
    >>> {id_: round(share, 2) for id_, share in success({"few": few, "many": many}).items()}
    {'few': 0.78, 'many': 1.0}
    """
    known = sum(one.known for one in used.values())
    average = sum(one.solved for one in used.values()) / known if known else 0.5
    return {id_: _share(one, average) for id_, one in used.items()}


def _share(one: Used, average: float) -> float:
    solved = (one.solved + PRIOR * average) / (one.known + PRIOR)
    refused = one.counts.get(Gesture.NOT_HELPFUL, 0)
    given = sum(one.counts.get(kind, 0) for kind in _GIVEN)
    return solved * (1 - refused / (refused + given + PRIOR))
