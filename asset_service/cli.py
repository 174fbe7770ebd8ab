"""``asset-service …``: run the service, set it up, look after its ledger."""

from __future__ import annotations

import os
import sys

import click
from flask import Flask
from flask_migrate import upgrade

from asset_service.app import create_app
from asset_service.config import Settings, SettingsInvalid


def _app() -> Flask:
    try:
        return create_app(Settings.from_environment(os.environ))
    except SettingsInvalid as error:
        raise click.ClickException(str(error)) from error


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Herstart: volgt elk toestel van schenking tot afgifte."""


@main.command()
def migrate() -> None:
    """Breng de databank naar de laatste versie."""
    with _app().app_context():
        upgrade()


if __name__ == "__main__":
    sys.exit(main())
