//! SIGINT, SIGTERM, SIGHUP and SIGQUIT: the first asks, the second leaves at once.
//!
//! Leaving at once is safe because every intent is on disk before it is sent; the
//! next run settles what was on the wire.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::flag;
use tokio::signal::unix::{SignalKind, signal};

use crate::engine::Stopper;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::model::stop::StopReason;

/// Turns signals into wishes to stop, from now on.
///
/// # Errors
///
/// The operating system does not let us.
pub(super) fn watch(stopper: &Stopper) -> Result<(), Error> {
    register(stopper).map_err(|source| Error::System {
        what: "signals cannot be watched",
        source,
    })
}

fn register(stopper: &Stopper) -> io::Result<()> {
    let asked = Arc::new(AtomicBool::new(false));
    for (number, kind, reason, code) in [
        (
            SIGINT,
            SignalKind::interrupt(),
            StopReason::Interrupted,
            ExitCode::Interrupted,
        ),
        (
            SIGTERM,
            SignalKind::terminate(),
            StopReason::Terminated,
            ExitCode::Terminated,
        ),
        (
            SIGHUP,
            SignalKind::hangup(),
            StopReason::Terminated,
            ExitCode::Terminated,
        ),
        (
            SIGQUIT,
            SignalKind::quit(),
            StopReason::Terminated,
            ExitCode::Terminated,
        ),
    ] {
        // In this order: the first signal finds the flag unset and sets it, the second finds it set.
        // It works even while the loop is busy writing a file.
        flag::register_conditional_shutdown(number, i32::from(code.code()), Arc::clone(&asked))?;
        flag::register(number, Arc::clone(&asked))?;
        let mut stream = signal(kind)?;
        let stopper = stopper.clone();
        tokio::spawn(async move {
            if stream.recv().await.is_some() {
                stopper.ask(reason);
            }
        });
    }
    Ok(())
}
