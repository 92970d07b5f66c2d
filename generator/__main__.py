"""``python -m generator`` is the command ``yoshiki``.

A worker process imports this module once more. So it loads nothing by itself: a worker has no use for a command line.
"""

from __future__ import annotations

import gc

_GARBAGE = 100_000  # objects made before garbage is looked for: what is loaded at the start, and a scheme, stay


def main() -> None:
    """Run the command."""
    gc.set_threshold(_GARBAGE)
    from generator.cli import main as cli  # not in a worker, which imports this module

    try:
        cli.main()
    finally:
        gc.freeze()  # at its end Python looks for garbage in all that there is, which ends with the process anyway


if __name__ == "__main__":
    main()
