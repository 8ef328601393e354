"""What every channel promises, checked alike on each of them."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeAlias
from uuid import uuid4

import pytest

from tests.channels.email.post import relay_settings
from tests.contracts.callers import CALLERS, LIVE, WRITING, Caller
from tests.contracts.house import ANNA, House, open_house, until
from tests.services.smtp_sink import SmtpSink
from warmline.conversations.tables import message
from warmline.core import events as e
from warmline.core.words import Medium, Party
from warmline.engine.codec import EventCodec
from warmline.storage.journal import DatabaseJournal
from warmline.storage.rows import rows

MANY = 20
live_only = pytest.mark.parametrize("dial", LIVE, indirect=True)
writing_only = pytest.mark.parametrize("dial", WRITING, indirect=True)
Dial: TypeAlias = Callable[[], Caller]


@pytest.fixture
async def house(tmp_path: Path, smtp_sink: SmtpSink) -> AsyncIterator[House]:
    async with open_house(tmp_path / "data", **relay_settings(smtp_sink)) as house:
        house.sink = smtp_sink
        yield house


@pytest.fixture(params=list(CALLERS))
async def dial(request: pytest.FixtureRequest, house: House) -> AsyncIterator[Dial]:
    """Makes customers of the channel; whoever is still there at the end goes away."""
    made: list[Caller] = []

    def another() -> Caller:
        made.append(CALLERS[request.param](house))
        return made[-1]

    yield another
    for caller in made:
        if house.open(caller.interaction) is not None:
            await caller.go_away()


@pytest.fixture
def customer(dial: Dial) -> Caller:
    return dial()


async def connected(house: House, customer: Caller, text: str = "Hello") -> None:
    await customer.arrive(text)
    if house.engine.center().agents[ANNA].presence != "available":
        await house.comes()
    await house.takes(customer.interaction)


async def said_by_customer(house: House, interaction: str) -> list[str]:
    async with house.database.read() as connection:
        found = await rows(
            connection,
            message.select()
            .where(message.c.interaction == interaction, message.c.author == "customer")
            .order_by(message.c.seq),
        )
    return [one["text"] for one in found]


async def test_who_comes_twice_with_the_same_id_has_come_once(house: House, customer: Caller):
    await customer.arrive("Hello")
    await customer.arrive("Hello", again=True)
    arrived = await house.log(e.Arrived)
    assert [event.interaction for event in arrived] == [customer.interaction]
    assert arrived[0].medium is customer.channel().capabilities.medium
    assert await said_by_customer(house, customer.interaction) == ["Hello"]


@writing_only
async def test_what_is_said_twice_with_the_same_id_is_said_once(house: House, customer: Caller):
    await customer.arrive("Hello")
    id_ = str(uuid4())
    for _ in range(3):
        assert await customer.say("Are you there?", id_=id_) == id_
    assert await said_by_customer(house, customer.interaction) == ["Hello", "Are you there?"]
    assert len(await house.log(e.MessageReceived)) == 2


@writing_only
async def test_words_go_both_ways_in_order(house: House, customer: Caller):
    await connected(house, customer)
    ours = [f"ours {number}" for number in range(MANY)]
    theirs = [f"theirs {number}" for number in range(MANY)]
    for mine, yours in zip(ours, theirs, strict=True):
        await house.writes(customer.interaction, mine)
        await customer.say(yours)
    assert await customer.heard(MANY) == ours
    assert await said_by_customer(house, customer.interaction) == ["Hello", *theirs]


@writing_only
async def test_customers_hear_only_what_is_theirs(house: House, dial: Dial):
    one, two = dial(), dial()
    await connected(house, one)
    await connected(house, two)
    await house.writes(one.interaction, "for one")
    await house.writes(two.interaction, "for two")
    assert await one.heard(1) == ["for one"]
    assert await two.heard(1) == ["for two"]


@writing_only
async def test_what_the_customer_has_got_is_delivered_once(house: House, customer: Caller):
    assert customer.channel().capabilities.receipts
    await connected(house, customer)
    sent = [await house.writes(customer.interaction, text) for text in ("one", "two")]
    await customer.heard(2)

    async def delivered() -> bool:
        found = await house.log(e.MessageDelivered)
        return {event.message for event in found} == set(sent)

    await until("the receipts", delivered)
    assert len(await house.log(e.MessageDelivered)) == 2


async def test_the_agent_ends_it_and_the_customer_knows(house: House, customer: Caller):
    await connected(house, customer)
    await house.ends(customer.interaction)
    await customer.ended()
    assert house.open(customer.interaction) is None


@live_only
async def test_the_customer_ends_it_and_the_center_knows(house: House, customer: Caller):
    await connected(house, customer)
    await customer.end()
    assert [event.by for event in await house.log(e.Ended)] == [Party.CUSTOMER]


@live_only
async def test_who_ends_it_while_waiting_has_given_up(house: House, customer: Caller):
    await customer.arrive("Hello")
    await customer.end()
    assert [event.interaction for event in await house.log(e.Abandoned)] == [customer.interaction]


@live_only
async def test_a_live_customer_who_goes_away_is_missed_until_back(house: House, customer: Caller):
    assert customer.channel().capabilities.live
    await connected(house, customer)
    await customer.go_away()
    interaction = customer.interaction
    await until("the leaving", lambda: house.open(interaction).customer_gone_since is not None)
    await house.writes(interaction, "While you were away")
    await customer.come_back()
    await until("the return", lambda: house.open(interaction).customer_gone_since is None)
    assert await customer.heard(1) == ["While you were away"]


@writing_only
async def test_after_a_restart_it_goes_on_where_it_was(house: House, customer: Caller):
    await connected(house, customer)
    await house.writes(customer.interaction, "before")
    await customer.heard(1)
    await house.caught_up()
    await house.restart()
    await customer.come_back()
    await house.reconcile()
    await house.writes(customer.interaction, "after")
    await customer.say("still me")
    assert await customer.heard(2) == ["before", "after"]
    assert await said_by_customer(house, customer.interaction) == ["Hello", "still me"]
    assert len(await house.log(e.Arrived)) == 1
    assert house.open(customer.interaction).customer_gone_since is None


async def test_after_a_restart_the_same_agent_still_has_it(house: House, customer: Caller):
    await connected(house, customer)
    await house.caught_up()
    await house.restart()
    await customer.come_back()
    await house.reconcile()
    assert house.open(customer.interaction).agent == ANNA
    assert len(await house.log(e.Arrived)) == 1
    await house.ends(customer.interaction)
    await customer.ended()


@live_only
async def test_who_does_not_come_back_after_a_restart_has_left(house: House, customer: Caller):
    await connected(house, customer)
    await house.writes(customer.interaction, "before")
    await customer.heard(1)
    await house.caught_up()
    await house.restart()
    for _ in range(2):
        await house.reconcile()
    interaction = customer.interaction
    await until("the leaving", lambda: house.open(interaction).customer_gone_since is not None)
    assert len(await house.log(e.CustomerLeft)) == 1
    assert house.open(interaction).agent == ANNA


@writing_only
async def test_reacting_twice_does_no_harm(house: House, customer: Caller):
    await connected(house, customer)
    await house.writes(customer.interaction, "one")
    await house.writes(customer.interaction, "two")
    await customer.heard(2)
    await house.caught_up()
    journal = DatabaseJournal(house.database, house.webchat.site, EventCodec())

    async def delivered() -> bool:
        return len(await house.log(e.MessageDelivered)) == 2

    await until("the receipts", delivered)
    before = await journal.last()
    async for chunk in journal.read(after=0):
        for recorded in chunk:
            await customer.channel().react(recorded)
    await house.writes(customer.interaction, "three")
    assert await customer.heard(3) == ["one", "two", "three"]
    later = [type(one) for one in (await house.log())[before:]]
    assert set(later) <= {e.MessageSent, e.MessageDelivered}
    assert later.count(e.MessageSent) == 1


@writing_only
async def test_reacting_without_anybody_there_does_no_harm(house: House, customer: Caller):
    await connected(house, customer)
    await house.writes(customer.interaction, "one")
    await customer.heard(1)
    await house.caught_up()
    await house.restart()
    journal = DatabaseJournal(house.database, house.webchat.site, EventCodec())
    before = await journal.last()
    async for chunk in journal.read(after=0):
        for recorded in chunk:
            await customer.channel().react(recorded)
    assert await journal.last() == before
    await customer.come_back()


@live_only
async def test_a_channel_that_takes_ratings_takes_them(house: House, customer: Caller):
    assert customer.channel().capabilities.rating
    await connected(house, customer)
    await house.ends(customer.interaction)
    await customer.ended()
    await customer.rate(4)
    assert [event.score for event in await house.log(e.Rated)] == [4]


@pytest.mark.parametrize("dial", [one for one in CALLERS if one not in WRITING], indirect=True)
async def test_a_channel_that_does_not_write_does_nothing_of_its_own(
    house: House, customer: Caller
):
    assert not customer.channel().capabilities.writes
    await connected(house, customer)
    await house.caught_up()
    journal = DatabaseJournal(house.database, house.webchat.site, EventCodec())
    before = await journal.last()
    for _ in range(2):
        async for chunk in journal.read(after=0):
            for recorded in chunk:
                await customer.channel().react(recorded)
    assert await journal.last() == before


def test_a_capability_is_said_of_a_medium_that_the_core_knows(customer: Caller):
    capabilities = customer.channel().capabilities
    assert capabilities.medium in Medium
    assert customer.channel().name
    assert not (capabilities.live and capabilities.unsend_ms), "what is live cannot be taken back"
