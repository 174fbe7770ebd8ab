"""Puts the face on the app: blueprints of every room's pages, and what their templates call by name."""

from __future__ import annotations

from flask import Blueprint, Flask

from asset_service.accounts import account_pages
from asset_service.accounts import pages as accounts_pages
from asset_service.core.access import public
from asset_service.devices import pages as devices_pages
from asset_service.intake import import_pages, policy_pages
from asset_service.intake import pages as intake_pages
from asset_service.web import looks, pages
from asset_service.web.formats import init_formats
from asset_service.web.navigation import admin_navigation, navigation
from asset_service.web.static_files import init_static_files
from asset_service.wiping import pages as wiping_pages


def register(app: Flask) -> None:
    """Every page of the house, once the rooms' own endpoints are registered."""
    app.jinja_env.add_extension("jinja2.ext.do")
    init_formats(app)
    init_static_files(app)
    for word in (navigation, admin_navigation, looks.look):
        app.add_template_global(word)
    app.add_template_global(looks, "looks")
    for room in (
        pages,
        accounts_pages,
        account_pages,
        devices_pages,
        wiping_pages,
        intake_pages,
        import_pages,
        policy_pages,
    ):
        app.register_blueprint(room.blueprint)
    public(Blueprint.send_static_file)
