"""Nobody is led to a door that stays shut: whatever a role's pages link to opens to that role."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from asset_service.accounts.models import Role

WHO = [*(role.value for role in Role), "promotor", "nobody", "one site"]
_LINK = re.compile(r"<a\b[^>]*\bhref=\"([^\"]+)\"")


@pytest.fixture
def user(request: pytest.FixtureRequest, house: Any, make_user: Callable[..., Any]) -> Any:
    """One of :data:`WHO`, in a filled house."""
    house.fill()
    who = request.param
    if who == "nobody":
        return make_user(None, name="Ivo Nieuw")
    if who == "one site":
        return make_user(Role.PARTNER_ADMIN, house.partner, site_id=house.partner.site_id, name="Jan Plaats")
    if who == "promotor":
        return house.promotor
    return house.admin if who == Role.ADMIN else house.users[Role(who)]


@pytest.mark.parametrize("user", WHO, indirect=True)
def test_every_link_from_home_on_opens(user: Any, house: Any, login: Callable[..., FlaskClient]) -> None:
    """Home and the menu, the pages that they lead to, and so on; each is asked once."""
    client = login(house.app.test_client(), user)
    base_url = house.app.extensions["herstart_settings"].base_url
    waiting, seen, shut = ["/"], {"/"}, {}
    while waiting:
        path = waiting.pop()
        answer = client.get(path)
        if answer.status_code >= 400:
            shut[path] = answer.status_code
        if answer.status_code in {301, 302, 303}:
            found = [answer.headers["Location"]]
        else:
            found = _LINK.findall(answer.text) if answer.mimetype == "text/html" else []
        for link in map(html.unescape, found):
            address = link.removeprefix(base_url).partition("#")[0]
            if address and not urlsplit(address).netloc and address not in seen:
                seen.add(address)
                waiting.append(address if address.startswith("/") else urlsplit(path).path + address)
    assert shut == {}
    assert {"/", "/account"} <= seen


def test_menus_hold_what_each_role_may_open(house: Any, login: Callable[..., FlaskClient]) -> None:
    menus = {}
    for role, user in {**house.users, "promotor": house.promotor, Role.ADMIN: house.admin}.items():
        page = login(house.app.test_client(), user).get("/").text
        menu = page.split('aria-label="Hoofdmenu"')[1].split("</nav>")[0]
        menus[str(role)] = [html.unescape(words).strip() for words in re.findall(r"</svg>([^<]*)</a>", menu)]
    assert menus == {
        "technician": ["Start", "Toestellen", "Verslagen"],
        "stock_manager": ["Start", "Toestellen", "Verslagen"],
        "desk": ["Start", "Toestellen"],
        "reporter": ["Start"],
        "partner_admin": ["Start", "Toestellen", "Verslagen", "Beheer"],
        "promotor": ["Start"],
        "admin": ["Start", "Toestellen", "Verslagen", "Beheer"],
    }
