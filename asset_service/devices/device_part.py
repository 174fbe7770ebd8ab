"""What this room shows on a device's page: where it stands, what can be done with it now, and its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import lazy_gettext

from asset_service.accounts.access import Access
from asset_service.core.forms import Form
from asset_service.devices import queries
from asset_service.devices.forms import DEFECTS, LabelForm, MoveForm
from asset_service.devices.lifecycle import Action, StepOption
from asset_service.devices.models import DataStatus, Defect, Device
from asset_service.devices.pages import move_form
from asset_service.devices.roles import WORKERS
from asset_service.devices.words import DATA_STATUSES, DEVICE_STATES, INSPECTIONS
from asset_service.frame.device_parts import DevicePart, PageRequest, Panel, StatusLine
from asset_service.frame.looks import look
from asset_service.frame.rooms import StepButton, rooms


@dataclass(frozen=True, kw_only=True, slots=True)
class StepLine:
    """One step of the lifecycle: how it is drawn, where it is taken, and why not where it is blocked."""

    button: StepButton
    url: str
    form: Form | None
    reasons: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class StepsPanel:
    """What a person may do with the device now, and what not."""

    device: Device
    may_work: bool
    allowed: Sequence[StepLine]
    blocked: Sequence[StepLine]
    label: LabelForm
    move: MoveForm

    @property
    def forms(self) -> list[type[Form]]:
        """The kinds of forms that it draws."""
        if not self.may_work:
            return []
        return [LabelForm, MoveForm, *(type(line.form) for line in self.allowed if line.form is not None)]


def device_part(access: Access, device: Device, asked: PageRequest) -> DevicePart:
    """This room's part of the page of ``device``."""
    steps = _steps(access, device, asked)
    return DevicePart(
        status=_status(device),
        panels=(
            Panel(template="devices/place_panel.html", values=device, order=20, narrow=True),
            Panel(template="devices/steps_panel.html", values=steps, order=30, forms=steps.forms),
            Panel(template="devices/components_panel.html", values=queries.components(device.id), order=60),
        ),
    )


def _status(device: Device) -> list[StatusLine]:
    lines = [
        StatusLine(label=lazy_gettext("Stap"), look=look(DEVICE_STATES, device.state), order=10),
        StatusLine(label=lazy_gettext("Gegevens"), look=look(DATA_STATUSES, device.data_status), order=20),
    ]
    if device.reusable is not None:
        found = look(INSPECTIONS, "reusable" if device.reusable else "not_reusable")
        defects = [str(DEFECTS[Defect(defect)]) for defect in device.defects]
        lines.append(StatusLine(label=lazy_gettext("Keuring"), look=found, order=40, notes=defects))
    return lines


def _steps(access: Access, device: Device, asked: PageRequest) -> StepsPanel:
    lines = [_step(choice, device, asked) for choice in _offered(device)]
    refused = asked.refused
    return StepsPanel(
        device=device,
        may_work=access.may(WORKERS, device.partner_id, device.site_id),
        allowed=[line for line in lines if not line.reasons],
        blocked=[line for line in lines if line.reasons],
        label=asked.form(LabelForm),
        move=refused if isinstance(refused, MoveForm) else move_form(device, formdata=None),
    )


def _offered(device: Device) -> list[StepOption]:
    """The steps worth offering: nobody is asked again for what is known already."""
    known = device.data_status is DataStatus.NONE
    return [one for one in queries.step_options(device) if not (known and one.action is Action.CONFIRM_NO_CARRIER)]


def _step(choice: StepOption, device: Device, asked: PageRequest) -> StepLine:
    button = rooms().step_buttons[choice.action]
    return StepLine(
        button=button,
        url=url_for(button.endpoint, code=device.code),
        form=asked.form(button.form) if button.form is not None else None,
        reasons=[str(reason.message) for reason in choice.reasons],
    )
