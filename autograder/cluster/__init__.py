"""`python -m autograder cluster ...`: what a cluster of several machines needs. `grade --cluster` grades on it.

`prepare FOLDER tls://host:port` writes a cluster file with certificates; `scheduler FILE` and `worker FILE` start what
the file describes, on the machines that have it.
"""

import argparse
import os
import shlex
from pathlib import Path

from autograder.cluster import serve
from autograder.cluster.keys import prepare
from autograder.cluster.place import Place, find_place
from autograder.errors import UserError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what to start."""
    what = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    new = what.add_parser("prepare", help="write a cluster file, with certificates for tls://")
    new.add_argument("folder", type=Path, help="a new folder, to be copied to every machine")
    new.add_argument("address", help="of the scheduler: tls://host:port")
    scheduler = what.add_parser("scheduler", help="start the scheduler, on the machine of the address")
    worker = what.add_parser("worker", help="start workers on this machine")
    for each in (scheduler, worker):
        each.add_argument("cluster", help="a cluster file, or the address of the scheduler")
    worker.add_argument(
        "--workers",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="how many processes (default: one a core)",
    )
    for each, program in ((scheduler, "dask scheduler"), (worker, "dask worker")):
        each.add_argument(
            "--dask",
            type=shlex.split,
            default=[],
            metavar="OPTIONS",
            help=f"more options, for `{program}`: --dask='--host 10.0.0.2'",
        )


def run(args: argparse.Namespace) -> None:
    """Write the file, or become the program that was asked for."""
    if args.what == "prepare":
        path = prepare(args.folder, args.address)
        print(
            f"Written: {path}. Copy its folder to every machine of the cluster, and let nobody else read it."
        )
        return
    place = _elsewhere(args.cluster)
    if args.what == "scheduler":
        serve.become([*serve.scheduler_command(place), *args.dask], place)
    elif args.workers < 1:
        raise UserError(f"--workers must be at least 1, got {args.workers}.")
    serve.become([*serve.worker_command(place, args.workers), *args.dask], place)


def _elsewhere(where: str) -> Place:
    place = find_place(where)
    if place.is_local:
        raise UserError("A local cluster is started by `grade --cluster local` itself.")
    return place
