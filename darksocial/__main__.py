"""`python -m darksocial` is the command `darksocial`; so is `spark-submit .../__main__.py`.

Run as a file, Python looks for modules in this folder first, where `requests` or `schema` hide
others of that name: the folder is taken off the path.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:] = [entry for entry in sys.path if not entry or Path(entry).resolve() != HERE]

from darksocial.cli import main  # noqa: E402 - the path comes first

main()
