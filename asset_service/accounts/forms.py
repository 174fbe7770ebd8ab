"""The forms of accounts."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext
from wtforms import EmailField, HiddenField, IntegerField, PasswordField, SelectField, StringField
from wtforms.validators import DataRequired, EqualTo, InputRequired

from asset_service.accounts.models import RevocationReason, Site
from asset_service.core.forms import Form
from asset_service.core.i18n import LANGUAGES
from wipe_reports.words import LANGUAGE_NAMES

REQUIRED = lazy_gettext("Vul dit in.")
WHOLE_NUMBER = lazy_gettext("Vul een geheel getal in.")


def site_choices(sites: Iterable[Site]) -> list[tuple[str, str]]:
    """Choices of ``sites``: the site first, as a narrow screen cuts the end; its partner where there are more."""
    places = list(sites)
    one_partner = len({site.partner_id for site in places}) == 1
    return [(str(site.id), site.name if one_partner else f"{site.name} ({site.partner.name})") for site in places]


class LoginForm(Form):
    """Who is there?"""

    email = EmailField(
        lazy_gettext("E-mailadres"),
        [DataRequired(REQUIRED)],
        render_kw={"autocomplete": "username", "autofocus": True, "maxlength": 254},
    )
    password = PasswordField(
        lazy_gettext("Wachtwoord"),
        [DataRequired(REQUIRED)],
        render_kw={"autocomplete": "current-password", "maxlength": 500},
    )
    next = HiddenField()


class LanguageForm(Form):
    """The language of one's own screens."""

    language = SelectField(
        lazy_gettext("Taal van de schermen"), choices=[(one, LANGUAGE_NAMES[one]) for one in LANGUAGES]
    )


class PasswordForm(Form):
    """One's own new password."""

    present = PasswordField(
        lazy_gettext("Huidig wachtwoord"), [DataRequired(REQUIRED)], render_kw={"autocomplete": "current-password"}
    )
    password = PasswordField(
        lazy_gettext("Nieuw wachtwoord"), [DataRequired(REQUIRED)], render_kw={"autocomplete": "new-password"}
    )
    again = PasswordField(
        lazy_gettext("Nieuw wachtwoord, nog eens"),
        [DataRequired(REQUIRED), EqualTo("password", lazy_gettext("De twee nieuwe wachtwoorden zijn niet gelijk."))],
        render_kw={"autocomplete": "new-password"},
    )


class TokenForm(Form):
    """A new API token of one's own."""

    name = StringField(
        lazy_gettext("Waarvoor dient het?"),
        [DataRequired(REQUIRED)],
        render_kw={"autocomplete": "off", "maxlength": 100},
    )
    valid_days = SelectField(
        lazy_gettext("Geldig"),
        coerce=int,
        default=30,
        choices=[
            (1, lazy_gettext("1 dag")),
            (30, lazy_gettext("30 dagen")),
            (90, lazy_gettext("90 dagen")),
            (365, lazy_gettext("1 jaar")),
        ],
    )


class EnrolmentCodeForm(Form):
    """A code for a new station: where it stands, how often and how long the code works."""

    site = SelectField(lazy_gettext("Plaats"), [InputRequired(REQUIRED)])
    max_uses = IntegerField(
        lazy_gettext("Aantal keer te gebruiken"),
        [InputRequired(WHOLE_NUMBER)],
        default=1,
        render_kw={"min": 1, "inputmode": "numeric"},
    )
    valid_for = SelectField(
        lazy_gettext("Geldig"),
        coerce=int,
        default=24,
        choices=[
            (1, lazy_gettext("1 uur")),
            (24, lazy_gettext("1 dag")),
            (24 * 7, lazy_gettext("1 week")),
            (24 * 30, lazy_gettext("30 dagen")),
        ],
    )


class StationRevocationForm(Form):
    """Why a station is trusted no more."""

    reason = SelectField(
        lazy_gettext("Waarom?"),
        choices=[
            (RevocationReason.LOST.value, lazy_gettext("De stick is verloren")),
            (RevocationReason.STOLEN.value, lazy_gettext("De stick is gestolen")),
            (RevocationReason.COMPROMISED.value, lazy_gettext("Iemand anders kan de sleutel hebben")),
            (RevocationReason.REPLACED.value, lazy_gettext("Er is een nieuwe stick")),
            (RevocationReason.RETIRED.value, lazy_gettext("Het station wordt niet meer gebruikt")),
        ],
    )


class GrantForm(Form):
    """One more role of somebody who is a user already. ``place`` is a partner, one site of it, or a project."""

    email = EmailField(lazy_gettext("E-mailadres"), [DataRequired(REQUIRED)], render_kw={"autocomplete": "off"})
    role = SelectField(lazy_gettext("Rol"), [InputRequired(REQUIRED)])
    place = SelectField(lazy_gettext("Waar"), [InputRequired(REQUIRED)])


class UserForm(Form):
    """A new user with a first role. ``place`` is a partner, one site of it, or a project."""

    name = StringField(lazy_gettext("Naam"), [DataRequired(REQUIRED)], render_kw={"autocomplete": "off"})
    email = EmailField(lazy_gettext("E-mailadres"), [DataRequired(REQUIRED)], render_kw={"autocomplete": "off"})
    password = PasswordField(
        lazy_gettext("Eerste wachtwoord"), [DataRequired(REQUIRED)], render_kw={"autocomplete": "new-password"}
    )
    role = SelectField(lazy_gettext("Rol"), [InputRequired(REQUIRED)])
    place = SelectField(lazy_gettext("Waar"), [InputRequired(REQUIRED)])
