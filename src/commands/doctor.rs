//! `wavepair doctor`: one line for each thing that a run needs, and what to do about it.

use std::fmt;
use std::path::Path;

use super::Invocation;
use super::advice::{Policies, allows, pairing_disabled, tells_users};
use super::target::{Access, access};
use crate::engine::questions::{Questions, ReadFault};
use crate::error::Error;
use crate::exit::ExitCode;
use crate::ledger::{Binding, Reader};
use crate::model::event::Event;
use crate::model::ids::{PolicyId, UserId};
use crate::model::outcome::Outcome;
use crate::model::phone::E164;
use crate::model::request::{Address, DeviceKey, DeviceType};
use crate::model::stop::{StopReason, Stopped};
use crate::pingone::wire::Policy;
use crate::rate_limit::Rate;
use crate::report::cell::neutral;
use crate::report::console::Console;
use crate::report::paragraph::hanging;
use crate::settings::run::Doctor;

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Ok,
    Warning,
    Failed,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Mark::Ok => "ok",
            Mark::Warning => "warning",
            Mark::Failed => "failed",
        })
    }
}

/// The lines of a check-up.
struct Report<'a> {
    console: &'a Console,
    /// Whether only what is wrong is shown.
    quiet: bool,
    worst: Mark,
}

impl Report<'_> {
    fn say(&mut self, mark: Mark, what: &str, found: &str) {
        self.worst = self.worst.max(mark);
        if self.quiet && mark == Mark::Ok {
            return;
        }
        let line = format!("{mark:<8}{what:<12}{}", neutral(found));
        self.console.print(&hanging(&line, 20));
    }
}

/// Checks settings, credentials, permissions, policies, limits and the ledger.
///
/// Ends with 0 where nothing is wrong, and with 5 where a run would be pointless.
///
/// # Errors
///
/// The client cannot be set up.
pub async fn doctor(settings: Doctor, invocation: &Invocation) -> Result<ExitCode, Error> {
    let Doctor {
        tenant,
        policy,
        ledger,
        pace,
    } = settings;
    let mut report = Report {
        console: &invocation.console,
        quiet: invocation.quiet,
        worst: Mark::Ok,
    };
    let binding = tenant.binding();
    report.say(Mark::Ok, "settings", &binding.to_string());
    let Access { client, tokens } = access(tenant, &pace)?;
    let mut unheard = |_: &Event| {};
    let questions = Questions::new(
        &client,
        tokens,
        pace.retry,
        Rate::PerSecond(10.0),
        &mut unheard,
    );
    match questions.token().await {
        Ok(_) => {
            report.say(Mark::Ok, "credentials", "PingOne gave an access token");
            check_permission(&questions, &mut report).await;
            check_policies(&questions, policy, &mut report).await;
            check_limits(&questions, &mut report).await;
        }
        Err(reason) => report.say(Mark::Failed, "credentials", &said(&reason)),
    }
    check_ledger(&ledger, &binding, &mut report);
    Ok(match report.worst {
        Mark::Ok | Mark::Warning => ExitCode::Done,
        Mark::Failed => ExitCode::Pointless,
    })
}

fn said(reason: &StopReason) -> String {
    Stopped::from(reason).message
}

/// Lists the devices of a user that cannot be there: permitted means "not found".
async fn check_permission(questions: &Questions<'_>, report: &mut Report<'_>) {
    let Some(phone) = E164::from_digits("15125550100") else {
        return;
    };
    let key = DeviceKey {
        user: UserId::from_uuid(uuid::Uuid::new_v4()),
        kind: DeviceType::WhatsApp,
        address: Address::Phone(phone),
    };
    match questions.device(&key, "doctor").await {
        Ok(finding) if finding.outcome == Outcome::Failed => {
            let what = finding
                .answer
                .message
                .or(finding.answer.code)
                .unwrap_or_default();
            report.say(
                Mark::Failed,
                "permission",
                &format!("users' devices cannot be listed: {what}"),
            );
        }
        Ok(_) => report.say(Mark::Ok, "permission", "users' devices may be listed"),
        Err(reason) => report.say(Mark::Failed, "permission", &said(&reason)),
    }
}

async fn check_policies(
    questions: &Questions<'_>,
    wanted: Option<PolicyId>,
    report: &mut Report<'_>,
) {
    let policies = match questions.policies().await {
        Ok(listed) => Policies::new(listed),
        Err(fault) => {
            return report.say(
                Mark::Warning,
                "policies",
                &format!("not checked: {}", unread(&fault)),
            );
        }
    };
    let policy = match wanted {
        Some(id) => policies.get(id),
        None => policies.default_policy(),
    };
    match (policy, wanted) {
        (Some(policy), _) => check_policy(policy, report),
        (None, Some(id)) => report.say(
            Mark::Failed,
            "policy",
            &format!("{id} is not in this environment; copy its ID from PingOne's MFA policies"),
        ),
        (None, None) => report.say(
            Mark::Warning,
            "policy",
            "no policy is named, and none is the default",
        ),
    }
}

fn check_policy(policy: &Policy, report: &mut Report<'_>) {
    let name = format!("{} ({})", policy.name, policy.id);
    if allows(policy, DeviceType::WhatsApp) {
        report.say(Mark::Ok, "policy", &format!("{name} allows WhatsApp"));
    } else {
        report.say(
            Mark::Warning,
            "policy",
            &format!("{name} does not allow WhatsApp; enable it there, which needs a WhatsApp sender, or name another with `--policy`"),
        );
    }
    if pairing_disabled(policy, DeviceType::WhatsApp) {
        report.say(
            Mark::Warning,
            "policy",
            &format!("{name} says that no new WhatsApp devices are paired"),
        );
    }
    if let Some(how) = tells_users(policy) {
        report.say(
            Mark::Warning,
            "messages",
            &format!("{name} tells users of each new device ({how}); a run may message everyone who has a device"),
        );
    }
}

async fn check_limits(questions: &Questions<'_>, report: &mut Report<'_>) {
    match questions.mfa_settings().await {
        Ok(settings) => {
            let most = settings
                .pairing
                .and_then(|pairing| pairing.max_allowed_devices);
            match most {
                Some(most) => report.say(
                    Mark::Ok,
                    "limits",
                    &format!("a user may have {most} devices"),
                ),
                None => report.say(
                    Mark::Warning,
                    "limits",
                    "PingOne does not say how many devices a user may have",
                ),
            }
        }
        Err(fault) => report.say(
            Mark::Warning,
            "limits",
            &format!("not checked: {}", unread(&fault)),
        ),
    }
}

fn unread(fault: &ReadFault) -> String {
    match fault {
        ReadFault::Stop(reason) => said(reason),
        ReadFault::Refused(error) => match error.hint() {
            Some(hint) => format!("{error}; {hint}"),
            None => error.to_string(),
        },
    }
}

fn check_ledger(path: &Path, binding: &Binding, report: &mut Report<'_>) {
    let shown = path.display();
    match Reader::open(path, binding) {
        Ok(None) => report.say(
            Mark::Ok,
            "ledger",
            &format!("{shown} is not there yet; the first run makes it"),
        ),
        Ok(Some(reader)) => match reader.storage() {
            Ok(storage) => report.say(Mark::Ok, "ledger", &format!("{shown}: {storage}")),
            Err(error) => report.say(Mark::Failed, "ledger", &error.to_string()),
        },
        Err(error) => {
            let hint = error.hint().unwrap_or_default();
            report.say(Mark::Failed, "ledger", &format!("{error}; {hint}"));
        }
    }
}
