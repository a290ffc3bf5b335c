#!/usr/bin/env python3
"""Draws the snapshots of Discord payloads the way Discord shows them, as pictures for docs/discord.md.

Needs Chromium. Reads tests/it/discord/snapshots, writes the PNG files beside this script. It looks
alike, no more: what Discord takes is for the tests to say.
"""

import html
import pathlib
import re
import subprocess
import sys
import tempfile
from datetime import datetime, timezone

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
SNAPSHOTS = ROOT / "tests/it/discord/snapshots"
# What is not a post is seen at noon on this day.
NOW = 1795348800

# What each picture shows: its name, the snapshot, and which parts of it.
PICTURES = [
    ("posts", "posts__posts_of_every_kind", ["lead 1d", "moved", "round announced"]),
    ("deadlines", "answers__deadlines_today", None),
    ("deadline", "answers__deadline_truce", None),
    ("talks", "answers__talks_one", None),
    ("problem", "bad_input__what_names_nothing_gets_the_nearest_matches", ["tarif truse"]),
    ("remind", "answers__remind", None),
    ("follow", "answers__follow", None),
    ("history", "buttons__button_history", None),
]

STYLE = """
:root { --back: #313338; --box: #2b2d31; --text: #dbdee1; --quiet: #949ba4; --link: #00a8fc;
        --button: #4e5058; --field: #1e1f22; --time: #3f4147; }
:root.light { --back: #fff; --box: #f2f3f5; --text: #313338; --quiet: #5c5e66; --link: #006ce7;
        --button: #e3e5e8; --field: #ebebeb; --time: #e3e5e8; }
* { box-sizing: border-box; }
body { margin: 0; padding: 12px 12px 16px 12px; background: var(--back); color: var(--text);
       font: 16px/1.35 "gg sans", "Noto Sans", "DejaVu Sans", "Noto Color Emoji", sans-serif; }
.message { display: grid; grid-template-columns: 40px minmax(0, 1fr); gap: 0 14px; padding: 8px 0; }
.face { width: 40px; height: 40px; border-radius: 50%; background: #0b57a4; color: #fff; display: grid;
        place-items: center; font-weight: 700; }
.name { font-weight: 600; } .name small { color: var(--quiet); font-weight: 400; font-size: 12px; }
.app { background: #5865f2; color: #fff; font-size: 10px; border-radius: 3px; padding: 1px 4px; }
.embed { max-width: 520px; margin-top: 6px; padding: 8px 14px 12px 12px; background: var(--box);
         border-left: 4px solid; border-radius: 4px; font-size: 14px; overflow-wrap: anywhere; }
.author { font-size: 13px; font-weight: 600; margin: 6px 0 2px; }
.title { font-size: 16px; font-weight: 600; margin: 6px 0; }
.fields { display: grid; grid-template-columns: repeat(3, 1fr); gap: 8px; margin-top: 8px; }
.field { grid-column: 1 / -1; } .field > b:first-child { display: block; margin-bottom: 2px; }
.field.short { grid-column: auto; }
.footer { color: var(--quiet); font-size: 12px; margin-top: 10px; }
.small { color: var(--quiet); font-size: 12px; }
a { color: var(--link); text-decoration: none; }
code { background: var(--field); border-radius: 3px; padding: 0 3px; font-size: 85%; }
time { background: var(--time); border-radius: 3px; padding: 0 2px; }
.ping { background: #5865f24d; color: #c9cdfb; border-radius: 3px; padding: 0 2px; }
.light .ping { color: #4752c4; }
.row { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 8px; max-width: 520px; }
.button { background: var(--button); border-radius: 8px; padding: 6px 14px; font-size: 14px; font-weight: 500; }
.button.grey { opacity: .5; } .select { background: var(--field); border-radius: 4px; padding: 8px 12px;
  width: 100%; color: var(--quiet); font-size: 15px; }
.chart { margin-top: 10px; border-radius: 4px; background: #fff; color: #888; height: 90px; display: grid;
  place-items: center; font-size: 12px; }
.only { color: var(--quiet); font-size: 12px; margin-top: 6px; }
@media (max-width: 500px) { .fields { grid-template-columns: repeat(2, 1fr); } }
"""


def moment(match, now):
    at, style = int(match[1]), match[2]
    if style == "F":
        return "<time>" + datetime.fromtimestamp(at, timezone.utc).strftime("%A, %-d %B %Y %H:%M") + "</time>"
    seconds = at - now
    for unit, length in [("year", 31_557_600), ("month", 2_629_800), ("day", 86_400), ("hour", 3_600), ("minute", 60)]:
        count = round(abs(seconds) / length)
        if count:
            break
    words = f"{count} {unit}{'' if count == 1 else 's'}"
    return f"<time>{'in ' + words if seconds > 0 else words + ' ago'}</time>"


def markdown(text, now):
    """Discord's markdown, as far as Docket writes it."""
    escapes = []

    def keep(match):
        escapes.append(html.escape(match[1]))
        return f"\x00{len(escapes) - 1}\x00"

    text = re.sub(r"\\([^0-9A-Za-z\s])", keep, text)
    text = html.escape(text, quote=False)
    text = re.sub(r"&lt;t:(-?\d+):(\w)&gt;", lambda it: moment(it, now), text)
    text = re.sub(r"&lt;@&amp;\d+&gt;", '<span class="ping">@trade desk</span>', text)
    text = re.sub(r"&lt;#\d+&gt;", '<span class="ping">#deadlines</span>', text)
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", text)
    text = re.sub(r"\[([^\]]+)\]\((\S+?)\)", r'<a href="#">\1</a>', text)
    text = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", text)
    lines = [
        f'<div class="small">{line[3:]}</div>' if line.startswith("-# ") else f"<div>{line or '&nbsp;'}</div>"
        for line in text.split("\n")
    ]
    text = "".join(lines)
    return re.sub("\x00(\\d+)\x00", lambda it: escapes[int(it[1])], text)


def embed(lines, now):
    color = lines[0].split()[1]
    author = title = footer = picture = ""
    description, fields = [], []
    for line in (it[2:] for it in lines[1:]):
        if re.fullmatch(r"\((.+)\)", line) and not title:
            author = f'<div class="author">{html.escape(line[1:-1])}</div>'
        elif line.startswith("# ") and not title:
            title = f'<div class="title">{markdown(line[2:], now)}</div>'
        elif line.startswith("  http"):
            title = title.replace('class="title"', 'class="title" style="color: var(--link)"')
        elif line.startswith("## "):
            fields.append([line[3:], []])
        elif line.startswith("-- "):
            footer = f'<div class="footer">{html.escape(line[3:])}</div>'
        elif line.startswith("[attachment://"):
            picture = '<div class="chart">chart</div>'
        elif fields:
            fields[-1][1].append(line)
        else:
            description.append(line)
    blocks = "".join(
        f'<div class="field{" short" if name.endswith(" (short)") else ""}">'
        f"<b>{markdown(name.removesuffix(' (short)'), now)}</b>{markdown(chr(10).join(value), now)}</div>"
        for name, value in fields
    )
    body = author + title + markdown("\n".join(description), now)
    body += f'<div class="fields">{blocks}</div>' if blocks else ""
    return f'<div class="embed" style="border-color: {color}">{body}{picture}{footer}</div>'


def message(text, now):
    parts, content, box, buttons = [], [], [], []
    is_private = "(Private" in text
    for line in text.split("\n"):
        if line.startswith(("┏", "┃")):
            box.append(line)
        elif found := re.match(r"\[(.+) ▾\]", line):
            buttons.append(f'<div class="row"><div class="select">{html.escape(found[1])} ▾</div></div>')
        elif found := re.match(r"\[([^\]]+)\]( \(grey\))?", line):
            grey = " grey" if found[2] else ""
            button = f'<span class="button{grey}">{html.escape(found[1])}</span>'
            if buttons and buttons[-1].endswith("</span></div>"):
                buttons[-1] = buttons[-1].removesuffix("</div>") + button + "</div>"
            else:
                buttons.append(f'<div class="row">{button}</div>')
        elif found := re.match(r"=== (\S+ \S+) UTC", line):
            now = int(datetime.fromisoformat(found[1] + "+00:00").timestamp())
        elif not re.match(r"(pings |flags |file |\(|  |> )", line) and line:
            content.append(line)
    parts.append('<div class="name">Docket <span class="app">APP</span> <small>today at 09:00</small></div>')
    parts.append(markdown("\n".join(content), now) if content else "")
    parts.append(embed(box, now) if box else "")
    parts += buttons
    if is_private:
        parts.append('<div class="only">👁 Only you can see this</div>')
    return f'<div class="message"><div class="face">D</div><div>{"".join(parts)}</div></div>'


def page(snapshot, parts, theme):
    text = next(SNAPSHOTS.glob(f"*{snapshot}.snap")).read_text().split("---\n", 2)[2]
    pieces = re.split(r"\n\n(?===|>|\(|⚠|💤|🔕|🔔|✅|┏)", text)
    if parts:
        pieces = [next(it for it in pieces if part in it.split("\n")[0]) for part in parts]
    messages = "".join(message(piece, NOW) for piece in pieces)
    return f'<!doctype html><html class="{theme}"><meta charset="utf-8"><style>{STYLE}</style>{messages}</html>'


def height(text, width):
    """The height of a page, as Chromium lays it out."""
    script = "<script>document.title = document.documentElement.scrollHeight</script>"
    found = chromium(text.replace("</html>", script + "</html>"), width, 100, ["--dump-dom"])
    return int(re.search(r"<title>(\d+)</title>", found)[1])


def chromium(text, width, tall, flags):
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "page.html"
        source.write_text(text)
        command = [
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            f"--user-data-dir={folder}/profile", f"--window-size={width},{tall}", *flags, f"file://{source}",
        ]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main():
    wanted = sys.argv[1:]
    for name, snapshot, parts in PICTURES:
        if wanted and name not in wanted:
            continue
        for theme, width in [("dark", 500), ("light", 640)]:
            text = page(snapshot, parts, theme)
            # Chromium's windows are 500 wide at least: a phone of 390 is a frame within.
            if theme == "dark":
                text = text.replace("<style>", "<style>html { width: 390px; background: var(--back) } ")
            tall = height(text, width)
            target = HERE / f"{name}-{theme}.png"
            chromium(text, 390 if theme == "dark" else width, tall, [f"--screenshot={target}"])
            print(target.relative_to(ROOT), tall)


if __name__ == "__main__":
    main()
