"""No room reaches up: not by an import (import-linter), and not through a template, a filter or a table of looks."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes

import asset_service
from asset_service.app import ROOMS, create_app
from asset_service.config import Settings

HOUSE = Path(asset_service.__file__).parent
PROJECT = HOUSE.parent / "pyproject.toml"


def _floors() -> dict[str, int]:
    """Each package of the service with the number of its floor, the ground floor 0."""
    contracts = tomllib.loads(PROJECT.read_text())["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one["type"] == "layers")
    return {name.strip(" ()"): number for number, layer in enumerate(reversed(layers)) for name in layer.split("|")}


FLOORS = _floors()
TEMPLATES = sorted(HOUSE.glob("*/templates/*/*.html"))
PYTHON = sorted(path for path in HOUSE.glob("*/**/*.py") if "migrations" not in path.parts)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(Settings(data_directory=tmp_path_factory.mktemp("floors"), log_level="error"))


def _room(path: Path) -> str:
    return path.relative_to(HOUSE).parts[0]


def _named(tree: nodes.Template) -> Iterator[str]:
    """The templates that a template names."""
    for node in tree.find_all((nodes.Extends, nodes.Include, nodes.FromImport, nodes.Import)):
        yield from (one.value for one in node.template.find_all(nodes.Const))
        if isinstance(node.template, nodes.Const):
            yield node.template.value


def _used(tree: nodes.Template) -> Iterator[str]:
    """The filters and tables of looks that a template uses."""
    yield from (node.name for node in tree.find_all(nodes.Filter))
    for node in tree.find_all(nodes.Getattr):
        if isinstance(node.node, nodes.Name) and node.node.name == "looks":
            yield node.attr


def _rendered(path: Path) -> Iterator[str]:
    """The templates that Python code names."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith(".html"):
            yield node.value


def test_every_room_of_the_house_stands_on_a_floor() -> None:
    assert {room.name for room in ROOMS} <= set(FLOORS)
    assert [FLOORS[room.name] for room in ROOMS] == sorted(FLOORS[room.name] for room in ROOMS)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(HOUSE)))
def test_a_template_names_only_what_stands_below_it(path: Path, app: Flask) -> None:
    tree = app.jinja_env.parse(path.read_text())
    floor = FLOORS[_room(path)]
    above = [name for name in _named(tree) if FLOORS[name.partition("/")[0]] > floor]
    declared = {one.__name__: room.name for room in ROOMS for one in room.filters}
    declared |= {name: room.name for room in ROOMS for name in room.looks}
    above += [name for name in _used(tree) if name in declared and FLOORS[declared[name]] > floor]
    assert above == []


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(HOUSE)))
def test_python_names_only_templates_that_stand_below_it(path: Path) -> None:
    floor = FLOORS[_room(path)]
    assert [name for name in _rendered(path) if FLOORS[name.partition("/")[0]] > floor] == []


def _linked(text: str) -> Iterator[str]:
    """The rooms whose endpoints a text of Python or Jinja names for an address."""
    yield from re.findall(r"""(?:url_for\(|endpoint=)\s*['"](\w+)\.""", text)


@pytest.mark.parametrize("path", [*TEMPLATES, *PYTHON], ids=lambda path: str(path.relative_to(HOUSE)))
def test_no_room_links_to_an_endpoint_above_it_but_by_a_name_of_the_house(path: Path, app: Flask) -> None:
    blueprints = {one.name: room.name for room in ROOMS for one in room.pages}
    floor = FLOORS[_room(path)]
    assert [name for name in _linked(path.read_text()) if FLOORS[blueprints.get(name, _room(path))] > floor] == []


def test_every_address_of_the_house_is_answered(app: Flask) -> None:
    addresses = [endpoint for room in ROOMS for endpoint in room.addresses.values()]
    assert addresses
    assert set(addresses) <= set(app.view_functions)
    used = {name for path in [*TEMPLATES, *PYTHON] for name in re.findall(r"\baddress\(['\"](\w+)", path.read_text())}
    assert used <= {name for room in ROOMS for name in room.addresses}


def test_the_look_at_links_finds_them() -> None:
    assert list(_linked("url_for('web.home') endpoint=\"jobs.all_jobs\" url_for('.awaiting')")) == ["web", "jobs"]


def test_the_look_at_templates_finds_what_reaches_up(app: Flask) -> None:
    tree = app.jinja_env.parse(
        '{% extends "web/a.html" %}{% include x or "intake/b.html" %}{{ v | wipe_notes }}{{ looks.CARRIED }}'
    )
    assert set(_named(tree)) == {"web/a.html", "intake/b.html"}
    assert set(_used(tree)) == {"wipe_notes", "CARRIED"}
