//! What goes wrong: a plan, as data, and which request it strikes.
//!
//! `fault_file` reads a rule, `service` does what it says.

use std::num::NonZeroU64;
use std::str::FromStr;
use std::time::Duration;

use serde::Deserialize;
use uuid::Uuid;

use super::kinds::Kind;

/// Everything that goes wrong, in order of precedence: of the rules that strike a
/// request, the first has its way.
///
/// A plan is written as TOML, one `[[fault]]` table for each rule; `samples/faults.toml`
/// shows every key.
///
/// ```
/// use wavepair::testing::sandbox::FaultPlan;
///
/// let plan: FaultPlan = r#"
///     [[fault]]
///     on = "create"
///     probability = 0.1
///     when = "after"
///     drop = "close"
/// "#.parse()?;
/// assert_eq!(plan.rules.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultPlan {
    /// The rules, the most important first.
    #[serde(rename = "fault", default)]
    pub rules: Vec<Rule>,
}

impl FromStr for FaultPlan {
    type Err = Error;

    /// Reads a plan from TOML.
    ///
    /// # Errors
    ///
    /// If it is not TOML, has an unknown key, or a rule contradicts itself.
    fn from_str(text: &str) -> Result<Self, Error> {
        toml::from_str(text).map_err(|source| Error(Box::new(source)))
    }
}

/// Why a plan cannot be read, with the place.
#[derive(Debug, thiserror::Error)]
#[error("not a plan of faults: {0}")]
pub struct Error(Box<toml::de::Error>);

/// What goes wrong, and with which requests. All conditions must hold.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "super::fault_file::Written")]
pub struct Rule {
    /// The kind of request; `None` is any.
    pub on: Option<Kind>,
    /// The user in the request's path; `None` is any.
    pub user: Option<Uuid>,
    /// So many such requests pass unharmed first.
    pub after: u64,
    /// Only so many of the following ones may be struck.
    pub first: Option<u64>,
    /// Of these each n-th.
    pub every: NonZeroU64,
    /// Of these each with this probability, from 0 to 1.
    pub probability: f64,
    /// Whether it strikes before or after the request has its effect.
    pub when: When,
    /// What happens.
    pub effect: Effect,
}

impl Rule {
    /// Tells whether it strikes the n-th request, from 0, of those that it is about.
    fn strikes(&self, n: u64, dice: impl FnOnce() -> f64) -> bool {
        let Some(n) = n.checked_sub(self.after) else {
            return false;
        };
        self.first.is_none_or(|first| n < first)
            && (n + 1).is_multiple_of(self.every.get())
            && (self.probability >= 1.0 || dice() < self.probability)
    }
}

/// Before or after a request has its effect, such as a device being stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum When {
    /// It never has its effect.
    #[default]
    Before,
    /// It has, and the client may not learn of it.
    After,
}

/// What happens to a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Another answer than the request would have had.
    Answer(Answer),
    /// The connection ends without an answer. Before: without reading the body.
    Close,
    /// The same with a TCP reset.
    Reset,
    /// Silence for so long, then the connection ends.
    Stall(Duration),
    /// The request, or its answer, takes so much longer.
    Delay(Duration),
    /// The connection ends at once, and the device is stored so much later. Only for `create`.
    Zombie(Duration),
    /// A listing misses devices that are younger than this. Only for `list`.
    StaleListing(Duration),
    /// Every access token issued so far is worth nothing from this request on.
    RevokeTokens,
    /// The answer is 201 and shows a device of another user. Only for `create`.
    OtherUser,
}

/// An answer that is not the request's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The status; `None` keeps the request's own, which there is only [`When::After`].
    pub status: Option<u16>,
    /// What the body is.
    pub body: AnswerBody,
    /// The code of an error body; `None` is the usual one for the status.
    pub code: Option<String>,
    /// The code of an error body's only detail.
    pub detail: Option<String>,
    /// The header `Retry-After`; `None` leaves it out.
    pub retry_after: Option<RetryAfter>,
    /// The header `Location`.
    pub location: Option<String>,
}

/// The body of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AnswerBody {
    /// PingOne's error for the status, or the request's own answer if the status is no error.
    #[default]
    Json,
    /// A gateway's page.
    Html,
    /// What the gateway before PingOne says of the status, with its own ID and none of PingOne's.
    Gateway,
    /// Nothing.
    Empty,
    /// The head promises more than comes, then the connection ends.
    Cut,
    /// One byte every fifty milliseconds.
    Slow,
    /// It never ends.
    Endless,
    /// This very text.
    Text(String),
}

/// The header `Retry-After` (RFC 9110, section 10.2.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// This very text: seconds, or nonsense.
    Text(String),
    /// The date so many seconds from now; negative is past.
    Date(i64),
}

/// A plan at work: it counts, and throws the dice.
pub(super) struct Faults {
    plan: FaultPlan,
    seed: u64,
    counts: Vec<u64>,
}

impl Faults {
    pub(super) fn new(plan: FaultPlan, seed: u64) -> Self {
        let counts = vec![0; plan.rules.len()];
        Self { plan, seed, counts }
    }

    /// Follows another plan from now on, and counts from nothing.
    pub(super) fn replace(&mut self, plan: FaultPlan) {
        *self = Self::new(plan, self.seed);
    }

    /// The rule that strikes this request. Depends on the seed and on how many such
    /// requests there were, and on nothing else.
    pub(super) fn next(&mut self, kind: Kind, user: Option<Uuid>) -> Option<Rule> {
        let mut struck = None;
        for (index, (rule, count)) in (0..).zip(self.plan.rules.iter().zip(&mut self.counts)) {
            let about = rule.on.is_none_or(|on| on == kind)
                && rule.user.is_none_or(|only| Some(only) == user);
            if !about {
                continue;
            }
            let dice = || throw(self.seed, index, *count);
            if struck.is_none() && rule.strikes(*count, dice) {
                struck = Some(rule.clone());
            }
            *count += 1;
        }
        struck
    }
}

/// A number from 0 to below 1 that the three arguments alone decide.
fn throw(seed: u64, rule: u64, count: u64) -> f64 {
    let mixed = mix(mix(mix(seed) ^ rule) ^ count);
    fastrand::Rng::with_seed(mixed).f64()
}

/// Spreads every bit of a number over all others (the finalizer of `SplitMix64`).
fn mix(number: u64) -> u64 {
    let z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn struck(rule: Rule, seed: u64, requests: usize) -> Vec<usize> {
        let mut faults = Faults::new(FaultPlan { rules: vec![rule] }, seed);
        (0..requests)
            .filter(|_| faults.next(Kind::Create, None).is_some())
            .collect()
    }

    fn rule() -> Rule {
        Rule {
            on: Some(Kind::Create),
            user: None,
            after: 0,
            first: None,
            every: NonZeroU64::MIN,
            probability: 1.0,
            when: When::Before,
            effect: Effect::Close,
        }
    }

    #[test]
    fn a_rule_strikes_the_requests_that_its_numbers_name() {
        let every = |n| NonZeroU64::new(n).unwrap();
        for (rule, expected) in [
            (rule(), vec![0, 1, 2, 3, 4, 5]),
            (
                Rule {
                    first: Some(2),
                    ..rule()
                },
                vec![0, 1],
            ),
            (Rule { after: 4, ..rule() }, vec![4, 5]),
            (
                Rule {
                    after: 1,
                    first: Some(2),
                    ..rule()
                },
                vec![1, 2],
            ),
            (
                Rule {
                    every: every(3),
                    ..rule()
                },
                vec![2, 5],
            ),
            (
                Rule {
                    after: 1,
                    every: every(2),
                    first: Some(4),
                    ..rule()
                },
                vec![2, 4],
            ),
            (
                Rule {
                    probability: 0.0,
                    ..rule()
                },
                vec![],
            ),
            (
                Rule {
                    on: Some(Kind::List),
                    ..rule()
                },
                vec![],
            ),
            (
                Rule {
                    on: None,
                    first: Some(1),
                    ..rule()
                },
                vec![0],
            ),
        ] {
            assert_eq!(struck(rule.clone(), 0, 6), expected, "{rule:?}");
        }
    }

    #[test]
    fn the_same_seed_strikes_the_same_requests_and_another_seed_others() {
        let rule = || Rule {
            probability: 0.1,
            ..rule()
        };
        let first = struck(rule(), 42, 10_000);
        assert_eq!(first, struck(rule(), 42, 10_000));
        assert_ne!(first, struck(rule(), 43, 10_000));
        assert!((900..1_100).contains(&first.len()), "{}", first.len());
    }

    #[test]
    fn two_rules_of_one_probability_do_not_strike_together() {
        let rules = vec![
            Rule {
                probability: 0.1,
                ..rule()
            };
            2
        ];
        let mut faults = Faults::new(FaultPlan { rules }, 0);
        let either = (0..10_000)
            .filter(|_| faults.next(Kind::Create, None).is_some())
            .count();
        assert!((1_750..2_050).contains(&either), "{either}");
    }

    #[test]
    fn the_first_rule_has_its_way_and_the_others_go_on_counting() {
        let answer = Effect::Answer(Answer::default());
        let rules = vec![
            Rule {
                first: Some(1),
                ..rule()
            },
            Rule {
                after: 1,
                first: Some(1),
                effect: answer.clone(),
                ..rule()
            },
        ];
        let mut faults = Faults::new(FaultPlan { rules }, 0);
        let mut next = || faults.next(Kind::Create, None).map(|rule| rule.effect);
        assert_eq!(next(), Some(Effect::Close));
        assert_eq!(next(), Some(answer));
        assert_eq!(next(), None);
    }

    #[test]
    fn a_rule_about_a_user_counts_that_users_requests_alone() {
        let user = Uuid::from_u128(7);
        let rule = Rule {
            user: Some(user),
            after: 1,
            ..rule()
        };
        let mut faults = Faults::new(FaultPlan { rules: vec![rule] }, 0);
        let mut strikes = |user| faults.next(Kind::Create, Some(user)).is_some();
        assert!(!strikes(Uuid::from_u128(8)));
        assert!(!strikes(Uuid::from_u128(8)));
        assert!(!strikes(user));
        assert!(strikes(user));
    }
}
