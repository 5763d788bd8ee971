"""Build the fonts that papers are set in, from the Noto families, into pdf_templates/fonts/; run by hand, not by the app.

    python tools/make_fonts.py --cjk NotoSansCJK-Regular.ttc NotoSansCJK-Bold.ttc \
        --latin FOLDER_OF_NotoSans_TTF --emoji NotoEmoji_400Regular.ttf --licence OFL.txt

Sources: Debian's packages fonts-noto-cjk and fonts-noto-core, and the monochrome Noto Emoji (as static TTF).
Three kinds of file come out:

* small Chinese subsets (every character of GB 2312, or the first level of Big5) in regular and bold, under names of
  their own, because they are not the fonts whose names they would otherwise carry. They are TrueType with the frequent
  characters first: a renderer that keeps glyph numbers embeds such a font in half the time and a third of the bytes;
* one complete regular weight with every character Noto has (44,810), the last resort for rare names;
* Noto Sans, a few other scripts and the emoji, copied unchanged.
"""

import argparse
import shutil
from pathlib import Path

from fontTools import subset
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

OUT = Path(__file__).resolve().parent.parent / "pdf_templates" / "fonts"
FACE_SC, FACE_TC = 2, 3  # order of the faces in Noto's collection
KEPT_FEATURES = [
    "ccmp",
    "liga",
    "calt",
    "ljmo",
    "vjmo",
    "tjmo",
]  # what sets horizontal text; no vertical or local forms
COPIED = (
    "NotoSans-Regular.ttf",
    "NotoSans-Bold.ttf",
    "NotoSans-Italic.ttf",
    "NotoSansArabic-Regular.ttf",
    "NotoSansHebrew-Regular.ttf",
    "NotoSansThai-Regular.ttf",
    "NotoSansDevanagari-Regular.ttf",
)


def main() -> None:
    asked = _arguments()
    OUT.mkdir(parents=True, exist_ok=True)
    regular, bold = asked.cjk
    for face, chars, name in (
        (FACE_SC, _gb2312(), "Doorstep Sans SC"),
        (FACE_TC, _big5_first(), "Doorstep Sans TC"),
    ):
        for source, style in ((regular, "Regular"), (bold, "Bold")):
            font = _truetype(_subset(source, face, chars | _common()), name, style)
            font.save(OUT / f"{name.replace(' ', '')}-{style}.ttf")
    font = _subset(regular, FACE_SC, None)
    _rename(font, "Doorstep Sans CJK", "Regular")
    font.save(OUT / "DoorstepSansCJK-Regular.otf")
    for name in COPIED:
        shutil.copyfile(asked.latin / name, OUT / name)
    shutil.copyfile(asked.emoji, OUT / "NotoEmoji-Regular.ttf")
    shutil.copyfile(asked.licence, OUT / "OFL.txt")
    _write_coverage()
    for file in sorted(OUT.iterdir()):
        print(f"{file.stat().st_size:>10}  {file.name}")


def _write_coverage() -> None:
    """One range of code points a line: every sign that some font here can draw."""
    fonts = sorted([*OUT.glob("*.otf"), *OUT.glob("*.ttf")])
    signs = sorted({sign for file in fonts for sign in TTFont(file, lazy=True).getBestCmap()})
    ranges: list[list[int]] = []
    for sign in signs:
        if ranges and sign == ranges[-1][1] + 1:
            ranges[-1][1] = sign
        else:
            ranges.append([sign, sign])
    lines = (f"{first:X}" if first == last else f"{first:X}-{last:X}" for first, last in ranges)
    (OUT / "coverage.txt").write_text("\n".join(lines) + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Build pdf_templates/fonts/ from the Noto families.")
    parser.add_argument(
        "--cjk", nargs=2, type=Path, required=True, help="NotoSansCJK-Regular.ttc NotoSansCJK-Bold.ttc"
    )
    parser.add_argument("--latin", type=Path, required=True, help="folder with " + ", ".join(COPIED))
    parser.add_argument("--emoji", type=Path, required=True, help="monochrome NotoEmoji regular, TTF")
    parser.add_argument("--licence", type=Path, required=True, help="text of the SIL Open Font License 1.1")
    return parser.parse_args()


def _subset(source: Path, face: int, chars: set[int] | None) -> TTFont:
    """One face with the given code points (None: all of them)."""
    options = subset.Options()
    options.layout_features = KEPT_FEATURES
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "DSIG"]
    options.hinting = False
    options.desubroutinize = True  # the renderer embeds faster from plain charstrings
    options.name_IDs = ["*"]
    options.notdef_outline = True
    options.glyph_names = False
    font = TTFont(source, fontNumber=face, lazy=True)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=chars if chars is not None else font.getBestCmap().keys())
    subsetter.subset(font)
    font["head"].modified = font["head"].created  # the same sources make the same bytes
    font.recalcTimestamp = False
    return font


def _rename(font: TTFont, family: str, style: str) -> None:
    table = font["name"]
    table.names = [row for row in table.names if row.nameID in (0, 5, 13, 14)]
    for number, text in _names(family, style).items():
        table.setName(text, number, 3, 1, 0x409)
    top = font["CFF "].cff
    top.fontNames[0] = _names(family, style)[6]
    for row in top.topDictIndex:
        row.FullName, row.FamilyName = _names(family, style)[4], family


def _names(family: str, style: str) -> dict[int, str]:
    postscript = f"{family.replace(' ', '')}-{style}"
    return {
        1: family,
        2: style,
        3: f"{postscript};2.004",
        4: f"{family} {style}".removesuffix(" Regular"),
        6: postscript,
    }


def _truetype(font: TTFont, family: str, style: str) -> TTFont:
    """The font with quadratic outlines, frequent characters first, and no layout tables."""
    cmap, outlines = font.getBestCmap(), font.getGlyphSet()
    order = list(dict.fromkeys([".notdef", *(cmap[sign] for sign in sorted(cmap, key=_rarity))]))
    names = {glyph: f"g{index}" if index else ".notdef" for index, glyph in enumerate(order)}
    builder = FontBuilder(font["head"].unitsPerEm, isTTF=True)
    builder.setupGlyphOrder([names[glyph] for glyph in order])
    builder.setupCharacterMap({sign: names[glyph] for sign, glyph in cmap.items()})
    builder.setupGlyf({names[glyph]: _quadratic(outlines[glyph]) for glyph in order})
    glyf, widths = builder.font["glyf"], font["hmtx"]
    builder.setupHorizontalMetrics(
        {names[g]: (widths[g][0], getattr(glyf[names[g]], "xMin", 0)) for g in order}
    )
    builder.setupHorizontalHeader(ascent=font["hhea"].ascent, descent=font["hhea"].descent)
    builder.setupNameTable({})
    for row in font["name"].names:
        if row.nameID in (0, 5, 13, 14):
            builder.font["name"].setName(str(row), row.nameID, 3, 1, 0x409)
    for number, text in _names(family, style).items():
        builder.font["name"].setName(text, number, 3, 1, 0x409)
    kept = ("sTypoAscender", "sTypoDescender", "sTypoLineGap", "usWinAscent", "usWinDescent", "usWeightClass", "fsSelection",
            "sxHeight", "sCapHeight")  # fmt: skip
    builder.setupOS2(**{name: getattr(font["OS/2"], name) for name in kept})
    builder.setupPost(keepGlyphNames=False)
    head = builder.font["head"]
    head.macStyle, head.created, head.modified = (
        font["head"].macStyle,
        font["head"].created,
        font["head"].created,
    )
    builder.font.recalcTimestamp = False
    return builder.font


def _quadratic(outline):
    pen = TTGlyphPen(None)
    outline.draw(Cu2QuPen(pen, max_err=1.0, reverse_direction=True))
    return pen.glyph()


def _rarity(sign: int) -> tuple[int, int]:
    """Sorting key: signs and letters, then the 3,755 frequent characters of GB 2312, then the others."""
    if sign < 0x3400:
        return 0, sign
    try:
        lead = chr(sign).encode("gb2312")[0]
    except UnicodeEncodeError:
        lead = 0xFF
    return (1 if lead < 0xD8 else 2), sign


def _common() -> set[int]:
    """Latin, punctuation, arrows, currency, boxes, enclosed and full-width signs that either Chinese may use."""
    blocks = (
        (0x20, 0x17F),
        (0x2010, 0x2060),
        (0x20A0, 0x20BF),
        (0x2100, 0x214F),
        (0x2190, 0x21FF),
        (0x2200, 0x22FF),
        (0x2460, 0x24FF),
        (0x2500, 0x257F),
        (0x25A0, 0x25FF),
        (0x2700, 0x27BF),
        (0x3000, 0x303F),
        (0xFF00, 0xFFEF),
    )
    return {sign for first, last in blocks for sign in range(first, last + 1)}


def _gb2312() -> set[int]:
    return _decoded(range(0xA1, 0xF8), range(0xA1, 0xFF), "gb2312")


def _big5_first() -> set[int]:
    """Punctuation, bopomofo and the 5,401 frequent characters; the rest comes from the complete font."""
    return _decoded(range(0xA1, 0xC7), [*range(0x40, 0x7F), *range(0xA1, 0xFF)], "big5")


def _decoded(leads, trails, codec: str) -> set[int]:
    signs = set()
    for lead in leads:
        for trail in trails:
            try:
                signs.update(map(ord, bytes((lead, trail)).decode(codec)))
            except UnicodeDecodeError:
                continue
    return signs


if __name__ == "__main__":
    main()
