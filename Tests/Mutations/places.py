"""Where Swift source can be broken, and how.

The text is not parsed. Comments and strings are blanked, braces tell what is a body and what a declaration, and the rest
follows from the layout that swift-format gives every file of this repository.
"""

import bisect
import dataclasses
import re

ID = "§"  # stands for the mutant's number in a replacement


@dataclasses.dataclass(frozen=True)
class Place:
    """One way to break one file."""
    file: str
    line: int
    last_line: int
    kind: str
    change: str
    text: str  # the first line, as it stands in the source
    edits: tuple  # of (start, end, replacement)
    token: tuple = None  # for binary operators: the token and what it becomes

    @property
    def key(self):
        return self.file, self.text, self.change


COMPARISONS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
CONNECTIVES = {"&&": "||", "||": "&&"}
ARITHMETIC = {"+": "-", "-": "+", "&+": "&-", "&-": "&+", "+=": "-=", "-=": "+=", "&+=": "&-=", "&-=": "&+="}
BINARY = (("comparison", COMPARISONS), ("connective", CONNECTIVES), ("arithmetic", ARITHMETIC))
KINDS = (
    "comparison", "connective", "arithmetic", "constant", "boolean", "condition", "statement", "return", "least/most")

TYPE = re.compile(r"\b(struct|enum|class|extension|protocol|actor)\s+\w")
FUNCTION = re.compile(r"\b(func|init|subscript|deinit)\b")
PROPERTY = re.compile(r"\bvar\s+\w+\s*:")
ACCESSOR = re.compile(r"\b(get|set|willSet|didSet|_read|_modify)\b[^=]*$")
CONTROL = re.compile(r"^(\}\s*)?(\w+:\s*)?(if|guard|else|for|while|repeat|switch|do|catch|defer|case|default)\b")
NO_STATEMENT = re.compile(
    r"^(let|var|return|if|guard|else|for|while|repeat|switch|case|default|func|init|throw|break|continue|import|defer|do"
    r"|static|private|mutating|package|public|struct|enum|extension|typealias|await|indirect|lazy|weak)\b")
ASSIGNMENT = re.compile(r"^[A-Za-z_$][^=<>!{}]*? ([-+*/|^&%]|&[-+]|<<|>>)?= \S")
CALL = re.compile(r"^(try )?(unsafe )?[A-Za-z_$][\w.?$]*(\[[^\]]*\][\w.?]*)*\(")
# Capacities, and secrets that are overwritten when they are done with: neither shows in any behaviour.
UNSEEN = re.compile(r"\.(reserveCapacity|wipe)\(")
GUARDS_OF_OURS = re.compile(r"\b(precondition|preconditionFailure|assert|assertionFailure|fatalError)\(")


def blanked(text):
    """The text with comments and the insides of strings made blank, every character at its place."""
    out = list(text)
    at = 0

    def blank(start, end):
        for index in range(start, end):
            if out[index] != "\n":
                out[index] = " "

    while at < len(text):
        if text.startswith("//", at):
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            blank(at, end)
        elif text.startswith("/*", at):
            end = text.find("*/", at) + 2
            blank(at, end)
        elif (opening := re.compile(r'#*("""|")').match(text, at)) and opening.group():
            end = end_of_string(text, opening)
            blank(opening.end(), end - len(opening.group()))
            if opening.group().startswith('"""'):
                blank(at + 1, end - 1)
        else:
            end = at + 1
        at = end
    return "".join(out)


def end_of_string(text, opening):
    quotes = opening.group(1)
    hashes = "#" * (len(opening.group()) - len(quotes))
    escape = "\\" + hashes
    at = opening.end()
    while at < len(text):
        if text.startswith(quotes + hashes, at):
            return at + len(quotes + hashes)
        if text.startswith(escape + "(", at):
            at = end_of_interpolation(text, at + len(escape) + 1)
        elif text.startswith(escape, at):
            at += len(escape) + 1
        else:
            at += 1
    return at


def end_of_interpolation(text, at):
    depth = 1
    while depth and at < len(text):
        if opening := re.compile(r'#*("""|")').match(text, at):
            at = end_of_string(text, opening)
            continue
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 1
    return at


@dataclasses.dataclass
class Block:
    """What stands between two braces."""
    start: int
    is_code: bool
    gives_bool: bool
    is_function: bool
    is_closure: bool
    in_init: bool


class Source:
    """One file and its places."""

    def __init__(self, file, text):
        self.file = file
        self.text = text
        self.blank = blanked(text)
        self.starts = [0] + [match.end() for match in re.finditer("\n", text)]
        self.lines = text.split("\n")
        self.blank_lines = self.blank.split("\n")
        self.places = []
        self.code = [None] * len(text)  # the innermost block where that is code
        self.read_blocks()

    def line_at(self, position):
        return bisect.bisect_right(self.starts, position) - 1

    def add(self, kind, start, end, change, edits, token=None):
        first, last = self.line_at(start), self.line_at(end)
        blank = self.blank_lines[first]
        if blank.lstrip().startswith(("#", "@")) or GUARDS_OF_OURS.search(blank):
            return
        self.places.append(Place(
            self.file, first + 1, last + 1, kind, change, self.lines[first].strip(), tuple(edits), token))

    def wrap(self, kind, start, end, change, before, after):
        self.add(kind, start, end, change, [(start, start, before), (end, end, after)])

    # Blocks

    def read_blocks(self):
        stack = [Block(0, False, False, False, False, False)]
        for at, letter in enumerate(self.blank):
            if letter == "{":
                stack.append(self.block(at, stack[-1]))
            elif letter == "}" and len(stack) > 1:
                block = stack.pop()
                if block.is_function and block.gives_bool:
                    self.negate_only_expression(block.start + 1, at)
            elif stack[-1].is_code:
                self.code[at] = stack[-1]

    def block(self, at, outer):
        header = self.header(at)
        if TYPE.search(header) and not outer.is_code:
            return Block(at, False, False, False, False, False)
        if FUNCTION.search(header) or PROPERTY.search(header):
            gives_bool = bool(re.search(r"(->|:) Bool\s*(where\b.*)?$", header))
            return Block(at, True, gives_bool, True, False, bool(re.search(r"\binit\b", header)))
        if outer.is_code and (CONTROL.search(header.strip()) or ACCESSOR.search(header)):
            return Block(at, True, outer.gives_bool, False, outer.is_closure, outer.in_init)
        return Block(at, True, False, False, True, False)

    def header(self, at):
        """What stands before a brace, from the beginning of its statement on."""
        line = self.line_at(at)
        here = self.blank[self.starts[line]:at]
        header = re.split(r"[{}]", here)[-1] if not re.match(r"\s*\} (else|catch)", here) else here
        if header.strip() and not re.match(r"\s*(\)|->|else|where)", header):
            return header
        indentation = indentation_of(self.blank_lines[line])
        parts = [header]
        while line > 0:
            line -= 1
            above = self.blank_lines[line]
            parts.insert(0, above)
            if above.strip() and indentation_of(above) <= indentation and not above.lstrip().startswith(")"):
                break
        return "\n".join(parts).strip()

    # The ways to break it

    def find(self):
        self.find_operators()
        self.find_constants()
        self.find_conditions()
        self.find_statements()
        self.find_returns()
        self.find_least_and_most()
        return self.places

    def find_operators(self):
        for kind, swaps in BINARY:
            tokens = "|".join(re.escape(token) for token in sorted(swaps, key=len, reverse=True))
            for match in re.finditer(rf"(?<=\s)({tokens})(?=\s)", self.blank):
                if not self.code[match.start()] or re.search(r"\bfunc\b", self.blank_lines[self.line_at(match.start())]):
                    continue
                token = match.group()
                change = f"{token} becomes {swaps[token]}" + self.ordinal(match)
                self.add(
                    kind, match.start(), match.end(), change, [(match.start(), match.end(), ID)],
                    (token, swaps[token]))

    def ordinal(self, match):
        """Which of the equal tokens of a line it is, where there are several."""
        line = self.line_at(match.start())
        pattern = rf"(?<!\S){re.escape(match.group())}(?!\S)"
        if not re.match(r"\W", match.group()):
            pattern = rf"(?<![\w.]){re.escape(match.group())}(?!\w)"
        places = [found.start() for found in re.finditer(pattern, self.blank_lines[line])]
        column = match.start() - self.starts[line]
        return f", place {places.index(column) + 1}" if len(places) > 1 and column in places else ""

    def find_constants(self):
        for match in re.finditer(r"(?<![\w$#])(0x[0-9a-fA-F_]+|\d[\d_]*)(?!\w|\.\d)", self.blank):
            before = self.blank[max(0, match.start() - 2):match.start()]
            if not self.code[match.start()] or before.endswith(".") and before != "..":
                continue
            token = match.group()
            value = int(token.replace("_", ""), 0)
            # Both neighbours take turns; below nothing there is none.
            more = value == 0 or (match.start() + value) % 2 == 0
            change = f"{token} becomes {token} {'+' if more else '-'} 1" + self.ordinal(match)
            self.wrap(
                "constant", match.start(), match.end(), change,
                f"mutantOne{'More' if more else 'Less'}({ID}, ", ")")
        for match in re.finditer(r"(?<![\w.])(true|false)\b", self.blank):
            if self.code[match.start()] and not self.blank.endswith("keepingCapacity: ", 0, match.start()):
                other = "false" if match.group() == "true" else "true"
                self.wrap(
                    "boolean", match.start(), match.end(), f"{match.group()} becomes {other}" + self.ordinal(match),
                    f"mutantNegated({ID}, ", ")")

    def find_conditions(self):
        for match in re.finditer(r"(?<![\w.#])(if|guard|while) ", self.blank):
            if not self.code[match.start()]:
                continue
            for number, (start, end) in enumerate(self.clauses(match.end(), match.group(1) == "guard")):
                clause = self.blank[start:end]
                if re.match(r"(let|var|case|#|_ =)", clause) or clause in ("true", "false"):
                    continue
                name = f"clause {number + 1} of {match.group(1)} negated"
                self.wrap("condition", start, end, name, f"mutantNegated({ID}, ", ")")

    def clauses(self, at, is_guard):
        """The parts of a condition that begins there, without blanks around them."""
        depth = 0
        start = at
        found = []
        while at < len(self.blank):
            letter = self.blank[at]
            ends = depth == 0 and (letter == "{" or is_guard and re.match(r"else\b", self.blank[at:at + 5]))
            if ends or depth == 0 and letter == ",":
                part = self.blank[start:at]
                if part.strip():
                    found.append((start + len(part) - len(part.lstrip()), start + len(part.rstrip())))
                start = at + 1
            if ends:
                return found
            depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(letter, 0)
            if depth < 0:
                return []
            at += 1
        return []

    def find_statements(self):
        for number, line in enumerate(self.blank_lines):
            start = self.starts[number] + indentation_of(line)
            end = self.starts[number] + len(line.rstrip())
            if start >= end or not self.code[start] or not is_balanced(line):
                continue
            if self.is_continued(number):
                continue
            body = self.blank[start:end]
            inner = re.search(r"\{ ([^{}]+) \}$", body)
            label = re.match(r"(case .*|default): (?=\S)", body)
            if inner and (block := self.code[start + inner.start(1)]) and not block.is_function and not (
                    block.is_closure and not CONTROL.search(body)):
                self.leave_out(start + inner.start(1), start + inner.end(1))
            elif label and is_balanced(label.group()):
                self.leave_out(start + label.end(), end)
            elif self.begins_statement(number):
                self.leave_out(start, end)

    def leave_out(self, start, end):
        statement = self.blank[start:end]
        block = self.code[start]
        if NO_STATEMENT.match(statement) or not block or UNSEEN.search(statement):
            return
        is_assignment = ASSIGNMENT.match(statement) and not re.search(r"[,:] *$", statement)
        is_call = CALL.match(statement) and statement.endswith(")") and is_one_call(statement)
        # An initializer that leaves a property out does not compile.
        if (is_call or is_assignment and not block.in_init) and not re.match(r"(self|super)\.init\(", statement):
            shown = " ".join(self.text[start:end].split())
            self.wrap("statement", start, end, f"left out: {shown}", f"if !mutantIsOn({ID}) {{ ", " }")

    def is_continued(self, number):
        """Whether the next line belongs to this one's statement."""
        for below in self.blank_lines[number + 1:]:
            if below.strip():
                return indentation_of(below) > indentation_of(self.blank_lines[number])
        return False

    def begins_statement(self, number):
        """Whether the line before this one ends a statement."""
        for above in reversed(self.blank_lines[:number]):
            above = above.rstrip()
            if above:
                # A closure's parameters end its first line; everything else ends in a brace, a label or a whole statement.
                return above.endswith(("{", "}", ":", " in")) or not above.endswith((",", "(", "[", "=", "?", "&&", "||"))
        return False

    def find_returns(self):
        for match in re.finditer(r"(?<![\w.])return ([^\n{}]+)(?=$| \}$)", self.blank, re.MULTILINE):
            block = self.code[match.start()]
            if block and block.gives_bool and not self.is_continued(self.line_at(match.start())):
                self.negate(match.start(1), match.end(1))

    def negate_only_expression(self, start, end):
        inside = self.blank[start:end]
        body = inside.strip()
        if body and "\n" not in body and not NO_STATEMENT.match(body):
            start += inside.index(body)
            self.negate(start, start + len(body))

    def negate(self, start, end):
        expression = self.blank[start:end].rstrip()
        if expression not in ("true", "false") and is_balanced(expression) and not CONTROL.match(expression):
            self.wrap("return", start, start + len(expression), "what is returned negated", f"mutantNegated({ID}, ", ")")

    def find_least_and_most(self):
        for match in re.finditer(r"(?<![\w.])(Swift\.)?(min|max)\(", self.blank):
            if self.code[match.start()]:
                is_min = match.group(2) == "min"
                self.add(
                    "least/most", match.start(), match.end(), "min becomes max" if is_min else "max becomes min",
                    [(match.start(), match.end(), f"mutant{'Least' if is_min else 'Most'}({ID}, ")])


def indentation_of(line):
    return len(line) - len(line.lstrip())


def is_balanced(text):
    return all(text.count(opening) == text.count(closing) for opening, closing in ("()", "[]", "{}"))


def is_one_call(statement):
    """Whether the whole statement is one call: its parentheses close nowhere but at its end, or before a member."""
    depth = 0
    for at, letter in enumerate(statement):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth == 0 and letter == " " and not re.match(r"(try|unsafe) ", statement[:at + 1]):
            return False
    return True


def places_of(file, text):
    return Source(file, text).find()
