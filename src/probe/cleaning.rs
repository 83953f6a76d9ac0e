//! Deleting what the probe made, whatever ended it.

use std::time::Duration;

use super::account::Line;
use super::asker::Halt;
use super::probing::{Probing, age};
use crate::clock;

/// How often the user's devices are listed for the sake of a create whose answer was lost, where
/// a listing fails.
const LOOKS_MOST: u32 = 8;
/// So many looks must miss it, once it is old enough.
const LOOKS_ENOUGH: u32 = 2;
/// The wait between two of them.
const LOOKS_APART: Duration = Duration::from_secs(1);
/// The wait before the second look, which most lost ones are found by.
const SECOND_LOOK: Duration = Duration::from_secs(2);

/// How it ended.
#[derive(Clone, Debug)]
pub(crate) struct Ending {
    /// Why it ended before its last question, where it did.
    pub cut_short: Option<String>,
    /// How many devices were made.
    pub made: usize,
    /// How many of them are still there.
    pub left: usize,
    /// Of how many creates nobody knows whether they made a device.
    pub open: usize,
    /// How many devices appeared meanwhile that are not the probe's, and were left alone.
    pub others: usize,
}

impl Ending {
    /// Whether nothing is left.
    pub(crate) fn is_clean(&self) -> bool {
        self.left == 0 && self.open == 0
    }
}

/// Deletes everything that was made. A create whose answer was lost is looked for until it is as old as
/// `patience`, and twice after that. Gives what became of the devices, and why not all could be done.
pub(crate) async fn clean(probing: &mut Probing<'_>, patience: Duration) -> (Ending, Option<Halt>) {
    probing.asker.clean_up();
    let halt = delete_and_find(probing, patience).await.err();
    let account = probing.journal.account();
    let ending = Ending {
        cut_short: None,
        made: account.count(),
        left: account.there().len(),
        open: account.open().count(),
        others: probing.others.len(),
    };
    if ending.is_clean()
        && let Err(error) = probing.journal.note(&Line::Ends)
    {
        probing.unwritten.get_or_insert(error);
    }
    (ending, halt)
}

async fn delete_and_find(probing: &mut Probing<'_>, patience: Duration) -> Result<(), Halt> {
    probing.delete_all().await?;
    let mut missed = 0;
    for looks in 1..=LOOKS_MOST {
        let Some(youngest) = probing.journal.account().open().map(age).min() else {
            return Ok(());
        };
        let found = probing.find().await?;
        probing.delete_all().await?;
        let open: Vec<_> = probing
            .journal
            .account()
            .open()
            .map(|intent| intent.n)
            .collect();
        if open.is_empty() {
            return Ok(());
        }
        if found.is_some() && youngest >= patience {
            missed += 1;
        }
        if missed >= LOOKS_ENOUGH {
            for n in open {
                let why = "not listed, and too old to be on its way".to_owned();
                probing.journal.note(&Line::NotMade { n, why })?;
            }
            return Ok(());
        }
        let left = patience.saturating_sub(youngest).max(LOOKS_APART);
        let wait = if looks == 1 {
            left.min(SECOND_LOOK)
        } else {
            left
        };
        probing.asker.sleep_until(clock::now() + wait).await?;
    }
    Ok(())
}
