"""No personal data in an event: what every room's events may hold."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import re

import asset_service
from asset_service.ledger.events import Event

PERSONAL = re.compile(
    r"(^|_)(name|email|address|phone|birth\w*|password|operator|person|note|remark|comment|text|free)($|_)"
)


def _all_events() -> list[type[Event]]:
    for module in pkgutil.iter_modules(asset_service.__path__):
        if module.ispkg:
            room = importlib.import_module(f"asset_service.{module.name}")
            names = {one.name for one in pkgutil.iter_modules(room.__path__)}
            if "events" in names:
                importlib.import_module(f"asset_service.{module.name}.events")
    return [kind for kind in Event.__subclasses__() if kind.__module__.startswith("asset_service.")]


def test_no_event_has_a_field_for_somebodys_data():
    kinds = _all_events()
    assert len(kinds) > 10
    found = [
        f"{kind.__name__}.{field.name}"
        for kind in kinds
        for field in dataclasses.fields(kind)
        if PERSONAL.search(field.name)
    ]
    assert found == []


def test_every_event_is_frozen_and_says_what_happened():
    for kind in _all_events():
        assert dataclasses.is_dataclass(kind)
        assert kind.__dataclass_params__.frozen, kind
        assert (kind.__doc__ or "").strip().endswith("."), kind


def test_no_two_events_share_a_name():
    names = [kind.__name__ for kind in _all_events()]
    assert sorted(names) == sorted(set(names))
