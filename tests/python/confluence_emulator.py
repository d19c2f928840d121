"""backlot, an emulator of Confluence's v1 API with users who may read different pages, as the
Confluence of a data source: behind TLS, under the name that the certificate of the tests has.

It emulates Cloud's v1 only, which lies where Data Center's does, so it is read as one. What it
lacks of that is said here in Data Center's words, from what it does have: who one is, the
restriction of a page by itself, the permissions of a space, a comment by its id.
"""

import http.server
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import yaml
from conftest import wait_until
from loopback import LoopbackServer
from server import REPOSITORY

HOST = "wiki.example"
ROOT = "/atlassian/wiki"
API = f"{ROOT}/rest/api"
TLS = REPOSITORY / "fixtures/tls"


class Emulator:
    """An emulator with pages, as a context."""

    def __init__(self, directory, pages):
        self.directory = Path(directory)
        self.pages = pages
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)

    def __enter__(self):
        corpus = self.directory / "corpus.jsonl"
        corpus.write_text("".join(json.dumps(page) + "\n" for page in self.pages))
        data = self.directory / "backlot"
        command = Path(sys.executable).with_name("backlot")
        own = {**os.environ, "BACKLOT_TELEMETRY_DISABLED": "1", "DO_NOT_TRACK": "1"}
        load = [command, "import", corpus, "--data-dir", data]
        subprocess.run(load, env=own, check=True, capture_output=True)
        users = yaml.safe_load((data / "tokens.yaml").read_text())["users"]
        self.logins = {user["email"]: (user["email"], user["token"]) for user in users}
        port = str(self.client.base_url.port)
        with (self.directory / "backlot.log").open("wb") as log:
            serve = ["serve", "--port", port, "--disable-telemetry", "--data-dir", data]
            self.process = subprocess.Popen([command, *serve], env=own, stdout=log, stderr=log)
        self.front = Front(self)
        wait_until(self._answers)
        return self

    def __exit__(self, *_):
        self.front.close()
        self.process.kill()
        self.process.wait()

    def _answers(self):
        try:
            return self.client.get("/openapi.json").status_code == 200
        except httpx.TransportError:
            return False

    def ask(self, email, path, **query):
        """What it says to a user."""
        login = self.logins[email]
        answer = self.client.get(f"{API}{path}", params=query, auth=login)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def config(self):
        """What a server needs to be told to find it."""
        return f"""
[connectors.network]
ca_file = "{TLS / "ca.pem"}"
[connectors.network.hosts."{HOST}"]
address = "{self.front.address}"
"""


class Front:
    """What stands before the emulator: TLS, and the words of Data Center."""

    def __init__(self, emulator):
        self.emulator = emulator
        self.comments = {}
        front = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                status, body = front.answer(self.path, self.headers.get("Authorization"))
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = LoopbackServer(Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(TLS / "server.pem", TLS / "server.key")
        # Each connection shakes hands in its own thread, when it is first read.
        self.server.socket = context.wrap_socket(
            self.server.socket, server_side=True, do_handshake_on_connect=False
        )
        self.address = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, path, authorization):
        """The status and the body of an answer."""
        headers = {"Authorization": authorization} if authorization else {}

        def ask(path):
            return self.emulator.client.get(path, headers=headers)

        parts = path.partition("?")[0].removeprefix(API).strip("/").split("/")
        match parts:
            case ["user", "current"]:
                answer = ask(f"{API}/space?limit=1")
                own = {"type": "known", "username": "x", "userKey": "x"}
            case ["content", id, "restriction", "byOperation", "read"]:
                answer = ask(f"{API}/content/{id}/restriction/byOperation")
                own = keyed(answer.json()["read"]) if answer.is_success else None
            case ["space", key, "permissions"]:
                answer = ask(f"{API}/space/{key}?expand=permissions")
                own = permissions(answer.json()) if answer.is_success else None
            case ["space", key, "permissions", "anonymous"]:
                answer = ask(f"{API}/space/{key}")
                own = []
            case ["content", id] if id in self.comments:
                answer = ask(f"{API}/space?limit=1")
                own = self.comments[id]
            case ["content", _, "child", "comment"]:
                answer = ask(path)
                own = answer.json()
                self.comments |= {comment["id"]: comment for comment in own.get("results", [])}
            case _:
                # Servers give less than they are asked for.
                answer = ask(path.replace("limit=250", "limit=10"))
                own = None
        if answer.is_success and own is not None:
            return 200, json.dumps(own).encode()
        return answer.status_code, answer.content


def keyed(restriction):
    """A restriction whose users have keys."""
    for user in restriction["restrictions"]["user"]["results"]:
        user["userKey"] = user["accountId"]
    return restriction


def permissions(space):
    """The permissions of a space. Groups it does not name, so they are left out."""
    users = (
        user
        for permission in space["permissions"]
        for user in permission.get("subjects", {}).get("user", {}).get("results", [])
    )
    operation = {"targetType": "space", "operationKey": "read"}
    return [
        {"operation": operation, "subject": {"type": "user", "userKey": user["accountId"]}}
        for user in users
    ]
