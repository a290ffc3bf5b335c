//! What is wrong with a body, and where: collected, then told the way Discord nests it.

use crate::double::answer::Refusal;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What is wrong with a body. Empty if nothing is.
#[derive(Debug, Default)]
pub(crate) struct Problems(BTreeMap<Vec<String>, Vec<(&'static str, String)>>);

impl Problems {
    /// The whole body, to look at.
    pub(crate) fn root<'a>(&'a mut self, body: &'a Value) -> At<'a> {
        At {
            problems: self,
            path: Vec::new(),
            value: body,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a problem.
    pub(crate) fn add(&mut self, path: Vec<String>, code: &'static str, message: String) {
        self.0.entry(path).or_default().push((code, message));
    }

    /// One line for each problem: where, and the code of what.
    pub(crate) fn lines(&self) -> Vec<String> {
        let all = self.0.iter();
        all.flat_map(|(path, them)| {
            let place = path.join(".");
            them.iter()
                .map(move |(code, _)| format!("{place} {code}").trim().to_owned())
        })
        .collect()
    }

    /// The refusal of a form with these problems.
    pub(crate) fn refusal(&self) -> Refusal {
        let mut errors = json!({});
        for (path, them) in &self.0 {
            let place = path.iter().fold(&mut errors, |place, step| {
                let map = place.as_object_mut().expect("made as an object");
                map.entry(step).or_insert_with(|| Value::Object(Map::new()))
            });
            let told = them
                .iter()
                .map(|(code, text)| json!({"code": code, "message": text}));
            place["_errors"] = told.collect();
        }
        Refusal {
            errors: Some(errors),
            ..Refusal::INVALID_FORM
        }
    }
}

/// A place in a body, with what stands there. Null where nothing does.
pub(crate) struct At<'a> {
    problems: &'a mut Problems,
    path: Vec<String>,
    pub(crate) value: &'a Value,
}

impl<'a> At<'a> {
    /// The place of a key.
    pub(crate) fn key(&mut self, key: &str) -> At<'_> {
        self.step(key.to_owned(), &self.value[key])
    }

    fn step<'b>(&'b mut self, step: String, value: &'b Value) -> At<'b>
    where
        'a: 'b,
    {
        let mut path = self.path.clone();
        path.push(step);
        At {
            problems: self.problems,
            path,
            value,
        }
    }

    /// Says what is wrong here.
    pub(crate) fn wrong(&mut self, code: &'static str, message: impl Into<String>) {
        self.problems.add(self.path.clone(), code, message.into());
    }

    /// Only these keys may stand here.
    pub(crate) fn only_keys(&mut self, allowed: &[&str]) {
        let Some(map) = self.value.as_object() else {
            return self.wrong(
                "DICT_TYPE_CONVERT",
                "Only dictionaries may be used in a DictType",
            );
        };
        for key in map.keys().filter(|key| !allowed.contains(&key.as_str())) {
            self.step(key.clone(), &Value::Null)
                .wrong("UNKNOWN_FIELD", "No such field: Discord overlooks it.");
        }
    }

    /// A text of at least and at most so many code points. Discord counts without the white space
    /// around. Left out, it is wrong only if it must not be empty.
    pub(crate) fn text(&mut self, key: &str, least: usize, most: usize) {
        let mut place = self.key(key);
        let Some(text) = place.value.as_str() else {
            match (place.value.is_null(), least) {
                (true, 0) => {}
                (true, _) => place.required(),
                (false, _) => place.wrong("STRING_TYPE_CONVERT", "Could not interpret as string."),
            }
            return;
        };
        let length = text.trim().chars().count();
        if length > most {
            let text = format!("Must be {most} or fewer in length.");
            place.wrong("BASE_TYPE_MAX_LENGTH", text);
        } else if length < least {
            place.wrong(
                "BASE_TYPE_BAD_LENGTH",
                format!("Must be between {least} and {most} in length."),
            );
        }
    }

    /// Says that something must stand here.
    pub(crate) fn required(&mut self) {
        self.wrong("BASE_TYPE_REQUIRED", "This field is required");
    }

    /// Looks at each element of a list of at least and at most so many. Left out, a list is empty.
    pub(crate) fn each(
        &mut self,
        key: &str,
        (least, most): (usize, usize),
        mut look: impl FnMut(&mut At<'_>),
    ) {
        let mut place = self.key(key);
        let none = Vec::new();
        let list = match place.value {
            Value::Null => &none,
            Value::Array(list) => list,
            _ => {
                return place.wrong(
                    "LIST_TYPE_CONVERT",
                    "Only iterables may be used in a ListType",
                );
            }
        };
        if !(least..=most).contains(&list.len()) {
            let text = format!("Must be between {least} and {most} in length.");
            place.wrong("BASE_TYPE_BAD_LENGTH", text);
        }
        for (index, value) in list.iter().enumerate() {
            look(&mut place.step(index.to_string(), value));
        }
    }

    /// The same for the body as a list.
    pub(crate) fn each_here(&mut self, most: usize, mut look: impl FnMut(&mut At<'_>)) {
        let Some(list) = self.value.as_array() else {
            return self.wrong(
                "LIST_TYPE_CONVERT",
                "Only iterables may be used in a ListType",
            );
        };
        if list.len() > most {
            let text = format!("Must be {most} or fewer in length.");
            self.wrong("BASE_TYPE_MAX_LENGTH", text);
        }
        for (index, value) in list.iter().enumerate() {
            look(&mut self.step(index.to_string(), value));
        }
    }

    /// An address on the web, or of a file of the message.
    pub(crate) fn url(&mut self, key: &str, schemes: &[&str]) {
        let mut place = self.key(key);
        let Some(url) = place.value.as_str() else {
            return;
        };
        let is_known = schemes
            .iter()
            .any(|it| url.starts_with(&format!("{it}://")));
        if !is_known || url.contains(char::is_whitespace) {
            place.wrong("URL_TYPE_INVALID_URL", "Not a well formed URL.");
        } else if url.chars().count() > 2048 {
            place.wrong("BASE_TYPE_MAX_LENGTH", "Must be 2048 or fewer in length.");
        }
    }
}
