"""Who may use which route: the whole access policy by role, in one table. Default: nobody.

A new route gets a line in the file of its section, and one in ``tests/security/matrix_table.py``.
Whose single record is whose stands in ``domain.access`` and is asked by the services.
"""

from __future__ import annotations

from peerapp.route_access import casework, open_pages, own_pages, scheme, vetting
from peerapp.route_access.kinds import PUBLIC, Access, Predicate, anyone, has_role, signed_in

__all__ = ["PUBLIC", "ROUTES", "Access", "Predicate", "anyone", "has_role", "signed_in"]

ROUTES: dict[str, Access] = {
    **open_pages.ROUTES,
    **own_pages.ROUTES,
    **vetting.ROUTES,
    **casework.ROUTES,
    **scheme.ROUTES,
}
