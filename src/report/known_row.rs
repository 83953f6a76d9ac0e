//! A row with all that is known of it, before anything is said of it.

use super::known_state::KnownState;
use crate::model::request::{DeviceKey, RowDefaults};
use crate::model::row::{Header, InputRow};
use crate::model::shared_phones::Sharers;
use crate::model::validate::{JudgedRow, validate};
use crate::plan::{Earlier, EarlierRows};

/// A row of the input, and what is known of the device that it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KnownRow {
    /// The row as it was read.
    pub input: InputRow,
    /// What it asks for.
    pub judged: JudgedRow,
    /// What is known of the device; nothing where the row asks for none.
    pub known: KnownState,
    /// Which earlier row of the file asks for the same, if one does.
    pub earlier: Option<Earlier>,
}

/// Judges the rows of a file in their order, each in the light of those before it.
#[derive(Debug)]
pub(crate) struct Judge<'a> {
    header: &'a Header,
    defaults: &'a RowDefaults,
    sharers: Sharers,
    earlier: EarlierRows,
}

impl<'a> Judge<'a> {
    /// Begins with the first row of a file; `defaults` stand in for empty cells, and `sharers` tell
    /// what is done about phones of several users.
    pub(crate) fn new(header: &'a Header, defaults: &'a RowDefaults, sharers: Sharers) -> Self {
        Self {
            header,
            defaults,
            sharers,
            earlier: EarlierRows::default(),
        }
    }

    /// Judges the next row; `lookup` tells what is known of a device.
    ///
    /// # Errors
    ///
    /// Those of `lookup`.
    pub(crate) fn judge<E>(
        &mut self,
        input: InputRow,
        lookup: &mut dyn FnMut(&DeviceKey) -> Result<KnownState, E>,
    ) -> Result<KnownRow, E> {
        let mut judged = validate(self.header, &input, self.defaults);
        self.sharers.judge(&mut judged);
        let (mut known, mut earlier) = (KnownState::Untouched, None);
        if let Ok(valid) = &mut judged.verdict {
            known = lookup(&valid.request.key)?;
            earlier = self.earlier.note(input.number, valid, known.entry_number());
        }
        Ok(KnownRow {
            input,
            judged,
            known,
            earlier,
        })
    }
}
