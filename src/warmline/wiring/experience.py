"""What customers felt: surveys and what follows from their answers, put together."""

from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import APIRouter, Request

from warmline.channels.webchat.door import counted_as
from warmline.channels.webchat.limits import Rate, TooMany
from warmline.conversations.contacts import PastContacts, talks_of
from warmline.core.words import CustomerId, InboxId, InteractionId, SiteId
from warmline.customers.directory import Directory
from warmline.customers.model import IdentifierKind
from warmline.customers.portrait.due import PromiseBook
from warmline.customers.rights.contact import Reason, Refused, may_contact
from warmline.customers.rights.contacts import Contacts
from warmline.customers.rights.model import Purpose, Way
from warmline.experience.mood.reaction import MoodReaction
from warmline.experience.surveys.answers import Answers, Rating
from warmline.experience.surveys.asking import Asking
from warmline.experience.surveys.door import Door, survey_door
from warmline.experience.surveys.erasure import SurveyTraces
from warmline.experience.surveys.model import Passed, Via
from warmline.experience.surveys.room import Surveys
from warmline.experience.surveys.routes import Room, survey_routes
from warmline.experience.surveys.versions import Versions
from warmline.ports import Clock, Reaction
from warmline.wiring.asked import AskedByPhone
from warmline.wiring.cases import Cases, open_cases
from warmline.wiring.channels import Channels, nobody
from warmline.wiring.fallen import FallenMood, HeardTopic
from warmline.wiring.foundation import Foundation

PAGES_PER_MINUTE = 240
"""Requests for survey pages from one address."""
PAGES_OF_ONE_PER_MINUTE = 30
"""Requests for one survey page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Experience:
    """The rooms of what customers felt."""

    base: Foundation
    surveys: Surveys
    cases: Cases

    async def begin(self) -> None:
        """Before anything runs: a center that is empty asks the usual survey."""
        if self.base.engine.position() == 0:
            await self.surveys.versions.begin_with_standard()

    def reactions(self) -> Sequence[Reaction]:
        """What follows the log."""
        moods = self.base.moods
        return (*self.surveys.reactions(), *((MoodReaction(moods),) if moods.on else ()))

    def tasks(self) -> Mapping[str, Callable[[], Coroutine[Any, Any, None]]]:
        """What runs as long as the center does, by name."""
        return {
            "asking": self.surveys.asking.run,
            "answers": self.surveys.answers.run,
            "moods": self.base.moods.run,
            "cases": self.cases.watch.run,
        }

    def routes(self) -> Sequence[APIRouter]:
        """The routes under `/api/v1`."""
        base = self.base
        room = Room(
            database=base.database,
            site=base.site,
            clock=base.clock,
            needs=base.guard,
            versions=self.surveys.versions,
            users=base.people.users,
            customers=base.people.customers,
        )
        return (survey_routes(room), self.cases.routes())

    def doors(self, uncounted: Callable[[Request], bool] = nobody) -> Sequence[APIRouter]:
        """What customers use."""
        base = self.base
        door = Door(
            self.surveys.answers,
            base.clock,
            pace=PagePace(base.clock, uncounted),
            framing=Framing(base),
        )
        return (survey_door(door),)


def open_experience(base: Foundation, channels: Channels) -> Experience:
    """The rooms of what customers felt, not yet running."""
    surveys = open_surveys(base, channels)
    channels.webchat.surveys = surveys.asking
    voices = channels.calling.voices

    def on_the_line(call: InteractionId) -> bool | None:
        said = (one.afterwards.is_on_the_line(call) for one in voices)
        return next((one for one in said if one is not False), False)

    by_phone = AskedByPhone(surveys, base.clock, on_the_line=on_the_line)
    for voice in voices:
        voice.afterwards.asks = by_phone
    cases = open_cases(base, SecondAsking(surveys), channels)
    surveys.answers.listen(cases.opening.answered)
    base.moods.when_fallen(FallenMood(cases))
    base.moods.when_heard(HeardTopic(cases))
    return Experience(base=base, surveys=surveys, cases=cases)


class SecondAsking:
    """Asks the customer of a closed case once more: by mail, else where the chat was."""

    def __init__(self, surveys: Surveys) -> None:
        self._surveys = surveys

    async def __call__(self, interaction: InteractionId, case: str) -> str | None:
        """The ask; None when nobody may or can be asked."""
        for via in (Via.LINK, Via.WIDGET):
            asked = await self._surveys.ask(interaction, via=via, again_of_case=case)
            if not isinstance(asked, Passed):
                return asked
        return None


# Surveys


def open_surveys(base: Foundation, channels: Channels) -> Surveys:
    """Surveys, with what they ask of conversations, customers and the mail."""
    rights = Contacts(database=base.database, site=base.site, clock=base.clock, state=base.engine)
    versions = Versions(
        database=base.database,
        site=base.site,
        clock=base.clock,
        audit=base.security.audit.setting,
        queues=lambda: base.engine.center().queues,
    )
    has_relay = base.settings.smtp_out_host is not None
    asking = Asking(
        database=base.database,
        site=base.site,
        clock=base.clock,
        versions=versions,
        talks=PastContacts(base.database, base.site),
        persons=Addressed(base.directory),
        permission=MayAsk(rights),
        contacted=AskedByMail(rights),
        mailer=channels.email if has_relay else None,
        url=base.settings.url,
        promised=PromiseBook(base.database, base.site).last_of,
    )
    answers = Answers(database=base.database, site=base.site, clock=base.clock, versions=versions)
    answers.listen(Rating(base.database, base.site, base.submit))
    return Surveys(
        database=base.database,
        site=base.site,
        versions=versions,
        asking=asking,
        answers=answers,
    )


def survey_traces(site: SiteId) -> SurveyTraces:
    """What surveys keep of persons."""
    return SurveyTraces(site, partial(talks_of, site))


class Addressed:
    """Customers with their addresses."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    async def same(self, customer: CustomerId) -> Collection[CustomerId]:
        """All ids of one person."""
        return await self._directory.same(customer)

    async def address(self, customer: CustomerId) -> str | None:
        """The first of their e-mail addresses."""
        found = await self._directory.identifiers(customer, IdentifierKind.EMAIL)
        return next(iter(found), None)


class MayAsk:
    """The rule of contact, asked for surveys.

    Where the talk was, nothing is begun: there only flags count, and the wish not to be asked.
    """

    _BARS = frozenset({Reason.DECEASED, Reason.RESTRICTED, Reason.ABUSIVE, Reason.WITHDRAWN})

    def __init__(self, contacts: Contacts) -> None:
        self._contacts = contacts

    async def __call__(self, ids: Collection[CustomerId], via: Via) -> Passed | None:
        """None where asking is allowed, else why not."""
        now = self._contacts.clock.now()
        async with self._contacts.database.read() as connection:
            profile = await self._contacts.profile(connection, ids, at=now)
        verdict = may_contact(profile, Purpose.SURVEY, Way.EMAIL, now)
        reasons = verdict.reasons if isinstance(verdict, Refused) else ()
        if self._BARS.intersection(reasons):
            return Passed.BARRED
        if via is not Via.LINK or not reasons:
            return None
        if Reason.CAP in reasons:
            return Passed.RECENTLY
        return Passed.NO_CONSENT if Reason.NO_CONSENT in reasons else Passed.UNREACHABLE


class AskedByMail:
    """Counts a mail that asks as a contact that we began."""

    def __init__(self, contacts: Contacts) -> None:
        self._contacts = contacts

    async def __call__(self, who: CustomerId, interaction: InteractionId) -> None:
        """Remember it."""
        async with self._contacts.database.write() as connection:
            await self._contacts.made(
                connection, who, Purpose.SURVEY, Way.EMAIL, interaction=interaction
            )


class PagePace:
    """How often survey pages are asked for, by address and by token."""

    def __init__(self, clock: Clock, uncounted: Callable[[Request], bool]) -> None:
        self._clock = clock
        self._uncounted = uncounted
        self._by_address = Rate("requests", per_minute=PAGES_PER_MINUTE)
        self._by_token = Rate("requests", per_minute=PAGES_OF_ONE_PER_MINUTE)

    def __call__(self, request: Request, token: str) -> int:
        """How many seconds to wait, 0 for none."""
        if self._uncounted(request):
            return 0
        now = self._clock.now()
        try:
            self._by_address.spend(counted_as(request), now)
            self._by_token.spend(token[:64], now)
        except TooMany as error:
            return error.retry_after_s
        return 0


class Framing:
    """The sites that may show the chat of a talk, and so the survey after it."""

    def __init__(self, base: Foundation) -> None:
        self._talks = PastContacts(base.database, base.site)
        self._state = base.engine

    async def __call__(self, interaction: InteractionId) -> Sequence[str]:
        """The origins of the talk's inbox."""
        found = await self._talks.among([interaction])
        inbox = self._state.center().inboxes.get(InboxId(found[0].inbox)) if found else None
        return inbox.origins if inbox is not None else ()
