"""`python -m autograder VERB`: one command line for everything an instructor does."""

import argparse
import gc
import importlib
import sys
from collections.abc import Sequence
from typing import Any

from autograder.errors import OF_THE_MACHINE, UserError
from autograder.quick_start import put_off

# jsonschema imports this where it is there, half a second of building a grammar, to check addresses that no notebook has.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

# Each verb is a module of the same name with `add_arguments(parser)` and `run(args)`.
# A verb's module is imported only when it is called, so that --help answers at once.
VERBS = {
    "build": "turn the masters in solutions/ into executed solutions and student notebooks",
    "collect": "take in what students handed in, from an export of Canvas or Moodle or from folders",
    "proofread": "say what a lesson still lacks: links, text alternatives, headings, its stated time",
    "grade": "grade what students handed in for a lesson, with feedback, a CSV and a report on the class",
    "watch": "grade what arrives in the folder of submissions, a second or two after it has arrived",
    "report": "write the report on a class again, without grading; with --names it names students",
    "doctor": "say which layers of the sandbox this machine offers, and try to break each one",
    "cluster": "start a scheduler or workers, for grading on many machines",
    "sample": "hand in the sample class: a few small submissions of every kind",
    "audit": "prove the checks: mistakes rejected and named, right answers accepted, mutants killed",
    "lab": "open the course in JupyterLab",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; 0 when it did its work, 2 when the user has something to mend."""
    put_off()
    words = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(prog="python -m autograder", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb, purpose in VERBS.items():
        subparser = verbs.add_parser(verb, help=purpose, description=purpose)
        if words and words[0] == verb:
            _module(verb).add_arguments(subparser)
    args = parser.parse_args(words)
    try:
        _module(args.verb).run(args)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        if error.errno not in OF_THE_MACHINE:
            raise
        place = error.filename or "A file"
        why = "No permission to write" if isinstance(error, PermissionError) else f"{error.strerror}:"
        print(
            f"error: {why} {place}. Check who owns it and how much room there is, then run the same command again.",
            file=sys.stderr,
        )
        return 2
    except KeyboardInterrupt:
        print("\nStopped. What was finished before is kept.", file=sys.stderr)
        return 130
    return 0


def _module(verb: str) -> Any:
    """The module of a verb. Nothing that is imported is garbage, and Python looks for it all the time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        return importlib.import_module(f"autograder.{verb}")
    finally:
        if collects:
            gc.enable()


if __name__ == "__main__":
    code = main()
    gc.freeze()  # Python would look for cycles among all that ends with it
    sys.exit(code)
