//! Listing all devices of a user, for whoever compares more than one of them.

use std::sync::Arc;

use super::questions::Questions;
use crate::model::event::RequestKind;
use crate::model::ids::UserId;
use crate::model::stop::StopReason;
use crate::pingone::read::{ReadError, ReadFailure};
use crate::pingone::token::AccessToken;
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
        let mut tries = 0;
        let page: DevicePage = loop {
            let (client, before) = (questions.client(), before.as_ref());
            let ask = |token: Arc<AccessToken>| async move {
                user_devices(client, user, before, &token).await
            };
            let error = match questions.read_once(RequestKind::List, &ask).await?.1 {
                Ok(page) => break page,
                Err(error) if error.failure == ReadFailure::NotFound => return Ok(Listed::NoUser),
                Err(error) => error,
            };
            tries += 1;
            match questions.again(&error, tries) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Ok(Listed::Refused(error)),
            }
        };
        devices.extend(page.devices);
        match page.next {
            Some(next) => before = Some(next),
            None => return Ok(Listed::Devices(devices)),
        }
    }
}
