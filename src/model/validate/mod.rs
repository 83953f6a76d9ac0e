//! What a row asks for, or everything that is wrong with it. Pure.
//!
//! A row is judged here and nowhere else: whatever is said of it afterwards is said by the
//! [`JudgedRow`], and no other room looks at a cell to learn what it means.

mod cells;
mod requested;
mod resolve;

pub(crate) use requested::RequestedDevice;

use super::event::RowLabel;
use super::ids::UserId;
use super::invalid::{Invalid, Problem};
use super::names::Names;
use super::policy_ref::PolicyRef;
use super::request::{Address, DeviceStatus, Notification, RowDefaults};
use super::row::{Header, InputRow, RowNumber};
use super::unresolved::{Unresolved, UserRef};
use super::user_name::{UserBy, UserName};
use super::valid_row::ValidRow;
use super::warning::Warning;
use cells::NamedCells;
use resolve::Asked;

/// A row of the input, judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgedRow {
    /// Its number among the data rows.
    pub number: RowNumber,
    /// The physical line on which it starts.
    pub line: u64,
    /// What could be read of its cells; nothing where the record itself is at fault.
    pub requested: RequestedDevice,
    /// What it asks for, or why it asks for nothing.
    pub verdict: Result<ValidRow, Unasked>,
}

/// Why a row asks for no device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unasked {
    /// It is wrong in itself: this is everything that is.
    Invalid(Invalid),
    /// It is right, and nobody knows for whom or under which policy it asks.
    Unresolved(Unresolved),
}

impl From<Invalid> for Unasked {
    fn from(invalid: Invalid) -> Self {
        Unasked::Invalid(invalid)
    }
}

impl JudgedRow {
    /// What a person may want to look at, though nothing is wrong.
    pub fn warnings(&self) -> &[Warning] {
        match &self.verdict {
            Ok(valid) => &valid.warnings,
            Err(Unasked::Unresolved(unresolved)) => &unresolved.warnings,
            Err(Unasked::Invalid(_)) => &[],
        }
    }

    /// What may be said of it in logs and messages.
    pub fn label(&self) -> RowLabel {
        RowLabel {
            row: self.number,
            line: self.line,
            user: self.requested.user,
            address: self.requested.masked_address(),
        }
    }
}

/// Judges a row: reads what it asks for, or everything that is wrong with it.
///
/// White space round a cell is dropped, but for a phone, where only spaces are:
/// an invisible character in it is a sign of damage. Cells of columns that the
/// row's type does not use are not judged.
///
/// The verdict names every problem of the row at once, in the order user, type, address,
/// policy, status, nickname, notification; a fault of the record itself alone, since its
/// cells cannot be trusted then.
///
/// `names` tell whose names are in it. A row whose user or policy they do not tell of asks for nothing.
pub fn validate(
    header: &Header,
    row: &InputRow,
    defaults: &RowDefaults,
    names: &Names,
) -> JudgedRow {
    let (requested, verdict) = match &row.fault {
        Some(fault) => {
            let invalid = Invalid::from(fault.clone());
            (RequestedDevice::default(), Err(invalid.into()))
        }
        None => read(&NamedCells::new(header, row), row, defaults, names),
    };
    JudgedRow {
        number: row.number,
        line: row.line,
        requested,
        verdict,
    }
}

/// Whether a row asks for a device whose user gets a message, if nothing else is wrong with it.
///
/// For a look over a whole wave: it reads one cell, and judging a row takes far longer.
pub(crate) fn asks_for_message(header: &Header, row: &InputRow, defaults: &RowDefaults) -> bool {
    let status = NamedCells::new(header, row).status(defaults);
    status == Ok(Some(DeviceStatus::ActivationRequired))
}

/// The user whom a row names by the ID, as the row's judgment has it; nothing where it cannot be read.
///
/// For a look over a whole wave: nothing else of the row is judged.
pub(crate) fn user_in(header: &Header, row: &InputRow) -> Option<UserId> {
    if row.fault.is_some() {
        return None;
    }
    match NamedCells::new(header, row).user() {
        Ok(UserRef::Id(user)) => Some(user),
        Ok(UserRef::Named(_)) | Err(_) => None,
    }
}

/// The names in a row that have to be looked up: its user's, and its policy's.
///
/// For a look over a whole wave: nothing else of the row is judged.
pub(crate) fn names_in(
    header: &Header,
    row: &InputRow,
    defaults: &RowDefaults,
) -> (Option<UserName>, Option<PolicyRef>) {
    if row.fault.is_some() {
        return (None, None);
    }
    let cells = NamedCells::new(header, row);
    let user = match header.user_by() {
        UserBy::Id => None,
        UserBy::Name(_) => cells.user().ok(),
    };
    let user = user.and_then(|user| match user {
        UserRef::Named(name) => Some(name),
        UserRef::Id(_) => None,
    });
    let policy = cells.policy(defaults).ok();
    let policy = policy.filter(|policy| !matches!(policy, PolicyRef::Id(_)));
    (user, policy)
}

fn read(
    cells: &NamedCells<'_>,
    row: &InputRow,
    defaults: &RowDefaults,
    names: &Names,
) -> (RequestedDevice, Result<ValidRow, Unasked>) {
    let mut wrong = Vec::new();
    let user = keep(cells.user(), &mut wrong);
    let whose = user.as_ref().map(|user| resolve::user(user, names));
    let kind = keep(cells.kind(defaults), &mut wrong);
    let address = cells.address(kind.unwrap_or_else(|| cells.likely_kind()), defaults);
    let address = keep(address, &mut wrong);
    let policy = keep(cells.policy(defaults), &mut wrong);
    let policy = policy.map(|policy| resolve::policy(&policy, names));
    let status = cells.status(defaults);
    let sent = cells.notification_is_sent(&status);
    let status = keep(status, &mut wrong);
    let nickname = keep(cells.nickname(), &mut wrong);
    keep(sent, &mut wrong);
    let locale = keep(cells.locale(), &mut wrong);
    let variant = keep(cells.variant(), &mut wrong);

    // Where the type is not known, nobody knows either whether a mailbox is meant.
    let is_meant = |address: &&Address| kind.is_some() || address.phone().is_some();
    let address_read = address.as_ref().map(|(address, _)| address);
    let requested = RequestedDevice {
        user: known(whose.as_ref()),
        kind,
        address: address_read.filter(is_meant).cloned(),
        policy: known(policy.as_ref()),
        status: status.map(|status| status.unwrap_or(DeviceStatus::Active)),
    };
    if let Some(invalid) = Invalid::gather(wrong) {
        return (requested, Err(invalid.into()));
    }
    let (
        Some(user),
        Some(whose),
        Some(kind),
        Some((address, of_address)),
        Some(policy),
        Some(status),
        Some(nickname),
        Some(locale),
        Some(variant),
    ) = (
        user, whose, kind, address, policy, status, nickname, locale, variant,
    )
    else {
        unreachable!("a cell that was not read is a problem of the row");
    };
    let asked = Asked {
        row: row.number,
        line: row.line,
        user,
        kind,
        address,
        status,
        nickname,
        notification: (locale.is_some() || variant.is_some())
            .then_some(Notification { locale, variant }),
        warnings: of_address.into_iter().chain(cells.placeholders()).collect(),
    };
    let asked = asked.of(whose, policy);
    (requested, asked.map_err(Unasked::Unresolved))
}

/// Who or what a cell names, where that is known.
fn known<T: Copy, E>(found: Option<&Result<T, E>>) -> Option<T> {
    found?.as_ref().ok().copied()
}

/// What was read of a cell; what is wrong with it otherwise comes behind what is `wrong` already.
fn keep<T>(read: Result<T, Problem>, wrong: &mut Vec<Problem>) -> Option<T> {
    read.map_err(|problem| wrong.push(problem)).ok()
}

#[cfg(test)]
mod tests;
