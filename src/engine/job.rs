//! One request: sent, timed, and told about. The only place that sends a create.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::clock;
use crate::ledger::Recorded;
use crate::model::outcome::{AttemptOutcome, LookOutcome};
use crate::model::request::DeviceRequest;
use crate::pingone::Answered;
use crate::pingone::classify::Listed;
use crate::pingone::client::Client;
use crate::pingone::connections::Connection;
use crate::pingone::grant::{Granted, TokenError};
use crate::pingone::token::AccessToken;

use super::task::Task;

/// A request to send.
#[derive(Debug)]
pub(super) enum Job {
    /// Ask for a device. Takes the proof that the intent is on disk.
    Create {
        task: Box<Task>,
        recorded: Recorded<DeviceRequest>,
        token: Arc<AccessToken>,
        transaction: String,
        connection: Connection,
    },
    /// List a user's devices, or go on with the list where it has another page.
    Look {
        task: Box<Task>,
        token: Arc<AccessToken>,
        transaction: String,
        connection: Connection,
    },
    /// Fetch an access token.
    Token,
}

/// What a request told us.
#[derive(Debug)]
pub(super) enum Done {
    Create {
        task: Box<Task>,
        attempt: u32,
        token_generation: u64,
        answered: Answered<AttemptOutcome>,
        took: Duration,
    },
    Look {
        task: Box<Task>,
        token_generation: u64,
        answered: Answered<LookOutcome>,
        took: Duration,
    },
    /// The list of a user's devices goes on; the task knows where.
    Page {
        task: Box<Task>,
        token_generation: u64,
    },
    Token {
        /// When the token was asked for: its life may count from there.
        asked: Instant,
        result: Result<Granted, TokenError>,
    },
}

impl Job {
    /// Sends the request, once.
    pub(super) async fn perform(self, client: &Client) -> Done {
        match self {
            Job::Create {
                task,
                recorded,
                token,
                transaction,
                connection,
            } => {
                let start = clock::now();
                let answered = client
                    .create_device(recorded.value(), &token, &transaction, connection)
                    .await;
                Done::Create {
                    task,
                    attempt: recorded.attempt(),
                    token_generation: token.generation(),
                    answered,
                    took: clock::now().duration_since(start),
                }
            }
            Job::Look {
                mut task,
                token,
                transaction,
                connection,
            } => {
                let (start, before) = match task.pages.take() {
                    Some((start, pages)) => (start, Some(pages)),
                    None => (clock::now(), None),
                };
                let key = &task.request.key;
                let listed = client.list_devices(key, before, &token, &transaction, connection);
                let token_generation = token.generation();
                match listed.await {
                    Listed::Whole(answered) => Done::Look {
                        task,
                        token_generation,
                        answered,
                        took: clock::now().duration_since(start),
                    },
                    Listed::GoesOn(pages) => {
                        task.pages = Some((start, pages));
                        Done::Page {
                            task,
                            token_generation,
                        }
                    }
                }
            }
            Job::Token => {
                let asked = clock::now();
                Done::Token {
                    asked,
                    result: client.fetch_token().await,
                }
            }
        }
    }
}
