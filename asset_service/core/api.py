"""The API's frame: flask-smorest with our errors, its OpenAPI 3.1 document and a page for it from our own server."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson
import swagger_ui
from flask import Blueprint as FlaskBlueprint
from flask import Flask, Response, render_template, send_from_directory
from flask.json.provider import JSONProvider
from flask_smorest import Api
from flask_smorest import Blueprint as SmorestBlueprint

from asset_service.core.access import PUBLIC, decision, public
from asset_service.core.errors import NotFound
from asset_service.core.input import JsonParser, read_json
from asset_service.core.security import csrf
from wipe_reports.messages import PROBLEM_TYPE, Problem, schema_of

SWAGGER_FILES = Path(swagger_ui.__file__).parent / "static"
_SERVED = frozenset({"swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"})
blueprint = FlaskBlueprint(
    "api_docs", __name__, url_prefix="/api/v1/docs", template_folder="templates", static_folder="static"
)


class OrjsonProvider(JSONProvider):
    """JSON by orjson: UUIDs and moments as text, moments ending in ``Z``."""

    def dumps(self, obj: Any, **_options: Any) -> str:
        """``obj`` as JSON text."""
        return _dumped(obj).decode()

    def loads(self, s: str | bytes, **_options: Any) -> Any:
        """The value of JSON text. Raises :class:`~asset_service.core.input.Unreadable`."""
        return read_json(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """A JSON response."""
        return Response(_dumped(self._prepare_response_obj(args, kwargs)), mimetype="application/json")


def _dumped(value: Any) -> bytes:
    return orjson.dumps(value, default=str, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)


class Blueprint(SmorestBlueprint):
    """A room's endpoints; JSON bodies are read by :mod:`asset_service.core.input`."""

    ARGUMENTS_PARSER = JsonParser()


class HerstartApi(Api):
    """flask-smorest's API; errors are answered by :mod:`asset_service.core.errors`."""

    ERROR_SCHEMA = schema_of(Problem)
    _document: bytes | None = None

    def _register_error_handlers(self) -> None:
        """Nothing: one answer to errors is enough."""

    def register_blueprint(self, blp: Any, **options: Any) -> None:
        """Register a room's endpoints. Tokens and signed bodies need no form token; accounts.access asks sessions."""
        csrf.exempt(blp)
        super().register_blueprint(blp, **options)

    @public
    def _openapi_json(self) -> Response:
        if self._document is None:
            self._document = orjson.dumps(_document(self._app, self.spec.to_dict()))
        return Response(self._document, mimetype="application/json")


def _document(app: Flask, document: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI document with what flask-smorest cannot know: errors' media type, and what needs no token."""
    for response in document["components"].get("responses", {}).values():
        content = response.get("content", {})
        if content.get("application/json", {}).get("schema") == {"$ref": "#/components/schemas/Problem"}:
            response["content"] = {PROBLEM_TYPE: content["application/json"]}
    for rule in app.url_map.iter_rules():
        operations = document["paths"].get(re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule), {})
        for method in operations.keys() & {one.lower() for one in rule.methods or ()}:
            if decision(app, rule.endpoint, method) == PUBLIC:
                operations[method]["security"] = []
    return document


def register(app: Flask, version: str) -> HerstartApi:
    """The app's API, to which rooms register their blueprints."""
    app.json = OrjsonProvider(app)
    app.config.update(
        API_TITLE="Herstart",
        API_VERSION=version,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
            "security": [{"token": []}],
        },
    )
    api = HerstartApi(app)
    app.register_blueprint(blueprint)
    return api


@blueprint.get("/")
@public
def page() -> str:
    """The OpenAPI document, readable and to be tried out."""
    return render_template("core/api_docs.html")


@blueprint.get("/files/<name>")
@public
def swagger_file(name: str) -> Response:
    """A file of Swagger UI, from the installed package."""
    if name not in _SERVED:
        raise NotFound
    return send_from_directory(SWAGGER_FILES, name, max_age=86400)
