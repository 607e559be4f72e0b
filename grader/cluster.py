"""Workers on other machines: a Dask cluster, to which and in which all connections are encrypted.

Whoever speaks to its scheduler can run programs on its workers, so both sides show certificates.
"""

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

RETRIES = 2  # of a job that fails


class NoCluster(RuntimeError):
    """There is no cluster to work with: one sentence says why, and what to do."""


class Cluster:
    """Such workers as a scheduler has at the time."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.executor = client.get_executor(pure=False, retries=RETRIES)

    def number(self) -> int:
        """How many jobs can be under way at once; one, while the workers are still to come."""
        return max(1, sum(self.client.nthreads().values()))

    def submit(self, do: Callable, job: Any) -> Future:
        """Have a job done, and tried again if it fails or its worker dies."""
        return self.executor.submit(do, job)


@contextlib.contextmanager
def cluster(address: str) -> Iterator[Cluster]:
    """Connect to a scheduler, with the certificates that Dask's own configuration names.

    Raises `NoCluster` if that cannot be, or would not be safe.
    """
    if not address.startswith("tls://"):
        raise NoCluster(
            f"{address} is not encrypted, and whoever reaches it could run programs in your name: "
            "start the cluster with certificates, as the page for instructors shows, and name it "
            "as tls://HOST:PORT."
        )
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise NoCluster(
            "A cluster needs Dask, which is not installed: pip install distributed."
        ) from None
    try:
        client = Client(address)
    except (OSError, ValueError) as error:
        raise NoCluster(f"No Dask scheduler answers at {address} ({error}).") from None
    except TypeError:  # so Dask says that it has no certificates
        raise NoCluster(
            "Dask has no certificates to show: name them in a file, as the page for instructors "
            "shows, and put DASK_CONFIG=FILE before the command."
        ) from None
    with client:
        yield Cluster(client)
