#!/usr/bin/env python3
"""Holds what `extract --as mbox` or `--as maildir` wrote against what `--as eml` wrote from the same capture.

    mailbox_check.py EML_DIR MBOX_DIR|MAILDIR

Both are read with Python's own mailbox module, which knows nothing of smtpscope. A message in them must be that of the
.eml file with LF for CRLF; in an mbox each line of `From ` behind any number of `>` has one `>` more, and the last line
has an end. Prints each difference, and exits 1 if there was one. Needs the standard library only.
"""
import hashlib
import json
import mailbox
import os
import pathlib
import re
import sys

QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
PLAIN = re.compile(rb"^(>*From )", re.MULTILINE)


def lines_of(folder):
    text = (folder / "index.ndjson").read_text()
    if text and not text.endswith("\n"):
        yield "the index ends within a line"
    yield from (json.loads(line) for line in text.splitlines())


def original(folder, line):
    """The bytes of an .eml file; they must be what the index says."""
    content = (folder / line["file"]).read_bytes()
    assert len(content) == line["message"]["bytes"], line["file"]
    assert hashlib.sha256(content).hexdigest() == line["message"]["sha256"], line["file"]
    return content


def unix(content):
    return content.replace(b"\r\n", b"\n")


def same_but_place(line):
    message = {key: value for key, value in line["message"].items() if key != "holes"}
    holes = [(hole["offset"], hole["bytes"]) for hole in line["message"].get("holes", [])]
    kept = {key: value for key, value in line.items() if not key.startswith("file")}
    return kept | {"message": message, "holes": holes}


def check_mbox(expected, folder, lines):
    """Every message by the mailbox module, in order, and every place that the index tells."""
    read = {}
    for name in {line["file"] for line in lines}:
        box = mailbox.mbox(folder / name, create=False)
        read[name] = [(box.get_message(key).get_from(), box.get_bytes(key)) for key in box.keys()]
    raw = {name: (folder / name).read_bytes() for name in read}
    ends = dict.fromkeys(read, 0)
    for line, content in zip(lines, expected):
        name = line["file"]
        if ("incomplete" in name) == line["message"]["complete"]:
            yield f"{name} is no place for message {line['session']}-{line['transaction']}"
        postmark, found = read[name].pop(0)
        text = unix(content)
        text = text if text.endswith(b"\n") or not text else text + b"\n"
        # Python takes the blank line that ends a message for ours.
        if QUOTED.sub(rb"\1", found) != text:
            yield f"{name}: message {line['session']}-{line['transaction']} is another"
        sender = {"": "MAILER-DAEMON", None: "-"}.get(line["mail_from"], line["mail_from"])
        if sender.isascii() and " " not in sender and not postmark.startswith(sender + " "):
            yield f"{name}: {postmark!r} is not from {sender}"
        if line["file_offset"] != ends[name]:
            yield f"{name}: a message begins at {ends[name]}, not at {line['file_offset']}"
        ends[name] = line["file_offset"] + line["file_bytes"]
        piece = raw[name][line["file_offset"] : ends[name]]
        head, _, body = piece.partition(b"\n")
        if not head.startswith(b"From ") or body != PLAIN.sub(rb">\1", text) + b"\n":
            yield f"{name}: the index is wrong about {line['file_offset']}"
        for hole in line["message"].get("holes", []):
            place = len(unix(content[: hole["offset"]]))
            # A `>` goes before the F of `From `, also where the hole is within the word.
            place += sum(match.end() - 5 < place for match in PLAIN.finditer(text))
            if hole["file_offset"] != line["file_offset"] + len(head) + 1 + place:
                yield f"{name}: the hole at {hole['offset']} is not at {hole['file_offset']}"
    for name, end in ends.items():
        if end != len(raw[name]):
            yield f"{name}: {len(raw[name]) - end} bytes are in no message"


def check_maildir(expected, folder, lines):
    boxes = {True: mailbox.Maildir(folder, create=False)}
    if boxes[True].list_folders():
        boxes[False] = boxes[True].get_folder("incomplete")
    counts = {whole: len(box) for whole, box in boxes.items()}
    for line, content in zip(lines, expected):
        whole = line["message"]["complete"]
        path = pathlib.PurePath(line["file"])
        if ("incomplete" in line["file"]) == whole or path.parent.name != "new":
            yield f"{path} is no place for message {line['session']}-{line['transaction']}"
        if boxes[whole].get_bytes(path.name) != unix(content):
            yield f"{path} is another message"
        counts[whole] -= 1
        for hole in line["message"].get("holes", []):
            if hole["file_offset"] != len(unix(content[: hole["offset"]])):
                yield f"{path}: the hole at {hole['offset']} is not at {hole['file_offset']}"
    if any(counts.values()):
        yield f"{counts} messages are not in the index"
    if os.listdir(folder / "tmp"):
        yield "something is left in tmp"


def differences(eml, other):
    originals = list(lines_of(eml))
    lines = list(lines_of(other))
    if [same_but_place(line) for line in originals] != [same_but_place(line) for line in lines]:
        yield "the two indexes tell of different messages"
        return
    expected = [original(eml, line) for line in originals]
    check = check_maildir if (other / "new").is_dir() else check_mbox
    yield from check(expected, other, lines)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    found = list(differences(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])))
    for difference in found:
        print(difference)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
