"""`/ignored-mails`: what came and asked nobody to work, for administrators."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from warmline.channels.email.ignored import Ignored, IgnoredMail, Why
from warmline.conversations.files import headers
from warmline.core.permissions import Right
from warmline.core.words import Actor, Rejected
from warmline.ports import Guard, Privacy

PAGE = 50
MOST = 200
ID_CHARS = 64
_TYPE = "message/rfc822"


class IgnoredMailAnswer(BaseModel):
    """A mail that started no work; `kept` when it can be fetched as it came."""

    id: str
    at: int
    mailbox: str
    mailbox_name: str | None
    address: str | None
    reason: Why
    interaction: str | None
    kept: bool

    @classmethod
    def of(cls, mail: IgnoredMail) -> "IgnoredMailAnswer":
        """The same for a screen."""
        return cls.model_validate(mail, from_attributes=True)


class IgnoredMailsAnswer(BaseModel):
    """A page of them, the newest first; `more` says that another follows."""

    mails: list[IgnoredMailAnswer]
    more: bool


def add_ignored(router: APIRouter, ignored: Ignored, guard: Guard, privacy: Privacy) -> None:
    """The list, and each mail as it came."""
    configure = Depends(guard(Right.CONFIGURE))

    @router.get("/ignored-mails")
    async def ignored_mails(
        _actor: Annotated[Actor, configure],
        before: Annotated[str | None, Query(min_length=1, max_length=ID_CHARS)] = None,
        limit: Annotated[int, Query(ge=1, le=MOST)] = PAGE,
    ) -> IgnoredMailsAnswer:
        """Auto-replies, bounces, bulk mail, loops and floods, the newest first."""
        mails, more = await ignored.page(before=before, limit=limit)
        return IgnoredMailsAnswer(mails=[IgnoredMailAnswer.of(mail) for mail in mails], more=more)

    @router.get("/ignored-mails/{id_}/original", response_class=Response)
    async def original(id_: str, actor: Annotated[Actor, configure]) -> Response:
        """The mail as it came, to be downloaded; a customer's own only of whom one may see."""
        content = await ignored.original(id_[:ID_CHARS])
        if content is None:
            raise Rejected("unknown_mail", "This mail was not kept by itself.")
        senders = await ignored.senders(content)
        if senders and not await privacy.open_among(actor, senders):
            raise Rejected("masked", "The mail itself names people: reveal the customer first.")
        return Response(content, media_type=_TYPE, headers=headers("mail.eml", _TYPE))
