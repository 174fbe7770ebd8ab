"""Builders of wipe reports as a real agent makes them, and of their signatures. Loaded by the ``reports`` fixture."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import uuid_utils

from wipe_reports import schema, signing
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

WIPE_JOB_TYPE = "wipe-job+jws"
HEADERS = {"Content-Type": "application/jose"}
_ATTRIBUTES = (
    (1, "Raw_Read_Error_Rate"), (3, "Spin_Up_Time"), (4, "Start_Stop_Count"), (5, "Reallocated_Sector_Ct"),
    (7, "Seek_Error_Rate"), (9, "Power_On_Hours"), (10, "Spin_Retry_Count"), (12, "Power_Cycle_Count"),
    (184, "End-to-End_Error"), (187, "Reported_Uncorrect"), (188, "Command_Timeout"), (189, "High_Fly_Writes"),
    (190, "Airflow_Temperature_Cel"), (191, "G-Sense_Error_Rate"), (192, "Power-Off_Retract_Count"),
    (193, "Load_Cycle_Count"), (194, "Temperature_Celsius"), (197, "Current_Pending_Sector"),
    (198, "Offline_Uncorrectable"), (199, "UDMA_CRC_Error_Count"),
)  # fmt: skip


def serial(length: int = 10) -> str:
    """A serial that identifies: random, without vowels or a pattern."""
    letters = "BCDFGHJKLMNPQRSTVWXZ"
    body = [random.choice("23456789" if at % 3 else letters) for at in range(length)]  # noqa: S311
    return "".join(body)


def smart(hours: int = 4321) -> Smart:
    """A healthy disk's S.M.A.R.T. with its table of 20 attributes."""
    table = tuple(
        SmartAttribute(id=number, name=name, value=100, worst=99, threshold=6, raw=hours if number == 9 else number)
        for number, name in _ATTRIBUTES
    )
    return Smart(
        passed=True,
        reallocated=0,
        pending=0,
        uncorrectable=0,
        power_on_hours=hours,
        temperature_celsius=31,
        attributes=table,
    )


def wipe(size_bytes: int, nonce: str | None = None, **changes: Any) -> Wipe:
    """An overwrite with a full read-back that went well."""
    end = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
    middle, start = end - timedelta(minutes=30), end - timedelta(hours=1)
    made = Wipe(
        technique=Technique.OVERWRITE,
        method="overwrite-stamped",
        level=Level.CLEAR,
        standard="NIST SP 800-88r2",
        tool=Tool(name="intake-agent", version="0.1.0"),
        nonce=nonce,
        passes=(Pass(pattern="stamped-random", started_at=start, ended_at=middle, bytes_written=size_bytes),),
        started_at=start,
        ended_at=end,
        bytes_written=size_bytes,
        verification=Verification(
            method=VerificationMethod.FULL_READ_BACK,
            started_at=middle,
            ended_at=end,
            bytes_read=size_bytes,
            passed=True,
        ),
        outcome=Outcome.ERASED,
    )
    return replace(made, **changes)


def failed_wipe(size_bytes: int, nonce: str | None = None) -> Wipe:
    """A wipe that could not reach all of the disk."""
    return wipe(
        size_bytes,
        nonce,
        level=Level.NONE,
        outcome=Outcome.ERASED_WITH_EXCEPTIONS,
        unreadable_sectors=8,
        exceptions=("unreadable_sectors",),
    )


def carrier(
    *,
    number: str | None = "",
    size_bytes: int = 256_060_514_304,
    hours: int = 4321,
    erased: Wipe | bool = False,
    **changes: Any,
) -> Carrier:
    """A SATA SSD; ``number`` is its serial (a fresh one unless given); ``erased=True`` wipes it without a nonce."""
    made = Carrier(
        name="sda",
        manufacturer="Samsung",
        model="Samsung SSD 860 EVO 250GB",
        serial=serial(14) if number == "" else number,
        firmware="RVT04B6Q",
        medium=Medium.SSD,
        bus="sata",
        size_bytes=size_bytes,
        logical_block_bytes=512,
        sectors=size_bytes // 512,
        health=Health(verdict=HealthVerdict.HEALTHY),
        smart_before=smart(hours),
        hidden_areas=HiddenAreas(hpa=AreaState.ABSENT, dco=AreaState.NOT_APPLICABLE),
        wipe=wipe(size_bytes) if erased is True else erased or None,
    )
    return replace(made, **changes)


def machine(**changes: Any) -> Device:
    """A laptop with a serial and UUID of its own."""
    made = Device(
        manufacturer="LENOVO",
        product="20AQCTO1WW",
        version="ThinkPad T440s",
        serial=serial(8),
        uuid=str(UUID(bytes=random.randbytes(16), version=4)),  # noqa: S311
        board_serial=serial(11),
        chassis="Notebook",
        kind="laptop",
    )
    return replace(made, **changes)


def nameless(**changes: Any) -> Device:
    """A machine whose firmware was never filled in."""
    made = Device(
        manufacturer="System manufacturer",
        product="System Product Name",
        serial="To be filled by O.E.M.",
        uuid="03000200-0400-0500-0006-000700080009",
        board_serial="Default string",
        kind="desktop",
    )
    return replace(made, **changes)


def _module(locator: str) -> MemoryModule:
    return MemoryModule(locator=locator, size_mib=4096, kind="DDR3", form="SODIMM", speed_mts=1600, serial=serial())


def report(device: Device | None = None, *carriers: Carrier, **changes: Any) -> WipeReport:
    """A report about ``device`` (a fresh laptop unless given) with ``carriers``."""
    made = WipeReport(
        report_id=str(uuid_utils.uuid7()),
        created_at=datetime.now(UTC).replace(microsecond=0),
        station="Werkbank 1",
        operator=Operator(name="Noor Peeters", position="technieker"),
        agent=Agent(version="0.1.0", tools=(Tool(name="smartctl", version="7.3"),)),
        device=device or machine(),
        processor=Processor(brand="Intel(R) Core(TM) i5-4300U CPU @ 1.90GHz", cores=2, threads=4),
        memory=Memory(
            installed_mib=8192,
            usable_mib=7868,
            slots=2,
            max_mib=16384,
            modules=(_module("DIMM0"), _module("DIMM1")),
        ),
        batteries=(
            Battery(
                name="BAT0", manufacturer="SANYO", model="45N1109", serial=serial(5), design_mwh=23480, full_mwh=17900,
                cycles=412, health=Health(verdict=HealthVerdict.WORN),
            ),
        ),
        minimum=Minimum(verdict=MinimumVerdict.PASS),
        carriers=carriers,
    )  # fmt: skip
    return replace(made, **changes)


def again(known: WipeReport, **changes: Any) -> WipeReport:
    """Another report about the same machine."""
    return replace(
        known, report_id=str(uuid_utils.uuid7()), created_at=datetime.now(UTC).replace(microsecond=0), **changes
    )


def big_report() -> WipeReport:
    """A realistic server-like report: 4 disks with 20 S.M.A.R.T. attributes each, every one wiped."""
    disks = [carrier(erased=True, name=f"sd{letter}") for letter in "abcd"]
    return report(None, *disks)


def signed(made: WipeReport, key: signing.Key) -> str:
    """``made`` signed as a station does."""
    return signing.sign(schema.to_bytes(made), key, MEDIA_TYPE)


def unchecked(members: dict[str, Any], key: signing.Key, typ: str = MEDIA_TYPE) -> str:
    """Any JSON object signed as a report, also one that no agent would make."""
    return signing.sign(json.dumps(members).encode(), key, typ)


def send(client: Any, made: WipeReport, station: Any) -> Any:
    """POST the report as the station's; gives the response."""
    return client.post("/api/v1/reports", data=signed(made, station.key), headers=HEADERS)


def nonces(client: Any, station: Any, *carriers: Carrier) -> list[str | None]:
    """Ask for a nonce for each carrier."""
    asked = {
        "request_id": str(uuid_utils.uuid7()),
        "device": {},
        "carriers": [{"model": one.model, "serial": one.serial, "size_bytes": one.size_bytes} for one in carriers],
    }
    response = client.post("/api/v1/wipe-jobs", data=unchecked(asked, station.key, WIPE_JOB_TYPE), headers=HEADERS)
    assert response.status_code == 201, response.text
    return [one["nonce"] for one in response.json["carriers"]]


def wiped(client: Any, station: Any, one: Carrier) -> Carrier:
    """The carrier, wiped with a nonce of the service."""
    (nonce,) = nonces(client, station, one)
    return replace(one, wipe=wipe(one.size_bytes, nonce))
