#!/usr/bin/env python3
"""How fast TLS records are opened: smtpscope's way, the library's with nothing around it, and `openssl speed`, in turn, in millions
of octets a second of processor time. Where OpenSSL has vector instructions that the library's BoringSSL has not, ours cannot be
half as fast: the same without AVX-512 stands beside it.

    Benchmarks/ciphers.py [ROUNDS]
"""

import os, re, statistics, subprocess, sys

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CIPHERS = {"aes128gcm": "aes-128-gcm", "aes256gcm": "aes-256-gcm", "chacha20": "chacha20-poly1305"}
# The bits of OPENSSL_ia32cap(3) for AVX-512 F, DQ, IFMA, BW and VL.
NO_AVX512 = ":~0xc0230000"


def build():
    command = ["swift", "build", "-c", "release", "--product", "ciphers", "--package-path", PACKAGE]
    environment = dict(os.environ, SMTPSCOPE_BENCHMARKS="1")
    subprocess.run(command, check=True, env=environment, stdout=sys.stderr)
    folder = subprocess.run(command + ["--show-bin-path"], check=True, env=environment, capture_output=True, text=True)
    return os.path.join(folder.stdout.strip(), "ciphers")


def ours(binary, way, cipher):
    return float(subprocess.run([binary, way, cipher, "1"], check=True, capture_output=True, text=True).stdout)


def openssl(cipher, capabilities=None):
    environment = dict(os.environ, OPENSSL_ia32cap=capabilities) if capabilities else None
    command = ["openssl", "speed", "-seconds", "1", "-bytes", "16384", "-evp", CIPHERS[cipher]]
    lines = subprocess.run(command, check=True, env=environment, capture_output=True, text=True).stdout.splitlines()
    return float(re.search(r"([\d.]+)k\s*$", lines[-1])[1]) / 1000


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    binary = build()
    columns = {
        "smtpscope": lambda cipher: ours(binary, "ours", cipher),
        "swift-crypto": lambda cipher: ours(binary, "library", cipher),
        "openssl": openssl,
        "openssl without AVX-512": lambda cipher: openssl(cipher, NO_AVX512),
    }
    found = {cipher: {name: [] for name in columns} for cipher in CIPHERS}
    for _ in range(rounds):
        for cipher in CIPHERS:
            for name, measure in columns.items():
                found[cipher][name].append(measure(cipher))
    for cipher in CIPHERS:
        middle = {name: statistics.median(values) for name, values in found[cipher].items()}
        print(CIPHERS[cipher] + ": " + ", ".join(f"{name} {value:.0f}" for name, value in middle.items()))


main()
