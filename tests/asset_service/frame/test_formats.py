"""How values read on screen, without saying more than they hold."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from flask import Flask
from hypothesis import given, strategies

from asset_service.core import i18n
from asset_service.devices.formats import model_name
from asset_service.frame import formats
from asset_service.intake.words import minimum_reason
from asset_service.wiping.words import verified_share


@pytest.fixture(scope="module")
def words() -> Flask:
    """An app that only knows its languages."""
    app = Flask("words")
    i18n.register(app)
    return app


@pytest.mark.parametrize(
    ("size_bytes", "shown"),
    [
        (0, "0 bytes"),
        (999_999, "999.999 bytes"),
        (64 * 1024**2, "67 MB"),
        (4_000_000_000, "4 GB"),
        (256_060_514_304, "256 GB"),
        (1_500_301_910_016, "1,5 TB"),
        (16_000_900_661_248, "16 TB"),
    ],
)
def test_a_disk_has_the_size_that_its_label_says(size_bytes: int, shown: str, words: Flask) -> None:
    with words.test_request_context():
        assert formats.size(size_bytes) == shown


@given(size_bytes=strategies.integers(1, 10**14), missing=strategies.integers(1, 10**14))
def test_a_share_of_less_than_all_is_never_shown_as_all(size_bytes: int, missing: int, words: Flask) -> None:
    with words.test_request_context():
        assert formats.share(max(size_bytes - missing, 0), size_bytes) != "100 %"
        assert formats.share(size_bytes, size_bytes) == "100 %"


def test_a_full_read_back_that_did_not_reach_the_end_is_not_called_everything(words: Flask) -> None:
    wipe = SimpleNamespace(verification="full_read_back", verified_bytes=999, size_bytes=1000)
    with words.test_request_context():
        assert verified_share(wipe) == "teruggelezen (99,9 %)"
        wipe.verified_bytes = 1000
        assert verified_share(wipe) == "alles teruggelezen (100 %)"


@pytest.mark.parametrize(
    ("maker", "product", "shown"),
    [
        ("HP", "HP ProBook 450 G5", "HP ProBook 450 G5"),
        ("Dell Inc.", "Latitude E7470", "Dell Inc. Latitude E7470"),
        ("LENOVO", None, "LENOVO"),
        (None, "20L6S2XX00", "20L6S2XX00"),
        (None, None, "merk en model niet bekend"),
    ],
)
def test_a_model_names_its_maker_once(maker: str | None, product: str | None, shown: str, words: Flask) -> None:
    with words.test_request_context():
        assert model_name(SimpleNamespace(manufacturer=maker, product=product)) == shown


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        ("processor_pass:Core i5", "processor voldoet (Core i5)"),
        ("memory_fail", "te weinig geheugen (minder dan 4 GB)"),
        ("a_reason_of_a_later_agent:x", "een reden die deze dienst nog niet kent"),
    ],
)
def test_the_agents_reasons_are_said_in_words_and_never_dropped(reason: str, shown: str, words: Flask) -> None:
    with words.test_request_context():
        assert str(minimum_reason(reason)) == shown
