"""The files of a store: their names, which of them are valid, and how they become valid.

`layout.py` has their names, `state.py` reads and writes state.json, `commits.py` makes new files
valid, `checksums.py` detects damage, and `lock.py` keeps other runs away. `parts.py`, `marks.py`,
`bookmark.py`, `runs.py` and `records.py` describe the content of single kinds of files.
"""
