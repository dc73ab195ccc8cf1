"""The server's garbage collector: what stands for its whole life is not looked through again."""

from __future__ import annotations

import gc
from importlib import import_module

from igcore.store import ROOT


def settle() -> None:
    """Import what the pages need, and take all that stands then out of the collector's sight.

    Call it once, when the server has started. Modules, the pool and its words live as long as the
    server: a full collection that walks them all finds nothing and holds up every reader.
    """
    scripts = ("page.py", "frame.py")  # run for a reader, never imported
    for path in sorted((ROOT / "pages").glob("*/*.py")):
        if path.name not in scripts:
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    gc.collect()
    gc.freeze()
