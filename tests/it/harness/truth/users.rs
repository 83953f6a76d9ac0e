//! What is true of users, and which of it the program was told.

use std::collections::HashSet;

use crate::harness::device::uuid;
use crate::harness::ways::Ways;

#[derive(Debug)]
pub(crate) struct Users {
    ways: Ways,
    /// Those whose names were told.
    named: HashSet<u128>,
    /// Those for whom MFA was switched on.
    switched: HashSet<u128>,
    /// Those of whom it was told that they cannot use MFA, and whom nobody has switched since.
    may_be_switched: HashSet<u128>,
    /// Those for whom a create came.
    posted: HashSet<u128>,
}

impl Users {
    /// Nothing was told of anybody.
    pub(crate) fn new(ways: Ways) -> Self {
        Self {
            ways,
            named: HashSet::new(),
            switched: HashSet::new(),
            may_be_switched: HashSet::new(),
            posted: HashSet::new(),
        }
    }

    /// Notes that a user's name was told.
    pub(crate) fn tell_name(&mut self, user: u128) {
        self.named.insert(user);
    }

    /// Whether a user could use MFA before anybody switched it on: half of them.
    pub(crate) fn began_with_mfa(user: u128) -> bool {
        (user >> 1).is_multiple_of(2)
    }

    /// Whether a user can use MFA now.
    pub(crate) fn has_mfa(&self, user: u128) -> bool {
        Self::began_with_mfa(user) || self.switched.contains(&user)
    }

    /// Tells whether a user can use MFA now, and notes that it was told.
    pub(crate) fn tell_mfa(&mut self, user: u128) -> bool {
        let on = self.has_mfa(user);
        if !on {
            self.may_be_switched.insert(user);
        }
        on
    }

    /// Notes a request to switch a user's MFA on; why it must not be, where that is so.
    pub(crate) fn ask_to_switch(&mut self, user: u128) -> Option<String> {
        let who = uuid(user);
        if !self.may_be_switched.remove(&user) {
            return Some(format!(
                "M: {who} is switched again, or without a look that told that it is off"
            ));
        }
        let late = self.posted.contains(&user);
        late.then(|| format!("M: {who} is switched after their first create"))
    }

    /// Switches a user's MFA on.
    pub(crate) fn switch(&mut self, user: u128) {
        self.switched.insert(user);
    }

    /// Notes that a create came for a user; why it must not be, where that is so.
    pub(crate) fn post(&mut self, user: u128) -> Vec<String> {
        self.posted.insert(user);
        let who = uuid(user);
        let mut wrong = Vec::new();
        if self.ways.names && !self.named.contains(&user) {
            wrong.push(format!("N: a create for {who}, whom nobody has named"));
        }
        if self.ways.mfa && !self.has_mfa(user) {
            wrong.push(format!("M: a create for {who}, whose MFA is off"));
        }
        wrong
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The one began with MFA, the other without.
    const ON: u128 = 4;
    const OFF: u128 = 6;

    fn users() -> Users {
        Users::new(Ways {
            names: true,
            report: false,
            mfa: true,
        })
    }

    #[test]
    fn a_create_for_a_user_who_was_not_named_or_cannot_use_mfa_is_noticed() {
        let mut users = users();
        assert_eq!(users.post(ON).len(), 1);
        users.tell_name(ON);
        users.tell_name(OFF);
        assert!(users.post(ON).is_empty());
        assert!(users.post(OFF)[0].contains("whose MFA is off"));
        users.switch(OFF);
        assert!(users.post(OFF).is_empty());
        assert!(Users::new(Ways::default()).post(OFF).is_empty());
    }

    #[test]
    fn each_switch_needs_a_look_of_its_own_that_told_that_it_is_off() {
        let mut users = users();
        let said = |said: Option<String>| said.unwrap_or_default();
        assert!(said(users.ask_to_switch(OFF)).contains("without a look"));
        assert!(users.tell_mfa(ON) && !users.tell_mfa(OFF));
        assert!(said(users.ask_to_switch(ON)).contains("without a look"));
        assert_eq!(users.ask_to_switch(OFF), None);
        assert!(said(users.ask_to_switch(OFF)).contains("switched again"));
        assert!(!users.tell_mfa(OFF), "nothing came of it yet");
        assert_eq!(users.ask_to_switch(OFF), None);
        users.switch(OFF);
        assert!(users.tell_mfa(OFF));
        assert!(said(users.ask_to_switch(OFF)).contains("switched again"));
    }

    #[test]
    fn a_switch_behind_a_create_is_noticed() {
        let mut users = users();
        users.tell_mfa(OFF);
        users.post(OFF);
        let said = users.ask_to_switch(OFF).unwrap_or_default();
        assert!(said.contains("after their first create"), "{said}");
    }
}
