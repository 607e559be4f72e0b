"""k folds of the rows, by chance."""

from collections.abc import Callable
from typing import Any

import numpy as np

from reglib.checks.entry import Case, Entry, Misconception, Property, Relation, Rng
from reglib.exercises import chance, draws

# A large case is judged by how many separate stretches the held-out rows of each fold form when all
# rows stand in a ring. A random set of m out of n rows forms r of them with probability
# n/r · C(m − 1, r − 1) · C(n − m − 1, r − 1) / C(n, m). Fewer than `STRETCHES` allows (blocks,
# rotations) or more (every k-th row) come with probability 1.1e-11 for the two folds of 120 rows,
# which have the same number, and 2.1e-11 for each of the three of 150. Two sets of three folds of
# 60 rows are equal by chance with probability 6 · 20!³/60! = 1e-26. A false alarm has probability
# 7.4e-11 in all.
STRETCHES = {120: (13, 48), 150: (16, 49)}


def kfold_indices(n, k, rng):
    folds = np.array_split(rng.permutation(n), k)
    return [(np.concatenate(folds[:f] + folds[f + 1 :]), folds[f]) for f in range(k)]


RUBRIC = {
    "each row is held out once, and trains otherwise": 1,
    "k does not divide n: sizes that differ by at most 1": 1,
    "the rows are shuffled": 1,
    "chance comes from rng": 1,
}


def cases(rng: np.random.Generator) -> list[Case]:
    scattered = "which rows share a fold is left to chance, so each fold lies scattered"
    source = (
        "chance comes from `rng` alone: the same state makes the same folds, another state others"
    )
    even, uneven, shuffled, given = RUBRIC
    seeds = iter(rng.choice(10_000, 11, replace=False).tolist())

    def draw(n, k):
        return n, k, Rng(next(seeds))

    repeated = draw(60, 3)
    return [
        Case(even, "6 rows, 3 folds", draw(6, 3)),
        Case(even, "12 rows, 4 folds", draw(12, 4)),
        Case(even, "7 rows, 7 folds: one row is left out at a time", draw(7, 7)),
        Case(uneven, "7 rows, 4 folds", draw(7, 4)),
        Case(uneven, "13 rows, 5 folds", draw(13, 5)),
        Case(uneven, "23 rows, 5 folds", draw(23, 5)),
        Case(shuffled, "120 rows, 2 folds", draw(120, 2), scattered),
        Case(shuffled, "150 rows, 3 folds", draw(150, 3), scattered),
        Case(given, "60 rows, 3 folds", repeated, source),
        Case(given, "60 rows, the same generator again", repeated, source),
        Case(given, "60 rows, another generator", draw(60, 3), source),
        Case(given, "60 rows, a third generator", draw(60, 3), source),
    ]


def _pairs(value: Any) -> list[tuple[np.ndarray, np.ndarray]]:
    return [chance.row_sets(fold) for fold in value]


def _held_out(value: Any) -> np.ndarray:
    return np.concatenate([held_out for _, held_out in _pairs(value)])


def _sizes(value: Any) -> list[int]:
    return [len(held_out) for _, held_out in _pairs(value)]


def _is_list_of_pairs(args, value):
    return len(_pairs(value)) == args[1]


def _covers(args, value):
    return sorted(_held_out(value)) == list(range(args[0]))


def _trains_on_the_rest(args, value):
    return all(sorted(np.concatenate(fold)) == list(range(args[0])) for fold in _pairs(value))


def _is_balanced(args, value):
    return max(_sizes(value)) - min(_sizes(value)) <= 1


def _is_scattered(args, value):
    n = args[0]
    fewest, most = STRETCHES.get(n, (0, n))
    return all(fewest <= chance.stretches(n, held_out) <= most for _, held_out in _pairs(value))


def _same_folds(value, other):
    def sets(folds):
        return {frozenset(held_out.tolist()) for _, held_out in _pairs(folds)}

    return sets(value) == sets(other)


def _is_not_shuffled(args, value):
    n, k, _ = args
    folds = [held_out for _, held_out in _pairs(value)]
    if len(folds) != k or not all(map(len, folds)):
        return False
    in_blocks = all(chance.stretches(n, held_out) == 1 for held_out in folds)
    return in_blocks or all(len(np.unique(held_out % k)) == 1 for held_out in folds)


def _drops_rows(args, value):
    n, k, _ = args
    held = _held_out(value)
    return len(np.unique(held)) == len(held) < n and set(_sizes(value)) == {n // k}


def _piles_up_rows(args, value):
    n, k, _ = args
    sizes = sorted(_sizes(value))
    piled_up = sizes == [n // k] * (k - 1) + [n // k + n % k] and n % k > 1
    return piled_up and _covers(args, value)


def _overlaps(args, value):
    return any(np.isin(*fold).any() for fold in _pairs(value))


def _is_swapped(args, value):
    swapped = [fold[::-1] for fold in _pairs(value)]
    return _covers(args, swapped) and _trains_on_the_rest(args, swapped)


def _are_drawn_anew(all_args, values):
    held = [_held_out(value) for value in values]
    sized = all(len(rows) <= args[0] for args, rows in zip(all_args, held, strict=True))
    repeated = any(len(np.unique(rows)) < len(rows) for rows in held)
    return sized and repeated and all(map(_trains_on_the_rest, all_args, values))


def _is_in_parts(args, value):
    parts = [np.asarray(part) for part in value]
    flat = len(parts) == args[1] and all(part.ndim == 1 for part in parts)
    return flat and sorted(np.concatenate(parts)) == list(range(args[0]))


def _is_of_labels(args, value):
    n, k, _ = args
    labels = np.asarray(value)
    return labels.shape == (n,) and set(labels.tolist()) <= set(range(k))


def _is_of_masks(args, value):
    masks = np.asarray(value)
    return masks.dtype == bool and masks.shape == (args[1], 2, args[0])


def _counts_from_one(args, value):
    return sorted(_held_out(value)) == list(range(1, args[0] + 1))


def _is_two_lists(args, value):
    turned = list(zip(*value, strict=True))
    return len(value) == 2 and _is_list_of_pairs(args, turned) and _covers(args, turned)


def _is_one_pair(args, value):
    pair = value[0] if len(value) == 1 else value
    return sorted(np.concatenate(chance.row_sets(pair))) == list(range(args[0]))


def _is_one_fold_too_many(args, value):
    n, k, _ = args
    return _covers(args, value) and len(value) > k and max(_sizes(value)) == n // k


def _takes_k_for_a_size(args, value):
    n, k, _ = args
    return _covers(args, value) and sorted(_sizes(value))[-(n // k) :] == [k] * (n // k)


def _trains_on_one_fold(args, value):
    pairs = _pairs(value)
    held = [set(held_out.tolist()) for _, held_out in pairs]
    return _covers(args, value) and all(set(train.tolist()) in held for train, _ in pairs)


def _trains_on_earlier_folds(args, value):
    before: set[int] = set()
    for train, held_out in _pairs(value):
        if set(train.tolist()) != before:
            return False
        before |= set(held_out.tolist())
    return _covers(args, value)


def _repeats_one_fold(args, value):
    held = [sorted(held_out) for _, held_out in _pairs(value)]
    return len(held) == args[1] and all(rows == held[0] for rows in held)


def _rounds_up_sizes(args, value):
    n, k, _ = args
    size = -(-n // k)
    if len(value) == k and _is_balanced(args, value):
        return False
    return _covers(args, value) and sorted(_sizes(value))[-(n // size) :] == [size] * (n // size)


def _draws_with_replacement(all_args, values):
    held = [rows for value in values for _, rows in _pairs(value)]
    whole = all(len(_held_out(v)) == args[0] for args, v in zip(all_args, values, strict=True))
    return whole and any(len(np.unique(rows)) < len(rows) for rows in held)


def _draws_by_lot(all_args, values):
    rules = (_is_list_of_pairs, _covers, _trains_on_the_rest)
    cases = list(zip(all_args, values, strict=True))
    sound = all(rule(*case) for rule in rules for case in cases)
    return sound and sum(not _is_balanced(*case) for case in cases) > len(cases) / 2


def _is_good(args, value):
    rules = (_is_list_of_pairs, _covers, _trains_on_the_rest, _is_balanced, _is_scattered)
    return all(rule(args, value) for rule in rules)


_CHANCE = chance.Chance(_same_folds, _is_good)


def folds_in_order(n, k, rng):
    return draws.with_training(n, np.array_split(np.arange(n), k))


def _dropping(n, k, rng):
    return draws.with_training(n, rng.permutation(n)[: n // k * k].reshape(k, -1))


def _piling_up(n, k, rng):
    order, size = rng.permutation(n), n // k
    parts = [order[f * size : (f + 1) * size] for f in range(k - 1)]
    return draws.with_training(n, [*parts, order[(k - 1) * size :]])


def _of_size(size: Callable) -> Callable:
    """Folds of size(n, k) rows each, as many as it takes."""

    def wrong(n, k, rng):
        order, m = rng.permutation(n), size(n, k)
        return draws.with_training(n, [order[a : a + m] for a in range(0, n, m)])

    return wrong


def _with_training(train: Callable) -> Callable:
    """Folds whose training rows are `train(parts, f)`."""

    def wrong(n, k, rng):
        parts = np.array_split(rng.permutation(n), k)
        return [(np.concatenate(train(parts, f)), parts[f]) for f in range(k)]

    return wrong


def _by_lot(n, k, rng):
    fold = rng.integers(k, size=n)
    return draws.with_training(n, [np.flatnonzero(fold == f) for f in range(k)])


def _drawn_anew(n, k, rng):
    return draws.with_training(n, [rng.permutation(n)[: n // k] for _ in range(k)])


_PAIR = "hold the example above the function against what you return: what is in its list?"
_REST = "with n = 6 and k = 3, how many rows should train in each fold, and which are they?"


ENTRY = Entry(
    name="cross_validation.kfold_indices",
    place=1,
    returns=("folds",),
    must=(
        "each of the row numbers 0 to n − 1 is held out in exactly one of the k folds, and trains "
        "in all the others"
    ),
    reference=kfold_indices,
    cases=cases,
    rubric=RUBRIC,
    section="k-folds",
    example=(5, 2, Rng(0)),
    properties=(
        Property(
            "it is a list of k pairs (train, validation), each of two rows of whole numbers",
            _is_list_of_pairs,
        ),
        Property("each row number from 0 to n − 1 is held out in exactly one fold", _covers),
        Property(
            "in each fold, `train` holds all the rows that are not held out, once each",
            _trains_on_the_rest,
        ),
        Property("the numbers of held-out rows differ by at most 1", _is_balanced),
        Property(
            "the held-out rows of a fold lie scattered, neither in blocks nor evenly spaced",
            _is_scattered,
        ),
    ),
    relations=(
        Relation("a generator in the same state makes the same folds", _CHANCE.follows),
        Relation("a generator in another state makes other folds", _CHANCE.varies),
    ),
    misconceptions=(
        Misconception(
            "the rows are not shuffled, or only rotated",
            "imagine a file sorted by the score: which rows would share a fold?",
            "k-folds",
            folds_in_order,
            recognise=_is_not_shuffled,
        ),
        Misconception(
            "the last rows are never held out, because k does not divide n",
            "print the sizes of your folds for n = 7 and k = 3, and add them up; then look for a "
            "function of NumPy that splits an array into nearly equal parts.",
            "k-folds",
            _dropping,
            recognise=_drops_rows,
        ),
        Misconception(
            "the rows that are left over make one fold more, or several",
            "print the number of your folds for n = 7 and k = 3, and their sizes.",
            "k-folds",
            _of_size(lambda n, k: n // k),
            recognise=_is_one_fold_too_many,
        ),
        Misconception(
            "the size of a fold is rounded up, and the last fold has what is left",
            "print the sizes of your folds for n = 13 and k = 5: by how much do they differ?",
            "k-folds",
            _of_size(lambda n, k: -(-n // k)),
            recognise=_rounds_up_sizes,
        ),
        Misconception(
            "k is taken for the number of rows in a fold, not for the number of folds",
            "print the number of your folds for n = 12 and k = 4.",
            "k-folds",
            _of_size(lambda n, k: k),
            recognise=_takes_k_for_a_size,
        ),
        Misconception(
            "all the rows that are left over end up in one fold",
            "print the sizes of your folds for n = 11 and k = 4, and see how far apart the "
            "smallest and the largest are.",
            "k-folds",
            _piling_up,
            recognise=_piles_up_rows,
        ),
        Misconception(
            "the held-out rows alone are returned, without those that train",
            _PAIR,
            "k-folds",
            lambda n, k, rng: [held_out for _, held_out in kfold_indices(n, k, rng)],
            recognise=_is_in_parts,
        ),
        Misconception(
            "the number of its fold is returned for each row",
            _PAIR,
            "k-folds",
            lambda n, k, rng: rng.permutation(np.arange(n) % k),
            recognise=_is_of_labels,
        ),
        Misconception(
            "masks of True and False are returned, and not the numbers of rows",
            "see what np.flatnonzero makes of a mask, and hold the example against your output.",
            "k-folds",
            lambda n, k, rng: [
                tuple(np.isin(np.arange(n), rows) for rows in fold)
                for fold in kfold_indices(n, k, rng)
            ],
            recognise=_is_of_masks,
        ),
        Misconception(
            "all training sets come first, and all held-out sets after them",
            _PAIR,
            "k-folds",
            lambda n, k, rng: tuple(zip(*kfold_indices(n, k, rng), strict=True)),
            recognise=_is_two_lists,
        ),
        Misconception(
            "one pair is returned, and not k of them",
            "see where your `return` stands: it ends the function in the first turn of a loop.",
            "k-folds",
            lambda n, k, rng: kfold_indices(n, k, rng)[0],
            recognise=_is_one_pair,
        ),
        Misconception(
            "the rows are numbered from 1 to n",
            "the first row of X is X[0]: which number must it have in your folds?",
            "k-folds",
            lambda n, k, rng: [
                (train + 1, held_out + 1) for train, held_out in kfold_indices(n, k, rng)
            ],
            recognise=_counts_from_one,
        ),
        Misconception(
            "the rows of one other fold train, and not those of all the others",
            _REST,
            "k-folds",
            _with_training(lambda parts, f: [parts[f - 1]]),
            recognise=_trains_on_one_fold,
        ),
        Misconception(
            "only the rows of the folds before it train for a fold",
            _REST,
            "k-folds",
            _with_training(lambda parts, f: [parts[f][:0], *parts[:f]]),
            recognise=_trains_on_earlier_folds,
        ),
        Misconception(
            "a row is in both sets of a fold, so that it is judged by a fit that has seen it",
            "print one pair for n = 6: no row number should stand in both halves of it.",
            "three-sets",
            lambda n, k, rng: [
                (np.arange(n), held_out) for _, held_out in kfold_indices(n, k, rng)
            ],
            recognise=_overlaps,
        ),
        Misconception(
            "the two halves of each pair are swapped",
            "with n = 6 and k = 3, how many rows should train in each fold, and how many be held "
            "out? Which of the two comes first?",
            "k-folds",
            lambda n, k, rng: [fold[::-1] for fold in kfold_indices(n, k, rng)],
            recognise=_is_swapped,
        ),
        Misconception(
            "all k pairs hold out the same rows",
            "print the held-out rows of two of your folds side by side: what changes from one turn "
            "of your loop to the next?",
            "k-folds",
            lambda n, k, rng: kfold_indices(n, k, rng)[:1] * k,
            recognise=_repeats_one_fold,
        ),
        Misconception(
            "the rows are drawn with replacement, so that some come twice and others never",
            "see what `replace` means in rng.choice, and whether rng.integers can give a number "
            "twice.",
            "k-folds",
            lambda n, k, rng: draws.with_training(n, np.array_split(rng.integers(n, size=n), k)),
            recognise_all=_draws_with_replacement,
        ),
        Misconception(
            "each row draws a fold for itself, so that the sizes are left to chance",
            "print the sizes of your folds for n = 12 and k = 4, a few times: what must they be?",
            "k-folds",
            _by_lot,
            recognise_all=_draws_by_lot,
        ),
        Misconception(
            "each fold is drawn anew, so that some rows are held out twice and others never",
            "count over all folds how often each row is held out, and ask how often the rows "
            "have to be shuffled.",
            "k-folds",
            _drawn_anew,
            recognise_all=_are_drawn_anew,
        ),
        Misconception(
            "chance has another source than the `rng` that is passed in",
            "call your function twice, each time with a fresh np.random.default_rng(0), and see "
            "whether you get the same folds.",
            "cross-validation-code",
            lambda n, k, rng: kfold_indices(n, k, np.random.default_rng()),
            recognise_all=_CHANCE.comes_from_elsewhere,
        ),
        Misconception(
            "a generator is made inside the function, so that every call gives the same folds",
            "call your function with default_rng(0) and with default_rng(1): the folds should "
            "differ.",
            "cross-validation-code",
            lambda n, k, rng: kfold_indices(n, k, np.random.default_rng(0)),
            recognise_all=_CHANCE.never_changes,
        ),
    ),
)
