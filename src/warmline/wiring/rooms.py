"""The routes of the rooms, each with what it asks of the others."""

from collections.abc import Sequence
from functools import partial
from typing import TypedDict
from zoneinfo import ZoneInfo

from fastapi import APIRouter

from warmline.channels import files
from warmline.channels.callback.door import callback_routes
from warmline.channels.email.routes import mail_routes
from warmline.channels.text_hook import TextHook
from warmline.channels.voice.prompt_routes import prompt_routes
from warmline.channels.voice.room import VoiceRoom
from warmline.channels.voice.routes import voice_routes
from warmline.channels.voice.supervision import supervision_routes
from warmline.conversations import routes as conversations
from warmline.conversations.belonging import Belonging
from warmline.conversations.contacts import PastContacts
from warmline.conversations.scope import Sight
from warmline.conversations.timeline import Timeline
from warmline.core.words import (
    SiteId,
)
from warmline.customers import routes as customers
from warmline.customers.assurance import Assurance
from warmline.customers.desk_room import DeskRoom
from warmline.customers.identifier_routes import identifier_routes
from warmline.customers.importing.jobs import Surroundings
from warmline.customers.importing.opening import Ordering, open_orders
from warmline.customers.matching import routes as matching
from warmline.customers.matching.room import MatchRoom
from warmline.customers.portrait import routes as portrait
from warmline.customers.portrait.model import Room as PortraitRoom
from warmline.customers.portrait.story import MergeSource, OrderSource, PromiseSource, TalkSource
from warmline.customers.value import routes as value
from warmline.customers.verification import Verifications
from warmline.customers.verification_routes import verification_routes
from warmline.desk import routes as desk
from warmline.engine.moments import Moments
from warmline.experience.results.coverage import surveyed
from warmline.experience.results.reached import judged
from warmline.insight import routes as insight
from warmline.insight.benchmark_model import Heard
from warmline.insight.days import busy_days
from warmline.insight.trials import TrialOutcomes
from warmline.knowledge.facts.routes import contradiction_routes
from warmline.outreach.courtesy.writing import Courtesy
from warmline.policies import routes as policies
from warmline.policies.what_if import Runs
from warmline.policies.what_if_routes import Day
from warmline.ports import Clock, Guard, State
from warmline.security.passwords import Passwords
from warmline.security.reveal_routes import RevealDesk, reveal_routes
from warmline.security.reveals import Reveals
from warmline.storage.database import Database
from warmline.wiring.calling_out import calling_out_routes
from warmline.wiring.cases import promise_changed
from warmline.wiring.channels import Channels
from warmline.wiring.courtesy import courtesy_routes
from warmline.wiring.foundation import Foundation
from warmline.wiring.guidance import guidance_routes
from warmline.wiring.keeping import rights
from warmline.wiring.knowledge import article_routes
from warmline.wiring.loyalty import open_loyalty
from warmline.wiring.maturity import elsewhere
from warmline.wiring.mood import mood_routes
from warmline.wiring.outreach import offer_room_routes
from warmline.wiring.standards import standards_routes
from warmline.wiring.story import CaseSource, CourtesySource


class Shared(TypedDict):
    """What the routes of every room are given."""

    database: Database
    state: State
    needs: Guard
    clock: Clock
    site: SiteId


def room_routes(
    base: Foundation, channels: Channels, runs: Runs, ordering: Ordering, courtesy: Courtesy
) -> Sequence[APIRouter]:
    """The routes of the rooms, under `/api/v1`."""
    sight = Sight(base.database, base.site, base.engine, base.people)
    shared = Shared(
        database=base.database,
        state=base.engine,
        needs=base.guard,
        clock=base.clock,
        site=base.site,
    )
    return (
        *_talk(base, channels, shared, sight),
        # Before the card, whose path has room for any name.
        *_identity_routes(base, channels, shared, sight),
        *_customers(base, channels, shared, sight, ordering),
        *_figures(base, shared, sight, runs),
        *_outreach(base, shared, sight),
        courtesy_routes(base, courtesy),
        *article_routes(base, sight),
        *guidance_routes(base.guidance, state=base.engine, needs=base.guard, sees=sight),
    )


def _talk(
    base: Foundation, channels: Channels, shared: Shared, sight: Sight
) -> Sequence[APIRouter]:
    """What was said, over which channel, and what the desk has at hand for it."""
    room = VoiceRoom(
        voices=channels.calling.voices,
        needs=base.guard,
        sight=sight,
        audit=base.security.audit.row,
        region=base.settings.region,
    )
    return (
        conversations.routes(
            **shared,
            submit=base.submit,
            blobs=base.blobs,
            names=base.people,
            privacy=base.privacy,
            sight=sight,
            take=files.take,
            mailboxes=channels.email.mailboxes,
            undo_send_ms=base.settings.undo_send_ms,
            file_limit_bytes=base.settings.file_limit_bytes,
        ),
        desk.routes(
            **shared,
            audit=base.security.audit.setting,
            changed=base.contradictions.changed,
        ),
        standards_routes(base, sight),
        contradiction_routes(check=base.contradictions, needs=base.guard, users=base.people.users),
        callback_routes(
            channels.callbacks,
            needs=base.guard,
            sight=sight,
            privacy=base.privacy,
            same=base.directory.same,
        ),
        channels.calling.phone(base),
        voice_routes(room),
        prompt_routes(channels.calling.prompts, room),
        calling_out_routes(base, channels.calling, room),
        supervision_routes(room, base.submit),
        mail_routes(
            channel=channels.email,
            state=base.engine,
            guard=base.guard,
            audit=base.security.audit,
            privacy=base.privacy,
        ),
    )


def _customers(
    base: Foundation, channels: Channels, shared: Shared, sight: Sight, ordering: Ordering
) -> Sequence[APIRouter]:
    """What is known of customers, and their rights."""
    return (
        customers.routes(
            **shared,
            directory=base.directory,
            privacy=base.privacy,
            timeline=Timeline(base.database, base.site, base.engine),
            sight=sight,
            users=base.people.users,
            audit=base.security.audit.row,
        ),
        ordering.routes(
            needs=base.guard,
            programs=base.guard.programs,
            sure=_assurance(base).tells_orders,
            sight=sight,
            same=base.directory.same,
        ),
        _portrait(base, sight),
        _matching(base, shared),
        reveal_routes(
            RevealDesk(
                submit=base.submit,
                state=base.engine,
                clock=base.clock,
                customers=base.directory,
                names=base.people,
                sight=sight,
                privacy=base.privacy,
                reveals=Reveals(base.database, base.site, base.clock, base.security.audit),
            ),
            base.guard,
        ),
        rights(base, channels).routes(
            needs=base.guard,
            directory=base.directory,
            sight=sight,
            privacy=base.privacy,
            users=base.people.users,
        ),
        value.routes(
            value.ValueRoom(
                **shared,
                sight=sight,
                directory=base.directory,
                appraisal=base.appraisal,
                stakes=base.stakes,
                audit=base.security.audit.setting,
            )
        ),
    )


def _figures(base: Foundation, shared: Shared, sight: Sight, runs: Runs) -> Sequence[APIRouter]:
    """What happened in figures, and the rules that change them."""
    loyalty = open_loyalty(base)
    return (
        insight.routes(
            **shared,
            sight=sight,
            agents=base.people.agents,
            past=Moments(base.journal),
            lines=base.lines,
            heard=Heard(surveyed=surveyed, judged=judged),
            elsewhere=elsewhere(base.database, base.site, loyalty),
        ),
        base.results.routes(),
        loyalty.routes(),
        mood_routes(
            base.moods,
            needs=base.guard,
            sight=sight,
            audit=base.security.audit,
        ),
        policies.routes(
            **shared,
            submit=base.submit,
            audit=base.security.audit.setting,
            names=base.people.users,
            outcomes=TrialOutcomes(base.database, base.site),
            runs=runs,
            days=partial(_days, base),
        ),
    )


def _outreach(base: Foundation, shared: Shared, sight: Sight) -> Sequence[APIRouter]:
    """What we begin ourselves."""
    return offer_room_routes(
        base.outreach,
        **shared,
        sight=sight,
        agents=base.people.agents,
        customers=base.people.customers,
        audit=base.security.audit,
    )


def ordering_of(base: Foundation, courtesy: Courtesy) -> Ordering:
    """Orders and imports; what customers are worth follows them, and whom a word is due."""
    around = Surroundings(
        settings=base.settings,
        database=base.database,
        site=base.site,
        clock=base.clock,
        blobs=base.blobs,
        audit=base.security.audit.row,
        region=base.settings.region,
    )
    return open_orders(around, [base.appraisal.ordered, courtesy.ordered])


def _portrait(base: Foundation, sight: Sight) -> APIRouter:
    """What is known of a customer before the answer, and the one story of all channels."""
    room = PortraitRoom(
        database=base.database,
        state=base.engine,
        needs=base.guard,
        clock=base.clock,
        site=base.site,
        directory=base.directory,
        sight=sight,
        privacy=base.privacy,
        users=base.people.users,
        agents=base.people.agents,
        audit=base.security.audit.row,
        contacts=PastContacts(base.database, base.site),
        promised=partial(promise_changed, base.signals),
    )
    return portrait.routes(
        room=room,
        learning=base.learning,
        sources=(
            TalkSource(Timeline(base.database, base.site, base.engine)),
            OrderSource(base.database, base.site),
            PromiseSource(base.database, base.site),
            MergeSource(base.database, base.site),
            CaseSource(database=base.database, site=base.site),
            CourtesySource(database=base.database, site=base.site),
        ),
    )


def _matching(base: Foundation, shared: Shared) -> APIRouter:
    """Customers who are one person: suggested, joined, taken back, split."""
    room = MatchRoom(
        **shared,
        directory=base.directory,
        privacy=base.privacy,
        users=base.people.users,
        audit=base.security.audit.row,
        conversations=Belonging(),
        matching=base.matching,
    )
    return matching.routes(room)


def _assurance(base: Foundation) -> Assurance:
    """How sure it is who customers are."""
    return Assurance(database=base.database, site=base.site, clock=base.clock, state=base.engine)


def _identity_routes(
    base: Foundation, channels: Channels, shared: Shared, sight: Sight
) -> Sequence[APIRouter]:
    """Who customers are, and making sure of it."""
    settings = base.settings
    hook = settings.sms_hook_url
    verifications = Verifications(
        database=base.database,
        site=base.site,
        clock=base.clock,
        secrets=Passwords(),
        mail=channels.email if settings.smtp_out_host is not None else None,
        text=TextHook(hook, settings.sms_hook_secret or "") if hook else None,
    )
    room = DeskRoom(
        **shared,
        submit=base.submit,
        directory=base.directory,
        timeline=Timeline(base.database, base.site, base.engine),
        sight=sight,
        privacy=base.privacy,
        assurance=_assurance(base),
        verifications=verifications,
        audit=base.security.audit.row,
        setting_audit=base.security.audit.setting,
    )
    return identifier_routes(room), verification_routes(room)


async def _days(base: Foundation) -> Sequence[Day]:
    """The days that a what-if can run again."""
    zone = ZoneInfo(base.engine.center().zone)
    found = await busy_days(base.database, base.site, now=base.clock.now(), zone=zone)
    return [
        Day(id=f"own:{date}", kind="replay_own", date=date, contacts=many) for date, many in found
    ]
