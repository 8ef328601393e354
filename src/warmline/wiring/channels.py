"""The doors of a center: its channels, and the addresses of their own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request

from warmline.channels.callback.channel import Callbacks
from warmline.channels.callback.door import callback_door
from warmline.channels.email.channel import EmailChannel
from warmline.channels.webchat.channel import WebChat
from warmline.channels.webchat.door import chat_door, counted_as, secret_routes
from warmline.channels.webchat.limits import Rate, TooMany
from warmline.channels.webchat.socket import chat_socket
from warmline.knowledge.help_door import help_door
from warmline.ports import Channel, Clock
from warmline.wiring.calling import Calling, open_calling
from warmline.wiring.foundation import Foundation

SEARCHES_PER_MINUTE = 60
"""Searches of the public help from one address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """The doors for customers."""

    webchat: WebChat
    email: EmailChannel
    callbacks: Callbacks
    calling: Calling

    def all(self) -> Sequence[Channel]:
        """Every channel of the center."""
        return (self.webchat, self.email, self.callbacks, *self.calling.voices)


def open_channels(base: Foundation) -> Channels:
    """The channels of the center, not yet listening."""
    email = EmailChannel(
        site=base.site,
        settings=base.settings,
        database=base.database,
        blobs=base.blobs,
        state=base.engine,
        clock=base.clock,
        customers=base.directory,
        stakes=base.stakes,
    )
    webchat = WebChat(
        site=base.site,
        settings=base.settings,
        database=base.database,
        blobs=base.blobs,
        state=base.engine,
        signals=base.signals,
        clock=base.clock,
        names=base.people,
        customers=base.directory,
        stakes=base.stakes,
        line=base.lines,
        mailer=email if base.settings.smtp_out_host is not None else None,
    )
    callbacks = Callbacks(
        site=base.site,
        settings=base.settings,
        database=base.database,
        state=base.engine,
        clock=base.clock,
        customers=base.directory,
        stakes=base.stakes,
    )
    calling = open_calling(base, callbacks.number)
    return Channels(webchat=webchat, email=email, callbacks=callbacks, calling=calling)


class SearchPace:
    """How often the public help is searched from one address."""

    def __init__(self, clock: Clock, uncounted: Callable[[Request], bool]) -> None:
        self._clock = clock
        self._uncounted = uncounted
        self._by_address = Rate("searches", per_minute=SEARCHES_PER_MINUTE)

    def __call__(self, request: Request) -> int:
        """How many seconds to wait, 0 for none."""
        if self._uncounted(request):
            return 0
        try:
            self._by_address.spend(counted_as(request), self._clock.now())
        except TooMany as error:
            return error.retry_after_s
        return 0


def doors(
    base: Foundation, channels: Channels, uncounted: Callable[[Request], bool]
) -> Sequence[APIRouter]:
    """The routes with addresses of their own: what customers use, and the sockets."""
    return (
        chat_door(channels.webchat, uncounted=uncounted),
        chat_socket(channels.webchat),
        callback_door(channels.callbacks, uncounted=uncounted),
        *channels.calling.doors(base, uncounted),
        secret_routes(channels.webchat, guard=base.guard, audit=base.security.audit),
        help_door(base.articles, SearchPace(base.clock, uncounted)),
    )


def nobody(_: Request) -> bool:
    return False
