"""Who was known before anybody answered: counted by channel, opened as rows, mended from the log."""

from typing import Any

import pytest

from tests.conversations.house import PEOPLE, SITE, House
from warmline.core import commands as c
from warmline.core.words import (
    CHANNEL,
    CommandId,
    CustomerId,
    InboxId,
    InteractionId,
    Verification,
)
from warmline.insight import tables
from warmline.insight.fold import VERSION
from warmline.insight.reactions import InsightReaction
from warmline.storage.rows import rows


async def came(house: House, level: Verification, *, inbox: str = "shop-chat") -> InteractionId:
    interaction = InteractionId(house.next("i"))
    await house.give(
        c.Arrive(
            id=CommandId(house.next("c")),
            by=CHANNEL,
            interaction=interaction,
            inbox=InboxId(inbox),
            customer=CustomerId(f"c-{interaction}") if level is not Verification.UNKNOWN else None,
            verification=level,
        )
    )
    return interaction


async def known(house: House, interaction: InteractionId) -> None:
    await house.do(
        c.Identify,
        by=CHANNEL,
        interaction=interaction,
        customer=CustomerId(f"c-{interaction}"),
        verification=Verification.VERIFIED,
    )


async def an_hour(house: House) -> None:
    """Of four chats two are known in time, one too late; of two mails one."""
    await house.available("ann")
    levels = (Verification.UNKNOWN, Verification.CLAIMED, Verification.MATCHED)
    talks = [await came(house, level) for level in levels]
    for talk in talks:
        await house.accept(talk)
    await known(house, talks[0])
    for talk in talks:
        await house.finish(talk)
    last = await came(house, Verification.UNKNOWN)
    await known(house, last)
    await house.accept(last)
    for level in (Verification.MATCHED, Verification.UNKNOWN):
        mail = await came(house, level, inbox="shop-mail")
        await house.accept(mail)
        await house.finish(mail)
    await came(house, Verification.VERIFIED)  # nobody has answered this one
    await house.settled()


async def floor_of(house: House) -> dict[str, Any]:
    async with house.browser("sue") as sue:
        return (await sue.get("/floor")).json()["center"]


async def test_who_was_known_in_time_is_counted_by_channel(house: House):
    await an_hour(house)
    center = await floor_of(house)
    assert center["identified_pct"] == 50.0
    assert center["media"] == [
        {"medium": "chat", "answered": 4, "identified_pct": 50.0},
        {"medium": "email", "answered": 2, "identified_pct": 50.0},
    ]
    async with house.browser("sue") as sue:
        asked = {"measure": "identified_pct", "medium": "chat"}
        behind = (await sue.get("/floor/rows", params=asked)).json()
    assert behind["value"] == 50.0
    assert [one["counts"] for one in behind["rows"]] == [False, False, True, True]


async def test_facts_of_an_older_program_are_made_anew_with_the_next_event(house: House):
    await an_hour(house)
    async with house.database.write() as connection:
        await connection.execute(tables.visit.update().values(identified=None))
        await connection.execute(tables.progress.update().values(version=VERSION - 1))
    assert (await floor_of(house))["identified_pct"] == 0
    newer = InsightReaction(house.database, SITE, house.journal)
    await newer.react((await house.log())[-1:])
    assert (await floor_of(house))["identified_pct"] == 50.0
    async with house.database.read() as connection:
        (there,) = await rows(connection, tables.progress.select())
    assert (there["version"], there["position"]) == (VERSION, house.engine.position())


@pytest.mark.parametrize("level", list(Verification))
async def test_what_the_agent_learns_while_talking_does_not_count(
    house: House, level: Verification
):
    await house.available("ann")
    talk = await came(house, level)
    await house.accept(talk)
    await known(house, talk)
    await house.do(c.End, by=PEOPLE["ann"], interaction=talk)
    await house.settled()
    in_time = level in {Verification.MATCHED, Verification.VERIFIED}
    assert (await floor_of(house))["identified_pct"] == (100.0 if in_time else 0.0)
