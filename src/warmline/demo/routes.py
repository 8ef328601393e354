"""The web of the demonstration: chairs, live figures, speed, the outage, customers' mail."""

from collections import deque
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from warmline.core.words import MINUTE, Instant, Malformed, Rejected, Role, UserId
from warmline.demo import letters, shop
from warmline.demo.fill import has_password
from warmline.demo.pace import Speed
from warmline.demo.shop import Person
from warmline.demo.sink import Letter
from warmline.demo.stage import Stage
from warmline.ports import Busy
from warmline.security.cookies import address_of
from warmline.security.routes import SessionAnswer, answer_of, give_session
from warmline.security.sign_in import SignedIn

LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})
MAILS_PER_MINUTE = 12
TEXT_LIMIT_CHARS = 10_000
_ADDRESS = r"^[^@\s<>,;\"()\x00-\x1f]+@[^@\s<>,;\"()\x00-\x1f]+\.[^@\s<>,;\"()\x00-\x1f]+$"
_LINE = r"^[^\x00-\x1f\x7f]*$"
CHAIRS = {person.id: person for person in shop.PEOPLE if has_password(person)}

Address = Annotated[str, Field(max_length=254, pattern=_ADDRESS)]
Line = Annotated[str, Field(max_length=200, pattern=_LINE)]


class Body(BaseModel):
    """What a client sends: nothing beyond what is named."""

    model_config = ConfigDict(extra="forbid")


class SitBody(Body):
    """The chair; `alone` when the human brings a customer of their own."""

    chair: Annotated[str, Field(max_length=64)]
    alone: bool = False


class SpeedBody(Body):
    """The new speed: 0 lets nobody new come."""

    speed: Literal[0, 1, 5]


class MailBody(Body):
    """A mail to the shop, from whoever one likes to be."""

    name: Line = ""
    address: Address
    to: Address
    subject: Line
    text: Annotated[str, Field(min_length=1, max_length=TEXT_LIMIT_CHARS)]


def demo_routes(stage: Stage, *, host: str) -> APIRouter:
    """All routes of the demonstration, under `/api/v1`; `host` is where the web listens."""
    router = APIRouter(prefix="/demo", tags=["demo"])
    _add_state(router, stage, is_local=host in LOCAL)
    _add_sitting(router, stage)
    _add_play(router, stage)
    _add_mail(router, stage)
    return router


def _from_here(request: Request) -> None:
    """Refuses what a page of another site sends; programs send no origin."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Rejected("forbidden", "This page is of another site.")


HERE = Depends(_from_here)


def _add_state(router: APIRouter, stage: Stage, *, is_local: bool) -> None:
    @router.get("")
    async def state() -> dict[str, Any]:
        """Chairs, live figures, speed and the address for mail; also whether an outage goes on."""
        figures = await stage.floor.figures()
        return {
            "chairs": [_chair(person) for person in CHAIRS.values()],
            "people": sum(not person.chair for person in shop.AGENTS),
            "agents": len(shop.AGENTS),
            "queues": len(stage.house.engine.center().queues),
            "talking": figures.talking,
            "waiting": figures.waiting,
            "service_level_pct": figures.service_level_pct,
            "now": figures.now,
            "zone": figures.zone,
            "speed": stage.pace.speed,
            "outage": stage.outage,
            "local": is_local,
            "mail": {
                "addresses": list(shop.MAILBOXES.values()),
                "host": letters.HOST,
                "port": stage.house.smtp_port(),
            },
        }


def _chair(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "locale": person.locale,
        "roles": [role.value for role in person.roles],
        "role": _main_role(person).value,
    }


def _main_role(person: Person) -> Role:
    order = (Role.ADMINISTRATOR, Role.SUPERVISOR, Role.AGENT)
    return next(role for role in order if role in person.roles)


def _add_sitting(router: APIRouter, stage: Stage) -> None:
    security = stage.house.security

    @router.post("/sit", dependencies=[HERE])
    async def sit(body: SitBody, request: Request, response: Response) -> SessionAnswer:
        """Sit down in a chair: signed in at once, and available when the desk is open."""
        person = CHAIRS.get(body.chair)
        if person is None:
            raise Malformed("chair", "there is no such chair", "no_such", item=body.chair)
        user = await security.users.one(UserId(person.id))
        async with stage.house.database.write() as connection:
            token = await security.sessions.open(connection, user, address=address_of(request))
        give_session(security, request, response, SignedIn(user=user, token=token))
        if user.agent is not None:
            stage.sits(person, alone=body.alone)
        return answer_of(security, user)


def _add_play(router: APIRouter, stage: Stage) -> None:
    @router.post("/speed", dependencies=[HERE])
    async def change_speed(body: SpeedBody) -> dict[str, Speed]:
        """How fast the simulated people live."""
        stage.pace.change(body.speed)
        return {"speed": stage.pace.speed}

    @router.post("/incident", dependencies=[HERE])
    async def cause_outage() -> dict[str, bool]:
        """Many customers write about one thing; `started` is false when they do already."""
        return {"started": stage.cause_outage(), "outage": stage.outage}


def _add_mail(router: APIRouter, stage: Stage) -> None:
    sent_at: deque[Instant] = deque(maxlen=MAILS_PER_MINUTE)

    @router.post("/mail", status_code=202, dependencies=[HERE])
    async def send_mail(body: MailBody) -> dict[str, str]:
        """Write to the shop by e-mail: it goes by SMTP, as from any mail program."""
        if body.to.casefold() not in shop.MAILBOXES.values():
            raise Malformed("to", "is no address of the shop", "no_such")
        now = stage.house.clock.now()
        if len(sent_at) == MAILS_PER_MINUTE and now - sent_at[0] < MINUTE:
            raise Busy(10)
        port = stage.house.smtp_port()
        if port is None:
            raise Busy(5)
        sent_at.append(now)
        mail = letters.letter(
            name=body.name, address=body.address, to=body.to, subject=body.subject, text=body.text
        )
        try:
            await letters.post(mail, port=port)
        except letters.NotSent as refusal:
            raise Rejected("not_sent", "The receiver did not take the mail.") from refusal
        return {"message_id": str(mail["Message-ID"])}

    @router.get("/mail")
    async def answers(
        address: Annotated[str, Query(max_length=254)],
    ) -> dict[str, list[dict[str, Any]]]:
        """The answers that arrived for an address, the newest first."""
        return {"letters": [_shown(letter) for letter in stage.sink.letters(address)]}


def _shown(letter: Letter) -> dict[str, Any]:
    return {
        "at": letter.at,
        "from": letter.sender,
        "subject": letter.subject,
        "text": letter.text,
        "message_id": letter.message_id,
        "in_reply_to": letter.in_reply_to,
        "references": letter.references,
    }
