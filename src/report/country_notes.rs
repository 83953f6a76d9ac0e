//! What is said of countries to which PingOne sends no texts and calls. Pure.

use super::notice::Notice;
use super::quantity::counted;
use crate::model::denied_rows::DeniedRows;

/// Says how many rows ask for devices that never get a passcode; nothing where there is none.
pub(crate) fn denied(denied: &DeniedRows) -> Option<Notice> {
    let &DeniedRows { rows, line } = denied;
    let (ask, example) = if rows == 1 {
        ("asks", format!("on line {line}"))
    } else {
        ("ask", format!("such as on line {line}"))
    };
    let text = format!(
        "{}, {example}, {ask} for texts or calls to a country to which the notification policy lets none go: \
         the device is paired, and no passcode comes.",
        counted(rows, "row")
    );
    let hint = "change the country limit of that notification policy, or leave such rows out";
    let notice = Notice::warning(text).fact("country_denied", rows);
    (rows > 0).then(|| notice.fact("line", line).hint(Some(hint)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_get_no_passcode_are_counted_and_none_is_no_news() {
        let said = |rows| denied(&DeniedRows { rows, line: 4 });
        assert_eq!(said(0), None);
        insta::assert_snapshot!(said(1_200).unwrap().text(Some(80), false), @r"
        warning: 1,200 rows, such as on line 4, ask for texts or calls to a country to
          which the notification policy lets none go: the device is paired, and no
          passcode comes.
        hint: change the country limit of that notification policy, or leave such rows
          out
        ");
    }
}
