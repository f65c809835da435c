"""A real mail server: PORT MODE CERT KEY, where MODE is plain, starttls or tls. Prints each mail as a line of JSON.

It takes mail from the user "desk" with the password that the tests know, and from nobody who has not logged in; without
TLS from anybody.
"""
import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

PORT, MODE, CERT, KEY = int(sys.argv[1]), *sys.argv[2:5]


class Inbox:
    async def handle_DATA(self, server, session, envelope):
        told = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "text": envelope.content.decode("utf-8"),
            "is_secret": session.ssl is not None or MODE == "tls",
            "is_known": bool(session.authenticated),
        }
        print(json.dumps(told), flush=True)
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    is_known = data.login == b"desk" and data.password == b"a secret of the mail server"
    return AuthResult(success=is_known)


def context():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERT, KEY)
    return context


def session():
    options = {"hostname": "mail.test", "enable_SMTPUTF8": True}
    if MODE != "plain":
        options.update(authenticator=authenticate, auth_required=True, auth_require_tls=MODE == "starttls")
    if MODE == "starttls":
        options.update(tls_context=context(), require_starttls=True)
    return SMTP(Inbox(), **options)


async def main():
    tls = context() if MODE == "tls" else None
    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", PORT, ssl=tls)
    async with server:
        await server.serve_forever()


asyncio.run(main())
