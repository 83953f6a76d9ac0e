//! What is said of the requests of a run to come, and of its time. Pure.

use super::notice::Notice;
use super::quantity::{at_best, counted, span};
use crate::model::pace_reading::{Millirate, PaceReading};

/// Says how many requests a run sends at least, and how long that takes at the pace of now.
pub(crate) fn of_run(requests: u64, pace: PaceReading) -> Notice {
    let rate = pace.last;
    let time = at_best(requests, rate.map(Millirate::per_second));
    let text = match (rate, time) {
        (Some(rate), Some(time)) if requests > 0 => format!(
            "A run sends {} at least, which takes {} at the present pace of {rate}.",
            counted(requests, "request"),
            span(time)
        ),
        _ => format!("A run sends {} at least.", counted(requests, "request")),
    };
    Notice::info("run_cost", text)
        .fact("requests", requests)
        .fact("seconds", time.map(|time| time.as_secs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_with_their_time_where_the_pace_is_known() {
        let paced = PaceReading {
            last: Some(Millirate::of(12.5)),
            ..PaceReading::default()
        };
        for (requests, pace, said) in [
            (
                10_000,
                paced,
                "A run sends 10,000 requests at least, which takes 13 min 20 s at the present pace of 12.5/s.\n",
            ),
            (0, paced, "A run sends 0 requests at least.\n"),
            (
                1,
                PaceReading::default(),
                "A run sends 1 request at least.\n",
            ),
        ] {
            assert_eq!(of_run(requests, pace).text(None, false), said);
        }
    }
}
