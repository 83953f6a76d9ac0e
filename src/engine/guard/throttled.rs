//! A tenant that answers 429 and nothing else.

use std::time::Duration;

use tokio::time::Instant;

use crate::engine::reasons::nothing_but_throttles;
use crate::model::stop::StopReason;

/// How long nothing but 429 may come before it is not waited out any more: a limit by the second or
/// the minute is over long before, and what lasts longer is for a person.
const NOTHING_ELSE: Duration = Duration::from_mins(15);

/// Since when nothing but 429 has come.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::engine) struct Throttled {
    since: Option<Instant>,
}

impl Throttled {
    /// Notes an answer; tells whether going on is pointless for now.
    pub(in crate::engine) fn heard(
        &mut self,
        is_throttle: bool,
        now: Instant,
    ) -> Option<StopReason> {
        if !is_throttle {
            self.since = None;
            return None;
        }
        let since = *self.since.get_or_insert(now);
        let lasted = now.saturating_duration_since(since);
        (lasted >= NOTHING_ELSE).then(|| nothing_but_throttles(lasted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;

    #[test]
    fn a_quarter_of_an_hour_of_429_is_the_end_and_another_answer_starts_anew() {
        let mut throttled = Throttled::default();
        let mut now = clock::now();
        for minutes in [0, 5, 9] {
            now += Duration::from_mins(minutes);
            assert_eq!(throttled.heard(true, now), None);
        }
        assert_eq!(throttled.heard(false, now), None);
        assert_eq!(throttled.heard(true, now), None);
        now += Duration::from_mins(14);
        assert_eq!(throttled.heard(true, now), None);
        now += Duration::from_mins(1);
        let end = throttled.heard(true, now).expect("it is the end");
        assert_eq!(
            end.to_string(),
            "PingOne has answered nothing but 429 for 15 min"
        );
    }
}
