"""A message that a caller leaves: what it needs next, and the interaction that it becomes."""

from collections.abc import Callable, Iterator
from contextlib import suppress

import structlog

from warmline.channels.callback import tables as callbacks
from warmline.channels.callback.numbers import number_to_call
from warmline.channels.voice import words as w
from warmline.channels.voice.around import Around
from warmline.channels.voice.calls import Call, Message
from warmline.channels.webchat.deeds import derived
from warmline.conversations import writes
from warmline.conversations.model import Opening
from warmline.core import commands as c
from warmline.core.interaction import Interaction
from warmline.core.settings import Inbox
from warmline.core.words import (
    CHANNEL,
    SECOND,
    SYSTEM,
    CommandId,
    Instant,
    InteractionId,
    Malformed,
    Medium,
    Millis,
    Phase,
    QueueId,
    Rejected,
    SiteId,
    Verification,
)
from warmline.ports import Submit, Write
from warmline.storage.journal import storage_errors

log = structlog.get_logger()

TONE = "tone"
"""The sound after which one speaks."""
SILENCE_MS: Millis = 5 * SECOND
"""Then a message is over: longer than anybody thinks between two sentences, and so short that
somebody who has put the handset aside does not block a line."""
LEAST_MS: Millis = SECOND
"""Whoever hung up before that has left nothing."""
LEAST_SPOKEN_MS: Millis = SECOND
VOICEMAIL = "voicemail"
"""Why a call has ended in which a message was left, and what the message is about."""
SILENT = "silent"
ENDING = "#"
_MARK = "-message"


def steps(call: Call, message: Message) -> Iterator[w.VoiceCommand | c.Command]:
    """The tone, then the caller alone in the room, recorded; then nothing until it is kept."""
    customer = call.customer()
    if message.failed:
        yield c.Admit(
            id=CommandId(f"admit:{call.interaction}"),
            by=CHANNEL,
            interaction=call.interaction,
            queue=message.queue,
        )
        return
    if message.over or customer is None or not customer.talks() or customer.leaving:
        if call.tape is not None and not call.tape.stopping:
            yield w.StopRecording(recording=call.tape.id)
    elif not message.asked:
        yield w.Play(leg=customer.id, play=message.tone, sounds=(w.Sound(prompt=TONE),))
    elif message.heard and customer.place != call.room:
        yield w.OpenRoom(room=call.room, call=call.interaction)
        yield w.Join(leg=customer.id, room=call.room)
    elif message.heard and not message.started:
        yield w.StartRecording(
            recording=message.recording,
            room=call.room,
            most_ms=message.most_ms,
            silence_ms=SILENCE_MS,
        )


def remember(message: Message, step: w.VoiceCommand, outcome: w.Outcome) -> None:
    """What became of a step; without a tone one speaks all the same."""
    match step:
        case w.Play() if step.play == message.tone:
            message.asked = True
            message.heard = message.heard or outcome is not w.Outcome.DONE
        case w.StartRecording():
            message.started = True
            message.failed = outcome is not w.Outcome.DONE
        case _:
            return


def heard(message: Message, event: w.LegEvent) -> None:
    """The tone is over, or the key was pressed that ends a message."""
    match event:
        case w.Played() if event.play == message.tone:
            message.heard = True
        case w.DigitPressed(digit=digit) if digit == ENDING and message.started:
            message.over = True
        case _:
            return


def number_left(
    around: Around, call: Call, step: w.StartRecording, now: Instant
) -> tuple[Write, ...]:
    """Whom a message is from, on record from its first word on; nothing for other recordings."""
    message = call.message
    if message is None or message.recording != step.recording:
        return ()
    number = _number(call, around.region)
    new = waiting_as(around.site, call.interaction)
    return () if number is None else callbacks.asked(around.site, new, number, now)


def waiting_as(site: SiteId, id_: InteractionId) -> InteractionId:
    """The interaction as which the message of a call waits."""
    return InteractionId(derived(site, VOICEMAIL, id_))


def _number(call: Call, region: str | None) -> str | None:
    """Whom to call back; None for a caller who showed nothing that can be called."""
    shown = call.caller.number
    try:
        return None if shown is None else number_to_call(shown, region=region)
    except Malformed:
        return None


class Leaving:
    """Turns messages of callers into requests to be called back, in the queue of the flow."""

    def __init__(
        self,
        around: Around,
        *,
        ask: Submit,
        look: Callable[[InteractionId], None],
    ) -> None:
        self._look = look
        self._site = around.site
        self._abilities = around.network.abilities
        self._database = around.database
        self._calls = around.calls
        self._recordings = around.recordings
        self._state = around.state
        self._clock = around.clock
        self._ask = ask

    def begins(self, call: Call, queue: QueueId, most_ms: Millis) -> bool:
        """Whether a message is taken: not without a door for callbacks, nor without recording."""
        able = {w.Ability.RECORD, w.Ability.PLAY} <= self._abilities
        if not able or self._inbox(queue) is None:
            return False
        recording = w.RecordingId(f"{call.interaction}{_MARK}")
        tone = w.PlayId(f"{recording}:tone")
        call.message = Message(recording=recording, queue=queue, most_ms=most_ms, tone=tone)
        call.treated = False
        return True

    async def kept(self, event: w.RecordingReady, duration_ms: Millis | None) -> None:
        """A recording is finished; when it is a message, it waits from now on."""
        if not event.recording.endswith(_MARK):
            return
        id_ = InteractionId(event.recording.removesuffix(_MARK))
        found = self._state.center().interactions.get(id_)
        spoken = event.spoken_ms is None or event.spoken_ms >= LEAST_SPOKEN_MS
        if duration_ms is not None and duration_ms >= LEAST_MS and spoken:
            await self.left_over(event.recording)
            return
        if duration_ms is not None:
            await self._recordings.drop(event.recording, SILENT, self._clock.now())
        await self._nothing(id_)
        if found is not None and found.phase is Phase.TREATING:
            await self._over(c.HangUp(id=CommandId(f"left:{id_}"), by=CHANNEL, interaction=id_))

    async def left_over(self, only: w.RecordingId | None = None) -> None:
        """Messages that are kept and do not wait yet: this one, or after a crash any."""
        for one in await self._recordings.messages():
            if only in {None, one["id"]}:
                id_ = InteractionId(one["id"].removesuffix(_MARK))
                await self._left(id_, w.RecordingId(one["id"]), QueueId(one["queue"]))

    async def failed(self, recording: w.RecordingId) -> None:
        """Nothing could be kept of it: who is still there stands in line instead."""
        if not recording.endswith(_MARK):
            return
        id_ = InteractionId(recording.removesuffix(_MARK))
        await self._nothing(id_)
        call = self._calls.get(id_)
        customer = call.customer() if call is not None else None
        there = customer is not None and customer.talks() and not customer.leaving
        if call is not None and call.message is not None and there:
            call.message.failed = True
            self._look(id_)
            return
        await self._over(c.HangUp(id=CommandId(f"left:{id_}"), by=CHANNEL, interaction=id_))

    # Inside

    async def _left(self, id_: InteractionId, recording: w.RecordingId, queue: QueueId) -> None:
        """It waits in its queue; in this order, so that nothing is lost wherever it is cut off."""
        found = self._state.center().interactions.get(id_)
        await self._waits(id_, queue, found)
        if found is not None and found.phase is Phase.TREATING:
            await self._over(
                c.End(id=CommandId(f"left:{id_}"), by=SYSTEM, interaction=id_, cause=VOICEMAIL)
            )
        await self._recordings.belongs(recording, waiting_as(self._site, id_))

    async def _nothing(self, id_: InteractionId) -> None:
        """There is no message: nobody is to be called for it."""
        with storage_errors():
            async with self._database.write() as connection:
                new = waiting_as(self._site, id_)
                await connection.execute(callbacks.forgotten(self._site, new))

    def _inbox(self, queue: QueueId | None) -> Inbox | None:
        """The door for callbacks that leads to the queue, else the first."""
        inboxes = self._state.center().inboxes.values()
        doors = [one for one in inboxes if one.medium is Medium.CALLBACK]
        return min(doors, key=lambda one: (one.queue != queue, one.id), default=None)

    async def _waits(self, id_: InteractionId, queue: QueueId, found: Interaction | None) -> None:
        inbox = self._inbox(queue)
        if inbox is None:
            log.warning("message_nowhere_to_wait", interaction=id_)
            return
        at, new = self._clock.now(), waiting_as(self._site, id_)
        opening = Opening(
            interaction=new,
            medium=Medium.CALLBACK,
            inbox=inbox.id,
            at=at,
            customer=found.customer if found is not None else None,
            verification=found.verification if found is not None else Verification.UNKNOWN,
            segment=found.segment if found is not None else None,
            language=found.language if found is not None else None,
            reason=VOICEMAIL,
            follows=id_,
        )
        command = c.Arrive(
            id=CommandId(f"voicemail:{id_}"),
            by=CHANNEL,
            interaction=new,
            inbox=inbox.id,
            customer=opening.customer,
            verification=opening.verification,
            segment=opening.segment,
            language=opening.language,
            reason=VOICEMAIL,
            follows=id_,
            stake=found.stake if found is not None else None,
            queue=queue,
        )
        with suppress(Rejected):  # it waits already
            await self._ask(command, writes.opening(self._site, opening))

    async def _over(self, command: c.Command) -> None:
        with suppress(Rejected):
            await self._ask(command)
