"""The figures as Markdown, and their place in the README."""

import re

from . import startup
from .machine import PACKAGE, cores, fail, processor, today

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


def mark(is_met):
    return "met" if is_met else "**missed**"


def whole_table(figures, runs, python_peak):
    """Ratios against the bare loops. Below Python's own peak the system cannot tell what a program took."""
    lines = [
        f"{today()}, {cores()} × {processor()}, medians of {runs} interleaved rounds, warm cache, output to a file. (a) is "
        "libpcap counting packets, (s) the same with SHA-256 over each TCP payload.",
        "",
        "| work | threads | seconds | MB/s | times | bound | | peak MiB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for figure in figures:
        row = figure.row
        hidden = figure.peak <= python_peak
        peak = f"{'< ' if hidden else ''}{max(figure.peak, python_peak) / (1 << 20):.0f}"
        if row.peak:
            peak += f" of {row.peak >> 20}" + ("" if figure.is_small_enough else " **missed**")
        lines.append(
            f"| {row.title} | {figure.threads} | {figure.seconds:.2f} | {figure.megabytes_a_second:.0f} "
            f"| {figure.ratio:.2f} × ({row.loop}) | {figure.bound:.1f} | {mark(figure.is_fast_enough)} | {peak} |"
        )
    return lines


def start_table(starts):
    lines = ["| start | ms | times tcpdump's | bound | |", "|---|---|---|---|---|"]
    for start in starts:
        ratio = f"{start.ratio:.2f}" if start.ratio else "–"
        verdict = mark(start.ratio <= startup.BOUND) if start.ratio else "no tcpdump"
        lines.append(f"| {start.title} | {start.seconds * 1000:.1f} | {ratio} | {startup.BOUND:.1f} | {verdict} |")
    return lines


def micro_table(counts):
    lines = ["| part | instructions | for each |", "|---|---|---|"]
    return lines + [f"| {count.name} | {count.instructions:,.0f} | {count.unit} |" for count in counts]


def document(tables):
    return "\n\n".join("\n".join(table) for table in tables if table)


def write_readme(text):
    """Puts the tables between the two markers of the README."""
    path = PACKAGE / "README.md"
    readme = path.read_text()
    pattern = re.compile(f"{re.escape(BEGIN)}\n.*?{re.escape(END)}", re.DOTALL)
    if len(pattern.findall(readme)) != 1:
        fail(f"README.md has not exactly one place between {BEGIN} and {END}")
    path.write_text(pattern.sub(lambda _: f"{BEGIN}\n{text}\n{END}", readme))
