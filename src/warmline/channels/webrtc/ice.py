"""The servers by which browsers find a way to each other (ICE), with passwords that do not last."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from warmline.channels.webrtc.pages import Told
from warmline.core.words import DAY, SECOND, Millis
from warmline.ports import Clock

VALID_MS: Millis = DAY
"""How long a password for the relay serves: a talk may be made anew as long as it lasts."""


class IceServers:
    """What a page is told for each connection; nothing when there is no server."""

    def __init__(self, urls: Sequence[str], secret: str | None, clock: Clock) -> None:
        self._finders = [url for url in urls if url.startswith(("stun:", "stuns:"))]
        self._relays = [url for url in urls if url not in self._finders]
        self._secret = secret
        self._clock = clock

    def __call__(self) -> Sequence[Told]:
        """STUN servers as they are, TURN servers with a name and password for a day."""
        told: list[Told] = []
        if self._finders:
            told.append({"urls": self._finders})
        if self._relays:
            told.append({"urls": self._relays, **self._pass()})
        return told

    def _pass(self) -> Told:
        """A name that says until when it serves, signed: what coturn calls `use-auth-secret`."""
        if self._secret is None:
            return {}
        name = f"{(self._clock.now() + VALID_MS) // SECOND}:warmline"
        # The relay knows no other hash than SHA-1; it keys an HMAC here, for which it still serves.
        signed = hmac.new(self._secret.encode(), name.encode(), hashlib.sha1).digest()
        return {"username": name, "credential": base64.b64encode(signed).decode()}
