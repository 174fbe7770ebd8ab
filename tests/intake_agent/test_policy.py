"""The rule in force: the call's own, or the partner's as the service last gave it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake_agent.policy import PolicyError, ProcessorRule, in_force, of_the_call, store, stored

PARTNER = {
    "name": "Werkplaats",
    "version": 3,
    "kinds": {
        "laptop": {"memory_mib": 8192, "processor": "core_i3"},
        "tablet": {"memory_mib": 2048, "processor": "any"},
    },
}


def test_the_calls_own_rule_asks_a_core_i3_and_four_gigabytes_of_laptops_and_desktops(tmp_path: Path) -> None:
    rule = in_force(tmp_path)
    assert rule is of_the_call()
    assert set(rule.kinds) == {"laptop", "desktop", "all-in-one"}
    assert {(one.memory_mib, one.processor) for one in rule.kinds.values()} == {(4096, ProcessorRule.CORE_I3)}


def test_the_partners_rule_is_kept_and_taken_back(tmp_path: Path) -> None:
    store(tmp_path / "state", {"time": "2026-11-22T03:00:00Z", "minimum_policy": PARTNER})
    rule = in_force(tmp_path / "state")
    assert (rule.label, rule.kinds["tablet"].processor) == ("Werkplaats (v3)", ProcessorRule.ANY)
    store(tmp_path / "state", {"minimum_policy": None})
    assert in_force(tmp_path / "state") is of_the_call()


@pytest.mark.parametrize(
    "told",
    [
        "regel",
        {},
        {**PARTNER, "name": " "},
        {**PARTNER, "name": "x" * 101},
        {**PARTNER, "version": 0},
        {**PARTNER, "version": True},
        {**PARTNER, "kinds": ["laptop"]},
        {**PARTNER, "kinds": {"../laptop": {"memory_mib": 1, "processor": "any"}}},
        {**PARTNER, "kinds": {"laptop": {"memory_mib": -1, "processor": "any"}}},
        {**PARTNER, "kinds": {"laptop": {"memory_mib": 2**40, "processor": "any"}}},
        {**PARTNER, "kinds": {"laptop": {"memory_mib": 4096, "processor": "i9"}}},
        {**PARTNER, "kinds": {"laptop": 4096}},
    ],
)
def test_junk_is_refused_in_words_and_what_was_kept_stays(told: Any, tmp_path: Path) -> None:
    store(tmp_path, {"minimum_policy": PARTNER})
    with pytest.raises(PolicyError, match=r"regel|soort"):
        store(tmp_path, {"minimum_policy": told})
    assert in_force(tmp_path).name == "Werkplaats"


def test_an_answer_that_does_not_speak_of_the_rule_changes_nothing(tmp_path: Path) -> None:
    store(tmp_path, {"minimum_policy": PARTNER})
    with pytest.raises(PolicyError):
        store(tmp_path, {"time": "2026-11-22T03:00:00Z"})
    assert in_force(tmp_path).name == "Werkplaats"


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b"[" * 100_000])
def test_a_damaged_file_falls_back_to_the_calls_own_rule_and_can_be_told(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "policy.json").write_bytes(content)
    assert in_force(tmp_path) is of_the_call()
    with pytest.raises(PolicyError):
        stored(tmp_path)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from((*PARTNER, "laptop")), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(JSON)
def test_whatever_the_service_says_is_a_rule_or_is_refused(told: Any) -> None:
    from intake_agent.policy import _checked  # noqa: PLC0415

    try:
        rule = _checked(told)
    except PolicyError:
        return
    assert json.dumps(told)
    assert rule.version > 0
