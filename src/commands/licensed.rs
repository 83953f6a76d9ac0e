//! The ceiling of a pace that is to be a share of what the license lets through.

use crate::engine::questions::{Questions, ReadFault};
use crate::error::Error;
use crate::model::event::Event;
use crate::model::stop::Stopped;
use crate::pace::Pacing;
use crate::pingone::client::Client;
use crate::pingone::tenant::{Capabilities, Part, Shown};
use crate::pingone::token::TokenCache;
use crate::settings;
use crate::settings::pace::Pace;

/// What is asked with before the ceiling is known, in requests a second.
const MEANWHILE: Pacing = Pacing::UpTo(1.0);
/// No pace is slower than one request a minute.
const LEAST: f64 = 1.0 / 60.0;

/// Reads what the license lets through, where a pace is to be a share of that, and makes a ceiling
/// of it.
///
/// # Errors
///
/// It cannot be read.
pub(super) async fn licensed(
    pace: &mut Pace,
    client: &Client,
    tokens: &TokenCache,
) -> Result<(), Error> {
    let Pacing::Share(share) = pace.pacing else {
        return Ok(());
    };
    let mut unheard = |_: &Event| {};
    let (tokens, retry) = (tokens.sibling(), pace.retry.clone());
    let questions = Questions::new(client, tokens, retry, (MEANWHILE, 1), &mut unheard);
    let shown = questions.tenant::<Capabilities>(Part::Capabilities).await;
    let limit = limit(shown).map_err(|why| {
        let what = format!(
            "`--rate {}` is a share of what the license lets through, and {why}",
            pace.pacing
        );
        settings::Error::new(what)
            .hint("name a rate, such as `--rate 25/s`, or let it be found with `--rate auto`")
    })?;
    pace.pacing = Pacing::UpTo((limit * share).max(LEAST));
    Ok(())
}

/// How many MFA requests a second the license is for, or why that is not known.
fn limit(shown: Result<Shown<Capabilities>, ReadFault>) -> Result<f64, String> {
    match shown {
        Ok(shown) => {
            let limit = shown.what.mfa_rate();
            limit.ok_or_else(|| "PingOne does not tell that".to_owned())
        }
        Err(ReadFault::Refused(error)) => Err(format!("that cannot be read: {error}")),
        Err(ReadFault::Stop(reason)) => {
            let why = Stopped::from(&reason).message;
            Err(format!("that cannot be read: {why}"))
        }
    }
}
