"""Sends mails for tests. Usage: client.py ADDRESS PORT [PLAN], PLAN being letters: what becomes of each session.

d delivered, p partly refused, r refused, g greylisted, l a large message, t two mails in one session, e no mail at all,
s delivered behind STARTTLS; SSLKEYLOGFILE is honoured
"""

import smtplib
import socket
import ssl
import sys
import time

address, port = sys.argv[1], int(sys.argv[2])
plan = sys.argv[3] if len(sys.argv) > 3 else "dprglte"


def message(subject, size=0):
    lines = "".join("%060d\r\n" % number for number in range(size // 62))
    return (
        "From: Ann <ann@kestrel.example>\r\nTo: bob@harbour.example\r\nDate: Fri, 20 Nov 2026 09:14:02 +0000\r\n"
        f"Subject: {subject}\r\nMessage-ID: <{subject.replace(' ', '.')}@kestrel.example>\r\n\r\nHello.\r\n{lines}"
    )


for number, what in enumerate(plan):
    if what == "e":
        with socket.create_connection((address, port)) as raw:
            raw.recv(1000)
        continue
    with smtplib.SMTP(address, port, local_hostname="kestrel.example", timeout=20) as client:
        if what == "s":
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            client.starttls(context=context)
        to = {
            "p": ["bob@harbour.example", "nobody@harbour.example"],
            "r": ["nobody@harbour.example"],
            "g": ["grey@harbour.example"],
        }.get(what, ["bob@harbour.example"])
        for mail in range(2 if what == "t" else 1):
            try:
                client.sendmail(
                    "ann@kestrel.example", to, message(f"{what} {number} {mail}", 3_000_000 if what == "l" else 0)
                )
            except smtplib.SMTPException:
                pass
            if what == "t":
                time.sleep(0.3)
