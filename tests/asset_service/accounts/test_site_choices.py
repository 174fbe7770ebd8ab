"""A list of sites says the site first: a narrow screen cuts the end of what is chosen."""

from __future__ import annotations

from uuid import uuid4

from asset_service.accounts.forms import site_choices
from asset_service.accounts.models import Partner, Site


def _site(partner: Partner, name: str) -> Site:
    return Site(id=uuid4(), partner_id=partner.id, partner=partner, name=name)


def test_the_sites_of_one_partner_go_by_their_own_name() -> None:
    ours = Partner(id=uuid4(), name="Kringwinkel Hageland")
    sites = [_site(ours, "Atelier Leuven"), _site(ours, "Balie")]
    assert site_choices(sites) == [(str(sites[0].id), "Atelier Leuven"), (str(sites[1].id), "Balie")]


def test_where_partners_differ_the_site_still_comes_first() -> None:
    sites = [_site(Partner(id=uuid4(), name=name), "Balie") for name in ("Digidak Elders", "Kringwinkel Hageland")]
    assert [words for _, words in site_choices(sites)] == ["Balie (Digidak Elders)", "Balie (Kringwinkel Hageland)"]
