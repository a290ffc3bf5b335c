//! What stands around every page: head, banner, foot.

use super::assets;
use super::base::Base;
use super::view::View;
use crate::domain::{Zone, words};
use maud::{DOCTYPE, Markup, html};

/// A page of the docket as of a moment.
pub(super) fn page(view: &View, title: &str, main: &Markup) -> Markup {
    let zone = view.docket.zone();
    let date = words::date(zone.date(view.now));
    let title = format!("{title} · Docket");
    whole(
        &view.base,
        &title,
        &html! {
            header.top {
                a.name href=(view.link("/")) { "Docket" }
                p.moment { "As of " (date) (place(zone)) }
                nav aria-label="Docket" {
                    a href=(view.link("/")) { "Deadlines" }
                    a href=(view.link("/talks")) { "Talks" }
                    a href=(view.base.at("/api/v1/openapi.json")) { "API" }
                }
            }
            main #main tabindex="-1" {
                @if view.as_of.is_some() { (looking_back(view)) }
                (main)
            }
            footer.foot {
                p { "Dates are those of the place whose law counts; your own time stands below them. "
                    "A passed date is not an outcome, and an announced extension is not a signed one." }
            }
        },
    )
}

/// A page that has no docket.
pub(super) fn bare(base: &Base, title: &str, main: &Markup) -> Markup {
    whole(
        base,
        &format!("{title} · Docket"),
        &html! {
            header.top { a.name href=(base.at("/")) { "Docket" } }
            main #main tabindex="-1" { (main) }
        },
    )
}

fn whole(base: &Base, title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                title { (title) }
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                link rel="stylesheet" href=(base.at(&assets::STYLE.path()));
                link rel="icon" type="image/svg+xml" href=(base.at(&assets::ICON.path()));
                link rel="alternate" type="application/atom+xml" title="Changes" href=(base.at("/feed.atom"));
                script src=(base.at(&assets::SCRIPT.path())) defer {}
            }
            body {
                a.skip href="#main" { "Skip to the content" }
                (body)
            }
        }
    }
}

/// Says that this is not how things are known now.
fn looking_back(view: &View) -> Markup {
    let then = words::instant(view.now, view.docket.zone());
    let is_past = view.now <= view.today;
    html! {
        p.back role="note" {
            @if is_past { "You see what was known at " b { (then) } ". What came later is left out." }
            @else { "You see the docket as of " b { (then) } ", with what is known today." }
            " " a href="?" { "Back to today" }
        }
    }
}

fn place(zone: Zone) -> String {
    match zone {
        Zone::UTC => " (UTC)".to_owned(),
        _ => format!(" ({})", zone.city()),
    }
}
