"""The built-in telephone network: browsers talk with each other, we tell them with whom."""

import asyncio

from warmline.channels.voice.network import Hear
from warmline.channels.voice.words import (
    Ability,
    Answer,
    By,
    CloseRoom,
    Collect,
    Device,
    DeviceSeen,
    Dial,
    HangUpLeg,
    Join,
    LegCommand,
    Mode,
    Mute,
    NetworkUp,
    OpenRoom,
    Outcome,
    PauseRecording,
    PickUp,
    Play,
    PlayInRoom,
    QualityMeasured,
    RecordingId,
    Reject,
    ResumeRecording,
    RoomId,
    Snapshot,
    StartRecording,
    StopPlaying,
    StopRecording,
    VoiceCommand,
    VoiceEvent,
    Wait,
)
from warmline.channels.webrtc.board import Board
from warmline.channels.webrtc.legs import Leg, Room
from warmline.channels.webrtc.relay import Relay

BETWEEN_PAGES = frozenset(
    {Ability.MUSIC, Ability.CONFERENCE, Ability.LISTEN, Ability.WHISPER, Ability.BARGE}
)
RELAYED = frozenset({Ability.DIGITS, Ability.PLAY, Ability.RECORD, Ability.SPLIT})
FIGURES_WAITING = 1_000
"""Measurements are let go when so many events wait; what happened never is."""


class WebRtcNetwork:
    """`VoiceNetwork` without telephones; digits, prompts and recordings only by a relay."""

    name = "webrtc"

    def __init__(self, board: Board, relay: Relay | None = None) -> None:
        self.board = board
        self.relay = board.between = relay
        self.abilities = BETWEEN_PAGES if relay is None else BETWEEN_PAGES | RELAYED
        self._running = False

    @property
    def running(self) -> bool:
        """Whether somebody listens."""
        return self._running

    async def run(self, hear: Hear) -> None:
        """Tell what happens until cancelled; pages that are connected already are told of first."""
        events: asyncio.Queue[VoiceEvent] = asyncio.Queue()

        def tell(event: VoiceEvent) -> None:
            if not isinstance(event, QualityMeasured) or events.qsize() < FIGURES_WAITING:
                events.put_nowait(event)

        now = self.board.clock.now()
        tell(NetworkUp(at=now))
        for agent in self.board.agents():
            tell(DeviceSeen(at=now, agent=agent, on=True))
        self.board.tell = tell
        self._running = True
        try:
            while True:
                await hear(await events.get())
        finally:
            self._running = False
            self.board.silence()

    async def snapshot(self) -> Snapshot:
        """What is there now."""
        return Snapshot(
            legs=tuple(leg.seen() for leg in self.board.legs.values()),
            rooms=tuple(self.board.rooms),
            recordings=self.relay.tapes.ids() if self.relay is not None else (),
        )

    async def sound(self, recording: RecordingId) -> bytes:
        """A finished recording of a relayed call."""
        if self.relay is None:
            raise LookupError(recording)
        return await asyncio.to_thread(self.relay.tapes.sound, recording)

    async def forget(self, recording: RecordingId) -> None:
        """No copy stays here."""
        if self.relay is not None:
            self.relay.tapes.forget(recording)

    async def do(self, command: VoiceCommand) -> Outcome:
        """Do what is asked, at once."""
        match command:
            case OpenRoom():
                room = Room(id=command.room, call=command.call)
                self.board.rooms.setdefault(command.room, room)
                return Outcome.DONE
            case CloseRoom():
                return self._close(command.room)
            case Dial():
                return self._dial(command)
            case PlayInRoom():
                return Outcome.UNSUPPORTED if self.relay is None else self.relay.play_in(command)
            case LegCommand():
                leg = self.board.legs.get(command.leg)
                return Outcome.GONE if leg is None else self._of_leg(command, leg)
            case _:
                return self._of_recording(command)

    def _of_recording(self, command: VoiceCommand) -> Outcome:
        if self.relay is None:
            return Outcome.UNSUPPORTED
        tapes = self.relay.tapes
        match command:
            case StartRecording(recording=id_):
                return Outcome.DONE if tapes.get(id_) else self.relay.record(command)
            case StopRecording(recording=id_):
                return Outcome.DONE if tapes.stop(id_) else Outcome.GONE
            case PauseRecording(recording=id_) | ResumeRecording(recording=id_):
                tape = tapes.get(id_)
                if tape is None:
                    return Outcome.GONE
                tape.paused = isinstance(command, PauseRecording)
                return Outcome.DONE
            case _:
                return Outcome.UNSUPPORTED

    def _of_leg(self, command: LegCommand, leg: Leg) -> Outcome:
        match command:
            case Answer():
                self.board.answer(leg, None)
            case Reject() | HangUpLeg():
                self.board.end(leg, command.cause, By.CENTER)
            case PickUp():
                return self._pick_up(leg)
            case Join():
                return self._join(command, leg)
            case Wait():
                return self._wait(command, leg)
            case Mute():
                leg.muted = command.on
                self.board.show(leg)
            case _:
                return self._of_sound(command, leg)
        return Outcome.DONE

    def _of_sound(self, command: LegCommand, leg: Leg) -> Outcome:
        if self.relay is None or leg.answered_at is None:
            return Outcome.UNSUPPORTED
        match command:
            case Play():
                return self.relay.play(leg, command)
            case StopPlaying(play=play):
                return self.relay.stop_playing(leg, play)
            case Collect():
                self.relay.keys.collect(command)
                return Outcome.DONE
            case _:
                return Outcome.UNSUPPORTED

    def _dial(self, command: Dial) -> Outcome:
        if not isinstance(command.to, Device):
            return Outcome.UNSUPPORTED
        if command.leg in self.board.legs:
            return Outcome.DONE
        if self.board.was(command.leg):
            return Outcome.GONE
        leg = Leg(
            id=command.leg,
            role=command.role,
            call=command.call,
            agent=command.to.agent,
            caller=command.caller,
            facts=dict(command.facts),
        )
        self.board.dial(leg, ring_ms=command.ring_ms)
        return Outcome.DONE

    def _pick_up(self, leg: Leg) -> Outcome:
        if leg.answered_at is not None:
            return Outcome.DONE
        phones = self.board.phones(leg.agent) if leg.agent is not None else []
        if not phones:
            return Outcome.FAILED
        phones[-1].tell({"type": "pick_up", "leg": leg.id})
        return Outcome.DONE

    def _join(self, command: Join, leg: Leg) -> Outcome:
        room = self.board.rooms.get(command.room)
        if room is None or (command.of is not None and command.of not in self.board.legs):
            return Outcome.GONE
        if leg.answered_at is None or (command.mode is Mode.WHISPER and command.of is None):
            return Outcome.FAILED
        leg.call = leg.call or room.call
        leg.mode, leg.of, leg.waits = command.mode, command.of, False
        if self.relay is not None:
            self.relay.stop_playing(leg)
        self.board.move(leg, room.id)
        return Outcome.DONE

    def _wait(self, command: Wait, leg: Leg) -> Outcome:
        if leg.answered_at is None:
            return Outcome.FAILED
        leg.waits, leg.music = True, command.music
        self.board.move(leg, None)
        return Outcome.DONE

    def _close(self, room: RoomId) -> Outcome:
        if self.board.rooms.pop(room, None) is None:
            return Outcome.GONE
        if self.relay is not None:
            self.relay.tapes.stop_of(room)
        for leg in [one for one in self.board.legs.values() if one.room == room]:
            self.board.move(leg, None)
        return Outcome.DONE
