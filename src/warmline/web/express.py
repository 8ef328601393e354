"""The busiest requests, answered without the framework's long way: same functions, same rules."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, cast

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from warmline.channels.webchat.door import ChatRoute

Refusals = Mapping[Any, Callable[..., Any]]
"""What is answered to which error: the application's own table."""
JSON = b"application/json"
_BODY: Message = {"type": "http.request", "body": b"", "more_body": False}


class Express:
    """Answers faultless requests to some routes at once; everything else goes the long way.

    A lane is made of a route's own parts: its function, what that depends on, the model of its
    body. It does what the framework would do with a request that has nothing wrong. One that has
    is handed on with what was read of it, so that one place alone says what is wrong.
    """

    def __init__(
        self, app: ASGIApp, *, routes: Iterable[tuple[str, APIRoute]], refusals: Refusals
    ) -> None:
        self._app = app
        self._lanes = {path: _lane(route) for path, route in routes}
        self._refusals = refusals

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        lane = self._lanes.get(scope["path"]) if scope["type"] == "http" else None
        if lane is None or scope["method"] != "POST" or not lane.takes(scope):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive, send)
        try:
            body = await _read(receive)
            asked = lane.read(body)
            content = await lane.answer(request, asked) if asked is not None else None
        except Exception as error:
            refusal = await self._refusal(lane, error, request)
            if refusal is None:
                raise
            await refusal(scope, receive, send)
            return
        if content is None:
            await self._app(scope, _again(body, receive), send)
            return
        length = str(len(content)).encode()
        headers = [(b"content-length", length), (b"content-type", JSON)]
        start = {"type": "http.response.start", "status": lane.status, "headers": headers}
        await send(start)
        await send({"type": "http.response.body", "body": content})

    async def _refusal(self, lane: "_Lane", error: Exception, request: Request) -> Response | None:
        """What the route or the application answers to an error, None when neither knows it."""
        own = lane.refusal(error)
        if own is not None:
            return own
        kind = next((kind for kind in type(error).__mro__ if kind in self._refusals), None)
        if kind is None:
            return None
        given = self._refusals[kind](request, error)
        return cast("Response", await given if isawaitable(given) else given)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Need:
    """A function with what it is to be given: the request, and what other functions return."""

    call: Callable[..., Awaitable[Any]]
    request: str | None
    needs: tuple[tuple[str, "_Need"], ...]
    headers: frozenset[bytes]
    """Optional headers that it would read: a request with one of them goes the long way."""

    async def given(self, request: Request) -> dict[str, Any]:
        """The arguments for the call."""
        values: dict[str, Any] = {}
        for name, need in self.needs:
            values[name] = await need.call(**await need.given(request))
        if self.request is not None:
            values[self.request] = request
        return values


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lane:
    """One route, taken apart."""

    route: APIRoute
    need: _Need
    field: str
    body: type[BaseModel]
    status: int

    def takes(self, scope: Scope) -> bool:
        """Whether a request brings a JSON body and nothing out of the ordinary."""
        plain = False
        for name, value in scope["headers"]:
            if name == b"content-type":
                plain = value == JSON
            elif name in self.need.headers:
                return False
        return plain and not scope["query_string"]

    def read(self, body: bytes) -> BaseModel | None:
        """The body by its model, None when it does not fit."""
        try:
            return self.body.__pydantic_validator__.validate_json(body)
        except ValidationError:
            return None

    async def answer(self, request: Request, asked: BaseModel) -> bytes:
        """What the route answers, as JSON."""
        request.scope["route"] = self.route  # for the log, should it go wrong
        values = await self.need.given(request)
        values[self.field] = asked
        answer = await self.need.call(**values)
        return answer.__pydantic_serializer__.to_json(answer)

    def refusal(self, error: Exception) -> Response | None:
        """What the route itself answers to an error."""
        return self.route.refusal(error) if isinstance(self.route, ChatRoute) else None


def _lane(route: APIRoute) -> _Lane:
    """The route as a lane; a route that is not made for one does not pass."""
    dependant = route.dependant
    [field] = dependant.body_params
    body, answer = field.field_info.annotation, route.response_model
    assert isinstance(body, type), route.path
    assert issubclass(body, BaseModel), route.path
    assert isinstance(answer, type), route.path
    assert issubclass(answer, BaseModel), route.path
    return _Lane(
        route=route,
        need=_need(dependant),
        field=field.name,
        body=body,
        status=route.status_code or 200,
    )


def _need(dependant: Dependant) -> _Need:
    unusual = (
        dependant.path_params,
        dependant.query_params,
        dependant.cookie_params,
        dependant.response_param_name,
        dependant.background_tasks_param_name,
        [header for header in dependant.header_params if header.field_info.is_required()],
    )
    assert not any(unusual), f"{dependant.call} asks for more than a lane can give"
    assert dependant.call is not None
    return _Need(
        call=dependant.call,
        request=dependant.request_param_name or dependant.http_connection_param_name,
        needs=tuple((str(inner.name), _need(inner)) for inner in dependant.dependencies),
        headers=frozenset(header.alias.lower().encode() for header in dependant.header_params),
    )


async def _read(receive: Receive) -> bytes:
    """The whole body."""
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body", False):
        return message.get("body", b"")
    parts: list[bytes] = []
    while True:
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)
        message = await receive()


def _again(body: bytes, receive: Receive) -> Receive:
    """The same request, to be read once more."""
    left = [{**_BODY, "body": body}]

    async def again() -> Message:
        return left.pop() if left else await receive()

    return again
