//! Users ("Users" and "Enable Users MFA" of the PingOne Platform API reference).

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Home, reference};
use crate::sandbox::users::{POPULATION, Person};

/// A user.
pub(in crate::sandbox) fn user(home: &Home, person: &Person) -> Value {
    let itself = format!("users/{}", person.id);
    let mut links = home.links(&itself);
    links["population"] = json!({ "href": home.at(&format!("populations/{POPULATION}")) });
    links["devices"] = json!({ "href": home.at(&format!("{itself}/devices")) });
    json!({
        "_links": links,
        "id": person.id.to_string(),
        "environment": reference(home.id),
        "account": { "canAuthenticate": person.enabled, "status": "OK" },
        "createdAt": home.start(),
        "updatedAt": home.start(),
        "username": person.username,
        "email": person.email,
        "externalId": person.external_id,
        "enabled": person.enabled,
        "identityProvider": { "type": "PING_ONE" },
        "lifecycle": { "status": "ACCOUNT_OK" },
        "mfaEnabled": person.mfa_enabled,
        "population": { "id": POPULATION },
        "verifyStatus": "NOT_INITIATED",
    })
}

/// Whether a user may authenticate by MFA.
pub(in crate::sandbox) fn mfa(home: &Home, user: Uuid, enabled: bool) -> Value {
    let owner = format!("users/{user}");
    let mut links = home.links(&format!("{owner}/mfaEnabled"));
    links["user"] = json!({ "href": home.at(&owner) });
    json!({
        "_links": links,
        "environment": reference(home.id),
        "user": reference(user),
        "mfaEnabled": enabled,
    })
}
