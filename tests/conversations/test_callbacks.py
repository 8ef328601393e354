"""A callback is answered by calling: nothing is written to the customer, notes are."""

from tests.conversations.house import SITE, House
from warmline.conversations import writes
from warmline.conversations.model import Opening
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core.settings import Inbox
from warmline.core.words import CHANNEL, CommandId, InboxId, InteractionId, Medium, QueueId


async def test_an_agent_leaves_a_note_and_cannot_write(house: House):
    inbox = Inbox(
        id=InboxId("call-me"), name="Call me", medium=Medium.CALLBACK, queue=QueueId("shop")
    )
    await house.do(c.DefineInbox, inbox=inbox)
    await house.available("ann")
    talk = InteractionId(house.next("i"))
    opening = Opening(
        interaction=talk, medium=Medium.CALLBACK, inbox=inbox.id, at=house.clock.now()
    )
    arrive = c.Arrive(id=CommandId(house.next("c")), by=CHANNEL, interaction=talk, inbox=inbox.id)
    await house.give(arrive, writes.opening(SITE, opening))
    await house.accept(talk)
    async with house.browser("ann") as ann:
        refused = await ann.post(f"/conversations/{talk}/messages", json={"text": "Hello"})
        assert (refused.status_code, refused.json()["code"]) == (409, "not_written")
        noted = await ann.post(f"/conversations/{talk}/notes", json={"text": "Call at six"})
        assert noted.status_code == 201
    sent = [one for one in await house.log() if isinstance(one.event, e.MessageSent)]
    assert sent == []
