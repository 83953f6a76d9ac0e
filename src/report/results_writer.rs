//! The columns of the results file, and how a line of it is written.

use std::borrow::Cow;
use std::io::{self, Write};

use csv::Terminator;

use super::cell::{guarded, neutral, without_phones};
use super::known_row::KnownRow;
use super::result_row::ResultRow;
use super::row_sink::RowSink;
use crate::model::dialect::LineEnd;
use crate::model::phone::E164;
use crate::model::row::{Column, Header, InputRow};

/// The columns before the input's own.
pub const COLUMNS: [&str; 18] = [
    "row",
    "line",
    "outcome",
    "device_id",
    "user_id",
    "type",
    "phone",
    "policy_id",
    "status",
    "code",
    "message",
    "http_status",
    "attempts",
    "correlation_id",
    "created_at",
    "run_id",
    "mfa_enabled",
    "warning",
];

/// How phones are shown: in `phone`, in the input's phone column, and in messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phones {
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

/// Writes results line by line.
#[derive(Debug)]
pub(crate) struct ResultsWriter<W: Write> {
    csv: csv::Writer<W>,
    phone: Option<usize>,
    options: Options,
}

impl<W: Write> ResultsWriter<W> {
    /// Writes the header, in the form of the file that the input's header stands in.
    ///
    /// # Errors
    ///
    /// What `out` says.
    pub(crate) fn new(mut out: W, header: &Header, options: Options) -> io::Result<Self> {
        let dialect = header.dialect();
        out.write_all(dialect.start())?;
        let mut csv = csv::WriterBuilder::new()
            .flexible(true)
            .delimiter(dialect.delimiter.byte())
            .terminator(match dialect.line_end {
                LineEnd::Lf => Terminator::Any(b'\n'),
                LineEnd::CrLf => Terminator::CRLF,
                LineEnd::Cr => Terminator::Any(b'\r'),
            })
            .from_writer(out);
        for column in COLUMNS {
            csv.write_field(column)?;
        }
        for name in header.names() {
            csv.write_field(guarded(&format!("input.{name}")).as_bytes())?;
        }
        csv.write_record(None::<&[u8]>)?;
        Ok(Self {
            csv,
            phone: header.place(Column::Phone),
            options,
        })
    }

    fn line(&mut self, input: &InputRow, result: &ResultRow) -> io::Result<()> {
        let (ended, asked) = (&result.finished, &result.requested);
        let asked_phone = asked.phone();
        self.number(ended.who.row.0)?;
        self.number(ended.who.line)?;
        self.csv.write_field(ended.outcome.as_str())?;
        self.shown(ended.device)?;
        self.shown(asked.user)?;
        self.text(asked.kind.map_or("", |kind| kind.as_str()))?;
        let phone = asked_phone.map(|phone| self.phone_text(phone));
        self.text(&phone.unwrap_or_default())?;
        self.shown(asked.policy)?;
        self.text(asked.status.map_or("", |status| status.as_str()))?;
        self.text(ended.code.as_deref().unwrap_or_default())?;
        let message = ended.message.as_deref().unwrap_or_default();
        match self.options.phones {
            Phones::Full => self.text(message)?,
            Phones::Masked | Phones::None => self.text(&without_phones(message))?,
        }
        self.shown(result.http_status)?;
        self.number(u64::from(result.attempts))?;
        self.text(result.correlation_id.as_deref().unwrap_or_default())?;
        self.text(result.created_at.as_deref().unwrap_or_default())?;
        self.shown(result.run)?;
        // Nothing fills `mfa_enabled` yet; a script finds it where it will be.
        self.text("")?;
        let warnings: Vec<_> = result.warnings.iter().map(|code| code.as_str()).collect();
        self.text(&warnings.join(" "))?;
        for (place, cell) in input.cells.iter().enumerate() {
            let cell = self.input_cell(input, place, cell, asked_phone);
            self.text(&cell)?;
        }
        self.csv.write_record(None::<&[u8]>)?;
        Ok(())
    }

    /// Hands the last lines down, and gives back what they were written to.
    ///
    /// # Errors
    ///
    /// What that says.
    pub(crate) fn finish(self) -> io::Result<W> {
        self.csv
            .into_inner()
            .map_err(csv::IntoInnerError::into_error)
    }

    fn phone_text(&self, phone: E164) -> String {
        match self.options.phones {
            Phones::Full => phone.to_string(),
            Phones::Masked => phone.masked(),
            Phones::None => String::new(),
        }
    }

    /// A cell of the input. In a broken record any cell may hold the phone.
    fn input_cell<'c>(
        &self,
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

    fn number(&mut self, number: u64) -> io::Result<()> {
        Ok(self.csv.write_field(number.to_string())?)
    }

    /// A value of our own, which needs no care.
    fn shown(&mut self, value: Option<impl ToString>) -> io::Result<()> {
        let text = value.map(|value| value.to_string()).unwrap_or_default();
        Ok(self.csv.write_field(text)?)
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        let cell = if self.options.raw_cells {
            neutral(text)
        } else {
            guarded(text)
        };
        Ok(self.csv.write_field(cell.as_bytes())?)
    }
}

impl<W: Write> RowSink for ResultsWriter<W> {
    fn take(&mut self, row: &KnownRow, result: &ResultRow) -> io::Result<()> {
        self.line(&row.input, result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::entry::DeviceState;
    use crate::model::formula::is_formula;
    use crate::report::fixture::{broken_row, entry, header, key, known_row, row};
    use crate::report::known_state::{KnownState, Mode, NotReached};
    use proptest::prelude::*;

    fn read(bytes: &[u8]) -> Vec<csv::StringRecord> {
        csv::Reader::from_reader(bytes)
            .records()
            .map(Result::unwrap)
            .collect()
    }

    fn line(row: &KnownRow, result: &ResultRow, options: Options) -> csv::StringRecord {
        let header = header(&["note", "phone", "x"]);
        let mut writer = ResultsWriter::new(Vec::new(), &header, options).unwrap();
        writer.take(row, result).unwrap();
        let out = writer.finish().unwrap();
        let mut records = read(&out);
        assert_eq!(records.len(), 1);
        records.remove(0)
    }

    /// A row with these cells, and what is said of it as if it asked for device 1.
    fn pending(cells: &[&str]) -> (KnownRow, ResultRow) {
        let known = known_row(1, KnownState::Untouched);
        let result = ResultRow::of(&known, &Mode::Run(NotReached::NoRun));
        let input = row(1, cells);
        (KnownRow { input, ..known }, result)
    }

    #[test]
    fn phones_are_shown_as_asked_in_every_place_that_holds_one() {
        let (row, mut result) = pending(&["note", "+44 791-1100001", "x"]);
        result.finished.message = Some("did you mean +447911100001?".to_owned());
        let phone = key(1).address.phone().unwrap();
        let masked = phone.masked();
        for (phones, phone, message, cell) in [
            (
                Phones::Full,
                phone.to_string(),
                "did you mean +447911100001?",
                row.input.cells.get(1),
            ),
            (
                Phones::Masked,
                guarded(&masked).into_owned(),
                "did you mean +…01?",
                &guarded(&masked),
            ),
            (Phones::None, String::new(), "did you mean +…01?", ""),
        ] {
            let options = Options {
                phones,
                raw_cells: false,
            };
            let line = line(&row, &result, options);
            let shown = if phones == Phones::Full {
                guarded(cell)
            } else {
                cell.into()
            };
            assert_eq!(
                (&line[6], &line[10], &line[COLUMNS.len() + 1]),
                (&*phone, message, &*shown),
                "{phones:?}"
            );
            assert_eq!(
                (&line[COLUMNS.len()], &line[COLUMNS.len() + 2]),
                ("note", "x")
            );
        }
    }

    #[test]
    fn in_a_broken_record_any_cell_may_be_the_phone() {
        let cells = row(1, &["+447911100001", "note", ""]);
        let row = broken_row(cells, "2 fields instead of 3");
        let result = ResultRow::of(&row, &Mode::DryRun);
        let shown = |phones| {
            let line = line(
                &row,
                &result,
                Options {
                    phones,
                    raw_cells: false,
                },
            );
            [0, 1, 2].map(|place| line[COLUMNS.len() + place].to_owned())
        };
        assert_eq!(shown(Phones::Full), ["+447911100001", "note", ""]);
        assert_eq!(shown(Phones::Masked), ["…", "…", ""]);
        assert_eq!(shown(Phones::None), ["", "", ""]);
    }

    #[test]
    fn raw_cells_keep_formulas_and_never_control_characters() {
        let (row, result) = pending(&["=1+1", "", "a\u{1b}[1mb\nc"]);
        let raw = Options {
            raw_cells: true,
            ..Options::default()
        };
        let shown = |options| {
            let line = line(&row, &result, options);
            [0, 2].map(|place| line[COLUMNS.len() + place].to_owned())
        };
        let safe = r"a\u{1b}[1mb\u{a}c".to_owned();
        assert_eq!(shown(raw), ["=1+1".to_owned(), safe.clone()]);
        assert_eq!(shown(Options::default()), ["'=1+1".to_owned(), safe]);
    }

    proptest! {
        #[test]
        fn no_cell_is_a_formula_and_a_csv_reader_gets_back_what_was_meant(
            cells in proptest::collection::vec("[=@+\\-\t\r\n\",;'a1é\u{1b}]{0,6}", 3),
            message in "[=@+\\-\t\r\n\",a1]{0,6}",
        ) {
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            let mut entry = entry(DeviceState::Rejected);
            entry.answer.message = Some(message.clone());
            entry.answer.code = Some(message.clone());
            entry.answer.correlation_id = Some(message.clone());
            let known = known_row(1, KnownState::Entry(entry));
            let result = ResultRow::of(&known, &Mode::Run(NotReached::NoRun));
            let row = KnownRow { input: row(1, &cells), ..known };
            let line = line(&row, &result, Options::default());
            prop_assert_eq!(line.len(), COLUMNS.len() + 3);
            for cell in &line {
                prop_assert!(!is_formula(cell.as_bytes()), "{:?}", cell);
            }
            for (place, cell) in cells.iter().enumerate() {
                prop_assert_eq!(&line[COLUMNS.len() + place], &*guarded(cell));
            }
            prop_assert_eq!(&line[10], &*guarded(&message));
        }
    }
}
