"""JSON endpoints of devices: the list, one device, what can be done with it, components, codes, the scan box."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from asset_service.accounts.access import current_access, requires
from asset_service.core.api import Blueprint
from asset_service.core.db import transaction
from asset_service.devices import operations, queries, schemas
from asset_service.devices.models import Device
from asset_service.devices.queries import Filters
from asset_service.devices.roles import READERS, TOTALS_READERS, WORKERS
from asset_service.devices.totals import PartnerTotals, totals_of

blueprint = Blueprint("devices_api", __name__, url_prefix="/api/v1", description="Devices")


_COLUMNS = tuple(schemas.Device().fields)


def _detail(device: Device) -> dict[str, Any]:
    actions = [
        {"action": one.action.value, "allowed": one.allowed, "reasons": one.reasons}
        for one in queries.step_options(device)
    ]
    columns = {name: getattr(device, name) for name in _COLUMNS}
    return {**columns, "components": queries.components(device.id), "actions": actions}


def _found(code: str) -> Device:
    return queries.device_by_code(current_access(), code)


@blueprint.get("/devices")
@blueprint.arguments(schemas.DeviceFilters, location="query")
@blueprint.response(200, schemas.DevicePage)
@requires(READERS)
def devices(sent: dict[str, Any]) -> Any:
    """The devices that one may see, latest first."""
    after, limit = sent.pop("after"), sent.pop("limit")
    return queries.devices(current_access(), Filters(**sent), after, limit)


@blueprint.get("/devices/totals")
@blueprint.arguments(schemas.Period, location="query")
@blueprint.response(200, schemas.Totals)
@requires(TOTALS_READERS)
def totals(sent: dict[str, Any]) -> Any:
    """How many devices each partner has, by state and data status: those entered in a period, as they are now.

    Rehearsals are not counted.
    """
    found = totals_of(current_access(), **sent)
    return {"devices": found.counts.devices, "partners": [_partner_totals(one) for one in found.partners]}


def _partner_totals(found: PartnerTotals) -> dict[str, Any]:
    counts = [
        {"state": state, "data_status": data_status, "devices": number}
        for (state, data_status), number in sorted(found.counts.cells.items())
    ]
    return {"partner": found.partner, "devices": found.counts.devices, "counts": counts}


@blueprint.post("/devices")
@blueprint.arguments(schemas.NewDevice)
@blueprint.response(201, schemas.Device)
@requires(WORKERS)
def announce(sent: dict[str, Any]) -> Any:
    """Announce a device."""
    with transaction():
        return operations.announce(current_access(), **sent)


@blueprint.get("/devices/<code>")
@blueprint.etag
@blueprint.response(200, schemas.DeviceDetail)
@requires(READERS)
def device(code: str) -> Any:
    """One device with its parts and what can be done with it next; its ETag is a hash of all that is shown."""
    return _detail(_found(code))


@blueprint.patch("/devices/<code>")
@blueprint.etag
@blueprint.arguments(schemas.Correction)
@blueprint.response(200, schemas.DeviceDetail)
@requires(WORKERS)
def correct(sent: dict[str, Any], code: str) -> Any:
    """Put right what was written down wrong; needs the ``If-Match`` of what one saw."""
    with transaction():
        held = operations.lock(current_access(), _found(code).id)
        blueprint.check_etag(_detail(held), schemas.DeviceDetail)
        return _detail(operations.correct(current_access(), held.id, **sent))


@blueprint.post("/devices/<code>/receive")
@blueprint.response(200, schemas.DeviceDetail)
@requires(WORKERS)
def receive(code: str) -> Any:
    """The device came through the door."""
    with transaction():
        return _detail(operations.receive(current_access(), _found(code).id))


@blueprint.post("/devices/<code>/inspect")
@blueprint.arguments(schemas.Inspection)
@blueprint.response(200, schemas.DeviceDetail)
@requires(WORKERS)
def inspect(sent: dict[str, Any], code: str) -> Any:
    """A person looked at the device."""
    with transaction():
        return _detail(operations.inspect(current_access(), _found(code).id, **sent))


@blueprint.post("/devices/<code>/confirm-no-carrier")
@blueprint.response(200, schemas.DeviceDetail)
@requires(WORKERS)
def confirm_no_carrier(code: str) -> Any:
    """A person looked and there is no data carrier in the device."""
    with transaction():
        return _detail(operations.confirm_no_carrier(current_access(), _found(code).id))


@blueprint.post("/devices/<code>/label")
@blueprint.arguments(schemas.CodeToClaim)
@blueprint.response(200, schemas.DeviceDetail)
@requires(WORKERS)
def claim(sent: dict[str, Any], code: str) -> Any:
    """A blank label was stuck on the device."""
    with transaction():
        return _detail(operations.claim_code(current_access(), _found(code).id, sent["code"]))


@blueprint.post("/devices/<code>/move")
@blueprint.arguments(schemas.Destination)
@blueprint.response(200, schemas.Device)
@requires(WORKERS)
def move(sent: dict[str, Any], code: str) -> Any:
    """The device goes to another site, perhaps of another partner."""
    with transaction():
        return operations.move(current_access(), _found(code).id, sent["site_id"])


@blueprint.post("/codes")
@blueprint.arguments(schemas.NewCodes)
@blueprint.response(201, schemas.Codes)
@requires(WORKERS)
def make_codes(sent: dict[str, Any]) -> Any:
    """Make blank labels' codes."""
    with transaction():
        return {"codes": operations.make_codes(current_access(), sent["partner_id"], sent["count"])}


@blueprint.post("/components/<uuid:component_id>/remove")
@blueprint.response(200, schemas.Component)
@requires(WORKERS)
def remove(component_id: UUID) -> Any:
    """The component was taken out and lies loose."""
    with transaction():
        return operations.remove(current_access(), component_id)


@blueprint.post("/components/<uuid:component_id>/install")
@blueprint.arguments(schemas.Installation)
@blueprint.response(200, schemas.Component)
@requires(WORKERS)
def install(sent: dict[str, Any], component_id: UUID) -> Any:
    """The component was put into a device."""
    with transaction():
        return operations.install(current_access(), component_id, _found(sent["code"]).id)


@blueprint.post("/components/<uuid:component_id>/expose")
@blueprint.response(200, schemas.Carrier)
@requires(WORKERS)
def expose(component_id: UUID) -> Any:
    """Somebody's data may be on the carrier, a person says."""
    with transaction():
        return operations.expose_carrier(current_access(), component_id)


@blueprint.get("/scan")
@blueprint.arguments(schemas.ScanRequest, location="query")
@blueprint.response(200, schemas.Scanned)
@requires(READERS)
def scan(sent: dict[str, Any]) -> Any:
    """What a scanned or typed code, label URL or serial names; exact."""
    return queries.scan(current_access(), sent["q"])
