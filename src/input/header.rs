//! What the columns of a file mean. Pure.

use super::error::Flaw;
use super::slips::is_near;
use crate::model::email::EmailAddress;
use crate::model::ids::UserId;
use crate::model::row::{Column, Header};

/// Where the columns of a file are, those that are passed over included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// How many fields a record has.
    pub(super) width: usize,
    /// The places of the fields that become cells, in order.
    pub(super) kept: Vec<usize>,
    /// Whether a record that is cut at its end may lose digits of its phone.
    pub(super) ends_with_phone: bool,
}

/// What wavepair adds to a rejects file, and passes over when it is fed back.
const OWN_PREFIX: &str = "wavepair_";

/// Names of columns that this version does not read, as [`normal`] has them: each is carried
/// through where the column beside it is there, and refused where it would have to replace it.
const NOT_READ: [(&str, Column); 4] = [
    ("externalid", Column::UserId),
    ("username", Column::UserId),
    ("email", Column::UserId),
    ("policy", Column::PolicyId),
];

/// Finds out what each name of a header means.
///
/// `chosen` are the pairs of `--column`: a column, and the header that it is under.
pub(super) fn understand(
    names: &[String],
    chosen: &[(Column, String)],
) -> Result<(Header, Layout), Flaw> {
    if let [name, ..] = names
        && name.to_ascii_lowercase().starts_with("sep=")
    {
        return Err(Flaw::SepLine);
    }
    if let [name] = names
        && let Some(delimiter) = [';', '\t', '|'].into_iter().find(|&c| name.contains(c))
    {
        return Err(Flaw::Delimiter(delimiter));
    }
    if let Some(place) = names.iter().position(|name| holds_data(name)) {
        let words = Column::ALL.map(Column::name).into_iter();
        let mut words = words.chain(chosen.iter().map(|(_, header)| header.as_str()));
        return Err(
            if words.any(|word| names.iter().any(|name| normal(name) == normal(word))) {
                Flaw::RowInHeader { field: place + 1 }
            } else {
                Flaw::LooksLikeData
            },
        );
    }
    let mut found = choose(names, chosen)?;
    let mut others = Vec::new();
    for (place, name) in names.iter().enumerate() {
        if found.iter().any(|&(_, taken)| taken == place) || is_own(name) {
            continue;
        }
        let column = Column::ALL
            .into_iter()
            .filter(|&column| !chosen.iter().any(|(chosen, _)| *chosen == column))
            .find(|column| normal(column.name()) == normal(name));
        match column {
            Some(column) if found.iter().any(|&(earlier, _)| earlier == column) => {
                return Err(Flaw::Twice {
                    header: name.clone(),
                });
            }
            Some(column) => found.push((column, place)),
            None if others.contains(&name) => {
                return Err(Flaw::Twice {
                    header: name.clone(),
                });
            }
            None => others.push(name),
        }
    }
    if found.is_empty() && names.iter().any(|name| is_data(name)) {
        return Err(Flaw::LooksLikeData);
    }
    demand(names, &others, &found)?;
    Ok(lay_out(names, &found))
}

/// Finds the headers that `--column` names.
fn choose(names: &[String], chosen: &[(Column, String)]) -> Result<Vec<(Column, usize)>, Flaw> {
    let mut found: Vec<(Column, usize)> = Vec::new();
    for (column, header) in chosen {
        // The very spelling first, so that two headers that differ in case only can be told apart.
        let place = names
            .iter()
            .position(|name| name == header.trim())
            .or_else(|| names.iter().position(|name| normal(name) == normal(header)))
            .ok_or_else(|| Flaw::NoSuchHeader {
                column: *column,
                header: header.clone(),
            })?;
        if found.iter().any(|&(c, p)| c == *column || p == place) {
            return Err(Flaw::NamedTwice { column: *column });
        }
        found.push((*column, place));
    }
    Ok(found)
}

/// Refuses a header that lacks a column, or may be meant to have it.
fn demand(names: &[String], others: &[&String], found: &[(Column, usize)]) -> Result<(), Flaw> {
    let has = |column| found.iter().any(|&(found, _)| found == column);
    let not_read = |name: &str| {
        NOT_READ
            .into_iter()
            .find(|&(word, _)| word == normal(name))
            .map(|(_, column)| column)
    };
    for column in Column::ALL.into_iter().filter(|&column| !has(column)) {
        if let Some(header) = others
            .iter()
            .find(|name| not_read(name).is_none() && is_near(&normal(name), &normal(column.name())))
        {
            return Err(Flaw::Misspelled {
                header: (*header).clone(),
                column,
            });
        }
    }
    for header in others {
        if let Some(instead) = not_read(header).filter(|&column| !has(column)) {
            return Err(Flaw::NotRead {
                header: (*header).clone(),
                instead,
            });
        }
    }
    let missing = [
        (Column::UserId, has(Column::UserId)),
        // A file of `EMAIL` rows alone needs no phone.
        (
            Column::Phone,
            has(Column::Phone) || has(Column::EmailAddress),
        ),
    ];
    match missing.into_iter().find(|&(_, there)| !there) {
        None => Ok(()),
        Some((column, _)) => Err(Flaw::Missing {
            column,
            names: names.to_vec(),
        }),
    }
}

fn lay_out(names: &[String], found: &[(Column, usize)]) -> (Header, Layout) {
    let kept: Vec<usize> = (0..names.len())
        .filter(|&place| !is_own(&names[place]) || found.iter().any(|&(_, taken)| taken == place))
        .collect();
    let places: Vec<(Column, usize)> = found
        .iter()
        .filter_map(|&(column, place)| Some((column, kept.binary_search(&place).ok()?)))
        .collect();
    let layout = Layout {
        width: names.len(),
        ends_with_phone: found.contains(&(Column::Phone, names.len().saturating_sub(1))),
        kept,
    };
    let names = layout.kept.iter().map(|&place| names[place].clone());
    (Header::new(names.collect(), &places), layout)
}

fn is_own(name: &str) -> bool {
    name.get(..OWN_PREFIX.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(OWN_PREFIX))
}

/// A name without what does not count: case, white space, `_`, `-`.
fn normal(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace() && !"_-".contains(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The fewest digits of what may be a phone.
pub(super) const PHONE: usize = 7;

/// Whether there is in a cell, perhaps behind a name that ran into it, what no name holds:
/// a UUID, or a phone behind its `+`.
fn holds_data(cell: &str) -> bool {
    let is_id = |text: &[u8]| str::from_utf8(text).is_ok_and(|text| text.parse::<UserId>().is_ok());
    let is_phone = |text: &str| {
        let number = text
            .bytes()
            .take_while(|b| b.is_ascii_digit() || b" -.()/".contains(b));
        number.filter(u8::is_ascii_digit).count() >= PHONE
    };
    cell.as_bytes().windows(36).any(is_id) || cell.split('+').skip(1).any(is_phone)
}

/// Whether a cell is a value rather than a name: seven digits without a letter, an address.
fn is_data(cell: &str) -> bool {
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    cell.parse::<EmailAddress>().is_ok() || digits >= PHONE && !cell.contains(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(line: &str) -> Vec<String> {
        line.split(',').map(str::to_owned).collect()
    }

    fn read(line: &str) -> Result<(Header, Layout), Flaw> {
        understand(&names(line), &[])
    }

    fn flaw(line: &str) -> String {
        read(line).unwrap_err().to_string()
    }

    #[test]
    fn a_header_is_matched_whatever_its_case_spaces_and_dashes() {
        let (header, layout) = read("Phone,USER ID,Cost center,policy-id,Email_Address").unwrap();
        assert_eq!(header.place(Column::Phone), Some(0));
        assert_eq!(header.place(Column::UserId), Some(1));
        assert_eq!(header.place(Column::PolicyId), Some(3));
        assert_eq!(header.place(Column::EmailAddress), Some(4));
        assert_eq!(header.place(Column::Type), None);
        assert_eq!(header.names()[2], "Cost center");
        assert!(!layout.ends_with_phone);
    }

    #[test]
    fn own_columns_of_a_rejects_file_are_passed_over_wherever_they_stand() {
        let (header, layout) =
            read("wavepair_code,user_id,phone,Wavepair_Message,wavepair_outcome").unwrap();
        assert_eq!(header.names(), ["user_id", "phone"]);
        assert_eq!(header.place(Column::Phone), Some(1));
        assert_eq!((layout.width, layout.kept), (5, vec![1, 2]));
        assert!(!layout.ends_with_phone);
    }

    #[test]
    fn a_near_miss_is_an_error_and_a_far_one_is_carried_through() {
        for (line, column) in [
            ("user_id,phone,polcy_id", "policy_id"),
            ("user_id,phnoe", "phone"),
            ("user_id,phone1", "phone"),
            ("usr_id,phone", "user_id"),
            ("user_id,phone,nick names", "nickname"),
            ("user_id,phone,types", "type"),
            ("user_id,email_adress", "email_address"),
        ] {
            let message = flaw(line);
            assert!(message.contains("misspelling"), "{message}");
            assert!(message.ends_with(&format!("`{column}`")), "{message}");
        }
        for line in [
            "user_id,phone,time",
            "user_id,phone,date",
            "user_id,phone,state",
            "user_id,phone,phone2",
            "user_id,phone,",
        ] {
            assert!(read(line).is_ok(), "{line}");
        }
    }

    #[test]
    fn a_column_of_a_later_version_is_carried_through_only_where_it_is_not_needed() {
        for line in [
            "user_id,phone,username,email,external_id,country",
            "user_id,phone,policy_id,policy",
        ] {
            assert_eq!(read(line).unwrap().0.names().len(), line.split(',').count());
        }
        for (line, instead) in [
            ("username,phone", "`user_id`"),
            ("External ID,phone", "`user_id`"),
            ("email,phone", "`user_id`"),
            ("user_id,phone,Policy", "`policy_id`"),
        ] {
            let message = flaw(line);
            assert!(message.contains("does not read"), "{message}");
            assert!(message.ends_with(instead), "{message}");
        }
    }

    #[test]
    fn a_header_that_cannot_be_right_is_refused() {
        for (line, expected) in [
            (
                "user_id,phone,User ID",
                "the header `User ID` is there twice",
            ),
            (
                "user_id,phone,note,note",
                "the header `note` is there twice",
            ),
            ("user_id,phone,,", "the header `` is there twice"),
            ("phone,note", "no column `user_id`"),
            ("user_id,note", "no column `phone`"),
            (
                "sep=,",
                "a spreadsheet's `sep=` line where the header should be",
            ),
            (
                "SEP=;",
                "a spreadsheet's `sep=` line where the header should be",
            ),
        ] {
            assert_eq!(flaw(line), expected, "{line}");
        }
        assert!(read("user_id,email_address,type").is_ok());
        for delimiter in [';', '\t', '|'] {
            let line = format!("user_id{delimiter}phone");
            assert_eq!(read(&line).unwrap_err(), Flaw::Delimiter(delimiter));
        }
    }

    #[test]
    fn a_first_line_of_data_is_no_header_and_is_not_shown() {
        for line in [
            "b30ac647-e33e-464f-a6ea-0275082d4c26,+447911123456",
            "ada,+44 7911 123456",
            "ada,07911123456",
            "ada,ada@example.com",
        ] {
            let flaw = read(line).unwrap_err();
            assert_eq!(flaw, Flaw::LooksLikeData, "{line}");
        }
    }

    #[test]
    fn a_first_row_that_the_header_ran_into_is_noticed_wherever_it_shows_and_is_not_shown() {
        const ROW: &str = "b30ac647-e33e-464f-a6ea-0275082d4c26,+15125551234";
        for (line, field) in [
            (format!("user_id,phone,policy_id{ROW}"), 3),
            (format!("user_id,phone,policy_id,{ROW},"), 4),
            (format!("user_id,phone{ROW}"), 2),
            (
                format!("user_id,phone,wavepair_message{}", ROW.to_uppercase()),
                3,
            ),
            ("user_id,phone,note +1 (512) 555-1234".to_owned(), 3),
            ("user_id,phone,note+1/512.5551".to_owned(), 3),
        ] {
            assert_eq!(
                read(&line).unwrap_err(),
                Flaw::RowInHeader { field },
                "{line}"
            );
        }
        for line in [
            "user_id,phone,2026-11-01",
            "user_id,phone,C++ 2026",
            "user_id,phone,+10 % in 2026",
            "user_id,phone,UTC+02:00",
            "user_id,phone,b30ac647-e33e-464f-a6ea",
        ] {
            assert!(read(line).is_ok(), "{line}");
        }
        let chosen = [(Column::UserId, "Who".to_owned())];
        let file = names(&format!("Who,Mobile{ROW}"));
        let flaw = understand(&file, &chosen).unwrap_err();
        assert_eq!(flaw, Flaw::RowInHeader { field: 2 });
    }

    #[test]
    fn column_options_win_over_names() {
        let chosen = |pairs: &[(Column, &str)]| -> Vec<(Column, String)> {
            pairs.iter().map(|&(c, h)| (c, h.to_owned())).collect()
        };
        let file = names("user_id,Phone,Mobile (work)");
        let (header, layout) =
            understand(&file, &chosen(&[(Column::Phone, "mobile(work)")])).unwrap();
        assert_eq!(header.place(Column::Phone), Some(2));
        assert_eq!(header.names()[1], "Phone");
        assert!(layout.ends_with_phone);
        for pairs in [
            &[(Column::Phone, "Cell")][..],
            &[(Column::Phone, "Phone"), (Column::Phone, "Mobile (work)")],
            &[(Column::Phone, "Phone"), (Column::Nickname, "Phone")],
        ] {
            let flaw = understand(&file, &chosen(pairs)).unwrap_err();
            assert!(flaw.to_string().contains("--column"), "{flaw}");
        }
    }
}
