"""What rooms and channels keep of customers: to be told, erased, and let go in time."""

from collections.abc import Sequence

from warmline.channels.callback.erasure import CallbackTraces
from warmline.channels.email.erasure import MailTraces
from warmline.channels.flow_erasure import FlowTraces, pin_traces
from warmline.channels.voice.erasure import NumberTraces, RecordingsExpiry, VoiceTraces
from warmline.conversations.erasure import ConversationTraces, SearchSweep
from warmline.conversations.expiry import FilesExpiry, WordsExpiry, customers_since
from warmline.customers.identity_traces import IdentityTraces
from warmline.customers.importing.erasure import ImportTraces
from warmline.customers.matching.erasure import MatchTraces
from warmline.customers.orders.erasure import order_traces
from warmline.customers.portrait.erasure import portrait_traces
from warmline.customers.rights.known import RecordTraces
from warmline.customers.rights.opening import Rights, open_rights
from warmline.customers.value.erasure import value_traces
from warmline.experience.cases.erasure import case_traces
from warmline.experience.mood.erasure import MoodTraces
from warmline.experience.surveys.expiry import AnswersExpiry
from warmline.outreach.courtesy.erasure import courtesy_traces
from warmline.outreach.offers.erasure import offer_traces
from warmline.ports import Traces
from warmline.security.known import AuditKnown, ViewsExpiry
from warmline.security.reveals import RevealTraces
from warmline.wiring.channels import Channels
from warmline.wiring.experience import survey_traces
from warmline.wiring.foundation import Foundation


def traces(base: Foundation, channels: Channels) -> Sequence[Traces]:
    """What rooms and channels keep of customers."""
    return (
        # Before the conversations, which say whose they are.
        MoodTraces(base.site, base.moods.place.words),
        ConversationTraces(base.site),
        MailTraces(base.site, channels.email.mailboxes.keys),
        CallbackTraces(base.site),
        VoiceTraces(base.site),
        NumberTraces(base.site),
        FlowTraces(base.site),
        pin_traces(base.site),
        RevealTraces(base.site),
        order_traces(base.site),
        ImportTraces(base.site),
        value_traces(base.site),
        IdentityTraces(site=base.site),
        MatchTraces(base.site),
        portrait_traces(base.site),
        offer_traces(base.site),
        courtesy_traces(base.site),
        case_traces(base.site),
        survey_traces(base.site),
        RecordTraces(base.site),  # the record itself goes last
    )


def rights(base: Foundation, channels: Channels) -> Rights:
    """What customers may ask, answered from every room and channel that keeps something of them."""
    mails = MailTraces(base.site, channels.email.mailboxes.keys)
    return open_rights(
        database=base.database,
        site=base.site,
        clock=base.clock,
        state=base.engine,
        blobs=base.blobs,
        journal=base.journal,
        audit=base.security.audit.row,
        traces=traces(base, channels),
        known=(
            RecordTraces(base.site),
            IdentityTraces(site=base.site),
            ConversationTraces(base.site),
            mails,
            CallbackTraces(base.site),
            VoiceTraces(base.site),
            NumberTraces(base.site),
            FlowTraces(base.site),
            pin_traces(base.site),
            value_traces(base.site),
            order_traces(base.site),
            MoodTraces(base.site, base.moods.place.words),
            portrait_traces(base.site),
            offer_traces(base.site),
            courtesy_traces(base.site),
            case_traces(base.site),
            survey_traces(base.site),
            AuditKnown(base.site),
        ),
        expiring=(
            WordsExpiry(base.site),
            FilesExpiry(base.site),
            RecordingsExpiry(base.site),
            ViewsExpiry(base.site),
            AnswersExpiry(base.site),
        ),
        sweeps=(SearchSweep(base.database),),
        seen_since=customers_since,
        backups=base.settings.data / "backups",
    )
