"""Whether an Asterisk can work for a center: looked at point by point, up to a call to a number."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from warmline.channels.asterisk.ari import Ari, NotThere, Told, path
from warmline.channels.asterisk.configure import MODULES
from warmline.channels.asterisk.words import APP
from warmline.channels.voice.saying import espeak

DOCTOR = "warmline-doctor"
"""A name of its own, so that the center that works meanwhile loses nothing."""
LEAST = {20: 16, 22: 6}
"""The first good release of each line; lines after the last are all good."""
CALL_RINGS_S = 45
HEARD_S = 3
UNAUTHORISED, MISSING = 401, 404
_VERSION = re.compile(r"(\d+)\.(\d+)")
_NUMBER = re.compile(r"\+?[0-9]{3,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One point that was looked at."""

    point: str
    good: bool
    told: str


class Doctor:
    """Looks at one Asterisk; each point says what is wrong and what to do."""

    def __init__(self, url: str, *, user: str, password: str, trunk: str) -> None:
        self._ari = Ari(url, user=user, password=password, app=DOCTOR)
        self._url, self._trunk = url, trunk

    async def look(self) -> AsyncGenerator[Found]:
        """Point by point; after one that bars the others there are no more."""
        try:
            info = await self._ari.ask("GET", "/asterisk/info")
        except NotThere:
            yield _bad("answers", f"nothing answers at {self._url}; does it run, is http.conf on?")
            return
        if not info.good:
            yield _bad("answers", _why_not(info.status))
            return
        yield _good("answers", self._url)
        version = str(info.value().get("system", {}).get("version", ""))
        yield version_of(version)
        async for found in self._parts():
            yield found

    async def call(self, number: str, *, shown: str | None = None) -> Found:
        """Call a number; the one who answers hears a tone for a moment."""
        if not _NUMBER.fullmatch(number):
            return _bad("call", f"{number} is no telephone number")
        channel = f"doctor-{uuid4()}"
        over: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        async with self._listening(channel, over):
            wanted = {"endpoint": f"PJSIP/{number}@{self._trunk}", "app": DOCTOR,
                      "timeout": CALL_RINGS_S, "channelId": channel}  # fmt: skip
            if shown is not None:
                wanted["callerId"] = shown
            made = await self._ari.send("POST", "/channels", wanted)
            if not made.good:
                return _bad("call", f"no call could be begun over {self._trunk}: {made.status}")
            try:
                async with asyncio.timeout(CALL_RINGS_S + HEARD_S):
                    became = await over
            except TimeoutError:
                became = "no answer"
            if became == "answered":
                await self._ari.send(
                    "POST", path("channels", channel, "play"), {"media": "tone:ring"}
                )
                await asyncio.sleep(HEARD_S)
            await self._ari.ask("DELETE", path("channels", channel))
        good = became == "answered"
        return Found(point="call", good=good, told=f"{number}: {became}")

    async def close(self) -> None:
        """No connection is left."""
        await self._ari.close()

    # Inside

    async def _parts(self) -> AsyncGenerator[Found]:
        lacking = [name for name in MODULES.split() if not await self._runs(name)]
        if lacking:
            yield _bad("modules", f"not loaded: {' '.join(lacking)} (see modules.conf)")
        else:
            yield _good("modules", "all that is needed")
        listens = await self._ari.ask("GET", path("applications", APP))
        told = "the center listens" if listens.good else "nobody listens: start the center"
        yield Found(point="application", good=listens.good, told=told)
        trunk = await self._ari.ask("GET", path("endpoints", "PJSIP", self._trunk))
        if not trunk.good:
            yield _bad("trunk", f"there is no endpoint {self._trunk} (see pjsip.conf)")
        else:
            yield _good("trunk", f"{self._trunk}: {trunk.value().get('state', 'unknown')}")

    async def _runs(self, module: str) -> bool:
        found = await self._ari.ask("GET", path("asterisk", "modules", f"{module}.so"))
        return found.good and found.value().get("status") == "Running"

    @asynccontextmanager
    async def _listening(self, channel: str, over: "asyncio.Future[str]") -> AsyncGenerator[None]:
        there = asyncio.Event()

        def told(event: Told) -> None:
            if event.get("channel", {}).get("id") != channel or over.done():
                return
            if event["type"] == "StasisStart":
                over.set_result("answered")
            elif event["type"] == "ChannelDestroyed":
                over.set_result(str(event.get("cause_txt", "ended")).lower())

        task = asyncio.create_task(self._ari.listen(told, there.set, there.clear))
        try:
            await there.wait()
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def speaks(named: Path | None) -> Found:
    """Whether words can be spoken to callers; recordings are heard without that too."""
    program = espeak.found(named)
    said = None if program is None else espeak.version(program)
    if said is not None:
        return _good("voice", said)
    return _bad("voice", "no espeak-ng: only recordings are heard; apt-get install espeak-ng")


def version_of(version: str) -> Found:
    """Whether a release is new enough.

    >>> version_of("22.5.0").good, version_of("20.16.1").good, version_of("23.0.0").good
    (False, True, True)
    """
    found = _VERSION.match(version)
    line, release = (int(part) for part in found.groups()) if found else (0, 0)
    good = line > max(LEAST) or (line in LEAST and release >= LEAST[line])
    if good:
        return _good("version", version)
    return _bad("version", f"{version or 'unknown'}: needed is 20.16, 22.6 or newer")


def _why_not(status: int) -> str:
    if status == UNAUTHORISED:
        return "user or password are others there (see ari.conf)"
    if status == MISSING:
        return "it answers, but not as ARI: are res_ari and ari.conf there?"
    return f"it answers with {status}"


def _good(point: str, told: str) -> Found:
    return Found(point=point, good=True, told=told)


def _bad(point: str, told: str) -> Found:
    return Found(point=point, good=False, told=told)
