//! What is proposed for options that take a text of a certain form: the value, and what it means.

use crate::discord::complete::Name;

fn of(names: &[(&str, &str)]) -> Vec<Name> {
    let names = names.iter();
    names
        .map(|(value, label)| ((*value).to_owned(), (*label).to_owned()))
        .collect()
}

/// How soon a deadline is due.
pub(crate) fn within() -> Vec<Name> {
    of(&[
        ("7d", "7d · a week"),
        ("14d", "14d · two weeks"),
        ("30d", "30d · a month"),
        ("90d", "90d · a quarter"),
        ("1y", "1y · a year"),
        ("0d", "0d · today"),
    ])
}

/// How long before a due.
pub(crate) fn leads() -> Vec<Name> {
    of(&[
        ("1d", "1d"),
        ("7d", "7d"),
        ("1h", "1h"),
        ("3d", "3d"),
        ("14d", "14d"),
        ("30d", "30d"),
        ("3h", "3h"),
        ("12h", "12h"),
        ("90d", "90d"),
    ])
}

/// When an overview comes.
pub(crate) fn digests() -> Vec<Name> {
    of(&[
        ("monday 09:00", "monday 09:00 · every Monday"),
        ("friday 16:00", "friday 16:00 · every Friday"),
        ("daily 09:00", "daily 09:00 · every day"),
        ("off", "off · no overview"),
    ])
}

/// When nothing is posted that can wait.
pub(crate) fn quiet() -> Vec<Name> {
    of(&[
        ("22:00-07:00", "22:00-07:00 · at night"),
        ("18:00-09:00", "18:00-09:00 · outside of office hours"),
        ("off", "off · at any hour"),
    ])
}

/// In which language.
pub(crate) fn languages() -> Vec<Name> {
    of(&[("en", "en · English")])
}
