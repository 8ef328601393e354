"""The HTTP door to verification: ways to make sure who it is, attempts, the PIN, and the rules."""

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from warmline.core.permissions import Right
from warmline.core.words import (
    Actor,
    CustomerId,
    InteractionId,
    Malformed,
    Medium,
    Rejected,
    Verification,
)
from warmline.customers import queries
from warmline.customers.assurance import Action
from warmline.customers.desk_room import DeskRoom
from warmline.customers.identifier_routes import identify, key_of, others_with
from warmline.customers.model import IdentifierKind, Method
from warmline.customers.questions import (
    QUESTIONS_LIMIT,
    TEXT_LIMIT_CHARS,
    Hint,
    Question,
    hints,
    questions,
    replace_questions,
    worth_asking,
)
from warmline.customers.risk import risk_of
from warmline.customers.tables import attempt, needed_level
from warmline.customers.verification import ASKED, RIGHT_NEEDED, SENT_TO, TRIES, Reply, Wanted
from warmline.storage.rows import Row, rows
from warmline.storage.schema import ID_CHARS
from warmline.storage.upsert import upsert

ATTEMPTS_SHOWN = 5
_SHOWN_BY: Mapping[Medium, Hint] = {
    Medium.EMAIL: Hint.EMAIL,
    Medium.VOICE: Hint.PHONE,
    Medium.CALLBACK: Hint.PHONE,
}
_NOTHING: Mapping[Hint, Sequence[str]] = {}


class StartBody(BaseModel):
    """How to make sure; a code goes to the identifier of this key."""

    model_config = ConfigDict(extra="forbid")

    method: Method
    interaction: str | None = Field(default=None, max_length=ID_CHARS)
    identifier: str | None = Field(default=None, max_length=64)
    language: str = Field(default="en", max_length=16)


class ReplyBody(BaseModel):
    """What the customer said: digits, or whether each answer was right."""

    model_config = ConfigDict(extra="forbid")

    digits: str | None = Field(default=None, max_length=16)
    answers: dict[str, bool] | None = Field(default=None, max_length=QUESTIONS_LIMIT)


class PinBody(BaseModel):
    """New digits."""

    model_config = ConfigDict(extra="forbid")

    digits: str = Field(min_length=1, max_length=16)


class QuestionBody(BaseModel):
    """One question in one or more languages."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=64, pattern=r"^[a-z0-9-]+$")
    texts: dict[str, Annotated[str, Field(min_length=1, max_length=TEXT_LIMIT_CHARS)]] = Field(
        min_length=1, max_length=10
    )
    hint: Hint | None = None


class RulesBody(BaseModel):
    """How sure it must be for each action, and what is asked; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    levels: dict[Action, Verification] | None = None
    questions: list[QuestionBody] | None = Field(default=None, max_length=QUESTIONS_LIMIT)


def verification_routes(room: DeskRoom) -> APIRouter:
    """Routes about verification."""
    router = APIRouter(tags=["customers"])
    _add_ways(router, room)
    _add_attempts(router, room)
    _add_rules(router, room)
    return router


def _add_ways(router: APIRouter, room: DeskRoom) -> None:
    reader = Depends(room.needs(Right.READ_OWN))

    @router.get("/customers/{who}/verifications")
    async def ways(who: CustomerId, actor: Annotated[Actor, reader]) -> dict[str, object]:
        """How sure it is now, what that is enough for, and how to make it surer."""
        ids = await room.person(actor, who)
        if not await room.privacy.opens(actor, ids):
            raise Rejected("masked", "Verification is for those who talk to the customer.")
        desk = room.verifications
        async with room.database.read() as connection:
            known = await rows(connection, queries.identifiers(room.site, ids))
            lately = await rows(
                connection,
                select(attempt)
                .where(attempt.c.site == room.site, attempt.c.customer.in_(ids))
                .order_by(attempt.c.started_at.desc())
                .limit(ATTEMPTS_SHOWN),
            )
            risk = await risk_of(connection, room.site, ids, now=room.now())
        shared = await others_with(room, ids)
        sendable = [
            one
            for one in known
            if IdentifierKind(one["kind"]) in SENT_TO and (one["kind"], one["value"]) not in shared
        ]
        return {
            "level": await room.assurance.level(actor, ids),
            "needed": await room.assurance.needed(),
            "may": await room.assurance.allowed(actor, ids),
            "risk": risk.shown(),
            "pin": await desk.has_pin(ids),
            "by_mail": desk.mail is not None,
            "by_text": desk.text is not None,
            "code_to": [
                {"key": key_of(one), "kind": one["kind"], "value": one["value"]} for one in sendable
            ],
            "attempts": [
                {
                    name: one[name]
                    for name in ("id", "method", "state", "started_at", "started_by", "done_at")
                }
                for one in lately
            ],
        }

    @router.put("/customers/{who}/pin", status_code=204)
    async def set_pin(who: CustomerId, body: PinBody, actor: Annotated[Actor, reader]) -> None:
        """The customer chose digits to show who they are from now on."""
        ids = await room.opened(actor, who)
        await room.assurance.require(actor, ids, Action.SET_PIN)
        root = next(iter(ids))
        await room.verifications.set_pin(actor, root, body.digits)
        async with room.database.write() as connection:
            await connection.execute(room.audit(actor, "changed", "customer", root, fields=["pin"]))


def _add_attempts(router: APIRouter, room: DeskRoom) -> None:
    reader = Depends(room.needs(Right.READ_OWN))

    @router.post("/customers/{who}/verifications", status_code=201)
    async def start(
        who: CustomerId, body: StartBody, actor: Annotated[Actor, reader]
    ) -> dict[str, object]:
        """Begin to make sure: the questions to ask, or a code on its way."""
        ids = await room.opened(actor, who)
        interaction = InteractionId(body.interaction) if body.interaction else None
        if interaction is not None and not _is_theirs(room, actor, interaction, ids):
            raise Rejected("not_yours", f"Interaction {interaction} is not yours.")
        is_asking = body.method is Method.QUESTIONS
        asked, known = await _asked(room, ids, interaction) if is_asking else ((), _NOTHING)
        how = Wanted(
            method=_method(body.method),
            interaction=interaction,
            to=await _to(room, ids, body.identifier) if body.method is Method.CODE else None,
            asked=[one.id for one in asked],
        )
        person = await room.record(ids)
        begun = await room.verifications.start(actor, person, ids, how)
        return {
            "id": begun["id"],
            "method": begun["method"],
            "ends_at": begun["ends_at"],
            "left": TRIES,
            "right_needed": min(RIGHT_NEEDED, len(asked)),
            "asked": [
                {
                    "id": one.id,
                    "text": one.text(body.language),
                    "known": list(known.get(one.hint, ())) if one.hint else [],
                }
                for one in asked
            ],
        }

    @router.post("/customers/{who}/verifications/{id_}")
    async def answer(
        who: CustomerId, id_: str, body: ReplyBody, actor: Annotated[Actor, reader]
    ) -> dict[str, object]:
        """What the customer said: passed, failed, or wrong with tries left."""
        ids = await room.opened(actor, who)
        reply = Reply(digits=body.digits, answers=body.answers)
        judged = await room.verifications.answer(actor, ids, id_, reply)
        interaction = judged["interaction"]
        passed = judged["state"] == "passed"
        if passed and interaction and _is_theirs(room, actor, interaction, ids):
            await identify(room, actor, interaction, next(iter(ids)), Verification.VERIFIED)
        return {
            "state": judged["state"],
            "left": judged["left"],
            "level": await room.assurance.level(actor, ids),
        }


def _is_theirs(
    room: DeskRoom, actor: Actor, interaction: InteractionId, ids: Collection[CustomerId]
) -> bool:
    if not room.holds(actor, interaction):
        return False
    return room.state.center().interactions[interaction].customer in ids


def _method(method: Method) -> Method:
    ways = (Method.QUESTIONS, Method.CODE, Method.PIN)
    if method not in ways:
        among = ", ".join(ways)
        raise Malformed("method", f"must be one of {among}", "not_one_of", allowed=among)
    return method


async def _to(room: DeskRoom, ids: Collection[CustomerId], key: str | None) -> Row:
    async with room.database.read() as connection:
        known = await rows(connection, queries.identifiers(room.site, ids))
    found = next((one for one in known if key is not None and key_of(one) == key), None)
    if found is None:
        raise HTTPException(404, f"there is no identifier {key}")
    if (found["kind"], found["value"]) in await others_with(room, ids):
        # Whoever reads it is one of several, and a code would not say which.
        raise Rejected("shared_address", "Others have this address too; use one of their own.")
    return found


async def _asked(
    room: DeskRoom, ids: Collection[CustomerId], interaction: InteractionId | None
) -> tuple[Sequence[Question], Mapping[Hint, Sequence[str]]]:
    """What to ask: nothing that whoever writes or rings shows by that already."""
    live = room.state.center().interactions.get(interaction) if interaction else None
    plain = _SHOWN_BY.get(live.medium) if live is not None else None
    async with room.database.read() as connection:
        found = await hints(connection, room.site, ids)
        known = {hint: values for hint, values in found.items() if hint is not plain}
        asked = worth_asking(await questions(connection, room.site), known, most=ASKED)
    if len(asked) < RIGHT_NEEDED:
        raise Rejected("no_questions", "Too little is known of this customer to ask about.")
    return asked, known


def _add_rules(router: APIRouter, room: DeskRoom) -> None:
    everybody = Depends(room.needs(Right.SIGNED_IN))
    may = Depends(room.needs(Right.CONFIGURE))

    async def now_so() -> dict[str, object]:
        async with room.database.read() as connection:
            asked = await questions(connection, room.site)
        return {
            "levels": {
                action.value: level.value
                for action, level in (await room.assurance.needed()).items()
            },
            "questions": [
                {"id": one.id, "texts": dict(one.texts), "hint": one.hint} for one in asked
            ],
        }

    @router.get("/verification-rules")
    async def rules(_actor: Annotated[Actor, everybody]) -> dict[str, object]:
        """How sure it must be who it is for each action, and what agents ask."""
        return await now_so()

    @router.put("/verification-rules")
    async def change(body: RulesBody, actor: Annotated[Actor, may]) -> dict[str, object]:
        """Change either; both are in the audit."""
        before = await now_so()
        asked = [Question(**one.model_dump()) for one in body.questions or ()]
        if len({one.id for one in asked}) < len(asked):
            raise Malformed("questions", "have the same id twice", "twice", item="id")
        async with room.database.write() as connection:
            for action, level in (body.levels or {}).items():
                values = {"site": room.site, "action": action.value, "level": level.value}
                await connection.execute(upsert(needed_level, values, keys=("site", "action")))
            if body.questions is not None:
                await replace_questions(connection, room.site, asked)
        after = await now_so()
        told = room.setting_audit(
            actor, "changed", "verification_rules", "verification-rules", before=before, after=after
        )
        async with room.database.write() as connection:
            await connection.execute(told.statement)
        return after
