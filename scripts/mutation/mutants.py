"""Small faults to put into a module: each `Mutant` is one, named by its place in the source."""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from types import UnionType
from typing import Any

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
RECKONED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
SWAPPED = {
    "min": "max", "max": "min", "any": "all", "all": "any", "minimum": "maximum",
    "maximum": "minimum", "zeros": "ones", "ones_like": "zeros_like",
}  # fmt: skip

Change = Callable[[ast.AST], ast.AST]
# Arguments that only say how strictly or in what form something is done.
UNSEEN = {"strict", "dtype", "kind"}
SHOWN = 80  # characters of the expression around a fault
LARGE = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.If, ast.For, ast.While, ast.With, ast.Try)


@dataclass(frozen=True)
class Mutant:
    """One fault: in which node of a module, counted in the order of the source, and which of its.

    Attributes
    ----------
    key
        The same as long as the function around it, or the statement of the module, is the same.
    where
        The function that it is in.
    before, after
        The expression around it, as it reads without and with the fault.
    """

    module: str
    node: int
    which: int
    key: str
    where: str
    before: str
    after: str

    @property
    def name(self) -> str:
        return f"`{self.module}`, {self.where}: `{self.before}` → `{self.after}`"


def mutants_of(module: str, source: str) -> Iterator[Mutant]:
    """All of them, in the order of the source."""
    seen: Counter[tuple[str, str, str]] = Counter()
    alike: Counter[str] = Counter()
    for number, (node, where, around, part) in enumerate(_walked(ast.parse(source))):
        for which, change in enumerate(_changes(node)):
            before, after = _told(around), _told(_with(around, node, change))
            seen[where, before, after] += 1
            again = seen[where, before, after]
            before += f" (no. {again})" if again > 1 else ""
            alike[part] += 1
            key = sha256(f"{module} {alike[part]} {part}".encode()).hexdigest()[:20]
            yield Mutant(module, number, which, key, where, before, after)


def mutated(source: str, mutant: Mutant) -> ast.Module:
    """The module's tree with the fault in it."""
    tree = ast.parse(source)
    target = _walked(tree)[mutant.node][0]
    found = _with(tree, target, _changes(target)[mutant.which])
    assert isinstance(found, ast.Module)
    return ast.fix_missing_locations(found)


def _with(tree: ast.AST, target: ast.AST, change: Change) -> ast.AST:
    """A copy of the tree in which one node is changed."""
    target.is_target = True  # type: ignore[attr-defined]
    copied = copy.deepcopy(tree)
    del target.is_target  # type: ignore[attr-defined]

    class Put(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return change(node) if hasattr(node, "is_target") else super().generic_visit(node)

    found: ast.AST = Put().visit(copied)
    return found


def _unseen(node: ast.AST) -> bool:
    imports = isinstance(node, ast.Import | ast.ImportFrom)
    return imports or (isinstance(node, ast.keyword) and node.arg in UNSEEN)


def _walked(tree: ast.Module) -> list[tuple[ast.AST, str, ast.AST, str]]:
    """Nodes in which a fault could be seen: each with function, expression and text around it.

    The text is that of the function or method; outside of those, of the node itself.
    """
    found: list[tuple[ast.AST, str, ast.AST, str]] = []

    def enter(node: ast.AST, where: str, around: ast.AST | None, part: str) -> None:
        if _unseen(node):
            return
        if isinstance(node, ast.FunctionDef):
            where, part = node.name, part or ast.unparse(node)
        small = not isinstance(node, LARGE) and len(ast.unparse(node)) <= SHOWN
        around = (around or node) if small else None
        found.append((node, where, around or node, part or ast.unparse(around or node)))
        for name, value in ast.iter_fields(node):
            if name in {"annotation", "returns", "decorator_list"}:
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    enter(child, where, around, part)

    enter(tree, "the module", None, "")
    return found


def _told(node: ast.AST) -> str:
    if isinstance(node, ast.If | ast.While):
        return f"{type(node).__name__.lower()} {ast.unparse(node.test)}"
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _set(**fields: object) -> Change:
    def change(node: ast.AST) -> ast.AST:
        for name, value in fields.items():
            setattr(node, name, value)
        return node

    return change


def _instead(other: ast.AST) -> Change:
    return lambda node: ast.copy_location(other, node)


def _changes(node: ast.AST) -> list[Change]:
    """What is done to one node."""
    return [change for kind, faults in FAULTS if isinstance(node, kind) for change in faults(node)]


def _compare(node: ast.Compare) -> list[Change]:
    """The border one step off, and the other side."""
    ops = node.ops
    return [
        _set(ops=[*ops[:place], other(), *ops[place + 1 :]])
        for place, op in enumerate(ops)
        for other in COMPARED[type(op)]
    ]


def _join(node: ast.BoolOp) -> list[Change]:
    """And for or, and each condition dropped."""
    values = node.values
    changes = [_set(op=ast.Or() if isinstance(node.op, ast.And) else ast.And())]
    for place in range(len(values)):
        kept = values[:place] + values[place + 1 :]
        changes.append(_instead(kept[0]) if len(kept) == 1 else _set(values=kept))
    return changes


def _reckon(node: ast.BinOp | ast.AugAssign) -> list[Change]:
    """Another operation."""
    return [_set(op=RECKONED[type(node.op)]())] if type(node.op) in RECKONED else []


def _negate(node: ast.UnaryOp) -> list[Change]:
    """`not`, `~` and `-` dropped."""
    return [_instead(node.operand)]


def _number(node: ast.Constant) -> list[Change]:
    """One more, one less; true for false."""
    if isinstance(node.value, bool):
        return [_set(value=not node.value)]
    return [_set(value=node.value + by) for by in (1, -1)] if isinstance(node.value, int) else []


def _word(node: ast.Name | ast.Attribute) -> list[Change]:
    """`max` for `min` and the like."""
    field = "id" if isinstance(node, ast.Name) else "attr"
    word = getattr(node, field)
    return [_set(**{field: SWAPPED[word]})] if word in SWAPPED else []


def _decide(node: ast.If | ast.IfExp) -> list[Change]:
    """Always and never."""
    return [_set(test=ast.copy_location(ast.Constant(value), node.test)) for value in (True, False)]


def _loop(node: ast.While) -> list[Change]:
    """Never; for ever would only be a matter of waiting."""
    return [_set(test=ast.copy_location(ast.Constant(value=False), node.test))]


def _filter(node: ast.comprehension) -> list[Change]:
    """The condition dropped."""
    return [_set(ifs=[])] if node.ifs else []


def _do(node: ast.stmt) -> list[Change]:
    """Left undone: a call for its effect, a value put into a table."""
    call = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    put = isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript)
    return [_instead(ast.Pass())] if call or put or isinstance(node, ast.AugAssign) else []


def _skip(_: ast.Continue) -> list[Change]:
    """The rest left undone as well."""
    return [_instead(ast.Break())]


FAULTS: list[tuple[type | UnionType, Callable[[Any], list[Change]]]] = [
    (ast.Compare, _compare),
    (ast.BoolOp, _join),
    (ast.BinOp | ast.AugAssign, _reckon),
    (ast.UnaryOp, _negate),
    (ast.Constant, _number),
    (ast.Name | ast.Attribute, _word),
    (ast.If | ast.IfExp, _decide),
    (ast.While, _loop),
    (ast.comprehension, _filter),
    (ast.Expr | ast.Assign | ast.AugAssign, _do),
    (ast.Continue, _skip),
]
