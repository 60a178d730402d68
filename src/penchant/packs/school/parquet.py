"""Tables of real data sets that come as bytes of Parquet.

They are read with pyarrow, which the extra `dev` brings: claims are measured with it, and no
decision needs it.
"""

import io
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from numpy.typing import NDArray

__all__ = ["Columns", "columns_of"]

Columns = Mapping[str, NDArray[Any]]


def columns_of(content: bytes) -> Columns:
    """Read a table into one array a column.

    Raises:
        ModuleNotFoundError: When pyarrow is not installed.
    """
    table = import_module("pyarrow.parquet").read_table(io.BytesIO(content))
    return {
        name: column.to_numpy(zero_copy_only=False)
        for name, column in zip(table.column_names, table.columns, strict=True)
    }
