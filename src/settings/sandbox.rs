//! What a sandbox that is served is told.

use std::net::SocketAddr;
use std::path::Path;

use super::Error;
use super::env::{Given, flag};
use crate::cli::SandboxArgs;
use crate::rate_limit::Rate;
use crate::sandbox::faults::FaultPlan;
use crate::sandbox::{Duplicates, Options, Policies, Users};

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
    let given = |value: &String, name: &'static str| Given {
        name,
        value: value.clone(),
    };
    let listen = given(&args.listen, "--listen");
    let address: SocketAddr = listen
        .value
        .parse()
        .map_err(|_| listen.wrong(&"expected an address such as `127.0.0.1:8787`"))?;
    if !address.ip().is_loopback() {
        return Err(listen.wrong(&"the sandbox serves loopback addresses only"));
    }
    let users = given(&args.users, "--users");
    let users = match users.value.as_str() {
        "any" => Users::Any,
        number => Users::Exactly(
            number
                .parse()
                .map_err(|_| users.wrong(&"expected `any` or a number"))?,
        ),
    };
    let policies = given(&args.policies, "--policies");
    let policies = match policies.value.as_str() {
        "any" => Policies::Any,
        "known" => Policies::Known,
        _ => return Err(policies.wrong(&"expected `any` or `known`")),
    };
    let rate_limit: Option<Rate> = flag(args.rate_limit.as_ref(), "--rate-limit")
        .map(|given| given.parse())
        .transpose()?;
    let per_ip = flag(args.per_ip.as_ref(), "--per-ip")
        .map(|given| share(&given))
        .transpose()?;
    let duplicates = given(&args.duplicates, "--duplicates");
    let duplicates = match duplicates.value.as_str() {
        "allow" => Duplicates::Allow,
        "400" => Duplicates::Refuse400,
        "409" => Duplicates::Refuse409,
        _ => return Err(duplicates.wrong(&"expected `allow`, `400` or `409`")),
    };
    let max_devices = given(&args.max_devices, "--max-devices").number(0, u64::from(u32::MAX))?;
    Ok(Options {
        listen: address,
        users,
        policies,
        latency: given(&args.latency, "--latency").duration()?,
        rate_limit: rate_limit.and_then(Rate::per_second),
        per_ip,
        max_devices: u32::try_from(max_devices).unwrap_or(u32::MAX),
        duplicates,
        token_life: given(&args.token_life, "--token-life").duration()?,
        faults: faults(args.faults.as_deref())?,
        seed: given(&args.seed, "--seed").number(0, u64::MAX)?,
        ..Options::default()
    })
}

/// Reads a file of faults.
///
/// # Errors
///
/// It cannot be read, or is not one.
pub(super) fn faults(path: Option<&Path>) -> Result<FaultPlan, Error> {
    let Some(path) = path else {
        return Ok(FaultPlan::default());
    };
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
    })
}

fn share(given: &Given) -> Result<f64, Error> {
    given
        .value
        .strip_suffix('%')
        .and_then(|percent| percent.parse::<f64>().ok())
        .filter(|percent| *percent > 0.0 && *percent <= 100.0)
        .map(|percent| percent / 100.0)
        .ok_or_else(|| given.wrong(&"expected a share such as `35%`"))
}
