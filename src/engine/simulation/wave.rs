//! A wave, and how PingOne is reached.

use std::time::Duration;

use fastrand::Rng;

use crate::engine::samples;
use crate::model::ids::EnvironmentId;
use crate::model::phone::E164;
use crate::model::request::{Address, DeviceRequest};
use crate::model::secret::Secret;
use crate::pingone::credentials::{ClientAuth, Credentials};
use crate::pingone::options::ClientOptions;

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

/// A client of a PingOne that has no sockets.
pub(super) fn client_options() -> ClientOptions {
    let url = |path: &str| {
        format!("http://127.0.0.1:1{path}")
            .parse()
            .expect("it is one")
    };
    ClientOptions {
        api_url: url(""),
        environment: EnvironmentId::from_bytes([1; 16]),
        credentials: Some(Credentials {
            token_url: url("/as/token"),
            auth: ClientAuth::Basic,
            client_id: "wave".to_owned(),
            client_secret: Secret::new("secret".to_owned()),
        }),
        timeout: Duration::from_secs(30),
        connect_timeout: Duration::from_secs(10),
        authorities: None,
        proxy: None,
        source: None,
        pool: 8,
    }
}
