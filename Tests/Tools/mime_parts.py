#!/usr/bin/env python3
"""What Python's email package makes of messages: a line of JSON for each leaf part of each file.

    mime_parts.py FILE...

    {"file": "a.eml", "parts": [{"type": "text/plain", "name": null, "bytes": 5, "sha256": "...", "strays": false}]}

"strays" says that a line which is no field stands in the part's header section.
"""
import email
import email.errors
import email.header
import email.policy
import hashlib
import json
import sys


def decoded_name(part):
    name = part.get_filename()
    if name is None:
        return None
    try:
        pieces = email.header.decode_header(name)
        return str(email.header.make_header(pieces)) if any(charset for _, charset in pieces) else name
    except (LookupError, UnicodeError, email.errors.HeaderParseError):
        return name


def has_strays(part, body):
    """Whether a line stands in the header section that is no field, or is none to everybody."""
    return (any(isinstance(defect, email.errors.MissingHeaderBodySeparatorDefect) for defect in part.defects)
            or part.get_unixfrom() is not None or body.startswith(b"From ")
            or any(name.startswith("--") for name in part.keys()))


def leaves(part):
    if part.is_multipart():
        for child in part.get_payload():
            yield from leaves(child)
    else:
        yield part


def main():
    for path in sys.argv[1:]:
        with open(path, "rb") as file:
            message = email.message_from_bytes(file.read())
        parts = []
        for part in leaves(message):
            # The package takes a blank behind the encoding's name for a part of the name, and the part for not encoded.
            encoding = part.get("Content-Transfer-Encoding")
            if encoding is not None:
                part.replace_header("Content-Transfer-Encoding", encoding.strip())
            body = part.get_payload(decode=True) or b""
            parts.append({"type": part.get_content_type(), "name": decoded_name(part), "bytes": len(body),
                          "sha256": hashlib.sha256(body).hexdigest(),
                          "strays": has_strays(part, body)})
        print(json.dumps({"file": path, "parts": parts}))


if __name__ == "__main__":
    main()
