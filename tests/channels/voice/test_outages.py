"""Talks outlive the center and the wire to the network; what does not is ended, once."""

from sqlalchemy import delete

from tests.channels.voice.people import BORIS, CustomerCall, Office
from tests.contracts.house import ANNA, new, until
from warmline.channels.voice.tables import call_leg
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core.settings import Agent, Capacity
from warmline.core.words import AgentId, Medium, Party, Phase
from warmline.storage.database import open_database


async def test_a_talk_goes_on_while_the_network_is_out_of_reach(office: Office) -> None:
    call = await office.talks()
    office.net.cut()
    await until("the news", lambda: not office.house.voice.up)
    await office.gives(c.Hold, call)
    await office.house.caught_up()
    assert office.house.open(call.interaction).phase is Phase.HELD
    office.net.mend()
    await office.hears(call.phone, "music")
    await office.gives(c.Resume, call)
    await office.hear_each_other(call)
    assert not await office.log(call, e.Ended, e.Returned, e.CustomerLeft)


async def test_who_hung_up_meanwhile_counts_as_lost(office: Office) -> None:
    call = await office.talks()
    other = await office.calls()
    await office.in_line(other)
    office.net.cut()
    await until("the news", lambda: not office.house.voice.up)
    call.phone.hang_up()
    other.phone.hang_up()
    assert office.house.open(call.interaction).phase is Phase.CONNECTED
    office.net.mend()
    await office.in_phase(call, Phase.WRAPPING)
    [ended] = await office.log(call, e.Ended)
    assert (ended.by, ended.cause) == (Party.CUSTOMER, "customer_lost")
    await office.over(other)
    await office.quiet()
    assert len(await office.log(other, e.Abandoned)) == 1


async def test_an_offer_while_the_network_is_away_is_not_the_agents_fault(office: Office) -> None:
    call = await office.calls()
    await office.in_line(call)
    office.net.cut()
    await until("the news", lambda: not office.house.voice.up)
    await office.house.comes()
    await office.house.caught_up()
    office.net.mend()
    await office.takes(call)


async def test_talks_go_on_over_a_restart_and_are_adopted(office: Office) -> None:
    talking = await office.talks()
    await office.house.comes(BORIS)
    held = await office.calls()
    await office.takes(held, BORIS)
    await office.gives(c.Hold, held, BORIS)
    await office.hears(held.phone, "music")
    waiting = await office.calls()
    await office.in_line(waiting)
    accepted = office.house.open(talking.interaction).accepted_at
    await office.house.stop()
    await office.hears(talking.phone, ANNA)
    await office.house.start()
    await office.house.reconcile()
    await until("the network", lambda: office.house.voice.up)
    assert office.house.open(talking.interaction).accepted_at == accepted
    await office.gives(c.Resume, held, BORIS)
    await office.hear_each_other(held, BORIS)
    await office.hear_each_other(talking)
    office.net.device(ANNA).hang_up()
    await office.in_phase(talking, Phase.WRAPPING)
    await office.wraps_up(talking)
    await office.takes(waiting)
    for call in (talking, held, waiting):
        assert len(await office.log(call, e.Accepted)) == 1
    assert len(await office.log(talking, e.WrappedUp)) == 1


async def test_what_ended_while_the_center_was_down_is_settled(office: Office) -> None:
    gone = await office.talks()
    await office.house.comes(BORIS)
    left = await office.calls()
    await office.takes(left, BORIS)
    await office.house.stop()
    gone.phone.hang_up()
    office.net.device(BORIS).hang_up()
    await office.house.start()
    await office.house.reconcile()
    await office.in_phase(gone, Phase.WRAPPING)
    await until("Boris to be rung again", lambda: office.net.device(BORIS).leg is not None)
    await office.hear_each_other(left, BORIS)
    await until("Anna to be free", office.net.device(ANNA).is_idle)
    await office.wraps_up(gone)
    await office.over(gone)
    assert len(await office.log(gone, e.Ended)) == 1


async def test_a_caller_whom_nobody_knows_is_hung_up(office: Office) -> None:
    await office.house.stop()
    stranger = office.net.call("calls")
    await office.house.start()
    await office.house.reconcile()
    await until("the end", stranger.is_idle)
    assert not office.house.engine.center().interactions


async def test_all_is_lost_with_the_network_and_nothing_is_stuck(office: Office) -> None:
    call = await office.talks()
    waiting = await office.calls()
    await office.in_line(waiting)
    office.net.cut()
    await until("the news", lambda: not office.house.voice.up)
    for phone in (call.phone, waiting.phone, office.net.device(ANNA)):
        phone.vanish()
    office.net.device(ANNA).there = True
    office.net.mend()
    await office.in_phase(call, Phase.WRAPPING)
    await office.over(waiting)
    await office.wraps_up(call)
    await office.over(call)
    fresh = await office.calls()
    await office.takes(fresh)


async def test_twenty_talks_go_on_over_a_restart_with_one_wrap_up_each(office: Office) -> None:
    agents = [AgentId(f"agent-{number}") for number in range(20)]
    for agent in agents:
        capacity = Capacity(slots={Medium.VOICE: 1}, total=4)
        await office.house.give(c.DefineAgent(id=new(), agent=Agent(id=agent, capacity=capacity)))
        office.net.device(agent)
    calls = [(await office.talks(agent), agent) for agent in agents]
    await office.house.restart()
    await office.house.reconcile()
    await until("the network", lambda: office.house.voice.up)
    for call, agent in calls:
        await office.hear_each_other(call, agent)
        office.net.device(agent).hang_up()
    for call, agent in calls:
        await office.in_phase(call, Phase.WRAPPING)
        await office.wraps_up(call, agent)
        await office.over(call)
    kinds = e.Accepted, e.Ended, e.WrappedUp, e.Returned, e.Transferred
    told = [type(one) for one in await office.house.log(*kinds)]
    assert [told.count(kind) for kind in kinds] == [20, 20, 20, 0, 0]


async def killed_before_the_row(office: Office) -> None:
    """The center is gone between the ring of the agent's phone and the row that says so."""
    await office.house.stop()
    database = open_database(office.house.settings)
    async with database.write() as connection:
        await connection.execute(delete(call_leg).where(call_leg.c.role == "agent"))
    await database.close()


async def test_a_phone_that_rings_without_a_row_is_adopted_and_rings_on(office: Office) -> None:
    await office.house.comes()
    call = await office.calls()
    anna = office.net.device(ANNA)
    await until("the ring", anna.is_ringing)
    leg = anna.leg
    await killed_before_the_row(office)
    await office.house.start()
    await office.house.reconcile()
    await until("the network", lambda: office.house.voice.up)
    await office.takes(call)
    assert anna.leg == leg
    assert [one["role"] for one in await office.legs(call)] == ["customer", "agent"]


async def test_a_phone_that_was_taken_up_without_a_row_is_adopted(office: Office) -> None:
    await office.house.comes()
    call = await office.calls()
    anna = office.net.device(ANNA)
    await until("the ring", anna.is_ringing)
    leg = anna.leg
    await killed_before_the_row(office)
    anna.answer()
    await office.house.start()
    await office.house.reconcile()
    await office.hear_each_other(call)
    assert anna.leg == leg
    assert len(await office.log(call, e.Accepted)) == 1


async def test_a_talk_without_the_agents_row_is_adopted(office: Office) -> None:
    call = await office.talks()
    anna = office.net.device(ANNA)
    leg = anna.leg
    await killed_before_the_row(office)
    await office.house.start()
    await office.house.reconcile()
    await until("the row", lambda: has_row(office, call))
    anna.hang_up()
    await office.in_phase(call, Phase.WRAPPING)
    [ended] = await office.log(call, e.Ended)
    assert ended.by is Party.AGENT
    await office.quiet()
    assert [one["leg"] for one in await office.legs(call) if one["role"] == "agent"] == [leg]


async def has_row(office: Office, call: CustomerCall) -> bool:
    return "agent" in {one["role"] for one in await office.legs(call)}
