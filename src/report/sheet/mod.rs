//! A workbook with one sheet of rows, written row by row in little memory.
//!
//! A text is a cell of text and stays one when somebody edits it: a spreadsheet makes a number of
//! `+447911123456` anywhere else. The same rows make the same bytes, whenever they are written.

use std::io::{self, Write};
use std::path::Path;

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, IgnoreError, Workbook, Worksheet, XlsxError,
};

use super::panics;
use super::quantity::count;
use super::value::Value;
use crate::model::outcome::Outcome;

/// How many rows a sheet has below its header.
const MAX_ROWS: u64 = 1_048_575;

/// How many columns a sheet has.
const MAX_COLUMNS: usize = 16_384;

/// How much text a cell holds, in units of UTF-16.
const MAX_TEXT: usize = 32_767;

/// How wide a column gets at most, in characters.
const MAX_WIDTH: usize = 60;

/// How much wider than its name a column is, for the button of the filter.
const BUTTON: usize = 4;

/// The size from which a part of the file needs the large form of zip; cells take several times
/// their text.
const LARGE_TEXT: u64 = 1 << 28;

/// What a sheet has too little room for, in words; `None` where it has room for all of it.
pub(crate) fn overfull(rows: u64, columns: usize) -> Option<String> {
    if rows > MAX_ROWS {
        let (max, rows) = (count(MAX_ROWS), count(rows));
        return Some(format!("{max} rows below its header; the wave has {rows}"));
    }
    let columns = columns as u64;
    let max = MAX_COLUMNS as u64;
    (columns > max).then(|| format!("{} columns, not for {}", count(max), count(columns)))
}

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// Texts, digits alone among them.
    Text,
    /// Numbers.
    Numbers,
}

/// A sheet that is being written.
pub(super) struct Sheet {
    workbook: Box<Workbook>,
    /// How many rows are written, the header included.
    rows: u32,
    /// The longest text of each column, in characters.
    widths: Vec<usize>,
    /// How much text there is in all, and how many cells.
    size: u64,
}

impl std::fmt::Debug for Sheet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sheet({} rows)", self.rows)
    }
}

impl Sheet {
    /// Writes the header of a sheet with this name; its rows wait in a private file without a name
    /// in `folder`.
    ///
    /// # Errors
    ///
    /// There is no place for that file, or the header has too many columns.
    pub(super) fn begin(folder: &Path, name: &str, header: &[(&str, Holds)]) -> io::Result<Self> {
        let mut workbook = Workbook::new();
        let created = ExcelDateTime::from_ymd(2000, 1, 1).map_err(io::Error::other)?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
        workbook.set_tempdir(folder).map_err(in_words)?;
        let sheet = workbook
            .add_worksheet_with_constant_memory()
            .map_err(in_words)?;
        let prepared = || -> Result<(), XlsxError> {
            sheet.set_name(name)?;
            sheet.set_freeze_panes(1, 0)?;
            // On paper the columns go on over several sheets, each with its names.
            sheet.set_landscape().set_repeat_rows(0, 0)?;
            for (column, &(name, holds)) in (0..).zip(header) {
                if holds == Holds::Text {
                    // Of the whole column: a cell that is filled in later is of text as well.
                    sheet.set_column_format(column, &text())?;
                }
                let bold = text()
                    .set_bold()
                    .set_background_color(Color::RGB(0xD9_D9D9));
                sheet.write_string_with_format(0, column, shortened(name), &bold)?;
            }
            Ok(())
        };
        panics::unless_unwritten(prepared)?.map_err(in_words)?;
        Ok(Self {
            workbook: Box::new(workbook),
            rows: 1,
            widths: header
                .iter()
                .map(|(name, _)| width_of(name) + BUTTON)
                .collect(),
            size: 0,
        })
    }

    /// Writes a row below the others.
    ///
    /// # Errors
    ///
    /// The sheet is full, or its rows cannot be kept.
    pub(super) fn row(&mut self, values: &[Value<'_>]) -> io::Result<()> {
        for (value, width) in values.iter().zip(&mut self.widths) {
            if let Value::Text(text) = value {
                *width = width_of(text).max(*width);
                self.size += text.len() as u64;
            }
        }
        self.size += values.len() as u64;
        let row = self.rows;
        self.rows += 1;
        let sheet = self.workbook.worksheet_from_index(0).map_err(in_words)?;
        panics::unless_unwritten(|| {
            (0..)
                .zip(values)
                .try_for_each(|(column, value)| write(sheet, row, column, value))
        })?
        .map_err(in_words)
    }

    /// Writes the workbook with all of the rows.
    ///
    /// # Errors
    ///
    /// What `out` says.
    pub(super) fn finish(mut self, out: &mut (impl Write + Send)) -> io::Result<()> {
        let (last_row, widths) = (self.rows - 1, std::mem::take(&mut self.widths));
        self.workbook.use_zip_large_file(self.size > LARGE_TEXT);
        let workbook = &mut self.workbook;
        let mut out = Unfailing { out, trouble: None };
        let saved = panics::unless_unwritten(|| {
            let sheet = workbook.worksheet_from_index(0)?;
            for (column, &width) in (0..).zip(&widths) {
                let width = u16::try_from(width.min(MAX_WIDTH)).unwrap_or(u16::MAX);
                sheet.set_column_width(column, width)?;
            }
            let last_column = widths
                .len()
                .saturating_sub(1)
                .try_into()
                .unwrap_or(u16::MAX);
            sheet.autofilter(0, 0, last_row, last_column)?;
            // A phone or an ID of digits is text on purpose.
            let kind = IgnoreError::NumberStoredAsText;
            sheet.ignore_error_range(0, 0, last_row, last_column, kind)?;
            workbook.save_to_writer(&mut out)
        });
        out.trouble.map_or(Ok(()), Err)?;
        saved?.map_err(in_words)
    }
}

/// Keeps the first error for itself: whoever packs the file would print it on the terminal.
struct Unfailing<W> {
    out: W,
    trouble: Option<io::Error>,
}

impl<W: Write> Write for Unfailing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.trouble.is_none() {
            self.trouble = self.out.write_all(bytes).err();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.trouble.is_none() {
            self.trouble = self.out.flush().err();
        }
        Ok(())
    }
}

/// Writes one cell.
fn write(sheet: &mut Worksheet, row: u32, column: u16, value: &Value<'_>) -> Result<(), XlsxError> {
    match value {
        Value::Nothing => Ok(()),
        Value::Number(number) => {
            #[expect(
                clippy::cast_precision_loss,
                reason = "rows, lines and attempts: far below 2^53"
            )]
            let number = *number as f64;
            sheet.write_number(row, column, number).map(drop)
        }
        Value::Text(text) if text.is_empty() => Ok(()),
        Value::Text(text) => sheet.write_string(row, column, shortened(text)).map(drop),
        Value::Outcome(outcome) => sheet
            .write_string_with_format(row, column, outcome.as_str(), &colored(*outcome))
            .map(drop),
    }
}

/// What a spreadsheet calls text: it changes nothing of what is typed there.
fn text() -> Format {
    const AT: u8 = 49;
    Format::new().set_num_format_index(AT)
}

/// The color of an outcome: done, to be run again, to be corrected, or nothing of these.
fn colored(outcome: Outcome) -> Format {
    let (background, font) = match outcome {
        Outcome::Created | Outcome::Existing => (0xC6_EFCE, 0x00_6100),
        Outcome::Ready => (0xDD_EBF7, 0x1F_4E78),
        Outcome::Invalid | Outcome::Rejected => (0xFF_C7CE, 0x9C_0006),
        Outcome::Failed | Outcome::Unknown => (0xFF_EB9C, 0x7F_6000),
        Outcome::Duplicate | Outcome::Pending => (0xED_EDED, 0x40_4040),
    };
    text()
        .set_background_color(Color::RGB(background))
        .set_font_color(Color::RGB(font))
}

fn width_of(text: &str) -> usize {
    // A column takes no more anyway.
    text.chars().take(MAX_WIDTH).count() + 1
}

/// A text as far as a cell holds it; one that is longer ends with `…`.
fn shortened(text: &str) -> String {
    // No text has more units than bytes.
    if text.len() <= MAX_TEXT || text.encode_utf16().count() <= MAX_TEXT {
        return text.to_owned();
    }
    let mut units = 0;
    let kept = text.chars().take_while(|character| {
        units += character.len_utf16();
        units < MAX_TEXT
    });
    kept.chain(['…']).collect()
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "another's errors: beside these they are said in its words"
)]
fn in_words(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) | XlsxError::TempFileError(_, error) => error,
        XlsxError::ZipError(error) => error.into(),
        error => io::Error::other(error),
    }
}

#[cfg(test)]
mod tests;
