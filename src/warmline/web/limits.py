"""How large a request may be, and in which charset it may come."""

from collections.abc import Mapping, Sequence
from email.message import Message as Headers
from types import MappingProxyType

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from warmline.web.problems import problem

BODY_LIMIT_BYTES = 1024 * 1024
FORM_ROOM_BYTES = 64 * 1024
"""What a form needs around its file."""
_DIGITS = 15


class BodyLimit:
    """Refuses (413) a body that says it is too large, or turns out to be, before it is all read."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        file_limit_bytes: int,
        file_paths: Sequence[str],
        larger: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self._app = app
        # `larger` is for those few that take files of another size.
        self._limits = {
            **dict.fromkeys(file_paths, file_limit_bytes + FORM_ROOM_BYTES),
            **larger,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limits.get(scope["path"], BODY_LIMIT_BYTES)
        headers: dict[bytes, bytes] = dict(scope["headers"])
        said = headers.get(b"content-length", b"0")
        if not said.isdigit() or len(said) > _DIGITS or int(said) > limit:
            refusal = problem(
                413, "too_large", "The request is too large.", facts={"limit_bytes": limit}
            )
            await refusal(scope, receive, send)
            return
        if not _readable(headers.get(b"content-type", b"").decode("latin-1")):
            refusal = problem(415, "charset", "Send JSON in UTF-8.")
            await refusal(scope, receive, send)
            return
        received = 0

        async def counting() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise HTTPException(413, "The request is too large.")
            return message

        await self._app(scope, counting, send)


def _readable(content_type: str) -> bool:
    """Whether text of this type comes in UTF-8, as all JSON does."""
    if "charset" not in content_type.lower():
        return True
    headers = Headers()
    headers["content-type"] = content_type
    charset = headers.get_content_charset()
    return charset is None or charset in {"utf-8", "utf8", "us-ascii"}
