"""From text to a tree of nodes with their places: no tags, no aliases, not too deep."""

from collections.abc import Iterator

import yaml
from yaml import MappingNode, Node, ScalarNode
from yaml.error import MarkedYAMLError
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    NodeEvent,
)
from yaml.reader import ReaderError

from warmline.written.problems import At, Notes, Wrong

TEXT_LIMIT_CHARS = 200_000
DEPTH_LIMIT = 20
# The loader in C is ten times as fast; a machine without it reads the same by the other one.
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


# The library's functions have no types; these two say what they return.
def _events(text: str) -> Iterator[Event]:
    return yaml.parse(text, Loader=_LOADER)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def _root(text: str) -> Node | None:
    return yaml.compose(text, Loader=_LOADER)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def compose(text: str, notes: Notes, *, what: str, begins: str) -> MappingNode | None:
    """The tree of a text, or None; what is wrong with it is in `notes`.

    `what` is what the text should be (a policy), `begins` a line that it could begin with.
    """
    if len(text) > TEXT_LIMIT_CHARS:
        return _at_start(
            notes, Wrong("too_long", f"A {what} has at most {TEXT_LIMIT_CHARS:,} characters.")
        )
    try:
        if not _within_limits(text, notes):
            return None
        root = _root(text)
    except MarkedYAMLError as error:
        return _not_yaml(notes, error)
    except ReaderError as error:
        before = text[: error.position]
        place = At(before.count("\n"), len(before.rpartition("\n")[2]))
        wrong = Wrong("not_text", "There is a character that is no text.", "Remove it.")
        return notes.add(place, place, (), wrong)
    if not isinstance(root, MappingNode):
        return _at_start(
            notes,
            Wrong(
                f"not_a_{what}",
                f"A {what} is made of `key: value` lines.",
                f"Begin with: {begins}",
            ),
        )
    return root


def _at_start(notes: Notes, wrong: Wrong) -> None:
    notes.add(At(), At(), (), wrong)


def _not_yaml(notes: Notes, error: MarkedYAMLError) -> None:
    mark = error.problem_mark or error.context_mark
    said = (error.problem or "it cannot be read").replace("\t", "a tab")
    wrong = Wrong(
        "not_yaml",
        f"This is not YAML: {said[:200]}.",
        "Look at the indentation (spaces, never tabs), at quotes and at colons here or just above.",
    )
    if mark is None:
        _at_start(notes, wrong)
    else:
        notes.add(mark, mark, (), wrong)


def _within_limits(text: str, notes: Notes) -> bool:
    depth = documents = 0
    for event in _events(text):
        documents += isinstance(event, DocumentStartEvent)
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        wrong = _unread(event)
        if documents > 1:
            wrong = Wrong("two_documents", "A second document begins here.", "Remove `---`.")
        elif depth > DEPTH_LIMIT:
            wrong = Wrong("too_deep", "This is nested too deep.")
        if wrong is not None:
            notes.add(event.start_mark, event.end_mark, (), wrong)
            return False
    return True


def _unread(event: Event) -> Wrong | None:
    """What YAML can and such a text does not need."""
    if isinstance(event, AliasEvent):
        return Wrong("alias", "Aliases (*) are not read here.", "Write the value out.")
    if isinstance(event, NodeEvent) and event.anchor is not None:
        return Wrong("alias", "Anchors (&) are not read here.", "Remove it.")
    if getattr(event, "tag", None) not in {None, "!"}:
        return Wrong("tag", "Tags (!) are not read here.", "Remove it.")
    return None


def text_of(node: Node, what: str, *, empty: bool = False) -> str:
    """The text of a scalar as it was written; `what` says what was wanted; `empty` allows `""`."""
    if not isinstance(node, ScalarNode):
        raise Wrong("wrong_form", f"Here belongs {what}, not a list or a table.")
    text = str(node.value)
    if node.style in {"|", ">"}:
        text = text.rstrip("\n")
    nothing = node.style is None and text in {"", "~", "null"}
    if nothing or not (text or empty):
        raise Wrong("empty", f"Here belongs {what}.", "Give a value, or leave the line out.")
    return text
