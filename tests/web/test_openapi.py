"""The described API takes whatever fits its description, and much that does not, without a fault."""

import re
from collections.abc import Generator

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode, Response
from schemathesis.core.result import Ok

from tests.services.ports import wait_for
from tests.services.server import WarmlineServer
from tests.web.center import PASSWORD

API = "/api/v1"
NOT_TRIED = {"DELETE /api/v1/session"}
"""Ends the session that the others need."""


def first_admin(server: WarmlineServer) -> dict[str, str]:
    """The headers of the first administrator, who came in by the link that the server printed."""
    pattern = re.compile(r"/welcome\?token=([\w-]+)")
    wait_for("the link", lambda: pattern.search(server.output()) is not None, deadline_s=20)
    found = pattern.search(server.output())
    assert found is not None
    with httpx.Client(base_url=server.url) as browser:
        body = {"token": found[1], "name": "Ada", "login": "ada", "password": PASSWORD}
        answer = browser.post(f"{API}/first-admin", json=body)
        assert answer.status_code == 201, answer.text
        return {
            "Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items()),
            "X-CSRF-Token": browser.cookies["warmline_csrf"],
        }


@pytest.fixture
def line() -> Generator[requests.Session]:
    """One connection for all that is sent."""
    with requests.Session() as opened:
        yield opened


def test_whatever_is_sent_gets_an_answer_and_a_problem_is_a_document(
    server: WarmlineServer, line: requests.Session
):
    headers = first_admin(server)
    schema = schemathesis.openapi.from_url(f"{server.url}/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) > 60
    faults: dict[str, str] = {}
    for operation in operations:
        if operation.label in NOT_TRIED:
            continue
        cases = st.one_of(
            operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
            operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
        )

        @settings(
            max_examples=4,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        )
        @given(case=cases)
        def answers(case: schemathesis.Case) -> None:
            answer = case.call(base_url=server.url, headers=headers, session=line)
            fault = fault_of(answer)
            if fault is not None:
                faults[f"{fault} {case.operation.label}"] = case.as_curl_command()

        answers()
    assert not faults, "\n".join(f"{fault}: {curl}" for fault, curl in sorted(faults.items()))


def fault_of(answer: Response) -> str | None:
    """What is wrong with an answer, whatever was asked."""
    if answer.status_code >= 500:
        return f"answered {answer.status_code}"
    if answer.status_code >= 400:
        if answer.headers["content-type"] != ["application/problem+json"]:
            return f"{answer.status_code} without a problem document"
        if answer.json()["status"] != answer.status_code:
            return "a problem document of another status"
    return None
