//! How much may be asked: a token bucket for each rate group, and for each address in it.
//!
//! Source: "Rate limiting" and "Base rate limits" of the PingOne Platform API reference. An endpoint
//! belongs to exactly one group; one address gets a share of the whole.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use super::kinds::Kind;

/// Addresses whose share is remembered; more are not worth the memory.
const MAX_ADDRESSES: usize = 10_000;

/// Requests that count together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Group {
    Directory,
    Mfa,
    /// Listings of devices. Whether PingOne limits them with the creates is not documented.
    MfaLists,
    Configuration,
    Analytics,
}

impl Group {
    /// The group of a request; `None` for those that no group limits.
    pub(super) fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Users | Kind::User | Kind::Mfa | Kind::SetMfa => Some(Self::Directory),
            Kind::List | Kind::Read => Some(Self::MfaLists),
            Kind::Create | Kind::Reorder | Kind::Delete | Kind::Change | Kind::Nickname => {
                Some(Self::Mfa)
            }
            Kind::Policies
            | Kind::Policy
            | Kind::Settings
            | Kind::Environment
            | Kind::Capabilities
            | Kind::Products
            | Kind::AllowList
            | Kind::Allowed
            | Kind::NotificationPolicies
            | Kind::NotificationPolicy => Some(Self::Configuration),
            Kind::Report | Kind::Reported | Kind::Entries => Some(Self::Analytics),
            Kind::Token | Kind::Other => None,
        }
    }
}

/// What the limits are, and how much of them is used up.
pub(super) struct Limits {
    rate: Option<f64>,
    share: Option<f64>,
    whole: HashMap<Group, Bucket>,
    shares: HashMap<(IpAddr, Group), Bucket>,
    holds: HashMap<(IpAddr, Group), Duration>,
    /// The least time between two reports.
    report_interval: Duration,
    /// When the next report may be made.
    next_report: Duration,
}

impl Limits {
    /// `rate` in requests per second and group; `share` is the part of it that one address gets.
    /// Reports are made at most once in `report_interval`.
    pub(super) fn new(rate: Option<f64>, share: Option<f64>, report_interval: Duration) -> Self {
        Self {
            rate,
            share,
            whole: HashMap::new(),
            shares: HashMap::new(),
            holds: HashMap::new(),
            report_interval,
            next_report: Duration::ZERO,
        }
    }

    /// Admits a request, or returns the whole seconds to wait before another.
    pub(super) fn admit(&mut self, group: Group, peer: IpAddr, now: Duration) -> Result<(), u64> {
        let Some(rate) = self.rate else { return Ok(()) };
        if self.shares.len() >= MAX_ADDRESSES {
            self.shares.clear();
        }
        let whole = self
            .whole
            .entry(group)
            .or_insert_with(|| Bucket::full(rate, now));
        whole.refill(rate, now);
        let Some(share) = self.share else {
            return whole.take().map_err(|missing| wait(missing, rate));
        };
        let rate_here = rate * share;
        let here = self
            .shares
            .entry((peer, group))
            .or_insert_with(|| Bucket::full(rate_here, now));
        here.refill(rate_here, now);
        // A request that either refuses costs neither anything.
        if whole.tokens < 1.0 {
            return Err(wait(1.0 - whole.tokens, rate));
        }
        here.take().map_err(|missing| wait(missing, rate_here))?;
        whole.take().map_err(|missing| wait(missing, rate))
    }

    /// Admits a report of all devices, or returns the whole seconds to wait before it.
    pub(super) fn admit_report(&mut self, now: Duration) -> Result<(), u64> {
        let wait = self.next_report.saturating_sub(now);
        if !wait.is_zero() {
            return Err(whole_seconds(wait));
        }
        self.next_report = now.saturating_add(self.report_interval);
        Ok(())
    }

    /// Notes that whoever asks from an address was told to wait.
    pub(super) fn hold(&mut self, group: Group, peer: IpAddr, wait: Duration, now: Duration) {
        let until = now.saturating_add(wait);
        let hold = self.holds.entry((peer, group)).or_insert(until);
        *hold = until.max(*hold);
    }

    /// Tells whether whoever asks from an address was told to wait longer than until now.
    pub(super) fn is_held(&self, group: Group, peer: IpAddr, now: Duration) -> bool {
        let hold = self.holds.get(&(peer, group));
        hold.is_some_and(|until| now < *until)
    }
}

/// Never less than a second: `Retry-After` is an integer, and 0 would be no wait at all.
fn wait(missing: f64, rate: f64) -> u64 {
    whole_seconds(Duration::try_from_secs_f64(missing / rate).unwrap_or(Duration::MAX))
}

fn whole_seconds(wait: Duration) -> u64 {
    let rounded_up = u64::from(wait.subsec_nanos() > 0);
    wait.as_secs().saturating_add(rounded_up).max(1)
}

/// Holds one second's worth, and at least one request.
struct Bucket {
    tokens: f64,
    at: Duration,
}

impl Bucket {
    fn full(rate: f64, now: Duration) -> Self {
        Self {
            tokens: rate.max(1.0),
            at: now,
        }
    }

    fn refill(&mut self, rate: f64, now: Duration) {
        let gained = now.saturating_sub(self.at).as_secs_f64() * rate;
        self.tokens = (self.tokens + gained).min(rate.max(1.0));
        self.at = now;
    }

    fn take(&mut self) -> Result<(), f64> {
        if self.tokens < 1.0 {
            return Err(1.0 - self.tokens);
        }
        self.tokens -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    const THERE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

    fn limits(rate: Option<f64>, share: Option<f64>) -> Limits {
        Limits::new(rate, share, Duration::from_secs(5))
    }

    fn admitted(limits: &mut Limits, peer: IpAddr, now: Duration) -> usize {
        (0..1_000)
            .take_while(|_| limits.admit(Group::Mfa, peer, now).is_ok())
            .count()
    }

    #[test]
    fn a_group_gets_its_rate_and_no_other_group_pays_for_it() {
        let mut limits = limits(Some(10.0), None);
        assert_eq!(admitted(&mut limits, HERE, Duration::ZERO), 10);
        assert_eq!(limits.admit(Group::Mfa, HERE, Duration::ZERO), Err(1));
        assert_eq!(limits.admit(Group::Directory, HERE, Duration::ZERO), Ok(()));
        assert_eq!(admitted(&mut limits, HERE, Duration::from_millis(510)), 5);
        assert_eq!(admitted(&mut limits, HERE, Duration::from_mins(1)), 10);
    }

    #[test]
    fn an_address_gets_its_share_and_leaves_the_rest_to_others() {
        let mut limits = limits(Some(100.0), Some(0.35));
        assert_eq!(admitted(&mut limits, HERE, Duration::ZERO), 35);
        assert_eq!(admitted(&mut limits, THERE, Duration::ZERO), 35);
        let third = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 3));
        assert_eq!(admitted(&mut limits, third, Duration::ZERO), 30);
    }

    #[test]
    fn the_wait_is_whole_seconds_and_long_enough() {
        let mut limits = limits(Some(0.25), None);
        assert_eq!(limits.admit(Group::Mfa, HERE, Duration::ZERO), Ok(()));
        assert_eq!(limits.admit(Group::Mfa, HERE, Duration::ZERO), Err(4));
        assert_eq!(
            limits.admit(Group::Mfa, HERE, Duration::from_secs(4)),
            Ok(())
        );
    }

    #[test]
    fn without_a_rate_everything_is_admitted() {
        let mut limits = limits(None, Some(0.35));
        assert_eq!(admitted(&mut limits, HERE, Duration::ZERO), 1_000);
    }

    #[test]
    fn a_report_comes_at_most_once_in_five_seconds() {
        let mut limits = limits(None, None);
        for (ms, expected) in [
            (0, Ok(())),
            (1, Err(5)),
            (4_001, Err(1)),
            (5_000, Ok(())),
            (9_999, Err(1)),
        ] {
            let admitted = limits.admit_report(Duration::from_millis(ms));
            assert_eq!(admitted, expected, "{ms}");
        }
    }

    #[test]
    fn a_shorter_wait_does_not_end_a_longer_one() {
        let mut limits = limits(None, None);
        limits.hold(Group::Mfa, HERE, Duration::from_secs(9), Duration::ZERO);
        limits.hold(Group::Mfa, HERE, Duration::from_secs(1), Duration::ZERO);
        assert!(limits.is_held(Group::Mfa, HERE, Duration::from_secs(8)));
        assert!(!limits.is_held(Group::Directory, HERE, Duration::from_secs(8)));
        assert!(!limits.is_held(Group::Mfa, THERE, Duration::from_secs(8)));
        assert!(!limits.is_held(Group::Mfa, HERE, Duration::from_secs(9)));
    }
}
