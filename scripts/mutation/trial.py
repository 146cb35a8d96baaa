"""Mutants under the tests, each in a forked process: no file is changed, nothing imported twice.

Loops are not compiled (``NUMBA_DISABLE_JIT=1``), so a mutant costs no compiling, and an index out
of bounds is an error. The tests are collected once; each fork puts a faulty function's code in
place of the sound one and runs them. A fault outside of functions is there from the import on.
"""

from __future__ import annotations

import ast
import copy
import importlib
import json
import os
import resource
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from time import process_time
from types import CodeType, FunctionType, ModuleType

import pytest
from hypothesis import Phase
from hypothesis import settings as hypothesis_settings

# What the tests need and no mutant touches: loaded once, before the forks.
LIBRARIES = (
    "numpy", "numba", "ortools.graph.python.min_cost_flow", "scipy.optimize", "scipy.sparse",
    "hypothesis.strategies",
)  # fmt: skip
MEMORY = 6 << 30
SURVIVED = "survived"
OPTIONS = ("-x", "-q", "-m", "not long", "--noconftest", "-p", "no:cacheprovider",
           "-p", "no:faulthandler")  # fmt: skip

Fault = tuple[str, ast.Module]
Trial = Callable[[Fault | None], str]


def with_tests(tests: Sequence[str], examples: int, use: Callable[[Trial], None]) -> None:
    """Collect the tests, then call `use` with a function that tries a fault against them.

    That function gives ``survived``, or how the fault is caught: ``test``, ``error`` or ``time``.
    Time is the processor's, however busy the machine is: four times what a test takes without.
    """
    for name in LIBRARIES:
        importlib.import_module(name)
    code = pytest.main([*OPTIONS, *tests], plugins=[_Fewer(examples), _Loop(tests, examples, use)])
    if code:
        raise SystemExit(f"the tests end with {int(code)} without any fault")


class _Fewer:
    """Fewer examples of each Hypothesis test, always the same, and no time on shrinking."""

    def __init__(self, examples: int) -> None:
        self.examples = examples

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            test = getattr(item, "obj", None)
            given = getattr(test, "_hypothesis_internal_use_settings", None)
            if given is not None and test is not None:
                test._hypothesis_internal_use_settings = hypothesis_settings(
                    given,
                    max_examples=min(given.max_examples, self.examples),
                    derandomize=True,
                    database=None,
                    phases=(Phase.explicit, Phase.generate),
                )


class _Loop:
    """Takes the place of pytest's loop over what was collected."""

    def __init__(self, tests: Sequence[str], examples: int, use: Callable[[Trial], None]) -> None:
        self.tests, self.examples, self.use = tests, examples, use
        self.seconds: dict[str, float] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        def attempt(fault: Fault | None) -> str:
            return _forked(lambda: self._run(session, fault))

        with tempfile.NamedTemporaryFile() as told:
            if _forked(lambda: self._timed(session, Path(told.name))) != SURVIVED:
                pytest.exit("the tests fail without any fault", 1)
            self.seconds = json.loads(Path(told.name).read_text(encoding="utf-8"))
        self.use(attempt)
        return True

    def _timed(self, session: pytest.Session, told: Path) -> int:
        """The tests without a fault, and how long each takes."""
        seconds = {}
        for item in session.items:
            begun = process_time()
            _run_one(item)
            seconds[item.nodeid] = process_time() - begun
        told.write_text(json.dumps(seconds), encoding="utf-8")
        return int(session.testsfailed > 0)

    def _run(self, session: pytest.Session, fault: Fault | None) -> int:
        if fault and not put_in(*fault):
            signal.setitimer(signal.ITIMER_PROF, 10 + 3 * sum(self.seconds.values()))
            return self._afresh(*fault)
        for item in session.items:
            signal.setitimer(signal.ITIMER_PROF, 0.5 + 4 * self.seconds[item.nodeid])
            try:
                _run_one(item)
            except Exception:
                return 1
            if session.testsfailed:
                return 1
        return 0

    def _afresh(self, module: str, tree: ast.Module) -> int:
        """Import everything once more, this module as `tree`."""
        rooms = [Path.cwd(), *(Path(test).absolute() for test in self.tests)]
        for name, loaded in list(sys.modules.items()):
            path = Path(getattr(loaded, "__file__", None) or sys.prefix)
            ours = any(path.is_relative_to(room) for room in rooms)
            if ours and not path.is_relative_to(sys.prefix) and not name.startswith("scripts"):
                del sys.modules[name]
        sys.meta_path.insert(0, _Finder(module, tree))
        return int(pytest.main([*OPTIONS, *self.tests], plugins=[_Fewer(self.examples)]))


def _run_one(item: pytest.Item) -> None:
    # With nothing after it, what it set up is taken down again.
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)


def _forked(run: Callable[[], int]) -> str:
    child = os.fork()
    if not child:
        quiet = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(quiet, stream)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        code = 3
        try:
            code = run()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return "time" if os.WTERMSIG(status) == signal.SIGPROF else "error"
    return {0: SURVIVED, 1: "test"}.get(os.WEXITSTATUS(status), "error")


def put_in(name: str, tree: ast.Module) -> bool:
    """Give the functions of an imported module the code of `tree`; false where that is not all."""
    module = sys.modules.get(name)
    if module is None or module.__file__ is None:
        return False
    path = Path(module.__file__)
    sound = ast.parse(path.read_text(encoding="utf-8"))
    if _frame(sound) != _frame(tree):
        return False
    codes = {code.co_qualname: code for code in _codes(compile(tree, str(path), "exec"))}
    for function in _functions(module):
        function.__code__ = codes[function.__qualname__]
    return True


def _frame(tree: ast.Module) -> str:
    """The module without the bodies of its functions."""

    class Emptied(ast.NodeTransformer):
        def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
            fields = {**dict(ast.iter_fields(node)), "body": [ast.Pass()]}
            return ast.FunctionDef(**fields)

    return ast.dump(Emptied().visit(copy.deepcopy(tree)))


def _codes(code: CodeType) -> Iterator[CodeType]:
    """Of functions and methods, those inside of functions left out."""
    for inner in code.co_consts:
        if isinstance(inner, CodeType) and "<locals>" not in inner.co_qualname:
            yield inner
            yield from _codes(inner)


def _functions(module: ModuleType) -> Iterator[FunctionType]:
    """Those that the module defines, and its classes' methods."""
    for value in vars(module).values():
        if getattr(value, "__module__", None) != module.__name__:
            continue
        inside = vars(value).values() if isinstance(value, type) else [value]
        for found in inside:
            if isinstance(found, property):
                found = found.fget
            elif isinstance(found, cached_property):
                found = found.func
            elif isinstance(found, classmethod | staticmethod):
                found = found.__func__
            if isinstance(found, FunctionType) and found.__code__.co_filename == module.__file__:
                yield found


class _Loader(SourceFileLoader):
    """Loads the mutated tree in place of the file's."""

    tree: ast.Module

    def get_code(self, fullname: str) -> CodeType | None:
        return compile(self.tree, self.path, "exec")


class _Finder(MetaPathFinder):
    """Finds the mutated module before anybody else does."""

    def __init__(self, module: str, tree: ast.Module) -> None:
        self.module, self.tree = module, tree

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self.module:
            return None
        spec = PathFinder.find_spec(fullname, path)
        if spec is None or spec.origin is None:
            return None
        loader = _Loader(fullname, spec.origin)
        loader.tree = self.tree
        spec.loader = loader
        return spec


def source_of(module: str) -> str:
    """The text of a module, by its dotted name, from the folder that is worked in."""
    return Path(module.replace(".", "/")).with_suffix(".py").read_text(encoding="utf-8")
