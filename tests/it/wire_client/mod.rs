//! One request and one answer, on real sockets.

mod lost;
pub(crate) mod peer;
mod reads;
mod said;
mod trust;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use wavepair::testing::clock;
use wavepair::testing::model::{
    Address, AttemptOutcome, Device, DeviceKey, DeviceRequest, DeviceStatus, DeviceType, E164,
    Imprint, LookOutcome, RowNumber, Secret,
};
use wavepair::testing::pingone::{
    AccessToken, Answered, Bearer, Client, ClientAuth, ClientOptions, Connection, Credentials,
    Listed, Pages, TokenCache, TokenState,
};

pub(crate) const ENVIRONMENT: &str = "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6";
pub(crate) const USER: &str = "b30ac647-e33e-464f-a6ea-0275082d4c26";
const POLICY: &str = "7f2b0d7a-0a45-4d0a-9a4c-6a1d1d8f3c11";
const DEVICE: &str = "11111111-1111-4111-8111-111111111111";
const TOKEN: &str = "eyJ0b2tlbiI6IjEifQ.c2ln";
pub(crate) const PHONE: &str = "15125551234";

pub(crate) fn request(phone: &str) -> DeviceRequest {
    DeviceRequest {
        row: RowNumber(1),
        line: 2,
        key: DeviceKey {
            user: USER.parse().unwrap(),
            kind: DeviceType::WhatsApp,
            address: Address::Phone(E164::from_digits(phone).unwrap()),
        },
        policy: POLICY.parse().unwrap(),
        status: None,
        nickname: None,
        notification: None,
    }
}

fn options(base: &str) -> ClientOptions {
    ClientOptions {
        api_url: base.parse().unwrap(),
        environment: ENVIRONMENT.parse().unwrap(),
        credentials: Some(Credentials {
            token_url: format!("{base}/{ENVIRONMENT}/as/token").parse().unwrap(),
            auth: ClientAuth::Basic,
            client_id: "0f7d2f0c-6a52-4b4f-8f0e-2f9d7d6a1b11".to_owned(),
            client_secret: Secret::new("s~e.c-r_e+t".to_owned()),
        }),
        // For an answer that comes; what waits for none sets its own.
        timeout: Duration::from_secs(20),
        connect_timeout: Duration::from_secs(20),
        authorities: None,
        proxy: None,
        source: None,
        pool: 4,
    }
}

/// Long enough for a request to leave, and what a test waits that gets no answer.
const SHORT: Duration = Duration::from_millis(400);

pub(crate) fn client(peer: &peer::Peer) -> Client {
    Client::new(&options(&format!("http://{}", peer.address))).unwrap()
}

fn hasty_client(peer: &peer::Peer) -> Client {
    let mut options = options(&format!("http://{}", peer.address));
    options.timeout = SHORT;
    Client::new(&options).unwrap()
}

pub(crate) fn token() -> Arc<AccessToken> {
    let now: Instant = clock::now();
    let bearer = Bearer::new(Secret::new(TOKEN.to_owned())).unwrap();
    match TokenCache::fixed(bearer, now).state(now) {
        TokenState::Use(token) => token,
        other @ (TokenState::UseAndRefresh(_) | TokenState::Fetch) => panic!("{other:?}"),
    }
}

/// What a listing says that has one page.
pub(crate) async fn look_at(client: &Client, key: &DeviceKey) -> Answered<LookOutcome> {
    match page_of(client, key, None).await {
        Listed::Whole(answered, _) => answered,
        Listed::GoesOn(pages) => panic!("it goes on: {pages:?}"),
    }
}

async fn page_of(client: &Client, key: &DeviceKey, before: Option<Pages>) -> Listed {
    client
        .list_devices(key, before, &token(), "run/look#1", Connection::Kept)
        .await
}

pub(crate) async fn create(client: &Client) -> Answered<AttemptOutcome> {
    let answered = client
        .create_device(&request(PHONE), &token(), "run/row#1", Connection::Kept)
        .await;
    shows_nothing_private(&format!("{answered:?}"));
    answered
}

fn shows_nothing_private(text: &str) {
    for private in [TOKEN, PHONE, "s~e.c-r_e+t", USER, "http://", "https://"] {
        assert!(!text.contains(private), "{private} in {text}");
    }
}

/// What a device looks like that is active and has no nickname.
fn active() -> Imprint {
    Imprint {
        status: Some(DeviceStatus::Active),
        ..Imprint::default()
    }
}

fn created(id: Option<&str>) -> AttemptOutcome {
    AttemptOutcome::Created(Device {
        id: id.map(|id| id.parse().unwrap()),
        created_at: None,
        imprint: id.map(|_| active()).unwrap_or_default(),
    })
}

fn device(id: &str, phone: &str) -> String {
    format!(
        r#"{{"id":"{id}","user":{{"id":"{USER}"}},"type":"WHATSAPP","status":"ACTIVE","phone":"+{phone}"}}"#
    )
}

pub(crate) fn http(status: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nCorrelation-Id: c-1\r\n\r\n{body}"
    )
}
