"""Which web sites may call customers' doors from a browser: answered inbox by inbox."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from warmline.channels.webchat.limits import may_embed
from warmline.core.words import Medium
from warmline.ports import State

DOORS = {
    "/api/v1/chat": Medium.CHAT,
    "/api/v1/callbacks": Medium.CALLBACK,
    "/api/v1/calls": Medium.VOICE,
}
REFUSED = "chat_origin_refused"
"""Set in the state of a request whose inbox does not allow the page's origin."""
_PREFLIGHT_S = 600


class ChatCors:
    """Adds the CORS headers of customers' doors; everything else passes untouched.

    A preflight request does not name its inbox, so it is answered for the origins of any of them;
    the request itself is then checked against its own.
    """

    def __init__(self, app: ASGIApp, *, state: State) -> None:
        self._app = app
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        doors = (door for door in DOORS if path == door or path.startswith(f"{door}/"))
        medium = DOORS.get(next(doors, ""))
        if scope["type"] != "http" or medium is None:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        allowed = origin is not None and self._allows(medium, origin, headers.get("host"))
        if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await _preflight(origin if allowed else None)(scope, receive, send)
            return

        async def adding(message: Message) -> None:
            if message["type"] == "http.response.start" and origin is None:
                message["headers"] = [*message["headers"], (b"vary", b"Origin")]
            elif message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                answer.add_vary_header("Origin")
                if origin is not None and allowed and not scope.get("state", {}).get(REFUSED):
                    answer["Access-Control-Allow-Origin"] = origin
                    answer["Access-Control-Expose-Headers"] = "Retry-After"
            await send(message)

        await self._app(scope, receive, adding)

    def _allows(self, medium: Medium, origin: str, host: str | None) -> bool:
        return any(
            may_embed(origin, inbox.origins, host=host)
            for inbox in self._state.center().inboxes.values()
            if inbox.medium is medium
        )


def _preflight(origin: str | None) -> Response:
    if origin is None:
        return Response(status_code=403, headers={"Vary": "Origin"})
    return Response(
        status_code=204,
        headers={
            "Vary": "Origin",
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Methods": "GET, POST",
            "Access-Control-Allow-Headers": "Authorization, Content-Type",
            "Access-Control-Max-Age": str(_PREFLIGHT_S),
        },
    )
