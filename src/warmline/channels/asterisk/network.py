"""An Asterisk as a telephone network of the center."""

import asyncio

import structlog

from warmline.channels.asterisk.ari import Ari, NotThere
from warmline.channels.asterisk.board import Board, Leg
from warmline.channels.asterisk.browsers import Browsers
from warmline.channels.asterisk.devices import Devices
from warmline.channels.asterisk.dialling import Dialling
from warmline.channels.asterisk.fetching import Fetching, Heard
from warmline.channels.asterisk.hearing import Hearing
from warmline.channels.asterisk.recordings import Recordings
from warmline.channels.asterisk.rooms import Rooms
from warmline.channels.asterisk.sounds import Sounds
from warmline.channels.asterisk.words import APP
from warmline.channels.voice import words as w
from warmline.channels.voice.network import Hear
from warmline.ports import Clock

LOOK_AGAIN_S = 1.0

log = structlog.get_logger()


def sip_door(url: str) -> str:
    """Where an Asterisk takes SIP over a WebSocket, beside where it is steered.

    >>> sip_door("http://127.0.0.1:8088/")
    'ws://127.0.0.1:8088/ws'
    """
    return f"ws{url.rstrip('/').removeprefix('http')}/ws"


class AsteriskNetwork:
    """Carries calls by one Asterisk, steered over its REST interface."""

    def __init__(
        self,
        url: str,
        *,
        user: str,
        password: str,
        clock: Clock,
        trunk: str = "trunk",
        app: str = APP,
        name: str = "asterisk",
        heard: Heard | None = None,
        sip_url: str | None = None,
    ) -> None:
        self.name = name
        self.abilities = frozenset(w.Ability)
        self._ups = 0
        self._ari = Ari(url, user=user, password=password, app=app)
        self._board = board = Board(self._ari, clock)
        devices = Devices(clock)
        self._dialling = Dialling(board, trunk, devices)
        self._fetching = Fetching(self._ari, heard)
        self._rooms, self._sounds = Rooms(board), Sounds(board, self._fetching)
        self._recordings = Recordings(board)
        self._hearing = Hearing(board, self._rooms, self._sounds, self._recordings, trunk, devices)
        self.browsers = Browsers(board, devices, sip_url or sip_door(url))

    async def run(self, hear: Hear) -> None:
        """Tell what happens, until cancelled; comes back by itself when Asterisk was away."""
        board = self._board
        try:
            async with asyncio.TaskGroup() as tasks:
                board.begin(hear, tasks)
                await self._ari.listen(
                    self._hearing.hear, lambda: board.spawn(self._come_up()), self._go_down
                )
        finally:
            board.end_hearing()
            await self.browsers.lines.close()
            await self._ari.close()

    async def do(self, command: w.VoiceCommand) -> w.Outcome:
        """Do what is asked, at once."""
        try:
            match command:
                case w.Dial():
                    return await self._dialling.dial(command)
                case w.LegCommand():
                    return await self._do_with_leg(command)
                case _:
                    return await self._do_with_room(command)
        except NotThere as error:
            log.warning("asterisk_away", asked=type(command).__name__, cause=str(error))
            return w.Outcome.FAILED

    async def snapshot(self) -> w.Snapshot:
        """What is there now."""
        await self._board.look()
        return w.Snapshot(
            legs=tuple(
                w.LegSeen(
                    leg=leg.id,
                    call=leg.call,
                    role=leg.role,
                    answered=leg.answered,
                    room=leg.room,
                    agent=leg.agent,
                )
                for leg in self._board.legs.values()
            ),
            rooms=tuple(self._board.rooms),
            recordings=self._recordings.live(),
        )

    async def sound(self, recording: w.RecordingId) -> bytes:
        """A finished recording."""
        return await self._recordings.sound(recording)

    async def forget(self, recording: w.RecordingId) -> None:
        """No copy stays in Asterisk."""
        try:
            await self._recordings.forget(recording)
        except NotThere:
            log.warning("recording_stays", recording=recording)

    async def _come_up(self) -> None:
        self._ups += 1
        this = self._ups
        while this == self._ups:
            try:
                await self._board.sweep(await self._board.look())
                await self._recordings.look()
                await self._hearing.look()
                await self.browsers.come_up()
                await self._fetching.look()
            except NotThere:
                await asyncio.sleep(LOOK_AGAIN_S)
            else:
                self._board.tell(w.NetworkUp(at=self._board.clock.now()))
                return

    def _go_down(self) -> None:
        self._board.tell(w.NetworkDown(at=self._board.clock.now()))

    async def _do_with_leg(self, command: w.LegCommand) -> w.Outcome:
        leg = self._board.legs.get(command.leg)
        if leg is None:
            return w.Outcome.GONE
        match command:
            case w.Reject(cause=cause) | w.HangUpLeg(cause=cause):
                return await self._dialling.hang_up(leg, cause)
            case w.PickUp():
                return self.browsers.pick_up(leg)
            case _:
                async with leg.turn:
                    if leg.id not in self._board.legs:
                        return w.Outcome.GONE
                    return await self._do_in_turn(leg, command)

    async def _do_in_turn(self, leg: Leg, command: w.LegCommand) -> w.Outcome:
        match command:
            case w.Answer():
                return await self._dialling.answer(leg)
            case w.Join():
                if leg.playing is not None:
                    await self._sounds.stop(leg, leg.playing.asked.play)
                return await self._rooms.join(leg, command)
            case w.Wait():
                return await self._rooms.wait(leg, command)
            case w.Mute(on=on):
                return await self._rooms.mute(leg, on=on)
            case _:
                return await self._do_with_sound(leg, command)

    async def _do_with_sound(self, leg: Leg, command: w.LegCommand) -> w.Outcome:
        match command:
            case w.Play():
                return await self._sounds.play(leg, command)
            case w.StopPlaying(play=play):
                return await self._sounds.stop(leg, play)
            case w.Collect():
                return self._sounds.collect(leg, command)
            case w.SendDigits(digits=digits):
                return await self._sounds.send(leg, digits)
            case _:
                return w.Outcome.UNSUPPORTED

    async def _do_with_room(self, command: w.VoiceCommand) -> w.Outcome:
        match command:
            case w.OpenRoom():
                return await self._rooms.open(command)
            case w.PlayInRoom(room=room):
                there = self._board.rooms.get(room)
                found = w.Outcome.GONE
                return found if there is None else await self._sounds.in_room(there.bridge, command)
            case w.CloseRoom(room=room):
                await self._recordings.stop_of(room)
                return await self._rooms.close(room)
            case _:
                return await self._do_with_recording(command)

    async def _do_with_recording(self, command: w.VoiceCommand) -> w.Outcome:
        match command:
            case w.StartRecording():
                return await self._recordings.start(command)
            case w.PauseRecording(recording=id_):
                return await self._recordings.pause(id_, on=True)
            case w.ResumeRecording(recording=id_):
                return await self._recordings.pause(id_, on=False)
            case w.StopRecording(recording=id_):
                return await self._recordings.stop(id_)
            case _:
                return w.Outcome.UNSUPPORTED
