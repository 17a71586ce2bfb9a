"""A mail server for tests: takes what it is sent, and refuses recipients by what they are called.

Usage: server.py ADDRESS PORT [CERTIFICATE], a file with its key for STARTTLS. Says "ready" when it listens.
"""

import socketserver
import ssl
import sys

REPLIES = {
    "nobody": "550 5.1.1 User unknown in virtual mailbox table",
    "grey": "451 4.7.1 Greylisting in action, please come back later",
    "full": "452 4.2.2 Mailbox full",
}


class Dialogue(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        self.say("220 mx.harbour.example ESMTP")
        recipients = 0
        while line := self.rfile.readline():
            text = line.decode("latin-1").strip()
            verb = text.split(" ")[0].upper()
            if verb in ("EHLO", "HELO"):
                self.say("250-mx.harbour.example\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250-ENHANCEDSTATUSCODES"
                         + ("\r\n250-STARTTLS" if len(sys.argv) > 3 else "") + "\r\n250 8BITMIME")
            elif verb == "MAIL":
                recipients = 0
                self.say("250 2.1.0 Ok")
            elif verb == "RCPT":
                name = text.split("<", 1)[-1].split("@")[0]
                reply = REPLIES.get(name, "250 2.1.5 Ok")
                recipients += reply.startswith("250")
                self.say(reply)
            elif verb == "DATA":
                if not recipients:
                    self.say("554 5.5.1 No valid recipients")
                    continue
                self.say("354 End data with <CR><LF>.<CR><LF>")
                while (part := self.rfile.readline()) not in (b".\r\n", b""):
                    pass
                self.say("250 2.0.0 Ok: queued as 4XyZ12")
            elif verb == "STARTTLS" and len(sys.argv) > 3:
                self.say("220 2.0.0 Ready to start TLS")
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(sys.argv[3])
                self.connection = context.wrap_socket(self.connection, server_side=True)
                self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
            elif verb == "QUIT":
                self.say("221 2.0.0 Bye")
                return
            else:
                self.say("250 2.0.0 Ok")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


with Server((sys.argv[1], int(sys.argv[2])), Dialogue) as server:
    print("ready", flush=True)
    server.serve_forever()
