"""What the index of similar persons finds and what it keeps; why two persons are proposed: test_duplicates.py."""

import tracemalloc
from random import Random

from db.people import similarity

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _slips(name: str, rng: Random) -> list[str]:
    """Return the name with a letter dropped, added, replaced, and with two swapped, at a place by chance."""
    at, letter = rng.randrange(len(name) - 1), rng.choice(LETTERS)
    return [
        name[:at] + name[at + 1 :],
        name[:at] + letter + name[at:],
        name[:at] + letter + name[at + 1 :],
        name[:at] + name[at + 1] + name[at] + name[at + 2 :],
    ]


def test_a_slip_is_found_in_short_and_in_long_names():
    rng = Random(16)
    missed, tried = [], 0
    for length in range(5, 42):
        for _ in range(20):
            name = "".join(rng.choice(LETTERS) for _ in range(length))
            for slip in _slips(name, rng):
                one = similarity.person(1, {"last_name": name, "first_name": "Lou"})
                other = similarity.person(2, {"last_name": slip, "first_name": "Lou"})
                tried += 1
                if not similarity.Index([one]).like(other):
                    missed.append((name, slip))

    assert tried == 37 * 20 * 4
    assert missed == []


def test_long_names_and_names_of_many_words_take_little_memory():
    """A legal file of 100,000 such names, of 8 MB, took gigabytes."""
    rng = Random(16)
    long = ["".join(rng.choice(LETTERS) for _ in range(80)) for _ in range(200)]
    words = [" ".join("".join(rng.choice(LETTERS) for _ in range(3)) for _ in range(20)) for _ in range(200)]
    people = [
        similarity.person(number, {"last_name": last, "first_name": first})
        for number, (last, first) in enumerate(
            [*zip(long, long[::-1], strict=True), *zip(words, words[::-1], strict=True)], 1
        )
    ]
    tracemalloc.start()
    try:
        index = similarity.Index(people)
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert len(index.people) == 400
    assert size / 400 < 4_000, "bytes for a person"
