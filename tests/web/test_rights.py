"""Every route of the whole center, tried as everybody: a route without a row here fails."""

from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import BaseRoute, Route, WebSocketRoute

from tests.web.center import PASSWORD, Browser
from warmline.config import Settings
from warmline.core.words import SYSTEM, Role, UserId
from warmline.demo.sockets import loopback_socket
from warmline.security.model import User
from warmline.web.app import make_app
from warmline.web.wired import Wired
from warmline.wiring import wire, wire_demo

pytestmark = pytest.mark.long
API = "/api/v1"
ANYBODY = frozenset({"anonymous", "agent", "supervisor", "administrator"})
SIGNED_IN = ANYBODY - {"anonymous"}
WORKERS = frozenset({"agent", "supervisor"})
AGENTS = frozenset({"agent"})
SUPERVISORS = frozenset({"supervisor"})
ADMINISTRATORS = frozenset({"administrator"})
LEADERS = ADMINISTRATORS | {"supervisor"}
CUSTOMERS = ANYBODY
"""The doors of customers have a token of their own; nobody's session matters there."""

KINDS = ["skill", "queue", "agent", "team", "calendar", "inbox", "disposition", "reason", "segment"]
AGENTS_DO = [
    "Accept",
    "Decline",
    "Hold",
    "Resume",
    "Consult",
    "JoinConsult",
    "EndConsult",
    "WrapUp",
]
BOTH_DO = ["Transfer", "End", "SetPresence"]

MAY: dict[str, frozenset[str]] = {
    "GET /openapi.json": ANYBODY,
    "GET /healthz": ANYBODY,
    "GET /readyz": ANYBODY,
    "GET /metrics": ADMINISTRATORS,
    f"POST {API}/session": ANYBODY,
    f"GET {API}/session": SIGNED_IN,
    f"DELETE {API}/session": SIGNED_IN,
    f"POST {API}/first-admin": ANYBODY,
    f"PUT {API}/me": SIGNED_IN,
    f"PUT {API}/me/password": SIGNED_IN,
    f"GET {API}/users": ADMINISTRATORS,
    f"POST {API}/users": ADMINISTRATORS,
    f"GET {API}/users/{{user}}": ADMINISTRATORS,
    f"PUT {API}/users/{{user}}": ADMINISTRATORS,
    f"DELETE {API}/users/{{user}}": ADMINISTRATORS,
    f"GET {API}/audit": ADMINISTRATORS,
    f"POST {API}/reveals": SIGNED_IN,
    f"GET {API}/reveals": ADMINISTRATORS,
    f"GET {API}/reveals/budget": SIGNED_IN,
    f"GET {API}/config": SIGNED_IN,
    f"PUT {API}/config/policy": ADMINISTRATORS,
    **{f"PUT {API}/config/{kind}/{{id}}": ADMINISTRATORS for kind in KINDS},
    **{f"DELETE {API}/config/{kind}/{{id}}": ADMINISTRATORS for kind in KINDS},
    **{f"POST {API}/commands/{name}": AGENTS for name in [*AGENTS_DO, "MarkRead"]},
    **{f"POST {API}/commands/{name}": WORKERS for name in BOTH_DO},
    f"GET {API}/conversations/{{interaction}}": WORKERS,
    f"GET {API}/conversations/{{interaction}}/messages": WORKERS,
    f"POST {API}/conversations/{{interaction}}/messages": WORKERS,
    f"GET {API}/conversations/{{interaction}}/messages/{{message}}/original": WORKERS,
    f"DELETE {API}/conversations/{{interaction}}/messages/{{message}}": WORKERS,
    f"POST {API}/conversations/{{interaction}}/notes": WORKERS,
    f"GET {API}/conversations/{{interaction}}/draft": WORKERS,
    f"PUT {API}/conversations/{{interaction}}/draft": WORKERS,
    f"POST {API}/files": WORKERS,
    f"GET {API}/files/{{id_}}": WORKERS,
    f"DELETE {API}/files/{{id_}}": WORKERS,
    f"POST {API}/transfers": WORKERS,
    f"GET {API}/transfer-targets": WORKERS,
    f"GET {API}/interactions": WORKERS,
    f"GET {API}/interactions/{{interaction}}/decisions": WORKERS,
    f"GET {API}/floor": SUPERVISORS,
    f"GET {API}/floor/rows": SUPERVISORS,
    f"GET {API}/fairness": SUPERVISORS,
    f"GET {API}/measures": SIGNED_IN,
    f"GET {API}/benchmark": LEADERS,
    f"GET {API}/benchmark/rows": LEADERS,
    f"GET {API}/customers": WORKERS,
    f"GET {API}/customers/{{who}}": WORKERS,
    f"PATCH {API}/customers/{{who}}": WORKERS,
    f"GET {API}/customers/{{who}}/timeline": WORKERS,
    f"GET {API}/customers/{{who}}/portrait": WORKERS,
    f"GET {API}/customers/{{who}}/value": WORKERS,
    f"GET {API}/value": LEADERS,
    f"PUT {API}/value/terms": LEADERS,
    f"POST {API}/value/compute": LEADERS,
    f"GET {API}/segment-rules": LEADERS,
    f"PUT {API}/segment-rules": LEADERS,
    f"POST {API}/segment-rules/check": LEADERS,
    f"POST {API}/segment-rules/preview": LEADERS,
    f"GET {API}/stake-rules": LEADERS,
    f"PUT {API}/stake-rules": LEADERS,
    f"GET {API}/customers/{{who}}/promises": WORKERS,
    f"POST {API}/customers/{{who}}/promises": WORKERS,
    f"PATCH {API}/customers/{{who}}/promises/{{id_}}": WORKERS,
    f"PUT {API}/customers/{{who}}/fields": WORKERS,
    f"GET {API}/fields": SIGNED_IN,
    f"PUT {API}/fields/{{id_}}": ADMINISTRATORS,
    f"DELETE {API}/fields/{{id_}}": ADMINISTRATORS,
    f"GET {API}/interactions/{{interaction}}/before": WORKERS,
    f"GET {API}/courtesy": LEADERS,
    f"PUT {API}/courtesy": LEADERS,
    f"GET {API}/courtesy/contacts": LEADERS,
    f"GET {API}/offers": LEADERS,
    f"PUT {API}/offers/{{id_}}": LEADERS,
    f"PUT {API}/offer-terms": LEADERS,
    f"POST {API}/offers/learn": LEADERS,
    f"GET {API}/offers/results": LEADERS,
    f"GET {API}/offers/rows": LEADERS,
    f"GET {API}/interactions/{{interaction}}/offers": WORKERS,
    f"POST {API}/interactions/{{interaction}}/offers": AGENTS,
    f"PUT {API}/interactions/{{interaction}}/offers/{{shown}}": AGENTS,
    f"GET {API}/feedback": LEADERS,
    f"GET {API}/feedback/rows": LEADERS,
    f"GET {API}/feedback/targets": LEADERS,
    f"PUT {API}/feedback/targets": LEADERS,
    f"PUT {API}/feedback/terms": ADMINISTRATORS,
    f"GET {API}/feedback/scores": LEADERS,
    f"POST {API}/feedback/scores/compute": ADMINISTRATORS,
    f"POST {API}/feedback/scores/take": ADMINISTRATORS,
    f"GET {API}/me/feedback": AGENTS,
    f"GET {API}/interactions/{{interaction}}/call": WORKERS,
    f"POST {API}/interactions/{{interaction}}/call/digits": WORKERS,
    f"POST {API}/interactions/{{interaction}}/call/recording": WORKERS,
    f"POST {API}/interactions/{{interaction}}/call/supervision": SUPERVISORS,
    f"DELETE {API}/interactions/{{interaction}}/call/supervision": SUPERVISORS,
    f"POST {API}/interactions/{{interaction}}/take-over": SUPERVISORS,
    f"POST {API}/interactions/{{interaction}}/call/outside": WORKERS,
    f"POST {API}/interactions/{{interaction}}/call/outside/handover": WORKERS,
    f"DELETE {API}/interactions/{{interaction}}/call/outside": WORKERS,
    f"GET {API}/calls/out": AGENTS,
    f"POST {API}/calls/out": AGENTS,
    f"GET {API}/voice/callers": ADMINISTRATORS,
    f"PUT {API}/voice/callers/{{queue}}": ADMINISTRATORS,
    f"DELETE {API}/voice/callers/{{queue}}": ADMINISTRATORS,
    f"GET {API}/voice/supervision": SIGNED_IN,
    f"PUT {API}/voice/supervision": ADMINISTRATORS,
    f"GET {API}/recordings/{{recording}}/sound": WORKERS,
    f"GET {API}/voice": SIGNED_IN,
    f"POST {API}/phone": AGENTS,
    f"GET {API}/voice/prompts": ADMINISTRATORS,
    f"GET {API}/voice/prompts/{{name}}/{{language}}/sound": ADMINISTRATORS,
    f"PUT {API}/voice/prompts/{{name}}/{{language}}": ADMINISTRATORS,
    f"PUT {API}/voice/prompts/{{name}}/{{language}}/recording": ADMINISTRATORS,
    f"DELETE {API}/voice/prompts/{{name}}/{{language}}": ADMINISTRATORS,
    f"GET {API}/voice/lines": ADMINISTRATORS,
    f"PUT {API}/voice/lines/{{network}}/{{called}}": ADMINISTRATORS,
    f"DELETE {API}/voice/lines/{{network}}/{{called}}": ADMINISTRATORS,
    f"GET {API}/loyalty": LEADERS,
    f"GET {API}/loyalty/rows": LEADERS,
    f"GET {API}/cases": WORKERS,
    f"POST {API}/cases": SUPERVISORS,
    f"GET {API}/cases/owners": LEADERS,
    f"GET {API}/cases/figures": SUPERVISORS,
    f"GET {API}/cases/{{id_}}": WORKERS,
    f"PATCH {API}/cases/{{id_}}": WORKERS,
    f"POST {API}/cases/{{id_}}/answer": WORKERS,
    f"POST {API}/cases/{{id_}}/close": WORKERS,
    f"GET {API}/case-causes": SIGNED_IN,
    f"PUT {API}/case-causes": LEADERS,
    f"GET {API}/case-rules": LEADERS,
    f"PUT {API}/case-rules": LEADERS,
    f"GET {API}/gestures": WORKERS,
    f"POST {API}/gestures": AGENTS,
    f"GET {API}/gestures/budget": AGENTS,
    f"GET {API}/wow": WORKERS,
    f"POST {API}/wow": SUPERVISORS,
    f"GET {API}/me/wow": AGENTS,
    f"PATCH {API}/me/wow/{{id_}}": AGENTS,
    f"GET {API}/me/promises": AGENTS,
    f"GET {API}/standards": SIGNED_IN,
    f"PUT {API}/standards/{{id_}}": LEADERS,
    f"DELETE {API}/standards/{{id_}}": LEADERS,
    f"GET {API}/standards-kept": LEADERS,
    f"GET {API}/standards-kept/rows": LEADERS,
    f"GET {API}/interactions/{{interaction}}/standards": WORKERS,
    f"POST {API}/interactions/{{interaction}}/standards": WORKERS,
    f"PUT {API}/interactions/{{interaction}}/standards/{{step}}": WORKERS,
    f"GET {API}/contradictions": LEADERS,
    f"PUT {API}/contradictions/{{id_}}/dismissal": LEADERS,
    f"DELETE {API}/contradictions/{{id_}}/dismissal": LEADERS,
    f"GET {API}/likely-reason": WORKERS,
    f"POST {API}/likely-reason/learn": LEADERS,
    f"GET {API}/search": WORKERS,
    f"GET {API}/customers/{{who}}/identifiers": WORKERS,
    f"POST {API}/customers/{{who}}/identifiers": WORKERS,
    f"DELETE {API}/customers/{{who}}/identifiers/{{key}}": WORKERS,
    f"GET {API}/customers/{{who}}/verifications": WORKERS,
    f"POST {API}/customers/{{who}}/verifications": WORKERS,
    f"POST {API}/customers/{{who}}/verifications/{{id_}}": WORKERS,
    f"PUT {API}/customers/{{who}}/pin": WORKERS,
    f"GET {API}/interactions/{{interaction}}/candidates": WORKERS,
    f"POST {API}/interactions/{{interaction}}/candidates": WORKERS,
    f"GET {API}/verification-rules": SIGNED_IN,
    f"PUT {API}/verification-rules": ADMINISTRATORS,
    f"POST {API}/customers/{{who}}/facts": WORKERS,
    f"DELETE {API}/customers/{{who}}/facts/{{id_}}": WORKERS,
    f"GET {API}/erasures": ADMINISTRATORS,
    f"GET {API}/erasures/{{who}}": ADMINISTRATORS,
    f"POST {API}/erasures/{{who}}": ADMINISTRATORS,
    f"GET {API}/erasure-certificates": ADMINISTRATORS,
    f"GET {API}/erasure-certificates/{{id_}}.json": ADMINISTRATORS,
    f"GET {API}/erasure-certificates/{{id_}}.html": ADMINISTRATORS,
    f"GET {API}/customers/{{who}}/export.json": ADMINISTRATORS,
    f"GET {API}/customers/{{who}}/export.html": ADMINISTRATORS,
    f"GET {API}/customers/{{who}}/export.zip": ADMINISTRATORS,
    f"GET {API}/customers/{{who}}/consents": SIGNED_IN,
    f"POST {API}/customers/{{who}}/consents": SIGNED_IN,
    f"GET {API}/customers/{{who}}/preference": SIGNED_IN,
    f"PUT {API}/customers/{{who}}/preference": SIGNED_IN,
    f"GET {API}/customers/{{who}}/may-contact": SIGNED_IN,
    f"GET {API}/customers/{{who}}/flags": SIGNED_IN,
    f"PUT {API}/customers/{{who}}/flags/{{name}}": LEADERS,
    f"DELETE {API}/customers/{{who}}/flags/{{name}}": LEADERS,
    f"GET {API}/contact-rules": LEADERS,
    f"PUT {API}/contact-rules": ADMINISTRATORS,
    f"GET {API}/retention": ADMINISTRATORS,
    f"PUT {API}/retention/{{kind}}": ADMINISTRATORS,
    f"POST {API}/retention/preview": ADMINISTRATORS,
    f"POST {API}/retention/run": ADMINISTRATORS,
    f"POST {API}/agent-scores/import": ADMINISTRATORS,
    f"GET {API}/agent-scores/export": ADMINISTRATORS,
    f"PUT {API}/customers/{{external_id}}": ADMINISTRATORS,
    f"POST {API}/customers/batch": ADMINISTRATORS,
    f"POST {API}/customers/{{who}}/split": LEADERS,
    f"GET {API}/duplicates": LEADERS,
    f"POST {API}/duplicates/{{a}}/{{b}}": LEADERS,
    f"GET {API}/duplicates/search": LEADERS,
    f"POST {API}/duplicates/search": LEADERS,
    f"DELETE {API}/duplicates/search": LEADERS,
    f"GET {API}/duplicates/settings": LEADERS,
    f"PUT {API}/duplicates/settings": LEADERS,
    f"GET {API}/merges": LEADERS,
    f"POST {API}/merges": LEADERS,
    f"POST {API}/merges/{{id_}}/undo": LEADERS,
    f"GET {API}/customers/{{who}}/orders": WORKERS,
    f"GET {API}/orders/{{id_}}": ADMINISTRATORS,
    f"PUT {API}/orders/{{id_}}": ADMINISTRATORS,
    f"POST {API}/orders/batch": ADMINISTRATORS,
    f"POST {API}/orders/{{id_}}/events": ADMINISTRATORS,
    f"GET {API}/imports": ADMINISTRATORS,
    f"POST {API}/imports": ADMINISTRATORS,
    f"GET {API}/imports/{{id_}}": ADMINISTRATORS,
    f"PUT {API}/imports/{{id_}}": ADMINISTRATORS,
    f"DELETE {API}/imports/{{id_}}": ADMINISTRATORS,
    f"GET {API}/imports/{{id_}}/preview": ADMINISTRATORS,
    f"POST {API}/imports/{{id_}}/run": ADMINISTRATORS,
    f"POST {API}/imports/{{id_}}/cancel": ADMINISTRATORS,
    f"GET {API}/imports/{{id_}}/faults": ADMINISTRATORS,
    f"GET {API}/imports/{{id_}}/faults.csv": ADMINISTRATORS,
    f"GET {API}/import-mappings": ADMINISTRATORS,
    f"PUT {API}/import-mappings/{{name}}": ADMINISTRATORS,
    f"DELETE {API}/import-mappings/{{name}}": ADMINISTRATORS,
    f"GET {API}/api-keys": ADMINISTRATORS,
    f"POST {API}/api-keys": ADMINISTRATORS,
    f"DELETE {API}/api-keys/{{id_}}": ADMINISTRATORS,
    f"GET {API}/guidance": LEADERS,
    f"GET {API}/me/guidance": SIGNED_IN,
    f"GET {API}/interactions/{{interaction}}/guidance": WORKERS,
    f"GET {API}/guidance/settings": LEADERS,
    f"PUT {API}/guidance/settings": LEADERS,
    f"GET {API}/guidance/simulation": LEADERS,
    f"POST {API}/guidance/simulation": LEADERS,
    f"GET {API}/guidance/effect": LEADERS,
    f"GET {API}/canned": SIGNED_IN,
    f"POST {API}/canned": LEADERS,
    f"PUT {API}/canned/{{id_}}": LEADERS,
    f"DELETE {API}/canned/{{id_}}": LEADERS,
    f"GET {API}/policies": LEADERS,
    f"GET {API}/policies/schema": LEADERS,
    f"GET {API}/policies/live": LEADERS,
    f"POST {API}/policies/validate": LEADERS,
    f"POST {API}/policies/diff": LEADERS,
    f"GET {API}/policies/trials/{{trial}}/effect": LEADERS,
    f"DELETE {API}/policies/trial": LEADERS,
    f"POST {API}/policies": LEADERS,
    f"GET {API}/policies/{{id_}}": LEADERS,
    f"PUT {API}/policies/{{id_}}": LEADERS,
    f"DELETE {API}/policies/{{id_}}": LEADERS,
    f"POST {API}/policies/{{id_}}/publish": LEADERS,
    f"POST {API}/policies/{{id_}}/trial": LEADERS,
    f"GET {API}/what-if/days": LEADERS,
    f"GET {API}/what-if/runs": LEADERS,
    f"POST {API}/what-if/runs": LEADERS,
    f"GET {API}/what-if/runs/{{id_}}": LEADERS,
    f"DELETE {API}/what-if/runs/{{id_}}": LEADERS,
    f"POST {API}/what-if/runs/{{id_}}/cancel": LEADERS,
    f"GET {API}/topics": LEADERS,
    f"PUT {API}/topics/{{id_}}": LEADERS,
    f"DELETE {API}/topics/{{id_}}": LEADERS,
    f"GET {API}/topics/{{id_}}/conversations": SUPERVISORS,
    f"GET {API}/topic-suggestions": SUPERVISORS,
    f"GET {API}/interactions/{{id_}}/mood": WORKERS,
    f"POST {API}/mood/corrections": SUPERVISORS,
    f"POST {API}/mood/learning": LEADERS,
    f"GET {API}/articles": SIGNED_IN,
    f"POST {API}/articles": LEADERS,
    f"GET {API}/articles/{{id_}}": SIGNED_IN,
    f"PUT {API}/articles/{{id_}}": LEADERS,
    f"GET {API}/articles/{{id_}}/versions": SIGNED_IN,
    f"POST {API}/articles/{{id_}}/versions": SIGNED_IN,
    f"GET {API}/articles/{{id_}}/versions/{{language}}/{{number}}": SIGNED_IN,
    f"PUT {API}/articles/{{id_}}/versions/{{language}}/{{number}}": SIGNED_IN,
    f"DELETE {API}/articles/{{id_}}/versions/{{language}}/{{number}}": SIGNED_IN,
    f"POST {API}/articles/{{id_}}/versions/{{language}}/{{number}}/state": SIGNED_IN,
    f"POST {API}/knowledge/preview": SIGNED_IN,
    f"GET {API}/knowledge/search": SIGNED_IN,
    f"GET {API}/knowledge/rules": SIGNED_IN,
    f"PUT {API}/knowledge/rules": LEADERS,
    f"POST {API}/knowledge/import": LEADERS,
    f"GET {API}/interactions/{{interaction}}/suggestions": WORKERS,
    f"POST {API}/interactions/{{interaction}}/suggestions": WORKERS,
    "GET /help": ANYBODY,
    "GET /help/{language}": ANYBODY,
    "GET /help/{language}/{id_}": ANYBODY,
    f"GET {API}/chat/inboxes/{{inbox}}": CUSTOMERS,
    f"POST {API}/chat": CUSTOMERS,
    f"POST {API}/callbacks": CUSTOMERS,
    f"GET {API}/callbacks/{{inbox}}/windows": CUSTOMERS,
    "GET /c/{token}": CUSTOMERS,
    "POST /c/{token}": CUSTOMERS,
    f"POST {API}/calls": CUSTOMERS,
    f"GET {API}/calls/inboxes/{{inbox}}": CUSTOMERS,
    f"GET {API}/voice/sounds/{{ticket}}/{{key}}.wav": CUSTOMERS,
    f"GET {API}/interactions/{{interaction}}/callback": WORKERS,
    f"POST {API}/chat/offline": CUSTOMERS,
    f"GET {API}/chat/messages": CUSTOMERS,
    f"POST {API}/chat/messages": CUSTOMERS,
    f"POST {API}/chat/read": CUSTOMERS,
    f"POST {API}/chat/identify": CUSTOMERS,
    f"POST {API}/chat/files": CUSTOMERS,
    f"GET {API}/chat/files/{{id_}}": CUSTOMERS,
    f"POST {API}/chat/end": CUSTOMERS,
    f"POST {API}/chat/rating": CUSTOMERS,
    f"GET {API}/chat/survey": CUSTOMERS,
    "GET /s/{token}": CUSTOMERS,
    "POST /s/{token}": CUSTOMERS,
    f"GET {API}/flows": LEADERS,
    f"POST {API}/flows": ADMINISTRATORS,
    f"GET {API}/flows/schema": LEADERS,
    f"DELETE {API}/flows/{{flow}}/running": ADMINISTRATORS,
    f"POST {API}/flows/check": LEADERS,
    f"POST {API}/flows/edit": ADMINISTRATORS,
    f"POST {API}/flows/rehearsal": LEADERS,
    f"GET {API}/flows/{{flow}}/versions": LEADERS,
    f"POST {API}/flows/{{flow}}/versions": ADMINISTRATORS,
    f"GET {API}/flows/versions/{{version}}": LEADERS,
    f"PUT {API}/flows/versions/{{version}}": ADMINISTRATORS,
    f"DELETE {API}/flows/versions/{{version}}": ADMINISTRATORS,
    f"POST {API}/flows/versions/{{version}}/publish": ADMINISTRATORS,
    f"PUT {API}/flows/pins/{{customer}}": LEADERS,
    f"DELETE {API}/flows/pins/{{customer}}": LEADERS,
    f"GET {API}/surveys": LEADERS,
    f"POST {API}/surveys": LEADERS,
    f"DELETE {API}/surveys/{{survey}}/asking": LEADERS,
    f"POST {API}/surveys/check": LEADERS,
    f"POST {API}/surveys/preview": LEADERS,
    f"GET {API}/surveys/{{survey}}/versions": LEADERS,
    f"POST {API}/surveys/{{survey}}/versions": LEADERS,
    f"GET {API}/surveys/versions/{{version}}": LEADERS,
    f"PUT {API}/surveys/versions/{{version}}": LEADERS,
    f"DELETE {API}/surveys/versions/{{version}}": LEADERS,
    f"POST {API}/surveys/versions/{{version}}/publish": LEADERS,
    f"GET {API}/asks": WORKERS,
    f"GET {API}/asks/{{ask}}": WORKERS,
    f"POST {API}/chat/transcript": CUSTOMERS,
    f"GET {API}/mailboxes": ADMINISTRATORS,
    f"POST {API}/mailboxes": ADMINISTRATORS,
    f"GET {API}/mailboxes/{{id}}": ADMINISTRATORS,
    f"PUT {API}/mailboxes/{{id}}": ADMINISTRATORS,
    f"DELETE {API}/mailboxes/{{id}}": ADMINISTRATORS,
    f"POST {API}/mailboxes/{{id}}/test": ADMINISTRATORS,
    f"GET {API}/ignored-mails": ADMINISTRATORS,
    f"GET {API}/ignored-mails/{{id_}}/original": ADMINISTRATORS,
    f"GET {API}/mail/outbox": LEADERS,
    f"POST {API}/mail/outbox/{{id}}/retry": LEADERS,
    f"GET {API}/inboxes/{{inbox}}/identity-secret": ADMINISTRATORS,
    f"POST {API}/inboxes/{{inbox}}/identity-secret": ADMINISTRATORS,
}
OF_THE_DEMO: dict[str, frozenset[str]] = {
    f"GET {API}/demo": ANYBODY,
    f"POST {API}/demo/sit": ANYBODY,
    f"POST {API}/demo/speed": ANYBODY,
    f"POST {API}/demo/incident": ANYBODY,
    f"POST {API}/demo/mail": ANYBODY,
    f"GET {API}/demo/mail": ANYBODY,
}
"""There only in a demonstration, where nothing is anybody's own."""
SOCKETS = {"/ws/live", "/ws/chat", "/ws/call", "/ws/phone"}
"""Who may open which socket is in `test_live` and in the tests of the web chat."""


def routes_of(routes: Iterable[BaseRoute], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every method and address, also of routers inside routers."""
    for route in routes:
        inner: Any = getattr(route, "original_router", None)
        if inner is not None:
            context: Any = getattr(route, "include_context", None)
            yield from routes_of(inner.routes, prefix + context.prefix)
        elif isinstance(route, WebSocketRoute):
            yield "SOCKET", prefix + route.path
        else:
            assert isinstance(route, Route), f"what is {route}?"
            for method in (route.methods or {"GET"}) - {"HEAD", "OPTIONS"}:
                yield method, prefix + route.path


@asynccontextmanager
async def whole_center(
    wired: Wired,
) -> AsyncGenerator[tuple[FastAPI, dict[str, httpx.AsyncClient]]]:
    """The center as it is really composed, and a browser for everybody, far from its machine."""
    app = make_app(wired)
    async with app.router.lifespan_context(app):
        browsers: dict[str, httpx.AsyncClient] = {}
        for who in sorted(ANYBODY):
            transport = httpx.ASGITransport(app, client=("192.0.2.7", 1))
            browsers[who] = Browser(transport=transport, base_url="http://center.test")
            if who == "anonymous":
                continue
            person = User(id=UserId(who), name=who, login=who, roles=frozenset({Role(who)}))
            await wired.security.users.create(SYSTEM, person, PASSWORD)
            await sign_in(browsers[who], who)
        yield app, browsers


async def sign_in(browser: httpx.AsyncClient, who: str) -> None:
    answer = await browser.post(f"{API}/session", json={"login": who, "password": PASSWORD})
    assert answer.status_code == 200, answer.text


async def test_everybody_may_do_what_is_theirs_and_nothing_else(tmp_path: Path):
    async with whole_center(wire(Settings(data=tmp_path / "data"))) as (app, browsers):
        wrong = await walk(app, browsers, MAY)
    assert wrong == [], "\n".join(wrong)


async def test_a_demonstration_has_its_own_routes_beside_and_opens_nothing_else(tmp_path: Path):
    # Nobody listens at its port, so nobody of the simulated people comes in.
    with loopback_socket() as sink, loopback_socket() as shut:
        port = shut.getsockname()[1]
        settings = Settings(data=tmp_path / "data", demo=True, port=port, smtp_in_port=0)
        async with whole_center(wire_demo(settings, sink, 1)) as (app, browsers):
            wrong = await walk(app, browsers, MAY | OF_THE_DEMO)
            elsewhere = {"Origin": "https://elsewhere.example"}
            for path in ("sit", "speed", "incident", "mail"):
                bodies = {"sit": {"chair": "piotr"}, "speed": {"speed": 0}}
                answer = await browsers["anonymous"].post(
                    f"{API}/demo/{path}", json=bodies.get(path, MAIL), headers=elsewhere
                )
                if answer.status_code != 403:
                    wrong.append(f"another site: {path}: {answer.status_code}")
    assert wrong == [], "\n".join(wrong)


MAIL = {"address": "a@b.example", "to": "help@larkfold.example", "subject": "", "text": "x"}


async def walk(
    app: FastAPI, browsers: dict[str, httpx.AsyncClient], may: dict[str, frozenset[str]]
) -> list[str]:
    """Try every route as everybody; what does not fit, in words."""
    wrong: list[str] = []
    found = set(routes_of(app.routes))
    assert {path for method, path in found if method == "SOCKET"} == SOCKETS
    names = {f"{method} {path}" for method, path in found if method != "SOCKET"}
    assert names - may.keys() == set(), "a route has no row in MAY: say who may use it"
    assert may.keys() - names == set(), "a row has no route"
    for name in sorted(names):
        method, path = name.split(" ")
        address = path.replace("{", "x-").replace("}", "")
        for who, browser in browsers.items():
            answer = await browser.request(
                method, address, json={} if method in {"POST", "PUT"} else None
            )
            if not fits(answer.status_code, who, may[name], path):
                wrong.append(f"{who} {name}: {answer.status_code} {answer.text[:80]}")
            if name == f"DELETE {API}/session" and who in SIGNED_IN:
                await sign_in(browser, who)
    return wrong


def fits(status: int, who: str, may: frozenset[str], path: str) -> bool:
    """Whether this answer is one that somebody with (or without) the right gets."""
    if status >= 500:
        return False
    if who in may:
        # A customer's door asks for its own token; sign-in is told that nothing fits.
        return status != 403 and (status != 401 or may is CUSTOMERS)
    signed_out = 403 if path == "/metrics" else 401
    return status == (signed_out if who == "anonymous" else 403)
