"""Holds, colleagues asked in and customers who went away stay between the messages."""

from typing import Any

from tests.conversations.house import PEOPLE, House
from warmline.core import commands as c
from warmline.core.words import AgentId, ConsultId, InteractionId


async def a_talk(house: House) -> InteractionId:
    """Ann holds and resumes, the customer goes and comes, Bob is asked in and leaves."""
    await house.available("ann")
    interaction = await house.arrive()
    await house.accept(interaction)
    await house.available("bob")
    ann, bob = PEOPLE["ann"], PEOPLE["bob"]
    consult = ConsultId("consult-1")
    deeds: tuple[tuple[type[c.Command], Any, dict[str, Any]], ...] = (
        (c.Hold, ann, {}),
        (c.Resume, ann, {}),
        (c.Leave, None, {}),
        (c.Return, None, {}),
        (c.Consult, ann, {"colleague": AgentId("bob"), "consult": consult}),
        (c.JoinConsult, bob, {"consult": consult}),
        (c.EndConsult, bob, {"consult": consult}),
    )
    for kind, by, facts in deeds:
        house.clock.on(1_000)
        given: dict[str, Any] = {"by": by} if by is not None else {}
        await house.do(kind, interaction=interaction, **given, **facts)
    await house.settled()
    return interaction


async def test_lines_are_kept_in_order_with_who_it_was(house: House):
    interaction = await a_talk(house)
    began = house.clock.now() - 7_000
    async with house.browser("sue") as sue:
        head = (await sue.get(f"/conversations/{interaction}")).json()
    assert [(one["what"], one["agent"], one["at"] - began) for one in head["happenings"]] == [
        ("held", "ann", 1_000),
        ("resumed", "ann", 2_000),
        ("customer_left", None, 3_000),
        ("customer_returned", None, 4_000),
        ("consult_asked", "bob", 5_000),
        ("consult_joined", "bob", 6_000),
        ("consult_left", "bob", 7_000),
    ]
    assert head["happenings"][0]["cause"] == "agent"


async def test_events_delivered_again_leave_one_line_each(house: House):
    interaction = await a_talk(house)
    async with house.browser("sue") as sue:
        before = (await sue.get(f"/conversations/{interaction}")).json()["happenings"]
        await house.conversations.react(await house.log())
        after = (await sue.get(f"/conversations/{interaction}")).json()["happenings"]
    assert after == before


async def test_what_customers_read_says_nothing_of_it(house: House):
    interaction = await a_talk(house)
    async with house.browser("sue") as sue:
        url = f"/conversations/{interaction}/messages"
        said = (await sue.get(url)).json()["messages"]
    assert [one["author"] for one in said] == ["customer"]
