"""Makes the fonts that are built into Docket: README.md beside this file says how to run it."""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

# Letters, figures and signs of European languages. Combining marks are left out on purpose: nothing can be
# piled up on a label.
LATIN = [
    (0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0x24F), (0x259, 0x259), (0x2BB, 0x2BC), (0x2C6, 0x2DD),
    (0x370, 0x3FF), (0x400, 0x45F), (0x490, 0x491), (0x1E00, 0x1EFF), (0x2010, 0x2027), (0x2030, 0x203A),
    (0x2044, 0x2044), (0x2070, 0x2094), (0x20A0, 0x20BF), (0x2116, 0x2116), (0x2122, 0x2122),
    (0x2126, 0x2126), (0x2190, 0x2193), (0x2200, 0x2265), (0x25CA, 0x25CB), (0x25CF, 0x25CF),
]  # fmt: skip


def chinese():
    """GB 2312 (6,763 simplified characters), the 5,401 common ones of Big5, and their punctuation."""
    found = set(range(0x3000, 0x3020)) | set(range(0xFF01, 0xFF5F)) | {0xFFE5}
    planes = [
        ("gb2312", range(0xB0, 0xF8), range(0xA1, 0xFF)),
        ("big5", range(0xA4, 0xC7), [*range(0x40, 0x7F), *range(0xA1, 0xFF)]),
    ]
    for codec, rows, cells in planes:
        for row in rows:
            for cell in cells:
                try:
                    found.add(ord(bytes([row, cell]).decode(codec)))
                except UnicodeDecodeError:
                    pass
    return sorted(found)


def make(source, characters, family, style, target):
    options = subset.Options()
    options.hinting = False
    # Without kerning and ligatures a text is as wide as its letters, so that the layout can know.
    options.layout_features = []
    options.drop_tables += ["BASE", "GDEF", "GPOS", "GSUB", "STAT", "VORG", "gasp", "vhea", "vmtx"]
    # The time of making would make each run another file.
    font = TTFont(source, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    # The licence reserves the name of the original for the original.
    plain = family.replace(" ", "")
    names = {1: family, 2: "Regular", 3: f"{plain}-{style}", 4: f"{family} {style}", 6: f"{plain}-{style}"}
    kept = {0, 13, 14}
    font["name"].names = [name for name in font["name"].names if name.nameID in kept]
    for number, text in names.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    font.save(target, reorderTables=True)
    print(target, len(font.getBestCmap()), "characters", Path(target).stat().st_size, "bytes")


def main(folder):
    latin = [code for first, last in LATIN for code in range(first, last + 1)]
    sans = Path(folder) / "source-sans-3"
    make(sans / "400Regular/SourceSans3_400Regular.ttf", latin, "Docket Sans", "Regular", "latin.ttf")
    make(sans / "600SemiBold/SourceSans3_600SemiBold.ttf", latin, "Docket Sans", "SemiBold", "latin-semibold.ttf")
    noto = Path(folder) / "noto-sans-sc"
    make(noto / "400Regular/NotoSansSC_400Regular.ttf", chinese(), "Docket Sans SC", "Regular", "chinese.ttf")


main(sys.argv[1])
