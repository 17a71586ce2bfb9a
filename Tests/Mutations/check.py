#!/usr/bin/env python3
"""Breaks the code in small ways, one at a time, and counts how many of them the tests notice.

    python3 Tests/Mutations/check.py [--layer NAME...] [--count N] [--seed N] [--jobs N]

A sample of places is drawn from each layer, evenly over files and kinds of change. All mutants are built into one test
binary (schemata.py), which then runs once for each of them: first the layer's own tests, then, if those notice nothing,
the tests of the layer above. A run that takes many times what it should counts as noticed. Places that no test reaches
survive by definition; they are counted apart. equivalent.txt lists changes that change no behaviour.

The exit status is 1 where fewer than 85 of a hundred mutants of a layer are noticed.
"""

import argparse
import collections
import concurrent.futures
import hashlib
import json
import os
import pathlib
import selectors
import signal
import subprocess
import sys
import tempfile
import time

import places
import schemata

LEAST_CAUGHT = 0.85
VERDICTS = schemata.SCRATCH / "verdicts.json"
EQUIVALENT = pathlib.Path(__file__).resolve().parent / "equivalent.txt"

# What is broken together, and which tests are to notice: the layer's own, and those of SMTPAnalysis that say what the layer
# is for. One pattern for each run, the quick ones first.
LAYERS = {
    "reassembly": (["TCPStreams"], [
        r"^TCPStreamsTests\..*/(?!InStep|Limit)\w+Tests\.swift",
        r"^SMTPAnalysisTests\..*/(Capture|Hole|BlackHole|DeadPath|Reset|Transfer|Phase|LiveAnalysis)Tests\.swift",
        r"^TCPStreamsTests\..*/(InStep|Limit)Tests\.swift",
        r"^SMTPAnalysisTests\..*/CaptureLossTests\.swift"]),
    "dialogue": (["SMTPDialogue"], [
        r"^SMTPDialogueTests\.",
        r"^SMTPAnalysisTests\..*/(Capture|Hole|Opening|OpeningFinding|Outcome|Authentication|Recognition|TLS|TLSFinding"
        r"|HELOName|ServerFinding)Tests\.swift",
        r"^SMTPAnalysisTests\..*/(EndOfData|ClientFinding|MessageFinding)Tests\.swift"]),
    "TLS": (["TLSProtection", "TLSHandshake"], [
        r"^TLSHandshakeTests\.",
        r"^SMTPAnalysisTests\..*/(TLS|TLSFinding)Tests\.swift",
        r"^TLSProtectionTests\.",
        r"^SMTPAnalysisTests\..*/DecryptionTests\.swift"]),
}
TEST_TARGETS = [
    "TCPStreamsTests", "SMTPDialogueTests", "TLSProtectionTests", "TLSHandshakeTests", "SMTPAnalysisTests"]


def main():
    options = arguments()
    layers = options.layer or list(LAYERS)
    targets = [target for layer in layers for target in LAYERS[layer][0]]
    started = time.monotonic()

    def say(text):
        print(f"[{time.monotonic() - started:4.0f} s] {text}", file=sys.stderr, flush=True)

    say("copying the repository to .build-mutants")
    schemata.copy_repository(targets, TEST_TARGETS)
    equivalent = read_equivalent()
    drawn, layer_of = draw(layers, options, equivalent)
    mutants = {}
    for target in targets:
        own = {number: place for number, place in drawn.items() if place.file.startswith(f"Sources/{target}/")}
        say(f"building {target} with {len(own)} mutants")
        mutants |= schemata.build_layer(target, own, options.build_jobs, say)
    say("building the tests")
    binary = schemata.build_tests(options.build_jobs)

    verdicts = {}
    for layer in layers:
        own = sorted(number for number in mutants if layer_of[number] == layer)[:options.count]
        own = {number: mutants[number] for number in own}
        verdicts |= run_layer(layer, own, binary, options, say)
    remember(mutants, verdicts)
    sys.exit(report(layers, mutants, layer_of, verdicts, options))


def arguments():
    parser = argparse.ArgumentParser(description="Counts how many small breakages of the code the tests notice.")
    parser.add_argument("--layer", action="append", choices=LAYERS, help="only this one; may be repeated")
    parser.add_argument("--count", type=int, default=110, help="mutants of each layer")
    parser.add_argument("--seed", type=int, default=1, help="which places are drawn")
    parser.add_argument("--jobs", type=int, default=2, help="mutants that run at the same time")
    parser.add_argument("--build-jobs", type=int, default=2, help="compilers that run at the same time")
    parser.add_argument(
        "--survivors", action="store_true", help="believe the last runs about what they caught, and run the others only")
    return parser.parse_args()


# The sample

def draw(layers, options, equivalent):
    """Numbered places: somewhat more than asked for, since the compiler refuses some."""
    drawn, layer_of = {}, {}
    for layer in layers:
        found = []
        for target in LAYERS[layer][0]:
            for path in sorted((schemata.ROOT / "Sources" / target).rglob("*.swift")):
                found += places.places_of(str(path.relative_to(schemata.ROOT)), path.read_text())
        found = [place for place in found if place.key not in equivalent]
        for place in sample(found, options.count + options.count // 5, options.seed):
            number = len(drawn) + 1
            drawn[number] = place
            layer_of[number] = layer
    return drawn, layer_of


def sample(found, count, seed):
    """One place a line at most: the kinds take turns, and each takes its next from the file that gave least of its own.

    A digest orders the places, so that a change of the sources changes little of the sample.
    """
    found = sorted(found, key=lambda place: hashlib.sha256(f"{seed} {place.key}".encode()).digest())
    by_kind = collections.defaultdict(list)
    for place in found:
        by_kind[place.kind].append(place)
    size = collections.Counter(place.file for place in found)
    given = collections.Counter()
    lines, chosen = set(), []
    while by_kind and len(chosen) < count:
        for kind in [kind for kind in places.KINDS if kind in by_kind]:
            free = [place for place in by_kind[kind]
                    if not any((place.file, line) in lines for line in range(place.line, place.last_line + 1))]
            by_kind[kind] = free
            if not free:
                del by_kind[kind]
                continue
            place = min(free, key=lambda place: given[place.file] / size[place.file])
            given[place.file] += 1
            lines.update((place.file, line) for line in range(place.line, place.last_line + 1))
            chosen.append(place)
    return chosen[:count]


def read_equivalent():
    """Blocks of lines: `file: change`, the source line, and why it makes no difference."""
    known = set()
    if not EQUIVALENT.is_file():
        return known
    text = "\n".join(line for line in EQUIVALENT.read_text().split("\n") if not line.startswith("#"))
    for block in filter(None, (block.strip() for block in text.split("\n\n"))):
        first, source, *reason = block.split("\n")
        file, change = first.split(": ", 1)
        if not reason:
            sys.exit(f"{EQUIVALENT.name}: no reason for {first}")
        path = schemata.ROOT / file
        if not path.is_file() or source.strip() not in (line.strip() for line in path.read_text().split("\n")):
            print(f"{EQUIVALENT.name}: there is no such line any more: {first}", file=sys.stderr)
        known.add((file, source.strip(), change))
    return known


# The runs

def run_layer(layer, mutants, binary, options, say):
    """A verdict for each mutant: what noticed it, or that nothing did."""
    verdicts = {}
    reached = {}
    allowed = {}
    stages = LAYERS[layer][1]
    if options.survivors:
        verdicts = earlier_catches(mutants)
        mutants = {number: place for number, place in mutants.items() if number not in verdicts}
    for stage in stages:
        reached[stage], took = probe(binary, stage)
        allowed[stage] = 10 + 6 * took * options.jobs
        say(f"{layer}: {named(stage)} pass in {took:.1f} s and reach {len(reached[stage] & mutants.keys())} of {len(mutants)}")

    def run(number):
        on_the_way = [stage for stage in stages if number in reached[stage]]
        if not on_the_way:
            return "not reached"
        for stage in on_the_way:
            outcome = run_tests(binary, stage, allowed[stage], {"SMTPSCOPE_MUTANT": str(number)})
            if outcome != "passed":
                return outcome
        return "survived"

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        running = {pool.submit(run, number): number for number in mutants}
        try:
            for done, future in enumerate(concurrent.futures.as_completed(running), 1):
                number = running[future]
                verdicts[number] = future.result()
                if verdicts[number] not in CAUGHT:
                    say(f"{layer}, {done} of {len(running)}: {shown(verdicts[number], mutants[number])}")
        except KeyboardInterrupt:
            pool.shutdown(cancel_futures=True)
            raise
    return verdicts


def named(stage):
    return stage.replace("\\", "").removeprefix("^").removesuffix(".")


def earlier_catches(mutants):
    """What the last runs noticed of these, for those who write tests against survivors."""
    known = json.loads(VERDICTS.read_text()) if VERDICTS.is_file() else {}
    found = {number: known.get(json.dumps(place.key)) for number, place in mutants.items()}
    return {number: verdict for number, verdict in found.items() if verdict in CAUGHT}


def remember(mutants, verdicts):
    known = json.loads(VERDICTS.read_text()) if VERDICTS.is_file() else {}
    known |= {json.dumps(mutants[number].key): verdict for number, verdict in verdicts.items()}
    VERDICTS.write_text(json.dumps(known, indent=0))


def probe(binary, stage):
    """Runs tests with no mutant on: they must pass, and tell which places they reach."""
    with tempfile.NamedTemporaryFile() as file:
        file.truncate(schemata.MOST_MUTANTS)
        started = time.monotonic()
        outcome = run_tests(binary, stage, 1800, {"SMTPSCOPE_MUTANT": "0", "SMTPSCOPE_MUTANTS_REACHED": file.name})
        took = time.monotonic() - started
        if outcome != "passed":
            sys.exit(f"{named(stage)} with no mutant on: {outcome}")
        asked = pathlib.Path(file.name).read_bytes()
    if not any(asked):
        sys.exit(f"{named(stage)} reach no mutant: the build is not what it should be")
    return {number for number, is_asked in enumerate(asked) if is_asked}, took


CAUGHT = ("caught", "trapped", "hung")


def run_tests(binary, stage, seconds, variables):
    """passed, caught (a test failed), trapped (the process died) or hung; ends with the first failure."""
    command = [str(binary), "--testing-library", "swift-testing", "--filter", stage]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SMTPSCOPE_")}
    environment |= {"SWIFT_BACKTRACE": "enable=no", "SWIFT_DETERMINISTIC_HASHING": "1"} | variables
    process = subprocess.Popen(
        command, cwd=schemata.TREE, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, start_new_session=True)
    try:
        return watch(process, time.monotonic() + seconds)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        process.stdout.close()


def watch(process, deadline):
    selector = selectors.DefaultSelector()
    selector.register(process.stdout, selectors.EVENT_READ)
    rest = b""
    while True:
        if not selector.select(max(0, deadline - time.monotonic())):
            return "hung"
        piece = os.read(process.stdout.fileno(), 1 << 16)
        if not piece:
            break
        *whole, rest = (rest + piece).split(b"\n")
        if any("✘ ".encode() in line for line in whole):
            return "caught"
    status = process.wait()
    return "trapped" if status < 0 else "caught" if status else "passed"


# The report

def shown(verdict, place):
    return f"{verdict}: {place.file}:{place.line}: {place.change}"


def report(layers, mutants, layer_of, verdicts, options):
    columns = ("caught", "trapped", "hung", "survived", "not reached")
    status = 0
    for layer in layers:
        table = collections.defaultdict(collections.Counter)
        for number, verdict in verdicts.items():
            if layer_of[number] == layer:
                table[mutants[number].kind][verdict] += 1
        total = sum(table.values(), collections.Counter())
        count = sum(total.values())
        share = sum(total[verdict] for verdict in CAUGHT) / count if count else 0
        print(f"\n{layer}: {share:.1%} of {count} mutants caught (seed {options.seed})")
        print(f"  {'':12}" + "".join(f"{column:>13}" for column in columns))
        for kind in [kind for kind in places.KINDS if kind in table]:
            print(f"  {kind:12}" + "".join(f"{table[kind][column]:13}" for column in columns))
        print(f"  {'all':12}" + "".join(f"{total[column]:13}" for column in columns))
        for number, verdict in sorted(verdicts.items()):
            if layer_of[number] == layer and verdict not in CAUGHT:
                print(f"  {shown(verdict, mutants[number])}\n      {mutants[number].text}")
        if share < LEAST_CAUGHT:
            print(f"  {layer} is below {LEAST_CAUGHT:.0%}")
            status = 1
    return status


if __name__ == "__main__":
    main()
