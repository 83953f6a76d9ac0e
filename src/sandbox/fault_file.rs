//! A rule as people write it: flat keys, checked against each other.

use std::num::NonZeroU64;
use std::time::Duration;

use jiff::SignedDuration;
use serde::Deserialize;

use super::faults::{Answer, AnswerBody, Effect, RetryAfter, Rule, When};
use super::kinds::Kind;
use super::routes;

/// One `[[fault]]` table.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Written {
    on: Option<String>,
    user: Option<String>,
    after: u64,
    first: Option<u64>,
    every: Option<NonZeroU64>,
    probability: Option<f64>,
    when: When,

    status: Option<u16>,
    body: Option<String>,
    text: Option<String>,
    code: Option<String>,
    detail: Option<String>,
    retry_after: Option<Plain>,
    retry_after_date: Option<i64>,
    location: Option<String>,

    drop: Option<String>,
    stall: Option<String>,
    delay: Option<String>,
    zombie: Option<String>,
    stale_listing: Option<String>,
    revoke_tokens: bool,
    other_user: bool,
}

/// Text, or a number that means its own digits.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Plain {
    Number(i64),
    Text(String),
}

impl TryFrom<Written> for Rule {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let probability = written.probability.unwrap_or(1.0);
        if !(0.0..=1.0).contains(&probability) {
            return Err(format!("probability {probability} is not from 0 to 1"));
        }
        let on = match written.on.as_deref() {
            None | Some("any") => None,
            Some(name) => Some(kind(name)?),
        };
        let user = match &written.user {
            None => None,
            Some(id) => Some(routes::uuid(id).ok_or_else(|| format!("user '{id}' is not a UUID"))?),
        };
        let effect = written.effect()?;
        let needs_own = matches!(&effect, Effect::Answer(answer) if answer.status.is_none());
        if needs_own && written.when == When::Before {
            let why =
                "a body without a status is the request's own answer, which needs when = \"after\"";
            return Err(why.to_owned());
        }
        let only = match effect {
            Effect::Zombie(_) | Effect::OtherUser => Some(Kind::Create),
            Effect::StaleListing(_) => Some(Kind::List),
            Effect::Answer(_)
            | Effect::Close
            | Effect::Reset
            | Effect::Stall(_)
            | Effect::Delay(_)
            | Effect::RevokeTokens => None,
        };
        if only.is_some() && on != only {
            let only = only.map_or("", Kind::name);
            return Err(format!("this can only happen to on = \"{only}\""));
        }
        Ok(Self {
            on,
            user,
            after: written.after,
            first: written.first,
            every: written.every.unwrap_or(NonZeroU64::MIN),
            probability,
            when: written.when,
            effect,
        })
    }
}

impl Written {
    /// The one thing that the table says shall happen.
    fn effect(&self) -> Result<Effect, String> {
        let mut effects = Vec::new();
        if let Some(answer) = self.answer()? {
            effects.push(Effect::Answer(answer));
        }
        match self.drop.as_deref() {
            None => {}
            Some("close") => effects.push(Effect::Close),
            Some("reset") => effects.push(Effect::Reset),
            Some(other) => return Err(format!("drop = \"{other}\" is neither close nor reset")),
        }
        let timed = |text: &Option<String>| text.as_deref().map(duration).transpose();
        effects.extend(timed(&self.stall)?.map(Effect::Stall));
        effects.extend(timed(&self.delay)?.map(Effect::Delay));
        effects.extend(timed(&self.zombie)?.map(Effect::Zombie));
        effects.extend(timed(&self.stale_listing)?.map(Effect::StaleListing));
        if self.revoke_tokens {
            effects.push(Effect::RevokeTokens);
        }
        if self.other_user {
            effects.push(Effect::OtherUser);
        }
        let [effect] = <[Effect; 1]>::try_from(effects).map_err(|effects| {
            format!("a fault is one thing that happens, not {}", effects.len())
        })?;
        Ok(effect)
    }

    fn answer(&self) -> Result<Option<Answer>, String> {
        if let Some(status) = self.status
            && !(200..=599).contains(&status)
        {
            return Err(format!("status {status} is not from 200 to 599"));
        }
        let body = match (self.body.as_deref(), &self.text) {
            (None, None) => None,
            (None, Some(text)) => Some(AnswerBody::Text(text.clone())),
            (Some(_), Some(_)) => return Err("body and text exclude each other".to_owned()),
            (Some(name), None) => Some(match name {
                "json" => AnswerBody::Json,
                "html" => AnswerBody::Html,
                "gateway" => AnswerBody::Gateway,
                "empty" => AnswerBody::Empty,
                "cut" => AnswerBody::Cut,
                "slow" => AnswerBody::Slow,
                "endless" => AnswerBody::Endless,
                _ => return Err(format!("body = \"{name}\" is not known")),
            }),
        };
        let retry_after = match (&self.retry_after, self.retry_after_date) {
            (None, None) => None,
            (None, Some(seconds)) => Some(RetryAfter::Date(seconds)),
            (Some(Plain::Number(seconds)), None) => Some(RetryAfter::Text(seconds.to_string())),
            (Some(Plain::Text(text)), None) => Some(RetryAfter::Text(text.clone())),
            (Some(_), Some(_)) => {
                return Err("retry_after and retry_after_date exclude each other".to_owned());
            }
        };
        if self.status.is_none() && body.is_none() {
            let stray = self.code.is_some()
                || self.detail.is_some()
                || self.location.is_some()
                || retry_after.is_some();
            return if stray {
                Err("code, detail, location and retry_after need a status".to_owned())
            } else {
                Ok(None)
            };
        }
        Ok(Some(Answer {
            status: self.status,
            body: body.unwrap_or_default(),
            code: self.code.clone(),
            detail: self.detail.clone(),
            retry_after,
            location: self.location.clone(),
        }))
    }
}

fn kind(name: &str) -> Result<Kind, String> {
    Kind::ALL
        .into_iter()
        .find(|kind| kind.name() == name)
        .ok_or_else(|| format!("on = \"{name}\" is no kind of request"))
}

/// Reads `300ms`, `5s`, `2m`, `1h`.
fn duration(text: &str) -> Result<Duration, String> {
    let duration = text.parse::<SignedDuration>().ok();
    duration
        .and_then(|duration| Duration::try_from(duration).ok())
        .ok_or_else(|| format!("'{text}' is not a duration such as 300ms or 5s"))
}

#[cfg(test)]
mod tests {
    use super::super::faults::FaultPlan;
    use super::*;

    fn rule(keys: &str) -> Result<Rule, String> {
        let plan: FaultPlan = format!("[[fault]]\n{keys}")
            .parse()
            .map_err(|error: super::super::faults::Error| error.to_string())?;
        Ok(plan.rules[0].clone())
    }

    #[test]
    fn every_key_means_what_the_sample_says() {
        let secs = Duration::from_secs;
        for (keys, effect) in [
            ("drop = 'close'", Effect::Close),
            ("drop = 'reset'", Effect::Reset),
            ("stall = '30s'", Effect::Stall(secs(30))),
            ("delay = '2m'", Effect::Delay(secs(120))),
            (
                "on = 'create'\nzombie = '300ms'",
                Effect::Zombie(Duration::from_millis(300)),
            ),
            (
                "on = 'list'\nstale_listing = '1h'",
                Effect::StaleListing(secs(3600)),
            ),
            ("revoke_tokens = true", Effect::RevokeTokens),
            ("on = 'create'\nother_user = true", Effect::OtherUser),
        ] {
            assert_eq!(rule(keys).unwrap().effect, effect, "{keys}");
        }
    }

    #[test]
    fn answers_are_put_together_from_their_keys() {
        let with = |status: u16| Answer {
            status: Some(status),
            ..Answer::default()
        };
        let text = |text: &str| Some(RetryAfter::Text(text.to_owned()));
        for (keys, answer) in [
            ("status = 503", with(503)),
            (
                "status = 502\nbody = 'html'",
                Answer {
                    body: AnswerBody::Html,
                    ..with(502)
                },
            ),
            (
                "when = 'after'\nbody = 'cut'",
                Answer {
                    body: AnswerBody::Cut,
                    ..Answer::default()
                },
            ),
            (
                "status = 200\ntext = 'null'",
                Answer {
                    body: AnswerBody::Text("null".into()),
                    ..with(200)
                },
            ),
            (
                "status = 429\nretry_after = 0",
                Answer {
                    retry_after: text("0"),
                    ..with(429)
                },
            ),
            (
                "status = 429\nretry_after = 'soon'",
                Answer {
                    retry_after: text("soon"),
                    ..with(429)
                },
            ),
            (
                "status = 429\nretry_after_date = -5",
                Answer {
                    retry_after: Some(RetryAfter::Date(-5)),
                    ..with(429)
                },
            ),
            (
                "status = 307\nlocation = 'http://127.0.0.1:1/'",
                Answer {
                    location: Some("http://127.0.0.1:1/".into()),
                    ..with(307)
                },
            ),
            (
                "status = 400\ncode = 'REQUEST_FAILED'\ndetail = 'ACCOUNT_NOT_USABLE'",
                Answer {
                    code: Some("REQUEST_FAILED".into()),
                    detail: Some("ACCOUNT_NOT_USABLE".into()),
                    ..with(400)
                },
            ),
        ] {
            assert_eq!(rule(keys).unwrap().effect, Effect::Answer(answer), "{keys}");
        }
    }

    #[test]
    fn a_rule_that_contradicts_itself_is_refused_and_says_why() {
        for (keys, why) in [
            ("", "not 0"),
            ("status = 500\ndrop = 'close'", "not 2"),
            ("status = 199", "199"),
            ("status = 500\nbody = 'xml'", "xml"),
            ("body = 'cut'", "after"),
            ("body = 'html'\ntext = 'x'", "exclude"),
            ("retry_after = 5", "need a status"),
            (
                "status = 429\nretry_after = 5\nretry_after_date = 5",
                "exclude",
            ),
            ("drop = 'softly'", "softly"),
            ("stall = '30'", "30"),
            ("stall = '99999999999999999999h'", "duration"),
            ("drop = 'close'\non = 'creat'", "creat"),
            ("drop = 'close'\nuser = 'me'", "me"),
            ("drop = 'close'\nprobability = 1.5", "1.5"),
            ("drop = 'close'\nevery = 0", "nonzero"),
            ("zombie = '1s'", "create"),
            ("on = 'create'\nstale_listing = '1s'", "list"),
            ("drop = 'close'\nofen = 3", "ofen"),
        ] {
            let error = rule(keys).unwrap_err();
            assert!(error.contains(why), "{keys:?} says: {error}");
        }
    }

    #[test]
    fn the_sample_is_true_and_a_plausible_bad_day() {
        let sample = include_str!("../../samples/faults.toml");
        let plan: FaultPlan = sample.parse().unwrap();
        assert!(plan.rules.iter().any(|rule| rule.when == When::After));
        let commented = sample
            .lines()
            .filter_map(|line| line.strip_prefix("# "))
            .filter(|line| line.starts_with("[[") || line.contains(" = "))
            .collect::<Vec<_>>();
        let all: FaultPlan = commented.join("\n").parse().unwrap();
        assert!(all.rules.len() > 15, "{}", all.rules.len());
    }
}
