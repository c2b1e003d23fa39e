"""`python -m benchmarks [browser]`: medians at 4,000 and 100,000 made-up persons beside their targets."""

import logging
import sys

from benchmarks import office


def main() -> int:
    logging.getLogger("streamlit").setLevel(logging.ERROR)
    if "browser" in sys.argv[1:]:
        from benchmarks.browser import measure

        return office.show(measure(repeats=7))
    from benchmarks import floor

    return office.show(floor.measure(repeats=5))


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
