"""What every form on screen stands on: a token against forged posts, and a refusal shown beside its field."""

from __future__ import annotations

from flask_wtf import FlaskForm

from asset_service.core.errors import DomainError


class Form(FlaskForm):
    """A form. Rules live in operations; a form only parses, and shows what the operation refused."""

    def show_error(self, error: DomainError) -> None:
        """Show what ``error`` says: beside the fields that it names, else above the form."""
        named = [one for one in error.errors if one.field in self._fields]
        for one in named:
            field = self._fields[one.field]
            field.errors = [*field.errors, str(one.message)]
        if not named:
            self.form_errors.append(str(error.detail or error.title))
