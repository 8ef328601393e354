"""Who may do what: rights by role, and which commands need which right."""

from collections.abc import Mapping
from enum import StrEnum

from warmline.core import commands as c
from warmline.core.words import Actor, Rejected, Role


class Right(StrEnum):
    """One thing that somebody may do; every route and every command names one."""

    SIGNED_IN = "signed_in"
    WORK = "work"
    """Take and handle interactions as an agent."""
    READ_OWN = "read_own"
    """See the interactions one holds or has held, and their customers."""
    READ_ALL = "read_all"
    """See every interaction of the site, live and past."""
    SUPERVISE = "supervise"
    """See the floor, set states, reassign, end."""
    CONFIGURE = "configure"
    """Define queues, skills, hours, inboxes and the like."""
    PUBLISH = "publish"
    """Change the policy: write, try and publish versions of it."""
    MANAGE_PEOPLE = "manage_people"
    """Create users, give roles, reset passwords."""
    READ_AUDIT = "read_audit"
    KNOW = "know"
    """Say what is known of customers: merge, split, rules of segments, value."""
    GOVERN = "govern"
    """Bring customer data in and out: import, export, erase, retention, keys."""
    CHANNEL = "channel"
    """What only a channel does on a customer's behalf."""
    TICK = "tick"


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.AGENT: frozenset({Right.SIGNED_IN, Right.WORK, Right.READ_OWN}),
    Role.SUPERVISOR: frozenset(
        {
            Right.SIGNED_IN,
            Right.READ_OWN,
            Right.READ_ALL,
            Right.SUPERVISE,
            Right.PUBLISH,
            Right.KNOW,
        },
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            Right.SIGNED_IN,
            Right.CONFIGURE,
            Right.PUBLISH,
            Right.MANAGE_PEOPLE,
            Right.READ_AUDIT,
            Right.KNOW,
            Right.GOVERN,
        },
    ),
    Role.CHANNEL: frozenset({Right.CHANNEL}),
    Role.SYSTEM: frozenset(Right),
}

_CHANNEL = (
    c.Arrive, c.Admit, c.Receive, c.ConfirmDelivery, c.ReportFailure, c.Leave, c.Return,
    c.HangUp, c.Rate,
)  # fmt: skip
_WORK = (
    c.Begin, c.Accept, c.Decline, c.Hold, c.Resume, c.Consult, c.JoinConsult, c.EndConsult,
    c.WrapUp,
)  # fmt: skip
_WORK_OR_SUPERVISE = (
    c.Send, c.Unsend, c.AddNote, c.Transfer, c.End, c.SetPresence, c.MarkRead,
)  # fmt: skip
_CONFIGURE = (
    c.DefineSkill, c.DefineQueue, c.DefineAgent, c.DefineTeam, c.DefineCalendar, c.DefineInbox,
    c.DefineDisposition, c.DefineReason, c.DefineSegment, c.DefinePolicy, c.Remove,
)  # fmt: skip

NEEDED: Mapping[type[c.Command], frozenset[Right]] = {
    **dict.fromkeys(_CHANNEL, frozenset({Right.CHANNEL})),
    **dict.fromkeys(_WORK, frozenset({Right.WORK})),
    **dict.fromkeys(_WORK_OR_SUPERVISE, frozenset({Right.WORK, Right.SUPERVISE})),
    **dict.fromkeys(_CONFIGURE, frozenset({Right.CONFIGURE})),
    c.Identify: frozenset({Right.WORK, Right.CHANNEL}),
    c.Reveal: frozenset({Right.SIGNED_IN}),
    c.MarkRead: frozenset({Right.WORK, Right.CHANNEL}),
    c.Send: frozenset({Right.WORK, Right.SUPERVISE, Right.CHANNEL}),
    c.ConnectAgent: frozenset({Right.TICK}),
    c.DisconnectAgent: frozenset({Right.TICK}),
    c.TakeOver: frozenset({Right.SUPERVISE}),
    c.Publish: frozenset({Right.PUBLISH}),
    c.StartTrial: frozenset({Right.PUBLISH}),
    c.EndTrial: frozenset({Right.PUBLISH}),
    c.RestoreMatcher: frozenset({Right.SUPERVISE, Right.CONFIGURE}),
    c.SetPrices: frozenset({Right.TICK}),
    c.Tick: frozenset({Right.TICK}),
}
"""Any one of these rights is enough; who it concerns is checked with the command itself."""


def rights(actor: Actor) -> frozenset[Right]:
    """All that the actor's roles allow."""
    return frozenset[Right]().union(*(RIGHTS[role] for role in actor.roles))


def has(actor: Actor, right: Right) -> bool:
    """Whether one of the actor's roles gives the right."""
    return any(right in RIGHTS[role] for role in actor.roles)


ALLOWED: Mapping[type[c.Command], frozenset[Role]] = {
    kind: frozenset(role for role in Role if RIGHTS[role] & needed)
    for kind, needed in NEEDED.items()
}
"""The roles that may give a command."""


def check(command: c.Command) -> None:
    """Refuse a command whose giver has none of the rights that it needs (`forbidden`)."""
    if command.by.roles.isdisjoint(ALLOWED[type(command)]):
        raise Rejected("forbidden", f"{type(command).__name__} is not among your rights")
