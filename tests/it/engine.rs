//! The engine by hand: ticks, edits, lateness and holds, at instants of the test's choosing.

use crate::support::{at, lines};
use chrono::TimeDelta;
use docket::domain::{Notice, Seen, SkipReason, Timestamp};
use docket::engine::{Edit, Found, HOLD, LAG, Planner, digest};
use docket::ports::{Planned, Progress, Record};
use std::sync::Arc;

fn record(due: &str, more: &str) -> String {
    format!("[[deadline]]\nid = \"a\"\ntitle = \"A\"\ndue = {due}\nannounced = 2026-01-01\n{more}")
}

fn bytes(text: &str) -> Found {
    Found::Bytes(text.as_bytes().to_vec())
}

/// A planner whose ledger takes every step at once.
struct Engine(Planner);

impl Engine {
    /// One whose first record is `text`.
    fn new(text: &str, now: Timestamp) -> Self {
        let planner = Planner::new("f".to_owned(), |docket, _| docket.audience(), false);
        let mut engine = Self(planner);
        assert_eq!(in_force(engine.edit(bytes(text), now)), [""; 0]);
        engine
    }

    fn next(&mut self) -> Option<Timestamp> {
        self.0.next_at()
    }

    fn items(&self) -> usize {
        let in_force = self.0.in_force().expect("a record");
        in_force.plan.docket().items().len()
    }

    /// What is due up to `now`, and why what else was is skipped.
    fn tick(&mut self, now: Timestamp) -> (Vec<Notice>, Vec<String>) {
        let Some(step) = self.0.due(now) else {
            return (Vec::new(), Vec::new());
        };
        let planned = |post: &&Planned| post.skipped.is_none();
        let posts = step.posts.iter().filter(planned);
        let posts = posts.map(|post| post.notice.clone()).collect();
        let skipped = step.posts.iter().filter_map(|post| post.skipped.clone());
        let skipped = skipped.collect();
        self.0.took(&step);
        (posts, skipped)
    }

    fn edit(&mut self, found: Found, now: Timestamp) -> (Edit, Vec<Notice>) {
        let edit = self.0.edit(found, now);
        self.take(edit)
    }

    fn release(&mut self, now: Timestamp) -> Option<Vec<Notice>> {
        let held = self.0.ripe(now)?;
        let edit = self.0.release(held, now);
        Some(self.take(edit).1)
    }

    fn take(&mut self, edit: Edit) -> (Edit, Vec<Notice>) {
        let Edit::Ready(draft) = edit else {
            return (edit, Vec::new());
        };
        let posts = &draft.step.posts;
        let told = posts[posts.len() - draft.told().len()..].iter();
        let told = told.map(|post| post.notice.clone()).collect();
        let step = self.0.took_draft(*draft);
        self.0.took(&step);
        (Edit::Same, told)
    }
}

#[track_caller]
fn in_force((edit, posts): (Edit, Vec<Notice>)) -> Vec<String> {
    assert!(matches!(edit, Edit::Same), "{edit:?}");
    lines(&posts)
}

const SOURCE: &str = "sources = [{ title = \"S\" }]\n";

#[test]
fn what_is_due_is_posted_once_and_the_next_is_waited_for() {
    let mut engine = Engine::new(&record("2026-03-10T12:00", ""), at("2026-03-08T00:00:00Z"));
    assert_eq!(engine.next(), Some(at("2026-03-09T12:00:00Z")));
    let (posts, _) = engine.tick(at("2026-03-09T12:00:00Z"));
    assert_eq!(lines(&posts), ["2026-03-09T12:00 lead 1d a"]);
    assert!(engine.tick(at("2026-03-09T12:00:00Z")).0.is_empty());
    assert_eq!(engine.next(), Some(at("2026-03-10T11:00:00Z")));
    let (posts, _) = engine.tick(at("2026-03-10T12:30:00Z"));
    // The lead of one hour was missed, and its due has been reached since.
    assert_eq!(lines(&posts), ["2026-03-10T12:00 due a"]);
    assert!(posts[0].late);
    assert_eq!(engine.next(), None);
}

/// Hour after hour, for 400 days.
#[test]
fn what_lies_more_than_a_year_ahead_is_told_at_its_leads_and_never_before() {
    let begin = at("2026-02-01T12:00:00Z");
    let mut engine = Engine::new(&record("2027-03-08T12:00", ""), begin);
    let hours = (0..=400 * 24).map(|hours| begin + TimeDelta::hours(hours));
    let told: Vec<_> = hours
        .flat_map(|now| {
            let (posts, skipped) = engine.tick(now);
            assert_eq!(skipped, [""; 0]);
            let of_now = |line: String| format!("{line} at {}", now.format("%m-%dT%H"));
            lines(&posts).into_iter().map(of_now).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(
        told,
        [
            "2027-02-06T12:00 lead 30d a at 02-06T12",
            "2027-02-22T12:00 lead 14d a at 02-22T12",
            "2027-03-01T12:00 lead 7d a at 03-01T12",
            "2027-03-05T12:00 lead 3d a at 03-05T12",
            "2027-03-07T12:00 lead 1d a at 03-07T12",
            "2027-03-08T11:00 lead 1h a at 03-08T11",
            "2027-03-08T12:00 due a at 03-08T12",
        ]
    );
}

#[test]
fn what_a_clock_that_is_set_back_plans_again_has_the_same_key() {
    let mut engine = Engine::new(&record("2026-03-10T12:00", ""), at("2026-03-09T11:00:00Z"));
    let (first, _) = engine.tick(at("2026-03-09T12:00:00Z"));
    assert!(engine.tick(at("2026-03-09T11:30:00Z")).0.is_empty());
    let (again, _) = engine.tick(at("2026-03-09T12:00:30Z"));
    assert_eq!(first.len(), 1);
    assert_eq!(first[0].key, again[0].key);
}

#[test]
fn after_downtime_only_the_most_urgent_missed_lead_is_posted_within_its_grace() {
    let begin = at("2026-01-20T00:00:00Z");
    let engine = || Engine::new(&record("2026-03-10T12:00", ""), begin);
    // 30d, 14d, 7d, 3d were missed; 3d is two hours old, and a quarter of it is 18 hours.
    let (posts, skipped) = engine().tick(at("2026-03-07T14:00:00Z"));
    assert_eq!(lines(&posts), ["2026-03-07T12:00 lead 3d a"]);
    assert!(posts[0].late && posts[0].title.starts_with("3 days left"));
    assert_eq!(skipped, vec![SkipReason::LessUrgent.to_string(); 3]);
    // 19 hours later it is too old.
    let (posts, skipped) = engine().tick(at("2026-03-08T07:00:00Z"));
    assert!(posts.is_empty());
    assert_eq!(skipped.last(), Some(&SkipReason::TooLate.to_string()));
}

/// All of them would say the same.
#[test]
fn after_downtime_the_last_missed_overview_is_posted_alone() {
    let channel = "[[channel]]\nid = \"100000000000000001\"\n\
                   digest = { every = \"day\", at = 09:00:00 }\n";
    let text = format!("{}{channel}", record("2026-06-10", ""));
    let mut engine = Engine::new(&text, at("2026-02-01T12:00:00Z"));
    let (posts, skipped) = engine.tick(at("2026-02-05T12:00:00Z"));
    let keys: Vec<_> = posts.iter().map(|it| it.key.as_str()).collect();
    assert_eq!(keys, ["100000000000000001/digest/2026-02-05"]);
    assert_eq!(skipped, ["a later overview takes its place"; 3]);
}

#[test]
fn the_baseline_and_the_past_are_not_announced() {
    let text =
        record("2026-03-10", "") + "[[event]]\nid = \"e\"\ntitle = \"E\"\ndate = 2026-01-15\n";
    let mut engine = Engine::new(&text, at("2026-02-01T00:00:00Z"));
    assert_eq!(
        lines(&engine.tick(at("2026-02-08T12:00:00Z")).0),
        ["2026-02-08T09:00 lead 30d a"]
    );
}

#[test]
fn an_appended_revision_is_announced_and_arms_the_new_date_only() {
    let now = at("2026-03-01T00:00:00Z");
    let mut engine = Engine::new(&record("2026-03-10T12:00", "standing = \"signed\"\n"), now);
    let revision = format!(
        "[[deadline.revision]]\ndue = 2026-03-12T12:00\nannounced = 2026-02-27\nstanding = \"signed\"\n{SOURCE}"
    );
    let edited = record(
        "2026-03-10T12:00",
        &("standing = \"signed\"\n".to_owned() + &revision),
    );
    assert_eq!(
        in_force(engine.edit(bytes(&edited), now)),
        ["2026-03-01T00:00 moved a"]
    );
    let (posts, _) = engine.tick(at("2026-03-12T11:01:00Z"));
    // Not those of 10 March; nor the one of 14 days, which lay before the edit was seen.
    assert_eq!(engine.next(), Some(at("2026-03-12T12:00:00Z")));
    assert_eq!(lines(&posts), ["2026-03-12T11:00 lead 1h a"]);
}

#[test]
fn reminders_that_lay_before_a_late_edit_are_not_made_up_for() {
    let now = at("2026-03-03T13:00:00Z");
    let mut engine = Engine::new(&record("2026-06-10T12:00", "standing = \"signed\"\n"), now);
    // The revision was announced long ago; its lead of 7 days passed an hour before the edit.
    let revision = format!(
        "[[deadline.revision]]\ndue = 2026-03-10T12:00\nannounced = 2026-02-01\nstanding = \"signed\"\n{SOURCE}"
    );
    let edited = record(
        "2026-06-10T12:00",
        &("standing = \"signed\"\n".to_owned() + &revision),
    );
    assert_eq!(
        in_force(engine.edit(bytes(&edited), now)),
        ["2026-03-03T13:00 moved a"]
    );
    assert_eq!(engine.next(), Some(at("2026-03-07T12:00:00Z")));
}

#[test]
fn a_lead_is_not_told_once_its_due_is_reached_however_short_it_is() {
    let text = format!("remind = [\"3m\"]\n{}", record("2026-03-10T12:00", ""));
    let mut engine = Engine::new(&text, at("2026-03-10T11:00:00Z"));
    let (posts, skipped) = engine.tick(at("2026-03-10T12:01:00Z"));
    assert_eq!(lines(&posts), ["2026-03-10T12:00 due a"]);
    assert_eq!(skipped, [SkipReason::DuePassed.to_string()]);
}

/// Whatever becomes of the quiet hours, it is in the ledger by then.
#[test]
fn news_that_quiet_hours_put_off_is_planned_when_it_becomes_known() {
    let revision =
        format!("[[deadline.revision]]\ndue = 2026-06-20\nannounced = 2026-02-02\n{SOURCE}");
    let channel = "[[channel]]\nid = \"100000000000000001\"\nzone = \"UTC\"\n";
    let quiet = "quiet = { from = 22:00:00, to = 07:00:00 }\n";
    let text = record("2026-06-10", &revision) + channel;
    let mut engine = Engine::new(&(text.clone() + quiet), at("2026-02-01T12:00:00Z"));
    assert_eq!(engine.next(), Some(at("2026-02-02T00:00:00Z")));
    let (posts, _) = engine.tick(at("2026-02-02T00:00:00Z"));
    assert_eq!(lines(&posts), ["2026-02-02T07:00 moved a"]);
    assert!(!posts[0].late);
    let edit = engine.edit(bytes(&text), at("2026-02-02T06:30:00Z"));
    assert_eq!(in_force(edit), [""; 0]);
    assert!(engine.tick(at("2026-02-02T07:00:00Z")).0.is_empty());
}

/// Neither its leads nor its due burst out at once.
#[test]
fn a_due_that_an_edit_moves_into_the_past_is_told_as_moved_alone() {
    let now = at("2026-02-20T00:00:00Z");
    let mut engine = Engine::new(&record("2026-06-10T12:00", ""), now);
    let revision =
        format!("[[deadline.revision]]\ndue = 2026-02-18T12:00\nannounced = 2026-02-19\n{SOURCE}");
    let edited = record("2026-06-10T12:00", &revision);
    assert_eq!(
        in_force(engine.edit(bytes(&edited), now)),
        ["2026-02-20T00:00 moved a"]
    );
    assert_eq!(engine.next(), None);
    assert!(engine.tick(at("2026-06-10T12:00:00Z")).0.is_empty());
}

#[test]
fn a_lead_that_is_edited_after_its_post_is_told_as_it_is_now() {
    let week = at("2026-03-03T12:00:00Z");
    let leads = |leads: &str| format!("remind = [{leads}]\n{}", record("2026-03-10T12:00", ""));
    let mut engine = Engine::new(&leads("\"7d\""), at("2026-03-01T00:00:00Z"));
    assert_eq!(lines(&engine.tick(week).0), ["2026-03-03T12:00 lead 7d a"]);
    // That of 8 days lies before the edit, and that of 7 days is back at the end.
    for edited in ["\"8d\", \"6d\"", "\"7d\", \"6d\""] {
        let edit = engine.edit(bytes(&leads(edited)), week + TimeDelta::hours(1));
        assert_eq!(in_force(edit), [""; 0]);
        assert_eq!(engine.next(), Some(at("2026-03-04T12:00:00Z")));
    }
    assert_eq!(
        lines(&engine.tick(at("2026-03-04T12:00:00Z")).0),
        ["2026-03-04T12:00 lead 6d a"]
    );
}

#[test]
fn an_id_that_is_used_again_has_reminders_of_its_own() {
    let now = at("2026-02-20T00:00:00Z");
    let other = "[[deadline]]\nid = \"b\"\ntitle = \"B\"\ndue = 2026-06-20\n";
    let first = record("2026-03-10T12:00", "") + other;
    let second = record("2026-03-20T12:00", "").replace("\"A\"", "\"Another\"") + other;
    let mut engine = Engine::new(&first, now);
    let told = |engine: &mut Engine, now| -> Vec<String> {
        let (posts, _) = engine.tick(now);
        posts.iter().map(|it| it.key.as_str().to_owned()).collect()
    };
    assert_eq!(
        told(&mut engine, at("2026-03-09T12:00:00Z")),
        ["terminal/lead/a/minute:2026-03-10T12:00Z/1d"]
    );
    assert_eq!(
        in_force(engine.edit(bytes(other), at("2026-03-09T13:00:00Z"))),
        [""; 0]
    );
    engine.edit(bytes(&second), at("2026-03-09T14:00:00Z"));
    assert_eq!(
        told(&mut engine, at("2026-03-19T12:00:00Z")),
        ["terminal/lead/a/minute:2026-03-20T12:00Z/1d"]
    );
}

#[test]
fn an_announcement_that_lies_ahead_is_posted_when_it_comes() {
    let now = at("2026-02-01T00:00:00Z");
    let mut engine = Engine::new(&record("2026-05-10", ""), now);
    let edited = record(
        "2026-05-10",
        &format!("[[deadline.revision]]\ndue = 2026-08-10\nannounced = 2026-02-10\n{SOURCE}"),
    );
    assert_eq!(in_force(engine.edit(bytes(&edited), now)), [""; 0]);
    assert_eq!(
        lines(&engine.tick(at("2026-02-10T00:00:00Z")).0),
        ["2026-02-10T00:00 moved a"]
    );
}

#[test]
fn edits_of_words_post_nothing_and_edits_in_place_are_corrections() {
    let now = at("2026-02-01T00:00:00Z");
    let outcome = "[deadline.outcome]\nresult = \"met\"\non = 2026-01-20\n";
    let begin = || Engine::new(&record("2026-03-10", ""), now);
    let edit = |text: String| in_force(begin().edit(bytes(&text), now));
    assert_eq!(
        edit(
            record("2026-03-10", "topics = [\"x\"]\nif_lapses = \"y\"\n").replace("\"A\"", "\"B\"")
        ),
        [""; 0]
    );
    assert_eq!(
        edit(record("2026-03-11", "")),
        ["2026-02-01T00:00 correction a"]
    );
    assert_eq!(
        edit(record("2026-03-10", outcome)),
        ["2026-02-01T00:00 outcome a"]
    );
    let mut ended = Engine::new(&record("2026-03-10", outcome), now);
    assert_eq!(
        in_force(ended.edit(bytes(&record("2026-03-10", "")), now)),
        ["2026-02-01T00:00 correction a"]
    );
    let changed = outcome.replace("met", "lapsed");
    let mut ended = Engine::new(&record("2026-03-10", outcome), now);
    assert_eq!(
        in_force(ended.edit(bytes(&record("2026-03-10", &changed)), now)),
        ["2026-02-01T00:00 correction a"]
    );
}

#[test]
fn a_removed_revision_is_a_correction_and_a_removed_item_is_silent() {
    let now = at("2026-02-20T00:00:00Z");
    let other = "[[deadline]]\nid = \"b\"\ntitle = \"B\"\ndue = 2026-03-20\n[[deadline]]\nid = \"c\"\ntitle = \"C\"\ndue = 2026-03-20\n";
    let revision =
        format!("[[deadline.revision]]\ndue = 2026-08-10\nannounced = 2026-02-10\n{SOURCE}");
    let mut engine = Engine::new(&(record("2026-03-10", &revision) + other), now);
    assert_eq!(
        in_force(engine.edit(bytes(&(record("2026-03-10", "") + other)), now)),
        ["2026-02-20T00:00 correction a"]
    );
    assert_eq!(in_force(engine.edit(bytes(other), now)), [""; 0]);
    let (posts, _) = engine.tick(at("2026-03-10T12:00:00Z"));
    assert!(
        posts
            .iter()
            .all(|post| post.items.iter().all(|item| item.as_str() != "a"))
    );
}

#[test]
fn an_edit_that_a_wrong_clock_held_is_not_held_for_longer_than_others() {
    let begin = at("2026-03-08T00:00:00Z");
    let deadline = |id| format!("[[deadline]]\nid = \"{id}\"\ntitle = \"T\"\ndue = 2026-06-10\n");
    let all = ["a", "b", "c"].map(deadline).concat();
    let mut engine = Engine::new(&all, begin);
    let ahead = begin + TimeDelta::hours(1);
    let (edit, _) = engine.edit(bytes(&deadline("a")), ahead);
    assert!(matches!(edit, Edit::Held { .. }), "{edit:?}");
    assert!(engine.release(begin).is_none());
    assert!(engine.release(begin + HOLD).is_some());
}

#[test]
fn a_broken_edit_changes_nothing() {
    let now = at("2026-03-08T00:00:00Z");
    let mut engine = Engine::new(&record("2026-03-10T12:00", ""), now);
    for broken in ["due = ", "", "zone = \"UTC\"", "\u{0}"] {
        let edit = engine.edit(bytes(broken), now);
        assert!(
            matches!(&edit.0, Edit::Broken { problems, .. } if !problems.is_empty()),
            "{broken:?}: {edit:?}"
        );
    }
    assert!(matches!(
        engine.edit(Found::Unreadable("gone".into()), now).0,
        Edit::Unreadable(_)
    ));
    assert_eq!(
        lines(&engine.tick(at("2026-03-09T12:00:00Z")).0),
        ["2026-03-09T12:00 lead 1d a"]
    );
}

#[test]
fn an_edit_that_drops_more_than_half_is_held_for_ten_minutes() {
    let now = at("2026-03-08T00:00:00Z");
    let item =
        |id: &str| format!("[[deadline]]\nid = \"{id}\"\ntitle = \"T\"\ndue = 2026-03-10T12:00\n");
    let all = item("a") + &item("b") + &item("c");
    let mut engine = Engine::new(&all, now);
    let edit = engine.edit(bytes(&item("c")), now);
    assert!(
        matches!(edit.0, Edit::Held { dropped: 2, until } if until == at("2026-03-08T00:10:00Z")),
        "{edit:?}"
    );
    assert_eq!(engine.items(), 3);
    assert!(engine.release(at("2026-03-08T00:09:59Z")).is_none());
    assert_eq!(engine.next(), Some(at("2026-03-08T00:10:00Z")));
    // Undone in time: as if nothing had been.
    assert_eq!(in_force(engine.edit(bytes(&all), now)), [""; 0]);
    assert!(engine.release(at("2026-03-08T00:20:00Z")).is_none());
    // Broken meanwhile: what is held is not in the file any more.
    engine.edit(bytes(&item("c")), now);
    engine.edit(bytes("due ="), now);
    assert!(engine.release(at("2026-03-08T00:20:00Z")).is_none());
    // Left standing: it counts.
    engine.edit(bytes(&item("c")), now);
    assert_eq!(
        engine
            .release(at("2026-03-08T00:10:00Z"))
            .map(|posts| posts.len()),
        Some(0)
    );
    assert_eq!(engine.items(), 1);
    // Half is not more than half.
    let mut engine = Engine::new(&(item("a") + &item("b")), now);
    assert_eq!(in_force(engine.edit(bytes(&item("b")), now)), [""; 0]);
}

#[test]
fn rounds_and_events_are_announced_when_an_edit_brings_them() {
    let now = at("2025-09-13T12:00:00Z");
    let talks = "[[negotiation]]\nid = \"t\"\ntitle = \"T\"\n";
    let round = "[[negotiation.round]]\nname = \"Madrid\"\nstarts = 2025-09-14\nends = 2025-09-17\nannounced = 2025-09-12\n";
    let mut engine = Engine::new(talks, now);
    let edited = format!("{talks}{round}");
    assert_eq!(
        in_force(engine.edit(bytes(&edited), now)),
        ["2025-09-13T12:00 round announced t"]
    );
    let moved = edited.clone()
        + "[[negotiation.round.revision]]\nstarts = 2025-09-15\nends = 2025-09-17\nannounced = 2025-09-13\n";
    assert_eq!(
        in_force(engine.edit(bytes(&moved), now)),
        ["2025-09-13T12:00 round moved t"]
    );
    let now = at("2025-09-18T12:00:00Z");
    engine.tick(now);
    let over =
        moved.clone() + "[negotiation.round.outcome]\non = 2025-09-16\ntext = \"A framework.\"\n";
    assert_eq!(
        in_force(engine.edit(bytes(&over), now)),
        ["2025-09-18T12:00 round outcome t"]
    );
    let reworded = over.replace("A framework", "No framework");
    assert_eq!(
        in_force(engine.edit(bytes(&reworded), now)),
        ["2025-09-18T12:00 correction t"]
    );
    let event = reworded + "[[event]]\nid = \"e\"\ntitle = \"E\"\ndate = 2025-09-17\n";
    assert_eq!(
        in_force(engine.edit(bytes(&event), now)),
        ["2025-09-18T12:00 event e"]
    );
}

#[test]
fn an_edit_of_a_base_is_corrected_in_one_post_with_what_counts_from_it() {
    let now = at("2026-02-20T00:00:00Z");
    let text = |due: &str| {
        let computed = (0..25).map(|number| format!(
            "[[deadline]]\nid = \"c{number}\"\ntitle = \"C\"\ndue = {{ after = \"a\", plus = \"{}d\" }}\n",
            number + 1
        ));
        record(due, "") + &computed.collect::<String>()
    };
    let mut engine = Engine::new(&text("2026-06-01"), now);
    let (_, posts) = engine.edit(bytes(&text("2026-06-02")), now);
    assert_eq!(posts.len(), 1);
    assert_eq!(
        (posts[0].kind.word(), posts[0].items.len()),
        ("correction", 26)
    );
}

#[test]
fn a_round_edited_in_place_or_shorn_of_a_revision_is_a_correction() {
    let now = at("2026-02-20T00:00:00Z");
    let round = "[[negotiation]]\nid = \"t\"\ntitle = \"T\"\n[[negotiation.round]]\nname = \"R\"\n\
                 starts = 2026-05-01\nannounced = 2026-01-02\n";
    let moved = "[[negotiation.round.revision]]\nstarts = 2026-05-08\nannounced = 2026-02-01\n";
    let mut engine = Engine::new(&format!("{round}{moved}"), now);
    let shorn = in_force(engine.edit(bytes(round), now));
    assert_eq!(shorn, ["2026-02-20T00:00 correction t"]);
    let edited = in_force(engine.edit(bytes(&round.replace("05-01", "05-02")), now));
    assert_eq!(edited, ["2026-02-20T00:00 correction t"]);
}

#[test]
fn a_post_that_goes_out_a_moment_late_still_says_the_hour() {
    let mut engine = Engine::new(&record("2026-03-10T12:00", ""), at("2026-03-10T10:00:00Z"));
    let (posts, _) = engine.tick(at("2026-03-10T11:00:00.250Z"));
    assert_eq!(posts[0].title, "1 hour left: A");
}

#[test]
fn five_minutes_are_not_late_and_a_quarter_of_the_lead_is_within_its_grace() {
    let begin = at("2026-03-09T11:00:00Z");
    let late = |when: &str| {
        let mut engine = Engine::new(&record("2026-03-10T12:00", ""), begin);
        let (posts, skipped) = engine.tick(at(when));
        (
            posts.first().map(|post| post.late),
            skipped.first().cloned(),
        )
    };
    assert_eq!(late("2026-03-09T12:05:00Z"), (Some(false), None));
    assert_eq!(late("2026-03-09T12:05:01Z"), (Some(true), None));
    assert_eq!(late("2026-03-09T18:00:00Z"), (Some(true), None));
    assert_eq!(
        late("2026-03-09T18:00:01Z"),
        (None, Some(SkipReason::TooLate.to_string()))
    );
}

#[test]
fn a_base_announced_on_another_day_moves_nothing_that_counts_from_it() {
    let now = at("2026-02-20T00:00:00Z");
    let text = |announced: &str| {
        format!(
            "[[deadline]]\nid = \"a\"\ntitle = \"A\"\ndue = 2026-06-01\nannounced = {announced}\n\
             [[deadline]]\nid = \"b\"\ntitle = \"B\"\ndue = {{ after = \"a\", plus = \"1d\" }}\n\
             announced = 2026-01-01\n"
        )
    };
    let mut engine = Engine::new(&text("2026-01-01"), now);
    let posts = in_force(engine.edit(bytes(&text("2026-01-02")), now));
    assert_eq!(posts, ["2026-02-20T00:00 correction a+b"]);
}

#[test]
fn a_round_moved_twice_in_one_edit_names_the_date_that_people_knew() {
    let now = at("2026-02-20T00:00:00Z");
    let round = "[[negotiation]]\nid = \"t\"\ntitle = \"T\"\n[[negotiation.round]]\nname = \"R\"\n\
                 starts = 2026-05-01\nannounced = 2026-01-02\n";
    let moved = |starts: &str| {
        format!("[[negotiation.round.revision]]\nstarts = {starts}\nannounced = 2026-02-01\n")
    };
    let mut engine = Engine::new(round, now);
    let edited = format!("{round}{}{}", moved("2026-05-04"), moved("2026-05-08"));
    let (_, posts) = engine.edit(bytes(&edited), now);
    assert_eq!(posts[0].lines[0], "Was 1 May 2026; now 8 May 2026.");
}

/// A ledger that forgot it is told the edit again, later.
#[test]
fn the_key_of_a_summary_is_of_its_changes_and_not_of_its_time() {
    let key = |time: &str, events: std::ops::Range<u8>| {
        let day = |nth| format!("[[event]]\nid = \"e{nth}\"\ntitle = \"E\"\ndate = 2026-02-01\n");
        let text = record("2026-06-10", "");
        let mut engine = Engine::new(&text, at("2026-02-01T12:00:00Z"));
        let more: String = events.map(day).collect();
        let (_, posts) = engine.edit(bytes(&(text + &more)), at(time));
        assert_eq!(posts.len(), 1);
        posts[0].key.clone()
    };
    let first = key("2026-02-01T13:00:00Z", 0..25);
    assert!(first.starts_with("terminal/summary/e0/"), "{first}");
    assert_eq!(first, key("2026-02-01T14:30:00Z", 0..25));
    assert_ne!(first, key("2026-02-01T13:00:00Z", 0..24));
}

#[test]
fn the_same_change_told_again_has_another_key() {
    let now = at("2026-02-01T00:00:00Z");
    let mut engine = Engine::new(&record("2026-03-10", ""), now);
    let there = bytes(&record("2026-03-11", ""));
    let back = bytes(&record("2026-03-10", ""));
    let (_, first) = engine.edit(there.clone(), now);
    engine.edit(back, now);
    let Edit::Ready(mut draft) = engine.0.edit(there, now) else {
        panic!("an edit");
    };
    assert_eq!(draft.told(), [first[0].key.as_str()]);
    draft.renumber(&draft.told().into_iter().collect());
    assert_eq!(draft.told(), [format!("{}+2", first[0].key)]);
    draft.renumber(&draft.told().into_iter().collect());
    assert_eq!(draft.told(), [format!("{}+3", first[0].key)]);
}

/// A planner that finds in the ledger a record of another replica, which replaced another one.
fn joined(is_shared: bool, now: Timestamp) -> Planner {
    let mut planner = Planner::new("f".to_owned(), |docket, _| docket.audience(), is_shared);
    let record = record("2026-03-11", "");
    let progress = Progress {
        version: 7,
        revision: 3,
        cursor: Some(now),
        record: Some(Record {
            digest: digest(&record),
            text: record,
        }),
        superseded: vec![digest(self::record("2026-03-10", ""))],
        seen: Seen::default(),
        follows: Arc::default(),
    };
    planner.resume(progress, now).expect("a good record");
    planner
}

#[test]
fn a_file_that_another_replica_has_replaced_is_held() {
    let now = at("2026-02-01T00:00:00Z");
    let old = bytes(&record("2026-03-10", ""));
    let edit = joined(true, now).edit(old.clone(), now);
    assert!(matches!(edit, Edit::Stale { until } if until == now + HOLD));
    assert!(matches!(joined(false, now).edit(old, now), Edit::Ready(_)));
}

/// Of two saves in a row one replica sees the first only, and another one the second only: the
/// first must not come in force after the second.
#[test]
fn a_file_that_may_have_been_read_before_another_replica_read_it_is_looked_at_again() {
    let now = at("2026-02-01T00:00:00Z");
    let other = bytes(&record("2026-03-12", ""));
    let mut planner = joined(true, now);
    let edit = planner.edit(other.clone(), now);
    assert!(matches!(edit, Edit::Lags { until } if until == now + LAG));
    assert_eq!(planner.next_at(), Some(now + LAG));
    assert!(matches!(
        planner.edit(bytes(&record("2026-03-11", "")), now),
        Edit::Same
    ));
    assert!(planner.ripe(now + LAG).is_none());
    // From now on an edit is one.
    assert!(matches!(planner.edit(other.clone(), now), Edit::Ready(_)));
    // It was asleep meanwhile, and others went on: what it found then is old.
    let mut planner = joined(true, now);
    planner.edit(other.clone(), now);
    let held = planner.ripe(now + LAG).expect("it is held");
    let Edit::Ready(draft) = planner.release(held, now + LAG) else {
        panic!("not released");
    };
    let in_force = record("2026-03-13", "");
    let progress = Progress {
        revision: 5,
        record: Some(Record {
            digest: digest(&in_force),
            text: in_force,
        }),
        superseded: vec![digest(record("2026-03-12", ""))],
        ..Progress::default()
    };
    planner.resume(progress, now).expect("a good record");
    let edit = planner.reconsider(*draft, now + LAG);
    assert!(matches!(edit, Edit::Stale { .. }), "{edit:?}");
    // And if the file is what it was:
    let mut planner = joined(true, now);
    planner.edit(other, now);
    assert!(planner.ripe(now).is_none());
    let held = planner.ripe(now + LAG).expect("it is held");
    assert!(matches!(planner.release(held, now + LAG), Edit::Ready(_)));
}

/// The file is broken when the ledger comes back, and cannot say it once more.
#[test]
fn a_record_that_the_ledger_forgot_is_recalled_unless_somebody_replaced_it() {
    let now = at("2026-02-01T00:00:00Z");
    let recalls = |planner: &mut Planner, due| {
        let recalled = planner.recall(record(due, "").into_bytes(), now);
        assert!(!planner.holds());
        recalled.is_some()
    };
    let mut planner = joined(true, now);
    // What is in force, and what somebody else has replaced.
    assert!(!recalls(&mut planner, "2026-03-11"));
    assert!(!recalls(&mut planner, "2026-03-10"));
    let earlier = record("2026-03-10", "");
    planner.edit(bytes(&earlier), now);
    let progress = Progress {
        cursor: Some(now),
        record: Some(Record {
            digest: digest(&earlier),
            text: earlier,
        }),
        ..Progress::default()
    };
    planner.resume(progress, now).expect("a good record");
    assert!(recalls(&mut planner, "2026-03-11"));
}

/// The file says what it said before, but nothing is in force any more.
#[test]
fn a_ledger_that_forgot_even_the_first_record_gets_it_again() {
    let now = at("2026-02-01T00:00:00Z");
    let mut planner = joined(false, now);
    let forgotten = planner.resume(Progress::default(), now);
    forgotten.expect("there is nothing to read");
    assert!(planner.in_force().is_none());
    let edit = planner.edit(bytes(&record("2026-03-11", "")), now);
    let Edit::Ready(draft) = edit else {
        panic!("{edit:?}");
    };
    assert_eq!(draft.told(), [""; 0]);
    planner.took_draft(*draft);
    assert!(planner.in_force().is_some());
}

#[test]
fn a_clock_that_is_set_back_is_gone_back_to() {
    let now = at("2026-03-09T11:00:00Z");
    let mut engine = Engine::new(&record("2026-03-10T12:00", ""), now);
    engine.tick(at("2026-03-10T11:30:00Z"));
    // Replicas are never quite of one mind.
    assert!(engine.0.due(at("2026-03-10T11:29:30Z")).is_none());
    let step = engine.0.due(at("2026-03-10T10:30:00Z")).expect("a step");
    assert_eq!(step.rewind, Some(chrono::TimeDelta::hours(1)));
    assert_eq!(step.posts.len(), 0);
    engine.0.took(&step);
    assert_eq!(engine.next(), Some(at("2026-03-10T11:00:00Z")));
}

/// What a step of an edit notes as skipped: the item, the key's end, and why.
fn noted(edit: &Edit) -> Vec<String> {
    let Edit::Ready(draft) = edit else {
        panic!("{edit:?}");
    };
    let skipped = draft.step.posts.iter().filter_map(|post| {
        let (at, what) = (post.notice.at.format("%m-%d"), post.notice.what());
        let reason = post.skipped.as_ref()?;
        Some(format!("{at} {what} {}: {reason}", post.notice.items[0]))
    });
    skipped.collect()
}

#[test]
fn what_an_edit_takes_back_is_noted_once_for_each_item() {
    let now = at("2026-02-20T00:00:00Z");
    let item = |id: &str, due: &str, rest: &str| {
        format!("[[deadline]]\nid = \"{id}\"\ntitle = \"T\"\ndue = {due}\n{rest}")
    };
    let revision = "[[deadline.revision]]\ndue = 2026-05-01\nannounced = 2026-02-19\n";
    let before = [
        item("a", "2026-03-10", ""),
        item("b", "2026-03-11", ""),
        item("c", "2026-03-12", ""),
    ];
    let after = [
        item("b", "2026-03-11", revision),
        item("c", "2026-03-12", "topics = [\"t\"]\n"),
    ];
    let mut planner = Planner::new("f".to_owned(), |docket, _| docket.audience(), false);
    let mut take = |text: &str| {
        let edit = planner.edit(bytes(text), now);
        let noted = noted(&edit);
        if let Edit::Ready(draft) = edit {
            let step = planner.took_draft(*draft);
            planner.took(&step);
        }
        noted
    };
    assert_eq!(take(&before.concat()), [""; 0]);
    let void = "the record does not call for it any more";
    assert_eq!(
        take(&after.concat()),
        [
            "02-24 lead 14d a: the item was removed".to_owned(),
            format!("02-25 lead 14d b: {void}"),
        ]
    );
    assert_eq!(
        take(&before.concat()),
        [format!("04-01 lead 30d b: {void}")]
    );
    // What came back is due as if nothing had been.
    let step = planner.due(at("2026-02-24T09:00:00Z")).expect("a lead");
    let due: Vec<_> = step
        .posts
        .iter()
        .map(|it| (&*it.notice.key, &it.skipped))
        .collect();
    assert_eq!(due, [("terminal/lead/a/day:2026-03-11T00:00Z/14d", &None)]);
}
