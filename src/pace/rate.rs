//! A rate, as people write it.

use std::fmt;
use std::str::FromStr;

/// A limit of requests.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rate {
    /// So many requests a second; at least one a minute.
    PerSecond(f64),
    /// As fast as answers come.
    Unlimited,
}

impl Rate {
    /// How many requests a second; `None` where there is no ceiling.
    pub fn per_second(self) -> Option<f64> {
        match self {
            Rate::PerSecond(rate) => Some(rate),
            Rate::Unlimited => None,
        }
    }
}

/// What the pace of a run keeps to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pacing {
    /// What PingOne bears, and never more than so many requests a second.
    UpTo(f64),
    /// What PingOne bears, and never more than this part of what the license lets through, `0.0..=1.0`.
    Share(f64),
    /// What PingOne bears.
    Found,
    /// Nothing: requests go as fast as answers come.
    Unpaced,
}

impl Pacing {
    /// How many requests a second at most, where that is known beforehand.
    pub fn ceiling(self) -> Option<f64> {
        match self {
            Pacing::UpTo(ceiling) => Some(ceiling),
            Pacing::Share(_) | Pacing::Found | Pacing::Unpaced => None,
        }
    }
}

/// Why a text says nothing of a pace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected a rate such as `25/s` (or `25`) or `600/min`, a share such as `35%`, or `auto` or `max`"
)]
pub struct NotAPacing;

impl FromStr for Pacing {
    type Err = NotAPacing;

    /// Reads a [`Rate`], which is a ceiling, a share of 1 to 100 %, or `auto`.
    fn from_str(text: &str) -> Result<Self, NotAPacing> {
        if text == "auto" {
            return Ok(Pacing::Found);
        }
        if let Some(percent) = text.strip_suffix('%') {
            let percent = percent.parse().ok();
            let percent = percent.filter(|percent| (1..=100_u8).contains(percent));
            let share = percent.map(|percent| Pacing::Share(f64::from(percent) / 100.0));
            return share.ok_or(NotAPacing);
        }
        match text.parse().map_err(|NotARate| NotAPacing)? {
            Rate::PerSecond(rate) => Ok(Pacing::UpTo(rate)),
            Rate::Unlimited => Ok(Pacing::Unpaced),
        }
    }
}

impl fmt::Display for Pacing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Pacing::UpTo(ceiling) => Rate::PerSecond(*ceiling).fmt(f),
            Pacing::Share(share) => write!(f, "{}%", (share * 100.0).round()),
            Pacing::Found => f.write_str("auto"),
            Pacing::Unpaced => Rate::Unlimited.fmt(f),
        }
    }
}

/// Why a text is no rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a rate such as `25/s` (or `25`), `600/min` or `max`")]
pub struct NotARate;

impl FromStr for Rate {
    type Err = NotARate;

    /// Reads `25/s`, `600/min`, `max`; a bare number is per second.
    fn from_str(text: &str) -> Result<Self, NotARate> {
        if text == "max" {
            return Ok(Rate::Unlimited);
        }
        let (number, unit) = text.split_once('/').unwrap_or((text, "s"));
        let number: f64 = number.trim().parse().map_err(|_| NotARate)?;
        let seconds = match unit.trim() {
            "s" | "sec" | "second" => 1.0,
            "m" | "min" | "minute" => 60.0,
            _ => return Err(NotARate),
        };
        let per_second = number / seconds;
        if (1.0 / 60.0..=1_000_000.0).contains(&per_second) {
            Ok(Rate::PerSecond(per_second))
        } else {
            Err(NotARate)
        }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rate::Unlimited => f.write_str("max"),
            Rate::PerSecond(rate) if *rate >= 1.0 => write!(f, "{}/s", round(*rate)),
            Rate::PerSecond(rate) => write!(f, "{}/min", round(*rate * 60.0)),
        }
    }
}

fn round(rate: f64) -> f64 {
    (rate * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_per_second_per_minute_or_max_and_a_pace_may_be_auto() {
        for (text, shown) in [
            ("25/s", "25/s"),
            ("25", "25/s"),
            ("0.5", "30/min"),
            ("600/min", "10/s"),
            ("30/min", "30/min"),
            ("0.5/s", "30/min"),
            ("max", "max"),
        ] {
            assert_eq!(text.parse::<Rate>().unwrap().to_string(), shown, "{text}");
        }
        for (text, pacing) in [
            ("auto", Pacing::Found),
            ("max", Pacing::Unpaced),
            ("60/min", Pacing::UpTo(1.0)),
            ("35%", Pacing::Share(0.35)),
            ("100%", Pacing::Share(1.0)),
        ] {
            assert_eq!(text.parse(), Ok(pacing), "{text}");
        }
        assert_eq!(Pacing::Found.to_string(), "auto");
        assert_eq!(Pacing::Share(0.35).to_string(), "35%");
        for wrong in ["0%", "101%", "3.5%", "-1%", "%", "x%", "35 %"] {
            assert_eq!(wrong.parse::<Pacing>(), Err(NotAPacing), "{wrong}");
        }
        assert_eq!("auto".parse::<Rate>(), Err(NotARate));
        assert_eq!("automatic".parse::<Pacing>(), Err(NotAPacing));
        for wrong in [
            "",
            "0",
            "25ps",
            "25/",
            "/s",
            "0/s",
            "-1/s",
            "nan/s",
            "inf/s",
            "1/h",
            "5000000/s",
            "x/s",
        ] {
            assert_eq!(wrong.parse::<Rate>(), Err(NotARate), "{wrong:?}");
        }
    }
}
