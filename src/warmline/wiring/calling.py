"""Calls put together: the built-in network from browser to browser, and the channel over it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from fastapi import APIRouter, Request

from warmline.channels.asterisk.network import AsteriskNetwork
from warmline.channels.asterisk.sip import phone_door, sip_socket
from warmline.channels.voice.announcing import Announcements
from warmline.channels.voice.back import Numbers
from warmline.channels.voice.channel import VoiceChannel
from warmline.channels.voice.network import VoiceNetwork
from warmline.channels.voice.prompts import Prompts
from warmline.channels.voice.recordings import LARGEST_BYTES
from warmline.channels.voice.shelf import sound_door
from warmline.channels.webrtc.board import Board
from warmline.channels.webrtc.callers import Callers
from warmline.channels.webrtc.door import call_door
from warmline.channels.webrtc.ice import IceServers
from warmline.channels.webrtc.network import WebRtcNetwork
from warmline.channels.webrtc.places import Places
from warmline.channels.webrtc.relay import Relay
from warmline.channels.webrtc.seats import seats
from warmline.channels.webrtc.sockets import call_socket, phone_socket
from warmline.storage.blobs import FolderBlobs
from warmline.wiring.foundation import Foundation
from warmline.wiring.saying import open_announcements, open_prompts

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """Every network that carries calls, each with its channel."""

    board: Board
    callers: Callers
    browsers: VoiceChannel
    places: Places
    servers: IceServers
    prompts: Prompts
    announcements: Announcements
    telephones: VoiceChannel | None = None
    """Calls from the telephone network, where an Asterisk is named in the settings."""
    exchange: AsteriskNetwork | None = None
    """That Asterisk: agents' browsers are its telephones too."""

    @property
    def voices(self) -> Sequence[VoiceChannel]:
        """The channels for calls."""
        return (self.browsers, *([self.telephones] if self.telephones is not None else []))

    def doors(self, base: Foundation, uncounted: Callable[[Request], bool]) -> Sequence[APIRouter]:
        """What customers' pages and agents' desks use."""
        seat_of, url = seats(base.security.sessions), base.settings.url
        telephone: list[APIRouter] = []
        if self.exchange is not None:
            found = self.exchange.browsers
            telephone = [sip_socket(found, seat_of=seat_of, url=url, clock=base.clock)]
        return (
            call_door(self.callers, uncounted=uncounted),
            call_socket(self.callers, self.board),
            sound_door(self.prompts.shelf),
            phone_socket(self.callers, self.board, seat_of=seat_of, url=url),
            *telephone,
        )

    def phone(self, base: Foundation) -> APIRouter:
        """By which a page becomes an agent's telephone."""
        return phone_door(
            self.exchange.browsers if self.exchange is not None else None,
            needs=base.guard,
            sessions=base.security.sessions,
            clock=base.clock,
            ice=self.servers,
        )


def open_calling(base: Foundation, numbers: Numbers) -> Calling:
    """The networks of the center, not yet listening; `numbers` says whom to call back."""
    settings = base.settings
    servers = IceServers(settings.ice_urls, settings.turn_secret, base.clock)
    board = Board(clock=base.clock, servers=servers)
    prompts = open_prompts(base)
    network = WebRtcNetwork(board, _relay(board, base, prompts))
    channel = _over(network, base, numbers)
    exchange = _exchange(base, prompts)
    if exchange is not None:
        exchange.browsers.tell = board.say
        board.beyond = exchange.browsers.heard
        base.security.sessions.listen(exchange.browsers.session_over)
    places = Places(
        board=board,
        state=base.engine,
        clock=base.clock,
        line=base.lines,
        interaction_of=channel.interaction_of,
    )
    telephones = _over(exchange, base, numbers) if exchange is not None else None
    voices = [channel, *([telephones] if telephones is not None else [])]
    return Calling(
        board=board,
        callers=Callers(network=network, settings=settings, state=base.engine, clock=base.clock),
        browsers=channel,
        places=places,
        servers=servers,
        prompts=prompts,
        announcements=open_announcements(base, voices),
        telephones=telephones,
        exchange=exchange,
    )


def _relay(board: Board, base: Foundation, prompts: Prompts) -> Relay | None:
    """What records browser calls and speaks into them, where that is wanted and installed."""
    settings = base.settings
    if not settings.relay_calls:
        return None
    try:
        from warmline.channels.webrtc.media import Port
    except ImportError:
        log.info("no_relay", install="warmline[relay]")
        return None
    folder = settings.data / "relay"
    limit = settings.relay_calls
    return Relay(board, make=Port, wav_of=prompts.wav_of, folder=folder, limit=limit)


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
        region=base.settings.region,
    )


def _exchange(base: Foundation, prompts: Prompts) -> AsteriskNetwork | None:
    settings = base.settings
    if settings.asterisk_url is None:
        return None
    return AsteriskNetwork(
        settings.asterisk_url,
        user=settings.asterisk_user,
        password=settings.asterisk_password or "",
        trunk=settings.asterisk_trunk,
        sip_url=settings.asterisk_sip_url,
        clock=base.clock,
        heard=prompts,
    )
