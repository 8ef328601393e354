"""What agents ask to make sure who it is, and what we know to compare the answer with."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import CustomerId, SiteId
from warmline.customers.model import IdentifierKind
from warmline.customers.orders.tables import order
from warmline.customers.tables import identifier, question
from warmline.storage.rows import rows

QUESTIONS_LIMIT = 20
TEXT_LIMIT_CHARS = 300


class Hint(StrEnum):
    """What is known here that an answer can be compared with."""

    LAST_ORDER = "last_order"
    EMAIL = "email"
    PHONE = "phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question; `texts` by language, `hint` None where the agent compares it elsewhere."""

    id: str
    texts: Mapping[str, str]
    hint: Hint | None = None

    def text(self, language: str) -> str:
        """In a language, else in English, else in any."""
        return self.texts.get(language) or self.texts.get("en") or next(iter(self.texts.values()))


DEFAULTS: Sequence[Question] = (
    Question(
        id="last-order",
        texts={
            "en": "In which month did you last order from us?",
            "ru": "В каком месяце вы в последний раз у нас заказывали?",
            "pl": "W którym miesiącu ostatnio coś Pani/Pan u nas zamawiał(a)?",
        },
        hint=Hint.LAST_ORDER,
    ),
    Question(
        id="email",
        texts={
            "en": "Which e-mail address do we have of you?",
            "ru": "Какой ваш адрес электронной почты у нас указан?",
            "pl": "Jaki adres e-mail jest u nas zapisany?",
        },
        hint=Hint.EMAIL,
    ),
    Question(
        id="phone",
        texts={
            "en": "What are the last four digits of your telephone number?",
            "ru": "Назовите последние четыре цифры вашего номера телефона.",
            "pl": "Jakie są cztery ostatnie cyfry Pani/Pana numeru telefonu?",
        },
        hint=Hint.PHONE,
    ),
    Question(
        id="postcode",
        texts={
            "en": "What is the postcode of your delivery address?",
            "ru": "Какой почтовый индекс у вашего адреса доставки?",
            "pl": "Jaki jest kod pocztowy adresu dostawy?",
        },
    ),
)


async def questions(connection: AsyncConnection, site: SiteId) -> Sequence[Question]:
    """The site's questions in their order; the ones we come with when it has none."""
    query = select(question).where(question.c.site == site).order_by(question.c.place)
    found = [
        Question(id=one["id"], texts=one["texts"], hint=Hint(one["hint"]) if one["hint"] else None)
        for one in await rows(connection, query)
    ]
    return found or DEFAULTS


async def replace_questions(
    connection: AsyncConnection, site: SiteId, asked: Sequence[Question]
) -> None:
    """From now on these are asked."""
    await connection.execute(delete(question).where(question.c.site == site))
    listed = [
        {
            "site": site,
            "id": one.id,
            "place": place,
            "texts": dict(one.texts),
            "hint": one.hint.value if one.hint else None,
        }
        for place, one in enumerate(asked)
    ]
    if listed:
        await connection.execute(insert(question), listed)


async def hints(
    connection: AsyncConnection, site: SiteId, ids: Collection[CustomerId]
) -> Mapping[Hint, Sequence[str]]:
    """What we know of a person, by what it is; a date is its month, `2026-05`."""
    last = (
        select(order.c.at)
        .where(order.c.site == site, order.c.customer.in_(ids))
        .order_by(order.c.at.desc())
        .limit(1)
    )
    found: dict[Hint, Sequence[str]] = {}
    at = await connection.scalar(last)
    if at is not None:
        found[Hint.LAST_ORDER] = [f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m}"]
    for hint, kind in ((Hint.EMAIL, IdentifierKind.EMAIL), (Hint.PHONE, IdentifierKind.PHONE)):
        query = select(identifier.c.value).where(
            identifier.c.site == site,
            identifier.c.customer.in_(ids),
            identifier.c.kind == kind.value,
        )
        values = sorted(await connection.scalars(query))
        if values:
            found[hint] = values
    return found


def worth_asking(
    asked: Sequence[Question], known: Mapping[Hint, Sequence[str]], *, most: int
) -> Sequence[Question]:
    """The first questions whose answer can be compared, those without a hint of ours last."""
    answerable = [one for one in asked if one.hint is not None and one.hint in known]
    elsewhere = [one for one in asked if one.hint is None]
    return [*answerable, *elsewhere][:most]
