"""A store that speaks S3 (moto), whose requests are verified by AWS's own library: PORT KEY SECRET BUCKET.

It takes requests that are signed in their URL with KEY and SECRET, and answers 403 to all others. GET /_test/keys tells the
keys of the bucket and what was begun there and is not whole; POST /_test/NAME has it in a trouble from then on:

- lie: what is read is not what was written
- cut: answers to those who read an object end in the middle
- refuse: nothing can be put
- hang: nothing is answered
- none
"""
import hmac
import json
import sys
import threading
import time
from urllib.parse import parse_qsl, quote

import boto3
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

PORT, KEY, SECRET, BUCKET = int(sys.argv[1]), *sys.argv[2:5]
TROUBLES = ("lie", "cut", "refuse", "hang", "none")


class Store:
    def __init__(self):
        self.moto = DomainDispatcherApplication(create_backend_app)
        self.trouble = "none"

    def __call__(self, environ, start):
        path, query = environ["PATH_INFO"], dict(parse_qsl(environ["QUERY_STRING"], keep_blank_values=True))
        if path.startswith("/_test/"):
            return self.test(path.removeprefix("/_test/"), start)
        is_own = environ.get("HTTP_USER_AGENT", "").startswith("Boto3")
        if is_own:
            return self.moto(environ, start)
        if self.trouble == "hang":
            time.sleep(3600)
        code = refusal(environ, query)
        if not code and self.trouble == "refuse" and environ["REQUEST_METHOD"] in ("PUT", "POST"):
            code = "AccessDenied"
        if code:
            print(f"refused: {code}", flush=True)
            return say(start, "403 Forbidden", f"<Error><Code>{code}</Code><Message>No.</Message></Error>")
        is_read = environ["REQUEST_METHOD"] == "GET" and path.count("/") > 1 and not path.endswith("/")
        if is_read and self.trouble in ("lie", "cut"):
            return self.twisted(environ, start)
        return self.moto(environ, start)

    def twisted(self, environ, start):
        """What was read, with its last byte changed, or without its second half."""
        told = []
        body = bytearray(b"".join(self.moto(environ, lambda *all: told.append(all))))
        if self.trouble == "lie":
            body[-1] ^= 1
        else:
            del body[len(body) // 2 :]
        start(*told[0])
        return [bytes(body)]

    def test(self, what, start):
        if what in TROUBLES:
            self.trouble = what
            return say(start, "200 OK", what)
        client = own_client()
        keys = [one["Key"] for one in client.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
        begun = [one["Key"] for one in client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", [])]
        return say(start, "200 OK", json.dumps({"keys": keys, "begun": begun}))


def refusal(environ, query):
    """What is wrong with a signature, by what AWS's library makes of the same request."""
    told = query.pop("X-Amz-Signature", "")
    key, _, region, *_ = query.get("X-Amz-Credential", "/////").split("/")
    if key != KEY:
        return "InvalidAccessKeyId"
    auth = S3SigV4QueryAuth(Credentials(KEY, SECRET), "s3", region)
    url = f"http://{environ['HTTP_HOST']}{quote(environ['PATH_INFO'])}?" + "&".join(
        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in query.items()
    )
    names = [name for name in query["X-Amz-SignedHeaders"].split(";") if name != "host"]
    headers = {name: environ["HTTP_" + name.upper().replace("-", "_")] for name in names}
    request = AWSRequest(method=environ["REQUEST_METHOD"], url=url, headers=headers)
    request.context["timestamp"] = query["X-Amz-Date"]
    signature = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
    return "" if hmac.compare_digest(signature, told) else "SignatureDoesNotMatch"


def say(start, status, text):
    body = text.encode()
    start(status, [("Content-Length", str(len(body))), ("Content-Type", "text/plain")])
    return [body]


def own_client():
    return boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{PORT}",
        region_name="us-east-1",
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
    )


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, *_):
        pass


server = make_server("127.0.0.1", PORT, Store(), threaded=True, request_handler=Quiet)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
own_client().create_bucket(Bucket=BUCKET)
print("ready", flush=True)
threading.Event().wait()
