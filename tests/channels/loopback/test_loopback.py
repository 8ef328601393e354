"""What is the loopback's own: refusals reach the customer, who keeps nothing that never was."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.contracts.house import House, new, open_house
from warmline.channels.loopback.channel import Heard
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core.settings import Inbox, Kind
from warmline.core.words import InboxId, Medium, QueueId, Rejected
from warmline.ports import Busy


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path / "data") as house:
        yield house


async def test_a_message_to_a_closed_queue_waits_until_it_opens(house: House):
    closed = Inbox(id=InboxId("loop"), name="L", medium=Medium.MESSAGE, queue=QueueId("night"))
    await house.give(c.DefineInbox(id=new(), inbox=closed))
    await house.loopback.arrive("Hello")
    assert [event.medium for event in await house.log(e.Arrived)] == [Medium.MESSAGE]


async def test_before_anybody_listens_the_channel_is_busy(house: House):
    await house.stop()
    with pytest.raises(Busy):
        await house.loopback.arrive("Hello again")
    await house.start()


async def test_the_customer_hears_our_words_and_then_the_end(house: House):
    customer = await house.loopback.arrive("Hello", language="en")
    await house.comes()
    await house.takes(customer.interaction)
    said = await house.writes(customer.interaction, "Good day")
    assert await customer.heard.get() == Heard(message=said, text="Good day")
    await house.ends(customer.interaction)
    assert await customer.heard.get() == Heard()
    with pytest.raises(Rejected) as refused:
        await house.loopback.say(customer, "Too late")
    assert refused.value.code == "ended"


async def test_an_inbox_that_is_gone_takes_nobody(house: House):
    await house.give(c.Remove(id=new(), kind=Kind.INBOX, item="loop"))
    with pytest.raises(Rejected) as refused:
        await house.loopback.arrive("Hello")
    assert refused.value.code == "unknown_inbox"
