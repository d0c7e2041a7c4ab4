"""Columns as the shop is made of: NumPy arrays, and Arrow tables out of them."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Whole: TypeAlias = npt.NDArray[np.int64]
Real: TypeAlias = npt.NDArray[np.float64]
Truth: TypeAlias = npt.NDArray[np.bool_]
Text: TypeAlias = npt.NDArray[np.object_]

HOUR = 3_600
DAY = 86_400
NEVER = np.iinfo(np.int64).max // 4
"""An instant beyond all others: what has not happened and will not."""


def texts(values: Any) -> Text:
    """Texts (None where there is none) as an array of objects."""
    return np.array(values, dtype=object)


def present(column: Text) -> Truth:
    """Where a column of texts has one."""
    return np.array([text is not None for text in column], dtype=np.bool_)


def instants(seconds: Whole) -> pa.Array:
    """Epoch seconds as the store keeps instants: naive UTC, whole seconds."""
    return pa.array(seconds).cast(pa.timestamp("s"))


def numbered(prefix: str, numbers: Whole) -> pa.Array:
    """One text a number, such as "viewed-product-17"."""
    return pc.binary_join_element_wise(prefix, pc.cast(pa.array(numbers), pa.string()), "-")


def positions_within(counts: Whole) -> Whole:
    """For groups of those sizes laid end to end: the position of each item within its group, from 0."""
    starts = np.cumsum(counts) - counts
    return np.arange(int(counts.sum())) - np.repeat(starts, counts)


def chosen(generator: np.random.Generator, options: Any, size: int, weights: Any = None) -> Text:
    """Draw texts (None among them) from the options, by weight."""
    shares = None if weights is None else np.array(weights, dtype=float) / np.sum(weights)
    return texts(options)[generator.choice(len(options), size, p=shares)]
