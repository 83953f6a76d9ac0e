//! One access token for all who wait for it: whoever comes first fetches it.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::tokens::Tokens;
use crate::clock;
use crate::model::event::{Event, RequestKind};
use crate::model::stop::StopReason;
use crate::pingone::client::Client;
use crate::pingone::token::AccessToken;

/// A token that is good for a while yet; `tell` hears of each request for one.
///
/// # Errors
///
/// There is none to be had; the reason says whether a later try may help.
pub(super) async fn fetched(
    tokens: &Mutex<Tokens>,
    client: &Client,
    tell: impl Fn(&Event),
) -> Result<Arc<AccessToken>, StopReason> {
    let mut tokens = tokens.lock().await;
    loop {
        let (token, fetch) = tokens.get(clock::now());
        if let Some(token) = token.filter(|_| !fetch) {
            return Ok(token);
        }
        if let Some(due) = tokens.due() {
            tokio::time::sleep_until(due).await;
            tokens.is_due(clock::now());
        }
        tokens.asked();
        tell(&Event::Sent(RequestKind::Token));
        let asked = clock::now();
        let result = client.fetch_token().await;
        tokens.answered(result, asked, clock::now(), fastrand::f64())?;
    }
}
