//! A wave, opened and looked over once.

use std::borrow::Borrow;
use std::path::Path;

use super::join::{join, known_by};
use crate::error::Error;
use crate::input::source::Source;
use crate::input::{self, ReadOptions, Wave};
use crate::ledger::Reader;
use crate::model::messages::{MessageBook, Messages};
use crate::model::request::RowDefaults;
use crate::model::validate::asks_for_message;
use crate::report::known_state::Mode;
use crate::settings::rows::RowSettings;

/// A wave, and what a first look over it tells.
#[derive(Debug)]
pub(super) struct OpenedWave {
    pub(super) wave: Wave,
    /// As a person names it.
    pub(super) name: String,
    pub(super) defaults: RowDefaults,
    pub(super) rows: u64,
    /// Whether any row asks for a device whose user gets a message.
    asks_for_messages: bool,
}

impl OpenedWave {
    /// Opens a wave and counts its rows; judges none.
    pub(super) fn read(path: &Path, settings: &RowSettings) -> Result<Self, Error> {
        let wave = open(path, settings)?;
        let defaults = settings.defaults();
        let (rows, asks_for_messages) = look_over(&wave, &defaults)?;
        Ok(Self {
            wave,
            name: Source::from(path.to_owned()).to_string(),
            defaults,
            rows,
            asks_for_messages,
        })
    }

    /// Counts the messages that a run may send to people.
    ///
    /// `ledger` is asked for only where it is needed.
    pub(super) fn messages<L: Borrow<Reader>>(
        &self,
        ledger: &dyn Fn() -> Result<Option<L>, Error>,
    ) -> Result<Messages, Error> {
        let mut book = MessageBook::default();
        // Nearly every wave asks for none: its rows are not judged once more for nothing.
        if self.asks_for_messages {
            let ledger = ledger()?;
            let ledger = ledger.as_ref().map(Borrow::borrow);
            join(
                &self.wave,
                &self.defaults,
                &Mode::DryRun,
                &mut |key| known_by(ledger, key),
                &mut [&mut book],
            )?;
        }
        Ok(book.messages())
    }
}

/// Opens a wave.
pub(super) fn open(path: &Path, settings: &RowSettings) -> Result<Wave, Error> {
    let source = Source::from(path.to_owned());
    Ok(Wave::open(
        &source,
        &ReadOptions {
            columns: settings.columns().to_vec(),
            defaults: Some(settings.defaults()),
        },
    )?)
}

/// How many rows a wave has, and whether any asks for a message.
fn look_over(wave: &Wave, defaults: &RowDefaults) -> Result<(u64, bool), input::error::Error> {
    let (mut rows, mut asks_for_messages) = (0, false);
    for row in wave.rows() {
        let row = row?;
        rows += 1;
        asks_for_messages = asks_for_messages || asks_for_message(wave.header(), &row, defaults);
    }
    Ok((rows, asks_for_messages))
}
