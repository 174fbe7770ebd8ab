"""What can be done with projects, partners, sites, users, roles, tokens, enrolment codes and stations."""

from asset_service.accounts.operations.projects import (
    add_municipality,
    add_partner,
    create_partner,
    create_project,
    create_site,
    end_membership,
    extend_project,
)
from asset_service.accounts.operations.stations import (
    create_enrolment_code,
    enrol_station,
    revoke_enrolment_code,
    revoke_station,
)
from asset_service.accounts.operations.users import (
    authenticate,
    create_token,
    create_user,
    deactivate_user,
    grant_role,
    revoke_token,
    set_language,
    set_password,
    withdraw_role,
    work_out_login,
    work_out_password,
)

__all__ = [
    "add_municipality",
    "add_partner",
    "authenticate",
    "create_enrolment_code",
    "create_partner",
    "create_project",
    "create_site",
    "create_token",
    "create_user",
    "deactivate_user",
    "end_membership",
    "enrol_station",
    "extend_project",
    "grant_role",
    "revoke_enrolment_code",
    "revoke_station",
    "revoke_token",
    "set_language",
    "set_password",
    "withdraw_role",
    "work_out_login",
    "work_out_password",
]
