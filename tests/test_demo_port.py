"""``make demo`` never hands its enrolment code to a stranger's service."""

from __future__ import annotations

import importlib.util
import json
import socket
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from asset_service.config import Settings
from asset_service.core.keys import Keys
from wipe_reports import signing


@pytest.fixture(scope="module")
def demo():
    """The module ``deploy/demo.py``."""
    spec = importlib.util.spec_from_file_location("demo", Path(__file__).parents[1] / "deploy" / "demo.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def stranger():
    """A service of somebody else on loopback that publishes ``stranger.keys``."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self):
            body = json.dumps({"keys": self.server.keys}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments):
            pass

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        server.keys = [signing.public_jwk(signing.generate_key())]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_the_port_is_ours_from_the_moment_it_is_chosen(demo, monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setattr(demo, "PREFERRED_PORT", taken.getsockname()[1])
        with demo.open_listener() as listener, socket.socket() as late:
            port = listener.getsockname()[1]
            assert port != taken.getsockname()[1]
            late.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with pytest.raises(OSError, match="in use"):
                late.bind(("127.0.0.1", port))


def test_a_service_with_other_keys_gets_no_enrolment(demo, stranger, tmp_path):
    settings = Settings(data_directory=tmp_path)
    address = f"http://127.0.0.1:{stranger.server_port}"
    with pytest.raises(demo.DemoError, match="another service"):
        demo.check_who_answers(address, settings)
    stranger.keys = [signing.public_jwk(Keys(tmp_path / "keys").service())]
    demo.check_who_answers(address, settings)


def test_a_proxy_of_the_environment_is_told_nothing(demo, stranger, tmp_path, monkeypatch):
    """Before, it got the enrolment code and a token, and could answer with the service's own public key."""
    settings = Settings(data_directory=tmp_path)
    stranger.keys = [signing.public_jwk(Keys(tmp_path / "keys").service())]
    monkeypatch.setattr(urllib.request, "_opener", None)  # made at the first question, with the proxies of then
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{stranger.server_port}")
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("NO_PROXY", "")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
        demo.check_who_answers(address, settings)  # by the proxy
        demo.stay_on_this_machine()
        with pytest.raises(OSError, match="refused"):
            demo.check_who_answers(address, settings)
