"""aiosmtpd as a mail server for tests. Usage: aiosmtpd_server.py ADDRESS PORT. Says "ready" when it listens."""

import signal
import sys

from aiosmtpd.controller import Controller


class Mailboxes:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 5.1.1 User unknown"
        if address.startswith("grey@"):
            return "451 4.7.1 Greylisting in action, please come back later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server, session, envelope):
        return "250 2.0.0 Ok: queued"


controller = Controller(Mailboxes(), hostname=sys.argv[1], port=int(sys.argv[2]))
controller.start()
print("ready", flush=True)
signal.sigwait([signal.SIGTERM, signal.SIGINT])
controller.stop()
