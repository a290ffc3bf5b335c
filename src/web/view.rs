//! The docket as of a moment, and what was asked of it: what every page is made from.

use super::Site;
use super::asked::Asked;
use super::base::Base;
use super::errors::Refusal;
use crate::domain::{
    Deadline, Docket, Id, Item, Negotiation, Plan, Selection, States, Timestamp, rfc3339,
};
use crate::feed;
use crate::picture::Options;
use crate::query;
use axum::http::StatusCode;
use std::sync::Arc;

/// The docket as of a moment.
pub(super) struct View {
    /// What is known at the moment.
    pub(super) docket: Docket,
    /// The whole docket in force.
    plan: Arc<Plan>,
    /// The moment.
    pub(super) now: Timestamp,
    /// What time it really is.
    pub(super) today: Timestamp,
    /// The moment as it stands in addresses, if it is not simply now.
    pub(super) as_of: Option<String>,
    /// What is asked for.
    pub(super) selection: Selection,
    /// How a picture is to be drawn.
    pub(super) picture: Options,
    /// Where the pages are.
    pub(super) base: Base,
    /// The addresses by which readers reach the page, if they are known.
    pub(super) links: Option<feed::Links>,
}

impl View {
    /// The view that a page is asked for.
    pub(super) fn of(site: &Site, pairs: &[(String, String)]) -> Result<Self, Refusal> {
        Self::new(site, Asked::of_page(pairs)?, States::Open)
    }

    /// The view that a calendar or a feed is asked for: what has ended stays in it, since whoever
    /// follows it has to hear how it ended.
    pub(super) fn of_feed(site: &Site, pairs: &[(String, String)]) -> Result<Self, Refusal> {
        Self::new(site, Asked::of_program(pairs)?, States::All)
    }

    /// The view that a program asks for.
    pub(super) fn of_program(site: &Site, pairs: &[(String, String)]) -> Result<Self, Refusal> {
        Self::new(site, Asked::of_program(pairs)?, States::Open)
    }

    fn new(site: &Site, asked: Asked, states: States) -> Result<Self, Refusal> {
        let Some(in_force) = site.pulse.state().in_force else {
            return Err(Refusal::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "no record is in force yet",
                "try again in some seconds; `/readyz` says what is missing",
            ));
        };
        let plan = in_force.plan;
        let today = (site.now)();
        let zone = plan.docket().zone();
        let now = match &asked.as_of {
            Some(text) => query::last(text, zone)?,
            None => today,
        };
        // A date stays a date, so that a link can be read. Anything else is written in one way.
        let as_of = asked.as_of.map(|text| {
            let is_date = text.parse::<chrono::NaiveDate>().is_ok();
            if is_date { text } else { rfc3339(now) }
        });
        let selection = query::select(plan.docket(), asked.words, states)?;
        Ok(Self {
            docket: plan.docket().as_of(now),
            plan,
            now,
            today,
            as_of,
            selection,
            picture: asked.picture,
            base: site.base.clone(),
            links: site.links.clone(),
        })
    }

    /// The deadlines that are asked for, in the order of the board.
    pub(super) fn deadlines(&self) -> Vec<&Deadline> {
        self.selection.deadlines(&self.docket, self.now)
    }

    /// The whole docket in force, later things included.
    pub(super) fn whole(&self) -> &Docket {
        self.plan.docket()
    }

    /// The address of a path at the same moment.
    pub(super) fn link(&self, path: &str) -> String {
        let address = self.base.at(path);
        match &self.as_of {
            Some(as_of) => format!("{address}?as_of={as_of}"),
            None => address,
        }
    }

    /// The address of a path at the same moment with the same filters.
    pub(super) fn link_filtered(&self, path: &str, more: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let words = self.selection.asked();
        query.extend_pairs(words.topics.iter().map(|topic| ("topic", topic)));
        query.extend_pairs(words.parties.iter().map(|party| ("party", party)));
        query.extend_pairs(words.state.iter().map(|state| ("state", state)));
        query.extend_pairs(words.within.iter().map(|within| ("within", within)));
        query.extend_pairs(self.as_of.iter().map(|as_of| ("as_of", as_of)));
        query.extend_pairs(more);
        let address = self.base.at(path);
        match query.finish().as_str() {
            "" => address,
            query => format!("{address}?{query}"),
        }
    }

    /// The address of a calendar of ours. Only a public one can be subscribed to; without it the
    /// file can be taken.
    pub(super) fn calendar(&self, path: &str) -> String {
        match &self.links {
            Some(links) => links.webcal(path),
            None => self.base.at(path),
        }
    }

    /// The deadline of that id, or why there is no page about it.
    pub(super) fn deadline(&self, id: &str) -> Result<&Deadline, Refusal> {
        self.find(("deadline", "/deadlines"), id, Docket::deadline)
    }

    /// The negotiation of that id, or why there is no page about it.
    pub(super) fn negotiation(&self, id: &str) -> Result<&Negotiation, Refusal> {
        self.find(("negotiation", "/talks"), id, negotiation)
    }

    /// The id of an item that is known at the moment and of which `get` has something; or why
    /// there is no page about it. `noun` says what it would be, `path` where such pages are.
    fn find<'a, T>(
        &'a self,
        (noun, path): (&str, &str),
        id: &str,
        get: impl Fn(&'a Docket, &Id) -> Option<T>,
    ) -> Result<T, Refusal> {
        let known = Id::parse(id);
        if let Some(found) = known.as_ref().and_then(|id| get(&self.docket, id)) {
            return Ok(found);
        }
        if let Some(id) = known.filter(|id| get(self.whole(), id).is_some()) {
            let then = crate::domain::words::instant(self.now, self.docket.zone());
            let refusal = Refusal::not_found(
                format!("the {noun} `{id}` was not known at {then}"),
                "take a later moment, or leave `as_of` out",
            );
            return Err(refusal.link("As it is known now", self.base.at(&format!("{path}/{id}"))));
        }
        let items = self.docket.items().iter().map(Item::id);
        let names = items.filter(|id| get(&self.docket, id).is_some());
        Err(Refusal::unknown(noun, id, names.map(Id::as_str), |name| {
            self.link(&format!("{path}/{name}"))
        }))
    }
}

/// The negotiation of that id.
fn negotiation<'a>(docket: &'a Docket, id: &Id) -> Option<&'a Negotiation> {
    match docket.item(id)? {
        Item::Negotiation(talks) => Some(talks),
        _ => None,
    }
}
