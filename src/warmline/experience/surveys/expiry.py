"""What customers wrote into surveys long ago: let go when its time is over; numbers stay."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import Instant, SiteId
from warmline.experience.surveys.tables import survey_answer, survey_ask
from warmline.ports import Due


class AnswersExpiry:
    """Answers in words, counted from the day on which they could last be changed."""

    kind = "answers"

    def __init__(self, site: SiteId) -> None:
        self._site = site

    async def due(self, connection: AsyncConnection, before: Instant, *, samples: int) -> Due:
        """Asks that closed before a moment and still have words."""
        old = self._old(before)
        count = await connection.scalar(select(func.count()).select_from(old.subquery()))
        first = await connection.scalars(old.limit(samples))
        return Due(count=count or 0, samples=tuple(first))

    async def expire(
        self, connection: AsyncConnection, before: Instant, at: Instant, *, limit: int
    ) -> tuple[int, Collection[str]]:
        """Erase the words of the oldest of them; they speak of no file."""
        del at
        ids = list(await connection.scalars(self._old(before).limit(limit)))
        await connection.execute(
            delete(survey_answer).where(
                survey_answer.c.site == self._site,
                survey_answer.c.ask.in_(ids),
                survey_answer.c.words.is_not(None),
            )
        )
        return len(ids), ()

    def _old(self, before: Instant) -> Select[Any]:
        return (
            select(survey_ask.c.id)
            .join(
                survey_answer,
                (survey_answer.c.site == survey_ask.c.site)
                & (survey_answer.c.ask == survey_ask.c.id),
            )
            .where(
                survey_ask.c.site == self._site,
                survey_ask.c.closes_at < before,
                survey_answer.c.words.is_not(None),
            )
            .group_by(survey_ask.c.id)
            .order_by(survey_ask.c.id)
        )
