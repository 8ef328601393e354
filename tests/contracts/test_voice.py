"""Every telephone network keeps the same word."""

import io
import wave
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import cast
from uuid import uuid4

import pytest

from tests.channels.asterisk.telephones import asterisk_phones
from tests.channels.webrtc.browsers import browsers
from tests.channels.webrtc.relayed import relayed
from tests.contracts.house import until
from tests.contracts.phones import Center, Telephones, center_of, hears, new_leg
from tests.contracts.voices import simulated
from warmline.channels.voice import words as w
from warmline.core.words import AgentId

Opener = Callable[[], AbstractAsyncContextManager[Telephones]]
NETWORKS = [
    pytest.param(simulated, id="loopback"),
    pytest.param(browsers, id="webrtc"),
    pytest.param(relayed, id="relay"),
    # One exchange for all of them: they run one after another.
    pytest.param(asterisk_phones, id="asterisk", marks=pytest.mark.xdist_group("asterisk")),
]
"""An opener for each network; a real one is marked with what it needs to run."""


@pytest.fixture(params=NETWORKS)
async def center(request: pytest.FixtureRequest) -> AsyncGenerator[Center]:
    opener = cast("Opener", request.param)
    async with opener() as phones, center_of(phones) as center:
        yield center


async def cannot(center: Center, ability: w.Ability, command: w.VoiceCommand) -> bool:
    """Whether the network has not the ability; then it does nothing, and says so."""
    if ability in center.network.abilities:
        return False
    assert await center.network.do(command) is w.Outcome.UNSUPPORTED
    return True


# Legs come and go


async def test_a_caller_is_offered_and_answered_and_hears_music_while_waiting(
    center: Center,
) -> None:
    leg, phone = await center.incoming("shop")
    offered = await center.next(w.LegOffered, leg=leg)
    assert offered.called == "shop"
    await center.does(w.Wait(leg=leg))
    if w.Ability.MUSIC in center.network.abilities:
        await hears(phone, "music")
    await phone.hangs_up()
    ended = await center.next(w.LegEnded, leg=leg)
    assert (ended.cause, ended.by) == (w.Cause.NORMAL, w.By.PARTY)


async def test_a_caller_who_gives_up_unanswered_is_over(center: Center) -> None:
    phone = await center.phones.call("shop")
    leg = (await center.next(w.LegOffered)).leg
    await phone.hangs_up()
    ended = await center.next(w.LegEnded, leg=leg)
    assert ended.by is w.By.PARTY
    assert ended.cause in {w.Cause.CANCELLED, w.Cause.NORMAL}


async def test_a_caller_is_refused(center: Center) -> None:
    phone = await center.phones.call("shop")
    leg = (await center.next(w.LegOffered)).leg
    await center.does(w.Reject(leg=leg))
    assert (await center.next(w.LegEnded, leg=leg)).by is w.By.CENTER
    await phone.over()


async def test_we_hang_up_on_a_caller(center: Center) -> None:
    leg, phone = await center.incoming()
    await center.does(w.HangUpLeg(leg=leg))
    assert (await center.next(w.LegEnded, leg=leg)).by is w.By.CENTER
    await phone.over()


async def test_a_device_rings_and_answers_in_order(center: Center) -> None:
    leg, phone = await center.reaches("anna")
    await phone.hangs_up()
    await center.next(w.LegEnded, leg=leg)
    kinds = [type(one) for one in center.of(leg)]
    assert kinds == [w.LegRinging, w.LegAnswered, w.LegEnded]


async def test_the_desk_picks_up(center: Center) -> None:
    phone = await center.phones.device(AgentId("anna"))
    leg = await center.dials(w.Device(agent=AgentId("anna")))
    await phone.rings()
    outcome = await center.network.do(w.PickUp(leg=leg))
    assert outcome in {w.Outcome.DONE, w.Outcome.UNSUPPORTED}
    if outcome is w.Outcome.UNSUPPORTED:
        await phone.answers()
    await center.next(w.LegAnswered, leg=leg)


async def test_nobody_answers(center: Center) -> None:
    phone = await center.phones.device(AgentId("anna"))
    leg = await center.dials(w.Device(agent=AgentId("anna")), ring_ms=400)
    await phone.rings()
    assert (await center.next(w.LegEnded, leg=leg)).cause is w.Cause.NO_ANSWER
    await phone.over()


async def test_an_agent_declines(center: Center) -> None:
    phone = await center.phones.device(AgentId("anna"))
    leg = await center.dials(w.Device(agent=AgentId("anna")))
    await phone.rings()
    await phone.declines()
    assert (await center.next(w.LegEnded, leg=leg)).cause in {w.Cause.REJECTED, w.Cause.BUSY}


async def test_a_device_that_is_not_there_cannot_be_reached(center: Center) -> None:
    leg = await center.dials(w.Device(agent=AgentId("nobody")))
    assert (await center.next(w.LegEnded, leg=leg)).cause is w.Cause.UNREACHABLE


async def test_a_device_in_a_call_is_busy(center: Center) -> None:
    await center.reaches("anna")
    second = await center.dials(w.Device(agent=AgentId("anna")))
    assert (await center.next(w.LegEnded, leg=second)).cause is w.Cause.BUSY


async def test_ringing_is_taken_back(center: Center) -> None:
    phone = await center.phones.device(AgentId("anna"))
    leg = await center.dials(w.Device(agent=AgentId("anna")))
    await phone.rings()
    await center.does(w.HangUpLeg(leg=leg, cause=w.Cause.CANCELLED))
    assert (await center.next(w.LegEnded, leg=leg)).by is w.By.CENTER
    await phone.over()


async def test_a_number_outside_is_dialled(center: Center) -> None:
    nowhere = w.Dial(
        leg=new_leg(), call="call-1", to=w.Number(value="+1"), role=w.Role.OUTSIDE, ring_ms=1_000
    )
    if await cannot(center, w.Ability.NUMBERS, nowhere):
        return
    number, phone = await center.phones.outside()
    leg = await center.dials(w.Number(value=number), role=w.Role.OUTSIDE)
    await phone.rings()
    await phone.answers()
    await center.next(w.LegAnswered, leg=leg)
    await phone.hangs_up()
    assert (await center.next(w.LegEnded, leg=leg)).by is w.By.PARTY


async def test_each_leg_ends_once_and_is_gone_then(center: Center) -> None:
    leg, phone = await center.incoming()
    await center.joins(leg)
    await phone.hangs_up()
    await center.next(w.LegEnded, leg=leg)
    room = w.RoomId("room-1")
    for command in (
        w.Answer(leg=leg),
        w.Reject(leg=leg),
        w.PickUp(leg=leg),
        w.Join(leg=leg, room=room),
        w.Wait(leg=leg),
        w.Mute(leg=leg),
        w.Play(leg=leg, play=w.PlayId("p"), sounds=(w.Sound(prompt="welcome"),)),
        w.StopPlaying(leg=leg, play=w.PlayId("p")),
        w.Collect(leg=leg, collect=w.CollectId("c")),
        w.SendDigits(leg=leg, digits="1"),
        w.HangUpLeg(leg=leg),
        w.HangUpLeg(leg=leg),
    ):
        assert await center.network.do(command) in {w.Outcome.GONE, w.Outcome.UNSUPPORTED}, command
    assert await center.network.do(w.HangUpLeg(leg=leg)) is w.Outcome.GONE
    other, _ = await center.incoming()
    await center.does(w.HangUpLeg(leg=other))
    await center.next(w.LegEnded, leg=other)
    assert sum(isinstance(one, w.LegEnded) for one in center.of(leg)) == 1
    assert isinstance(center.of(leg)[-1], w.LegEnded)


async def test_what_never_was_is_gone(center: Center) -> None:
    leg, room = new_leg(), w.RoomId("nowhere")
    assert await center.network.do(w.HangUpLeg(leg=leg)) is w.Outcome.GONE
    assert await center.network.do(w.Wait(leg=leg)) is w.Outcome.GONE
    assert await center.network.do(w.CloseRoom(room=room)) is w.Outcome.GONE
    here, _ = await center.incoming()
    assert await center.network.do(w.Join(leg=here, room=room)) is w.Outcome.GONE


async def test_commands_said_twice_are_done_once(center: Center) -> None:
    leg, phone = await center.incoming()
    device = await center.phones.device(AgentId("anna"))
    agent = await center.dials(w.Device(agent=AgentId("anna")))
    await center.dials(w.Device(agent=AgentId("anna")), leg=agent)
    await device.rings()
    await device.answers()
    await center.next(w.LegAnswered, leg=agent)
    await center.dials(w.Device(agent=AgentId("anna")), leg=agent)
    for _ in range(2):
        await center.does(w.Answer(leg=leg))
        await center.joins(leg, agent)
    await hears(phone, device)
    await hears(device, phone)
    for _ in range(2):
        await center.does(w.Wait(leg=leg))
    await center.does(w.HangUpLeg(leg=agent))
    await center.next(w.LegEnded, leg=agent)
    again = w.Dial(
        leg=agent,
        call="call-1",
        to=w.Device(agent=AgentId("anna")),
        role=w.Role.AGENT,
        ring_ms=5_000,
    )
    assert await center.network.do(again) is w.Outcome.GONE
    kinds = [type(one) for one in center.of(agent)]
    assert kinds.count(w.LegAnswered) == kinds.count(w.LegEnded) == 1


# Who hears whom


async def test_two_in_a_room_hear_each_other_and_hold_parts_them(center: Center) -> None:
    leg, customer = await center.incoming()
    agent, anna = await center.reaches("anna")
    await center.joins(leg, agent)
    await hears(customer, anna)
    await hears(anna, customer)
    await center.does(w.Wait(leg=leg))
    await hears(anna)
    if w.Ability.MUSIC in center.network.abilities:
        await hears(customer, "music")
    await center.joins(leg)
    await hears(customer, anna)
    await hears(anna, customer)


async def test_those_who_wait_hear_music_and_never_each_other(center: Center) -> None:
    waiting = [await center.incoming() for _ in range(2)]
    for leg, _ in waiting:
        await center.does(w.Wait(leg=leg))
    for _, phone in waiting:
        await hears(phone, *(["music"] if w.Ability.MUSIC in center.network.abilities else []))
    leg, first = waiting[0]
    agent, anna = await center.reaches("anna")
    await center.joins(leg, agent)
    await hears(first, anna)
    await hears(anna, first)
    if w.Ability.MUSIC in center.network.abilities:
        await hears(waiting[1][1], "music")


async def test_a_room_that_is_closed_leaves_its_legs_alone(center: Center) -> None:
    leg, customer = await center.incoming()
    agent, anna = await center.reaches("anna")
    await center.joins(leg, agent)
    await hears(customer, anna)
    await center.does(w.CloseRoom(room=w.RoomId("room-1")))
    await hears(customer)
    await hears(anna)
    seen = {one.leg for one in (await center.network.snapshot()).legs}
    assert {leg, agent} <= seen


async def test_a_leg_waits_again_and_again_and_its_room_is_opened_again(center: Center) -> None:
    leg, customer = await center.incoming()
    agent, anna = await center.reaches("anna")
    for _ in range(3):
        await center.does(w.Wait(leg=leg))
        if w.Ability.MUSIC in center.network.abilities:
            await hears(customer, "music")
        await center.joins(leg, agent)
        await hears(customer, anna)
        await center.does(w.CloseRoom(room=w.RoomId("room-1")))
        await hears(anna)
        assert "room-1" not in (await center.network.snapshot()).rooms


async def test_three_in_a_room(center: Center) -> None:
    leg, customer = await center.incoming()
    agent, anna = await center.reaches("anna")
    colleague, boris = await center.reaches("boris", role=w.Role.COLLEAGUE)
    await center.joins(leg, agent, colleague)
    await hears(customer, anna, boris)
    await hears(anna, customer, boris)
    await hears(boris, customer, anna)
    await boris.hangs_up()
    await center.next(w.LegEnded, leg=colleague)
    await hears(customer, anna)


async def test_a_leg_moves_to_another_room(center: Center) -> None:
    leg, customer = await center.incoming()
    agent, anna = await center.reaches("anna")
    second, boris = await center.reaches("boris")
    await center.joins(leg, agent)
    await hears(anna, customer)
    await center.joins(leg, second, room="room-2")
    await hears(customer, boris)
    await hears(boris, customer)
    await hears(anna)


async def test_who_is_muted_is_not_heard(center: Center) -> None:
    leg, customer = await center.incoming()
    agent, anna = await center.reaches("anna")
    await center.joins(leg, agent)
    await hears(customer, anna)
    await center.does(w.Mute(leg=agent, on=True))
    await hears(customer)
    await hears(anna, customer)
    await center.does(w.Mute(leg=agent, on=False))
    await hears(customer, anna)


async def test_a_supervisor_listens_whispers_and_barges(center: Center) -> None:
    leg, customer = await center.incoming()
    agent, anna = await center.reaches("anna")
    above, eva = await center.reaches("eva", role=w.Role.SUPERVISOR)
    await center.joins(leg, agent)
    await hears(customer, anna)
    await center.joins(above, mode=w.Mode.LISTEN)
    await hears(eva, customer, anna)
    await hears(customer, anna)
    await hears(anna, customer)
    await center.joins(above, mode=w.Mode.WHISPER, of=agent)
    await hears(anna, customer, eva)
    await hears(customer, anna)
    await hears(eva, customer, anna)
    await center.joins(above, mode=w.Mode.BARGE)
    await hears(customer, anna, eva)
    await hears(anna, customer, eva)


# Digits, prompts, recordings


async def test_digits_are_told_in_order_and_collected(center: Center) -> None:
    leg, customer = await center.incoming()
    collect = w.CollectId(str(uuid4()))
    four = w.Collect(leg=leg, collect=collect, most=4, first_ms=15_000)
    if await cannot(center, w.Ability.DIGITS, four):
        return
    await center.does(four)
    await customer.presses("12#")
    assert (await center.next(w.Collected, collect=collect)).digits == "12"
    pressed = [one.digit for one in center.of(leg) if isinstance(one, w.DigitPressed)]
    assert pressed[:2] == ["1", "2"]
    nothing = w.CollectId(str(uuid4()))
    await center.does(w.Collect(leg=leg, collect=nothing, first_ms=200))
    assert (await center.next(w.Collected, collect=nothing)).digits == ""


async def test_a_prompt_is_played_to_its_end_or_stopped(center: Center) -> None:
    leg, _ = await center.incoming()
    first, second = w.PlayId(str(uuid4())), w.PlayId(str(uuid4()))
    welcome = w.Play(leg=leg, play=first, sounds=(w.Sound(prompt="welcome"),))
    if await cannot(center, w.Ability.PLAY, welcome):
        return
    await center.does(welcome)
    await center.next(w.Played, leg=leg, play=first)
    await center.does(w.Play(leg=leg, play=second, sounds=(w.Sound(prompt="welcome"),)))
    await center.network.do(w.StopPlaying(leg=leg, play=second))
    await center.next(w.Played, leg=leg, play=second)
    assert await center.network.do(w.StopPlaying(leg=leg, play=second)) is w.Outcome.GONE


async def test_who_is_brought_into_a_room_hears_no_prompt_on(center: Center) -> None:
    leg, customer = await center.incoming()
    play = w.PlayId(str(uuid4()))
    prompt = w.Play(leg=leg, play=play, sounds=(w.Sound(prompt="prompt"),))
    if await cannot(center, w.Ability.PLAY, prompt):
        return
    agent, anna = await center.reaches("anna")
    await center.does(prompt)
    await center.joins(leg, agent)
    await center.next(w.Played, leg=leg, play=play)
    await hears(customer, anna)


async def test_words_in_a_room_are_heard_by_all_who_go_on_talking(center: Center) -> None:
    leg, customer = await center.incoming()
    agent, anna = await center.reaches("anna")
    await center.joins(leg, agent)
    await hears(customer, anna)
    sounds = (w.Sound(prompt="prompt"),)
    said = w.PlayInRoom(room=w.RoomId("room-1"), play=w.PlayId(str(uuid4())), sounds=sounds)
    if await cannot(center, w.Ability.PLAY, said):
        return
    for _ in range(2):
        await center.does(said)
    heard: set[str] = set()

    async def all_heard() -> bool:
        heard.update(await customer.hears() & {"prompt"})
        heard.update({"anna"} & await customer.hears())
        heard.update({"too"} if "prompt" in await anna.hears() else ())
        return heard == {"prompt", "anna", "too"}

    await until("both to hear the words", all_heard)
    gone = w.PlayInRoom(room=w.RoomId("none"), play=w.PlayId("none"), sounds=sounds)
    assert await center.network.do(gone) is w.Outcome.GONE


async def test_a_talk_is_recorded_and_paused(center: Center) -> None:
    leg, customer = await center.incoming()
    agent, anna = await center.reaches("anna")
    await center.joins(leg, agent)
    await hears(customer, anna)
    recording = w.RecordingId(str(uuid4()))
    start = w.StartRecording(recording=recording, room=w.RoomId("room-1"))
    if await cannot(center, w.Ability.RECORD, start):
        return
    for _ in range(2):
        await center.does(start)
    assert recording in (await center.network.snapshot()).recordings
    for _ in range(2):
        await center.does(w.PauseRecording(recording=recording))
    if w.Ability.DIGITS in center.network.abilities:
        await customer.presses("4242")
    for _ in range(2):
        await center.does(w.ResumeRecording(recording=recording))
    await hears(customer, anna)
    await center.does(w.StopRecording(recording=recording))
    await center.next(w.RecordingReady, recording=recording)
    with wave.open(io.BytesIO(await center.network.sound(recording))) as sound:
        assert sound.getframerate() >= 8_000
    assert await center.network.do(w.StopRecording(recording=recording)) is w.Outcome.GONE
    assert not any(isinstance(one, w.DigitPressed) for one in center.of(leg))
    with pytest.raises(LookupError):
        await center.network.sound(w.RecordingId("never"))
    for _ in range(2):
        await center.network.forget(recording)
    with pytest.raises(LookupError):
        await center.network.sound(recording)


async def test_a_recording_ends_by_itself_once_nobody_speaks(center: Center) -> None:
    if w.Ability.RECORD not in center.network.abilities:
        return
    leg, customer = await center.incoming()
    await center.joins(leg)
    recording = w.RecordingId(str(uuid4()))
    await center.does(
        w.StartRecording(recording=recording, room=w.RoomId("room-1"), silence_ms=1_000)
    )
    agent, anna = await center.reaches("anna")
    await center.joins(agent)
    await hears(anna, customer)
    await customer.speaks(on=False)
    await anna.speaks(on=False)
    ready = await center.next(w.RecordingReady, recording=recording)
    assert ready.spoken_ms is not None
    assert ready.duration_ms >= 1_000
    assert recording not in (await center.network.snapshot()).recordings
    assert (await center.network.sound(recording)).startswith(b"RIFF")
    assert await center.network.do(w.StopRecording(recording=recording)) is w.Outcome.GONE


# Lost and found


async def test_what_is_there_shows_after_the_network_was_away(center: Center) -> None:
    leg, customer = await center.incoming()
    agent, anna = await center.reaches("anna")
    await center.joins(leg, agent)
    await hears(customer, anna)
    other, leaving = await center.incoming("second")
    if not center.phones.apart:  # what is inside the center is always there
        seen = {one.leg: one for one in (await center.network.snapshot()).legs}
        assert {leg, agent, other} == set(seen)
        return
    await center.phones.cut()
    await center.next(w.NetworkDown)
    with pytest.raises(ConnectionError):
        await center.network.snapshot()
    assert await center.network.do(w.HangUpLeg(leg=leg)) is w.Outcome.FAILED
    await hears(customer, anna)
    await leaving.hangs_up()
    await center.phones.mend()
    await center.up()
    seen = {one.leg: one for one in (await center.network.snapshot()).legs}
    assert {leg, agent} <= set(seen)
    assert (seen[leg].role, seen[leg].room) == (w.Role.CUSTOMER, "room-1")
    assert (seen[agent].role, seen[agent].agent) == (w.Role.AGENT, "anna")
    assert seen[agent].answered
    assert other not in seen
    assert sum(isinstance(one, w.LegEnded) for one in center.of(other)) <= 1
    await center.does(w.HangUpLeg(leg=leg))
    await center.next(w.LegEnded, leg=leg)


async def test_a_new_center_finds_what_another_left(center: Center) -> None:
    leg, customer = await center.incoming()
    async with successor(center) as second:
        await until("the leg", lambda: _has(second, leg))
        await second.does(w.HangUpLeg(leg=leg))
        await second.next(w.LegEnded, leg=leg)
        await customer.over()


@asynccontextmanager
async def successor(center: Center) -> AsyncGenerator[Center]:
    """Another center in place of the one that listened: the network is told to tell it."""
    await center.stop()
    async with center_of(center.phones) as second:
        yield second


async def _has(center: Center, leg: w.LegId) -> bool:
    return leg in {one.leg for one in (await center.network.snapshot()).legs}
