"""What the sample shop's customers agreed to or took back in the weeks that never were."""

from sqlalchemy import insert, select

from warmline.core.words import DAY, Instant, SiteId
from warmline.customers.rights.model import Flag, Purpose, Way
from warmline.customers.rights.tables import consent, flag
from warmline.customers.tables import customer
from warmline.storage.database import Database

MOST = 4_000
AGREED_EVERY, WITHDREW_EVERY, OBJECTED_EVERY = 3, 21, 211
PROOFS = {
    "en": ("Ticked when ordering (made up)", "Unsubscribed by the link (made up)"),
    "ru": ("Отметка при заказе (придумано)", "Отписка по ссылке (придумано)"),
    "pl": ("Zaznaczone przy zamówieniu (zmyślone)", "Wypis przez link (zmyślone)"),
}


async def agree(database: Database, site: SiteId, now: Instant) -> None:
    """Write consents for some customers, a withdrawal for fewer, an objection for hardly any."""
    query = (
        select(customer.c.id, customer.c.language)
        .where(customer.c.site == site, customer.c.merged_into.is_(None))
        .order_by(customer.c.id)
        .limit(MOST)
    )
    async with database.read() as connection:
        people = [(one[0], one[1]) for one in await connection.execute(query)]
    statements = [
        _statement(site, who, language, now, place, given=given)
        for place, (who, language) in enumerate(people)
        for given, every in ((True, AGREED_EVERY), (False, WITHDREW_EVERY))
        if place % every == 0
    ]
    objections = [
        {
            "site": site,
            "customer": who,
            "flag": Flag.OBJECTS_PROFILING.value,
            "since": now - DAY,
            "by": None,
            "note": None,
        }
        for who, _ in people[OBJECTED_EVERY::OBJECTED_EVERY]
    ]
    async with database.write() as connection:
        for table, made in ((consent, statements), (flag, objections)):
            if made:
                await connection.execute(insert(table), made)


def _statement(
    site: SiteId, who: str, language: str | None, now: Instant, place: int, *, given: bool
) -> dict[str, object]:
    agreed, withdrew = PROOFS.get(language or "", PROOFS["en"])
    return {
        "site": site,
        "id": f"past-{who}-{'yes' if given else 'no'}",
        "customer": who,
        "purpose": Purpose.MARKETING.value,
        "channel": None if given else Way.PHONE.value,
        "given": given,
        "proof": agreed if given else withdrew,
        "source": "web",
        "at": now - (40 - place % 20) * DAY if given else now - (1 + place % 10) * DAY,
        "by": None,
    }
