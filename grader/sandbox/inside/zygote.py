"""Inside the sandbox: a process that never meets a learner's code and forks one kernel for each.

It has imported all that a notebook needs, so a kernel is there in a fraction of a second. Each one
gets user, mount, process, network and IPC namespaces of its own, and folders of its own: no two
share a process or a byte that can be written. Of the grader only this folder is visible here.
Requests come as lines of JSON on stdin, answers go as lines of JSON to stdout:

    {"do": "start", "id": "7"}      fork one for the folder /runs/7  → {"id": "7", "ready": true}
    {"do": "time", "id": "7", "step": 3, "seconds": 10.0, "grace": 3.0, "signal": "SIGINT"}
                                    count the time of what comes next; when it is up, send it this
                                    signal                           → {"id": "7", "late": 3}
                                    and when the grace is over too   → {"id": "7", "stuck": 3}
    {"do": "stop", "id": "7"}       count no more                    → {"id": "7", "used": 2.1}
    {"do": "kill", "id": "7"}       end it, with its threads         → {"id": "7", "ended": …}

When a kernel ends by itself, or is ended for using too much, that is told unasked.

A kernel is one process, and the time that counts is the processor's: what else the machine has to
do costs nobody a point. Sleep and waits count for a part of what they take, so that they end too.
"""

import base64
import contextlib
import ctypes
import gc
import importlib
import io
import json
import os
import resource
import select
import shutil
import signal
import sys
import time
import traceback
import warnings

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x20000, 0x4000000, 0x8000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REMOUNT = 1, 2, 4, 32
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 4, 24, 38
NOBODY = 65534
DESCRIPTORS = 4096  # that the zygote itself may have, several for each kernel
# What a kernel imports by itself or for nearly every notebook.
WARM = (
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "ipykernel.zmqshell",
    "ipywidgets",
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.magics.execution",
    "IPython.core.pylabtools",
    "IPython.core.ultratb",
    "IPython.extensions.storemagic",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "matplotlib_inline.backend_inline",
    "numpy",
    "pygments.formatters.terminal256",
    "stack_data",
    "tornado.platform.asyncio",
    "tornado.queues",
    "grader.sandbox.inside.seccomp",
    "grader.sandbox.inside.wire",
)
AVAILABLE = ("reglib.check", "reglib.data")  # to most assignments
TICK = 0.1  # seconds between two looks at the memory in use
# What Linux may keep for a socket, twice: for what is sent, and the room that it takes.
SOCKET = 2 * 212992
INODE = 2048  # bytes of Linux for a file that is empty, with its name
FOLDERS = ("/tmp", "/dev/shm", "/work")
LONGEST = 30  # seconds by the clock that count as one, for in the end everything has an end
FAIR = 1.5  # processors that a kernel may use before it is served after all others
SPELL = 1.0  # seconds over which that is looked at


def system(name, *args):
    """Make a system call through the C library; raise `OSError` if it fails."""
    if getattr(LIBC, name)(*args) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def mount(source, target, kind=None, flags=0, options=None):
    given = (part and part.encode() for part in (source, target, kind))
    system("mount", *given, ctypes.c_ulong(flags), options and options.encode())


def tmpfs(target, size, files=2, flags=0):
    options = f"size={size},nr_inodes={files},mode=0700"
    mount("tmpfs", target, "tmpfs", MS_NOSUID | MS_NODEV | flags, options)


def drop_root():
    """Limits on the number of processes do not bind root, so become somebody else."""
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        system("prctl", PR_SET_DUMPABLE, 1, 0, 0, 0)  # else /proc/self belongs to root


def drop_capabilities():
    """Give up the rights over the new namespaces, for this process and all that it starts."""
    system("prctl", PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    for capability in range(64):
        LIBC.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)  # those that there are
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    system("capset", header, (ctypes.c_uint32 * 6)())


def isolate(run, limits):
    """Put this process into namespaces and folders of its own; its next child is their init."""
    uid, gid = os.getuid(), os.getgid()
    system(
        "unshare",
        CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS,
    )
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {uid} 1"),
        ("gid_map", f"{gid} {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    mount("none", "/", flags=MS_REC | MS_PRIVATE)
    for folder in FOLDERS:
        tmpfs(folder, limits["disk"], limits["files"])
    shutil.copytree(f"{run}/files", "/work", dirs_exist_ok=True)
    mount(f"{run}/ipc", "/ipc", flags=MS_BIND)
    tmpfs("/runs", 4096, flags=MS_RDONLY)  # those of others
    tmpfs("/proc", 4096, flags=MS_RDONLY)  # which shows what is outside


def limit(limits):
    """Bounds of a kernel that Linux holds; the others are held by the zygote."""
    for name, value in (
        ("RLIMIT_AS", limits["memory"] + limits["reserve"]),
        ("RLIMIT_NPROC", limits["threads"] + 1),  # with the keeper
        ("RLIMIT_FSIZE", limits["file"]),
        ("RLIMIT_CPU", limits["seconds"]),
        ("RLIMIT_NOFILE", 256),
        ("RLIMIT_CORE", 1),  # no dump; 0 would still run the program that some hosts give it to
        ("RLIMIT_MEMLOCK", 65536),
        ("RLIMIT_MSGQUEUE", 0),
        ("RLIMIT_SIGPENDING", 256),  # timers too
    ):
        resource.setrlimit(getattr(resource, name), (value, value))


def kernel(bound, ipc):
    """Run a kernel; write a byte to `bound` once it listens, before any code can reach it."""
    from ipykernel.kernelapp import IPKernelApp

    signal.signal(signal.SIGALRM, signal.SIG_IGN)  # one may come when nobody is asked any more
    sys.modules["numpy"].random.seed()  # the state is the same in all forks
    app = IPKernelApp.instance()
    app.initialize(["-f", f"{ipc}/kernel.json", "--HistoryManager.enabled=False", "--quiet"])
    app.shell.enable_matplotlib("inline")  # which importing it did before there was a shell
    show = app.shell.display_formatter.formatters["image/png"].for_type_by_name
    show("matplotlib.figure", "Figure", picture)
    os.write(bound, b"1")
    os.close(bound)
    app.start()


def picture(figure):
    """A figure as the PNG that IPython makes of it, which draws twice to see first what to crop."""
    canvas = figure.canvas
    if figure.axes and hasattr(canvas, "buffer_rgba"):
        canvas.draw()
        box = figure.get_tightbbox(canvas.get_renderer())
        left, bottom, right, top = box.extents * figure.dpi
        width, height = canvas.get_width_height(physical=True)
        if 0 <= left < right <= width and 0 <= bottom < top <= height:  # nothing is cut off
            pad = 0.1 * figure.dpi
            rows = slice(max(0, int(height - top - pad)), int(height - bottom + pad) + 1)
            columns = slice(max(0, int(left - pad)), int(right + pad) + 1)
            file = io.BytesIO()
            pixels = sys.modules["numpy"].asarray(canvas.buffer_rgba())[rows, columns]
            sys.modules["matplotlib.pyplot"].imsave(file, pixels, format="png")
            return base64.b64encode(file.getvalue()).decode()
    return sys.modules["IPython.core.pylabtools"].print_figure(figure, base64=True)


def close_all_but(kept):
    """Close all descriptors but one, and give their numbers to /dev/null.

    Objects of the zygote, such as fonts, close theirs whenever they are collected, and must not
    close one of the kernel's that has come to have the same number.
    """
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in range(DESCRIPTORS):
        with contextlib.suppress(OSError):
            if number not in (kept, nowhere) and os.fstat(number):
                os.dup2(nowhere, number)
    os.close(nowhere)


def keep(run, limits, tell):
    """Between zygote and kernel: has rights over the namespaces and runs nothing of a learner's."""
    close_all_but(tell)
    if limits["isolated"]:
        isolate(run, limits)
    else:  # asked for explicitly
        os.chdir(f"{run}/files")
    listening, bound = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            close_all_but(bound)
            if limits["isolated"]:
                os.chdir("/work")
                os.setsid()
                limit(limits)
                drop_capabilities()
                sys.modules["grader.sandbox.inside.seccomp"].install()
            kernel(bound, "/ipc" if limits["isolated"] else f"{run}/ipc")
        finally:
            os._exit(1)
    os.write(tell, f"{pid}\n".encode())
    os.close(bound)
    if os.read(listening, 1) and limits["isolated"]:
        # Its sockets are made; what it writes from now on goes to folders of bounded size.
        mount("none", "/ipc", flags=MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)
        drop_capabilities()
    os.write(tell, b"ready\n")
    _, status = os.waitpid(pid, 0)
    os._exit(min(os.waitstatus_to_exitcode(status) & 0xFF, 255))


def resident(pid):
    """The threads of a process, and the bytes that it has in memory, or had to leave it."""
    with open(f"/proc/{pid}/status") as file:
        fields = dict(line.split(":", 1) for line in file)
    sizes = (fields.get(name, "0").split()[0] for name in ("VmRSS", "VmSwap", "VmPTE"))
    return int(fields["Threads"]), 1024 * sum(map(int, sizes))


def proportional(pid, otherwise):
    """Bytes of a process, with its part of those that it shares with the zygote."""
    try:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            sizes = [line.split()[1] for line in file if line.startswith(("Pss:", "SwapPss:"))]
        return 1024 * sum(map(int, sizes))
    except OSError:  # it has ended, or does not let itself be looked at
        return otherwise


def buffered(pid):
    """Bytes that the sockets of a kernel may hold, which are charged to no process."""
    with open(f"/proc/{pid}/net/protocols") as file:
        counts = [line.split()[2] for line in file if line.startswith("UNIX")]
    return SOCKET * sum(map(int, counts))


def stored(folders):
    """Bytes of the files of a kernel, which are in memory too."""
    found = [os.fstatvfs(folder) for folder in folders]
    return sum(
        (one.f_blocks - one.f_bfree) * one.f_frsize + (one.f_files - one.f_ffree) * INODE
        for one in found
    )


def processor(pid):
    """Seconds of a processor that a process has had, with all threads that it ever had."""
    return time.clock_gettime(~pid << 3 | 2)  # CPUCLOCK_SCHED of that process


def queued(pid):
    """Seconds for which the main thread could have run, and had to wait for a processor."""
    try:
        with open(f"/proc/{pid}/schedstat") as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, LookupError):  # some Linux does not count them
        return 0.0


class Clock:
    """The time of one step of a kernel."""

    def __init__(self, pid, step=0, seconds=0.0, grace=0.0, signal=""):
        self.pid, self.step, self.signal = pid, step, signal
        self.seconds, self.grace = seconds, grace
        self.told, self.seen = "", 0.0
        self.before = self.now()

    def now(self):
        return processor(self.pid), queued(self.pid), time.monotonic()

    def used(self):
        """Seconds that count."""
        busy, waited, passed = (
            now - then for now, then in zip(self.now(), self.before, strict=True)
        )
        patience = sys.modules["reglib.guard"].PATIENCE
        self.seen = max(busy, (passed - waited) / patience, passed / LONGEST)
        return self.seen


class Zygote:
    def __init__(self, limits):
        self.limits = limits
        os.close(os.pidfd_open(os.getpid()))  # what does not work should fail now
        self.kernels = {}  # id -> the pid of its keeper, of the kernel, its handle, the pipe …

    def start(self, id):
        heard, tell = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                keep(f"/runs/{id}" if self.limits["isolated"] else id, self.limits, tell)
            except BaseException:
                os.write(tell, json.dumps({"problem": traceback.format_exc()[-2000:]}).encode())
            finally:
                os._exit(1)
        os.close(tell)
        self.kernels[id] = {
            **{"keeper": pid, "kernel": 0, "handle": None, "pipe": heard, "text": ""},
            **{"folders": [], "clock": None, "spell": None},
        }

    def hear(self, id):
        """Pass on what a keeper says; when it falls silent its kernel has ended."""
        kernel = self.kernels[id]
        text = os.read(kernel["pipe"], 4096).decode()
        kernel["text"] += text
        first, _, rest = kernel["text"].partition("\n")
        if kernel["handle"] is None and first.isdigit():
            self.born(id, int(first))
        if text and rest == "ready\n":
            with contextlib.suppress(OSError):  # it has ended already
                if self.limits["isolated"]:
                    self.enter(kernel)
                kernel["spell"] = Clock(kernel["kernel"])
            self.say(id=id, ready=True, pid=kernel["kernel"])
        if not text:
            self.signal(id, signal.SIGKILL)  # it has ended, unless somebody has killed the keeper
            _, status = os.waitpid(kernel["keeper"], 0)
            os.close(kernel["pipe"])
            for number in (kernel["handle"], *kernel["folders"]):
                if number is not None:
                    os.close(number)
            del self.kernels[id]
            problem = kernel["text"] if "problem" in kernel["text"] else ""
            why = kernel.get("why") or f"status {os.waitstatus_to_exitcode(status)}"
            used = kernel["clock"].seen if kernel["clock"] else 0.0
            self.say(id=id, ended=why, problem=problem, used=used)

    def born(self, id, pid):
        """Take hold of a kernel, before it can run any code."""
        kernel = self.kernels[id]
        kernel["kernel"] = pid
        try:
            kernel["handle"] = os.pidfd_open(pid)  # unlike its number, never that of another one
            with open(f"/proc/{pid}/oom_score_adj", "w") as file:
                file.write("1000")  # when the machine's memory is short, this goes first
        except (ProcessLookupError, FileNotFoundError):
            return  # it has ended already
        if "why" in kernel:
            self.signal(id, signal.SIGKILL)

    def enter(self, kernel):
        """Keep hold of the folders of a kernel, by its keeper: it may hide itself later."""
        for folder in FOLDERS:
            path = f"/proc/{kernel['keeper']}/root{folder}"
            kernel["folders"].append(os.open(path, os.O_PATH | os.O_DIRECTORY))

    def end(self, id, why):
        """End a kernel, or see to it that it ends as soon as it is born."""
        if id in self.kernels:
            self.kernels[id].setdefault("why", why)
            # The kernel is the init of its namespace: with it, all that it has started ends.
            self.signal(id, signal.SIGKILL)

    def signal(self, id, number):
        kernel = self.kernels.get(id)
        if kernel and kernel["handle"] is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(kernel["handle"], number)

    def watch(self):
        """Look at what each kernel uses, and end those that use too much."""
        for id, kernel in list(self.kernels.items()):
            if kernel["spell"] is None:
                continue  # nothing runs there yet
            try:
                if self.limits["isolated"]:
                    self.measure(id, kernel)
                    self.share(kernel)
                if kernel["clock"]:
                    self.ring(id, kernel["clock"])
            except OSError:
                continue  # it has ended meanwhile

    def measure(self, id, kernel):
        threads, size = resident(kernel["kernel"])
        if threads > self.limits["threads"]:  # where the limit of Linux does not bind
            self.end(id, "threads")
        held = buffered(kernel["kernel"]) + stored(kernel["folders"])
        # What it shares with the zygote is its own in part, so only then look closer.
        most = self.limits["memory"]
        if held + size > most and held + proportional(kernel["kernel"], size) > most:
            self.end(id, "memory")

    def share(self, kernel):
        """Let a kernel that takes more than its share of the processors come after all others."""
        spell, pid = kernel["spell"], kernel["kernel"]
        busy, _, passed = (now - then for now, then in zip(spell.now(), spell.before, strict=True))
        if passed < SPELL:
            return
        kernel["spell"] = Clock(pid)
        if busy > FAIR * passed:
            for thread in map(int, os.listdir(f"/proc/{pid}/task")):
                with contextlib.suppress(OSError):  # it has ended
                    os.setpriority(os.PRIO_PROCESS, thread, 19)

    def ring(self, id, clock):
        used = clock.used()
        if used > clock.seconds:
            if not clock.told or clock.signal == "SIGALRM":  # which may find it between two calls
                self.signal(id, getattr(signal, clock.signal))
            if not clock.told:
                clock.told = "late"
                self.say(id=id, late=clock.step)
        if used > clock.seconds + clock.grace and clock.told == "late":
            clock.told = "stuck"
            self.say(id=id, stuck=clock.step)

    def count(self, id, step, seconds, grace, signal):
        """Count the time of what comes next."""
        if id in self.kernels:
            with contextlib.suppress(OSError):  # it has ended
                pid = self.kernels[id]["kernel"]
                self.kernels[id]["clock"] = Clock(pid, step, seconds, grace, signal)

    def stop(self, id):
        """Count no more, and tell what has been used."""
        clock = self.kernels.get(id, {}).get("clock")
        if clock:
            self.kernels[id]["clock"] = None
            with contextlib.suppress(OSError):
                self.say(id=id, used=clock.used())

    def say(self, **what):
        sys.stdout.write(json.dumps(what) + "\n")
        sys.stdout.flush()

    def serve(self):
        """Until the grader closes the pipe; then all kernels end, and this process after them."""
        text, asked = b"", True
        self.say(warm=True)
        while asked or self.kernels:
            pipes = {kernel["pipe"]: id for id, kernel in self.kernels.items()}
            ready, _, _ = select.select([0, *pipes] if asked else [*pipes], [], [], TICK)
            for pipe in ready:
                if pipe in pipes:
                    self.hear(pipes[pipe])
            if 0 in ready:
                more = os.read(0, 65536)
                if not more:
                    asked = False
                    for id in self.kernels:
                        self.end(id, "killed")
                *lines, text = (text + more).split(b"\n")
                for line in map(json.loads, lines):
                    if line["do"] == "start":
                        self.start(line["id"])
                    elif line["do"] == "time":
                        self.count(**{name: line[name] for name in line if name != "do"})
                    elif line["do"] == "stop":
                        self.stop(line["id"])
                    else:
                        self.end(line["id"], "killed")
            self.watch()


if __name__ == "__main__":
    limits = json.loads(sys.argv[1])
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = DESCRIPTORS if most == resource.RLIM_INFINITY else min(most, DESCRIPTORS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if limits["isolated"]:
        drop_root()
        sys.path.append("/site")
    for name in WARM:
        importlib.import_module(name)
    for name in AVAILABLE:
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module(name)

    # Outputs are kept and widgets are not, so what stands under a slider is seen by nobody.
    os.environ["REGLIB_WIDGETS_UNSEEN"] = "1"

    with warnings.catch_warnings():  # of a first plot, the slow part is to find the fonts
        warnings.simplefilter("ignore")
        pyplot = sys.modules["matplotlib.pyplot"]
        pyplot.plot([0, 1])
        pyplot.title("$x$")
        pyplot.savefig(io.BytesIO())
        pyplot.close("all")

    gc.collect()
    # A kernel would go through all of this again and again, and copy the memory as it does.
    gc.freeze()
    Zygote(limits).serve()
    os._exit(0)  # nothing is left to do but to be gone
