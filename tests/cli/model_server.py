# SPDX-License-Identifier: GPL-3.0-or-later
"""A server on this machine that has one file and every fault a server can have."""

import re
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ModelServer:
    """Serves `content` at /model.safetensors, over HTTPS if there is a certificate (a PEM file with its key), as the attributes say:

    ranges      whether parts of it can be had
    etag        that it claims
    headers     other headers, as a dictionary
    answer      a function of the request that sends an answer of its own and returns True, or returns False
    requests    the Range header of every request for the file, None where there was none
    paths       of every request
    """

    def __init__(self, content, certificate=None):
        self.content = content
        self.ranges = True
        self.etag = '"one"'
        self.headers = {}
        self.answer = lambda request: False
        self.requests = []
        self.paths = []
        self.released = threading.Event()  # stalled requests wait for it
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                server.paths.append(self.path)
                if server.answer(self):
                    return
                server.requests.append(self.headers["Range"])
                server.send(self)

            def log_message(self, *arguments):
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, request, client_address):
                pass  # who hears enough hangs up

        self._http = Server(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)
            self._scheme = "https"
        self._thread = threading.Thread(target=self._http.serve_forever)
        self._thread.start()

    @property
    def origin(self):
        return f"{self._scheme}://127.0.0.1:{self._http.server_port}"

    @property
    def url(self):
        return self.origin + "/model.safetensors"

    def part(self, request):
        """First and last byte that are asked for, or None."""
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", request.headers["Range"] or "")
        if not asked or not self.ranges:
            return None
        return int(asked[1]), min(int(asked[2]), len(self.content) - 1)

    def send(self, request, cut=None, claim=None, stall=False):
        """The answer that keeps to the rules; or only its first `cut` bytes, another Content-Range, or silence in place of the rest."""
        part = self.part(request)
        body = self.content[part[0] : part[1] + 1] if part else self.content
        request.send_response(206 if part else 200)
        if part:
            request.send_header("Content-Range", claim or f"bytes {part[0]}-{part[1]}/{len(self.content)}")
        request.send_header("Content-Length", str(len(body)))
        request.send_header("ETag", self.etag)
        for name, value in self.headers.items():
            request.send_header(name, value)
        request.end_headers()
        if stall:
            request.wfile.write(body[:cut])
            request.wfile.flush()
            self.released.wait()
            request.close_connection = True
        elif cut is not None:
            request.wfile.write(body[:cut])
            request.close_connection = True
        else:
            request.wfile.write(body)

    def redirect(self, request, location):
        request.send_response(302)
        request.send_header("Location", location)
        request.send_header("Content-Length", "0")
        request.end_headers()

    def refuse(self, request, status):
        body = b"<html>a page for people</html>"
        request.send_response(status)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def close(self):
        self.released.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()
