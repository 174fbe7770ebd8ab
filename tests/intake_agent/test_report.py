"""Whatever a machine says of itself, its report is one that any reader takes and that contradicts nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import jwt
from hypothesis import given, settings
from hypothesis import strategies as st

from intake_agent.inspection import examine
from intake_agent.machine import Battery, Disk, Machine, Medium, Memory, MemoryModule, Smart, SmartAttribute, System
from intake_agent.report import Signatory, build, signed
from intake_agent.sources import RawFacts
from wipe_reports import contradictions, document, schema, signing
from wipe_reports.document import WipeReport

KEY = signing.generate_key()
REPORT_ID = "0192f0c1-2b3a-7c4d-8e5f-000000000001"
_words = st.none() | st.text(max_size=400)
_counts = st.none() | st.integers(-(2**70), 2**70)


def reported(machine: Machine, code: str | None = None) -> WipeReport:
    who = Signatory(station="Bank 1", key=KEY, operator="An", code=code)
    return build(machine, {}, who, report_id=REPORT_ID, created_at=datetime.now(UTC), test=False)


@settings(deadline=None)
@given(
    st.builds(System, manufacturer=_words, product=_words, serial=_words, uuid=_words, chassis=_words),
    st.builds(MemoryModule, locator=_words, kind=_words, form=_words, serial=_words),
    st.builds(
        Disk, name=st.text(max_size=300), model=_words, serial=_words, firmware=_words, bus=_words,
        medium=st.sampled_from(Medium), size_bytes=st.none() | st.integers(0, 2**60),
        logical_block_bytes=st.sampled_from([512, 520, 4096]),
    ),
    st.builds(Battery, name=st.text(max_size=300), model=_words, serial=_words, technology=_words),
    _words,
)  # fmt: skip
def test_any_words_of_the_firmware_make_a_report_that_can_be_read(
    system: System, module: MemoryModule, disk: Disk, battery: Battery, code: str | None
) -> None:
    machine = Machine(system=system, memory=Memory(modules=(module,)), disks=(disk,), batteries=(battery,))
    report = reported(machine, code)
    assert schema.from_bytes(schema.to_bytes(report)) == report
    assert contradictions.find(report) == []


@settings(deadline=None)
@given(
    st.builds(
        SmartAttribute, id=st.integers(-5, 400), name=st.text(max_size=90), value=_counts, worst=_counts,
        threshold=_counts, raw=_counts,
    ),
    _counts,
    _counts,
)  # fmt: skip
def test_any_attribute_table_fits_the_report(attribute: SmartAttribute, used: int | None, celsius: int | None) -> None:
    smart = Smart(percentage_used=used, temperature_celsius=celsius, attributes=(attribute,) * 300)
    disk = Disk(name="sda", smart=smart, size_bytes=4096)
    assert schema.to_bytes(reported(Machine(disks=(disk,))))


def test_the_attribute_table_travels_with_the_report() -> None:
    rows = (SmartAttribute(id=5, name="Reallocated_Sector_Ct", value=100, worst=100, threshold=10, raw=3),)
    disk = Disk(name="sda", size_bytes=4096, smart=Smart(passed=True, reallocated=3, attributes=rows))
    (carrier,) = reported(Machine(disks=(disk,))).carriers
    assert carrier.smart_before is not None
    assert carrier.smart_before.attributes == rows
    assert carrier.smart_after is None


def test_an_unrelated_jose_library_verifies_the_signature() -> None:
    compact = signed(reported(examine(RawFacts())), KEY)
    public = jwt.PyJWK.from_dict({**signing.public_jwk(KEY), "alg": "EdDSA"})
    told = jwt.api_jws.decode_complete(compact, key=public.key, algorithms=["EdDSA"])
    assert told["header"]["typ"] == document.MEDIA_TYPE
    assert schema.from_bytes(told["payload"]).report_id == REPORT_ID
