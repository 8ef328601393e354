"""A customer at each channel, seen alike: what the contract of channels is checked with."""

import asyncio
import json
from contextlib import suppress
from typing import Any, Protocol
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.channels.email.post import letter, send
from tests.contracts.house import House, bearer, until
from warmline.channels.loopback.channel import Customer
from warmline.conversations.tables import message
from warmline.ports import Channel
from warmline.storage.rows import row


class Caller(Protocol):
    """One customer; words are heard once, whatever comes twice over the wire."""

    interaction: str

    def channel(self) -> Channel: ...
    async def arrive(self, text: str, *, again: bool = False) -> None: ...
    async def say(self, text: str, *, id_: str | None = None) -> str: ...
    async def heard(self, count: int) -> list[str]:
        """The first `count` things that were said to the customer, once they are heard."""
        ...

    async def end(self) -> None: ...
    async def ended(self) -> None:
        """Returns once the customer knows that it is over."""
        ...

    async def rate(self, score: int) -> None: ...
    async def go_away(self) -> None: ...
    async def come_back(self) -> None: ...


class WebCaller:
    """A customer with the chat page open."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._start = str(uuid4())
        self._token = ""
        self._wire: ClientConnection | None = None
        self._reading: asyncio.Task[None] | None = None
        self._said: dict[str, str] = {}
        self._mine: set[str] = set()
        self._last_seq = 0
        self._over = False
        self.interaction = ""

    def channel(self) -> Channel:
        return self._house.webchat

    async def arrive(self, text: str, *, again: bool = False) -> None:
        self.interaction, self._token = await self._house.begin(id=self._start, text=text)
        if not again:
            await self.come_back()

    async def come_back(self) -> None:
        url = f"{self._house.ws_url}?token={self._token}&after={self._last_seq}"
        self._wire = await connect(url, compression=None)
        self._take(json.loads(await self._wire.recv()))
        self._reading = asyncio.create_task(self._read(self._wire))

    async def go_away(self) -> None:
        if self._wire is not None:
            await self._wire.close()
            assert self._reading is not None
            await self._reading
            self._wire = None

    async def _read(self, wire: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            while True:
                self._take(json.loads(await wire.recv()))

    def _take(self, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "hello":
                self._over = frame["ended"]
                for message in frame["messages"]:
                    self._hear(message)
            case "message":
                self._hear(frame["message"])
            case "ended":
                self._over = True
            case _:
                return

    def _hear(self, message: dict[str, Any]) -> None:
        self._last_seq = max(self._last_seq, message["seq"])
        if message["author"] == "customer":
            self._mine.add(message["id"])
        else:
            self._said.setdefault(message["id"], message["text"])

    async def say(self, text: str, *, id_: str | None = None) -> str:
        id_ = id_ or str(uuid4())
        assert self._wire is not None
        await self._wire.send(json.dumps({"type": "send", "id": id_, "text": text}))
        await until("the answer", lambda: id_ in self._mine)
        return id_

    async def heard(self, count: int) -> list[str]:
        await until(f"{count} messages", lambda: len(self._said) >= count)
        return list(self._said.values())

    async def end(self) -> None:
        assert self._wire is not None
        await self._wire.send(json.dumps({"type": "end"}))
        await self.ended()

    async def ended(self) -> None:
        await until("the end", lambda: self._over)

    async def rate(self, score: int) -> None:
        answer = await self._house.http.post(
            "/api/v1/chat/rating", json={"score": score}, headers=bearer(self._token)
        )
        assert answer.status_code == 204, answer.text


class LoopCaller:
    """A customer in the same process."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._start = str(uuid4())
        self._customer: Customer | None = None
        self._heard: list[str] = []
        self.interaction = ""

    @property
    def _me(self) -> Customer:
        assert self._customer is not None
        return self._customer

    def channel(self) -> Channel:
        return self._house.loopback

    async def arrive(self, text: str, *, again: bool = False) -> None:
        self._customer = await self._house.loopback.arrive(text, id_=self._start)
        self.interaction = self._customer.interaction

    async def say(self, text: str, *, id_: str | None = None) -> str:
        return await self._house.loopback.say(self._me, text, id_=id_)

    def _drain(self) -> None:
        while not self._me.heard.empty():
            heard = self._me.heard.get_nowait()
            if heard.text is not None:
                self._heard.append(heard.text)

    async def heard(self, count: int) -> list[str]:
        def enough() -> bool:
            self._drain()
            return len(self._heard) >= count

        await until(f"{count} messages", enough)
        return list(self._heard)

    async def end(self) -> None:
        await self._house.loopback.end(self._me)
        await self.ended()

    async def ended(self) -> None:
        await until("the end", lambda: self._me.ended)

    async def rate(self, score: int) -> None:
        await self._house.loopback.rate(self._me, score)

    async def go_away(self) -> None:
        await self._house.loopback.leave(self._me)

    async def come_back(self) -> None:
        await self._house.loopback.come_back(self._me)


class MailCaller:
    """A customer who writes mails and reads what the relay got for them."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._start = f"<{uuid4()}@mail.example>"
        self._address = f"c{uuid4().hex}@mail.example"
        self.interaction = ""

    def channel(self) -> Channel:
        return self._house.email

    async def arrive(self, text: str, *, again: bool = False) -> None:
        await self._write(text, self._start)
        query = message.select().where(message.c.email_message_id == self._start)
        async with self._house.database.read() as connection:
            found = await row(connection, query)
        assert found is not None
        self.interaction = found["interaction"]

    async def say(self, text: str, *, id_: str | None = None) -> str:
        id_ = id_ or str(uuid4())
        await self._write(text, f"<{id_}@mail.example>", In_Reply_To=self._start)
        return id_

    async def _write(self, text: str, message_id: str, **headers: str) -> None:
        mail = letter(text, sender=self._address, Message_ID=message_id, **headers)
        await send(self._house, mail, sender=self._address)

    async def heard(self, count: int) -> list[str]:
        def texts() -> list[str]:
            mine = {
                str(mail.message["Message-ID"]): mail.message.get_body()
                for mail in self._house.sink.mails
                if mail.recipients == (self._address,)
            }
            found = [body.get_content().split("\r\n\r\n")[0].strip() for body in mine.values()]
            return found if len(found) >= count else []

        return await until(f"{count} mails", texts)

    async def end(self) -> None:
        raise AssertionError("nobody ends a mail")

    async def ended(self) -> None:
        """A customer does not learn that a mail was settled."""
        await until("the end", lambda: self._house.open(self.interaction) is None)

    async def rate(self, score: int) -> None:
        raise AssertionError("mails are not rated")

    async def go_away(self) -> None:
        """Nobody has to be there for a mail."""

    async def come_back(self) -> None:
        """See `go_away`."""


class CallbackCaller:
    """A customer who wants to be called: asks once, and then waits for the telephone."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._start = str(uuid4())
        self._number = f"+4850{uuid4().int % 10_000_000:07}"
        self.interaction = ""

    def channel(self) -> Channel:
        return self._house.callbacks

    async def arrive(self, text: str, *, again: bool = False) -> None:
        body = {"inbox": "call-me", "id": self._start, "number": self._number, "text": text}
        answer = await self._house.http.post("/api/v1/callbacks", json=body)
        assert answer.status_code == 201, answer.text
        self.interaction = answer.json()["interaction"]

    async def say(self, text: str, *, id_: str | None = None) -> str:
        raise AssertionError("nothing is written after a request")

    async def heard(self, count: int) -> list[str]:
        raise AssertionError("nothing is written to one who wants to be called")

    async def end(self) -> None:
        raise AssertionError("nobody takes a request back")

    async def ended(self) -> None:
        """A customer learns of it by the call alone."""
        await until("the end", lambda: self._house.open(self.interaction) is None)

    async def rate(self, score: int) -> None:
        raise AssertionError("calls are not rated yet")

    async def go_away(self) -> None:
        """Nobody has to be there."""

    async def come_back(self) -> None:
        """See `go_away`."""


CALLERS = {
    "webchat": WebCaller,
    "loopback": LoopCaller,
    "email": MailCaller,
    "callback": CallbackCaller,
}
WRITING = ("webchat", "loopback", "email")
"""Channels on which the customer is answered in writing."""
LIVE = ("webchat", "loopback")
"""Channels on which the customer is there, can end it, and rates it."""
