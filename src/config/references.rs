//! Ids of items and parties: declared once, referred to from everywhere.

use super::problem::Code;
use super::reader::{ItemKind, Node, Reader, Table};
use crate::domain::Id;

impl<'a> Reader<'a> {
    /// Makes a party known. Parties are declared before anything refers to them.
    pub(super) fn declare_party(&mut self, id: &Id, table: &Table<'a>) {
        if !self.party_ids.insert(id.clone()) {
            let message = format!("there is a party `{id}` already");
            self.problems.add_with_help(
                Code::Duplicate,
                table.span_of("id"),
                message,
                "delete one of the two, or give it an id of its own",
            );
        }
    }

    /// Makes the id of an item known, if it is one, and says whether it was free.
    pub(super) fn declare_item(&mut self, table: &Table<'a>, kind: ItemKind) -> bool {
        let id = table
            .get("id")
            .and_then(|node| Id::parse(node.get_ref().as_str()?));
        let Some(id) = id else { return true };
        let place = table.span_of("id");
        let Some((_, first)) = self.item_ids.get(&id).cloned() else {
            self.item_ids.insert(id, (kind, place));
            return true;
        };
        let line = self.line_of(first.start);
        self.problems.add_with_help(
            Code::Duplicate,
            place,
            format!("there is an item `{id}` already (line {line})"),
            "ids are unique over deadlines, negotiations and events: give one of the two another",
        );
        self.problems.other(first, "the first of that id");
        false
    }

    /// The id of a declared party.
    pub(super) fn party_of(&mut self, node: &'a Node<'a>) -> Option<Id> {
        let id = self.id_of(node)?;
        if self.party_ids.contains(&id) {
            return Some(id);
        }
        let meant = self.problems.suggest(id.as_str(), || {
            let mut known: Vec<_> = self.party_ids.iter().map(Id::as_str).collect();
            known.sort_unstable();
            known
        });
        let help = match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("declare it: `[[party]]` with `id = \"{id}\"` and a `name`"),
        };
        let message = format!("there is no party `{id}`");
        self.problems
            .add_with_help(Code::UnknownParty, node.span(), message, help);
        None
    }

    pub(super) fn parties(&mut self, table: &Table<'a>, key: &str) -> Vec<Id> {
        let entries = self.list(table, key).unwrap_or_default();
        entries
            .iter()
            .filter_map(|entry| self.party_of(entry))
            .collect()
    }

    /// The id of an item of one of these kinds.
    pub(super) fn item_of(&mut self, node: &'a Node<'a>, kinds: &[ItemKind]) -> Option<Id> {
        let id = self.id_of(node)?;
        let expected = match kinds {
            [one] => one.key(),
            [_, _] => "deadline or event",
            _ => "item",
        };
        match self.item_ids.get(&id) {
            Some((kind, _)) if kinds.contains(kind) => Some(id),
            Some((kind, place)) => {
                let message = format!("`{id}` is not a {expected}, but a {}", kind.key());
                let place = place.clone();
                self.problems.add(Code::UnknownItem, node.span(), message);
                self.problems.help(format!("name a {expected} here"));
                self.problems.other(place, "declared here");
                None
            }
            None => {
                let meant = self.problems.suggest(id.as_str(), || {
                    let known = self
                        .item_ids
                        .iter()
                        .filter(|(_, (kind, _))| kinds.contains(kind));
                    let mut known: Vec<_> = known.map(|(id, _)| id.as_str()).collect();
                    known.sort_unstable();
                    known
                });
                let help = meant.map_or_else(
                    || "write the id of one that is in this file".to_owned(),
                    |meant| format!("did you mean `{meant}`?"),
                );
                let message = format!("there is no {expected} `{id}`");
                self.problems
                    .add_with_help(Code::UnknownItem, node.span(), message, help);
                None
            }
        }
    }

    pub(super) fn items(&mut self, table: &Table<'a>, key: &str, kind: ItemKind) -> Vec<Id> {
        let entries = self.list(table, key).unwrap_or_default();
        entries
            .iter()
            .filter_map(|entry| self.item_of(entry, &[kind]))
            .collect()
    }
}
