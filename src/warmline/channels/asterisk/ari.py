"""The wire to Asterisk: requests over connections that stay, events over one WebSocket."""

import asyncio
import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, TypeAlias, cast
from urllib.parse import quote, urlencode, urlsplit

import structlog
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidHandshake, WebSocketException

from warmline.channels.asterisk.wire import Wire, WireLost
from warmline.channels.asterisk.words import DEVICES, HEARD, HEARD_OF_DEVICES

ANSWERS_WITHIN_S = 5.0
SOUND_WITHIN_S = 60.0
HEARTBEAT_S = 5.0
FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 5.0
REPLACED_PAUSE_S = 30.0
"""Another server took the calls: two that fight for them would help nobody."""
LARGEST_EVENT = 1024 * 1024
MISSING = 404
FAILING = 400

Told: TypeAlias = Mapping[str, Any]
"""An event or a thing of Asterisk's, as its JSON says."""

log = structlog.get_logger()


class NotThere(ConnectionError):
    """Asterisk does not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What Asterisk said to one request."""

    status: int
    body: bytes

    @property
    def good(self) -> bool:
        """Whether it was done."""
        return self.status < FAILING

    def value(self) -> Any:
        """What was told, or None."""
        return json.loads(self.body) if self.good and self.body else None


def path(*parts: str) -> str:
    """A path of the interface; ids may hold any sign.

    >>> path("channels", "a/b", "answer")
    '/channels/a%2Fb/answer'
    """
    return "".join(f"/{quote(part, safe='')}" for part in parts)


class Ari:
    """One application at one Asterisk: `ask` for things, `listen` to what happens."""

    def __init__(self, url: str, *, user: str, password: str, app: str) -> None:
        self.app = app
        self._url = f"{url.rstrip('/')}/ari"
        self._base = urlsplit(self._url).path
        self._login = (user, password)
        self._wire = Wire(self._url, user=user, password=password)
        self._replaced = False
        # An application that is told of phones is told of all their calls too, so that each event
        # of a call would come twice: phones have one of their own, which hears nothing else.
        self._devices = DEVICES.format(app=app)

    async def ask(self, method: str, where: str, **query: str | int) -> Reply:
        """One request; `NotThere` when no answer came in time."""
        return await self.send(method, where, query)

    async def send(
        self,
        method: str,
        where: str,
        query: Mapping[str, str | int] | None = None,
        *,
        body: Mapping[str, object] | None = None,
        within_s: float = ANSWERS_WITHIN_S,
    ) -> Reply:
        """One request, with more to say; `NotThere` when no answer came in time."""
        target = f"{self._base}{where}" + (f"?{urlencode(query)}" if query else "")
        told = b"" if body is None else json.dumps(body).encode()
        try:
            status, content = await self._wire.ask(method, target, told, within_s=within_s)
        except WireLost as error:
            raise NotThere(f"{method}: {error}") from error
        return Reply(status=status, body=content)

    async def listen(
        self, tell: Callable[[Told], None], up: Callable[[], None], down: Callable[[], None]
    ) -> NoReturn:
        """Tell what happens, until cancelled; comes back by itself, later and later at first.

        `tell` must be quick: it is called between two readings of the wire.
        """
        pause = FIRST_PAUSE_S
        while True:
            was_up = await self._listen_once(tell, up, down)
            pause = FIRST_PAUSE_S if was_up else min(2 * pause, LONGEST_PAUSE_S)
            if self._replaced:
                self._replaced, pause = False, REPLACED_PAUSE_S
            await asyncio.sleep(pause)

    async def close(self) -> None:
        """No connection is left."""
        self._wire.close()
        await asyncio.sleep(0)  # they are gone with the loop's next turn

    async def _listen_once(
        self, tell: Callable[[Told], None], up: Callable[[], None], down: Callable[[], None]
    ) -> bool:
        """Whether it was connected at all, once it is no more."""
        name, secret = self._login
        login = base64.b64encode(f"{name}:{secret}".encode()).decode()
        apps = f"{self.app},{self._devices}"
        query = urlencode({"app": apps, "subscribeAll": "false"})
        was_up = False
        try:
            async with connect(
                f"ws{self._url.removeprefix('http')}/events?{query}",
                additional_headers={"Authorization": f"Basic {login}"},
                open_timeout=ANSWERS_WITHIN_S,
                close_timeout=1,
                ping_interval=HEARTBEAT_S,
                ping_timeout=HEARTBEAT_S,
                max_size=LARGEST_EVENT,
                compression=None,
                proxy=None,
            ) as wire:
                await self._ask_for_few()
                was_up = True
                up()
                async for text in wire:
                    self._read(text, tell)
        except InvalidHandshake as refusal:
            log.warning("asterisk_refuses", cause=type(refusal).__name__)
        except (OSError, TimeoutError, WebSocketException) as error:
            log.warning("asterisk_lost", cause=type(error).__name__)
        finally:
            if was_up:
                down()
        return was_up

    async def _ask_for_few(self) -> None:
        for app, kinds in ((self.app, HEARD), (self._devices, HEARD_OF_DEVICES)):
            wanted = {"allowed": [{"type": kind} for kind in kinds]}
            await self.send("PUT", path("applications", app, "eventFilter"), body=wanted)
        where = path("applications", self._devices, "subscription")
        await self.ask("POST", where, eventSource="endpoint:PJSIP")

    def _read(self, text: str | bytes, tell: Callable[[Told], None]) -> None:
        try:
            event = json.loads(text)
        except ValueError:
            log.warning("asterisk_unreadable", chars=len(text))
            return
        if not isinstance(event, dict):
            return
        told = cast("Told", event)
        if told.get("type") == "ApplicationReplaced":
            log.error("asterisk_taken_over")
            self._replaced = True
        tell(told)
