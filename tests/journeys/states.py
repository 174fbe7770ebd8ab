"""One wiped disk in each state that an attest can tell, for pictures: attest, check page, device, confirmation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from asset_service.accounts.models import Role
from asset_service.accounts.queries import access_of_user
from asset_service.core import documents
from asset_service.core.db import db, transaction
from asset_service.devices import operations as devices
from asset_service.wiping import operations as wiping
from asset_service.wiping.jobs import issued_attest
from asset_service.wiping.models import DestructionMethod, WipeEvidence
from wipe_reports import document as d
from wipe_reports.words import LANGUAGES


class States:
    """Makes the states in a filled house; ``module`` is ``house.py``, ``directory`` where the PDFs go."""

    def __init__(self, house: Any, module: Any, codes: dict[str, str], directory: Path) -> None:
        self.house, self.module, self.codes, self.directory = house, module, codes, directory
        self.found: dict[str, str] = {}

    def make(self) -> dict[str, str]:
        """The public ids of wipes by what they show; each attest is saved, in every language."""
        for name in ("clean", "offline", "told", "rehearsal"):
            self._issue(name, self._evidence(code=self.codes[name]))
        self.found["exceptions"] = self._evidence(code=self.codes["broken"]).public_id
        self._confirmed()
        self._used_again()
        self._destroyed()
        self._not_erased()
        self._set_aside()
        return self.found

    def _access(self, role: Role) -> Any:
        return access_of_user(self.house.users[role].id)

    def _evidence(self, *, code: str) -> Any:
        found = select(WipeEvidence.id, WipeEvidence.public_id).where(WipeEvidence.device.has(code=code))
        return db.session.execute(found).one()

    def _issue(self, name: str, evidence: Any) -> None:
        for language in LANGUAGES:
            attest = issued_attest(evidence.id, language)
            self.found[name] = attest.public_id
            with documents.open_document(attest.pdf_sha256).file as pdf:
                (self.directory / f"attest-{name}-{language}.pdf").write_bytes(pdf.read())

    def _receive_report(self, number: int, carrier: d.Carrier) -> Any:
        sent = self.module.report(self.module.device(number), carrier)
        return self._evidence(code=self.house.send_report(sent)["device"]["code"])

    def _confirmed(self) -> None:
        evidence = self._receive_report(40, self.module.carrier(40))
        self._issue("replaced", evidence)
        with transaction():
            wiping.confirm_wipe(self._access(Role.STOCK_MANAGER), evidence.id)
        self._issue("confirmed", evidence)

    def _used_again(self) -> None:
        evidence = self._receive_report(41, self.house.numbered(self.module.carrier(41)))
        self._issue("says-otherwise", evidence)
        with transaction():
            devices.expose_carrier(self._access(Role.TECHNICIAN), self._disk_of(evidence))
        evidence = self._receive_report(42, self.house.numbered(self.module.carrier(42)))
        with transaction():
            devices.expose_carrier(self._access(Role.TECHNICIAN), self._disk_of(evidence))
        self._issue("used-again", evidence)

    def _destroyed(self) -> None:
        evidence = self._receive_report(43, self.module.not_erased(43))
        with transaction():
            task_id = wiping.demand_destruction(self._access(Role.TECHNICIAN), self._disk_of(evidence)).id
        witness = self.house.users[Role.STOCK_MANAGER].id
        with transaction():
            wiping.destroy(self._access(Role.TECHNICIAN), task_id, method=DestructionMethod.CRUSHED, witness_id=witness)
        self.found["destroyed"] = evidence.public_id

    def _not_erased(self) -> None:
        whole = self.house.numbered(self.module.carrier(44))
        check = replace(whole.wipe.verification, passed=False, bytes_read=0, method=d.VerificationMethod.NONE)
        wipe = replace(
            whole.wipe, outcome=d.Outcome.NOT_ERASED, level=d.Level.NONE, interrupted=True, verification=check,
            bytes_written=0, passes=(),
        )  # fmt: skip
        self.found["not-erased"] = self._receive_report(44, replace(whole, wipe=wipe)).public_id

    def _set_aside(self) -> None:
        whole = self.house.numbered(self.module.carrier(45))
        override = d.Override(judgement=d.Judgement.SIGNATURES, by="Noor P.", seen=("LVM2_member",))
        self._issue(
            "set-aside", self._receive_report(45, replace(whole, wipe=replace(whole.wipe, overrides=(override,))))
        )

    def _disk_of(self, evidence: Any) -> Any:
        return db.session.get_one(WipeEvidence, evidence.id).carrier.component_id

    def deciding(self) -> dict[str, str]:
        """The pages where somebody decides about one disk, by what they ask."""
        with self.house.app.app_context():
            evidence = self._evidence(code=self.codes["offline"])
            task_id = wiping.evidence.open_tasks(self._disk_of(self._evidence(code=self.codes["broken"])))[0].id
        return {"confirm-a-wipe": f"/wipes/{evidence.id}/confirm", "destroy-a-disk": f"/destructions/{task_id}"}
