"""The schema of each record of the report, made of what its fields declare (:mod:`wipe_reports.shape`).

Two fields are read in a way of their own: the S.M.A.R.T. table, for speed, and an upgrade, which was once text. A
record that once had other members is first brought to those of today (:mod:`wipe_reports.older_reports`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from wipe_reports import fields, shape
from wipe_reports.fields import EnumField, FieldRefused, Flag, Moment, Record, RecordSchema, StrictField, Table
from wipe_reports.hardware import Minimum, Smart, SmartAttribute
from wipe_reports.older_reports import OLDER_MEMBERS, upgrade_of_text


class SmartTable(Table):
    """The S.M.A.R.T. attributes: by far the most rows of a report, so they are looked at without a call for each field.

    A row that is not plainly in order goes to the row's own schema, which decides and says why. The bounds are those
    that :class:`SmartAttribute` declares. Against the general way a row costs 1.8 instead of 3.1 µs.
    """

    def __init__(self, row: Record, maximum: int) -> None:
        super().__init__(row, maximum)
        self._most = {
            name: rule.maximum
            for name, rule in row.schema.fields.items()
            if isinstance(rule, fields.Text | fields.Whole)
        }

    def parse(self, value: Any) -> tuple[SmartAttribute, ...]:
        self._check(value)
        return tuple([self._plain_row(row, self._most) or self.row.parse(row) for row in value])

    @staticmethod
    def _plain_row(row: Any, most: Mapping[str, int]) -> SmartAttribute | None:
        try:
            number, name, raw = row["id"], row["name"], row["raw"]
            value, worst, threshold = row["value"], row["worst"], row["threshold"]
        except (KeyError, TypeError):
            return None
        if not (
            len(row) == len(most)
            and type(number) is type(value) is type(worst) is type(threshold) is type(raw) is int
            and type(name) is str
            and 0 <= number <= most["id"]
            and 0 <= value <= most["value"]
            and 0 <= worst <= most["worst"]
            and 0 <= threshold <= most["threshold"]
            and 0 <= raw <= most["raw"]
            and 0 < len(name) <= most["name"]
            and name.isascii()
            and name.isprintable()
        ):
            return None
        return SmartAttribute(id=number, name=name, value=value, worst=worst, threshold=threshold, raw=raw)


class UpgradeRecord(Record):
    """An upgrade in fields, or the text that agents wrote before; that is read into the same fields."""

    _text = fields.Text(300)

    def parse(self, value: Any) -> Any:
        if type(value) is not str:
            return super().parse(value)
        read = upgrade_of_text(self._text.parse(value))
        try:
            return read and super().parse({**asdict(read), "replaces_mib": list(read.replaces_mib)})
        except FieldRefused:  # figures that no machine has: as good as any other text
            return None

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return self.parse(value) if type(value) is str else super()._deserialize(value, attr, data, **kwargs)


class RenamedRecord(Record):
    """A record of which older agents wrote other members."""

    def parse(self, value: Any) -> Any:
        return super().parse(self._as_today(value))

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return super()._deserialize(self._as_today(value), attr, data, **kwargs)

    def _as_today(self, value: Any) -> Any:
        return OLDER_MEMBERS[self.record](value) if type(value) is dict else value


_READ_IN_ITS_OWN_WAY: dict[tuple[type, str], type[StrictField]] = {
    (Smart, "attributes"): SmartTable,
    (Minimum, "upgrade"): UpgradeRecord,
}
_SCALARS: dict[type, type[StrictField]] = {bool: Flag, datetime: Moment}


@cache
def schema_of(record: type) -> type[RecordSchema]:
    """The marshmallow schema of a record. Raises TypeError for a field that does not declare the bounds it needs."""
    rules = {member.name: _rule(record, member) for member in shape.members(record)}
    return type(f"{record.__name__}Schema", (RecordSchema,), {"record": record, **rules})


def _rule(record: type, member: shape.Member) -> StrictField:
    make: Callable[..., StrictField] = _READ_IN_ITS_OWN_WAY.get((record, member.name), Record)
    where = f"{record.__name__}.{member.name}"
    if member.row is None:
        return make(schema_of(member.type)) if shape.is_record(member.type) else _scalar(where, member, member.type)
    most = _declared(where, member, shape.Most).rows
    if not shape.is_record(member.row):
        return Table(_scalar(where, member, member.row), most)
    row = (RenamedRecord if member.row in OLDER_MEMBERS else Record)(schema_of(member.row))
    return Table(row, most) if make is Record else make(row, most)


def _scalar(where: str, member: shape.Member, kind: type) -> StrictField:
    if kind is str:
        text = _declared(where, member, shape.Text)
        return fields.Text(text.maximum, minimum=text.minimum, form=text.form)
    if kind is int:
        whole = _declared(where, member, shape.Whole)
        return fields.Whole(whole.maximum, minimum=whole.minimum)
    return EnumField(kind) if issubclass(kind, StrEnum) else _SCALARS[kind]()


def _declared(where: str, member: shape.Member, kind: type[shape.Mark]) -> shape.Mark:
    mark = member.mark(kind)
    if mark is None:
        raise TypeError(f"{where} declares no {kind.__name__}")
    return mark
