"""Calls out put together: whom we may call is what the one rule of contact says."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from fastapi import APIRouter
from sqlalchemy import insert

from warmline.channels.voice.out_routes import out_routes
from warmline.channels.voice.outgoing import Outgoing
from warmline.channels.voice.room import VoiceRoom
from warmline.core.words import CustomerId, Rejected
from warmline.customers.directory import Directory
from warmline.customers.rights.contact import PASSING, Reason, Refused
from warmline.customers.rights.contacts import Contacts
from warmline.customers.rights.model import Purpose, Way
from warmline.customers.rights.tables import contact
from warmline.ports import Write
from warmline.storage.journal import storage_errors
from warmline.wiring.calling import Calling
from warmline.wiring.foundation import Foundation


@dataclass(frozen=True, slots=True, kw_only=True)
class CallConsent:
    """A call by an agent serves the customer; what the customer forbade stays forbidden."""

    contacts: Contacts
    directory: Directory

    async def must_allow(self, customer: CustomerId, *, warned: bool) -> Sequence[Write]:
        """Refuse what lasts, and what passes until the agent was told of it."""
        with storage_errors():
            ids = await self.directory.ids(customer)
            verdict = await self.contacts.may(ids, Purpose.SERVICE, Way.PHONE)
        if isinstance(verdict, Refused):
            _look(verdict, warned=warned)
        made = insert(contact).values(
            site=self.contacts.site,
            id=uuid4().hex,
            customer=customer,
            at=self.contacts.clock.now(),
            channel=Way.PHONE.value,
            purpose=Purpose.SERVICE.value,
        )
        return (Write(statement=made),)


def _look(verdict: Refused, *, warned: bool) -> None:
    # A number that the agent has is a way to reach them.
    reasons = [one for one in verdict.reasons if one is not Reason.UNREACHABLE]
    lasting = [one.value for one in reasons if one not in PASSING]
    if lasting:
        raise Rejected(
            "may_not_call", "This person is not to be called.", reasons=",".join(lasting)
        )
    if reasons and not warned:
        facts = {} if verdict.earliest is None else {"earliest": verdict.earliest}
        raise Rejected(
            "bad_moment",
            "This is no good moment to call them.",
            reasons=",".join(one.value for one in reasons),
            **facts,
        )


def calling_out_routes(base: Foundation, calling: Calling, room: VoiceRoom) -> APIRouter:
    """The routes for calls that agents begin."""
    contacts = Contacts(database=base.database, site=base.site, clock=base.clock, state=base.engine)
    outgoing = Outgoing(
        site=base.site,
        voices=calling.voices,
        state=base.engine,
        clock=base.clock,
        customers=base.directory,
        consent=CallConsent(contacts=contacts, directory=base.directory),
        submit=base.submit,
        region=base.settings.region,
    )
    return out_routes(room, outgoing)
