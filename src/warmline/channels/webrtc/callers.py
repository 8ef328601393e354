"""How a customer's call begins: who may call from which page, and the token of the call."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import uuid4

from warmline.channels.callback.numbers import number_to_call, region_of
from warmline.channels.queue_words import why_refused
from warmline.channels.voice.words import Caller, LegId
from warmline.channels.webchat.limits import Limits, Rate
from warmline.channels.webchat.reception import language_tag, person_name
from warmline.channels.webchat.tokens import looks_like_token, new_token, token_hash
from warmline.channels.webrtc.board import Board, incoming
from warmline.channels.webrtc.legs import Leg
from warmline.channels.webrtc.network import WebRtcNetwork
from warmline.channels.webrtc.pages import FRAMES_PER_MINUTE, Page
from warmline.config import Settings
from warmline.core import queueing
from warmline.core.settings import Inbox
from warmline.core.words import MINUTE, InboxId, Instant, Medium, Millis, Rejected
from warmline.ports import Busy, Clock, State

CALLS_LIMIT = 500
"""Customers' calls at one time."""
BEGUN_LIMIT = 5_000
BEGIN_WITHIN_MS: Millis = MINUTE
"""So soon after it asked the page must come with its token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a page says of a customer who calls; all but the inbox may be unknown."""

    inbox: InboxId
    name: str | None = None
    number: str | None = None
    region: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A call whose page has not come yet."""

    caller: Caller
    inbox: InboxId
    at: Instant
    facts: Mapping[str, str] = field(default_factory=dict[str, str])


class Callers:
    """Lets customers call through the voice inboxes of one site."""

    def __init__(
        self, *, network: WebRtcNetwork, settings: Settings, state: State, clock: Clock
    ) -> None:
        self.limits = Limits(settings, clock)
        self.network = network
        self._board: Board = network.board
        self._region = settings.region
        self._state = state
        self._clock = clock
        self._frames = Rate("frames", per_minute=FRAMES_PER_MINUTE)
        self._begun: OrderedDict[str, Begun] = OrderedDict()

    def inbox(self, id_: InboxId) -> Inbox:
        """The inbox for calls, else a refusal (`unknown_inbox`)."""
        found = self._state.center().inboxes.get(id_)
        if found is None or found.medium is not Medium.VOICE:
            raise Rejected("unknown_inbox", "there is no inbox for calls of this name")
        return found

    def shown(self, id_: InboxId, language: str | None) -> dict[str, object]:
        """What a page must know before it offers a call."""
        inbox = self.inbox(id_)
        center, now = self._state.center(), self._clock.now()
        tag = language_tag(language)
        queue = center.queue(queueing.queue_for(inbox, None, tag))
        is_open, words = True, None
        try:
            queueing.admit(center, queue.id, inbox.medium, tag, now)
        except Rejected as refusal:
            is_open, words = False, why_refused(center, refusal, tag)
        return {
            "name": inbox.name,
            "open": is_open,
            "opens_at": None if is_open else queueing.opens_at(center, queue, now),
            "words": words,
        }

    def begin(self, wish: Wish) -> str:
        """A token with which the page comes within a minute; the call is offered then."""
        inbox = self.inbox(wish.inbox)
        number = wish.number.strip() if wish.number else ""
        region = region_of(wish.region) or self._region
        caller = Caller(
            name=person_name(wish.name),
            number=number_to_call(number, region=region) if number else None,
        )
        if not self.network.running:
            raise Busy(1)
        language = language_tag(wish.language)
        now = self._clock.now()
        while self._begun and next(iter(self._begun.values())).at < now - BEGIN_WITHIN_MS:
            self._begun.popitem(last=False)
        if len(self._begun) >= BEGUN_LIMIT or len(self._board.legs) >= CALLS_LIMIT:
            raise Busy(10)
        token = new_token()
        self._begun[token_hash(token)] = Begun(
            caller=caller,
            inbox=inbox.id,
            at=now,
            facts={} if language is None else {"language": language},
        )
        return token

    def inbox_of(self, token: str) -> InboxId | None:
        """Through which inbox the call of this token comes; None when there is none such."""
        if not looks_like_token(token):
            return None
        key = token_hash(token)
        begun = self._begun.get(key)
        if begun is not None and begun.at >= self._clock.now() - BEGIN_WITHIN_MS:
            return begun.inbox
        leg = self._leg(key)
        return None if leg is None or leg.called is None else InboxId(leg.called)

    def come(self, token: str) -> Page:
        """The page of a token is at its socket: its call is offered, or goes on."""
        key = token_hash(token)
        page = Page(key=key)
        begun = self._begun.pop(key, None)
        if begun is not None:
            leg = incoming(LegId(str(uuid4())), begun.caller, key)
            leg.called = begun.inbox
            self._board.caller_came(page, leg, facts=begun.facts)
            return page
        leg = self._leg(key)
        assert leg is not None, "the token was looked at just before"
        self._board.caller_back(page, leg)
        return page

    def count(self, page: Page) -> None:
        """One more frame of a page."""
        self._frames.spend(page.id, self._clock.now())

    def _leg(self, key: str) -> Leg | None:
        return next((leg for leg in self._board.legs.values() if leg.token == key), None)
