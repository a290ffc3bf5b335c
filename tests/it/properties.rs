//! Properties that hold for every docket: no post is lost or doubled, order means nothing where
//! it should not, views of the past are honest, and no text makes the parser panic.

use crate::support::{at, noon, parse, shipped_text};
use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};
use docket::config;
use docket::domain::{Docket, Due, Duration, Moment, Plan, Seen, Timestamp, Zone};
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof, proptest};
use proptest::{collection, option, prop_assert, prop_assert_eq, sample};
use std::fmt::Write as _;
use std::sync::Arc;

const ZONES: [&str; 6] = [
    "America/New_York",
    "Asia/Shanghai",
    "Europe/Madrid",
    "America/Havana",
    "Pacific/Apia",
    "UTC",
];

/// A deadline as days since the start of 2026.
#[derive(Clone, Debug)]
struct Chain {
    zone: &'static str,
    announced: Option<u64>,
    first: String,
    /// Days since the step before, due, standing, whether a correction.
    steps: Vec<(u64, String, &'static str, bool)>,
    /// Days since the last step.
    outcome: Option<u64>,
    topic: &'static str,
    instrument: Option<u8>,
}

/// Day announced, days until it starts, days it lasts, days until it is called off, and from its
/// start to its outcome.
type Meeting = (u64, u64, u64, Option<u64>, Option<u64>);

#[derive(Clone, Debug)]
struct Record {
    chains: Vec<Chain>,
    rounds: Vec<Meeting>,
    events: Vec<u64>,
    channels: Vec<(&'static str, Option<&'static str>, bool, bool, &'static str)>,
}

fn day(offset: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date") + Days::new(offset)
}

fn due() -> impl Strategy<Value = String> {
    let date = (0_u64..500).prop_map(day);
    prop_oneof![
        4 => date.clone().prop_map(|date| date.to_string()),
        // Noon: no zone changes its clocks then.
        3 => date.clone().prop_map(|date| format!("{date}T12:30")),
        1 => date.clone().prop_map(|date| format!("\"{}\"", date.format("%Y-%m"))),
        1 => date.prop_map(|date| format!("\"{}-Q{}\"", date.format("%Y"), docket_quarter(date))),
        1 => Just("\"tbd\"".to_owned()),
    ]
}

fn docket_quarter(date: NaiveDate) -> u32 {
    use chrono::Datelike as _;
    date.month0() / 3 + 1
}

fn chain() -> impl Strategy<Value = Chain> {
    let standing = || sample::select(vec!["reported", "announced", "signed", "published"]);
    let step = (0_u64..60, due(), standing(), proptest::bool::weighted(0.2));
    (
        sample::select(ZONES.to_vec()),
        option::of(0_u64..100),
        due(),
        collection::vec(step, 0..5),
        option::of(0_u64..60),
        sample::select(vec!["tariffs", "chips"]),
        option::of(0_u8..2),
    )
        .prop_map(
            |(zone, announced, first, steps, outcome, topic, instrument)| Chain {
                zone,
                announced,
                first,
                steps,
                outcome,
                topic,
                instrument,
            },
        )
}

fn record() -> impl Strategy<Value = Record> {
    let round = (
        0_u64..200,
        0_u64..30,
        0_u64..4,
        option::of(0_u64..30),
        option::of(0_u64..6),
    );
    let quiet = sample::select(vec!["", "22:00-07:00", "09:00-17:00", "00:00-23:59"]);
    let channel = (
        sample::select(vec!["7d|1d|1h", "30d|1mo|2w", "1y|3mo|P7D|90m"]),
        option::of(sample::select(vec!["tariffs", "chips"])),
        any::<bool>(),
        any::<bool>(),
        quiet,
    );
    (
        collection::vec(chain(), 1..6),
        collection::vec(round, 0..4),
        collection::vec(0_u64..300, 0..4),
        collection::vec(channel, 0..4),
    )
        .prop_map(|(chains, rounds, events, channels)| Record {
            chains,
            rounds,
            events,
            channels,
        })
}

/// What is written to the file as of a moment: all of it, or only what was announced by then.
struct Writer {
    until: Option<Timestamp>,
    reversed: bool,
}

const ALL: Writer = Writer {
    until: None,
    reversed: false,
};

impl Writer {
    fn is_known(&self, date: NaiveDate, zone: &str) -> bool {
        let zone = Zone::parse(zone).expect("a zone");
        self.until.is_none_or(|until| zone.start_of(date) <= until)
    }

    fn has_ended(&self, date: NaiveDate, zone: &str) -> bool {
        let zone = Zone::parse(zone).expect("a zone");
        self.until.is_none_or(|until| zone.end_of(date) <= until)
    }

    fn write(&self, record: &Record) -> String {
        let mut blocks = Vec::new();
        for (number, chain) in record.chains.iter().enumerate() {
            blocks.extend(self.chain(number, chain));
        }
        blocks.push(self.talks(record));
        for (number, date) in record.events.iter().enumerate() {
            if self.is_known(day(*date), "UTC") {
                let date = day(*date);
                blocks.push(format!(
                    "[[event]]\nid = \"e{number}\"\ntitle = \"E\"\ndate = {date}\n"
                ));
            }
        }
        if self.reversed {
            blocks.reverse();
        }
        for (number, channel) in record.channels.iter().enumerate() {
            blocks.push(channel_block(number, *channel));
        }
        blocks.concat()
    }

    fn chain(&self, number: usize, chain: &Chain) -> Option<String> {
        let zone = chain.zone;
        let instrument = chain
            .instrument
            .map(|it| format!("instrument = \"EO {it}\"\n"))
            .unwrap_or_default();
        let mut text = format!(
            "[[deadline]]\nid = \"d{number}\"\ntitle = \"D\"\nzone = \"{zone}\"\ndue = {}\n\
             topics = [\"{}\"]\n{instrument}",
            chain.first, chain.topic
        );
        let mut last = chain.announced.unwrap_or(0);
        if let Some(announced) = chain.announced {
            if !self.is_known(day(announced), zone) {
                return None;
            }
            let _ = writeln!(text, "announced = {}", day(announced));
        }
        for (after, due, standing, correction) in &chain.steps {
            last += after;
            if self.is_known(day(last), zone) {
                let kind = if *correction {
                    "kind = \"correction\"\n"
                } else {
                    ""
                };
                let _ = write!(
                    text,
                    "[[deadline.revision]]\ndue = {due}\nannounced = {}\nstanding = \
                     \"{standing}\"\n{kind}{instrument}sources = [{{ title = \"S\" }}]\n",
                    day(last)
                );
            }
        }
        if let Some(after) = chain.outcome {
            let on = day(last + after);
            if self.has_ended(on, zone) {
                let _ = write!(text, "[deadline.outcome]\nresult = \"met\"\non = {on}\n");
            }
        }
        Some(text)
    }

    fn talks(&self, record: &Record) -> String {
        let mut text =
            "[[negotiation]]\nid = \"talks\"\ntitle = \"T\"\ntopics = [\"tariffs\"]\n".to_owned();
        for (number, round) in record.rounds.iter().enumerate() {
            let (announced, ahead, lasts, cancelled, outcome) = round;
            if !self.is_known(day(*announced), "UTC") {
                continue;
            }
            let starts = announced + ahead;
            let _ = write!(
                text,
                "[[negotiation.round]]\nname = \"R{number}\"\nstarts = {}\nends = {}\nannounced = {}\n",
                day(starts),
                day(starts + lasts),
                day(*announced)
            );
            match (cancelled, outcome) {
                (Some(after), _) if self.is_known(day(announced + after), "UTC") => {
                    let _ = writeln!(text, "cancelled = {}", day(announced + after));
                }
                (None, Some(after)) if self.has_ended(day(starts + after), "UTC") => {
                    let on = day(starts + after);
                    let _ = write!(
                        text,
                        "[negotiation.round.outcome]\non = {on}\ntext = \"X\"\n"
                    );
                }
                _ => {}
            }
        }
        text
    }
}

fn channel_block(number: usize, channel: (&str, Option<&str>, bool, bool, &str)) -> String {
    let (leads, topic, digest, board, quiet) = channel;
    let leads: Vec<_> = leads.split('|').map(|lead| format!("\"{lead}\"")).collect();
    let mut text = format!(
        "[[channel]]\nid = \"12345678901234567{number}\"\nremind = [{}]\nzone = \"Europe/Madrid\"\n\
         board = {board}\n",
        leads.join(", ")
    );
    if let Some(topic) = topic {
        let _ = writeln!(text, "topics = [\"{topic}\"]");
    }
    if digest {
        text.push_str("digest = { every = \"friday\", at = 02:30 }\n");
    }
    if let Some((from, to)) = quiet.split_once('-') {
        let _ = writeln!(text, "quiet = {{ from = {from}, to = {to} }}");
    }
    text
}

fn plan(docket: Docket) -> Plan {
    let audience = docket.audience();
    Plan::new(&Arc::new(docket), audience.into(), &Seen::default())
}

/// The posts of a span, each as its instant, subscription and key.
fn keys(plan: &Plan, from: Timestamp, to: Timestamp) -> Vec<(Timestamp, String)> {
    let span = plan.span(from, to);
    span.iter()
        .map(|it| (it.at, plan.notice(it, it.at).key))
        .collect()
}

fn start() -> Timestamp {
    at("2025-12-30T00:00:00Z")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_post_is_lost_or_doubled_wherever_a_span_is_cut(
        record in record(),
        cuts in collection::vec(0_i64..700 * 1440, 0..5),
    ) {
        let plan = plan(parse(&ALL.write(&record)));
        let end = start() + TimeDelta::days(700);
        let mut cuts: Vec<_> = cuts.into_iter().map(|cut| start() + TimeDelta::minutes(cut)).collect();
        cuts.extend([start(), end]);
        cuts.sort_unstable();
        let pieces: Vec<_> = cuts.windows(2).flat_map(|cut| plan.span(cut[0], cut[1])).collect();
        prop_assert_eq!(pieces, plan.span(start(), end));
    }

    #[test]
    fn a_plan_made_again_is_the_same_and_no_key_comes_twice(record in record()) {
        let text = ALL.write(&record);
        let end = start() + TimeDelta::days(700);
        let first = keys(&plan(parse(&text)), start(), end);
        prop_assert_eq!(&first, &keys(&plan(parse(&text)), start(), end));
        let mut keys: Vec<_> = first.into_iter().map(|(_, key)| key).collect();
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        prop_assert_eq!(keys.len(), count);
    }

    #[test]
    fn the_order_of_the_file_does_not_matter(record in record()) {
        let end = start() + TimeDelta::days(700);
        let reversed = Writer { until: None, reversed: true };
        let sorted = |text: &str| {
            let mut posts = keys(&plan(parse(text)), start(), end);
            posts.sort_unstable();
            posts
        };
        prop_assert_eq!(sorted(&ALL.write(&record)), sorted(&reversed.write(&record)));
    }

    #[test]
    fn a_view_of_the_past_is_the_file_without_what_came_later(
        record in record(),
        minutes in 0_i64..500 * 1440,
    ) {
        let then = start() + TimeDelta::minutes(minutes);
        let until = Writer { until: Some(then), reversed: false };
        let seen = parse(&ALL.write(&record)).as_of(then);
        prop_assert_eq!(seen, parse(&until.write(&record)));
    }

    #[test]
    fn the_next_post_is_the_first_one_found(record in record(), minutes in 0_i64..700 * 1440) {
        let plan = plan(parse(&ALL.write(&record)));
        let after = start() + TimeDelta::minutes(minutes);
        let found = plan.span(after + TimeDelta::milliseconds(1), after + TimeDelta::days(900));
        let next = plan.next_after(after).filter(|next| *next < after + TimeDelta::days(900));
        prop_assert_eq!(next, found.first().map(|it| it.at));
    }

    #[test]
    fn a_longer_lead_is_never_later(
        zone in sample::select(ZONES.to_vec()),
        date in 0_u64..5000,
        minute in option::of(0_u32..1440),
        short in (0_u32..30, 0_u32..70, 0_u32..3000),
        more in (0_u32..30, 0_u32..70, 0_u32..3000),
    ) {
        let zone = Zone::parse(zone).expect("a zone");
        let due = match minute {
            Some(minute) => {
                let time = NaiveTime::from_num_seconds_from_midnight_opt(minute * 60, 0);
                let local = day(date).and_time(time.expect("a time"));
                Due::new(Moment::Minute(zone.resolve_leniently(local)), zone)
            }
            None => Due::new(Moment::Day(day(date)), zone),
        };
        let lead = |(months, days, minutes): (u32, u32, u32)| {
            format!("{months}mo{days}d{minutes}m").parse::<Duration>().ok()
        };
        let longer = (short.0 + more.0, short.1 + more.1, short.2 + more.2);
        let nine = NaiveTime::from_hms_opt(9, 0, 0).expect("a time");
        let at = |lead: Option<Duration>| lead.and_then(|lead| due.lead_at(lead, nine));
        if let (Some(short), Some(long)) = (at(lead(short)), at(lead(longer))) {
            // Where the clocks repeat an hour, two local times in order may swap by that hour.
            prop_assert!(long <= short + TimeDelta::hours(1), "{long} after {short}");
        }
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,400}") {
        let parsed = config::parse(&text, noon());
        prop_assert!(parsed.docket.is_some() || !parsed.problems.is_empty());
    }

    #[test]
    fn no_slip_of_the_hand_makes_the_parser_panic(
        place in 0.0_f64..1.0,
        length in 0_usize..40,
        insert in sample::select(vec!["", "\"", "[", "]", "[[", "=", "\n", "{", "é", "#", "2026-13-01", "\u{0}", "[[deadline]]\n", "due = 1\n"]),
    ) {
        let mut bytes = shipped_text().into_bytes();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a small file")]
        let start = (bytes.len() as f64 * place) as usize;
        let end = (start + length).min(bytes.len());
        bytes.splice(start..end, insert.bytes());
        let (parsed, text) = config::parse_bytes(&bytes, noon());
        let report = config::Report { file: "f", text: &text, problems: &parsed.problems };
        prop_assert!(parsed.docket.is_some() != report.human(config::Style::Plain).contains("error["));
    }
}

#[test]
fn month_ends_and_leap_days_are_cut_once() {
    let before = |lead: &str, date: &str| {
        let date: NaiveDate = date.parse().expect("a date");
        lead.parse::<Duration>()
            .expect("a lead")
            .date_before(date)
            .to_string()
    };
    assert_eq!(before("1y", "2028-02-29"), "2027-02-28");
    assert_eq!(before("4y", "2028-02-29"), "2024-02-29");
    assert_eq!(before("1mo", "2026-03-31"), "2026-02-28");
    assert_eq!(before("1mo", "2028-03-31"), "2028-02-29");
    // Years and months are one step: by way of 29 February 2027 it would be the 28th.
    assert_eq!(before("1y1mo", "2029-03-29"), "2028-02-29");
    assert_eq!(before("1mo1d", "2026-03-31"), "2026-02-27");
    let after = |length: &str, date: &str| {
        let date: NaiveDate = date.parse().expect("a date");
        length
            .parse::<Duration>()
            .expect("a length")
            .date_after(date)
            .to_string()
    };
    assert_eq!(after("1mo", "2026-01-31"), "2026-02-28");
    assert_eq!(after("1y", "2028-02-29"), "2029-02-28");
    assert_eq!(after("1y6mo", "2025-09-13"), "2027-03-13");
}

#[test]
fn a_lead_in_a_gap_takes_the_offset_before_it_and_in_an_overlap_the_first() {
    let zone = Zone::parse("Europe/Madrid").expect("a zone");
    let due = |text: &str| Due::new(Moment::Minute(at(text)), zone);
    let nine = NaiveTime::from_hms_opt(9, 0, 0).expect("a time");
    let lead = |due: Due| {
        due.lead_at(Duration::days(1), nine)
            .map(|at| at.to_rfc3339())
    };
    // 02:30 on 29 March 2026 does not exist; read with +01:00 it is 03:30 by the new clock.
    assert_eq!(
        lead(due("2026-03-30T00:30:00Z")).as_deref(),
        Some("2026-03-29T01:30:00+00:00")
    );
    // 02:30 on 25 October 2026 comes twice.
    assert_eq!(
        lead(due("2026-10-26T01:30:00Z")).as_deref(),
        Some("2026-10-25T00:30:00+00:00")
    );
}
