"""What customers wrote into surveys long ago: let go when its time is over; numbers stay."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import Instant
from warmline.experience.surveys.tables import survey_answer, survey_ask
from warmline.storage.expiry import RowExpiry


class AnswersExpiry(RowExpiry):
    """Answers in words, counted from the day on which they could last be changed."""

    kind = "answers"

    async def _let_go(self, connection: AsyncConnection, ids: Sequence[str]) -> Collection[str]:
        await connection.execute(
            delete(survey_answer).where(
                survey_answer.c.site == self._site,
                survey_answer.c.ask.in_(ids),
                survey_answer.c.words.is_not(None),
            )
        )
        return ()

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
