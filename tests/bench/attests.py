"""How much of typst's own speed a signed attest keeps: ``python tests/bench/attests.py``.

Both sides run in turn in one process: typst alone compiles the attest's page from inputs made beforehand; the attest
gathers its facts, draws its QR code, compiles, attaches the proof and is signed with P-256.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from wipe_reports import attest, pdf_signature, press, schema, signing
from wipe_reports.document import (
    MEDIA_TYPE,
    Agent,
    Carrier,
    Device,
    Level,
    Medium,
    Operator,
    Outcome,
    Pass,
    Technique,
    Tool,
    Verification,
    VerificationMethod,
    Wipe,
    WipeReport,
)

ROUNDS = 5
PAGES = 30
START = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SIZE_BYTES = 500_107_862_016


def report(number: int) -> WipeReport:
    """A laptop with one overwritten disk; ``number`` makes its serial, so that no two pages are the same."""
    wiped = START + timedelta(minutes=83)
    wipe = Wipe(
        technique=Technique.OVERWRITE,
        method="overwrite with stamped blocks",
        level=Level.CLEAR,
        standard="NIST SP 800-88r2; IEEE 2883-2022",
        tool=Tool(name="herstart intake-agent", version="0.1.0"),
        passes=(Pass(pattern="stamped-random", started_at=START, ended_at=wiped, bytes_written=SIZE_BYTES),),
        started_at=START,
        ended_at=wiped,
        bytes_written=SIZE_BYTES,
        verification=Verification(
            method=VerificationMethod.FULL_READ_BACK,
            started_at=wiped,
            ended_at=wiped + timedelta(minutes=80),
            bytes_read=SIZE_BYTES,
            passed=True,
        ),
        outcome=Outcome.ERASED,
    )
    disk = Carrier(
        name="sda",
        model="WDC WD5000LPLX-75ZNTT1",
        serial=f"WD-WXA1A{number:06d}",
        medium=Medium.HDD,
        bus="sata",
        size_bytes=SIZE_BYTES,
        sectors=SIZE_BYTES // 512,
        wipe=wipe,
    )
    return WipeReport(
        report_id="019aa5e2-7c1a-7d4e-9b3f-2f6c1e0d8a77",
        created_at=START + timedelta(hours=4),
        station="Werkbank 2",
        operator=Operator(name="M. Peeters", position="technieker"),
        agent=Agent(version="0.1.0"),
        device=Device(manufacturer="Dell Inc.", product="Latitude E7470", serial=f"5XK{number:04d}"),
        carriers=(disk,),
    )


def contents(count: int) -> list[attest.AttestContent]:
    """``count`` different attests, their proofs signed beforehand: signing a report is the station's work."""
    key = signing.generate_key()
    made = []
    for number in range(count):
        one = report(number)
        made.append(
            attest.AttestContent(
                report=one,
                carrier_index=0,
                attest_id=f"ATTEST{number:020d}",
                issued_at=START + timedelta(hours=5),
                issuer=attest.Issuer(name="Kringwinkel Voorbeeld", enterprise_number="0123.456.749"),
                check_url=f"https://herstart.example/w/{number:026d}",
                proof_jws=signing.sign(schema.to_bytes(one), key, MEDIA_TYPE),
                device_code="HS-7K3M9P",
                ledger_head=attest.LedgerHead(root_hash="ab" * 32, tree_size=1234, sealed_at=START),
            )
        )
    return made


def typst_alone(pages: list[attest.AttestContent]) -> Callable[[], None]:
    """The page's inputs made ready; what is left is typst's compilation, with the attachments it embeds."""
    ready = [(printout, press._inputs(printout)) for printout in map(attest.printout, pages)]

    def run() -> None:
        for printout, inputs in ready:
            press._compile(printout, inputs)

    return run


def signed_attests(pages: list[attest.AttestContent]) -> Callable[[], None]:
    """All of it: facts, QR code, compilation, signature."""
    signer = pdf_signature.load_signer(*pdf_signature.new_certificate("Herstart bench"))

    def run() -> None:
        for one in pages:
            pdf_signature.sign(attest.render(one), signer)

    return run


def seconds(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure() -> list[tuple[str, float, str]]:
    """Rows of name, ratio (rate of signed attests over rate of typst alone) and the rates behind it."""
    pages = contents(PAGES)
    alone, whole = typst_alone(pages), signed_attests(pages)
    alone(), whole()
    pairs = [(seconds(alone), seconds(whole)) for _ in range(ROUNDS)]
    ratio = statistics.median(a / b for a, b in pairs)
    rates = [PAGES / statistics.median(side) for side in zip(*pairs, strict=True)]
    note = f"{rates[1]:.0f} signed attests/s against {rates[0]:.0f} pages/s of typst alone, one core"
    return [("attests: made and signed / typst alone", ratio, note)]


if __name__ == "__main__":
    for name, ratio, note in measure():
        print(f"{name}: {ratio:.2f} ({note})")
