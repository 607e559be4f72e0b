"""What instructors run: python -m grader run|report|export|doctor, in the course folder."""

import argparse
import sys
from importlib import import_module

import grader.lean  # noqa: F401
from grader import trouble

COMMANDS = {
    "run": ("grader.run", "grade the submissions of an assignment"),
    "report": ("grader.results.report", "write a page on how an assignment went"),
    "export": ("grader.plugins.export", "write marks for a learning management system"),
    "doctor": (
        "grader.doctor",
        "see whether submissions can be graded safely here, and what is missing",
    ),
}


def main() -> int | None:
    try:
        return command()
    except KeyboardInterrupt:  # what a command needs takes seconds to import
        raise SystemExit("Stopped. Repeat the same command to do it.") from None


def command() -> int | None:
    parser = argparse.ArgumentParser(prog="python -m grader", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (home, about) in COMMANDS.items():
        its = commands.add_parser(name, help=about, description=about)
        if name in sys.argv[1:2]:  # each needs libraries that the others do not
            module = import_module(home)
            module.add_arguments(its)
            its.set_defaults(main=module.main)
    args = parser.parse_args()
    try:
        return args.main(args)
    except Exception as error:
        if text := trouble.sentence(error):
            raise SystemExit(text) from None
        raise


if __name__ == "__main__":
    raise SystemExit(main())
