//! What answers look like: width, colour, tables and JSON.

use crate::console::{WIDTH, shown, wrapped};
use crate::settings::Settings;
use comfy_table::presets::NOTHING;
use comfy_table::{Attribute, Cell, Color, ColumnConstraint, ContentArrangement, Table, Width};
use serde::Serialize;
use std::io::IsTerminal as _;

/// What stdout can show.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terminal {
    pub(super) width: usize,
    pub(super) color: bool,
}

impl Terminal {
    /// Narrower than this, a table would be a column of letters.
    const WIDTH_MIN: usize = 60;

    pub(super) fn detect(settings: &Settings) -> Self {
        let is_terminal = std::io::stdout().is_terminal();
        let size = terminal_size::terminal_size().filter(|_| is_terminal);
        Self {
            width: size
                .map_or(WIDTH, |(width, _)| width.0.into())
                .max(Self::WIDTH_MIN),
            color: is_terminal && !settings.no_color,
        }
    }

    /// A text in lines that fit the width.
    pub(super) fn wrapped(self, text: &str, first_indent: &str, indent: &str) -> String {
        wrapped(text, first_indent, indent, self.width)
    }

    /// A table that fits the width. Empty columns are left out.
    pub(super) fn table(self, columns: &[Column], rows: &[Vec<Cell>]) -> String {
        let mut table = Table::new();
        table
            .load_style(NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(u16::try_from(self.width).unwrap_or(u16::MAX));
        if self.color {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        let is_used = |place: &usize| rows.iter().any(|row| !row[*place].content().is_empty());
        let used: Vec<usize> = (0..columns.len()).filter(is_used).collect();
        let head = |place: &usize| Cell::new(columns[*place].head).add_attribute(Attribute::Bold);
        table.set_header(used.iter().map(head).collect::<Vec<_>>());
        for row in rows {
            table.add_row(
                used.iter()
                    .map(|place| row[*place].clone())
                    .collect::<Vec<_>>(),
            );
        }
        for (column, place) in table.column_iter_mut().zip(&used) {
            column.set_padding((0, PADDING));
            if columns[*place].is_whole {
                let width = longest_line(rows.iter().map(|row| &row[*place])).min(self.width / 2);
                let width = u16::try_from(width).unwrap_or(u16::MAX) + PADDING;
                column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(width)));
            }
        }
        let lines: Vec<_> = table
            .lines()
            .map(|line| line.trim_end().to_owned())
            .collect();
        lines.join("\n") + "\n"
    }
}

/// The space between columns.
const PADDING: u16 = 2;

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    head: &'static str,
    /// Whether the last line of its cells is kept whole: ids are for copying.
    is_whole: bool,
}

impl Column {
    pub(super) const fn new(head: &'static str) -> Self {
        Self {
            head,
            is_whole: false,
        }
    }

    pub(super) const fn with_id(head: &'static str) -> Self {
        Self {
            head,
            is_whole: true,
        }
    }
}

/// The width of the longest last line of some cells: that is where the ids are.
fn longest_line<'a>(cells: impl Iterator<Item = &'a Cell>) -> usize {
    let last = |cell: &Cell| {
        cell.content()
            .lines()
            .last()
            .map_or(0, |line| line.chars().count())
    };
    cells.map(last).max().unwrap_or(0)
}

/// A cell that is coloured where colour is shown.
pub(super) fn colored(text: impl Into<String>, color: Color) -> Cell {
    Cell::new_owned(shown(&text.into())).fg(color)
}

/// A plain cell.
pub(super) fn plain(text: impl Into<String>) -> Cell {
    Cell::new_owned(shown(&text.into()))
}

/// One JSON document, indented, with a newline.
pub(super) fn pretty(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).expect("records are JSON") + "\n"
}

/// One JSON object a line.
pub(super) fn json_lines<T: Serialize>(values: impl IntoIterator<Item = T>) -> String {
    let line = |value: T| serde_json::to_string(&value).expect("records are JSON") + "\n";
    values.into_iter().map(line).collect()
}
