"""A telephone network inside the process: it knows who hears whom, and everybody can do all."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from uuid import uuid4

from warmline.channels.loopback.tape import Tape
from warmline.channels.loopback.telephone import Collecting, Line, Room, Telephone
from warmline.channels.voice import words as w
from warmline.channels.voice.network import Hear
from warmline.core.words import AgentId
from warmline.ports import Clock

MUSIC = "music"
GONE_LIMIT = 10_000
"""Legs that ended and are remembered, so that a command for one of them finds it gone."""
HEARD_BY_ALL = frozenset({w.Mode.TALK, w.Mode.BARGE})


class TelephoneNetwork:
    """The network: telephones are made here, and ring one another through the center."""

    def __init__(self, *, clock: Clock, name: str = "loopback") -> None:
        self.name = name
        self.abilities = frozenset(w.Ability)
        self.lines: dict[w.LegId, Line] = {}
        self._clock = clock
        self._rooms: dict[w.RoomId, Room] = {}
        self._devices: dict[AgentId, Telephone] = {}
        self._numbers: dict[str, Telephone] = {}
        self._gone: OrderedDict[w.LegId, None] = OrderedDict()
        self._tapes: dict[w.RecordingId, tuple[w.RoomId, Tape]] = {}
        self._told: asyncio.Queue[w.VoiceEvent] | None = None
        self._up = True

    # The people around it

    def device(self, agent: AgentId) -> Telephone:
        """The phone of an agent, made when it is first asked for."""
        found = self._devices.get(agent)
        if found is None:
            found = Telephone(name=agent, network=self, agent=agent)
            self._devices[agent] = found
            self.seen(agent, on=True)
        return found

    def number(self, number: str) -> Telephone:
        """The phone behind a number, made when it is first asked for."""
        return self._numbers.setdefault(number, Telephone(name=number, network=self))

    def call(
        self,
        called: str,
        *,
        caller: w.Caller | None = None,
        facts: Mapping[str, str] | None = None,
    ) -> Telephone:
        """Somebody calls a number or page of the center."""
        caller = caller or w.Caller()
        leg = w.LegId(str(uuid4()))
        phone = Telephone(name=caller.number or leg, network=self, leg=leg)
        self.lines[leg] = Line(leg=leg, phone=phone, role=w.Role.CUSTOMER)
        now = self._clock.now()
        self._tell(w.LegOffered(at=now, leg=leg, caller=caller, called=called, facts=facts or {}))
        return phone

    def cut(self) -> None:
        """The center cannot reach the network any more; those who talk talk on."""
        self._tell(w.NetworkDown(at=self._clock.now()))
        self._up = False

    def mend(self) -> None:
        """It can again; what happened meanwhile shows in the snapshot alone."""
        self._up = True
        self._tell(w.NetworkUp(at=self._clock.now()))

    # The port

    async def run(self, hear: Hear) -> None:
        """Tell what happens, from now on, until cancelled."""
        told = self._told = asyncio.Queue[w.VoiceEvent]()
        if self._up:
            self._tell(w.NetworkUp(at=self._clock.now()))
        try:
            while True:
                await hear(await told.get())
        finally:
            self._told = None

    async def do(self, command: w.VoiceCommand) -> w.Outcome:
        """Do it; a leg or room that is not there is gone."""
        if not self._up:
            return w.Outcome.FAILED
        match command:
            case w.Dial():
                return self._dial(command)
            case w.LegCommand():
                line = self.lines.get(command.leg)
                return w.Outcome.GONE if line is None else self._do(line, command)
            case _:
                return self._do_with_room(command)

    async def snapshot(self) -> w.Snapshot:
        """All that is there."""
        if not self._up:
            raise ConnectionError(self.name)
        return w.Snapshot(
            legs=tuple(
                w.LegSeen(
                    leg=line.leg,
                    call=line.call,
                    role=line.role,
                    answered=line.answered,
                    room=line.room,
                    agent=line.phone.agent,
                )
                for line in self.lines.values()
            ),
            rooms=tuple(self._rooms),
            recordings=tuple(id_ for id_, (_, tape) in self._tapes.items() if not tape.is_done()),
        )

    async def sound(self, recording: w.RecordingId) -> bytes:
        """What was recorded: a tone for everybody who could be heard."""
        found = self._tapes.get(recording)
        if found is None or not found[1].is_done():
            raise LookupError(recording)
        return found[1].wav()

    async def forget(self, recording: w.RecordingId) -> None:
        """The tape is wiped."""
        self._tapes.pop(recording, None)

    # What telephones do

    def answered(self, line: Line) -> None:
        """A telephone took its call."""
        if line.timer is not None:
            line.timer.cancel()
        line.answered = True
        self._tell(w.LegAnswered(at=self._clock.now(), leg=line.leg))

    def end(self, leg: w.LegId, cause: w.Cause, by: w.By) -> None:
        """A leg is over; the first word on it is the last."""
        line = self.lines.pop(leg, None)
        if line is None:
            return
        for timer in (line.timer, line.collecting.timer if line.collecting else None):
            if timer is not None:
                timer.cancel()
        line.phone.leg = None
        self._gone[leg] = None
        if len(self._gone) > GONE_LIMIT:
            self._gone.popitem(last=False)
        self._changed(line.room)
        self._tell(w.LegEnded(at=self._clock.now(), leg=leg, cause=cause, by=by))

    def pressed(self, leg: w.LegId, digit: str) -> None:
        """A key was pressed; while a recording is paused nobody is told which."""
        line = self.lines.get(leg)
        if line is None or self._is_paused(line.room):
            return
        now = self._clock.now()
        self._tell(w.DigitPressed(at=now, leg=leg, digit=digit))
        if line.playing is not None and line.playing.stop_on_digit:
            self._stop_playing(line.playing.play)
        if line.collecting is not None:
            self._collects(line, digit)

    def asked_hold(self, leg: w.LegId, *, on: bool) -> None:
        """A telephone's own hold key was pressed."""
        self._tell(w.HoldAsked(at=self._clock.now(), leg=leg, on=on))

    def asked_transfer(self, leg: w.LegId, to: str) -> None:
        """A telephone's own transfer key was pressed."""
        self._tell(w.TransferAsked(at=self._clock.now(), leg=leg, to=to))

    def seen(self, agent: AgentId, *, on: bool) -> None:
        """An agent's telephone came or went."""
        self._tell(w.DeviceSeen(at=self._clock.now(), agent=agent, on=on))

    def spoken(self, leg: w.LegId) -> None:
        """Somebody began to speak, or fell silent."""
        line = self.lines.get(leg)
        self._changed(line.room if line is not None else None)

    def heard_by(self, leg: w.LegId) -> frozenset[str]:
        """The names of all that is heard on a leg."""
        line = self.lines.get(leg)
        if line is None or not line.answered:
            return frozenset()
        if line.playing is not None:
            sounds = line.playing.sounds
            return frozenset(one.prompt or one.blob or one.text or "" for one in sounds)
        if line.music:
            return frozenset({MUSIC})
        others = (one for one in self._in(line.room) if one is not line)
        return frozenset(one.phone.name for one in others if _hears(line, one))

    # What the center asks

    def _dial(self, command: w.Dial) -> w.Outcome:
        if command.leg in self.lines:
            return w.Outcome.DONE
        if command.leg in self._gone:
            return w.Outcome.GONE
        match command.to:
            case w.Device(agent=agent):
                phone = self._devices.get(agent)
            case w.Number(value=value):
                phone = self._numbers.get(value)
        shadow = Telephone(name="nobody", network=self)
        reached = phone is not None and phone.there and phone.leg is None
        line = Line(
            leg=command.leg,
            phone=phone if phone is not None and reached else shadow,
            role=command.role,
            call=command.call,
            dialled=True,
        )
        line.phone.leg = command.leg
        line.phone.caller = command.caller.number
        self.lines[command.leg] = line
        if not reached:
            busy = phone is not None and phone.there
            cause = w.Cause.BUSY if busy else w.Cause.UNREACHABLE
            self.end(command.leg, cause, w.By.PARTY if busy else w.By.NETWORK)
            return w.Outcome.DONE
        self._tell(w.LegRinging(at=self._clock.now(), leg=command.leg))
        line.timer = asyncio.get_running_loop().call_later(
            command.ring_ms / 1_000, self.end, command.leg, w.Cause.NO_ANSWER, w.By.NETWORK
        )
        return w.Outcome.DONE

    def _do_with_room(self, command: w.VoiceCommand) -> w.Outcome:
        match command:
            case w.OpenRoom(room=room, call=call):
                self._rooms.setdefault(room, Room(id=room, call=call))
                return w.Outcome.DONE
            case w.CloseRoom(room=room):
                return self._close(room)
            case w.PlayInRoom(room=room):
                for line in self._in(room):
                    play = w.Play(leg=line.leg, play=command.play, sounds=command.sounds)
                    self._play(line, play)
                return w.Outcome.DONE if room in self._rooms else w.Outcome.GONE
            case w.StartRecording():
                return self._record(command)
            case w.PauseRecording() | w.ResumeRecording() | w.StopRecording():
                return self._tape(command)
            case _:
                return w.Outcome.UNSUPPORTED

    def _do(self, line: Line, command: w.LegCommand) -> w.Outcome:
        match command:
            case w.Answer():
                if not line.answered and not line.dialled:
                    self.answered(line)
            case w.PickUp():
                line.phone.answer()
            case w.Reject(cause=cause) | w.HangUpLeg(cause=cause):
                self.end(line.leg, cause, w.By.CENTER)
            case w.Join():
                return self._join(line, command)
            case w.Wait():
                self._move(line, None)
                line.music = True
            case w.Mute(on=on):
                line.mute = on
                self._changed(line.room)
            case _:
                return self._do_with_sound(line, command)
        return w.Outcome.DONE

    def _do_with_sound(self, line: Line, command: w.LegCommand) -> w.Outcome:
        match command:
            case w.Play():
                self._play(line, command)
            case w.StopPlaying(play=play):
                return self._stop_playing(play)
            case w.Collect():
                self._collect(line, command)
            case w.SendDigits(digits=digits):
                line.phone.digits += digits
            case _:
                return w.Outcome.UNSUPPORTED
        return w.Outcome.DONE

    def _join(self, line: Line, command: w.Join) -> w.Outcome:
        if command.room not in self._rooms:
            return w.Outcome.GONE
        if line.playing is not None:
            self._stop_playing(line.playing.play)
        self._move(line, command.room)
        line.mode, line.of = command.mode, command.of
        self._changed(command.room)
        return w.Outcome.DONE

    def _move(self, line: Line, room: w.RoomId | None) -> None:
        before, line.room = line.room, room
        line.music = False
        self._changed(before)

    def _close(self, room: w.RoomId) -> w.Outcome:
        if room not in self._rooms:
            return w.Outcome.GONE
        for recording, (of, tape) in self._tapes.items():
            if of == room and not tape.is_done():
                self._finish(recording, tape)
        for line in self._in(room):
            line.room = None
        del self._rooms[room]
        return w.Outcome.DONE

    def _in(self, room: w.RoomId | None) -> list[Line]:
        return [one for one in self.lines.values() if room is not None and one.room == room]

    # Sounds and digits

    def _play(self, line: Line, command: w.Play) -> None:
        if line.playing is not None and line.playing.play == command.play:
            return
        if line.playing is not None:
            self._stop_playing(line.playing.play)
        line.playing = command
        # Prompts here are as short as can be: whoever listens may still hear them until then.
        asyncio.get_running_loop().call_later(0.2, self._stop_playing, command.play)

    def _stop_playing(self, play: w.PlayId) -> w.Outcome:
        for line in self.lines.values():
            if line.playing is not None and line.playing.play == play:
                line.playing = None
                self._tell(w.Played(at=self._clock.now(), leg=line.leg, play=play))
                return w.Outcome.DONE
        return w.Outcome.GONE

    def _collect(self, line: Line, command: w.Collect) -> None:
        if line.collecting is not None and line.collecting.asked.collect == command.collect:
            return
        line.collecting = Collecting(asked=command)
        self._collects_until(line, command.first_ms)

    def _collects(self, line: Line, digit: str) -> None:
        collecting = line.collecting
        assert collecting is not None
        if digit == collecting.asked.ending:
            self._collected(line)
            return
        collecting.digits += digit
        if len(collecting.digits) >= collecting.asked.most:
            self._collected(line)
        else:
            self._collects_until(line, collecting.asked.between_ms)

    def _collects_until(self, line: Line, ms: int) -> None:
        assert line.collecting is not None
        if line.collecting.timer is not None:
            line.collecting.timer.cancel()
        loop = asyncio.get_running_loop()
        line.collecting.timer = loop.call_later(ms / 1_000, self._collected, line)

    def _collected(self, line: Line) -> None:
        collecting, line.collecting = line.collecting, None
        if collecting is None:
            return
        if collecting.timer is not None:
            collecting.timer.cancel()
        self._tell(
            w.Collected(
                at=self._clock.now(),
                leg=line.leg,
                collect=collecting.asked.collect,
                digits=collecting.digits,
            )
        )

    # Recordings

    def _record(self, command: w.StartRecording) -> w.Outcome:
        room = self._rooms.get(command.room)
        if room is None:
            return w.Outcome.GONE
        if command.recording not in self._tapes:
            tape = Tape(silence_ms=command.silence_ms)
            self._tapes[command.recording] = (command.room, tape)
            self._changed(command.room)
        return w.Outcome.DONE

    def _tape(self, command: w.PauseRecording | w.ResumeRecording | w.StopRecording) -> w.Outcome:
        found = self._tapes.get(command.recording)
        if found is None or found[1].is_done():
            return w.Outcome.GONE
        room, tape = found
        if isinstance(command, w.StopRecording):
            self._finish(command.recording, tape)
        else:
            tape.paused = isinstance(command, w.PauseRecording)
            self._changed(room)
        return w.Outcome.DONE

    def _finish(self, recording: w.RecordingId, tape: Tape) -> None:
        if tape.is_done():
            return
        now = self._clock.now()
        tape.finish(now)
        self._tell(
            w.RecordingReady(
                at=now,
                recording=recording,
                duration_ms=tape.duration_ms(),
                spoken_ms=tape.spoken_ms(),
            )
        )

    def _is_paused(self, room: w.RoomId | None) -> bool:
        tapes = (tape for of, tape in self._tapes.values() if of == room and not tape.is_done())
        return room is not None and any(tape.paused for tape in tapes)

    def _changed(self, room: w.RoomId | None) -> None:
        """Who can be heard in a room is others now: the tapes of it go on with them."""
        if room is None:
            return
        voices = [
            one.phone.name
            for one in self._in(room)
            if one.answered and not one.mute and one.mode in HEARD_BY_ALL and not one.phone.silent
        ]
        for recording, (of, tape) in self._tapes.items():
            if of == room and not tape.is_done():
                tape.record(self._clock.now(), voices)
                self._ends_silent(recording, tape)

    def _ends_silent(self, recording: w.RecordingId, tape: Tape) -> None:
        """Finish it once nobody has said anything for as long as was asked."""
        if tape.ending is not None:
            tape.ending.cancel()
            tape.ending = None
        if tape.silence_ms and tape.is_silent():
            loop = asyncio.get_running_loop()
            tape.ending = loop.call_later(tape.silence_ms / 1_000, self._finish, recording, tape)

    def _tell(self, event: w.VoiceEvent) -> None:
        if self._told is not None and self._up:
            self._told.put_nowait(event)


def _hears(line: Line, other: Line) -> bool:
    if not other.answered or other.mute:
        return False
    return other.mode in HEARD_BY_ALL or (other.mode is w.Mode.WHISPER and other.of == line.leg)
