//! Being told to stop from outside: by a signal, or by a test.

use tokio::sync::watch;

use crate::model::stop::StopReason;

/// The side that asks.
#[derive(Clone, Debug)]
pub struct Stopper {
    sender: watch::Sender<Option<StopReason>>,
}

/// The side that is asked.
#[derive(Clone, Debug)]
pub struct Stop {
    receiver: watch::Receiver<Option<StopReason>>,
}

/// A pair of both.
pub fn stop() -> (Stopper, Stop) {
    let (sender, receiver) = watch::channel(None);
    (Stopper { sender }, Stop { receiver })
}

impl Stopper {
    /// Asks for a stop: nothing new is sent, what is on the wire is waited for. The first reason stays.
    pub fn ask(&self, reason: StopReason) {
        self.sender.send_if_modified(|asked| {
            let first = asked.is_none();
            asked.get_or_insert(reason);
            first
        });
    }
}

impl Stop {
    /// Why to stop, if anybody asked.
    pub fn reason(&self) -> Option<StopReason> {
        self.receiver.borrow().clone()
    }

    /// Waits until somebody asks; for ever where nobody can any more.
    pub async fn requested(&mut self) {
        if self.receiver.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_reason_to_stop_stays() {
        let (stopper, stop) = stop();
        assert_eq!(stop.reason(), None);
        stopper.ask(StopReason::Terminated);
        stopper.ask(StopReason::Interrupted);
        assert_eq!(stop.reason(), Some(StopReason::Terminated));
    }
}
