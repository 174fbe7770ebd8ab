"""A house to walk through: one partner, its users, its station, and laptops that the station reports."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import uuid_utils
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select
from werkzeug.test import TestResponse

from asset_service.accounts import operations as accounts
from asset_service.accounts.access import SYSTEM
from asset_service.accounts.models import PartnerKind, Role
from asset_service.core import jobs, mail
from asset_service.core.db import db, transaction
from asset_service.wiping.models import EvidenceStatus, WipeEvidence
from wipe_reports import document as d
from wipe_reports import schema, signing

# Wipes of today: one that lies more than a day before its nonce waits for a person.
START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)
SIZE_BYTES = 256_060_514_304
MAC = "a0:b1:c2:d3:e4:f5"


def device(number: int, **changes: Any) -> d.Device:
    """A laptop that identifies itself well; ``number`` makes it another one."""
    values: dict[str, Any] = {
        "manufacturer": "HP",
        "product": "HP ProBook 450 G5",
        "serial": f"5CD8{number:04d}XK",
        "uuid": str(uuid.uuid5(uuid.NAMESPACE_URL, f"laptop {number}")),
        "board_serial": f"PGXT{number:04d}WBR7",
        "kind": "laptop",
    }
    return d.Device(**{**values, **changes})


def carrier(number: int, nonce: str | None = None, **changes: Any) -> d.Carrier:
    """A wiped SSD; ``nonce`` binds the wipe to the service's job."""
    ended = START + timedelta(minutes=20)
    wipe = d.Wipe(
        technique=d.Technique.OVERWRITE,
        method="overwrite with stamped blocks",
        level=d.Level.CLEAR,
        standard="NIST SP 800-88r2 / IEEE 2883-2022",
        tool=d.Tool(name="herstart intake-agent", version="0.1.0"),
        nonce=nonce,
        passes=(d.Pass(pattern="stamped-random", started_at=START, ended_at=ended, bytes_written=SIZE_BYTES),),
        started_at=START,
        ended_at=ended,
        bytes_written=SIZE_BYTES,
        verification=d.Verification(
            method=d.VerificationMethod.FULL_READ_BACK,
            started_at=ended,
            ended_at=ended + timedelta(minutes=15),
            bytes_read=SIZE_BYTES,
            passed=True,
        ),
        outcome=d.Outcome.ERASED,
    )
    values: dict[str, Any] = {
        "name": "sda",
        "manufacturer": "Samsung",
        "model": "MZ7LN256HAJQ-000H1",
        "serial": f"S3TZNX0K{number:06d}",
        "medium": d.Medium.SSD,
        "bus": "sata",
        "size_bytes": SIZE_BYTES,
        "sectors": SIZE_BYTES // 512,
        "health": d.Health(verdict=d.HealthVerdict.HEALTHY),
        "smart_after": d.Smart(passed=True, reallocated=0, power_on_hours=12_345),
        "wipe": wipe,
    }
    return d.Carrier(**{**values, **changes})


def not_erased(number: int) -> d.Carrier:
    """A hard disk with sectors that nobody can write: it must be destroyed."""
    whole = carrier(number)
    wipe = replace(
        whole.wipe,
        outcome=d.Outcome.ERASED_WITH_EXCEPTIONS,
        level=d.Level.NONE,
        unreadable_sectors=12,
        errors=(d.MediaError(operation="write", offset_bytes=4096, length_bytes=6144, reason="Input/output error"),),
        verification=replace(whole.wipe.verification, passed=False, bytes_read=SIZE_BYTES - 6144),
        exceptions=("unreadable_sectors",),
    )
    return replace(
        whole, manufacturer="WDC", model="WDC WD5000LPVX", serial=f"WX21A1{number:06d}", medium=d.Medium.HDD, wipe=wipe
    )


def told_in_full() -> dict[str, Any]:
    """Everything an agent can tell of a machine beside its disks: a locked one, on a clock that was wrong."""
    started = START + timedelta(minutes=40)
    return {
        "displays": (
            d.Display(
                connector="eDP-1", manufacturer="BOE", model="NT156FHM-N41", width_px=1920, height_px=1080,
                diagonal_tenths_inch=156, year=2018,
            ),
        ),
        "graphics": ("Intel UHD Graphics 620",),
        "network": (
            d.NetworkInterface(name="eno1", kind=d.NetworkKind.ETHERNET, mac=MAC, model="Intel I219-V"),
            d.NetworkInterface(name="wlp2s0", kind=d.NetworkKind.WIFI, mac="a0:b1:c2:d3:e4:f6", model="Intel 8265"),
        ),
        "cameras": ("HP HD Camera",),
        "ports": (d.Port(kind="USB-A", count=3), d.Port(kind="HDMI", count=1)),
        "firmware": d.Firmware(
            vendor="HP", bios_version="Q85 Ver. 01.19.00", bios_date="2022-01-14", is_uefi=True, has_secure_boot=True,
            has_tpm=True, tpm_version="2.0", has_windows_licence=True, locks=("bios_password", "computrace_active"),
        ),
        "estimate": d.Estimate(year=2018, year_basis="display", weight_class=d.WeightClass.FROM_2_TO_3_KG),
        "tests": (
            d.PartTest(
                kind="smart_short", subject="sda", started_at=started, ended_at=started + timedelta(minutes=2),
                passed=True,
            ),
            d.PartTest(
                kind="processor_stress", started_at=started, ended_at=started + timedelta(minutes=1), passed=False,
                findings=("throttled:12",), peak_celsius=101,
            ),
        ),
        "clock": d.ClockCheck(ahead_seconds=-3 * 86_400, corrected=True),
        "minimum": d.Minimum(
            verdict=d.MinimumVerdict.FAIL,
            reasons=("processor_pass:Core i5", "memory_fail:8 GB"),
            upgrade=d.Upgrade(modules=1, module_mib=4096, kind="DDR4", form="SODIMM", slots_free=1),
            policy="Kringwinkel Hageland, versie 1",
        ),
    }  # fmt: skip


def tried_twice(number: int) -> d.Carrier:
    """An SSD that refused its own erase, was overwritten, cut, begun again, and read back by sample."""
    whole = carrier(number)
    size = whole.size_bytes
    attempts = (
        d.Attempt(
            technique=d.Technique.SECURE_ERASE,
            method="ATA security erase unit (enhanced)",
            started_at=START - timedelta(minutes=9),
            result=d.AttemptResult.REFUSED,
            detail="SG_IO: bad/missing sense data",
        ),
        d.Attempt(
            technique=d.Technique.OVERWRITE,
            method="overwrite, one pass, stamped random blocks",
            started_at=START - timedelta(minutes=5),
            result=d.AttemptResult.INTERRUPTED,
        ),
    )
    check = replace(
        whole.wipe.verification,
        method=d.VerificationMethod.SAMPLED_READ_BACK,
        bytes_read=size // 10,
        sample=d.Sample(
            seed="9f3ac1d2b4e5f60718293a4b5c6d7e8f", sections=1000, samples_per_section=2, bytes_per_sample=12_800_000
        ),
        found="stamped-random",
    )
    return replace(whole, wipe=replace(whole.wipe, attempts=attempts, interrupted=True, verification=check))


def report(about: d.Device, *carriers: d.Carrier, **changes: Any) -> d.WipeReport:
    """A station's report about one machine."""
    values: dict[str, Any] = {
        "report_id": str(uuid_utils.uuid7()),
        "created_at": START + timedelta(hours=1),
        "station": "Werkbank 1",
        "operator": d.Operator(name="Noor P.", position="technieker"),
        "agent": d.Agent(version="0.1.0", tools=(d.Tool(name="smartctl", version="7.3"),)),
        "device": about,
        "processor": d.Processor(brand="Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz", cores=4, threads=8),
        "memory": d.Memory(
            installed_mib=8192,
            usable_mib=7850,
            slots=2,
            max_mib=32_768,
            modules=(
                d.MemoryModule(
                    locator="DIMM A",
                    size_mib=8192,
                    kind="DDR4",
                    form="SO-DIMM",
                    speed_mts=2400,
                    manufacturer="Samsung",
                    serial="35A71C2E",
                ),
            ),
        ),
        "batteries": (
            d.Battery(
                name="BAT0",
                manufacturer="Hewlett-Packard",
                model="Primary",
                design_mwh=48_000,
                full_mwh=39_000,
                cycles=212,
                health=d.Health(verdict=d.HealthVerdict.WORN, reasons=("capacity",)),
            ),
        ),
        "minimum": d.Minimum(verdict=d.MinimumVerdict.PASS),
        "carriers": carriers,
    }
    return d.WipeReport(**{**values, **changes})


class House:
    """One partner at work. ``users`` holds a user per role; ``stranger`` works for another partner.

    ``promotor`` reports over the project in which both take part.
    """

    def __init__(self, app: Flask, make_partner: Any, make_station: Any, make_user: Callable[..., Any]) -> None:
        self.app = app
        self.partner = make_partner("Kringwinkel Hageland", "Atelier Leuven")
        self.station = make_station(self.partner, "Werkbank 1")
        names = ["Anke Technieker", "Bart Voorraad", "Chris Balie", "Dirk Rapport", "Els Beheer"]
        roles = [role for role in Role if role is not Role.ADMIN]
        self.users = {
            role: make_user(role, self.partner, name=name, email=f"{role.value}@voorbeeld.be")
            for role, name in zip(roles, names, strict=True)
        }
        self.admin = make_user(Role.ADMIN, name="Fatma Dienst", email="dienst@voorbeeld.be")
        self.other_partner = make_partner("Digidak Elders", "Balie")
        self.stranger = make_user(Role.TECHNICIAN, self.other_partner, name="Gust Elders", email="gust@voorbeeld.be")
        self.promotor = make_user(None, name="Hilde Promotor", email="promotor@voorbeeld.be")
        self._join_project()

    def _join_project(self) -> None:
        """Both partners take part in a project, of which the promotor's reporter sees the totals."""
        with self.app.app_context(), transaction():
            period = {"period_start": START.date() - timedelta(days=300), "period_end": START.date()}
            project = accounts.create_project(SYSTEM, name="Digibank Hageland", call="Digibanken", **period)
            for partner in (self.partner, self.other_partner):
                since = period["period_start"]
                accounts.add_partner(SYSTEM, project.id, partner.id, kind=PartnerKind.MEMBER, since=since)
            accounts.grant_role(SYSTEM, self.promotor.id, Role.REPORTER, project_id=project.id)

    def send(self, path: str, body: str) -> TestResponse:
        """POST a signed message as a station does."""
        return self.app.test_client().post(path, data=body, content_type="application/jose")

    def enrol(self, code: str, name: str) -> TestResponse:
        """A new station shows its enrolment code."""
        sent = {"code": code, "name": name, "public_key": signing.public_jwk(signing.generate_key())}
        return self.app.test_client().post("/api/v1/stations/enrol", json=sent)

    def nonces(self, about: d.Device, *carriers: d.Carrier) -> list[str]:
        """What the service gives a station before it wipes."""
        job = {
            "request_id": str(uuid_utils.uuid7()),
            "device": {"manufacturer": about.manufacturer, "product": about.product, "serial": about.serial},
            "carriers": [{"model": one.model, "serial": one.serial, "size_bytes": one.size_bytes} for one in carriers],
        }
        raw = self.app.json.dumps(job).encode()
        answer = self.send("/api/v1/wipe-jobs", signing.sign(raw, self.station.key, "wipe-job+jws"))
        assert answer.status_code == 201, answer.text
        return [one["nonce"] for one in answer.json["carriers"]]

    def send_report(self, sent: d.WipeReport) -> dict[str, Any]:
        """Sign the report with the station's key, send it, and give the service's answer."""
        answer = self.send("/api/v1/reports", signing.sign(schema.to_bytes(sent), self.station.key, d.MEDIA_TYPE))
        assert answer.status_code == 201, answer.text
        return answer.json

    def receive_report(self, number: int = 1, **changes: Any) -> dict[str, Any]:
        """A laptop comes in, is wiped under the service's nonce, and reported."""
        about, disk = device(number), carrier(number)
        (nonce,) = self.nonces(about, disk)
        wiped = replace(disk, wipe=replace(disk.wipe, nonce=nonce))
        return self.send_report(report(about, wiped, **changes))

    def numbered(self, disk: d.Carrier) -> d.Carrier:
        """The wiped disk, its wipe bound to a number of the service."""
        (nonce,) = self.nonces(d.Device(), disk)
        return replace(disk, wipe=replace(disk.wipe, nonce=nonce))

    def waiting_wipe(self, number: int) -> dict[str, str]:
        """A wipe without the service, which a person must confirm: its device, its public id, the page to confirm."""
        made = self.send_report(report(device(number), carrier(number)))
        public_id = made["attests"][0]["check_url"].rpartition("/")[2]
        with self.app.app_context():
            evidence_id = db.session.scalar(select(WipeEvidence.id).where(WipeEvidence.public_id == public_id))
        confirm = f"/wipes/{evidence_id}/confirm"
        return {"code": made["device"]["code"], "public_id": public_id, "confirm": confirm}

    def wipe_status(self, public_id: str) -> EvidenceStatus | None:
        """How the wipe stands now."""
        with self.app.app_context():
            return db.session.scalar(select(WipeEvidence.status).where(WipeEvidence.public_id == public_id))

    @staticmethod
    def log_in(page: Page, user: Any, heading: str = "Scan een toestel") -> None:
        """Log in by the form, in a browser, and wait for the home page with this heading."""
        page.goto("/login")
        page.get_by_label("E-mailadres").fill(user.email)
        page.get_by_label("Wachtwoord").fill(user.password)
        page.get_by_role("button", name="Aanmelden").click()
        expect(page.get_by_role("heading", name=heading)).to_be_visible()

    def fill(self) -> dict[str, str]:
        """Something of everything: clean, exposed, without a disk, to confirm, to destroy, unmatched, refused.

        Gives the codes of the devices by what they show, and under ``check`` the public id of a wipe.
        """
        clean = self.receive_report(1)
        for number in range(2, 6):
            self.receive_report(number)
        rehearsal = self.receive_report(6, test=True)
        offline = self.send_report(report(device(20), carrier(20)))
        broken = self.send_report(report(device(21), not_erased(21)))
        diskless = self.send_report(report(device(22, manufacturer="Dell Inc.", product="Latitude E7470")))
        exposed = self.send_report(
            report(device(23, manufacturer="LENOVO", product="20L6S2XX00"), replace(carrier(23), wipe=None))
        )
        told = self.send_report(report(device(24), self.numbered(tried_twice(24)), **told_in_full()))
        docked = self.numbered(carrier(30)), replace(carrier(31), wipe=None)
        self.send_report(report(d.Device(kind="loose_disks"), *docked))
        self.send_unmatched()
        with self.app.app_context():
            with transaction():
                mail.send(to="an@voorbeeld.be", subject="Je toestel is klaar", body="Kom het halen.")
            jobs.work_off(functions=[jobs.name_of(mail.deliver)])
        refused = self.send("/api/v1/reports", "geen.geldig.bericht")
        assert refused.status_code == 400, refused.text
        answers = {
            "clean": clean,
            "rehearsal": rehearsal,
            "offline": offline,
            "broken": broken,
            "diskless": diskless,
            "exposed": exposed,
            "told": told,
        }
        codes = {name: answer["device"]["code"] for name, answer in answers.items()}
        return {**codes, "check": clean["attests"][0]["check_url"].rpartition("/")[2]}

    def send_unmatched(self) -> dict[str, Any]:
        """A report whose serial is laptop 1's and whose UUID is laptop 2's: a person must look."""
        answer = self.send_report(report(device(1, uuid=device(2).uuid), carrier(1)))
        assert answer["result"] == "unmatched"
        return answer

    def paths(self, codes: dict[str, str]) -> list[str]:
        """Every page that an admin can open in a filled house."""
        devices = [f"/d/{code}" for name, code in codes.items() if name != "check"]
        return [
            "/",
            "/devices",
            "/devices?data_status=exposed&text=hp",
            "/totals",
            *devices,
            "/scan?q=niets-dat-bestaat",
            "/scan?q=HP",
            "/intake/unmatched",
            "/intake/quarantine",
            "/wipes/awaiting",
            "/destructions",
            "/components/loose",
            "/admin/stations",
            "/admin/users",
            "/admin/minimum",
            "/admin/jobs",
            "/admin/mail",
            "/jobs",
            "/account",
            f"/w/{codes['check']}",
        ]
