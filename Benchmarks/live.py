#!/usr/bin/env python3
"""Replays a capture over a cable between two network namespaces of its own, and finds the rate at which live loses packets.

    sudo python3 Benchmarks/live.py CAPTURE [--binary PATH] [--rates 500,1000,...]

Needs root, tcpreplay and iproute2. For each rate in Mbit/s it prints what was sent, what live read (its filter leaves out what
is no mail) and lost, and how many sessions it told of those that reading the file tells. Behind the first rate at which packets are
lost it halves the way to the last one at which none were. 0 is as fast as tcpreplay can.
"""

import argparse
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def run(*command, **options):
    return subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True, text=True, **options)


class Cable:
    """Two hosts of their own with a cable between them; gone at the end."""

    def __enter__(self):
        self.hosts = [f"smtpscope-bench-{os.getpid()}-{side}" for side in "ab"]
        for host in self.hosts:
            run("ip", "netns", "add", host)
        run("ip", "-n", self.hosts[0], "link", "add", "wire", "type", "veth", "peer", "wire", "netns", self.hosts[1])
        for host in self.hosts:
            # Nothing answers what is replayed.
            run("ip", "-n", host, "link", "set", "wire", "arp", "off")
            run("ip", "-n", host, "link", "set", "wire", "up")
        return self

    def __exit__(self, *_):
        for host in self.hosts:
            subprocess.run(("ip", "netns", "delete", host), check=False, stdin=subprocess.DEVNULL)


def replay(cable, binary, capture, rate, folder, senders=1):
    output, errors = folder / "live.ndjson", folder / "live.err"
    output.unlink(missing_ok=True)
    with open(errors, "w") as said:
        live = subprocess.Popen(
            ["ip", "netns", "exec", cable.hosts[1], str(binary), "live", "-i", "wire", "--format", "ndjson", "--output",
             str(output), "--user", "root"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said)
        try:
            for _ in range(200):
                if "listening" in errors.read_text():
                    break
                time.sleep(0.05)
            speed = ["--topspeed"] if rate == 0 else [f"--mbps={rate}"]
            replays = [
                subprocess.Popen(
                    ["ip", "netns", "exec", cable.hosts[0], "tcpreplay", "--preload-pcap", "-i", "wire", *speed, capture],
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
                for _ in range(senders)
            ]
            sent = [process.communicate(timeout=300)[0] for process in replays]
            used = sum(float(t) for t in pathlib.Path(f"/proc/{live.pid}/stat").read_text().rsplit(") ", 1)[1].split()[11:13])
            time.sleep(2)
            live.send_signal(signal.SIGINT)
            live.wait(timeout=120)
        finally:
            if live.poll() is None:
                live.kill()
                live.wait()
    records = [json.loads(line) for line in output.read_text().splitlines()]
    summary = records[-1]
    dropped = sum(sum((capture.get("dropped") or {}).values()) for capture in summary["captures"])
    packets = sum(int(re.search(r"Actual: (\d+) packets", said).group(1)) for said in sent)
    real = sum(float(re.search(r"([\d.]+) Mbps", said).group(1)) for said in sent)
    return {
        "asked": rate, "senders": senders, "mbps": real, "sent": packets, "read": sum(c["packets"] for c in summary["captures"]),
        "dropped": dropped, "sessions": sum(r["type"] == "session" for r in records),
        "cpu": used / os.sysconf("SC_CLK_TCK"),
    }


def lost(figures, expected):
    return figures["dropped"] > 0 or figures["sessions"] != expected


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("capture")
    parser.add_argument("--binary", default=ROOT / ".build/release/smtpscope")
    parser.add_argument("--rates", default="500,1000,1500,2000,3000,4000,0", help="Mbit/s, rising; 0 is the fastest")
    arguments = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("only root can make network namespaces")
    file = subprocess.run(
        [str(arguments.binary), "--format", "ndjson", "--no-hash", arguments.capture], stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=True).stdout
    expected = sum('"type":"session"' in line[:40] for line in file.splitlines())
    print(f"{expected} sessions in the file\nsenders x asked  Mbit/s     packets        read        lost  sessions  processor s")
    with tempfile.TemporaryDirectory() as name, Cable() as cable:
        def measure(rate, senders=1):
            figures = replay(cable, arguments.binary, arguments.capture, rate, pathlib.Path(name), senders)
            print("{senders:5} x {asked:5} {mbps:7.0f} {sent:11} {read:11} {dropped:11} {sessions:9} {cpu:12.2f}".format(**figures), flush=True)
            return figures

        best, worst = None, None
        for rate in map(int, arguments.rates.split(",")):
            figures = measure(rate)
            if lost(figures, expected):
                worst = figures
                break
            best = figures
        # One sender is not enough. Several send the same packets at once: what they cost counts, not what they tell.
        for senders in (2, 4, 8) if worst is None else ():
            figures = measure(0, senders)
            if figures["dropped"]:
                worst = figures
                break
            best = figures
        for _ in range(3):
            if best is None or worst is None or worst["senders"] > 1 or worst["mbps"] - best["mbps"] < 100:
                break
            figures = measure(int((best["mbps"] + worst["mbps"]) / 2))
            if lost(figures, expected):
                worst = figures
            else:
                best = figures
    if best:
        print(f"no packet lost at {best['mbps']:.0f} Mbit/s")
    print(f"packets are lost at {worst['mbps']:.0f} Mbit/s" if worst else "no rate was found at which packets are lost")


if __name__ == "__main__":
    main()
