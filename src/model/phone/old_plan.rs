//! Numbers of plans that have changed: the new form is known by the old one.
//!
//! Each rule is what the regulator of the country announced. A form that libphonenumber's metadata
//! still takes is no old one, and never gets here.

use super::calling_code;

/// A change of a country's numbers.
struct Change {
    /// The country calling code.
    code: &'static str,
    /// What became of its numbers, and when.
    what: &'static str,
    /// What an old national number became; `None` where it is no old one.
    renewed: fn(&str) -> Option<New>,
}

/// What an old number became.
enum New {
    /// The national number.
    Number(String),
    /// Not told by the digits alone.
    Unknown,
}

const CHANGES: [Change; 9] = [
    // IFT, 3 August 2019: calls to mobiles are dialed as those to fixed lines.
    Change {
        code: "52",
        what: "Mexico's mobiles have no `1` behind +52 since 2019",
        renewed: |old| match old.strip_prefix('1') {
            Some(rest) if rest.len() == 10 => Some(New::Number(rest.to_owned())),
            _ => None,
        },
    },
    // Anatel, resolution 553 of 2010, in all areas since 6 November 2016.
    Change {
        code: "55",
        what: "Brazil's mobiles have a `9` behind the area code since 2016",
        renewed: |old| match (old.len(), old.as_bytes().get(2)) {
            (10, Some(b'6'..=b'9')) => Some(New::Number(format!("{}9{}", &old[..2], &old[2..]))),
            _ => None,
        },
    },
    // ARTCI, 31 January 2021: two digits of the operator in front.
    Change {
        code: "225",
        what: "Ivory Coast's numbers have ten digits since 2021, the first two of the operator",
        renewed: ivory_coast,
    },
    // ARCEP Bénin, 30 November 2024.
    Change {
        code: "229",
        what: "Benin's numbers have `01` in front since 2024",
        renewed: |old| with_prefix(old, 8, ANY, "01"),
    },
    // ART, 21 November 2014: mobiles begin with 6, fixed lines with 2.
    Change {
        code: "237",
        what: "Cameroon's numbers have nine digits since 2014",
        renewed: |old| with_prefix(old, 8, "56789", "6").or_else(|| with_prefix(old, 8, "2", "2")),
    },
    // Ministry of Information and Communications, 15 September 2018.
    Change {
        code: "84",
        what: "Vietnam's mobiles of eleven digits have ten since 2018",
        renewed: vietnam,
    },
    // CRC, resolution 5826 of 2019, in force since 1 September 2021.
    Change {
        code: "57",
        what: "Colombia's fixed lines have `60` in front since 2021",
        renewed: |old| with_prefix(old, 8, ANY, "60"),
    },
    // Senatel, 30 September 2012.
    Change {
        code: "593",
        what: "Ecuador's mobiles have a `9` in front since 2012",
        renewed: |old| with_prefix(old, 8, "89", "9"),
    },
    // ICTA, 1 September 2013.
    Change {
        code: "230",
        what: "the mobiles of Mauritius have a `5` in front since 2013",
        renewed: |old| with_prefix(old, 7, "79", "5"),
    },
];

/// What is said of an international number of an old plan, and the digits of its new form; without
/// them where they cannot be told. The form is not checked.
pub(super) fn renewed(digits: &str) -> Option<(&'static str, Option<String>)> {
    let (code, old) = calling_code::split(digits);
    let change = CHANGES.iter().find(|change| change.code == code)?;
    let new = match (change.renewed)(old)? {
        New::Number(national) => Some(format!("{code}{national}")),
        New::Unknown => None,
    };
    Some((change.what, new))
}

/// Any first digit.
const ANY: &str = "0123456789";

/// A number of so many digits, of which the first is one of a few, with a prefix in front.
fn with_prefix(old: &str, length: usize, first: &str, prefix: &str) -> Option<New> {
    let is_old = old.len() == length && old.starts_with(|digit| first.contains(digit));
    is_old.then(|| New::Number(format!("{prefix}{old}")))
}

/// The second digit was the operator's; which one has a fixed line its number does not tell.
fn ivory_coast(old: &str) -> Option<New> {
    if old.len() != 8 {
        return None;
    }
    let operator = match old.as_bytes() {
        [b'2' | b'3', ..] => return Some(New::Unknown),
        [b'0' | b'4' | b'5' | b'7', b'0'..=b'3', ..] => "01",
        [b'0' | b'4'..=b'9', b'4'..=b'6', ..] => "05",
        [b'0' | b'4'..=b'9', b'7'..=b'9', ..] => "07",
        _ => return None,
    };
    Some(New::Number(format!("{operator}{old}")))
}

/// The first three of ten digits behind +84 became two.
fn vietnam(old: &str) -> Option<New> {
    const PREFIXES: [(&str, &str); 21] = [
        ("120", "70"),
        ("121", "79"),
        ("122", "77"),
        ("126", "76"),
        ("128", "78"),
        ("123", "83"),
        ("124", "84"),
        ("125", "85"),
        ("127", "81"),
        ("129", "82"),
        ("162", "32"),
        ("163", "33"),
        ("164", "34"),
        ("165", "35"),
        ("166", "36"),
        ("167", "37"),
        ("168", "38"),
        ("169", "39"),
        ("186", "56"),
        ("188", "58"),
        ("199", "59"),
    ];
    let (old_prefix, rest) = old.split_at_checked(3)?;
    let (_, new) = PREFIXES.iter().find(|(known, _)| *known == old_prefix)?;
    (rest.len() == 7).then(|| New::Number(format!("{new}{rest}")))
}
