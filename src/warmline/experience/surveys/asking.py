"""Who is asked about which talk, when and how: decided once for each talk that ends."""

import asyncio
import base64
import hashlib
import hmac
import secrets
import uuid
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any, TypeAlias
from weakref import WeakValueDictionary

import structlog
from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from warmline.core.words import (
    HOUR,
    MINUTE,
    SECOND,
    CustomerId,
    Instant,
    InteractionId,
    Medium,
    Millis,
    QueueId,
    Rejected,
    SiteId,
)
from warmline.experience.surveys import tables
from warmline.experience.surveys.letter import letter
from warmline.experience.surveys.model import (
    ENDS,
    Ask,
    AskId,
    Contacted,
    Mailer,
    Passed,
    Permission,
    Persons,
    Promised,
    State,
    Survey,
    Talks,
    Via,
)
from warmline.experience.surveys.sampling import why_not
from warmline.experience.surveys.tables import survey_ask
from warmline.experience.surveys.versions import Versions
from warmline.experience.surveys.wording import spoken
from warmline.ports import Clock, Contact, Unavailable
from warmline.storage.database import Database
from warmline.storage.journal import storage_errors
from warmline.storage.rows import Row, row, rows
from warmline.storage.versions import InForce

log = structlog.get_logger()

BATCH = 100
FOLDED_WITHIN_MS: Millis = MINUTE
"""So long after the end of a talk its header may still be on its way."""
LOOK_AGAIN_MS: Millis = 200
WAITED_MS: Millis = 5 * SECOND
"""So long a customer at the widget is kept waiting for the decision whether to ask."""
PROMISE_PAUSE_MS = HOUR
"""So long after a promise is due: it may be kept in the last minute."""
LONGEST_SLEEP_S = 3600.0
AFTER_FAILURE_S = 5.0
_TOKEN_BYTES = 32
_IDS = uuid.UUID("5b0f2f4e-2f3d-4c0b-8c0c-7d6a4be0a1c2")


def token_hash(token: str) -> str:
    """What is kept of the token that opens an ask."""
    return hashlib.sha256(token.encode()).hexdigest()


OnTheLine: TypeAlias = Callable[[InteractionId], bool | None]
"""Whether the customer of a talk that is over can be asked by keys; None: not known yet."""


def _nobody(_: InteractionId) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """How somebody will be asked; `address` of a link."""

    via: Via
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Later:
    """It is not the time yet."""

    due_at: Instant
    survey: str | None = None


@dataclass(slots=True)
class _Round:
    """What was decided about several talks at once, before any of it is on disk."""

    asks: list[Ask] = field(default_factory=list[Ask])
    """By widget: nothing leaves the house for them."""
    persons: set[CustomerId] = field(default_factory=set[CustomerId])
    """Who is asked by these."""
    notes: list[tuple[InteractionId, dict[str, object]]] = field(
        default_factory=list[tuple[InteractionId, dict[str, object]]]
    )
    decided: list[InteractionId] = field(default_factory=list[InteractionId])


class Asking:
    """Decides about every talk that ended, sends links, and closes what is over."""

    def __init__(
        self,
        *,
        database: Database,
        site: SiteId,
        clock: Clock,
        versions: Versions,
        talks: Talks,
        persons: Persons,
        permission: Permission,
        contacted: Contacted,
        mailer: Mailer | None,
        url: str,
        promised: Promised,
    ) -> None:
        self._database = database
        self._site = site
        self._clock = clock
        self._versions = versions
        self._talks = talks
        self._persons = persons
        self._permission = permission
        self._contacted = contacted
        self._mailer = mailer
        self._url = url
        self._promised = promised
        self._turn = asyncio.Lock()
        self._news = asyncio.Event()
        self.on_the_line: OnTheLine = _nobody
        self._awaited: WeakValueDictionary[InteractionId, asyncio.Event] = WeakValueDictionary()

    # What others ask

    def wake(self) -> None:
        """Look at once what is due."""
        self._news.set()

    async def ask(
        self,
        interaction: InteractionId,
        *,
        survey: str | None = None,
        via: Via = Via.LINK,
        again_of_case: str | None = None,
    ) -> AskId | Passed:
        """Ask about a talk now, whatever the share and however lately somebody was asked.

        What forbids it for good (flags, consent, no address) forbids it here too. An ask that was
        open before is over with this one. `survey` is the first that fits where none is named.
        """
        async with self._turn:
            found = await self._talks.among([interaction])
            if not found:
                return Passed.UNKNOWN
            given = await self._survey_for(found[0], survey)
            if given is None:
                return Passed.NO_SURVEY
            ids = await self._ids(found[0])
            way = await self._way(found[0], ids, [via])
            if isinstance(way, Passed):
                return way
            ask = self._made(found[0], given, way.via, again_of_case)
            return await self._asked(ask, way, given.said)

    async def about(
        self, interaction: InteractionId, *, via: Via = Via.WIDGET, within_ms: Millis = 0
    ) -> Ask | None:
        """The ask by widget or by phone, waited for while it is not decided whether there is one.

        Only a talk that ended a moment ago is waited for.
        """
        event = self._awaited.setdefault(interaction, asyncio.Event())
        found, undecided = await self._standing(interaction, via)
        if found is None and undecided and within_ms:
            with suppress(TimeoutError):
                async with asyncio.timeout(within_ms / SECOND):
                    await event.wait()
            found, _ = await self._standing(interaction, via)
        return found

    async def is_over(self, ask: AskId) -> None:
        """Nobody can answer any more, as when a caller has hung up."""
        now = self._clock.now()
        with storage_errors():
            async with self._database.write() as connection:
                found = await row(connection, tables.one_ask(self._site, ask))
                end = ENDS.get(State(found["state"])) if found is not None else None
                if end is not None:
                    change = {"state": end.value, "closes_at": now}
                    await connection.execute(tables.change_ask(self._site, ask, change))

    async def page(self, interaction: InteractionId, *, secret: str) -> str | None:
        """The address of the page about a talk for whoever has the secret of its chat."""
        ask = await self.about(interaction, within_ms=WAITED_MS)
        if ask is None or not ask.takes_answers(self._clock.now()):
            return None
        digest = hmac.new(secret.encode(), ask.id.encode(), hashlib.sha256).digest()
        token = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        with storage_errors():
            await self._open_by(ask, token)
        return f"/s/{token}"

    async def _open_by(self, ask: Ask, token: str) -> None:
        """From now on this token opens the ask."""
        async with self._database.write() as connection:
            change = tables.change_ask(self._site, ask.id, {"token_hash": token_hash(token)})
            await connection.execute(change)

    # Its own life

    async def run(self) -> None:
        """Ask whoever is to be asked, until cancelled; sleeps until the next is due."""
        while True:
            self._news.clear()
            try:
                with storage_errors():
                    if await self.work():
                        continue
                    pause_s = await self._pause_s()
            except Unavailable as failure:
                log.warning("asking_waits", cause=type(failure).__name__)
                pause_s = AFTER_FAILURE_S
            with suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._news.wait()

    async def work(self) -> bool:
        """Close what is over and decide what is due; whether there may be more at once."""
        now = self._clock.now()
        async with self._database.write() as connection:
            await connection.execute(tables.close_over(self._site, now))
        async with self._database.read() as connection:
            found = await rows(connection, tables.due(self._site, now, limit=BATCH))
        if not found:
            return False
        headers = await self._talks.among([InteractionId(one["interaction"]) for one in found])
        known = {one.interaction: one for one in headers}
        async with self._turn:
            plan = _Round()
            for one in found:
                await self._settle(one, known.get(InteractionId(one["interaction"])), plan)
            await self._keep(plan)
        return len(found) == BATCH

    async def _pause_s(self) -> float:
        async with self._database.read() as connection:
            moments: list[Instant | None] = [
                await connection.scalar(tables.next_due(self._site)),
                await connection.scalar(tables.next_closing(self._site)),
            ]
        next_at = min((at for at in moments if at is not None), default=None)
        if next_at is None:
            return LONGEST_SLEEP_S
        # At least a little: what is due and cannot be decided yet must not spin.
        return min(LONGEST_SLEEP_S, max(0.05, (next_at - self._clock.now()) / SECOND))

    # Deciding

    async def _settle(self, due: Row, talk: Contact | None, plan: _Round) -> None:
        interaction = InteractionId(due["interaction"])
        outcome = await self._decide(due, talk, plan)
        if isinstance(outcome, _Later):
            later: dict[str, object] = {"due_at": outcome.due_at, "survey": outcome.survey}
            plan.notes.append((interaction, later))
            return
        why = outcome if isinstance(outcome, Passed) else None
        survey = await self._survey_for(talk, None) if talk is not None else None
        noted: dict[str, object] = {
            "state": "asked" if why is None else "passed",
            "why": why.value if why else None,
            "survey": survey.said.id if survey else None,
        }
        plan.notes.append((interaction, noted))
        plan.decided.append(interaction)

    async def _keep(self, plan: _Round) -> None:
        """Everything of a round in one transaction; then whoever waits for it is told."""
        async with self._database.write() as connection:
            if plan.asks:
                await connection.execute(insert(survey_ask), [self._row(one) for one in plan.asks])
            for interaction, values in plan.notes:
                await connection.execute(tables.change_due(self._site, interaction, values))
        for interaction in plan.decided:
            if (event := self._awaited.get(interaction)) is not None:
                event.set()

    async def _decide(
        self, due: Row, talk: Contact | None, plan: _Round
    ) -> AskId | Passed | _Later:
        now, ended_at = self._clock.now(), due["ended_at"]
        young = now - ended_at < FOLDED_WITHIN_MS
        if talk is None or talk.ended_at is None:
            # The log is ahead of the headers for a moment.
            return _Later(due_at=now + LOOK_AGAIN_MS) if young else Passed.UNKNOWN
        given = await self._survey_for(talk, None)
        if given is None:
            return Passed.NO_SURVEY
        wanted = ended_at + given.said.after_ms
        if given.said.after_promise:
            due_at = await self._promised(talk.interaction)
            wanted = max(ended_at, due_at or ended_at) + PROMISE_PAUSE_MS
        barred = why_not(talk, given.said, late_ms=now - wanted)
        if barred is not None:
            return barred
        if wanted > now:
            return _Later(due_at=wanted, survey=given.said.id)
        by_keys = Via.PHONE in given.said.ways
        if by_keys and young and self.on_the_line(talk.interaction) is None:
            return _Later(due_at=now + LOOK_AGAIN_MS, survey=given.said.id)
        return await self._ask_unless(talk, given, plan)

    async def _ask_unless(
        self, talk: Contact, given: InForce[Survey], plan: _Round
    ) -> AskId | Passed:
        ids = await self._ids(talk)
        if await self._is_asked(talk.interaction, given):
            return Passed.ASKED
        own = self._id(talk.interaction, given.said.id, None)
        now_asked = given.said.apart_ms and not plan.persons.isdisjoint(ids)
        if now_asked or await self._asked_lately(ids, given.said, own):
            return Passed.RECENTLY
        way = await self._way(talk, ids, given.said.ways)
        if isinstance(way, Passed):
            return way
        plan.persons.update(ids)
        ask = self._made(talk, given, way.via, None)
        if way.via is Via.LINK:
            return await self._asked(ask, way, given.said)
        plan.asks.append(ask)
        return ask.id

    async def _way(
        self, talk: Contact, ids: Collection[CustomerId], ways: Sequence[Via]
    ) -> _Way | Passed:
        """The first way that is possible and allowed, else why the last one is not."""
        refused = Passed.UNREACHABLE
        for via in ways:
            if via is Via.WIDGET and talk.medium is not Medium.CHAT:
                continue
            if via is Via.PHONE and not self.on_the_line(talk.interaction):
                continue
            address = await self._address(talk) if via is Via.LINK else None
            if via is Via.LINK and (address is None or self._mailer is None):
                continue
            barred = await self._permission(ids, via) if ids else None
            if barred is None:
                return _Way(via=via, address=address)
            refused = barred
        return refused

    async def _address(self, talk: Contact) -> str | None:
        known = await self._talks.reply_address(talk.interaction)
        if known is None and talk.customer is not None:
            known = await self._persons.address(talk.customer)
        return known

    async def _ids(self, talk: Contact) -> Collection[CustomerId]:
        return await self._persons.same(talk.customer) if talk.customer is not None else ()

    async def _survey_for(self, talk: Contact, survey: str | None) -> InForce[Survey] | None:
        """The first survey in force that is about such talks, or the one of a name.

        Where something was promised, one that waits for it comes before the others.
        """
        known = await self._versions.in_force()
        if survey is not None:
            return next((one for one in known if one.said.id == survey), None)
        fitting = [one for one in known if one.said.fits(talk)]
        waiting = [one for one in fitting if one.said.after_promise]
        if waiting and await self._promised(talk.interaction) is not None:
            return waiting[0]
        return next((one for one in fitting if not one.said.after_promise), None)

    async def _is_asked(self, interaction: InteractionId, given: InForce[Survey]) -> bool:
        """Whether there is an ask about a talk; one whose mail may not have left is none yet."""
        async with self._database.read() as connection:
            found = await rows(connection, tables.asks_about(self._site, interaction))
        own = self._id(interaction, given.said.id, None)
        return any(one["id"] != own or one["via"] != Via.LINK.value for one in found)

    async def _asked_lately(
        self, ids: Collection[CustomerId], survey: Survey, besides: AskId
    ) -> bool:
        if not ids or not survey.apart_ms:
            return False
        since = self._clock.now() - survey.apart_ms
        async with self._database.read() as connection:
            found = await connection.scalars(tables.asked_since(self._site, ids, since))
            return any(one != besides for one in found)

    # Doing

    def _id(self, interaction: InteractionId, survey: str, case: str | None) -> AskId:
        return AskId(
            uuid.uuid5(_IDS, "\x1f".join((self._site, interaction, survey, case or ""))).hex
        )

    def _made(self, talk: Contact, given: InForce[Survey], via: Via, case: str | None) -> Ask:
        now = self._clock.now()
        return Ask(
            id=self._id(talk.interaction, given.said.id, case),
            interaction=talk.interaction,
            customer=talk.customer,
            agent=talk.agent,
            queue=QueueId(talk.queue or ""),
            segment=talk.segment,
            channel=talk.medium.value,
            language=spoken(talk.language),
            survey=given.said.id,
            version=given.version,
            state=State.OPEN,
            via=via,
            again_of_case=case,
            asked_at=now,
            closes_at=now + given.said.open_ms,
        )

    async def _asked(self, ask: Ask, way: _Way, survey: Survey) -> AskId | Passed:
        """Keep the ask, then let its mail go: after a crash in between, another mail goes."""
        token = secrets.token_urlsafe(_TOKEN_BYTES) if way.via is Via.LINK else None
        async with self._database.write() as connection:
            await self._end_others(connection, ask)
            await connection.execute(self._delete(ask.id))
            await connection.execute(insert(survey_ask).values(**self._row(ask, token)))
        if token is None or way.address is None:
            return ask.id
        assert self._mailer is not None, "no link without a way out for mails"
        mail = letter(f"{self._url}/s/{token}", ask=ask, survey=survey)
        try:
            await self._mailer.send(way.address, mail.subject, mail.text, mail.html, ask.language)
        except Rejected:  # there is no mailbox that could send it
            async with self._database.write() as connection:
                await connection.execute(self._delete(ask.id))
            return Passed.UNREACHABLE
        if ask.customer is not None:
            await self._contacted(ask.customer, ask.interaction)
        return ask.id

    def _row(self, ask: Ask, token: str | None = None) -> dict[str, object]:
        return {
            **asdict(ask),
            "site": self._site,
            "state": ask.state.value,
            "via": ask.via.value,
            "token_hash": token_hash(token) if token else None,
        }

    def _delete(self, id_: AskId) -> Any:
        return delete(survey_ask).where(survey_ask.c.site == self._site, survey_ask.c.id == id_)

    async def _end_others(self, connection: AsyncConnection, ask: Ask) -> None:
        """One ask about a talk is open: those before are over."""
        found = await rows(connection, tables.asks_about(self._site, ask.interaction))
        for one in found:
            if one["id"] == ask.id or one["state"] not in {State.OPEN, State.ANSWERED}:
                continue
            over = State.CLOSED if one["state"] == State.ANSWERED else State.EXPIRED
            change = {"state": over.value, "closes_at": min(one["closes_at"], ask.asked_at)}
            await connection.execute(tables.change_ask(self._site, one["id"], change))

    async def _standing(self, interaction: InteractionId, via: Via) -> tuple[Ask | None, bool]:
        """The ask about a talk by a way, and whether it is still to be decided on."""
        async with self._database.read() as connection:
            found = await rows(connection, tables.asks_about(self._site, interaction))
            due = await row(connection, tables.due_of(self._site, interaction))
        ask = next((one for one in found if one["via"] == via.value), None)
        if ask is not None:
            return read_ask(ask), False
        if due is not None:
            return None, due["state"] == "waiting"
        if not await self._versions.in_force():
            return None, False
        header = next(iter(await self._talks.among([interaction])), None)
        if header is None or header.ended_at is None:
            return None, True
        young = self._clock.now() - header.ended_at < FOLDED_WITHIN_MS
        return None, young and header.agent is not None


def read_ask(found: Row) -> Ask:
    """An ask from its row."""
    values: dict[str, Any] = {name: found[name] for name in Ask.__dataclass_fields__}
    values |= {"state": State(found["state"]), "via": Via(found["via"])}
    return Ask(**values)
