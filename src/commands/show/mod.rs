//! `wavepair show`: all that a ledger knows of one user, device, phone, row or answer.

mod json;
pub(super) mod text;

use std::path::Path;

use super::looked_back::LookedBack;
use super::past_run::PastRun;
use super::print::print;
use crate::clock;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::ledger::{Dossier, Sought};
use crate::model::request::Address;
use crate::model::row::RowNumber;
use crate::model::who::Who;
use crate::report::print_form::PrintForm;
use crate::settings::Error as SettingsError;
use crate::settings::show::Show;

/// Shows all that is known.
///
/// # Errors
///
/// There is no ledger, it cannot be read, or it knows nothing of whom is asked about.
pub(crate) fn show(settings: &Show) -> Result<ExitCode, Error> {
    let ledger = LookedBack::open(&settings.ledger, settings.binding.as_ref())?;
    let found = find(settings, &ledger)?;
    if found.is_empty() {
        let path = settings.ledger.display();
        let error = SettingsError::new(format!("the ledger {path} knows nothing of that"));
        let error = error.hint(
            "name a user, a device, a phone, a row such as `wave.csv:17`, a correlation ID or a transaction ID",
        );
        return Err(error.into());
    }
    let full = settings.full_phone;
    let printed = match settings.form {
        PrintForm::Text => text::all(
            &found,
            full,
            &clock::local().zoned(),
            super::status::width(),
        ),
        PrintForm::Json => json::all(&found, full),
    };
    print(&printed).map(|()| ExitCode::Done)
}

fn find(settings: &Show, ledger: &LookedBack) -> Result<Vec<Dossier>, Error> {
    let sought = match &settings.who {
        Who::Row(wave, row) => return find_row(settings, ledger, wave, *row),
        Who::Transaction { run, row, attempt } => Sought::Transaction(*run, *row, *attempt),
        Who::Id(id) => Sought::Id(*id),
        Who::Address(address) => Sought::Address(address),
        Who::Correlation(id) => Sought::Correlation(id),
    };
    Ok(ledger.reader.dossiers(sought)?)
}

/// The device that a row asks for, as the last run of its wave judged it.
fn find_row(
    settings: &Show,
    ledger: &LookedBack,
    wave: &Path,
    row: RowNumber,
) -> Result<Vec<Dossier>, Error> {
    let past = PastRun::read(wave, &settings.ledger, settings.binding.as_ref())?;
    let key = past.key_of(row)?;
    Ok(ledger.reader.dossiers(Sought::Key(&key))?)
}

/// The address of a device: as it is, or so much of it as may be seen; nothing where it was purged.
fn address(dossier: &Dossier, full: bool) -> Option<String> {
    let text = dossier.address.as_ref()?;
    Some(match Address::from_key(dossier.kind, text) {
        Some(Address::Phone(phone)) if full => phone.to_string(),
        Some(Address::Email(email)) if full => email.as_str().to_owned(),
        Some(address) => address.masked(),
        None => "…".to_owned(),
    })
}
