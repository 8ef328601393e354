"""Whether a text could be published in this center as it is now: what it names must exist."""

from collections.abc import Collection, Mapping

from warmline.core import ruleset as core
from warmline.core.policy import Ruleset
from warmline.core.state import Center
from warmline.core.words import Malformed, Rejected
from warmline.policies.document import DOCUMENT, Reading, read
from warmline.written.problems import PROBLEMS_LIMIT, Notes, Path, Problem, Wrong, nearest
from warmline.written.records import path_of
from warmline.written.units import said_duration


def checked(text: str, center: Center, *, version: int) -> tuple[Ruleset | None, list[Problem]]:
    """The rules of a text, None when they could not be published, and what is wrong."""
    found = read(text, version=version)
    problems = list(found.problems)
    if found.document is None:
        return None, problems
    problems += _unknown(found, center)
    ruleset = found.document.ruleset
    if not problems:
        problems += _refused(found, center, ruleset)
    return (None if problems else ruleset), problems[:PROBLEMS_LIMIT]


def _unknown(found: Reading, center: Center) -> list[Problem]:
    """What the text names that does not exist."""
    assert found.document is not None
    own = found.document.ruleset
    known: Mapping[str, Collection[str]] = {
        "skill": center.skills,
        "team": center.teams,
        "agent": center.agents,
        "disposition": center.dispositions,
        "queue": {*center.queues, *(one.id for one in own.queues)},
        "segment": {*center.segments, *(one.id for one in own.segments)},
        "calendar": {*center.calendars, *(one.id for one in own.calendars)},
    }
    notes = Notes()
    for one in found.references:
        if one.id not in known[one.of]:
            what = "business hours" if one.of == "calendar" else one.of
            notes.wrong(
                one.node,
                one.path,
                Wrong(
                    f"unknown_{one.of}",
                    f"There is no {what} {one.id}.",
                    nearest(one.id, known[one.of]),
                ),
            )
    return notes.problems


def _refused(found: Reading, center: Center, ruleset: Ruleset) -> list[Problem]:
    """The first thing that the center itself would refuse, at the place where it stands."""
    try:
        core.check(center, ruleset)
    except Malformed as error:
        field, wrong = error.field, _told(error)
    except Rejected as refusal:
        field, wrong = str(refusal.facts.get("field", "")), Wrong(refusal.code, refusal.detail)
    else:
        return []
    parts = field.removeprefix("policy.").split(".")
    path: Path = path_of(DOCUMENT, parts)
    notes = Notes()
    notes.wrong(found.node_at(path), path, wrong)
    return notes.problems


def _told(error: Malformed) -> Wrong:
    """A rule of the center in the words of the document: durations with their units."""
    if error.code != "out_of_range":
        code = "malformed" if error.code == "invalid" else error.code
        return Wrong(code, f"{error.detail[:1].upper()}{error.detail[1:]}.")
    is_length = error.field.endswith("_ms") or error.field.endswith("head_starts")
    least, most = (
        said_duration(int(error.facts[end])) if is_length else str(error.facts[end])
        for end in ("min", "max")
    )
    return Wrong("out_of_range", "This is out of range.", f"It may be {least} to {most}.")
