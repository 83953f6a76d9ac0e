//! One request: sent, timed, and told about. The only place that sends a create.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::clock;
use crate::ledger::Recorded;
use crate::model::code;
use crate::model::mfa::MfaOutcome;
use crate::model::outcome::{Answer, AttemptOutcome, LookOutcome, Proof, Refusal};
use crate::pingone::Answered;
use crate::pingone::classify::Listed;
use crate::pingone::client::Client;
use crate::pingone::grant::{Granted, TokenError};
use crate::pingone::token::AccessToken;

use super::row::{Phase, Row};

/// A request to send.
#[derive(Debug)]
pub(super) enum Job {
    /// Ask for a device. Takes the proof that the intent is on disk.
    Create {
        row: Box<Row>,
        recorded: Recorded,
        token: Arc<AccessToken>,
        transaction: String,
    },
    /// Ask for what a row's phase needs to know: the list of its user's devices, or the next page of it,
    /// or whether they can use MFA, which may be switched on by that.
    Ask {
        row: Box<Row>,
        token: Arc<AccessToken>,
        transaction: String,
    },
    /// Fetch an access token.
    Token,
}

/// What a request told us.
#[derive(Debug)]
pub(super) enum Done {
    Create {
        row: Box<Row>,
        attempt: u32,
        token_generation: u64,
        answered: Answered<AttemptOutcome>,
        took: Duration,
    },
    Look {
        row: Box<Row>,
        token_generation: u64,
        answered: Answered<LookOutcome>,
        took: Duration,
    },
    /// The list of a user's devices goes on; the row knows where.
    Page {
        row: Box<Row>,
        token_generation: u64,
    },
    Mfa {
        row: Box<Row>,
        token_generation: u64,
        answered: Answered<MfaOutcome>,
        took: Duration,
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
                row,
                recorded,
                token,
                transaction,
            } => {
                let (start, request) = (clock::now(), recorded.request());
                let answered = client
                    .create_device(request, &token, &transaction, row.connection)
                    .await;
                Done::Create {
                    row,
                    attempt: recorded.attempt(),
                    token_generation: token.generation(),
                    answered,
                    took: clock::now().duration_since(start),
                }
            }
            Job::Ask {
                row,
                token,
                transaction,
            } => match row.phase {
                Phase::Mfa { switches, .. } => {
                    ask_about_mfa(client, row, switches, &token, &transaction).await
                }
                Phase::Look | Phase::Create { .. } | Phase::Identify(_) | Phase::Recheck(_) => {
                    look(client, row, &token, &transaction).await
                }
            },
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

/// Lists the devices of a row's user, or goes on with the list, once.
async fn look(client: &Client, mut row: Box<Row>, token: &AccessToken, transaction: &str) -> Done {
    let (start, before) = match row.pages.take() {
        Some((start, pages)) => (start, Some(pages)),
        None => (clock::now(), None),
    };
    let (key, connection) = (&row.request.key, row.connection);
    let listed = client.list_devices(key, before, token, transaction, connection);
    let token_generation = token.generation();
    match listed.await {
        Listed::Whole(answered, _) => Done::Look {
            row,
            token_generation,
            answered,
            took: clock::now().duration_since(start),
        },
        Listed::GoesOn(pages) => {
            row.pages = Some((start, pages));
            Done::Page {
                row,
                token_generation,
            }
        }
    }
}

/// Asks whether a row's user can use MFA, or switches it on, once.
async fn ask_about_mfa(
    client: &Client,
    row: Box<Row>,
    switches: bool,
    token: &AccessToken,
    transaction: &str,
) -> Done {
    let (start, key) = (clock::now(), &row.request.key);
    let answered = client.mfa(key, switches, token, transaction, row.connection);
    let answered = answered.await;
    Done::Mfa {
        row,
        token_generation: token.generation(),
        answered,
        took: clock::now().duration_since(start),
    }
}

/// A create that is not sent after all: everything was held or stopped while it was written down.
pub(super) fn not_sent(row: Box<Row>, attempt: u32, token: &AccessToken) -> Done {
    Done::Create {
        row,
        attempt,
        token_generation: token.generation(),
        answered: withheld(),
        took: Duration::ZERO,
    }
}

/// What is known of a create that was not sent.
pub(super) fn withheld() -> Answered<AttemptOutcome> {
    Answered {
        outcome: AttemptOutcome::NotCreated(Refusal::Withheld),
        answer: Answer {
            code: Some(code::WITHHELD.to_owned()),
            ..Answer::default()
        },
        pause: None,
        proof: Proof::Proven,
        date_ms: None,
        fault: None,
    }
}
