//! What `show` is told.

use std::path::PathBuf;

use super::sources::Sources;
use super::which_ledger::WhichLedger;
use super::zone::check_zone;
use super::{Error, table};
use crate::clock::Now;
use crate::ledger::Binding;
use crate::model::who::Who;
use crate::report::print_form::PrintForm;

/// What `show` is told.
#[derive(Debug)]
pub struct Show {
    /// Whom it is about.
    pub who: Who,
    /// In which form it is printed.
    pub form: PrintForm,
    /// Whether phones are printed as they are.
    pub full_phone: bool,
    /// The ledger.
    pub ledger: PathBuf,
    /// What the ledger is bound to, where the settings say so.
    pub binding: Option<Binding>,
}

impl Show {
    /// Resolves what was typed; no credential is looked at.
    ///
    /// # Errors
    ///
    /// A value that a setting cannot have, or nothing says which ledger is meant.
    pub fn resolve(sources: &Sources<'_>, now: &Now) -> Result<Self, Error> {
        check_zone(sources.env, now)?;
        let who = sources.required(&table::looked_back::WHO)?;
        let form = PrintForm::of(sources.value(&table::FORMAT)?);
        let (ledger, binding) = WhichLedger::needed(sources)?;
        Ok(Self {
            who,
            form,
            full_phone: sources.is_on(&table::looked_back::FULL_PHONE),
            ledger,
            binding,
        })
    }
}
