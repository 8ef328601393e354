"""The doors of a center: its channels, and the addresses of their own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request

from warmline.channels.callback.channel import Callbacks
from warmline.channels.callback.door import callback_door
from warmline.channels.callback.in_chat import ChatOffers
from warmline.channels.callback.keeping import PlaceKeeping
from warmline.channels.callback.page_door import page_door
from warmline.channels.email.channel import EmailChannel
from warmline.channels.text_hook import TextHook
from warmline.channels.voice.calling_back import CallsBack
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
    if base.settings.smtp_out_host is not None:
        callbacks.promises.mailer = email
    hook = base.settings.sms_hook_url
    if hook:
        callbacks.promises.texter = TextHook(hook, base.settings.sms_hook_secret or "")
    calling = open_calling(base, callbacks.number)
    _offer(base, callbacks, calling)
    return Channels(webchat=webchat, email=email, callbacks=callbacks, calling=calling)


def _offer(base: Foundation, callbacks: Callbacks, calling: Calling) -> None:
    """Offer callbacks to who waits in a chat or on the phone, as the policy says."""
    keeping = PlaceKeeping(
        callbacks=callbacks,
        line=base.lines,
        state=base.engine,
        clock=base.clock,
        submit=base.submit,
    )
    chats = ChatOffers(
        site=base.site,
        database=base.database,
        state=base.engine,
        clock=base.clock,
        submit=base.submit,
        keeping=keeping,
        promises=callbacks.promises,
    )
    callbacks.heard = chats.heard
    callbacks.beside.append(chats.run)
    keys = CallsBack(keeping=keeping, state=base.engine, clock=base.clock)
    calling.announcements.offers = keys.offers
    for voice in calling.voices:
        voice.keys = keys


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
        page_door(channels.callbacks, uncounted=uncounted),
        *channels.calling.doors(base, uncounted),
        secret_routes(channels.webchat, guard=base.guard, audit=base.security.audit),
        help_door(base.articles, SearchPace(base.clock, uncounted)),
    )


def nobody(_: Request) -> bool:
    return False
