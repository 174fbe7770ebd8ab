"""What can be done with projects, partners, sites, users, roles, sessions, tokens, enrolment codes and stations."""

from asset_service.accounts.operations.projects import (
    add_municipality,
    add_partner,
    create_partner,
    create_project,
    create_site,
    end_membership,
    extend_project,
)
from asset_service.accounts.operations.sessions import (
    SEEN_EVERY,
    end_all_sessions,
    end_other_sessions,
    end_session,
    end_session_of,
    forget_ended_sessions,
    open_session,
    see_session,
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
)

__all__ = [
    "SEEN_EVERY",
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
    "end_all_sessions",
    "end_membership",
    "end_other_sessions",
    "end_session",
    "end_session_of",
    "enrol_station",
    "extend_project",
    "forget_ended_sessions",
    "grant_role",
    "open_session",
    "revoke_enrolment_code",
    "revoke_station",
    "revoke_token",
    "see_session",
    "set_language",
    "set_password",
    "withdraw_role",
]
