//! A sheet of a workbook, as CSV.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek};

use calamine::{Reader as _, Sheet, SheetType, SheetVisible, Xlsx, XlsxError};

use super::archive::{self, Archive};
use super::parts::{Parts, hidden_rows};
use super::sheet_csv::{SheetCsv, cell};
use super::trouble::Trouble;
use crate::input::form_flaw::{FormFlaw, Other};
use crate::input::spool::Spool;
use crate::model::sheet::SheetRead;

/// What a file of the format before begins with, and a workbook with a password.
pub(super) const OLD_START: &[u8] = b"\xd0\xcf\x11\xe0";

/// The most rows that a sheet has.
const MAX_ROWS: u32 = 1 << 20;

/// Copies the sheet that was named, or the first one that a spreadsheet shows.
///
/// `open` opens the file once more. In memory are the table of texts of the workbook and what is being
/// read of the sheet.
pub(super) fn read<R: Read + Seek>(
    open: &dyn Fn() -> R,
    limit: u64,
    named: Option<&str>,
) -> Result<(File, SheetRead), Trouble> {
    let mut archive = Archive::open(BufReader::new(open()), limit)?;
    if let Some(other) = archive.other()? {
        return Err(FormFlaw::Other(other).into());
    }
    let parts = Parts::read(&mut archive)?;
    let mut book = Xlsx::new(BufReader::new(open())).map_err(trouble)?;
    let sheets = book.sheets_metadata().to_vec();
    let place = choose(&sheets, named)?;
    let part = parts.sheets.get(place).ok_or(FormFlaw::Damaged)?;
    let hidden = hidden_rows(&mut archive, part)?;
    let name = sheets[place].name.clone();
    let spool = Spool::new(limit).map_err(Trouble::Write)?;
    let (spool, hidden_rows) = copied(&mut book, &name, spool, &hidden)?;
    let read = SheetRead {
        name,
        others: match named {
            Some(_) => 0,
            None => sheets.iter().filter(|sheet| is_shown(sheet)).count() as u64 - 1,
        },
        hidden_rows,
    };
    Ok((spool.finish().map_err(Trouble::Write)?, read))
}

/// Copies a sheet, and counts its rows with content that are hidden.
fn copied<R: Read + Seek>(
    book: &mut Xlsx<R>,
    name: &str,
    spool: Spool,
    hidden: &BTreeSet<u32>,
) -> Result<(Spool, u64), Trouble> {
    let mut cells = book.worksheet_cells_reader(name).map_err(trouble)?;
    let mut csv = SheetCsv::new(spool);
    let (mut hidden_rows, mut last) = (0, None);
    while let Some(record) = cells.next_cell_with_formula_metadata().map_err(trouble)? {
        let (row, _) = record.pos;
        let Some(cell) = cell(&record.value, record.formula.is_some()) else {
            continue;
        };
        if row >= MAX_ROWS {
            return Err(FormFlaw::Damaged.into());
        }
        if last.replace(row) != Some(row) && hidden.contains(&row) {
            hidden_rows += 1;
        }
        csv.take(record.pos, cell)?;
    }
    Ok((csv.finish()?, hidden_rows))
}

/// The place of the sheet that was named, by its name or its number from 1, or of the first one that is
/// shown.
fn choose(sheets: &[Sheet], named: Option<&str>) -> Result<usize, FormFlaw> {
    let Some(named) = named else {
        let first = sheets.iter().position(is_shown);
        return first.ok_or(FormFlaw::NoSheet);
    };
    let number = named
        .parse()
        .ok()
        .and_then(|number: usize| number.checked_sub(1));
    let by_name = sheets.iter().position(|sheet| sheet.name == named);
    by_name
        .or(number)
        .filter(|&place| sheets.get(place).is_some_and(has_rows))
        .ok_or_else(|| FormFlaw::NoSuchSheet {
            named: named.to_owned(),
            sheets: sheets.iter().map(|sheet| sheet.name.clone()).collect(),
        })
}

fn has_rows(sheet: &Sheet) -> bool {
    sheet.typ == SheetType::WorkSheet
}

fn is_shown(sheet: &Sheet) -> bool {
    has_rows(sheet) && sheet.visible == SheetVisible::Visible
}

/// What a file of the older format is: it is also what a workbook with a password is wrapped in.
pub(super) fn old(source: &mut dyn Read) -> io::Result<Other> {
    let locked: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let mut seen = Vec::new();
    let mut bytes = vec![0; 1 << 16];
    loop {
        let count = source.read(&mut bytes)?;
        if count == 0 {
            return Ok(Other::Xls);
        }
        seen.extend_from_slice(&bytes[..count]);
        if seen.windows(locked.len()).any(|found| found == locked) {
            return Ok(Other::Locked);
        }
        seen.drain(..seen.len().saturating_sub(locked.len()));
    }
}

/// What an error of the library says.
fn trouble(error: XlsxError) -> Trouble {
    if let XlsxError::Io(error) = error {
        archive::of_data(error)
    } else if let XlsxError::Zip(error) = error {
        archive::trouble(&error)
    } else if let XlsxError::Xml(quick_xml::Error::Io(error)) = error {
        archive::of_data(io::Error::new(error.kind(), error.to_string()))
    } else {
        FormFlaw::Damaged.into()
    }
}
