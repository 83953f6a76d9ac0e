//! The names in a wave, looked up before its rows are judged.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::pin::pin;

use futures::{StreamExt, stream};

use super::Invocation;
use super::memory::{Memory, has_names};
use super::opened_wave::OpenedWave;
use super::stopped::Stopped;
use crate::clock;
use crate::engine::questions::{Questions, ReadFault};
use crate::engine::users::users_address;
use crate::error::Error;
use crate::input::rows::Rows;
use crate::ledger::LookupNote;
use crate::lookup::ask::{Filters, Going, look_up};
use crate::lookup::{is_fresh, policies};
use crate::model::event::Event;
use crate::model::names::Names;
use crate::model::policy_ref::PolicyRef;
use crate::model::user_name::UserName;
use crate::model::validate::names_in;
use crate::pingone::user_filter::UserFilter;
use crate::report::notice::Notice;

/// How many rows are read before anything else gets its turn.
const ROWS_AT_ONCE: u64 = 256;

/// How many answered requests are written down together at most.
const ANSWERS_AT_ONCE: usize = 64;

/// Learns whose the names in a wave are: a run from memory what is fresh there, and from PingOne the
/// rest, each name once. With that the wave's rows can be judged.
///
/// `width` is how many requests are on their way at once.
///
/// # Errors
///
/// Going on has no point; or the wave or the ledger cannot be used.
pub(super) async fn look_up_all(
    opened: &OpenedWave,
    questions: &Questions<'_>,
    memory: Memory<'_>,
    width: usize,
    invocation: &Invocation,
) -> Result<Names, Stopped> {
    if !has_names(opened.wave.header(), &opened.defaults) {
        return Ok(Names::default());
    }
    let names = RefCell::new(Names::default());
    let policies = RefCell::new(BTreeSet::new());
    let read = Cell::new(0);
    let walk = Walk {
        opened,
        rows: opened.wave.rows(),
        filters: Filters::new(users_address(questions)),
        names: &names,
        policies: &policies,
        read: &read,
        memory,
        now_ms: clock::moment().wall_ms,
    };
    let going = Going::default();
    let filters = stream::unfold(walk, |mut walk| async {
        let filter = walk.next().await.transpose()?;
        Some((filter, walk))
    });
    let asked = filters.map(|filter| async {
        let filter = filter?;
        let told = look_up(questions, filter, &going).await;
        told.map_err(Stopped::Reason)
    });
    let mut told = pin!(asked.buffer_unordered(width).ready_chunks(ANSWERS_AT_ONCE));
    while let Some(chunk) = told.next().await {
        let mut notes = Vec::new();
        for answers in chunk {
            for (name, answer) in answers? {
                names.borrow_mut().note_user(&name, answer.clone());
                notes.push(LookupNote::User(name, answer));
            }
        }
        memory.note(notes).await?;
        questions.tell(&Event::LookingUp { rows: read.get() });
    }
    let mut names = names.take();
    let policies = policies.take();
    look_up_policies(&mut names, policies, questions, memory, invocation).await?;
    Ok(names)
}

/// Goes over a wave for the names that are to be asked for.
struct Walk<'a> {
    opened: &'a OpenedWave,
    rows: Rows,
    filters: Filters,
    names: &'a RefCell<Names>,
    policies: &'a RefCell<BTreeSet<PolicyRef>>,
    read: &'a Cell<u64>,
    memory: Memory<'a>,
    now_ms: i64,
}

impl Walk<'_> {
    /// The next names that nobody has asked for, as many as go into one request.
    async fn next(&mut self) -> Result<Option<UserFilter>, Error> {
        while let Some(row) = self.rows.next() {
            let row = row?;
            let read = self.read.get() + 1;
            self.read.set(read);
            if read.is_multiple_of(ROWS_AT_ONCE) {
                tokio::task::yield_now().await;
            }
            let OpenedWave { wave, defaults, .. } = self.opened;
            let (user, policy) = names_in(wave.header(), &row, defaults);
            if let Some(policy) = policy {
                self.policies.borrow_mut().insert(policy);
            }
            if let Some(name) = user
                && let Some(full) = self.take(name)?
            {
                return Ok(Some(full));
            }
        }
        Ok(self.filters.last())
    }

    fn take(&mut self, name: UserName) -> Result<Option<UserFilter>, Error> {
        if !self.names.borrow_mut().begin_user(&name) {
            return Ok(None);
        }
        let known = self.memory.user_of_run(&name)?;
        if let Some(known) = known.filter(|known| is_fresh(known, self.now_ms)) {
            self.names.borrow_mut().note_user(&name, known.answer);
            return Ok(None);
        }
        Ok(self.filters.take(name))
    }
}

/// Learns which policies are meant, by one listing of all of them.
async fn look_up_policies(
    names: &mut Names,
    wanted: BTreeSet<PolicyRef>,
    questions: &Questions<'_>,
    memory: Memory<'_>,
    invocation: &Invocation,
) -> Result<(), Stopped> {
    if wanted.is_empty() {
        return Ok(());
    }
    let listed = match questions.policies().await {
        Ok(listed) => listed,
        Err(ReadFault::Stop(reason)) => return Err(reason.into()),
        Err(ReadFault::Refused(error)) => return Err(policies::unread(&error).into()),
    };
    let mut notes = Vec::new();
    for policy in wanted {
        let (answer, in_other_case) = policies::answer(&policy, &listed);
        if in_other_case {
            let text = format!(
                "no policy is called `{policy}`, and one is but for its capitals: that one is used"
            );
            invocation.console.say(&Notice::warning(text));
        }
        names.note_policy(policy.clone(), answer);
        notes.push(LookupNote::Policy(policy, answer));
    }
    Ok(memory.note(notes).await?)
}
