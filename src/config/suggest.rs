//! "Did you mean": the nearest of the names that exist.

/// The candidate that `written` was probably meant to be: the same but for case, or with few
/// letters changed, left out, added or swapped, or beginning the same.
pub fn nearest<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let lower = written.to_lowercase();
    let length = lower.chars().count();
    // Of one or two letters everything is near: there only the case may differ.
    let far_enough = if length < 3 {
        0
    } else {
        (length / 3).clamp(1, 4)
    };
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        // Candidates come in their own case: ids are lower case, zones are not.
        let name = candidate.to_lowercase();
        let begins_so = (length >= 3 && name.starts_with(&lower))
            || (name.chars().count() >= 3 && lower.starts_with(&name));
        let distance = if begins_so && length >= 3 {
            1
        } else if name.chars().count().abs_diff(length) > far_enough {
            continue;
        } else {
            strsim::damerau_levenshtein(&lower, &name)
        };
        if distance <= far_enough && best.is_none_or(|(nearest, _)| distance < nearest) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// How far a word that is being typed is from a name: 0 where the name begins so, more where it
/// comes later or letters are wrong. None where they have nothing to do with each other.
///
/// ```
/// use docket::config::closeness;
/// assert_eq!(closeness("tik", "TikTok"), Some(0));
/// assert_eq!(closeness("tok", "TikTok"), Some(1));
/// assert_eq!(closeness("titkok", "TikTok"), Some(2));
/// assert_eq!(closeness("tariff", "TikTok"), None);
/// ```
pub fn closeness(typed: &str, name: &str) -> Option<usize> {
    let (typed, name) = (typed.to_lowercase(), name.to_lowercase());
    if name.starts_with(&typed) {
        return Some(0);
    }
    let length = typed.chars().count();
    if length >= 2 && name.contains(&typed) {
        return Some(1);
    }
    // Of few letters, too much is one letter away.
    if length < 4 {
        return None;
    }
    // The rest of the name may not be typed yet, and a letter may be missing or too many.
    let begins = |count: usize| name.chars().take(count).collect::<String>();
    let tries = [length - 1, length, length + 1].map(begins);
    let distance = tries
        .iter()
        .map(|begin| strsim::damerau_levenshtein(&typed, begin))
        .min()?;
    (distance <= (length / 4).min(3)).then_some(1 + distance)
}

/// `` `a`, `b` or `c` ``: the words that exist.
pub fn one_of(words: &[&str]) -> String {
    listed(words, "or")
}

/// `` `a`, `b` and `c` ``: all of them.
pub(super) fn all_of(words: &[&str]) -> String {
    listed(words, "and")
}

fn listed(words: &[&str], last_joint: &str) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.as_slice() {
        [] => "none".to_owned(),
        [init @ .., last] if !init.is_empty() => {
            format!("{} {last_joint} {last}", init.join(", "))
        }
        _ => quoted.concat(),
    }
}
