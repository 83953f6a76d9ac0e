//! Waiting for what may panic.

use std::future::Future;
use std::panic::AssertUnwindSafe;

use futures::FutureExt;

/// A part of the run has panicked.
pub(super) struct Panicked;

/// Waits for something that may panic. What it has borrowed may be half done then.
pub(super) async fn unless_it_panics<T>(work: impl Future<Output = T>) -> Result<T, Panicked> {
    let caught = AssertUnwindSafe(work).catch_unwind().await;
    caught.map_err(|_| Panicked)
}
