"""Columns of Arrow batches as numbers, for what is counted with NumPy."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Numbers = npt.NDArray[np.int64]


def numbers_of(batch: pa.RecordBatch, name: str) -> Numbers:
    """Return a column of whole numbers without nulls."""
    numbers: Numbers = batch.column(name).to_numpy(zero_copy_only=False).astype(np.int64)
    return numbers
