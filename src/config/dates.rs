//! Dates and times of the file in their zone of law.

use super::keys::COMPUTED;
use super::problem::Code;
use super::reader::{ItemKind, Node, Reader, Table, cut};
use crate::domain::{Due, Duration, Id, Jump, Local, Moment, Timestamp, When, Zone};
use chrono::{Datelike as _, FixedOffset, NaiveDate, NaiveDateTime};
use std::ops::Range;
use toml::de::DeValue;
use toml::value::{Date, Datetime, Offset};

/// The years a date may lie in: others are slips of the hand.
pub(crate) const YEARS: std::ops::RangeInclusive<i32> = 1700..=2999;

/// A due as written.
#[derive(Clone, Debug)]
pub(super) enum Written {
    Fixed(Due),
    Computed {
        after: Id,
        after_span: Range<usize>,
        plus: Duration,
        plus_span: Range<usize>,
    },
}

const FORMS: &str = "a due is a date (`2026-11-10`), a date-time (`2026-11-10T00:01`), `\"2026-11\"`, \
                     `\"2026-Q4\"`, `\"2027\"`, `\"tbd\"`, or `{ after = \"ID\", plus = \"90d\" }`";

impl<'a> Reader<'a> {
    /// A due in any of its forms.
    pub(super) fn due(&mut self, table: &Table<'a>, zone: Zone) -> Option<Written> {
        let node = table.get("due")?;
        let fixed = |moment| Some(Written::Fixed(Due::new(moment, zone)));
        match node.get_ref() {
            DeValue::Datetime(value) => match (value.date, value.time) {
                (Some(date), None) => fixed(Moment::Day(self.date_in(date, zone, node.span())?)),
                (Some(_), Some(_)) => fixed(Moment::Minute(self.instant(value, zone, node)?)),
                (None, _) => {
                    self.problems.add_with_help(
                        Code::BadDate,
                        node.span(),
                        "a time of day alone is not a due",
                        FORMS,
                    );
                    None
                }
            },
            DeValue::String(text) => fixed(self.period(text, node)?),
            DeValue::Integer(_) => {
                let year = &self.text[node.span()];
                self.problems.add_with_help(
                    Code::BareYear,
                    node.span(),
                    "a due that is a year stands in quotes",
                    format!("write `due = \"{year}\"`"),
                );
                None
            }
            DeValue::Table(_) => {
                let computed = self.table(node, &COMPUTED)?;
                let bases = [ItemKind::DEADLINE, ItemKind::EVENT];
                let after = computed
                    .get("after")
                    .and_then(|node| self.item_of(node, &bases));
                let plus = self.duration(&computed, "plus");
                Some(Written::Computed {
                    after: after?,
                    after_span: computed.span_of("after"),
                    plus: plus?,
                    plus_span: computed.span_of("plus"),
                })
            }
            _ => {
                self.wrong_type(node, "a due", FORMS);
                None
            }
        }
    }

    /// A month, quarter or year, or `tbd`.
    fn period(&mut self, text: &str, node: &Node<'a>) -> Option<Moment> {
        if text.eq_ignore_ascii_case("tbd") {
            return Some(Moment::Tbd);
        }
        if self.is_quoted_date(text, "due", node) {
            return None;
        }
        let digits = |part: &str, count: usize| {
            (part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit()))
                .then(|| part.parse::<u32>().ok())
                .flatten()
        };
        let (year, rest) = match text.split_once('-') {
            Some((year, rest)) => (digits(year, 4), Some(rest)),
            None => (digits(text, 4), None),
        };
        let first_month = match rest {
            None => Some(1),
            Some(rest) => match rest.strip_prefix(['Q', 'q']) {
                Some(quarter) => digits(quarter, 1).map(|quarter| quarter * 3 - 2),
                None => digits(rest, 2),
            },
        };
        let first = year
            .zip(first_month)
            .and_then(|(year, month)| NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, 1));
        let Some(first) = first else {
            let message = format!("`{}` is not a due", cut(text));
            self.problems
                .add_with_help(Code::BadDate, node.span(), message, FORMS);
            return None;
        };
        let first = self.in_range(first, node.span())?;
        let moment = match rest {
            None => Moment::Year(first),
            Some(rest) if rest.starts_with(['Q', 'q']) => Moment::Quarter(first),
            Some(_) => Moment::Month(first),
        };
        Some(moment)
    }

    /// Reports a date that stands in quotes, and shows the line put right.
    fn is_quoted_date(&mut self, text: &str, key: &str, node: &Node<'a>) -> bool {
        let is_date = text
            .parse::<Datetime>()
            .is_ok_and(|value| value.date.is_some());
        if is_date {
            self.problems.add_with_help(
                Code::QuotedDate,
                node.span(),
                "a date stands without quotes",
                format!("write `{key} = {text}`"),
            );
        }
        is_date
    }

    /// A date that stands for its whole day, or an instant.
    pub(super) fn when(&mut self, table: &Table<'a>, key: &str, zone: Zone) -> Option<When> {
        let node = table.get(key)?;
        match node.get_ref() {
            DeValue::Datetime(value) => match (value.date, value.time) {
                (Some(date), None) => Some(When::day(self.date_in(date, zone, node.span())?, zone)),
                (Some(_), Some(_)) => {
                    let at = self.instant(value, zone, node)?;
                    Some(When::instant(at, zone, &self.text[node.span()]))
                }
                (None, _) => {
                    self.problems.add_with_help(
                        Code::BadDate,
                        node.span(),
                        format!("`{key}` is a time of day without a date"),
                        format!("write a date: `{key} = 2026-11-10`"),
                    );
                    None
                }
            },
            DeValue::String(text) if self.is_quoted_date(text, key, node) => None,
            _ => {
                let help = format!("write it without quotes: `{key} = 2026-11-10`");
                self.wrong_type(node, "a date", help);
                None
            }
        }
    }

    /// A date that needs no zone.
    pub(super) fn date(&mut self, table: &Table<'a>, key: &str) -> Option<NaiveDate> {
        let node = table.get(key)?;
        match node.get_ref() {
            DeValue::Datetime(Datetime {
                date: Some(date),
                time: None,
                ..
            }) => {
                let date = civil(*date);
                self.in_range(date, node.span())
            }
            DeValue::String(text) if self.is_quoted_date(text, key, node) => None,
            _ => {
                let help = format!("write it without quotes: `{key} = 2026-11-10`");
                self.wrong_type(node, "a date", help);
                None
            }
        }
    }

    fn date_in(&mut self, date: Date, zone: Zone, span: Range<usize>) -> Option<NaiveDate> {
        let date = self.in_range(civil(date), span.clone())?;
        self.borne(date, zone, span)
    }

    fn in_range(&mut self, date: NaiveDate, span: Range<usize>) -> Option<NaiveDate> {
        if YEARS.contains(&date.year()) {
            return Some(date);
        }
        let message = format!("the year {} is out of range", date.year());
        let help = format!("years go from {} to {}", YEARS.start(), YEARS.end());
        self.problems
            .add_with_help(Code::YearOutOfRange, span, message, help);
        None
    }

    fn borne(&mut self, date: NaiveDate, zone: Zone, span: Range<usize>) -> Option<NaiveDate> {
        if zone.bears(date) {
            return Some(date);
        }
        let message = format!("{} never had the date {date}", zone.name());
        let help = "the zone crossed the date line over it: take the day before or after";
        self.problems
            .add_with_help(Code::SkippedDate, span, message, help);
        None
    }

    /// The instant of a date-time, to the minute.
    fn instant(&mut self, value: &Datetime, zone: Zone, node: &Node<'a>) -> Option<Timestamp> {
        let span = node.span();
        let date = self.in_range(civil(value.date?), span.clone())?;
        let local = date.and_time(self.minute(value.time?, span.clone())?);
        match value.offset {
            None => self.local_instant(local, zone, span),
            Some(offset) => self.offset_instant(local, offset, zone, span),
        }
    }

    fn local_instant(
        &mut self,
        local: NaiveDateTime,
        zone: Zone,
        span: Range<usize>,
    ) -> Option<Timestamp> {
        let (code, what, jump) = match zone.resolve(local) {
            Local::One(at) => return Some(at),
            Local::Gap(jump) => (Code::ClockGap, "skip", jump),
            Local::Overlap(jump) => (Code::ClockOverlap, "go twice through", jump),
        };
        let time = local.format("%H:%M");
        let message = format!(
            "the clocks of {} {what} {time} on {}",
            zone.name(),
            local.date()
        );
        let Jump { before, after, .. } = jump;
        let write = |at: Timestamp| {
            let offset = zone.offset(at);
            format!(
                "`{}{offset}`",
                at.with_timezone(&offset).format("%Y-%m-%dT%H:%M")
            )
        };
        let help = format!(
            "choose an offset: by {before} it is {}, by {after} {}",
            write(jump.read_before),
            write(jump.read_after)
        );
        self.problems.add_with_help(code, span, message, help);
        None
    }

    fn offset_instant(
        &mut self,
        local: NaiveDateTime,
        offset: Offset,
        zone: Zone,
        span: Range<usize>,
    ) -> Option<Timestamp> {
        let minutes = match offset {
            Offset::Z => 0,
            Offset::Custom { minutes } => i32::from(minutes),
        };
        let written = FixedOffset::east_opt(minutes * 60)?;
        let at = (local - written).and_utc();
        let right = zone.offset(at);
        if right != written {
            let message = format!("{} has the offset {right} then, not {written}", zone.name());
            let there = at.with_timezone(&right).format("%Y-%m-%dT%H:%M");
            let help = format!("if the instant is right, write `{there}{right}`");
            self.problems
                .add_with_help(Code::WrongOffset, span, message, help);
        }
        Some(at)
    }
}

/// A date of TOML, which its parser has checked against the calendar.
fn civil(date: Date) -> NaiveDate {
    NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into())
        .expect("the parser lets only dates of the calendar pass")
}
