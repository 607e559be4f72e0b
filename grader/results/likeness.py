"""Which submissions are alike: found by the fingerprints of their answers, never proof of anything.

A fingerprint leaves out comments, blank space and the names of local variables, so a renamed copy
is still the same answer. Two people may well write the same short function, and a chapter that
shows it makes many do so. So untouched stubs never count, and an answer that many gave counts only
where two submissions are the same from end to end.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from grader.record import Exercise, Record

ENOUGH = 3  # answers to different exercises that two submissions must share


@dataclass(frozen=True)
class Shared:
    """An answer that several students gave.

    verdict   on one of them; the others have the same code, met with other numbers
    students  who gave it, of those who are looked at
    givers    how many gave it in the whole class
    """

    verdict: Exercise
    students: tuple[str, ...]
    givers: int


@dataclass(frozen=True)
class Group:
    """Students whose submissions are alike, and the answers that at least two of them share."""

    students: tuple[str, ...]
    shared: tuple[Shared, ...]

    @property
    def wrong(self) -> int:
        """Shared answers that are not right: there are many ways to err, and few to be right."""
        return sum(shared.verdict.points < shared.verdict.most for shared in self.shared)


def rare(submissions: int) -> int:
    """Return how many students may give an answer before it is too common to tell anything.

    >>> [rare(n) for n in (5, 60, 5000)]
    [3, 6, 20]
    """
    return max(3, min(20, submissions // 10))


def answers(records: Sequence[Record]) -> list[Shared]:
    """Return every answer with those who gave it, in the order of the exercises; no stubs."""
    order: list[str] = []
    givers: dict[tuple[str, str], list[str]] = defaultdict(list)
    verdicts: dict[tuple[str, str], Exercise] = {}
    for record in records:
        for exercise in record.exercises:
            if exercise.name not in order:
                order.append(exercise.name)
            if exercise.answer:
                givers[exercise.name, exercise.answer].append(record.student)
                verdicts.setdefault((exercise.name, exercise.answer), exercise)
    found = [
        Shared(verdicts[key], tuple(students), len(students)) for key, students in givers.items()
    ]
    return sorted(found, key=lambda shared: order.index(shared.verdict.name))


def alike(records: Sequence[Record]) -> list[Group]:
    """Return the groups of submissions that are alike, those with most shared errors first.

    Two belong together if they share at least `ENOUGH` answers that are rare in the class, or if
    both wrote at least `ENOUGH` answers and all of them are the same.
    """
    every = answers(records)
    together: dict[str, set[str]] = defaultdict(set)
    links = _pairs_with_rare_answers(every, rare(len(records))) + _same_from_end_to_end(every)
    for one, other in links:
        together[one].add(other)
        together[other].add(one)
    gave: dict[str, list[int]] = defaultdict(list)
    for i, answer in enumerate(every):
        for student in answer.students:
            gave[student].append(i)
    groups = []
    for students in _components(together):
        among: dict[int, list[str]] = defaultdict(list)
        for student in sorted(students):
            for i in gave[student]:
                among[i].append(student)
        shared = [
            Shared(every[i].verdict, tuple(givers), every[i].givers)
            for i, givers in sorted(among.items())
            if len(givers) > 1
        ]
        groups.append(Group(tuple(sorted(students)), tuple(shared)))
    return sorted(groups, key=lambda group: (-group.wrong, -len(group.shared), group.students))


def common(records: Sequence[Record]) -> list[Shared]:
    """Return, for each exercise, the answer that most students gave, where it is not rare."""
    limit = rare(len(records))
    most: dict[str, Shared] = {}
    for shared in answers(records):
        name = shared.verdict.name
        if shared.givers > max(limit, most[name].givers if name in most else 0):
            most[name] = shared
    return list(most.values())


def _pairs_with_rare_answers(every: list[Shared], limit: int) -> list[tuple[str, str]]:
    pairs = Counter(
        pair
        for shared in every
        if 1 < shared.givers <= limit
        for pair in combinations(shared.students, 2)
    )
    return [pair for pair, count in pairs.items() if count >= ENOUGH]


def _same_from_end_to_end(every: list[Shared]) -> list[tuple[str, str]]:
    whole: dict[str, set] = defaultdict(set)
    for shared in every:
        for student in shared.students:
            whole[student].add((shared.verdict.name, shared.verdict.answer))
    same: dict[frozenset, list[str]] = defaultdict(list)
    for student, given in whole.items():
        if len(given) >= ENOUGH:
            same[frozenset(given)].append(student)
    return [(first, other) for first, *others in same.values() for other in others]


def _components(together: dict[str, set[str]]) -> list[set[str]]:
    """The sets of students that are linked, directly or by way of others."""
    found: list[set[str]] = []
    met: set[str] = set()
    for start in together:
        if start in met:
            continue
        component, ahead = set(), [start]
        while ahead:
            student = ahead.pop()
            if student not in component:
                component.add(student)
                ahead += together[student]
        found.append(component)
        met |= component
    return found
