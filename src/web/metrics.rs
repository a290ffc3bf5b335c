//! Figures for Prometheus: those that the engine counts as it goes, and those that can be read
//! off its state when somebody asks.

use super::{Shared, Site};
use crate::domain::{Docket, Item};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use metrics_exporter_prometheus::{
    Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Late by so many seconds at most: from what is on time to what is a day late.
const LATENESS: [f64; 11] = [
    0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3_600.0, 21_600.0, 86_400.0,
];

/// Where figures are counted.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// A place for the figures of this process, to be made once: whatever counts from now on,
    /// counts there.
    pub fn of_process() -> Self {
        let recorder = Self::recorder();
        let handle = recorder.handle();
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::debug!("figures are counted elsewhere already");
        }
        describe();
        Self(handle)
    }

    /// A place for figures that nobody counts yet.
    pub fn apart() -> (Self, PrometheusRecorder) {
        let recorder = Self::recorder();
        (Self(recorder.handle()), recorder)
    }

    fn recorder() -> PrometheusRecorder {
        let late = Matcher::Full("docket_post_lateness_seconds".to_owned());
        PrometheusBuilder::new()
            .set_buckets_for_metric(late, &LATENESS)
            .expect("there are buckets")
            .build_recorder()
    }

    /// Puts together what was counted since; otherwise it would grow until somebody asks.
    pub(super) fn tidy(&self) {
        self.0.run_upkeep();
    }
}

/// Says what the figures are that others count.
fn describe() {
    use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
    describe_counter!(
        "docket_posts_total",
        "Attempts at posts, by kind and by what came of them."
    );
    describe_histogram!(
        "docket_post_lateness_seconds",
        Unit::Seconds,
        "How long after its time a post was there."
    );
    describe_counter!(
        "docket_reloads_total",
        "Looks at a changed file, by what came of them."
    );
    describe_gauge!(
        "docket_discord_gateway_up",
        "Whether those who ask something in Discord are heard."
    );
    describe_counter!(
        "docket_discord_limited_total",
        "How often Discord said that there were too many requests."
    );
    describe_counter!(
        "docket_answers_total",
        "Answers to commands and buttons, by what came of them."
    );
    describe_gauge!(
        "docket_reload_last_successful",
        "Whether the file was taken when it was last looked at."
    );
    describe_gauge!(
        "docket_reload_last_success_timestamp_seconds",
        Unit::Seconds,
        "When the file was last taken."
    );
}

pub(super) async fn answer(State(site): Shared) -> Response {
    let text = site.metrics.0.render() + &of_state(&site);
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, text).into_response()
}

/// What can be read off the engine's state.
fn of_state(site: &Site) -> String {
    let engine = site.pulse.state();
    let mut text = String::new();
    let mut gauge = |name: &str, help: &str, values: &[(String, f64)]| {
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge");
        for (labels, value) in values {
            let _ = writeln!(text, "{name}{labels} {value}");
        }
    };
    let one = |value: f64| [(String::new(), value)];
    let flag = |is_so: bool| [(String::new(), f64::from(u8::from(is_so)))];
    let version = env!("CARGO_PKG_VERSION");
    let build = [(format!("{{version=\"{version}\"}}"), 1.0)];
    gauge("docket_build_info", "The version that runs.", &build);
    let docket = engine.in_force.as_ref().map(|it| it.plan.docket());
    gauge(
        "docket_record_items",
        "Items of the record in force.",
        &docket.map(items).unwrap_or_default(),
    );
    let revision = engine.in_force.as_ref().map_or(0, |it| it.revision);
    #[expect(clippy::cast_precision_loss, reason = "revisions are few")]
    let revision = one(revision as f64);
    gauge(
        "docket_record_revision",
        "The number of the record in force.",
        &revision,
    );
    let refused = flag(engine.refused.is_some());
    gauge(
        "docket_edit_refused",
        "Whether the file as it is now is not in force.",
        &refused,
    );
    gauge(
        "docket_ledger_up",
        "Whether the ledger can be written.",
        &flag(engine.ledger.is_none()),
    );
    gauge(
        "docket_clock_sane",
        "Whether the clock can be right.",
        &flag(engine.clock.is_none()),
    );
    let age = one(site.pulse.since_round().as_secs_f64());
    gauge(
        "docket_engine_round_age_seconds",
        "Since the engine last went round.",
        &age,
    );
    let plan = engine.in_force.as_ref().map(|it| &it.plan);
    let next = plan.and_then(|plan| plan.next_after((site.now)()));
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit by far")]
    let next: Vec<_> = next
        .iter()
        .flat_map(|at| one(at.timestamp() as f64))
        .collect();
    gauge(
        "docket_next_due_timestamp_seconds",
        "When something may be posted next.",
        &next,
    );
    text
}

/// How many items there are of each kind.
fn items(docket: &Docket) -> Vec<(String, f64)> {
    let mut counts = BTreeMap::from([("deadline", 0.0), ("negotiation", 0.0), ("event", 0.0)]);
    for item in docket.items() {
        let kind = match item {
            Item::Deadline(_) => "deadline",
            Item::Negotiation(_) => "negotiation",
            Item::Event(_) => "event",
        };
        *counts.entry(kind).or_default() += 1.0;
    }
    let labelled = counts.into_iter();
    labelled
        .map(|(kind, count)| (format!("{{kind=\"{kind}\"}}"), count))
        .collect()
}
