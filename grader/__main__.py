"""What instructors run: python -m grader run|report|export|doctor, in the course folder."""

import argparse
import sys
from importlib import import_module

COMMANDS = {
    "run": "grade the submissions of an assignment",
    "report": "write a page on how an assignment went",
    "export": "write marks for a learning management system",
    "doctor": "see whether submissions can be graded safely here, and what is missing",
}
HOMES = {"report": "grader.results.report", "export": "grader.plugins.export"}


def main() -> int | None:
    parser = argparse.ArgumentParser(prog="python -m grader", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, about in COMMANDS.items():
        command = commands.add_parser(name, help=about, description=about)
        if name in sys.argv[1:2]:  # each needs libraries that the others do not
            module = import_module(HOMES.get(name, f"grader.{name}"))
            module.add_arguments(command)
            command.set_defaults(main=module.main)
    args = parser.parse_args()
    return args.main(args)


if __name__ == "__main__":
    raise SystemExit(main())
