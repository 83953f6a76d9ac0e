//! How many requests a run takes at least, counted beforehand.

use std::collections::HashSet;

use super::ids::UserId;

/// The requests of a run, counted row by row; sixteen bytes and a share of the table for each user for
/// whom a device is created.
#[derive(Debug, Default)]
pub(crate) struct RunCost {
    /// How many devices PingOne is asked for first.
    looks: u64,
    /// How many are created.
    creates: u64,
    users: HashSet<UserId>,
}

/// What a run asks besides its creates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AsksToo {
    /// Whether the user's devices are listed before a create.
    pub lists: bool,
    /// For how many users MFA is switched on, where users are asked about.
    pub switches: Option<u64>,
}

impl RunCost {
    /// Notes a row whose device may be there; nothing is created where it is.
    pub(crate) fn look(&mut self) {
        self.looks += 1;
    }

    /// Notes a row whose device is created, for a user.
    pub(crate) fn create(&mut self, user: UserId) {
        self.look();
        self.creates += 1;
        self.users.insert(user);
    }

    /// How many requests that are where nothing is asked twice.
    pub(crate) fn requests(&self, asks: AsksToo) -> u64 {
        let looks = if asks.lists { self.looks } else { 0 };
        let about_mfa = asks
            .switches
            .map(|switches| self.users.len() as u64 + switches);
        self.creates + looks + about_mfa.unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_looked_for_and_created_and_a_user_asked_about_once() {
        let mut cost = RunCost::default();
        let user = |number| UserId::from_bytes([number; 16]);
        cost.look();
        for number in [1, 1, 2] {
            cost.create(user(number));
        }
        for (lists, switches, requests) in [
            (true, None, 7),
            (false, None, 3),
            (true, Some(1), 10),
            (false, Some(0), 5),
        ] {
            let asks = AsksToo { lists, switches };
            assert_eq!(cost.requests(asks), requests, "{asks:?}");
        }
    }
}
