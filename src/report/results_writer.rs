//! The columns of the results file, and how a line of it is written.

use std::io::{self, Write};

pub(crate) use super::cells::Options;
pub(crate) use super::cells::Phones;
use super::cells::{Cells, input_names, shown};
use super::known_row::KnownRow;
use super::result_row::ResultRow;
use super::row_sink::RowSink;
use super::sheet::Holds;
use super::table::{Form, Table};
use super::value::Value;
use crate::model::mfa::MfaState;
use crate::model::row::{Header, InputRow};

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

/// The columns of them that hold numbers.
const NUMBERS: [&str; 4] = ["row", "line", "http_status", "attempts"];

/// Writes results line by line.
#[derive(Debug)]
pub(crate) struct ResultsWriter<W: Write> {
    table: Table<W>,
    cells: Cells,
}

impl<W: Write + Send> ResultsWriter<W> {
    /// Writes the header, in the form that the file is to have.
    ///
    /// # Errors
    ///
    /// What `out` says.
    pub(crate) fn new(out: W, form: &Form, header: &Header, options: Options) -> io::Result<Self> {
        let inputs = input_names(header);
        let ours = COLUMNS.map(|name| {
            let is_number = NUMBERS.contains(&name);
            (
                name,
                if is_number {
                    Holds::Numbers
                } else {
                    Holds::Text
                },
            )
        });
        let theirs = inputs.iter().map(|name| (name.as_str(), Holds::Text));
        let columns: Vec<_> = ours.into_iter().chain(theirs).collect();
        Ok(Self {
            table: Table::begin(out, form, "results", &columns)?,
            cells: Cells::new(header, options),
        })
    }

    fn line(&mut self, input: &InputRow, result: &ResultRow) -> io::Result<()> {
        let (ended, asked) = (&result.finished, &result.requested);
        let asked_phone = asked.phone();
        let cells = self.cells;
        let phone = asked_phone.map(|phone| cells.phone(phone));
        let message = cells.message(ended.message.as_deref().unwrap_or_default());
        let warnings: Vec<_> = result.warnings.iter().map(|code| code.as_str()).collect();
        let status = result.http_status.map(u64::from);
        let mut values = Vec::with_capacity(COLUMNS.len() + input.cells.len());
        values.extend([
            Value::Number(ended.who.row.0),
            Value::Number(ended.who.line),
            Value::Outcome(ended.outcome),
            shown(ended.device),
            shown(asked.user),
            cells.text(asked.kind.map_or("", |kind| kind.as_str())),
            cells.text(phone.unwrap_or_default()),
            shown(asked.policy),
            cells.text(asked.status.map_or("", |status| status.as_str())),
            cells.text(ended.code.as_deref().unwrap_or_default()),
            cells.text(message),
            status.map_or(Value::Nothing, Value::Number),
            Value::Number(u64::from(result.attempts)),
            cells.text(result.correlation_id.as_deref().unwrap_or_default()),
            cells.text(result.created_at.as_deref().unwrap_or_default()),
            shown(result.run),
            shown(result.mfa.map(MfaState::in_results)),
            cells.text(warnings.join(" ")),
        ]);
        values.extend(cells.inputs(input, asked_phone));
        self.table.row(&values)
    }

    /// Hands the last lines down, and gives back what they were written to.
    ///
    /// # Errors
    ///
    /// What that says.
    pub(crate) fn finish(self) -> io::Result<W> {
        self.table.finish()
    }
}

impl<W: Write + Send> RowSink for ResultsWriter<W> {
    fn take(&mut self, row: &KnownRow, result: &ResultRow) -> io::Result<()> {
        self.line(&row.input, result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::entry::DeviceState;
    use crate::model::formula::is_formula;
    use crate::report::cell::guarded;
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
        let form = Form::Text(header.dialect());
        let mut writer = ResultsWriter::new(Vec::new(), &form, &header, options).unwrap();
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
