"""Figures kept for later, and what became slower than they were."""

import json

from . import micro
from .machine import cores, fail, processor, say, today

# Beyond these parts it is no noise.
WHOLE_NOISE, COUNT_NOISE = 0.10, 0.01


def record(figures, starts, counts):
    """Ratios, not seconds: those change with the machine's mood. Instruction counts are as good as they are."""
    kept = {"date": today(), "machine": f"{cores()} × {processor()}"}
    if figures:
        kept["ratios"] = {figure.name: round(figure.ratio, 3) for figure in figures}
    if starts and all(start.ratio for start in starts):
        kept["starts"] = {start.name: round(start.ratio, 3) for start in starts}
    if counts:
        kept["compiler"] = micro.compiler()
        kept["instructions"] = {count.name: round(count.instructions, 1) for count in counts}
    return kept


def save(path, kept):
    with open(path, "w") as file:
        json.dump(kept, file, indent=2, ensure_ascii=False)
        file.write("\n")
    say(f"saved {path}")


def load(path):
    try:
        with open(path) as file:
            return json.load(file)
    except (OSError, ValueError) as problem:
        fail(f"{path}: {problem}")


def compare(before, now):
    """Says what changed beyond noise. Whether nothing became slower."""
    if "instructions" in now and before.get("compiler") != now["compiler"]:
        say(f"the baseline was counted with {before.get('compiler')}, this with {now['compiler']}: counts may differ")
    is_fine = True
    compared = 0
    for group, noise in (("ratios", WHOLE_NOISE), ("starts", WHOLE_NOISE), ("instructions", COUNT_NOISE)):
        for name, old in before.get(group, {}).items():
            new = now.get(group, {}).get(name)
            if new is None:
                continue
            compared += 1
            change = new / old - 1
            if abs(change) > noise:
                print(f"{'slower' if change > 0 else 'faster'}: {name} {old:g} → {new:g} ({change:+.1%})")
            is_fine = is_fine and change <= noise
    if compared == 0:
        fail("the baseline has none of what was measured")
    print(f"{compared} figures compared with those of {before['date']}: {'none is slower' if is_fine else 'slower'}")
    return is_fine
