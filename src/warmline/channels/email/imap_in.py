"""Fetches the mail of one mailbox by IMAP: by IDLE where the server can, else every 30 s.

A mail is marked as seen once it is durable with us. What is refused stays, flagged; what cannot be
taken now stays as it is and is tried again.
"""

import asyncio
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import structlog

from warmline.channels.email.imap_session import ImapSession, ImapTrouble, signed_in
from warmline.channels.email.keys import UnreadableKey
from warmline.channels.email.mail import Limits, Refusal, Refused
from warmline.channels.email.mailboxes import (
    FAILING,
    WORKING,
    Imap,
    Mailbox,
    Mailboxes,
    sealed_about,
)
from warmline.channels.email.reading import Delivery
from warmline.channels.email.receive import Postponed
from warmline.ports import Busy, Clock, Unavailable

log = structlog.get_logger()

ERROR_CHARS = 200
STEADY_S = 60.0
"""A connection that lasted this long was a good one: the next trouble begins with a short pause."""


class Taking(Protocol):
    """Deals with one mail; durable when it returns."""

    async def __call__(self, mailbox: Mailbox, delivery: Delivery) -> object: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often and how long IMAP waits, in seconds."""

    poll_s: float = 30.0
    idle_s: float = 300.0
    postponed_s: float = 60.0
    first_retry_s: float = 2.0
    longest_retry_s: float = 300.0


class Fetching:
    """Follows one mailbox until cancelled."""

    def __init__(
        self,
        mailbox: Mailbox,
        *,
        mailboxes: Mailboxes,
        take: Taking,
        limits: Limits,
        clock: Clock,
        pace: Pace,
        ca_file: Path | None = None,
    ) -> None:
        assert mailbox.imap is not None, "a mailbox without IMAP is not fetched"
        self._mailbox = mailbox
        self._imap = mailbox.imap
        self._mailboxes = mailboxes
        self._take = take
        self._limits = limits
        self._clock = clock
        self._pace = pace
        self._ca_file = ca_file

    async def run(self) -> None:
        """Fetch for ever; trouble is told and tried again after a growing pause."""
        pause_s = self._pace.first_retry_s
        while True:
            began = time.monotonic()
            try:
                password = unsealed(self._mailboxes, self._mailbox, self._imap)
                async with signed_in(self._imap, password, ca_file=self._ca_file) as session:
                    await self._follow(session)
            except (ImapTrouble, UnreadableKey) as trouble:
                await self._told(FAILING, str(trouble)[:ERROR_CHARS])
                log.warning("imap_failed", mailbox=self._mailbox.id, kind=type(trouble).__name__)
            except (Busy, Unavailable) as trouble:
                log.warning("imap_waits", mailbox=self._mailbox.id, kind=type(trouble).__name__)
            if time.monotonic() - began > STEADY_S:
                pause_s = self._pace.first_retry_s
            await asyncio.sleep(pause_s)
            pause_s = min(self._pace.longest_retry_s, 2 * pause_s)

    async def _follow(self, session: ImapSession) -> None:
        while True:
            waiting = await self._fetch(session)
            error = f"{waiting} mails cannot be taken now and are tried again" if waiting else None
            await self._told(WORKING, error)
            longest_s = self._pace.postponed_s if waiting else self._pace.idle_s
            if session.can_idle:
                await session.wait_for_news(longest_s=longest_s)
            else:
                await asyncio.sleep(min(self._pace.poll_s, longest_s))

    async def _fetch(self, session: ImapSession) -> int:
        """Take what is new; the answer is how many mails must wait."""
        before = self._mailboxes.standing(self._mailbox.id)
        known = before.uid_validity == session.validity and before.last_uid is not None
        # Of a folder that we see for the first time only unread mail is new. When its UIDs begin
        # anew the same holds, and no mail that we had is taken twice: Message-IDs tell.
        last = (before.last_uid or 0) if known else 0
        found = await session.uids(f"UID {last + 1}:*" if known else "UNSEEN")
        waiting = [uid for uid in found if uid > last and not await self._one(session, uid)]
        dealt = max([last, *found])
        standing = self._mailboxes.standing(self._mailbox.id)
        await self._mailboxes.stands(
            self._mailbox.id,
            replace(
                standing,
                uid_validity=session.validity,
                last_uid=min([dealt + 1, *waiting]) - 1,
            ),
        )
        return len(waiting)

    async def _one(self, session: ImapSession, uid: int) -> bool:
        """Deal with one mail; False when it must wait."""
        try:
            size = await session.size(uid)
            content = None if size is None else await self._content(session, uid, size)
            if content is None:
                return True  # somebody else has removed it
            await self._take(self._mailbox, Delivery(raw=content))
        except Refused as refusal:
            await self._refused(session, uid, refusal)
        except Postponed as delay:
            log.info("mail_postponed", mailbox=self._mailbox.id, uid=uid, code=delay.code)
            return False
        else:
            await session.mark(uid, "\\Seen")
        return True

    async def _content(self, session: ImapSession, uid: int, size: int) -> bytes | None:
        if size > self._limits.mail_bytes:
            raise Refused(Refusal.TOO_LARGE, f"the mail is over {self._limits.mail_bytes} bytes")
        return await session.content(uid)

    async def _refused(self, session: ImapSession, uid: int, refusal: Refused) -> None:
        await session.refuse(uid)
        log.warning("mail_refused", mailbox=self._mailbox.id, uid=uid, code=refusal.code)
        standing = self._mailboxes.standing(self._mailbox.id)
        await self._mailboxes.stands(
            self._mailbox.id, replace(standing, refused=standing.refused + 1)
        )

    async def _told(self, state: str, error: str | None) -> None:
        standing = self._mailboxes.standing(self._mailbox.id)
        seen_at = self._clock.now() if state == WORKING else standing.seen_at
        await self._mailboxes.stands(
            self._mailbox.id, replace(standing, state=state, error=error, seen_at=seen_at)
        )


def unsealed(mailboxes: Mailboxes, mailbox: Mailbox, imap: Imap) -> str:
    """The password of a mailbox; `UnreadableKey` when the key of the data folder is another one."""
    if not imap.sealed:
        return ""
    return mailboxes.keys.unseal(imap.sealed, about=sealed_about(mailboxes.site, mailbox.id))
