"""A split of the rows into two sets, by chance."""

import numpy as np

from reglib.checks.entry import Case, Entry, Misconception, Property, Relation, Rng
from reglib.exercises import chance
from reglib.exercises.chance import row_sets

# A large split, n = 200 with m = 60 or 80 validation rows, is judged by how many separate stretches
# the validation rows form when all rows stand in a ring. A random set forms r of them with
# probability 200/r · C(m − 1, r − 1) · C(199 − m, r − 1) / C(200, m), so 42 or 48 on average. Fewer
# than `STRETCHES` allows (blocks, rotations) or more (even steps) come with probability 3.5e-11
# and 5.7e-12. Two sets of 24 rows out of 60 are equal by chance with probability 2.8e-17, and six
# pairs of them are compared. Nothing else is of chance: a false alarm has probability 4.1e-11.
LARGE = 200
STRETCHES = {60: (23, 59), 80: (26, 71)}


def train_validation_split(n, fraction, rng):
    order = rng.permutation(n)
    m = round(fraction * n)
    return order[m:], order[:m]


def _share(rng: np.random.Generator, n: int, low: float, high: float) -> float:
    """Draw a fraction, not near a half, for which fraction · n ends in .low to .high."""
    choices = np.arange(12, 42) / 100
    return float(rng.choice(choices[(low <= choices * n % 1) & (choices * n % 1 <= high)]))


RUBRIC = {
    "the right sizes, each row in exactly one set": 2,
    "the rows are shuffled": 1,
    "chance comes from rng": 1,
}


def cases(rng: np.random.Generator) -> list[Case]:
    scattered = "which rows are held back is left to chance, so they lie scattered over all rows"
    source = (
        "chance comes from `rng` alone: the same state makes the same split, another state another"
    )
    none = "round(fraction · n) may be 0: then every row trains"
    sizes, shuffled, given = RUBRIC
    seeds = iter(rng.choice(10_000, 10, replace=False).tolist())

    def draw(n, low, high):
        return n, _share(rng, n, low, high), Rng(next(seeds))

    def given_a_generator(n, fraction):
        return n, fraction, Rng(next(seeds))

    repeated = given_a_generator(60, 0.4)
    return [
        Case(sizes, "9 rows, fraction · n to be rounded up", draw(9, 0.6, 0.9)),
        Case(sizes, "12 rows, fraction · n to be rounded down", draw(12, 0.1, 0.4)),
        Case(sizes, "23 rows, fraction · n to be rounded up", draw(23, 0.6, 0.9)),
        Case(sizes, "9 rows, of which none is held back", given_a_generator(9, 0.04), none),
        Case(shuffled, "200 rows", given_a_generator(LARGE, 0.3), scattered),
        Case(shuffled, "200 rows, 80 held back", given_a_generator(LARGE, 0.4), scattered),
        Case(given, "60 rows", repeated, source),
        Case(given, "60 rows, the same generator again", repeated, source),
        Case(given, "60 rows, another generator", given_a_generator(60, 0.4), source),
        Case(given, "60 rows, a third generator", given_a_generator(60, 0.4), source),
        Case(given, "60 rows, a fourth generator", given_a_generator(60, 0.4), source),
    ]


def _is_pair(args, value):
    return len(row_sets(value)) == 2


def _is_sized(args, value):
    return len(row_sets(value)[1]) == round(args[1] * args[0])


def _is_partition(args, value):
    return sorted(np.concatenate(row_sets(value))) == list(range(args[0]))


def _stretches(args, value):
    return chance.stretches(args[0], row_sets(value)[1])


def _is_scattered(args, value):
    if args[0] < LARGE:
        return True
    fewest, most = STRETCHES[round(args[1] * args[0])]
    return fewest <= _stretches(args, value) <= most


def _same_sets(value, other):
    return set(row_sets(value)[1].tolist()) == set(row_sets(other)[1].tolist())


def _is_one_block(args, value):
    right_size = len(row_sets(value)[1]) == round(args[1] * args[0])
    return _is_partition(args, value) and right_size and _stretches(args, value) == 1


def _is_swapped(args, value):
    return _is_partition(args, value) and len(row_sets(value)[0]) == round(args[1] * args[0])


def _is_all_for_none(args, value):
    train, _ = row_sets(value)
    none = round(args[1] * args[0]) == 0
    return none and len(train) == 0 and _is_partition(args, value)


def _from_the_end(n, fraction, rng):
    order, m = rng.permutation(n), round(fraction * n)
    return order[:-m], order[-m:]


def _is_rounded_down(args, value):
    size = len(row_sets(value)[1])
    return _is_partition(args, value) and size == int(args[1] * args[0]) != round(args[1] * args[0])


def _is_rounded_up(args, value):
    size = len(row_sets(value)[1])
    return _is_partition(args, value) and size == np.ceil(args[1] * args[0]) != round(
        args[1] * args[0]
    )


def _is_evenly_spaced(args, value):
    gaps = np.diff(np.sort(row_sets(value)[1]))
    return _is_partition(args, value) and len(gaps) > 0 and gaps.min() > 1 and np.ptp(gaps) <= 1


def _counts_from_one(args, value):
    return sorted(np.concatenate(row_sets(value))) == list(range(1, args[0] + 1))


def _leaves_rows_out(args, value):
    rows = np.concatenate(row_sets(value))
    return len(np.unique(rows)) == len(rows) < args[0] and np.isin(rows, np.arange(args[0])).all()


def _trains_on_all(args, value):
    train, validation = row_sets(value)
    return sorted(train) == list(range(args[0])) and len(validation) > 0


def _are_masks(args, value):
    return all(np.asarray(part).dtype == bool and len(part) == args[0] for part in value)


def _has_repeats(args, value):
    return any(len(np.unique(part)) < len(part) for part in row_sets(value))


def _overlaps(args, value):
    once = not _has_repeats(args, value) and not _trains_on_all(args, value)
    return once and np.isin(*row_sets(value)).any()


def _is_good(args, value):
    return all(rule(args, value) for rule in (_is_sized, _is_partition, _is_scattered))


_CHANCE = chance.Chance(_same_sets, _is_good)


def _has_sizes_of_chance(all_args, values):
    others = chance.pairs(all_args, values, _CHANCE.anew)
    return all(map(_is_partition, all_args, values)) and any(
        len(value[1]) != len(other[1]) for value, other in others
    )


def _cut(order, m):
    return order[m:], order[:m]


def _by_coins(n, fraction, rng):
    held = rng.random(n) < fraction
    return np.flatnonzero(~held), np.flatnonzero(held)


def _with_replacement(n, fraction, rng):
    validation = rng.integers(n, size=round(fraction * n))
    return np.setdiff1d(np.arange(n), validation), validation


def _drawn_twice(n, fraction, rng):
    m = round(fraction * n)
    return rng.permutation(n)[m:], rng.permutation(n)[:m]


def _every_few_rows(n, fraction, rng):
    validation = np.arange(round(fraction * n)) * n // round(fraction * n)
    return np.setdiff1d(np.arange(n), validation), validation


def _as_masks(n, fraction, rng):
    held = np.isin(np.arange(n), rng.permutation(n)[: round(fraction * n)])
    return ~held, held


ENTRY = Entry(
    name="overfitting.train_validation_split",
    place=4,
    returns=("train", "validation"),
    must=(
        "each of the row numbers 0 to n − 1 stands in exactly one of the two sets, and "
        "round(fraction · n) of them in `validation`"
    ),
    reference=train_validation_split,
    cases=cases,
    rubric=RUBRIC,
    section="four-errors",
    example=(5, 0.4, Rng(0)),
    properties=(
        Property(
            "`train` and `validation` are two rows of whole numbers, (train, validation)", _is_pair
        ),
        Property(
            "each row number from 0 to n − 1 is in exactly one of the two sets", _is_partition
        ),
        Property("`validation` has round(fraction · n) rows", _is_sized),
        Property(
            "the validation rows lie scattered, neither in blocks nor evenly spaced",
            _is_scattered,
        ),
    ),
    relations=(
        Relation("a generator in the same state makes the same split", _CHANCE.follows),
        Relation("a generator in another state makes another split", _CHANCE.varies),
    ),
    misconceptions=(
        Misconception(
            "the rows are not shuffled, and a block of neighbours is held back",
            "imagine a file sorted by age: whom do you train on, and whom do you validate on?",
            "overfitting-mistakes",
            lambda n, fraction, rng: _cut(np.arange(n), round(fraction * n)),
            recognise=_is_one_block,
        ),
        Misconception(
            "all rows are held back where none should be, as by [-m:] with m = 0",
            "try `np.arange(5)[-m:]` with m = 2, m = 1 and m = 0.",
            "four-errors",
            _from_the_end,
            recognise=_is_all_for_none,
        ),
        Misconception(
            "the two sets are swapped, and `fraction` is the share of the training rows",
            "with n = 10 and fraction = 0.2, how many rows should be in `validation`, which comes "
            "second?",
            "four-errors",
            lambda n, fraction, rng: train_validation_split(n, fraction, rng)[::-1],
            recognise=_is_swapped,
        ),
        Misconception(
            "rows are drawn with replacement, so that some come more than once",
            "count how often each row number occurs in what you return: np.unique can help.",
            "overfitting-mistakes",
            _with_replacement,
            recognise=_has_repeats,
        ),
        Misconception(
            "every row is in the training set, the validation rows too",
            "np.setdiff1d(np.arange(n), validation) holds the rows that are not in `validation`.",
            "overfitting-mistakes",
            lambda n, fraction, rng: (
                np.arange(n),
                rng.permutation(n)[: round(fraction * n)],
            ),
            recognise=_trains_on_all,
        ),
        Misconception(
            "some rows are in both sets",
            "draw the order of the rows once, and let both sets come from that one order.",
            "overfitting-mistakes",
            _drawn_twice,
            recognise=_overlaps,
        ),
        Misconception(
            "each row is held back by the flip of a coin, so that the size is left to chance",
            "call your function twice with two generators, and compare the sizes.",
            "overfitting-mistakes",
            _by_coins,
            recognise_all=_has_sizes_of_chance,
        ),
        Misconception(
            "the number of validation rows is rounded down",
            "try int(2.9) and round(2.9).",
            "four-errors",
            lambda n, fraction, rng: _cut(rng.permutation(n), int(fraction * n)),
            recognise=_is_rounded_down,
        ),
        Misconception(
            "the number of validation rows is rounded up",
            "try np.ceil(2.1) and round(2.1).",
            "four-errors",
            lambda n, fraction, rng: _cut(rng.permutation(n), int(np.ceil(fraction * n))),
            recognise=_is_rounded_up,
        ),
        Misconception(
            "every few rows one is held back, and nothing is left to chance",
            "imagine a file in which every second row is a woman: whom do you validate on?",
            "overfitting-mistakes",
            _every_few_rows,
            recognise=_is_evenly_spaced,
        ),
        Misconception(
            "the rows are counted from 1",
            "print the smallest and the largest row number that you return, for n = 5.",
            "four-errors",
            lambda n, fraction, rng: _cut(rng.permutation(n) + 1, round(fraction * n)),
            recognise=_counts_from_one,
        ),
        Misconception(
            "some rows are in neither of the two sets",
            "add up the sizes of your two sets: what should come out?",
            "four-errors",
            lambda n, fraction, rng: _cut(rng.permutation(n - 1), round(fraction * n)),
            recognise=_leaves_rows_out,
        ),
        Misconception(
            "masks of True and False come in place of row numbers",
            "np.flatnonzero makes row numbers of a mask.",
            "four-errors",
            _as_masks,
            recognise=_are_masks,
        ),
        Misconception(
            "chance has another source than the `rng` that is passed in",
            "call your function twice, each time with a fresh np.random.default_rng(0), and see "
            "whether you get the same rows: then nobody can repeat your experiment otherwise.",
            "fit-a-polynomial",
            lambda n, fraction, rng: train_validation_split(n, fraction, np.random.default_rng()),
            recognise_all=_CHANCE.comes_from_elsewhere,
        ),
        Misconception(
            "a generator is made inside the function, so that every split is the same",
            "call your function with default_rng(0) and with default_rng(1): the rows held back "
            "should differ.",
            "fit-a-polynomial",
            lambda n, fraction, rng: train_validation_split(n, fraction, np.random.default_rng(0)),
            recognise_all=_CHANCE.never_changes,
        ),
    ),
)
