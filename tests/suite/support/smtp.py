"""A mail server for tests: Debian's aiosmtpd on a free port of this machine. What it does with a mail, the recipient's
name says. Ends with its standard input. Usage: smtp.py FOLDER MODE CERTIFICATE KEY"""

import asyncio
import json
import os
import ssl
import sys
import threading

from aiosmtpd.smtp import SMTP, AuthResult

folder, mode, certificate, key = sys.argv[1:]
count = 0
tried = {}


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        tried[name] = tried.get(name, 0) + 1
        with open(os.path.join(folder, "tried"), "a") as log:
            log.write(address + "\n")
        if name == "refused":
            return f"550 5.1.1 <{address}>: no such user here"
        if name == "never" or name == "later" and tried[name] == 1:
            return f"450 4.2.1 <{address}>: mailbox busy"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_MAIL(self, server, session, envelope, address, options):
        if mode == "locked":
            return "550 5.7.1 sender not allowed"
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        global count
        name = envelope.rcpt_tos[0].split("@")[0]
        if name == "spam":
            return "554 5.7.1 looks like spam"
        count += 1
        mail = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "tls": mode == "implicit" or session.ssl is not None,
                "user": (session.auth_data or b"").decode() or None, "text": envelope.content.decode()}
        path = os.path.join(folder, f"{count:06}.json")
        with open(path + ".new", "w") as file:
            json.dump(mail, file)
        os.rename(path + ".new", path)
        if name == "cut":
            server.transport.abort()
            await asyncio.sleep(1)
        return "250 2.0.0 queued"


def authenticate(server, session, envelope, mechanism, data):
    right = (data.login, data.password) == (b"vestibule", b"correct horse")
    return AuthResult(success=right, auth_data=data.login)


async def main():
    context = None
    if mode in ("starttls", "implicit"):
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key)

    def session():
        starttls = mode == "starttls"
        return SMTP(Handler(), hostname="localhost", enable_SMTPUTF8=True, tls_context=context if starttls else None,
                    require_starttls=starttls, authenticator=authenticate, auth_required=starttls,
                    auth_require_tls=starttls)

    at_once = context if mode == "implicit" else None
    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0, ssl=at_once)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def end_with_input():
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=end_with_input, daemon=True).start()
asyncio.run(main())
