"""What the sample shop offers, and what it offered in the weeks that never were.

Every order that followed says that it is made up. Who was offered something and ordered is drawn
so that the better customers are moved more; what the screen tells is computed from the orders.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select

from warmline.conversations.tables import conversation
from warmline.core.words import DAY, HOUR, CustomerId, Instant, SiteId
from warmline.customers.orders.tables import order
from warmline.customers.rights.model import Purpose
from warmline.customers.rights.tables import consent
from warmline.customers.tables import customer
from warmline.outreach.offers import keeping
from warmline.outreach.offers.model import Answer, Arm, Offer, Reason, Terms, held_out
from warmline.outreach.offers.tables import offer_shown
from warmline.storage.database import Database
from warmline.storage.rows import Query, Row, rows

TERMS = Terms(holdout_permille=200, pause_days=30, window_days=10)
"""A short window: the made-up past is four weeks. More are held out, so that it can be measured."""
CURRENCY, SOURCE = "PLN", "sample-offer"
MOST = 5_000
OFFERS = (
    Offer(
        id="care-plan",
        names={"en": "Care plan", "ru": "Сервис «Забота»", "pl": "Plan opieki"},
        words={
            "en": "For 6 PLN a month we check your lamps every year and send bulbs in time.",
            "ru": "За 6 злотых в месяц раз в год проверим светильники и пришлём лампочки.",
            "pl": "Za 6 zł miesięcznie raz w roku sprawdzimy lampy i zawczasu przyślemy żarówki.",
        },
        value_minor=4_800,
        rule="segment in (platinum, gold) and orders >= 3",
    ),
    Offer(
        id="second-lamp",
        names={
            "en": "Second lamp, 15 % less",
            "ru": "Вторая лампа −15 %",
            "pl": "Druga lampa −15 %",
        },
        words={
            "en": "Your lamp also comes in a smaller size, and today the second one is 15 % less.",
            "ru": "Ваша лампа бывает и поменьше, и сегодня вторая — на 15 % дешевле.",
            "pl": "Ta lampa jest też w mniejszym rozmiarze, a dziś druga jest o 15 % tańsza.",
        },
        value_minor=6_500,
        rule="last_order_days <= 60 and last_order_status = delivered",
    ),
    Offer(
        id="free-delivery",
        names={
            "en": "A year of free delivery",
            "ru": "Год без платы за доставку",
            "pl": "Rok bez opłat za dostawę",
        },
        words={
            "en": "You order often: for 39 PLN the delivery is free for a whole year.",
            "ru": "Вы часто заказываете: за 39 злотых доставка бесплатна целый год.",
            "pl": "Zamawiasz u nas często: za 39 zł dostawa będzie bezpłatna przez cały rok.",
        },
        value_minor=2_500,
        rule="orders >= 2 and recency_days <= 180",
    ),
    Offer(
        id="trade-in",
        names={
            "en": "Old lamp for new",
            "ru": "Старую лампу — на новую",
            "pl": "Stara lampa za nową",
        },
        words={
            "en": "We take your old lamp back and count 50 PLN for it against a new one.",
            "ru": "Мы заберём старую лампу и зачтём за неё 50 злотых при покупке новой.",
            "pl": "Odbierzemy starą lampę i policzymy za nią 50 zł przy zakupie nowej.",
        },
        value_minor=3_200,
        rule="recency_days > 180",
    ),
)
MOVED: Mapping[str | None, float] = {"platinum": 0.35, "gold": 0.22, "silver": 0.12, "bronze": 0.0}
"""How much likelier one orders for being offered something, by segment."""
_TAKES, _LATER, _DECLINES = 0.14, 0.28, 0.76
_WHY_NOT = (Reason.NOT_INTERESTED, Reason.TOO_DEAR, Reason.HAS_IT, Reason.NOT_SAID)


async def offer_past(database: Database, site: SiteId, now: Instant) -> None:
    """Write the offers, the terms, and what was offered to those who agreed, with their orders."""
    async with database.read() as connection:
        talks = await rows(connection, _talks(site))
    shown: list[Mapping[str, object]] = []
    orders: list[Mapping[str, object]] = []
    for place, talk in enumerate(_first_of_each(talks)):
        past = _Past(site=site, talk=talk, place=place, now=now)
        shown.append(past.shown())
        orders += past.orders()
    async with database.write() as connection:
        await keeping.keep_terms(connection, site, TERMS)
        for one in OFFERS:
            await keeping.keep_offer(connection, site, one, at=now, by=None)
        if shown:
            await connection.execute(insert(offer_shown), shown)
        if orders:
            await connection.execute(insert(order), orders)


def _talks(site: SiteId) -> Query:
    agreed = consent.alias("agreed")
    withdrew = consent.alias("withdrew")
    about = Purpose.MARKETING.value
    return (
        select(
            conversation.c.interaction,
            conversation.c.customer,
            conversation.c.agent,
            conversation.c.medium,
            conversation.c.ended_at,
            customer.c.segment,
            customer.c.language,
        )
        .join(
            customer,
            (customer.c.site == conversation.c.site) & (customer.c.id == conversation.c.customer),
        )
        .where(
            conversation.c.site == site,
            conversation.c.agent.is_not(None),
            conversation.c.ended_at.is_not(None),
            select(agreed.c.id)
            .where(
                agreed.c.site == site,
                agreed.c.customer == customer.c.id,
                agreed.c.purpose == about,
                agreed.c.given.is_(True),
            )
            .exists(),
            ~select(withdrew.c.id)
            .where(
                withdrew.c.site == site,
                withdrew.c.customer == customer.c.id,
                withdrew.c.purpose == about,
                withdrew.c.given.is_(False),
            )
            .exists(),
        )
        .order_by(conversation.c.arrived_at, conversation.c.interaction)
        .limit(MOST)
    )


def _first_of_each(talks: Sequence[Row]) -> Iterator[Row]:
    """One talk of each customer: after an offer there is a pause as long as the made-up past."""
    seen: set[str] = set()
    for one in talks:
        if one["customer"] not in seen:
            seen.add(one["customer"])
            yield one


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """One moment of an offer, and what was ordered after it."""

    site: SiteId
    talk: Row
    place: int
    now: Instant

    @property
    def _chance(self) -> random.Random:
        return random.Random(f"offer-{self.talk['interaction']}")

    @property
    def _out(self) -> bool:
        who = CustomerId(self.talk["customer"])
        return held_out(self.site, who, TERMS.holdout_permille)

    def shown(self) -> Mapping[str, object]:
        """The row of the offer."""
        talk, chance = self.talk, self._chance
        offer = chance.choice(OFFERS if talk["segment"] in {"platinum", "gold"} else OFFERS[1:])
        drawn = chance.random()
        answer = reason = None
        if not self._out and drawn < _TAKES:
            answer = Answer.ACCEPTED.value
        elif not self._out and drawn < _LATER:
            answer, reason = Answer.LATER.value, Reason.WANTS_TO_THINK.value
        elif not self._out and drawn < _DECLINES:
            answer, reason = Answer.DECLINED.value, chance.choice(_WHY_NOT).value
        facts = {name: talk[name] for name in ("segment", "medium", "language") if talk[name]}
        return {
            "site": self.site,
            "id": talk["interaction"],
            "at": talk["ended_at"],
            "offer": offer.id,
            "customer": talk["customer"],
            "interaction": talk["interaction"],
            "agent": talk["agent"],
            "arm": (Arm.HELD_OUT if self._out else Arm.SHOWN).value,
            "answer": answer,
            "reason": reason,
            "answered_at": talk["ended_at"] if answer else None,
            "revenue_minor": None,
            "segment": talk["segment"],
            "why": [],
            "facts": facts,
        }

    def orders(self) -> Iterator[Mapping[str, object]]:
        """The order that it moved the customer to, if it did."""
        chance = random.Random(f"moved-{self.talk['interaction']}")
        moved = 0.0 if self._out else MOVED.get(self.talk["segment"], 0.0)
        at = self.talk["ended_at"] + round(chance.uniform(HOUR, TERMS.window_days * DAY))
        if chance.random() < moved and at < self.now:
            yield {
                "site": self.site,
                "id": f"S{self.place:05}",
                "customer": self.talk["customer"],
                "at": at,
                "total_minor": 100 * chance.randint(90, 700) - 1,
                "currency": CURRENCY,
                "units": 1,
                "status": "delivered",
                "status_at": min(self.now, at + 3 * DAY),
                "promised_at": None,
                "text": "Offered in a talk (made up)",
                "source": SOURCE,
            }
