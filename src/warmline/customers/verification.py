"""Making sure at the desk who it is: questions, a code by mail or text message, a PIN."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import (
    HOUR,
    MINUTE,
    Actor,
    CustomerId,
    Instant,
    InteractionId,
    Malformed,
    Millis,
    Rejected,
    SiteId,
)
from warmline.customers import code_words
from warmline.customers.model import CodeMail, CodeText, IdentifierKind, Method, Secrets
from warmline.customers.tables import attempt, identifier, pin
from warmline.ports import Clock
from warmline.storage.database import Database
from warmline.storage.rows import Row, row
from warmline.storage.upsert import upsert

ENDS_MS: Millis = 10 * MINUTE
TRIES = 5
CODE_DIGITS = 6
PIN_DIGITS = (4, 8)
ASKED = 3
RIGHT_NEEDED = 2
PER_CUSTOMER, PER_AGENT, PER_VALUE, FAILURES = 8, 40, 4, 5
"""Attempts an hour, and failures of one customer after which it must wait."""
SENT_TO = frozenset({IdentifierKind.EMAIL, IdentifierKind.PHONE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How the agent wants to make sure; `to` is where a code goes, `asked` the questions."""

    method: Method
    interaction: InteractionId | None = None
    to: Row | None = None
    asked: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the customer said: digits, or by question whether it was right."""

    digits: str | None = None
    answers: Mapping[str, bool] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifications:
    """Starts attempts and judges them; the same person, agent and address only so often."""

    database: Database
    site: SiteId
    clock: Clock
    secrets: Secrets
    mail: CodeMail | None
    text: CodeText | None

    async def start(
        self, actor: Actor, person: Row, ids: Collection[CustomerId], how: Wanted
    ) -> Row:
        """A new attempt; refused where it was tried too often, or nothing can be sent."""
        now = self.clock.now()
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"
        is_code = how.method is Method.CODE
        values: dict[str, object] = {
            "site": self.site,
            "id": uuid4().hex,
            "customer": person["id"],
            "method": how.method.value,
            "state": "open",
            "interaction": how.interaction,
            "started_at": now,
            "started_by": actor.user or "",
            "ends_at": now + ENDS_MS,
            "tries": 0,
            "kind": how.to["kind"] if how.to else None,
            "value": how.to["value"] if how.to else None,
            "secret": await self.secrets.hash(code) if is_code else None,
            "asked": list(how.asked) or None,
            "done_at": None,
        }
        async with self.database.write() as connection:
            await self._limits(connection, actor, ids, how.to, now)
            if how.method is Method.PIN and await self._pin(connection, ids) is None:
                raise Rejected("no_pin", "This customer has set no PIN.")
            if is_code:
                self._can_send(how.to)
            await connection.execute(insert(attempt).values(**values))
        if is_code and how.to is not None:
            await self._send(how.to, code, person["language"])
        return values

    async def answer(
        self, actor: Actor, ids: Collection[CustomerId], id_: str, reply: Reply
    ) -> Row:
        """What became of an attempt; a wrong answer may be repeated while tries are left."""
        taken = await self._take_try(actor, ids, id_)
        right = await self._is_right(taken, ids, reply)
        now = self.clock.now()
        over = taken["method"] == Method.QUESTIONS.value or taken["tries"] >= TRIES
        state = "passed" if right else "failed" if over else "open"
        if state != "open":
            async with self.database.write() as connection:
                await connection.execute(
                    update(attempt)
                    .where(attempt.c.site == self.site, attempt.c.id == id_)
                    .values(state=state, done_at=now, secret=None)
                )
                if state == "passed" and taken["value"] is not None:
                    await self._proven(connection, taken, ids, actor, now)
        return {**taken, "state": state, "left": 0 if over else TRIES - taken["tries"]}

    async def set_pin(self, actor: Actor, who: CustomerId, digits: str) -> None:
        """From now on these digits show who the customer is."""
        shortest, longest = PIN_DIGITS
        if not (digits.isascii() and digits.isdecimal() and shortest <= len(digits) <= longest):
            raise Malformed("pin", f"must be {shortest} to {longest} digits", "wrong_form")
        if len(set(digits)) == 1 or digits in "01234567890" or digits in "9876543210":
            raise Malformed("pin", "this one is among the first to be guessed", "easily_guessed")
        values = {
            "site": self.site,
            "customer": who,
            "hash": await self.secrets.hash(digits),
            "set_at": self.clock.now(),
            "set_by": actor.user or "",
        }
        async with self.database.write() as connection:
            await connection.execute(upsert(pin, values, keys=("site", "customer")))

    async def has_pin(self, ids: Collection[CustomerId]) -> bool:
        """Whether the person has set one."""
        async with self.database.read() as connection:
            return await self._pin(connection, ids) is not None

    async def _pin(self, connection: AsyncConnection, ids: Collection[CustomerId]) -> Row | None:
        query = select(pin).where(pin.c.site == self.site, pin.c.customer.in_(ids))
        return await row(connection, query.order_by(pin.c.set_at.desc()))

    async def _limits(
        self,
        connection: AsyncConnection,
        actor: Actor,
        ids: Collection[CustomerId],
        to: Row | None,
        now: Instant,
    ) -> None:
        about = attempt.c.customer.in_(ids)
        limits: list[tuple[str, int, ColumnElement[bool]]] = [
            ("customer", PER_CUSTOMER, about),
            ("failures", FAILURES, about & (attempt.c.state == "failed")),
            ("agent", PER_AGENT, attempt.c.started_by == (actor.user or "")),
        ]
        if to is not None:
            same = (attempt.c.kind == to["kind"]) & (attempt.c.value == to["value"])
            limits.append(("address", PER_VALUE, same))
        for what, most, which in limits:
            count = await connection.scalar(
                select(func.count()).where(
                    attempt.c.site == self.site, attempt.c.started_at > now - HOUR, which
                )
            )
            if (count or 0) >= most:
                raise Rejected(
                    "verification_limit",
                    "It was tried too often within the hour; try again later.",
                    what=what,
                    limit=most,
                )

    def _can_send(self, to: Row | None) -> None:
        if to is None or IdentifierKind(to["kind"]) not in SENT_TO:
            raise Malformed(
                "identifier", "must be an address or a number", "not_one_of", allowed="email, phone"
            )
        way = self.mail if to["kind"] == IdentifierKind.EMAIL.value else self.text
        if way is None:
            raise Rejected(
                "code_way_not_set_up", f"Codes cannot be sent by {to['kind']} here.", way=to["kind"]
            )

    async def _send(self, to: Row, code: str, language: str | None) -> None:
        said = code_words.said(code, language, minutes=ENDS_MS // MINUTE)
        if to["kind"] == IdentifierKind.EMAIL.value:
            assert self.mail is not None
            await self.mail.send(to["value"], said.subject, said.text, said.html, said.language)
        else:
            assert self.text is not None
            await self.text.send(to["value"], said.short)

    async def _take_try(self, actor: Actor, ids: Collection[CustomerId], id_: str) -> Row:
        """Count a try before it is judged, so that many at once are counted too."""
        mine = (
            attempt.c.site == self.site,
            attempt.c.id == id_,
            attempt.c.customer.in_(ids),
            attempt.c.started_by == (actor.user or ""),
        )
        async with self.database.write() as connection:
            found = await row(connection, select(attempt).where(*mine))
            if found is None:
                raise Rejected("no_such_verification", "There is no such verification of yours.")
            over = found["ends_at"] <= self.clock.now() or found["tries"] >= TRIES
            if found["state"] != "open" or over:
                raise Rejected("verification_over", "This verification is over; start a new one.")
            await connection.execute(update(attempt).where(*mine).values(tries=attempt.c.tries + 1))
        return {**found, "tries": found["tries"] + 1}

    async def _is_right(self, taken: Row, ids: Collection[CustomerId], reply: Reply) -> bool:
        match Method(taken["method"]):
            case Method.QUESTIONS:
                asked: Sequence[str] = taken["asked"] or ()
                given = reply.answers
                if given is None or set(given) != set(asked):
                    raise Malformed(
                        "answers", "must say right or wrong of each question", "missing"
                    )
                return sum(given.values()) >= min(RIGHT_NEEDED, len(asked))
            case Method.PIN:
                async with self.database.read() as connection:
                    kept = await self._pin(connection, ids)
                return await self._same(kept["hash"] if kept else None, reply.digits)
            case _:
                return await self._same(taken["secret"], reply.digits)

    async def _same(self, kept: str | None, digits: str | None) -> bool:
        if digits is None:
            raise Malformed("digits", "are missing", "missing")
        return await self.secrets.verify(kept, digits)

    async def _proven(
        self,
        connection: AsyncConnection,
        taken: Row,
        ids: Collection[CustomerId],
        actor: Actor,
        now: Instant,
    ) -> None:
        """Whoever read the code has the address."""
        await connection.execute(
            update(identifier)
            .where(
                identifier.c.site == self.site,
                identifier.c.kind == taken["kind"],
                identifier.c.value == taken["value"],
                identifier.c.customer.in_(ids),
            )
            .values(
                verification="verified",
                method=Method.CODE.value,
                verified_at=now,
                verified_by=actor.user,
            )
        )
