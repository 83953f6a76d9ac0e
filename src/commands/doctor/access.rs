//! Whether PingOne accepts the client, and whether the client may list users' devices.

use super::checkup::{Checkup, Mark};
use super::unread::describe_stop;
use crate::engine::questions::{Finding, Questions};
use crate::model::ids::UserId;
use crate::model::outcome::{LookOutcome, Outcome};
use crate::model::phone::E164;
use crate::model::request::{Address, DeviceKey, DeviceType};
use crate::model::stop::{StopCode, StopReason};
use crate::model::why_nothing::WhyNothing;
use crate::pingone::hint;

/// Lists the devices of a user that cannot be there: permitted means "not found".
pub(super) async fn look_for_nobody(questions: &Questions<'_>) -> Result<Finding, StopReason> {
    let key = DeviceKey {
        user: UserId::from_uuid(uuid::Uuid::new_v4()),
        kind: DeviceType::WhatsApp,
        address: Address::Phone(E164::from_digits("15125550100").expect("a phone for examples")),
    };
    questions.device(&key, "doctor").await
}

/// Says whether PingOne accepts an access token that was given, by the first answer to it.
pub(super) fn tell_of_token(look: &Result<Finding, StopReason>, report: &mut Checkup<'_>) {
    let (mark, found) = match look {
        Err(reason) if reason.code() == StopCode::CredentialsRefused => (
            Mark::Failed,
            hint::advised(
                "PingOne does not accept the access token that was given (HTTP 401)",
                hint::UNAUTHORIZED,
            ),
        ),
        Err(reason) if reason.code() != StopCode::PermissionMissing => (
            Mark::Warning,
            "an access token is given, and PingOne was not reached to accept it".to_owned(),
        ),
        Ok(finding) if finding.outcome == Outcome::Failed => (
            Mark::Warning,
            "an access token is given, and PingOne did not answer to it".to_owned(),
        ),
        Ok(_) | Err(_) => (
            Mark::Ok,
            "PingOne accepts the access token that was given".to_owned(),
        ),
    };
    report.say(mark, "credentials", &found);
}

/// Says whether users' devices may be listed.
pub(super) fn tell_of_permission(look: Result<Finding, StopReason>, report: &mut Checkup<'_>) {
    match look {
        Ok(finding) if finding.outcome == Outcome::Failed => {
            let answer = finding.answer;
            let what = answer.message.or(answer.code).unwrap_or_default();
            let advice = hint::of_look(&LookOutcome::Nothing(WhyNothing::NoInformation));
            let what = hint::without_advice(&what, advice);
            let what = format!("users' devices cannot be listed: {what}");
            let what = match answer.http_status {
                None => hint::advised(&what, hint::NO_ANSWER),
                Some(_) => hint::advised(&what, hint::LATER),
            };
            report.fail("permission", &what);
        }
        Ok(_) => report.ok("permission", "users' devices may be listed"),
        Err(reason) if reason.code() == StopCode::CredentialsRefused => {
            report.unchecked("permission", "the access token is not accepted");
        }
        Err(reason) => report.fail("permission", &describe_stop(&reason)),
    }
}
