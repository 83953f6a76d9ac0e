//! All devices of a user, for whoever compares more than one of them.
//!
//! Where a run asks for one device, [`listing`](super::listing) tells whether it is there. This tells
//! of each.

use std::fmt;

use bytes::Bytes;
use reqwest::Url;

use crate::model::code;
use crate::model::device_report::ReportedDevice;
use crate::model::ids::UserId;
use crate::model::request::DeviceType;

use super::client::{Client, parsed};
use super::connections::Connection;
use super::device_reports::{address, status};
use super::head::{BodyFault, Head};
use super::listing::{Count, Unreadable};
use super::next_page::Trail;
use super::read::{ReadError, malformed, read_answer};
use super::token::AccessToken;
use super::wire;

/// A device of a user, of a type that wavepair creates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UserDevice {
    /// What kind it is.
    pub kind: DeviceType,
    /// The device.
    pub device: ReportedDevice,
}

/// A page of a user's devices.
#[derive(Debug)]
pub(crate) struct DevicePage {
    /// The devices on it.
    pub devices: Vec<UserDevice>,
    /// The next one, where there is one.
    pub next: Option<NextDevicePage>,
}

/// Where a listing goes on, and what its pages told so far.
#[derive(Clone)]
pub(crate) struct NextDevicePage {
    url: Url,
    trail: Trail,
    count: Count,
}

impl fmt::Debug for NextDevicePage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NextDevicePage")
            .field("read", &self.trail.pages())
            .finish_non_exhaustive()
    }
}

/// Asks for one page of the devices of a user, once; `before` is what the pages before it told.
///
/// What others were answered on its connection would be taken for a page: each goes out on a fresh one.
///
/// # Errors
///
/// As [`devices_answer`].
pub(crate) async fn user_devices(
    client: &Client,
    user: UserId,
    before: Option<&NextDevicePage>,
    token: &AccessToken,
) -> Result<DevicePage, ReadError> {
    let url = match before {
        Some(next) => next.url.clone(),
        None => parsed(&client.of_user(wire::DEVICES, user)),
    };
    let answer = client.read_on(Connection::Fresh, url.clone(), token).await;
    let (head, body) = answer?;
    devices_answer(user, &url, before, &head, &body)
}

/// Reads a page from this address; `before` is what the pages before it told.
///
/// # Errors
///
/// As [`read_answer`], and [`Malformed`](super::read::ReadFailure::Malformed) for a listing that is
/// not whole, shows another user's device, or one without ID or type.
fn devices_answer(
    user: UserId,
    at: &Url,
    before: Option<&NextDevicePage>,
    head: &Head,
    body: &Result<Bytes, BodyFault>,
) -> Result<DevicePage, ReadError> {
    let page: wire::Collection<wire::Devices> = read_answer(head, body)?;
    let unreadable = |why: &str| malformed(head, code::UNREADABLE_LISTING, why);
    let not_believed = |why: Unreadable| unreadable(why.message());
    let (mut trail, mut count) = before
        .map(|before| (before.trail.clone(), before.count.clone()))
        .unwrap_or_default();
    let bytes = body.as_ref().map_or(0, Bytes::len);
    let next = trail.next(at, bytes, page.links.as_ref());
    let listed = count.take(page).map_err(not_believed)?;
    let next = next.map_err(Unreadable::Astray).map_err(not_believed)?;
    if next.is_none() {
        count.check_whole().map_err(not_believed)?;
    }
    let mut devices = Vec::new();
    for shown in &listed {
        devices.extend(device(user, shown).map_err(unreadable)?);
    }
    let next = next.map(|url| NextDevicePage { url, trail, count });
    Ok(DevicePage { devices, next })
}

/// A device that is listed; nothing where it is of a type that wavepair does not create.
fn device(user: UserId, shown: &wire::Device) -> Result<Option<UserDevice>, &'static str> {
    if let Some(theirs) = &shown.user
        && theirs.id.parse() != Ok(user)
    {
        return Err(Unreadable::OtherUser.message());
    }
    let kind = shown.kind.as_deref();
    let kind = kind.ok_or("the listing shows a device without a type")?;
    let Ok(kind) = kind.parse::<DeviceType>() else {
        return Ok(None);
    };
    let id = shown.id.as_deref().and_then(|id| id.parse().ok());
    let shown_address = match kind {
        DeviceType::WhatsApp | DeviceType::Sms | DeviceType::Voice => shown.phone.as_deref(),
        DeviceType::Email => shown.email.as_deref(),
    };
    Ok(Some(UserDevice {
        kind,
        device: ReportedDevice {
            user,
            id: id.ok_or("the listing shows a device without an ID")?,
            address: address(kind, shown_address),
            status: status(shown.status.as_deref()),
        },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::device_report::{ReportedAddress, ReportedStatus};
    use crate::model::outcome::Proof;
    use crate::pingone::read::ReadFailure;

    const USER: &str = "b30ac647-e33e-464f-a6ea-0275082d4c26";
    const ID: &str = "cd44c285-2375-4c17-9c54-47dea4438e11";
    const HERE: &str = "https://api.pingone.eu/v1/environments/E/users/U/devices";

    fn answer(before: Option<&NextDevicePage>, body: &str) -> Result<DevicePage, ReadError> {
        let head = Head::bare(200, Proof::Proven);
        let body = Ok(Bytes::copy_from_slice(body.as_bytes()));
        devices_answer(
            USER.parse().unwrap(),
            &HERE.parse().unwrap(),
            before,
            &head,
            &body,
        )
    }

    fn page(devices: &str, rest: &str) -> String {
        format!(r#"{{"_embedded":{{"devices":[{devices}]}}{rest}}}"#)
    }

    fn shown(kind: &str, rest: &str) -> String {
        format!(r#"{{"id":"{ID}","type":"{kind}","status":"ACTIVE",{rest}}}"#)
    }

    #[test]
    fn every_device_of_a_type_of_ours_is_told() {
        let listed = [
            shown("WHATSAPP", r#""phone":"+1.5125551234""#),
            shown("SMS", r#""phone":"+1******1234""#),
            shown("TOTP", r#""phone":"+15125551234""#),
            shown("EMAIL", r#""email":"Ada@example.com""#),
        ];
        let read = answer(None, &page(&listed.join(","), r#","size":4,"count":4"#)).unwrap();
        let told: Vec<_> = read
            .devices
            .iter()
            .map(|it| (it.kind, it.device.address))
            .collect();
        let mailbox = ReportedAddress::of_mailbox(&"ada@example.com".parse().unwrap());
        assert_eq!(
            told,
            [
                (
                    DeviceType::WhatsApp,
                    ReportedAddress::of_digits("15125551234")
                ),
                (DeviceType::Sms, ReportedAddress::UNCLEAR),
                (DeviceType::Email, mailbox),
            ]
        );
        let statuses = read.devices.iter().map(|it| it.device.status);
        assert!(statuses.eq([ReportedStatus::Active; 3]));
        assert!(read.next.is_none());
    }

    #[test]
    fn a_listing_of_pages_is_whole_with_its_last_one() {
        let one = shown("WHATSAPP", r#""phone":"+15125551234""#);
        let links = r#","count":2,"_links":{"next":{"href":"?cursor=2"}}"#;
        let first = answer(None, &page(&one, links)).unwrap();
        let next = first.next.unwrap();
        assert_eq!(next.url.as_str(), format!("{HERE}?cursor=2"));
        let other = one.replace(ID, USER);
        let last = answer(Some(&next), &page(&other, "")).unwrap();
        assert_eq!((last.devices.len(), last.next.is_none()), (1, true));
        // One that stands on both pages is one: another may have been missed.
        for rest in ["", &one] {
            let error = answer(Some(&next), &page(rest, "")).unwrap_err();
            assert_eq!(error.failure, ReadFailure::Malformed, "{rest}");
        }
    }

    #[test]
    fn what_is_not_understood_tells_nothing() {
        let good = shown("SMS", r#""phone":"+15125551234""#);
        for body in [
            "{}".to_owned(),
            page(r#"{"type":"SMS"}"#, ""),
            page(&format!(r#"{{"id":"{ID}"}}"#), ""),
            page(
                &shown(
                    "SMS",
                    r#""user":{"id":"cd44c285-2375-4c17-9c54-47dea4438e11"}"#,
                ),
                "",
            ),
            page(&good, r#","size":2"#),
            page(&good, r#","count":2"#),
            page(
                &good,
                r#","_links":{"next":{"href":"https://elsewhere.invalid/"}}"#,
            ),
        ] {
            let error = answer(None, &body).unwrap_err();
            assert_eq!(error.failure, ReadFailure::Malformed, "{body}");
        }
    }
}
