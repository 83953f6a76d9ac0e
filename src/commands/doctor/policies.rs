//! The policies, and the one that a run would use.

use super::checkup::Checkup;
use super::unread::{unasked, unread};
use crate::commands::advice::{allows, pairing_disabled, tells_users};
use crate::commands::policies::{Policies, id_of};
use crate::engine::questions::Questions;
use crate::model::policy_ref::PolicyRef;
use crate::model::request::DeviceType;
use crate::pingone::wire::Policy;

/// How many policies are listed.
const POLICIES: usize = 50;

/// What there is to say of the other parts of a tenant, by its policies.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Whether one of them allows WhatsApp; nothing where they could not be read.
    pub(super) whatsapp: Option<bool>,
    /// The notification policy of the one that a run would use.
    pub(super) notifications: Option<String>,
}

/// Lists the policies, and checks the one that is named, or the default.
pub(super) async fn check_policies(
    questions: &Questions<'_>,
    wanted: Option<PolicyRef>,
    report: &mut Checkup<'_>,
) -> Seen {
    let listed = match questions.policies().await {
        Ok(listed) => listed,
        Err(fault) => {
            report.unchecked("policies", &unread(&fault));
            return Seen::default();
        }
    };
    for policy in listed.iter().take(POLICIES) {
        report.ok("policies", &describe_policy(policy));
    }
    if let Some(more) = listed.len().checked_sub(POLICIES).filter(|more| *more > 0) {
        report.ok("policies", &format!("and {more} more"));
    }
    let whatsapp = listed
        .iter()
        .any(|policy| allows(policy, DeviceType::WhatsApp));
    let mut seen = Seen {
        whatsapp: Some(whatsapp),
        notifications: None,
    };
    let wanted = match wanted.map(|named| id_of(&named, &listed)).transpose() {
        Ok(wanted) => wanted,
        Err(found) => {
            report.fail("policy", &found);
            return seen;
        }
    };
    let mut policies = Policies::new(listed);
    let policy = match wanted {
        Some(id) => match policies.find(id, questions).await {
            Ok(policy) => policy,
            Err(reason) => {
                let found = format!("{id} is not checked: {}", unasked(&reason));
                report.warn("policy", &found);
                return seen;
            }
        },
        None => policies.default_policy(),
    };
    match (policy, wanted) {
        (Some(policy), _) => {
            let notifications = policy.notifications.as_ref();
            seen.notifications = notifications.map(|policy| policy.id.clone());
            check_policy(policy, report);
        }
        (None, Some(id)) => report.fail(
            "policy",
            &format!("{id} is not in this environment; name one of the policies above, by its ID"),
        ),
        (None, None) => report.warn(
            "policy",
            "no policy is named with `--policy`, and none is the environment's default",
        ),
    }
    seen
}

/// A policy, its ID, and the types of device that it allows.
fn describe_policy(policy: &Policy) -> String {
    let allowed: Vec<_> = DeviceType::ALL
        .into_iter()
        .filter(|kind| allows(policy, *kind))
        .map(DeviceType::as_str)
        .collect();
    let allowed = match allowed.as_slice() {
        [] => "none of wavepair's types".to_owned(),
        allowed => allowed.join(", "),
    };
    let default = if policy.default { ", the default" } else { "" };
    format!("{} {}{default}: {allowed}", policy.id, policy.name)
}

fn check_policy(policy: &Policy, report: &mut Checkup<'_>) {
    let name = format!("{} ({})", policy.name, policy.id);
    if allows(policy, DeviceType::WhatsApp) {
        report.ok("policy", &format!("{name} allows WhatsApp"));
    } else {
        let found = format!(
            "{name} does not allow WhatsApp; enable it there, which needs a WhatsApp sender, or \
             name another with `--policy`"
        );
        report.warn("policy", &found);
    }
    if pairing_disabled(policy, DeviceType::WhatsApp) {
        let found = format!("{name} says that no new WhatsApp devices are paired");
        report.warn("policy", &found);
    }
    match tells_users(policy) {
        None => report.ok("messages", &format!("{name} tells nobody of a new device")),
        Some(how) => {
            let found = format!(
                "{name} tells users of each new device ({how}); a run may message everyone who has a \
                 device. Set `newDeviceNotification` to NONE for the time of the wave, or tell them before"
            );
            report.warn("messages", &found);
        }
    }
}
