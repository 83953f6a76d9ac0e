//! A wave, opened and looked over once.

use std::path::Path;

use crate::error::Error;
use crate::input::source::Source;
use crate::input::{self, ReadOptions, Wave};
use crate::model::request::{DeviceStatus, RowDefaults};
use crate::model::row::Column;
use crate::report::start_line::Messages;
use crate::settings::rows::RowSettings;
use crate::settings::run::columns;

/// A wave, and what a first look over it tells.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) wave: Wave,
    /// As a person names it.
    pub(super) name: String,
    pub(super) defaults: RowDefaults,
    pub(super) contents: Contents,
}

/// How much there is to do, and who hears of it.
#[derive(Debug)]
pub(super) struct Contents {
    pub(super) rows: u64,
    pub(super) messages: Messages,
}

impl Wanted {
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
            columns: columns(settings.columns())?,
            defaults: Some(settings.defaults()),
        },
    )?)
}

fn look_over(wave: &Wave, defaults: &RowDefaults) -> Result<Contents, input::error::Error> {
    let place = wave.header().place(Column::Status);
    let activation = DeviceStatus::ActivationRequired.as_str();
    let mut rows = 0;
    let mut asking = 0;
    for row in wave.rows() {
        let row = row?;
        rows += 1;
        let cell = place.map_or("", |place| row.cells.get(place).trim());
        let asks = if cell.is_empty() {
            defaults.status == Some(DeviceStatus::ActivationRequired)
        } else {
            cell.eq_ignore_ascii_case(activation)
        };
        asking += u64::from(asks);
    }
    let messages = match asking {
        0 => Messages::NoOne,
        all if all == rows => Messages::Everyone,
        _ => Messages::WhereRowsAsk,
    };
    Ok(Contents { rows, messages })
}
