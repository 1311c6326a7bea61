"""`python -m darksocial` is the command `darksocial`; so is `spark-submit .../__main__.py`.

Run as a file, Python looks for modules in this folder first, where `requests` or `schema` hide
others of that name: the folder is taken off the path.
"""

import os
import sys

HERE = os.path.dirname(os.path.realpath(__file__))  # noqa: PTH120 - pathlib loads slowly, and a
sys.path[:] = [path for path in sys.path if not path or os.path.realpath(path) != HERE]
# signal is handled only once `main` runs

from darksocial.cli import main  # noqa: E402 - the path comes first

main()
