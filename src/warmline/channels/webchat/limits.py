"""How much one address and one token may ask, how large things may be, and who may embed a chat."""

import re
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from warmline.config import Settings
from warmline.core.words import MINUTE, SECOND, Instant, Malformed
from warmline.ports import Clock

KEPT = 20_000
"""Meters kept at most; the least recently used one goes first."""
FRAME_LIMIT_BYTES = 64 * 1024
FRAMES_PER_MINUTE = 600
"""Of any kind on one socket: typing comes often, sending is limited by itself."""
SOCKETS_PER_CHAT = 8
WAITING_FRAMES = 256
"""Frames that may wait for a slow socket before it is closed."""
NAME_LIMIT_CHARS = 120
EMAIL_LIMIT_CHARS = 254
REASON_LIMIT_CHARS = 60
COMMENT_LIMIT_CHARS = 2_000
PAGE_LIMIT = 200
CALLS_PER_MINUTE = 1_200
MAILS_PER_MINUTE = 3
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class TooLarge(Exception):
    """A file over the limit (answered 413)."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"a file may have {limit_bytes // 1024} kB at most")
        self.limit_bytes = limit_bytes


class TooMany(Exception):
    """Too much in too short a time; try again after `retry_after_s` (answered 429)."""

    def __init__(self, what: str, retry_after_s: int) -> None:
        super().__init__(f"too many {what}, try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


@dataclass(slots=True)
class _Bucket:
    left: float
    at: Instant


class Rate:
    """A leaky bucket per key: `per_minute` on average, and at once at most as many."""

    def __init__(self, what: str, *, per_minute: int) -> None:
        self._what = what
        self._per_minute = per_minute
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def spend(self, key: str, now: Instant) -> None:
        """Count one for `key`, or refuse with `TooMany`."""
        bucket = self._buckets.pop(key, None) or _Bucket(left=self._per_minute, at=now)
        passed = max(0, now - bucket.at)
        bucket.left = min(self._per_minute, bucket.left + passed * self._per_minute / MINUTE)
        bucket.at = now
        self._buckets[key] = bucket
        while len(self._buckets) > KEPT:
            self._buckets.popitem(last=False)
        if bucket.left < 1:
            lacking_ms = (1 - bucket.left) * MINUTE / self._per_minute
            raise TooMany(self._what, int(lacking_ms // SECOND) + 1)
        bucket.left -= 1


class Limits:
    """All limits of one server's chat door, as its settings say."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.file_bytes = settings.file_limit_bytes
        self._text_chars = settings.message_limit_chars
        self._clock = clock
        self._starts = Rate("chats", per_minute=settings.chat_starts_per_minute)
        self._messages = Rate("messages", per_minute=settings.chat_messages_per_minute)
        self._frames = Rate("frames", per_minute=FRAMES_PER_MINUTE)
        # Who is let begin so many chats must be let ask as often.
        calls = max(CALLS_PER_MINUTE, settings.chat_starts_per_minute)
        self._calls = Rate("requests", per_minute=calls)
        self._mails = Rate("transcripts", per_minute=MAILS_PER_MINUTE)

    def start(self, address: str) -> None:
        """One more chat, or form, from this address."""
        self._starts.spend(address, self._clock.now())

    def call(self, address: str) -> None:
        """One more request of any kind from this address."""
        self._calls.spend(address, self._clock.now())

    def message(self, chat: str) -> None:
        """One more message in this chat."""
        self._messages.spend(chat, self._clock.now())

    def frame(self, tab: str) -> None:
        """One more frame on this socket."""
        self._frames.spend(tab, self._clock.now())

    def mail(self, chat: str) -> None:
        """One more transcript of this chat."""
        self._mails.spend(chat, self._clock.now())

    def text(self, text: str) -> str:
        """What the customer wrote, without what no keyboard types; refuses too much and nothing."""
        cleaned = _CONTROLS.sub("", text.replace("\r\n", "\n")).strip()
        if not cleaned:
            raise Malformed("text", "is empty", "empty")
        if len(cleaned) > self._text_chars:
            raise Malformed(
                "text",
                f"is longer than {self._text_chars} characters",
                "too_long",
                max=self._text_chars,
            )
        return cleaned

    def size(self, size_bytes: int) -> None:
        """The size of a file; refuses one over the limit."""
        if size_bytes > self.file_bytes:
            raise TooLarge(self.file_bytes)


def origin_of(text: str | None) -> str | None:
    """An origin in its plain form (`https://shop.example`), or None for none or nonsense."""
    if not text or text == "null":
        return None
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    usual = {"http": 80, "https": 443}[parts.scheme]
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in {None, usual} else "")


def may_embed(origin: str | None, allowed: Iterable[str], *, host: str | None) -> bool:
    """Whether a page of `origin` may use the chat; no origin is no browser, our own pages may.

    An allowed entry is an origin, or `https://*.shop.example` for every host under it.
    """
    entries = tuple(allowed)
    if origin is None or not entries:
        return True
    plain = origin_of(origin)
    if plain is None:
        return False
    if host and plain.split("://", 1)[1] == host.lower():
        return True
    return any(_covers(entry, plain) for entry in entries)


def _covers(entry: str, origin: str) -> bool:
    scheme, _, host = entry.partition("://")
    if host.startswith("*."):
        return origin.startswith(f"{scheme}://") and origin.endswith(host[1:].rstrip("/"))
    return origin_of(entry) == origin
