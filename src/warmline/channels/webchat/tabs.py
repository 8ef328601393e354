"""The open sockets of customers: every tab of a chat gets every frame, a slow tab is cut off."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import uuid4

from warmline.channels.webchat.limits import SOCKETS_PER_CHAT, WAITING_FRAMES, TooMany
from warmline.channels.webchat.waiting import Standing
from warmline.core.words import InteractionId

Frame: TypeAlias = Mapping[str, object]
ChatKey: TypeAlias = str
"""One customer's chat over all its interactions: the hash of its token."""

UNAUTHORISED = 4401
FORBIDDEN = 4403
TOO_SLOW = 4408
TOO_MANY = 4429


def encoded(frame: Frame) -> str:
    """The frame as it goes over the wire."""
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))


@dataclass(slots=True, eq=False)
class Tab:
    """One socket: what waits to be sent on it, and why it is cut off when it is."""

    chat: ChatKey
    id: str = field(default_factory=lambda: str(uuid4()))
    cut: asyncio.Event = field(default_factory=asyncio.Event)
    code: int | None = None
    _waiting: asyncio.Queue[Frame] = field(
        default_factory=lambda: asyncio.Queue[Frame](maxsize=WAITING_FRAMES)
    )

    def tell(self, frame: Frame) -> None:
        """Send it soon; a tab that reads too slowly is cut off and comes back by itself."""
        try:
            self._waiting.put_nowait(frame)
        except asyncio.QueueFull:
            self.cut_off(TOO_SLOW)

    def cut_off(self, code: int) -> None:
        """Close the socket with `code`; what still waits is not sent."""
        if not self.cut.is_set():
            self.code = code
            self.cut.set()

    async def next(self) -> Frame:
        """The next frame to send."""
        return await self._waiting.get()


@dataclass(slots=True)
class Talk:
    """A chat that has tabs open: where it stands, as last told to them."""

    chat: ChatKey
    interaction: InteractionId
    tabs: set[Tab] = field(default_factory=set[Tab])
    told: tuple[tuple[InteractionId, str], Standing] | None = None
    """What it was last told, of which interaction and whom: only news is sent."""
    visited: InteractionId | None = None
    """The interaction of which it is on record that it had a socket."""


class Tabs:
    """All open tabs of this server, by chat and by the chat's present interaction."""

    def __init__(self) -> None:
        self._chats: dict[ChatKey, Talk] = {}
        self._interactions: dict[InteractionId, ChatKey] = {}

    def __len__(self) -> int:
        return sum(len(talk.tabs) for talk in self._chats.values())

    def __iter__(self) -> Iterator[Talk]:
        return iter(list(self._chats.values()))

    def open(self, chat: ChatKey, interaction: InteractionId) -> Tab:
        """A new tab of the chat; `TooMany` when it has enough."""
        talk = self._chats.get(chat)
        if talk is None:
            talk = self._chats[chat] = Talk(chat=chat, interaction=interaction)
            self._interactions[interaction] = chat
        elif len(talk.tabs) >= SOCKETS_PER_CHAT:
            raise TooMany("windows of one chat", 10)
        tab = Tab(chat=chat)
        talk.tabs.add(tab)
        self.goes_on(chat, interaction)
        return tab

    def close(self, tab: Tab) -> None:
        """The tab is gone."""
        talk = self._chats.get(tab.chat)
        if talk is None:
            return
        talk.tabs.discard(tab)
        if not talk.tabs:
            del self._chats[tab.chat]
            for interaction in [i for i, chat in self._interactions.items() if chat == tab.chat]:
                del self._interactions[interaction]

    def expect(self, chat: ChatKey, interaction: InteractionId) -> None:
        """The chat is about to go on in `interaction`: its frames reach the tabs from now on."""
        if chat in self._chats:
            self._interactions[interaction] = chat

    def goes_on(self, chat: ChatKey, interaction: InteractionId) -> None:
        """The chat goes on in `interaction`; frames of the one before still reach its tabs."""
        talk = self._chats.get(chat)
        if talk is not None:
            talk.interaction = interaction
            self._interactions[interaction] = chat

    def chat(self, key: ChatKey) -> Talk | None:
        """The chat with this key; None when it has no tab open."""
        return self._chats.get(key)

    def of(self, interaction: InteractionId) -> Talk | None:
        """The chat that this interaction is, or was, part of; None when no tab shows it."""
        chat = self._interactions.get(interaction)
        return None if chat is None else self._chats[chat]

    def somebody_at(self, interaction: InteractionId) -> bool:
        """Whether a tab is open on the interaction."""
        return interaction in self._interactions

    def tell(self, talk: Talk, frame: Frame) -> None:
        """Send a frame to every tab of the chat."""
        for tab in talk.tabs:
            tab.tell(frame)
