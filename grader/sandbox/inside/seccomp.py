"""The system calls that a kernel may not make.

Namespaces hide what is outside, and limits bound what a process is charged with. This filter takes
away what would undo the first (new namespaces, mounts, calls that reach into other processes or
past the file system) or evade the second (a second process, memory that no process is charged with,
another place in the queue for the processor), and the calls that faults in Linux have most often
been reached through. Nothing that a notebook needs is here.
"""

import ctypes
import errno
import platform
import struct

# What the kernel calls the architecture, and the place of its numbers in the tables below.
ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
FORBIDDEN = {
    # namespaces and mounts
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    # other processes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    # files by handles, past all folders
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "fanotify_init": (300, 262),
    # keys, which namespaces do not separate
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # memory that belongs to no process, or that is not counted while it is in use
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "io_setup": (206, 0),
    # pages that a pipe or a socket keeps, for a byte of each, when their file is long gone
    "vmsplice": (278, 75),
    "splice": (275, 76),
    "tee": (276, 77),
    "sendfile": (40, 71),
    # what Linux keeps for a process in its own memory, as much as is asked for
    "inotify_init1": (294, 26),
    "inotify_add_watch": (254, 27),
    "landlock_create_ruleset": (444, 444),
    "landlock_add_rule": (445, 445),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "seccomp": (317, 277),
    "setsockopt": (54, 208),  # the room of a socket, and filters for it
    # who runs when; a process that makes itself the last is waited for
    "setsid": (112, 157),  # Linux may give each session a share
    "setpriority": (141, 140),
    "sched_setparam": (142, 118),
    "sched_setaffinity": (203, 122),
    "sched_setattr": (314, 274),
    "ioprio_set": (251, 30),
    # the limits themselves; prlimit64 is below
    "setrlimit": (160, 164),
    # machinery of Linux that no notebook needs
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "syslog": (103, 116),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "personality": (135, 92),
    "acct": (163, 89),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
}
OF_X86_64 = {"fork": 57, "vfork": 58, "modify_ldt": 154, "inotify_init": 253}
CLONE, CLONE3, MMAP, PRLIMIT = (56, 220), (435, 435), (9, 222), (302, 261)
SOCKET, SOCKETPAIR, FCNTL, PRCTL = (41, 198), (53, 199), (72, 25), (157, 167)
SCHEDULER = (144, 119)
NEWEST = 450  # of what was known when this was written; programs do without what is newer
NAMESPACES = 0x7E020000  # CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
THREAD = 0x10000  # CLONE_THREAD
SHARED_ANONYMOUS = 0x21  # MAP_SHARED and MAP_ANONYMOUS
AF_UNIX = 1
# Of what can be done with a descriptor: to duplicate it, its flags, the size of a pipe. Each lock
# on a byte of a file would be kept by Linux, however many there are.
F_SETFL, F_DUPFD_CLOEXEC, F_GETPIPE_SZ = 4, 1030, 1032
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
SCHED_OTHER = 0

# Instructions: load a word, take some of its bits, compare and jump, return.
LOAD, AND, EQUAL, AT_LEAST, ANY, RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
ALLOW, KILL, ERROR = 0x7FFF0000, 0x80000000, 0x00050000
NUMBER, ARCHITECTURE = 0, 4  # where the filter finds what


def _op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)


def _argument(index: int, high: bool = False) -> int:
    """Where the filter finds an argument of the call: the low half, or the high one."""
    return 16 + 8 * index + 4 * high


def _refuse(number: int = errno.EPERM) -> bytes:
    return _op(RETURN, ERROR | number)


def _when(number: int, *then: bytes) -> list[bytes]:
    """These instructions for this call; the last of them returns. The others go on after them."""
    return [_op(EQUAL, number, 0, len(then)), *then]


def program(machine: str) -> bytes:
    """The filter, as Linux reads it."""
    if machine not in ARCHITECTURES:
        raise OSError(f"the sandbox knows the system calls of x86_64 and aarch64, not of {machine}")
    architecture, column = ARCHITECTURES[machine]
    allow = _op(RETURN, ALLOW)
    ops = [
        _op(LOAD, ARCHITECTURE),
        _op(EQUAL, architecture, 1, 0),
        _op(RETURN, KILL),  # 32-bit calls have other numbers
        _op(LOAD, NUMBER),
        _op(AT_LEAST, NEWEST, 0, 1),
        _refuse(errno.ENOSYS),
        # Its flags are in memory, out of sight; without it the C library uses clone.
        *_when(CLONE3[column], _refuse(errno.ENOSYS)),
        # A kernel is one process: what it uses is then its own, and Linux counts it to the end.
        *_when(
            CLONE[column],
            _op(LOAD, _argument(0)),
            _op(ANY, NAMESPACES, 2, 0),
            _op(ANY, THREAD, 0, 1),
            allow,
            _refuse(),
        ),
        # Some families reach past network namespaces, to the host of a virtual machine for one;
        # what waits in a socket is charged to nobody, and counted for one family only. ZeroMQ, that
        # asks another for the names of interfaces, ends the process for any error but this.
        *(
            op
            for call in (SOCKET, SOCKETPAIR)
            for op in _when(
                call[column],
                _op(LOAD, _argument(0)),
                _op(EQUAL, AF_UNIX, 1, 0),
                _refuse(errno.EOPNOTSUPP),
                allow,
            )
        ),
        *_when(
            FCNTL[column],
            _op(LOAD, _argument(1)),
            _op(EQUAL, F_DUPFD_CLOEXEC, 3, 0),
            _op(EQUAL, F_GETPIPE_SZ, 2, 0),
            _op(AT_LEAST, F_SETFL + 1, 0, 1),
            _refuse(),
            allow,
        ),
        *_when(
            SCHEDULER[column],
            _op(LOAD, _argument(1)),
            _op(EQUAL, SCHED_OTHER, 1, 0),  # as all are, and as ZeroMQ says of its threads
            _refuse(),
            allow,
        ),
        *_when(
            PRCTL[column],
            _op(LOAD, _argument(0)),
            _op(EQUAL, PR_SET_SECCOMP, 0, 1),
            _refuse(),
            allow,
        ),
        # It stays in use, and is charged to nobody, once it is no longer mapped.
        *_when(
            MMAP[column],
            _op(LOAD, _argument(3)),
            _op(AND, SHARED_ANONYMOUS),
            _op(EQUAL, SHARED_ANONYMOUS, 0, 1),
            _refuse(),
            allow,
        ),
        # Limits may be read and not set.
        *_when(
            PRLIMIT[column],
            _op(LOAD, _argument(2)),
            _op(EQUAL, 0, 0, 2),
            _op(LOAD, _argument(2, high=True)),
            _op(EQUAL, 0, 1, 0),
            _refuse(),
            allow,
        ),
    ]
    numbers = [numbers[column] for numbers in FORBIDDEN.values()]
    for number in numbers + [*OF_X86_64.values()] * (machine == "x86_64"):
        ops += _when(number, _refuse())
    return b"".join([*ops, allow])


def install() -> None:
    """Hold this process, and all that it starts, to the filter. It cannot be taken off again."""
    code = program(platform.machine())
    memory = ctypes.create_string_buffer(code, len(code))
    filter = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(memory))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "the filter of system calls cannot be installed")
