"""``wipe-report``: verify and show reports, attests and bundles on any machine, without a network."""

from __future__ import annotations

import argparse
import errno
import json
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from wipe_reports import show, verify
from wipe_reports.arguments import DutchParser
from wipe_reports.checks import fails
from wipe_reports.extras import ExtraMissingError
from wipe_reports.trust import TrustedKeys, TrustInvalid
from wipe_reports.words import LANGUAGES, Language, say

OK, NOT_OK, USAGE = 0, 1, 2


_FILE_TROUBLES = {
    errno.ENOENT: "file.absent",
    errno.EACCES: "file.not_allowed",
    errno.EISDIR: "file.folder",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; 0 where every file holds, 1 where one does not, 2 where the command cannot be carried out.

    A file that cannot be looked at does not keep the others from being looked at.
    """
    arguments = _parser().parse_args(argv)
    # It writes tracebacks over a bent PDF beside our answer, which says already what is wrong.
    logging.getLogger("pyhanko").addHandler(logging.NullHandler())
    try:
        trusted = None if arguments.trusted_keys is None else TrustedKeys.load(arguments.trusted_keys)
    except OSError as error:
        return _usage_error(_trouble(arguments.trusted_keys, error, arguments.lang))
    except TrustInvalid as error:
        return _usage_error(error.in_language(arguments.lang))
    found: list[tuple[str, verify.Findings]] = []
    troubles: list[str] = []
    for name in arguments.files:
        try:
            found.append((name, verify.verify(_content(name), trusted)))
        except OSError as error:
            troubles.append(_trouble(name, error, arguments.lang))
        except ExtraMissingError as error:
            troubles.append(f"{name}: {error.in_language(arguments.lang)}")
    try:
        return _report(found, troubles, arguments)
    except BrokenPipeError:
        # Whoever read our output (`| head`) has seen enough; Python's own flush at exit must not complain either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOT_OK


def _report(found: list[tuple[str, verify.Findings]], troubles: list[str], arguments: argparse.Namespace) -> int:
    if arguments.command == "show":
        code = _show(found, arguments.lang, as_json=arguments.json)
    else:
        code = _verify(found, arguments.lang, as_json=arguments.json, complete=not troubles)
    sys.stdout.flush()
    for trouble in troubles:
        code = _usage_error(trouble)
    return code


def _parser() -> DutchParser:
    parser = DutchParser(
        prog="wipe-report", description="Kijkt wisverslagen, wisattesten en bewijsbundels na, zonder netwerk."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="OPDRACHT")
    for name, words in (
        ("verify", "kijk na of een bestand bewijst wat het zegt"),
        ("show", "toon in woorden wat een bestand zegt"),
    ):
        command = commands.add_parser(name, help=words, description=words)
        command.add_argument("files", nargs="+", metavar="BESTAND", help="JWS, pdf of zip")
        command.add_argument("--trusted-keys", metavar="BESTAND", help="lijst van sleutels (JWK Set) van de dienst")
        command.add_argument("--json", action="store_true", help="schrijf JSON")
        command.add_argument("--lang", choices=LANGUAGES, default="nl", help="taal van de uitvoer")
    return parser


def _content(name: str) -> bytes:
    with Path(name).open("rb") as file:
        return file.read(verify.MAX_FILE_BYTES + 1)


def _trouble(name: str, error: OSError, language: Language) -> str:
    """Why a file cannot be read, in words; the system's own where this program knows none."""
    key = _FILE_TROUBLES.get(error.errno or 0)
    return f"{name}: {say(key, language) if key else error.strerror}"


def _usage_error(message: str) -> int:
    sys.stderr.write(f"wipe-report: {message}\n")
    return USAGE


def _verify(found: list[tuple[str, verify.Findings]], language: Language, *, as_json: bool, complete: bool) -> int:
    ok = complete and all(findings.ok for _, findings in found)
    if as_json:
        files = [{"file": name, **findings.to_json(language)} for name, findings in found]
        print(json.dumps({"ok": ok, "files": files}, ensure_ascii=False, indent=1))
    else:
        for name, findings in found:
            print(_in_words(name, findings, language))
    return OK if ok else NOT_OK


def _in_words(name: str, findings: verify.Findings, language: Language) -> str:
    lines = [f"{name}: {say(f'kind.{findings.kind}', language)}"]
    for check in findings.checks:
        state = say(f"state.{check.state}", language)
        lines.append(f"  {state:<11} {check.title(language)}: {check.in_language(language)}")
    lines += [f"  {line}" for line in show.outcomes(findings, language)]
    return "\n".join([*lines, f"  {verify.verdict(findings, language)}"])


def _show(found: list[tuple[str, verify.Findings]], language: Language, *, as_json: bool) -> int:
    unreadable = [(name, findings) for name, findings in found if findings.report is None]
    shown = [(name, findings) for name, findings in found if findings.report is not None]
    if as_json:
        print(json.dumps([{"file": name, **show.as_json(one)} for name, one in shown], ensure_ascii=False, indent=1))
    else:
        for name, findings in shown:
            print("\n".join([name, *show.in_words(findings, language)]))
    for name, findings in unreadable:
        reason = next((one for one in findings.checks if not one.good), fails("file", "fails.file_kind"))
        sys.stderr.write(f"{name}: {reason.in_language(language)}\n")
    return NOT_OK if unreadable else OK


if __name__ == "__main__":
    sys.exit(main())
