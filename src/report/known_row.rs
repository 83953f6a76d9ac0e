//! A row with all that is known of it, before anything is said of it.

use super::known_state::{Known, KnownState};
use crate::model::mfa::MfaState;
use crate::model::request::DeviceKey;
use crate::model::row::InputRow;
use crate::model::row_judge::{RowJudge, RowReader};
use crate::model::shared_phones::Elsewhere;
use crate::model::unresolved::NameTrouble;
use crate::model::validate::{JudgedRow, Unasked};
use crate::plan::{Earlier, EarlierRows, OpenRequest};

/// A row of the input, and what is known of the device that it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KnownRow {
    /// The row as it was read.
    pub input: InputRow,
    /// What it asks for.
    pub judged: JudgedRow,
    /// What is known of the device; nothing where the row asks for none.
    pub known: KnownState,
    /// The request of an earlier run that nobody knows the answer to, where there is one.
    pub open: Option<OpenRequest>,
    /// Whether its user can use MFA, where that was looked at.
    pub mfa: Option<MfaState>,
    /// Which earlier row of the file asks for the same, if one does.
    pub earlier: Option<Earlier>,
    /// Whether it is a row of the shard that is looked at: of others nothing is known.
    pub is_ours: bool,
}

/// Who is asked what is known beside the file.
pub(crate) struct Lookups<'a, E> {
    /// Tells what is known of a device.
    pub device: &'a mut dyn FnMut(&DeviceKey) -> Result<Known, E>,
    /// Tells where another user has a phone from an earlier wave.
    pub elsewhere: Elsewhere<'a, E>,
}

/// Judges the rows of a file in their order, each in the light of those before it.
#[derive(Debug)]
pub(crate) struct Judge<'a> {
    rows: RowJudge<'a>,
    earlier: EarlierRows,
}

impl<'a> Judge<'a> {
    /// Begins with the first row of a file; `rows` judges each of them in itself.
    pub(crate) fn new(rows: RowJudge<'a>) -> Self {
        Self {
            rows,
            earlier: EarlierRows::default(),
        }
    }

    /// Judges rows by themselves, in any order.
    pub(crate) fn reader(&self) -> RowReader<'a> {
        self.rows.reader()
    }

    /// Whether the user of a row can use MFA, as far as the look-up of the name told that.
    fn mfa_of_named(&self, input: &InputRow) -> Option<MfaState> {
        let user = self.reader().named_user(input)?;
        user.state.mfa.map(MfaState::of)
    }

    /// Judges the next row by all that is known.
    ///
    /// # Errors
    ///
    /// Those of the lookups.
    pub(crate) fn judge<E>(
        &mut self,
        input: InputRow,
        lookups: &mut Lookups<'_, E>,
    ) -> Result<KnownRow, E> {
        let judged = self.reader().read(&input);
        self.compare(input, judged, lookups)
    }

    /// Judges the next row, which was `judged` by itself, by those before it and by what is known.
    ///
    /// # Errors
    ///
    /// Those of the lookups.
    pub(crate) fn compare<E>(
        &mut self,
        input: InputRow,
        mut judged: JudgedRow,
        lookups: &mut Lookups<'_, E>,
    ) -> Result<KnownRow, E> {
        let before = self.rows.compare(&mut judged, lookups.elsewhere)?;
        let mut known = Known::from(KnownState::Untouched);
        let (mut open, mut earlier) = (None, None);
        let is_ours = self.rows.is_ours(&judged);
        match &mut judged.verdict {
            _ if !is_ours => {}
            Ok(valid) => {
                known = (lookups.device)(&valid.request.key)?;
                // What a run has found or done since says more than the look-up.
                known.mfa = known.mfa.or_else(|| self.mfa_of_named(&input));
                open = known.state.open_request();
                let entry = known.state.entry_number();
                earlier = self.earlier.note(valid, entry, before);
            }
            Err(Unasked::Unresolved(row)) if row.trouble == NameTrouble::NotAsked => {
                earlier = self.earlier.note_unresolved(input.number, row, before);
            }
            Err(Unasked::Unresolved(_) | Unasked::Invalid(_)) => {}
        }
        Ok(KnownRow {
            input,
            judged,
            known: known.state,
            open,
            mfa: known.mfa,
            earlier,
            is_ours,
        })
    }
}
