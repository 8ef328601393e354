"""Finding duplicates among messy people, and among those who changed."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from tests.conversations.house import PEOPLE, SITE, House
from tests.customers.matching.messy_people import messy_people
from tests.services.database import lay_tables
from warmline.bench.identity import dump, judged, measure, settle
from warmline.config import Settings
from warmline.core.commands import Reveal
from warmline.core.words import CustomerId, SiteId
from warmline.customers.identity import fold
from warmline.customers.matching.deciding import decide
from warmline.customers.matching.model import Population, Thresholds
from warmline.customers.matching.run import Cancelled, Search
from warmline.customers.matching.score import Holders, compare
from warmline.customers.matching.survey import records
from warmline.customers.matching.tables import duplicate, match_key, match_state, merge, moved
from warmline.customers.portrait.tables import field_value
from warmline.customers.tables import customer, fact, identifier
from warmline.storage.database import Database, open_database
from warmline.storage.rows import rows

TOWN = SiteId("town")
MANY = 2_000
SEED = 77


class Ticking:
    def __init__(self) -> None:
        self.at = 1_790_000_000_000

    def now(self) -> int:
        self.at += 1
        return self.at


@pytest.fixture
async def town(tmp_path: Path) -> AsyncGenerator[Database]:
    lay_tables(tmp_path / "data")
    database = open_database(Settings(data=tmp_path / "data"))
    yield database
    await database.close()


def test_invented_people_are_the_same_for_a_seed_and_others_for_another():
    assert messy_people(300, seed=1) == messy_people(300, seed=1)
    assert messy_people(300, seed=1) != messy_people(300, seed=2)
    people = messy_people(MANY, seed=SEED)
    assert len(people) == MANY
    assert len({one.person for one in people}) == round(MANY * 0.8)


def test_messy_people_find_each_other_and_nobody_else():
    found = measure(records=MANY, seed=SEED, undone=60)
    assert found["merged_verified_apart"] == 0
    assert found["undone_equal"] is True
    assert float(str(found["precision"])) >= 0.98
    assert float(str(found["recall"])) >= 0.85


async def test_a_second_search_finds_nothing_new(town: Database):
    people = messy_people(500, seed=5)
    await settle(town, TOWN, people)
    made: list[str] = []
    clock = Ticking()

    async def search() -> None:
        await Search(database=town, site=TOWN, clock=clock, joined=made.extend).everybody()

    await search()
    first, many = await dump(town, TOWN), len(made)
    assert many > 20
    await search()
    assert len(made) == many
    assert await dump(town, TOWN) == first


async def test_who_was_found_by_the_search_of_all_is_found_by_the_search_of_the_changed(
    town: Database,
):
    people = messy_people(400, seed=9)
    await settle(town, TOWN, people[:300])
    clock = Ticking()
    search = Search(database=town, site=TOWN, clock=clock, joined=lambda _: None)
    assert await search.lately() is None
    await search.everybody()
    await settle(town, TOWN, people[300:], at=clock.now())
    clock.at += 200_000
    again = Search(database=town, site=TOWN, clock=clock, joined=lambda _: None)
    lately = await again.lately()
    assert lately is not None
    assert {one.id for one in people[300:]} <= set(lately)
    await again.some(lately)
    figures = await judged(town, TOWN, people)
    async with town.write() as connection:
        for table in (merge, moved, duplicate, match_key, match_state, customer, identifier, fact):
            await connection.execute(table.delete())
        await connection.execute(field_value.delete())
    await settle(town, TOWN, people)
    await Search(database=town, site=TOWN, clock=clock, joined=lambda _: None).everybody()
    assert figures == await judged(town, TOWN, people)


async def test_a_search_can_be_cancelled(town: Database):
    await settle(town, TOWN, messy_people(50, seed=3))
    search = Search(
        database=town, site=TOWN, clock=Ticking(), joined=lambda _: None, cancelled=lambda: True
    )
    with pytest.raises(Cancelled):
        await search.everybody()


async def somebody(house: House, name: str, *known: tuple[str, str]) -> CustomerId:
    id_ = CustomerId(house.next("who"))
    now = house.clock.now()
    async with house.database.write() as connection:
        await connection.execute(
            insert(customer).values(
                site=SITE, id=id_, name=name, folded=fold(name), created_at=now, updated_at=now
            )
        )
        for kind, value in known:
            sure = "verified" if value.startswith("!") else "matched"
            await connection.execute(
                insert(identifier).values(
                    site=SITE, kind=kind, value=value.removeprefix("!"), customer=id_,
                    verification=sure, source="test", created_at=now,
                )
            )  # fmt: skip
    return id_


async def searched(house: House) -> None:
    """Compare everybody, in this process."""
    await Search(
        database=house.database, site=SITE, clock=house.clock, joined=lambda _: None
    ).everybody()


PHONE = ("phone", "+48501234567")
TWO_PHONES = (PHONE, ("email", "anna.kowalska@mail.example"))


async def test_one_person_in_two_alphabets_is_joined_without_asking(house: House):
    anna = await somebody(house, "Катя Ковальская", *TWO_PHONES)
    house.clock.on(1)
    ania = await somebody(house, "Kowalska Katarzyna", *TWO_PHONES)
    await searched(house)
    assert await house.directory.same(ania) == (anna, ania)


async def test_a_family_is_never_joined(house: House):
    family = [
        await somebody(house, name, PHONE, ("email", "dom@mail.example"))
        for name in ("Anna Kowalska", "Jan Kowalski", "Ola Kowalska")
    ]
    await searched(house)
    for one in family:
        assert await house.directory.same(one) == (one,)


async def test_verified_identities_are_neither_joined_nor_suggested(house: House):
    for login in ("!anna", "!ania"):
        await somebody(house, "Anna Kowalska", *TWO_PHONES, ("login", login))
    await searched(house)
    async with house.database.read() as connection:
        assert await rows(connection, select(merge)) == []
        assert await rows(connection, select(duplicate)) == []


async def test_a_third_record_does_not_bridge_two_verified_identities(house: House):
    for login in ("!anna", "!ania"):
        await somebody(house, "Anna Kowalska", *TWO_PHONES, ("login", login))
    third = await somebody(house, "Anna Kowalska", *TWO_PHONES)
    await searched(house)
    assert len(await house.directory.same(third)) == 2


async def test_an_identity_verified_during_the_search_is_respected(house: House):
    one = await somebody(house, "Anna Kowalska", *TWO_PHONES, ("login", "!anna"))
    other = await somebody(house, "Anna Kowalska", *TWO_PHONES)
    search = Search(database=house.database, site=SITE, clock=house.clock, joined=lambda _: None)
    await search.everybody()
    assert await house.directory.same(other) == (one, other)
    third = await somebody(house, "Anna Kowalska", *TWO_PHONES)
    async with house.database.read() as connection:
        found = await records(connection, SITE, [one, third])
    match = compare(
        found[one], found[third], among=Population(customers=2), holders=Holders(counts={})
    )
    assert match.veto is None
    async with house.database.write() as connection:
        await connection.execute(
            insert(identifier).values(
                site=SITE, kind="login", value="ania", customer=third, verification="verified",
                source="test", created_at=house.clock.now(),
            )
        )  # fmt: skip
        made = await decide(
            connection, SITE, [match], limits=Thresholds(), among=Population(customers=2),
            now=house.clock.now(),
        )  # fmt: skip
    assert made == []
    assert await house.directory.same(third) == (third,)


async def test_keys_follow_the_name(house: House):
    anna = await somebody(house, "Anna Kowalska")
    await searched(house)
    house.clock.on(120_000)
    await house.do(Reveal, by=PEOPLE["sue"], customer=anna, cause="other")
    async with house.browser("sue") as browser:
        answer = await browser.patch(f"/customers/{anna}", json={"name": "Ewa Zalewska"})
        assert answer.is_success, answer.text
    await house.matching.settle()
    async with house.database.read() as connection:
        found = {one["key"] for one in await rows(connection, select(match_key))}
    assert found == {"name:zlvsk:e", "name:ev:z"}
