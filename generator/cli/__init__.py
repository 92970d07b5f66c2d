"""The command yoshiki: words of the command line in, messages and exit codes out.

In: arguments, environment, clock, working folder, which no other room reads (where fonts are aside).
Out: what a clerk reads.
May use: api, japan, problem, values.
"""

__all__ = ["main"]
