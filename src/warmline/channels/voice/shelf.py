"""Sounds laid out for a network that fetches them: signed addresses that are good for a while."""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Response

from warmline.core.words import DAY, MINUTE, SECOND, Instant, Millis
from warmline.ports import Clock

HOLDS_BYTES = 64 * 1024 * 1024
"""So much is laid out at once; what was not asked for the longest time goes first."""
GOOD_FOR: Millis = DAY
"""An address is the same for this long, so that who fetches once need not fetch again."""
PASSING_FOR: Millis = 5 * MINUTE
PREFIX = "/api/v1/voice/sounds"
_SIGNS = 32


class Shelf:
    """Holds sounds by their content; an address can be neither guessed nor used for ever."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._secret = secrets.token_bytes(32)
        self._sounds: OrderedDict[str, bytes] = OrderedDict()
        self._held = 0

    def address(self, sound: bytes, *, passing: bool = False) -> str:
        """Where a sound can be fetched, below our own address; good for two days at most."""
        key = hashlib.sha256(sound).hexdigest()[:_SIGNS]
        if key not in self._sounds:
            self._held += len(sound)
        self._sounds[key] = sound
        self._sounds.move_to_end(key)
        while self._held > HOLDS_BYTES and len(self._sounds) > 1:
            self._held -= len(self._sounds.popitem(last=False)[1])
        lasts = PASSING_FOR if passing else GOOD_FOR
        until = (self._clock.now() // lasts + 2) * lasts
        return f"{PREFIX}/{until}-{self._signed(key, until)}/{key}.wav"

    def take(self, ticket: str, key: str) -> bytes | None:
        """The sound of an address; None when it was never given, or is not good any more."""
        until, _, signed = ticket.partition("-")
        if not until.isdecimal() or not until.isascii() or int(until) <= self._clock.now():
            return None
        if not hmac.compare_digest(signed, self._signed(key, int(until))):
            return None
        return self._sounds.get(key)

    def left_s(self, ticket: str) -> int:
        """For how many seconds an address is still good."""
        return max(0, int(ticket.partition("-")[0]) - self._clock.now()) // SECOND

    def _signed(self, key: str, until: Instant) -> str:
        told = f"{key} {until}".encode()
        return hmac.new(self._secret, told, hashlib.sha256).hexdigest()[:_SIGNS]


def sound_door(shelf: Shelf) -> APIRouter:
    """The route by which a telephone exchange fetches what it is to play."""
    router = APIRouter(tags=["calls"])

    @router.get(PREFIX + "/{ticket}/{key}.wav")
    async def fetch(
        ticket: Annotated[str, Path(pattern=r"^[0-9]{1,16}-[0-9a-f]{32}$")],
        key: Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")],
    ) -> Response:
        """A sound (WAV), for whoever was given its address."""
        sound = shelf.take(ticket, key)
        if sound is None:
            raise HTTPException(404, "there is no such sound, or not any more")
        return Response(
            sound,
            media_type="audio/wav",
            headers={
                "Cache-Control": f"private, max-age={shelf.left_s(ticket)}",
                "ETag": f'"{key}"',
                "X-Content-Type-Options": "nosniff",
            },
        )

    return router
