"""The vocabulary in which a record declares its fields: bounds, unit, meaning and source stand on the field itself.

A field's type and these marks in ``Annotated`` are all that is ever said of it::

    full_mwh: Annotated[int | None, Whole(), Unit("mWh"), "capacity now", Source("sysfs energy_full")] = None

The wire's schema (:mod:`wipe_reports.schema`), what cuts a machine's words to it (:mod:`wipe_reports.fitting`), the
agent's bounds, the JSON Schema and the README's table are made of it. The first string is the field's meaning. A field
of another record, a choice, a flag and a moment need no bounds: their type says all.
"""

from __future__ import annotations

from dataclasses import MISSING, Field, dataclass, is_dataclass
from dataclasses import fields as dataclass_fields
from functools import cache
from types import NoneType, UnionType
from typing import Any, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

INT64_MAXIMUM = 2**63 - 1

Mark = TypeVar("Mark")


class Form(NamedTuple):
    """What the whole of a text looks like: a name for people, and the regular expression that it must match."""

    name: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Text:
    """Text of so many characters, in one :class:`Form` where it has one."""

    maximum: int
    minimum: int = 1
    form: Form | None = None


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number within what the wire takes. ``plausible`` is what a real part can have, where that is less.

    Tools print figures sign-extended, packed or in another unit now and then: what lies outside ``plausible`` the agent
    takes for unknown, so that nothing is judged by it; a service still reads it in an older report.
    """

    maximum: int = INT64_MAXIMUM
    minimum: int = 0
    plausible: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Most:
    """How many rows a list may have."""

    rows: int


@dataclass(frozen=True, slots=True)
class Unit:
    """The unit of a figure, as it is written."""

    name: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where the agent reads it: a program, a file or a clause of a standard."""

    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """One field of a record: its type without ``None``, may it be unknown, must it be there, its default and its marks.

    ``default`` is ``None`` where there is none, or where it is made anew each time.
    """

    name: str
    type: Any
    nullable: bool
    required: bool
    default: Any
    marks: tuple[Any, ...]

    def mark(self, kind: type[Mark]) -> Mark | None:
        """The mark of one kind, ``None`` where the field has none."""
        return next((one for one in self.marks if isinstance(one, kind)), None)

    @property
    def meaning(self) -> str:
        """What the field means; empty where nothing is declared."""
        return self.mark(str) or ""

    @property
    def row(self) -> Any:
        """The type of a list's rows; ``None`` for what is no list."""
        return get_args(self.type)[0] if get_origin(self.type) is tuple else None

    @property
    def plausible(self) -> tuple[int, int] | None:
        """What a figure can be at least and at most on a real machine; ``None`` for what is no declared figure."""
        whole = self.mark(Whole)
        return whole and (whole.plausible or (whole.minimum, whole.maximum))


def members(record: type) -> tuple[Member, ...]:
    """The fields of a dataclass as they are declared, in order."""
    return _members(record)


@cache
def _members(record: type) -> tuple[Member, ...]:
    hints = get_type_hints(record, include_extras=True)
    return tuple(_member(one, hints[one.name]) for one in dataclass_fields(record))


def is_record(kind: Any) -> bool:
    """Is a field's type a record of its own?"""
    return is_dataclass(kind)


def records(record: type) -> tuple[type, ...]:
    """A record and every record within it, each once."""
    found: dict[type, None] = {record: None}
    for member in members(record):
        inner = member.row or member.type
        if is_record(inner):
            found.update(dict.fromkeys(records(inner)))
    return tuple(found)


def _member(declared: Field[Any], hint: Any) -> Member:
    bare, *marks = (hint.__origin__, *hint.__metadata__) if hasattr(hint, "__metadata__") else (hint,)
    choices = get_args(bare) if isinstance(bare, UnionType) else (bare,)
    kinds = [one for one in choices if one is not NoneType]
    return Member(
        name=declared.name,
        type=kinds[0],
        nullable=len(kinds) < len(choices),
        required=declared.default is MISSING and declared.default_factory is MISSING,
        default=None if declared.default is MISSING else declared.default,
        marks=tuple(marks),
    )
