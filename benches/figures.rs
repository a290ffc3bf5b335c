//! The figures that the project promises, each as a ratio to a baseline measured in the same run:
//! machines differ, ratios hardly do. `cargo bench` prints them; nothing here can fail a build.

#![expect(clippy::print_stdout, reason = "figures are printed")]

use docket::config;
use docket::domain::{Docket, Filter, Plan, Seen, Timestamp};
use docket::picture::{Options, Picture, Theme};
use std::fmt::Write as _;
use std::hint::black_box;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

#[path = "figures/discord.rs"]
mod discord;
#[expect(dead_code, reason = "the tests need more of it")]
#[path = "../tests/double/mod.rs"]
mod double;
#[path = "figures/engine.rs"]
mod engine;
#[path = "figures/web.rs"]
mod web;

/// All of them, or those that are named: `cargo bench -- storm`.
fn main() {
    let now: Timestamp = "2026-11-22T12:00:00Z".parse().expect("an instant");
    let arguments = std::env::args().skip(1);
    let wanted: Vec<_> = arguments.filter(|it| !it.starts_with('-')).collect();
    let sections: [(&str, &dyn Fn()); 14] = [
        // First, since it tells the peak of memory.
        ("planning", &|| planning(now)),
        ("parsing", &|| parsing(now)),
        ("looking", &|| looking(now)),
        ("listing", &listing),
        ("drawing", &|| drawing(now)),
        ("pages", &|| web::pages(now)),
        ("readers", &web::readers),
        ("storm", &engine::storm),
        ("starts", &engine::starts),
        ("growth", &|| match wanted.as_slice() {
            [_] => engine::growth(),
            _ => by_itself("growth"),
        }),
        ("idling", &engine::idling),
        ("identify", &discord::identify),
        ("residence", &discord::residence),
        ("discord", &discord::storm),
    ];
    // The part of `readers` that has a core to itself.
    if wanted == ["crowd"] {
        web::crowd();
    }
    for (name, section) in sections {
        if wanted.is_empty() || wanted.iter().any(|it| it == name) {
            section();
        }
    }
}

/// Has a process of its own print a section.
fn by_itself(section: &str) {
    let program = std::env::current_exe().expect("it has a name");
    let status = Command::new(program).arg(section).status();
    assert!(
        status.expect("it starts").success(),
        "{section} came to nothing"
    );
}

/// The median of some runs.
#[expect(
    clippy::disallowed_methods,
    reason = "a benchmark measures elapsed time"
)]
fn median<T>(runs: usize, mut run: impl FnMut() -> T) -> Duration {
    let mut times: Vec<_> = (0..runs)
        .map(|_| {
            let start = std::time::Instant::now();
            black_box(run());
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[runs / 2]
}

fn print(what: &str, took: Duration, baseline: &str, base: Duration) {
    let ratio = took.as_secs_f64() / base.as_secs_f64();
    println!("{what}: {took:.1?}, {ratio:.2} of {baseline} ({base:.1?})");
}

/// A record of so many deadlines, due over the year from `2026-12-01` on, about 100 bytes each.
fn record(deadlines: usize, channels: usize) -> String {
    let mut text = "zone = \"America/New_York\"\n".to_owned();
    for number in 0..deadlines {
        let (month, day) = (number % 12 + 1, number % 28 + 1);
        let _ = write!(
            text,
            "[[deadline]]\nid = \"deadline-{number}\"\ntitle = \"Deadline number {number}\"\n\
             due = 2027-{month:02}-{day:02}\ntopics = [\"topic-{}\"]\n",
            number % 7
        );
    }
    for number in 0..channels {
        let topic = match number % 4 {
            0 => format!("topics = [\"topic-{}\"]\n", number % 7),
            _ => String::new(),
        };
        let _ = write!(
            text,
            "[[channel]]\nid = \"{}\"\n{topic}",
            100_000_000_000_000_000 + number
        );
    }
    text
}

fn parse(text: &str, now: Timestamp) -> Docket {
    config::parse(text, now)
        .docket
        .expect("a record without errors")
}

fn parsing(now: Timestamp) {
    let text = record(100_000, 0);
    println!(
        "a record of 100,000 deadlines, {:.1} MB",
        megabytes(text.len())
    );
    let ours = median(5, || parse(&text, now));
    let bare = median(5, || {
        toml::de::DeTable::parse(&text).map(|table| table.get_ref().len())
    });
    print("  parse and validate", ours, "the bare TOML parser", bare);
    let path = std::env::temp_dir().join("docket-bench.toml");
    std::fs::write(&path, &text).expect("a temporary file");
    let script = "import sys, time, tomllib\ntext = open(sys.argv[1]).read()\n\
                  start = time.perf_counter()\ntomllib.loads(text)\n\
                  print(time.perf_counter() - start)";
    let python = || {
        let output = Command::new("python3")
            .args(["-c", script])
            .arg(&path)
            .output()
            .ok()?;
        String::from_utf8(output.stdout)
            .ok()?
            .trim()
            .parse()
            .ok()
            .map(Duration::from_secs_f64)
    };
    match python() {
        Some(python) => print(
            "  parse and validate",
            ours,
            "Python's tomllib, parsing alone",
            python,
        ),
        None => println!("  (no Python with tomllib here to compare with)"),
    }
    drop(std::fs::remove_file(path));
}

fn planning(now: Timestamp) {
    println!("1,000 deadlines for 1,000 channels, over 48 hours");
    let before = peak_memory();
    let docket = Arc::new(parse(&record(1_000, 1_000), now));
    let audience: Arc<[_]> = docket.audience().into();
    let from: Timestamp = "2027-03-05T00:00:00Z".parse().expect("an instant");
    let to = from + chrono::TimeDelta::hours(48);
    let make = || Plan::new(&docket, Arc::clone(&audience), &Seen::default());
    let made = median(5, make);
    let plan = make();
    let posts = plan.span(from, to).len();
    let span = median(5, || plan.span(from, to));
    print(
        &format!("  plan and find {posts} posts"),
        made + span,
        "making the plan alone",
        made,
    );
    // All of them due at once: a million posts.
    let text = record(1_000, 1_000).replace("topics = [\"topic-", "summary = [\"");
    let text = text.lines().map(|line| match line {
        line if line.starts_with("due") => "due = 2027-03-06\n".to_owned(),
        line if line.starts_with("summary") => String::new(),
        line => format!("{line}\n"),
    });
    let docket = Arc::new(parse(&text.collect::<String>(), now));
    let audience: Arc<[_]> = docket.audience().into();
    let plan = Plan::new(&docket, audience, &Seen::default());
    let posts = plan.span(from, to).len();
    let dense = median(3, || plan.span(from, to));
    print(
        &format!("  find {posts} posts, all due in them"),
        dense,
        "making the plan",
        made,
    );
    println!(
        "  memory at its peak: {:.0} MB more than before",
        megabytes(peak_memory() - before)
    );
}

fn looking(now: Timestamp) {
    println!("the next post of a record with so much beyond it");
    let mut base = Duration::ZERO;
    for deadlines in [1_000, 10_000, 100_000] {
        let docket = Arc::new(parse(&record(deadlines, 0), now));
        let audience: Arc<[_]> = docket.audience().into();
        let plan = Plan::new(&docket, audience, &Seen::default());
        let took = median(101, || {
            (0..100).filter_map(|_| plan.next_after(now)).count()
        });
        if base.is_zero() {
            base = took;
        }
        print(
            &format!("  100 looks, {deadlines} deadlines"),
            took,
            "those at 1000",
            base,
        );
    }
}

fn listing() {
    println!("`docket list` on the shipped record, from start to exit");
    let run = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_docket"));
        command.current_dir(env!("CARGO_MANIFEST_DIR")).args(args);
        command.stdout(Stdio::null()).status().expect("it runs")
    };
    let list = median(31, || run(&["list"]));
    let version = median(31, || run(&["--version"]));
    print("  list", list, "`docket --version`", version);
}

fn drawing(now: Timestamp) {
    println!("pictures of the shipped record, in a process that has drawn one before");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/deadlines.toml");
    let text = std::fs::read_to_string(path).expect("the record");
    let docket = parse(&text, now).as_of(now);
    let deadline = docket.deadlines().next().expect("a deadline");
    let timeline = |width, rows| {
        let options = Options {
            width,
            theme: Theme::Light,
            rows,
        };
        Picture::timeline(&docket, &Filter::ALL, options, now)
    };
    let slip = |width| {
        let options = Options {
            width,
            theme: Theme::Light,
            ..Options::default()
        };
        Picture::slip(deadline, options, now)
    };
    let base = median(11, || timeline(960, 40));
    print("  timeline as SVG", base, "itself", base);
    print("  slip chart as SVG", median(11, || slip(550)), "it", base);
    let pictures = [
        ("timeline as PNG, 29 deadlines, 960 wide", timeline(960, 40)),
        ("timeline as PNG, 8 deadlines, 550 wide", timeline(550, 8)),
        ("slip chart as PNG, 550 wide", slip(550)),
    ];
    for (what, picture) in pictures {
        for scale in [1.0, 2.0] {
            let took = median(5, || picture.png(scale));
            print(
                &format!("  {what}, at {scale}"),
                took,
                "the timeline as SVG",
                base,
            );
        }
    }
}

/// The most memory that the process has had, in bytes.
fn peak_memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<usize>().ok());
    kilobytes.unwrap_or(0) * 1024
}

/// The memory that a process has now, in bytes.
fn memory_of(process: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<usize>().ok());
    kilobytes.unwrap_or(0) * 1024
}

/// A folder beside what is built: one for temporary files may have no disk under it.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder")
}

#[expect(clippy::cast_precision_loss, reason = "for people")]
fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}
