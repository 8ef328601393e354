"""Skills as bits: "skill at level n or higher" is one bit, so who may is a single comparison."""

from collections.abc import Iterable, Mapping

from warmline.core.settings import HIGHEST_LEVEL, Need
from warmline.core.words import SkillId


class SkillBits:
    """Gives every skill five bits, one a level, in the order in which skills are first met.

    >>> bits = SkillBits()
    >>> able = bits.of_agent({SkillId("ru"): 4})
    >>> need = bits.of_needs([Need(skill=SkillId("ru"), level=3)])
    >>> able & need == need
    True
    """

    __slots__ = ("_places",)

    def __init__(self) -> None:
        self._places: dict[SkillId, int] = {}

    def bit(self, skill: SkillId, level: int) -> int:
        """The bit of "the skill at this level (1 to 5) or higher"."""
        place = self._places.setdefault(skill, len(self._places))
        return 1 << (place * HIGHEST_LEVEL + level - 1)

    def of_agent(self, skills: Mapping[SkillId, int]) -> int:
        """All bits that the proficiencies (1 to 5) fulfil."""
        mask = 0
        for skill, level in skills.items():
            for reached in range(1, level + 1):
                mask |= self.bit(skill, reached)
        return mask

    def of_needs(self, needs: Iterable[Need]) -> int:
        """The bits that must all be there."""
        mask = 0
        for need in needs:
            mask |= self.bit(need.skill, need.level)
        return mask
