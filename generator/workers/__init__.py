"""Tasks done by processes under watch, on this computer or on a Dask cluster.

In: tasks and a function.
Out: their results in any order; a worker that dies or hangs costs its task only.
May use: problem.
"""

__all__ = ["dask_pool", "pool"]
