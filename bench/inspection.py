"""`python bench/inspection.py`: how often the picture assistant is right, what it costs; writes docs/inspection.md.

Draws papers nobody tuned anything on (bench/fresh_papers.py), damages, turns and mirrors them, and counts. `--people`
(44, each with 14 papers), `--seed` (of the set; another one draws another set), `--tuning` prints the same tables
without writing them: for looking for better thresholds on another seed. What was counted is kept person by person, so
that a run that was ended goes on with the next one; `--stretch 5` ends after five. Costs are those of the last stretch. One thread. Fonts and real photographs are
fetched once, from Debian, npm and the Python index.
"""

from __future__ import annotations

import argparse
import datetime as dt
import multiprocessing
import os
import sys
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Final

import fresh_papers as papers
import numpy as np
import real_photographs
from fresh_papers import Fresh
from inspection_counts import GOALS, Goal, Seen

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaosheng.settings.test")

ROOT: Final = Path(__file__).resolve().parents[1]
DOCUMENT: Final = ROOT / "docs" / "inspection.md"
FETCHED: Final = ROOT / "var" / "bench-inspection"
BEGIN, END = "<!-- measured: bench/inspection.py writes below -->", "<!-- measured: ends -->"
SEED: Final = 20271125
MEMORY_PICTURES: Final = 120
LIES: Final = {
    1: "upright",
    2: "mirrored",
    3: "rotated_180",
    4: "mirrored",
    5: "mirrored",
    6: "rotated_90",
    7: "mirrored",
    8: "rotated_270",
}
"""What a picture turned by an EXIF orientation is, how it lies then."""

EVERY: Final = 4
"""One picture in four is blurred a little, blurred much and shaken: three looks more."""


def main() -> None:
    """Draw, look, count, write."""
    options = _options()
    import django  # noqa: PLC0415 - settings come first

    django.setup()
    papers.fetch_fonts(FETCHED / "fonts")
    file = FETCHED / f"seen-{_version()}-{options.seed}-{options.people}.json"
    seen = Seen.kept(file)
    measure(seen, file, options)
    if seen.people < options.people:
        print(f"{seen.people} of {options.people} people; the same command goes on")
        return
    measure_photographs(seen)
    write_files(options.people, options.seed)
    peak = peak_memory(options.seed)
    table = report(seen, options.seed, peak)
    print(table)
    if not options.tuning:
        before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        DOCUMENT.write_text(f"{before}{BEGIN}\n\n{table}\n{END}{after}", encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=44)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--stretch", type=int, default=10**6, help="people in this run at most")
    parser.add_argument("--tuning", action="store_true", help="print only")
    return parser.parse_args()


# --- looking and counting --------------------------------------------------------------------------------------------
def drawings(people: int, seed: int, *, first: int = 0) -> Iterator[Fresh]:
    """Fourteen papers of each person, from the first-th on."""
    for registration, sans, serif in islice(papers.people(seed, FETCHED / "fonts"), first, people):
        for place in papers.PAPERS:
            yield papers.drawn(registration, place, (sans, serif), seed)


def measure(seen: Seen, file: Path, options: argparse.Namespace) -> None:
    """Look at every picture as it is, turned, mirrored and under stress, and read it."""
    seed, first = options.seed, seen.people
    last = min(options.people, first + options.stretch)
    from kaosheng.inspection.inspector import Inspector  # noqa: PLC0415 - Django must be set up first

    inspector = Inspector()
    inspector.warm()
    others = list(islice(papers.people(seed + 1, FETCHED / "fonts"), last * len(papers.PAPERS)))
    for number, fresh in enumerate(drawings(last, seed, first=first), start=first * len(papers.PAPERS)):
        rng = np.random.default_rng([seed, 9, number])
        seen.levels[fresh.level] += 1
        seen.kinds[fresh.paper] += 1
        quick = seen.timed("quick look", partial(inspector.quick_look, fresh.pixels))
        said = quick.lie.direction.value
        seen.count("false_direction", said not in {"upright", "unknown"})
        seen.count("four_way", said == "upright")
        seen.count("legible", quick.legible is not True)
        look_turned(seen, inspector, fresh, rng)
        look_under_stress(seen, inspector, fresh, rng, stress=number % 5)
        if number % EVERY == 0:
            look_at_blur(seen, inspector, fresh, rng)
        other = others[number][0]
        read(seen, inspector, fresh, quick, (str(other["name"]), str(other["id_number"])))
        if (number + 1) % len(papers.PAPERS) == 0:
            seen.people += 1
            seen.keep(file)
            print(f"{seen.people} of {options.people} people", file=sys.stderr, flush=True)


def look_turned(seen: Seen, inspector: Any, fresh: Fresh, rng: np.random.Generator) -> None:
    """One turn and one mirror image of it."""
    from kaosheng.pictures.encode import turned  # noqa: PLC0415 - Django must be set up first

    for goal, orientations in (("four_way", (3, 6, 8)), ("mirrored", (2, 4, 5, 7))):
        orientation = int(rng.choice(orientations))
        said = inspector.quick_look(turned(fresh.pixels, orientation)).lie.direction.value
        seen.count(goal, said == LIES[orientation])


def look_under_stress(
    seen: Seen, inspector: Any, fresh: Fresh, rng: np.random.Generator, *, stress: int
) -> None:
    """One bad picture in any of five states: silence is right, a wrong direction isn't."""
    from kaosheng.pictures.encode import turned  # noqa: PLC0415 - Django must be set up first

    spoiled = (
        papers.far_away(fresh.pixels, rng),
        papers.slanted(fresh.pixels, rng),
        papers.darkened(fresh.pixels, rng),
        papers.cut_off(fresh.pixels, rng),
        papers.out_of_focus(fresh.pixels, float(rng.uniform(2.5, 5))),
    )[stress]
    orientation = int(rng.choice((1, 2, 3, 6, 8)))
    said = inspector.quick_look(turned(spoiled, orientation)).lie.direction.value
    # 帮我转正 would turn it wrongly; "upright" of a turned picture says nothing to anybody.
    seen.count("wrong_under_stress", said not in {LIES[orientation], "unknown", "upright"})


def look_at_blur(seen: Seen, inspector: Any, fresh: Fresh, rng: np.random.Generator) -> None:
    """The same picture a person can read through, and no more."""
    for goal, spoiled in (
        ("legible_blur", papers.out_of_focus(fresh.pixels, float(rng.uniform(0.8, 2)))),
        ("blur", papers.out_of_focus(fresh.pixels, float(rng.uniform(4, 6)))),
        ("shake", papers.shaken(fresh.pixels, 15, float(rng.uniform(0, np.pi)))),
    ):
        look = inspector.quick_look(spoiled)
        said = look.legible is False or (goal != "legible_blur" and not look.text)
        seen.count(goal, said)


def read(seen: Seen, inspector: Any, fresh: Fresh, quick: Any, other: tuple[str, str]) -> None:
    """Read it for its holder, for somebody else, and for a namesake but for one character."""
    from kaosheng.domain.advice import Finding  # noqa: PLC0415 - Django must be set up first
    from kaosheng.inspection import papers as known  # noqa: PLC0415 - the same
    from kaosheng.inspection.inspector import Expected  # noqa: PLC0415 - the same

    expected = Expected(name=fresh.name, id_number=fresh.id_number)
    page, reading = seen.timed("reading", partial(_page_and_reading, inspector, fresh, quick, expected))
    named = reading.paper.code if reading is not None and reading.paper is not None else ""
    seen.count("kind", named == fresh.paper)
    seen.count("kind_wrong", named not in {"", fresh.paper})
    bears = known.borne(known.papers()[fresh.paper], fresh.kind_name)
    if "id_number" in bears:
        found = reading is not None and reading.id_number.finding is Finding.MATCH
        seen.count("number_hard" if fresh.level == "hard" else "number_easy", found)
        seen.number_unclear += reading is not None and reading.id_number.finding is Finding.UNCLEAR
    if "name" not in bears:
        return
    name = reading.name if reading is not None else None
    seen.count("name", name is not None and name.finding is Finding.MATCH)
    seen.count("name_missed", name is not None and name.finding is Finding.NOT_FOUND)
    seen.name_silent += name is None
    if page is None:
        return
    stranger = inspector.compare(page, Expected(*other))
    both = (stranger.name, stranger.id_number)
    seen.count("impostor", any(one is not None and one.finding is Finding.MATCH for one in both))
    sibling = fresh.name[:-1] + ("明" if fresh.name[-1] != "明" else "伟")
    near = inspector.compare(page, Expected(name=sibling)).name
    seen.count("sibling", near is not None and near.finding is Finding.MATCH)


def _page_and_reading(inspector: Any, fresh: Fresh, quick: Any, expected: Any) -> tuple[Any, Any]:
    page = inspector.page_of(fresh.pixels, quick)
    return page, inspector.compare(page, expected) if page is not None else None


def measure_photographs(seen: Seen) -> None:
    """The few real ones: what is said of them in every state."""
    from kaosheng.inspection.inspector import Expected, Inspector  # noqa: PLC0415 - Django must be set up first
    from kaosheng.pictures.encode import turned  # noqa: PLC0415 - the same

    inspector = Inspector()
    for photograph in real_photographs.photographs(FETCHED / "wheels"):
        right = 0
        said: Counter[str] = Counter()
        for orientation, lies in LIES.items():
            pixels = turned(photograph.pixels, orientation)
            quick = inspector.quick_look(pixels)
            direction = quick.lie.direction.value if quick.text else "no text"
            right += direction == lies
            said[direction] += 1
            reading = inspector.read(pixels, quick, Expected()) if quick.text else None
            if not photograph.text:
                named = reading is not None and reading.paper is not None
                seen.count("no_paper", named or direction not in {"upright", "unknown", "no text"})
        words = ", ".join(f"{name} {times}" for name, times in said.most_common())
        if photograph.text:
            words = f"{right} of {len(LIES)} right: {words}"
        seen.real.append((photograph.name.rpartition("/")[2], words))


# --- memory ----------------------------------------------------------------------------------------------------------
def peak_memory(seed: int) -> float:
    """MB a process like the worker's takes at most over so many pictures: its imports, its nets, its pictures."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_worked_like_the_worker, (seed,))


def _worked_like_the_worker(seed: int) -> float:
    import django  # noqa: PLC0415 - a new process

    django.setup()
    from kaosheng.casework.services import inspecting  # noqa: F401, PLC0415 - the worker's imports are part of it
    from kaosheng.inspection.inspector import WORKING_PIXELS, Expected, Inspector  # noqa: PLC0415 - the same
    from kaosheng.pictures.checks import pixels_of  # noqa: PLC0415 - the same

    inspector = Inspector()
    inspector.warm()
    for file in sorted((FETCHED / f"files-{seed}").glob("*.jpg")):
        pixels = pixels_of(file.read_bytes(), max_pixels=WORKING_PIXELS)
        quick = inspector.quick_look(pixels)
        inspector.read(pixels, quick, Expected(name="欧阳若琳", id_number="139999199403078021"))
    # Not getrusage: what this process's parent took before the exec counts there.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def write_files(people: int, seed: int) -> None:
    """Keep pictures as files, for the process whose memory is measured: it must not draw them itself."""
    from PIL import Image  # noqa: PLC0415 - beside its only use

    folder = FETCHED / f"files-{seed}"
    folder.mkdir(parents=True, exist_ok=True)
    for number, fresh in enumerate(islice(drawings(people, seed), MEMORY_PICTURES)):
        file = folder / f"{number:03}.jpg"
        if not file.exists():
            Image.fromarray(fresh.pixels).save(file, quality=80)


# --- the table -------------------------------------------------------------------------------------------------------
def report(seen: Seen, seed: int, peak: float) -> str:
    """Everything in Markdown."""
    return "\n".join(
        [
            _heading(seen, seed),
            "",
            "| what | goal | measured | n | 95 % interval | |",
            "|---|---|---|---|---|---|",
            *(_goal_row(GOALS[name], hits) for name, hits in seen.counts.items()),
            "",
            f"ID number unclear (another valid number was read): {seen.number_unclear}. Nothing said of a name (unsure): {seen.name_silent}.",
            "",
            "| cost of a picture, one thread, ms | p50 | p95 | n |",
            "|---|---|---|---|",
            *(_cost_row(stage, times) for stage, times in _costs(seen) if times),
            "",
            f"Memory of the worker's process, peak over {MEMORY_PICTURES} pictures (`inspection_rss_mb`): {peak:.0f} MB; goal ≤ 600 MB.",
            "",
            "| real photograph | said in its eight states |",
            "|---|---|",
            *(f"| `{name}` | {words} |" for name, words in seen.real),
            "",
        ]
    )


def _heading(seen: Seen, seed: int) -> str:
    total = sum(seen.levels.values())
    levels = ", ".join(f"{count} {level}" for level, count in sorted(seen.levels.items()))
    return (
        f"Run of {dt.datetime.now(dt.UTC).date()}, model version `{_version()}`, seed {seed}: {total} pictures of "
        f"{len(seen.kinds)} papers ({levels}), {os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}."
    )


def _version() -> str:
    from kaosheng.inspection.nets import MODEL_VERSION  # noqa: PLC0415 - Django must be set up first

    return MODEL_VERSION


def _goal_row(goal: Goal, hits: list[bool]) -> str:
    from kaosheng.domain.statistics import wilson  # noqa: PLC0415 - beside its only use

    share = sum(hits) / len(hits)
    low, high = wilson(sum(hits), len(hits))
    met = "met" if goal.is_met(share) else "**missed**"
    return f"| {goal.words} | {goal.limit} | {100 * share:.2f} % ({sum(hits)}) | {len(hits)} | {100 * low:.2f} to {100 * high:.2f} % | {met} |"


def _costs(seen: Seen) -> Iterator[tuple[str, list[float]]]:
    for stage, times in seen.wall.items():
        yield f"{stage}, wall clock", times
        yield f"{stage}, processor", seen.processor[stage]


def _cost_row(stage: str, times: list[float]) -> str:
    return f"| {stage} | {np.percentile(times, 50):.0f} | {np.percentile(times, 95):.0f} | {len(times)} |"


if __name__ == "__main__":
    main()
