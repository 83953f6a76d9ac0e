//! What decides whether a device is of any use to a user: of each asked once, where nobody has told it.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use tokio::sync::OnceCell;

use super::Invocation;
use crate::engine::questions::{Questions, ReadFault};
use crate::engine::users::user_state;
use crate::model::ids::UserId;
use crate::model::mfa::{MfaRule, UserState};
use crate::model::names::NamedUser;
use crate::model::stop::StopReason;
use crate::model::warning::Warning;
use crate::pingone::read::{ReadError, ReadFailure};
use crate::report::user_notes;

/// So many users who were refused one after the other, and no more are asked about.
const REFUSALS: u32 = 10;

/// What is known of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// This.
    Is(UserState),
    /// PingOne does not know them.
    NoUser,
    /// Nothing: nobody asked, or it was refused.
    Nothing,
}

/// Asks about users.
pub(super) struct UserStates<'q, 'a> {
    questions: &'q Questions<'a>,
    rule: MfaRule,
    /// Rows of one user may be under way together.
    asked: RefCell<HashMap<UserId, Rc<OnceCell<Told>>>>,
    refused_in_a_row: Cell<u32>,
    unread: Cell<u64>,
    last_refusal: RefCell<Option<ReadError>>,
}

impl<'q, 'a> UserStates<'q, 'a> {
    /// Knows nothing of anybody. Who ignores MFA asks about nobody.
    pub(super) fn new(questions: &'q Questions<'a>, rule: MfaRule) -> Self {
        Self {
            questions,
            rule,
            asked: RefCell::default(),
            refused_in_a_row: Cell::new(0),
            unread: Cell::new(0),
            last_refusal: RefCell::new(None),
        }
    }

    /// What is known of a user; `named` is what a look-up of their name told just now.
    ///
    /// # Errors
    ///
    /// Nothing can be asked at all.
    pub(super) async fn of(
        &self,
        user: UserId,
        named: Option<NamedUser>,
    ) -> Result<Told, StopReason> {
        if let Some(named) = named.filter(|named| named.id == user) {
            let ignores = self.rule == MfaRule::Ignore;
            if ignores || named.state.mfa.is_some() {
                return Ok(Told::Is(named.state));
            }
        }
        if self.rule == MfaRule::Ignore {
            return Ok(Told::Nothing);
        }
        let cell = Rc::clone(self.asked.borrow_mut().entry(user).or_default());
        cell.get_or_try_init(|| self.ask(user)).await.copied()
    }

    async fn ask(&self, user: UserId) -> Result<Told, StopReason> {
        if self.refused_in_a_row.get() >= REFUSALS {
            self.unread.set(self.unread.get() + 1);
            return Ok(Told::Nothing);
        }
        let error = match user_state(self.questions, user).await {
            Ok(state) => {
                self.refused_in_a_row.set(0);
                return Ok(state.map_or(Told::NoUser, Told::Is));
            }
            Err(ReadFault::Stop(reason)) => return Err(reason),
            Err(ReadFault::Refused(error)) => error,
        };
        self.refused_in_a_row.set(self.refused_in_a_row.get() + 1);
        self.unread.set(self.unread.get() + 1);
        self.last_refusal.replace(Some(error));
        Ok(Told::Nothing)
    }

    /// Says of how many users it is not known, and why.
    pub(super) fn say_unread(&self, invocation: &Invocation) {
        let Some(error) = &*self.last_refusal.borrow() else {
            return;
        };
        let hint = if error.failure == ReadFailure::Forbidden {
            "reading users needs the role Identity Data Admin"
        } else {
            error.hint()
        };
        let notice = user_notes::unread(self.unread.get(), &error.to_string(), hint);
        invocation.console.say(&notice);
    }
}

/// What a person should know of the user of a row, for which a device is to be created or not.
pub(super) fn warnings(state: UserState, rule: MfaRule, is_created: bool) -> Vec<Warning> {
    let stays_off = state.mfa == Some(false)
        && match rule {
            MfaRule::Check => true,
            // The run switches it on before it creates the device.
            MfaRule::Enable => !is_created,
            MfaRule::Ignore => false,
        };
    let is_bypassed = state.bypassed && rule != MfaRule::Ignore;
    [
        stays_off.then_some(Warning::MfaOff),
        state.disabled.then_some(Warning::UserDisabled),
        is_bypassed.then_some(Warning::MfaBypassed),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_who_cannot_use_mfa_is_warned_of_unless_the_run_switches_it_on() {
        let off = UserState {
            mfa: Some(false),
            ..UserState::default()
        };
        for (rule, is_created, warned) in [
            (MfaRule::Check, true, true),
            (MfaRule::Check, false, true),
            (MfaRule::Enable, true, false),
            (MfaRule::Enable, false, true),
            (MfaRule::Ignore, true, false),
            (MfaRule::Ignore, false, false),
        ] {
            let expected: &[_] = if warned { &[Warning::MfaOff] } else { &[] };
            assert_eq!(warnings(off, rule, is_created), expected, "{rule:?}");
        }
    }

    #[test]
    fn who_cannot_sign_in_is_warned_of_whatever_is_done_about_mfa() {
        use Warning::{MfaBypassed, UserDisabled};
        let state = UserState {
            mfa: Some(true),
            disabled: true,
            bypassed: true,
        };
        for (rule, expected) in [
            (MfaRule::Check, &[UserDisabled, MfaBypassed][..]),
            (MfaRule::Ignore, &[UserDisabled]),
        ] {
            assert_eq!(warnings(state, rule, true), expected);
        }
        assert_eq!(warnings(UserState::default(), MfaRule::Check, true), []);
    }
}
