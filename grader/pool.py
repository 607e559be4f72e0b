"""Workers on this machine: processes that hear of their jobs through pipes, which only they hold.

Nothing listens where another user could knock: so it is "spawn", for a fork server has a socket.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

Job, Done = TypeVar("Job"), TypeVar("Done")

TRIES = 3  # at a job that fails, or that takes its process down
STOPS = {signal.SIGINT, signal.SIGTERM}


class Died(RuntimeError):
    """Each process that tried a job has died."""


class Pool:
    """As many processes, used as a context manager.

    Each stands behind a thread of its own, and is a pool of one: when it dies, that concerns the
    job in its hands alone, and a new process takes its place. It lives as long as this process
    holds the other end of its leash, and so survives neither an end in peace nor a `kill -9`.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.collar, self.leash = multiprocessing.Pipe(duplex=False)
        self.idle: SimpleQueue[ProcessPoolExecutor] = SimpleQueue()
        for _ in range(workers):
            self.idle.put(self._process())
        # Ctrl+C is told to all processes of a terminal, those that are being started too.
        held_back = signal.SIG_BLOCK, STOPS
        self.threads = ThreadPoolExecutor(workers, "", signal.pthread_sigmask, held_back)

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *_: object) -> None:
        """End all processes and what they have started, whatever is under way."""
        self.leash.close()
        self.threads.shutdown(cancel_futures=True)
        while not self.idle.empty():
            self.idle.get().shutdown()
        self.collar.close()

    def number(self) -> int:
        """How many jobs can be under way at once."""
        return self.workers

    def submit(self, do: Callable[[Job], Done], job: Job) -> "Future[Done]":
        """Have a job done, and tried again if it fails; `Died` if it takes each process down."""
        return self.threads.submit(self._try, do, job, TRIES)

    def _process(self) -> ProcessPoolExecutor:
        """One process, which starts when it is needed."""
        spawn = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(1, spawn, _begin, (self.collar,))

    def _try(self, do: Callable[[Job], Done], job: Job, tries: int) -> Done:
        process = self.idle.get()
        last = tries == 1
        try:
            process.submit(os.getpid).result()  # it reads: a job may be more than a pipe holds
            return process.submit(do, job).result()
        except BrokenProcessPool:
            process.shutdown()
            process = self._process()
            if last or self.leash.closed:
                raise Died(f"{TRIES} processes that tried it have died.") from None
        except Exception:
            if last:
                raise
        finally:
            self.idle.put(process)
        return self._try(do, job, tries - 1)


def _begin(collar: Connection) -> None:
    """The first thing that a process does."""
    signal.signal(signal.SIGINT, lambda *_: None)  # its end is the writer's affair
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
    import_module("grader.lean")
    work = import_module("grader.marking.work")

    def end() -> None:
        collar.poll(None)
        work.abandon()
        os._exit(0)

    threading.Thread(target=end).start()


def cores() -> int:
    """How many cores there are for this process: of a container, what it may use of them."""
    here = len(os.sched_getaffinity(0))
    try:
        quota, period = map(int, Path("/sys/fs/cgroup/cpu.max").read_text("ascii").split())
    except (OSError, ValueError):  # there is no such limit
        return here
    return max(1, min(here, quota // period))
