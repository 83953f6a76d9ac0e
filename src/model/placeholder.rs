//! Words that a program wrote where it had no value.

use std::fmt;

/// What kind of word stands in place of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Placeholder {
    /// `#N/A`, `#REF!`: a formula of a spreadsheet failed.
    FormulaError,
    /// `########`: the column was too narrow to show the value.
    TooNarrow,
    /// `NULL`, `n/a`, `NaN`: a program or a person had no value.
    NoValue,
}

/// Spreadsheets' "not available" in those languages in which it does not end with `!` or `?`.
const NOT_AVAILABLE: [&str; 10] = [
    "#N/A",
    "#NV",
    "#N/D",
    "#N/B",
    "#I/T",
    "#YOK",
    "#\u{41d}/\u{414}",
    "#NEN\u{cd}_K_DISPOZICI",
    "#HI\u{c1}NYZIK",
    "#GETTING_DATA",
];

/// Words for no value, in lower case and without brackets round them.
const NO_VALUE: [&str; 16] = [
    "null",
    "nil",
    "nan",
    "nat",
    "na",
    "n/a",
    "n.a.",
    "n/d",
    "none",
    "undefined",
    "unknown",
    "missing",
    "empty",
    "blank",
    "not available",
    "tbd",
];

impl Placeholder {
    /// The kind of word that a cell is; `None` for everything that may be a value.
    pub(crate) fn of(cell: &str) -> Option<Self> {
        let cell = cell.trim();
        if cell.len() >= 3 && cell.bytes().all(|byte| byte == b'#') {
            return Some(Placeholder::TooNarrow);
        }
        if is_formula_error(cell) {
            return Some(Placeholder::FormulaError);
        }
        let bare = cell
            .strip_prefix(['(', '<', '[', '{'])
            .and_then(|cell| cell.strip_suffix([')', '>', ']', '}']))
            .unwrap_or(cell);
        let is_word = |word: &&str| word.eq_ignore_ascii_case(bare);
        // MySQL writes `\N`.
        let is_none = cell == "\\N" || NO_VALUE.iter().any(is_word);
        is_none.then_some(Placeholder::NoValue)
    }
}

fn is_formula_error(cell: &str) -> bool {
    let is_error_number =
        |number: &str| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    // LibreOffice numbers some of them.
    if cell.strip_prefix("Err:").is_some_and(is_error_number) {
        return true;
    }
    let is_shouted = |name: &str| {
        name.chars().any(char::is_uppercase)
            && !name.contains(|c: char| c.is_lowercase() || c.is_whitespace())
    };
    let ends = |name: &str| name.ends_with(['!', '?']) && is_shouted(name);
    cell.strip_prefix('#').is_some_and(ends)
        || NOT_AVAILABLE
            .iter()
            .any(|word| cell.eq_ignore_ascii_case(word))
}

impl fmt::Display for Placeholder {
    /// A fragment that says what the cell holds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Placeholder::FormulaError => "the error of a spreadsheet's formula",
            Placeholder::TooNarrow => "what a spreadsheet shows where a column is too narrow",
            Placeholder::NoValue => "a word for no value",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_spreadsheets_databases_and_people_for_no_value_are_known() {
        for (cell, kind) in [
            ("#N/A", Placeholder::FormulaError),
            ("#n/a", Placeholder::FormulaError),
            ("#REF!", Placeholder::FormulaError),
            ("#NAME?", Placeholder::FormulaError),
            ("#DIV/0!", Placeholder::FormulaError),
            ("#VALUE!", Placeholder::FormulaError),
            ("#WERT!", Placeholder::FormulaError),
            ("#NV", Placeholder::FormulaError),
            ("#\u{a1}VALOR!", Placeholder::FormulaError),
            ("Err:502", Placeholder::FormulaError),
            ("###", Placeholder::TooNarrow),
            ("########", Placeholder::TooNarrow),
            ("NULL", Placeholder::NoValue),
            ("(null)", Placeholder::NoValue),
            ("<NA>", Placeholder::NoValue),
            ("\\N", Placeholder::NoValue),
            (" nan ", Placeholder::NoValue),
            ("None", Placeholder::NoValue),
            ("N/A", Placeholder::NoValue),
            ("undefined", Placeholder::NoValue),
        ] {
            assert_eq!(Placeholder::of(cell), Some(kind), "{cell}");
        }
        for cell in [
            "",
            "#",
            "##",
            "#1",
            "#team",
            "#TEAM",
            "#Team spirit!",
            "Nathalie",
            "Nullarbor phone",
            "(512) 555-1234",
            "n",
            "Err:",
            "+447911123456",
        ] {
            assert_eq!(Placeholder::of(cell), None, "{cell}");
        }
    }
}
