//! The simulator: the real engine and a real ledger of SQLite in a world of faults, by a clock that
//! runs as fast as the machine does. A seed draws the faults; the same seed is the same run.
//!
//! `cargo test --test sim` runs some thousands of seeds, `just sim N` any number. A seed that fails
//! prints itself and its trace, and belongs into `replay.txt` once its cause is mended.

#[path = "../common/mod.rs"]
mod common;

mod check;
mod defects;
mod ledger;
mod options;
mod process;
mod record;
mod world;

use chrono::TimeDelta;
use defects::Defect;
use docket::domain::{Follow, Importance};
use ledger::Disk;
use options::{CHANNEL, FAULTY, HEALTHY, Options};
use process::{Fate, Machine, SimClock};
use record::Editor;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use world::{Counts, Line, Shared};

/// So many seeds a planted defect may take.
const SEEDS_FOR_DEFECTS: u64 = 3_000;

/// What came of a seed.
struct Ran {
    violations: Vec<String>,
    trace: Vec<Line>,
    counts: Counts,
    options: Options,
}

/// Runs a seed, and keeps its trace.
fn run(seed: u64, defect: Option<Defect>) -> Ran {
    run_traced(seed, defect, true)
}

fn run_traced(seed: u64, defect: Option<Defect>, is_traced: bool) -> Ran {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    let tasks = tokio::task::LocalSet::new();
    runtime.block_on(tasks.run_until(simulate(seed, defect, is_traced)))
}

async fn simulate(seed: u64, defect: Option<Defect>, is_traced: bool) -> Ran {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut later = fastrand::Rng::with_seed(!seed);
    let options = Options::draw(seed, &mut rng, &mut later, defect);
    let editor = Editor::new(&options, &mut rng);
    let parsed = docket::config::parse(&editor.text(), options.start);
    assert!(parsed.docket.is_some(), "{:?}", parsed.problems);
    let world = Shared::new(options.clone(), rng.fork(), is_traced);
    let disk = Disk::new(&options);
    let mut machines = Vec::new();
    let mut files = Vec::new();
    for number in 0..options.replicas {
        let (tell, file) = watch::channel(editor.text());
        let (fate, _) = watch::channel(Fate::Lives);
        let clock = SimClock::new(world.clone());
        let insane = options.boots_insane && options.has_reference && rng.bool();
        if insane {
            let years = *rng.choice(&[-56_i64, 73]).expect("years");
            clock.set_ahead(TimeDelta::days(365 * years));
        }
        let machine = Machine {
            number,
            world: world.clone(),
            disk: disk.clone(),
            clock: clock.clone(),
            file,
            fate: fate.clone(),
        };
        files.push(tell);
        machines.push((clock, fate));
        tokio::task::spawn_local(machine.run());
    }
    tokio::task::spawn_local(edits(world.clone(), editor, files, rng.fork()));
    tokio::task::spawn_local(people(world.clone(), disk.clone(), later));
    faults(&world, &disk, &machines, &mut rng).await;
    world.lock().calm();
    for (clock, fate) in &machines {
        clock.set_ahead(TimeDelta::zero());
        fate.send_replace(Fate::Lives);
    }
    tokio::time::sleep(HEALTHY.saturating_sub(Duration::from_secs(1))).await;
    let mut world = world.lock();
    check::check(&mut world, &disk);
    Ran {
        violations: std::mem::take(&mut world.violations),
        trace: world.take_trace(),
        counts: world.counts,
        options,
    }
}

/// Edits of the file, in the first part. Each machine has them a little later.
async fn edits(
    world: Shared,
    mut editor: Editor,
    files: Vec<watch::Sender<String>>,
    mut rng: fastrand::Rng,
) {
    let edits = world.lock().options.edits;
    let mut times: Vec<u64> = (0..edits)
        .map(|_| rng.u64(0..FAULTY.as_secs() - 60))
        .collect();
    times.sort_unstable();
    let began = Instant::now();
    for time in times {
        tokio::time::sleep_until(began + Duration::from_secs(time)).await;
        let text = {
            let mut world = world.lock();
            let text = editor.edit(world.now(), &mut rng);
            world.log(format_args!("the file is edited"));
            text
        };
        for file in &files {
            let (file, text, later) = (file.clone(), text.clone(), rng.u64(0..2000));
            tokio::task::spawn_local(async move {
                tokio::time::sleep(Duration::from_millis(later)).await;
                file.send_replace(text);
            });
        }
    }
    // What is broken is mended, and every machine has the same file.
    tokio::time::sleep_until(began + FAULTY - Duration::from_secs(30)).await;
    let parsed = docket::config::parse(&editor.text(), world.lock().now());
    world.lock().good_file = parsed.docket.is_some().then(|| editor.text());
    for file in &files {
        let text = editor.text();
        file.send_if_modified(|file| {
            let is_other = *file != text;
            *file = text;
            is_other
        });
    }
}

/// People who follow channels that the file does not have, and leave them, in the first part.
async fn people(world: Shared, disk: Disk, mut rng: fastrand::Rng) {
    let follows = world.lock().options.follows;
    for left in (1..=follows).rev() {
        let pause = rng.u64(0..2 * FAULTY.as_secs() / (left as u64 + 1));
        tokio::time::sleep(Duration::from_secs(pause)).await;
        if !world.lock().is_faulty {
            return;
        }
        let channel = (CHANNEL + 100 + rng.usize(0..2)).to_string();
        let now = world.lock().now();
        if rng.u8(0..3) == 0 {
            world.lock().log(format_args!("{channel} is left"));
            disk.unfollow(&channel);
        } else {
            world.lock().log(format_args!("{channel} is followed"));
            let importance = rng.choice([Importance::Low, Importance::High]);
            let follow = Follow {
                importance: importance.expect("words"),
                ..Follow::of_channel(channel, "1".to_owned(), "2".to_owned())
            };
            disk.follow(&follow, now);
        }
    }
}

/// What is done to processes, clocks and the ledger, second by second.
async fn faults(
    world: &Shared,
    disk: &Disk,
    machines: &[(SimClock, watch::Sender<Fate>)],
    rng: &mut fastrand::Rng,
) {
    let options = world.lock().options.clone();
    let end = Instant::now() + FAULTY;
    while Instant::now() < end {
        let pause = rng.u64(1..60_000);
        let next = Instant::now() + Duration::from_millis(pause);
        tokio::time::sleep_until(next.min(end)).await;
        // Rates are of a minute, and this goes round every half.
        let mut happens = |rate: u32| rate > 0 && rng.u32(0..2000) < rate;
        let (kills, pauses) = (happens(options.kills), happens(options.pauses));
        let (steps, rolls) = (happens(options.clock_steps), happens(options.rollbacks));
        let suspends = happens(options.suspends);
        let (clock, fate) = rng.choice(machines).expect("a machine");
        if kills {
            fate.send_replace(Fate::Dies(rng.u32(0..40)));
        } else if pauses {
            let until = Instant::now() + Duration::from_millis(rng.u64(0..200_000));
            fate.send_replace(Fate::Paused(until));
        }
        if steps {
            let most = *rng.choice(&[30_i64, 600, 3600]).expect("seconds");
            let seconds = rng.i64(-most..=most);
            // Nobody can tell how long a machine was suspended if its clock is set meanwhile.
            if !suspends {
                clock.set_ahead(TimeDelta::seconds(seconds));
                world
                    .lock()
                    .log(format_args!("a clock is off by {seconds} s"));
            }
        } else if options.clock_steps == 0 && options.boots_insane && rng.u8(0..4) == 0 {
            clock.set_ahead(TimeDelta::zero());
        }
        if rolls {
            disk.roll_back();
            world.lock().log(format_args!("the ledger is rolled back"));
        } else if options.rollbacks > 0 && rng.u8(0..3) == 0 {
            disk.keep();
        }
        if suspends {
            // What a ledger forgot is looked for in the last two hours.
            let longest = if options.rollbacks > 0 { 600 } else { 10_000 };
            let most = *rng.choice(&[60_u64, 600, longest]).expect("seconds");
            suspend(world, machines, Duration::from_secs(rng.u64(0..most))).await;
        }
        let faults = u64::from(pauses) + u64::from(steps) + u64::from(rolls) + u64::from(suspends);
        world.lock().counts.faults += faults;
    }
}

/// All machines sleep: the world goes on without them, and what they measure stands still.
async fn suspend(world: &Shared, machines: &[(SimClock, watch::Sender<Fate>)], length: Duration) {
    world
        .lock()
        .log(format_args!("all are suspended for {} s", length.as_secs()));
    let moment = Duration::from_millis(10);
    let until = Instant::now() + 2 * moment;
    for (_, fate) in machines {
        fate.send_if_modified(|fate| {
            let wakes = !matches!(fate, Fate::Paused(other) if *other > until);
            if wakes {
                *fate = Fate::Paused(until);
            }
            wakes
        });
    }
    // First what is on its way arrives, then the rest of the time goes by.
    let first = length.min(Duration::from_secs(20));
    world.lock().skip(first);
    tokio::time::sleep(moment).await;
    world.lock().skip(length.saturating_sub(first));
    tokio::time::sleep_until(until).await;
}

fn hash(trace: &[Line]) -> u64 {
    use std::hash::{Hash as _, Hasher as _};
    let mut hasher = std::hash::DefaultHasher::new();
    trace.hash(&mut hasher);
    hasher.finish()
}

#[expect(clippy::disallowed_methods, reason = "how much to run is asked for so")]
fn from_environment(name: &str) -> Option<u64> {
    let value = std::env::var(name).ok()?;
    Some(value.parse().expect("a number"))
}

fn report(seed: u64, ran: &Ran) -> String {
    let trace: Vec<_> = ran.trace.iter().map(Line::to_string).collect();
    let trace = trace.join("\n");
    let violations = ran.violations.join("\n");
    format!("{trace}\n\n{:#?}\nSEED={seed}\n{violations}", ran.options)
}

/// Runs seeds on all cores until one fails. Gives the first failure, and the counts.
fn search(seeds: std::ops::Range<u64>, defect: Option<Defect>) -> (Option<(u64, Ran)>, Counts) {
    let next = AtomicU64::new(seeds.start);
    let failed = std::sync::Mutex::new((None::<(u64, Ran)>, Counts::default()));
    let cores = std::thread::available_parallelism().map_or(1, |it| it.get() as u64);
    let threads = from_environment("DOCKET_SIM_THREADS").unwrap_or(cores);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end || failed.lock().expect("no panic").0.is_some() {
                        return;
                    }
                    let ran = run_traced(seed, defect, false);
                    let mut failed = failed.lock().expect("no panic");
                    let counts = &mut failed.1;
                    counts.kills += ran.counts.kills;
                    counts.faults += ran.counts.faults;
                    counts.posts += ran.counts.posts;
                    counts.messages += ran.counts.messages;
                    if !ran.violations.is_empty() {
                        failed.0.get_or_insert_with(|| (seed, run(seed, defect)));
                    }
                }
            });
        }
    });
    failed.into_inner().expect("no panic")
}

#[test]
fn every_promise_holds_for_thousands_of_seeds() {
    let count = from_environment("DOCKET_SIM_SEEDS").unwrap_or(2_500);
    let first = from_environment("DOCKET_SIM_FIRST").unwrap_or(0);
    let (failed, counts) = search(first..first + count, None);
    if let Some((seed, ran)) = failed {
        panic!("{}", report(seed, &ran));
    }
    let hours = count * (FAULTY + HEALTHY).as_secs() / 3600;
    println!("{count} seeds, {hours} virtual hours, 0 violations: {counts:?}");
}

#[test]
fn seeds_that_once_failed_hold() {
    for line in include_str!("replay.txt").lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if !line.is_empty() {
            let seed = line.parse().expect("a seed");
            let ran = run(seed, None);
            assert!(ran.violations.is_empty(), "{}", report(seed, &ran));
        }
    }
}

#[test]
fn a_seed_is_the_same_run_each_time() {
    for seed in 0..50 {
        let (once, twice) = (run(seed, None), run(seed, None));
        assert!(!once.trace.is_empty());
        assert_eq!(hash(&once.trace), hash(&twice.trace), "seed {seed}");
    }
}

/// Without this the simulator would prove nothing. `DOCKET_SIM_SEARCH=0` looks for the first seed
/// that catches each, from the first defect on; otherwise those are run that were found so.
#[test]
fn each_planted_defect_is_caught() {
    if let Some(first) = from_environment("DOCKET_SIM_SEARCH") {
        let first = usize::try_from(first).expect("a small number");
        for defect in Defect::ALL.into_iter().skip(first) {
            let (failed, _) = search(0..SEEDS_FOR_DEFECTS, Some(defect));
            let found = failed.map(|(seed, ran)| (seed, ran.violations[0].clone()));
            println!("{defect:?}: {found:?}");
        }
        return;
    }
    for defect in Defect::ALL {
        let seed = defect.caught_by();
        assert!(seed < SEEDS_FOR_DEFECTS);
        let (sound, planted) = (run(seed, None), run(seed, Some(defect)));
        assert!(sound.violations.is_empty(), "{}", report(seed, &sound));
        assert!(!planted.violations.is_empty(), "seed {seed}: {defect:?}");
    }
}
