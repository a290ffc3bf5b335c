//! From a notice to the message that is posted: a line that stands alone, an embed, buttons.

use super::custom_id::Put;
use super::limits::OPTIONS_MAX;
use super::look::Look;
use super::message::{Block, Button, Embed, Mentions, Message, Row};
use super::text::{lines, safe};
use super::{card, reference, time, words};
use crate::domain::{
    Deadline, Docket, Item, Kind, Notice, Source, State, Subscription, Target, Timestamp,
};
use crate::feed::Links;

/// What a post is made of.
#[derive(Clone, Copy, Debug)]
pub struct Post<'a> {
    /// What it says.
    pub notice: &'a Notice,
    /// The docket in force.
    pub docket: &'a Docket,
    /// Who gets it.
    pub to: &'a Subscription,
    /// The short name of its key, by which it is found again.
    pub reference: &'a str,
    /// Where the web page is, if it is public.
    pub links: Option<&'a Links>,
    /// When it is posted.
    pub now: Timestamp,
}

/// A lock screen shows about so many characters.
const LINE_MAX: usize = 150;
/// Of these, a title gets at least so many.
const TITLE_MIN: usize = 40;
/// A title in an embed: longer ones are headlines no more.
const TITLE_MAX: usize = 200;
/// What a line of a post may have.
const SENTENCE_MAX: usize = 900;
/// So many sources: a post is not the place for all.
const SOURCES_MAX: usize = 5;
/// All lines together, so that fields have their room.
const LINES_MAX: usize = 3_000;
/// So many are pinged at most: their mentions have to fit into the content.
const PINGED_MAX: usize = 40;

impl Post<'_> {
    /// The message, with its reference as the last word of the embed's footer.
    pub fn message(&self) -> Message {
        let item = self.item();
        let pinged = &self.to.mention[..self.to.mention.len().min(PINGED_MAX)];
        let pinged = if self.notice.pings { pinged } else { &[] };
        let line = self.line(item.as_ref());
        let content = match pinged {
            [] => line,
            _ => format!("{} {line}", Mentions::words(pinged)),
        };
        let message = Message {
            content,
            embed: Some(self.embed(item.as_ref())),
            mentions: Mentions::of(pinged),
            is_silent: !self.notice.pings,
            ..Message::default()
        };
        match &item {
            Some(item) => message.row(Row::Buttons(self.buttons(item))),
            None => message.row(self.select()),
        }
    }

    /// The item that it is about, as it is known now, if it is about one only.
    fn item(&self) -> Option<Item> {
        let item = self.notice.item.as_ref()?;
        let is_one = self.notice.items.len() <= 1;
        let item = self.docket.item(item).filter(|_| is_one)?;
        Some(item.as_of(self.now).unwrap_or_else(|| item.clone()))
    }

    /// The line that stands alone: what is the matter, with what, and when.
    fn line(&self, item: Option<&Item>) -> String {
        let late = if self.notice.late { words::LATE } else { "" };
        let Some((head, title)) = item.and_then(|item| self.parted(item)) else {
            return format!("{late}{}", safe(&self.notice.title, LINE_MAX));
        };
        let due = item.and_then(|item| match (item, self.notice.kind) {
            (Item::Deadline(it), Kind::Lead | Kind::Due | Kind::Added) => self.due_of(it),
            _ => None,
        });
        let due = due.map(|due| format!(" · due {}", due.text()));
        let due = due.unwrap_or_default();
        let length = |text: &str| text.chars().count();
        let room = LINE_MAX.saturating_sub(length(late) + length(head) + length(&due));
        let title = safe(title, room.max(TITLE_MIN));
        format!("{late}{}{title}{}", safe_start(head), safe_rest(&due))
    }

    /// The notice's title without the item's at its end, and the item's.
    fn parted<'t>(&'t self, item: &'t Item) -> Option<(&'t str, &'t str)> {
        let title = item.title();
        Some((self.notice.title.strip_suffix(title)?, title))
    }

    /// The due that it is about, if that is one of those that count.
    fn due_of(&self, deadline: &Deadline) -> Option<crate::domain::Due> {
        let status = deadline.status(self.now);
        let known = [Some(status.due), status.law_due];
        let known = known.into_iter().flatten();
        let is_meant = |due: &&crate::domain::Due| match self.notice.kind {
            Kind::Added | Kind::Confirmed => due.is_same(status.due),
            _ => self.notice.is_about(due),
        };
        known
            .copied()
            .find(|due| is_meant(&due))
            .filter(|due| due.at().is_some())
    }

    fn embed(&self, item: Option<&Item>) -> Embed {
        let (look, title, url) = match item {
            Some(item) => (self.look(item), item.title(), words::page(self.links, item)),
            None => (
                Look::plain(self.notice.kind.word()),
                self.notice.title.as_str(),
                None,
            ),
        };
        let mut embed = Embed {
            color: look.color,
            author: Some(look.line()),
            title: safe(title, TITLE_MAX),
            url,
            description: self.description(item),
            footer: Some(self.footer(item)),
            ..Embed::default()
        };
        if let Some(consequence) = self.consequence(item) {
            embed.fields.push(Block {
                name: words::IF_LAPSES.to_owned(),
                value: safe(consequence, SENTENCE_MAX),
                is_short: false,
            });
        }
        embed
            .fields
            .extend(card::sources(&self.notice.sources, SOURCES_MAX));
        embed
    }

    fn look(&self, item: &Item) -> Look {
        match item {
            Item::Deadline(deadline) => self.look_of(deadline),
            Item::Negotiation(talks) => {
                let mut rounds = talks.rounds.iter();
                let round = rounds.find(|it| Some(&it.name) == self.notice.round.as_ref());
                round.map_or_else(
                    || Look::plain(words::TALKS),
                    |round| Look::of_round(round.state(self.now)),
                )
            }
            Item::Event(_) => Look::plain(words::EVENT),
        }
    }

    /// As near as the due is that it reminds of, which may be the one that is still the law.
    fn look_of(&self, deadline: &Deadline) -> Look {
        let mut status = deadline.status(self.now);
        let is_lead = self.notice.kind == Kind::Lead;
        let due = self.due_of(deadline).filter(|_| is_lead);
        if let Some(date) = due.and_then(|due| due.date()) {
            let today = status.due.zone().date(self.now);
            status.days_left = status.days_left.map(|_| (date - today).num_days());
        }
        let look = Look::of(&status);
        match self.head(&deadline.title).filter(|_| is_lead) {
            // In hours, where it is near.
            Some(left) => Look {
                words: format!("{} · {left}", Look::steady(status.state).words),
                ..look
            },
            None => look,
        }
    }

    /// What is the matter: the notice's title without the item's.
    fn head(&self, title: &str) -> Option<&str> {
        let head = self.notice.title.strip_suffix(title)?;
        let head = head.trim_end_matches([':', ' ']);
        (!head.is_empty()).then_some(head)
    }

    /// What is the matter, the reader's own time, and all else that the notice says.
    fn description(&self, item: Option<&Item>) -> String {
        let mut said = Vec::new();
        let is_lead = self.notice.kind == Kind::Lead;
        // How much time is left, a lead says above its title.
        let head = item.and_then(|item| self.head(item.title()));
        let head = head.filter(|_| !is_lead);
        said.extend(head.map(|head| bold(&safe(head, SENTENCE_MAX))));
        let consequence = self.consequence(item);
        let is_said = |line: &&String| {
            consequence.is_none_or(|it| line.strip_prefix(words::IF_LAPSES_LEAD) != Some(it))
        };
        let mut lines_said = self.notice.lines.iter().filter(is_said);
        said.extend(lines_said.next().map(|line| {
            if is_lead {
                bold(&safe(line.trim_end_matches('.'), SENTENCE_MAX))
            } else {
                safe(line, SENTENCE_MAX)
            }
        }));
        if let Some(Item::Deadline(deadline)) = item {
            // Below the sentence that has the date of law in words.
            said.extend(self.due_of(deadline).and_then(|due| time::due(&due)));
        }
        said.extend(lines_said.map(|line| safe(line, SENTENCE_MAX)));
        if item.is_none() && self.notice.kind != Kind::Digest {
            // What each change of several is, stands out from what is said of it.
            for line in &mut said {
                if let Some(change) = line.strip_prefix("• ") {
                    *line = format!("• {}", bold(change));
                }
            }
        }
        let rest = |count| words::and_more(count, words::SEE_DEADLINES);
        lines(&said, LINES_MAX, rest)
    }

    /// What happens if a deadline lapses, where the notice says so.
    fn consequence<'t>(&self, item: Option<&'t Item>) -> Option<&'t str> {
        let Some(Item::Deadline(deadline)) = item else {
            return None;
        };
        let consequence = deadline.if_lapses.as_deref()?;
        let says = |line: &String| line.strip_prefix(words::IF_LAPSES_LEAD) == Some(consequence);
        self.notice.lines.iter().any(says).then_some(consequence)
    }

    /// Standing, last checked, and the reference.
    fn footer(&self, item: Option<&Item>) -> String {
        let mut parts = Vec::new();
        if let Some(Item::Deadline(deadline)) = item {
            parts.push(deadline.status(self.now).standing.to_string());
        }
        let checked = |sources: &[Source]| sources.iter().filter_map(|it| it.checked).max();
        let of_item = match item {
            Some(Item::Deadline(it)) => checked(&it.sources),
            Some(Item::Negotiation(it)) => checked(&it.sources),
            _ => None,
        };
        parts.extend(
            checked(&self.notice.sources)
                .or(of_item)
                .map(words::checked),
        );
        parts.push(reference::shown(self.reference));
        parts.join(" · ")
    }

    fn buttons(&self, item: &Item) -> Vec<Button> {
        let id = item.id();
        let mut buttons = Vec::new();
        match item {
            Item::Deadline(deadline) => {
                let is_open = !matches!(deadline.state(self.now), State::Ended(_));
                let is_personal = matches!(Target::parse(&self.to.id), Some(Target::Person { .. }));
                if is_personal {
                    if is_open {
                        buttons.push(words::button::snooze(id, Put::Hour));
                        buttons.push(words::button::snooze(id, Put::Day));
                    }
                    buttons.push(words::button::stop(id));
                } else if is_open {
                    buttons.push(words::button::remind(id));
                }
                buttons.push(words::button::history(id));
                if is_open && !is_personal {
                    buttons.push(words::button::calendar(id));
                }
            }
            Item::Negotiation(_) => {
                buttons.push(words::button::history(id));
                buttons.push(words::button::calendar(id));
            }
            Item::Event(_) => {}
        }
        buttons.extend(words::button::source(&self.notice.sources));
        buttons
    }

    /// The items of a post about several, to open one.
    fn select(&self) -> Row {
        let items = self
            .notice
            .items
            .iter()
            .filter_map(|id| self.docket.item(id)?.as_of(self.now));
        let choices = items
            .take(OPTIONS_MAX)
            .map(|item| card::choice(&item, self.now));
        words::button::open(choices.collect())
    }
}

fn bold(text: &str) -> String {
    format!("**{text}**")
}

/// The beginning of a line, which a space ends that must stay.
fn safe_start(head: &str) -> String {
    if head.is_empty() {
        return String::new();
    }
    let text = safe(head, LINE_MAX);
    if head.ends_with(' ') {
        text + " "
    } else {
        text
    }
}

/// The end of a line, which a space begins that must stay.
fn safe_rest(rest: &str) -> String {
    if rest.is_empty() {
        return String::new();
    }
    format!(" {}", safe(rest, LINE_MAX))
}
