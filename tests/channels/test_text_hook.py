"""Text messages by a gateway: signed so that it knows they are ours, refused when it refuses."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import cast

import pytest

from warmline.channels.text_hook import TextHook, secret_of
from warmline.config import from_environment
from warmline.core.words import Rejected

SECRET = b"a gateway knows this"
WORDS = "whsec_" + base64.b64encode(SECRET).decode()


class Gateway(HTTPServer):
    """Takes messages on a free port of loopback, or refuses them."""

    def __init__(self, status: int = 202) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.status = status
        self.taken: list[tuple[dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/sms"


class Taking(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        gateway = cast("Gateway", self.server)
        gateway.taken.append((headers, body))
        self.send_response(gateway.status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Says nothing: who got a message is nobody's to log."""


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    server = Gateway()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


async def test_a_message_is_handed_over_signed(gateway: Gateway):
    await TextHook(gateway.url, WORDS).send("+48501234567", "Your code is 123456")
    headers, body = gateway.taken[0]
    assert json.loads(body) == {
        "type": "sms.send",
        "to": "+48501234567",
        "text": "Your code is 123456",
    }
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    ours = base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{ours}"


async def test_two_messages_are_never_taken_for_one(gateway: Gateway):
    hook = TextHook(gateway.url, WORDS)
    for _ in range(2):
        await hook.send("+48501234567", "Hello")
    assert len({headers["webhook-id"] for headers, _ in gateway.taken}) == 2


async def test_what_the_gateway_does_not_take_is_said_without_the_number(gateway: Gateway, capsys):
    gateway.status = 500
    with pytest.raises(Rejected) as refused:
        await TextHook(gateway.url, WORDS).send("+48501234567", "Hello")
    assert refused.value.code == "text_not_taken"
    assert "501234567" not in capsys.readouterr().out


async def test_a_gateway_that_is_not_there_is_said_too():
    with pytest.raises(Rejected):
        await TextHook("http://127.0.0.1:9/sms", WORDS).send("+48501234567", "Hello")


def test_a_secret_that_is_none_is_refused_at_the_start(monkeypatch):
    with pytest.raises(ValueError, match="base64"):
        secret_of("whsec_*")
    monkeypatch.setenv("WARMLINE_SMS_HOOK_URL", "http://gateway.example/sms")
    with pytest.raises(ValueError, match="WARMLINE_SMS_HOOK_SECRET"):
        from_environment()
