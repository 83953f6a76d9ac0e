//! What comes of what happens: the engine's own functions say it, as far as it is theirs.

use std::num::NonZeroU32;
use std::time::Duration;

use super::Defect;
use super::state::{LAG, Lost, NOW, OLD, Promise, SETTLE, State, at, device, opened, request};
use super::step::{Asked, Effect, Seen, Step, Told};
use crate::engine::answers::{self, Context, Effects, Then};
use crate::engine::intake::{self, Intake};
use crate::engine::journal;
use crate::engine::mfa::Standing;
use crate::engine::row::{Phase, Row};
use crate::engine::samples;
use crate::ledger::Settled;
use crate::model::code::{FORBIDDEN, WITHHELD};
use crate::model::device_report::Reported;
use crate::model::entry::{DeviceState, RESENDS_MAX};
use crate::model::ids::RunId;
use crate::model::mfa::MfaOutcome;
use crate::model::outcome::{
    Ambiguity, Answer, AttemptOutcome, Device, Listing, LookOutcome, Proof, Refusal,
};
use crate::model::why_nothing::WhyNothing;
use crate::pingone::Answered;
use crate::plan::Existing;
use crate::retry::RetryPolicy;

type Reached = Result<State, Promise>;

/// What comes of one thing that happens.
pub(super) fn after(mut state: State, step: Step, defect: Option<Defect>) -> Reached {
    match step {
        Step::Run {
            after,
            is_new,
            looks,
        } => run(state, (after, is_new, looks), defect),
        Step::Crash => {
            state.row = None;
            state.wait = 0;
            Ok(state)
        }
        Step::Stop => {
            let end = state.row.as_ref().and_then(Row::end_now);
            state.row = None;
            state.wait = 0;
            state.end(end)?;
            Ok(state)
        }
        Step::Look(seen) => look(state, seen, defect),
        Step::Mfa(asked) => ask_mfa(state, asked, defect),
        Step::Create(told, effect) => {
            intend(&mut state)?;
            send(&mut state)?;
            create(state, told, effect, defect)
        }
        Step::CrashAfterIntent { after, sent } => {
            intend(&mut state)?;
            state.row = None;
            state.pass(after);
            if let Some(effect) = sent {
                send(&mut state)?;
                lose(&mut state, effect);
            }
            Ok(state)
        }
    }
}

fn run(
    mut state: State,
    (after, is_new, looks): (u64, bool, Option<bool>),
    defect: Option<Defect>,
) -> Reached {
    state.pass(after);
    state.can_use_mfa = !state.enables_mfa;
    let before = state.entry().and_then(|entry| entry.doubt.clone());
    state.ledger.begin(&at(0));
    if defect == Some(Defect::SettlesFromTheIntent)
        && let Some(entry) = state.ledger.entry_mut(&request().key)
    {
        entry.doubt = before;
    }
    let existing = (state.existing, state.reported(is_new));
    let settle = policy(defect).settle;
    let entry = state.entry();
    let asked = (request(), looks.map(samples::bar));
    let mut row = match intake::take_up(asked, entry, (existing, false), settle, &opened()) {
        Intake::Ends(_) => return Ok(state),
        Intake::Settles(row, settled) => {
            let outcome = settled.state.outcome();
            settle_as(&mut state, Some(settled), None)?;
            state.end(Some(row.end(outcome, None)))?;
            return Ok(state);
        }
        Intake::EndsAndRecheck(_, row) => row,
        Intake::Work {
            row,
            settled,
            after,
        } => {
            settle_as(&mut state, settled, None)?;
            if defect != Some(Defect::TakesUpAtOnce) {
                state.wait = seconds(after);
            }
            row
        }
    };
    if defect == Some(Defect::TakesTheReportForAbsence)
        && existing == (Existing::Report, Reported::NotThere)
        && row.history.doubt.is_some()
        && row.bar.is_none()
    {
        row.phase = Phase::Create { resend: true };
    }
    if defect == Some(Defect::ForgetsTheBar) {
        row.history.is_barred = false;
    }
    state.row = Some(*row);
    Ok(state)
}

/// Writes an intent down, as late as the row had to wait.
fn intend(state: &mut State) -> Result<(), Promise> {
    state.pass_wait();
    let row = state.row.as_mut().ok_or(Promise::WrittenBefore)?;
    if row.bar.is_some() {
        return Err(Promise::BarredIsNotSent);
    }
    let intent = journal::intent(row, at(0).wall_ms);
    let committed = state
        .ledger
        .commit(this_run(), (&[], &[]), vec![intent], &at(0));
    committed.map(drop).map_err(|_| Promise::WrittenBefore)
}

/// Whether a request may leave.
fn send(state: &mut State) -> Result<(), Promise> {
    let open = state.entry().map(|entry| entry.state);
    if open != Some(DeviceState::InFlight) {
        return Err(Promise::WrittenBefore);
    }
    if let Some(lost) = state.lost {
        if lost.age < SETTLE {
            return Err(Promise::SettledBeforeResend);
        }
        if !lost.is_absent {
            return Err(Promise::LookedForTwice);
        }
    }
    state.sent += 1;
    let resends = state.entry().map_or(0, |entry| entry.resends);
    if state.sent > 1 + resends || resends > RESENDS_MAX {
        return Err(Promise::NotTooOften);
    }
    Ok(())
}

/// A request whose answer nobody gets.
fn lose(state: &mut State, effect: Effect) {
    state.lost = Some(Lost {
        age: 0,
        first_absent: None,
        is_absent: false,
    });
    match effect {
        Effect::Never => {}
        Effect::Now => drop(state.make(0)),
        Effect::Late(after) => state.late.push(after),
    }
}

fn create(mut state: State, told: Told, effect: Effect, defect: Option<Defect>) -> Reached {
    let (outcome, proof, status) = match told {
        Told::Created => (AttemptOutcome::Created(state.make(0)), Proof::Proven, 201),
        Told::CreatedWithoutId => {
            let made = Device {
                id: None,
                ..state.make(0)
            };
            (AttemptOutcome::Created(made), Proof::Proven, 201)
        }
        Told::Refused(refusal, proof) => {
            state.sent -= 1;
            if effect == Effect::Now {
                state.make(0);
            }
            let status = if refusal == Refusal::UserUnknown {
                404
            } else {
                400
            };
            (AttemptOutcome::NotCreated(refusal), proof, status)
        }
        Told::Lost(ambiguity) => {
            lose(&mut state, effect);
            let status = if ambiguity == Ambiguity::Conflict {
                409
            } else {
                500
            };
            (
                AttemptOutcome::Indeterminate(ambiguity),
                Proof::Proven,
                status,
            )
        }
    };
    let timed_out = AttemptOutcome::Indeterminate(Ambiguity::TimedOut);
    let outcome = match defect {
        Some(Defect::RetriesLostRequests) if outcome == timed_out => {
            AttemptOutcome::NotCreated(Refusal::Unreachable)
        }
        Some(_) | None => outcome,
    };
    let proof = match defect {
        Some(Defect::BelievesAnyAnswer) => Proof::Proven,
        Some(_) | None => proof,
    };
    let mut answered = answered(outcome, proof, status);
    if let Told::Refused(refusal, _) = told {
        let is_withheld = refusal == Refusal::Withheld;
        let word = if is_withheld { WITHHELD } else { FORBIDDEN };
        answered.answer.code = Some(word.to_owned());
    }
    let context = context();
    let mut row = state.row.take().ok_or(Promise::WrittenBefore)?;
    let effects = answers::after_create(&policy(defect), &mut row, &answered, &context);
    follow(state, row, effects, defect)
}

fn look(mut state: State, seen: Seen, defect: Option<Defect>) -> Reached {
    state.pass_wait();
    let (mut outcome, status) = outcome_of(&state, seen);
    let absent = LookOutcome::Seen(Listing::Absent);
    if (outcome == absent || outcome == LookOutcome::UserUnknown)
        && let Some(lost) = &mut state.lost
    {
        let first = *lost.first_absent.get_or_insert(lost.age);
        lost.is_absent |= lost.age >= SETTLE && lost.age > first;
    }
    if defect == Some(Defect::TakesSilenceForAbsence)
        && outcome == LookOutcome::Nothing(WhyNothing::NoInformation)
    {
        outcome = absent.clone();
    }
    let mut row = state.row.take().ok_or(Promise::WrittenBefore)?;
    if defect == Some(Defect::BelievesTheFirstAbsence)
        && outcome == absent
        && let Some(doubt) = &mut row.history.doubt
    {
        doubt.first_negative = Some(Duration::ZERO);
        row.last_send = Some(opened().since(&at(OLD)));
    }
    // Six in a row that tell nothing end a row; the five before are left out.
    row.history.blind_looks = 5;
    let answered = answered(outcome, Proof::Proven, status);
    let effects = answers::after_look(&policy(defect), &mut row, &answered, &context());
    follow(state, row, effects, defect)
}

/// Asks whether the user can use MFA, for a create that is next.
fn ask_mfa(mut state: State, asked: Asked, defect: Option<Defect>) -> Reached {
    state.pass_wait();
    let mut row = state.row.take().ok_or(Promise::WrittenBefore)?;
    let (switches, resend) = (false, row.resends());
    if let Phase::Create { .. } = row.phase {
        row.phase = Phase::Mfa { switches, resend };
    }
    let (outcome, status) = match asked {
        Asked::On => (MfaOutcome::Is(true), 200),
        Asked::Off => (MfaOutcome::Is(false), 200),
        Asked::Throttled => {
            let retry_after = Some(Duration::from_secs(1));
            (
                MfaOutcome::Nothing(WhyNothing::Throttled { retry_after }),
                429,
            )
        }
        Asked::Refused => (MfaOutcome::Refused, 400),
    };
    let answered = answered(outcome, Proof::Proven, status);
    let news = answers::after_mfa(&policy(defect), &mut row, &answered, &context());
    state.can_use_mfa = news.standing == Some(Standing::On);
    follow(state, row, news.effects, defect)
}

fn outcome_of(state: &State, seen: Seen) -> (LookOutcome, u16) {
    let listing = |lag: u64| {
        let all = state.devices.iter().enumerate();
        let mut visible = all.filter(|(_, made)| made.age >= lag);
        match (visible.next(), visible.next()) {
            (None, _) => Listing::Absent,
            (Some((number, made)), None) => Listing::Present(device(number, made.ours)),
            (Some((number, made)), Some(_)) => Listing::Several(device(number, made.ours)),
        }
    };
    match seen {
        Seen::Old(lag) => (LookOutcome::Seen(listing(lag)), 200),
        Seen::NoUser if listing(LAG) == Listing::Absent => (LookOutcome::UserUnknown, 404),
        Seen::NoUser | Seen::Nothing => (LookOutcome::Nothing(WhyNothing::NoInformation), 500),
        Seen::Throttled => {
            let retry_after = Some(Duration::from_secs(1));
            (
                LookOutcome::Nothing(WhyNothing::Throttled { retry_after }),
                429,
            )
        }
    }
}

/// Does what follows an answer.
fn follow(mut state: State, row: Row, effects: Effects, defect: Option<Defect>) -> Reached {
    settle_as(&mut state, effects.settled, defect)?;
    let hold = effects.hold.unwrap_or_default();
    match effects.then {
        Then::Go { after } | Then::Defer { after } => {
            state.wait = seconds(after.max(hold));
            state.row = Some(row);
        }
        Then::Next => state.row = Some(row),
        Then::End(end) => state.end(Some(end))?,
        Then::EndAndRecheck(end) => {
            state.end(Some(end))?;
            state.row = Some(row);
        }
        Then::Nothing => {}
    }
    Ok(state)
}

fn settle_as(
    state: &mut State,
    settled: Option<Settled>,
    defect: Option<Defect>,
) -> Result<(), Promise> {
    let Some(mut settled) = settled else {
        return Ok(());
    };
    if defect == Some(Defect::ForgetsTheRecheck) {
        settled.recheck_owed = false;
    }
    let committed = state
        .ledger
        .commit(this_run(), (&[], &[settled]), Vec::new(), &at(0));
    committed.map(drop).map_err(|_| Promise::WrittenBefore)
}

fn this_run() -> RunId {
    RunId::from_bytes([1; 16])
}

fn policy(defect: Option<Defect>) -> RetryPolicy {
    let second = Duration::from_secs(1);
    let settle = match defect {
        Some(Defect::SettlesInNoTime) => 0,
        Some(_) | None => SETTLE,
    };
    RetryPolicy {
        attempts: NonZeroU32::MIN.saturating_add(1),
        base_delay: second,
        max_delay: second,
        settle: Duration::from_secs(settle),
        not_found_delay: second,
    }
}

fn context() -> Context {
    Context {
        now: *NOW,
        moment: at(0),
        took: Duration::ZERO,
        others_succeed: true,
        affords_retry: true,
        jitter: 1.0,
    }
}

fn answered<T>(outcome: T, proof: Proof, status: u16) -> Answered<T> {
    Answered {
        outcome,
        answer: Answer {
            http_status: Some(status),
            ..Answer::default()
        },
        pause: None,
        proof,
        date_ms: None,
        fault: None,
    }
}

fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}
