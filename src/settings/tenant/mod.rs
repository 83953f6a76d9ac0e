//! Which tenant, and who we are there.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use reqwest::Url;

use super::Error;
use super::address::{REGIONS, url};
use super::env::{Env, Given, given};
use super::secret_file::{read_secret, usable};
use crate::cli::TenantArgs;
use crate::ledger::Binding;
use crate::model::ids::EnvironmentId;
use crate::model::secret::Secret;
use crate::pingone::credentials::{ClientAuth, Credentials};
use crate::pingone::grant::Bearer;

/// Which tenant, and where its API is.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// The environment whose users get devices.
    pub environment: EnvironmentId,
    /// The API base.
    pub api_url: Url,
    /// Who we are.
    pub identity: Identity,
    /// A private authority to trust besides the platform's, in PEM.
    pub authorities: Option<Vec<u8>>,
    /// Whether a proxy from the environment is used.
    pub proxy: bool,
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
        let region = region(args, env)?;
        let home = home_environment(env)?;
        let environment = environment(args, env)?;
        let api_url = match given(args.api_url.as_ref(), "--api-url", env, "WAVEPAIR_API_URL")? {
            Some(given) => url(&given)?,
            None => built(region.as_ref(), |tld| {
                format!("https://api.pingone.{tld}/v1")
            })?,
        };
        let identity = identity(args, env, region.as_ref(), home)?;
        let authorities = args.ca_file.as_deref().map(read_authorities).transpose()?;
        Ok(Self {
            environment,
            api_url,
            identity,
            authorities,
            proxy: !args.no_proxy,
        })
    }

    /// What the ledger of this tenant is bound to.
    pub fn binding(&self) -> Binding {
        Binding {
            api_host: host(&self.api_url),
            environment: self.environment,
        }
    }
}

/// What a ledger is bound to, where the settings name a tenant; nothing else of them is needed.
///
/// # Errors
///
/// A value cannot be.
pub fn binding(args: &TenantArgs, env: &Env<'_>) -> Result<Option<Binding>, Error> {
    let api_url = match given(args.api_url.as_ref(), "--api-url", env, "WAVEPAIR_API_URL")? {
        Some(given) => Some(url(&given)?),
        None => match region(args, env)? {
            Some(region) => Some(built(Some(&region), |tld| {
                format!("https://api.pingone.{tld}/v1")
            })?),
            None => None,
        },
    };
    let named = args.environment.is_some()
        || env.os("WAVEPAIR_ENVIRONMENT").is_some()
        || env.os("PINGONE_ENVIRONMENT_ID").is_some();
    match api_url {
        Some(api_url) if named => Ok(Some(Binding {
            api_host: host(&api_url),
            environment: environment(args, env)?,
        })),
        _ => Ok(None),
    }
}

fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

#[derive(Debug)]
struct Region {
    tld: &'static str,
}

fn region(args: &TenantArgs, env: &Env<'_>) -> Result<Option<Region>, Error> {
    let Some(given) = given(args.region.as_ref(), "--region", env, "PINGONE_REGION_CODE")? else {
        return Ok(None);
    };
    REGIONS
        .into_iter()
        .find(|(code, _)| code.eq_ignore_ascii_case(&given.value))
        .map(|(_, tld)| Some(Region { tld }))
        .ok_or_else(|| given.wrong(&"expected one of na, ca, eu, ap, au, sg"))
}

fn built(region: Option<&Region>, of: impl Fn(&str) -> String) -> Result<Url, Error> {
    let region = region.ok_or_else(|| {
        Error::new("the region is not set").hint(
            "set `PINGONE_REGION_CODE` to na, ca, eu, ap, au or sg; or rehearse with `run --sandbox`",
        )
    })?;
    Url::parse(&of(region.tld)).map_err(|error| Error::new(error.to_string()))
}

fn home_environment(env: &Env<'_>) -> Result<Option<EnvironmentId>, Error> {
    const NAME: &str = "PINGONE_ENVIRONMENT_ID";
    env.text(NAME)?
        .map(|value| Given { name: NAME, value }.parse())
        .transpose()
}

fn environment(args: &TenantArgs, env: &Env<'_>) -> Result<EnvironmentId, Error> {
    if let Some(given) = given(
        args.environment.as_ref(),
        "--environment",
        env,
        "WAVEPAIR_ENVIRONMENT",
    )? {
        return given.parse();
    }
    home_environment(env)?.ok_or_else(|| {
        Error::new("the environment is not set")
            .hint("set `PINGONE_ENVIRONMENT_ID` to the worker application's environment; or rehearse with `run --sandbox`")
    })
}

fn identity(
    args: &TenantArgs,
    env: &Env<'_>,
    region: Option<&Region>,
    home: Option<EnvironmentId>,
) -> Result<Identity, Error> {
    let Some(client_id) = env.text("PINGONE_CLIENT_ID")? else {
        let token = env.text("PINGONE_API_ACCESS_TOKEN")?.ok_or_else(|| {
            Error::new("there are no credentials").hint(
                "set `PINGONE_CLIENT_ID` and `PINGONE_CLIENT_SECRET` of a worker application; \
                 or rehearse with `run --sandbox`",
            )
        })?;
        return Bearer::new(Secret::new(token))
            .map(Identity::Token)
            .ok_or_else(|| {
                Error::new("`PINGONE_API_ACCESS_TOKEN` is not a token that can be sent")
            });
    };
    let token_url = if let Some(given) = given(
        args.token_url.as_ref(),
        "--token-url",
        env,
        "WAVEPAIR_TOKEN_URL",
    )? {
        url(&given)?
    } else {
        let home = home.ok_or_else(|| {
            Error::new("the worker application's environment is not set")
                .hint("set `PINGONE_ENVIRONMENT_ID`: the token endpoint is part of it")
        })?;
        built(region, |tld| {
            format!("https://auth.pingone.{tld}/{home}/as/token")
        })?
    };
    let auth = match given(
        args.client_auth.as_ref(),
        "--client-auth",
        env,
        "WAVEPAIR_CLIENT_AUTH",
    )? {
        None => ClientAuth::Basic,
        Some(given) => match given.value.as_str() {
            "basic" => ClientAuth::Basic,
            "post" => ClientAuth::Post,
            _ => return Err(given.wrong(&"expected `basic` or `post`")),
        },
    };
    let client_secret = client_secret(args, env)?;
    Ok(Identity::Client(Credentials {
        token_url,
        auth,
        client_id,
        client_secret,
    }))
}

fn client_secret(args: &TenantArgs, env: &Env<'_>) -> Result<Secret, Error> {
    let credentials = env.os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
    let credentials = credentials.as_deref();
    if let Some(path) = &args.client_secret_file {
        return read_secret(path, credentials);
    }
    if let Some(secret) = env.text("PINGONE_CLIENT_SECRET")? {
        return usable(secret, "`PINGONE_CLIENT_SECRET`");
    }
    if let Some(path) = env.os("PINGONE_CLIENT_SECRET_FILE") {
        return read_secret(&PathBuf::from(path), credentials);
    }
    Err(Error::new("the client secret is not set")
        .hint("set `PINGONE_CLIENT_SECRET`, or `PINGONE_CLIENT_SECRET_FILE` to a private file"))
}

/// The longest file of authorities; all that a platform trusts come to a fifth of it.
const AUTHORITIES_MAX: u64 = 1 << 20;

fn read_authorities(path: &Path) -> Result<Vec<u8>, Error> {
    let failed = |why: &dyn std::fmt::Display| {
        Error::new(format!(
            "the authority file {} cannot be read: {why}",
            path.display()
        ))
    };
    let mut authorities = Vec::new();
    File::open(path)
        .and_then(|file| file.take(AUTHORITIES_MAX + 1).read_to_end(&mut authorities))
        .map_err(|error| failed(&error))?;
    if authorities.len() as u64 > AUTHORITIES_MAX {
        return Err(failed(&"it is longer than 1 MiB"));
    }
    Ok(authorities)
}

#[cfg(test)]
mod tests;
