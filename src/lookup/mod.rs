//! Whose the names of a wave are: asked in as few requests as that takes, and never taken for
//! nobody's because a look-up failed.
//!
//! | file | what it knows |
//! | --- | --- |
//! | [`ask`] | which names go into one request, and what a request told of each |
//! | `matching` | whose a name is, by the users that were listed for it; pure |
//! | [`policies`] | which policy a name means, by the listing of all of them; pure |

pub(crate) mod ask;
mod matching;
pub(crate) mod policies;

use std::time::Duration;

use crate::ledger::Remembered;
use crate::model::names::NameAnswer;

/// How long it is believed whose a name is.
const FRESH: Duration = Duration::from_hours(24);

/// Whether an answer need not be asked for again: it is whose the name is, and it was told less than a
/// day ago. That a name is nobody's may change any moment, since somebody is told to mend it.
///
/// An answer from the future says that the clock was set: it is asked for again.
pub(crate) fn is_fresh(remembered: &Remembered, now_ms: i64) -> bool {
    let age = u64::try_from(now_ms.saturating_sub(remembered.asked_ms)).ok();
    let is_known = matches!(remembered.answer, NameAnswer::One(_));
    is_known && age.is_some_and(|age| Duration::from_millis(age) < FRESH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ids::UserId;
    use crate::model::mfa::UserState;
    use crate::model::names::NamedUser;

    #[test]
    fn whose_a_name_is_holds_for_a_day_and_that_it_is_nobodys_not_at_all() {
        const DAY: i64 = 24 * 60 * 60 * 1000;
        let known = NameAnswer::One(NamedUser {
            id: UserId::from_bytes([1; 16]),
            state: UserState::default(),
            is_remembered: true,
        });
        for (answer, age, fresh) in [
            (known.clone(), 0, true),
            (known.clone(), DAY - 1, true),
            (known.clone(), DAY, false),
            (known, -1, false),
            (NameAnswer::Nobody, 0, false),
            (NameAnswer::OtherCase, 0, false),
            (NameAnswer::Several(2), 0, false),
        ] {
            let now = 1_764_000_000_000;
            let remembered = Remembered {
                answer,
                asked_ms: now - age,
            };
            assert_eq!(is_fresh(&remembered, now), fresh, "{remembered:?} {age}");
        }
    }
}
