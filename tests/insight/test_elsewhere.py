"""What the panel asks of other rooms: guidance, offers, who was written to first, who left."""

from typing import Any

from sqlalchemy import insert

from tests.conversations.house import SITE, House
from warmline.core.center import Center
from warmline.core.words import DAY, CustomerId
from warmline.customers.orders.tables import order
from warmline.customers.rights.tables import contact as began
from warmline.customers.rights.tables import preference
from warmline.customers.tables import customer
from warmline.desk.guidance.tables import guidance_seen
from warmline.experience.loyalty.study import Studies
from warmline.insight.benchmark import panel
from warmline.insight.benchmark_model import Look
from warmline.insight.metrics import Window
from warmline.insight.tables import contact, visit
from warmline.outreach.courtesy.tables import courtesy
from warmline.outreach.offers.tables import offer_shown
from warmline.security.tables import audit, user
from warmline.wiring.loyalty import LedgerPurchases, Loyalty
from warmline.wiring.maturity import elsewhere


async def put(house: House, table: Any, **values: Any) -> None:
    async with house.database.write() as connection:
        await connection.execute(insert(table).values(site=SITE, **values))


async def rows_of(house: House) -> dict[str, Any]:
    now = house.clock.now()
    room: Any = _LoyaltyRoom(house)
    loyalty = Loyalty(room=room, studies=Studies(room))
    async with house.database.read() as connection:
        look = Look(
            connection=connection,
            site=SITE,
            window=Window(since=now - 28 * DAY, until=now + 1),
            center=Center(),
            elsewhere=elsewhere(house.database, SITE, loyalty),
        )
        return {one["key"]: one for one in (await panel(look))["rows"]}


class _LoyaltyRoom:
    """What a study needs of its room."""

    def __init__(self, house: House) -> None:
        self.database, self.site, self.clock = house.database, SITE, house.clock
        self.purchases = LedgerPurchases(house.database, SITE, house.engine)


async def served(house: House, talk: str, at: int) -> None:
    await put(
        house, contact, interaction=talk, medium="chat", inbox="shop-chat", arrived_at=at,
        closed_at=at, visits=1,
    )  # fmt: skip
    await put(
        house, visit, interaction=talk, visit=1, queue="shop", medium="chat", cause="arrived",
        since=at, queued_at=at, due_at=at, agent="ann", accepted_at=at, hold_ms=0, automatic=False,
    )  # fmt: skip


async def test_what_the_desk_said_and_showed_counts_in_closed_contacts(house: House):
    at = house.clock.now() - DAY
    for talk in ("t1", "t2", "t3"):
        await served(house, talk, at)
        await put(
            house, guidance_seen, interaction=talk, queue="shop", agent="ann", medium="chat",
            state="usual", guided=talk != "t3", spared="", at=at,
        )  # fmt: skip
    for talk, arm in (("t1", "shown"), ("t2", "held_out")):
        await put(
            house, offer_shown, id=talk, at=at, offer="care", customer="c", interaction=talk,
            agent="ann", arm=arm, why=[], facts={},
        )  # fmt: skip
    found = await rows_of(house)
    assert (found["handle_time_steered"]["good"], found["handle_time_steered"]["n"]) == (2, 3)
    assert (found["cross_sold"]["good"], found["cross_sold"]["n"]) == (1, 3)
    assert found["cross_sold"]["opens"]
    assert found["loyalty_bad"]["missing"] == "too_few"


async def test_who_was_written_to_first_and_by_what_way(house: House):
    now = house.clock.now()
    for who in ("ola", "jan", "ewa"):
        await put(house, customer, id=CustomerId(who), folded=who, created_at=now, updated_at=now)
        await put(
            house, order, id=f"o-{who}", customer=who, at=now - 9 * DAY, total_minor=1,
            currency="PLN", status="delivered", status_at=now - 8 * DAY, source="test",
        )  # fmt: skip
    for who, purpose in (("ola", "courtesy"), ("jan", "survey")):
        await put(
            house, began, id=who, customer=who, at=now - DAY, channel="email", purpose=purpose
        )
    await put(
        house, courtesy, order="o-ola", customer="ola", delivered_at=now - 8 * DAY, at=now - DAY,
        state="sent", channel="email",
    )  # fmt: skip
    for who, way in (("ola", "email"), ("jan", "phone"), ("ewa", None)):
        await put(house, preference, customer=who, channel=way)
    found = await rows_of(house)
    shares = {
        key: (found[key]["good"], found[key]["n"])
        for key in ("proactive", "courtesy", "mail_preferred")
    }
    assert shares == {"proactive": (1, 3), "courtesy": (1, 3), "mail_preferred": (1, 2)}


async def test_who_left_in_a_year_and_how_often_somebody_looked(house: House):
    now = house.clock.now()
    for number in range(10):
        await put(
            house, user, id=f"u{number}", name="Agent", login=f"u{number}", roles=["agent"],
            agent=f"a{number}", locale="en", theme="light", active=number >= 3,
            created_at=now - 500 * DAY, changed_at=now - (400 if number == 0 else 100) * DAY,
        )  # fmt: skip
    await put(
        house, audit, id="r1", at=now - DAY, user="u5", action="revealed", kind="customer",
        item="ola", fields=[],
    )  # fmt: skip
    found = await rows_of(house)
    # Nine were there a year ago, seven are now, and two left between.
    assert (found["turnover"]["good"], found["turnover"]["n"]) == (2, 8)
    assert found["turnover"]["level"] == 4
    assert (found["leaks"]["missing"], found["leaks"]["facts"]) == ("no_leaks", {"reveals": 1})
