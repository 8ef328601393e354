"""Call records: what lines mean, what roster they show, and a day played again beside its record."""

from __future__ import annotations

import csv
import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.sim import models
from warmline.__main__ import app
from warmline.core import events as e
from warmline.core.policy import Ruleset
from warmline.core.settings import Policy, Rule
from warmline.core.words import MINUTE, SECOND, Malformed, Presence
from warmline.sim import model as m
from warmline.sim.reading import ModelError, convert, parse
from warmline.sim.recorded_day import recorded_rules, roster_of, shown, skills_shown
from warmline.sim.records import Call, Columns, read_mapping, read_records
from warmline.sim.replay_records import replay_records
from warmline.sim.run import prepare

MAPPING = """
name: ours
delimiter: ";"
date: day
date_format: "%d.%m.%Y"
arrival: [queued, rang]
served_from: begun
served_until: ended
left: gone
outcome: {column: how, served: [ok], abandoned: [lost, away]}
agent: {column: who, nobody: ["-"]}
type: what
priority:
  column: rank
  values:
    "1": {segment: basic}
    "2": {segment: vip, value: 3, head_start_s: 60}
target_s: 30
"""
HEAD = "day;queued;rang;begun;ended;gone;how;who;what;rank"


def mapping(**other: Any) -> Columns:
    return convert({**parse(MAPPING), **other}, Columns, "")


def table(folder: Path, *lines: str, head: str = HEAD) -> Path:
    path = folder / "calls.csv"
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return path


def read(folder: Path, *lines: str) -> list[Call]:
    return [call for day in read_records(table(folder, *lines), mapping()).days.values()
            for call in day]  # fmt: skip


def moment(text: str) -> int:
    return round(datetime.fromisoformat(f"2026-03-0{text}").replace(tzinfo=UTC).timestamp() * 1000)


# Lines


def test_a_line_becomes_a_call_that_was_served_or_given_up(tmp_path):
    served, lost, at_once = read(
        tmp_path,
        "02.03.2026;9:00:05;9:00:00;9:01:00;9:03:30;;ok;ann;cards;2",
        "02.03.2026;9:02:00;9:01:50;;;9:02:40;away;-;loans;1",
        "02.03.2026;;9:05:00;9:05:00;9:05:00;;ok;bob;cards;1",
    )
    assert (served.at, served.wait_ms, served.talk_ms) == (
        moment("2T09:00:05"),
        55 * SECOND,
        150 * SECOND,
    )
    assert (served.type, served.segment, served.agent) == ("cards", "vip", "ann")
    assert (lost.segment, lost.agent, lost.wait_ms, lost.talk_ms) == ("basic", None, 40_000, 0)
    assert (at_once.at, at_once.wait_ms) == (moment("2T09:05:00"), 0)
    assert at_once.talk_ms == SECOND, "no service takes no time at all"


def test_days_and_calls_are_in_order_and_midnight_is_passed(tmp_path):
    path = table(
        tmp_path,
        "03.03.2026;;8:00:00;8:00:10;8:01:00;;ok;ann;cards;1",
        "02.03.2026;;23:58:00;23:59:00;0:03:00;;ok;ann;cards;1",
        "02.03.2026;;8:00:00;;;8:00:30;lost;-;cards;1",
    )
    records = read_records(path, mapping())
    assert list(records.days) == ["02.03.2026", "03.03.2026"]
    assert [call.talk_ms for call in records.days["02.03.2026"]] == [0, 4 * MINUTE]


@pytest.mark.parametrize(
    "line",
    [
        "02.03.2026;;9:00:00;9:01:00;9:03:00;;ok;-;cards;1",
        "02.03.2026;;9:00:00;9:01:00;9:03:00;;ok;;cards;1",
        "02.03.2026;;9:00:00;9:01:00;9:03:00;;menu;ann;cards;1",
        "02.03.2026;;9:00:00;9:01:00;9:03:00;;ok;ann;cards;7",
        "02.03.2026;;nine;9:01:00;9:03:00;;lost;ann;cards;1",
        "31.02.2026;;9:00:00;9:01:00;9:03:00;;ok;ann;cards;1",
        "02.03.2026;;0:00:00;0:00:00;9:03:00;;ok;ann;cards;1",
        "02.03.2026;;9:00:00;;;8:59:00;lost;-;cards;1",
        "02.03.2026;;9:00:00;9:01:00;8:00:00;;ok;ann;cards;1",
        "02.03.2026;;9:00:00",
    ],
    ids=["nobody", "no name", "word", "rank", "time", "date", "no time", "left", "day", "short"],
)
def test_a_line_that_says_nothing_to_play_is_left_out_and_counted(tmp_path, line):
    good = "02.03.2026;;9:00:00;9:01:00;9:03:00;;ok;ann;cards;1"
    records = read_records(table(tmp_path, line, good), mapping())
    assert records.left_out == 1
    assert sum(map(len, records.days.values())) == 1


def test_the_clock_of_the_menu_may_be_a_second_ahead(tmp_path):
    (call,) = read(tmp_path, "02.03.2026;;9:00:01;9:00:00;9:01:00;;ok;ann;cards;1")
    assert (call.at, call.wait_ms) == (moment("2T09:00:00"), 0)


def test_a_name_that_can_be_no_id_becomes_a_number(tmp_path):
    first, second, third = read(
        tmp_path,
        "02.03.2026;;9:00:00;9:01:00;9:03:00;;ok;Анна К.;cards;1",
        "02.03.2026;;9:00:01;9:01:00;9:03:00;;ok;Олег Р.;cards;1",
        "02.03.2026;;9:00:02;9:01:00;9:03:00;;ok;Анна К.;cards;1",
    )
    assert first.agent == third.agent != second.agent
    assert str(first.agent).startswith("agent-")


def test_a_gzip_file_is_read_as_it_is(tmp_path):
    text = f"{HEAD}\n02.03.2026;;9:00:00;9:01:00;9:03:00;;ok;ann;cards;1\n"
    path = tmp_path / "calls.csv.gz"
    path.write_bytes(gzip.compress(text.encode()))
    assert len(read_records(path, mapping()).days["02.03.2026"]) == 1
    path.write_bytes(gzip.compress(text.encode())[:-12])
    with pytest.raises(ModelError, match="no whole gzip file"):
        read_records(path, mapping())


def test_what_is_wrong_with_a_file_is_told_with_its_column(tmp_path):
    with pytest.raises(ModelError) as missing:
        read_records(table(tmp_path, head=HEAD.replace("who", "agent")), mapping())
    assert missing.value.problems == [("who", "there is no such column in the file")]
    with pytest.raises(ModelError, match="what: 'Карты' cannot name a queue"):
        read(tmp_path, "02.03.2026;;9:00:00;9:01:00;9:03:00;;ok;ann;Карты;1")
    (tmp_path / "calls.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ModelError, match="UTF-8"):
        read_records(tmp_path / "calls.csv", mapping())


def test_a_mapping_is_checked_like_a_model(tmp_path):
    path = tmp_path / "mapping.yaml"
    path.write_text(MAPPING.replace("rank\n", "rank\n  order: up\n"))
    with pytest.raises(ModelError, match=r"priority.*order"):
        read_mapping(path)
    path.write_text(MAPPING)
    assert read_mapping(path) == mapping()
    assert read_mapping(Path("anonymous-bank-1999")).priority.values["2"].head_start_s == 90


# The roster


def call(number: int, at_s: int, wait_s: int, talk_s: int, agent: str | None, type_="cards"):
    return Call(
        id=e.InteractionId(f"call-{number}"),
        at=moment("2T09:00:00") + at_s * SECOND,
        type=type_,
        segment=e.SegmentId("basic"),
        wait_ms=wait_s * SECOND,
        agent=e.AgentId(agent) if agent else None,
        talk_ms=talk_s * SECOND,
    )


def roster(*calls: Call):
    made = roster_of(calls, {e.AgentId("ann"): frozenset({"cards"})})
    since = moment("2T09:00:00")
    return [((at - since) // SECOND, presence) for at, _, presence in made.turns], made.after_ms


def test_an_agent_is_there_from_the_first_call_to_the_last():
    turns, after = roster(call(1, 0, 10, 60, "ann"), call(2, 500, 0, 100, "ann"))
    assert turns == [(10, Presence.AVAILABLE), (600, Presence.OFFLINE)]
    assert not after, "nobody waited between the two: the agent was free"


def test_who_lets_somebody_wait_is_at_work_after_the_call_or_on_a_break():
    first = call(1, 0, 10, 60, "ann")
    waited = call(2, 20, 100, 60, "ann")
    turns, after = roster(first, waited)
    assert after == {"call-1": 50 * SECOND}
    assert turns == [(10, Presence.AVAILABLE), (180, Presence.OFFLINE)]
    long_after = call(2, 20, 1_200, 60, "ann")
    turns, after = roster(first, long_after)
    assert not after
    assert turns[1:3] == [(70, Presence.BREAK), (1_220, Presence.AVAILABLE)]


def test_who_waited_for_somebody_else_shows_nothing():
    others = call(2, 20, 400, 0, None, "loans")
    turns, after = roster(call(1, 0, 10, 60, "ann"), others, call(3, 300, 0, 60, "ann"))
    assert (len(turns), after) == (2, {})


def test_a_rare_type_is_known_from_the_whole_file():
    common = [call(number, number * 10, 0, 5, "ann") for number in range(99)]
    rare = call(99, 2_000, 0, 5, "ann", "rare")
    records = read_of({"a": [*common, rare], "b": [call(100, 0, 0, 5, "ann"), replace(rare)]})
    today = [call(100, 0, 0, 5, "ann"), replace(rare, agent=e.AgentId("bob"))]
    assert skills_shown(today, shown(records)) == {
        "ann": {"cards", "rare"},
        "bob": {"rare"},
    }
    assert skills_shown(today[:1], shown(records)) == {"ann": {"cards"}}


def read_of(days: dict[str, list[Call]]):
    from warmline.sim.records import Records

    return Records(mapping=mapping(), days=days, left_out=0)


# A day that we made, written down as another center would, and played again


@pytest.fixture(scope="module")
def invented(tmp_path_factory):
    """Two days that were played under first come, first served with a head start for some."""
    shift = m.Shift(start="09:00", end="14:00")
    groups = {"cards": ("cards",), "loans": ("loans",), "both": ("cards", "loans")}
    model = m.Model(
        starts="2026-03-02",
        skills=("cards", "loans"),
        segments={"basic": m.Segment(), "vip": m.Segment(value=3, head_start_s=60)},
        queues={name: m.Queue(rings=(m.Ring(skills={name: 1}),)) for name in ("cards", "loans")},
        streams={
            name: m.Stream(
                queue=name,
                arrivals=m.Arrivals(rates=(m.Rate(start="09:00", end="14:00", per_hour=per_hour),)),
                talk=m.Exponential(mean_s=180),
                patience=m.Exponential(mean_s=150),
                segments={"basic": 3, "vip": 1},
            )
            for name, per_hour in (("cards", 105), ("loans", 70))
        },
        agents={
            name: m.Group(
                count=3,
                skills=dict.fromkeys(skills, 1),
                capacity=models.ONE_CALL,
                shifts=(shift,),
            )
            for name, skills in groups.items()
        },
    )
    play = prepare(model, recorded_rules(), seed=3, days=2)
    play.keep = True
    play.run()
    path = tmp_path_factory.mktemp("records") / "calls.csv"
    write_down(play.log, path)
    return path


def write_down(log: list[e.Event], path: Path) -> None:
    """The log as lines of a CSV file, times in whole seconds."""
    rows: dict[str, dict[str, str]] = {}
    for event in log:
        if not isinstance(event, e.InteractionEvent):
            continue
        row = rows.setdefault(event.interaction, {})
        local = datetime.fromtimestamp(event.at / 1000, UTC)
        at = local.strftime("%H:%M:%S")
        if isinstance(event, e.Arrived):
            rank = "2" if event.segment == "vip" else "1"
            row |= {"day": local.strftime("%d.%m.%Y"), "queued": at, "rank": rank}
            row["what"] = str(event.inbox).partition(".")[0]
        elif isinstance(event, e.Accepted):
            row |= {"begun": at, "who": event.agent}
        elif isinstance(event, e.Ended):
            row |= {"ended": at, "how": "ok"}
        elif isinstance(event, e.Abandoned):
            row |= {"gone": at, "how": "lost", "who": "-"}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        names = HEAD.split(";")
        writer.writerow(names)
        writer.writerows([[row.get(name, "") for name in names] for row in rows.values()])


def test_an_invented_day_comes_out_as_it_was_written_down(invented):
    made = replay_records(read_records(invented, mapping()), seeds=(1, 2, 3))
    record = made["record"]["all"]
    assert record["arrivals"] > 1_200
    assert record["abandoned"] > 0.05 * record["arrivals"], "else nothing is at stake"
    against = made["against_record"]
    parts = [against["all"], *against["days"].values(), *against["types"].values()]
    assert len(parts) == 5
    for part in parts:
        assert part["arrivals_pct"] == 0
        assert abs(part["served_pct"]) <= 5
        assert abs(part["abandoned_pct"]) <= 5
    waits = made["policies"]["recorded"]["all"]["answer_ms"]["mean"]
    assert waits == pytest.approx(record["answer_ms"], rel=0.15)


def test_another_discipline_makes_another_day(invented):
    records = read_records(invented, mapping())
    fair = Ruleset(policy=replace(recorded_rules().policy, rule=Rule.LONGEST_IDLE))
    made = replay_records(records, {"no head start": fair}, days=list(records.days)[:1], seeds=(1,))
    assert list(made["policies"]) == ["recorded", "no head start"]
    (difference,) = made["differences"]
    assert (difference["of"], difference["from"]) == ("no head start", "recorded")
    assert difference["segments"]["vip"]["service_level_pct"]["mean"] < -5
    assert difference["segments"]["basic"]["service_level_pct"]["mean"] > 0


def test_without_scores_the_default_policy_is_the_recorded_discipline(invented):
    records = read_records(invented, mapping())
    made = replay_records(records, days=list(records.days)[:1], seeds=(1,))
    recorded, default = made["policies"].values()
    assert recorded == default
    assert Policy().worth_ms > 0


def test_the_seed_alone_says_what_comes_of_it(invented):
    records = read_records(invented, mapping())
    day = list(records.days)[1:]
    made = [replay_records(records, days=day, seeds=(seed,))["policies"] for seed in (4, 4, 5)]
    assert made[0] == made[1] != made[2]


def test_a_run_that_is_cancelled_has_no_result(invented):
    records = read_records(invented, mapping())
    assert replay_records(records, seeds=(1,), cancelled=lambda: True) == {}


def test_the_command_prints_one_object_and_says_what_is_wrong(invented, tmp_path):
    (tmp_path / "ours.yaml").write_text(MAPPING)
    (tmp_path / "idle.yaml").write_text("rule: longest-idle\n")

    def replay(*given: str):
        arguments = ["replay", str(invented), "--mapping", str(tmp_path / "ours.yaml"), *given]
        return CliRunner().invoke(app, arguments)

    idle = str(tmp_path / "idle.yaml")
    made = replay("--policy", idle, "--day", "02.03.2026", "--seeds", "2", "--json")
    assert made.exit_code == 0, made.output
    found = json.loads(made.stdout)
    assert set(found["policies"]) == {"recorded", "idle"}
    assert set(found["policies"]["idle"]["all"]["answered"]) == {"mean", "ci95"}
    assert "recorded discipline at most" in replay("--day", "02.03.2026", "--seeds", "1").output
    for given, words in (
        (("--day", "09.03.2026"), "There are no calls of 09.03.2026."),
        (("--mapping", "nowhere"), "nowhere cannot be read"),
        (("--mapping", "anonymous-bank-1999"), "there is no such column"),
    ):
        refused = replay(*given)
        assert (refused.exit_code, words in refused.output) == (1, True), refused.output


def test_a_type_that_nobody_serves_is_given_up(tmp_path):
    calls = read(
        tmp_path,
        "02.03.2026;;9:00:00;9:00:10;9:03:00;;ok;ann;cards;1",
        "02.03.2026;;9:01:00;;;9:02:00;lost;-;loans;1",
    )
    made = replay_records(read_of({"day": calls}), seeds=(1,))
    assert made["policies"]["recorded"]["queues"]["loans"]["abandoned"]["mean"] == 1
    assert made["against_record"]["types"]["cards"]["served_pct"] == 0


def test_a_head_start_out_of_range_is_refused(tmp_path):
    calls = read(tmp_path, "02.03.2026;;9:00:00;9:00:10;9:03:00;;ok;ann;cards;1")
    values = {"1": {"segment": "basic", "head_start_s": -5}}
    columns = mapping(priority={"column": "rank", "values": values})
    records = replace(read_of({"day": calls}), mapping=columns)
    with pytest.raises(Malformed, match="head_start_ms"):
        replay_records(records, seeds=(1,))
