"""What-if runs for the screen: a day of one's own under two policies, with agents more or fewer."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from warmline.config import Settings
from warmline.core.agent import AgentState
from warmline.core.words import AgentId, Malformed, Rejected
from warmline.policies.worker import Inputs, Trying
from warmline.policies.worker import Staff as Wanted
from warmline.sim.replay_own import Cast, Day, Scenario, Staff, cast_of, read_day, replay_day

OWN = "own:"
"""Before the date of a day of the center's own log."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The work of a run, over the data folder of `settings`; made once, called in a process."""

    settings: Settings

    def __call__(
        self,
        inputs: Inputs,
        progress: Callable[[float], None],
        cancelled: Callable[[], bool],
    ) -> Mapping[str, Any]:
        """Play the day; raises `Malformed` or `Rejected` with what to tell people."""
        if inputs.kind != "replay_own" or not inputs.day.startswith(OWN):
            raise Rejected("unknown_day", f"{inputs.day} cannot be played here.")
        try:
            day = date.fromisoformat(inputs.day.removeprefix(OWN))
        except ValueError as error:
            raise Malformed("day", "must be `own:` and a date") from error
        read = asyncio.run(read_day(self.settings, day))
        cast = cast_of(read)
        made = replay_day(
            read,
            cast,
            {"a": _scenario(inputs.a, read, cast), "b": _scenario(inputs.b, read, cast)},
            seeds=range(1, inputs.seeds + 1),
            progress=progress,
            cancelled=cancelled,
        )
        if not made:
            return {}
        return {
            "policies": made["policies"],
            "differences": made["differences"],
            "record": made["record"],
            "same": made["same"],
            "notes": [*made["modelled"]],
            "known": [*made["known"]],
        }


def _scenario(trying: Trying, day: Day, cast: Cast) -> Scenario:
    """The policy, and the changes among those who were there: only they change the day."""
    agents = day.settings.agents
    there = sorted(cast.present() & agents.keys())
    changes: list[Staff] = []
    for wanted in trying.staff:
        found = _of_team(wanted, [agents[id_] for id_ in there])
        if wanted.remove > len(found):
            raise Rejected("too_few", f"Only {len(found)} such agents were there on that day.")
        if wanted.remove:
            changes.append(Staff(gone=frozenset(found[: wanted.remove])))
        if wanted.add:
            like = AgentId(wanted.like) if wanted.like else next(iter(found), None)
            if like not in there:
                raise Rejected("nobody_like", "There is nobody on that day to add somebody like.")
            changes.append(Staff(like=like, add=wanted.add))
    return Scenario(rules=trying.ruleset, staff=tuple(changes))


def _of_team(wanted: Wanted, agents: Iterable[AgentState]) -> list[AgentId]:
    """The agents of the team (everybody when none is named) who have the skills."""
    return [
        agent.id
        for agent in agents
        if (wanted.team is None or agent.spec.team == wanted.team)
        and all(agent.spec.skills.get(one, 0) >= level for one, level in _skills(wanted))
    ]


def _skills(wanted: Wanted) -> list[tuple[Any, int]]:
    return [(skill, level) for skill, level in wanted.skills.items()]
