//! Listing all devices of a user, for whoever compares more than one of them.

use super::questions::{Questions, ReadFault};
use crate::model::event::RequestKind;
use crate::model::ids::UserId;
use crate::model::stop::StopReason;
use crate::pingone::read::{ReadError, ReadFailure};
use crate::pingone::user_devices::{DevicePage, UserDevice, user_devices};

/// What PingOne lists of a user.
#[derive(Debug)]
pub(crate) enum Listed {
    /// These are all devices of types that wavepair creates.
    Devices(Vec<UserDevice>),
    /// There is no such user.
    NoUser,
    /// It does not say.
    Refused(ReadError),
}

/// Lists all devices of a user, page by page.
///
/// # Errors
///
/// Nothing can be asked at all.
pub(crate) async fn list(questions: &Questions<'_>, user: UserId) -> Result<Listed, StopReason> {
    let (mut devices, mut before) = (Vec::new(), None);
    loop {
        let (client, pages) = (questions.client(), before.as_ref());
        let page = questions.read(RequestKind::List, |token| async move {
            user_devices(client, user, pages, &token).await
        });
        let page: DevicePage = match page.await {
            Ok(page) => page,
            Err(ReadFault::Stop(reason)) => return Err(reason),
            Err(ReadFault::Refused(error)) if error.failure == ReadFailure::NotFound => {
                return Ok(Listed::NoUser);
            }
            Err(ReadFault::Refused(error)) => return Ok(Listed::Refused(error)),
        };
        devices.extend(page.devices);
        match page.next {
            Some(next) => before = Some(next),
            None => return Ok(Listed::Devices(devices)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::played_questions::{Answer, asked_of};
    use crate::model::ids::DeviceId;
    use crate::model::request::DeviceType;

    const USER: UserId = UserId::from_bytes([1; 16]);

    fn listing() -> Answer {
        let id = DeviceId::from_bytes([2; 16]);
        let device = format!(r#"{{"id":"{id}","type":"SMS","phone":"+15125551234"}}"#);
        let body = format!(r#"{{"_embedded":{{"devices":[{device}]}}}}"#);
        (200, None, body)
    }

    #[tokio::test(start_paused = true)]
    async fn a_listing_is_waited_for_as_long_as_pingone_throttles() {
        // More often than anything else is tried.
        let mut answers = vec![(429, Some(7), String::new()); 6];
        answers.push(listing());
        let (listed, asked) = asked_of(answers, async |it| list(it, USER).await).await;
        let Ok(Listed::Devices(devices)) = listed else {
            panic!("{listed:?}");
        };
        let kinds: Vec<_> = devices.iter().map(|device| device.kind).collect();
        assert_eq!(kinds, [DeviceType::Sms]);
        assert_eq!(asked.len(), 7);
        let apart = asked.windows(2).map(|two| two[1].0 - two[0].0);
        assert!(apart.min() >= Some(7), "{asked:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_user_who_is_not_there_has_no_devices_and_a_refusal_says_nothing() {
        for (status, is_known) in [(404, false), (403, true)] {
            let answers = vec![(status, None, String::new())];
            let (listed, _) = asked_of(answers, async |it| list(it, USER).await).await;
            match listed {
                Ok(Listed::NoUser) => assert!(!is_known),
                Ok(Listed::Refused(error)) => {
                    assert!(is_known);
                    assert_eq!(error.answer.http_status, Some(status));
                }
                other => panic!("{other:?}"),
            }
        }
    }
}
