//! The overview: the board, the timeline, what changed of late, and the way to other views.

use super::view::View;
use super::{changes, frame, parts, pictures, talks};
use crate::domain::{Deadline, Negotiation, State, Status, words};
use maud::{Markup, html};

/// So many changes are told.
const CHANGES_MAX: usize = 8;
/// The spans that the form offers.
const SPANS: [(&str, &str); 4] = [
    ("7d", "7 days"),
    ("30d", "30 days"),
    ("90d", "90 days"),
    ("1y", "a year"),
];

/// The overview.
pub(super) fn page(view: &View) -> Markup {
    let deadlines = view.deadlines();
    let rows: Vec<_> = deadlines
        .into_iter()
        .map(|it| (it, it.status(view.now)))
        .collect();
    let main = html! {
        div.lead {
            h1 { "What is due" }
            p.summary { (summary(view)) }
        }
        (form(view))
        div.columns {
            div.board { (board(view, &rows)) }
            aside {
                (negotiations(view))
                (latest(view))
                (take_away(view))
            }
        }
        section #timeline {
            h2 { "The timeline" }
            (pictures::timeline(view))
        }
    };
    frame::page(view, "What is due", &main)
}

fn summary(view: &View) -> String {
    let mut counts = [0_i64; 4];
    let mut moved = 0_i64;
    for deadline in view.docket.deadlines() {
        let status = deadline.status(view.now);
        counts[section(status.state)] += 1;
        moved += i64::from(status.extensions > 0);
    }
    let [awaiting, ahead, tbd, ended] = counts;
    let all = words::count_of(counts.iter().sum(), "deadline");
    let mut parts = vec![format!("{ahead} ahead")];
    if awaiting > 0 {
        parts.push(format!("{awaiting} past due without a known outcome"));
    }
    if tbd > 0 {
        parts.push(format!("{tbd} without a date"));
    }
    if ended > 0 {
        parts.push(format!("{ended} ended"));
    }
    let moved = match moved {
        0 => "None has been extended.".to_owned(),
        1 => "1 has been extended.".to_owned(),
        _ => format!("{moved} have been extended."),
    };
    format!("{all} on record: {}. {moved}", words::list(&parts))
}

/// Which section of the board a state belongs to.
fn section(state: State) -> usize {
    match state {
        State::Awaiting => 0,
        State::Scheduled => 1,
        State::Tbd => 2,
        State::Ended(_) => 3,
    }
}

const SECTIONS: [(&str, &str); 4] = [
    ("past-due", "Past due, no outcome known"),
    ("ahead", "Ahead"),
    ("without-a-date", "Without a date"),
    ("ended", "Ended"),
];

fn board(view: &View, rows: &[(&Deadline, Status<'_>)]) -> Markup {
    html! {
        @if rows.is_empty() {
            p.none { "No deadline passes these filters. " a href=(view.link("/")) { "Show all open ones" } }
        }
        @for (place, (id, heading)) in SECTIONS.into_iter().enumerate() {
            @let of_it: Vec<_> = rows.iter().filter(|(_, it)| section(it.state) == place).collect();
            @if !of_it.is_empty() {
                section aria-labelledby=(id) {
                    h2 #(id) { (heading) " " span.count { (of_it.len()) } }
                    ol.rows { @for (deadline, status) in of_it { (row(view, deadline, status)) } }
                }
            }
        }
    }
}

fn row(view: &View, deadline: &Deadline, status: &Status<'_>) -> Markup {
    let weight = format!("row {}", deadline.importance.word());
    html! {
        li class=(weight) {
            (parts::left(status))
            div.what {
                h3 { (parts::to_deadline(view, deadline)) }
                p.due { (parts::due(status.due)) }
                (parts::law(status, view.now))
                @if matches!(status.state, State::Scheduled) { (parts::reader(status.due)) }
                p.meta {
                    (status.standing)
                    @if let Some(moved) = parts::moved(status) { " · " span.moved { (moved) } }
                    @if !deadline.topics.is_empty() { " · " bdi { (deadline.topics.join(", ")) } }
                }
            }
        }
    }
}

/// Filters, and travel in time: a plain form.
fn form(view: &View) -> Markup {
    let day = view.docket.zone().date(view.now);
    let words = view.selection.asked();
    let option = |value: &str, text: &str, is_chosen: bool| {
        html! { option value=(value) selected[is_chosen] { (text) } }
    };
    html! {
        form.filters action=(view.base.at("/")) method="get" aria-label="Filters and travel in time" {
            label { span { "Topic" } select name="topic" {
                option value="" { "all" }
                @for topic in view.whole().topics() {
                    (option(topic, topic, words.topics.iter().any(|it| it == topic)))
                }
            } }
            label { span { "Party" } select name="party" {
                option value="" { "all" }
                @for party in view.whole().parties() {
                    @let id = party.id.as_str();
                    (option(id, &party.name, words.parties.iter().any(|it| it == id)))
                }
            } }
            label { span { "State" } select name="state" {
                option value="" { "open" }
                @for state in State::words().chain(["all"]) {
                    (option(state, state, words.state.as_deref() == Some(state)))
                }
            } }
            label { span { "Due within" } select name="within" {
                option value="" { "any time" }
                @for (value, text) in SPANS {
                    (option(value, text, words.within.as_deref() == Some(value)))
                }
            } }
            label { span { "As known on" } input type="date" name="as_of"
                value=[view.as_of.as_ref().map(|_| day)]; }
            button type="submit" { "Show" }
            (parts::travel(view, "/", None))
        }
    }
}

fn negotiations(view: &View) -> Markup {
    let all: Vec<&Negotiation> = view.docket.negotiations().collect();
    html! {
        @if !all.is_empty() {
            section aria-labelledby="talks" {
                h2 #talks { "Talks" }
                ul.talks { @for talks in all { (talks::line(view, talks)) } }
            }
        }
    }
}

fn latest(view: &View) -> Markup {
    let zone = view.docket.zone();
    html! {
        section aria-labelledby="latest" {
            h2 #latest { "What changed last" }
            ol.latest {
                @for notice in changes::latest(&view.docket, CHANGES_MAX, view.now) {
                    @let day = zone.date(notice.at);
                    li {
                        p.meta {
                            a href=(view.base.at(&format!("/?as_of={day}"))) title="See the docket as of that day" {
                                time datetime=(day) { (words::date(day)) }
                            }
                            " · " span.kind { (changes::word(&notice)) }
                        }
                        p { bdi { (notice.title) } }
                    }
                }
            }
        }
    }
}

fn take_away(view: &View) -> Markup {
    let api = view.link_filtered("/api/v1/deadlines", &[]);
    let asked = view.selection.asked();
    let query = asked.query();
    let calendar = view.calendar(&format!("/calendar.ics{query}"));
    html! {
        section aria-labelledby="take-away" {
            h2 #take-away { "Take it with you" }
            ul.ways {
                li { a href=(calendar) { "These dates in your calendar" } }
                li { a href=(view.base.at(&format!("/feed.atom{query}"))) { "Changes as a feed" } }
                li { a href=(api) { "This list as JSON" } }
                li { a href=(view.link_filtered("/timeline.png", &[])) { "The timeline as a picture" } }
            }
        }
    }
}
