"""Who hears whom: rooms are mixing bridges, waiting is a holding one, watching is a snoop."""

from uuid import uuid4

from warmline.channels.asterisk import words as ast
from warmline.channels.asterisk.ari import path
from warmline.channels.asterisk.board import Board, Leg, Room, Watching
from warmline.channels.voice import words as w

DEFAULT_MUSIC = "default"


class Rooms:
    """The rooms of the exchange, and the places beside them."""

    def __init__(self, board: Board) -> None:
        self._board = board

    async def open(self, command: w.OpenRoom) -> w.Outcome:
        """Make a room; one that is open stays."""
        if command.room in self._board.rooms:
            return w.Outcome.DONE
        bridge = await self._board.opened(f"{ast.ROOM}{command.room}", "mixing")
        if bridge is None:
            return w.Outcome.FAILED
        self._board.rooms[command.room] = Room(call=command.call, bridge=bridge)
        return w.Outcome.DONE

    async def close(self, room: w.RoomId) -> w.Outcome:
        """Close a room; its legs stay, and hear nothing."""
        found = self._board.rooms.pop(room, None)
        if found is None:
            return w.Outcome.GONE
        done = await self._board.outcome("DELETE", path("bridges", found.bridge))
        for leg in list(self._board.legs.values()):
            if leg.room == room:
                leg.room = None
                await self._stop_watching(leg)
        return done

    async def join(self, leg: Leg, command: w.Join) -> w.Outcome:
        """Bring a leg into a room, or beside it."""
        board = self._board
        room = board.rooms.get(command.room)
        if room is None:
            return w.Outcome.GONE
        if command.mode in {w.Mode.LISTEN, w.Mode.WHISPER}:
            return await self._watch(leg, command)
        await self._stop_watching(leg)
        where = path("bridges", room.bridge, "addChannel")
        done = await board.outcome("POST", where, channel=leg.id)
        if done is w.Outcome.DONE:
            await self._moved(leg, command.room)
            leg.call = leg.call or room.call
        return done

    async def wait(self, leg: Leg, command: w.Wait) -> w.Outcome:
        """Let a leg wait with music."""
        board = self._board
        if leg.waiting:
            return w.Outcome.DONE
        await self._stop_watching(leg)
        if command.music != DEFAULT_MUSIC:
            named = path("channels", leg.id, "variable")
            kind = "CHANNEL(musicclass)"
            await board.ari.ask("POST", named, variable=kind, value=command.music)
        done = await self._enter_waiting(leg)
        if done is w.Outcome.GONE:
            board.waiting = None  # it is the place that is gone, or the leg
            done = await self._enter_waiting(leg)
        if done is w.Outcome.DONE:
            await self._moved(leg, None)
            leg.waiting = True
        return done

    async def _enter_waiting(self, leg: Leg) -> w.Outcome:
        board = self._board
        bridge = board.waiting = board.waiting or await board.opened(ast.WAITING, "holding")
        if bridge is None:
            return w.Outcome.FAILED
        # Without the role there is no music, not even a packet of silence.
        where = path("bridges", bridge, "addChannel")
        return await board.outcome("POST", where, channel=leg.id, role="holding_participant")

    async def mute(self, leg: Leg, *, on: bool) -> w.Outcome:
        """Whether the others hear the leg."""
        where = path("channels", leg.id, "mute")
        return await self._board.outcome("POST" if on else "DELETE", where, direction="in")

    async def left(self, leg: Leg) -> None:
        """A leg is over: what was made for it goes, and who watched it watches another."""
        await self._stop_watching(leg)
        await self._look_away_from(leg)

    async def _moved(self, leg: Leg, room: w.RoomId | None) -> None:
        before = leg.room
        leg.waiting, leg.room = False, room
        if before != room:
            await self._look_away_from(leg)
        if room is not None:
            await self._look_again(room)

    # Watching

    async def _watch(self, leg: Leg, command: w.Join) -> w.Outcome:
        board, now = self._board, leg.watching
        bridge = now.bridge if now is not None else f"{ast.LISTENING}{uuid4().hex}"
        if now is not None and (leg.room, now.mode, now.of) == (
            command.room,
            command.mode,
            command.of,
        ):
            return w.Outcome.DONE
        if not await board.ensure_bridge(bridge, "mixing"):
            return w.Outcome.FAILED
        where = path("bridges", bridge, "addChannel")
        done = await board.outcome("POST", where, channel=leg.id)
        if done is not w.Outcome.DONE:
            return done
        if now is not None:
            await self._drop_snoop(now)
        await self._moved(leg, None)
        leg.room = command.room
        leg.watching = Watching(bridge=bridge, mode=command.mode, of=command.of)
        await self._attach(leg, leg.watching, command.room)
        return w.Outcome.DONE

    async def _attach(self, leg: Leg, watching: Watching, room: w.RoomId) -> None:
        """Hear through one who is in the room: what they say, and all that they hear."""
        inside = [one for one in self._board.within(room) if one is not leg]
        if watching.of is not None:
            inside = [one for one in inside if one.id == watching.of]
        target = next((one for one in inside if one.role is w.Role.AGENT), None)
        target = target or next(iter(inside), None)
        if target is None:
            return
        snoop = f"{ast.SNOOP}{uuid4().hex}"
        watching.snoop, watching.target = snoop, target.id
        whisper = "out" if watching.mode is w.Mode.WHISPER else "none"
        if not await self._board.snoop(snoop, target.id, spy="both", whisper=whisper):
            watching.snoop = watching.target = None
            return
        where = path("bridges", watching.bridge, "addChannel")
        await self._board.ari.ask("POST", where, channel=snoop)

    async def _stop_watching(self, leg: Leg) -> None:
        watching, leg.watching = leg.watching, None
        if watching is not None:
            await self._drop_snoop(watching)
            await self._board.forget_bridge(watching.bridge)

    async def _drop_snoop(self, watching: Watching) -> None:
        snoop, watching.snoop, watching.target = watching.snoop, None, None
        if snoop is not None:
            await self._board.ari.ask("DELETE", path("channels", snoop))

    async def _look_away_from(self, leg: Leg) -> None:
        """Nobody follows a leg out of the room that they watch."""
        for one in list(self._board.legs.values()):
            watching = one.watching
            if watching is not None and watching.target == leg.id:
                await self._drop_snoop(watching)
                if one.room is not None:
                    await self._attach(one, watching, one.room)

    async def _look_again(self, room: w.RoomId) -> None:
        for one in list(self._board.legs.values()):
            if one.watching is not None and one.room == room and one.watching.snoop is None:
                await self._attach(one, one.watching, room)
