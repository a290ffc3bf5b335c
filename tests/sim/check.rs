//! What must hold in the end: every key ended, every message recorded, nothing planned too much or
//! too little.

use crate::ledger::Disk;
use crate::world::World;
use chrono::TimeDelta;
use docket::domain::{Delivery, Docket, Plan, Seen, Stage, Timestamp, announce, change, reference};
use docket::store::LogFilter;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Faults have been over for so long when posts must be on time again.
const RECOVERY: TimeDelta = TimeDelta::minutes(10);
/// So late may a post be when all is well.
const LATE_MAX: TimeDelta = TimeDelta::seconds(45);

pub(crate) fn check(world: &mut World, disk: &Disk) {
    for illegal in disk.illegal() {
        world.violates(illegal);
    }
    let log = disk.store.sqlite().log(LogFilter::default());
    let log = log.expect("the ledger can be read");
    let now = world.now();
    for delivery in &log {
        ended(world, delivery, now);
    }
    let known: BTreeMap<&str, &Delivery> = log
        .iter()
        .map(|delivery| (delivery.notice.key.as_str(), delivery))
        .collect();
    let expected = expected(disk, now);
    let in_force = disk.eras().pop().map(|era| era.text);
    if world.good_file.is_some() && in_force != world.good_file {
        world.violates("L4: the file as it is has not come in force");
    }
    for (key, Expected { why, .. }) in &expected {
        if !known.contains_key(key.as_str()) {
            world.violates(format!("L4: {key} was never planned ({why})"));
        }
    }
    if world.options.clocks_are_right() && world.options.rollbacks == 0 {
        for (key, delivery) in &known {
            // What an edit took back is noted, and was not to be posted.
            let reason = delivery.reason.as_deref().unwrap_or_default();
            if delivery.stage == Stage::Skipped && is_taken_back(reason) {
                continue;
            }
            // The third telling of a change ends with `+3`.
            let (stem, nth) = key.rsplit_once('+').unwrap_or((key, "1"));
            let called_for = expected.get(stem).map_or(0, |it| it.times);
            if nth.parse().map_or(true, |nth: usize| nth > called_for) {
                world.violates(format!("L5: {key} should not have been planned"));
            }
        }
    }
}

/// What became of one delivery.
fn ended(world: &mut World, delivery: &Delivery, now: Timestamp) {
    let notice = &delivery.notice;
    let key = &notice.key;
    let name = reference(key, delivery.copy);
    let messages = world.channels.get(&notice.subscription);
    let there = messages
        .into_iter()
        .flatten()
        .find(|it| it.reference == name)
        .map(|it| it.at);
    let is_unreadable = world.options.is_unreadable(&notice.subscription);
    let excused = is_unreadable || world.options.is_gone(&notice.subscription);
    match delivery.stage {
        Stage::Planned | Stage::Sending if notice.at > now - LATE_MAX => {}
        Stage::Planned | Stage::Sending => {
            let reason = delivery.reason.as_deref().unwrap_or("none");
            world.violates(format!("L1: {key} has not ended: {reason}"));
        }
        Stage::Sent if there.is_none() => {
            world.violates(format!("I5: {key} is recorded, but not there"));
        }
        Stage::Failed if !excused => {
            let reason = delivery.reason.as_deref().unwrap_or("none");
            world.violates(format!("L1: {key} failed: {reason}"));
        }
        Stage::Skipped => match &delivery.reason {
            None => world.violates(format!("L3: {key} is skipped for no reason")),
            // What a ledger forgot may have been posted all the same.
            Some(_) if there.is_some() && !is_unreadable && world.options.rollbacks == 0 => {
                world.violates(format!("L3: {key} is there, but recorded as skipped"));
            }
            Some(reason) => {
                let healthy = world.calm_since + RECOVERY;
                let is_void = is_taken_back(reason) || reason.contains("subscription");
                // A clock that is wrong, and that nobody contradicts, skips what is not late.
                if notice.at > healthy && !is_void && world.options.is_told_the_time() {
                    world.violates(format!("L3: {key} is skipped without need: {reason}"));
                }
            }
        },
        _ => {}
    }
    let healthy = world.calm_since + RECOVERY;
    if let Some(at) = there
        && notice.at > healthy
        && at - notice.at > LATE_MAX
    {
        world.violates(format!("L2: {key} is there since {at}"));
    }
}

/// Whether an edit is why something is skipped.
fn is_taken_back(reason: &str) -> bool {
    reason.contains("call for it") || reason.contains("was removed")
}

/// A key that is called for.
struct Expected {
    why: String,
    /// How often it is told by edits; by time a key is told once.
    times: usize,
}

fn expect(expected: &mut BTreeMap<String, Expected>, key: String, why: String, is_edit: bool) {
    let entry = expected.entry(key).or_insert(Expected { why, times: 0 });
    entry.times = if is_edit {
        entry.times + 1
    } else {
        entry.times.max(1)
    };
}

/// All keys that the records call for, each with why: worked out from scratch from the records
/// that were in force and how long.
fn expected(disk: &Disk, now: Timestamp) -> BTreeMap<String, Expected> {
    let mut expected = BTreeMap::new();
    let mut dues = Vec::new();
    let mut heard_since = disk.early();
    let mut before: Option<Docket> = None;
    let eras = disk.eras();
    for (nth, era) in eras.iter().enumerate() {
        let docket = era.plan.docket().clone();
        // The step that brings a record is made for the millisecond before its cursor.
        let at = era.from - TimeDelta::milliseconds(1);
        if let Some(before) = &before {
            let changes = change::between(before, &docket, at);
            let heard = before.audience_with(&eras[nth - 1].follows);
            for notice in announce(&docket, &heard, &change::group_edit(changes), at) {
                let why = format!("edit {nth} at {at}");
                expect(&mut expected, notice.key, why, true);
            }
            dues.extend(Seen::of_edit(before, &docket, at));
        }
        if let Some((id, at)) = &era.newcomer {
            heard_since.insert(id.clone(), *at);
        }
        let audience = docket.audience_with(&era.follows);
        let mut seen = Seen::default();
        for due in &dues {
            seen.note_due(due.clone());
        }
        for subscription in &audience {
            let since = heard_since.entry(subscription.id.clone()).or_insert(at);
            seen.note_subscription(subscription.id.clone(), *since);
        }
        let plan = Plan::new(&Arc::new(docket.clone()), audience.into(), &seen);
        let span = plan.falling_due(era.from, era.to);
        for occurrence in &span {
            let notice = plan.notice(occurrence, occurrence.at);
            let why = format!("record {nth}, due at {}", occurrence.at);
            expect(&mut expected, notice.key, why, false);
        }
        if nth + 1 == eras.len() {
            complete(&plan, era.to, now, &mut expected);
        }
        before = Some(docket);
    }
    expected
}

/// What the last record calls for up to a while ago.
fn complete(
    plan: &Plan,
    from: Timestamp,
    now: Timestamp,
    expected: &mut BTreeMap<String, Expected>,
) {
    let until = now - LATE_MAX;
    if from >= until {
        return;
    }
    for occurrence in plan.falling_due(from, until) {
        let notice = plan.notice(&occurrence, occurrence.at);
        let why = format!("due at {}", occurrence.at);
        expect(expected, notice.key, why, false);
    }
}
