//! The public addresses that documents name: of the page, its items, the calendar and the feed.

use crate::domain::{Asked, Id, Item};

/// Where readers reach the web page, and all that it links to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Links(String);

impl Links {
    /// Those of a page at an address such as `https://docket.example`, with or without a final slash.
    pub fn new(url: &str) -> Self {
        Self(url.trim_end_matches('/').to_owned())
    }

    /// Those of a page at an address that somebody gave.
    ///
    /// # Errors
    /// If it is none that readers can go to, with what one looks like.
    ///
    /// ```
    /// # use docket::feed::Links;
    /// assert!(Links::parse("https://example.org/docket/").is_ok());
    /// assert!(Links::parse("docket.example").is_err());
    /// ```
    pub fn parse(url: &str) -> Result<Self, &'static str> {
        let rest = ["https://", "http://"]
            .into_iter()
            .find_map(|scheme| url.strip_prefix(scheme));
        let is_plain =
            |letter: char| letter.is_ascii_alphanumeric() || "-._~:/[]%".contains(letter);
        let is_address = |rest: &&str| {
            let has_host = !rest.is_empty() && !rest.starts_with([':', '/']);
            has_host && rest.chars().all(is_plain) && !rest.contains("//")
        };
        let links = rest.filter(is_address).map(|_| Self::new(url));
        links.ok_or(
            "it begins with `https://` or `http://` and a host name, and may go on with a path, \
             but with no `?`, `#` or `@`: `https://docket.example` or \
             `https://example.org/docket`",
        )
    }

    /// The path on its host, without a slash at its end: empty at the root.
    ///
    /// ```
    /// # use docket::feed::Links;
    /// assert_eq!(Links::new("https://docket.example/").path(), "");
    /// assert_eq!(Links::new("https://example.org/docket/").path(), "/docket");
    /// ```
    pub fn path(&self) -> &str {
        let (_, rest) = self.0.split_once("://").unwrap_or_default();
        rest.find('/').map_or("", |slash| &rest[slash..])
    }

    /// The overview.
    pub fn overview(&self) -> String {
        format!("{}/", self.0)
    }

    /// The page of a deadline.
    pub fn deadline(&self, id: &Id) -> String {
        format!("{}/deadlines/{id}", self.0)
    }

    /// The page of a negotiation.
    pub fn talks(&self, id: &Id) -> String {
        format!("{}/talks/{id}", self.0)
    }

    /// The page of an item. An event has none of its own.
    pub fn page(&self, item: &Item) -> String {
        match item {
            Item::Deadline(deadline) => self.deadline(&deadline.id),
            Item::Negotiation(talks) => self.talks(&talks.id),
            Item::Event(_) => self.overview(),
        }
    }

    /// The calendar of what is asked for.
    pub fn calendar(&self, asked: &Asked) -> String {
        format!("{}/calendar.ics{}", self.0, asked.query())
    }

    /// A calendar of ours, by its path and query, under the scheme that has a calendar program
    /// subscribe instead of download.
    ///
    /// ```
    /// # use docket::feed::Links;
    /// let links = Links::new("https://docket.example/");
    /// assert_eq!(links.webcal("/calendar.ics"), "webcal://docket.example/calendar.ics");
    /// ```
    pub fn webcal(&self, path: &str) -> String {
        let url = format!("{}{path}", self.0);
        match url.split_once("://") {
            Some((_, rest)) => format!("webcal://{rest}"),
            None => url,
        }
    }

    /// The calendar of one item. An event is in none.
    pub fn calendar_of(&self, item: &Item) -> String {
        format!("{}/calendar.ics", self.page(item).trim_end_matches('/'))
    }

    /// The feed of what is asked for.
    pub fn feed(&self, asked: &Asked) -> String {
        format!("{}/feed.atom{}", self.0, asked.query())
    }
}
