"""Talks to the service: JSON and signed messages over HTTPS, its problems in words.

Every request here may be sent twice without harm (a report by its id, a wipe job by its request id, an enrolment by
its key), so what fails on the way is tried again with growing pauses.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from intake_agent.language import gettext, gettext_noop, language
from intake_agent.station import tls
from wipe_reports import messages

_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
_PAUSES_SECONDS = (1.0, 3.0)
_LONGEST_PAUSE_SECONDS = 30.0
_TRY_AGAIN = frozenset({408, 425, 429, 502, 503, 504})
_TROUBLES: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, gettext_noop("er is geen netwerk, of het adres van de dienst bestaat niet")),
    (ssl.SSLError, gettext_noop("een versleutelde verbinding lukt niet")),
    (ConnectionRefusedError, gettext_noop("op dit adres draait nu geen dienst")),
    (ConnectionResetError, gettext_noop("de dienst verbrak de verbinding")),
)


class ServiceUnreachableError(Exception):
    """The service did not answer, or only that it cannot now; later may be better. The message is for the operator.

    ``asked_pause_seconds`` is how long the service itself asked to be left alone (Retry-After), where it did.
    """

    def __init__(self, message: str, asked_pause_seconds: float | None = None) -> None:
        self.asked_pause_seconds = asked_pause_seconds
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class ServiceRefusedError(Exception):
    """The service said no, and would say it again. ``sentence`` and the words of ``fields`` are for the operator."""

    status: int
    code: str
    sentence: str
    fields: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return "\n".join([self.sentence, *(f"  {field}: {message}" for field, message in self.fields)])


class Client:
    """One service. ``transport`` and ``pause`` are for tests; certificates are always verified, by ``trust``.

    ``service_time`` is the time in the service's last answer over TLS, by its Date header.
    """

    def __init__(
        self,
        service: str,
        *,
        trust: tls.Trust | None = None,
        transport: httpx.BaseTransport | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._service, self._trust, self._pause = service, trust or tls.Trust(), pause
        self._by_known_time = datetime.now(UTC) < self._trust.newest_time()
        self._http = self._opened(transport)
        self.service_time: datetime | None = None

    def _opened(self, transport: httpx.BaseTransport | None = None) -> httpx.Client:
        return httpx.Client(
            base_url=self._service,
            timeout=_TIMEOUT,
            verify=tls.context(self._trust, by_known_time=self._by_known_time),
            transport=transport,
            follow_redirects=False,
            headers={"Accept": "application/json, application/problem+json", "Accept-Language": language()},
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def enrol(self, code: str, name: str, public_key: dict[str, str]) -> dict[str, Any]:
        """Enrol a station with its one-time code; the same code with the same key gives the same answer."""
        request = messages.Enrolment(code=code, name=name, public_key=public_key)
        return self._post("/api/v1/stations/enrol", json=messages.members(request))

    def wipe_job(self, compact: str) -> dict[str, Any]:
        """Ask a nonce for each carrier, by a signed ``wipe-job+jws``."""
        return self._post_signed("/api/v1/wipe-jobs", compact)

    def send_report(self, compact: str) -> dict[str, Any]:
        """Hand in a signed report; the answer carries the service's signed receipt."""
        return self._post_signed("/api/v1/reports", compact)

    def settings(self, compact: str) -> dict[str, Any]:
        """Ask the service's time and the partner's rule for the minimum, by a signed ``station-settings+jws``."""
        return self._post_signed("/api/v1/stations/settings", compact)

    def label(self, compact: str) -> dict[str, Any]:
        """Ask whose label was scanned, by a signed ``label-lookup+jws``."""
        return self._post_signed("/api/v1/stations/label", compact)

    def keys(self) -> dict[str, Any]:
        """The keys the service trusts now, as a JWK Set."""
        return self._answer(lambda: self._http.get("/api/v1/keys"))

    def _post(self, path: str, json: dict[str, Any]) -> dict[str, Any]:
        return self._answer(lambda: self._http.post(path, json=json))

    def _post_signed(self, path: str, compact: str) -> dict[str, Any]:
        headers = {"Content-Type": "application/jose"}
        return self._answer(lambda: self._http.post(path, content=compact.encode("ascii"), headers=headers))

    def _answer(self, request: Callable[[], httpx.Response]) -> dict[str, Any]:
        for pause_seconds in (*_PAUSES_SECONDS, None):
            asked = None
            try:
                response = self._asked(request)
            except httpx.TransportError as error:
                trouble = gettext("De dienst is niet bereikbaar: {reason}.", reason=_reason(error))
                if _certificate_error(error) is not None:
                    break
            else:
                if response.status_code not in _TRY_AGAIN:
                    return _accepted(response)
                trouble = gettext("De dienst kan nu niet antwoorden (HTTP {status}).", status=response.status_code)
                asked = asked_pause_seconds(response.headers.get("Retry-After"), self.service_time or datetime.now(UTC))
            if pause_seconds is None or (asked or 0) > _LONGEST_PAUSE_SECONDS:
                break
            self._pause(max(pause_seconds, asked or 0))
        raise ServiceUnreachableError(trouble, asked)

    def _asked(self, request: Callable[[], httpx.Response]) -> httpx.Response:
        """One try. "Not yet valid" says that this machine's clock is behind: from then on known time decides."""
        try:
            response = request()
        except httpx.TransportError as error:
            found = _certificate_error(error)
            if self._by_known_time or getattr(found, "verify_code", None) != tls.NOT_YET_VALID:
                raise
            self._http.close()
            self._by_known_time = True
            self._http = self._opened()
            response = request()
        self._hear_time(response)
        return response

    def _hear_time(self, response: httpx.Response) -> None:
        """Take the time from the answer, unless its own certificate would have expired by then."""
        stream = response.extensions.get("network_stream")
        connection = stream.get_extra_info("ssl_object") if stream is not None else None
        server_time = _http_date(response.headers.get("Date"))
        if connection is None or server_time is None:
            return
        expires = str(connection.getpeercert().get("notAfter"))
        if server_time.timestamp() <= ssl.cert_time_to_seconds(expires):
            self.service_time = server_time
            # What cannot be kept is asked again of the service by the next start.
            with contextlib.suppress(OSError):
                self._trust.store_time(server_time)


def asked_pause_seconds(retry_after: str | None, now: datetime) -> float | None:
    """How long a Retry-After header (RFC 9110: seconds or a date) asks to wait; ``None`` where it says nothing."""
    if retry_after is None:
        return None
    if retry_after.isascii() and retry_after.isdigit() and len(retry_after) <= 9:
        return float(retry_after)
    until = _http_date(retry_after)
    return None if until is None else max(0.0, (until - now).total_seconds())


def _http_date(written: str | None) -> datetime | None:
    try:
        server_time = parsedate_to_datetime(written or "")
        return server_time.astimezone(UTC) if server_time.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error and what it came from; httpx keeps the system's own error as a cause further down."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _certificate_error(error: httpx.TransportError) -> ssl.SSLCertVerificationError | None:
    return next((cause for cause in _causes(error) if isinstance(cause, ssl.SSLCertVerificationError)), None)


def _reason(error: httpx.TransportError) -> str:
    """What went wrong on the way, for people."""
    if isinstance(error, httpx.TimeoutException):
        return gettext("er kwam niet op tijd een antwoord")
    if (found := _certificate_error(error)) is not None:
        return tls.certificate_trouble(found, datetime.now(UTC))
    for cause in _causes(error):
        for kind, words in _TROUBLES:
            if isinstance(cause, kind):
                return gettext(words)
    return gettext("de verbinding met het netwerk lukt niet of viel weg")


def _accepted(response: httpx.Response) -> dict[str, Any]:
    body = _json(response)
    if response.is_success and isinstance(body, dict):
        return body
    if response.status_code >= 500:
        raise ServiceUnreachableError(gettext("De dienst heeft een fout (HTTP {status}).", status=response.status_code))
    if response.is_success or response.is_redirect:
        raise ServiceUnreachableError(gettext("Op dit adres antwoordt iets anders dan de dienst."))
    raise _refused(response.status_code, body)


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def _refused(status: int, body: object) -> ServiceRefusedError:
    """A problem (RFC 9457) in the service's own words; without one, what the status says."""
    problem = messages.read(messages.Problem, body)
    title, detail = ((words or "").rstrip(". ") for words in (problem.title, problem.detail))
    # A detail that begins with the title says it all; both would say it twice.
    words = [detail] if detail.startswith(title) else [title, detail]
    fields = tuple((one.field or "", one.message) for one in problem.errors if one.message)
    sentence = "".join(f"{one}. " for one in words if one).rstrip() or gettext(
        "De dienst weigert dit (HTTP {status}).", status=status
    )
    return ServiceRefusedError(problem.status or status, problem.code or "", sentence, fields)
