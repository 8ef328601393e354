"""Callbacks as a channel: a request waits in its queue with its age until an agent calls."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from uuid import uuid4

from warmline.channels.callback import tables
from warmline.channels.callback.numbers import is_number, number_to_call, region_of
from warmline.channels.preference import NONE, Preference, preference
from warmline.channels.stake import at_stake
from warmline.channels.webchat.deeds import arrived, client_id, derived
from warmline.channels.webchat.identity import Vouched, vouched
from warmline.channels.webchat.limits import Limits, Rate
from warmline.channels.webchat.reception import language_tag, person_name, reason_of
from warmline.channels.webchat.tables import secret_of
from warmline.config import Settings
from warmline.conversations import writes
from warmline.conversations.model import Author, Opening, Said
from warmline.core.commands import Arrive, Command
from warmline.core.settings import Inbox
from warmline.core.words import (
    CHANNEL,
    DAY,
    CommandId,
    InboxId,
    InteractionId,
    Medium,
    MessageId,
    Rejected,
    SiteId,
    Verification,
)
from warmline.customers.choice import PROVEN
from warmline.customers.directory import Directory
from warmline.customers.model import Claim, IdentifierKind, Resolved
from warmline.ports import Answer, Busy, Capabilities, Clock, Recorded, Stakes, State, Submit, Write
from warmline.storage.database import Database
from warmline.storage.journal import storage_errors
from warmline.storage.rows import rows

SOURCE = "callback"
NUMBERS_PER_MINUTE = 3
"""Requests for one number, from wherever: nobody is to be rung up by a joke."""
OPEN_FOR_MS = 7 * DAY
"""How long back an open request for the same number is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the customer asks; `id` makes a repetition recognisable."""

    inbox: InboxId
    number: str
    region: str | None = None
    id: str | None = None
    name: str | None = None
    reason: str | None = None
    text: str | None = None
    language: str | None = None
    identity: str | None = None


class Callbacks:
    """The callback channel of one site."""

    name = "callback"
    capabilities = Capabilities(medium=Medium.CALLBACK, live=False, writes=False)

    def __init__(
        self,
        *,
        site: SiteId,
        settings: Settings,
        database: Database,
        state: State,
        clock: Clock,
        customers: Directory,
        stakes: Stakes | None = None,
    ) -> None:
        self.site = site
        self.database = database
        self.state = state
        self.limits = Limits(settings, clock)
        self._numbers = Rate("requests for this number", per_minute=NUMBERS_PER_MINUTE)
        self._region = settings.region
        self._clock = clock
        self._customers = customers
        self._stakes = stakes
        self._submit: Submit | None = None

    # The port

    async def listen(self, submit: Submit) -> None:
        """Take requests until cancelled; the door answers `Busy` before and after."""
        self._submit = submit
        try:
            await asyncio.Event().wait()
        finally:
            self._submit = None

    async def react(self, recorded: Recorded) -> None:
        """Nothing goes out: it is the agent who calls."""

    async def reconcile(self, open_interactions: Collection[InteractionId]) -> None:
        """Nobody is connected who could have gone: what waited waits on."""

    # What customers do

    def inbox(self, id_: InboxId) -> Inbox:
        """The callback inbox, else a refusal (`unknown_inbox`)."""
        found = self.state.center().inboxes.get(id_)
        if found is None or found.medium is not Medium.CALLBACK:
            raise Rejected("unknown_inbox", "there is no callback inbox of this name")
        return found

    async def ask(self, wish: Wish) -> InteractionId:
        """A request comes in; the same id again, or the same number while it waits, is one."""
        inbox = self.inbox(wish.inbox)
        start_id = client_id(wish.id) if wish.id else str(uuid4())
        interaction = InteractionId(derived(self.site, "callback", inbox.id, start_id))
        number = number_to_call(wish.number, region=region_of(wish.region) or self._region)
        reason = reason_of(inbox, wish.reason)
        text = self.limits.text(wish.text) if wish.text and wish.text.strip() else None
        who = await self._vouched(inbox.id, wish.identity) if wish.identity else None
        before = await self._asked_before(interaction, number)
        if before is not None:
            return before
        self._numbers.spend(number, self._clock.now())
        language = language_tag(wish.language)
        found = await self._resolve(wish, number, language, who)
        preferred = await self._preferred(found)
        message = MessageId(derived(interaction, "first")) if text else None
        opening = Opening(
            interaction=interaction,
            medium=Medium.CALLBACK,
            inbox=inbox.id,
            at=self._clock.now(),
            customer=found.customer,
            verification=found.verification,
            segment=found.segment,
            language=language,
            reason=reason,
        )
        command = Arrive(
            id=CommandId(f"arrive:{uuid4()}"),
            by=CHANNEL,
            interaction=interaction,
            inbox=inbox.id,
            customer=found.customer,
            verification=found.verification,
            segment=found.segment,
            language=language,
            reason=reason,
            message=message,
            preferred=preferred.agent,
            preferred_why=preferred.why,
            stake=await at_stake(
                self._stakes,
                found,
                medium=Medium.CALLBACK,
                inbox=inbox.id,
                reason=reason,
                text=text,
            ),
        )
        travelling = [
            writes.opening(self.site, opening),
            *tables.asked(self.site, interaction, number, opening.at),
            *self._customers.undecided(interaction, found, source=SOURCE),
        ]
        if message is not None and text is not None:
            said = Said(
                id=message,
                interaction=interaction,
                at=opening.at,
                author=Author.CUSTOMER,
                text=text,
            )
            travelling += writes.received(self.site, said)
        await arrived(self.state, self._ask, command, *travelling)
        return interaction

    async def number(self, interaction: InteractionId) -> str | None:
        """Whom to call; None when the number was let go."""
        with storage_errors():
            async with self.database.read() as connection:
                found = await rows(connection, tables.of(self.site, interaction))
        return found[0]["number"] if found else None

    # Inside

    async def _ask(self, command: Command, *travelling: Write) -> Answer:
        if self._submit is None:
            raise Busy(1)
        return await self._submit(command, *travelling)

    async def _asked_before(self, interaction: InteractionId, number: str) -> InteractionId | None:
        """The same request, or one for the same number that nobody has taken yet."""
        with storage_errors():
            async with self.database.read() as connection:
                if await rows(connection, tables.of(self.site, interaction)):
                    return interaction
                since = self._clock.now() - OPEN_FOR_MS
                found = await rows(connection, tables.of_number(self.site, number, since))
        waiting = self.state.center().interactions
        ids = (InteractionId(one["interaction"]) for one in found)
        return next((one for one in ids if one in waiting and waiting[one].agent is None), None)

    async def _vouched(self, inbox: InboxId, identity: str) -> Vouched:
        with storage_errors():
            async with self.database.read() as connection:
                secret = await secret_of(connection, self.site, inbox)
        return vouched(identity, secret=secret, now=self._clock.now())

    async def _resolve(
        self, wish: Wish, number: str, language: str | None, who: Vouched | None
    ) -> Resolved:
        """Who asks: what was signed is verified, the number that was typed only claimed."""
        theirs = who is not None and who.phone is not None and is_number(who.phone, number)
        level = Verification.VERIFIED if theirs else Verification.CLAIMED
        claims = [_claim(IdentifierKind.PHONE, number, level)]
        name = person_name(wish.name)
        if who is not None:
            claims.append(_claim(IdentifierKind.LOGIN, who.login, Verification.VERIFIED))
            if who.email:
                claims.append(_claim(IdentifierKind.EMAIL, who.email, Verification.VERIFIED))
            name = who.name or name
        with storage_errors():
            return await self._customers.resolve(
                claims, source=SOURCE, name=name, language=language
            )

    async def _preferred(self, found: Resolved) -> Preference:
        if found.customer is None or found.verification not in PROVEN:
            return NONE
        return preference(self.state.center(), owner=found.owner)


def _claim(kind: IdentifierKind, value: str, verification: Verification) -> Claim:
    return Claim(kind=kind, value=value, verification=verification)
