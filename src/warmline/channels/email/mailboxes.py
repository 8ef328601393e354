"""The mailboxes of a site: kept in memory for the doors, written with their audit row."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from warmline.channels.email import tables
from warmline.channels.email.keys import Keys
from warmline.channels.email.thread import read_token, reply_address, sign_token, token_in
from warmline.core.words import InboxId, Instant, InteractionId, SiteId
from warmline.ports import Clock, Write
from warmline.storage.database import Database
from warmline.storage.rows import Row, rows

LOCAL_CHARS = 64
MAILBOXES_LIMIT = 200
WAITING, WORKING, FAILING, OFF = "waiting", "ok", "error", "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imap:
    """Where the mail of a mailbox is fetched from; `tls` is `implicit` or `none`."""

    host: str
    port: int
    tls: str
    user: str
    folder: str = "INBOX"
    sealed: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """An address of ours; `auto_reply` is the acknowledgement by language, empty for none."""

    id: str
    inbox: InboxId
    address: str
    name: str
    language: str | None = None
    active: bool = True
    reply_tokens: bool = True
    auto_reply: Mapping[str, str] = field(default_factory=dict[str, str])
    imap: Imap | None = None
    created_at: Instant = 0

    @property
    def domain(self) -> str:
        """The host part of the address."""
        return self.address.rpartition("@")[2]

    def shown(self) -> dict[str, object]:
        """As an administrator reads it; the password is never among it."""
        imap = self.imap
        return {
            "id": self.id,
            "inbox": self.inbox,
            "address": self.address,
            "name": self.name,
            "language": self.language,
            "active": self.active,
            "reply_tokens": self.reply_tokens,
            "auto_reply": dict(self.auto_reply),
            "imap": {
                "host": imap.host,
                "port": imap.port,
                "tls": imap.tls,
                "user": imap.user,
                "folder": imap.folder,
                "password_set": bool(imap.sealed),
            }
            if imap
            else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How it goes with a mailbox; `error` says in words what is wrong."""

    state: str = WAITING
    error: str | None = None
    seen_at: Instant | None = None
    refused: int = 0
    uid_validity: int | None = None
    last_uid: int | None = None


class Mailboxes:
    """The mailboxes of one site (also the `Mailboxes` that conversations ask for addresses)."""

    def __init__(self, *, site: SiteId, database: Database, keys: Keys, clock: Clock) -> None:
        self.site = site
        self.keys = keys
        self._database = database
        self._clock = clock
        self._known: dict[str, Mailbox] = {}
        self._standings: dict[str, Standing] = {}
        self._loaded = False
        self._turn = asyncio.Lock()
        self._listeners: list[Callable[[], None]] = []

    # Reading

    async def load(self) -> None:
        """Read them all from the database."""
        async with self._database.read() as connection:
            found = await rows(connection, tables.mailboxes(self.site))
        self._known = {one["id"]: _mailbox(one) for one in found}
        self._standings = {one["id"]: _standing(one) for one in found}
        self._loaded = True

    async def all(self) -> Sequence[Mailbox]:
        """Every mailbox, the oldest first."""
        if not self._loaded:
            await self.load()
        return list(self._known.values())

    def active(self) -> list[Mailbox]:
        """Those that take and send mail, as far as they are loaded."""
        return [one for one in self._known.values() if one.active]

    def one(self, id_: str) -> Mailbox | None:
        """The mailbox of an id."""
        return self._known.get(id_)

    def standing(self, id_: str) -> Standing:
        """How it goes with a mailbox."""
        return self._standings.get(id_, Standing())

    async def addresses(self, inbox: InboxId) -> Sequence[str]:
        """The addresses of an inbox, the main one (the oldest) first."""
        return [one.address for one in await self.all() if one.inbox == inbox and one.active]

    async def of_inbox(self, inbox: InboxId) -> Mailbox | None:
        """The mailbox that an inbox sends from; else any, so that an answer still leaves."""
        found = [one for one in await self.all() if one.active]
        return next((one for one in found if one.inbox == inbox), None)

    def ours(self, address: str) -> Mailbox | None:
        """The active mailbox that mail to an address belongs to: its own, or a reply address."""
        bare = address.strip().casefold()
        for one in self.active():
            if one.address == bare:
                return one
        if self.interaction_of(bare) is None:
            return None
        domain = bare.rpartition("@")[2]
        return next((one for one in self.active() if one.domain == domain), None)

    def interaction_of(self, address: str) -> InteractionId | None:
        """The interaction that one of our signed reply addresses leads to."""
        token = token_in(address)
        found = read_token(token, [self.keys.token]) if token else None
        return InteractionId(found) if found else None

    def reply_to(self, mailbox: Mailbox, interaction: InteractionId) -> str | None:
        """The reply address of an interaction, None when the mailbox does not use them."""
        if not mailbox.reply_tokens:
            return None
        try:
            token = sign_token(interaction, self.keys.token)
        except ValueError:
            return None
        if mailbox.imap is None:
            return reply_address(token, mailbox.domain)
        # A provider brings name+anything to name's mailbox, and knows nothing of `reply`.
        local = f"{mailbox.address.rpartition('@')[0]}+{token}"
        return f"{local}@{mailbox.domain}" if len(local) <= LOCAL_CHARS else None

    # Writing

    async def keep(self, mailbox: Mailbox, audited: Callable[[Mailbox | None], Write]) -> Mailbox:
        """Keep a new or changed mailbox; `audited` makes the audit row from what was before."""

        async def work() -> Mailbox:
            before = self._known.get(mailbox.id)
            kept = replace(mailbox, created_at=before.created_at if before else self._clock.now())
            values = _values(kept)
            anew = before is None or _source(before) != _source(kept)
            if before is None or anew or before.active != kept.active:
                values |= {"state": WAITING if kept.active else OFF, "error": None, "seen_at": None}
            if anew:
                values |= {"uid_validity": None, "last_uid": None, "refused": 0}
            async with self._database.write() as connection:
                await connection.execute(
                    tables.add_mailbox(self.site, values)
                    if before is None
                    else tables.change_mailbox(self.site, kept.id, values)
                )
                await tables.write(connection, audited(before))
            return kept

        return await self._changed(work)

    async def drop(self, id_: str, audited: Callable[[Mailbox], Write]) -> bool:
        """Remove a mailbox; False when there is none."""

        async def work() -> bool:
            before = self._known.get(id_)
            if before is None:
                return False
            async with self._database.write() as connection:
                await connection.execute(tables.drop_mailbox(self.site, id_))
                await tables.write(connection, audited(before))
            return True

        return await self._changed(work)

    async def _changed(self, work: Callable[[], Awaitable[Any]]) -> Any:
        async with self._turn:
            if not self._loaded:
                await self.load()
            done = await work()
            await self.load()
        for listener in self._listeners:
            listener()
        return done

    async def stands(self, id_: str, standing: Standing) -> None:
        """Remember how it goes; written only when it is news."""
        before = self.standing(id_)
        if before == standing or id_ not in self._known:
            return
        self._standings[id_] = standing
        values = {
            "state": standing.state,
            "error": standing.error,
            "seen_at": standing.seen_at,
            "refused": standing.refused,
            "uid_validity": standing.uid_validity,
            "last_uid": standing.last_uid,
        }
        async with self._database.write() as connection:
            await connection.execute(tables.change_mailbox(self.site, id_, values))

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Be told when mailboxes were changed; returns how to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)


def sealed_about(site: SiteId, mailbox: str) -> str:
    """What a mailbox's sealed password belongs to."""
    return f"{site}/{mailbox}"


def _source(mailbox: Mailbox) -> object:
    """What decides which mails a mailbox has: a change begins anew."""
    return mailbox.imap and replace(mailbox.imap, sealed=b"")


def _values(one: Mailbox) -> dict[str, object]:
    imap = one.imap
    return {
        "id": one.id,
        "inbox": one.inbox,
        "address": one.address,
        "name": one.name,
        "language": one.language,
        "active": one.active,
        "reply_tokens": one.reply_tokens,
        "auto_reply": dict(one.auto_reply) or None,
        "imap_host": imap.host if imap else None,
        "imap_port": imap.port if imap else None,
        "imap_tls": imap.tls if imap else None,
        "imap_user": imap.user if imap else None,
        "imap_password": imap.sealed if imap else None,
        "imap_folder": imap.folder if imap else None,
        "created_at": one.created_at,
    }


def _mailbox(row: Row) -> Mailbox:
    imap = None
    if row["imap_host"]:
        imap = Imap(
            host=row["imap_host"],
            port=row["imap_port"],
            tls=row["imap_tls"],
            user=row["imap_user"],
            folder=row["imap_folder"],
            sealed=row["imap_password"] or b"",
        )
    return Mailbox(
        id=row["id"],
        inbox=InboxId(row["inbox"]),
        address=row["address"],
        name=row["name"],
        language=row["language"],
        active=row["active"],
        reply_tokens=row["reply_tokens"],
        auto_reply=row["auto_reply"] or {},
        imap=imap,
        created_at=row["created_at"],
    )


def _standing(row: Row) -> Standing:
    return Standing(
        state=row["state"],
        error=row["error"],
        seen_at=row["seen_at"],
        refused=row["refused"],
        uid_validity=row["uid_validity"],
        last_uid=row["last_uid"],
    )
