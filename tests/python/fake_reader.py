"""An OpenAI-compatible server that sees: what it answers follows from what it is shown."""

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler

from loopback import LoopbackServer

MODEL = "anthropic.claude-3-haiku-20240307-v1:0"


class Handler(BaseHTTPRequestHandler):
    """POST /v1/chat/completions; each request with new content is throttled the first time."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        content = body["messages"][-1]["content"]
        key = json.dumps(content)
        with self.server.lock:
            is_new = key not in self.server.seen
            self.server.seen.add(key)
        if is_new:
            return self.send(429, {"error": {"message": "slow down", "code": "rate_limit"}})
        with self.server.lock:
            self.server.requests.append(body)
        return self.send(200, completion(*self.server.answer(content)))

    def send(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        if status == 429:
            self.send_header("retry-after", "0")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


def completion(text, finish_reason):
    message = {"role": "assistant", "content": text}
    return {
        "id": "chatcmpl-0",
        "object": "chat.completion",
        "model": "fake",
        "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 7, "total_tokens": 107},
    }


@contextlib.contextmanager
def serving(answer):
    """Such a server, with the configuration by which a server under test finds it as `config`.

    `answer` makes a text and a finish reason of the content of the last message.
    """
    server = LoopbackServer(Handler)
    server.answer, server.lock = answer, threading.Lock()
    server.seen, server.requests = set(), []
    server.config = f"""
[[models.generation]]
match = "anthropic.*"
provider = "openai"
model = "fake"

[[models.generation]]
match = "*"
provider = "local"

[models.openai.reader]
base_url = "http://127.0.0.1:{server.server_port}/v1"
"""
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
