//! Which tenant, and who we are there.

use std::net::IpAddr;

use reqwest::Url;

use super::address::Region;
use super::pingcli::PingCliProfile;
use super::proxy::{self, FoundProxy};
use super::secret_command::secret_by;
use super::secret_file::read_secret;
use super::sources::Sources;
use super::{Error, authorities, table};
use crate::ledger::Binding;
use crate::model::ids::EnvironmentId;
use crate::model::secret::Secret;
use crate::pingone::credentials::{ClientAuth, Credentials};
use crate::pingone::grant::Bearer;
use crate::pingone::proxy::Proxy;

/// Which tenant, and where its API is.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// The environment whose users get devices.
    pub environment: EnvironmentId,
    /// The API base.
    pub api_url: Url,
    /// Who we are.
    pub identity: Identity,
    /// Whether an access token was given too, which is not used.
    pub unused_token: bool,
    /// A private authority to trust besides the platform's, in PEM.
    pub authorities: Option<Vec<u8>>,
    /// The proxy that the environment names.
    pub proxy: Option<Proxy>,
    /// What of the hosts that are reached without it is not understood.
    pub warnings: Vec<String>,
    /// The address of this machine that it is reached from, where one is named.
    pub source: Option<IpAddr>,
}

/// Who we are.
#[derive(Clone, Debug)]
pub enum Identity {
    /// A worker application that fetches its tokens.
    Client(Credentials),
    /// An access token that was given.
    Token(Bearer),
}

impl Tenant {
    /// How its hosts are reached, where a proxy is named; without the proxy's credentials.
    pub fn route(&self) -> Option<String> {
        let proxy = self.proxy.as_ref()?;
        let token_url = match &self.identity {
            Identity::Client(client) => Some(&client.token_url),
            Identity::Token(_) => None,
        };
        let urls = [Some(&self.api_url), token_url].into_iter().flatten();
        let (through, directly): (Vec<_>, Vec<_>) = urls.partition(|url| proxy.serves(url));
        let hosts = |urls: Vec<&Url>| urls.into_iter().map(host).collect::<Vec<_>>().join(", ");
        let mut ways = Vec::new();
        if !through.is_empty() {
            ways.push(format!("{} through {proxy}", hosts(through)));
        }
        if !directly.is_empty() {
            ways.push(format!("{} without a proxy", hosts(directly)));
        }
        Some(ways.join("; "))
    }

    /// What the ledger of this tenant is bound to.
    pub fn binding(&self) -> Binding {
        Binding {
            api_host: host(&self.api_url),
            environment: self.environment,
        }
    }
}

fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// What is given of a tenant, each value read by its own rules; no file is read.
#[derive(Debug)]
pub(super) struct GivenTenant {
    region: Found<Region>,
    /// The worker application's own environment.
    home: Found<EnvironmentId>,
    /// The environment whose users get devices.
    environment: Found<EnvironmentId>,
    api_url: Found<Url>,
    token_url: Found<Url>,
    auth: Found<ClientAuth>,
    client_id: Found<String>,
    /// As the environment has it; it may be in a file instead.
    client_secret: Found<Secret>,
    token: Found<Bearer>,
    proxy: Found<FoundProxy>,
    source: Found<IpAddr>,
    problems: Problems,
}

impl GivenTenant {
    /// Reads everything that is given, and notes what cannot be; nothing is missed.
    pub(super) fn read(sources: &Sources<'_>) -> Self {
        let mut problems = Problems::default();
        let proxy = if sources.is_on(&table::NO_PROXY) {
            Ok(None)
        } else {
            proxy::found(sources.env).map(Some)
        };
        Self {
            proxy: problems.note(proxy),
            region: problems.note(sources.find(&table::REGION)),
            home: problems.note(sources.find(&table::HOME)),
            environment: problems.note(sources.find(&table::ENVIRONMENT)),
            api_url: problems.note(sources.find(&table::API_URL)),
            token_url: problems.note(sources.find(&table::TOKEN_URL)),
            auth: problems.note(sources.value(&table::CLIENT_AUTH).map(Some)),
            client_id: problems.note(sources.find(&table::CLIENT_ID)),
            client_secret: problems.note(sources.find(&table::CLIENT_SECRET)),
            token: problems.note(sources.find(&table::TOKEN)),
            source: problems.note(sources.find(&table::SOURCE_ADDRESS)),
            problems,
        }
    }

    /// Refuses a value that cannot be.
    ///
    /// # Errors
    ///
    /// The first of them.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.problems
            .first_wrong()
            .map_or(Ok(()), |wrong| Err(wrong.clone()))
    }

    /// What a ledger is bound to, where the settings name a tenant and nothing of it is wrong;
    /// nothing else of them is needed.
    pub(super) fn binding(&self) -> Option<Binding> {
        if self.problems.first_wrong().is_some() {
            return None;
        }
        let (region, api_url) = (self.region.get(), self.api_url.get());
        let api_url = api_url.cloned().or_else(|| region?.api())?;
        Some(Binding {
            api_host: host(&api_url),
            environment: *self.environment.get().or(self.home.get())?,
        })
    }

    /// Makes a tenant of it; reads the secret file and the authority file.
    ///
    /// # Errors
    ///
    /// Every value that cannot be, everything that is missing, and every file that cannot be read or
    /// is not private.
    pub(super) fn into_tenant(mut self, sources: &Sources<'_>) -> Result<Tenant, Problems> {
        let is_client = self.note_missing(sources.pingcli);
        let mut problems = self.problems;
        let secret = if is_client {
            find_secret(self.client_secret, sources, &mut problems)
        } else {
            Found::Absent
        };
        if is_client && secret.is_absent() {
            problems.missing(SECRET, sources.pingcli);
        }
        let authorities = sources.path(&table::CA_FILE);
        let authorities = authorities.as_deref().map(authorities::read).transpose();
        let authorities = problems.note(authorities).given();
        let (home, region) = (self.home.given(), self.region.given());
        let unused_token = is_client && !self.token.is_absent();
        let identity = if is_client {
            let token_url = self.token_url.given();
            let token_url = token_url.or_else(|| region?.token(home?));
            let client = token_url.zip(self.client_id.given());
            let client = client.zip(self.auth.given().zip(secret.given()));
            client.map(|((token_url, client_id), (auth, client_secret))| {
                Identity::Client(Credentials {
                    token_url,
                    auth,
                    client_id,
                    client_secret,
                })
            })
        } else {
            self.token.given().map(Identity::Token)
        };
        let environment = self.environment.given().or(home);
        let api_url = self.api_url.given().or_else(|| region?.api());
        let FoundProxy { proxy, warnings } = self.proxy.given().unwrap_or_default();
        match (environment, api_url, identity) {
            (Some(environment), Some(api_url), Some(identity)) if problems.is_none() => {
                Ok(Tenant {
                    environment,
                    api_url,
                    identity,
                    unused_token,
                    authorities,
                    proxy,
                    warnings,
                    source: self.source.given(),
                })
            }
            _ => Err(problems),
        }
    }

    /// Notes what is missing besides the secret; gives out whether we are a client.
    fn note_missing(&mut self, profile: Option<&PingCliProfile>) -> bool {
        let has_client = !self.client_id.is_absent();
        let is_client = has_client || self.token.is_absent();
        // The token endpoint is part of the worker application's own environment.
        let token_url_is_built = is_client && self.token_url.is_absent();
        if self.home.is_absent() && (self.environment.is_absent() || token_url_is_built) {
            self.problems.missing(HOME, profile);
        }
        if self.region.is_absent() && (self.api_url.is_absent() || token_url_is_built) {
            self.problems.missing(REGION, profile);
        }
        if is_client && !has_client {
            self.problems.missing(CLIENT, profile);
        }
        is_client
    }
}

/// The secret, of what stands highest: as it is, in a file, or from a program.
///
/// Of one environment the secret itself comes first, of one settings file there is one of the others.
fn find_secret(
    as_it_is: Found<Secret>,
    sources: &Sources<'_>,
    problems: &mut Problems,
) -> Found<Secret> {
    let level = |about| sources.given(about).map(|given| given.origin.level());
    let of_file = level(&table::SECRET_FILE.about);
    let of_program = level(&table::SECRET_COMMAND.about);
    let ways = [
        level(&table::CLIENT_SECRET.about).map(|level| (level, Way::AsItIs)),
        of_file.map(|level| (level, Way::File)),
        of_program.map(|level| (level, Way::Program)),
    ];
    let highest = ways.into_iter().flatten().min_by_key(|(level, _)| *level);
    match highest {
        Some((_, Way::File)) => {
            let path = sources.path(&table::SECRET_FILE).unwrap_or_default();
            problems.note(read_secret(&path, sources.env).map(Some))
        }
        Some((_, Way::Program)) => {
            let words = sources.all_given(&table::SECRET_COMMAND.about);
            problems.note(secret_by(&words).map(Some))
        }
        Some((_, Way::AsItIs)) | None => as_it_is,
    }
}

/// How a secret is given.
#[derive(Clone, Copy, Debug)]
enum Way {
    AsItIs,
    File,
    Program,
}

mod problems;
#[cfg(test)]
mod tests;

pub(super) use problems::Problems;
use problems::{CLIENT, Found, HOME, REGION, SECRET};
