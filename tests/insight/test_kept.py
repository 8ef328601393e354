"""How many promised callbacks were called in time: counted, and opened as rows."""

from typing import Any

from tests.conversations.house import PEOPLE, House
from warmline.core import commands as c
from warmline.core.settings import Agent, Capacity, Inbox
from warmline.core.words import (
    CHANNEL,
    MINUTE,
    SYSTEM,
    AgentId,
    CommandId,
    InboxId,
    InteractionId,
    Medium,
    Presence,
)

CALLS = InboxId("calls-back")


async def opens(house: House) -> None:
    """A door for callbacks to the queue of the chats, and Ann with nothing else to do."""
    queue = house.engine.center().inboxes[InboxId("shop-chat")].queue
    inbox = Inbox(id=CALLS, name="Call me", medium=Medium.CALLBACK, queue=queue)
    await house.do(c.DefineInbox, inbox=inbox)
    spec = house.engine.center().agents[AgentId("ann")].spec
    slots = Capacity(slots={Medium.CALLBACK: 5}, total=50)
    ann = Agent(id=spec.id, team=spec.team, skills=spec.skills, capacity=slots)
    await house.do(c.DefineAgent, agent=ann)


async def asks(house: House, *, promised: bool = True) -> InteractionId:
    interaction = InteractionId(house.next("i"))
    await house.give(
        c.Arrive(
            id=CommandId(house.next("c")),
            by=CHANNEL,
            interaction=interaction,
            inbox=CALLS,
            promised_by=house.clock.now() + 30 * MINUTE if promised else None,
        )
    )
    return interaction


async def floor_of(house: House) -> dict[str, Any]:
    async with house.browser("sue") as sue:
        return (await sue.get("/floor")).json()["center"]


async def test_kept_are_those_taken_in_time_of_all_that_were_due(house: House):
    await opens(house)
    assert (await floor_of(house))["callback_kept_pct"] is None
    in_time, late, gone, dropped, plain = [
        await asks(house), await asks(house), await asks(house), await asks(house),
        await asks(house, promised=False),
    ]  # fmt: skip
    await house.do(c.End, by=SYSTEM, interaction=dropped, cause="cancelled")
    await house.available("ann")
    await house.accept(plain)
    await house.accept(in_time)
    away = {"agent": AgentId("ann"), "presence": Presence.BREAK}
    await house.do(c.SetPresence, by=PEOPLE["ann"], **away)
    house.clock.on(31 * MINUTE)
    await house.do(c.End, by=SYSTEM, interaction=gone, cause="cancelled")
    await house.available("ann")
    await house.accept(late)
    await house.settled()
    assert (await floor_of(house))["callback_kept_pct"] == 33.3
    async with house.browser("sue") as sue:
        behind = (await sue.get("/floor/rows", params={"measure": "callback_kept_pct"})).json()
    found = {one["interaction"]: one["counts"] for one in behind["rows"]}
    assert found == {in_time: True, late: False, gone: False}
