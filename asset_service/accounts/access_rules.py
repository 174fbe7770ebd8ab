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
    names a person, a device or a document. Only such a rule opens to roles in a whole project too.

    An admin of the service needs no other role, unless the rule is closed to them (``admins=False``): to data about
    people, running the service gives no right. Who needs it then gets a role of the rule, which the ledger shows.
    """

    roles: tuple[Role, ...]
    totals: bool = False
    admins: bool = True


ANY_USER = Rule(())
"""Whoever is logged in."""

SERVICE_ADMINS = Rule((Role.ADMIN,))
"""Who runs the service: projects, partners, other admins, and what is no partner's."""
