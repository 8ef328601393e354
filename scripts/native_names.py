"""What the core's modules define, as far as rewriting must know it: facts, ids, enums, imports."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

PURE = "warmline"
NATIVE = "warmline_compiled"
SHARED_BASES = frozenset({"StrEnum", "IntEnum", "Enum", "IntFlag", "Exception", "ValueError"})
FACT_MARKS: Mapping[str, bool] = {"fact": True, "fact_in_order": False}
"""The core's own decorators for frozen dataclasses, and whether they are made with keywords."""
NEVER_COMPARED = frozenset({f"{PURE}.core.events", f"{PURE}.core.commands"})
"""Whose facts the core makes and reads but never compares: comparing is a third of the code."""


@dataclass(slots=True)
class Field:
    """One field of a dataclass."""

    name: str
    annotation: ast.expr
    default: ast.expr | None = None
    factory: ast.expr | None = None
    compared: bool = True
    module: str = ""


@dataclass(slots=True)
class Record:
    """A dataclass: what it adds to its bases."""

    bases: list[str]
    fields: list[Field]
    keyword_only: bool
    compared: bool


@dataclass(slots=True)
class Module:
    """One module's names, as far as the rewriting must know them."""

    name: str
    tree: ast.Module
    imported: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """Local name → (module, name there); a module has the name ""."""
    ids: set[str] = field(default_factory=set[str])
    shared: set[str] = field(default_factory=set[str])
    members: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    records: dict[str, Record] = field(default_factory=dict[str, Record])


class Program:
    """All modules that are compiled together, so that a name can be followed to where it is."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self.modules = {name: _read(name, text, sources) for name, text in sources.items()}

    def home(self, module: Module, name: str) -> tuple[Module, str] | None:
        """Where the name comes from, when it is one of our modules."""
        seen = module
        while name in seen.imported:
            source, original = seen.imported[name]
            if not original or source not in self.modules:
                return None
            seen, name = self.modules[source], original
        return seen, name

    def home_of(self, module: Module, node: ast.expr) -> tuple[Module, str] | None:
        """As `home`, for `Name` and for `module.Name`."""
        if isinstance(node, ast.Name):
            return self.home(module, node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            source, original = module.imported.get(node.value.id, ("", "-"))
            if not original and source in self.modules:
                return self.home(self.modules[source], node.attr)
        return None

    def fields(self, module: Module, name: str) -> list[Field]:
        """All fields of a dataclass: those of its bases first."""
        found: dict[str, Field] = {}
        for base in module.records[name].bases:
            home = self.home_of(module, ast.parse(base, mode="eval").body)
            if home is not None and home[1] in home[0].records:
                found.update({own.name: own for own in self.fields(*home)})
        for own in module.records[name].fields:
            found[own.name] = own
        return list(found.values())


def native_name(module: str) -> str:
    """What the module is called when it is compiled."""
    return NATIVE + module.removeprefix(PURE)


def _read(name: str, text: str, sources: Mapping[str, str]) -> Module:
    module = Module(name=name, tree=ast.parse(text))
    for node in module.tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                place = (whole, "") if whole in sources else (node.module, alias.name)
                module.imported[alias.asname or alias.name] = place
        elif isinstance(node, ast.ClassDef):
            _read_class(module, node)
        elif isinstance(node, ast.FunctionDef) and node.name in FACT_MARKS:
            module.shared.add(node.name)
        elif isinstance(node, ast.Assign) and _is_call(node.value, "NewType"):
            module.ids.update(target.id for target in node.targets if isinstance(target, ast.Name))
    return module


def _read_class(module: Module, node: ast.ClassDef) -> None:
    if any(isinstance(base, ast.Name) and base.id in SHARED_BASES for base in node.bases):
        module.shared.add(node.name)
        module.members[node.name] = {
            target.id
            for line in node.body
            if isinstance(line, ast.Assign)
            for target in line.targets
            if isinstance(target, ast.Name)
        }
        return
    flags = _dataclass_flags(node)
    if flags is not None:
        module.records[node.name] = Record(
            bases=[ast.unparse(base) for base in node.bases],
            fields=[
                _field(module, line)
                for line in node.body
                if isinstance(line, ast.AnnAssign) and not is_class_variable(line)
            ],
            keyword_only=flags.get("kw_only", False),
            compared=flags.get("frozen", False) and module.name not in NEVER_COMPARED,
        )


def _dataclass_flags(node: ast.ClassDef) -> dict[str, bool] | None:
    for mark in node.decorator_list:
        called = mark.func if isinstance(mark, ast.Call) else mark
        if isinstance(called, ast.Name) and called.id in FACT_MARKS:
            return {"frozen": True, "kw_only": FACT_MARKS[called.id]}
        if isinstance(called, ast.Name) and called.id == "dataclass":
            words = mark.keywords if isinstance(mark, ast.Call) else []
            return {
                str(word.arg): bool(word.value.value)
                for word in words
                if isinstance(word.value, ast.Constant)
            }
    return None


def is_class_variable(line: ast.AnnAssign) -> bool:
    return "ClassVar" in ast.unparse(line.annotation)


def _field(module: Module, line: ast.AnnAssign) -> Field:
    assert isinstance(line.target, ast.Name)
    found = Field(name=line.target.id, annotation=line.annotation, module=module.name)
    if isinstance(line.value, ast.Call) and _is_call(line.value, "field"):
        words = {str(word.arg): word.value for word in line.value.keywords}
        found.default = words.get("default")
        found.factory = words.get("default_factory")
        compare = words.get("compare")
        found.compared = not (isinstance(compare, ast.Constant) and compare.value is False)
    else:
        found.default = line.value
    return found


def _is_call(node: ast.expr | None, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def is_defined(module: Module, name: str) -> bool:
    """Whether a statement of the module gives this name."""
    if name in module.imported:
        return True
    for node in module.tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == name:
            return True
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign):
            targets = [node.target]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return True
    return False
