//! How cells are written that hold phones, or text from outside.

use std::borrow::Cow;

use super::cell::{guarded, neutral, without_phones};
use super::value::Value;
use crate::model::phone::E164;
use crate::model::row::{Column, Header, InputRow};

/// How phones are shown: in `phone`, in the input's phone column, and in messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Phones {
    /// In full.
    #[default]
    Full,
    /// Country code and last two digits.
    Masked,
    /// Not at all.
    None,
}

/// How the results file is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// How phones are shown.
    pub phones: Phones,
    /// Whether cells that a spreadsheet would run stay as they are.
    pub raw_cells: bool,
}

/// How cells of a wave are written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cells {
    phone: Option<usize>,
    options: Options,
}

impl Cells {
    /// Those of a wave with this header.
    pub(super) fn new(header: &Header, options: Options) -> Self {
        Self {
            phone: header.place(Column::Phone),
            options,
        }
    }

    /// Those of a file that carries no wave's own columns through.
    pub(super) fn without_wave(options: Options) -> Self {
        Self {
            phone: None,
            options,
        }
    }

    /// A phone, as far as phones are shown.
    pub(super) fn phone(self, phone: E164) -> String {
        match self.options.phones {
            Phones::Full => phone.to_string(),
            Phones::Masked => phone.masked(),
            Phones::None => String::new(),
        }
    }

    /// A message, without phones where they are not shown.
    pub(super) fn message(self, message: &str) -> Cow<'_, str> {
        match self.options.phones {
            Phones::Full => Cow::Borrowed(message),
            Phones::Masked | Phones::None => without_phones(message),
        }
    }

    /// The cells of the input, whose row asks for this phone. In a broken record any cell may hold it.
    pub(super) fn inputs(
        self,
        row: &InputRow,
        phone: Option<E164>,
    ) -> impl Iterator<Item = Value<'_>> {
        let cells = row.cells.iter().enumerate();
        cells.map(move |(place, cell)| self.text(self.input(row, place, cell, phone)))
    }

    fn input<'c>(
        self,
        row: &InputRow,
        place: usize,
        cell: &'c str,
        phone: Option<E164>,
    ) -> Cow<'c, str> {
        let may_hold_phone = self.phone == Some(place) || row.fault.is_some();
        match self.options.phones {
            _ if !may_hold_phone || cell.is_empty() => Cow::Borrowed(cell),
            Phones::Full => Cow::Borrowed(cell),
            Phones::None => Cow::Borrowed(""),
            Phones::Masked => Cow::Owned(match phone {
                Some(phone) => phone.masked(),
                None => "…".to_owned(),
            }),
        }
    }

    /// A text that may come from outside.
    pub(super) fn text<'t>(self, text: impl Into<Cow<'t, str>>) -> Value<'t> {
        let text = text.into();
        let safe = if self.options.raw_cells {
            neutral(&text)
        } else {
            guarded(&text)
        };
        match safe {
            Cow::Borrowed(_) => Value::Text(text),
            Cow::Owned(safe) => Value::Text(Cow::Owned(safe)),
        }
    }
}

/// A value of our own, which needs no care.
pub(super) fn shown<'t>(value: Option<impl ToString>) -> Value<'t> {
    value.map_or(Value::Nothing, |value| {
        Value::Text(value.to_string().into())
    })
}

/// The columns of the input, as the files call them that carry them through.
pub(super) fn input_names(header: &Header) -> Vec<String> {
    let guard = |name: &String| guarded(&format!("input.{name}")).into_owned();
    header.names().iter().map(guard).collect()
}
