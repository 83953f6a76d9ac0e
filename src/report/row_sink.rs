//! Whoever hears of the rows of a wave.
//!
//! A run, a dry run and `results` differ in who stands in this list, and not in how the list is fed.

use std::io;

use super::known_row::KnownRow;
use super::known_state::KnownState;
use super::log;
use super::result_row::ResultRow;
use crate::model::calling_codes::CallingCodes;
use crate::model::denied_rows::DeniedRows;
use crate::model::messages::MessageBook;
use crate::model::mfa::{MfaState, UserState};
use crate::model::outcome::Outcome;
use crate::model::request::DeviceKey;
use crate::model::run_cost::RunCost;
use crate::model::shared_phones::SharedPhones;
use crate::model::tally::Tally;
use crate::model::unresolved::{NameTrouble, UserRef};
use crate::model::user_book::{UserBook, UserOfRow};
use crate::model::valid_row::ValidRow;
use crate::model::validate::Unasked;
use crate::model::warning::WarningCode;

/// Hears of every row of a wave, in input order.
pub(crate) trait RowSink {
    /// Takes a row, and what the results say of it.
    ///
    /// # Errors
    ///
    /// It cannot be written. What was written until then is of no use.
    fn take(&mut self, row: &KnownRow, result: &ResultRow) -> io::Result<()>;

    /// Hears of a row of another shard: whether it is right in itself, and nothing else.
    ///
    /// Most have nothing to do with it.
    fn pass(&mut self, _: &ResultRow) {}
}

impl RowSink for Tally {
    fn take(&mut self, _: &KnownRow, result: &ResultRow) -> io::Result<()> {
        self.add(&result.finished);
        Ok(())
    }

    fn pass(&mut self, _: &ResultRow) {
        self.of_other_shards += 1;
    }
}

/// Logs how each row ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LogLines;

impl RowSink for LogLines {
    fn take(&mut self, _: &KnownRow, result: &ResultRow) -> io::Result<()> {
        log::finished(&result.finished);
        Ok(())
    }
}

/// Counts the phones that rows are told to share with another user's.
impl RowSink for SharedPhones {
    fn take(&mut self, row: &KnownRow, _: &ResultRow) -> io::Result<()> {
        for warning in row.judged.warnings() {
            self.note(row.judged.line, warning);
        }
        Ok(())
    }
}

/// Counts the valid phones, those of rows that are refused for something else too.
impl RowSink for CallingCodes {
    fn take(&mut self, row: &KnownRow, _: &ResultRow) -> io::Result<()> {
        if let Some(phone) = row.judged.requested.phone() {
            self.note(phone);
        }
        Ok(())
    }
}

/// Counts a message for each device that a run may create and that is to be activated.
///
/// A device that a run finds in PingOne, or that stays in doubt, sends none: they are never more.
impl RowSink for MessageBook {
    fn take(&mut self, row: &KnownRow, _: &ResultRow) -> io::Result<()> {
        let (sends, user, kind) = match &row.judged.verdict {
            Ok(ValidRow { request, .. }) => {
                let DeviceKey { user, kind, .. } = request.key;
                (request.sends_message(), UserRef::Id(user), kind)
            }
            Err(Unasked::Unresolved(asks)) if asks.trouble == NameTrouble::NotAsked => {
                (asks.sends_message, asks.user.clone(), asks.kind)
            }
            Err(Unasked::Unresolved(_) | Unasked::Invalid(_)) => return Ok(()),
        };
        if sends && row.earlier.is_none() && row.known.may_be_sent() {
            self.note(&user, kind);
        }
        Ok(())
    }
}

/// Counts what a run asks for of each row that it takes up.
impl RowSink for RunCost {
    fn take(&mut self, row: &KnownRow, result: &ResultRow) -> io::Result<()> {
        let (Ok(valid), None) = (&row.judged.verdict, row.earlier) else {
            return Ok(());
        };
        match (&row.known, result.finished.outcome) {
            (_, Outcome::Ready) => self.create(valid.request.key.user),
            (KnownState::Finding { .. }, _) | (_, Outcome::Unknown) => self.look(),
            (KnownState::Untouched | KnownState::Entry(_), _) => {}
        }
        Ok(())
    }
}

/// Counts the rows to whose countries no texts and calls go.
impl RowSink for DeniedRows {
    fn take(&mut self, row: &KnownRow, result: &ResultRow) -> io::Result<()> {
        if result.warnings.contains(&WarningCode::CountryDenied) {
            self.add(row.judged.line);
        }
        Ok(())
    }
}

/// Counts the users for whom a device is of no use, or not needed.
impl RowSink for UserBook {
    fn take(&mut self, row: &KnownRow, result: &ResultRow) -> io::Result<()> {
        if let Ok(valid) = &row.judged.verdict {
            self.note(UserOfRow {
                user: valid.request.key.user,
                line: row.judged.line,
                state: UserState {
                    mfa: row.mfa.map(MfaState::is_on),
                    disabled: result.warnings.contains(&WarningCode::UserDisabled),
                    bypassed: result.warnings.contains(&WarningCode::MfaBypassed),
                },
                is_created: result.finished.outcome == Outcome::Ready,
            });
        }
        Ok(())
    }
}
