"""Rewrites the core's modules into the same program as mypyc likes it: plain, typed classes.

mypyc leaves the `__init__` of a dataclass to Python, which costs more than all it saves. So each
dataclass becomes a class with its constructor written out; ids lose their `NewType`, read-only
mappings become `dict`s, constants become `Final`. Enums and exceptions stay those of the pure
modules, so that `is` and `except` mean the same on both sides.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

from native_names import (
    NATIVE,
    Field,
    Module,
    Program,
    Record,
    is_class_variable,
    is_defined,
    native_name,
)

FACTS = "__facts__"
"""The class attribute that holds the names of a fact's fields, in order."""
LARGEST_TABLE = 8
MOST_COMPARED = 5
"""Facts with more fields are compared in Python: that is rare, and much less code."""
IN_C = frozenset({"bisect", "heapq", "math", "zlib"})
"""Modules whose functions are kept at hand as constants, instead of looked up by name."""
HEADER = '# mypy: disable-error-code="return-value,arg-type,dict-item,override"\n'
"""Where `dict` for `Mapping` makes mypy stricter than pyright was on the source."""


def native_sources(sources: Mapping[str, str], around: Mapping[str, str]) -> dict[str, str]:
    """The text of each module that is compiled, under its new name.

    `around` are those that only go with them (see `moved_sources`).
    """
    program = Program({**sources, **around})
    return {
        native_name(name): HEADER + ast.unparse(_Rewriting(program, program.modules[name]).all())
        for name in sources
    }


def moved_sources(sources: Mapping[str, str], around: Mapping[str, str]) -> dict[str, str]:
    """The text of each module of `around` under its new name: its imports name the others."""
    program = Program({**sources, **around})
    return {
        native_name(name): ast.unparse(_Moving(program, program.modules[name]).visit(tree))
        for name, tree in ((name, ast.parse(text)) for name, text in around.items())
    }


class _Moving(ast.NodeTransformer):
    """Imports of our modules go to their native form; of enums and exceptions they stay."""

    def __init__(self, program: Program, module: Module) -> None:
        self._program = program
        self._module = module

    def visit_ImportFrom(self, node: ast.ImportFrom) -> list[ast.stmt]:
        """The same names from where they are now."""
        if node.module == "dataclasses":
            return self._of_dataclasses(node)
        modules = self._program.modules
        found: dict[str, ast.ImportFrom] = {}
        for alias in node.names:
            known_as = alias.asname or alias.name
            home = self._program.home(self._module, known_as)
            source, name = str(node.module), alias.name
            if home is not None and home[1] in home[0].shared:
                source, name = home[0].name, home[1]
            elif f"{source}.{name}" in modules or source in modules:
                source = native_name(source)
            line = found.setdefault(source, ast.ImportFrom(module=source, names=[], level=0))
            line.names.append(ast.alias(name, known_as if known_as != name else None))
        return list(found.values())

    def _of_dataclasses(self, node: ast.ImportFrom) -> list[ast.stmt]:
        kept = [alias for alias in node.names if alias.name != "replace"]
        found: list[ast.stmt] = []
        if kept:
            found.append(ast.ImportFrom(module="dataclasses", names=kept, level=0))
        if len(kept) < len(node.names):
            found += ast.parse(f"from {NATIVE}.facts import replace").body
        return found


class _Rewriting(_Moving):
    """One module's way into its native form."""

    def __init__(self, program: Program, module: Module) -> None:
        super().__init__(program, module)
        self._depth = 0
        self._constants: dict[str, ast.expr] = {}
        self._annotating = 0
        self._foreign: dict[str, ast.stmt] = {}

    def all(self) -> ast.Module:
        """The whole module."""
        module = self._module
        body: list[ast.stmt] = []
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name in module.shared:
                continue
            for line in _several(self.visit(node)):
                body.extend(_in_steps(line))
        imports = [line for line in body if isinstance(line, ast.Import | ast.ImportFrom)]
        rest = [line for line in body if not isinstance(line, ast.Import | ast.ImportFrom)]
        return ast.fix_missing_locations(
            ast.Module(
                body=[
                    *(line for line in imports if _is_future(line)),
                    *ast.parse("from typing import Final, TypeAlias, ClassVar").body,
                    *ast.parse("from mypy_extensions import mypyc_attr").body,
                    *ast.parse(f"from {NATIVE}.facts import same").body,
                    *(
                        line
                        for name in sorted(module.shared)
                        for line in ast.parse(f"from {module.name} import {name}").body
                    ),
                    *(line for line in imports if not _is_future(line)),
                    *self._foreign.values(),
                    *(
                        ast.AnnAssign(
                            target=ast.Name(id=name, ctx=ast.Store()),
                            annotation=ast.Name(id="Final", ctx=ast.Load()),
                            value=value,
                            simple=1,
                        )
                        for name, value in self._constants.items()
                    ),
                    *rest,
                ],
                type_ignores=[],
            )
        )

    # Constants

    def visit_Assign(self, node: ast.Assign) -> ast.stmt | list[ast.stmt] | None:
        """An id is the string it is; a constant of the module is final."""
        target = node.targets[0]
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple) and not self._depth:
            pairs = zip(target.elts, node.value.elts, strict=True)
            parts = (ast.Assign(targets=[one], value=value, lineno=0) for one, value in pairs)
            return [line for part in parts for line in _several(self.visit_Assign(part))]
        if self._depth or not isinstance(target, ast.Name):
            if isinstance(target, ast.Name) and target.id == "__slots__":
                return None
            return _kept(self.generic_visit(node))
        if target.id in self._module.ids:
            assert isinstance(node.value, ast.Call)
            return ast.AnnAssign(
                target=target,
                annotation=ast.Name(id="TypeAlias", ctx=ast.Load()),
                value=node.value.args[1],
                simple=1,
            )
        if not _is_constant_name(target.id):
            return _kept(self.generic_visit(node))
        value = self.visit(node.value)
        plain = isinstance(value, ast.Constant) and type(value.value) in {int, str}
        kind = f"Final[{type(value.value).__name__}]" if plain else "Final"
        annotation = ast.parse(kind, mode="eval").body
        return ast.AnnAssign(target=target, annotation=annotation, value=value, simple=1)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        """A constant of the module is final, of the type it was given."""
        annotation = ast.unparse(node.annotation)
        node.annotation = self._annotation(node.annotation)
        if node.value is not None:
            node.value = self.visit(node.value)
        named = isinstance(node.target, ast.Name) and _is_constant_name(node.target.id)
        if self._depth == 0 and named and "Final" not in annotation:
            node.annotation = ast.Subscript(
                value=ast.Name(id="Final", ctx=ast.Load()), slice=node.annotation, ctx=ast.Load()
            )
        return node

    # Expressions

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """`AgentId(x)` is `x`."""
        self.generic_visit(node)
        home = self._program.home_of(self._module, node.func)
        if home is not None and home[1] in home[0].ids and len(node.args) == 1:
            return node.args[0]
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """`Phase.QUEUED` in a function is a final of the module: found without a look-up."""
        if self._depth and not self._annotating and isinstance(node.ctx, ast.Load):
            home = self._program.home_of(self._module, node.value)
            if home is not None and node.attr in home[0].members.get(home[1], ()):
                name = f"_{home[1]}_{node.attr}"
                self._constants[name] = node
                return ast.Name(id=name, ctx=ast.Load())
            if isinstance(node.value, ast.Name) and node.value.id in IN_C:
                name = f"_{node.value.id}_{node.attr}"
                self._constants[name] = node
                return ast.Name(id=name, ctx=ast.Load())
        self.generic_visit(node)
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """A read-only mapping is a dict here: mypyc knows how to ask one. See also `IN_C`."""
        if self._annotating:
            return ast.Name(id="dict", ctx=ast.Load()) if node.id == "Mapping" else node
        source, _ = self._module.imported.get(node.id, ("", ""))
        if self._depth and source in IN_C and isinstance(node.ctx, ast.Load):
            name = f"_{source}_{node.id}"
            self._constants[name] = node
            return ast.Name(id=name, ctx=ast.Load())
        return node

    def _annotation(self, node: ast.expr) -> ast.expr:
        self._annotating += 1
        found = self.visit(node)
        self._annotating -= 1
        return found

    # Functions and classes

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        """Its annotations and its body."""
        every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        every += [arg for arg in (node.args.vararg, node.args.kwarg) if arg is not None]
        for arg in every:
            if arg.annotation is not None:
                arg.annotation = self._annotation(arg.annotation)
        if node.returns is not None:
            node.returns = self._annotation(node.returns)
        self._depth += 1
        node.body = [
            line for old in _without_docstring(node.body) for line in _several(self.visit(old))
        ] or [ast.Pass()]
        self._depth -= 1
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.expr:
        """A function in one expression."""
        self._depth += 1
        node.body = self.visit(node.body)
        self._depth -= 1
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.stmt:
        """A dataclass gets its constructor; any class loses its slots."""
        record = self._module.records.get(node.name)
        # A class body is no function: what stands there is looked up once.
        self._depth += 1
        body = [
            line
            for old in _without_docstring(node.body)
            if not (record and isinstance(old, ast.AnnAssign) and not is_class_variable(old))
            for line in _several(self.visit(old))
        ]
        self._depth -= 1
        if record is not None:
            fields = self._program.fields(self._module, node.name)
            body = [*self._declared(record), *self._methods(node.name, record, fields), *body]
            node.decorator_list = [ast.parse("mypyc_attr(acyclic=True)", mode="eval").body]
        node.body = [line for line in body if not _is_bare_string(line)] or [ast.Pass()]
        return node

    def _declared(self, record: Record) -> Iterable[ast.stmt]:
        for own in record.fields:
            yield ast.AnnAssign(
                target=ast.Name(id=own.name, ctx=ast.Store()),
                annotation=self._annotation(_copied(own.annotation)),
                value=None,
                simple=1,
            )

    def _methods(self, name: str, record: Record, fields: list[Field]) -> Iterable[ast.stmt]:
        names = "".join(f"{own.name!r}, " for own in fields)
        lines = [f"{FACTS}: ClassVar[tuple[str, ...]] = ({names})"]
        given = ["self"]
        if record.keyword_only and fields:
            given.append("*")
        assigned: list[str] = []
        for own in fields:
            parameter, assignment = self._parameter(own)
            given.append(parameter)
            assigned.append(assignment)
        if any(
            isinstance(line, ast.FunctionDef) and line.name == "__post_init__"
            for line in self._class(name).body
        ):
            assigned.append("self.__post_init__()")
        lines.append(f"def __init__({', '.join(given)}) -> None:")
        lines.extend(f"    {line}" for line in assigned or ["pass"])
        compared = [own.name for own in fields if own.compared]
        if record.compared:
            lines += ["def __eq__(self, other: object) -> bool:"]
            if len(compared) > MOST_COMPARED:
                lines += ["    return bool(same(self, other))"]
            else:
                same = " and ".join(f"self.{each} == other.{each}" for each in compared)
                lines += [f"    if type(other) is not {name} or not isinstance(other, {name}):"]
                lines += ["        return NotImplemented", f"    return {same or 'True'}"]
            values = "".join(f"self.{each}, " for each in compared)
            lines += ["def __hash__(self) -> int:", f"    return hash(({values}))"]
        return ast.parse("\n".join(lines)).body

    def _class(self, name: str) -> ast.ClassDef:
        return next(
            line
            for line in self._module.tree.body
            if isinstance(line, ast.ClassDef) and line.name == name
        )

    def _parameter(self, own: Field) -> tuple[str, str]:
        """The parameter of the constructor and the assignment of the field."""
        annotation = ast.unparse(self._annotation(self._foreign_annotation(own)))
        name = own.name
        if own.factory is not None:
            made = ast.unparse(self.visit(_made(_copied(own.factory))))
            return (
                f"{name}: {annotation} | None = None",
                f"self.{name} = {made} if {name} is None else {name}",
            )
        if own.default is not None:
            # Evaluated where the constructor is, so names of the base's module must be known here.
            default = ast.unparse(self.visit(_copied(own.default)))
            return f"{name}: {annotation} = {default}", f"self.{name} = {name}"
        return f"{name}: {annotation}", f"self.{name} = {name}"

    def _foreign_annotation(self, own: Field) -> ast.expr:
        """The annotation; names that only the base's module knows are imported."""
        if own.module != self._module.name:
            home = self._program.modules[own.module]
            for expression in (own.annotation, own.default, own.factory):
                if expression is not None:
                    self._import_names(home, expression)
        return _copied(own.annotation)

    def _import_names(self, home: Module, expression: ast.expr) -> None:
        for node in ast.walk(expression):
            if not isinstance(node, ast.Name) or node.id in self._module.imported:
                continue
            if not is_defined(home, node.id):
                continue  # a built-in
            source, original = home.imported.get(node.id, (home.name, node.id))
            found = self._program.home(home, node.id)
            if found is not None and found[1] in found[0].shared:
                source, original = found[0].name, found[1]
            elif source in self._program.modules:
                source = native_name(source)
            line = ast.ImportFrom(
                module=source,
                names=[ast.alias(original, node.id if original != node.id else None)],
                level=0,
            )
            self._foreign[node.id] = line


def _made(factory: ast.expr) -> ast.expr:
    """What a default factory makes, written out."""
    if isinstance(factory, ast.Lambda):
        return factory.body
    if isinstance(factory, ast.Subscript) and isinstance(factory.value, ast.Name):
        empty = {"dict": "{}", "list": "[]"}.get(factory.value.id)
        if empty is not None:
            return ast.parse(empty, mode="eval").body
        factory = factory.value
    return ast.Call(func=factory, args=[], keywords=[])


def _copied(node: ast.expr) -> ast.expr:
    return ast.parse(ast.unparse(node), mode="eval").body


def _several(found: ast.AST | list[ast.stmt] | None) -> list[ast.stmt]:
    if found is None:
        return []
    return found if isinstance(found, list) else [_kept(found)]


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    return body[1:] if body and _is_bare_string(body[0]) else body


def _is_bare_string(line: ast.stmt) -> bool:
    return (
        isinstance(line, ast.Expr)
        and isinstance(line.value, ast.Constant)
        and isinstance(line.value.value, str)
    )


def _is_future(line: ast.stmt) -> bool:
    return isinstance(line, ast.ImportFrom) and line.module == "__future__"


def _is_constant_name(name: str) -> bool:
    return name.isupper() and not name.startswith("__")


def _in_steps(line: ast.stmt) -> Iterable[ast.stmt]:
    """A large table is filled row by row: mypyc's code for one expression grows by its square."""
    table = line.value if isinstance(line, ast.AnnAssign) else None
    if not isinstance(line, ast.AnnAssign) or not isinstance(table, ast.Dict):
        return [line]
    if len(table.keys) <= LARGEST_TABLE or None in table.keys:
        return [line]
    rows = list(zip(table.keys, table.values, strict=True))
    line.value = ast.Dict(keys=[], values=[])
    name = ast.unparse(line.target)
    return [
        line,
        *(
            ast.parse(f"{name}[{ast.unparse(key)}] = {ast.unparse(value)}").body[0]
            for key, value in rows
            if key is not None
        ),
    ]


def _kept(node: ast.AST) -> ast.stmt:
    assert isinstance(node, ast.stmt)
    return node
