//! The small PingOne itself: one request in, one answer out, or none.
//!
//! The order of the checks: header size, rate limit, faults, body size, path, token (401), environment (403),
//! then what [`answers`] checks.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::header::{self, HeaderName};
use hyper::http::request::Parts;
use hyper::{Request, Response, StatusCode};

use super::answers::{self, Asked, Manner, Storing};
use super::environment::Environment;
use super::errors;
use super::faults::{Effect, Faults, RetryAfter, Rule, When};
use super::incoming::{Hangup, is_head_too_long, read, text, transaction_id};
use super::inspect;
use super::kinds::Kind;
use super::limits::{Group, Limits};
use super::media::Media;
use super::reply::{Body, Reply};
use super::routes::Route;
use super::stats::Stats;
use super::store::random_uuid;
use super::time::Clock;
use super::tokens::{self, Client, TOKEN_PREFIX, TokenRequest, Tokens};
use super::variants::Variant;

/// What other services tell of their limits. PingOne documents nothing of the kind.
const RATE_HEADERS: [&str; 2] = ["x-ratelimit-limit", "x-ratelimit-remaining"];

/// Everything that the sandbox knows.
pub(super) struct Service {
    pub(super) clock: Clock,
    pub(super) environment: Arc<Environment>,
    pub(super) client: Client,
    pub(super) latency: Duration,
    pub(super) token_life: Duration,
    pub(super) state: Mutex<State>,
}

/// What changes with every request.
pub(super) struct State {
    pub(super) tokens: Tokens,
    pub(super) limits: Limits,
    pub(super) faults: Faults,
    pub(super) stats: Stats,
    pub(super) in_flight: usize,
}

impl Service {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn stats(&self) -> Stats {
        let counted = self.state().stats.clone();
        let devices = self.environment.devices();
        Stats {
            devices: devices.len(),
            most_per_key: devices.most_per_key(),
            ..counted
        }
    }

    /// Answers a request.
    pub(super) async fn handle(
        self: Arc<Self>,
        peer: IpAddr,
        request: Request<Incoming>,
    ) -> Result<Response<Body>, Hangup> {
        let correlation = random_uuid().to_string();
        let transaction = transaction_id(request.headers());
        let reply = match request.uri().path() {
            "/sandbox/stats" => Reply::ok(&self.stats()),
            "/sandbox/devices" => return Ok(inspect::devices(Arc::clone(&self.environment))),
            _ => self.visit(peer, request).await?,
        };
        let reply = if self.environment.is(Variant::RateHeaders) {
            let [limit, remaining] = RATE_HEADERS.map(HeaderName::from_static);
            reply.with(limit, "100").with(remaining, "99")
        } else {
            reply
        };
        let echoed = !self.environment.is(Variant::TransactionNotEchoed);
        Ok(reply.into_response(&correlation, echoed.then_some(&*transaction)))
    }

    async fn visit(
        self: &Arc<Self>,
        peer: IpAddr,
        request: Request<Incoming>,
    ) -> Result<Reply, Hangup> {
        let media = Media::of(text(request.headers(), header::CONTENT_TYPE));
        let route = Route::of(request.method(), request.uri().path(), media);
        let mut visit = Visit::begin(self, (route.kind, peer), self.gives_away(&request));
        let reply = self.answer(peer, &route, request).await?;
        tokio::time::sleep(self.latency).await;
        visit.status = reply.status.as_u16();
        Ok(reply)
    }

    async fn answer(
        self: &Arc<Self>,
        peer: IpAddr,
        route: &Route,
        request: Request<Incoming>,
    ) -> Result<Reply, Hangup> {
        if is_head_too_long(&request) {
            return Ok(errors::of_status(
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            ));
        }
        if let Some(throttled) = self.throttle(route.kind, peer) {
            return Ok(throttled);
        }
        let rule = self.state().faults.next(route.kind, route.user);
        let Some(rule) = rule else {
            return self.serve(route, request, Manner::default()).await;
        };
        let manner = self.prepare(&rule).await;
        let own = match (rule.when, &rule.effect) {
            (When::Before, Effect::Close | Effect::Reset | Effect::Stall(_)) => None,
            (When::Before, Effect::Answer(_)) => {
                // A body left unread would end the connection as well.
                if let Err(refused) = read(request.into_body()).await? {
                    return Ok(refused);
                }
                None
            }
            _ => Some(self.serve(route, request, manner).await?),
        };
        self.apply_fault(rule, (route, peer), own).await
    }

    /// Does what a fault does ahead of the request.
    async fn prepare(&self, rule: &Rule) -> Manner {
        let mut manner = Manner::default();
        match rule.effect {
            Effect::Delay(delay) if rule.when == When::Before => tokio::time::sleep(delay).await,
            Effect::Zombie(delay) => manner.storing = Storing::Later(delay),
            Effect::OtherUser if rule.when == When::Before => manner.storing = Storing::Never,
            Effect::StaleListing(lag) => manner.lag = lag,
            Effect::RevokeTokens => self.state().tokens.revoke_all(),
            Effect::Answer(_)
            | Effect::Close
            | Effect::Reset
            | Effect::Stall(_)
            | Effect::Delay(_)
            | Effect::OtherUser => {}
        }
        manner
    }

    /// Does what a fault does to the answer; there is none of the request's own if it was not served.
    async fn apply_fault(
        &self,
        rule: Rule,
        (route, peer): (&Route, IpAddr),
        own: Option<Reply>,
    ) -> Result<Reply, Hangup> {
        let served = own.unwrap_or_else(|| Reply::ok(&serde_json::json!({})));
        match rule.effect {
            Effect::Close | Effect::Zombie(_) => Err(Hangup::Close),
            Effect::Reset => Err(Hangup::Reset),
            Effect::Stall(silence) => {
                tokio::time::sleep(silence).await;
                Err(Hangup::Close)
            }
            Effect::Answer(answer) => {
                if let Some(retry_after) = &answer.retry_after {
                    self.hold(route.kind, peer, retry_after);
                }
                Ok(super::faulty::replaced(
                    &answer,
                    route.kind,
                    served,
                    &self.clock,
                ))
            }
            Effect::OtherUser => Ok(super::faulty::of_another_user(served, route.user)),
            Effect::Delay(delay) => {
                if rule.when == When::After {
                    tokio::time::sleep(delay).await;
                }
                Ok(served)
            }
            Effect::StaleListing(_) | Effect::RevokeTokens => Ok(served),
        }
    }

    async fn serve(
        self: &Arc<Self>,
        route: &Route,
        request: Request<Incoming>,
        manner: Manner,
    ) -> Result<Reply, Hangup> {
        let (head, body) = request.into_parts();
        let body = match read(body).await? {
            Ok(body) => body,
            Err(refused) => return Ok(refused),
        };
        Ok(match (route.kind, &route.allow) {
            (Kind::Token, _) => self.token(route, &head, &body),
            (Kind::Other, Some(allow)) => {
                errors::of_status(StatusCode::METHOD_NOT_ALLOWED).with(header::ALLOW, allow)
            }
            (Kind::Other, None) => errors::of_status(StatusCode::NOT_FOUND),
            _ => self
                .admit(route, &head)
                .map_or_else(errors::of_status, |()| {
                    let asked = Asked {
                        route,
                        query: head.uri.query(),
                        body: &body,
                    };
                    answers::serve(&self.environment, &asked, manner)
                }),
        })
    }

    fn token(&self, route: &Route, head: &Parts, body: &[u8]) -> Reply {
        let request = TokenRequest {
            authorization: text(&head.headers, header::AUTHORIZATION),
            media: route.media,
            body,
            now: self.clock.unix_seconds(),
        };
        if route.environment.is_some() && !self.is_here(route) {
            return tokens::refused(StatusCode::UNAUTHORIZED, "invalid_client");
        }
        if let Err(refused) = request.check(&self.client, &self.environment.home.variants) {
            return refused;
        }
        let mut state = self.state();
        state.stats.tokens_issued += 1;
        let token = state.tokens.issue(self.token_life, self.clock.now());
        tokens::granted(&token, self.token_life)
    }

    fn admit(&self, route: &Route, head: &Parts) -> Result<(), StatusCode> {
        let authorization = text(&head.headers, header::AUTHORIZATION);
        if !self.state().tokens.admit(authorization, self.clock.now()) {
            return Err(StatusCode::UNAUTHORIZED);
        }
        if !self.is_here(route) {
            return Err(if self.environment.is(Variant::OtherEnvironment404) {
                StatusCode::NOT_FOUND
            } else {
                StatusCode::FORBIDDEN
            });
        }
        Ok(())
    }

    fn is_here(&self, route: &Route) -> bool {
        let named = route.environment.as_deref().and_then(super::routes::uuid);
        named == Some(self.environment.id())
    }

    fn throttle(&self, kind: Kind, peer: IpAddr) -> Option<Reply> {
        let group = Group::of(kind)?;
        let now = self.clock.now();
        let mut state = self.state();
        let admitted = state.limits.admit(group, peer, now).and_then(|()| {
            let is_page = matches!(kind, Kind::Reported | Kind::Entries);
            let is_report =
                kind == Kind::Report || is_page && self.environment.is(Variant::ReportPagesPaced);
            if is_report {
                state.limits.admit_report(now)
            } else {
                Ok(())
            }
        });
        drop(state);
        let wait = RetryAfter::Text(admitted.err()?.to_string());
        self.hold(kind, peer, &wait);
        let reply = errors::of_status(StatusCode::TOO_MANY_REQUESTS);
        Some(reply.with_retry_after(Some(&wait), &self.clock))
    }

    /// Remembers that whoever asks from an address was told to wait, if what they were told can be understood.
    fn hold(&self, kind: Kind, peer: IpAddr, retry_after: &RetryAfter) {
        let seconds = match retry_after {
            RetryAfter::Text(text) => text.parse().ok(),
            RetryAfter::Date(seconds) => u64::try_from(*seconds).ok(),
        };
        if let Some((group, seconds)) = Group::of(kind).zip(seconds) {
            let now = self.clock.now();
            let wait = Duration::from_secs(seconds);
            self.state().limits.hold(group, peer, wait, now);
        }
    }

    /// Tells whether a URL holds what should never be in one.
    fn gives_away(&self, request: &Request<Incoming>) -> bool {
        let url = request.uri();
        let query = url.query().unwrap_or_default();
        [TOKEN_PREFIX, &self.client.secret]
            .iter()
            .any(|secret| url.path().contains(secret) || query.contains(secret))
    }
}

/// A request that is being answered. One that is given up is counted too, as answered with 0.
struct Visit<'a> {
    service: &'a Service,
    kind: Kind,
    status: u16,
}

impl<'a> Visit<'a> {
    fn begin(service: &'a Service, (kind, peer): (Kind, IpAddr), gives_away: bool) -> Self {
        let now = service.clock.now();
        let mut state = service.state();
        let held = Group::of(kind).is_some_and(|group| state.limits.is_held(group, peer, now));
        state.in_flight += 1;
        let in_flight = state.in_flight;
        let counted = &mut state.stats;
        counted.peak_in_flight = counted.peak_in_flight.max(in_flight);
        counted.before_retry_after += u64::from(held);
        counted.secret_in_url |= gives_away;
        *counted.by_address.entry(peer).or_default() += 1;
        Self {
            service,
            kind,
            status: 0,
        }
    }
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        let mut state = self.service.state();
        state.in_flight -= 1;
        let by_status = state.stats.requests.entry(self.kind).or_default();
        *by_status.entry(self.status).or_default() += 1;
    }
}
