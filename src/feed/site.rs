//! The public addresses that documents name: of the page, its items, the calendar and the feed.

use crate::domain::{Asked, Id};

/// Where readers reach the web page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site(String);

impl Site {
    /// The site at an address such as `https://docket.example`, with or without a final slash.
    pub fn new(url: &str) -> Self {
        Self(url.trim_end_matches('/').to_owned())
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

    /// The calendar of what is asked for.
    pub fn calendar(&self, asked: &Asked) -> String {
        format!("{}/calendar.ics{}", self.0, asked.query())
    }

    /// The same under the scheme that has a calendar program subscribe instead of download.
    ///
    /// ```
    /// # use docket::{domain::Asked, feed::Site};
    /// let site = Site::new("https://docket.example/");
    /// assert_eq!(site.webcal(&Asked::default()), "webcal://docket.example/calendar.ics");
    /// ```
    pub fn webcal(&self, asked: &Asked) -> String {
        let calendar = self.calendar(asked);
        match calendar.split_once("://") {
            Some((_, rest)) => format!("webcal://{rest}"),
            None => calendar,
        }
    }

    /// The feed of what is asked for.
    pub fn feed(&self, asked: &Asked) -> String {
        format!("{}/feed.atom{}", self.0, asked.query())
    }
}
