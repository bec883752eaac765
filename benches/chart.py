"""The picture of the curves: a panel each, both axes logarithmic, with a line beside each curve that grows as the size does."""

import math

WIDTH, HEIGHT, COLUMNS = 320, 250, 3
LEFT, RIGHT, TOP, BOTTOM = 58, 16, 44, 40
INK, GRID, CURVE, LINE = "#333333", "#e3e6ea", "#1f6fb2", "#b0b6bd"


def draw(curves):
    """The curves as SVG."""
    rows = math.ceil(len(curves) / COLUMNS)
    width, height = WIDTH * COLUMNS, HEIGHT * rows + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        ' font-family="sans-serif" font-size="11" role="img" aria-label="Seconds against size, both logarithmic">',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for number, curve in enumerate(curves):
        x, y = number % COLUMNS * WIDTH, number // COLUMNS * HEIGHT
        parts.append(f'<g transform="translate({x} {y})">{"".join(panel(curve))}</g>')
    legend = "seconds on the clock, logarithmic; points: measured; grey: slope 1, twice as much for twice as much"
    parts.append(text(LEFT, height - 10, legend))
    return "\n".join([*parts, "</svg>\n"])


def panel(curve):
    """One curve with its axes, its title and its slope."""
    x_axis = Axis([point.size for point in curve.points], LEFT, WIDTH - RIGHT)
    y_axis = Axis([point.cpu for point in curve.points], HEIGHT - BOTTOM, TOP)
    yield text(LEFT, 20, curve.title, weight="bold")
    yield text(LEFT, 35, f"slope {curve.slope():.2f}, at the end {curve.end_slope():.2f}")
    for size in x_axis.ticks():
        at = x_axis.at(size)
        yield f'<path d="M{at:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="{GRID}"/>'
        yield text(at, HEIGHT - BOTTOM + 15, short(size), anchor="middle")
    for cost in y_axis.ticks():
        at = y_axis.at(cost)
        yield f'<path d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}" stroke="{GRID}"/>'
        yield text(LEFT - 6, at + 4, f"{cost:g} s", anchor="end")
    yield text(WIDTH - RIGHT, HEIGHT - BOTTOM + 30, curve.unit, anchor="end")
    yield from straight(curve.points[-1], x_axis, y_axis)
    places = [f"{x_axis.at(point.size):.1f},{y_axis.at(point.cpu):.1f}" for point in curve.points]
    yield f'<polyline points="{" ".join(places)}" fill="none" stroke="{CURVE}" stroke-width="2"/>'
    for place in places:
        x, y = place.split(",")
        yield f'<circle cx="{x}" cy="{y}" r="3.5" fill="{CURVE}"/>'


def straight(last, x_axis, y_axis):
    """The line of slope 1 through the last point, as far as it is in the panel."""
    size = max(10.0**x_axis.low, last.size * 10.0**y_axis.low / last.cpu)
    start = x_axis.at(size), y_axis.at(last.cpu * size / last.size)
    end = x_axis.at(last.size), y_axis.at(last.cpu)
    yield f'<path d="M{start[0]:.1f} {start[1]:.1f}L{end[0]:.1f} {end[1]:.1f}" stroke="{LINE}" stroke-width="1.5" stroke-dasharray="5 4"/>'


class Axis:
    """Whole powers of ten from end to end, as many as the values need."""

    def __init__(self, values, start, end):
        self.low = math.floor(math.log10(min(values)) + 1e-9)
        self.high = max(math.ceil(math.log10(max(values)) - 1e-9), self.low + 1)
        self.start, self.end = start, end

    def at(self, value):
        part = (math.log10(value) - self.low) / (self.high - self.low)
        return self.start + part * (self.end - self.start)

    def ticks(self):
        return [10.0**power for power in range(self.low, self.high + 1)]


def short(size):
    for unit, of in (("M", 1_000_000), ("k", 1_000)):
        if size >= of:
            return f"{size / of:g}{unit}"
    return f"{size:g}"


def text(x, y, words, anchor="start", weight="normal"):
    words = words.replace("&", "&amp;").replace("<", "&lt;")
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{INK}" text-anchor="{anchor}" font-weight="{weight}">{words}</text>'
