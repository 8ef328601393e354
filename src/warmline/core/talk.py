"""The conversation itself: arrival, messages, notes, hold, reading, rating, ending."""

from warmline.core import commands as c
from warmline.core import deadlines, queueing, routing, rules, ruleset
from warmline.core import events as e
from warmline.core.interaction import TALKING, Interaction
from warmline.core.permissions import Right, has
from warmline.core.policy import ARM_B, arm_of
from warmline.core.state import Center
from warmline.core.supervision import must_supervise
from warmline.core.transfer import consults_ended
from warmline.core.words import (
    DAY,
    AgentId,
    Instant,
    InteractionId,
    Malformed,
    Medium,
    Party,
    Phase,
    Rejected,
)
from warmline.core.wrapup import close_if_final, ended, holder

BEST_SCORE = 5
LONGEST_PROMISE = 31 * DAY
_AGENT = Party.AGENT  # an attribute of an enum costs more than most of what it is handed to


def decide_arrive(center: Center, command: c.Arrive, now: Instant) -> list[e.Event]:
    """A new interaction, in its queue, with its first message when there is one."""
    if command.interaction in center.interactions or command.interaction in center.recent:
        raise Rejected("known_interaction", f"Interaction {command.interaction} exists already.")
    inbox = center.inboxes.get(command.inbox)
    if inbox is None:
        raise Rejected("unknown_inbox", f"There is no inbox {command.inbox}.")
    if command.promised_by is not None or command.since is not None:
        _check_promise(command, inbox.medium, now)
    trial = center.trial
    arm = arm_of(trial, command.customer or command.interaction) if trial is not None else None
    tried = center.waiting.tried if arm == ARM_B else None
    found: list[e.Event] = [
        e.Arrived(
            now,
            command.interaction,
            inbox.medium,
            inbox.id,
            command.customer,
            command.verification,
            command.segment,
            command.language,
            command.reason,
            command.follows,
            command.preferred,
            command.preferred_why if command.preferred is not None else None,
            trial.id if trial is not None else None,
            arm,
            command.groups,
            command.stake,
            command.promised_by,
            command.since,
        )
    ]
    if command.message is not None:
        found.append(
            e.MessageReceived(at=now, interaction=command.interaction, message=command.message)
        )
    if command.treated:
        return found
    wanted = command.queue or queueing.queue_for(inbox, command.reason, command.language)
    queue_id = queueing.admit(center, wanted, inbox.medium, command.language, now, tried)
    found.append(
        queueing.queued(
            center,
            command.interaction,
            queue_id,
            now,
            since=now,
            promised_by=command.promised_by,
            cause="arrival",
            preferred=command.preferred,
            preferred_why=command.preferred_why,
            tried=tried,
        )
    )
    return found


def _check_promise(command: c.Arrive, medium: Medium, now: Instant) -> None:
    """Only a callback is promised for a time and brings its age, neither out of all bounds."""
    promised, since = command.promised_by, command.since
    for field, value in (("promised_by", promised), ("since", since)):
        if value is not None and medium is not Medium.CALLBACK:
            raise Malformed(field, "only a callback has one")
    if promised is not None and not now - LONGEST_PROMISE <= promised <= now + LONGEST_PROMISE:
        raise Malformed("promised_by", "is too far away")
    if since is not None and not now - LONGEST_PROMISE <= since <= now:
        raise Malformed("since", "is later than now, or too long ago")


def decide_admit(center: Center, command: c.Admit, now: Instant) -> list[e.Event]:
    """Into the line after a flow; the aim counts from here, the age from the arrival."""
    interaction = center.interaction(command.interaction)
    if interaction.phase is not Phase.TREATING:
        return []
    inbox = center.inboxes.get(interaction.inbox)
    if command.queue is None and inbox is None:
        raise Rejected("unknown_inbox", f"There is no inbox {interaction.inbox}.")
    reason = command.reason or interaction.reason
    wanted = command.queue
    if wanted is None:
        assert inbox is not None, "looked at above"
        wanted = queueing.queue_for(inbox, reason, interaction.language)
    tried = ruleset.tried_for(center, interaction)
    queue_id = queueing.admit(center, wanted, interaction.medium, interaction.language, now, tried)
    return [
        queueing.queued(
            center,
            interaction.id,
            queue_id,
            now,
            since=now,
            promised_by=interaction.promised_by or None,
            cause="flow",
            preferred=interaction.preferred,
            preferred_why=interaction.preferred_why,
            tried=tried,
            reason=command.reason,
        )
    ]


def evolve_arrived(center: Center, event: e.Arrived) -> None:
    """The interaction exists."""
    center.interactions[event.interaction] = Interaction(
        event.interaction,
        event.medium,
        event.inbox,
        event.at if event.since is None else event.since,
        event.at,
        event.customer,
        event.verification,
        event.segment,
        event.language,
        event.reason,
        event.follows,
        event.preferred,
        event.preferred_why,
        event.trial,
        event.arm,
        event.groups,
        event.stake,
        event.promised_by or 0,
    )


def decide_identify(center: Center, command: c.Identify, now: Instant) -> list[e.Event]:
    """It became known who the customer is; of the agents only who holds it can say so.

    What is at stake stays when nothing else is said: it may rest on the reason alone.
    """
    interaction = center.interaction(command.interaction)
    if not has(command.by, Right.CHANNEL):
        holder(center, interaction, command.by, "say who it is")
    return [
        e.Identified(
            at=now,
            interaction=interaction.id,
            customer=command.customer,
            verification=command.verification,
            segment=command.segment,
            stake=command.stake or interaction.stake,
        )
    ]


def evolve_identified(center: Center, event: e.Identified) -> None:
    """The customer is known; the place in the line follows the segment."""
    interaction = center.interactions[event.interaction]
    interaction.customer = event.customer
    interaction.verification = event.verification
    interaction.segment = event.segment
    interaction.stake = event.stake
    interaction.key = rules.line_key(center, interaction)
    if interaction.phase is Phase.QUEUED:
        routing.waits_again(center, interaction)


def decide_receive(center: Center, command: c.Receive, now: Instant) -> list[e.Event]:
    """One more message of the customer; a talk that is over takes none (`ended`)."""
    interaction = center.interaction(command.interaction)
    if interaction.phase is Phase.WRAPPING:
        raise Rejected("ended", f"Interaction {interaction.id} has ended.")
    return [e.MessageReceived(at=now, interaction=interaction.id, message=command.message)]


def evolve_received(center: Center, event: e.MessageReceived) -> None:
    """The customer waits for an answer from now, if not already."""
    interaction = center.interactions[event.interaction]
    interaction.last_message_at = event.at
    if interaction.unanswered_since is None:
        interaction.unanswered_since = event.at


def decide_send(center: Center, command: c.Send, now: Instant) -> list[e.Event]:
    """Write to the customer: who holds it, a supervisor who steps in, or the center itself."""
    interaction = center.interaction(command.interaction)
    if has(command.by, Right.CHANNEL):
        author, agent = Party.SYSTEM, None
    else:
        author, agent = Party.AGENT, holder(center, interaction, command.by, "write")
        if interaction.phase not in TALKING:
            raise Rejected("wrong_phase", f"Cannot write: the interaction is {interaction.phase}.")
    return [
        e.MessageSent(
            at=now,
            interaction=interaction.id,
            message=command.message,
            author=author,
            agent=command.by.agent or agent,
        )
    ]


def evolve_sent(center: Center, event: e.MessageSent) -> None:
    """An agent's message answers what waited."""
    interaction = center.interactions[event.interaction]
    interaction.last_message_at = event.at
    if event.author is Party.AGENT:
        interaction.unanswered_before = interaction.unanswered_since
        interaction.unanswered_since = None


def decide_unsend(center: Center, command: c.Unsend, now: Instant) -> list[e.Event]:
    """Take a message back; whether it has left already is the channel's knowledge."""
    interaction = center.interaction(command.interaction)
    agent = holder(center, interaction, command.by, "take back a message")
    return [
        e.MessageUnsent(at=now, interaction=interaction.id, message=command.message, agent=agent)
    ]


def evolve_unsent(center: Center, event: e.MessageUnsent) -> None:
    """What the message answered waits again."""
    interaction = center.interactions[event.interaction]
    interaction.unanswered_since = interaction.unanswered_since or interaction.unanswered_before


def decide_delivery(center: Center, command: c.ConfirmDelivery, now: Instant) -> list[e.Event]:
    """A message reached the customer, perhaps after the talk."""
    known = _known(center, command.interaction)
    return [e.MessageDelivered(at=now, interaction=known, message=command.message)]


def decide_failure(center: Center, command: c.ReportFailure, now: Instant) -> list[e.Event]:
    """A message could not be delivered."""
    known = _known(center, command.interaction)
    return [e.MessageFailed(at=now, interaction=known, message=command.message, code=command.code)]


def decide_read(center: Center, command: c.MarkRead, now: Instant) -> list[e.Event]:
    """Everything up to a message was read."""
    known = _known(center, command.interaction)
    if command.reader is Party.AGENT and known in center.interactions:
        holder(center, center.interactions[known], command.by, "mark as read")
    return [
        e.MessagesRead(at=now, interaction=known, message=command.message, reader=command.reader)
    ]


def _known(center: Center, interaction: InteractionId) -> InteractionId:
    if interaction not in center.recent:
        center.interaction(interaction)
    return interaction


def decide_note(center: Center, command: c.AddNote, now: Instant) -> list[e.Event]:
    """A note of the holder, of a colleague who was asked in, or of a supervisor."""
    interaction = center.interaction(command.interaction)
    if not _may_note(interaction, command.by.agent):
        must_supervise(center, command.by, interaction, "leave a note")
    if command.by.user is None:
        raise Malformed("by", "a note has an author")
    return [
        e.NoteAdded(at=now, interaction=interaction.id, note=command.note, author=command.by.user)
    ]


def _may_note(interaction: Interaction, agent: AgentId | None) -> bool:
    joined = (consult for consult in interaction.consults.values() if consult.joined)
    return agent is not None and (
        interaction.agent == agent or any(consult.colleague == agent for consult in joined)
    )


def decide_hold(center: Center, command: c.Hold, now: Instant) -> list[e.Event]:
    """Put on hold."""
    interaction = center.interaction(command.interaction)
    agent = holder(center, interaction, command.by, "put on hold")
    interaction.must_allow(e.Held, "put on hold")
    return [e.Held(at=now, interaction=interaction.id, agent=agent)]


def evolve_held(center: Center, event: e.Held) -> None:
    """On hold since now."""
    interaction = center.interactions[event.interaction]
    interaction.move(event)
    interaction.held_at = event.at
    interaction.interrupted = event.cause == "interrupted"


def decide_resume(center: Center, command: c.Resume, now: Instant) -> list[e.Event]:
    """Come back to it."""
    interaction = center.interaction(command.interaction)
    agent = holder(center, interaction, command.by, "resume")
    interaction.must_allow(e.Resumed, "resume")
    if interaction.interrupted:
        raise Rejected("interrupted", "Finish first what came between; then it goes on by itself.")
    return [e.Resumed(at=now, interaction=interaction.id, agent=agent)]


def evolve_resumed(center: Center, event: e.Resumed) -> None:
    """Off hold."""
    interaction = center.interactions[event.interaction]
    interaction.move(event)
    interaction.held_at = None
    interaction.interrupted = False


def decide_leave(center: Center, command: c.Leave, now: Instant) -> list[e.Event]:
    """The customer's last device went; twice is once."""
    interaction = center.interaction(command.interaction)
    if interaction.customer_gone_since is not None:
        return []
    return [e.CustomerLeft(at=now, interaction=interaction.id)]


def evolve_left(center: Center, event: e.CustomerLeft) -> None:
    """Nobody is there on the customer's side since now."""
    center.interactions[event.interaction].customer_gone_since = event.at


def decide_return(center: Center, command: c.Return, now: Instant) -> list[e.Event]:
    """A device of the customer is back; twice is once."""
    interaction = center.interaction(command.interaction)
    if interaction.customer_gone_since is None:
        return []
    return [e.CustomerReturned(at=now, interaction=interaction.id)]


def evolve_customer_returned(center: Center, event: e.CustomerReturned) -> None:
    """The customer is there again."""
    center.interactions[event.interaction].customer_gone_since = None


def decide_hang_up(center: Center, command: c.HangUp, now: Instant) -> list[e.Event]:
    """The customer ends it."""
    interaction = center.interaction(command.interaction)
    found = deadlines.customer_ends(center, interaction, now, cause=command.cause)
    if not found:
        raise Rejected("ended", f"Interaction {interaction.id} has ended.")
    return found


def evolve_abandoned(center: Center, event: e.Abandoned) -> None:
    """The interaction is over before anybody took it."""
    interaction = center.interactions[event.interaction]
    interaction.move(event)
    close_if_final(center, interaction, event.at)


def decide_end(center: Center, command: c.End, now: Instant) -> list[e.Event]:
    """The agent ends the talk; a supervisor also closes what waits (spam, a mistake)."""
    interaction = center.interaction(command.interaction)
    found: list[e.Event] = []
    if interaction.phase in TALKING:
        holder(center, interaction, command.by, "end")
    else:
        must_supervise(center, command.by, interaction, "end")
        if interaction.offer is not None:
            found.append(deadlines.withdrawn(interaction, now, cause="ended"))
        else:
            interaction.must_allow(e.Ended, "end")
    if interaction.consults:
        found.extend(consults_ended(interaction, now))
    found.append(ended(center, interaction, now, by=_AGENT, cause=command.cause))
    return found


def decide_rate(center: Center, command: c.Rate, now: Instant) -> list[e.Event]:
    """The customer's rating, 1 to 5, while the talk or within a day after it."""
    if not 1 <= command.score <= BEST_SCORE:
        raise Malformed(
            "score", f"must be 1 to {BEST_SCORE}", "out_of_range", min=1, max=BEST_SCORE
        )
    known = _known(center, command.interaction)
    return [e.Rated(at=now, interaction=known, score=command.score)]
