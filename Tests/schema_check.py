#!/usr/bin/env python3
"""Holds smtpscope's output against docs/smtpscope.schema.json.

    smtpscope --format ndjson a.pcap | Tests/schema_check.py
    Tests/schema_check.py output.json more.ndjson

Prints each place that does not fit, and exits 1 if there was one. Needs the standard library only: it knows the keywords
that the schema uses and stops at any other.
"""
import ipaddress
import json
import pathlib
import re
import sys

SCHEMA = json.loads((pathlib.Path(__file__).parent.parent / "docs/smtpscope.schema.json").read_text())
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool,
         "null": type(None)}
SILENT = {"$schema", "$defs", "title", "description", "contentEncoding"}


def is_type(value, name):
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, TYPES[name])


def has_format(value, name):
    if name == "date-time":
        return True  # the schema's pattern is narrower
    try:
        (ipaddress.IPv4Address if name == "ipv4" else ipaddress.IPv6Address)(value)
        return True
    except ValueError:
        return False


def misfits(value, schema, place="$"):
    for keyword, rule in schema.items():
        if keyword == "$ref":
            yield from misfits(value, SCHEMA["$defs"][rule.removeprefix("#/$defs/")], place)
        elif keyword == "type":
            if not any(is_type(value, name) for name in ([rule] if isinstance(rule, str) else rule)):
                yield f"{place}: {value!r:.60} is not of type {rule}"
        elif keyword in ("enum", "const"):
            if value not in (rule if keyword == "enum" else [rule]):
                yield f"{place}: {value!r:.60} is not {rule}"
        elif keyword in ("oneOf", "anyOf"):
            found = [list(misfits(value, option, place)) for option in rule]
            fits = sum(not option for option in found)
            if fits == 0:
                yield from min(found, key=len)
            elif keyword == "oneOf" and fits > 1:
                yield f"{place}: fits {fits} of oneOf"
        elif keyword in ("minimum", "maximum"):
            if is_type(value, "number") and (value < rule if keyword == "minimum" else value > rule):
                yield f"{place}: {value} breaks {keyword} {rule}"
        elif keyword == "pattern":
            if isinstance(value, str) and not re.search(rule, value):
                yield f"{place}: {value!r:.60} does not match {rule}"
        elif keyword == "format":
            if isinstance(value, str) and not has_format(value, rule):
                yield f"{place}: {value!r:.60} is no {rule}"
        elif keyword == "items":
            for index, item in enumerate(value if isinstance(value, list) else []):
                yield from misfits(item, rule, f"{place}[{index}]")
        elif keyword == "required":
            if isinstance(value, dict):
                yield from (f"{place}: {key} is missing" for key in rule if key not in value)
        elif keyword == "properties":
            if isinstance(value, dict):
                for key in value.keys() & rule.keys():
                    yield from misfits(value[key], rule[key], f"{place}.{key}")
        elif keyword == "propertyNames":
            for key in value if isinstance(value, dict) else []:
                yield from misfits(key, rule, f"{place} key")
        elif keyword == "additionalProperties":
            extra = value.keys() - schema.get("properties", {}).keys() if isinstance(value, dict) else set()
            for key in sorted(extra):
                if rule is False:
                    yield f"{place}: {key} is not in the schema"
                else:
                    yield from misfits(value[key], rule, f"{place}.{key}")
        elif keyword not in SILENT:
            raise SystemExit(f"schema_check: the keyword {keyword} is not implemented")


def documents(text):
    try:
        return [json.loads(text)]
    except json.JSONDecodeError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]


def main():
    inputs = [(name, pathlib.Path(name).read_text()) for name in sys.argv[1:]] or [("-", sys.stdin.read())]
    count = wrong = 0
    for name, text in inputs:
        for document in documents(text):
            count += 1
            kind = document.get("type", "document") if isinstance(document, dict) else None
            schema = {"$ref": f"#/$defs/{kind}"} if kind in SCHEMA["$defs"] else SCHEMA
            for misfit in misfits(document, schema):
                wrong += 1
                print(f"{name}: {misfit}")
    print(f"{count} documents, {wrong} misfits", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
