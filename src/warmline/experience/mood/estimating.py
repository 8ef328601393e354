"""What the process of its own does: hears moods, tells topics, trains; it keeps texts nowhere."""

from collections.abc import Sequence

from warmline.experience.mood.encoding import Encoder
from warmline.experience.mood.estimates import Asked, Corrected, Knowledge, Told, Trained
from warmline.experience.mood.sentiment import Embed, moods, packed, train, unpacked
from warmline.experience.mood.softmax import Softmax
from warmline.experience.mood.topics import Taxonomy, grouped, taxonomy


class Estimating:
    """Holds the encoder and what was learnt last, so that nothing is learnt twice."""

    def __init__(self, embed: Embed | None = None) -> None:
        self._embed: Embed = Encoder() if embed is None else embed
        self._knowledge: Knowledge | None = None
        self._model: Softmax | None = None
        self._taxonomy: Taxonomy | None = None

    def learn(self, knowledge: Knowledge) -> None:
        """Estimate with this from now on."""
        if knowledge != self._knowledge:
            self._model = unpacked(knowledge.model)
            self._taxonomy = taxonomy(self._embed, knowledge.examples)
            self._knowledge = knowledge

    def tell(self, asked: Asked) -> Told:
        """Moods and topics of texts; `learn` comes first."""
        assert self._model is not None
        assert self._taxonomy is not None
        topics = self._taxonomy.tell(self._embed, asked.talks)
        return Told(moods=moods(self._model, self._embed, asked.turns), topics=topics)

    def train(self, corrected: Sequence[Corrected]) -> Trained:
        """A new model, and what it was made of."""
        model, facts = train(self._embed, corrected)
        return packed(model), facts

    def groups(self, texts: Sequence[str]) -> list[list[int]]:
        """Places of texts that are alike, group by group."""
        return grouped(self._embed(texts)) if texts else []
