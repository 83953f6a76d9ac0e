//! A wave, opened and looked over once.

use std::borrow::Borrow;
use std::path::Path;

use crate::error::Error;
use crate::input::source::Source;
use crate::input::{self, ReadOptions, Wave};
use crate::ledger::Reader;
use crate::model::messages::{MessageBook, Messages};
use crate::model::request::{DeviceStatus, RowDefaults};
use crate::model::row::Column;
use crate::model::validate::validate;
use crate::plan::Seen;
use crate::settings::rows::RowSettings;

/// A wave, and what a first look over it tells.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) wave: Wave,
    /// As a person names it.
    pub(super) name: String,
    pub(super) defaults: RowDefaults,
    pub(super) contents: Contents,
}

/// How much there is to do.
#[derive(Debug)]
pub(super) struct Contents {
    pub(super) rows: u64,
    /// Whether any row asks for a device whose user gets a message.
    pub(super) asks_for_messages: bool,
}

impl Wanted {
    /// Counts the messages that a run may send to people: one for each device that it may create and
    /// that is to be activated.
    ///
    /// A device that a run finds in PingOne, or that stays in doubt, sends none: they are never more.
    ///
    /// `ledger` is asked for only where it is needed.
    pub(super) fn messages<L: Borrow<Reader>>(
        &self,
        ledger: &dyn Fn() -> Result<Option<L>, Error>,
    ) -> Result<Messages, Error> {
        let mut book = MessageBook::default();
        if !self.contents.asks_for_messages {
            // Nearly every wave: its rows are not judged once more for nothing.
            return Ok(book.messages());
        }
        let ledger = ledger()?;
        let mut seen = Seen::default();
        for row in self.wave.rows() {
            let row = row?;
            let Ok(valid) = validate(self.wave.header(), &row, &self.defaults) else {
                continue;
            };
            let key = &valid.request.key;
            let entry = match &ledger {
                Some(ledger) => ledger.borrow().entry(key)?,
                None => None,
            };
            let number = entry.as_ref().map(|entry| entry.number);
            let is_first = seen.earlier(key, number, row.number).is_none();
            let may_be_sent = entry.is_none_or(|entry| !entry.state.is_final());
            if is_first && may_be_sent && valid.request.sends_message() {
                book.note(key.user, key.kind);
            }
        }
        Ok(book.messages())
    }

    /// Opens a wave and counts its rows; judges none.
    pub(super) fn read(path: &Path, settings: &RowSettings) -> Result<Self, Error> {
        let wave = open(path, settings)?;
        let defaults = settings.defaults();
        let contents = look_over(&wave, &defaults)?;
        Ok(Self {
            wave,
            name: Source::from(path.to_owned()).to_string(),
            defaults,
            contents,
        })
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

fn look_over(wave: &Wave, defaults: &RowDefaults) -> Result<Contents, input::error::Error> {
    let place = wave.header().place(Column::Status);
    let activation = DeviceStatus::ActivationRequired.as_str();
    let mut rows = 0;
    let mut asks_for_messages = false;
    for row in wave.rows() {
        let row = row?;
        rows += 1;
        let cell = place.map_or("", |place| row.cells.get(place).trim());
        let asks = if cell.is_empty() {
            defaults.status == Some(DeviceStatus::ActivationRequired)
        } else {
            cell.eq_ignore_ascii_case(activation)
        };
        asks_for_messages |= asks;
    }
    Ok(Contents {
        rows,
        asks_for_messages,
    })
}
