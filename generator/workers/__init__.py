"""Pieces of work done by processes under watch, on this computer or on a Dask cluster.

In: pieces of work and a function.
Out: their results in any order; a worker that dies or hangs costs its piece only.
May use: problem.
"""

__all__ = ["dask_pool", "pool"]
