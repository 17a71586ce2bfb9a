"""Signs messages with dkimpy, so that another implementation's signatures can be held against ours.

    dkim_sign.py FOLDER

FOLDER has rsa.pem, ed25519.key (the seed in base64) and messages N.txt; each is signed in every way and written as
N-ALGORITHM-HEADER-BODY-LENGTH.eml. With no folder, only whether dkimpy is there is told by the exit status.
"""

import itertools
import pathlib
import sys

import dkim
import nacl.signing  # noqa: F401  dkimpy needs it for Ed25519

FORMS = (b"simple", b"relaxed")


def main(folder):
    keys = {
        b"rsa-sha256": (b"rsa", (folder / "rsa.pem").read_bytes()),
        b"ed25519-sha256": (b"ed", (folder / "ed25519.key").read_bytes()),
    }
    for source in sorted(folder.glob("*.txt")):
        message = source.read_bytes()
        for algorithm, header, body, length in itertools.product(keys, FORMS, FORMS, (False, True)):
            selector, key = keys[algorithm]
            signature = dkim.sign(
                message,
                selector,
                b"signer.example",
                key,
                canonicalize=(header, body),
                signature_algorithm=algorithm,
                length=length,
            )
            name = "-".join(
                [source.stem, selector.decode(), header.decode(), body.decode(), "part" if length else "whole"]
            )
            (folder / f"{name}.eml").write_bytes(signature + message)


if len(sys.argv) > 1:
    main(pathlib.Path(sys.argv[1]))
