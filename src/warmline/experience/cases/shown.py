"""Cases, gestures and wow moments as a screen reads them: names, words, masked where they must."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from warmline.core import masking
from warmline.core.words import Actor, AgentId, CustomerId, InteractionId, UserId
from warmline.experience.cases import queries
from warmline.experience.cases.keeping import causes_of
from warmline.experience.cases.model import STANDING, CaseState, Promised, Room
from warmline.experience.cases.rules import Said, is_good, words_of
from warmline.experience.cases.steps import may_work
from warmline.storage.rows import Row

_CASE = (
    "id", "opened_at", "source", "ask", "promise", "interaction", "customer", "queue", "segment",
    "agent", "owner", "due_at", "state", "cause", "outcome", "answered_at", "answered_via",
    "answered_in", "closed_at", "asked_again",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What else is known for some rows: answers, promises, names, who is open to the reader."""

    answers: Mapping[str, Sequence[Said]] = field(default_factory=dict[str, Sequence[Said]])
    promises: Mapping[str, Promised] = field(default_factory=dict[str, Promised])
    customers: Mapping[CustomerId, str] = field(default_factory=dict[CustomerId, str])
    agents: Mapping[AgentId, str] = field(default_factory=dict[AgentId, str])
    users: Mapping[UserId, str] = field(default_factory=dict[UserId, str])
    causes: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    opened: Collection[CustomerId] = ()


async def around(room: Room, actor: Actor, found: Sequence[Row]) -> Around:
    """What some cases, gestures or wow moments need to be read."""
    asks = {str(one[name]) for name in ("ask", "asked_again") for one in found if one.get(name)}
    customers = {CustomerId(one["customer"]) for one in found if one["customer"]}
    async with room.database.read() as connection:
        answers = await queries.answers_of(connection, room.site, asks)
        causes = await causes_of(connection, room.site)
    promised = await room.promises.some({one["promise"] for one in found if one.get("promise")})
    users = {
        UserId(one[name]) for name in ("owner", "by", "user") for one in found if one.get(name)
    }
    return Around(
        answers=answers,
        promises={one.id: one for one in promised},
        customers=await room.people.customers(customers, reader=actor),
        agents=await room.people.agents({AgentId(one["agent"]) for one in found if one["agent"]}),
        users=await room.people.users(users),
        causes={one["id"]: one["names"] for one in causes},
        opened=await room.privacy.open_among(actor, customers),
    )


def case_shown(one: Row, known: Around, actor: Actor) -> dict[str, object]:
    """A case; who works on it reads the customer's words, others while the customer is open."""
    ask = known.answers.get(one["ask"] or "", ())
    promise = known.promises.get(one["promise"] or "")
    mine = actor.user is not None and one["owner"] == actor.user
    served = actor.agent is not None and one["agent"] == actor.agent
    closed = one["customer"] is not None and one["customer"] not in known.opened
    masked = closed and not mine and not served
    words = words_of(ask) or (promise.text if promise else "")
    note, letter = one["note"], one["answered_words"]
    again = known.answers.get(one["asked_again"] or "", ())
    return {
        **{name: one[name] for name in _CASE},
        "customer_name": known.customers.get(CustomerId(one["customer"] or "")),
        "agent_name": known.agents.get(AgentId(one["agent"] or "")),
        "owner_name": known.users.get(UserId(one["owner"] or "")),
        "cause_names": known.causes.get(one["cause"] or ""),
        "scores": _scores(ask),
        "words": masking.other(words) if masked and words else words or None,
        "note": masking.other(note) if masked and note else note,
        "answered_words": masking.other(letter) if masked and letter else letter,
        "again": {"scores": _scores(again), "won_back": is_good(again)} if again else None,
        "standing": CaseState(one["state"]) in STANDING,
        "may_work": may_work(actor, one),
        "masked": closed,
        "words_masked": masked,
    }


def _scores(said: Sequence[Said]) -> list[dict[str, object]]:
    return [{"kind": one.kind, "value": one.value} for one in said if one.kind in _SCALES]


_SCALES = frozenset({"csat", "nps", "ces", "feeling"})


async def may_see(room: Room, actor: Actor, one: Row) -> bool:
    """Whether the actor may look at a case: theirs, of a talk or a customer of theirs."""
    if may_work(actor, one):
        return True
    if one["interaction"] is not None and await room.sight.conversation(
        actor, InteractionId(one["interaction"])
    ):
        return True
    return one["customer"] is not None and await room.sight.customer(
        actor, await room.same(CustomerId(one["customer"]))
    )


def wow_shown(one: Row, known: Around, actor: Actor) -> dict[str, object]:
    """A wow moment with the customer's words; the customer's name only where it is open."""
    said = known.answers.get(one["ask"] or "", ())
    names = ("id", "at", "agent", "interaction", "kind", "shared")
    mine = actor.agent is not None and one["agent"] == actor.agent
    return {
        **{name: one[name] for name in names},
        "agent_name": known.agents.get(AgentId(one["agent"])),
        "by_name": known.users.get(UserId(one["by"] or "")),
        "customer_name": known.customers.get(CustomerId(one["customer"] or "")),
        "scores": _scores(said),
        "words": words_of(said) or one["words"],
        "mine": mine,
    }
