"""The language in which the agent speaks to people: Dutch, as it stands in the code, or by a catalogue another.

One place chooses it: :func:`choose`, at the start of a command, and :func:`use` where a policy asks for another. A
text with facts in it names them, ``gettext("Schijf {name} is gewist.", name=…)``, so that a translation may order
them otherwise; no call stands within an f-string, where the catalogue's reader does not look. What stands in a table
that is made at import is only marked, by :func:`gettext_noop`, and translated where it is read. Without a
catalogue that can be read everything is Dutch.
"""

from __future__ import annotations

import gettext as catalogues
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wipe_reports.words import Language

DOMAIN = "intake_agent"
FOLDER = Path(__file__).parent / "translations"
LANGUAGES: tuple[Language, ...] = ("nl", *sorted(one.name for one in FOLDER.iterdir() if one.is_dir()))
"""The first is that of the texts in the code. Every folder with a catalogue is a further one; nothing lists them."""
OPTION = "--language"
VARIABLES = ("HERSTART_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""Where the environment names a language; the first that is set and not empty decides."""


class _Chosen:
    """The language in force, for the whole program."""

    language: Language = LANGUAGES[0]
    catalogue: catalogues.NullTranslations = catalogues.NullTranslations()


def language() -> Language:
    """The code of the language in force, as :mod:`wipe_reports.words` knows it."""
    return _Chosen.language


def use(code: Language) -> None:
    """Speak this language from here on; Dutch where its catalogue cannot be read: one language, not halves of two."""
    catalogue: catalogues.NullTranslations
    try:
        catalogue = catalogues.translation(DOMAIN, FOLDER, languages=[code])
    except (OSError, ValueError, struct.error):  # not compiled, or a worn stick gives it back bent
        catalogue, code = catalogues.NullTranslations(), LANGUAGES[0]
    _Chosen.language, _Chosen.catalogue = code, catalogue


def choose(words: Sequence[str], environment: Mapping[str, str]) -> None:
    """Speak the language that the command line asks for, else the environment's, else Dutch."""
    use(asked(words) or _of_environment(environment) or LANGUAGES[0])


def asked(words: Sequence[str]) -> Language | None:
    """The language that ``--language`` names, ``None`` where it is absent or names none of ours."""
    for at, word in enumerate(words):
        option, _, value = word.partition("=")
        if option == OPTION:
            return _known(value or "".join(words[at + 1 : at + 2]))
    return None


def _of_environment(environment: Mapping[str, str]) -> Language | None:
    first = next((value for name in VARIABLES if (value := environment.get(name))), "")
    return _known(first.replace(".", "_").replace("-", "_").partition("_")[0])


def _known(code: str) -> Language | None:
    return next((one for one in LANGUAGES if one == code.lower()), None)


def gettext(message: str, /, **facts: object) -> str:
    """The text in the language in force, with its facts filled in; in Dutch where its translation cannot be filled in.

    A fault in a catalogue must cost nobody the proof of a wipe that this text was to tell of.
    """
    words = _Chosen.catalogue.gettext(message)
    try:
        return words.format(**facts) if facts else words
    except (LookupError, ValueError, AttributeError):
        return message.format(**facts)


def ngettext(singular: str, plural: str, number: int, /, **facts: object) -> str:
    """As :func:`gettext`, of one thing or of several; both texts may name ``number``."""
    return _Chosen.catalogue.ngettext(singular, plural, number).format(number=number, **facts)


def gettext_noop(message: str) -> str:
    """The text itself, marked for the catalogue: what shows it translates it then."""
    return message


def decimal(figure: str) -> str:
    """A figure such as ``5.1`` with the decimal mark of the language in force."""
    # Loaded where a figure is shown: the help of a command needs none of the house's words.
    from wipe_reports import figures  # noqa: PLC0415

    return figures.decimal(figure, _Chosen.language)


def grouped(number: int) -> str:
    """A whole number in groups of three digits, with the mark of the language in force."""
    from wipe_reports import figures  # noqa: PLC0415 - as above

    return figures.count(number, _Chosen.language)
