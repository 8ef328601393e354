"""A decision in plain words: a sentence, the figures behind it, what would have changed it."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from warmline.core import rules, ruleset
from warmline.core.events import Decision
from warmline.core.rules import TIME_ORDERED
from warmline.core.settings import Rule
from warmline.core.words import SECOND, AgentId, Millis, SkillId
from warmline.insight.explain_words import NAMED, say, span
from warmline.insight.flips import Flip, What, flips, from_record
from warmline.insight.moment import Moment

Scored = tuple[AgentId, int, int, int, int]
_BY_TURN = frozenset(
    {Rule.LEAST_RECENT, Rule.ROUND_ROBIN, Rule.FEWEST, Rule.RANDOM, Rule.BEST_AGENT}
)
_WORTH_SHOWN: Millis = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the moment adds to the record, in plain values; nothing when it is too long ago."""

    flips: tuple[Flip, ...] = ()
    tried: bool = False
    """Whether the changes were tried on the rule itself."""
    preferred_why: str | None = None
    segment: str | None = None
    stake: str | None = None
    """What people call what is at stake."""
    mode: str | None = None
    slider: tuple[Millis, int] | None = None
    """The slider in ms and the value of the segment, whose product the match is weighed by."""
    skills: Mapping[SkillId, str] = field(default_factory=dict[SkillId, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One sentence below the headline; `about` says of what, for whoever draws it."""

    about: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One thing that would have changed it, and what would have happened then."""

    what: str
    text: str
    then: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A decision in words."""

    headline: str
    lines: tuple[Line, ...]
    flips: tuple[Turn, ...]
    note: str | None
    """Why there are no more flips, or how sure they are."""


def surroundings(moment: Moment) -> Surroundings:
    """What the moment says beyond its record; the changes are tried here, which takes a while."""
    center, interaction = moment.center, moment.interaction
    decision = moment.decision
    segment = ruleset.segment_of(center, interaction)
    policy = ruleset.policy_of(center, interaction)
    mode = next((one.name for one in policy.modes if one.id == decision.mode), None)
    stake = ruleset.stake_of(center, interaction)
    weight = rules.weight(center, interaction)
    return Surroundings(
        flips=flips(moment),
        tried=True,
        preferred_why=interaction.preferred_why,
        segment=segment.name if segment is not None else None,
        stake=stake.name if stake is not None else None,
        mode=mode,
        slider=(decision.worth_ms // weight, weight) if decision.worth_ms else None,
        skills={skill.id: skill.name for skill in center.skills.values()},
    )


def from_the_record(decision: Decision) -> Surroundings:
    """What there is to say when the moment cannot be brought back."""
    return Surroundings(flips=from_record(decision))


def words(
    decision: Decision, around: Surroundings, names: Mapping[AgentId, str], locale: str
) -> Words:
    """The decision told in a language; `names` are what the agents are called today."""
    teller = _Teller(decision, around, names, locale)
    turned = tuple(teller.turn(flip) for flip in around.flips)
    note = None if around.tried else say(locale, "not_tried")
    if around.tried and not turned and decision.cause != "preferred":
        note = say(locale, "no_flips")
    return Words(headline=teller.headline(), lines=tuple(teller.lines()), flips=turned, note=note)


def agents_in(decision: Decision, found: Collection[Flip]) -> set[AgentId]:
    """Everybody whom the words name."""
    named = {decision.winner[0], *(one[0] for one in decision.runners_up)}
    for flip in found:
        if flip.what is not What.WAIT:
            named.update(AgentId(id_) for id_ in (flip.of, flip.to) if id_)
    return named


class _Teller:
    def __init__(
        self,
        decision: Decision,
        around: Surroundings,
        names: Mapping[AgentId, str],
        locale: str,
    ) -> None:
        self.decision = decision
        self.around = around
        self.names = names
        self.locale = locale
        self.say = partial(say, locale)

    def name(self, agent: str | None) -> str:
        return self.names.get(AgentId(agent or ""), agent or "?")

    def span(self, ms: float) -> str:
        return span(ms, self.locale)

    def called(self, word: str) -> str:
        return NAMED[self.locale].get(word, word)

    # The headline

    def headline(self) -> str:
        decision = self.decision
        agent, idle = self.name(decision.winner[0]), self.span(decision.winner[2])
        tell = partial(self.say, agent=agent, n=decision.considered, idle=idle)
        match decision.cause:
            case "fallback":
                return tell("fallback")
            case "taken_over":
                return tell("taken_over")
            case "preferred":
                why = self.around.preferred_why
                return tell(f"preferred_{why}" if why else "preferred")
            case "freed":
                return tell("freed", n=decision.line) if decision.line > 1 else tell("freed_alone")
            case _:
                return self._best(tell)

    def _best(self, tell: Callable[..., str]) -> str:
        decision = self.decision
        if not decision.runners_up:
            return tell("only")
        if decision.rule in _BY_TURN:
            return tell(decision.rule.value)
        other = decision.runners_up[0]
        tipped = self._tipped(other)
        more = other[2] - decision.winner[2]
        if tipped == "match" and more < SECOND:
            return tell("match_plain")
        idle = {"idle": self.span(more)} if tipped == "match" else {}
        return tell(tipped, other=self.name(other[0]), **idle)

    def _tipped(self, other: Scored) -> str:
        """Which term of the score put the winner before the next one."""
        winner = self.decision.winner
        moved = self._moved()
        gains = {
            "idle": winner[2] - other[2],
            "match": winner[3] - other[3],
            "load": other[4] - winner[4],
            "price": moved.get((other[0], "price"), 0) - moved.get((winner[0], "price"), 0),
            "affinity": moved.get((other[0], "affinity"), 0)
            - moved.get((winner[0], "affinity"), 0),
        }
        return max(gains, key=lambda term: gains[term])

    def _moved(self) -> Mapping[tuple[AgentId, str], Millis]:
        return {(agent, kind): ms for agent, kind, ms in self.decision.adjustments}

    # The lines below it

    def lines(self) -> Iterator[Line]:
        yield from self._customer()
        yield from self._scores()
        yield from self._others()
        yield from self._rules()

    def _customer(self) -> Iterator[Line]:
        decision = self.decision
        told = "waited" if decision.waited_ms >= SECOND else "waited_not"
        yield Line(about="waited", text=self.say(told, waited=self.span(decision.waited_ms)))
        own_ms = decision.head_start_ms - decision.stake_ms
        if own_ms > 0:
            ms = self.span(own_ms)
            segment = self.around.segment
            text = (
                self.say("head_start", segment=segment, ms=ms)
                if segment
                else self.say("head_start_plain", ms=ms)
            )
            yield Line(about="head_start", text=text)
        if decision.escalated:
            yield Line(about="promise", text=self.say("escalated"))
        elif decision.deferred_ms is not None:
            ms = self.span(max(decision.deferred_ms, 0))
            yield Line(about="promise", text=self.say("deferred", ms=ms))
        if decision.stake_ms > 0:
            ms = self.span(decision.stake_ms)
            stake = self.around.stake
            text = (
                self.say("stake", stake=stake, ms=ms) if stake else self.say("stake_plain", ms=ms)
            )
            yield Line(about="stake", text=text)
        if decision.line > 1:
            yield Line(about="line", text=self.say("line", n=decision.line))
        if decision.rivals:
            behind = [self.span(ms) for _, ms in decision.rivals[:2]]
            told = "rivals" if len(behind) > 1 else "rival"
            text = self.say(told, first=behind[0], second=behind[-1])
            yield Line(about="rivals", text=text)

    def _scores(self) -> Iterator[Line]:
        decision = self.decision
        fallback = decision.cause == "fallback"
        if decision.rule not in TIME_ORDERED and not fallback:
            return
        if decision.runners_up:
            yield from self._compared()
        if decision.worth_ms > 0 and (decision.runners_up or decision.rivals):
            yield Line(about="worth", text=self._worth())

    def _compared(self) -> Iterator[Line]:
        decision = self.decision
        best = decision.winner[1]
        for place, scored in enumerate((decision.winner, *decision.runners_up)):
            facts = {
                "agent": self.name(scored[0]),
                "terms": ", ".join(self._terms(scored)),
                "score": f"{'−' if scored[1] > 0 else ''}{self.span(abs(scored[1]))}",
            }
            if place == 0:
                yield Line(about="score", text=self.say("score", **facts))
            else:
                gap = self.span(scored[1] - best)
                yield Line(about="behind", text=self.say("score_behind", gap=gap, **facts))

    def _worth(self) -> str:
        worth = self.span(self.decision.worth_ms)
        if self.around.slider is None:
            return self.say("worth_plain", worth=worth)
        slider, value = self.around.slider
        return self.say("worth", worth=worth, slider=self.span(slider), value=value)

    def _terms(self, scored: Scored) -> Iterator[str]:
        agent, _, idle, match, handicap = scored
        yield self.say("term_idle", idle=self.span(idle))
        if match:
            term = "term_match" if match > 0 else "term_match_poor"
            yield self.say(term, ms=self.span(abs(match)))
        if handicap:
            yield self.say("term_handicap", ms=self.span(handicap))
        for whose, kind, ms in self.decision.adjustments:
            if whose == agent and ms:
                yield self.say(f"term_{kind}", ms=self.span(abs(ms)))

    def _others(self) -> Iterator[Line]:
        decision = self.decision
        if decision.cause in {"preferred", "taken_over"}:
            return
        others = sum(n for _, n in decision.excluded)
        text = self.say("considered", n=decision.considered, others=others)
        yield Line(about="considered", text=text)
        for reason, n in sorted(decision.excluded, key=lambda one: -one[1]):
            yield Line(about="excluded", text=self.say(f"not_{reason}", n=n))

    def _rules(self) -> Iterator[Line]:
        decision = self.decision
        if decision.ring > 0:
            yield Line(about="ring", text=self.say("ring", ring=decision.ring + 1))
        if decision.mode is not None:
            mode = self.around.mode or decision.mode
            yield Line(about="mode", text=self.say("mode", mode=mode))
        if decision.arm is not None:
            yield Line(about="arm", text=self.say(f"arm_{decision.arm}"))
        rule = self.called(decision.rule.value)
        yield Line(about="policy", text=self.say("policy", version=decision.policy, rule=rule))

    # What would have changed it

    def turn(self, flip: Flip) -> Turn:
        seconds = -(-flip.by // SECOND) * SECOND  # a whole second more is enough as well
        name, way = self.name(flip.of), flip.way
        match flip.what:
            case What.WAIT:
                text = self.say("flip_wait", by=self.span(seconds))
                return Turn(what=flip.what, text=text, then=self.say("to_rival"), to=flip.to)
            case What.IDLE:
                then = self.span(flip.now + seconds)
                by, now = self.span(seconds), self.span(flip.now)
                text = self.say("flip_idle", name=name, by=by, then=then, now=now)
            case What.SCORE:
                trait = self.called(flip.trait.value if flip.trait else "quality")
                text = self.say(
                    f"flip_score_{way}", name=name, trait=trait, then=flip.then, now=flip.now
                )
            case What.SLIDER:
                then, now = self.span(flip.then), self.span(flip.now)
                text = self.say(f"flip_slider_{way if flip.then else 'none'}", then=then, now=now)
            case What.SKILL:
                skill = self.around.skills.get(flip.skill or SkillId(""), flip.skill or "")
                told = "flip_skill" if flip.now else "flip_skill_new"
                text = self.say(told, name=name, skill=skill, then=flip.then, now=flip.now)
        return Turn(what=flip.what, text=text, then=self.name(flip.to), to=flip.to)
