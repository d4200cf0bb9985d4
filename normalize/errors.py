"""Everything that a user can cause to go wrong, with the exit status that it leads to.

The numbers are part of the public contract: scripts rely on them.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit status of every command."""

    OK = 0
    """Everything was done."""
    SOME_FAILED = 1
    """Finished, but some input failed; the rest is written."""
    USAGE = 2
    """The command line makes no sense."""
    UNTRANSLATED = 3
    """Finished, but some spans could not be translated and stand marked in the output."""
    CANNOT_START = 4
    """Nothing was done: no such input, unusable models folder."""
    INTERRUPTED = 130
    """Stopped by the user."""


class NormalizeError(Exception):
    """Base of all errors that are reported as a sentence instead of a traceback.

    The message names the file or option and says what to do.
    """

    exit_code: ExitCode = ExitCode.SOME_FAILED


class UsageError(NormalizeError):
    """Options or arguments that contradict each other."""

    exit_code = ExitCode.USAGE


class CannotStartError(NormalizeError):
    """The run cannot begin: the input or a folder that it needs is not usable."""

    exit_code = ExitCode.CANNOT_START


class InputError(NormalizeError):
    """One input file cannot be read; the others go on."""


class OutputError(NormalizeError):
    """One output file cannot be written; the others go on."""


class ModelError(NormalizeError):
    """A translation model or package is missing, damaged or not to be trusted."""

    exit_code = ExitCode.CANNOT_START


class TranslationError(NormalizeError):
    """A translator failed as a whole (not on one sentence: those are flagged in the report)."""

    exit_code = ExitCode.UNTRANSLATED
