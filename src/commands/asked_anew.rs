//! Names whose users PingOne does not know any more: forgotten, and asked for once more.

use std::collections::HashSet;
use std::io;

use futures::{StreamExt, TryStreamExt, stream};

use super::ahead::Ahead;
use super::join::join;
use super::memory::Memory;
use super::opened_wave::OpenedWave;
use super::stopped::Stopped;
use crate::engine::questions::Questions;
use crate::engine::users::users_address;
use crate::error::Error;
use crate::ledger::LookupNote;
use crate::lookup::ask::{Filters, Going, look_up};
use crate::model::counts::Counts;
use crate::model::event::{Event, RowFinished};
use crate::model::ids::UserId;
use crate::model::names::NameAnswer;
use crate::model::row::RowNumber;
use crate::model::stop::StopReason;
use crate::model::user_name::UserName;
use crate::report::known_row::KnownRow;
use crate::report::known_state::{Mode, NotReached};
use crate::report::result_row::ResultRow;
use crate::report::row_sink::RowSink;
use crate::report::user_notes;

/// What is taken up once more.
#[derive(Debug, Default)]
pub(super) struct TakenUpAnew {
    /// The names that do not lead to the users any more to whom they led.
    pub(super) names: HashSet<UserName>,
    /// The rows among those whose users were not known.
    pub(super) rows: HashSet<RowNumber>,
}

/// Asks for the names anew that led to the users of `outdated` rows, whom PingOne does not know. What is
/// told replaces what was remembered, in the ledger too, all of it at once.
///
/// Every row of a name that leads elsewhere now is taken up once more, whatever was told of it: that is
/// taken back here.
///
/// # Errors
///
/// Somebody asked for a stop, or the time is up; going on has no point; or the wave or the ledger cannot
/// be used. All is as it was then.
pub(super) async fn ask_anew(
    opened: &mut OpenedWave,
    outdated: &[RowFinished],
    mut run: Ahead<'_>,
) -> Result<TakenUpAnew, Stopped> {
    let unknown = outdated.iter().filter_map(|row| row.who.user).collect();
    let names = names_of(opened, &unknown)?;
    let asked = run.ask(async |questions, options| {
        let told = look_up_once(names, questions, options.guard.concurrency);
        Ok(told.await?)
    });
    let told = asked.await?;
    let names = told.iter().filter(|(name, answer)| {
        let before = opened.names.user(name).and_then(NameAnswer::user);
        answer.user() != before
    });
    let names = names.map(|(name, _)| name.clone()).collect();
    let memory = Memory::OfRun(run.ledger);
    let (back, rows) = told_before(opened, &names, outdated, memory)?;
    let count = told.len() as u64;
    let notes = told.iter().cloned();
    let notes = notes.map(|(name, answer)| LookupNote::User(name, answer));
    memory.note(notes.collect()).await?;
    for (name, answer) in told {
        opened.names.note_user(&name, answer);
    }
    let again = back.total() + rows.len() as u64;
    (run.report)(&Event::TakenBack(back));
    let notice = user_notes::asked_anew(count, again);
    run.invocation.console.say(&notice);
    Ok(TakenUpAnew { names, rows })
}

/// The names in a wave that were remembered as those of these users.
fn names_of(opened: &OpenedWave, users: &HashSet<UserId>) -> Result<HashSet<UserName>, Error> {
    let mut names = HashSet::new();
    for row in opened.wave.rows() {
        let row = row?;
        let user = opened.named_user(&row, &opened.names);
        let is_outdated = user.is_some_and(|it| it.is_remembered && users.contains(&it.id));
        names.extend(opened.user_name(&row).filter(|_| is_outdated));
    }
    Ok(names)
}

async fn look_up_once(
    names: HashSet<UserName>,
    questions: &Questions<'_>,
    width: usize,
) -> Result<Vec<(UserName, NameAnswer)>, StopReason> {
    let mut filters = Filters::new(users_address(questions));
    let names = names.into_iter();
    let mut full: Vec<_> = names.filter_map(|name| filters.take(name)).collect();
    full.extend(filters.last());
    let going = Going::default();
    let asked = stream::iter(full).map(|filter| look_up(questions, filter, &going));
    asked.buffer_unordered(width).try_concat().await
}

/// What was told of the rows of these names; and which of the `outdated` rows are among them, of which
/// nothing was told.
fn told_before(
    opened: &OpenedWave,
    names: &HashSet<UserName>,
    outdated: &[RowFinished],
    memory: Memory<'_>,
) -> Result<(Counts, HashSet<RowNumber>), Error> {
    let mut told = Told {
        opened,
        names,
        outdated: outdated.iter().map(|row| row.who.row).collect(),
        counts: Counts::default(),
        untold: HashSet::new(),
    };
    if !names.is_empty() {
        join(
            &opened.wave,
            opened.judge_of_results(),
            &Mode::Run(NotReached::NewRow),
            opened.memory(memory)?,
            &mut [&mut told],
        )?;
    }
    Ok((told.counts, told.untold))
}

/// Counts the rows of some names, but for those of which nothing was told.
struct Told<'a> {
    opened: &'a OpenedWave,
    names: &'a HashSet<UserName>,
    outdated: HashSet<RowNumber>,
    counts: Counts,
    untold: HashSet<RowNumber>,
}

impl RowSink for Told<'_> {
    fn take(&mut self, row: &KnownRow, result: &ResultRow) -> io::Result<()> {
        let name = self.opened.user_name(&row.input);
        if !name.is_some_and(|name| self.names.contains(&name)) {
            return Ok(());
        }
        let number = row.input.number;
        if self.outdated.contains(&number) {
            self.untold.insert(number);
        } else {
            self.counts.add(result.finished.outcome);
        }
        Ok(())
    }
}
