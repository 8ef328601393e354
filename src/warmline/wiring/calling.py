"""Calls put together: the built-in network from browser to browser, and the channel over it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request

from warmline.channels.asterisk.network import AsteriskNetwork
from warmline.channels.voice.channel import Numbers, VoiceChannel
from warmline.channels.voice.network import VoiceNetwork
from warmline.channels.voice.recordings import LARGEST_BYTES
from warmline.channels.webrtc.board import Board
from warmline.channels.webrtc.callers import Callers
from warmline.channels.webrtc.door import call_door
from warmline.channels.webrtc.ice import IceServers
from warmline.channels.webrtc.network import WebRtcNetwork
from warmline.channels.webrtc.places import Places
from warmline.channels.webrtc.seats import seats
from warmline.channels.webrtc.sockets import call_socket, phone_socket
from warmline.storage.blobs import FolderBlobs
from warmline.wiring.foundation import Foundation


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """Every network that carries calls, each with its channel."""

    board: Board
    callers: Callers
    browsers: VoiceChannel
    places: Places
    telephones: VoiceChannel | None = None
    """Calls from the telephone network, where an Asterisk is named in the settings."""

    @property
    def voices(self) -> Sequence[VoiceChannel]:
        """The channels for calls."""
        return (self.browsers, *([self.telephones] if self.telephones is not None else []))

    def doors(self, base: Foundation, uncounted: Callable[[Request], bool]) -> Sequence[APIRouter]:
        """What customers' pages and agents' desks use."""
        phone = phone_socket(
            self.callers,
            self.board,
            seat_of=seats(base.security.sessions),
            url=base.settings.url,
        )
        return (
            call_door(self.callers, uncounted=uncounted),
            call_socket(self.callers, self.board),
            phone,
        )


def open_calling(base: Foundation, numbers: Numbers) -> Calling:
    """The networks of the center, not yet listening; `numbers` says whom to call back."""
    settings = base.settings
    servers = IceServers(settings.ice_urls, settings.turn_secret, base.clock)
    board = Board(clock=base.clock, servers=servers)
    network = WebRtcNetwork(board)
    channel = _over(network, base, numbers)
    exchange = _exchange(base)
    places = Places(
        board=board,
        state=base.engine,
        clock=base.clock,
        line=base.lines,
        interaction_of=channel.interaction_of,
    )
    return Calling(
        board=board,
        callers=Callers(network=network, settings=settings, state=base.engine, clock=base.clock),
        browsers=channel,
        places=places,
        telephones=_over(exchange, base, numbers) if exchange is not None else None,
    )


def _over(network: VoiceNetwork, base: Foundation, numbers: Numbers) -> VoiceChannel:
    return VoiceChannel(
        site=base.site,
        network=network,
        database=base.database,
        blobs=FolderBlobs(base.settings.data / "blobs", limit_bytes=LARGEST_BYTES),
        state=base.engine,
        clock=base.clock,
        signals=base.signals,
        customers=base.directory,
        stakes=base.stakes,
        numbers=numbers,
    )


def _exchange(base: Foundation) -> AsteriskNetwork | None:
    settings = base.settings
    if settings.asterisk_url is None:
        return None
    return AsteriskNetwork(
        settings.asterisk_url,
        user=settings.asterisk_user,
        password=settings.asterisk_password or "",
        trunk=settings.asterisk_trunk,
        clock=base.clock,
    )
