//! A wave.

use fastrand::Rng;

use crate::engine::samples;
use crate::model::phone::E164;
use crate::model::request::{Address, DeviceRequest};

/// The devices of a wave: several of a user, and several users of a phone, among them.
pub(super) fn wanted(rng: &mut Rng) -> Vec<DeviceRequest> {
    let most = if rng.u8(..10) == 0 { 10 } else { 3 };
    let mut wanted: Vec<DeviceRequest> = Vec::new();
    for number in 0..rng.u8(1..=most) {
        let user = rng.u8(1..=most);
        let phone = if rng.bool() { 0 } else { number };
        let mut request = samples::request(u64::from(number) + 1, user);
        let phone = E164::from_digits(&format!("151255501{phone:02}"));
        request.key.address = Address::Phone(phone.expect("it is one"));
        if wanted.iter().all(|other| other.key != request.key) {
            wanted.push(request);
        }
    }
    wanted
}
