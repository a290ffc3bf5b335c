//! The two pictures: that they are whole whatever the record says, that no text runs into another,
//! that colours can be told apart and are not needed, and that text is there in pixels.

use crate::every_text::record_of;
use crate::support::{Folder, at, docket, noon, parse, root, shipped};
use docket::config;
use docket::domain::{Docket, Filter};
use docket::picture::{Ink, Options, Picture, Theme};
use proptest::prelude::{Just, ProptestConfig, Strategy, prop_oneof, proptest};
use resvg::tiny_skia::Pixmap;
use resvg::usvg::roxmltree::{Document, Node};
use std::fmt::Write as _;
use std::path::Path;

/// A record with something of everything.
const SMALL: &str = r#"
zone = "America/New_York"

[[party]]
id = "us"
name = "United States"

[[deadline]]
id = "sale"
title = "The company must be sold 必须出售"
topics = ["sale"]
importance = "critical"
due = 2026-03-01
announced = 2025-11-10
instrument = "Act 1"
standing = "published"

[[deadline.revision]]
due = 2026-06-01
announced = 2026-03-02
instrument = "Order 2"
standing = "published"

[[deadline.revision]]
due = 2026-09-01
announced = 2026-06-01
instrument = "Statement of the minister"
standing = "announced"

[[deadline]]
id = "report"
title = "The report is published"
due = "2026-08"
announced = 2026-01-15
instrument = "Charter"

[[deadline]]
id = "fee"
title = "The fee ends"
due = 2026-02-01
announced = 2025-12-01

[deadline.outcome]
result = "lapsed"
on = 2026-02-01

[[deadline]]
id = "vote"
title = "The vote"
due = 2026-05-01

[[deadline]]
id = "treaty"
title = "The treaty"
due = "tbd"
announced = 2026-04-01

[[negotiation]]
id = "talks"
title = "The talks"

[[negotiation.round]]
name = "Geneva"
starts = 2026-02-10
announced = 2026-02-01

[[negotiation.round]]
name = "London"
level = "summit"
starts = 2026-07-10
announced = 2026-02-01

[[event]]
id = "ruling"
title = "A court rules"
date = 2026-04-20
"#;

fn options(width: u16, theme: Theme) -> Options {
    Options {
        width,
        theme,
        ..Options::default()
    }
}

/// Both kinds of pictures of a docket as of a moment, at a width.
fn pictures(docket: &Docket, as_of: &str, options: Options) -> Vec<Picture> {
    let now = at(as_of);
    let known = docket.as_of(now);
    let timeline = Picture::timeline(&known, &Filter::ALL, options, now);
    let slips = known
        .deadlines()
        .take(40)
        .map(|deadline| Picture::slip(deadline, options, now));
    std::iter::once(timeline).chain(slips).collect()
}

#[track_caller]
fn number(node: Node<'_, '_>, name: &str) -> f64 {
    let value = node
        .attribute(name)
        .unwrap_or_else(|| panic!("no {name} in {node:?}"));
    value.parse().expect("a number")
}

/// A text with the box that it fills.
#[derive(Debug)]
struct Written {
    text: String,
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

/// The texts of a picture. Their lengths are written in it: no font is needed to know their boxes.
fn texts(document: &Document<'_>) -> Vec<Written> {
    let nodes = document
        .descendants()
        .filter(|node| node.has_tag_name("text"));
    nodes
        .map(|node| {
            let (x, y) = (number(node, "x"), number(node, "y"));
            let (size, length) = (number(node, "font-size"), number(node, "textLength"));
            let left = match node.attribute("text-anchor") {
                None => x,
                Some("middle") => x - length / 2.0,
                Some("end") => x - length,
                Some(other) => panic!("anchor {other}"),
            };
            Written {
                text: node.text().unwrap_or_default().to_owned(),
                left,
                top: y - size * 0.7,
                right: left + length,
                bottom: y + size * 0.2,
            }
        })
        .collect()
}

/// Checks what holds of every picture: it is sound XML with nothing in it that could act, its texts
/// lie on the paper and none touches another.
#[track_caller]
fn check(picture: &Picture) {
    let document = Document::parse(picture.svg()).expect("sound XML");
    let known = [
        "svg", "title", "desc", "style", "g", "rect", "path", "circle", "polygon", "text",
    ];
    for node in document.descendants().filter(Node::is_element) {
        let name = node.tag_name().name();
        assert!(known.contains(&name), "<{name}>");
        for attribute in node.attributes() {
            let name = attribute.name();
            assert!(!name.starts_with("on") && name != "href", "{name}");
            let value = attribute.value();
            assert!(!value.contains("NaN") && !value.contains("inf"), "{value}");
        }
    }
    let paper = document.root_element();
    assert_eq!(paper.attribute("role"), Some("img"));
    for name in ["title", "desc"] {
        let child = paper.children().find(|child| child.has_tag_name(name));
        let text = child.and_then(|child| child.text()).unwrap_or_default();
        assert!(!text.trim().is_empty(), "no {name}");
    }
    let (width, height) = (number(paper, "width"), number(paper, "height"));
    assert!(height < 20_000.0, "{height} high");
    let texts = texts(&document);
    for (place, one) in texts.iter().enumerate() {
        let is_inside =
            one.left >= 0.0 && one.top >= 0.0 && one.right <= width && one.bottom <= height;
        let name = &one.text;
        assert!(
            is_inside,
            "{name}: {one:?} leaves the paper of {width} by {height}"
        );
        for other in &texts[place + 1..] {
            let meets = one.left < other.right
                && other.left < one.right
                && one.top < other.bottom
                && other.top < one.bottom;
            assert!(!meets, "{name} runs into {}: {one:?} {other:?}", other.text);
        }
    }
}

#[test]
fn the_timeline_of_a_small_record() {
    let docket = parse(SMALL);
    let pictures = pictures(&docket, "2026-07-01T12:00:00Z", options(720, Theme::Light));
    insta::assert_snapshot!("timeline", pictures[0].svg());
}

#[test]
fn the_slip_chart_of_a_small_record() {
    let docket = parse(SMALL);
    let pictures = pictures(&docket, "2026-07-01T12:00:00Z", options(480, Theme::Auto));
    insta::assert_snapshot!("slip", pictures[1].svg());
}

#[test]
fn what_is_seen_is_also_said_in_words() {
    let docket = parse(SMALL);
    let pictures = pictures(&docket, "2026-07-01T12:00:00Z", Options::default());
    let words = [pictures[0].words(), pictures[1].words()].join("\n\n");
    insta::assert_snapshot!(words);
}

#[test]
fn no_label_of_the_shipped_record_touches_another_at_any_width_and_time() {
    let docket = shipped();
    for as_of in [
        "2024-01-01T00:00:00Z",
        "2025-01-25T00:00:00Z",
        "2025-09-14T12:00:00Z",
        "2026-11-22T12:00:00Z",
        "2031-01-01T00:00:00Z",
    ] {
        for width in [320, 390, 550, 679, 680, 960, 1_280, 2_400] {
            for picture in pictures(&docket, as_of, options(width, Theme::Auto)) {
                check(&picture);
            }
        }
    }
}

#[test]
fn a_view_of_the_past_shows_nothing_later() {
    let then = &pictures(&shipped(), "2025-09-14T12:00:00Z", Options::default())[0];
    assert!(then.svg().contains("17 Sep 2025"));
    for later in ["2026-01-22", "22 Jan 2026", "Busan", "14350"] {
        assert!(!then.svg().contains(later), "{later}");
    }
}

/// The relative luminance of a colour: <https://www.w3.org/TR/WCAG22/#dfn-relative-luminance>.
fn luminance(color: &str) -> f64 {
    let channel = |place: usize| {
        let value = u8::from_str_radix(&color[place..place + 2], 16).expect("a colour");
        let share = f64::from(value) / 255.0;
        if share <= 0.040_45 {
            share / 12.92
        } else {
            ((share + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn every_ink_can_be_read_on_every_paper() {
    for theme in [Theme::Light, Theme::Dark] {
        for paper in [Ink::Paper, Ink::Shade].map(|ink| ink.color(theme)) {
            for ink in [Ink::Text, Ink::Muted, Ink::Moved, Ink::Ahead] {
                let ratio = contrast(ink.color(theme), paper);
                assert!(ratio >= 4.5, "{ink:?} as text on {theme:?}: {ratio:.2}");
            }
            let ratio = contrast(Ink::Life.color(theme), paper);
            assert!(ratio >= 3.0, "a mark on {theme:?}: {ratio:.2}");
        }
        // In the signs, paper is drawn on these.
        for ink in [Ink::Text, Ink::Moved] {
            let ratio = contrast(Ink::Paper.color(theme), ink.color(theme));
            assert!(ratio >= 4.5, "a sign on {ink:?} in {theme:?}: {ratio:.2}");
        }
    }
}

/// Text is written in inks that the test above knows as text.
#[test]
fn text_is_never_written_in_the_ink_of_a_line() {
    for picture in pictures(
        &shipped(),
        "2026-11-22T12:00:00Z",
        options(960, Theme::Light),
    ) {
        let document = Document::parse(picture.svg()).expect("sound XML");
        let written = [Ink::Text, Ink::Muted, Ink::Moved, Ink::Ahead];
        let written = written.map(|ink| ink.color(Theme::Light));
        let texts = document
            .descendants()
            .filter(|node| node.has_tag_name("text"));
        for text in texts {
            let fill = text.attribute("fill").expect("a fill");
            assert!(written.contains(&fill), "{fill}");
            assert!(number(text, "font-size") >= 12.0);
        }
    }
}

/// The shapes in a picture, without colours.
fn shapes(svg: &str) -> Vec<String> {
    let document = Document::parse(svg).expect("sound XML");
    let shapes = document.descendants().filter(|node| {
        node.has_tag_name("path") || node.has_tag_name("circle") || node.has_tag_name("text")
    });
    shapes
        .map(|node| {
            let colorless = ["d", "r", "stroke-width", "stroke-dasharray"];
            let values = colorless.map(|name| node.attribute(name).unwrap_or_default());
            format!("{values:?} {}", node.text().unwrap_or_default().trim())
        })
        .collect()
}

#[test]
fn states_differ_without_colour() {
    let record = |outcome: &str| {
        format!(
            "zone = \"UTC\"\n[[deadline]]\nid = \"a\"\ntitle = \"A\"\ndue = 2026-06-01\n\
             announced = 2026-01-01\n{outcome}"
        )
    };
    let seen = |outcome: &str, as_of: &str| {
        let docket = parse(&record(outcome));
        shapes(pictures(&docket, as_of, options(700, Theme::Light))[0].svg())
    };
    let mut all = vec![
        seen("", "2026-05-01T00:00:00Z"),
        seen("", "2026-07-01T00:00:00Z"),
    ];
    for word in ["met", "lapsed", "superseded", "moot", "withdrawn"] {
        let outcome = format!("[deadline.outcome]\nresult = \"{word}\"\non = 2026-06-01\n");
        all.push(seen(&outcome, "2026-07-01T00:00:00Z"));
    }
    for (place, one) in all.iter().enumerate() {
        for other in &all[place + 1..] {
            assert_ne!(one, other);
        }
    }
}

#[test]
fn an_announced_move_looks_unlike_one_in_law() {
    let svg = |standing: &str| {
        let docket = parse(&format!(
            "zone = \"UTC\"\n[[deadline]]\nid = \"a\"\ntitle = \"A\"\ndue = 2026-06-01\n\
             announced = 2026-01-01\nstanding = \"signed\"\n[[deadline.revision]]\n\
             due = 2026-09-01\nannounced = 2026-05-30\nstanding = \"{standing}\"\n"
        ));
        pictures(&docket, "2026-06-15T00:00:00Z", options(700, Theme::Light))
    };
    for (law, words) in svg("signed").iter().zip(svg("announced")) {
        assert!(!law.svg().contains("stroke-dasharray=\"3.5 3\""));
        assert!(words.svg().contains("stroke-dasharray=\"3.5 3\""));
        assert!(words.svg().to_lowercase().contains("law"));
    }
}

/// The pixels that a picture with this title has more than one without a title that can be drawn.
fn drawn(title: &str) -> usize {
    let ink = |title: &str| {
        let docket = parse(&format!(
            "zone = \"UTC\"\n[[deadline]]\nid = \"i\"\ntitle = \"{title}\"\ndue = 2026-06-01\n"
        ));
        let picture = &pictures(&docket, "2026-05-01T00:00:00Z", options(700, Theme::Light))[0];
        let png = picture.png(1.0).expect("a PNG");
        let pixmap = Pixmap::decode_png(&png).expect("a PNG");
        let dark = pixmap.pixels().iter().filter(|pixel| pixel.red() < 128);
        dark.count()
    };
    ink(title).saturating_sub(ink("|"))
}

#[test]
fn latin_and_chinese_are_there_in_pixels() {
    // Simplified, traditional, with accents, in other alphabets of Europe.
    for title in [
        "Extension",
        "关税休战延期",
        "關稅休戰延期",
        "Żółć à Zürich",
        "Προθεσμία",
    ] {
        let pixels = drawn(title);
        assert!(pixels > 100, "{title}: {pixels} dark pixels");
    }
    // Each sign is another one: no box stands for all that a font lacks.
    assert_ne!(drawn("关"), drawn("税"));
    // What cannot be drawn leaves no box.
    assert_eq!(drawn("🎵"), drawn("🇺🇸"));
}

#[test]
fn the_same_picture_is_the_same_to_the_byte() {
    let docket = shipped();
    let once = |theme| {
        let pictures = pictures(&docket, "2026-11-22T12:00:00Z", options(390, theme));
        pictures[0].png(1.0).expect("a PNG")
    };
    assert_eq!(once(Theme::Light), once(Theme::Light));
    assert_ne!(once(Theme::Light), once(Theme::Dark));
    // A PNG cannot ask the reader's screen.
    assert_eq!(once(Theme::Auto), once(Theme::Light));
}

/// Texts that try to break out, turn around, pile up or flood.
const HOSTILE: [&str; 12] = [
    "</text><script>alert(1)</script>",
    "\\\" onload=\\\"alert(1)",
    "]]> &amp; &#0; <!-- -->",
    "\\u202Eesrever\\u202C \\u2067rtl\\u2069",
    "مهلة נהائية 期限",
    "🇺🇸🇨🇳🎵👩‍👩‍👧‍👦",
    "Z\\u0335\\u0321\\u0322a\\u0300\\u0301\\u0302\\u0303\\u0304l\\u0327g\\u0338o",
    "\\u0001\\u0008\\u001B[31m\\uFFFE\\uFFFF\\u0000",
    "\\u200B\\u200D\\uFEFF",
    "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
    "%s %n ${HOME} {{7*7}} '; DROP TABLE deadlines; --",
    "\\n\\n\\t  \\r\\n",
];

/// How many of them the file format refuses: control characters, and nothing but white space.
const REFUSED: usize = 2;

#[test]
fn hostile_texts_in_every_field_leave_the_pictures_whole_and_inert() {
    let long = "long ".repeat(2_000);
    let unbroken = "汉".repeat(10_000);
    // Letters that the fonts lack, more than are drawn.
    let undrawable = "א".repeat(10_000);
    let texts = HOSTILE
        .into_iter()
        .chain([long.as_str(), unbroken.as_str(), undrawable.as_str()]);
    let mut refused = 0;
    for text in texts {
        // Some of them are refused by the file format: then without what it forbids.
        let bare = text.replace("\\u0000", "").replace("\\uFFFE\\uFFFF", "");
        let parsed = [text, &bare]
            .into_iter()
            .find_map(|text| config::parse(&record_of(|| format!("\"{text}\"")), noon()).docket);
        let Some(docket) = parsed else {
            refused += 1;
            continue;
        };
        for width in [320, 960] {
            for picture in pictures(&docket, "2026-09-01T00:00:00Z", options(width, Theme::Auto)) {
                check(&picture);
                assert!(
                    picture.svg().len() < 40_000,
                    "{} bytes",
                    picture.svg().len()
                );
                for hidden in ['\u{202e}', '\u{2067}', '\u{200b}', '\u{1}'] {
                    assert!(!picture.svg().contains(hidden));
                }
                picture.png(0.5).expect("a PNG");
            }
        }
    }
    assert!(refused <= REFUSED, "{refused} are no record");
}

#[test]
fn thousands_of_items_are_counted_not_drawn() {
    let mut text = "zone = \"UTC\"\n".to_owned();
    for number in 0..3_000 {
        let (month, day) = (number % 12 + 1, number % 28 + 1);
        let _ = write!(
            text,
            "[[deadline]]\nid = \"d{number}\"\ntitle = \"Deadline {number}\"\n\
             due = 2026-{month:02}-{day:02}\n[[event]]\nid = \"e{number}\"\ntitle = \"E\"\n\
             date = 2026-{month:02}-{day:02}\n"
        );
    }
    text.push_str("[[negotiation]]\nid = \"n\"\ntitle = \"N\"\n");
    for number in 0..2_000 {
        let _ = write!(
            text,
            "[[negotiation.round]]\nname = \"R{number}\"\nstarts = 2026-01-01\n\
             announced = 2026-01-01\n"
        );
    }
    text.push_str("[[deadline]]\nid = \"last\"\ntitle = \"L\"\ndue = 2026-01-01\n");
    for number in 0..3_000 {
        let (year, day) = (2027 + number / 28, number % 28 + 1);
        let _ = write!(
            text,
            "[[deadline.revision]]\ndue = {year}-01-{day:02}\nannounced = 2026-01-01\n"
        );
    }
    let docket = parse(&text);
    let now = at("2026-12-01T00:00:00Z");
    let known = docket.as_of(now);
    for width in [390, 960] {
        let options = options(width, Theme::Light);
        let timeline = Picture::timeline(&known, &Filter::ALL, options, now);
        check(&timeline);
        assert!(timeline.svg().contains("And 2961 more deadlines"));
        assert!(timeline.svg().len() < 300_000);
        let last = known.deadlines().last().expect("the last one");
        let slip = Picture::slip(last, options, now);
        check(&slip);
        assert!(slip.svg().contains("more without room here"));
    }
}

/// A record of dates in any order and precision, far and near.
fn records() -> impl Strategy<Value = String> {
    let due = prop_oneof![
        (1701..2990_i32, 1..13_u32, 1..29_u32)
            .prop_map(|(year, month, day)| format!("{year}-{month:02}-{day:02}")),
        (2025..2028_i32, 1..13_u32, 1..29_u32)
            .prop_map(|(year, month, day)| format!("{year}-{month:02}-{day:02}T00:01:00")),
        (2024..2029_i32).prop_map(|year| format!("\"{year}\"")),
        (2024..2029_i32, 1..5_u32).prop_map(|(year, quarter)| format!("\"{year}-Q{quarter}\"")),
        Just("\"tbd\"".to_owned()),
    ];
    let standing = prop_oneof![Just("reported"), Just("announced"), Just("signed")];
    let step = (due, standing, 0..40_u32);
    let outcome = prop_oneof![Just(""), Just("met"), Just("lapsed"), Just("moot")];
    let deadline = (proptest::collection::vec(step, 1..8), outcome);
    proptest::collection::vec(deadline, 1..6).prop_map(|deadlines| {
        let mut text = "zone = \"UTC\"\n".to_owned();
        for (number, (steps, outcome)) in deadlines.into_iter().enumerate() {
            let _ = write!(
                text,
                "[[deadline]]\nid = \"d{number}\"\ntitle = \"Deadline\"\n"
            );
            let mut day = at("2025-06-01T00:00:00Z").date_naive();
            for (place, (due, standing, days)) in steps.into_iter().enumerate() {
                day = day + chrono::Days::new(days.into());
                if place > 0 {
                    text.push_str("[[deadline.revision]]\n");
                }
                let _ = write!(
                    text,
                    "due = {due}\nannounced = {day}\nstanding = \"{standing}\"\n\
                     instrument = \"Instrument {place} of the deadline\"\n"
                );
            }
            if !outcome.is_empty() {
                let _ = write!(
                    text,
                    "[deadline.outcome]\nresult = \"{outcome}\"\non = 2026-07-01\n"
                );
            }
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_docket_has_whole_pictures(record in records(), width in 300..2_500_u16) {
        let docket = parse(&record);
        for as_of in ["2025-06-15T00:00:00Z", "2026-11-22T12:00:00Z"] {
            for picture in pictures(&docket, as_of, options(width, Theme::Auto)) {
                check(&picture);
            }
        }
    }
}

#[test]
fn the_command_draws_both_pictures() {
    let timeline = docket("export svg --as-of 2026-11-22 --topic tiktok");
    assert_eq!((timeline.status, timeline.stderr.as_str()), (0, ""));
    Document::parse(&timeline.stdout).expect("sound XML");
    assert!(timeline.stdout.contains("prefers-color-scheme:dark"));
    let slip = docket("export svg --deadline tiktok-divestiture --theme dark --width 390");
    let document = Document::parse(&slip.stdout).expect("sound XML");
    assert_eq!(document.root_element().attribute("width"), Some("390"));
    assert!(!slip.stdout.contains("<style>"));
    let folder = Folder::new();
    let record = root().join("deadlines.toml");
    let ran = folder.docket(&format!(
        "export png --deadline tariff-truce --scale 1 --width 550 -o out.png --config {}",
        record.display()
    ));
    assert_eq!(ran.whole(), "status 0\n");
    let png = std::fs::read(folder.path("out.png")).expect("the picture");
    let pixmap = Pixmap::decode_png(&png).expect("a PNG");
    assert_eq!(pixmap.width(), 550);
}

/// Nearly: another processor may round the edge of a letter otherwise.
#[test]
fn the_documented_pictures_are_those_of_the_shipped_record() {
    let page = std::fs::read_to_string(root().join("docs/pictures/README.md")).expect("the page");
    let block = page.split("```sh\n").nth(1).expect("the commands");
    let block = block.split("```").next().expect("their end");
    for line in block.lines() {
        let (args, file) = line.rsplit_once(" -o ").expect("a file");
        let args = args.strip_prefix("docket ").expect("a command");
        let folder = Folder::new();
        let record = root().join("deadlines.toml");
        let ran = folder.docket(&format!("{args} -o out.png --config {}", record.display()));
        assert_eq!(ran.whole(), "status 0\n");
        let decode = |path: &Path| {
            let png = std::fs::read(path).expect("a picture");
            Pixmap::decode_png(&png).expect("a PNG")
        };
        let (new, old) = (decode(&folder.path("out.png")), decode(&root().join(file)));
        assert_eq!(
            (new.width(), new.height()),
            (old.width(), old.height()),
            "{line}"
        );
        let differ = new.pixels().iter().zip(old.pixels()).filter(|(new, old)| {
            new.red().abs_diff(old.red()) > 16 || new.blue().abs_diff(old.blue()) > 16
        });
        let differ = differ.count();
        assert!(
            differ * 10_000 <= new.pixels().len(),
            "{differ} pixels differ: run\n{line}"
        );
    }
}

#[test]
fn wrong_uses_of_the_picture_flags_have_a_way_out() {
    let wrong = [
        "export json --width 500",
        "export svg --scale 2",
        "export svg --width 10",
        "export svg --deadline tiktok-divestitur",
        "export svg --deadline us-china-trade",
        "export svg --deadline tiktok-divestiture --as-of 2020-01-01",
        "export svg --deadline tariff-truce --topic tiktok",
    ];
    let shown = wrong.map(|args| format!("$ docket {args}\n{}", docket(args).whole()));
    insta::assert_snapshot!(shown.join("\n"));
}
