"""The document that the shop's policy is shown as says what is in force, and nothing else."""

from warmline.core.center import step
from warmline.core.state import Center
from warmline.core.words import SiteId
from warmline.demo import shop
from warmline.demo.written_policy import document
from warmline.policies.difference import outside
from warmline.policies.document import read
from warmline.policies.writing import in_force

AT = 1_781_000_000_000


def test_the_document_describes_what_is_in_force():
    center = Center()
    for command in shop.commands():
        step(center, command, AT)
    (row,) = document(SiteId("main"), center, AT).rows or []
    found = read(str(row["text"]))
    assert list(found.problems) == []
    assert found.document is not None
    assert outside(found.document.ruleset, in_force(center)) == ([], [])
    assert (row["number"], row["stage"]) == (center.policy.version, "published")
