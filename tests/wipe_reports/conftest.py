"""Reports as agents make them: honest ones, to be bent by the tests."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from wipe_reports import attest, bundle, merkle, pdf_signature, receipt, schema, signing, trust
from wipe_reports.document import (
    MEDIA_TYPE,
    Agent,
    AreaState,
    Battery,
    Carrier,
    Device,
    Health,
    HealthVerdict,
    HiddenAreas,
    Level,
    Medium,
    Memory,
    MemoryModule,
    Minimum,
    MinimumVerdict,
    Operator,
    Outcome,
    Pass,
    Processor,
    Smart,
    SmartAttribute,
    Technique,
    Tool,
    Verification,
    VerificationMethod,
    Wipe,
    WipeReport,
)
from wipe_reports.verify_report import Findings

START = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SIZE = 500_107_862_016


def smart(rows: int) -> Smart:
    attributes = tuple(
        SmartAttribute(
            id=index + 1, name=f"Attribute_Number_{index}", value=100, worst=99, threshold=10, raw=index * 7919
        )
        for index in range(rows)
    )
    return Smart(
        passed=True,
        reallocated=0,
        pending=0,
        uncorrectable=0,
        power_on_hours=18211,
        temperature_celsius=31,
        attributes=attributes,
    )


def wipe(size: int = SIZE, **changes: object) -> Wipe:
    wiped = START + timedelta(minutes=83)
    values: dict[str, object] = {
        "technique": Technique.OVERWRITE,
        "method": "overwrite with stamped blocks",
        "level": Level.CLEAR,
        "standard": "NIST SP 800-88r2 / IEEE 2883-2022",
        "tool": Tool(name="herstart intake-agent", version="0.1.0"),
        "nonce": "b4hH1uW9k2Qm",
        "passes": (Pass(pattern="stamped-random", started_at=START, ended_at=wiped, bytes_written=size),),
        "started_at": START,
        "ended_at": wiped,
        "bytes_written": size,
        "verification": Verification(
            method=VerificationMethod.FULL_READ_BACK,
            started_at=wiped,
            ended_at=wiped + timedelta(minutes=80),
            bytes_read=size,
            passed=True,
        ),
        "outcome": Outcome.ERASED,
    }
    return Wipe(**{**values, **changes})  # type: ignore[arg-type]


def carrier(index: int = 0, rows: int = 20, **changes: object) -> Carrier:
    values: dict[str, object] = {
        "name": f"sd{'abcdefgh'[index]}",
        "manufacturer": "Western Digital",
        "model": "WDC WD5000LPLX-75ZNTT1",
        "serial": f"WD-WXA1A{index}7K4RN3",
        "firmware": "04.01A04",
        "medium": Medium.HDD,
        "bus": "sata",
        "size_bytes": SIZE,
        "logical_block_bytes": 512,
        "sectors": SIZE // 512,
        "health": Health(verdict=HealthVerdict.HEALTHY),
        "smart_before": smart(rows),
        "smart_after": smart(0),
        "hidden_areas": HiddenAreas(hpa=AreaState.ABSENT, dco=AreaState.ABSENT),
        "wipe": wipe(nonce=f"b4hH1uW9k2Qm{index}"),
    }
    return Carrier(**{**values, **changes})  # type: ignore[arg-type]


def report(carriers: tuple[Carrier, ...] | None = None, **changes: object) -> WipeReport:
    values: dict[str, object] = {
        "report_id": "019aa5e2-7c1a-7d4e-9b3f-2f6c1e0d8a77",
        "created_at": START + timedelta(hours=4),
        "station": "Werkbank 2",
        "operator": Operator(name="M. Peeters", position="technieker"),
        "agent": Agent(version="0.1.0", tools=(Tool(name="smartctl", version="7.3"),)),
        "device": Device(
            manufacturer="Dell Inc.",
            product="Latitude E7470",
            serial="5XK2QF2",
            uuid="4c4c4544-0058-4b10-8032-b5c04f514632",
            kind="laptop",
        ),
        "processor": Processor(brand="Intel(R) Core(TM) i5-6300U CPU @ 2.40GHz", cores=2, threads=4),
        "memory": Memory(
            installed_mib=8192,
            usable_mib=7829,
            slots=2,
            max_mib=16384,
            modules=(MemoryModule(locator="DIMM A", size_mib=8192, kind="DDR4", form="SO-DIMM", speed_mts=2133),),
        ),
        "batteries": (Battery(name="BAT0", design_mwh=55000, full_mwh=41000, cycles=312),),
        "minimum": Minimum(verdict=MinimumVerdict.PASS),
        "carriers": (carrier(),) if carriers is None else carriers,
    }
    return WipeReport(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture
def make_report() -> Callable[..., WipeReport]:
    return report


@pytest.fixture
def make_carrier() -> Callable[..., Carrier]:
    return carrier


@pytest.fixture
def make_wipe() -> Callable[..., Wipe]:
    return wipe


@dataclass(frozen=True)
class Evidence:
    """One report with everything that proves it, by keys made for the test."""

    report: WipeReport
    station_key: signing.Key
    service_key: signing.Key
    signer: pdf_signature.Signer
    proof: str
    receipt: str
    content: attest.AttestContent
    ledger: bundle.LedgerProof
    jwks: dict[str, list[dict[str, object]]]

    def pdf(self, **changes: object) -> bytes:
        content = dataclasses.replace(self.content, **changes)  # type: ignore[arg-type]
        return pdf_signature.sign(attest.render(content), self.signer)

    def bundled(self, **changes: object) -> bytes:
        parts = {"proof": self.proof, "receipt": self.receipt, "ledger": self.ledger, **changes}
        file = io.BytesIO()
        bundle.write(file, **parts)  # type: ignore[arg-type]
        return file.getvalue()

    def trusted(self) -> trust.TrustedKeys:
        return trust.TrustedKeys.from_jwks(self.jwks)

    def trusted_but(self, position: int, **changes: object) -> trust.TrustedKeys:
        """The trusted keys, with other members for the key at ``position``."""
        keys = [dict(one) for one in self.jwks["keys"]]
        keys[position].update(changes)
        return trust.TrustedKeys.from_jwks({"keys": keys})


def ledger_proof(proof: str, service_key: signing.Key) -> tuple[bundle.LedgerProof, bytes]:
    events = [json.dumps({"kind": "DeviceReceived", "number": number}).encode() for number in range(6)]
    events.append(json.dumps({"kind": "ReportAccepted", "report_sha256": signing.fingerprint(proof)}).encode())
    leaves = [merkle.leaf_hash(event) for event in events]
    root = merkle.tree_head(leaves)
    members = {
        "seal": 3,
        "tree_size": 7,
        "root_hash": root.hex(),
        "sealed_at": "2026-11-21T14:00:00Z",
        "previous_root": "00" * 32,
    }
    head = signing.sign(json.dumps(members).encode(), service_key, bundle.LEDGER_HEAD_TYPE)
    return bundle.LedgerProof(events[6], 6, 7, tuple(merkle.inclusion_path(leaves, 6)), head), root


def evidence_for(one: WipeReport) -> Evidence:
    station_key, service_key = signing.generate_key(), signing.generate_key()
    key_pem, certificate_pem = pdf_signature.new_certificate("Herstart attesten", "Digibank Kempen vzw")
    proof = signing.sign(schema.to_bytes(one), station_key, MEDIA_TYPE)
    acceptance = receipt.Receipt(
        report_id=one.report_id,
        report_sha256=signing.fingerprint(proof),
        station_key_id=signing.key_id(station_key),
        received_at=START + timedelta(hours=4, minutes=5),
    )
    receipt_jws = receipt.sign(acceptance, service_key)
    ledger, root = ledger_proof(proof, service_key)
    content = attest.AttestContent(
        report=one,
        carrier_index=0,
        attest_id="019aa5e2-9c1a-7d4e-9b3f-2f6c1e0d8a00",
        issued_at=START + timedelta(hours=5),
        issuer=attest.Issuer(
            name="Digibank Kempen vzw", enterprise_number="0123.456.749", address="Grote Markt 1, 2300 Turnhout"
        ),
        check_url="https://herstart.example/w/7K4RN3QX",
        proof_jws=proof,
        receipt_jws=receipt_jws,
        device_code="HS-4F7K",
        site="Kringwinkel Turnhout",
        ledger_head=attest.LedgerHead(root_hash=root.hex(), tree_size=7, sealed_at=START + timedelta(hours=4.5)),
    )
    keys = [
        trust.published(station_key, "station", "Werkbank 2"),
        trust.published(service_key, "service", "Herstart"),
        trust.published_certificate(certificate_pem, "Herstart attesten"),
    ]
    signer = pdf_signature.load_signer(key_pem, certificate_pem)
    return Evidence(one, station_key, service_key, signer, proof, receipt_jws, content, ledger, {"keys": keys})


@pytest.fixture(scope="session")
def evidence() -> Evidence:
    return evidence_for(report())


@pytest.fixture(scope="session")
def pdf(evidence: Evidence) -> bytes:
    """The evidence's signed attest."""
    return evidence.pdf()


@pytest.fixture(scope="session")
def bad() -> Callable[[Findings], set[tuple[str, str]]]:
    """``bad(findings)`` → the checks that stand in the way, each with its result."""
    return lambda findings: {(one.name, one.key) for one in findings.checks if not one.good}


@pytest.fixture(scope="session")
def make_evidence() -> Callable[[WipeReport], Evidence]:
    return evidence_for
