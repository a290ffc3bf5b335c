//! Every key of the file: the one list from which come the check for unknown keys, the JSON
//! Schema and the test of the documentation.

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// The permanent name of an item or party.
    Id,
    /// A text with something in it.
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A zone of law.
    Zone,
    /// `true` or `false`.
    Bool,
    /// A due in any of its forms.
    Due,
    /// A date, or a date-time.
    When,
    /// A date.
    Date,
    /// A time of day.
    Time,
    /// A duration.
    Duration,
    /// A web address.
    Url,
    /// A Discord channel.
    Channel,
    /// Somebody to ping.
    Mention,
    /// A language tag.
    Language,
    /// A list of values; whether it may be empty.
    List(&'static Self, bool),
    /// A table.
    Table(&'static Shape),
    /// A list of tables.
    Tables(&'static Shape),
}

impl Value {
    /// How such a value is written.
    pub fn example(self) -> String {
        match self {
            Self::Id => "\"tariff-truce\"".to_owned(),
            Self::Text | Self::Mention => "\"…\"".to_owned(),
            Self::Word(words) => format!("\"{}\"", words[0]),
            Self::Zone => "\"Europe/Madrid\"".to_owned(),
            Self::Bool => "true".to_owned(),
            Self::Due | Self::When | Self::Date => "2026-11-10".to_owned(),
            Self::Time => "09:00".to_owned(),
            Self::Duration => "\"90d\"".to_owned(),
            Self::Url => "\"https://…\"".to_owned(),
            Self::Channel => "\"123456789012345678\"".to_owned(),
            Self::Language => "\"es\"".to_owned(),
            Self::List(entry, _) => format!("[{}]", entry.example()),
            Self::Table(_) => "{ … }".to_owned(),
            Self::Tables(_) => "[{ … }]".to_owned(),
        }
    }
}

/// A key of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What its value is.
    pub value: Value,
    /// Whether it must be there.
    pub required: bool,
    /// What it means.
    pub doc: &'static str,
}

/// A table and its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Its name in the schema.
    pub name: &'static str,
    /// What a table of this shape is, with its article.
    pub noun: &'static str,
    /// How it is written: its header, or inline.
    pub form: &'static str,
    /// Its keys, in the order of the documentation.
    pub keys: &'static [Key],
}

impl Shape {
    /// The key of that name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }
}

const fn must(name: &'static str, value: Value, doc: &'static str) -> Key {
    Key {
        name,
        value,
        required: true,
        doc,
    }
}

const fn may(name: &'static str, value: Value, doc: &'static str) -> Key {
    Key {
        name,
        value,
        required: false,
        doc,
    }
}

/// The words of `importance`.
pub const IMPORTANCE: &[&str] = &["low", "normal", "high", "critical"];
/// The words of `standing`.
pub const STANDING: &[&str] = &["reported", "announced", "signed", "published"];
/// The words of an outcome's `result`.
pub const RESULT: &[&str] = &["met", "lapsed", "superseded", "moot", "withdrawn"];
/// The words of a round's `level`.
pub const LEVEL: &[&str] = &["talks", "summit", "call"];
/// The words of a digest's `every`.
pub const EVERY: &[&str] = &[
    "day",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

const TEXTS: Value = Value::List(&Value::Text, true);
const IDS: Value = Value::List(&Value::Id, true);
const LEADS: Value = Value::List(&Value::Duration, true);
const SOURCES: Key = may(
    "sources",
    Value::Tables(&SOURCE),
    "Where it can be checked: a list of sources.",
);
const SUMMARY: Key = may(
    "summary",
    Value::Text,
    "What it is about, in a sentence or two. Shown in views of the past too, so without what came later.",
);
const TOPICS: Key = may(
    "topics",
    TEXTS,
    "Its topics, by which people choose what they hear.",
);
const PARTIES: Key = may("parties", IDS, "The ids of the parties to it.");
const IMPORTANCE_KEY: Key = may(
    "importance",
    Value::Word(IMPORTANCE),
    "How much it matters; `normal` if left out.",
);
const ZONE: Key = may(
    "zone",
    Value::Zone,
    "The zone of law of its dates; the nearest one wins.",
);
const ITEM_ID: Key = must(
    "id",
    Value::Id,
    "Its name, unique over all items. Permanent: reminders and links hang on it.",
);

/// The file.
pub static ROOT: Shape = Shape {
    name: "docket",
    noun: "the file",
    form: "the keys at the top",
    keys: &[
        may(
            "zone",
            Value::Zone,
            "The zone for dates that name none; `UTC` if left out.",
        ),
        may(
            "remind",
            LEADS,
            "The default leads; `[\"30d\", \"14d\", \"7d\", \"3d\", \"1d\", \"1h\"]` if left out.",
        ),
        may(
            "remind_at",
            Value::Time,
            "The time of day, in the zone of law, of leads before a due that is a day or coarser; 09:00 if left out.",
        ),
        may("party", Value::Tables(&PARTY), "Those who take part."),
        may("deadline", Value::Tables(&DEADLINE), "What falls due."),
        may(
            "negotiation",
            Value::Tables(&NEGOTIATION),
            "Series of talks.",
        ),
        may(
            "event",
            Value::Tables(&EVENT),
            "What happened and matters to the other items.",
        ),
        may(
            "channel",
            Value::Tables(&CHANNEL),
            "Subscriptions kept in the file.",
        ),
    ],
};

/// `[[party]]`.
pub static PARTY: Shape = Shape {
    name: "party",
    noun: "a party",
    form: "[[party]]",
    keys: &[
        must("id", Value::Id, "Its name, unique over all parties."),
        must("name", Value::Text, "What it is called."),
        may("emoji", Value::Text, "A flag or sign for it."),
    ],
};

/// `[[deadline]]`.
pub static DEADLINE: Shape = Shape {
    name: "deadline",
    noun: "a deadline",
    form: "[[deadline]]",
    keys: &[
        ITEM_ID,
        must("title", Value::Text, "What falls due, in a line."),
        SUMMARY,
        TOPICS,
        PARTIES,
        IMPORTANCE_KEY,
        ZONE,
        must(
            "due",
            Value::Due,
            "The first due. When it moves, leave it and append a `[[deadline.revision]]`.",
        ),
        may(
            "announced",
            Value::When,
            "When the first due was announced. Without it the deadline has always been known.",
        ),
        may(
            "instrument",
            Value::Text,
            "What set the first due. Changes by one instrument are one post.",
        ),
        may(
            "standing",
            Value::Word(STANDING),
            "How official the first due is; `announced` if left out.",
        ),
        may(
            "if_lapses",
            Value::Text,
            "What happens when nothing happens.",
        ),
        may("decided_by", Value::Text, "Who can move it."),
        SOURCES,
        may(
            "revision",
            Value::Tables(&REVISION),
            "Each change of the due, oldest announcement first.",
        ),
        may("outcome", Value::Table(&OUTCOME), "How it ended. Final."),
    ],
};

/// `[[deadline.revision]]`.
pub static REVISION: Shape = Shape {
    name: "revision",
    noun: "a revision",
    form: "[[deadline.revision]]",
    keys: &[
        must(
            "due",
            Value::Due,
            "The due from then on; the same again to confirm it.",
        ),
        must("announced", Value::When, "When it was announced."),
        may(
            "instrument",
            Value::Text,
            "What set it. Changes by one instrument are one post.",
        ),
        may(
            "standing",
            Value::Word(STANDING),
            "How official it is; `announced` if left out, in a correction as before.",
        ),
        may(
            "kind",
            Value::Word(&["correction"]),
            "`correction`: the entry before was wrong, the world did not change.",
        ),
        may("note", Value::Text, "What there is to say about it."),
        SOURCES,
    ],
};

/// `[deadline.outcome]`.
pub static OUTCOME: Shape = Shape {
    name: "outcome",
    noun: "an outcome",
    form: "[deadline.outcome]",
    keys: &[
        must("result", Value::Word(RESULT), "How it ended, in a word."),
        must("on", Value::When, "When it ended."),
        may(
            "announced",
            Value::When,
            "When that was announced; the end of `on` if left out.",
        ),
        may("note", Value::Text, "How it ended, in a sentence."),
        SOURCES,
    ],
};

/// `[[negotiation]]`.
pub static NEGOTIATION: Shape = Shape {
    name: "negotiation",
    noun: "a negotiation",
    form: "[[negotiation]]",
    keys: &[
        ITEM_ID,
        must("title", Value::Text, "What it is called."),
        SUMMARY,
        TOPICS,
        PARTIES,
        IMPORTANCE_KEY,
        ZONE,
        may(
            "serves",
            IDS,
            "The ids of the deadlines it is about. It has their topics, parties and importance too.",
        ),
        may(
            "announced",
            Value::When,
            "When it was announced. Without it it has always been known.",
        ),
        SOURCES,
        may("round", Value::Tables(&ROUND), "Its meetings."),
    ],
};

/// `[[negotiation.round]]`.
pub static ROUND: Shape = Shape {
    name: "round",
    noun: "a round",
    form: "[[negotiation.round]]",
    keys: &[
        must("name", Value::Text, "Its name, unique in its negotiation."),
        may("city", Value::Text, "Where."),
        may("country", Value::Text, "In which country."),
        may(
            "level",
            Value::Word(LEVEL),
            "What kind of meeting; `talks` if left out. Only talks are numbered.",
        ),
        ZONE,
        must("starts", Value::When, "When it begins, as first announced."),
        may(
            "ends",
            Value::When,
            "When it is to end, as first announced; with the day it begins if left out.",
        ),
        must("announced", Value::When, "When it was announced."),
        may("delegates", Value::Tables(&DELEGATION), "Who comes."),
        may("agenda", TEXTS, "What is on the table."),
        SOURCES,
        may("cancelled", Value::When, "When it was called off."),
        may(
            "revision",
            Value::Tables(&SCHEDULE),
            "Each change of its dates, oldest announcement first.",
        ),
        may("outcome", Value::Table(&ROUND_OUTCOME), "How it ended."),
    ],
};

/// An entry of a round's `delegates`.
pub static DELEGATION: Shape = Shape {
    name: "delegation",
    noun: "a delegation",
    form: "{ party = \"us\", names = [\"…\"] }",
    keys: &[
        must("party", Value::Id, "The id of the party."),
        must(
            "names",
            Value::List(&Value::Text, false),
            "The people, head of delegation first.",
        ),
    ],
};

/// `[[negotiation.round.revision]]`.
pub static SCHEDULE: Shape = Shape {
    name: "schedule",
    noun: "a revision of a round",
    form: "[[negotiation.round.revision]]",
    keys: &[
        must("starts", Value::When, "When it begins from then on."),
        may(
            "ends",
            Value::When,
            "When it is to end from then on; with the day it begins if left out.",
        ),
        must("announced", Value::When, "When that was announced."),
        may("note", Value::Text, "What there is to say about it."),
        SOURCES,
    ],
};

/// `[negotiation.round.outcome]`.
pub static ROUND_OUTCOME: Shape = Shape {
    name: "round_outcome",
    noun: "an outcome of a round",
    form: "[negotiation.round.outcome]",
    keys: &[
        must("on", Value::When, "When it really ended."),
        may(
            "announced",
            Value::When,
            "When the read-out was given; the end of `on` if left out.",
        ),
        must("text", Value::Text, "What came of it."),
        SOURCES,
    ],
};

/// `[[event]]`.
pub static EVENT: Shape = Shape {
    name: "event",
    noun: "an event",
    form: "[[event]]",
    keys: &[
        ITEM_ID,
        must("title", Value::Text, "What happened, in a line."),
        must("date", Value::When, "When it happened."),
        may(
            "announced",
            Value::When,
            "When it became known; the start of its date if left out.",
        ),
        SUMMARY,
        TOPICS,
        PARTIES,
        IMPORTANCE_KEY,
        ZONE,
        may(
            "instrument",
            Value::Text,
            "What it was done by. Changes by one instrument are one post.",
        ),
        SOURCES,
    ],
};

/// An entry of `sources`.
pub static SOURCE: Shape = Shape {
    name: "source",
    noun: "a source",
    form: "{ title = \"…\", url = \"https://…\" }",
    keys: &[
        must("title", Value::Text, "What it is, as one would cite it."),
        may(
            "url",
            Value::Url,
            "Where it is, beginning with `http://` or `https://`.",
        ),
        may(
            "checked",
            Value::Date,
            "The day on which someone last looked.",
        ),
    ],
};

/// `[[channel]]`.
pub static CHANNEL: Shape = Shape {
    name: "channel",
    noun: "a channel",
    form: "[[channel]]",
    keys: &[
        must(
            "id",
            Value::Channel,
            "The Discord channel, as its id of 17 to 20 digits in quotes.",
        ),
        may("items", Value::List(&Value::Id, false), "Only these items."),
        may(
            "topics",
            Value::List(&Value::Text, false),
            "Only items with one of these topics.",
        ),
        may(
            "parties",
            Value::List(&Value::Id, false),
            "Only items with one of these parties.",
        ),
        may(
            "importance",
            Value::Word(IMPORTANCE),
            "Only items of at least this importance.",
        ),
        may(
            "remind",
            LEADS,
            "Its leads, instead of the default ones; `[]` for none.",
        ),
        may(
            "mention",
            Value::List(&Value::Mention, true),
            "Who is pinged: `role:ID`, `user:ID`, `everyone` or `here`.",
        ),
        may(
            "ping_from",
            Value::Duration,
            "The longest lead that pings; every lead does if left out.",
        ),
        may(
            "zone",
            Value::Zone,
            "The reader's zone; the docket's if left out.",
        ),
        may(
            "language",
            Value::Language,
            "The reader's language, such as `es`. Posts are in English, whatever it is: there are no translations yet.",
        ),
        may("digest", Value::Table(&DIGEST), "A regular overview."),
        may(
            "quiet",
            Value::Table(&QUIET),
            "Hours in which nothing is posted that can wait.",
        ),
        may(
            "board",
            Value::Bool,
            "Whether one overview message is kept up to date.",
        ),
        may(
            "crosspost",
            Value::Bool,
            "Whether posts are published to the servers that follow an announcement channel.",
        ),
    ],
};

/// A channel's `digest`.
pub static DIGEST: Shape = Shape {
    name: "digest",
    noun: "a `digest` table",
    form: "{ every = \"monday\", at = 09:00 }",
    keys: &[
        must(
            "every",
            Value::Word(EVERY),
            "The day of the week, or `day` for every day.",
        ),
        must("at", Value::Time, "The time of day in the channel's zone."),
    ],
};

/// A channel's `quiet`.
pub static QUIET: Shape = Shape {
    name: "quiet",
    noun: "a `quiet` table",
    form: "{ from = 22:00, to = 07:00 }",
    keys: &[
        must(
            "from",
            Value::Time,
            "When they begin, in the channel's zone.",
        ),
        must(
            "to",
            Value::Time,
            "When they end; on the next day if that is earlier.",
        ),
    ],
};

/// A computed due.
pub static COMPUTED: Shape = Shape {
    name: "computed",
    noun: "a computed due",
    form: "{ after = \"…\", plus = \"90d\" }",
    keys: &[
        must(
            "after",
            Value::Id,
            "The id of the deadline or event it counts from.",
        ),
        must("plus", Value::Duration, "How much is added."),
    ],
};

/// Every shape there is.
pub static SHAPES: &[&Shape] = &[
    &ROOT,
    &PARTY,
    &DEADLINE,
    &REVISION,
    &OUTCOME,
    &NEGOTIATION,
    &ROUND,
    &DELEGATION,
    &SCHEDULE,
    &ROUND_OUTCOME,
    &EVENT,
    &SOURCE,
    &CHANNEL,
    &DIGEST,
    &QUIET,
    &COMPUTED,
];

/// `[[deadline.revision]]` for `deadline.revision`: the header of what there can be several of.
pub(super) fn repeated(path: &str) -> Option<&'static str> {
    let mut headers = SHAPES.iter().map(|shape| shape.form);
    headers.find(|form| {
        let inner = form
            .strip_prefix("[[")
            .and_then(|rest| rest.strip_suffix("]]"));
        inner == Some(path)
    })
}

/// `[[negotiation.round]]` for `round`: the headers of tables that stand below an item.
pub(super) fn headers_below(name: &str) -> Vec<&'static str> {
    let headers = SHAPES.iter().map(|shape| shape.form);
    headers
        .filter(|form| {
            let path = form.trim_matches(['[', ']']);
            path.rsplit_once('.').is_some_and(|(_, last)| last == name)
        })
        .collect()
}
