//! What a sandbox that is served is told.

use std::net::SocketAddr;
use std::time::Duration;

use super::Error;
use super::env::duration;
use crate::cli::SandboxArgs;
use crate::rate_limit::Rate;
use crate::sandbox::faults::FaultPlan;
use crate::sandbox::{Duplicates, Options, Users};

/// What `sandbox` is told.
#[derive(Debug)]
pub struct Sandbox {
    /// What kind of PingOne to be.
    pub options: Options,
    /// Whether the users that it has are printed.
    pub print_users: bool,
}

impl Sandbox {
    /// Resolves what was typed; reads the file of faults.
    ///
    /// # Errors
    ///
    /// A value that a setting cannot have, or a file that cannot be used.
    pub fn resolve(args: &SandboxArgs) -> Result<Self, Error> {
        Ok(Self {
            options: options(args)?,
            print_users: args.print_users,
        })
    }
}

fn options(args: &SandboxArgs) -> Result<Options, Error> {
    let wrong = |name: &str, why: &str| {
        Error::new(format!("`{name}` has a value that it cannot have: {why}"))
    };
    let time = |text: &str, name: &str| -> Result<Duration, Error> {
        duration(text).map_err(|why| wrong(name, &why.to_string()))
    };
    let listen: SocketAddr = args
        .listen
        .parse()
        .map_err(|_| wrong("--listen", "expected an address such as `127.0.0.1:8787`"))?;
    if !listen.ip().is_loopback() {
        return Err(wrong(
            "--listen",
            "the sandbox serves loopback addresses only",
        ));
    }
    let users = match args.users.as_str() {
        "any" => Users::Any,
        number => Users::Exactly(
            number
                .parse()
                .map_err(|_| wrong("--users", "expected `any` or a number"))?,
        ),
    };
    let rate_limit = match args.rate_limit.as_deref().map(str::parse) {
        None | Some(Ok(Rate::Unlimited)) => None,
        Some(Ok(Rate::PerSecond(rate))) => Some(rate),
        Some(Err(why)) => return Err(wrong("--rate-limit", &why.to_string())),
    };
    let per_ip = args
        .per_ip
        .as_deref()
        .map(|share| {
            share
                .strip_suffix('%')
                .and_then(|percent| percent.parse::<f64>().ok())
                .filter(|percent| *percent > 0.0 && *percent <= 100.0)
                .map(|percent| percent / 100.0)
                .ok_or_else(|| wrong("--per-ip", "expected a share such as `35%`"))
        })
        .transpose()?;
    let duplicates = match args.duplicates.as_str() {
        "allow" => Duplicates::Allow,
        "400" => Duplicates::Refuse400,
        "409" => Duplicates::Refuse409,
        _ => return Err(wrong("--duplicates", "expected `allow`, `400` or `409`")),
    };
    let faults = match &args.faults {
        None => FaultPlan::default(),
        Some(path) => {
            let shown = path.display();
            let text = std::fs::read_to_string(path).map_err(|error| {
                Error::new(format!(
                    "the file of faults {shown} cannot be read: {error}"
                ))
            })?;
            text.parse().map_err(|error| {
                Error::new(format!(
                    "the file of faults {shown} cannot be used: {error}"
                ))
            })?
        }
    };
    Ok(Options {
        listen,
        users,
        latency: time(&args.latency, "--latency")?,
        rate_limit,
        per_ip,
        max_devices: args.max_devices,
        duplicates,
        token_life: time(&args.token_life, "--token-life")?,
        faults,
        seed: args.seed,
        ..Options::default()
    })
}
