"""Draws the app's own mark, a door left ajar above two steps, as favicon.svg and as PNG pictures for installing.

One list of shapes in a square of 100 units serves both, so the vector and the pictures cannot differ.
The small icons inside pages are lucide's and are made by tools/icons.py.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

TARGET = Path(__file__).resolve().parent.parent / "static" / "icons"
BLUE, WHITE, LIGHT, PALE, SKY = "#0b4fb3", "#ffffff", "#ffcf7d", "#cfe0fb", "#8fb8f2"
OVERSAMPLE = 4

# (kind, colour, numbers): box = x0 y0 x1 y1 radius; shape = points; dot = cx cy r
SHAPES: list[tuple[str, str, tuple[float, ...]]] = [
    ("box", WHITE, (32, 16, 68, 74, 4)),
    ("box", LIGHT, (37, 21, 63, 70, 1)),
    ("box", SKY, (17, 77, 83, 85, 2.5)),
    ("box", PALE, (25, 69, 75, 77.6, 2.5)),
    ("shape", BLUE, (64.2, 20, 64.2, 70, 45.2, 77, 45.2, 25.2)),
    ("shape", WHITE, (64.2, 20, 64.2, 69.2, 46.6, 75.6, 46.6, 25.4)),
    ("dot", BLUE, (50.6, 50.5, 2.2)),
]


def svg() -> str:
    """The mark as SVG text on its blue tile."""
    rows = [f'<rect width="100" height="100" rx="22" fill="{BLUE}"/>']
    for kind, colour, n in SHAPES:
        if kind == "box":
            place = f'x="{n[0]}" y="{n[1]}" width="{n[2] - n[0]:g}" height="{n[3] - n[1]:g}" rx="{n[4]}"'
            rows.append(f'<rect {place} fill="{colour}"/>')
        elif kind == "shape":
            points = " ".join(f"{x},{y}" for x, y in zip(n[::2], n[1::2], strict=True))
            rows.append(f'<polygon points="{points}" fill="{colour}"/>')
        else:
            rows.append(f'<circle cx="{n[0]}" cy="{n[1]}" r="{n[2]}" fill="{colour}"/>')
    return '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">' + "".join(rows) + "</svg>\n"


def picture(size: int, radius: float, inset: float) -> Image.Image:
    """The mark as a picture; *radius* and *inset* in units of 100: a maskable tile has no corners and more margin."""
    big = size * OVERSAMPLE
    image = Image.new("RGBA", (big, big), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, big - 1, big - 1), radius * big / 100, fill=BLUE)
    unit, shift = big * (100 - 2 * inset) / 10000, inset * big / 100
    for kind, colour, n in SHAPES:
        if kind == "box":
            draw.rounded_rectangle([v * unit + shift for v in n[:4]], n[4] * unit, fill=colour)
        elif kind == "shape":
            draw.polygon([v * unit + shift for v in n], fill=colour)
        else:
            x, y, r = (v * unit for v in n)
            draw.ellipse((x - r + shift, y - r + shift, x + r + shift, y + r + shift), fill=colour)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def main() -> None:
    """Writes every picture that the manifest and the frame of the pages name."""
    (TARGET / "favicon.svg").write_text(svg(), "utf-8")
    for name, size, radius, inset in [
        ("icon-192.png", 192, 22, 0),
        ("icon-512.png", 512, 22, 0),
        ("icon-maskable-512.png", 512, 0, 11),
        ("icon-maskable-192.png", 192, 0, 11),
        ("apple-touch-icon.png", 180, 0, 4),
    ]:
        image = picture(size, radius, inset)
        if radius == 0:
            image = image.convert("RGB")
        image.save(TARGET / name, optimize=True)
        print(f"{name}: {(TARGET / name).stat().st_size} bytes")


if __name__ == "__main__":
    main()
