//! The feed: what became known, newest first, in the words of the posts that told it.

use super::calendar::name;
use super::links::Links;
use crate::domain::change::{Change, Group, What, history};
use crate::domain::{
    Docket, Item, Notice, Selection, Source, Subscription, Timestamp, announce, rfc3339,
};
use quick_xml::Writer;
use quick_xml::escape::escape;
use quick_xml::events::{BytesDecl, BytesText, Event};
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;

/// The most entries of a feed.
pub const ENTRIES_MAX: usize = 100;

/// The reader of the feed, as its entries' identities have it. Never to be changed.
const READER: &str = "feed";

/// Why writing does not fail.
const IN_MEMORY: &str = "memory takes what is written";

type Xml = Writer<Vec<u8>>;

/// The changes of what is asked for, as an Atom document (RFC 4287, media type
/// `application/atom+xml`): one entry each, as of its announcement. The docket holds only what was
/// known at `now`: see [`Docket::as_of`]. With a links, entries link to the pages of their items.
pub fn atom(
    docket: &Docket,
    selection: &Selection,
    links: Option<&Links>,
    now: Timestamp,
) -> String {
    let reader = Subscription {
        id: READER.to_owned(),
        ..Subscription::terminal(docket)
    };
    let changes = history(docket).into_iter().rev();
    let taken = changes.filter(|change| is_taken(docket, selection, change, now));
    let notices: Vec<_> = taken
        .take(ENTRIES_MAX)
        .flat_map(|change| told(docket, &reader, change))
        .collect();
    document(docket, selection, links, &notices)
}

/// Whether a change is about something that is asked for.
fn is_taken(docket: &Docket, selection: &Selection, change: &Change, now: Timestamp) -> bool {
    let item = &docket.items()[change.item];
    let is_near = match (item, &change.what) {
        (Item::Deadline(deadline), _) => selection.takes_deadline(deadline, now),
        (Item::Negotiation(talks), What::Round { round, .. } | What::RoundCorrected { round }) => {
            selection.takes_round(&talks.rounds[*round], now)
        }
        _ => selection.takes_events(),
    };
    is_near && selection.filter().passes(&docket.facets(item))
}

/// What a post about a change alone says at the moment of its announcement.
fn told(docket: &Docket, reader: &Subscription, change: Change) -> Vec<Notice> {
    let at = change.at;
    let group = Group {
        at,
        kind: change.kind(),
        changes: vec![change],
    };
    announce(docket, std::slice::from_ref(reader), &[group], at)
}

fn document(
    docket: &Docket,
    selection: &Selection,
    links: Option<&Links>,
    notices: &[Notice],
) -> String {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 1);
    let declaration = BytesDecl::new("1.0", Some("utf-8"), None);
    xml.write_event(Event::Decl(declaration)).expect(IN_MEMORY);
    let feed = xml
        .create_element("feed")
        .with_attribute(("xmlns", "http://www.w3.org/2005/Atom"));
    let written = feed.write_inner_content(|xml| {
        head(xml, selection, links, notices);
        for notice in notices {
            entry(xml, docket, links, notice);
        }
        Ok(())
    });
    written.expect(IN_MEMORY);
    let mut text = String::from_utf8(xml.into_inner()).expect("it was put together from texts");
    text.push('\n');
    text
}

fn head(xml: &mut Xml, selection: &Selection, links: Option<&Links>, notices: &[Notice]) {
    let query = selection.asked().query();
    element(xml, "id", &urn(&format!("{READER}{query}")));
    element(xml, "title", &name(selection));
    // A feed without entries has never been updated.
    let updated = notices.first().map(|notice| notice.at);
    element(xml, "updated", &rfc3339(updated.unwrap_or_default()));
    let author = xml.create_element("author");
    let author = author.write_inner_content(|xml| {
        element(xml, "name", "Docket");
        Ok(())
    });
    author.expect(IN_MEMORY);
    if let Some(links) = links {
        link(xml, "self", &links.feed(selection.asked()), None);
        link(xml, "alternate", &links.overview(), None);
    }
    let generator = xml
        .create_element("generator")
        .with_attribute(("version", env!("CARGO_PKG_VERSION")))
        .write_text_content(BytesText::new("Docket"));
    generator.expect(IN_MEMORY);
}

fn entry(xml: &mut Xml, docket: &Docket, links: Option<&Links>, notice: &Notice) {
    let item = notice.item.as_ref().and_then(|id| docket.item(id));
    let entry = xml.create_element("entry").write_inner_content(|xml| {
        element(xml, "id", &urn(&notice.key));
        element(xml, "title", &notice.title);
        element(xml, "updated", &rfc3339(notice.at));
        element(xml, "published", &rfc3339(notice.at));
        if let (Some(item), Some(links)) = (item, links) {
            link(xml, "alternate", &links.page(item), None);
        }
        for source in &notice.sources {
            if let Some(url) = &source.url {
                link(xml, "via", url, Some(&source.title));
            }
        }
        let topics = item.map(|item| docket.facets(item).topics);
        for term in [notice.kind.word()]
            .into_iter()
            .chain(topics.unwrap_or_default())
        {
            let category = xml.create_element("category");
            let category = category.with_attribute(("term", legal(term).as_ref()));
            category.write_empty().expect(IN_MEMORY);
        }
        let content = xml
            .create_element("content")
            .with_attribute(("type", "html"));
        let content = content.write_text_content(BytesText::new(&html(notice)));
        content.map(|_| ())
    });
    entry.expect(IN_MEMORY);
}

fn element(xml: &mut Xml, name: &str, text: &str) {
    let element = xml.create_element(name);
    let written = element.write_text_content(BytesText::new(&legal(text)));
    written.expect(IN_MEMORY);
}

fn link(xml: &mut Xml, relation: &str, address: &str, title: Option<&str>) {
    let link = xml
        .create_element("link")
        .with_attribute(("rel", relation))
        .with_attribute(("href", legal(address).as_ref()));
    let link = match title {
        Some(title) => link.with_attribute(("title", legal(title).as_ref())),
        None => link,
    };
    link.write_empty().expect(IN_MEMORY);
}

/// A paragraph for each line, and for each source: texts of the record in them are escaped, and
/// the record has no addresses but those of the web.
fn html(notice: &Notice) -> String {
    let lines = notice
        .lines
        .iter()
        .map(|line| format!("<p>{}</p>", escape(legal(line))));
    let cite = |source: &Source| {
        let title = escape(legal(&source.title)).into_owned();
        match &source.url {
            Some(url) => format!(
                "<p>Source: <a href=\"{}\">{title}</a></p>",
                escape(legal(url))
            ),
            None => format!("<p>Source: {title}</p>"),
        }
    };
    lines.chain(notice.sources.iter().map(cite)).collect()
}

/// The text without the two characters that a record may hold and XML may not.
fn legal(text: &str) -> Cow<'_, str> {
    let is_illegal = |letter| matches!(letter, '\u{fffe}' | '\u{ffff}');
    if text.contains(is_illegal) {
        Cow::Owned(text.replace(is_illegal, "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// An identity made of what is told and nothing else: not of a host, which may change, nor of an
/// authority, which nobody has over a record that anybody may run. A UUID of version 8 (RFC 9562).
fn urn(key: &str) -> String {
    let hash = Sha256::digest(key);
    let mut bytes: [u8; 16] = hash[..16].try_into().expect("a hash has 32 bytes");
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let groups = [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ];
    format!("urn:uuid:{}", groups.join("-"))
}
