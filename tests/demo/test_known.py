"""What the sample shop knows: each subject in three languages, as files that can be imported."""

from collections import defaultdict

from warmline.demo import shop
from warmline.demo.known import ARTICLES, OF_QUEUE
from warmline.knowledge.importing import File, Usual, parse
from warmline.knowledge.markdown import answer
from warmline.knowledge.model import Audience


def test_every_subject_is_written_in_every_language_and_has_an_answer_to_insert():
    usual = Usual(language="xx", audience=Audience.BOT)
    languages = defaultdict(set)
    for path in ARTICLES.glob("*.md"):
        one = parse(File(name=path.name, text=path.read_text(encoding="utf-8")), usual)
        assert path.name == f"{one.id}.{one.words.language}.md"
        assert one.audience in {Audience.AGENT, Audience.CUSTOMER}
        assert 40 < len(answer(one.words.body)) < 500
        languages[one.id].add(one.words.language)
    assert len(languages) >= 8
    assert all(found == set(shop.LANGUAGES) for found in languages.values())
    assert set().union(*OF_QUEUE.values()) <= languages.keys()
