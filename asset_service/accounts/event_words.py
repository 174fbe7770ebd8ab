"""The events of this room in plain words, as a timeline tells them."""

from __future__ import annotations

from flask_babel import lazy_gettext

from asset_service.accounts import events
from asset_service.frame.rooms import EventWords

EVENT_WORDS: dict[type, EventWords] = {
    events.ProjectCreated: lazy_gettext("Project ingevoerd"),
    events.ProjectExtended: lazy_gettext("Project verlengd"),
    events.MunicipalityAdded: lazy_gettext("Gemeente toegevoegd aan het project"),
    events.PartnerCreated: lazy_gettext("Organisatie ingevoerd"),
    events.PartnerJoined: lazy_gettext("Organisatie stapte in een project"),
    events.PartnerLeft: lazy_gettext("Organisatie stapte uit een project"),
    events.SiteCreated: lazy_gettext("Plaats toegevoegd"),
    events.UserCreated: lazy_gettext("Gebruiker toegevoegd"),
    events.UserDeactivated: lazy_gettext("Gebruiker uitgeschakeld"),
    events.PasswordChanged: lazy_gettext("Wachtwoord gewijzigd"),
    events.RoleGranted: lazy_gettext("Rol gegeven"),
    events.RoleWithdrawn: lazy_gettext("Rol afgenomen"),
    events.TokenCreated: lazy_gettext("API-token gemaakt"),
    events.TokenRevoked: lazy_gettext("API-token ingetrokken"),
    events.EnrolmentCodeCreated: lazy_gettext("Inschrijfcode gemaakt"),
    events.EnrolmentCodeRevoked: lazy_gettext("Inschrijfcode ingetrokken"),
    events.StationEnrolled: lazy_gettext("Station aangemeld"),
    events.StationRevoked: lazy_gettext("Station ingetrokken"),
}
