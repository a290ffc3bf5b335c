//! Figures for Prometheus: those that are counted as things happen, wherever that is, and those
//! that can be read off the engine's state and the ledger when somebody asks.

use super::{Shared, Site, unkept};
use crate::domain::{Docket, Item, Kind, Plan, Timestamp};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use chrono::TimeDelta;
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram};
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
        let (figures, recorder) = Self::apart();
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::debug!("figures are counted elsewhere already");
        }
        figures
    }

    /// A place for figures that nobody counts yet.
    pub fn apart() -> (Self, PrometheusRecorder) {
        let late = Matcher::Full("docket_post_lateness_seconds".to_owned());
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(late, &LATENESS)
            .expect("there are buckets")
            .build_recorder();
        metrics::with_local_recorder(&recorder, describe);
        (Self(recorder.handle()), recorder)
    }

    /// Puts together what was counted since; otherwise it would grow until somebody asks.
    pub(super) fn tidy(&self) {
        self.0.run_upkeep();
    }
}

/// Says what the figures are that others count.
fn describe() {
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
        "docket_reload_last_successful",
        "Whether the file was taken when it was last looked at."
    );
    describe_gauge!(
        "docket_reload_last_success_timestamp_seconds",
        Unit::Seconds,
        "When the file was last taken."
    );
    describe_gauge!(
        "docket_reload_last_duration_seconds",
        Unit::Seconds,
        "How long the last look at the file took, until what came of it was recorded."
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
    // A rise is seen only from a figure that was there before.
    counter!("docket_discord_limited_total").increment(0);
    for kind in Kind::ALL {
        counter!("docket_posts_total", "kind" => kind.word(), "result" => "failed").increment(0);
    }
}

pub(super) async fn answer(State(site): Shared) -> Response {
    let counted = site.metrics.0.render();
    let mut page = Page(counted);
    of_engine(&mut page, &site);
    of_plan(&mut page, &site);
    of_ledger(&mut page, &site).await;
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    unkept(StatusCode::OK, kind, page.0)
}

/// The text that figures are written to, in the format of Prometheus.
struct Page(String);

impl Page {
    /// Writes a figure with a value for each set of labels.
    fn gauges(&mut self, name: &str, help: &str, values: &[(String, f64)]) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} gauge");
        for (labels, value) in values {
            let _ = writeln!(self.0, "{name}{labels} {value}");
        }
    }

    fn gauge(&mut self, name: &str, help: &str, value: f64) {
        self.gauges(name, help, &[(String::new(), value)]);
    }

    fn flag(&mut self, name: &str, help: &str, is_so: bool) {
        self.gauge(name, help, f64::from(u8::from(is_so)));
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts and seconds since 1970 fit by far"
)]
fn float(number: i64) -> f64 {
    number as f64
}

fn count(number: usize) -> f64 {
    float(i64::try_from(number).unwrap_or(i64::MAX))
}

/// What can be read off the engine's state.
fn of_engine(page: &mut Page, site: &Site) {
    let engine = site.pulse.state();
    let version = env!("CARGO_PKG_VERSION");
    let build = [(format!("{{version=\"{version}\"}}"), 1.0)];
    page.gauges("docket_build_info", "The version that runs.", &build);
    let in_force = engine.in_force.as_ref();
    page.gauges(
        "docket_record_items",
        "Items of the record in force.",
        &in_force.map_or_else(Vec::new, |it| items(it.plan.docket())),
    );
    page.gauge(
        "docket_record_revision",
        "The number of the record in force.",
        float(in_force.map_or(0, |it| it.revision)),
    );
    page.flag(
        "docket_edit_refused",
        "Whether the file as it is now is not in force.",
        engine.refused.is_some(),
    );
    page.flag(
        "docket_ledger_up",
        "Whether the ledger can be written.",
        engine.ledger.is_none(),
    );
    page.flag(
        "docket_clock_sane",
        "Whether the clock can be right.",
        engine.clock.is_none(),
    );
    page.gauge(
        "docket_engine_round_age_seconds",
        "Since the engine last went round.",
        site.pulse.since_round().as_secs_f64(),
    );
}

/// What lies ahead by the record in force.
fn of_plan(page: &mut Page, site: &Site) {
    let Some(in_force) = site.pulse.state().in_force else {
        return;
    };
    let (plan, now) = (in_force.plan, (site.now)());
    page.gauge(
        "docket_plan_subscriptions",
        "Subscriptions that the plan posts to.",
        count(plan.audience().len()),
    );
    page.gauge(
        "docket_plan_posts_next_day",
        "Posts that the plan has for the next 24 hours.",
        count(next_day(&plan, now)),
    );
    // Nothing is said of a time that there is not.
    if let Some(next) = plan.next_after(now) {
        page.gauge(
            "docket_plan_next_post_timestamp_seconds",
            "When the plan has a post next.",
            float(next.timestamp()),
        );
    }
}

fn next_day(plan: &Plan, now: Timestamp) -> usize {
    let instant = TimeDelta::milliseconds(1);
    plan.span(now + instant, now + TimeDelta::days(1) + instant)
        .len()
}

/// What the ledger has.
async fn of_ledger(page: &mut Page, site: &Site) {
    let Some(sizes) = &site.sizes else {
        return;
    };
    let counts = sizes.now().await.into_iter().map(|(stage, number)| {
        let number = float(i64::try_from(number).unwrap_or(i64::MAX));
        (format!("{{stage=\"{}\"}}", stage.word()), number)
    });
    page.gauges(
        "docket_ledger_deliveries",
        "Deliveries that the ledger has, by stage.",
        &counts.collect::<Vec<_>>(),
    );
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
