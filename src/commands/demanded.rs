//! The plan that a run demands, where it demands one: checked whole before anything is sent, and
//! read row by row beside the wave then.

use std::path::Path;

use super::Invocation;
use super::memory::{Memory, has_names};
use super::open_ledger::Looked;
use super::opened_wave::OpenedWave;
use super::plan_basis::basis;
use super::wave_memory::WaveMemory;
use crate::error::Error;
use crate::input::steady::SteadyFile;
use crate::ledger::Binding;
use crate::model::names::Names;
use crate::model::stop::StopReason;
use crate::plan::Totals;
use crate::plan::demand::{differences, row_differs};
use crate::plan::difference::Difference;
use crate::plan::digest::AddressKey;
use crate::plan::file::Head;
use crate::plan::reader::{Flaw, RowPlans, verify};
use crate::report::cell::neutral;
use crate::report::console::Console;
use crate::report::plan_notes;
use crate::settings::run::{Common, DemandedPlan};

/// A plan that fits: a run does what it says.
#[derive(Debug)]
pub(super) struct Demanded(SteadyFile);

/// How many differences are told at once.
const TOLD: usize = 12;

impl Demanded {
    /// Checks a plan, where one is demanded, against the wave, the settings, the tenant and the
    /// ledger, which is held; says what it comes to. Whose the names in the wave are is known by it then.
    ///
    /// # Errors
    ///
    /// Anything differs, or it is no plan; or the wave cannot be read.
    pub(super) fn check(
        plan: Option<&DemandedPlan>,
        common: &Common,
        opened: &mut OpenedWave,
        (binding, looked): (&Binding, &Looked),
        invocation: &Invocation,
    ) -> Result<Option<Self>, Error> {
        let Some(plan) = plan else {
            return Ok(None);
        };
        let path = &plan.path;
        let unfit = |flaw: Flaw| refused(path, flaw.to_string(), NEW_PLAN);
        if path.is_dir() {
            return Err(refused(path, "it is a folder".to_owned(), NAME_IT));
        }
        let file = SteadyFile::open(path).map_err(|error| {
            let error = Error::from(error);
            refused(
                path,
                error.in_words(),
                "name the file that the dry run wrote",
            )
        })?;
        let head = verify(file.bytes()).map_err(unfit)?;
        let ledger = looked.now(head.ledger, plan.allow_progress);
        let (now, key) = basis(common, opened, binding, ledger.mark)?;
        let found = differences(&head, &now, ledger);
        if !found.is_empty() {
            return Err(differs(path, &found));
        }
        let wrong = |wrong: Wrong| match wrong {
            Wrong::Plan(flaw) => unfit(flaw),
            Wrong::Wave(error) => error,
        };
        if has_names(opened.wave.header(), &opened.defaults) {
            opened.names = names_by(file.bytes(), opened).map_err(wrong)?;
        }
        let reader = looked.reader(binding)?;
        let memory = opened.memory(Memory::ReadOnly(reader.as_ref()))?;
        let found = rows_differ(&head, file.bytes(), (opened, memory), &key).map_err(wrong)?;
        if let Some(difference) = found {
            return Err(differs(path, &[difference]));
        }
        let width = Console::width();
        let notice = plan_notes::demanded(path, &head.totals, width);
        invocation.console.say(&notice);
        Ok(Some(Self(file)))
    }

    /// What it says of the rows, from the first on.
    ///
    /// # Errors
    ///
    /// It has changed since it was checked.
    pub(super) fn rows(&self) -> Result<DemandedRows, StopReason> {
        let rows = RowPlans::new(Box::new(self.0.bytes()) as _);
        rows.map_err(|flaw| changed(&flaw))
    }
}

/// What a plan says of the rows.
pub(super) type DemandedRows = RowPlans<Box<dyn std::io::BufRead>>;

/// Why a run ends whose plan is not what it was at the start.
pub(super) fn changed(flaw: &Flaw) -> StopReason {
    StopReason::InputChanged {
        what: format!("the plan changed while it was carried out: {flaw}"),
        hint: "nothing is sent that it does not say; run again with the plan as it was".to_owned(),
    }
}

/// What keeps the rows of a plan from being compared.
enum Wrong {
    Plan(Flaw),
    Wave(Error),
}

/// Whose the names in a wave are, by what a plan says of its rows. A name of which it says two things
/// makes a row differ then.
fn names_by(plan: impl std::io::BufRead, opened: &OpenedWave) -> Result<Names, Wrong> {
    let mut plans = RowPlans::new(plan).map_err(Wrong::Plan)?;
    let mut names = Names::of_plan();
    let mut next = plans.next_row().map_err(Wrong::Plan)?;
    for row in opened.wave.rows() {
        let row = row.map_err(|error| Wrong::Wave(error.into()))?;
        // The plan of a shard says nothing of the others' rows.
        let Some(planned) = next.take_if(|it| it.row == row.number.0) else {
            continue;
        };
        next = plans.next_row().map_err(Wrong::Plan)?;
        let ((user, policy), (whose, which)) = (opened.names_in(&row), planned.told());
        if let (Some(name), Some(answer)) = (user, whose) {
            names.note_user(&name, answer);
        }
        if let (Some(policy), Some(answer)) = (policy, which) {
            names.note_policy(policy, answer);
        }
    }
    Ok(names)
}

/// The first row that is judged otherwise than a plan says; or that its totals are others.
fn rows_differ(
    head: &Head,
    plan: impl std::io::BufRead,
    (opened, memory): (&OpenedWave, WaveMemory<'_>),
    key: &AddressKey,
) -> Result<Option<Difference>, Wrong> {
    let mut plans = RowPlans::new(plan).map_err(Wrong::Plan)?;
    let (mut judge, mut totals) = (opened.row_judge(), Totals::default());
    for row in opened.wave.rows() {
        let row = row.map_err(|error| Wrong::Wave(error.into()))?;
        let elsewhere = &mut |phone, user| memory.earlier_use(phone, user);
        let judged = judge.judge(&row, elsewhere).map_err(Wrong::Wave)?;
        if !judge.is_ours(&judged) {
            continue;
        }
        let Some(planned) = plans.next_row().map_err(Wrong::Plan)? else {
            break;
        };
        if let Some(difference) = row_differs(&planned, &judged, key) {
            return Ok(Some(difference));
        }
        let valid = judged.verdict.as_ref().ok();
        totals.add(planned.expect, valid.map(|valid| &valid.request));
    }
    Ok((totals != head.totals).then_some(Difference::Totals))
}

const NAME_IT: &str = "nothing was sent; name the file that the dry run wrote";

const NEW_PLAN: &str = "nothing was sent; make a new plan with `--dry-run --online --plan FILE`, \
                        and have it reviewed";

fn differs(path: &Path, found: &[Difference]) -> Error {
    let told = found.iter().take(TOLD).map(ToString::to_string);
    let more = found.len().saturating_sub(TOLD);
    let more = (more > 0).then(|| format!("and {more} more"));
    let why = told.chain(more).collect::<Vec<_>>().join("; ");
    let hint = if let [Difference::LedgerGrew { .. }] = found {
        "nothing was sent; where that was a run by this plan, go on with `--plan-allow-progress`; \
         else make a new plan"
    } else {
        NEW_PLAN
    };
    refused(path, why, hint)
}

fn refused(path: &Path, why: String, hint: &str) -> Error {
    Error::Plan {
        plan: neutral(&path.to_string_lossy()).into_owned(),
        why,
        hint: hint.to_owned(),
    }
}
