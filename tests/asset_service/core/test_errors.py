"""One shape for every error: problem+json for programs, a page for people."""

from __future__ import annotations

import time

import pytest
from flask import abort

from asset_service.core import errors, security
from asset_service.core.access import public
from asset_service.core.errors import FieldError, Invalid, Refused


@pytest.fixture
def database_url(sqlite_url):
    """Nothing here depends on the database."""
    return sqlite_url


@pytest.fixture
def failing(app):
    """The app with a view for each way to fail, below /api/ and as a page."""

    @public
    def fail(how: str):
        if how == "refused":
            raise Refused("De schijf is nog niet gewist.", errors=[FieldError("data_clean", "Wis eerst de schijf.")])
        if how == "abort":
            abort(404)
        raise RuntimeError("secret detail of the inside")

    app.add_url_rule("/api/v1/fail/<how>", "fail_api", fail)
    app.add_url_rule("/fail/<how>", "fail_page", fail)
    return app.test_client()


def test_a_refusal_says_its_reasons(failing):
    answer = failing.get("/api/v1/fail/refused")
    assert answer.content_type == "application/problem+json"
    assert answer.status_code == 409
    problem = answer.json
    assert problem.pop("instance").startswith("urn:herstart:request:")
    assert problem == {
        "type": "urn:herstart:problem:refused",
        "title": "Dit mag nu niet",
        "status": 409,
        "detail": "De schijf is nog niet gewist.",
        "code": "refused",
        "errors": [{"field": "data_clean", "message": "Wis eerst de schijf."}],
    }


def test_an_unknown_fault_shows_nothing_of_the_inside(failing):
    for path in ("/api/v1/fail/crash", "/fail/crash"):
        answer = failing.get(path)
        assert answer.status_code == 500
        assert "secret" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("get", "/api/v1/no-such-thing", 404, "not_found"),
        ("get", "/api/v1/fail/abort", 404, "not_found"),
        ("delete", "/api/v1/keys", 405, "method_not_allowed"),
        ("get", "/api/v1/me", 401, "unauthenticated"),
    ],
)
def test_http_errors_of_the_frame_are_problems_too(failing, method, path, status, code):
    answer = failing.open(path, method=method)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert answer.content_type == "application/problem+json"


def test_a_body_that_is_no_json_is_said_so(client):
    answer = client.post("/api/v1/stations/enrol", data=b"{", content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (400, "bad_request")
    assert answer.json["errors"] == [{"field": "", "message": "Dit is geen geldige JSON."}]


def test_wrong_fields_are_named_with_their_path(client):
    answer = client.post("/api/v1/stations/enrol", json={"code": 7, "name": "", "extra": 1})
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert {one["field"]: one["message"] for one in answer.json["errors"]} == {
        "code": "Hier hoort tekst.",
        "name": "Van 1 tot 100 tekens.",
        "public_key": "Dit veld is verplicht.",
        "extra": "Dit veld kennen we niet.",
    }


def test_nested_messages_become_paths():
    messages = {"json": {"carriers": {0: {"wipe": {"passes": ["Missing data for required field."]}}}, "_schema": ["x"]}}
    assert errors.flattened(messages) == [
        FieldError("carriers[0].wipe.passes", "Dit veld is verplicht."),
        FieldError("", "x"),
    ]


def test_a_page_that_is_not_there_is_an_html_page(client):
    answer = client.get("/no-such-page")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "Niet gevonden" in answer.get_data(as_text=True)


def test_a_body_over_the_bound_is_refused(client):
    answer = client.post("/api/v1/stations/enrol", data=b" " * (2 * 1024 * 1024 + 1), content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (413, "too_large")


def test_a_detail_of_a_refusal_is_escaped_on_the_page(app):
    @public
    def refuse():
        raise Invalid("<script>alert(1)</script>")

    app.add_url_rule("/script", "script", refuse)
    page = app.test_client().get("/script").get_data(as_text=True)
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize("broken", [False, True])
def test_a_fault_has_a_page_that_needs_no_database_and_a_bare_one_where_that_is_broken(failing, monkeypatch, broken):
    def nothing(*_, **__):
        raise RuntimeError("no templates")

    if broken:
        monkeypatch.setattr("asset_service.frame.error_pages.render_template", nothing)
    page = failing.get("/fail/crash").get_data(as_text=True)
    assert "Er ging iets mis" in page
    assert ("theme.css" in page) is not broken
    assert "<script" not in page


def test_a_page_without_words_of_its_own_says_what_to_do(client):
    assert "Scan het etiket opnieuw" in client.get("/no-such-page").text
    assert "Ga naar het begin" in client.post("/login/no", data={}).text + client.delete("/login").text


@pytest.mark.parametrize(("seconds", "said"), [(37, "37 seconden"), (3599, "60 minuten")])
def test_who_comes_too_often_reads_how_long_to_wait(app, seconds, said):
    with app.test_request_context("/login"):
        refused = security._too_many(time.time() + seconds)
        answered = errors.answer(refused)
    assert said in answered.get_data(as_text=True)
    assert int(answered.headers["Retry-After"]) == seconds


@pytest.mark.parametrize("path", ["/assets/no.css", "/bootstrap/static/no.css", "/no-such-page", "/api/v1/no"])
def test_no_error_is_kept_by_a_browser(client, path):
    """Before, a style sheet that was missed once stayed missing as long as the browser cared to guess."""
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")
