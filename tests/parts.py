"""The parts of the package, for rules that hold for all of them."""

from pathlib import Path

import darksocial

PACKAGE = Path(darksocial.__file__).parent
PARTS = tuple(
    sorted({path.relative_to(PACKAGE).with_suffix("").parts[0] for path in PACKAGE.rglob("*.py")})
)
"""Every folder of the package, and every module beside them."""


def modules(part: str) -> list[Path]:
    """The modules of a part of the package: of a folder, or the one beside the folders."""
    folder = PACKAGE / part
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [PACKAGE / f"{part}.py"]
