"""One contract for what station and service say beside the report; messages of other ages are understood."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError

from wipe_reports import messages, shape
from wipe_reports.messages import CarrierToWipe, LabelAnswer, LabelStatus, Problem, WipeJobAnswer, WipeJobRequest

REQUEST_ID = "01931f5e-7a70-7cc3-98c4-dc0c0c07398f"
MESSAGES = [
    one
    for one in vars(messages).values()
    if isinstance(one, type) and dataclasses.is_dataclass(one) and one.__module__ == messages.__name__
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def test_a_request_that_a_station_writes_is_one_that_the_service_takes():
    carrier = CarrierToWipe(model="SSD", serial=None, size_bytes=500)
    sent = json.loads(messages.to_bytes(WipeJobRequest(request_id=REQUEST_ID, carriers=(carrier,))))
    assert sent == {"request_id": REQUEST_ID, "carriers": [{"model": "SSD", "serial": None, "size_bytes": 500}]}
    assert str(messages.schema_of(WipeJobRequest)().load(sent)["request_id"]) == REQUEST_ID


def test_what_an_older_or_newer_station_says_more_is_left_aside():
    sent = {"request_id": REQUEST_ID, "device": {}, "carriers": [{"size_bytes": 5, "colour": "blue"}]}
    assert messages.schema_of(WipeJobRequest)().load(sent)["carriers"] == [
        {"model": None, "serial": None, "size_bytes": 5}
    ]


@pytest.mark.parametrize("carriers", [[], [{"size_bytes": -1}], [{"size_bytes": 1.5}], [{"size_bytes": 1}] * 65])
def test_a_request_out_of_bounds_is_refused(carriers):
    with pytest.raises(ValidationError):
        messages.schema_of(WipeJobRequest)().load({"request_id": REQUEST_ID, "carriers": carriers})


def test_an_answer_is_read_as_far_as_it_fits():
    read = messages.read(WipeJobAnswer, {"carriers": [{"nonce": " n\x07 "}, 5, {"nonce": 7}], "time": "x", "more": 1})
    assert [one.nonce for one in read.carriers] == ["n", None]
    assert (read.time, read.job_id) == (None, None)
    assert messages.read(LabelAnswer, {"status": "device", "device": None}).status is LabelStatus.DEVICE
    assert messages.read(LabelAnswer, {"status": "lent"}).status is None
    assert messages.read(Problem, None).errors == ()


@pytest.mark.parametrize("message", MESSAGES)
def test_every_member_says_what_it_means(message):
    assert all(one.meaning for one in shape.members(message))
    assert issubclass(messages.schema_of(message), Schema)


@given(st.sampled_from(MESSAGES), JSON, st.data())
def test_no_answer_breaks_its_reader(message, junk, data):
    assert isinstance(messages.read(message, junk), message)
    members = {one.name: data.draw(JSON) for one in dataclasses.fields(message)}
    assert isinstance(messages.read(message, members), message)
