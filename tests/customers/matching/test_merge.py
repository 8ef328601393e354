"""Merges and splits that can be taken back, to the last column."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from tests.conversations.house import SITE, House
from warmline.conversations.belonging import Belonging
from warmline.core.words import CustomerId, Rejected, UserId, Verification
from warmline.customers.matching.deciding import stand
from warmline.customers.matching.merge import Cause, join, undo
from warmline.customers.matching.tables import duplicate, merge, moved
from warmline.customers.model import Claim, IdentifierKind
from warmline.customers.tables import customer, fact, identifier
from warmline.storage.rows import rows

MATCHED, VERIFIED = Verification.MATCHED, Verification.VERIFIED
SUE = UserId("u-sue")


async def somebody(
    house: House, name: str | None = None, *known: tuple[str, str], **more: Any
) -> CustomerId:
    """A customer with identifiers (`!` before a value makes it verified) and one fact."""
    id_ = CustomerId(house.next("who"))
    now = house.clock.now()
    async with house.database.write() as connection:
        await connection.execute(
            insert(customer).values(
                site=SITE, id=id_, name=name, folded=(name or "").casefold(),
                created_at=now, updated_at=now, **more,
            )
        )  # fmt: skip
        for kind, value in known:
            await connection.execute(
                insert(identifier).values(
                    site=SITE, kind=kind, value=value.removeprefix("!"), customer=id_,
                    verification="verified" if value.startswith("!") else "matched",
                    source="test", created_at=now,
                )
            )  # fmt: skip
        await connection.execute(
            insert(fact).values(
                site=SITE, id=f"f-{id_}", customer=id_, text="tea", author="u-ann", created_at=now
            )
        )
    return id_


async def dump(house: House) -> Mapping[str, Any]:
    async with house.database.read() as connection:
        return {
            table.name: sorted(
                (dict(one) for one in await rows(connection, select(table))), key=repr
            )
            for table in (customer, identifier, fact)
        }


async def joined(
    house: House, other: CustomerId, into: CustomerId, cause: Cause = Cause.HAND
) -> str:
    house.clock.on(1_000)
    async with house.database.write() as connection:
        return await join(
            connection, SITE, other, into=into, now=house.clock.now(), cause=cause, by=SUE
        )


async def undone(house: House, id_: str) -> None:
    house.clock.on(1_000)
    async with house.database.write() as connection:
        found = await undo(
            connection, SITE, id_, now=house.clock.now(), by=SUE, conversations=Belonging()
        )
    assert found is not None


async def two(house: House) -> tuple[CustomerId, CustomerId]:
    anna = await somebody(
        house, None, ("email", "a@mail.example"), ("phone", "+48501234567"), note="calls at noon"
    )
    house.clock.on(5)
    ania = await somebody(
        house, "Ania", ("email", "!a@mail.example"), ("cookie", "c-1"),
        language="pl", segment="gold", note="likes blue", owner_agent="ann",
    )  # fmt: skip
    return anna, ania


async def test_undoing_gives_back_exactly_the_former_rows(house: House):
    anna, ania = await two(house)
    before = await dump(house)
    id_ = await joined(house, ania, anna)
    assert await house.directory.same(ania) == (anna, ania)
    between = await dump(house)
    kept = next(one for one in between["customer"] if one["id"] == anna)
    assert (kept["name"], kept["segment"], kept["note"]) == (
        "Ania",
        "gold",
        "calls at noon\nlikes blue",
    )
    mails = [one for one in between["identifier"] if one["kind"] == "email"]
    assert [(one["customer"], one["verification"]) for one in mails] == [(anna, "verified")]
    await undone(house, id_)
    assert await dump(house) == before


async def test_merges_of_merges_go_back_in_the_opposite_order_only(house: House):
    ids = [await somebody(house, f"N {n}", ("email", f"{n}@mail.example")) for n in range(4)]
    before = await dump(house)
    first = await joined(house, ids[1], ids[0])
    second = await joined(house, ids[3], ids[2])
    third = await joined(house, ids[2], ids[0])
    assert set(await house.directory.same(ids[3])) == set(ids)
    with pytest.raises(Rejected) as refused:
        await undone(house, second)
    assert refused.value.code == "undo_later_first"
    for id_ in (third, first, second):
        await undone(house, id_)
    assert await dump(house) == before
    with pytest.raises(Rejected) as again:
        await undone(house, first)
    assert again.value.code == "undone_already"


async def test_what_happened_since_stays_with_who_goes_on(house: House):
    anna, ania = await two(house)
    id_ = await joined(house, ania, anna)
    async with house.database.write() as connection:
        await connection.execute(
            update(customer).where(customer.c.id == anna).values(segment="silver")
        )
        await connection.execute(identifier.delete().where(identifier.c.value == "c-1"))
        await connection.execute(
            insert(identifier).values(
                site=SITE, kind="email", value="new@mail.example", customer=anna,
                verification="matched", source="mail", created_at=house.clock.now(),
            )
        )  # fmt: skip
    await undone(house, id_)
    after = await dump(house)
    one = next(row for row in after["customer"] if row["id"] == anna)
    assert (one["segment"], one["name"], one["note"]) == ("silver", None, "calls at noon")
    mine = {(row["value"], row["customer"]) for row in after["identifier"]}
    assert mine == {
        ("a@mail.example", anna), ("a@mail.example", ania), ("+48501234567", anna),
        ("new@mail.example", anna),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (("login", "!anna"), ("login", "!ania")),
        (("login", "!anna"), ("external", "!C-1")),
        (("email", "!a@mail.example"), ("email", "!b@mail.example")),
    ],
)
async def test_two_verified_identities_are_never_joined(house: House, mine, theirs):
    anna, ania = await somebody(house, "Anna", mine), await somebody(house, "Anna", theirs)
    before = await dump(house)
    for cause in (Cause.HAND, Cause.AUTOMATIC):
        with pytest.raises(Rejected) as refused:
            await joined(house, ania, anna, cause)
        assert refused.value.code == "verified_apart"
    assert await dump(house) == before


async def test_a_merge_by_a_signed_claim_can_be_undone_too(house: House):
    mail = Claim(kind=IdentifierKind.EMAIL, value="a@mail.example", verification=MATCHED)
    login = Claim(kind=IdentifierKind.LOGIN, value="anna", verification=VERIFIED)
    proven = Claim(kind=IdentifierKind.EMAIL, value="a@mail.example", verification=VERIFIED)
    first = await house.directory.resolve([mail], source="mail", name="Anna")
    await house.directory.resolve([login], source="chat")
    before = await dump(house)
    async with house.database.write() as connection:
        await connection.execute(duplicate.delete())
    both = await house.directory.resolve([login, proven], source="chat")
    assert both.joined == (first.customer,)
    async with house.database.read() as connection:
        found = await rows(connection, select(merge))
    assert [(one["cause"], one["other"]) for one in found] == [("verified", first.customer)]
    await undone(house, found[0]["id"])
    assert await dump(house) == before


async def test_a_merged_record_is_no_partner_for_another_merge(house: House):
    ids = [await somebody(house, f"N {n}") for n in range(3)]
    await joined(house, ids[1], ids[0])
    for other, into in ((ids[1], ids[2]), (ids[2], ids[1]), (CustomerId("nobody"), ids[0])):
        with pytest.raises(Rejected) as refused:
            await joined(house, other, into)
        assert refused.value.code == "not_separate"


async def test_who_was_taken_apart_is_remembered_as_two(house: House):
    anna, ania = await two(house)
    await undone(house, await joined(house, ania, anna))
    async with house.database.read() as connection:
        standing = await stand(connection, SITE, (anna, ania))
    assert standing.told_apart(anna, ania)


async def test_the_timeline_splits_back(house: House):
    anna, ania = await two(house)
    mine = await house.arrive(customer=anna)
    theirs = await house.arrive(customer=ania)
    await house.settled()

    async def talks(who: CustomerId) -> set[object]:
        async with house.browser("sue") as browser:
            answer = await browser.get(f"/customers/{who}/timeline")
        assert answer.status_code == 200, answer.text
        return {one["id"] for one in answer.json()["entries"] if one["kind"] == "conversation"}

    id_ = await joined(house, ania, anna)
    assert await talks(anna) == {mine, theirs}
    since = await house.arrive(customer=anna)
    await house.settled()
    await undone(house, id_)
    assert await talks(anna) == {mine, since}
    assert await talks(ania) == {theirs}


async def test_a_person_splits_one_record_in_two_and_takes_it_back(house: House):
    anna, ania = await two(house)
    await joined(house, ania, anna)
    talk = await house.arrive(customer=ania)
    await house.settled()
    before = await dump(house)
    asked = {
        "name": "Ola Nowak",
        "identifiers": [{"kind": "cookie", "value": "c-1"}],
        "facts": [f"f-{ania}"],
        "conversations": [talk],
    }
    async with house.browser("sue") as browser:
        going_on = await browser.post(f"/customers/{anna}/split", json=asked)
        assert (going_on.status_code, going_on.json()["code"]) == (409, "conversation_open")
        await house.available("ann")
        await house.accept(talk)
        await house.finish(talk)
        await house.settled()
        answer = await browser.post(f"/customers/{anna}/split", json=asked)
        assert answer.status_code == 201, answer.text
        new = answer.json()["customer"]
        assert await owner(house, talk) == new
        between = await dump(house)
        assert {one["customer"] for one in between["identifier"] if one["value"] == "c-1"} == {new}
        back = await browser.post(f"/merges/{answer.json()['merge']}/undo")
        assert back.status_code == 200, back.text
    assert await owner(house, talk) == ania
    after = await dump(house)
    assert [one for one in after["customer"] if one["id"] != new] == before["customer"]
    assert (after["identifier"], after["customer_fact"]) == (
        before["identifier"], before["customer_fact"],
    )  # fmt: skip
    assert new in await house.directory.same(anna)


async def owner(house: House, talk: str) -> str:
    async with house.database.read() as connection:
        return (await Belonging().of(connection, SITE, [talk]))[talk]


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"identifiers": [{"kind": "email", "value": "nobody@mail.example"}]},
        {"facts": ["f-nobody"]},
        {"conversations": ["i-nobody"]},
    ],
)
async def test_only_what_is_theirs_can_be_split_off(house: House, parts):
    anna, _ = await two(house)
    before = await dump(house)
    async with house.browser("sue") as browser:
        answer = await browser.post(f"/customers/{anna}/split", json=parts)
    assert answer.status_code == 400
    assert await dump(house) == before


async def test_erasing_a_person_erases_what_merges_kept_of_them(house: House):
    anna, ania = await two(house)
    await joined(house, ania, anna)
    async with house.browser("ada") as browser:
        gone = await browser.post(f"/erasures/{anna}", json={"confirm": anna})
        assert gone.is_success, gone.text
    async with house.database.read() as connection:
        for table in (merge, moved, duplicate):
            assert await rows(connection, select(table)) == []
