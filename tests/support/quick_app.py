"""Hundreds of applications are made in one run: what is the same in all is worked out once.

Nothing that a test looks at changes: templates are compiled once for all applications, and the code
that makes a rule's address when that address is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule


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


_CODE = SharedCode()


def share(app: Flask) -> Flask:
    """Let an application use what others have compiled."""
    app.jinja_env.bytecode_cache = _CODE
    return app


Flask.url_rule_class = LateRule
