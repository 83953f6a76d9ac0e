//! A small faithful PingOne on loopback, for rehearsals and tests.
//!
//! It shares the contract, [`wire`](crate::pingone::wire), with the client and nothing else: it has its own
//! idea of a phone, its own token rules, its own store, so a mistake on one side is not excused by the same
//! mistake on the other. Where PingOne's documentation leaves a question open, the
//! answer is an option. It never talks to anybody, and never writes a file.

mod answers;
mod assertion;
mod create;
mod documents;
mod environment;
mod errors;
mod fault_file;
pub(crate) mod faults;
mod faulty;
mod incoming;
mod inspect;
pub(crate) mod kinds;
mod limits;
mod media;
mod paging;
mod phone;
mod reply;
mod reports;
mod routes;
mod scim;
mod server;
mod service;
pub(crate) mod stats;
mod store;
mod time;
mod tokens;
mod users;
pub(crate) mod variants;

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::AbortHandle;
use uuid::Uuid;

use self::documents::Home;
use self::environment::Environment;
use self::faults::{FaultPlan, Faults};
use self::limits::Limits;
use self::service::{Service, State};
use self::stats::{Held, Stats};
use self::store::uuid_from;
use self::time::Clock;
use self::tokens::{Client, Tokens};
use self::users::Directory;
use self::variants::{Variant, Variants};

/// The ID of the default policy `Wave MFA`, which allows every method; `samples/wave.csv` names it.
pub const WAVE_POLICY: &str = "6f1b3c52-8a0e-4d39-9c47-2e5d1a7b9f10";
/// The ID of the policy `SMS only`, which does not allow WhatsApp.
pub const SMS_ONLY_POLICY: &str = "0d9c8b7a-6f5e-4d3c-8b2a-19087f6e5d4c";

/// Requests per second and rate group that the license says, where nothing limits them.
const USUAL_RATE: f64 = 100.0;
/// How long the generated client secret is.
const SECRET_LENGTH: usize = 48;

/// What kind of PingOne to be. The default answers everything at once and nothing goes wrong.
#[derive(Clone)]
pub struct Options {
    /// Where to listen; loopback alone. Port 0 is any free one.
    pub listen: SocketAddr,
    /// Who there is.
    pub users: Users,
    /// Which policies there are.
    pub policies: Policies,
    /// The wait before each answer. A request has had its effect before it.
    pub latency: Duration,
    /// Requests per second and rate group; `None` is no limit.
    pub rate_limit: Option<f64>,
    /// The part of the rate limit that one client address gets, such as 0.35; `None` is all of it.
    pub per_ip: Option<f64>,
    /// How many active devices a user may have.
    pub max_devices: u32,
    /// What is answered to an identical device.
    pub duplicates: Duplicates,
    /// How much older than it is the data of a device report is.
    pub report_age: Duration,
    /// The least time between two device reports.
    pub report_interval: Duration,
    /// The life of an access token; `expires_in` has its whole seconds.
    pub token_life: Duration,
    /// Which open questions are answered otherwise.
    pub variants: Variants,
    /// What goes wrong.
    pub faults: FaultPlan,
    /// Decides which requests the faults strike, and who the users and the client are.
    pub seed: u64,
    /// The environment; `None` lets the seed decide.
    pub environment: Option<Uuid>,
    /// The worker application's client ID; `None` lets the seed decide.
    pub client_id: Option<String>,
    /// Its secret; `None` lets the seed decide.
    pub client_secret: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            users: Users::Any,
            policies: Policies::Any,
            latency: Duration::ZERO,
            rate_limit: None,
            per_ip: None,
            max_devices: 5,
            duplicates: Duplicates::Allow,
            report_age: Duration::ZERO,
            report_interval: Duration::from_secs(5),
            token_life: Duration::from_hours(1),
            variants: Variants::default(),
            faults: FaultPlan::default(),
            seed: 0,
            environment: None,
            client_id: None,
            client_secret: None,
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("listen", &self.listen)
            .field("users", &self.users)
            .field("faults", &self.faults)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

/// Who there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Users {
    /// Every UUID is a user.
    #[default]
    Any,
    /// So many, whose IDs the seed decides.
    Exactly(usize),
}

/// Which device authentication policies there are. What a printed one says holds in both cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policies {
    /// Every UUID is a policy that allows every type, so that a real wave can be rehearsed.
    #[default]
    Any,
    /// The printed ones alone.
    Known,
}

/// What is answered to a device that is there already: same user, type and number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Duplicates {
    /// A second device, as PingOne may do: nothing in its documentation forbids it.
    #[default]
    Allow,
    /// 400 with `UNIQUENESS_VIOLATION`.
    Refuse400,
    /// 409.
    Refuse409,
}

/// Why there is no sandbox.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The sandbox accepts any caller, so it is not for networks.
    #[error("the sandbox listens on loopback only, not on {0}")]
    NotLoopback(SocketAddr),
    /// The address is taken or not allowed.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// A rate of nothing, or a share that is none.
    #[error("{0} is not a usable rate limit or share of one")]
    Rate(f64),
}

/// A running sandbox. It stops when this is dropped.
pub struct Sandbox {
    service: Arc<Service>,
    address: SocketAddr,
    task: AbortHandle,
}

/// Starts a sandbox in the current `tokio` runtime.
///
/// # Errors
///
/// If the address is not a loopback address or cannot be listened on, or a rate is not positive.
pub async fn start(options: Options) -> Result<Sandbox, Error> {
    if !options.listen.ip().is_loopback() {
        return Err(Error::NotLoopback(options.listen));
    }
    let usable = |rate: f64| rate.is_finite() && rate > 0.0;
    for rate in [options.rate_limit, options.per_ip].into_iter().flatten() {
        if !usable(rate) {
            return Err(Error::Rate(rate));
        }
    }
    let failed = |source| Error::Listen {
        address: options.listen,
        source,
    };
    let listener = TcpListener::bind(options.listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let service = Arc::new(service(options, address));
    let task = tokio::spawn(server::serve(listener, Arc::clone(&service))).abort_handle();
    Ok(Sandbox {
        service,
        address,
        task,
    })
}

fn service(options: Options, address: SocketAddr) -> Service {
    let mut rng = fastrand::Rng::with_seed(options.seed);
    let (environment, client_id) = (uuid_from(rng.u128(..)), uuid_from(rng.u128(..)));
    let client_secret = std::iter::repeat_with(|| rng.alphanumeric()).take(SECRET_LENGTH);
    let client_secret = options
        .client_secret
        .unwrap_or_else(|| client_secret.collect());
    let id = options.environment.unwrap_or(environment);
    let clock = Clock::start();
    // Everybody here is on loopback.
    let share = (!options.variants.has(Variant::AddressAllowed)).then_some(options.per_ip);
    let share = share.flatten();
    Service {
        clock,
        environment: Arc::new(Environment {
            home: Home {
                id,
                address: format!("http://{address}/v1/environments/{id}"),
                clock,
                variants: options.variants.clone(),
            },
            users: match options.users {
                Users::Any => Directory::of_everybody(),
                Users::Exactly(number) => Directory::generate(number, options.seed),
            }
            .with_mfa(!options.variants.has(Variant::MfaOff)),
            policies: options.policies,
            max_devices: options.max_devices,
            licensed_rate: licensed(options.rate_limit),
            duplicates: options.duplicates,
            report_age: options.report_age,
            devices: Mutex::default(),
            reports: Mutex::default(),
        }),
        client: Client {
            id: options.client_id.unwrap_or_else(|| client_id.to_string()),
            secret: client_secret,
        },
        latency: options.latency,
        token_life: options.token_life,
        state: Mutex::new(State {
            tokens: Tokens::default(),
            limits: Limits::new(options.rate_limit, share, options.report_interval),
            faults: Faults::new(options.faults, options.seed),
            stats: Stats::default(),
            in_flight: 0,
        }),
    }
}

/// What the license says of a rate: whole requests per second, rounded up.
fn licensed(rate: Option<f64>) -> u64 {
    let whole = Duration::try_from_secs_f64(rate.unwrap_or(USUAL_RATE).ceil());
    whole.map_or(u64::MAX, |seconds| seconds.as_secs())
}

impl Sandbox {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The one environment, a UUID.
    pub fn environment(&self) -> String {
        self.service.environment.id().to_string()
    }

    /// The worker application's client ID.
    pub fn client_id(&self) -> &str {
        &self.service.client.id
    }

    /// The worker application's client secret.
    pub fn client_secret(&self) -> &str {
        &self.service.client.secret
    }

    /// The base of the API, `http://127.0.0.1:8787/v1`.
    pub fn api_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The token endpoint, `http://127.0.0.1:8787/{envID}/as/token`.
    pub fn token_url(&self) -> String {
        format!("http://{}/{}/as/token", self.address, self.environment())
    }

    /// The IDs of the generated users; empty if every UUID is a user.
    pub fn users(&self) -> Vec<String> {
        let ids = self.service.environment.users.ids();
        ids.iter().map(Uuid::to_string).collect()
    }

    /// Lets other things go wrong from now on, or nothing; what goes wrong already goes on.
    pub fn set_faults(&self, plan: FaultPlan) {
        self.service.state().faults.replace(plan);
    }

    /// What was asked so far.
    pub fn stats(&self) -> Stats {
        self.service.stats()
    }

    /// What is really stored, in the order of its making.
    pub fn devices(&self) -> Vec<Held> {
        inspect::all_held(&self.service.environment)
    }

    /// The lines that point `wavepair` at this sandbox when a shell reads them.
    pub fn exports(&self) -> String {
        let environment = self.environment();
        let (api, token) = (self.api_url(), self.token_url());
        [
            ("PINGONE_ENVIRONMENT_ID", &*environment),
            ("PINGONE_CLIENT_ID", self.client_id()),
            ("PINGONE_CLIENT_SECRET", self.client_secret()),
            ("WAVEPAIR_API_URL", &*api),
            ("WAVEPAIR_TOKEN_URL", &*token),
        ]
        .map(|(name, value)| export(name, value))
        .concat()
    }
}

/// A line that sets a variable when a shell reads it.
pub(crate) fn export(name: &str, value: &str) -> String {
    format!("export {name}={}\n", quoted(value))
}

/// A value as a shell reads it; only secrets that were not generated need the quotes.
fn quoted(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/[]".contains(c);
    if value.chars().all(plain) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', r"'\''"))
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}
