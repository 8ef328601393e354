"""A flow that ends with a message of the caller, or with a number outside."""

import pytest
from sqlalchemy import select

from tests.channels.voice.people import CustomerCall, Office
from tests.contracts.house import ANNA, SITE, until
from tests.flows.house import Fitted
from warmline.channels.callback import tables as callbacks
from warmline.channels.voice import tables
from warmline.channels.voice.words import RecordingFailed, RecordingId
from warmline.core import events as e
from warmline.core.words import InteractionId, Medium, Phase
from warmline.storage.rows import rows

NUMBER = "+48221234567"
FLOW = """\
flow: night
name: Night
media: [voice]
inboxes: [calls]
start: what
fallback: anybody

steps:
  what:
    menu: {en: "Press 1 to leave a message, 2 for our office."}
    choices:
      1: {next: message}
      2: {next: office}
    wait: 30 s
    retries: 1
    otherwise: anybody
  message:
    voicemail: orders
    most: 30 s
  office:
    transfer: "+48221234567"
  anybody:
    queue: talks
"""


@pytest.fixture
async def night(office: Office) -> Office:
    fitted = Fitted(office.house)
    office.house.voice.treat(fitted.runs)
    await fitted.publish("night", FLOW)
    return office


async def chooses(office: Office, key: str) -> CustomerCall:
    call = await office.calls()
    await office.hears(call.phone, "night-what")
    call.phone.press(key)
    return call


async def speaks(office: Office) -> CustomerCall:
    """The caller heard the tone and is recorded."""
    call = await chooses(office, "1")
    await office.hears(call.phone, "tone")
    await until("the recording", lambda: office.recordings(call))
    return call


async def waits(office: Office, call: CustomerCall) -> CustomerCall:
    """The message stands in its queue, nobody is on the line."""

    def message() -> InteractionId | None:
        found = office.house.engine.center().interactions.values()
        return next((one.id for one in found if one.follows == call.interaction), None)

    id_ = await until("the message to wait", message)
    found = office.house.open(id_)
    assert (found.medium, found.queue, found.reason) == (Medium.CALLBACK, "orders", "voicemail")
    await office.over(call)
    [over] = await office.log(call, e.Ended)
    assert (over.cause, over.agent) == ("voicemail", None)
    return CustomerCall(call.phone, id_)


async def test_a_message_waits_in_its_queue_and_is_answered_by_a_call(night: Office) -> None:
    office = night
    call = await speaks(office)
    # Long enough to be more than a breath: the tape runs by the clock of the house.
    since = office.house.clock.now()
    await until("some words", lambda: office.house.clock.now() > since + 1_200)
    call.phone.press("#")
    left = await waits(office, call)
    [kept] = await office.recordings(left)
    assert not await office.recordings(call)
    sound = await office.house.blobs.get(kept["blob"])
    assert sound.startswith(b"RIFF")
    async with office.house.database.read() as connection:
        [asked] = await rows(connection, callbacks.of(SITE, left.interaction))
    assert asked["number"] == call.phone.name
    office.net.number(call.phone.name)
    await office.house.comes()
    await office.house.takes(left.interaction)
    await until("Anna's phone to ring", office.net.device(ANNA).is_ringing)
    office.net.device(ANNA).answer()
    await until("the caller's phone to ring", office.net.number(call.phone.name).is_ringing)


async def test_whoever_hangs_up_after_speaking_has_left_a_message(night: Office) -> None:
    office = night
    call = await speaks(office)
    since = office.house.clock.now()
    await until("some words", lambda: office.house.clock.now() > since + 1_200)
    call.phone.hang_up()
    await waits(office, call)


async def test_a_message_is_over_when_nothing_more_is_said(
    night: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warmline.channels.voice.leaving.SILENCE_MS", 300)
    office = night
    call = await speaks(office)
    since = office.house.clock.now()
    await until("some words", lambda: office.house.clock.now() > since + 1_200)
    call.phone.speaks(on=False)
    left = await waits(office, call)
    [kept] = await office.recordings(left)
    assert kept["duration_ms"] >= 1_500


async def test_whoever_says_nothing_leaves_no_message(
    night: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warmline.channels.voice.leaving.SILENCE_MS", 1_200)
    office = night
    call = await chooses(office, "1")
    call.phone.speaks(on=False)
    await office.over(call)
    [gone] = await office.log(call, e.Abandoned)
    assert gone.cause == "customer"
    assert not office.house.engine.center().interactions
    async with office.house.database.read() as connection:
        assert not await rows(connection, select(callbacks.request)), "nobody is to be called"


async def test_a_message_goes_on_while_the_center_is_away(night: Office) -> None:
    office = night
    call = await speaks(office)
    await office.house.restart()
    await office.house.reconcile()
    await until("the network", lambda: office.house.voice.up)
    assert office.house.open(call.interaction).phase is Phase.TREATING
    since = office.house.clock.now()
    await until("some words", lambda: office.house.clock.now() > since + 1_200)
    call.phone.press("#")
    left = await waits(office, call)
    async with office.house.database.read() as connection:
        [asked] = await rows(connection, callbacks.of(SITE, left.interaction))
    assert asked["number"] == call.phone.name


async def test_a_message_is_kept_whose_caller_went_while_the_center_was_away(
    night: Office,
) -> None:
    office = night
    call = await speaks(office)
    since = office.house.clock.now()
    await until("some words", lambda: office.house.clock.now() > since + 1_200)
    await office.house.stop()
    call.phone.hang_up()
    await office.house.start()
    await office.house.reconcile()
    await waits(office, call)


async def test_a_message_waits_that_was_kept_when_the_center_was_cut_off(night: Office) -> None:
    office = night
    call, blob = InteractionId("cut-off"), await office.house.blobs.put(b"RIFF of a message")
    id_ = RecordingId(f"{call}-message")
    values = {"interaction": call, "network": office.net.name, "queue": "orders", "blob": blob}
    at = office.house.clock.now()
    async with office.house.database.write() as connection:
        row = {**values, "duration_ms": 4_000, "ended_at": at}
        await connection.execute(tables.recording_begun(SITE, id_, row, at))
    await office.house.restart()

    def message() -> bool:
        found = office.house.engine.center().interactions.values()
        return [(one.follows, one.queue) for one in found] == [(call, "orders")]

    await until("the message to wait", message)
    [waiting] = office.house.engine.center().interactions

    async def belongs() -> bool:
        return len(await office.recordings(CustomerCall(office.net.number(NUMBER), waiting))) == 1

    await until("its sound to be there", belongs)


async def test_who_cannot_be_recorded_any_more_stands_in_line(night: Office) -> None:
    office = night
    call = await speaks(office)
    recording = RecordingId(f"{call.interaction}-message")
    now = office.house.clock.now()
    await office.house.voice.hear(RecordingFailed(at=now, recording=recording, why="full"))
    await office.in_phase(call, Phase.QUEUED)
    await office.hears(call.phone, "music")
    assert office.house.open(call.interaction).queue == "orders"


async def test_whoever_hangs_up_before_speaking_leaves_none(night: Office) -> None:
    office = night
    call = await speaks(office)
    call.phone.hang_up()
    await office.over(call)
    [gone] = await office.log(call, e.Abandoned)
    assert gone.cause == "customer"
    [tape] = await office.recordings(call)
    assert (tape["blob"], tape["failed"]) == (None, "silent")
    assert not office.house.engine.center().interactions


async def test_a_flow_takes_the_caller_to_a_number_outside(night: Office) -> None:
    office = night
    theirs = office.net.number(NUMBER)
    call = await chooses(office, "2")
    await until("the number to ring", theirs.is_ringing)
    await office.hears(call.phone, "music")
    theirs.answer()
    await office.hears(theirs, call.phone.name)
    await office.hears(call.phone, theirs.name)
    await until("the end of our part", lambda: office.house.open(call.interaction) is None)
    [over] = await office.log(call, e.Ended)
    assert (over.cause, over.agent) == ("transferred_out", None)
    theirs.hang_up()
    await office.over(call)


async def test_the_caller_stands_in_line_when_nobody_answers_outside(night: Office) -> None:
    office = night
    theirs = office.net.number(NUMBER)
    call = await chooses(office, "2")
    await until("the number to ring", theirs.is_ringing)
    theirs.decline()
    await office.in_phase(call, Phase.QUEUED)
    assert office.house.open(call.interaction).queue == "talks"
    await office.hears(call.phone, "music")
