"""The design system's components, in a template environment of their own.

Their templates ask for parameters that nobody gave, which the strict undefined of our own
environment rightly forbids. Here, and only here, what is missing counts as empty.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from jinja2 import ChainableUndefined, Environment, PackageLoader, PrefixLoader
from markupsafe import Markup

LEFT_OUT = frozenset({"header", "generic-header", "footer"})
"""Components that carry the crown or the crest; ours are in ``templates/base.html``."""


@cache
def environment() -> Environment:
    """Return the environment that renders the components, autoescaping everything."""
    packages = ("govuk_frontend_jinja", "govuk_frontend_wtf")
    return Environment(
        loader=PrefixLoader({package: PackageLoader(package) for package in packages}),
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(template: str, params: dict[str, Any]) -> Markup:
    """Render one of the form library's templates."""
    return Markup(environment().get_template(template).render(params=params))


@cache
def macros() -> dict[str, Callable[..., Markup]]:
    """Return the components as functions by name, ``govukButton`` and so on."""
    found: dict[str, Callable[..., Markup]] = {}
    for path in environment().list_templates():
        package, _, rest = path.partition("/components/")
        component = rest.removesuffix("/macro.html")
        if package == "govuk_frontend_jinja" and rest and component not in LEFT_OUT:
            name = "govuk" + component.title().replace("-", "")
            found[name] = getattr(environment().get_template(path).module, name)
    return found
