"""How a cost grows with a size: points, and the slope of their logarithms, which is 1 where twice as much costs twice as much."""

import math
from dataclasses import dataclass, field
from typing import NamedTuple

# What counts as growing no faster than the size.
LINEAR = 1.1


class Point(NamedTuple):
    size: int
    wall: float
    cpu: float
    peak: float


@dataclass
class Curve:
    key: str
    title: str
    unit: str
    points: list = field(default_factory=list)

    def slope(self):
        """Of the straight line through all points that misses them least; of processor time, since wall time also depends on
        what else the machine does."""
        sizes = [math.log(point.size) for point in self.points]
        costs = [math.log(point.cpu) for point in self.points]
        size, cost = sum(sizes) / len(sizes), sum(costs) / len(costs)
        return sum((x - size) * (y - cost) for x, y in zip(sizes, costs)) / sum((x - size) ** 2 for x in sizes)

    def end_slope(self):
        """From at most half of the largest size to the largest: small sizes cost mostly the start, which hides the slope."""
        high = self.points[-1]
        low = [point for point in self.points if point.size * 2 <= high.size][-1]
        return math.log(high.cpu / low.cpu) / math.log(high.size / low.size)

    def is_linear(self):
        return max(self.slope(), self.end_slope()) <= LINEAR
