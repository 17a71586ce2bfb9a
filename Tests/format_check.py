"""Holds the formats of other programs against what these programs wrote for the same captures.

Usage: format_check.py PROGRAM FORMATS CAPTURES

FORMATS has a folder for each capture, with zeek/, zeek-json/ and suricata/eve.json. Every field that both have must be equal.
What differs on purpose stands in DEVIATIONS, with the reason; one that is not met any more is told too. Prints a line for
each misfit.
"""

import glob
import json
import os
import subprocess
import sys

# (capture or *, log or event, field): why ours is another. "number" is how many records there are, "no FIELD" that ours
# leaves one out.
DEVIATIONS = {
    # What nobody can know, or is about the program itself.
    ("*", "zeek", "uid"): "random there, made of the connection here",
    ("*", "zeek", "fuid"): "made of the uid",
    ("*", "zeek", "fuids"): "made of the uid",
    ("*", "eve-flow", "no app_proto_tc"): "what Suricata thought of one direction alone",
    ("*", "eve-flow", "no flow.reason"): "these records were written since Suricata ended",
    ("*", "eve-flow", "no tcp.ts_max_regions"): "Suricata's own memory",
    ("*", "eve-flow", "no tcp.tc_max_regions"): "Suricata's own memory",
    ("*", "suricata", "flow_id"): "random there, made of the connection here",
    # What their configuration leaves out.
    ("*", "files", "analyzers"): "base scripts hash nothing, we do",
    ("*", "files", "md5"): "base scripts hash nothing",
    ("*", "files", "sha256"): "base scripts hash nothing",
    # Recipients that were refused are none.
    ("02-mixed-rcpt-swaks", "smtp", "rcptto"): "two were refused; they stand in smtpscope.rcptto_refused",
    ("02-mixed-rcpt-swaks", "eve-smtp", "smtp.rcpt_to"): "two were refused",
    ("107-relay-denied-postfix", "smtp", "rcptto"): "it was refused",
    ("107-relay-denied-postfix", "eve-smtp", "no smtp.rcpt_to"): "it was refused",
    # Replies go with what they answer.
    ("107-relay-denied-postfix", "smtp", "last_reply"): "the refusal, not the answer to QUIT behind it",
    ("201-smuggling-lf-dot-crlf-postfix", "smtp", "last_reply"): "each mail has its own 250",
    ("201-smuggling-lf-dot-crlf-postfix", "smtp", "trans_depth"): "the second mail is the second",
    ("325-capture-lost-packets-edited", "smtp", "last_reply"): "a gap in the message hides no reply",
    # What the messages say.
    ("02-mixed-rcpt-swaks", "smtp", "to"): "'team' is no address, and what To says all the same",
    ("07-smtputf8", "smtp", "rcptto"): "Zeek takes the parameter ORCPT for a second recipient",
    ("07-smtputf8", "files", "mime_type"): "the declared type, where the first bytes tell none",
    ("201-smuggling-lf-dot-crlf-postfix", "files", "seen_bytes"): "a line that ended in LF alone, which Zeek makes CRLF",
    ("222-client-leaves-during-data", "files", "seen_bytes"): "the last line has no end, and Zeek gives it one",
    ("222-client-leaves-during-data", "files", "duration"): "the same: it does so when the connection ends",
    ("300-rst-by-server-in-data", "files", "seen_bytes"): "Zeek drops the last line, which was cut",
    ("325-capture-lost-packets-edited", "files", "duration"): "Zeek stops at the first gap",
    ("325-capture-lost-packets-edited", "files", "seen_bytes"): "Zeek stops at the first gap",
    ("325-capture-lost-packets-edited", "files", "missing_bytes"): "Zeek stops at the first gap",
    # LMTP, which neither speaks.
    ("09-lmtp-per-recipient", "conn", "service"): "lmtp",
    ("09-lmtp-per-recipient", "eve-flow", "app_proto"): "lmtp",
    ("09-lmtp-per-recipient", "eve-smtp", "number"): "it is told as SMTP is",
    # When it is told: a transaction has ended with its last reply, or its last byte. Suricata waits for the next packet, the
    # end of the connection, or gives up at a gap.
    ("05-bdat-chunking-exim", "eve-smtp", "timestamp"): "the reply, not the packet behind it",
    ("05-bdat-chunking-exim", "eve-smtp", "pcap_cnt"): "the same",
    ("107-relay-denied-postfix", "eve-smtp", "timestamp"): "the refusal, not the end of the connection",
    ("107-relay-denied-postfix", "eve-smtp", "pcap_cnt"): "the same",
    ("222-client-leaves-during-data", "eve-smtp", "timestamp"): "the last text, not the end of the connection",
    ("222-client-leaves-during-data", "eve-smtp", "pcap_cnt"): "the same",
    ("300-rst-by-server-in-data", "eve-smtp", "timestamp"): "the last text, not the end of the connection",
    ("325-capture-lost-packets-edited", "eve-smtp", "timestamp"): "the reply, not the gap",
    ("325-capture-lost-packets-edited", "eve-smtp", "pcap_cnt"): "the same",
    ("30-tls12-aes128-gcm", "eve-smtp", "timestamp"): "the last reply in clear, not the first byte of TLS",
    ("38-tls13-aes128-gcm", "eve-smtp", "timestamp"): "the same",
    ("60-selfsigned-rejected-tls12", "eve-smtp", "timestamp"): "the same",
    ("30-tls12-aes128-gcm", "eve-tls", "timestamp"): "the end of the handshake, not the certificate",
    ("38-tls13-aes128-gcm", "eve-tls", "timestamp"): "the same",
    ("*", "eve-tls", "no pcap_cnt"): "a handshake is no packet",
}


def program(binary, capture, *options):
    return subprocess.run([binary, *options, capture], capture_output=True, text=True, check=True).stdout


def flat(record, prefix=""):
    """Fields of objects within objects by their dotted names."""
    fields = {}
    for key, value in record.items():
        if isinstance(value, dict):
            fields.update(flat(value, prefix + key + "."))
        else:
            fields[prefix + key] = value
    return fields


def tsv(text):
    """The head's lines but for the times, the columns with their types, and the rows."""
    head, rows, columns = [], [], []
    for line in text.split("\n"):
        if line.startswith("#fields\t"):
            names = line.split("\t")[1:]
        elif line.startswith("#types\t"):
            columns = list(zip(names, line.split("\t")[1:]))
        elif line.startswith("#open\t") or line.startswith("#close\t"):
            head.append(line.split("\t")[0])
        elif line.startswith("#"):
            head.append(line)
        elif line:
            rows.append(dict(zip([name for name, _ in columns], line.split("\t"))))
    return head, columns, rows


class Check:
    def __init__(self, capture):
        self.capture = capture
        self.misfits = []
        self.met = set()
        self.compared = 0

    def say(self, text):
        self.misfits.append(f"{self.capture}: {text}")

    def excused(self, family, log, field):
        for key in ((self.capture, log, field), ("*", log, field), ("*", family, field), (self.capture, log, "*")):
            if key in DEVIATIONS:
                self.met.add(key)
                return True
        return False

    def equal(self, family, log, field, theirs, ours):
        self.compared += 1
        if isinstance(theirs, float) and isinstance(ours, (int, float)) and abs(theirs - ours) < 2e-6:
            return
        if isinstance(theirs, list) and isinstance(ours, list) and field in ("rcptto", "to", "cc"):
            theirs, ours = sorted(theirs), sorted(ours)
        if theirs != ours and not self.excused(family, log, field):
            self.say(f"{log}: {field} is {ours!r}, theirs {theirs!r}")

    def pair(self, family, log, theirs, ours):
        if len(theirs) != len(ours) and not self.excused(family, log, "number"):
            self.say(f"{log}: {len(ours)} records, theirs {len(theirs)}")
        for their, our in zip(theirs, ours):
            for field in their:
                if field in our:
                    self.equal(family, log, field, their[field], our[field])
                elif not self.excused(family, log, "no " + field):
                    self.say(f"{log}: no {field}, theirs {their[field]!r}")


def order(record):
    return record.get("ts", 0), str(record.get("id.orig_p")), str(record.get("trans_depth", record.get("depth")))


def zeek(check, folder, binary, capture):
    for log in ("conn", "smtp", "files"):
        ours = program(binary, capture, "--format", "zeek", "--zeek-log", log)
        head, columns, rows = tsv(ours)
        path = f"{folder}/zeek/{log}.log"
        if os.path.exists(path):
            their_head, their_columns, their_rows = tsv(open(path, encoding="utf-8").read())
            if head != their_head:
                check.say(f"{log}: the head is {head}, theirs {their_head}")
            if columns[: len(their_columns)] != their_columns:
                check.say(f"{log}: the columns begin otherwise")
            key = lambda row: (row["ts"], row["id.orig_p"])
            for row in rows + their_rows:
                for field in ("rcptto", "to", "cc"):
                    if field in row:
                        row[field] = ",".join(sorted(row[field].split(",")))
            check.pair("zeek", log, sorted(their_rows, key=key), sorted(rows, key=key))
        ours = [json.loads(line) for line in program(binary, capture, "--format", "zeek-json", "--zeek-log", log).splitlines()]
        if len(ours) != len(rows):
            check.say(f"{log}: {len(ours)} lines of JSON, {len(rows)} between tabs")
        for line in ours:
            for field in line:
                if field not in dict(columns):
                    check.say(f"{log}: {field} is no column")
        path = f"{folder}/zeek-json/{log}.log"
        if os.path.exists(path):
            theirs = [json.loads(line) for line in open(path, encoding="utf-8")]
            check.pair("zeek", log, sorted(theirs, key=order), sorted(ours, key=order))


def suricata(check, folder, binary, capture):
    theirs = [flat(json.loads(line)) for line in open(f"{folder}/suricata/eve.json", encoding="utf-8")]
    ours = [flat(json.loads(line)) for line in program(binary, capture, "--format", "eve").splitlines()]
    for event in theirs:
        event.pop("pkt_src", None)
    # Suricata counts QUIT as a transaction.
    theirs = [e for e in theirs if not (e["event_type"] == "smtp" and e["tx_id"] > 0 and "smtp.mail_from" not in e)]
    if not theirs:
        return
    for kind in ("smtp", "flow", "tls"):
        check.pair(
            "suricata", "eve-" + kind, [e for e in theirs if e["event_type"] == kind],
            [e for e in ours if e["event_type"] == kind])


def main():
    binary, formats, captures = sys.argv[1:]
    met, compared, folders = set(), 0, 0
    for folder in sorted(glob.glob(formats + "/*/")):
        name = os.path.basename(folder.rstrip("/"))
        found = glob.glob(f"{captures}/{name}.pcap*")
        if not found:
            continue
        check = Check(name)
        zeek(check, folder, binary, found[0])
        suricata(check, folder, binary, found[0])
        for line in check.misfits:
            print(line)
        met |= check.met
        compared += check.compared
        folders += 1
    for key in DEVIATIONS:
        if key not in met:
            print(f"{key}: the deviation is none any more")
    if folders < 10 or compared < 500:
        print(f"only {compared} fields of {folders} captures were compared")
    print(f"{compared} fields of {folders} captures", file=sys.stderr)


main()
