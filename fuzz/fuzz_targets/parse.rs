//! No bytes make the parser, the plan or the rendering of problems panic or hang.
#![no_main]

use docket::config::{Report, Style, parse_bytes};
use docket::domain::{Plan, Seen, Timestamp};
use std::sync::Arc;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let now: Timestamp = "2026-11-22T12:00:00Z".parse().expect("an instant");
    let (parsed, text) = parse_bytes(bytes, now);
    let report = Report { file: "deadlines.toml", text: &text, problems: &parsed.problems };
    assert_eq!(parsed.docket.is_none(), report.human(Style::Plain).contains("error["));
    report.json();
    let Some(docket) = parsed.docket else { return };
    assert_eq!(docket.as_of(now).as_of(now), docket.as_of(now));
    let audience = docket.audience();
    let plan = Plan::new(&Arc::new(docket), audience.into(), &Seen::default());
    let Some(next) = plan.next_after(now) else { return };
    for occurrence in plan.span(next, next + chrono::TimeDelta::hours(48)) {
        plan.notice(&occurrence, occurrence.at).text();
    }
});
