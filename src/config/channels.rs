//! From a `[[channel]]` to a subscription.

use super::keys::{DIGEST, EVERY, QUIET};
use super::problem::Code;
use super::reader::{ItemKind, Node, Reader, Table, cut};
use crate::domain::{Digest, Duration, Filter, Importance, Quiet, Subscription, Zone};
use chrono::Weekday;
use std::collections::HashSet;

/// What a channel takes over from the docket.
pub(super) struct Defaults<'d> {
    pub(super) zone: Zone,
    pub(super) remind: &'d [Duration],
}

impl<'a> Reader<'a> {
    pub(super) fn channel(
        &mut self,
        table: &Table<'a>,
        defaults: &Defaults<'_>,
        taken: &mut HashSet<String>,
    ) -> Option<Subscription> {
        let id = table.get("id").and_then(|node| self.channel_id(node));
        if let Some(id) = id.as_ref().filter(|id| !taken.insert((*id).clone())) {
            let message = format!("there is a channel `{id}` already");
            self.problems.add_with_help(
                Code::Duplicate,
                table.span_of("id"),
                message,
                "put all it is to hear into one entry",
            );
        }
        let filter = Filter {
            items: self.filter_list(table, "items").map(|entries| {
                entries
                    .iter()
                    .filter_map(|entry| self.item_of(entry, &ItemKind::ALL))
                    .collect()
            }),
            topics: self.filter_list(table, "topics").map(|entries| {
                let texts = entries.iter().filter_map(|entry| self.text_of(entry));
                texts.map(str::to_owned).collect()
            }),
            parties: self.filter_list(table, "parties").map(|entries| {
                entries
                    .iter()
                    .filter_map(|entry| self.party_of(entry))
                    .collect()
            }),
            importance: self.importance(table).unwrap_or(Importance::Low),
        };
        Some(Subscription {
            filter,
            leads: self
                .leads(table, "remind")
                .unwrap_or_else(|| defaults.remind.to_vec()),
            mention: self.mentions(table),
            ping_from: self.duration(table, "ping_from"),
            zone: self.zone(table).unwrap_or(defaults.zone),
            language: table.get("language").and_then(|node| self.language(node)),
            digest: self.digest(table),
            quiet: self.quiet(table),
            board: self.flag(table, "board").unwrap_or(false),
            crosspost: self.flag(table, "crosspost").unwrap_or(false),
            snoozed: Vec::new(),
            id: id?,
        })
    }

    fn channel_id(&mut self, node: &'a Node<'a>) -> Option<String> {
        let help = "copy it in Discord (developer mode, right click, Copy Channel ID) and put it \
                    in quotes: `id = \"123456789012345678\"`";
        if node.get_ref().as_integer().is_some() {
            self.wrong_type(node, "text in quotes", help);
            return None;
        }
        let text = self.text_of(node)?;
        if !is_snowflake(text) {
            let message = format!("`{}` is not the id of a Discord channel", cut(text));
            self.problems
                .add_with_help(Code::BadChannel, node.span(), message, help);
            return None;
        }
        Some(text.to_owned())
    }

    fn mentions(&mut self, table: &Table<'a>) -> Vec<String> {
        let entries = self.list(table, "mention").unwrap_or_default();
        let mut mentions = Vec::new();
        for node in entries {
            let Some(text) = self.text_of(node) else {
                continue;
            };
            let id = text
                .strip_prefix("role:")
                .or_else(|| text.strip_prefix("user:"));
            if matches!(text, "everyone" | "here") || id.is_some_and(is_snowflake) {
                mentions.push(text.to_owned());
                continue;
            }
            self.problems.add_with_help(
                Code::BadMention,
                node.span(),
                format!("`{}` is nobody to ping", cut(text)),
                "write `role:ID`, `user:ID`, `everyone` or `here`, with an id of 17 to 20 digits",
            );
        }
        mentions
    }

    fn language(&mut self, node: &'a Node<'a>) -> Option<String> {
        let text = self.text_of(node)?;
        let mut parts = text.split('-');
        let letters = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphabetic());
        let first = parts.next().unwrap_or_default();
        let is_tag = (2..=3).contains(&first.len())
            && letters(first)
            && parts.all(|part| {
                (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
            });
        if !is_tag {
            self.problems.add_with_help(
                Code::BadLanguage,
                node.span(),
                format!("`{}` is not a language tag", cut(text)),
                "write a tag of BCP 47: `en`, `es`, `zh-CN`",
            );
            return None;
        }
        Some(text.to_owned())
    }

    fn digest(&mut self, table: &Table<'a>) -> Option<Digest> {
        use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
        let digest = self.table(table.get("digest")?, &DIGEST)?;
        let days = [
            None,
            Some(Mon),
            Some(Tue),
            Some(Wed),
            Some(Thu),
            Some(Fri),
            Some(Sat),
            Some(Sun),
        ];
        let every = self.word(&digest, "every", EVERY, &days);
        let at = self.time(&digest, "at");
        Some(Digest {
            every: every?,
            at: at?,
        })
    }

    fn quiet(&mut self, table: &Table<'a>) -> Option<Quiet> {
        let quiet = self.table(table.get("quiet")?, &QUIET)?;
        let from = self.time(&quiet, "from");
        let to = self.time(&quiet, "to");
        let (from, to) = (from?, to?);
        if from == to {
            self.problems.add_with_help(
                Code::QuietEqual,
                quiet.span_of("to"),
                "quiet hours that end when they begin could mean none or all day",
                "leave `quiet` out for none",
            );
            return None;
        }
        Some(Quiet { from, to })
    }
}

/// Whether a text has the form of a Discord id.
fn is_snowflake(text: &str) -> bool {
    (17..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}
