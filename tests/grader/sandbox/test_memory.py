"""What a kernel makes Linux keep counts as its memory, or is too little to matter.

Each way fills what it can reach and adds up what Linux has taken from it. If the limit on memory
knows of these bytes, the kernel is ended or has less than the limit; of others it has less than
`MOST`.
"""

import shutil
import textwrap

import pytest
from patience import HANG

from grader.sandbox.kernel import Nursery
from grader.sandbox.walls import MEGABYTE, Limits

pytestmark = pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed")

LIMITS = Limits(memory=200 * MEGABYTE, disk=8 * MEGABYTE, files=2000, cell=HANG, seconds=HANG)
MOST = 64 * MEGABYTE

PRELUDE = """
import array, ctypes, errno, fcntl, os, select, socket, time
libc = ctypes.CDLL(None, use_errno=True)
MOST, held = {most}, 0

def hold(size):
    global held
    held += size
    if held > 2 * MOST:
        raise StopIteration

def fill(s):
    s.setblocking(False)
    for size in (65536, 4096, 128):
        try:
            while True:
                hold(s.send(bytes(size)))
        except OSError:
            pass

def pack(carrier, *files):
    carrier.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
                              array.array("i", [file.fileno() for file in files]))])
"""
END = """
if held > MOST:
    time.sleep(10)  # until it is noticed
kept = s = pair = polls = pipes = None  # to print takes a descriptor
print("held", held)
"""

COUNTED = {
    **{
        f"pairs of {kind}": f"""
            kept = []
            try:
                while True:
                    kept += socket.socketpair(socket.AF_UNIX, socket.{kind})
                    for s in kept[-2:]:
                        fill(s)
            except OSError:
                pass
            """
        for kind in ("SOCK_STREAM", "SOCK_DGRAM", "SOCK_SEQPACKET")
    },
    **{
        f"{kind} that wait to be accepted, and whose sender is gone": f"""
            kept = []
            try:
                for number in range(200):
                    listener = socket.socket(socket.AF_UNIX, socket.{kind})
                    kept.append(listener)
                    listener.bind(f"\\0waiting{{number}}")
                    listener.listen(4096)
                    while True:
                        s = socket.socket(socket.AF_UNIX, socket.{kind})
                        s.setblocking(False)
                        try:
                            s.connect(f"\\0waiting{{number}}")
                        except OSError:
                            break
                        fill(s)
                        s.close()
            except OSError:
                pass
            """
        for kind in ("SOCK_STREAM", "SOCK_SEQPACKET")
    },
    **{
        f"{kind} under way in another socket": f"""
            kept = []
            try:
                while True:
                    carrier = socket.socketpair()
                    kept += carrier
                    for _ in range(60):
                        pair = socket.socketpair(socket.AF_UNIX, socket.{kind})
                        for s in pair:
                            fill(s)
                        pack(carrier[0], *pair)
                        for s in pair:
                            s.close()
            except OSError:
                pass
            """
        for kind in ("SOCK_STREAM", "SOCK_DGRAM", "SOCK_SEQPACKET")
    },
    "files in all folders": """
        for folder in ("/work", "/tmp", "/dev/shm"):
            try:
                with open(folder + "/flood", "wb") as file:
                    while True:
                        hold(file.write(bytes(1 << 20)))
            except OSError:
                pass
        """,
}
BESIDE = {
    "pipes": """
        kept = []
        try:
            while True:
                kept.append(os.pipe())
                os.set_blocking(kept[-1][1], False)
                try:
                    fcntl.fcntl(kept[-1][1], 1031, 1 << 20)
                except OSError:
                    pass
                try:
                    while True:
                        hold(os.write(kept[-1][1], bytes(4096)))
                except BlockingIOError:
                    pass
        except OSError:
            for file in (file for pipe in kept for file in pipe):
                os.close(file)
        """,
    "locks on the bytes of a file": """
        import struct
        kept = [open(f"locked{number}", "w") for number in range(150)]
        try:
            for file in kept:
                for at in range(4000, 0, -1):
                    lock = struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 2 * at, 1, 0)
                    fcntl.fcntl(file, fcntl.F_SETLK, lock)
                    hold(216)
        except OSError:
            pass
        """,
    "lists of who may read a file": """
        entries = b"\\2\\0\\0\\0" + b"\\1\\0\\6\\0\\xff\\xff\\xff\\xff"
        entries += (b"\\2\\0\\6\\0" + os.getuid().to_bytes(4, "little")) * 8000
        for kind in (4, 16, 32):
            entries += bytes([kind, 0, 6, 0]) + b"\\xff\\xff\\xff\\xff"
        try:
            for number in range(1500):
                open(f"list{number}", "w").close()
                os.setxattr(f"list{number}", "system.posix_acl_access", entries)
                hold(len(entries))
        except OSError:
            pass
        """,
    "events of files that nobody reads": """
        watching = [file for file in (libc.inotify_init1(0) for _ in range(128)) if file >= 0]
        watching = [w for w in watching if libc.inotify_add_watch(w, b"/work", 0xFFF) >= 0]
        for number in range(2000):
            open(f"{number % 2}" * 200, "w").close()
            hold(3 * 256 * len(watching))
        """,
    "a page for each byte that waits in a socket": """
        kept = []
        with open("pages", "wb") as file:
            file.write(bytes(1 << 20))
        try:
            while len(kept) < 200:
                kept += socket.socketpair()
                kept[-2].setblocking(False)
                file = open("pages", "rb")
                try:
                    for at in range(0, 200 * 4096, 4096):
                        hold(4096 * os.sendfile(kept[-2].fileno(), file.fileno(), at, 1))
                except BlockingIOError:
                    pass
                os.truncate("pages", 0)
                os.truncate("pages", 1 << 20)
                with open("pages", "wb") as file:
                    file.write(bytes(1 << 20))
        except OSError:
            pass
        """,
    "what is watched for": """
        try:
            polls = [select.epoll() for _ in range(120)]
            pipes = [os.eventfd(0) for _ in range(100)]
            for poll in polls:
                for pipe in pipes:
                    poll.register(pipe)
                    hold(200)
        except OSError:
            pass
        """,
    "timers": """
        timer = ctypes.create_string_buffer(8)
        for _ in range(100_000):
            if libc.timer_create(1, None, timer) != 0:
                break
            hold(400)
        """,
    "routes and links that are listed and not read": """
        kept = []
        try:
            while True:
                kept.append(socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0))
                kept[-1].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 30)
                hold(2 * kept[-1].getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF))
        except OSError:
            pass
        """,
    "filters of system calls": """
        import struct
        libc.prctl(38, 1, 0, 0, 0)
        code = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0x7FFF0000) * 4000)
        given = ctypes.create_string_buffer(struct.pack("HxxxxxxP", 4000, ctypes.addressof(code)))
        for ask in (lambda: libc.prctl(22, 2, given), lambda: libc.syscall(317, 1, 0, given)):
            if ask() == 0:
                hold(2 * MOST)
        """,
    "rules for files": """
        for call in (444, 445, 446):
            if libc.syscall(call, 0, 0, 1) > 0:
                hold(2 * MOST)
        """,
}


@pytest.fixture(scope="module")
def nursery():
    with Nursery(("check",), LIMITS) as nursery:
        yield nursery


@pytest.mark.parametrize("way", [*COUNTED, *BESIDE])
def test_all_memory_of_a_kernel_counts(way, nursery):
    most = LIMITS.memory if way in COUNTED else MOST
    code = textwrap.indent(textwrap.dedent({**COUNTED, **BESIDE}[way]), "    ")
    code = f"try:\n{code}\nexcept StopIteration:\n    pass\n"
    kernel = nursery.kernel()
    ran = kernel.run(PRELUDE.format(most=most) + code + END, HANG)
    kernel.kill()
    if ran.trouble:
        assert way in COUNTED and "more memory" in ran.trouble
    else:
        assert int(ran.outputs[0].text.removeprefix("held ")) <= most
