//! What `status` is told.

use std::path::PathBuf;

use super::sources::Sources;
use super::which_ledger::WhichLedger;
use super::zone::check_zone;
use super::{Error, table};
use crate::clock::Now;
use crate::ledger::Binding;
use crate::model::run_ref::RunRef;
use crate::report::print_form::PrintForm;

/// What `status` is told.
#[derive(Debug)]
pub struct Status {
    /// The run that is meant, where not all of them are.
    pub run: Option<RunRef>,
    /// In which form it is printed.
    pub form: PrintForm,
    /// Whether it is drawn again and again.
    pub watch: bool,
    /// The ledger.
    pub ledger: PathBuf,
    /// What the ledger is bound to, where the settings say so.
    pub binding: Option<Binding>,
}

impl Status {
    /// Resolves what was typed; no credential is looked at.
    ///
    /// # Errors
    ///
    /// A value that a setting cannot have, or nothing says which ledger is meant.
    pub fn resolve(sources: &Sources<'_>, now: &Now) -> Result<Self, Error> {
        check_zone(sources.env, now)?;
        let run = sources.find(&table::looked_back::RUN_ID)?;
        let form = PrintForm::of(sources.value(&table::FORMAT)?);
        let watch = sources.is_on(&table::looked_back::WATCH);
        if watch && form == PrintForm::Json {
            let error =
                Error::new("`--watch` draws for people, and `--format json` is for scripts");
            return Err(error.hint("leave one of them out"));
        }
        let (ledger, binding) = WhichLedger::needed(sources)?;
        Ok(Self {
            run,
            form,
            watch,
            ledger,
            binding,
        })
    }
}
