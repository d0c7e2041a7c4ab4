"""Charts as SVG, made here: no script draws them, and they take the colours of the page."""

from collections.abc import Sequence

from markupsafe import Markup, escape

_WIDTH, _HEIGHT = 120, 32


def sparkline(values: Sequence[float], label: str) -> Markup:
    """A small line of values, the last one marked. `label`: what those hear who do not see it."""
    if len(values) < 2:
        return Markup("")
    points = _points(values, _WIDTH, _HEIGHT, 3)
    x, y = points[-1]
    return Markup(
        '<svg class="sparkline" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<polyline points="{}"/><circle cx="{:.1f}" cy="{:.1f}" r="2.5"/></svg>'
    ).format(_WIDTH, _HEIGHT, label, _joined(points), x, y)


def line_chart(values: Sequence[float], labels: Sequence[str], title: str) -> Markup:
    """A chart of values over time, from 0, with a line for its greatest and what each point is under the pointer."""
    width, height = 640, 200
    top = _round_up(max(values, default=0))
    points = _points([*values, top, 0], width, height, 8)[: len(values)] if values else []
    spaced = _spaced(len(values), width, 8)
    points = [(x, y) for x, (_, y) in zip(spaced, points, strict=True)]
    area = _joined([(spaced[0], height - 8), *points, (spaced[-1], height - 8)]) if points else ""
    dots = Markup("").join(
        Markup('<circle cx="{:.1f}" cy="{:.1f}" r="3"><title>{}: {:,}</title></circle>').format(
            x, y, label, value
        )
        for (x, y), value, label in zip(points, values, labels, strict=True)
    )
    return Markup(
        '<figure class="chart"><figcaption>{title}</figcaption>'
        '<svg viewBox="0 0 {width} {height}" role="img" aria-label="{title}">'
        '<line class="grid" x1="8" x2="{right}" y1="8" y2="8"/>'
        '<line class="grid" x1="8" x2="{right}" y1="{foot}" y2="{foot}"/>'
        '<polygon points="{area}"/><polyline points="{line}"/>{dots}'
        '<text x="8" y="22">{top:,}</text></svg>'
        '<div class="chart-ends"><span>{first}</span><span>{last}</span></div></figure>'
    ).format(
        title=escape(title),
        width=width,
        height=height,
        right=width - 8,
        foot=height - 8,
        area=area,
        line=_joined(points),
        dots=dots,
        top=top,
        first=labels[0] if labels else "",
        last=labels[-1] if labels else "",
    )


def shares(parts: Sequence[tuple[str, int, str]], title: str) -> Markup:
    """One bar of a whole: (tone, count, what it is) side by side. Tones: good, accent, warn, bad, plain."""
    whole = sum(count for _, count, _ in parts) or 1
    drawn, begin = [], 0.0
    for tone, count, words in parts:
        width = 100 * count / whole
        if count:
            drawn.append(
                Markup(
                    '<rect class="{}" x="{:.3f}" y="0" width="{:.3f}" height="10"><title>{}: {:,}</title></rect>'
                ).format(tone, begin, width, words, count)
            )
        begin += width
    told = ", ".join(f"{count:,} {words}" for _, count, words in parts if count)
    return Markup(
        '<svg class="shares" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="{}: {}">{}</svg>'
    ).format(title, told, Markup("").join(drawn))


def bar(value: float, of: float, tone: str) -> Markup:
    """A bar of a share, beside its number: those who do not see it miss nothing."""
    return cut_bar(value, 0, of, tone)


def cut_bar(left: float, cut: float, of: float, tone: str) -> Markup:
    """A bar of what is left of a whole, and behind it what was just cut off."""
    whole = of or 1
    kept = (
        Markup('<rect class="left" width="{:.3f}" height="10"/>').format(100 * left / whole)
        if cut or tone == "left"
        else (Markup('<rect class="{}" width="{:.3f}" height="10"/>').format(tone, 100 * left / whole))
    )
    # What is cut off is seen, however little it is.
    gone = Markup('<rect class="{}" x="{:.3f}" width="{:.3f}" height="10"/>').format(
        tone, 100 * left / whole, max(100 * cut / whole, 0.6) if cut else 0
    )
    return Markup(
        '<svg class="share-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">{}{}</svg>'
    ).format(kept, gone if cut else "")


def bar_chart(values: Sequence[float], labels: Sequence[str], title: str) -> Markup:
    """A chart of values in spans of time, from 0, with each span under the pointer."""
    width, height, foot = 320, 120, 110
    top = _round_up(max((float(value) for value in values), default=0))
    step = (width - 8) / max(1, len(values))
    bars = Markup("").join(
        Markup(
            '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"><title>{}: {:,}</title></rect>'
        ).format(
            4 + nth * step,
            foot - (foot - 20) * float(value) / top,
            max(step - 1, 0.5),
            (foot - 20) * float(value) / top,
            label,
            value,
        )
        for nth, (value, label) in enumerate(zip(values, labels, strict=True))
    )
    total = sum(values)
    return Markup(
        '<figure class="chart bars"><figcaption>{title}</figcaption>'
        '<svg viewBox="0 0 {width} {height}" role="img" aria-label="{title}: {total:,} in all">'
        '<line class="grid" x1="4" x2="{right}" y1="20" y2="20"/>{bars}'
        '<line class="grid" x1="4" x2="{right}" y1="{foot}" y2="{foot}"/>'
        '<text x="4" y="15">{top:,}</text></svg>'
        '<div class="chart-ends"><span>{first}</span><span>{last}</span></div></figure>'
    ).format(
        title=title,
        width=width,
        height=height,
        right=width - 4,
        foot=foot,
        bars=bars,
        top=top,
        total=total,
        first=labels[0] if labels else "",
        last=labels[-1] if labels else "",
    )


def _points(values: Sequence[float], width: int, height: int, margin: int) -> list[tuple[float, float]]:
    low, high = min(values), max(values)
    spread = (high - low) or 1
    inner = height - 2 * margin
    return [
        (x, height - margin - (value - low) / spread * inner)
        for x, value in zip(_spaced(len(values), width, margin), values, strict=True)
    ]


def _spaced(count: int, width: int, margin: int) -> list[float]:
    step = (width - 2 * margin) / max(1, count - 1)
    return [margin + index * step for index in range(count)]


def _joined(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _round_up(value: float) -> int:
    """The next number with one digit that is not 0, for the end of a scale."""
    unit = int(f"1{'0' * (len(str(int(value))) - 1)}")
    return max(1, -(-int(value) // unit) * unit)
