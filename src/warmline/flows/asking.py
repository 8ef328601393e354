"""What another system answers to a flow: one GET with a time-out, flat JSON, a size that fits."""

import json
from collections.abc import Collection, Mapping
from functools import cache
from ssl import SSLContext
from typing import Any, cast

import httpx
import structlog

from warmline.core.words import SECOND, Millis

log = structlog.get_logger()

ANSWER_BYTES = 64_000
"""A longer answer counts as none."""


@cache
def _trusted() -> SSLContext:
    """Read once: to read whom to trust takes longer than a request."""
    return httpx.create_ssl_context()


async def asked_of(
    url: str, fields: Collection[str], *, wait_ms: Millis, step: str
) -> Mapping[str, str] | None:
    """The fields of the JSON object at an address; None unless it comes in time and is one."""
    client = httpx.AsyncClient(timeout=wait_ms / SECOND, follow_redirects=False, verify=_trusted())
    try:
        async with (
            client,
            client.stream("GET", url, headers={"accept": "application/json"}) as answer,
        ):
            answer.raise_for_status()
            body = bytearray()
            async for part in answer.aiter_bytes():
                body += part[: ANSWER_BYTES + 1 - len(body)]
                if len(body) > ANSWER_BYTES:
                    return None
        found: Any = json.loads(body)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        log.info("flow_got_no_answer", step=step, cause=type(error).__name__)
        return None
    if not isinstance(found, dict):
        return None
    plain = cast("Mapping[str, object]", found)
    return {name: said(plain[name]) for name in fields if plain.get(name) is not None}


def said(value: object) -> str:
    """A value as an attribute has it.

    >>> said(True), said(7), said("sent")
    ('yes', '7', 'sent')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
