//! Who can use MFA, as far as this run knows, and whether a create may go out for them.

use std::collections::HashMap;
use std::time::Duration;

use super::journal::Journal;
use super::row::{Phase, Row};
use crate::clock;
use crate::ledger::{self, NotedMfa};
use crate::model::ids::UserId;
use crate::model::mfa::MfaRule;
use crate::model::outcome::Answer;

/// How long what an earlier run has noted of a user holds: within one wave, and not for the next one.
const NOTED_FOR: Duration = Duration::from_hours(24);

/// How a user stands in this run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// They can use MFA.
    On,
    /// They cannot, and it could not be switched on: this is what their rows end with.
    Refused(Answer),
}

/// Whether the create of a row may go out, as far as its user's MFA is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Leave {
    /// It may.
    Given,
    /// Not before the user was asked about.
    AskFirst,
    /// Not in this run.
    Refused(Answer),
}

/// Watches over creates where MFA is to be switched on before them (`--mfa enable`).
#[derive(Debug)]
pub(super) struct MfaWatch {
    enables: bool,
    users: HashMap<UserId, Standing>,
}

impl MfaWatch {
    /// Knows nothing of anybody yet.
    pub(super) fn new(rule: MfaRule) -> Self {
        Self {
            enables: match rule {
                MfaRule::Enable => true,
                MfaRule::Check | MfaRule::Ignore => false,
            },
            users: HashMap::new(),
        }
    }

    /// Learns from the ledger whether a user can use MFA, where that matters and is not known yet.
    ///
    /// # Errors
    ///
    /// The ledger cannot be read.
    pub(super) fn learn(
        &mut self,
        user: UserId,
        journal: &Journal<'_>,
    ) -> Result<(), ledger::Error> {
        if self.wants_to_know(user)
            && let Some(noted) = journal.mfa(user)?
        {
            self.remember(user, noted, clock::wall().as_millisecond());
        }
        Ok(())
    }

    fn wants_to_know(&self, user: UserId) -> bool {
        self.enables && !self.users.contains_key(&user)
    }

    /// Takes what the ledger tells of a user; `now_ms` is by the wall clock.
    fn remember(&mut self, user: UserId, noted: NotedMfa, now_ms: i64) {
        let age = u64::try_from(now_ms.saturating_sub(noted.noted_ms)).map(Duration::from_millis);
        // What lies ahead of the clock is of no known age.
        if noted.state.is_on() && age.is_ok_and(|age| age < NOTED_FOR) {
            self.users.insert(user, Standing::On);
        }
    }

    /// Takes what became of a user.
    pub(super) fn note(&mut self, user: UserId, standing: Standing) {
        self.users.insert(user, standing);
    }

    /// Whether the request of a row may go out.
    pub(super) fn leave(&self, row: &Row) -> Leave {
        match row.phase {
            Phase::Create { .. } if self.enables => {}
            Phase::Create { .. }
            | Phase::Look
            | Phase::Mfa { .. }
            | Phase::Identify(_)
            | Phase::Recheck(_) => return Leave::Given,
        }
        match self.users.get(&row.user()) {
            None => Leave::AskFirst,
            Some(Standing::On) => Leave::Given,
            Some(Standing::Refused(answer)) => Leave::Refused(answer.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::samples::{answer, device, of_user};
    use crate::model::mfa::MfaState;

    const CREATE: Phase = Phase::Create { resend: false };
    const HOUR_MS: i64 = 3_600_000;

    #[test]
    fn a_create_goes_out_once_its_user_can_use_mfa_and_never_for_who_cannot() {
        let mut watch = MfaWatch::new(MfaRule::Enable);
        let refused = answer(403, "mfa_not_enabled");
        for phase in [CREATE, Phase::Create { resend: true }] {
            let row = of_user(1, 1, phase);
            assert_eq!(watch.leave(&row), Leave::AskFirst);
        }
        watch.note(UserId::from_bytes([1; 16]), Standing::On);
        watch.note(
            of_user(2, 2, CREATE).user(),
            Standing::Refused(refused.clone()),
        );
        watch.note(of_user(1, 1, CREATE).user(), Standing::On);
        for (user, leave) in [
            (1, Leave::Given),
            (2, Leave::Refused(refused)),
            (3, Leave::AskFirst),
        ] {
            for row in [user, user + 10] {
                assert_eq!(watch.leave(&of_user(row, user, CREATE)), leave, "{row}");
            }
        }
    }

    #[test]
    fn nobody_is_asked_about_for_a_listing_or_where_that_was_not_wished() {
        for rule in [MfaRule::Check, MfaRule::Ignore] {
            let watch = MfaWatch::new(rule);
            assert_eq!(watch.leave(&of_user(1, 1, CREATE)), Leave::Given);
            assert!(!watch.wants_to_know(of_user(1, 1, CREATE).user()));
        }
        let watch = MfaWatch::new(MfaRule::Enable);
        for phase in [
            Phase::Look,
            Phase::Identify(device(1)),
            Phase::Recheck(device(1)),
        ] {
            assert_eq!(watch.leave(&of_user(1, 1, phase)), Leave::Given);
        }
    }

    #[test]
    fn what_was_noted_of_a_user_holds_for_a_day_and_not_ahead_of_the_clock() {
        for (state, age_ms, expected) in [
            (MfaState::Already, 0, Leave::Given),
            (MfaState::Enabled, 24 * HOUR_MS - 1, Leave::Given),
            (MfaState::Enabled, 24 * HOUR_MS, Leave::AskFirst),
            (MfaState::Enabled, -1, Leave::AskFirst),
            (MfaState::Off, 0, Leave::AskFirst),
            (MfaState::Switching, 0, Leave::AskFirst),
        ] {
            let mut watch = MfaWatch::new(MfaRule::Enable);
            let row = of_user(1, 1, CREATE);
            let noted = NotedMfa { state, noted_ms: 0 };
            assert!(watch.wants_to_know(row.user()));
            watch.remember(row.user(), noted, age_ms);
            assert_eq!(watch.leave(&row), expected, "{state:?} {age_ms}");
        }
    }
}
