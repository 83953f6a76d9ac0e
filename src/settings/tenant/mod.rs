//! Which tenant, and who we are there.

use std::path::Path;

use reqwest::Url;

use super::Error;
use super::address::{REGIONS, url};
use super::authorities;
use super::credential::{check_credential, usable};
use super::env::{self, Env, given};
use super::proxy::{self, FoundProxy};
use super::secret_file::read_secret;
use crate::cli::TenantArgs;
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
    /// Resolves what was typed; reads the secret file and the authority file.
    ///
    /// # Errors
    ///
    /// Something that is needed is missing, a value cannot be, or a file cannot be read or is not private.
    pub fn resolve(args: &TenantArgs, env: &Env<'_>) -> Result<Self, Error> {
        Self::gather(args, env).map_err(Problems::into_error)
    }

    /// Resolves what was typed as [`resolve`](Self::resolve) does, and tells all that is wrong with it.
    ///
    /// # Errors
    ///
    /// Every value that cannot be, and everything that is missing.
    pub fn gather(args: &TenantArgs, env: &Env<'_>) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let given = Given::read(args, env, &mut problems);
        let has_client = !given.client_id.is_absent();
        let client = has_client || given.token.is_absent();
        // The token endpoint is part of the worker application's own environment.
        let token_url_is_built = client && given.token_url.is_absent();
        if given.home.is_absent() && (given.environment.is_absent() || token_url_is_built) {
            problems.missing(HOME);
        }
        if given.region.is_absent() && (given.api_url.is_absent() || token_url_is_built) {
            problems.missing(REGION);
        }
        if client && !has_client {
            problems.missing(CLIENT);
        }
        let secret = if client {
            client_secret(args, env, given.client_secret, &mut problems)
        } else {
            Setting::Absent
        };
        if client && secret.is_absent() {
            problems.missing(SECRET);
        }
        let authorities = args.ca_file.as_deref().map(authorities::read).transpose();
        let authorities = problems.note(authorities).given();
        let (home, region) = (given.home.given(), given.region.given());
        let unused_token = client && !given.token.is_absent();
        let identity = if client {
            let token_url = given.token_url.given().or_else(|| {
                let (region, home) = (region?, home?);
                region.url(|tld| format!("https://auth.pingone.{tld}/{home}/as/token"))
            });
            let client = token_url.zip(given.client_id.given().zip(secret.given()));
            client.map(|(token_url, (client_id, client_secret))| {
                Identity::Client(Credentials {
                    token_url,
                    auth: given.auth.given().unwrap_or(ClientAuth::Basic),
                    client_id,
                    client_secret,
                })
            })
        } else {
            given.token.given().map(Identity::Token)
        };
        let environment = given.environment.given().or(home);
        let api_url = given.api_url.given().or_else(|| region?.api());
        let FoundProxy { proxy, warnings } = given.proxy.given().unwrap_or_default();
        match (environment, api_url, identity) {
            (Some(environment), Some(api_url), Some(identity)) if problems.is_none() => Ok(Self {
                environment,
                api_url,
                identity,
                unused_token,
                authorities,
                proxy,
                warnings,
            }),
            _ => Err(problems),
        }
    }

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

/// Refuses a value that a tenant's setting cannot have; nothing is missed, and no file is read.
///
/// # Errors
///
/// A value cannot be.
pub fn check(args: &TenantArgs, env: &Env<'_>) -> Result<(), Error> {
    let mut problems = Problems::default();
    Given::read(args, env, &mut problems);
    problems.first_wrong()
}

/// What a ledger is bound to, where the settings name a tenant; nothing else of them is needed.
///
/// # Errors
///
/// A value cannot be.
pub fn binding(args: &TenantArgs, env: &Env<'_>) -> Result<Option<Binding>, Error> {
    let mut problems = Problems::default();
    let given = Given::read(args, env, &mut problems);
    problems.first_wrong()?;
    let region = given.region.given();
    let api_url = given.api_url.given().or_else(|| region?.api());
    let environment = given.environment.given().or(given.home.given());
    Ok(api_url
        .zip(environment)
        .map(|(api_url, environment)| Binding {
            api_host: host(&api_url),
            environment,
        }))
}

fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// A region, by the top-level domain of its hosts.
#[derive(Clone, Copy, Debug)]
struct Region(&'static str);

impl Region {
    fn url(self, of: impl Fn(&str) -> String) -> Option<Url> {
        Url::parse(&of(self.0)).ok()
    }

    fn api(self) -> Option<Url> {
        self.url(|tld| format!("https://api.pingone.{tld}/v1"))
    }
}

/// What is given of a tenant, each value read by its own rules.
#[derive(Debug)]
struct Given {
    region: Setting<Region>,
    /// The worker application's own environment.
    home: Setting<EnvironmentId>,
    /// The environment whose users get devices.
    environment: Setting<EnvironmentId>,
    api_url: Setting<Url>,
    token_url: Setting<Url>,
    auth: Setting<ClientAuth>,
    client_id: Setting<String>,
    /// As the environment has it; it may be in a file instead.
    client_secret: Setting<Secret>,
    token: Setting<Bearer>,
    proxy: Setting<FoundProxy>,
}

impl Given {
    /// Reads everything that is given, and notes what cannot be.
    fn read(args: &TenantArgs, env: &Env<'_>, problems: &mut Problems) -> Self {
        let read = |flag, flag_name, variable| given(flag, flag_name, env, variable);
        let region = read(args.region.as_ref(), "--region", REGION.name);
        let environment = read(
            args.environment.as_ref(),
            "--environment",
            "WAVEPAIR_ENVIRONMENT",
        );
        let api_url = read(args.api_url.as_ref(), "--api-url", "WAVEPAIR_API_URL");
        let token_url = read(args.token_url.as_ref(), "--token-url", "WAVEPAIR_TOKEN_URL");
        let auth = read(
            args.client_auth.as_ref(),
            "--client-auth",
            "WAVEPAIR_CLIENT_AUTH",
        );
        let home = read(None, "", HOME.name);
        let own = |name: &'static str| Ok(env.text(name)?.map(|value| (name, value)));
        let proxy = if args.no_proxy {
            Ok(None)
        } else {
            proxy::found(env).map(Some)
        };
        Self {
            proxy: problems.note(proxy),
            region: problems.read(region, |given| region_of(&given)),
            home: problems.read(home, |given| given.parse()),
            environment: problems.read(environment, |given| given.parse()),
            api_url: problems.read(api_url, |given| url(&given)),
            token_url: problems.read(token_url, |given| url(&given)),
            auth: problems.read(auth, |given| auth_of(&given)),
            client_id: problems.read(own(CLIENT.name), |(name, value)| {
                check_credential(&value, name)?;
                Ok(value)
            }),
            client_secret: problems.read(own(SECRET.name), |(name, value)| usable(value, name)),
            token: problems.read(own("PINGONE_API_ACCESS_TOKEN"), |(name, value)| {
                check_credential(&value, name)?;
                Bearer::new(Secret::new(value)).ok_or_else(|| {
                    Error::new(format!(
                        "{name} is no access token: it holds a blank, or is too long"
                    ))
                })
            }),
        }
    }
}

fn region_of(given: &env::Given) -> Result<Region, Error> {
    REGIONS
        .into_iter()
        .find(|(code, _)| code.eq_ignore_ascii_case(&given.value))
        .map(|(_, tld)| Region(tld))
        .ok_or_else(|| given.wrong(&"expected one of na, ca, eu, ap, au, sg"))
}

fn auth_of(given: &env::Given) -> Result<ClientAuth, Error> {
    match given.value.as_str() {
        "basic" => Ok(ClientAuth::Basic),
        "post" => Ok(ClientAuth::Post),
        _ => Err(given.wrong(&"expected `basic` or `post`")),
    }
}

/// The secret: of the file that the command line names, or of the environment, or of the file that it names.
fn client_secret(
    args: &TenantArgs,
    env: &Env<'_>,
    of_env: Setting<Secret>,
    problems: &mut Problems,
) -> Setting<Secret> {
    let read = |path: &Path| read_secret(path, env).map(Some);
    if let Some(path) = &args.client_secret_file {
        return problems.note(read(path));
    }
    match (of_env, env.os("PINGONE_CLIENT_SECRET_FILE")) {
        (Setting::Absent, Some(path)) => problems.note(read(Path::new(&path))),
        (of_env, _) => of_env,
    }
}

mod problems;
#[cfg(test)]
mod tests;

use problems::{CLIENT, HOME, Problems, REGION, SECRET, Setting};
