"""A web site on loopback that tests change; it counts what it is asked for."""

import collections
import hashlib
import http.server
import threading

from loopback import LoopbackServer

# What a server needs to be told to read such a site.
CONFIG = """
[connectors.network]
allow = ["127.0.0.0/8"]
"""


class WebSite:
    """Pages by path. What is not there is answered with 404."""

    def __init__(self):
        self.pages = {}
        self.asked = collections.Counter()
        self.sent = collections.Counter()
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                site.answer(self)

            def log_message(self, *_):
                pass

        self.server = LoopbackServer(Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *failure):
        self.server.shutdown()
        self.server.server_close()

    def put(self, path, text, *links):
        """A page with some text and links to other paths."""
        anchors = "".join(f'<p><a href="{link}">{link}</a></p>' for link in links)
        self.pages[path] = (
            f"<!doctype html><title>{path}</title><main><p>{text}</p>{anchors}</main>".encode()
        )

    def answer(self, request):
        body = self.pages.get(request.path)
        self.asked[request.path] += 1
        tag = f'"{hashlib.sha256(body or b"").hexdigest()[:16]}"'
        if body is None:
            request.send_response(404)
            body = b"not found"
        elif request.headers.get("If-None-Match") == tag:
            request.send_response(304)
            body = b""
        else:
            self.sent[request.path] += 1
            request.send_response(200)
        request.send_header("ETag", tag)
        request.send_header("Content-Type", "text/html; charset=utf-8")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
