"""RFM: how recently, how often and for how much people ordered, in fifths, and the group that they make.

A. M. Hughes (1994), Strategic Database Marketing. The fifths are by share of customers, so that they mean the same in
every shop; people who are alike are always in the same fifth.
"""

import numpy as np
import numpy.typing as npt

from segql.runtime.predict.likelihood import Floats

Fifths = npt.NDArray[np.int64]

# By fifths of recency (rows, 1 to 5), and of frequency and money together (columns, 1 to 5).
_GROUPS = np.array(
    [
        ["Inactive", "Inactive", "At risk", "At risk", "At risk"],
        ["Inactive", "Inactive", "At risk", "At risk", "At risk"],
        ["Needs attention", "Needs attention", "Needs attention", "Loyal", "Loyal"],
        ["Recent", "Recent", "Loyal", "Champions", "Champions"],
        ["Recent", "Recent", "Loyal", "Champions", "Champions"],
    ],
    dtype=np.str_,
)


def fifths(values: Floats) -> Fifths:
    """1 to 5 for each value: how many fifths of all values are below it, and its own."""
    below = np.searchsorted(np.sort(values), values, side="left")
    return np.asarray(1 + 5 * below // max(len(values), 1), np.int64)


def groups(silence: Floats, frequency: Floats, money: Floats) -> npt.NDArray[np.str_]:
    """The group of each customer, from the days since their last order, the number of their orders, and their worth."""
    recent = fifths(-silence)
    worth = (fifths(frequency) + fifths(money) + 1) // 2
    return np.asarray(_GROUPS[recent - 1, worth - 1], np.str_)
