"""The HTTP API of the mail channel: mailboxes for administrators, the outbox for supervisors."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, Protocol
from uuid import uuid4

from fastapi import APIRouter, Depends, HTTPException, Path, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from warmline.channels.email.channel import EmailChannel
from warmline.channels.email.ignored_routes import add_ignored
from warmline.channels.email.imap_in import unsealed
from warmline.channels.email.imap_session import ImapTrouble, signed_in
from warmline.channels.email.keys import UnreadableKey
from warmline.channels.email.mailboxes import (
    MAILBOXES_LIMIT,
    Imap,
    Mailbox,
    sealed_about,
)
from warmline.channels.email.smtp_out import Later
from warmline.core.permissions import Right
from warmline.core.words import Actor, InboxId, Malformed, Medium, Rejected
from warmline.ports import Guard, Privacy, State, Write

TEST_S = 20.0
ItemId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
Word = Annotated[str, StringConstraints(pattern=r"^[\x20-\x7e]{1,255}$")]
Address = Annotated[
    str,
    StringConstraints(
        pattern=r"^[A-Za-z0-9.!#$%&'*/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,180}[A-Za-z0-9])?$"
    ),
]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]


class Audit(Protocol):
    """A row of the audit about a change of a setting."""

    def setting(
        self,
        actor: Actor,
        action: str,
        kind: str,
        item: str,
        *,
        before: Mapping[str, object] | None,
        after: Mapping[str, object] | None,
    ) -> Write: ...


class AnyGuard(Guard, Protocol):
    """A guard that also lets in who has one of several rights."""

    def any_of(self, wanted: frozenset[Right]) -> Callable[[Request], Awaitable[Actor]]: ...


class ImapBody(BaseModel):
    """Where mail is fetched from; without `password` the one we have stays."""

    model_config = ConfigDict(extra="forbid")

    host: Word
    port: int = Field(ge=1, le=65_535, default=993)
    tls: Literal["implicit", "none"] = "implicit"
    user: Word
    password: str | None = Field(
        default=None, min_length=1, max_length=500, pattern=r"^[^\r\n\x00]+$"
    )
    folder: Word = "INBOX"


class MailboxBody(BaseModel):
    """A mailbox as an administrator writes it; without `imap` its mail comes by SMTP."""

    model_config = ConfigDict(extra="forbid")

    inbox: ItemId
    address: Address
    name: str = Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")
    language: Language | None = None
    active: bool = True
    reply_tokens: bool | None = None
    """Whether answers come back to signed addresses (`reply+…@`); by default only without IMAP."""
    auto_reply: dict[Language, Annotated[str, Field(min_length=1, max_length=4_000)]] = Field(
        default_factory=dict[str, str], max_length=20
    )
    imap: ImapBody | None = None


class NewMailboxBody(MailboxBody):
    """A new mailbox; the id is made when none is given."""

    id: ItemId | None = None


class ImapAnswer(BaseModel):
    """Where mail is fetched from; the password is never told."""

    host: str
    port: int
    tls: str
    user: str
    folder: str
    password_set: bool


class MailboxAnswer(BaseModel):
    """A mailbox, and how it goes with it."""

    id: str
    inbox: str
    address: str
    name: str
    language: str | None
    active: bool
    reply_tokens: bool
    auto_reply: Mapping[str, str]
    imap: ImapAnswer | None
    state: str
    error: str | None
    seen_at: int | None
    refused: int


class Checked(BaseModel):
    """Whether something works, and in words what does not."""

    ok: bool
    detail: str


class TestAnswer(BaseModel):
    """Whether mail can come in and go out; `imap` is null for a mailbox without it."""

    imap: Checked | None
    smtp: Checked


class WaitingMail(BaseModel):
    """A mail that has not left."""

    id: str
    interaction: str | None
    state: str
    attempts: int
    since: int
    next_at: int
    error: str | None
    code: str | None


class OutboxAnswer(BaseModel):
    """What waits and what failed; without a relay everything waits."""

    relay: bool
    counts: Mapping[str, int]
    mails: list[WaitingMail]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """What the routes work with."""

    channel: EmailChannel
    state: State
    audit: Audit

    async def one(self, id_: str) -> Mailbox:
        await self.channel.mailboxes.all()
        found = self.channel.mailboxes.one(id_)
        if found is None:
            raise HTTPException(404, f"there is no mailbox {id_}")
        return found

    async def mailbox(self, id_: str, body: MailboxBody, before: Mailbox | None) -> Mailbox:
        """The mailbox that a body describes."""
        inbox = self.state.center().inboxes.get(InboxId(body.inbox))
        if inbox is None or inbox.medium is not Medium.EMAIL:
            raise Malformed(
                "inbox", f"there is no e-mail inbox {body.inbox}", "no_such", item=body.inbox
            )
        address = body.address.lower()
        others = [one for one in await self.channel.mailboxes.all() if one.id != id_]
        if any(one.address == address for one in others):
            raise Rejected("address_taken", f"{address} belongs to another mailbox.")
        if before is None and len(others) >= MAILBOXES_LIMIT:
            raise Rejected("too_many_mailboxes", f"There may be {MAILBOXES_LIMIT} at most.")
        return Mailbox(
            id=id_,
            inbox=inbox.id,
            address=address,
            name=body.name,
            language=body.language,
            active=body.active,
            reply_tokens=body.imap is None if body.reply_tokens is None else body.reply_tokens,
            auto_reply=body.auto_reply,
            imap=self._imap(id_, body.imap, before) if body.imap else None,
        )

    def _imap(self, id_: str, body: ImapBody, before: Mailbox | None) -> Imap:
        mailboxes = self.channel.mailboxes
        known = before.imap if before else None
        if body.password is not None:
            sealed = mailboxes.keys.seal(body.password, about=sealed_about(mailboxes.site, id_))
        elif known is not None and (known.host, known.port, known.tls) == (
            body.host,
            body.port,
            body.tls,
        ):
            sealed = known.sealed
        else:
            # An old password is not sent to a new server.
            raise Malformed("imap.password", "is needed for a new server", "missing")
        return Imap(
            host=body.host,
            port=body.port,
            tls=body.tls,
            user=body.user,
            folder=body.folder,
            sealed=sealed,
        )

    async def keep(self, actor: Actor, mailbox: Mailbox) -> MailboxAnswer:
        """Write it with its audit row."""

        def audited(before: Mailbox | None) -> Write:
            action = "created" if before is None else "changed"
            return self.audit.setting(
                actor,
                action,
                "mailbox",
                mailbox.id,
                before=_audited(before) if before else None,
                after=_audited(mailbox, changed_password=_differs(before, mailbox)),
            )

        kept = await self.channel.mailboxes.keep(mailbox, audited)
        return self.shown(kept)

    def shown(self, mailbox: Mailbox) -> MailboxAnswer:
        """The mailbox with how it goes."""
        standing = self.channel.mailboxes.standing(mailbox.id)
        return MailboxAnswer.model_validate(
            {
                **mailbox.shown(),
                "state": standing.state,
                "error": standing.error,
                "seen_at": standing.seen_at,
                "refused": standing.refused,
            }
        )


def mail_routes(
    *, channel: EmailChannel, state: State, guard: AnyGuard, audit: Audit, privacy: Privacy
) -> APIRouter:
    """All routes of the mail channel, under `/api/v1`."""
    router = APIRouter(tags=["mail"])
    desk = _Desk(channel=channel, state=state, audit=audit)
    _add_mailboxes(router, desk, guard)
    _add_changes(router, desk, guard)
    _add_outbox(router, desk, guard)
    add_ignored(router, channel.ignored, guard, privacy)
    return router


def _add_mailboxes(router: APIRouter, desk: _Desk, guard: AnyGuard) -> None:
    configure = Depends(guard(Right.CONFIGURE))

    @router.get("/mailboxes")
    async def list_mailboxes(_actor: Annotated[Actor, configure]) -> list[MailboxAnswer]:
        """All mailboxes, the oldest first."""
        return [desk.shown(one) for one in await desk.channel.mailboxes.all()]

    @router.get("/mailboxes/{id}")
    async def read_mailbox(
        id_: Annotated[ItemId, Path(alias="id")], _actor: Annotated[Actor, configure]
    ) -> MailboxAnswer:
        """One mailbox."""
        return desk.shown(await desk.one(id_))

    @router.post("/mailboxes/{id}/test")
    async def try_mailbox(
        id_: Annotated[ItemId, Path(alias="id")], _actor: Annotated[Actor, configure]
    ) -> TestAnswer:
        """Try to sign in by IMAP and to reach the relay, and say what does not work."""
        mailbox = await desk.one(id_)
        imap, smtp = await asyncio.gather(
            _check_imap(desk.channel, mailbox), _check_relay(desk.channel)
        )
        return TestAnswer(imap=imap, smtp=smtp)


def _add_changes(router: APIRouter, desk: _Desk, guard: AnyGuard) -> None:
    configure = Depends(guard(Right.CONFIGURE))

    @router.post("/mailboxes", status_code=201)
    async def create_mailbox(
        body: NewMailboxBody, actor: Annotated[Actor, configure]
    ) -> MailboxAnswer:
        """A new mailbox."""
        id_ = body.id or uuid4().hex
        await desk.channel.mailboxes.all()
        if desk.channel.mailboxes.one(id_) is not None:
            raise Rejected("id_taken", f"There is a mailbox {id_} already.")
        return await desk.keep(actor, await desk.mailbox(id_, body, None))

    @router.put("/mailboxes/{id}")
    async def change_mailbox(
        id_: Annotated[ItemId, Path(alias="id")],
        body: NewMailboxBody,
        actor: Annotated[Actor, configure],
    ) -> MailboxAnswer:
        """Change a mailbox; without a password in it the old one stays."""
        if body.id not in {None, id_}:
            raise Malformed("id", "differs from the address", "differs")
        before = await desk.one(id_)
        return await desk.keep(actor, await desk.mailbox(id_, body, before))

    @router.delete("/mailboxes/{id}", status_code=204)
    async def remove_mailbox(
        id_: Annotated[ItemId, Path(alias="id")], actor: Annotated[Actor, configure]
    ) -> None:
        """Remove a mailbox; its conversations stay, answers to them wait."""

        def audited(before: Mailbox) -> Write:
            return desk.audit.setting(
                actor, "removed", "mailbox", id_, before=_audited(before), after=None
            )

        if not await desk.channel.mailboxes.drop(id_, audited):
            raise HTTPException(404, f"there is no mailbox {id_}")


def _add_outbox(router: APIRouter, desk: _Desk, guard: AnyGuard) -> None:
    watching = Depends(guard.any_of(frozenset({Right.SUPERVISE, Right.CONFIGURE})))

    @router.get("/mail/outbox")
    async def read_outbox(_actor: Annotated[Actor, watching]) -> OutboxAnswer:
        """What waits to leave and what failed, the longest waiting first."""
        return OutboxAnswer.model_validate(await desk.channel.outbox.shown())

    @router.post("/mail/outbox/{id}/retry", status_code=204)
    async def retry(
        id_: Annotated[ItemId, Path(alias="id")], _actor: Annotated[Actor, watching]
    ) -> None:
        """Try a mail that waits or failed once more, now."""
        if not await desk.channel.outbox.retry(id_):
            raise HTTPException(404, f"there is no mail {id_} that waits or failed")


async def _check_imap(channel: EmailChannel, mailbox: Mailbox) -> Checked | None:
    if mailbox.imap is None:
        return None
    try:
        password = unsealed(channel.mailboxes, mailbox, mailbox.imap)
        signing_in = signed_in(mailbox.imap, password, ca_file=channel.ca_file)
        async with asyncio.timeout(TEST_S), signing_in:
            return Checked(ok=True, detail="signed in and opened the folder")
    except (ImapTrouble, UnreadableKey) as trouble:
        return Checked(ok=False, detail=str(trouble))
    except TimeoutError:
        return Checked(ok=False, detail="the IMAP server did not answer in time")


async def _check_relay(channel: EmailChannel) -> Checked:
    try:
        await channel.relay.check()
    except Later as trouble:
        return Checked(ok=False, detail=trouble.detail)
    return Checked(ok=True, detail="connected and signed in")


def _audited(mailbox: Mailbox, *, changed_password: bool = False) -> dict[str, object]:
    """The mailbox as the audit keeps it: that a password changed, never which."""
    shown = mailbox.shown()
    return {**shown, "password": "changed"} if changed_password else shown


def _differs(before: Mailbox | None, after: Mailbox) -> bool:
    old = before.imap.sealed if before and before.imap else None
    return after.imap is not None and after.imap.sealed != old
