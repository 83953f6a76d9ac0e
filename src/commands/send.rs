//! What a run sends: for all rows of its wave, and once more for those whose names led to users that
//! PingOne does not know any more.

use std::cell::RefCell;
use std::collections::HashSet;

use super::Invocation;
use super::ahead::Ahead;
use super::asked_anew::{TakenUpAnew, ask_anew};
use super::demanded::Demanded;
use super::memory::Memory;
use super::metrics::MetricsFile;
use super::opened_wave::OpenedWave;
use super::planned::Planned;
use super::prepare::prepare;
use super::stopped::Stopped;
use super::target::Remote;
use crate::clock;
use crate::engine::{self, EngineOptions, Stop};
use crate::error::Error;
use crate::ledger::Ledger;
use crate::model::event::{Event, RowFinished};
use crate::model::stop::StopReason;
use crate::model::summary::Summary;
use crate::model::user_name::UserName;
use crate::report::Reporters;
use crate::report::progress_line::Goal;

/// With what a run sends.
pub(super) struct Sending<'a> {
    plan: Option<&'a Demanded>,
    remote: Remote,
    ledger: &'a Ledger,
    stop: &'a Stop,
    metrics: &'a MetricsFile,
    invocation: &'a Invocation,
}

impl<'a> Sending<'a> {
    /// Sends what `plan` says, where one is demanded, until somebody asks for a `stop`.
    pub(super) fn new(
        plan: Option<&'a Demanded>,
        remote: Remote,
        ledger: &'a Ledger,
        (stop, metrics): (&'a Stop, &'a MetricsFile),
        invocation: &'a Invocation,
    ) -> Self {
        Self {
            plan,
            remote,
            ledger,
            stop,
            metrics,
            invocation,
        }
    }

    /// Sends what has to be sent, once it is known for whom; the summary is what was heard of that.
    /// Tells too whether no row was heard of at all.
    ///
    /// Where the summary says already why nothing is sent, nothing is.
    pub(super) async fn send(
        self,
        opened: &mut OpenedWave,
        options: EngineOptions,
        summary: &mut Summary,
    ) -> (Result<(), Error>, bool) {
        if summary.stopped.is_some() {
            // What is written of the rows is what the ledger tells of them.
            return (opened.remember(Memory::OfRun(self.ledger)), true);
        }
        let progress = self
            .invocation
            .start_progress(opened.our_rows, Goal::Created);
        let reporters = RefCell::new(Reporters::new(summary.clone(), progress));
        self.metrics.listen_to(&self.remote.client);
        let sending = Box::pin(self.send_all(opened, options, &reporters));
        let ended = self.metrics.beside(&reporters, sending).await;
        *summary = reporters.into_inner().finish();
        ended
    }

    async fn send_all(
        &self,
        opened: &mut OpenedWave,
        mut options: EngineOptions,
        reporters: &RefCell<Reporters>,
    ) -> (Result<(), Error>, bool) {
        let outdated = RefCell::new(Vec::new());
        let mut report = |event: &Event| {
            if let Event::UserOutdated(row) = event {
                outdated.borrow_mut().push(row.clone());
            }
            reporters.borrow_mut().on(event);
            self.metrics.on(event);
        };
        let prepared = prepare(opened, self.ahead(&mut options, &mut report)).await;
        let unheard = prepared.is_err();
        let begun = clock::now();
        let ended = match prepared {
            Ok(()) => self.pass(opened, &options, None, &mut report).await,
            Err(stopped) => Err(stopped),
        };
        let outdated = outdated.take();
        let ended = match ended {
            Ok(None) if !outdated.is_empty() => {
                let took = clock::now().duration_since(begun);
                options.max_duration = options.max_duration.map(|most| most.saturating_sub(took));
                let made = reporters.borrow().summary.created_now;
                options.limit = options.limit.map(|most| most.saturating_sub(made));
                let again = self.send_anew(opened, options, outdated, &mut report);
                again.await.map(drop)
            }
            ended => {
                tell_as_they_are(outdated, &mut report);
                ended.map(drop)
            }
        };
        let ended = match ended {
            Ok(()) => Ok(()),
            Err(Stopped::Reason(reason)) => {
                report(&Event::StopRequested {
                    reason,
                    in_flight: 0,
                });
                Ok(())
            }
            Err(Stopped::Failed(error)) => Err(error),
        };
        (ended, unheard)
    }

    /// Asks for the names anew that led to users whom PingOne does not know, and takes their rows up
    /// once more.
    async fn send_anew(
        &self,
        opened: &mut OpenedWave,
        mut options: EngineOptions,
        outdated: Vec<RowFinished>,
        report: &mut dyn FnMut(&Event),
    ) -> Result<Option<StopReason>, Stopped> {
        let ahead = self.ahead(&mut options, &mut *report);
        let TakenUpAnew { names, rows } = match ask_anew(opened, &outdated, ahead).await {
            Ok(anew) => anew,
            Err(stopped) => {
                tell_as_they_are(outdated, report);
                return Err(stopped);
            }
        };
        let others = outdated.into_iter();
        tell_as_they_are(others.filter(|row| !rows.contains(&row.who.row)), report);
        if names.is_empty() {
            return Ok(None);
        }
        self.pass(opened, &options, Some(&names), report).await
    }

    /// Takes rows up: all, or those alone whose users have these names.
    async fn pass(
        &self,
        opened: &OpenedWave,
        options: &EngineOptions,
        only: Option<&HashSet<UserName>>,
        report: &mut dyn FnMut(&Event),
    ) -> Result<Option<StopReason>, Stopped> {
        let mut rows = Planned::rows_of(opened, self.plan, self.ledger)?;
        if let Some(names) = only {
            rows = rows.only_of(names);
        }
        let ran = engine::run(
            &self.remote.client,
            self.ledger,
            self.remote.tokens.sibling(),
            options.clone(),
            self.stop.clone(),
            &mut rows,
            report,
        );
        Ok(ran.await.map_err(Error::from)?)
    }

    fn ahead<'b>(
        &'b self,
        options: &'b mut EngineOptions,
        report: &'b mut dyn FnMut(&Event),
    ) -> Ahead<'b> {
        Ahead {
            ledger: self.ledger,
            remote: &self.remote,
            options,
            stop: self.stop,
            report,
            invocation: self.invocation,
        }
    }
}

/// Tells of rows whose users are not known any more, and whose names tell nothing else.
fn tell_as_they_are(rows: impl IntoIterator<Item = RowFinished>, report: &mut dyn FnMut(&Event)) {
    for row in rows {
        report(&Event::RowFinished(row));
    }
}
