//! The users: since when they exist, and who can use MFA.

use fastrand::Rng;

use super::judge::Told;
use super::pingone::{Time, us};
use super::says::{Answer, Reply, error, mfa_enabled};
use super::troubles::{OfLook, cut_off};
use super::weather::Weather;
use crate::model::ids::UserId;
use crate::model::request::DeviceRequest;

/// The users.
#[derive(Debug)]
pub(super) struct People {
    /// Since when each exists.
    all: Vec<(UserId, Time)>,
    /// Who can use MFA.
    with_mfa: Vec<UserId>,
}

impl People {
    pub(super) fn draw(
        rng: &mut Rng,
        weather: &Weather,
        wanted: &[DeviceRequest],
        now: Time,
    ) -> Self {
        let mut all = Vec::new();
        for request in wanted {
            let since = match rng.u8(..12) {
                0 => now + rng.i64(0..2 * us(weather.settle)),
                _ => Time::MIN,
            };
            if all.iter().all(|(user, _)| *user != request.key.user) {
                all.push((request.key.user, since));
            }
        }
        let with_mfa = all.iter().map(|(user, _)| *user);
        let with_mfa = with_mfa.filter(|_| rng.u8(..3) == 0).collect();
        Self { all, with_mfa }
    }

    /// From now on all exist.
    pub(super) fn calm_down(&mut self, now: Time) {
        for (_, since) in &mut self.all {
            *since = now.min(*since);
        }
    }

    pub(super) fn since(&self, user: UserId) -> Time {
        let of = self.all.iter().find(|(known, _)| *known == user);
        of.map_or(Time::MAX, |(_, since)| *since)
    }

    /// Whether a user can use MFA.
    pub(super) fn has_mfa(&self, user: UserId) -> bool {
        self.with_mfa.contains(&user)
    }

    /// Says whether a user can use MFA, once that was switched on where it `switches`.
    pub(super) fn mfa(
        &mut self,
        rng: &mut Rng,
        weather: &Weather,
        (user, now): (UserId, Time),
        switches: bool,
        trouble: OfLook,
    ) -> Reply {
        if now < self.since(user) {
            let body = error("NOT_FOUND", "NOT_FOUND");
            return Reply::Answer(Answer::new(404, body, Told::Nothing));
        }
        // What is lost may have had its effect.
        let is_honest = matches!(trouble, OfLook::Honest);
        if switches && !self.has_mfa(user) && (is_honest || rng.bool()) {
            self.with_mfa.push(user);
        }
        if let OfLook::Told(reply) = trouble {
            return reply;
        }
        let body = mfa_enabled(self.has_mfa(user), user, weather.naming);
        let mut answer = Answer::new(200, body, Told::Nothing);
        if !is_honest {
            cut_off(&mut answer, rng);
        }
        Reply::Answer(answer)
    }
}
