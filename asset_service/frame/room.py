"""What the frame declares of itself."""

from __future__ import annotations

from asset_service.frame import pages
from asset_service.frame.rooms import Room

ROOM = Room(name="frame", pages=(pages.blueprint,))
