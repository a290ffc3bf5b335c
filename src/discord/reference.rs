//! The mark by which a post is found again in the history of its channel: `ref ` and the reference,
//! at the end of what it says. That a post is there once depends on both sides of it, so both are
//! here.

/// What stands before a reference.
const MARK: &str = "ref ";
/// How many letters a reference has.
const LENGTH: usize = 16;

/// A reference as a post shows it.
pub(super) fn shown(reference: &str) -> String {
    format!("{MARK}{reference}")
}

/// The reference that a text ends with; none if it ends with anything else.
pub(super) fn at_end(text: &str) -> Option<&str> {
    let (_, reference) = text.rsplit_once(MARK)?;
    let is_one =
        reference.len() == LENGTH && reference.bytes().all(|it| it.is_ascii_alphanumeric());
    is_one.then_some(reference)
}

#[cfg(test)]
mod tests {
    use super::{at_end, shown};
    use crate::domain::reference;

    #[test]
    fn what_is_shown_at_the_end_is_found_there() {
        let reference = reference("terminal/due/a/2026-03-10", 1);
        let mark = shown(&reference);
        assert_eq!(mark, "ref 5dc6zm3g6r140dkv");
        let found = Some(reference.as_str());
        assert_eq!(at_end(&mark), found);
        assert_eq!(at_end(&format!("law · {mark}")), found);
        assert_eq!(at_end(&format!("ref of old\n-# {mark}")), found);
    }

    #[test]
    fn what_somebody_writes_is_no_reference() {
        for text in [
            "",
            "ref ",
            "ref 5dc6zm3g6r140dk",
            "ref 5dc6zm3g6r140dkv.",
            "ref 5dc6zm3g6r140dkv and more",
            "ref 5dc6zm3g-r140dkv",
            "ref 5dc6zm3g6r140dé",
            "5dc6zm3g6r140dkv",
        ] {
            assert_eq!(at_end(text), None, "{text}");
        }
    }
}
