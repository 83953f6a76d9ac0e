//! Users for whom a device is of no use, or not needed: each counted once, however many rows they have.

use std::collections::{HashMap, HashSet};

use super::ids::UserId;
use super::mfa::{MfaRule, UserState};

/// How many users, and the line of the first row that names one of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct UserCount {
    /// How many there are.
    pub users: u64,
    /// On which line the first of them is.
    pub line: u64,
}

impl UserCount {
    fn add(&mut self, line: u64) {
        if self.users == 0 {
            self.line = line;
        }
        self.users += 1;
    }
}

/// How many users of a wave something stands against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct UserCounts {
    /// Those who cannot use MFA.
    pub mfa_off: UserCount,
    /// Those of them for whom a device is created.
    pub to_switch: u64,
    /// Those who cannot sign in at all.
    pub disabled: UserCount,
    /// Those who may leave MFA out for now.
    pub bypassed: UserCount,
}

/// What a row tells of its user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UserOfRow {
    /// Whose row it is.
    pub user: UserId,
    /// The line on which it starts.
    pub line: u64,
    /// What is known of them.
    pub state: UserState,
    /// Whether a device is to be created for the row.
    pub is_created: bool,
}

/// Counts users; some thirty bytes for each whom something stands against, and nothing for the others.
#[derive(Debug)]
pub(crate) struct UserBook {
    counts: UserCounts,
    heeds_mfa: bool,
    /// Those who cannot use MFA, and whether a device is created for them.
    mfa_off: HashMap<UserId, bool>,
    disabled: HashSet<UserId>,
    bypassed: HashSet<UserId>,
}

impl UserBook {
    /// Nobody yet; `rule` says whether anybody minds who cannot use MFA.
    pub(crate) fn new(rule: MfaRule) -> Self {
        Self {
            counts: UserCounts::default(),
            heeds_mfa: match rule {
                MfaRule::Check | MfaRule::Enable => true,
                MfaRule::Ignore => false,
            },
            mfa_off: HashMap::new(),
            disabled: HashSet::new(),
            bypassed: HashSet::new(),
        }
    }

    /// Notes what a row tells of its user.
    pub(crate) fn note(&mut self, row: UserOfRow) {
        let counts = &mut self.counts;
        if row.state.disabled && self.disabled.insert(row.user) {
            counts.disabled.add(row.line);
        }
        if row.state.bypassed && self.bypassed.insert(row.user) {
            counts.bypassed.add(row.line);
        }
        if row.state.mfa == Some(false) && self.heeds_mfa {
            let switched = self.mfa_off.entry(row.user).or_insert_with(|| {
                counts.mfa_off.add(row.line);
                false
            });
            if row.is_created && !std::mem::replace(switched, true) {
                counts.to_switch += 1;
            }
        }
    }

    /// What it came to.
    pub(crate) fn counts(&self) -> UserCounts {
        self.counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFF: UserState = UserState {
        mfa: Some(false),
        disabled: false,
        bypassed: false,
    };

    fn row(user: u8, line: u64) -> UserOfRow {
        UserOfRow {
            user: UserId::from_bytes([user; 16]),
            line,
            state: OFF,
            is_created: false,
        }
    }

    #[test]
    fn each_user_counts_once_and_is_switched_where_a_row_of_theirs_is_created() {
        let mut book = UserBook::new(MfaRule::Check);
        let created = |row: UserOfRow| UserOfRow {
            is_created: true,
            ..row
        };
        for row in [
            row(1, 3),
            created(row(1, 4)),
            created(row(1, 5)),
            row(2, 6),
            UserOfRow {
                state: UserState {
                    mfa: None,
                    disabled: true,
                    bypassed: true,
                },
                ..created(row(3, 7))
            },
            UserOfRow {
                state: UserState {
                    disabled: true,
                    ..OFF
                },
                ..row(3, 8)
            },
        ] {
            book.note(row);
        }
        let count = |users, line| UserCount { users, line };
        let expected = UserCounts {
            mfa_off: count(3, 3),
            to_switch: 1,
            disabled: count(1, 7),
            bypassed: count(1, 7),
        };
        assert_eq!(book.counts(), expected);
    }

    #[test]
    fn who_ignores_mfa_hears_only_of_those_who_cannot_sign_in() {
        let mut book = UserBook::new(MfaRule::Ignore);
        book.note(UserOfRow {
            state: UserState {
                disabled: true,
                ..OFF
            },
            ..row(1, 2)
        });
        let counts = book.counts();
        assert_eq!((counts.mfa_off.users, counts.disabled.users), (0, 1));
    }
}
