//! A panic on any thread asks for a stop, as a signal does.

use std::panic;

use crate::engine::Stopper;
use crate::model::stop::StopReason;
use crate::report::panics::is_an_error;

/// Turns panics into wishes to stop, from now on; what is said of them stays as it is.
///
/// The loop survives a panic elsewhere (in the ledger's thread, in a task of the HTTP
/// client) without noticing, and must send nothing more all the same.
pub(super) fn watch(stopper: &Stopper) {
    let stopper = stopper.clone();
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if is_an_error(info) {
            return;
        }
        stopper.ask(StopReason::Broken {
            what: "a fault of wavepair itself".to_owned(),
        });
        before(info);
    }));
}
