"""The chat door over HTTP, `/api/v1/chat`: the same as the socket for programs and old browsers."""

from collections.abc import Callable, Coroutine, Mapping
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request, Response, UploadFile
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer

from warmline.channels.files import Untaken
from warmline.channels.webchat import tables
from warmline.channels.webchat.channel import WebChat
from warmline.channels.webchat.chats import Chat
from warmline.channels.webchat.cors import REFUSED
from warmline.channels.webchat.deeds import UnknownChat, Uttered, client_text
from warmline.channels.webchat.identity import IdentityRefused, new_secret
from warmline.channels.webchat.limits import (
    PAGE_LIMIT,
    TooLarge,
    TooMany,
)
from warmline.channels.webchat.reception import email_address, language_tag
from warmline.channels.webchat.shapes import (
    ID_LIMIT_CHARS,
    TEXT_LIMIT_CHARS,
    BegunAnswer,
    ChatMessage,
    EndedAnswer,
    FormAnswer,
    IdentityBody,
    InboxAnswer,
    MessageBody,
    MessagesAnswer,
    RatingBody,
    ReadBody,
    SaidAnswer,
    SentAnswer,
    StartBody,
    SurveyAnswer,
    TranscriptBody,
)
from warmline.channels.webchat.tokens import bearer
from warmline.channels.webchat.transcript import Line, transcript
from warmline.conversations.files import headers, served_type
from warmline.core.permissions import Right
from warmline.core.words import Actor, InboxId, Medium, Party, Rejected
from warmline.ports import Busy, Guard
from warmline.security.audit import Audit
from warmline.storage.journal import storage_errors

UPLOAD_ROOM = 1


class OriginRefused(Exception):
    """The inbox may not be shown on this web site (answered 403)."""


def _problem(
    status: int, code: str, title: str, detail: str, *, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    body = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
    }
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def _refusal(error: Exception) -> JSONResponse | None:  # noqa: PLR0911 - one answer a line
    """The answers that only this door gives; the rest is the application's."""
    match error:
        case UnknownChat():
            challenge = {"WWW-Authenticate": "Bearer"}
            detail = "A token of a chat is needed: Authorization: Bearer …"
            return _problem(401, "no_such_chat", "Unauthorized", detail, headers=challenge)
        case IdentityRefused():
            return _problem(401, error.code, "Unauthorized", error.detail)
        case OriginRefused():
            detail = "This web site may not show the chat of this inbox."
            return _problem(403, "origin", "Forbidden", detail)
        case TooLarge():
            return _problem(413, "too_large", "Content Too Large", str(error))
        case Untaken():
            return _problem(415, error.code, "Unsupported Media Type", error.detail)
        case TooMany():
            later = {"Retry-After": str(error.retry_after_s)}
            return _problem(429, "too_many", "Too Many Requests", str(error), headers=later)
        case Busy():
            later = {"Retry-After": str(error.retry_after_s)}
            detail = "Too much is going on just now; try again soon."
            return _problem(429, "busy", "Too Many Requests", detail, headers=later)
        case _:
            return None


class ChatRoute(APIRoute):
    """A route whose own refusals are problem documents."""

    refusal = staticmethod(_refusal)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route with its refusals answered."""
        inner = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                return await inner(request)
            except Exception as error:
                refusal = self.refusal(error)
                if refusal is None:
                    raise
                return refusal

        return answered


_TOKEN = HTTPBearer(auto_error=False, scheme_name="chat", description="The token of the chat.")
"""For the description alone; the token is read by our own rules."""


class _Door:
    """What every route of the door does first: who asks, from where, how often."""

    def __init__(self, webchat: WebChat, *, uncounted: Callable[[Request], bool]) -> None:
        self.webchat = webchat
        self._uncounted = uncounted

    def inbox(self, request: Request, inbox: str) -> None:
        """The page may use this inbox."""
        if not self._uncounted(request):
            self.webchat.limits.call(counted_as(request))
        self.webchat.reception.inbox(InboxId(inbox))
        origin, host = request.headers.get("origin"), request.headers.get("host")
        if not self.webchat.may_embed(InboxId(inbox), origin, host=host):
            setattr(request.state, REFUSED, True)
            raise OriginRefused

    def start(self, request: Request) -> None:
        """One more chat or form from this address."""
        if not self._uncounted(request):
            self.webchat.limits.start(counted_as(request))

    async def chat(self, request: Request, _: Annotated[object, Depends(_TOKEN)]) -> Chat:
        """The chat that the request's token opens; a dependency of the routes."""
        return await self._opened(request, bearer(request.headers.get("authorization")))

    async def chat_by_query(
        self, request: Request, token: Annotated[str | None, Query(max_length=64)] = None
    ) -> Chat:
        """The same for links and pictures, which cannot send a header."""
        return await self._opened(request, token or bearer(request.headers.get("authorization")))

    async def _opened(self, request: Request, token: str | None) -> Chat:
        if not self._uncounted(request):
            self.webchat.limits.call(counted_as(request))
        found = await self.webchat.chats.by_token(token)
        if found is None:
            raise UnknownChat
        origin, host = request.headers.get("origin"), request.headers.get("host")
        if not self.webchat.may_embed(found.inbox, origin, host=host):
            setattr(request.state, REFUSED, True)
            raise OriginRefused
        return found


def counted_as(request: Request) -> str:
    """Who is counted: an IPv4 address, or the /64 that one subscriber has of IPv6."""
    host = request.client.host if request.client else "unknown"
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, 64), strict=False))
    return host


def _nobody(_: Request) -> bool:
    return False


def chat_door(webchat: WebChat, *, uncounted: Callable[[Request], bool] = _nobody) -> APIRouter:
    """The routes for customers; requests that are `uncounted` are not held to the rates."""
    router = APIRouter(prefix="/api/v1/chat", tags=["chat"], route_class=ChatRoute)
    door = _Door(webchat, uncounted=uncounted)
    _add_beginning(router, door)
    _add_messages(router, door)
    _add_files(router, door)
    _add_ending(router, door)
    return router


def _add_beginning(router: APIRouter, door: _Door) -> None:
    webchat = door.webchat

    @router.get("/inboxes/{inbox}")
    async def inbox(
        request: Request,
        inbox: str,
        locale: Annotated[str | None, Query(max_length=ID_LIMIT_CHARS)] = None,
    ) -> InboxAnswer:
        """Whether the inbox is open, what to ask before a chat, and the limits."""
        door.inbox(request, inbox)
        return InboxAnswer.model_validate(webchat.reception.shown(InboxId(inbox), locale))

    @router.post("", status_code=201)
    async def begin(request: Request, body: StartBody) -> BegunAnswer:
        """Begin a chat; 409 `closed` (with `opens_at`) or `unstaffed`, with the queue's `words`."""
        door.inbox(request, body.inbox)
        door.start(request)
        begun = await webchat.reception.begin(body.start())
        return BegunAnswer(interaction=begun.interaction, token=begun.token)

    @router.post("/offline", status_code=201)
    async def leave_form(request: Request, body: StartBody) -> FormAnswer:
        """Leave a message outside business hours; it is answered by mail."""
        door.inbox(request, body.inbox)
        door.start(request)
        return FormAnswer(interaction=await webchat.reception.leave_form(body.start()))


def _add_messages(router: APIRouter, door: _Door) -> None:
    webchat = door.webchat
    mine = Depends(door.chat)

    @router.get("/messages")
    async def messages(
        chat: Annotated[Chat, mine],
        after: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = PAGE_LIMIT,
    ) -> MessagesAnswer:
        """What was said after a number, and where the chat stands."""
        hello = await webchat.hello(chat.key, after=after, limit=limit)
        webchat.shown(hello)
        return MessagesAnswer.model_validate(hello)

    @router.post("/messages", status_code=201)
    async def say(chat: Annotated[Chat, mine], body: MessageBody) -> SaidAnswer:
        """Write; after the end this begins a new interaction, which `follows` the old one."""
        id_ = body.id or webchat.new_id()
        return _uttered(await webchat.deeds.say(chat.key, id_=id_, text=body.text))

    @router.post("/read", status_code=204)
    async def read(chat: Annotated[Chat, mine], body: ReadBody) -> None:
        """Everything up to this message was read."""
        await webchat.deeds.read(chat.key, body.message)

    @router.post("/identify", status_code=204)
    async def identify(chat: Annotated[Chat, mine], body: IdentityBody) -> None:
        """The shop vouches for the customer of this chat."""
        await webchat.reception.identify(chat.interaction, chat.inbox, body.identity)


def _add_files(router: APIRouter, door: _Door) -> None:
    webchat = door.webchat
    mine = Depends(door.chat)

    @router.post("/files", status_code=201)
    async def attach(
        chat: Annotated[Chat, mine],
        file: UploadFile,
        id: Annotated[str | None, Form(max_length=ID_LIMIT_CHARS)] = None,  # noqa: A002
        text: Annotated[str, Form(max_length=TEXT_LIMIT_CHARS)] = "",
    ) -> SaidAnswer:
        """Send a file as a message, with words beside it when there are some."""
        content = await file.read(webchat.limits.file_bytes + UPLOAD_ROOM)
        name, id_ = file.filename or "", id or webchat.new_id()
        uttered = await webchat.deeds.attach(
            chat.key, id_=id_, name=name, content=content, text=text
        )
        return _uttered(uttered)

    @router.get("/files/{id_}")
    async def file_content(
        id_: str, chat: Annotated[Chat, Depends(door.chat_by_query)]
    ) -> Response:
        """A file of this chat."""
        found = await webchat.chats.file(chat, client_text(id_, "id"))
        if found is None:
            raise Rejected("unknown_file", "there is no such file in this chat")
        try:
            content = await webchat.blobs.get(found["blob"])
        except KeyError:
            raise Rejected("unknown_file", "the content of this file is gone") from None
        return Response(
            content,
            media_type=served_type(found["media_type"]),
            # The token guards it; the page that shows it is on the shop's site.
            headers={
                **headers(found["name"], found["media_type"]),
                "Cross-Origin-Resource-Policy": "cross-origin",
                "Referrer-Policy": "no-referrer",
            },
        )


def _add_ending(router: APIRouter, door: _Door) -> None:
    webchat = door.webchat
    mine = Depends(door.chat)

    @router.post("/end")
    async def end(chat: Annotated[Chat, mine]) -> EndedAnswer:
        """End the chat; ending it twice is ending it once."""
        return EndedAnswer(interaction=await webchat.deeds.end(chat.key))

    @router.get("/survey")
    async def survey(request: Request, chat: Annotated[Chat, mine]) -> SurveyAnswer:
        """The page that asks about the chat that has ended, in place of a rating."""
        secret = bearer(request.headers.get("authorization"))
        if webchat.surveys is None or secret is None:
            return SurveyAnswer(page=None)
        return SurveyAnswer(page=await webchat.surveys.page(chat.interaction, secret=secret))

    @router.post("/rating", status_code=204)
    async def rate(chat: Annotated[Chat, mine], body: RatingBody) -> None:
        """Rate the chat, once."""
        await webchat.deeds.rate(chat.key, score=body.score, comment=body.comment)

    @router.post("/transcript", status_code=202)
    async def send_transcript(chat: Annotated[Chat, mine], body: TranscriptBody) -> SentAnswer:
        """Have the whole chat sent by mail; 409 `no_mail_relay` when no mail goes out."""
        to = email_address(body.email)
        if webchat.mailer is None:
            raise Rejected("no_mail_relay", "this center sends no mail")
        webchat.limits.mail(chat.key)
        inbox = webchat.reception.inbox(chat.inbox)
        mail = transcript(
            [_line(message) async for message in webchat.chats.all_messages(chat)],
            inbox=inbox.name,
            at=chat.begun_at,
            language=language_tag(body.language) or chat.language,
        )
        await webchat.mailer.send(to, mail.subject, mail.text, mail.html, mail.language)
        return SentAnswer()


def _line(message: Mapping[str, Any]) -> Line:
    return Line(
        at=message["at"],
        author=Party(message["author"]),
        name=message["name"],
        text=message["text"],
        files=tuple(file["name"] for file in message["files"]),
    )


def _uttered(uttered: Uttered) -> SaidAnswer:
    return SaidAnswer(
        message=ChatMessage.model_validate(uttered.message),
        interaction=uttered.interaction,
        follows=uttered.follows,
    )


def secret_routes(webchat: WebChat, *, guard: Guard, audit: Audit) -> APIRouter:
    """For administrators: the secret with which a shop signs its customers' identities."""
    router = APIRouter(prefix="/api/v1/inboxes/{inbox}/identity-secret", tags=["webchat"])
    admin = Depends(guard(Right.CONFIGURE))

    @router.get("")
    async def secret(inbox: str, _: Annotated[Actor, admin]) -> dict[str, object]:
        """The secret, null when there is none yet."""
        id_ = _signed_for(webchat, inbox)
        return {"inbox": id_, "secret": await webchat.reception.secret(id_)}

    @router.post("")
    async def renew(inbox: str, actor: Annotated[Actor, admin]) -> dict[str, object]:
        """Make a new secret; identities signed with the old one are refused from now on."""
        id_ = _signed_for(webchat, inbox)
        value = new_secret()
        row = audit.row(actor, "renew", "identity_secret", id_, fields=["secret"])
        with storage_errors():
            async with webchat.database.write() as connection:
                now = webchat.clock.now()
                await connection.execute(tables.keep_secret(webchat.site, id_, value, now))
                await connection.execute(row)
        return {"inbox": id_, "secret": value}

    return router


def _signed_for(webchat: WebChat, inbox: str) -> InboxId:
    """An inbox through which customers come whom a shop may sign for, else `unknown_inbox`."""
    found = webchat.state.center().inboxes.get(InboxId(inbox))
    if found is None or found.medium not in {Medium.CHAT, Medium.CALLBACK, Medium.VOICE}:
        raise Rejected("unknown_inbox", "customers are signed for in no inbox of this name")
    return found.id
