"""The lines that a long measure prints: times beside their target, and what should not have happened."""

import statistics
from collections import Counter

TITLES = f"{'ms':<34}  {'number':>6}  {'p50':>8}  {'p95':>8}  {'max':>8}  target"


def print_times(what: str, times: list[float], target: str = "", missed: bool = False) -> None:
    """Print one line: number, median, 95th percentile and maximum, in milliseconds."""
    if not times:
        print(f"{what:<34}       0")
        return
    p50, p95 = statistics.median(times), percentile(times)
    print(
        f"{what:<34}  {len(times):>6,}  {p50:>8.1f}  {p95:>8.1f}  {max(times):>8.1f}  {target}"
        f"{'   MISSED' if missed else ''}"
    )


def percentile(times: list[float]) -> float:
    """Return the value that 95 of 100 do not exceed."""
    return statistics.quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]


def print_problems(what: str, problems: list[str]) -> bool:
    """Print a number whose target is 0, and the first of the problems. Return whether it is missed."""
    print(f"{what}: {len(problems)}, target 0{'   MISSED' if problems else ''}")
    for problem, times in Counter(problems).most_common(40):
        print(f"  {problem}{f' ({times} times)' if times > 1 else ''}"[:400])
    return bool(problems)
