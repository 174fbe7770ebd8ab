"""Projects, partners (organisations), users, roles, tokens and stations."""
