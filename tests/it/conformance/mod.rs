//! What every ledger does, whatever it is kept in: the same rules on SQLite in a file, SQLite in
//! memory and PostgreSQL.
//!
//! Time is noon throughout. Leases lapse because a test sets them back, not because it waits. In a
//! file one bot is alone, so that rules about several lives hold only in the other places.

/// Tests of rules, each in all places of its list: `a_rule::in_a_file`.
macro_rules! rules {
    ($($places:tt => $($rule:ident),+;)+) => {
        $($(rules!(@rule $rule $places);)+)+
    };
    (@rule $rule:ident [$($place:ident)+]) => {
        mod $rule {
            use crate::ledgers::Place;
            $(
                #[tokio::test]
                async fn $place() {
                    rules!(@run $rule $place);
                }
            )+
        }
    };
    (@run $rule:ident on_postgres) => {
        if let Some(place) = Place::on_postgres().await {
            super::$rule(&place).await;
        }
    };
    (@run $rule:ident $place:ident) => { super::$rule(&Place::$place()).await };
}

mod claims;
mod follows;
mod leases;
mod memory;
mod planning;

use crate::ledgers::{Open, keys};
use crate::support::noon;
use chrono::TimeDelta;
use docket::ports::{Life, Outcome};

fn again(tried: bool, not_before: TimeDelta) -> Outcome {
    Outcome::Again {
        not_before: noon() + not_before,
        why: "no answer\0".to_owned(),
        tried,
    }
}

/// Takes the one claim that there is.
async fn only_claim(ledger: &Open, life: Life) -> docket::ports::Claim {
    let mut claims = ledger.claims(life, 10).await;
    assert_eq!(claims.len(), 1, "{:?}", keys(&claims));
    claims.remove(0)
}
