"""Run one part in this process and write its result to standard output: python -m benchmarks.measure epoch."""

import importlib
import json
import sys

from benchmarks.machine import machine

if __name__ == "__main__":
    part = sys.argv[1]
    if part == "machine":
        print(json.dumps(machine()))
    else:
        print(importlib.import_module(f"benchmarks.{part}").measure().to_json())
