"""A receiver of events that verifies them with the library of Standard Webhooks for Python.

Usage: event_receiver.py PORT SECRET. Each message that is what it says is a line of JSON: the headers' id and the
event. One that is not is answered with 400, and a line that begins with "refused".
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from standardwebhooks.webhooks import Webhook

PORT, SECRET = int(sys.argv[1]), sys.argv[2]


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            event = Webhook(SECRET).verify(body, headers)
        except Exception as error:  # noqa: BLE001: whatever the library says
            print(f"refused: {error!r}", flush=True)
            self.answer(400)
            return
        line = {"id": headers["webhook-id"], "path": self.path, "event": event}
        print(json.dumps(line), flush=True)
        self.answer(204)

    def do_GET(self):
        self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


HTTPServer(("127.0.0.1", PORT), Receiver).serve_forever()
