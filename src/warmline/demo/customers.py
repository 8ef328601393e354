"""Simulated customers: one who chats through the chat door, and those who write mails."""

import asyncio
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec
from websockets.asyncio.client import ClientConnection

from warmline.core.words import MINUTE, SECOND, Millis, Phase
from warmline.demo import behaviour, felt, hearing, letters, shop
from warmline.demo.behaviour import Contact
from warmline.demo.door import Door
from warmline.demo.pace import Pace
from warmline.demo.sink import Letter

TALKING = frozenset({Phase.CONNECTED, Phase.HELD})
READS_ON_MS: Millis = 3 * SECOND
"""Whoever writes often writes twice: a customer waits this long for the rest."""
LONGEST_WAIT_MS: Millis = 15 * MINUTE
FAREWELL_MS: Millis = 40 * SECOND
GOES_AFTER_MS: Millis = 12 * SECOND
CUSTOMERS_QUALITY_PCT = 60
"""How quick customers are at typing, against the agents."""
SENDERS_KEPT = 500


class _Begun(msgspec.Struct):
    token: str


class _Survey(msgspec.Struct):
    page: str | None


class _Message(msgspec.Struct):
    id: str
    author: str
    text: str


class _Frame(msgspec.Struct):
    """What the widget's socket says, as far as a customer cares."""

    type: str
    phase: str = ""
    ended: bool = False
    message: msgspec.Raw = msgspec.Raw(b"null")


_FRAME = msgspec.json.Decoder(_Frame)
_MESSAGE = msgspec.json.Decoder(_Message)


@dataclass(slots=True, kw_only=True)
class Chatting:
    """One customer in one chat, from the first word to the rating."""

    door: Door
    pace: Pace
    chance: random.Random
    about: Contact
    patience: Millis
    identity: str | None = None
    """Signed by the shop, for a customer who is signed in there."""
    _answered: asyncio.Event = field(default_factory=asyncio.Event)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _unread: list[_Message] = field(default_factory=list[_Message])
    _began_at: float = 0.0
    _waited: Millis = 0

    async def perform(self) -> None:
        """Chat; returns when it is over, raises `Refused` or what says that the line is cut."""
        token = await self._begin()
        self._began_at = asyncio.get_running_loop().time()
        async with self.door.socket(f"/ws/chat?token={token}&after=0") as socket:
            listening = asyncio.create_task(self._listen(socket))
            speaking = asyncio.create_task(self._speak(socket))
            try:
                await asyncio.wait({listening, speaking}, return_when=asyncio.FIRST_COMPLETED)
                if speaking.done() and not listening.done():
                    await socket.send('{"type":"end"}')
                    async with asyncio.timeout(5):
                        await listening
            finally:
                speaking.cancel()
                listening.cancel()
                results = await asyncio.gather(speaking, listening, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result
        if self._answered.is_set():
            await self._rate(token)

    async def _begin(self) -> str:
        who = self.about.customer
        begun = await self.door.post(
            "/chat",
            {
                "inbox": self.about.inbox,
                "id": str(uuid.UUID(int=self.chance.getrandbits(128), version=4)),
                "name": who.name,
                "email": who.email,
                "reason": self.about.reason,
                "text": behaviour.opening(self.about),
                "language": who.language,
                "identity": self.identity,
            },
            _Begun,
        )
        return begun.token

    async def _listen(self, socket: ClientConnection) -> None:
        """Hear everything until the chat is over."""
        async for raw in socket:
            frame = _FRAME.decode(raw)
            if frame.phase in TALKING and not self._answered.is_set():
                self._waited = round((asyncio.get_running_loop().time() - self._began_at) * SECOND)
                self._answered.set()
            if frame.type == "message":
                message = _MESSAGE.decode(frame.message)
                if message.author == "agent":
                    self._unread.append(message)
                    self._news.set()
            elif frame.type == "ended" or frame.ended:
                return

    async def _speak(self, socket: ClientConnection) -> None:
        """Wait for somebody, tell more when asked, thank, and hear the farewell."""
        if not await self._within(self._answered, self.patience):
            return
        told = behaviour.details(self.chance, self.about)
        for text in (*told, self.chance.choice(self.about.manner.thanks)):
            heard = await self._hears(socket, LONGEST_WAIT_MS)
            if not heard:
                return
            if any(hearing.asks_for_number(one) for one in heard):
                await self._says(socket, self.about.manner.number.format(order=self.about.order))
                if not await self._hears(socket, LONGEST_WAIT_MS):
                    return
            await self._says(socket, text)
        await self._hears(socket, FAREWELL_MS)
        await self.pace.sleep(GOES_AFTER_MS)

    async def _within(self, event: asyncio.Event, limit: Millis) -> bool:
        """Whether it happens within a stretch of simulated time."""
        happens = asyncio.create_task(event.wait())
        lapses = asyncio.create_task(self.pace.sleep(limit))
        try:
            await asyncio.wait({happens, lapses}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            happens.cancel()
            lapses.cancel()
        return event.is_set()

    async def _hears(self, socket: ClientConnection, limit: Millis) -> list[str]:
        """What the agent says, once they seem to have said all of it; nothing when they do not."""
        if not await self._within(self._news, limit):
            return []
        while self._news.is_set():
            self._news.clear()
            await self.pace.sleep(READS_ON_MS)
        heard, self._unread = self._unread, []
        await socket.send(msgspec.json.encode({"type": "read", "message": heard[-1].id}).decode())
        return [message.text for message in heard]

    async def _says(self, socket: ClientConnection, text: str) -> None:
        await socket.send('{"type":"typing","on":true}')
        writing = behaviour.writing_ms(self.chance, text, CUSTOMERS_QUALITY_PCT)
        await self.pace.sleep(writing)
        said = {"type": "send", "id": str(uuid.uuid4()), "text": text}
        await socket.send(msgspec.json.encode(said).decode())

    async def _rate(self, token: str) -> None:
        await self.pace.sleep(self.chance.randint(3 * SECOND, 15 * SECOND))
        score = behaviour.rating(self.chance, waited=self._waited, quality_pct=75)
        bearer = {"Authorization": f"Bearer {token}"}
        asked = await self.door.get("/chat/survey", _Survey, bearer)
        if asked.page is not None:
            await self._answer(asked.page, score)
        elif score is not None:
            await self.door.give("/chat/rating", {"score": score}, bearer)

    async def _answer(self, page: str, score: int | None) -> None:
        """Look at the survey, and fill it in as satisfied as one is; some leave it at looking."""
        await self.door.look_at(page)
        if score is None:
            return
        await self.pace.sleep(self.chance.randint(5 * SECOND, 25 * SECOND))
        language = self.about.customer.language
        await self.door.send_form(page, felt.answers(self.chance, score=score, language=language))


async def asks_for_a_call(door: Door, about: Contact, identity: str | None) -> None:
    """Leave a number instead of waiting in a chat; one of our agents calls, or a human."""
    who = about.customer
    wish = {
        "inbox": shop.CALL_INBOX,
        "number": who.phone,
        "name": who.name,
        "text": behaviour.opening(about),
        "language": who.language,
        "identity": identity,
    }
    await door.give("/callbacks", wish)


class Writers:
    """Those who write mails, read the answers that come to the sink, and sometimes write back."""

    def __init__(self, pace: Pace, chance: random.Random, port: Callable[[], int | None]) -> None:
        self._pace = pace
        self._chance = chance
        self._port = port
        self._waiting: dict[str, Contact] = {}
        self.sent = 0

    async def write(self, about: Contact, to: str) -> None:
        """Send a mail; nothing while the receiver is shut."""
        port = self._port()
        if port is None:
            return
        who = about.customer
        mail = letters.letter(
            name=who.name,
            address=who.email,
            to=to,
            subject=about.subject,
            text=behaviour.opening(about),
        )
        await letters.post(mail, port=port)
        self.sent += 1
        self._waiting[who.email.casefold()] = about
        while len(self._waiting) > SENDERS_KEPT:
            del self._waiting[next(iter(self._waiting))]

    def wants_to_answer(self, letter: Letter) -> Contact | None:
        """The matter that somebody writes back about, None when they let it rest."""
        about = self._waiting.pop(letter.to, None)
        if about is None or not behaviour.writes_back(self._chance):
            return None
        return about

    async def write_back(self, about: Contact, letter: Letter) -> None:
        """Answer a mail of ours."""
        text = self._chance.choice(about.manner.again)
        await self._pace.sleep(behaviour.writing_ms(self._chance, text, CUSTOMERS_QUALITY_PCT))
        port = self._port()
        if port is not None:
            mail = letters.answer(letter, name=about.customer.name, text=text)
            await letters.post(mail, port=port)
            self.sent += 1
