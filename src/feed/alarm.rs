//! Alarms of the calendar: the docket's leads, counted back from the start of an event.

use super::property::{Component, component, duration, text};
use crate::domain::{Docket, Due, Duration, Moment, Timestamp};
use chrono::{NaiveTime, TimeDelta};
use ical::component::IcalComponentKind;
use ical::prop::IcalPropKind;
use std::fmt;

/// The alarms of a due that was announced at `known`; those that lie before cannot sound any more.
/// Leads of one instant are one alarm, under the shortest.
pub(super) fn alarms(
    docket: &Docket,
    due: &Due,
    title: &str,
    known: Option<Timestamp>,
) -> Vec<Component> {
    let mut found: Vec<(Before, Duration)> = Vec::new();
    for lead in docket.remind() {
        let Some(before) = before(due, *lead, docket.remind_at(), known) else {
            continue;
        };
        match found.iter_mut().find(|(same, _)| *same == before) {
            Some((_, shortest)) if lead.length() <= shortest.length() => *shortest = *lead,
            Some(_) => {}
            None => found.push((before, *lead)),
        }
    }
    let alarm = |(before, lead): (Before, Duration)| {
        let properties = vec![
            text(IcalPropKind::Action, "DISPLAY"),
            text(IcalPropKind::Description, format!("{lead} left: {title}")),
            duration(IcalPropKind::Trigger, Vec::new(), before.to_string()),
        ];
        component(IcalComponentKind::VAlarm, properties, Vec::new())
    };
    found.into_iter().map(alarm).collect()
}

/// How long before the start of the event a lead is, if it has its time between the announcement
/// and the due.
fn before(
    due: &Due,
    lead: Duration,
    remind_at: NaiveTime,
    known: Option<Timestamp>,
) -> Option<Before> {
    let at = due.lead_at(lead, remind_at)?;
    let is_armed = known.is_none_or(|known| known < at) && due.at().is_some_and(|due| at < due);
    let before = if let Moment::Minute(due) = due.moment() {
        Before {
            days: 0,
            exact: due - at,
        }
    } else {
        let midnight = due.date()?.and_time(NaiveTime::MIN);
        let before = midnight - lead.date_before(due.date()?).and_time(remind_at);
        let days = before.num_days();
        Before {
            days,
            exact: before - TimeDelta::days(days),
        }
    };
    is_armed.then_some(before)
}

/// A length of time before the start of an event. The event of a minute starts at that instant:
/// what lies between is exact, over changes of the clocks too. That of a day starts at the
/// reader's midnight: days are counted by the reader's calendar, so that the docket's time of day
/// is met wherever the reader is.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Before {
    days: i64,
    exact: TimeDelta,
}

/// `-PT721H`, `-P6DT15H`.
impl fmt::Display for Before {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("-P")?;
        if self.days > 0 {
            write!(f, "{}D", self.days)?;
        }
        let seconds = self.exact.num_seconds();
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let parts = [(hours, 'H'), (minutes, 'M'), (seconds, 'S')];
        let first = parts.iter().position(|(count, _)| *count > 0);
        let last = parts.iter().rposition(|(count, _)| *count > 0);
        if let (Some(first), Some(last)) = (first, last) {
            f.write_str("T")?;
            // None may be left out between two others (RFC 5545, 3.3.6).
            for (count, unit) in &parts[first..=last] {
                write!(f, "{count}{unit}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Before;
    use chrono::TimeDelta;

    #[test]
    fn a_trigger_names_the_units_that_it_has() {
        let of = |days, seconds| {
            let exact = TimeDelta::seconds(seconds);
            Before { days, exact }.to_string()
        };
        assert_eq!(of(0, 3_600), "-PT1H");
        assert_eq!(of(0, 15 * 60), "-PT15M");
        assert_eq!(of(0, 721 * 3_600), "-PT721H");
        assert_eq!(of(0, 36 * 3_600 + 2), "-PT36H0M2S");
        assert_eq!(of(6, 15 * 3_600), "-P6DT15H");
        assert_eq!(of(7, 0), "-P7D");
    }
}
