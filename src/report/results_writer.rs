//! The columns of the results file, and how a line of it is written.

use std::borrow::Cow;
use std::io::{self, Write};

use csv::Terminator;

use super::cell::{guarded, neutral, without_phones};
use super::result_row::ResultRow;
use crate::model::dialect::{Dialect, LineEnd};
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
pub struct Options {
    /// How phones are shown.
    pub phones: Phones,
    /// Whether cells that a spreadsheet would run stay as they are.
    pub raw_cells: bool,
}

/// Writes results line by line, for a caller that joins by itself.
#[derive(Debug)]
pub struct ResultsWriter<W: Write> {
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
    pub fn new(mut out: W, header: &Header, options: Options) -> io::Result<Self> {
        let dialect = header.dialect();
        out.write_all(dialect.start())?;
        let mut csv = csv::WriterBuilder::new()
            .flexible(true)
            .delimiter(Dialect::DELIMITER)
            .terminator(match dialect.line_end {
                LineEnd::Lf => Terminator::Any(b'\n'),
                LineEnd::CrLf => Terminator::CRLF,
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

    /// Writes one line.
    ///
    /// # Errors
    ///
    /// What the writer below says.
    pub fn write(&mut self, row: &InputRow, result: &ResultRow) -> io::Result<()> {
        let asked = &result.asked;
        self.number(result.row.0)?;
        self.number(result.line)?;
        self.csv.write_field(result.outcome.as_str())?;
        self.shown(result.device)?;
        self.shown(asked.user)?;
        self.text(asked.kind.map_or("", |kind| kind.as_str()))?;
        let phone = asked.phone.map(|phone| self.phone_text(phone));
        self.text(&phone.unwrap_or_default())?;
        self.shown(asked.policy)?;
        self.text(asked.status.map_or("", |status| status.as_str()))?;
        self.text(result.code.as_deref().unwrap_or_default())?;
        let message = result.message.as_deref().unwrap_or_default();
        match self.options.phones {
            Phones::Full => self.text(message)?,
            Phones::Masked | Phones::None => self.text(&without_phones(message))?,
        }
        self.shown(result.http_status)?;
        self.number(u64::from(result.attempts))?;
        self.text(result.correlation_id.as_deref().unwrap_or_default())?;
        self.text(result.created_at.as_deref().unwrap_or_default())?;
        self.shown(result.run)?;
        // Nothing fills `mfa_enabled` and `warning` yet; a script finds them where they will be.
        self.text("")?;
        self.text("")?;
        for (place, cell) in row.cells.iter().enumerate() {
            let cell = self.input_cell(row, place, cell, asked.phone);
            self.text(&cell)?;
        }
        self.csv.write_record(None::<&[u8]>)?;
        Ok(())
    }

    /// Hands the last lines down.
    ///
    /// # Errors
    ///
    /// What the writer below says.
    pub fn finish(mut self) -> io::Result<()> {
        self.csv.flush()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::entry::DeviceState;
    use crate::model::formula::is_formula;
    use crate::model::invalid::{InvalidCode, Problem};
    use crate::report::fixture::{defaults, entry, header, row, valid_row};
    use crate::report::standing::{Mode, NotReached, Standing};
    use proptest::prelude::*;

    fn read(bytes: &[u8]) -> Vec<csv::StringRecord> {
        csv::Reader::from_reader(bytes)
            .records()
            .map(Result::unwrap)
            .collect()
    }

    fn line(row: &InputRow, result: &ResultRow, options: Options) -> csv::StringRecord {
        let header = header(&["note", "phone", "x"]);
        let mut out = Vec::new();
        let mut writer = ResultsWriter::new(&mut out, &header, options).unwrap();
        writer.write(row, result).unwrap();
        writer.finish().unwrap();
        let mut records = read(&out);
        assert_eq!(records.len(), 1);
        records.remove(0)
    }

    fn pending(row: &InputRow) -> ResultRow {
        let standing = Standing::Untouched;
        ResultRow::valid(
            row,
            &valid_row(1),
            &standing,
            None,
            &Mode::Run(NotReached::NoRun),
        )
    }

    #[test]
    fn phones_are_shown_as_asked_in_every_place_that_holds_one() {
        let row = row(1, &["note", "+44 791-1100001", "x"]);
        let mut result = pending(&row);
        result.message = Some("did you mean +447911100001?".to_owned());
        let phone = valid_row(1).request.key.address.phone().unwrap();
        let masked = phone.masked();
        for (phones, phone, message, cell) in [
            (
                Phones::Full,
                phone.to_string(),
                "did you mean +447911100001?",
                row.cells.get(1),
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
        let mut row = row(1, &["+447911100001", "note", ""]);
        row.fault = Some(Problem::new(
            InvalidCode::FieldCount,
            "2 fields instead of 3",
        ));
        let fault = row.fault.clone().unwrap().into();
        let result = ResultRow::invalid(&header(&["phone"]), &row, &defaults(), &fault);
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
        let row = row(1, &["=1+1", "", "a\u{1b}[1mb\nc"]);
        let raw = Options {
            raw_cells: true,
            ..Options::default()
        };
        let shown = |options| {
            let line = line(&row, &pending(&row), options);
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
            let row = row(1, &cells);
            let mut entry = entry(DeviceState::Rejected);
            entry.answer.message = Some(message.clone());
            entry.answer.code = Some(message.clone());
            entry.answer.correlation_id = Some(message.clone());
            let standing = Standing::Entry(entry);
            let result = ResultRow::valid(&row, &valid_row(1), &standing, None, &Mode::Run(NotReached::NoRun));
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
