"""What Asterisk tells, turned into the words of the center."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import structlog

from warmline.channels.asterisk import words as ast
from warmline.channels.asterisk.ari import Told
from warmline.channels.asterisk.board import Board, Leg
from warmline.channels.asterisk.devices import Devices
from warmline.channels.asterisk.recordings import Recordings
from warmline.channels.asterisk.rooms import Rooms
from warmline.channels.asterisk.sounds import Sounds
from warmline.channels.voice import words as w
from warmline.core.words import SECOND

log = structlog.get_logger()

_NOBODY = frozenset({"", "anonymous", "unknown", "restricted"})
_TEXT_LIMIT = 200


class Hearing:
    """The ears: one event after another, quickly; what takes time is done beside."""

    def __init__(
        self,
        board: Board,
        rooms: Rooms,
        sounds: Sounds,
        recordings: Recordings,
        trunk: str,
        devices: Devices,
    ) -> None:
        self._board, self._trunk, self._devices = board, trunk, devices
        self._rooms, self._sounds, self._recordings = rooms, sounds, recordings
        kinds: dict[str, Callable[[Told], None]] = {
            "StasisStart": self._entered,
            "StasisEnd": self._left,
            "ChannelDestroyed": self._left,
            "ChannelHangupRequest": self._hanging_up,
            "ChannelStateChange": self._changed,
            "ChannelDtmfReceived": self._pressed,
            "ChannelHold": lambda event: self._hold(event, on=True),
            "ChannelUnhold": lambda event: self._hold(event, on=False),
            "ChannelTransfer": self._transfer,
            "PlaybackFinished": self._played,
            "RecordingFinished": lambda event: self._recorded(event, failed=None),
            "RecordingFailed": lambda event: self._recorded(event, failed="failed"),
            "PeerStatusChange": self._phone,
        }
        self._kinds: Mapping[str, Callable[[Told], None]] = MappingProxyType(kinds)

    def hear(self, event: Told) -> None:
        """Take one event; those that mean nothing to us are let go."""
        kind = self._kinds.get(event.get("type", ""))
        if kind is None:
            return
        try:
            kind(event)
        except (KeyError, TypeError) as error:
            log.exception("asterisk_strange", event_type=event["type"], cause=type(error).__name__)

    def _leg(self, event: Told) -> Leg | None:
        return self._board.legs.get(event["channel"]["id"])

    def _entered(self, event: Told) -> None:
        channel, args = event["channel"], event["args"]
        id_ = w.LegId(channel["id"])
        if args == [ast.WATCHING]:
            if id_ in self._board.entering:
                self._board.entering[id_].set()
        elif args == [ast.DIALLED]:
            leg = self._board.legs.get(id_)
            if leg is not None:
                leg.entered.set()
        elif args == [ast.INBOUND] and id_ not in self._board.legs:
            leg = self._board.legs[id_] = Leg(id=id_, answered=channel["state"] == ast.UP)
            leg.entered.set()
            caller = channel["caller"]
            self._board.tell(
                w.LegOffered(
                    at=self._board.clock.now(),
                    leg=id_,
                    caller=w.Caller(
                        number=_known(caller.get("number")), name=_known(caller.get("name"))
                    ),
                    called=channel["dialplan"]["exten"][:_TEXT_LIMIT],
                )
            )

    def _hanging_up(self, event: Told) -> None:
        leg = self._leg(event)
        # A soft request is one of Asterisk's own making, or of ours.
        if leg is not None and leg.ending is None and not event.get("soft"):
            leg.ending = _ending(leg, event.get("cause", 0))

    def _left(self, event: Told) -> None:
        leg = self._leg(event)
        if leg is None:
            if event["channel"]["dialplan"].get("app_name") == "Stasis":
                self._board.end(w.LegId(event["channel"]["id"]), w.Cause.NORMAL, w.By.NETWORK)
            return
        cause, by = leg.ending or _ending(leg, event.get("cause", 0))
        self._board.end(leg.id, cause, by)
        self._board.spawn(self._rooms.left(leg))

    def _changed(self, event: Told) -> None:
        leg, state = self._leg(event), event["channel"]["state"]
        if leg is None:
            return
        if state == ast.RINGING and leg.dialled and not leg.ringing:
            leg.ringing = True
            self._board.tell(w.LegRinging(at=self._board.clock.now(), leg=leg.id))
        elif state == ast.UP:
            self._board.answered(leg)

    def _pressed(self, event: Told) -> None:
        leg = self._leg(event)
        if leg is not None and not self._recordings.is_paused(leg):
            self._sounds.pressed(leg, event["digit"])

    def _hold(self, event: Told, *, on: bool) -> None:
        leg = self._leg(event)
        if leg is not None:
            self._board.tell(w.HoldAsked(at=self._board.clock.now(), leg=leg.id, on=on))

    def _transfer(self, event: Told) -> None:
        source = event.get("referred_by", {}).get("source_channel", {}).get("id")
        to = event.get("refer_to", {}).get("requested_destination", {}).get("destination")
        leg = self._board.legs.get(source)
        if leg is None or not to or leg.transferring:
            return
        leg.transferring = True
        now = self._board.clock.now()
        self._board.tell(w.TransferAsked(at=now, leg=leg.id, to=to[:_TEXT_LIMIT]))

    def _played(self, event: Told) -> None:
        playback = event["playback"]
        leg = self._board.legs.get(playback["target_uri"].removeprefix("channel:"))
        if playback.get("state") == "failed":
            # Its file is not there, or it could not be fetched from us: Asterisk's log says why.
            log.warning("sound_not_played", leg=leg.id if leg is not None else None)
        if leg is not None:
            self._board.spawn(self._sounds.finished(leg, playback["id"]))

    def _recorded(self, event: Told, *, failed: str | None) -> None:
        name, spoken_s = event["recording"]["name"], event["recording"].get("talking_duration")
        spoken_ms = None if spoken_s is None else int(spoken_s) * SECOND
        finished = self._recordings.finished(name, failed=failed, spoken_ms=spoken_ms)
        self._board.spawn(finished)

    async def look(self) -> None:
        """Tell which phones are there; to somebody new, of each."""
        self._devices.clear()
        found = await self._board.ari.ask("GET", "/endpoints/PJSIP")
        for endpoint in found.value() or ():
            self._seen(endpoint)

    def _phone(self, event: Told) -> None:
        self._seen(event["endpoint"])

    def _seen(self, endpoint: Told) -> None:
        if endpoint["technology"] != "PJSIP" or endpoint["resource"] == self._trunk:
            return
        told = self._devices.seen(endpoint["resource"], on=endpoint.get("state") == "online")
        if told is not None:
            self._board.tell(told)


def _ending(leg: Leg, code: int) -> tuple[w.Cause, w.By]:
    cause = ast.CAUSES.get(code, w.Cause.NORMAL if leg.answered else w.Cause.FAILED)
    if leg.answered:
        lost = cause is w.Cause.LOST
        return (w.Cause.LOST, w.By.NETWORK) if lost else (w.Cause.NORMAL, w.By.PARTY)
    if not leg.dialled:
        return w.Cause.CANCELLED, w.By.PARTY
    refused = cause in {w.Cause.BUSY, w.Cause.REJECTED}
    return cause, w.By.PARTY if refused else w.By.NETWORK


def _known(text: str | None) -> str | None:
    return None if text is None or text.lower() in _NOBODY else text[:_TEXT_LIMIT]
