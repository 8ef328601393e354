"""What a simulated agent does at the desk, each deed a request with the agent's own session."""

import uuid
from collections.abc import Mapping

from websockets.asyncio.client import ClientConnection

from warmline.core.words import Presence
from warmline.demo.desk_frames import Head, Offered, Offering, Said, Talk, View
from warmline.demo.door import Door
from warmline.demo.shop import Person
from warmline.security.cookies import CSRF_COOKIE, CSRF_HEADER, SESSION_COOKIE
from warmline.security.sessions import csrf_of


class Desk:
    """One signed-in agent's access to the API."""

    def __init__(self, door: Door, person: Person, token: str, socket: ClientConnection) -> None:
        self.person = person
        self._door = door
        self._socket = socket
        self._headers = headers_of(token)

    async def accept(self, interaction: str, offer: str) -> None:
        """Take an offer."""
        await self._command("Accept", interaction=interaction, offer=offer)

    async def decline(self, interaction: str, offer: str) -> None:
        """Let an offer go."""
        await self._command("Decline", interaction=interaction, offer=offer)

    async def end(self, interaction: str) -> None:
        """End a talk."""
        await self._command("End", interaction=interaction)

    async def wrap_up(self, interaction: str, disposition: str) -> None:
        """Finish the work after it."""
        await self._command("WrapUp", interaction=interaction, disposition=disposition)

    async def is_now(self, presence: Presence, reason: str | None) -> None:
        """Change one's presence."""
        await self._command(
            "SetPresence", agent=self.person.id, presence=presence.value, reason=reason
        )

    async def says(self, interaction: str, text: str) -> None:
        """Write to the customer."""
        body = {"id": uuid.uuid4().hex, "text": text}
        await self._door.give(f"/conversations/{interaction}/messages", body, self._headers)

    async def notes(self, interaction: str, text: str) -> None:
        """Leave a note for colleagues."""
        body = {"id": uuid.uuid4().hex, "text": text}
        await self._door.give(f"/conversations/{interaction}/notes", body, self._headers)

    async def hands_on(self, interaction: str, queue: str, note: str) -> None:
        """Transfer to another queue, with a word for whoever takes it."""
        body = {"interaction": interaction, "to_queue": queue, "note": note}
        await self._door.give("/transfers", body, self._headers)

    async def offers(self, interaction: str) -> Offered | None:
        """Say that the problem is solved; what may be offered then."""
        path = f"/interactions/{interaction}/offers"
        return (await self._door.post(path, None, Offering, self._headers)).offer

    async def tells(self, interaction: str, offer: str, answer: str, reason: str | None) -> None:
        """Say what the customer answered to an offer."""
        path = f"/interactions/{interaction}/offers/{offer}"
        await self._door.put(path, {"answer": answer, "reason": reason}, self._headers)

    async def types(self, interaction: str, *, on: bool) -> None:
        """Show the customer that somebody writes."""
        flag = "true" if on else "false"
        await self._socket.send(f'{{"type":"typing","interaction":"{interaction}","on":{flag}}}')

    async def customer_name(self, view: View) -> str | None:
        """What the customer is called."""
        head = await self._door.get(f"/conversations/{view.id}", Head, self._headers)
        return head.customer_name

    async def said(self, interaction: str, *, after: int) -> list[Said]:
        """What was said after a number."""
        path = f"/conversations/{interaction}/messages?after={after}"
        return (await self._door.get(path, Talk, self._headers)).messages

    async def _command(self, name: str, **fields: str | None) -> None:
        body = {**fields, "id": str(uuid.uuid4())}
        await self._door.give(f"/commands/{name}", body, self._headers)


def headers_of(token: str) -> Mapping[str, str]:
    """The headers with which a browser of this session comes."""
    csrf = csrf_of(token)
    return {
        "Cookie": f"{SESSION_COOKIE}={token}; {CSRF_COOKIE}={csrf}",
        CSRF_HEADER: csrf,
    }
