//! What the pace comes to in five minutes of virtual time.

use std::time::Duration;

use super::Pacing;
use super::simulation::{Case, always};

#[tokio::test(start_paused = true)]
async fn a_limit_that_moves_is_used_and_hardly_overrun() {
    for (phase, least) in [(60, 0.9), (120, 0.93), (300, 0.95)] {
        let limits = vec![(0, 20.0), (phase, 60.0), (2 * phase, 30.0)];
        let seconds = 3 * phase;
        let played = Case {
            limits,
            seconds,
            ..Case::default()
        }
        .play()
        .await;
        let (used, refused) = played.shares(0, seconds);
        assert!(
            used >= least && refused < 0.01,
            "{phase} s: {used} {refused}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_stays_is_used_whatever_it_is() {
    for limit in [10.0, 20.0, 35.0, 60.0, 100.0] {
        for trip in [20, 80, 300] {
            let round_trip = Duration::from_millis(trip);
            let played = Case {
                limits: always(limit),
                round_trip,
                ..Case::default()
            }
            .play()
            .await;
            let (used, refused) = played.shares(0, 300);
            assert!(
                used >= 0.95 && refused < 0.01,
                "{limit}/s {trip} ms: {used} {refused}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn several_clients_share_one_limit_evenly() {
    for clients in [2, 3, 4] {
        for pacing in [Pacing::UpTo(1000.0), Pacing::Found] {
            let case = Case {
                limits: always(60.0),
                clients,
                pacing,
                seconds: 600,
                ..Case::default()
            };
            let played = case.play().await;
            let (used, refused) = played.shares(0, 600);
            let even = played.evenness(0, 600);
            assert!(
                used >= 0.97 && refused < 0.01 && even >= 0.85,
                "{clients}: {used} {refused} {even}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_costly_refusal_comes_seldom() {
    for limit in [20.0, 35.0, 60.0] {
        let retry_after = Duration::from_secs(5);
        let played = Case {
            limits: always(limit),
            retry_after,
            ..Case::default()
        }
        .play()
        .await;
        let (used, refused) = played.shares(0, 300);
        assert!(
            used >= 0.8 && refused < 0.003,
            "{limit}/s: {used} {refused}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_triples_is_found_again_within_half_a_minute() {
    for limit in [20.0, 35.0] {
        let limits = vec![(0, limit), (120, 3.0 * limit)];
        let played = Case {
            limits,
            seconds: 180,
            ..Case::default()
        }
        .play()
        .await;
        let is_used = |from: u64| played.shares(from, from + 5).0 >= 0.9;
        let found = (120..175).find(|from| is_used(*from)).unwrap();
        assert!(found + 5 <= 150, "{limit}/s: after {} s", found + 5 - 120);
    }
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_halves_is_refused_five_times_at_most() {
    for limit in [20.0, 60.0, 100.0] {
        let limits = vec![(0, limit), (120, limit / 2.0)];
        let played = Case {
            limits,
            seconds: 140,
            ..Case::default()
        }
        .play()
        .await;
        let since = played
            .events
            .iter()
            .filter(|at| (120..130).contains(&at.as_secs()));
        let count = since.count();
        assert!(count <= 5, "{limit}/s: {count}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_second_has_more_launches_than_its_ceiling_and_none_is_refused_below() {
    for (ceiling, most) in [(25.0, 26), (0.5, 1), (60.0, 61)] {
        let pacing = Pacing::UpTo(ceiling);
        let played = Case {
            limits: always(100.0),
            pacing,
            seconds: 120,
            ..Case::default()
        }
        .play()
        .await;
        let launches = &played.launches;
        for (place, from) in launches.iter().enumerate() {
            let second = launches[place..]
                .iter()
                .take_while(|at| at.saturating_sub(*from) < Duration::from_secs(1));
            let count = second.count();
            assert!(count <= most, "{ceiling}/s: {count} from {from:?} on");
        }
        assert_eq!(played.readings[0].events, 0);
        let (used, _) = played.shares(60, 120);
        assert!(used >= ceiling / 100.0 * 0.98, "{ceiling}/s: {used}");
    }
}
