//! What the columns of a file mean. Pure.

use super::ReadOptions;
use super::flaw::Flaw;
use super::names::{are_of_results, is_data, is_nameless, is_own, means, normal, twice, with_data};
use super::slips::is_near;
use crate::model::formula::unmarked;
use crate::model::request::DeviceType;
use crate::model::row::{Column, Header};

/// Where the columns of a file are, those that are passed over included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    /// How many fields a record has.
    pub(super) width: usize,
    /// How many it has at least: columns without a name at the end may be left out.
    pub(super) least: usize,
    /// The places of the fields that become cells, in order.
    pub(super) kept: Vec<usize>,
    /// The places of wavepair's own columns, in order.
    pub(super) own: Vec<usize>,
    /// The places of columns without a name, in order: they have to be empty.
    pub(super) nameless: Vec<usize>,
    /// Whether a record that is cut at its end may lose digits of its phone.
    pub(super) ends_with_phone: bool,
}

impl Layout {
    /// Whether a record may have so many fields.
    pub(super) fn fits(&self, count: usize) -> bool {
        (self.least..=self.width).contains(&count)
    }
}

/// Names of columns that this version does not read, as [`normal`] has them: each is carried
/// through where the column beside it is there, and refused where it would have to replace it.
const NOT_READ: [(&str, Column); 4] = [
    ("externalid", Column::UserId),
    ("username", Column::UserId),
    ("email", Column::UserId),
    ("policy", Column::PolicyId),
];

/// Finds out what each name of a header means.
pub(super) fn understand(
    names: &[String],
    options: &ReadOptions,
) -> Result<(Header, Layout), Flaw> {
    let chosen = &options.columns;
    refuse_others(names, options)?;
    let mut found = choose(names, chosen)?;
    let mut others = Vec::new();
    for (place, name) in names.iter().enumerate() {
        if found.iter().any(|&(_, taken)| taken == place) || is_own(name) || is_nameless(name) {
            continue;
        }
        let column = Column::ALL
            .into_iter()
            .filter(|&column| !chosen.iter().any(|(chosen, _)| *chosen == column))
            .find(|&column| means(name, column));
        match column {
            Some(column) if found.iter().any(|&(earlier, _)| earlier == column) => {
                return Err(Flaw::Twice {
                    header: name.clone(),
                });
            }
            Some(column) => found.push((column, place)),
            None => others.push(place),
        }
    }
    let is_other = |place| others.binary_search(&place).is_ok();
    if let Some(place) = twice(names, is_other) {
        return Err(Flaw::Twice {
            header: names[place].clone(),
        });
    }
    if found.is_empty() && names.iter().any(|name| is_data(name)) {
        return Err(Flaw::LooksLikeData);
    }
    let others: Vec<&String> = others.into_iter().map(|place| &names[place]).collect();
    demand(names, &others, &found, options)?;
    Ok(lay_out(names, &found))
}

/// Refuses what is no header of a wave.
fn refuse_others(names: &[String], options: &ReadOptions) -> Result<(), Flaw> {
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
    if are_of_results(names) {
        return Err(Flaw::Results { wave: None });
    }
    if let Some(place) = with_data(names) {
        return Err(if has_a_column(names, options) {
            Flaw::RowInHeader { field: place + 1 }
        } else {
            Flaw::LooksLikeData
        });
    }
    Ok(())
}

/// Whether any of the names means a column.
pub(super) fn has_a_column(names: &[String], options: &ReadOptions) -> bool {
    let words = column_words(&options.columns);
    names.iter().any(|name| words.contains(&normal(name)))
}

/// The names of columns and those that `--column` gives, as [`normal`] has them.
fn column_words(chosen: &[(Column, String)]) -> Vec<String> {
    let names = Column::ALL.map(Column::name).into_iter();
    let chosen = chosen.iter().map(|(_, header)| header.as_str());
    names.chain(chosen).map(normal).collect()
}

/// Finds the headers that `--column` names.
fn choose(names: &[String], chosen: &[(Column, String)]) -> Result<Vec<(Column, usize)>, Flaw> {
    let mut found: Vec<(Column, usize)> = Vec::new();
    for (column, header) in chosen {
        // The very spelling first, so that two headers that differ in case only can be told apart.
        let place = names
            .iter()
            .position(|name| name == header.trim())
            .or_else(|| {
                let wanted = normal(header);
                names.iter().position(|name| normal(name) == wanted)
            })
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
fn demand(
    names: &[String],
    others: &[&String],
    found: &[(Column, usize)],
    options: &ReadOptions,
) -> Result<(), Flaw> {
    let has = |column| found.iter().any(|&(found, _)| found == column);
    let not_read = |name: &str| {
        NOT_READ
            .into_iter()
            .find(|&(word, _)| word == normal(name))
            .map(|(_, column)| column)
    };
    for column in Column::ALL.into_iter().filter(|&column| !has(column)) {
        let known = normal(column.name());
        if let Some(header) = others
            .iter()
            .find(|name| not_read(name).is_none() && is_near(&normal(name), &known))
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
    let Some(column) = missing(has, options) else {
        return Ok(());
    };
    let is_address = |name: &&&String| ["email", "mail"].contains(&normal(name).as_str());
    let likely = (column == Column::EmailAddress)
        .then(|| others.iter().find(is_address))
        .flatten();
    Err(Flaw::Missing {
        column,
        names: names.to_vec(),
        likely: likely.map(|name| (*name).clone()),
    })
}

/// The first column without which no row of the wave can be right.
fn missing(has: impl Fn(Column) -> bool, options: &ReadOptions) -> Option<Column> {
    let defaults = options.defaults.as_ref();
    let address = match defaults.map(|defaults| defaults.kind) {
        Some(DeviceType::Email) if !has(Column::Type) => Column::EmailAddress,
        Some(_) if !has(Column::Type) => Column::Phone,
        // Rows of type `EMAIL` need no phone, and what types there are is not known yet.
        _ if has(Column::EmailAddress) => Column::EmailAddress,
        _ => Column::Phone,
    };
    let has_policy = defaults.is_none_or(|defaults| defaults.policy.is_some());
    let needed = [Some(Column::UserId), Some(address), Some(Column::PolicyId)];
    let needed = needed.into_iter().flatten();
    needed
        .filter(|&column| column != Column::PolicyId || !has_policy)
        .find(|&column| !has(column))
}

fn lay_out(names: &[String], found: &[(Column, usize)]) -> (Header, Layout) {
    let is_found = |place: usize| found.iter().any(|&(_, taken)| taken == place);
    let (mut kept, mut own, mut nameless) = (Vec::new(), Vec::new(), Vec::new());
    for (place, name) in names.iter().enumerate() {
        if is_found(place) {
            kept.push(place);
        } else if is_own(name) {
            own.push(place);
        } else if is_nameless(name) {
            nameless.push(place);
        } else {
            kept.push(place);
        }
    }
    let places: Vec<(Column, usize)> = found
        .iter()
        .filter_map(|&(column, place)| Some((column, kept.binary_search(&place).ok()?)))
        .collect();
    let is_unnamed = |place: &usize| nameless.binary_search(place).is_ok();
    let least = (0..names.len())
        .rfind(|place| !is_unnamed(place))
        .map_or(0, |last| last + 1);
    let is_rejects = !own.is_empty();
    let layout = Layout {
        width: names.len(),
        least,
        ends_with_phone: least > 0 && found.contains(&(Column::Phone, least - 1)),
        kept,
        own,
        nameless,
    };
    let names = layout.kept.iter().map(|&place| {
        let name = names[place].as_str();
        if is_rejects { unmarked(name) } else { name }.to_owned()
    });
    (Header::new(names.collect(), &places), layout)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::request::RowDefaults;

    const POLICY: &str = "9f1c2a34-5b6d-4e7f-8a90-b1c2d3e4f506";

    fn names(line: &str) -> Vec<String> {
        line.split(',').map(str::to_owned).collect()
    }

    fn read(line: &str) -> Result<(Header, Layout), Flaw> {
        understand(&names(line), &ReadOptions::default())
    }

    fn with_columns(pairs: &[(Column, &str)]) -> ReadOptions {
        ReadOptions {
            columns: pairs.iter().map(|&(c, h)| (c, h.to_owned())).collect(),
            ..ReadOptions::default()
        }
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
        assert!(!layout.ends_with_phone);
        assert_eq!((layout.width, layout.least), (5, 5));
        assert_eq!((layout.kept, layout.own), (vec![1, 2], vec![0, 3, 4]));
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
        let file = names(&format!("Who,Mobile{ROW}"));
        let flaw = understand(&file, &with_columns(&[(Column::UserId, "Who")])).unwrap_err();
        assert_eq!(flaw, Flaw::RowInHeader { field: 2 });
    }

    #[test]
    fn column_options_win_over_names() {
        let file = names("user_id,Phone,Mobile (work)");
        let (header, layout) =
            understand(&file, &with_columns(&[(Column::Phone, "mobile(work)")])).unwrap();
        assert_eq!(header.place(Column::Phone), Some(2));
        assert_eq!(header.names()[1], "Phone");
        assert!(layout.ends_with_phone);
        for pairs in [
            &[(Column::Phone, "Cell")][..],
            &[(Column::Phone, "Phone"), (Column::Phone, "Mobile (work)")],
            &[(Column::Phone, "Phone"), (Column::Nickname, "Phone")],
        ] {
            let flaw = understand(&file, &with_columns(pairs)).unwrap_err();
            assert!(flaw.to_string().contains("--column"), "{flaw}");
        }
    }

    #[test]
    fn columns_without_a_name_are_passed_over_and_may_be_left_out_at_the_end() {
        for (line, kept, nameless, least, width) in [
            ("user_id,phone,,", vec![0, 1], vec![2, 3], 2, 4),
            ("user_id,,phone", vec![0, 2], vec![1], 3, 3),
            (
                "user_id,phone,\u{a0},\u{feff}",
                vec![0, 1],
                vec![2, 3],
                2,
                4,
            ),
            (",user_id,phone,note,", vec![1, 2, 3], vec![0, 4], 4, 5),
        ] {
            let (header, layout) = read(line).unwrap();
            assert_eq!(header.names().len(), kept.len(), "{line}");
            assert_eq!((layout.kept, layout.nameless), (kept, nameless), "{line}");
            assert_eq!((layout.least, layout.width), (least, width), "{line}");
        }
        assert!(read("user_id,phone,,").unwrap().1.ends_with_phone);
    }

    #[test]
    fn a_results_file_is_no_wave_and_a_column_of_its_names_alone_is_no_results_file() {
        for line in [
            "row,line,outcome,user_id,phone,input.user_id,input.phone",
            "Outcome,INPUT.phone,user_id,phone",
            "user_id,phone,outcome,input.note",
        ] {
            assert_eq!(
                read(line).unwrap_err(),
                Flaw::Results { wave: None },
                "{line}"
            );
        }
        for line in ["user_id,phone,outcome", "user_id,phone,input.note"] {
            assert!(read(line).is_ok(), "{line}");
        }
    }

    #[test]
    fn a_column_without_which_no_row_can_be_right_is_asked_for() {
        let policy = || Some(POLICY.parse().unwrap());
        for (line, kind, policy, missing) in [
            (
                "user_id,phone",
                DeviceType::WhatsApp,
                None,
                Some(Column::PolicyId),
            ),
            ("user_id,phone", DeviceType::WhatsApp, policy(), None),
            ("user_id,phone,policy_id", DeviceType::WhatsApp, None, None),
            ("user_id,phone,type", DeviceType::WhatsApp, policy(), None),
            (
                "user_id,phone",
                DeviceType::Email,
                policy(),
                Some(Column::EmailAddress),
            ),
            ("user_id,phone,type", DeviceType::Email, policy(), None),
            ("user_id,email_address", DeviceType::Email, policy(), None),
            (
                "user_id,email_address",
                DeviceType::Sms,
                policy(),
                Some(Column::Phone),
            ),
            (
                "user_id,email_address,type",
                DeviceType::Sms,
                policy(),
                None,
            ),
            (
                "user_id,type",
                DeviceType::Email,
                policy(),
                Some(Column::Phone),
            ),
            ("phone", DeviceType::Sms, None, Some(Column::UserId)),
        ] {
            let options = ReadOptions {
                defaults: Some(RowDefaults {
                    policy,
                    kind,
                    status: None,
                }),
                ..ReadOptions::default()
            };
            let found = match understand(&names(line), &options) {
                Ok(_) => None,
                Err(Flaw::Missing { column, .. }) => Some(column),
                Err(flaw) => panic!("{line}: {flaw}"),
            };
            assert_eq!(found, missing, "{line}");
        }
    }

    #[test]
    fn accents_are_the_same_however_they_are_composed() {
        let options = with_columns(&[(Column::Phone, "t\u{e9}l\u{e9}phone")]);
        let names = names("user_id,Te\u{301}le\u{301}phone");
        let (header, _) = understand(&names, &options).unwrap();
        assert_eq!(header.place(Column::Phone), Some(1));
        assert_eq!(
            flaw("user_id,phone,T\u{e9}l,Te\u{301}l"),
            "the header `Te\\u{301}l` is there twice"
        );
    }

    #[test]
    fn a_mark_that_keeps_a_header_from_running_is_taken_off_in_a_rejects_file_alone() {
        let name = |line| read(line).unwrap().0.names()[2].clone();
        assert_eq!(name("user_id,phone,'=x,wavepair_code"), "=x");
        assert_eq!(name("user_id,phone,'=x"), "'=x");
    }
}
