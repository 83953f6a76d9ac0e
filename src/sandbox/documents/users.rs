//! Users ("Users" and "Enable Users MFA" of the PingOne Platform API reference).

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Home, reference};
use crate::sandbox::users::{Found, POPULATION, Person};

/// A user.
pub(in crate::sandbox) fn user(home: &Home, person: &Person) -> Value {
    let itself = format!("users/{}", person.id);
    let mut links = home.links(&itself);
    links["devices"] = json!({ "href": home.at(&format!("{itself}/devices")) });
    let mut document = json!({
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
    });
    if person.bypasses_mfa {
        document["bypassMFAEnabled"] = json!(true);
    }
    document
}

/// A page of a listing of users, with the address of the next one.
pub(in crate::sandbox) fn list(home: &Home, found: &Found, next: Option<String>) -> Value {
    let mut links = home.links("users");
    if let Some(next) = next {
        links["next"] = json!({ "href": next });
    }
    let users: Vec<_> = found
        .people
        .iter()
        .map(|person| user(home, person))
        .collect();
    json!({
        "_links": links,
        "count": found.count,
        "size": users.len(),
        "_embedded": { "users": users },
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
