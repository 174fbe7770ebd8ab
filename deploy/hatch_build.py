"""Compiles the translations of the screens when the package is built or installed; git keeps no ``.mo`` file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDERS = ("asset_service/translations", "intake_agent/translations")


class CompileTranslations(BuildHookInterface[Any]):
    """Writes each catalogue's ``.mo`` beside its ``.po``."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, and let the wheel carry what git ignores."""
        for folder in FOLDERS:
            for source in sorted(Path(self.root, folder).glob("*/LC_MESSAGES/*.po")):
                with source.open("rb") as catalogue, source.with_suffix(".mo").open("wb") as compiled:
                    write_mo(compiled, read_po(catalogue, locale=source.parents[1].name))
            build_data["artifacts"].append(f"{folder}/**/*.mo")
