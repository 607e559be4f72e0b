"""Troubles of the machine and of the gradebook, told in one sentence that says what to do."""

import errno

# With these, nobody's work can be read or written any more: there is no use in going on.
_FOR_ALL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE}
_REMEDIES = {
    errno.ENOSPC: "make room on that disk",
    errno.EDQUOT: "make room on that disk",
    errno.EFBIG: "allow larger files there",
    errno.EROFS: "mount that disk so that it can be written to",
    errno.EACCES: "give yourself the right to read and write there (chmod u+rwX)",
    errno.EPERM: "give yourself the right to read and write there (chmod u+rwX)",
    errno.ENOTDIR: "move away what stands in the place of a folder",
    errno.EEXIST: "move away what stands there",
    errno.EISDIR: "move away the folder that stands in the place of a file",
    errno.ENAMETOOLONG: "give it a shorter name",
    errno.ENOENT: "put it back",
}
_OF_THE_GRADEBOOK = {
    "locked": "let the program end that is writing to it",
    "readonly": "make its file, and the folder that holds it, writable for you",
    "read-only": "make it writable for you",
    "full": "make room on its disk",
    "unable to open": "make its folder one that is there, and that you may write to",
    "not a database": "put back a copy of it, or move it away and release the assignment anew",
    "malformed": "put back a copy of it, or move it away and release the assignment anew",
}


def sentence(error: BaseException) -> str:
    """Return what went wrong and what to do; "" for what is no trouble of this kind.

    The notes of an error are other things to do.

    >>> sentence(OSError(errno.ENOSPC, "No space left on device", "marks.csv"))
    'marks.csv: no space left on device. To go on, make room on that disk, and repeat this.'
    """
    from sqlalchemy.exc import SQLAlchemyError  # not needed as long as all goes well

    if isinstance(error, OSError):
        name = printable(str(error.filename or "A file"))
        why = f"{name}: {(error.strerror or str(error)).lower()}"
        remedy = _REMEDIES.get(error.errno, "see to that")
    elif isinstance(error, SQLAlchemyError):
        said = str(getattr(error, "orig", None) or error).strip() or type(error).__name__
        why = f"The gradebook cannot be used ({said.splitlines()[0]})"
        known = (do for part, do in _OF_THE_GRADEBOOK.items() if part in said.lower())
        remedy = next(known, "see that its database is up and the one of this course")
    else:
        return ""
    remedies = ", or ".join([remedy, *getattr(error, "__notes__", [])])
    return f"{why}. To go on, {remedies}, and repeat this."


def is_for_all(error: BaseException) -> bool:
    """Whether the trouble is met with everybody's work, as on a full disk."""
    from sqlalchemy.exc import DatabaseError, OperationalError

    if isinstance(error, OperationalError) or type(error) is DatabaseError:
        return True  # others are about what was to be written
    return isinstance(error, OSError) and error.errno in _FOR_ALL


def printable(name: str) -> str:
    """Return a name as a terminal can be given it.

    >>> printable("a\\x1b[31m.csv")
    'a\ufffd[31m.csv'
    """
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in name)
