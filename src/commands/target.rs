//! Whom a run speaks to: PingOne, or a sandbox of its own.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use reqwest::Url;

use super::Invocation;
use crate::clock;
use crate::error::Error;
use crate::ledger::Binding;
use crate::model::ids::EnvironmentId;
use crate::model::secret::Secret;
use crate::pingone::client::Client;
use crate::pingone::credentials::{ClientAuth, Credentials};
use crate::pingone::options::ClientOptions;
use crate::pingone::token::TokenCache;
use crate::report::notice::Notice;
use crate::sandbox::faults::FaultPlan;
use crate::sandbox::{self, Sandbox};
use crate::settings::Error as SettingsError;
use crate::settings::pace::Pace;
use crate::settings::run::Target;
use crate::settings::tenant::{Identity, Tenant};

/// Two ways of saying who we are were given.
pub(super) const UNUSED_TOKEN: &str =
    "`PINGONE_API_ACCESS_TOKEN` is set and not used, because `PINGONE_CLIENT_ID` is set too";

/// A client, and what belongs to it for as long as it is used.
#[derive(Debug)]
pub(super) struct Remote {
    pub(super) client: Client,
    pub(super) tokens: TokenCache,
    pub(super) binding: Binding,
    /// What a person calls the host.
    pub(super) host: String,
    sandbox: Option<Sandbox>,
}

impl Remote {
    /// Sets the client up; starts the sandbox where one is wanted. Sends nothing.
    pub(super) async fn connect(
        target: Target,
        pace: &Pace,
        invocation: &Invocation,
    ) -> Result<Self, Error> {
        match target {
            Target::PingOne(tenant) => {
                warn(&tenant, invocation);
                let binding = tenant.binding();
                let host = binding.api_host.clone();
                let Access { client, tokens } = access(*tenant, pace)?;
                Ok(Self {
                    client,
                    tokens,
                    binding,
                    host,
                    sandbox: None,
                })
            }
            Target::Sandbox(faults) => Self::rehearse(faults, pace).await,
        }
    }

    /// Whether it is a sandbox of this process's own.
    pub(super) fn is_rehearsal(&self) -> bool {
        self.sandbox.is_some()
    }

    async fn rehearse(faults: FaultPlan, pace: &Pace) -> Result<Self, Error> {
        let listen = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        let sandbox = sandbox::start(sandbox::Options {
            listen,
            faults,
            ..sandbox::Options::default()
        })
        .await?;
        let tenant = tenant_of(&sandbox)?;
        // The port changes from run to run; a ledger that is kept belongs to the sandbox all the same.
        let binding = Binding {
            api_host: "sandbox".to_owned(),
            environment: tenant.environment,
        };
        let host = format!("the sandbox at {}", sandbox.address());
        let Access { client, tokens } = access(tenant, pace)?;
        Ok(Self {
            client,
            tokens,
            binding,
            host,
            sandbox: Some(sandbox),
        })
    }
}

/// Warns where settings were given that are not used, and says by which way PingOne is reached.
pub(super) fn warn(tenant: &Tenant, invocation: &Invocation) {
    let console = &invocation.console;
    if tenant.unused_token {
        console.say(&Notice::warning(UNUSED_TOKEN));
    }
    for warning in &tenant.warnings {
        console.say(&Notice::warning(warning));
    }
    if let Some(route) = tenant.route().filter(|_| invocation.verbose) {
        console.say(&Notice::info("proxy", route));
    }
}

/// A client, and the tokens that it sends with.
#[derive(Debug)]
pub(super) struct Access {
    pub(super) client: Client,
    pub(super) tokens: TokenCache,
}

/// The client of a tenant, with a token cache that fits its identity.
pub(super) fn access(tenant: Tenant, pace: &Pace) -> Result<Access, Error> {
    let (credentials, tokens) = match tenant.identity {
        Identity::Client(credentials) => (Some(credentials), TokenCache::default()),
        Identity::Token(bearer) => (None, TokenCache::fixed(bearer, clock::now())),
    };
    let client = Client::new(&ClientOptions {
        api_url: tenant.api_url,
        environment: tenant.environment,
        credentials,
        timeout: pace.timeout,
        connect_timeout: pace.connect_timeout.min(pace.timeout),
        authorities: tenant.authorities,
        proxy: tenant.proxy,
        source: tenant.source,
        pool: pace.concurrency,
    })?;
    Ok(Access { client, tokens })
}

fn tenant_of(sandbox: &Sandbox) -> Result<Tenant, Error> {
    let url =
        |text: String| Url::parse(&text).map_err(|error| SettingsError::new(error.to_string()));
    let environment: EnvironmentId = sandbox
        .environment()
        .parse()
        .map_err(|_| SettingsError::new("the sandbox has no environment"))?;
    Ok(Tenant {
        environment,
        api_url: url(sandbox.api_url())?,
        identity: Identity::Client(Credentials {
            token_url: url(sandbox.token_url())?,
            auth: ClientAuth::Basic,
            client_id: sandbox.client_id().to_owned(),
            client_secret: Secret::new(sandbox.client_secret().to_owned()),
        }),
        unused_token: false,
        authorities: None,
        proxy: None,
        source: None,
        warnings: Vec::new(),
    })
}
