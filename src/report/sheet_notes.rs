//! What a person should know of the sheet of a workbook before its rows are sent.

use super::notice::Notice;
use super::quantity::counted;
use crate::model::sheet::SheetRead;

/// What is not to be expected of a sheet; nothing where all is.
pub(crate) fn notices(sheet: &SheetRead) -> Vec<Notice> {
    let mut notices = Vec::new();
    if sheet.others > 0 {
        let text = format!(
            "the sheet `{}` is read, and {} of the workbook not",
            sheet.name,
            counted(sheet.others, "other sheet")
        );
        notices.push(Notice::warning(text).hint(Some("`--sheet` names another one")));
    }
    if sheet.hidden_rows > 0 {
        let are = if sheet.hidden_rows == 1 { "is" } else { "are" };
        let text = format!(
            "{} of the sheet {are} hidden, by a filter or by hand, and read all the same",
            counted(sheet.hidden_rows, "row")
        );
        let hint = "delete the rows that are not meant, or show them to see what they are";
        notices.push(
            Notice::warning(text)
                .hint(Some(hint))
                .fact("hidden_rows", sheet.hidden_rows),
        );
    }
    notices
}
