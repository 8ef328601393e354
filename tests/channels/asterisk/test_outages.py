from tests.channels.asterisk.telephones import AsteriskPhones, bridges
from tests.channels.asterisk.test_talks import ANNA, sip
from tests.contracts.phones import Center, center_of, hears
from tests.services import tones
from warmline.channels.voice import words as w

ROOM = w.RoomId("room-1")


async def test_a_new_process_adopts_the_talks_it_finds(exchange: AsteriskPhones, center: Center):
    leg, caller = await center.incoming()
    agent, anna = await center.reaches("anna")
    waiting, second = await center.incoming("second")
    await center.joins(leg, agent)
    await center.does(w.Wait(leg=waiting))
    await hears(caller, anna)
    await hears(second, "music")
    await center.stop()
    assert await sip(caller).heard_for(25) == {anna.name}, "they talk on without a center"
    exchange.network = exchange.another_network()
    async with center_of(exchange) as later:
        seen = {one.leg: one for one in (await later.network.snapshot()).legs}
        assert seen == {
            leg: w.LegSeen(
                leg=leg, call=None, role=w.Role.CUSTOMER, answered=True, room=ROOM, agent=None
            ),
            agent: w.LegSeen(
                leg=agent,
                call="call-1",
                role=w.Role.AGENT,
                answered=True,
                room=ROOM,
                agent=ANNA.agent,
            ),
            waiting: w.LegSeen(leg=waiting, call=None, role=w.Role.CUSTOMER, answered=True),
        }
        assert await sip(second).heard_for(10) == {"music"}
        await later.does(w.Wait(leg=leg))
        await hears(caller, "music")
        await later.joins(waiting, agent)
        await hears(anna, second)
        await second.hangs_up()
        ended = await later.next(w.LegEnded, leg=waiting)
        assert (ended.cause, ended.by) == (w.Cause.NORMAL, w.By.PARTY)


async def test_a_pause_outlives_the_process_that_asked_for_it(
    exchange: AsteriskPhones, center: Center
):
    leg, caller = await center.incoming()
    await center.joins(leg)
    for recording, split in (("outlives-mixed", False), ("outlives-split", True)):
        id_ = w.RecordingId(recording)
        await center.does(w.StartRecording(recording=id_, room=ROOM, split=split))
        await center.does(w.PauseRecording(recording=id_))
    await center.stop()
    exchange.network = exchange.another_network()
    async with center_of(exchange) as later:
        found = set((await later.network.snapshot()).recordings)
        assert found == {"outlives-mixed", "outlives-split"}
        await caller.presses("4929")
        for id_ in sorted(found):
            await later.does(w.ResumeRecording(recording=w.RecordingId(id_)))
        await caller.presses("7")
        await later.next(w.DigitPressed, leg=leg)
        assert [one.digit for one in later.heard if isinstance(one, w.DigitPressed)] == ["7"]
        for id_ in sorted(found):
            await later.does(w.StopRecording(recording=w.RecordingId(id_)))
            await later.next(w.RecordingReady, recording=id_)


async def test_a_recording_that_ended_meanwhile_is_told(exchange: AsteriskPhones, center: Center):
    leg, caller = await center.incoming()
    agent, anna = await center.reaches("anna")
    await center.joins(leg, agent)
    await hears(caller, anna)
    id_ = w.RecordingId("meanwhile")
    await center.does(w.StartRecording(recording=id_, room=ROOM, split=True))
    await sip(caller).heard_for(10)
    await center.stop()
    await caller.hangs_up()
    exchange.network = exchange.another_network()
    async with center_of(exchange) as later:
        await later.next(w.RecordingReady, recording=id_)
        assert len(tones.sides(await later.network.sound(id_))) == 2


async def test_places_of_legs_that_left_meanwhile_are_cleared(
    exchange: AsteriskPhones, center: Center
):
    waiting, second = await center.incoming("second")
    leg, caller = await center.incoming()
    agent, anna = await center.reaches("anna")
    above, eva = await center.reaches("eva", role=w.Role.SUPERVISOR)
    await center.joins(leg, agent)
    await center.joins(above, mode=w.Mode.LISTEN)
    await center.does(w.Wait(leg=waiting))
    await hears(eva, caller, anna)
    await center.stop()
    for phone in (second, eva):
        await phone.hangs_up()
    exchange.network = exchange.another_network()
    async with center_of(exchange) as later:
        seen = {one.leg for one in (await later.network.snapshot()).legs}
        assert seen == {leg, agent}
        assert sorted(bridges(exchange.exchange)) == ["room-room-1", "waiting"]


async def test_a_cut_in_the_middle_of_everything_ends_nothing(
    exchange: AsteriskPhones, center: Center
):
    leg, caller = await center.incoming()
    agent, anna = await center.reaches("anna")
    await center.joins(leg, agent)
    for _ in range(3):
        waiting, second = await center.incoming("second")
        await center.does(w.Wait(leg=waiting))
        # Its end is told while the wire goes: what is to be done for it cannot be done any more.
        await second.hangs_up()
        await exchange.cut()
        await exchange.mend()
        await center.up()
        await center.next(w.LegEnded, leg=waiting)
    await hears(caller, anna)
    assert sorted(bridges(exchange.exchange)) == ["room-room-1", "waiting"]
