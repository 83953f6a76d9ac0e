//! Workbooks, read by another library than the one that writes them.

use std::path::Path;

use calamine::{Data, Reader, Xlsx, open_workbook};

use super::texts::Row;

/// The cells of the only sheet, its header among them.
pub(crate) fn cells(path: &Path) -> Vec<Vec<Data>> {
    let mut workbook: Xlsx<_> = open_workbook(path).unwrap();
    let mut sheets = workbook.worksheets();
    assert_eq!(sheets.len(), 1, "{}", path.display());
    let (_, range) = sheets.remove(0);
    range.rows().map(<[Data]>::to_vec).collect()
}

/// The rows below the header, a map from column to what a person reads there.
pub(crate) fn rows(path: &Path) -> Vec<Row> {
    let mut lines = cells(path)
        .into_iter()
        .map(|line| line.iter().map(ToString::to_string).collect());
    let header: Vec<String> = lines.next().unwrap();
    lines
        .map(|line: Vec<String>| header.iter().cloned().zip(line).collect())
        .collect()
}
