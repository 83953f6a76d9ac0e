//! What is made of each answer. Pure.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::commands::advice::notification_policy;
use crate::commands::doctor::checkup::Mark;
use crate::pace::{Pacing, Rate};
use crate::pingone::tenant::{AllowList, Capabilities, NotificationPolicy, Products};
use crate::pingone::wire::MfaSettings;

/// The share of the license's limit that one address gets, unless it is on the allow list.
const SHARE: f64 = 0.35;

/// A line of the check-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) mark: Mark,
    pub(super) what: &'static str,
    pub(super) found: String,
}

fn line(mark: Mark, what: &'static str, found: impl Into<String>) -> Line {
    let found = found.into();
    Line { mark, what, found }
}

pub(super) fn product(products: &Products) -> Line {
    if products.has_mfa() {
        return line(Mark::Ok, "product", "the environment has PingOne MFA");
    }
    line(
        Mark::Failed,
        "product",
        "the environment has no PingOne MFA among its products (`PING_ONE_MFA`), so that every device is refused \
         with 403; add it to the environment's services",
    )
}

/// Whether passcodes can go out by WhatsApp: PingOne lets a policy allow it only where there is a sender.
pub(super) fn sender(license: Option<&Capabilities>, a_policy_allows: Option<bool>) -> Line {
    match (
        license.and_then(|license| license.whatsapp),
        a_policy_allows,
    ) {
        (Some(false), _) => line(
            Mark::Warning,
            "sender",
            "the license does not allow passcodes by WhatsApp; ask Ping Identity, or use another type",
        ),
        (Some(true) | None, Some(true)) => line(
            Mark::Ok,
            "sender",
            "a policy allows WhatsApp, which takes a WhatsApp sender; PingOne does not show more of it",
        ),
        (Some(true) | None, Some(false)) => line(
            Mark::Warning,
            "sender",
            "no policy allows WhatsApp; set a WhatsApp sender up (Settings, Senders), then enable WhatsApp in a \
             policy",
        ),
        (_, None) => line(
            Mark::Warning,
            "sender",
            "not checked: the policies, which would tell it, cannot be read",
        ),
    }
}

/// To which countries the notification policy of the policy lets messages go, or the default one.
pub(super) fn countries(policies: &[NotificationPolicy], named: Option<&str>) -> Line {
    let Some(policy) = notification_policy(policies, named) else {
        return line(
            Mark::Warning,
            "countries",
            "PingOne does not say to which countries messages go",
        );
    };
    let limit = policy.country_limit.as_ref();
    let kind = limit.map_or("NONE", |limit| limit.kind.as_str());
    let codes = limit.map_or_else(String::new, |limit| limit.countries.join(", "));
    let lost = "phones elsewhere are paired, and never get a passcode by SMS or voice. Change the country limit of \
                that notification policy, or leave such rows out";
    let name = &policy.name;
    match kind {
        "ALLOWED" => line(
            Mark::Warning,
            "countries",
            format!("{name} lets texts and calls go to {codes} alone: {lost}"),
        ),
        "DENIED" if !codes.is_empty() => line(
            Mark::Warning,
            "countries",
            format!(
                "{name} lets no texts and calls go to {codes}: phones there are paired, and never get a passcode \
                     by SMS or voice. Change its country limit, or leave such rows out"
            ),
        ),
        _ => line(
            Mark::Ok,
            "countries",
            format!("{name} lets texts and calls go to every country"),
        ),
    }
}

pub(super) fn limits(settings: &MfaSettings) -> Line {
    let pairing = settings.pairing.as_ref();
    match pairing.and_then(|pairing| pairing.max_allowed_devices) {
        Some(most) => line(
            Mark::Ok,
            "limits",
            format!("a user may have {most} devices"),
        ),
        None => line(
            Mark::Warning,
            "limits",
            "PingOne does not say how many devices a user may have",
        ),
    }
}

pub(super) fn new_users(settings: &MfaSettings) -> Line {
    match settings.users.as_ref().and_then(|users| users.mfa_enabled) {
        Some(true) => line(Mark::Ok, "new users", "new users can use MFA at once"),
        Some(false) => line(
            Mark::Warning,
            "new users",
            "new users cannot use MFA until `mfaEnabled` is switched on for each of them, and without it no device: \
             run with `--mfa enable`, or switch it on in the MFA settings for those to come",
        ),
        None => line(
            Mark::Warning,
            "new users",
            "PingOne does not say whether new users can use MFA; a dry run with `--online` tells it of each user",
        ),
    }
}

/// Where this machine stands to the allow list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// On it, with this address.
    Listed(IpAddr),
    /// Not on it, with this address.
    Unlisted(IpAddr),
    /// PingOne sees another address than the one that is known here; why, and how many are on the list.
    Unknown(&'static str, usize),
}

impl Place {
    /// Compares our end of the connection with the list.
    pub(super) fn of(list: &AllowList, from: Option<IpAddr>, proxied: bool) -> Self {
        let networks: Vec<_> = list.networks().collect();
        let many = networks.len();
        match from {
            _ if proxied => Self::Unknown("a proxy is used", many),
            None => Self::Unknown("the connection does not tell", many),
            Some(address) if is_translated(address) => {
                Self::Unknown("this machine is in a private network", many)
            }
            Some(address) if networks.iter().any(|network| holds(network, address)) => {
                Self::Listed(address)
            }
            Some(address) => Self::Unlisted(address),
        }
    }
}

/// Whether an address is one that no server outside sees.
fn is_translated(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            address.is_private() || address.is_link_local() || is_shared(address.octets())
        }
        IpAddr::V6(address) => address.is_unique_local() || address.is_unicast_link_local(),
    }
}

/// 100.64.0.0/10, which carriers translate (RFC 6598).
fn is_shared([first, second, ..]: [u8; 4]) -> bool {
    first == 100 && second & 0b1100_0000 == 64
}

/// Whether a network, or an address alone, holds an address.
fn holds(network: &str, address: IpAddr) -> bool {
    let whole = network.parse::<IpNet>().ok();
    let alone = || network.parse::<IpAddr>().ok().map(IpNet::from);
    whole
        .or_else(alone)
        .is_some_and(|network| network.contains(&address))
}

pub(super) fn address(place: &Place) -> Line {
    let found = match place {
        Place::Listed(address) => {
            format!(
                "{address} is on the allow list, so that it may use the whole limit of the license"
            )
        }
        Place::Unlisted(address) => format!(
            "{address} is not on the allow list, so that it gets 35 % of the limit; a wave that is in a hurry gets \
             all of it once the address is on the list (Settings, Rate Limits)"
        ),
        Place::Unknown(why, many) => format!(
            "which address PingOne sees is not known, because {why}; compare that address with the {many} of the \
             allow list (Settings, Rate Limits)"
        ),
    };
    line(Mark::Ok, "address", found)
}

/// Whether the ceiling of the pace fits what this address gets.
pub(super) fn rate(license: Option<f64>, pacing: Pacing, place: Option<&Place>) -> Line {
    let Some(limit) = license else {
        return line(
            Mark::Warning,
            "rate",
            "PingOne does not tell the limit of the license; keep the default of `--rate`, and look for 429 in the \
             log of the first wave",
        );
    };
    let whole = matches!(place, Some(Place::Listed(_)));
    let gets = if whole { limit } else { limit * SHARE };
    // Down to what is certainly below it.
    let fits = if gets >= 1.0 { gets.floor() } else { gets };
    let advised = Rate::PerSecond(fits.max(1.0 / 60.0));
    let (mark, found) = match pacing {
        Pacing::Found => (Mark::Ok, "`--rate auto` finds that by itself".to_owned()),
        Pacing::UpTo(rate) if rate <= gets => {
            let found = format!("`--rate {pacing}` keeps below that ({advised})");
            (Mark::Ok, found)
        }
        Pacing::Share(share) if limit * share <= gets => {
            let found = format!("`--rate {pacing}` keeps below that");
            (Mark::Ok, found)
        }
        Pacing::UpTo(_) | Pacing::Share(_) | Pacing::Unpaced => {
            let found = format!("`--rate {pacing}` goes beyond that; set `--rate {advised}`");
            (Mark::Warning, found)
        }
    };
    let of_it = if whole {
        "all of which this address gets"
    } else {
        "35 % of which one address gets"
    };
    let license = Rate::PerSecond(limit);
    let found = format!("the license is for {license} MFA requests, {of_it}: {found}");
    line(mark, "rate", found)
}

/// Whether the client may see more environments than its own and the one of the users.
pub(super) fn rights(environments: usize) -> Option<Line> {
    (environments > 2).then(|| {
        line(
            Mark::Warning,
            "rights",
            format!(
                "the worker application may see {environments} environments; a role on the one with the users is \
                 enough, and whoever gets its secret can do no more then"
            ),
        )
    })
}

#[cfg(test)]
mod tests;
