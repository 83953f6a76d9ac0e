//! What the rows of a wave ask for, judged one by one.

use super::names::{NamedUser, Names};
use super::phone_book::PhoneBefore;
use super::request::RowDefaults;
use super::row::{Header, InputRow};
use super::shard::Shard;
use super::shared_phones::{Elsewhere, Sharers};
use super::user_name::{UserBy, UserName};
use super::validate::{JudgedRow, names_in, validate};

/// Judges rows one by one, whatever stands in the others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowReader<'a> {
    header: &'a Header,
    defaults: &'a RowDefaults,
    names: &'a Names,
}

impl<'a> RowReader<'a> {
    /// `defaults` stand in for empty cells, and `names` tell whose names are in the rows.
    pub(crate) fn new(header: &'a Header, defaults: &'a RowDefaults, names: &'a Names) -> Self {
        Self {
            header,
            defaults,
            names,
        }
    }

    /// The name by which a row names its user; nothing where it does so by the ID.
    pub(crate) fn user_name(&self, row: &InputRow) -> Option<UserName> {
        match self.header.user_by() {
            UserBy::Id => None,
            UserBy::Name(_) => names_in(self.header, row, self.defaults).0,
        }
    }

    /// What a look-up told of the user whom a row names; nothing where it names one by the ID.
    pub(crate) fn named_user(&self, row: &InputRow) -> Option<NamedUser> {
        self.names.user(&self.user_name(row)?)?.one()
    }

    /// Judges a row by itself.
    pub(crate) fn read(&self, row: &InputRow) -> JudgedRow {
        validate(self.header, row, self.defaults, self.names)
    }
}

/// Judges the rows of a wave, in their order, from the first one on.
///
/// Whoever runs a shard judges the rows of the others too: what rows have to do with each other is a
/// matter of the whole wave.
#[derive(Debug)]
pub(crate) struct RowJudge<'a> {
    reader: RowReader<'a>,
    sharers: Sharers,
    shard: Shard,
    /// Whether several processes ran the wave, or do.
    is_split: bool,
}

impl<'a> RowJudge<'a> {
    /// `sharers` tell what is done about phones of several users, and `shard` whose rows are ours.
    pub(crate) fn new(reader: RowReader<'a>, sharers: Sharers, shard: Shard) -> Self {
        Self {
            reader,
            sharers,
            shard,
            is_split: !shard.is_whole(),
        }
    }

    /// The same for all rows of a wave whose shards were run, as each shard judged its own.
    pub(crate) fn of_shards(self) -> Self {
        Self {
            is_split: true,
            ..self
        }
    }

    /// Whether a row is one of ours.
    pub(crate) fn is_ours(&self, judged: &JudgedRow) -> bool {
        self.shard.has(judged.requested.user)
    }

    /// Judges rows by themselves, in any order.
    pub(crate) fn reader(&self) -> RowReader<'a> {
        self.reader
    }

    /// Judges the next row; `elsewhere` tells of phones of earlier waves.
    ///
    /// # Errors
    ///
    /// Those of `elsewhere`.
    pub(crate) fn judge<E>(
        &mut self,
        row: &InputRow,
        elsewhere: Elsewhere<'_, E>,
    ) -> Result<JudgedRow, E> {
        let mut judged = self.reader.read(row);
        self.compare(&mut judged, elsewhere)?;
        Ok(judged)
    }

    /// Judges the next row, which was judged by itself, by those before it and by earlier waves; gives
    /// out what the rows before it have to do with its phone.
    ///
    /// # Errors
    ///
    /// Those of `elsewhere`.
    pub(crate) fn compare<E>(
        &mut self,
        judged: &mut JudgedRow,
        elsewhere: Elsewhere<'_, E>,
    ) -> Result<PhoneBefore, E> {
        self.sharers
            .judge(judged, (self.shard, self.is_split), elsewhere)
    }
}
