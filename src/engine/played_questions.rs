//! Questions that a played PingOne answers, in virtual time.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::FutureExt;
use hyper::Response;

use super::questions::Questions;
use crate::clock;
use crate::model::secret::Secret;
use crate::pace::Pacing;
use crate::pingone::client::Client;
use crate::pingone::grant::Bearer;
use crate::pingone::played::{Call, Play, Said, options};
use crate::pingone::token::TokenCache;
use crate::retry::RetryPolicy;

/// What is answered, in its turn: a status, a wait that is asked for, and a body.
pub(super) type Answer = (u16, Option<u64>, String);

/// What was asked, and how many seconds after the start.
pub(super) type Asked = Vec<(u64, String)>;

/// Asks a PingOne that gives these answers, in their order; what came of it, and what was asked.
pub(super) async fn asked_of<T>(
    answers: Vec<Answer>,
    ask: impl AsyncFnOnce(&Questions<'_>) -> T,
) -> (T, Asked) {
    let asked: Arc<Mutex<Asked>> = Arc::default();
    let client = Client::played(&options(None), play(answers, Arc::clone(&asked))).unwrap();
    let tokens = TokenCache::fixed(
        Bearer::new(Secret::new("token".to_owned())).unwrap(),
        clock::now(),
    );
    let retry = RetryPolicy {
        attempts: NonZeroU32::MIN.saturating_add(3),
        base_delay: Duration::from_secs(1),
        max_delay: Duration::from_secs(30),
        settle: Duration::from_hours(1),
        not_found_delay: Duration::from_secs(30),
    };
    let mut report = |_: &_| {};
    let questions = Questions::new(&client, tokens, retry, (Pacing::Unpaced, 8), &mut report);
    let said = ask(&questions).await;
    let asked = asked.lock().unwrap().clone();
    (said, asked)
}

fn play(answers: Vec<Answer>, asked: Arc<Mutex<Asked>>) -> Play {
    let began = clock::now();
    let answers = Mutex::new(answers.into_iter());
    let connections = AtomicU64::new(1);
    Arc::new(move |call: Call| {
        let at = (clock::now() - began).as_secs();
        let uri = call.request.uri().path_and_query().unwrap();
        let what = format!("{} {uri}", call.request.method());
        asked.lock().unwrap().push((at, what));
        let next = answers.lock().unwrap().next();
        let connection = connections.fetch_add(1, Ordering::Relaxed);
        async move {
            let (status, wait, body) = next.expect("an answer for each question");
            let mut head = Response::builder().status(status);
            if let Some(wait) = wait {
                head = head.header("Retry-After", wait);
            }
            Ok(Said {
                head: head.body(()).unwrap(),
                body: body.into_bytes(),
                cut: None,
                connection,
            })
        }
        .boxed()
    })
}
