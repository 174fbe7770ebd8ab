"""The API's document and its page, from our own server, under our own policy."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from werkzeug.serving import make_server


@pytest.fixture
def database_url(sqlite_url):
    """Nothing here depends on the database."""
    return sqlite_url


@pytest.fixture
def address(app) -> Iterator[str]:
    """Where the app listens."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


def test_the_document_says_what_needs_a_token_and_how_errors_look(client):
    document = client.get("/api/v1/openapi.json").json
    assert document["openapi"] == "3.1.0"
    assert document["paths"]["/api/v1/stations/enrol"]["post"]["security"] == []
    assert "security" not in document["paths"]["/api/v1/me"]["get"]
    assert list(document["components"]["responses"]["DEFAULT_ERROR"]["content"]) == ["application/problem+json"]


def test_every_operation_is_described(client):
    for path, operations in client.get("/api/v1/openapi.json").json["paths"].items():
        for method, operation in operations.items():
            if method != "parameters":
                assert operation.get("summary"), f"{method} {path}"


def test_only_the_files_that_the_page_needs_are_served(client):
    assert client.get("/api/v1/docs/files/swagger-ui.css").status_code == 200
    assert client.get("/api/v1/docs/files/index.css").status_code == 404
    assert client.get("/api/v1/docs/files/..%2f__init__.py").status_code == 404


@pytest.mark.browser
def test_the_page_works_without_anything_from_elsewhere(address, browser):
    with browser.new_context() as context:
        page = context.new_page()
        complaints: list[str] = []
        elsewhere: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: elsewhere.append(request.url))
        page.goto(f"{address}/api/v1/docs/")
        page.get_by_text("/api/v1/stations/enrol", exact=True).click()
        page.get_by_role("button", name="Try it out").wait_for()
    assert complaints == []
    assert [url for url in elsewhere if not url.startswith((address, "data:"))] == []
