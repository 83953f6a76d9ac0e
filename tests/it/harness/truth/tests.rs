//! The judge is judged.

use super::*;

const DEVICE: Device = Device {
    user: 1,
    kind: "SMS",
    digits: 15_125_551_234,
};
const LOST: Fate = Fate {
    effect: Effect::Never,
    sight: Sight::Cut,
};

fn complaints(truth: &Truth) -> String {
    truth.complaints().join("\n")
}

#[test]
fn a_request_that_follows_a_lost_one_too_soon_is_noticed_without_a_device() {
    let mut truth = Truth::new(Duration::from_mins(1), Ways::default());
    for transaction in ["a", "b"] {
        truth.post(DEVICE, transaction, LOST);
        truth.post_ends(DEVICE);
    }
    assert!(
        complaints(&truth).contains("settling takes 60s"),
        "{truth:?}"
    );
}

#[test]
fn a_request_that_follows_a_refused_one_is_as_it_should_be() {
    let mut truth = Truth::new(Duration::from_mins(1), Ways::default());
    let sight = Sight::Throttled { as_date: false };
    for transaction in ["a", "b"] {
        let effect = Effect::Never;
        truth.post(DEVICE, transaction, Fate { effect, sight });
        truth.post_ends(DEVICE);
    }
    truth.post(DEVICE, "c", LOST);
    assert_eq!(complaints(&truth), "");
    truth.post(DEVICE, "c", LOST);
    let said = complaints(&truth);
    assert!(
        said.contains("c was sent twice") && said.contains("another request"),
        "{said}"
    );
}

#[test]
fn a_request_inside_a_pause_is_noticed_but_not_where_nobody_can_know_it() {
    let mut truth = Truth::new(Duration::ZERO, Ways::default());
    truth.pause("list", 1, Duration::from_mins(1));
    for _ in 0..IN_FLIGHT {
        truth.request("list", 1);
    }
    assert_eq!(complaints(&truth), "", "they were in flight");
    truth.request("list", 2);
    assert_eq!(complaints(&truth), "", "it may not have been read yet");
    truth.request("create", 1);
    assert_eq!(complaints(&truth), "", "another rate");
    truth.request("list", 1);
    assert!(complaints(&truth).contains("before the end of a pause"));
    truth.pause("users", 1, Duration::from_mins(1));
    for _ in 0..=IN_FLIGHT {
        truth.request("switch", 1);
    }
    let said = complaints(&truth);
    assert!(said.contains("a switch came"), "they share a rate: {said}");
    truth.run_begins();
    truth.request("list", 1);
    assert_eq!(truth.complaints().len(), 2);
}

#[test]
fn a_second_device_is_noticed_with_its_story() {
    let mut truth = Truth::new(Duration::ZERO, Ways::default());
    truth.run_begins();
    truth.post(DEVICE, "a-1", LOST);
    for id in 0..2 {
        let (created_at, spelled) = ("".into(), "".into());
        let (at, before) = (now(), false);
        truth.make(
            DEVICE,
            Made {
                id,
                at,
                created_at,
                spelled,
                before,
            },
        );
    }
    let said = complaints(&truth);
    assert!(
        said.contains("is there twice") && said.contains("a-1"),
        "{said}"
    );
}
