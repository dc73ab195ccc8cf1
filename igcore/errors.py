"""Every error that a reader may see: a sentence with the value, what is allowed and what to do."""

from __future__ import annotations


class IgcoreError(Exception):
    """A refusal in words. Anything else that is raised is a bug."""


class Refused(IgcoreError):
    """A query, a parameter or a wish that cannot be answered as asked."""


class EmptyPool(Refused):
    """A question to a version of the pool that holds no trials."""


class EmptyCohort(Refused):
    """A question to a cohort whose filters leave nobody."""


class PoolError(IgcoreError):
    """The pool cannot be opened, read or written."""


class UnreadableFile(IgcoreError):
    """A file that cannot be read or recognised; it changes nothing.

    Args:
        problem: what is wrong, as a sentence.
        cure: what the reader can do about it.
    """

    def __init__(self, problem: str, cure: str) -> None:
        super().__init__(f"{problem} {cure}")
        self.problem = problem
        self.cure = cure
