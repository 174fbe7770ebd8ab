"""The pages are tested on a house at work: the one that the journeys walk through."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

PATH = Path(__file__).parents[2] / "journeys" / "house.py"
NAME = "tests_journeys_house"


def _house() -> Any:
    if NAME not in sys.modules:
        spec = importlib.util.spec_from_file_location(NAME, PATH)
        if spec is None or spec.loader is None:
            raise ImportError(PATH)
        module = importlib.util.module_from_spec(spec)
        sys.modules[NAME] = module
        spec.loader.exec_module(module)
    return sys.modules[NAME]


@pytest.fixture
def house_module() -> Any:
    """``tests/journeys/house.py``: reports to send."""
    return _house()


@pytest.fixture
def house(
    app: Flask, make_partner: Callable[..., Any], make_station: Callable[..., Any], make_user: Callable[..., Any]
) -> Any:
    """A partner with a user of every role and a station."""
    return _house().House(app, make_partner, make_station, make_user)


@pytest.fixture
def as_role(app: Flask, house: Any, login: Callable[..., FlaskClient]) -> Callable[[Any], FlaskClient]:
    """``as_role(Role.TECHNICIAN)`` → a browser in which that user of the house is logged in."""
    return lambda role: login(app.test_client(), house.users[role])
