"""Whom a chat goes to first: the one that was chosen, the customer's own contact, the last one."""

import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from sqlalchemy import update

from tests.contracts.house import ANNA, SITE, House, new, who
from warmline.channels.webchat import tables
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core.words import AgentId, InboxId, Presence
from warmline.customers.tables import customer

BORIS = AgentId("boris")
SECRET = "the shop's own long secret, 32 bytes"


@pytest.fixture
async def shop(house: House) -> House:
    """Boris served Eva first, then Anna; both are here, and Eva is vouched for."""
    async with house.database.write() as connection:
        await connection.execute(tables.keep_secret(SITE, InboxId("chat"), SECRET, 0))
    for agent in (BORIS, ANNA):
        await house.comes(agent)
        interaction, _ = await house.begin(identity=vouched("eva"))
        await house.takes(interaction, agent)
        await house.ends(interaction, agent)
        await house.caught_up()
        await goes(house, agent)
    for agent in (BORIS, ANNA):
        await house.comes(agent)
    return house


def vouched(login: str) -> str:
    now = int(time.time())
    claims = {"sub": login, "email": f"{login}@shop.example", "iat": now, "exp": now + 300}
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET))


async def goes(house: House, agent: AgentId) -> None:
    away = Presence.OFFLINE
    await house.give(c.SetPresence(id=new(), by=who(agent), agent=agent, presence=away))


async def owned_by(house: House, agent: str) -> None:
    async with house.database.write() as connection:
        owner = update(customer).where(customer.c.site == SITE).values(owner_agent=agent)
        await connection.execute(owner)


async def first_asked(house: House, **body: Any) -> tuple[str | None, str | None]:
    """Who is waited for, and why, when a chat begins."""
    interaction, _ = await house.begin(**body)
    queued = next(one for one in await house.log(e.Queued) if one.interaction == interaction)
    return queued.preferred, queued.preferred_why


async def test_without_a_wish_it_is_the_agent_of_last_time(shop: House):
    assert await first_asked(shop, identity=vouched("eva")) == (ANNA, "last")


async def test_the_customers_own_contact_comes_before_the_last(shop: House):
    await owned_by(shop, BORIS)
    assert await first_asked(shop, identity=vouched("eva")) == (BORIS, "owner")


async def test_the_chosen_one_comes_before_the_own_contact(shop: House):
    await owned_by(shop, ANNA)
    body = {"identity": vouched("eva"), "agent": BORIS}
    assert await first_asked(shop, **body) == (BORIS, "chosen")


@pytest.mark.parametrize("agent", ["nobody", "' OR 1=1", "u-anna"])
async def test_who_is_no_agent_of_theirs_cannot_be_chosen(shop: House, agent: str):
    body = {"identity": vouched("eva"), "agent": agent}
    assert await first_asked(shop, **body) == (ANNA, "last")


async def test_only_who_served_this_customer_can_be_chosen(shop: House):
    assert await first_asked(shop, identity=vouched("jan"), agent=ANNA) == (None, None)


@pytest.mark.parametrize("body", [{}, {"email": "eva@shop.example"}])
async def test_whoever_only_says_who_they_are_has_nobody_of_their_own(
    shop: House, body: dict[str, str]
):
    await owned_by(shop, BORIS)
    assert await first_asked(shop, agent=BORIS, **body) == (None, None)


async def test_an_absent_contact_makes_nobody_wait_and_the_next_one_is_asked(shop: House):
    await owned_by(shop, BORIS)
    await goes(shop, BORIS)
    assert await first_asked(shop, identity=vouched("eva"), agent=BORIS) == (ANNA, "last")
    await goes(shop, ANNA)
    assert await first_asked(shop, identity=vouched("eva")) == (None, None)


async def test_an_id_that_is_too_long_is_a_clear_error(house: House):
    answer = await house.http.post("/api/v1/chat", json={"inbox": "chat", "agent": "x" * 65})
    assert answer.status_code == 400
    assert "agent" in str(answer.json()["errors"])
