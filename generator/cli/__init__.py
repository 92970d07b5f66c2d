"""The command yoshiki: words of the command line in, messages and exit codes out.

In: arguments, environment, the day of today, working folder, which no other room reads.
Out: what a clerk reads.
A module a command, so that what is typed loads nothing of the others: that is why there are so many.
May use: api, japan, problem, values.
"""

__all__ = ["main"]
