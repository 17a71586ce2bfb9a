"""One build that holds every mutant: each broken place asks at run time whether its mutant is on.

The repository is copied below .build-mutants and broken there. What the compiler refuses is mended again and not counted.
"""

import os
import pathlib
import re
import subprocess
import sys

import places

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SCRATCH = ROOT / ".build-mutants"
TREE = SCRATCH / "tree"
BUILD = SCRATCH / "build"
MOST_ROUNDS = 8
MOST_MUTANTS = 10_000

# Binary operators of a mutant's own are spelled with these, so that precedence and operands stay what they were.
OPERATOR_DIGITS = "∘∙√∛∜∝∞∟∠∡"
PRECEDENCE = {
    "&&": "LogicalConjunctionPrecedence", "||": "LogicalDisjunctionPrecedence",
    **dict.fromkeys(places.COMPARISONS, "ComparisonPrecedence"),
    **dict.fromkeys(("+", "-", "&+", "&-"), "AdditionPrecedence"),
    **dict.fromkeys(("+=", "-=", "&+=", "&-="), "AssignmentPrecedence"),
}

SUPPORT = """\
import Glibc

@usableFromInline let mutantInCharge: Int = getenv("SMTPSCOPE_MUTANT").flatMap { Int(String(cString: $0)) } ?? 0

/// A file that is mapped, a byte for each mutant: which of them were asked, however the run ends.
@usableFromInline nonisolated(unsafe) let mutantsReached: UnsafeMutablePointer<UInt8>? = {
  guard let path = getenv("SMTPSCOPE_MUTANTS_REACHED") else { return nil }
  let file = open(path, O_RDWR)
  guard file >= 0, let place = mmap(nil, MOST, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) else { return nil }
  return place.assumingMemoryBound(to: UInt8.self)
}()

@usableFromInline func mutantIsOn(_ number: Int) -> Bool {
  if let mutantsReached { mutantsReached[number] = 1 }
  return number == mutantInCharge
}

@usableFromInline func mutantNegated(_ number: Int, _ value: Bool) -> Bool { mutantIsOn(number) != value }
@usableFromInline func mutantOneMore<T: FixedWidthInteger>(_ number: Int, _ value: T) -> T {
  mutantIsOn(number) ? value &+ 1 : value
}
@usableFromInline func mutantOneLess<T: FixedWidthInteger>(_ number: Int, _ value: T) -> T {
  mutantIsOn(number) ? value &- 1 : value
}
@usableFromInline func mutantLeast<T: Comparable>(_ number: Int, _ a: T, _ b: T) -> T {
  mutantIsOn(number) ? max(a, b) : min(a, b)
}
@usableFromInline func mutantMost<T: Comparable>(_ number: Int, _ a: T, _ b: T) -> T {
  mutantIsOn(number) ? min(a, b) : max(a, b)
}
"""

# The manifest of the copy: without the checks of style, and nothing but what the tests need.
MANIFEST = """

let wanted: Set<String> = WANTED
func named(_ dependency: Target.Dependency) -> String? {
  switch dependency {
  case .targetItem(let name, _), .byNameItem(let name, _): name
  default: nil
  }
}
var kept = wanted
while true {
  let more = kept.union(package.targets.filter { kept.contains($0.name) }.flatMap { $0.dependencies.compactMap(named) })
  if more == kept { break }
  kept = more
}
package.targets.removeAll { !kept.contains($0.name) }
package.products = []
"""


def copy_repository(layers, tests):
    """Brings the copy up to date; what did not change keeps its time, so that it is not built again."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "Package.swift", "Package.resolved",
         "Sources", "Tests", "Fuzzing", "Examples", "samples", "docs", "README.md"],
        cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
    names = {name for name in os.fsdecode(listed).split("\0") if name and (ROOT / name).is_file()}
    if (ROOT / "Package.resolved").is_file():
        names.add("Package.resolved")
    broken = tuple(f"Sources/{layer}/" for layer in layers)
    for name in names:
        # The layers' own files are written with their mutants.
        if name.startswith(broken) and name.endswith(".swift"):
            continue
        contents = (ROOT / name).read_bytes()
        if name == "Package.swift":
            contents = manifest(contents.decode(), tests).encode()
        write(TREE / name, contents)
    for path in (TREE / "Sources").rglob("*"), (TREE / "Tests").rglob("*"):
        for file in path:
            if file.is_file() and str(file.relative_to(TREE)) not in names and file.name != "Mutants.swift":
                file.unlink()


def manifest(text, tests):
    for check in (".strictMemorySafety(),", ".treatAllWarnings(as: .error),"):
        text = text.replace(check, "")
    return text + MANIFEST.replace("WANTED", "[" + ", ".join(f'"{name}"' for name in tests) + "]")


def write(path, contents):
    """Whether the file was another one."""
    if path.is_file() and path.read_bytes() == contents:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(contents)
    return True


def operator(number):
    return "".join(OPERATOR_DIGITS[int(digit)] for digit in f"{number:04}")


def write_layer(layer, mutants):
    """The sources of a layer with its mutants, given as a dictionary from number to place."""
    by_file = {}
    is_new = False
    for number, place in mutants.items():
        by_file.setdefault(place.file, []).append((number, place))
    for path in sorted((ROOT / "Sources" / layer).rglob("*.swift")):
        name = str(path.relative_to(ROOT))
        text = path.read_text()
        edits = []
        for number, place in by_file.get(name, []):
            own = operator(number) if place.token else str(number)
            edits += [(start, end, replacement.replace(places.ID, own)) for start, end, replacement in place.edits]
        for start, end, replacement in sorted(edits, reverse=True):
            text = text[:start] + replacement + text[end:]
        is_new |= write(TREE / name, text.encode())
    support = SUPPORT.replace("MOST", str(MOST_MUTANTS))
    for number, place in mutants.items():
        if place.token:
            support += operator_declaration(number, *place.token)
    is_new |= write(TREE / "Sources" / layer / "Mutants.swift", support.encode())
    if is_new:
        # After a build that failed, an incremental one leaves objects behind that were made of older files.
        for pattern in ("*.o", "*.swiftdeps", "*.priors"):
            for path in (BUILD / "debug" / f"{layer}.build").glob(pattern):
                path.unlink()


def operator_declaration(number, token, other):
    name = operator(number)
    lines = [f"\ninfix operator {name}: {PRECEDENCE[token]}"]

    def define(generics, left, right, result, body=None, attribute=""):
        body = body or f"mutantIsOn({number}) ? a {other} b : a {token} b"
        lines.append(f"{attribute}@usableFromInline func {name}{generics}(a: {left}, b: {right}){result} {{ {body} }}")

    if token in places.CONNECTIVES:
        define("", "Bool", "@autoclosure () throws -> Bool", " rethrows -> Bool",
               f"mutantIsOn({number}) ? try a {other} b() : try a {token} b()")
    elif token.endswith("=") and token not in places.COMPARISONS:
        protocol = "FixedWidthInteger" if "&" in token else "AdditiveArithmetic"
        define(f"<T: {protocol}>", "inout T", "T", "", f"if mutantIsOn({number}) {{ a {other} b }} else {{ a {token} b }}")
    elif token in places.ARITHMETIC:
        define(f"<T: {'FixedWidthInteger' if '&' in token else 'AdditiveArithmetic'}>", "T", "T", " -> T")
    else:
        define(f"<T: {'Equatable' if token in ('==', '!=') else 'Comparable'}>", "T", "T", " -> Bool")
        define("<L: BinaryInteger, R: BinaryInteger>", "L", "R", " -> Bool", attribute="@_disfavoredOverload ")
    return "\n".join(lines) + "\n"


def build_layer(layer, mutants, jobs, say):
    """Builds a layer with its mutants and gives those that compile."""
    mutants = dict(mutants)
    for _ in range(MOST_ROUNDS):
        write_layer(layer, mutants)
        output = swift_build(["--target", layer], jobs)
        if output is None:
            return mutants
        refused = refused_by(output, layer, mutants)
        if not refused:
            sys.exit(output[-8000:] + f"\n{layer} does not compile, and no mutant is near")
        say(f"{layer}: the compiler refuses {len(refused)} places")
        for number in refused:
            del mutants[number]
    sys.exit(f"{layer} does not compile after {MOST_ROUNDS} rounds")


def refused_by(output, layer, mutants):
    refused = set()
    for file, line in set(re.findall(r"^(\S+\.swift):(\d+):\d+: error: ", output, re.MULTILINE)):
        name = str(pathlib.Path(file).relative_to(TREE)) if file.startswith(str(TREE)) else file
        line = int(line)
        if name == f"Sources/{layer}/Mutants.swift":
            continue
        inside = [number for number, place in mutants.items()
                  if place.file == name and place.line <= line <= place.last_line]
        # Elsewhere the compiler speaks of what follows from a mutant: of what a statement was to do, or the closest one.
        near = [number for number, place in mutants.items() if place.file == name]
        left_out = [number for number in near if mutants[number].kind == "statement"]
        closest = sorted(near, key=lambda number: abs(mutants[number].line - line))[:1]
        refused.update(inside or left_out or closest)
    return refused


def build_tests(jobs):
    output = swift_build(["--build-tests"], jobs)
    if output is not None:
        sys.exit(output[-8000:] + "\nthe tests do not compile")
    return BUILD / "debug" / "smtpscopePackageTests.xctest"


def swift_build(arguments, jobs):
    """None where it succeeds, else what the compiler says."""
    command = ["swift", "build", "--package-path", str(TREE), "--scratch-path", str(BUILD), "-j", str(jobs),
               "-Xswiftc", "-continue-building-after-errors", "-Xswiftc", "-suppress-warnings", *arguments]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout if done.returncode else None
