import pytest
from hypothesis import given, settings

from tests.policies.rulesets import rulesets
from warmline.core.settings import Need, Rule
from warmline.core.words import Malformed, QueueId, SegmentId, SkillId
from warmline.policies.document import read
from warmline.policies.edits import Changes, RingChange, edited
from warmline.policies.writing import written

TEXT = """\
# Ours
rule: random   # by dice
slider:
    # since March
    fair_to_best: 10 min  # usual
segments:
  gold: {name: Gold, head_start: 1 min}   # few
  tin:
    # nothing yet
    name: Tin
queues:
  help:
    name: Help
    plan:
      # the best
      - needs: [help >= 3]   # masters
      # then everybody
      - after: 30 s
        needs:
          - help             # anybody
        language: any
  # the other one
  shop:
    name: Shop
"""
HELP, SHOP = QueueId("help"), QueueId("shop")


def rules(text: str):
    found = read(text)
    assert found.document is not None, found.problems
    return found.document.ruleset


def comments(text: str) -> list[str]:
    return [line.partition("#")[2] for line in text.splitlines() if "#" in line]


def test_what_is_moved_changes_in_its_place_and_nothing_else():
    given_ = Changes(
        fair_to_best_ms=900_000,
        rule=Rule.WARMLINE,
        head_starts={SegmentId("gold"): 600_000, SegmentId("tin"): 5_000},
    )
    after = edited(TEXT, given_)
    assert after == TEXT.replace("rule: random", "rule: warmline").replace(
        "fair_to_best: 10 min", "fair_to_best: 900 s"
    ).replace("head_start: 1 min", "head_start: 10 min").replace(
        "    name: Tin\n", "    head_start: 5 s\n    name: Tin\n"
    )


def test_rings_are_changed_added_and_removed_with_all_comments_kept():
    changed = edited(
        TEXT,
        Changes(
            rings=[
                RingChange(queue=HELP, ring=0, after_ms=0, language=3),
                RingChange(queue=HELP, ring=1, needs=(Need(skill=SkillId("help"), level=2),)),
                RingChange(queue=HELP, ring=2, after_ms=60_000, needs=()),
                RingChange(queue=SHOP, ring=0, needs=(Need(skill=SkillId("pl")),)),
            ]
        ),
    )
    help_, shop = rules(changed).queues
    assert [(ring.after_ms, ring.language_level) for ring in help_.rings] == [
        (0, 3),
        (30_000, 0),
        (60_000, 1),
    ]
    assert help_.rings[1].needs == (Need(skill=SkillId("help"), level=2),)
    assert [ring.needs for ring in shop.rings] == [(Need(skill=SkillId("pl")),)]
    assert comments(changed) == comments(TEXT)

    without = edited(changed, Changes(rings=[RingChange(queue=HELP, ring=0, remove=True)]))
    assert rules(without).queues[0].rings == help_.rings[1:]
    without = edited(without, Changes(rings=[RingChange(queue=HELP, ring=1, remove=True)]))
    assert rules(without).queues[0].rings == help_.rings[1:2]
    assert rules(without).queues[1] == shop
    assert set(comments(TEXT)) - set(comments(without)) == {" masters"}


def test_rings_on_one_line_are_removed_too():
    text = "queues: {a: {name: A, plan: [{after: 1 s}, {after: 2 s}, {after: 3 s}]}}"
    for ring in range(3):
        after = edited(
            text, Changes(rings=[RingChange(queue=QueueId("a"), ring=ring, remove=True)])
        )
        left = [one.after_ms // 1000 for one in rules(after).queues[0].rings]
        assert left == [one for one in (1, 2, 3) if one != ring + 1]


@pytest.mark.parametrize(
    "wrong",
    [
        Changes(head_starts={SegmentId("iron"): 1}),
        Changes(rings=[RingChange(queue=QueueId("moon"), ring=0, after_ms=1)]),
        Changes(rings=[RingChange(queue=HELP, ring=5, after_ms=1)]),
        Changes(rings=[RingChange(queue=HELP, ring=9, remove=True)]),
        Changes(rings=[RingChange(queue=SHOP, ring=0, remove=True)]),
    ],
)
def test_what_has_no_place_is_refused(wrong):
    with pytest.raises(Malformed):
        edited(TEXT, wrong)


def test_a_text_with_mistakes_takes_no_changes():
    with pytest.raises(Malformed, match="line 1"):
        edited("rul: random", Changes(fair_to_best_ms=1))


@settings(max_examples=30)
@given(rulesets)
def test_any_policy_takes_a_change_of_anything(ruleset):
    changes = Changes(
        fair_to_best_ms=77_000,
        head_starts={one.id: 88_000 for one in ruleset.segments},
        rings=[
            RingChange(queue=queue.id, ring=len(queue.rings), after_ms=99_000)
            for queue in ruleset.queues
        ],
    )
    after = rules(edited(written(ruleset), changes))
    assert after.policy.worth_ms == 77_000
    assert {one.head_start_ms for one in after.segments} <= {88_000}
    assert [queue.rings[:-1] for queue in after.queues] == [one.rings for one in ruleset.queues]
    assert all(queue.rings[-1].after_ms == 99_000 for queue in after.queues)
