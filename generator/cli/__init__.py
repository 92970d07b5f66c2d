"""The command yoshiki: words of the command line in, messages and exit codes out.

In: arguments, environment, clock, working folder, which no other room reads.
Out: what a clerk reads.
May use: api, and the small rooms japan, problem, values.
"""

__all__ = ["main"]
