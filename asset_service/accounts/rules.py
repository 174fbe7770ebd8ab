"""What a room's ``roles.py`` is made of: rules of who may do one thing."""

from __future__ import annotations

from dataclasses import dataclass

from asset_service.accounts.models import Role


@dataclass(frozen=True, slots=True)
class Rule:
    """The roles that open one thing, each where it was granted. A rule without roles asks for none: any user.

    ``Access`` answers it: at the door of an endpoint (``has``), of one row (``may``), and as the condition of a query
    (``clause``).

    A rule of ``totals`` opens figures over many rows, such as how many devices a partner has in stock: nothing of it
    names a person, a device or a document. Such a rule only opens to roles in a whole project too.
    """

    roles: tuple[Role, ...]
    totals: bool = False


ANY_USER = Rule(())
"""Whoever is logged in."""
