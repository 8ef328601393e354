"""Agents' scores as a sheet: checked row by row, imported with an audit row, exported again."""

import pytest

from tests.web.center import Center
from warmline.core.settings import Score, Source, Trait
from warmline.core.words import AgentId, Malformed, Role
from warmline.web.score_sheet import read_sheet, write_sheet

URL = "/api/v1/agent-scores"
GOOD = "agent,trait,value,n,low,high\nann,quality,0.82,120,0.78,0.86\nann,sales,.5,,,\n"


def test_a_sheet_is_read_as_each_spreadsheet_writes_it():
    polish = "\ufeffAgent;Trait;Value;n;low;high\r\nann;Quality;0,82;120;0,78;0,86\r\n\r\n"
    tabbed = "trait\tagent\tvalue\nquality\tann\t0.82\n"
    (one,) = read_sheet(polish.encode(), {"ann"}).rows
    assert (one.line, one.agent, one.trait) == (2, "ann", Trait.QUALITY)
    assert one.score == Score(value=0.82, n=120, low=0.78, high=0.86)
    (other,) = read_sheet(tabbed.encode(), {"ann"}).rows
    assert other.score == Score(value=0.82)


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("bob,quality,0.5,1,,", "agent", "unknown_agent"),
        ("ann,charm,0.5,1,,", "trait", "unknown_trait"),
        ("ann,productivity,,1,,", "value", "missing"),
        ("ann,productivity,good,1,,", "value", "not_a_number"),
        ("ann,productivity,nan,1,,", "value", "not_a_number"),
        ("ann,productivity,82,1,,", "value", "out_of_range"),
        ("ann,productivity,-0.1,1,,", "value", "out_of_range"),
        ("ann,productivity,0.5,1.5,,", "n", "not_a_count"),
        ("ann,productivity,0.5,-1,,", "n", "not_a_count"),
        ("ann,productivity,0.5,9,0.4,", "low", "half_interval"),
        ("ann,productivity,0.5,9,0.6,0.7", "low", "outside_interval"),
        (f"ann,productivity,0.{'5' * 300},9,,", "value", "too_long"),
    ],
)
def test_each_row_says_what_is_wrong_with_it(row: str, column: str, code: str):
    sheet = read_sheet((GOOD + row + "\n").encode(), {"ann"})
    (fault,) = sheet.faults
    assert (len(sheet.rows), fault.line, fault.column, fault.code) == (2, 4, column, code)


def test_a_score_that_stands_twice_is_a_fault():
    sheet = read_sheet((GOOD + "ann,quality,0.1,1,,\n").encode(), {"ann"})
    assert [(one.line, one.code) for one in sheet.faults] == [(4, "twice")]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"who,what\nann,quality\n",
        b"agent,trait,value,mood\nann,quality,0.5,9\n",
        b"agent,agent,trait,value\nann,ann,quality,0.5\n",
        b'agent,trait,value\nann,quality,"' + b"5" * 200_000,
        b"agent,trait,value\n" + b"ann,quality,0.5\n" * 20_001,
    ],
)
def test_what_is_no_such_sheet_is_refused_whole(content: bytes):
    with pytest.raises(Malformed, match="file"):
        read_sheet(content, {"ann"})


def test_what_is_written_is_read_again_and_no_name_is_a_formula():
    scores = {
        AgentId("bob"): {Trait.SALES: Score(value=0.1, n=3, source=Source.COMPUTED)},
        AgentId("ann"): {
            Trait.SALES: Score(value=1.0),
            Trait.QUALITY: Score(value=0.82, n=120, low=0.78, high=0.86),
        },
    }
    text = write_sheet(scores, {"ann": "=cmd()", "bob": "Bob"})
    lines = text.splitlines()
    assert lines[0] == "agent,trait,value,n,low,high,source,name"
    assert lines[1] == "ann,quality,0.82,120,0.78,0.86,manual,'=cmd()"
    assert lines[3] == "bob,sales,0.1,3,,,computed,Bob"
    again = read_sheet(text.encode(), {"ann", "bob"})
    assert again.faults == ()
    assert {(one.agent, one.trait, one.score.value, one.score.low) for one in again.rows} == {
        (agent, trait, score.value, score.low)
        for agent, traits in scores.items()
        for trait, score in traits.items()
    }


async def test_a_sheet_is_looked_at_first_and_then_stored(center: Center):
    ada = await center.signed_in("ada")
    sheet = {
        "file": (
            "scores.csv",
            GOOD.replace("ann,", "a-ann,") + "nobody,quality,0.5,1,,\n",
            "text/csv",
        )
    }
    looked = (await ada.post(f"{URL}/import?dry_run=true", files=sheet)).json()
    assert (looked["imported"], looked["good"], looked["faulty"]) == (0, 2, 1)
    assert looked["rows"][0]["was"] is None
    assert center.engine.center().agents[AgentId("a-ann")].spec.scores == {}
    before = center.engine.center().agents[AgentId("a-ann")].spec
    stored = (await ada.post(f"{URL}/import", files=sheet)).json()
    assert (stored["imported"], stored["faults"][0]["code"]) == (2, "unknown_agent")
    after = center.engine.center().agents[AgentId("a-ann")].spec
    assert after.scores == {
        Trait.QUALITY: Score(value=0.82, n=120, low=0.78, high=0.86),
        Trait.SALES: Score(value=0.5),
    }
    assert (after.skills, after.capacity) == (before.skills, before.capacity)
    again = (await ada.post(f"{URL}/import?dry_run=true", files=sheet)).json()
    assert again["rows"][0]["was"]["value"] == 0.82
    told = (await ada.get("/api/v1/audit?kind=agent&item=a-ann")).json()["rows"][0]
    assert (told["action"], told["fields"]) == ("changed", ["scores"])
    exported = await ada.get(f"{URL}/export")
    assert exported.headers["content-type"].startswith("text/csv")
    assert "a-ann,quality,0.82,120,0.78,0.86,manual,Ann" in exported.text


async def test_a_bad_file_says_so(center: Center):
    ada = await center.signed_in("ada")
    refused = await ada.post(f"{URL}/import", files={"file": ("a.csv", b"x,y\n1,2\n")})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "file")
    large = await ada.post(f"{URL}/import", files={"file": ("a.csv", b"x" * 900_001)})
    assert large.status_code == 413


async def test_an_agent_reads_no_colleagues_scores(center: Center):
    await center.user("bob", Role.AGENT, agent="a-bob")
    ada = await center.signed_in("ada")
    sheet = {"file": ("scores.csv", "agent,trait,value\na-ann,sales,0.9\na-bob,sales,0.2\n")}
    await ada.post(f"{URL}/import", files=sheet)
    for login, seen in (
        ("ann", ["a-ann"]),
        ("sue", ["a-ann", "a-bob"]),
        ("ada", ["a-ann", "a-bob"]),
    ):
        browser = await center.signed_in(login)
        agents = (await browser.get("/api/v1/config")).json()["agents"]
        assert sorted(one["id"] for one in agents if one["scores"]) == seen
        assert all(one["name"] for one in agents)
