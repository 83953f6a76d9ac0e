//! Which form a file of rows gets, by its name. Pure.

use std::path::Path;

/// The form of a file that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileForm {
    /// Lines of text.
    Text,
    /// A workbook of a spreadsheet, `.xlsx`.
    Workbook,
    /// What the name promises is not written: another kind of workbook, or something packed.
    Foreign,
}

impl FileForm {
    /// The form of a file with this name.
    pub(crate) fn of(path: &Path) -> Self {
        let ending = path.extension().unwrap_or_default();
        let is = |ending_of_form: &str| ending.eq_ignore_ascii_case(ending_of_form);
        if is("xlsx") {
            FileForm::Workbook
        } else if FOREIGN.into_iter().any(is) {
            FileForm::Foreign
        } else {
            FileForm::Text
        }
    }
}

/// How the names of waves end; what is written of one has its name without that.
pub(crate) const WAVE_ENDINGS: [&str; 3] = [".csv", ".csv.gz", ".xlsx"];

/// What a program would open by its ending, and find something else in it.
const FOREIGN: [&str; 9] = [
    "xls", "xlsm", "xlsb", "xltx", "ods", "fods", "numbers", "gz", "zip",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_by_its_ending_what_is_in_the_file() {
        for (name, form) in [
            ("a.csv", FileForm::Text),
            ("a.tsv", FileForm::Text),
            ("a", FileForm::Text),
            ("-", FileForm::Text),
            (".xlsx", FileForm::Text),
            ("xlsx", FileForm::Text),
            ("a.xlsx/b", FileForm::Text),
            ("a.xlsx", FileForm::Workbook),
            ("b/a.csv.XLSX", FileForm::Workbook),
            ("a.xls", FileForm::Foreign),
            ("a.ODS", FileForm::Foreign),
            ("a.csv.gz", FileForm::Foreign),
        ] {
            assert_eq!(FileForm::of(Path::new(name)), form, "{name}");
        }
    }
}
