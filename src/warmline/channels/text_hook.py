"""Text messages by a gateway of the operator's: one signed HTTP request for each."""

import base64
import binascii
import hashlib
import hmac
import json
import time
from uuid import uuid4

import httpx
import structlog

from warmline.core.words import Rejected

TIMEOUT_S = 10.0
_PREFIX = "whsec_"

log = structlog.get_logger()


def signature(secret: bytes, *, id_: str, at_s: int, body: bytes) -> str:
    """What shows the gateway that the request is ours, as Standard Webhooks sign it.

    >>> signature(b"secret", id_="msg_1", at_s=1, body=b"{}")
    'v1,kW+83cjD04uWm7Qber/sPiCRVJ9ljbsrg8ALKAx2qMc='
    """
    signed = f"{id_}.{at_s}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def secret_of(text: str) -> bytes:
    """The bytes of a secret, `whsec_` and base64; `ValueError` for what is none."""
    try:
        return base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("WARMLINE_SMS_HOOK_SECRET must be base64, after whsec_.") from None


class TextHook:
    """Hands text messages to the gateway behind `url`; taken is what it answers with 2xx."""

    def __init__(self, url: str, secret: str) -> None:
        self._url = url
        self._secret = secret_of(secret)
        # Read once: to read whom to trust takes longer than a request.
        self._trusted = httpx.create_ssl_context()

    async def send(self, to: str, text: str) -> None:
        """One text message; `Rejected` when the gateway does not take it."""
        id_ = f"msg_{uuid4().hex}"
        at_s = int(time.time())
        body = json.dumps({"type": "sms.send", "to": to, "text": text}).encode()
        headers = {
            "content-type": "application/json",
            "webhook-id": id_,
            "webhook-timestamp": str(at_s),
            "webhook-signature": signature(self._secret, id_=id_, at_s=at_s, body=body),
        }
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT_S, verify=self._trusted) as client:
                answer = await client.post(self._url, content=body, headers=headers)
            answer.raise_for_status()
        except httpx.HTTPError as error:
            log.warning("text_not_taken", message=id_, cause=type(error).__name__)
            raise Rejected(
                "text_not_taken", "The gateway for text messages did not take it; try another way."
            ) from error
