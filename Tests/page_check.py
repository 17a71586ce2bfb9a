#!/usr/bin/env python3
"""Opens a page in a headless Chromium and says what it did, as one JSON object.

    page_check.py URL [--wait EXPRESSION] [--then EXPRESSION]... [--picture FILE] [--size WxH] [--dark] [--touch] [--no-script]

--wait is polled until it is true (60 seconds at most); each --then is evaluated after it, in order (a promise is waited
for), and its value told. Told are: `values`, `errors` (the console's, and exceptions), `requests` (every address that was
asked for) and `waited` (whether --wait came true). Needs Python alone: Chromium is spoken to through a pipe.
"""
import argparse
import base64
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Browser:
    """Chromium at the other end of a pipe; messages end with a zero byte."""

    def __init__(self, program, profile):
        reading, their_writing = os.pipe()
        their_reading, writing = os.pipe()

        def hand_over():
            # Chromium reads at 3 and writes at 4. Both are moved out of the way first: one may stand where the other goes.
            high_reading, high_writing = os.dup(their_reading), os.dup(their_writing)
            os.dup2(high_reading, 3)
            os.dup2(high_writing, 4)

        command = [
            program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
            "--hide-scrollbars", f"--user-data-dir={profile}", "--remote-debugging-pipe", "about:blank",
        ]
        self.process = subprocess.Popen(
            command, preexec_fn=hand_over, close_fds=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(their_reading)
        os.close(their_writing)
        self.reading, self.writing = reading, writing
        self.rest = b""
        self.number = 0
        self.session = None
        self.events = []

    def send(self, method, **parameters):
        """Sends a command and waits for its answer; events that come meanwhile are kept."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.writing, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + 60
        while time.monotonic() < until:
            answer = self.receive(until - time.monotonic())
            if answer is None:
                break
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)
        raise RuntimeError(f"Chromium does not answer {method}")

    def receive(self, seconds):
        while b"\0" not in self.rest:
            if not select.select([self.reading], [], [], max(seconds, 0))[0]:
                return None
            piece = os.read(self.reading, 1 << 16)
            if not piece:
                raise RuntimeError("Chromium ended")
            self.rest += piece
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def gather(self, seconds):
        """Keeps the events of so many seconds."""
        until = time.monotonic() + seconds
        while (event := self.receive(until - time.monotonic())) is not None:
            self.events.append(event)

    def value(self, expression):
        answer = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def close(self):
        self.process.kill()
        self.process.wait()


def told(events):
    errors, requests = [], []
    for event in events:
        method, parameters = event.get("method"), event.get("params", {})
        if method == "Runtime.exceptionThrown":
            errors.append(parameters["exceptionDetails"].get("exception", {}).get("description") or "exception")
        elif method == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning", "assert"):
            errors.append(" ".join(str(one.get("value", one.get("description"))) for one in parameters["args"]))
        elif method == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            errors.append(parameters["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            requests.append(parameters["request"]["url"])
    return errors, requests


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--wait", default="document.readyState === 'complete'")
    parser.add_argument("--then", action="append", default=[])
    parser.add_argument("--picture")
    parser.add_argument("--size", default="1280x900")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--touch", action="store_true")
    parser.add_argument("--no-script", action="store_true", help="as a browser that runs no scripts")
    parser.add_argument("--is-there", action="store_true", help="only say whether there is a Chromium")
    options = parser.parse_args()
    program = next((path for path in map(shutil.which, NAMES) if path), None)
    if options.is_there or program is None:
        print(json.dumps({"chromium": program}))
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(program, profile)
        try:
            page = browser.send("Target.createTarget", url="about:blank")["targetId"]
            browser.session = browser.send("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
            for domain in ("Page", "Runtime", "Log", "Network"):
                browser.send(f"{domain}.enable")
            width, height = map(int, options.size.split("x"))
            browser.send(
                "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                mobile=options.touch)
            if options.dark:
                browser.send(
                    "Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
            if options.no_script:
                browser.send("Emulation.setScriptExecutionDisabled", value=True)
            browser.send("Page.navigate", url=options.url)
            until = time.monotonic() + 60
            while not (waited := bool(browser.value(options.wait))) and time.monotonic() < until:
                browser.gather(0.1)
            values = [browser.value(expression) for expression in options.then]
            browser.gather(0.3)
            if options.picture:
                picture = browser.send("Page.captureScreenshot", format="png")
                with open(options.picture, "wb") as file:
                    file.write(base64.b64decode(picture["data"]))
            errors, requests = told(browser.events)
            print(json.dumps({"waited": waited, "values": values, "errors": errors, "requests": requests}))
        finally:
            browser.close()


if __name__ == "__main__":
    sys.exit(main())
