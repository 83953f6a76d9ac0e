//! What the columns of a file mean. Pure.

use super::ReadOptions;
use super::flaw::Flaw;
use super::misspelling::is_near;
use super::names::{
    are_of_results, column, column as column_of, is_data, is_nameless, is_own, normal, twice,
    with_data,
};
use crate::model::dialect::Dialect;
use crate::model::formula::unmarked;
use crate::model::request::DeviceType;
use crate::model::row::{Column, Header};
use crate::model::user_name::UserBy;

/// Where the columns of a file are, those that are passed over included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    /// The form of the file.
    pub(super) dialect: Dialect,
    /// How many fields a record has.
    pub(super) width: usize,
    /// How many it has at least: columns without a name at the end may be left out.
    pub(super) least: usize,
    /// The places of the fields that become cells, in order.
    pub(super) kept: Vec<usize>,
    /// What each of them means.
    pub(super) columns: Vec<Option<Column>>,
    /// Their names, as [`normal`] has them.
    pub(super) words: Vec<String>,
    /// The places of wavepair's own columns, in order.
    pub(super) own: Vec<usize>,
    /// The places of columns without a name, in order: they have to be empty.
    pub(super) nameless: Vec<usize>,
    /// Whether a record that is cut at its end may lose what nobody would miss: digits of its phone, or
    /// letters of a name.
    pub(super) ends_openly: bool,
}

impl Layout {
    /// Whether a record may have so many fields.
    pub(super) fn fits(&self, count: usize) -> bool {
        (self.least..=self.width).contains(&count)
    }

    /// Which of the kept fields is a column's.
    pub(super) fn place(&self, column: Column) -> Option<usize> {
        self.columns.iter().position(|known| *known == Some(column))
    }
}

/// Finds out what each name of a header means.
pub(super) fn understand(
    names: &[String],
    dialect: Dialect,
    options: &ReadOptions,
) -> Result<(Header, Layout), Flaw> {
    let words: Vec<String> = names.iter().map(|name| normal(name)).collect();
    refuse_others(names, &words, options)?;
    let mut found = choose(names, &words, options)?;
    let user_by = user_by(&words, &found, options)?;
    let is_chosen = |column| options.columns.iter().any(|&(chosen, _)| chosen == column);
    let mut others = Vec::new();
    for (place, name) in names.iter().enumerate() {
        if found.iter().any(|&(_, taken)| taken == place) || is_own(name) || is_nameless(name) {
            continue;
        }
        let is_meant = |column: &Column| !is_chosen(*column) && is_read(*column, user_by, &words);
        match column(&words[place]).filter(is_meant) {
            Some(column) if found.iter().any(|&(earlier, _)| earlier == column) => {
                return Err(Flaw::Twice {
                    header: name.clone(),
                });
            }
            Some(column) => found.push((column, place)),
            None => others.push(place),
        }
    }
    if let Some(place) = twice(names, &others) {
        return Err(Flaw::Twice {
            header: names[place].clone(),
        });
    }
    if found.is_empty() && names.iter().any(|name| is_data(name)) {
        return Err(Flaw::LooksLikeData);
    }
    let likely = ["email", "mail"]
        .iter()
        .find_map(|word| others.iter().find(|&&place| words[place] == *word))
        .map(|&place| names[place].clone());
    let has = |column| found.iter().any(|&(found, _)| found == column);
    refuse_lookalikes(names, &words, &others, &has)?;
    if let Some(column) = missing(has, user_by, options) {
        return Err(Flaw::Missing {
            column,
            names: names.to_vec(),
            likely: likely.filter(|_| column == Column::EmailAddress),
        });
    }
    let likely = likely.filter(|_| !has(Column::EmailAddress));
    let (header, layout) = lay_out(names, &words, dialect, &found);
    let header = header.with_likely_email(likely);
    Ok((header.naming_users_by(user_by), layout))
}

/// How the rows name their users: as it is said, else by the first of all ways that is there; by the
/// ID where there is none.
fn user_by(
    words: &[String],
    found: &[(Column, usize)],
    options: &ReadOptions,
) -> Result<UserBy, Flaw> {
    let is_there = |by: &UserBy| {
        let is_found = |&(found, _): &(Column, usize)| found == by.column();
        found.iter().any(is_found) || words.iter().any(|word| column(word) == Some(by.column()))
    };
    let said = options.user_by.map_or(Ok(None), |by| {
        let column = by.column();
        let is_there = is_there(&by);
        is_there
            .then_some(Some(by))
            .ok_or(Flaw::NoUserBy { column })
    })?;
    let first = || UserBy::ALL.into_iter().find(is_there);
    Ok(said.or_else(first).unwrap_or(UserBy::Id))
}

/// Whether a header of this name means its column: a user is named in one way, and a policy's name
/// is of no use beside its ID. What means nothing is carried through.
fn is_read(known: Column, user_by: UserBy, words: &[String]) -> bool {
    match UserBy::of(known) {
        Some(by) => by == user_by,
        None if known == Column::Policy => {
            let mut words = words.iter();
            !words.any(|word| column(word) == Some(Column::PolicyId))
        }
        None => true,
    }
}

/// Refuses what is no header of a wave.
fn refuse_others(names: &[String], words: &[String], options: &ReadOptions) -> Result<(), Flaw> {
    if are_of_results(names, words) {
        return Err(Flaw::Results { wave: None });
    }
    match with_data(names) {
        None => Ok(()),
        Some(place) if words.iter().any(|word| is_known(word, options)) => {
            Err(Flaw::RowInHeader { field: place + 1 })
        }
        Some(_) => Err(Flaw::LooksLikeData),
    }
}

/// Whether a name, which is [`normal`], means a column.
pub(super) fn is_known(word: &str, options: &ReadOptions) -> bool {
    let mut chosen = options.columns.iter();
    column(word).is_some() || chosen.any(|(_, header)| normal(header) == word)
}

/// Finds the headers that `--column` names.
fn choose(
    names: &[String],
    words: &[String],
    options: &ReadOptions,
) -> Result<Vec<(Column, usize)>, Flaw> {
    let mut found: Vec<(Column, usize)> = Vec::new();
    for (column, header) in &options.columns {
        // The very spelling first, so that two headers that differ in case only can be told apart.
        let place = names
            .iter()
            .position(|name| name == header.trim())
            .or_else(|| {
                let wanted = normal(header);
                words.iter().position(|word| *word == wanted)
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

/// Refuses a header that may be meant for a column that is not there.
fn refuse_lookalikes(
    names: &[String],
    words: &[String],
    others: &[usize],
    has: &dyn Fn(Column) -> bool,
) -> Result<(), Flaw> {
    let names_user = UserBy::ALL.into_iter().any(|by| has(by.column()));
    let is_missing = |&column: &Column| match UserBy::of(column) {
        // One way of naming the user is enough.
        Some(_) => !names_user,
        None if column == Column::Policy => !has(Column::PolicyId) && !has(Column::Policy),
        None => !has(column),
    };
    for column in Column::ALL.into_iter().filter(is_missing) {
        let known = normal(column.name());
        let is_misspelled = |&&place: &&usize| {
            // What means another column, and is not needed, means that.
            column_of(&words[place]).is_none() && is_near(&words[place], &known)
        };
        if let Some(&place) = others.iter().find(is_misspelled) {
            return Err(Flaw::Misspelled {
                header: names[place].clone(),
                column,
            });
        }
    }
    Ok(())
}

/// The first column without which no row of the wave can be right.
fn missing(has: impl Fn(Column) -> bool, user_by: UserBy, options: &ReadOptions) -> Option<Column> {
    let defaults = options.defaults.as_ref();
    let address = match defaults.map(|defaults| defaults.kind) {
        Some(DeviceType::Email) if !has(Column::Type) => Column::EmailAddress,
        Some(_) if !has(Column::Type) => Column::Phone,
        // Rows of type `EMAIL` need no phone, and what types there are is not known yet.
        _ if has(Column::EmailAddress) => Column::EmailAddress,
        _ => Column::Phone,
    };
    let has_policy = defaults.is_none_or(|defaults| defaults.policy.is_some());
    let has_policy = has_policy || has(Column::Policy);
    let needed = [
        Some(user_by.column()),
        Some(address),
        Some(Column::PolicyId),
    ];
    let needed = needed.into_iter().flatten();
    needed
        .filter(|&column| column != Column::PolicyId || !has_policy)
        .find(|&column| !has(column))
}

fn lay_out(
    names: &[String],
    words: &[String],
    dialect: Dialect,
    found: &[(Column, usize)],
) -> (Header, Layout) {
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
    let meaning = |&place: &usize| {
        found
            .iter()
            .find(|(_, taken)| *taken == place)
            .map(|(column, _)| *column)
    };
    let layout = Layout {
        dialect,
        width: names.len(),
        least,
        ends_openly: found
            .iter()
            .any(|&(column, place)| place + 1 == least && is_open(column)),
        columns: kept.iter().map(meaning).collect(),
        words: kept.iter().map(|&place| words[place].clone()).collect(),
        kept,
        own,
        nameless,
    };
    let names = layout.kept.iter().map(|&place| {
        let name = names[place].as_str();
        if is_rejects { unmarked(name) } else { name }.to_owned()
    });
    let header = Header::new(names.collect(), &places);
    (header.in_dialect(dialect), layout)
}

/// Whether part of a column's value may be another value of it.
fn is_open(column: Column) -> bool {
    match column {
        Column::Phone | Column::ExternalId | Column::Username | Column::Email | Column::Policy => {
            true
        }
        Column::UserId
        | Column::PolicyId
        | Column::Type
        | Column::EmailAddress
        | Column::Status
        | Column::Nickname
        | Column::Country
        | Column::Locale
        | Column::Variant => false,
    }
}

#[cfg(test)]
mod tests;
