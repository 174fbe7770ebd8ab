"""Making facts fit the wire document, by the document's own fields: for words and figures that machines give.

A text is cut and loses the characters that hide or reorder; a figure or a form that a field refuses becomes unknown;
a list is cut. What was *done* to a carrier is never fitted: a wipe stands as it is or not at all.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any, TypeVar

from wipe_reports.fields import FieldRefused, Record, RecordSchema, StrictField, Table, Text, Whole
from wipe_reports.record_schemas import schema_of
from wipe_reports.schema import printable

Fact = TypeVar("Fact")

UNNAMED = "?"
"""Stands where a name must stand and none was given."""


@cache
def _schema(record: type) -> RecordSchema:
    return schema_of(record)()


def fitted(fact: Fact, *, untouched: frozenset[str] = frozenset()) -> Fact:
    """``fact``, a record of the document, as the document takes it; the members ``untouched`` stay as they are.

    Raises :class:`wipe_reports.fields.Refused` where a member that may not be unknown cannot be made to fit.
    """
    record: Any = type(fact)
    rules = _schema(record).fields
    changed = {}
    for name, rule in rules.items():
        if name in untouched or not isinstance(rule, StrictField):
            continue
        value = getattr(fact, name)
        fitted_value = value if value is None else _fit(value, rule, may_be_unknown=bool(rule.allow_none))
        if fitted_value is not value and fitted_value != value:
            changed[name] = fitted_value
    return replace(fact, **changed) if changed else fact  # type: ignore[type-var]


def _fit(value: Any, rule: StrictField, *, may_be_unknown: bool) -> Any:
    """``value`` as ``rule`` takes it, else ``None`` where that may be. Raises Refused where it may not."""
    try:
        if isinstance(rule, Table):
            return tuple(_rows(value, rule))
        if isinstance(rule, Record):
            return fitted(value)
        if isinstance(rule, Text) and isinstance(value, str):
            value = printable(value)[: rule.maximum] or ("" if rule.minimum == 0 or may_be_unknown else UNNAMED)
        if isinstance(rule, (Text, Whole)):
            return rule.parse(value)
    except FieldRefused:
        if not may_be_unknown:
            raise
        return None
    return value


def _rows(values: Any, table: Table) -> list[Any]:
    """The first rows of a list that fit; one that cannot is left out."""
    fitted_value: list[Any] = []
    for value in values:
        if len(fitted_value) == table.maximum:
            break
        try:
            fitted_value.append(_fit(value, table.row, may_be_unknown=False))
        except FieldRefused:
            continue
    return fitted_value
