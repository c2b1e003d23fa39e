"""`python -m benchmarks NAME`, beside targets. The names: figures, browser, publication, attackers, methods, documents,
twenty, imports, waits, kills, uploads."""

import logging
import sys

from benchmarks import office


def main() -> int:
    logging.getLogger("streamlit").setLevel(logging.ERROR)
    if "browser" in sys.argv[1:]:
        from benchmarks import browser

        return office.show(browser.measure(repeats=7))
    if "imports" in sys.argv[1:]:
        from benchmarks import imports

        return office.show(imports.measure(repeats=5))
    if "waits" in sys.argv[1:]:
        from benchmarks import waits

        return office.show(waits.measure())
    if "publication" in sys.argv[1:]:
        from benchmarks import publication

        return publication.show()
    if "attackers" in sys.argv[1:]:
        from benchmarks import attackers

        return attackers.show()
    if "methods" in sys.argv[1:]:
        from benchmarks import methods

        return methods.show()
    if "documents" in sys.argv[1:]:
        from benchmarks import documents

        return documents.show()
    if "twenty" in sys.argv[1:]:
        from benchmarks.concurrent_writers import measure

        return measure.show([argument for argument in sys.argv[1:] if argument != "twenty"])
    if "uploads" in sys.argv[1:]:
        from benchmarks.uploads import measure as uploads

        return uploads.show([argument for argument in sys.argv[1:] if argument != "uploads"])
    if "kills" in sys.argv[1:]:
        from benchmarks import kills

        return kills.show([argument for argument in sys.argv[1:] if argument != "kills"])
    from benchmarks import figures, floor

    rows = [] if "figures" in sys.argv[1:] else floor.measure(repeats=5)
    return office.show([*rows, *figures.measure(repeats=5)])


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
