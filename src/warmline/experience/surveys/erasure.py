"""What surveys keep of a person: what they were asked and what they wrote, told and erased."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import CustomerId, Instant, SiteId
from warmline.experience.surveys.model import State
from warmline.experience.surveys.tables import survey_answer, survey_ask
from warmline.ports import Person
from warmline.storage.rows import rows

TalksOf: TypeAlias = Callable[[Collection[CustomerId]], Select[Any]]
"""The ids of a person's talks, as a query: who was not known when asked may be known since."""
_TOLD = (
    "id", "interaction", "survey", "version", "channel", "language", "state", "via", "asked_at",
    "opened_at", "answered_at", "closes_at",
)  # fmt: skip


class SurveyTraces:
    """A person's asks and answers (`ports.Traces`, `ports.Known`)."""

    def __init__(self, site: SiteId, talks: TalksOf) -> None:
        self._site = site
        self._talks = talks

    async def count(self, connection: AsyncConnection, who: Person) -> Mapping[str, int]:
        """How often they were asked, and how many answers there are."""
        asks = select(func.count()).select_from(survey_ask).where(self._asks(who))
        answers = select(func.count()).select_from(survey_answer).where(self._answers(who))
        return {
            "asks": await connection.scalar(asks) or 0,
            "answers": await connection.scalar(answers) or 0,
        }

    async def erase(self, connection: AsyncConnection, who: Person, at: Instant) -> Collection[str]:
        """What they wrote goes, and who they are; numbers without a person stay in the sums."""
        written = self._answers(who) & survey_answer.c.words.is_not(None)
        await connection.execute(delete(survey_answer).where(written))
        await connection.execute(
            update(survey_ask)
            .where(self._asks(who), survey_ask.c.state == State.OPEN.value)
            .values(state=State.EXPIRED.value, closes_at=at)
        )
        await connection.execute(
            update(survey_ask)
            .where(self._asks(who), survey_ask.c.state == State.ANSWERED.value)
            .values(state=State.CLOSED.value, closes_at=at)
        )
        await connection.execute(
            update(survey_ask).where(self._asks(who)).values(customer=None, token_hash=None)
        )
        return ()

    async def needed(self, connection: AsyncConnection, blobs: Collection[str]) -> Collection[str]:
        """No answer speaks of a file."""
        del connection, blobs
        return ()

    async def tell(
        self, connection: AsyncConnection, who: Person
    ) -> Mapping[str, Sequence[Mapping[str, object]]]:
        """Every ask and every answer, in full."""
        asked = select(*(survey_ask.c[name] for name in _TOLD)).where(self._asks(who))
        answered = select(*(one for one in survey_answer.c if one.name != "site"))
        query = answered.where(self._answers(who)).order_by(survey_answer.c.at)
        return {
            "asks": [dict(one) for one in await rows(connection, asked)],
            "answers": [dict(one) for one in await rows(connection, query)],
        }

    def _asks(self, who: Person) -> ColumnElement[bool]:
        ids = [CustomerId(one) for one in who.ids]
        return (survey_ask.c.site == self._site) & or_(
            survey_ask.c.customer.in_(ids), survey_ask.c.interaction.in_(self._talks(ids))
        )

    def _answers(self, who: Person) -> ColumnElement[bool]:
        asks = select(survey_ask.c.id).where(self._asks(who))
        return (survey_answer.c.site == self._site) & survey_answer.c.ask.in_(asks)
