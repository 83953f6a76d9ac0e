//! What a person may want to look at in a row that is not wrong.

use std::fmt;

use super::request::DeviceType;
use super::row::{Column, RowNumber};

/// Something about a row that is unusual and hinders nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The phone is a fixed line, and the device is of this type.
    FixedLine(DeviceType),
    /// The phone is toll-free, shared cost or the like.
    UnusualLine,
    /// The email address has letters of several scripts in one part.
    MixedScripts,
    /// The cell of this column is a word that programs write where they have no value.
    Placeholder(Column),
    /// An earlier row asks for the same user's other form of this number.
    OtherForm {
        /// Which row.
        row: RowNumber,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::FixedLine(DeviceType::WhatsApp) => {
                f.write_str("a fixed line; WhatsApp must be registered on it")
            }
            Warning::FixedLine(_) => f.write_str("a fixed line; it may not receive text messages"),
            Warning::UnusualLine => {
                f.write_str("an unusual kind of number: toll-free, shared cost or the like")
            }
            Warning::MixedScripts => f.write_str(
                "the email address mixes letters of several scripts and may look like another one",
            ),
            Warning::Placeholder(column) => write!(
                f,
                "the {} is a word that programs write where they have no value",
                column.name()
            ),
            Warning::OtherForm { row } => write!(
                f,
                "row {row} has this user's number with or without the 9 behind +54; they may be \
                 one mobile"
            ),
        }
    }
}
