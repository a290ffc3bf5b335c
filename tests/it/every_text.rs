//! A record with a text wherever one can stand: for tests of what hostile texts do to whoever shows
//! them. That none is forgotten is held against the keys of the file.

use crate::support::parse;
use docket::config::keys::{ROOT, Shape, Value};
use toml::Table;

/// The record; `"…"` stands for each text.
const EVERY_TEXT: &str = r#"
[[party]]
id = "p"
name = "…"
emoji = "…"

[[deadline]]
id = "open"
title = "…"
summary = "…"
topics = ["…"]
parties = ["p"]
due = 2026-12-01
announced = 2026-01-01
instrument = "…"
if_lapses = "…"
decided_by = "…"
sources = [{ title = "…", url = "https://a.example/?a=1&b=<" }]
[[deadline.revision]]
due = 2027-01-01
announced = 2026-02-01
instrument = "…"
note = "…"
sources = [{ title = "…", url = "https://a.example/?a=1&b=<" }]

[[deadline]]
id = "ended"
title = "…"
summary = "…"
topics = ["…"]
due = 2026-06-01
announced = 2026-01-15
instrument = "…"
if_lapses = "…"
decided_by = "…"
[[deadline.revision]]
due = 2026-08-01
announced = 2026-05-01
instrument = "…"
note = "…"
[deadline.outcome]
result = "met"
on = 2026-07-01
note = "…"
sources = [{ title = "…" }]

[[negotiation]]
id = "talks"
title = "…"
summary = "…"
topics = ["…"]
serves = ["open"]
sources = [{ title = "…" }]
[[negotiation.round]]
name = "…"
city = "…"
country = "…"
starts = 2026-03-01
announced = 2026-02-01
agenda = ["…"]
delegates = [{ party = "p", names = ["…"] }]
sources = [{ title = "…", url = "https://a.example/?a=1&b=<" }]
[[negotiation.round.revision]]
starts = 2026-03-05
announced = 2026-02-10
note = "…"
sources = [{ title = "…" }]
[negotiation.round.outcome]
on = 2026-03-06
text = "…"
sources = [{ title = "…" }]

[[event]]
id = "event"
title = "…"
summary = "…"
topics = ["…"]
date = 2026-04-01
instrument = "…"
sources = [{ title = "…" }]
"#;

/// The record with these texts, as TOML has them, one after the other.
pub(crate) fn record_of(mut next: impl FnMut() -> String) -> String {
    let mut between = EVERY_TEXT.split("\"…\"");
    let first = between.next().expect("a beginning").to_owned();
    between.fold(first, |record, part| record + &next() + part)
}

/// A text as TOML has it; without control characters that is as JSON has it.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("JSON")
}

/// The texts that tables of a shape can have, and none of these has.
fn forgotten(shape: &Shape, tables: &[&Table]) -> Vec<String> {
    let mut forgotten = Vec::new();
    for key in shape.keys {
        let values: Vec<_> = tables.iter().filter_map(|it| it.get(key.name)).collect();
        match key.value {
            Value::Text | Value::List(Value::Text, _) if values.is_empty() => {
                forgotten.push(format!("`{}` of {}", key.name, shape.noun));
            }
            // What a channel says is compared, and shown to nobody.
            Value::Tables(inner) | Value::Table(inner) if inner.name != "channel" => {
                let inside = self::forgotten(inner, &all_tables(&values)).into_iter();
                forgotten.extend(inside.map(|it| format!("{it} in {}", shape.noun)));
            }
            _ => {}
        }
    }
    forgotten
}

/// The tables among values, and in lists among them.
fn all_tables<'a>(values: &[&'a toml::Value]) -> Vec<&'a Table> {
    let alone = values.iter().filter_map(|it| it.as_table());
    let lists = values.iter().filter_map(|it| it.as_array());
    let listed = lists.flatten().filter_map(|it| it.as_table());
    alone.chain(listed).collect()
}

#[test]
fn no_text_of_the_file_is_forgotten() {
    let record = record_of(|| quoted("<text>"));
    let table: Table = record.parse().expect("TOML");
    assert_eq!(forgotten(&ROOT, &[&table]), [""; 0]);
    parse(&record);
}
