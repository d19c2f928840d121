"""HTTP servers of the tests."""

import http.server


class LoopbackServer(http.server.ThreadingHTTPServer):
    """A server on a free port of the loopback address."""

    daemon_threads = True

    def __init__(self, handler):
        super().__init__(("127.0.0.1", 0), handler)

    def handle_error(self, request, client_address):
        """Nothing to say: clients are killed in the middle of an answer."""
