#!/usr/bin/env python3
"""Talks SMTP inside TLS in many ways and prints what passed: for each way a JSON object a line with the flights of both
sides, the key log and what was said. Python's ssl talks in memory; what it cannot do (renegotiation, KeyUpdate, early data)
openssl's s_client and s_server do over the loopback interface, through a relay that writes down what it carries. No file but in a
folder that goes again."""

import hashlib, json, os, socket, ssl, subprocess, sys, tempfile, threading, time

NO_ENCRYPT_THEN_MAC = 1 << 19
NO_EXTENDED_MASTER_SECRET = 1 << 0
NO_TICKET = ssl.OP_NO_TICKET

VERSIONS = {
    "TLS 1.0": ssl.TLSVersion.TLSv1,
    "TLS 1.1": ssl.TLSVersion.TLSv1_1,
    "TLS 1.2": ssl.TLSVersion.TLSv1_2,
    "TLS 1.3": ssl.TLSVersion.TLSv1_3,
}


def message():
    """A message of several records, with lines that begin with dots; the same each time."""
    lines = ["Subject: inside TLS", "Date: Fri, 20 Nov 2026 09:14:02 +0000", "From: <a@b.example>", ""]
    lines += ["..stuffed"] + [hashlib.sha256(b"%d" % n).hexdigest() for n in range(600)]
    return "".join(line + "\r\n" for line in lines)


def dialogue():
    return [
        ("S", "220 mx.example ESMTP\r\n"),
        ("C", "EHLO client.example\r\n"),
        ("S", "250-mx.example\r\n250-PIPELINING\r\n250 AUTH PLAIN\r\n"),
        ("C", "MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"),
        ("S", "250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 go\r\n"),
        ("C", message() + ".\r\n"),
        ("S", "250 2.0.0 queued\r\n"),
        ("C", "QUIT\r\n"),
        ("S", "221 2.0.0 bye\r\n"),
    ]


class Ends:
    """A client and a server, each with its two buffers."""

    def __init__(self, client, server, session=None):
        self.flights = []
        self.bios = {name: (ssl.MemoryBIO(), ssl.MemoryBIO()) for name in "CS"}
        self.objects = {
            "C": client.wrap_bio(*self.bios["C"], server_hostname="mx.example", session=session),
            "S": server.wrap_bio(*self.bios["S"], server_side=True),
        }

    def move(self):
        """Carries over what either has to send."""
        moved = False
        for name, other in ("CS", "SC"):
            flight = self.bios[name][1].read()
            if flight:
                self.flights.append([name, flight.hex()])
                self.bios[other][0].write(flight)
                moved = True
        return moved

    def shake_hands(self):
        done = set()
        while len(done) < 2:
            for name in "CS":
                try:
                    self.objects[name].do_handshake()
                    done.add(name)
                except ssl.SSLWantReadError:
                    pass
                self.move()
        self.listen()

    def listen(self):
        """Reads what is there, so that tickets are taken."""
        for name in "CS":
            try:
                while self.objects[name].read(1 << 16):
                    pass
            except (ssl.SSLWantReadError, ssl.SSLZeroReturnError):
                pass

    def talk(self, turns):
        for name, text in turns:
            self.objects[name].write(text.encode())
            self.move()
            self.listen()
        session = self.objects["C"].session
        for name in "CS":
            try:
                self.objects[name].unwrap()
            except (ssl.SSLWantReadError, ssl.SSLError):
                pass
            self.move()
        return session


def openssl(*arguments):
    subprocess.run(("openssl",) + arguments, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def certificates(folder):
    for name, key in (("rsa", ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]),
                      ("ec", ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"])):
        openssl("genpkey", *key, "-out", f"{folder}/{name}.key")
        openssl("req", "-x509", "-new", "-key", f"{folder}/{name}.key", "-subj", "/CN=mx.example", "-days", "3650",
                "-addext", "subjectAltName=DNS:mx.example", "-out", f"{folder}/{name}.pem")


def context(side, way, folder, keylog):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if side == "S" else ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.minimum_version = made.maximum_version = VERSIONS[way["version"]]
    if way["version"] != "TLS 1.3":
        made.set_ciphers(way["cipher"] + ":@SECLEVEL=0")
    made.options |= way.get("options", 0)
    kind = "ec" if "ECDSA" in way["cipher"] else "rsa"
    if side == "S":
        made.load_cert_chain(f"{folder}/{kind}.pem", f"{folder}/{kind}.key")
        if way.get("asks"):
            made.verify_mode = ssl.CERT_OPTIONAL
            made.load_verify_locations(f"{folder}/rsa.pem")
    else:
        made.keylog_filename = keylog
        if way.get("gives"):
            made.load_cert_chain(f"{folder}/rsa.pem", f"{folder}/rsa.key")
    return made


def record(way, folder):
    """Both ends talk once, or twice where the session is to be resumed."""
    keylog = f"{folder}/keys"
    open(keylog, "w").close()
    client, server = (context(side, way, folder, keylog) for side in "CS")
    ends = Ends(client, server)
    ends.shake_hands()
    session = ends.talk(dialogue())
    earlier = ends.flights if way.get("keeps_earlier") else None
    if way.get("resumes"):
        ends = Ends(client, server, session)
        ends.shake_hands()
        ends.talk(dialogue())
    name, version, bits = ends.objects["C"].cipher()
    with open(keylog) as file:
        log = file.read()
    key = open(f"{folder}/rsa.key").read() if way.get("by_key") else None
    return {
        "name": way["name"], "version": way["version"], "cipher": name, "earlier": earlier, "flights": ends.flights, "keylog": log,
        "private_key": key, "resumed": ends.objects["C"].session_reused, "asks": way.get("asks", False),
        "gives": way.get("gives", False), "said": {n: "".join(t for who, t in dialogue() if who == n) for n in "CS"},
        "message": message().replace("\r\n..", "\r\n."),
    }


class Relay(threading.Thread):
    """Carries one connection on to a port, and keeps what passed."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.flights, self.last, self.target = [], time.monotonic(), port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def run(self):
        client, _ = self.listener.accept()
        server = socket.create_connection(("127.0.0.1", self.target))
        ends = [(client, server, "C"), (server, client, "S")]
        for end in ends:
            end[0].settimeout(0.002)
        while ends:
            for end in list(ends):
                source, sink, name = end
                try:
                    data = source.recv(1 << 16)
                except TimeoutError:
                    continue
                except OSError:
                    data = b""
                if not data:
                    ends.remove(end)
                    continue
                self.flights.append([name, data.hex()])
                self.last = time.monotonic()
                try:
                    sink.sendall(data)
                except OSError:
                    return

    def settle(self, behind, quiet=0.15):
        """Waits until something passed behind so many flights, however busy the machine is, and nothing does any more."""
        until(lambda: len(self.flights) > behind)
        while time.monotonic() < self.last + quiet:
            time.sleep(0.01)


def until(holds):
    """Waits for what must come, but not for ever."""
    end = time.monotonic() + 60
    while not holds() and time.monotonic() < end:
        time.sleep(0.01)


def between_programs(way, folder):
    """s_client and s_server talk; a line of their own ("R", "K", "k") makes them renegotiate or update their keys."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    keylog, session, early = (f"{folder}/{name}" for name in ("program-keys", "session", "early"))
    open(keylog, "w").close()
    with open(early, "w") as file:
        file.write("EHLO client.example\r\n")
    server_output = tempfile.TemporaryFile()
    server = subprocess.Popen(
        ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", f"{folder}/rsa.pem", "-key", f"{folder}/rsa.key",
         "-crlf", way["protocol"]] + way.get("server", []),
        stdin=subprocess.PIPE, stdout=server_output, stderr=subprocess.DEVNULL)
    until(lambda: b"ACCEPT" in os.pread(server_output.fileno(), 4096, 0))
    try:
        for run in range(2 if way.get("early") else 1):
            options = list(way.get("client", []))
            if way.get("early"):
                options += ["-sess_in", session, "-early_data", early] if run else ["-sess_out", session]
            relay = Relay(port)
            relay.start()
            client = subprocess.Popen(
                ["openssl", "s_client", "-connect", f"127.0.0.1:{relay.port}", "-servername", "mx.example", "-crlf",
                 "-keylogfile", keylog, way["protocol"]] + options,
                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            relay.settle(behind=3, quiet=0.5)
            turns = way["turns"] if run or not way.get("early") else []
            for name, line in turns:
                end = client if name == "C" else server
                behind = len(relay.flights)
                end.stdin.write(line.encode() + b"\n")
                end.stdin.flush()
                # A command is answered by the other side.
                relay.settle(behind, quiet=0.15 if len(line) > 1 else 0.5)
            behind = len(relay.flights)
            client.stdin.close()
            client.wait(60)
            relay.settle(behind)
    finally:
        server.kill()
        server.wait()
    said = {n: "".join(line.replace("\n", "\r\n") + "\r\n" for who, line in way["turns"] if who == n and len(line) > 1) for n in "CS"}
    if way.get("early"):
        said["C"] = "EHLO client.example\r\n" + said["C"]
    text = "Subject: short\r\n\r\nshort\r\n"
    with open(keylog) as file:
        log = file.read()
    return {
        "name": way["name"], "version": way["version"], "cipher": "", "flights": relay.flights, "keylog": log,
        "private_key": None, "resumed": way.get("early", False), "asks": False, "gives": False, "said": said,
        "message": text,
    }


def programs():
    """What only the programs can do. Their lines must not begin with a capital letter that is a command to them."""
    hello = [("C", "EHLO client.example"), ("S", "250 mx.example")]
    greeting = [("S", "220 mx.example ESMTP")]
    mail = [("C", "mail from:<a@b.example>"), ("S", "250 ok"), ("C", "rcpt to:<c@d.example>"), ("S", "250 ok")]
    text = [("C", "data"), ("S", "354 go"), ("C", "Subject: short\n\nshort\n."), ("S", "250 ok")]
    end = [("C", "quit"), ("S", "221 bye")]
    rekey = [("C", "K"), ("C", "k"), ("S", "K"), ("S", "k")]
    renegotiate = [("C", "R")]
    yield {"name": "TLS 1.3, keys are updated", "version": "TLS 1.3", "protocol": "-tls1_3",
           "turns": greeting + hello + rekey + mail + rekey + text + end}
    for version, protocol, cipher in (("TLS 1.2", "-tls1_2", "ECDHE-RSA-AES128-GCM-SHA256"),
                                      ("TLS 1.2", "-tls1_2", "AES256-SHA"), ("TLS 1.0", "-tls1", "AES128-SHA")):
        yield {"name": f"{version}, {cipher}, renegotiates", "version": version, "protocol": protocol,
               "server": ["-client_renegotiation", "-cipher", cipher + ":@SECLEVEL=0"],
               "client": ["-cipher", cipher + ":@SECLEVEL=0"],
               "turns": greeting + hello + renegotiate + mail + text + renegotiate + end}
    yield {"name": "TLS 1.3, early data", "version": "TLS 1.3", "protocol": "-tls1_3", "early": True,
           "server": ["-early_data", "-max_early_data", "16384"], "turns": greeting + hello[1:] + mail + text + end}


def ways():
    """The matrix. Those of TLS 1.3 are of the one suite that the environment names."""
    suite = os.environ.get("RECORDED_SUITE")
    if suite:
        yield {"version": "TLS 1.3", "cipher": suite}
        if suite == "TLS_AES_128_GCM_SHA256":
            yield {"version": "TLS 1.3", "cipher": suite, "resumes": True}
            yield {"version": "TLS 1.3", "cipher": suite, "asks": True}
            yield {"version": "TLS 1.3", "cipher": suite, "asks": True, "gives": True}
        return
    for cipher in ("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305",
                   "ECDHE-ECDSA-AES128-CCM", "ECDHE-ECDSA-AES256-CCM8", "AES256-CCM",
                   "ECDHE-RSA-AES128-SHA256", "ECDHE-RSA-AES256-SHA384", "AES128-GCM-SHA256"):
        yield {"version": "TLS 1.2", "cipher": cipher}
    for options in (0, NO_ENCRYPT_THEN_MAC):
        for version in ("TLS 1.0", "TLS 1.1", "TLS 1.2"):
            for cipher in ("ECDHE-RSA-AES128-SHA", "AES256-SHA"):
                yield {"version": version, "cipher": cipher, "options": options}
    for options in (0, NO_TICKET):
        for version in ("TLS 1.1", "TLS 1.2"):
            yield {"version": version, "cipher": "ECDHE-RSA-AES128-SHA", "options": options, "resumes": True}
    for asks, gives in ((True, False), (True, True)):
        yield {"version": "TLS 1.2", "cipher": "ECDHE-RSA-AES128-GCM-SHA256", "asks": asks, "gives": gives}
    for options in (0, NO_EXTENDED_MASTER_SECRET):
        for version, cipher in (("TLS 1.0", "AES128-SHA"), ("TLS 1.2", "AES128-GCM-SHA256"),
                                ("TLS 1.2", "AES256-SHA256")):
            yield {"version": version, "cipher": cipher, "options": options, "by_key": True}
    # With both sessions, for what tells the later one's secret is the earlier one.
    for version, cipher, by_key in (("TLS 1.0", "AES128-SHA", True), ("TLS 1.1", "AES128-SHA", True),
                                    ("TLS 1.2", "AES128-SHA", True), ("TLS 1.2", "AES128-GCM-SHA256", True),
                                    ("TLS 1.2", "ECDHE-RSA-AES128-GCM-SHA256", False)):
        for tickets in (0, NO_TICKET):
            for extended in (0, NO_EXTENDED_MASTER_SECRET):
                yield {"version": version, "cipher": cipher, "options": tickets | extended, "by_key": by_key,
                       "resumes": True, "keeps_earlier": True}


def name(way):
    words = [way["version"], way["cipher"]]
    options = way.get("options", 0)
    words += ["MAC then encrypt"] if options & NO_ENCRYPT_THEN_MAC else []
    words += ["no extended master secret"] if options & NO_EXTENDED_MASTER_SECRET else []
    words += ["by session id"] if options & NO_TICKET else []
    words += [word for word in ("resumes", "asks", "gives", "by_key") if way.get(word)]
    return ", ".join(words)


def main():
    with tempfile.TemporaryDirectory() as folder:
        certificates(folder)
        for way in ways():
            way["name"] = name(way)
            try:
                print(json.dumps(record(way, folder)), flush=True)
            except ssl.SSLError as error:  # this OpenSSL may not have the suite
                print(json.dumps({"name": way["name"], "error": str(error)}), flush=True)
        if os.environ.get("RECORDED_SUITE"):
            return
        for way in programs():
            try:
                print(json.dumps(between_programs(way, folder)), flush=True)
            except (OSError, subprocess.SubprocessError) as error:
                print(json.dumps({"name": way["name"], "error": str(error)}), flush=True)
        for suite in ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
                      "TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_8_SHA256"):
            # Which suites TLS 1.3 has is not for Python to say, but for OpenSSL's configuration.
            settings = f"{folder}/{suite}.cnf"
            with open(settings, "w") as file:
                file.write("openssl_conf = all\n[all]\nssl_conf = ssl\n[ssl]\nsystem_default = tls\n"
                           f"[tls]\nCiphersuites = {suite}\nCipherString = DEFAULT:@SECLEVEL=0\n")
            environment = dict(os.environ, OPENSSL_CONF=settings, RECORDED_SUITE=suite)
            subprocess.run([sys.executable, os.path.abspath(__file__)], env=environment, check=True)


main()
