"""Holds a database of --sqlite against the ndjson of the same run: makes each record anew from the rows, and compares all of it.

Usage: database_check.py DATABASE NDJSON [RUN]. Prints the differences, and exits with 1 where there are any. RUN is the number of
the run in the database, the last one unless said.
"""

import base64
import json
import sqlite3
import sys

database, records = sys.argv[1:3]
db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
db.row_factory = sqlite3.Row
run = int(sys.argv[3]) if len(sys.argv) > 3 else db.execute("SELECT max(id) FROM runs").fetchone()[0]
differences = []


def rows(table, key, value, order="number"):
    return db.execute(f"SELECT * FROM {table} WHERE {key} = ? ORDER BY {order}", (value,)).fetchall()


def one(table, key, value):
    return db.execute(f"SELECT * FROM {table} WHERE {key} = ?", (value,)).fetchone()


def storable(value):
    """What of a record is to be expected: a NUL cannot stand in SQLite's text."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, list):
        return [storable(element) for element in value]
    if isinstance(value, dict):
        made = {key: element if key in ARRAYS else storable(element) for key, element in value.items()}
        for key, element in value.items():
            whole = "\n".join(element) if key == "text" and isinstance(element, list) else element
            is_wire = key in WIRE and not (key == "from" and "subject" in value)
            if isinstance(whole, str) and "\0" in whole and is_wire and f"{key}_base64" not in value:
                made[f"{key}_base64"] = base64.b64encode(whole.encode()).decode()
        return made
    return value


# Lists that are JSON in the database too, where a NUL is an escape.
ARRAYS = {"extensions", "mail_parameters", "parameters", "dns_names", "link_types"}
# Keys of the records that hold bytes from the wire, with a column for those that are no text.
WIRE = {
    "argument", "mechanism", "username", "mail_from", "mail_text", "data_text", "address", "text", "line", "sni", "alpn", "domain",
    "selector", "algorithm", "original_name", "from", "by", "with", "id", "for", "software", "evidence",
}  # fmt: skip


def pick(row, **names):
    """A record's members from a row's columns, `_base64` beside each where it is there."""
    made = {}
    for key, column in names.items():
        key = key.rstrip("_")
        made[key] = row[column]
        if f"{column}_base64" in row.keys() and row[f"{column}_base64"] is not None:
            made[f"{key}_base64"] = row[f"{column}_base64"]
    return made


def same(row, *columns):
    return pick(row, **{column: column for column in columns})


def array(row, key, column=None):
    column = column or key
    made = {key: json.loads(row[column])}
    if f"{column}_base64" in row.keys() and row[f"{column}_base64"] is not None:
        made[f"{key}_base64"] = json.loads(row[f"{column}_base64"])
    return made


def flag(value):
    return None if value is None else bool(value)


def endpoint(row, side):
    return {"ip": row[f"{side}_ip"], "port": row[f"{side}_port"], "name": row[f"{side}_name"]}


def direction(row):
    return {key: row[key] for key in row.keys() if key not in ("session_id", "sender")}


def tls(row):
    session = row["session_id"]
    made = {"method": row["method"], "outcome": row["outcome"], "decrypted": flag(row["is_decrypted"])}
    if row["encrypted_alerts_by_client"] is None:
        return made
    made |= same(row, "version", "cipher", "sni", "alpn", "ja3", "ja3s", "ja4", "client_certificate")
    made |= {"group": row["key_group"], "resumed": flag(row["is_resumed"])}
    made["certificates"] = [
        same(row, "subject", "issuer", "not_before", "not_after", "key_bits", "signature_algorithm", "sha256")
        | {"key": row["key_kind"]}
        | array(row, "dns_names")
        for row in db.execute(
            "SELECT c.* FROM session_certificates AS s JOIN certificates AS c USING (sha256) WHERE s.session_id = ?"
            " ORDER BY s.number",
            (session,),
        )
    ]
    made["alerts"] = [
        pick(row, from_="sender", level="level", description="description", frame="frame")
        for row in rows("tls_alerts", "session_id", session)
    ]
    made["encrypted_alerts"] = {
        "client": row["encrypted_alerts_by_client"],
        "server": row["encrypted_alerts_by_server"],
    }
    if row["keys"] is not None:
        made["keys"] = row["keys"]
    if row["refused_records"]:
        made["refused_records"] = row["refused_records"]
    if row["last_message"] is not None:
        made["last_message"] = {"from": row["last_message_from"], "name": row["last_message"]}
    if row["offer"] is not None:
        made["offer"] = json.loads(row["offer"])
    return made


def recipient(row):
    made = same(row, "outcome", "address", "code", "enhanced", "text", "reply_ms") | array(row, "parameters")
    if row["data_code"] is not None:
        made |= same(row, "data_code", "data_enhanced", "data_text")
    return made


def attachment(row):
    made = same(row, "name", "type", "bytes", "sha256", "md5", "sniffed_type", "disposition", "encoding", "part")
    made["incomplete"] = flag(row["is_incomplete"])
    if row["charset"] is not None:
        made["charset"] = row["charset"]
    if row["original_name"] is not None:
        made |= same(row, "original_name")
    if row["found_in"] != "entity":
        made["found_in"] = row["found_in"]
    if json.loads(row["problems"]):
        made["problems"] = json.loads(row["problems"])
    return made


def message(row):
    mail = row["transaction_id"]
    made = pick(
        row, bytes="bytes", sha256="sha256", missing_bytes="missing_bytes", subject="subject", from_="header_from",
        to="header_to", date="date", message_id="message_id",
    )  # fmt: skip
    made["complete"] = flag(row["is_complete"])
    if row["holes"] is not None:
        made["holes"] = json.loads(row["holes"])
    if row["further_holes"]:
        made["further_holes"] = row["further_holes"]
    hops = rows("received", "transaction_id", mail)
    if hops:
        made["received"] = [
            pick(
                hop, date="date", delay_ms="delay_ms", from_="from_host", from_ip="from_ip", by="by_host",
                with_="with_protocol", id="queue_id", for_="for_address",
            )
            for hop in hops
        ]  # fmt: skip
        if row["further_received"]:
            made["further_received"] = row["further_received"]
        made["transit_ms"] = row["transit_ms"]
    if row["software"] is not None:
        made |= same(row, "software", "software_from")
    signatures = rows("dkim", "transaction_id", mail)
    if signatures:
        made["proven_whole"] = flag(row["is_proven_whole"])
        made["dkim"] = [
            same(
                one, "body", "body_reason", "signature", "signature_reason", "domain", "selector", "algorithm",
                "canonicalization", "body_length", "unsigned_bytes", "signed_at", "expires", "key_bits", "key_from",
                "key_frame",
            )
            | {"expired": flag(one["is_expired"])}
            for one in signatures
        ]  # fmt: skip
        if row["further_signatures"]:
            made["further_signatures"] = row["further_signatures"]
    parts = [attachment(one) for one in rows("attachments", "transaction_id", mail)]
    urls = [one["url"] for one in rows("urls", "transaction_id", mail)]
    problems = [
        {"problem": one["problem"], "part": one["part"]} | (same(one, "evidence") if one["evidence"] is not None else {})
        for one in rows("mime_problems", "transaction_id", mail)
    ]
    if parts or urls or problems:
        made |= {"attachments": parts, "urls": urls}
    if problems:
        made["mime_problems"] = problems
    return made


def transaction(row):
    made = same(
        row, "frame", "mail_from", "mail_code", "mail_enhanced", "mail_text", "mail_reply_ms", "transfer", "data_code",
        "data_enhanced", "data_text", "data_reply_ms", "end_reply_ms", "outcome", "cause", "explanation",
    )  # fmt: skip
    made |= {"id": row["number"], "start": row["start_time"], "end": row["end_time"]} | array(row, "mail_parameters")
    made["recipients"] = [recipient(one) for one in rows("recipients", "transaction_id", row["id"])]
    text = one("messages", "transaction_id", row["id"])
    made["message"] = message(text) if text else None
    return made


def line(row):
    made = pick(row, time="time", from_="sender", frame="frame")
    if row["kind"] == "line":
        return made | pick(row, line="text")
    made["kind"] = row["kind"]
    if row["text"] is not None:
        made["text"] = row["text"]
    if row["bytes"] is not None:
        made["bytes"] = row["bytes"]
    return made


def capture(row):
    return db.execute("SELECT file FROM captures WHERE id = ?", (row,)).fetchone()[0]


def session(row):
    key = row["id"]
    made = {"type": "session", "schema": "smtpscope/1", "id": row["number"], "start": row["start_time"], "end": row["end_time"]}
    made |= same(row, "community_id", "duration_ms", "protocol", "class") | array(row, "extensions")
    made["capture"] = {"file": capture(row["capture_id"])} | same(row, "first_frame", "last_frame")
    if row["last_capture_id"] != row["capture_id"]:
        made["capture"]["last_file"] = capture(row["last_capture_id"])
    made |= {"client": endpoint(row, "client"), "server": endpoint(row, "server")}
    if row["proxy_kind"] is not None:
        made["proxy"] = pick(row, kind="proxy_kind", source="proxy_source", destination="proxy_destination")
    sides = {one["sender"]: direction(one) for one in rows("tcp", "session_id", key, "sender")}
    made["tcp"] = same(row, "opened_by", "closed_by", "handshake_ms")
    made["tcp"] |= {"client_to_server": sides["client"], "server_to_client": sides["server"]}
    errors = rows("icmp_errors", "session_id", key)
    if errors:
        made["tcp"]["icmp"] = [
            pick(one, kind="kind", from_="reporter", about="about", type="type", code="code", frame="frame", count="count")
            | (same(one, "next_hop_mtu") if one["next_hop_mtu"] is not None else {})
            for one in errors
        ]
    made["greeting"] = None
    if row["greeting_code"] is not None:
        made["greeting"] = pick(row, code="greeting_code", text="greeting_text", delay_ms="greeting_delay_ms")
    made["helo"] = pick(row, verb="helo_verb", argument="helo_argument") if row["helo_verb"] is not None else None
    used = one("tls", "session_id", key)
    made["tls"] = tls(used) if used else None
    made["auth"] = [
        same(one, "mechanism", "username", "code", "outcome") | {"in_clear": flag(one["in_clear"])}
        for one in rows("auth", "session_id", key)
    ]
    made["transactions"] = [transaction(one) for one in rows("transactions", "session_id", key)]
    made["phases"] = [
        same(one, "phase", "duration_ms", "client_ms", "server_ms", "network_ms")
        | ({"transaction": one["transaction_number"]} if one["transaction_number"] is not None else {})
        for one in rows("phases", "session_id", key)
    ]
    made["dialogue"] = [line(one) for one in rows("dialogue", "session_id", key)]
    made["findings"] = [
        pick(
            one, id="finding", severity="severity", transaction="transaction_number", frame="frame", time="time",
            message="message", evidence="evidence", reference="reference",
        )
        for one in rows("findings", "session_id", key)
    ]  # fmt: skip
    made["verdict"] = pick(row, outcome="verdict", cause="verdict_cause", message="verdict_message")
    past = rows("hindsight", "session_id", key)
    if past:
        made["hindsight"] = [
            pick(one, session="about_number", is_="kind", after_ms="after_ms", by="by_number") for one in past
        ]
    return made


def flattened(record):
    """A record of the output as far as it is kept otherwise: the greeting's lines are one text."""
    if record.get("greeting"):
        greeting = dict(record["greeting"])
        if "text_base64" in greeting:
            whole = b"\n".join(base64.b64decode(text) for text in greeting["text_base64"])
            greeting["text_base64"] = base64.b64encode(whole).decode()
        record["greeting"] = storable(greeting) | {"text": storable("\n".join(greeting["text"]))}
    record.setdefault("dialogue", [])
    for mail in record["transactions"]:
        text = mail["message"]
        if text and not text.get("attachments") and not text.get("urls") and not text.get("mime_problems"):
            text.pop("attachments", None)
            text.pop("urls", None)
    return record


def compare(place, found, wanted):
    if isinstance(found, dict) and isinstance(wanted, dict):
        for key in sorted(found.keys() | wanted.keys()):
            if key not in found or key not in wanted:
                differences.append(f"{place}.{key}: only in the {'database' if key in found else 'record'}")
            else:
                compare(f"{place}.{key}", found[key], wanted[key])
    elif isinstance(found, list) and isinstance(wanted, list):
        if len(found) != len(wanted):
            differences.append(f"{place}: {len(found)} in the database, {len(wanted)} in the record")
        for index, (one, other) in enumerate(zip(found, wanted)):
            compare(f"{place}[{index}]", one, other)
    elif type(found) is not type(wanted) and not {type(found), type(wanted)} <= {int, float} or found != wanted:
        differences.append(f"{place}: {found!r} in the database, {wanted!r} in the record")


with open(records, encoding="utf-8") as file:
    output = [json.loads(text) for text in file]
stored = db.execute("SELECT * FROM sessions WHERE run_id = ? ORDER BY id", (run,)).fetchall()
told = [record for record in output if record["type"] == "session"]
compare("number of sessions", len(stored), len(told))
for row, record in zip(stored, told):
    compare(f"session {record['id']}", session(row), storable(flattened(record)))

for record in output:
    if record["type"] != "summary":
        continue
    row = one("runs", "id", run)
    found = same(row, "sessions", "messages", "message_bytes", "packets_not_smtp", "duration_ms")
    compare("summary", found, {key: record[key] for key in found})
    compare("summary.notes", [same(one, "finding", "message") for one in rows("notes", "run_id", run)], record["notes"])
    inputs = []
    for one_capture in rows("captures", "run_id", run):
        made = same(one_capture, "file", "packets", "bytes", "error") | array(one_capture, "link_types")
        made["truncated"] = flag(one_capture["is_truncated"])
        if one_capture["dropped_by_kernel"] is not None:
            made["dropped"] = {
                "kernel": one_capture["dropped_by_kernel"],
                "interface": one_capture["dropped_by_interface"],
            }
        for key in ("start", "end"):
            if one_capture[f"{key}_time"] is not None:
                made[key] = one_capture[f"{key}_time"]
        inputs.append(made)
    compare("captures", inputs, storable(record["captures"]))

if db.execute("PRAGMA integrity_check").fetchone()[0] != "ok" or db.execute("PRAGMA foreign_key_check").fetchall():
    differences.append("the database is damaged")
for difference in differences[:100]:
    print(difference)
print(f"{len(stored)} sessions compared, {len(differences)} differences")
sys.exit(1 if differences else 0)
