"""Hundreds of applications are made in one run: what is the same in all is worked out once.

Nothing that a test looks at changes: templates are compiled once for all applications, the code
that makes a rule's address when that address is first asked for, and an application that a test has
done with goes on to the next one, bound to that one's database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

from peerapp import bind, create_app
from peerapp.config import Settings


class SharedCode(BytecodeCache):
    """Compiled templates, by name and checksum of the source."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


class LateRule(Rule):
    """A rule that compiles the making of its address when it is first asked for."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., Any]:
        compiled = super()._compile_builder
        name = "_build_unknown" if append_unknown else "_build"

        def first(rule: Rule, **values: Any) -> Any:
            build = compiled(append_unknown).__get__(rule, None)
            setattr(rule, name, build)
            return build(**values)

        return first


class Lent:
    """One application, lent to one test after the other.

    Each test gets it with the settings as `create_app` sets them, and with its own database. One
    that a test has added to (a route, a hook) is not lent again.
    """

    def __init__(self) -> None:
        self._app: Flask | None = None
        self._kind: Settings | None = None

    @contextmanager
    def lend(self, settings: Settings) -> Iterator[Flask]:
        """Lend the application for settings that differ in the place of the data only."""
        kind = replace(settings, database_url="", data_dir=Path())
        app, self._app = self._app, None
        if app is None or kind != self._kind:
            app = share(create_app(settings))
        else:
            bind(app, settings)
        config, made_of = dict(app.config), _made_of(app)
        yield app
        app.extensions["database"].close()
        app.config.clear()
        app.config.update(config)
        if _made_of(app) == made_of:
            self._app, self._kind = app, kind


def _made_of(app: Flask) -> tuple[object, ...]:
    hooks = (app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs)
    counts = tuple(sum(map(len, one.values())) for one in hooks)
    return (len(app.url_map._rules), len(app.blueprints), id(app.wsgi_app), *counts)


_CODE = SharedCode()


def share(app: Flask) -> Flask:
    """Let an application use what others have compiled."""
    app.jinja_env.bytecode_cache = _CODE
    return app


Flask.url_rule_class = LateRule
