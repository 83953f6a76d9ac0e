//! What the tenant as a whole lets a wave do: products, license, limits, countries, new users, the report.
//!
//! Each is asked whatever became of the others; what is made of the answers is pure, in `judge`.

mod judge;

use judge::Line;
use serde::de::DeserializeOwned;

use super::checkup::Checkup;
use super::policies::Seen;
use super::unread::unread;
use crate::engine::device_reports::try_out;
use crate::engine::questions::{Questions, ReadFault};
use crate::pace::Pacing;
use crate::pingone::tenant::{
    AllowList, Capabilities, Environments, NotificationPolicies, Part, Products, Shown,
};

/// Reads a part; says why not where it is not given.
async fn read<T: DeserializeOwned>(
    questions: &Questions<'_>,
    part: Part,
    what: &'static str,
    report: &mut Checkup<'_>,
) -> Option<Shown<T>> {
    match questions.tenant(part).await {
        Ok(shown) => Some(shown),
        Err(fault) => {
            report.unchecked(what, &unread(&fault));
            None
        }
    }
}

fn say(line: &Line, report: &mut Checkup<'_>) {
    report.say(line.mark, line.what, &line.found);
}

/// Whether the environment has PingOne MFA at all.
pub(super) async fn check_product(questions: &Questions<'_>, report: &mut Checkup<'_>) {
    let shown = read::<Products>(questions, Part::Products, "product", report).await;
    if let Some(products) = shown {
        say(&judge::product(&products.what), report);
    }
}

/// Whether WhatsApp can be sent by; gives what the license allows.
pub(super) async fn check_license(
    questions: &Questions<'_>,
    seen: &Seen,
    report: &mut Checkup<'_>,
) -> Option<Capabilities> {
    let license = match questions.tenant::<Capabilities>(Part::Capabilities).await {
        Ok(shown) => Ok(shown.what),
        Err(fault) => Err(unread(&fault)),
    };
    say(&judge::sender(license.as_ref().ok(), seen.whatsapp), report);
    license.map_err(|why| report.unchecked("rate", &why)).ok()
}

/// To which countries passcodes go.
pub(super) async fn check_countries(
    questions: &Questions<'_>,
    seen: &Seen,
    report: &mut Checkup<'_>,
) {
    let part = Part::NotificationPolicies;
    let shown = read::<NotificationPolicies>(questions, part, "countries", report).await;
    if let Some(shown) = shown {
        let policies = shown.what.embedded.map(|embedded| embedded.policies);
        let named = seen.notifications.as_deref();
        say(
            &judge::countries(&policies.unwrap_or_default(), named),
            report,
        );
    }
}

/// How many devices a user may have, and whether new users can use them.
pub(super) async fn check_settings(questions: &Questions<'_>, report: &mut Checkup<'_>) {
    match questions.mfa_settings().await {
        Ok(settings) => {
            say(&judge::limits(&settings), report);
            say(&judge::new_users(&settings), report);
        }
        Err(fault) => {
            for what in ["limits", "new users"] {
                report.unchecked(what, &unread(&fault));
            }
        }
    }
}

/// Which pace the license lets this address have.
pub(super) async fn check_rate(
    questions: &Questions<'_>,
    license: Option<Capabilities>,
    (pacing, proxied): (Pacing, bool),
    report: &mut Checkup<'_>,
) {
    let shown = read::<AllowList>(questions, Part::AllowList, "address", report).await;
    let place = shown.map(|shown| judge::Place::of(&shown.what, shown.from, proxied));
    if let Some(license) = license {
        say(
            &judge::rate(license.mfa_rate(), pacing, place.as_ref()),
            report,
        );
    }
    if let Some(place) = place {
        say(&judge::address(&place), report);
    }
}

/// Whether the report of all devices can be made and read.
pub(super) async fn check_report(questions: &Questions<'_>, report: &mut Checkup<'_>) {
    match try_out(questions).await {
        Ok(()) => report.ok(
            "report",
            "the report of all WhatsApp devices can be made and read",
        ),
        Err(ReadFault::Refused(error)) => {
            let found = format!(
                "the report of all WhatsApp devices cannot be had: {error}; devices are found by listing users"
            );
            report.warn("report", &found);
        }
        Err(fault @ ReadFault::Stop(_)) => {
            report.unchecked("report", &unread(&fault));
        }
    }
}

/// Whether the client may see more than it needs, where that is told; where it is not, nothing is said.
pub(super) async fn check_rights(questions: &Questions<'_>, report: &mut Checkup<'_>) {
    if let Ok(shown) = questions.tenant::<Environments>(Part::Environments).await
        && let Some(embedded) = shown.what.embedded
        && let Some(line) = judge::rights(embedded.environments.len())
    {
        say(&line, report);
    }
}
