"""An OpenAI-compatible embedding server: hashed bags of words, so that tests need no model."""

import contextlib
import json
import threading
import zlib
from http.server import BaseHTTPRequestHandler

from loopback import LoopbackServer

DIMENSIONS = 32


def embed(text):
    """The same words give the same vector, whatever their order."""
    vector = [1e-3] * DIMENSIONS
    for word in text.lower().split():
        vector[zlib.crc32(word.encode()) % DIMENSIONS] += 1
    return vector


class Handler(BaseHTTPRequestHandler):
    """POST /v1/embeddings."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
        data = [
            {"object": "embedding", "index": index, "embedding": embed(text)}
            for index, text in enumerate(texts)
        ]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        answer = json.dumps({"object": "list", "data": data, "model": "fake", "usage": usage})
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer.encode())))
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *_):
        pass


def start():
    """Starts a server on a free port; returns it with its address as `url`."""
    server = LoopbackServer(Handler)
    server.url = f"http://127.0.0.1:{server.server_port}/v1"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@contextlib.contextmanager
def serving():
    """Such a server, as the configuration by which a server under test finds it."""
    server = start()
    try:
        yield f"""
[[models.embedding]]
match = "*"
provider = "openai"
model = "fake"
dimensions = {DIMENSIONS}

[models.openai.fake]
base_url = "{server.url}"
"""
    finally:
        server.shutdown()
