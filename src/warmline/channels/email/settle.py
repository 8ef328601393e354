"""What became of a mail of ours: told to the center, or written down when the talk is over."""

from warmline.channels.email import tables
from warmline.conversations.model import MessageState
from warmline.core.commands import ConfirmDelivery, ReportFailure
from warmline.core.words import (
    CHANNEL,
    CommandId,
    InteractionId,
    MessageId,
    Rejected,
    SiteId,
)
from warmline.ports import Submit, Write
from warmline.storage.database import Database

_ON_THE_WAY = (MessageState.QUEUED, MessageState.SENT)
_MAY_FAIL = (*_ON_THE_WAY, MessageState.DELIVERED)


class Settling:
    """Says delivered or failed.

    A talk that closed over a day ago has no events any more: only its message's state changes.
    """

    def __init__(self, *, site: SiteId, database: Database, submit: Submit) -> None:
        self._site = site
        self._database = database
        self._submit = submit

    async def delivered(self, interaction: InteractionId, message: MessageId, *, try_: int) -> None:
        """A relay has taken the mail."""
        command = ConfirmDelivery(
            id=CommandId(f"delivered:{message}:{try_}"),
            by=CHANNEL,
            interaction=interaction,
            message=message,
        )
        try:
            await self._submit(command)
        except Rejected:
            await self._write(message, MessageState.DELIVERED, None)

    async def failed(
        self,
        interaction: InteractionId,
        message: MessageId,
        *,
        code: str,
        cause: str,
        writes: tuple[Write, ...] = (),
    ) -> None:
        """The mail did not arrive; `cause` tells one failure of a message from another."""
        command = ReportFailure(
            id=CommandId(f"failed:{message}:{cause}"),
            by=CHANNEL,
            interaction=interaction,
            message=message,
            code=code,
        )
        try:
            await self._submit(command, *writes)
        except Rejected:
            await self._write(message, MessageState.FAILED, code, writes)

    async def _write(
        self,
        message: MessageId,
        state: MessageState,
        code: str | None,
        writes: tuple[Write, ...] = (),
    ) -> None:
        among = _MAY_FAIL if state is MessageState.FAILED else _ON_THE_WAY
        async with self._database.write() as connection:
            await connection.execute(
                tables.message_state(self._site, message, to=state, among=among, error=code)
            )
            await tables.write(connection, *writes)
