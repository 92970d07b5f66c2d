"""The command yoshiki: words of the command line in, messages and exit codes out.

In: arguments, environment, the day of today, working folder, which no other room reads.
Out: what a clerk reads.
May use: api, japan, problem, values.
"""

__all__ = ["main"]
