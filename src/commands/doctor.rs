//! `wavepair doctor`: one line for each thing that a run needs, and what to do about it.

use std::fmt;
use std::path::Path;

use tracing::Level;

use super::Invocation;
use super::advice::{allows, pairing_disabled, tells_users};
use super::ledger_notes::{doubtful, found_at};
use super::policies::Policies;
use super::target::{Access, UNUSED_TOKEN, access};
use crate::engine::questions::{Finding, Questions, ReadFault};
use crate::error::Error;
use crate::exit::ExitCode;
use crate::ledger::{Binding, Check};
use crate::model::event::Event;
use crate::model::ids::{PolicyId, UserId};
use crate::model::outcome::{LookOutcome, Outcome};
use crate::model::phone::E164;
use crate::model::request::{Address, DeviceKey, DeviceType};
use crate::model::stop::{StopCode, StopReason, Stopped};
use crate::pingone::hint;
use crate::pingone::wire::Policy;
use crate::rate_limit::Rate;
use crate::report::cell::neutral;
use crate::report::console::Console;
use crate::report::notice::Notice;
use crate::report::wrap::hanging;
use crate::settings::pace::Pace;
use crate::settings::run::Doctor;
use crate::settings::tenant::{Identity, Tenant};

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Ok,
    Warning,
    Failed,
}

impl Mark {
    fn level(self) -> Level {
        match self {
            Mark::Ok => Level::INFO,
            Mark::Warning => Level::WARN,
            Mark::Failed => Level::ERROR,
        }
    }
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
    worst: Mark,
}

impl Report<'_> {
    fn say(&mut self, mark: Mark, what: &str, found: &str) {
        self.worst = self.worst.max(mark);
        let line = format!("{mark:<8}{what:<12}{}", neutral(found));
        let notice = Notice::new("check", mark.level(), found)
            .fact("check", what)
            .fact("mark", mark.to_string())
            .shown_as(hanging(&line, 20, Console::width()));
        self.console.say(&match mark {
            Mark::Ok => notice,
            // What a run may stumble over is left to do.
            Mark::Warning | Mark::Failed => notice.even_if_quiet(),
        });
    }

    fn ok(&mut self, what: &str, found: &str) {
        self.say(Mark::Ok, what, found);
    }

    fn warn(&mut self, what: &str, found: &str) {
        self.say(Mark::Warning, what, found);
    }

    fn fail(&mut self, what: &str, found: &str) {
        self.say(Mark::Failed, what, found);
    }
}

/// How many policies are listed.
const POLICIES: usize = 50;

/// Checks settings, credentials, permissions, policies, limits and the ledger, each as far as it can
/// be checked, whatever the others came to.
///
/// Ends with 0 where nothing is wrong, with 2 where the settings are, and with 5 where a run would be pointless.
///
/// # Errors
///
/// The client cannot be set up.
pub(crate) async fn doctor(settings: Doctor, invocation: &Invocation) -> Result<ExitCode, Error> {
    let Doctor {
        tenant,
        problems,
        policy,
        ledger,
        pace,
    } = settings;
    let mut report = Report {
        console: &invocation.console,
        worst: Mark::Ok,
    };
    for problem in &problems {
        let remedy = problem
            .remedy()
            .map_or_else(String::new, |hint| format!("; {hint}"));
        report.fail("settings", &format!("{problem}{remedy}"));
    }
    if let Some(tenant) = tenant {
        if problems.is_empty() {
            report.ok("settings", &tenant.binding().to_string());
        }
        if tenant.unused_token {
            report.warn("settings", UNUSED_TOKEN);
        }
        for warning in &tenant.warnings {
            report.warn("proxy", warning);
        }
        if let Some(route) = tenant.route() {
            report.ok("proxy", &route);
        }
        check_tenant(tenant, &pace, policy, &mut report).await?;
    }
    if let Some((path, binding)) = ledger {
        check_ledger(&path, &binding, &mut report);
    }
    Ok(match report.worst {
        _ if !problems.is_empty() => ExitCode::Usage,
        Mark::Ok | Mark::Warning => ExitCode::Done,
        Mark::Failed => ExitCode::Pointless,
    })
}

/// Asks PingOne all that can be asked with what the settings give.
async fn check_tenant(
    tenant: Tenant,
    pace: &Pace,
    policy: Option<PolicyId>,
    report: &mut Report<'_>,
) -> Result<(), Error> {
    let given = matches!(tenant.identity, Identity::Token(_));
    let Access { client, tokens } = access(tenant, pace)?;
    let mut unheard = |_: &Event| {};
    let questions = Questions::new(
        &client,
        tokens,
        pace.retry.clone(),
        (Rate::PerSecond(10.0), 1),
        &mut unheard,
    );
    match questions.token().await {
        // Whether PingOne takes a token that was given is told by the first answer to it.
        Ok(_) if given => {}
        Ok(_) => report.ok("credentials", "PingOne gave an access token"),
        Err(reason) => {
            report.fail("credentials", &unasked(&reason));
            return Ok(());
        }
    }
    let look = look_for_nobody(&questions).await;
    if given {
        tell_of_token(&look, report);
    }
    tell_of_permission(look, report);
    check_policies(&questions, policy, report).await;
    check_limits(&questions, report).await;
    Ok(())
}

fn describe_stop(reason: &StopReason) -> String {
    Stopped::from(reason).message
}

/// Why there is no token; where nothing answers, with what to do about that.
fn unasked(reason: &StopReason) -> String {
    match reason {
        StopReason::Unavailable { what } => hint::advised(what, hint::NO_ANSWER),
        StopReason::Interrupted
        | StopReason::Terminated
        | StopReason::TimeIsUp
        | StopReason::LimitReached
        | StopReason::Pointless { .. }
        | StopReason::TooManyErrors { .. }
        | StopReason::InvalidRows { .. }
        | StopReason::InputChanged { .. }
        | StopReason::Broken { .. } => describe_stop(reason),
    }
}

/// Lists the devices of a user that cannot be there: permitted means "not found".
async fn look_for_nobody(questions: &Questions<'_>) -> Result<Finding, StopReason> {
    let key = DeviceKey {
        user: UserId::from_uuid(uuid::Uuid::new_v4()),
        kind: DeviceType::WhatsApp,
        address: Address::Phone(E164::from_digits("15125550100").expect("a phone for examples")),
    };
    questions.device(&key, "doctor").await
}

/// Says whether PingOne accepts an access token that was given, by the first answer to it.
fn tell_of_token(look: &Result<Finding, StopReason>, report: &mut Report<'_>) {
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
fn tell_of_permission(look: Result<Finding, StopReason>, report: &mut Report<'_>) {
    match look {
        Ok(finding) if finding.outcome == Outcome::Failed => {
            let answer = finding.answer;
            let what = answer.message.or(answer.code).unwrap_or_default();
            let advice = hint::of_look(&LookOutcome::NoInformation);
            let what = hint::without_advice(&what, advice);
            let what = format!("users' devices cannot be listed: {what}");
            let what = match answer.http_status {
                None => hint::advised(&what, hint::NO_ANSWER),
                Some(_) => hint::advised(&what, hint::LATER),
            };
            report.fail("permission", &what);
        }
        Ok(_) => report.ok("permission", "users' devices may be listed"),
        Err(reason) if reason.code() == StopCode::CredentialsRefused => report.warn(
            "permission",
            "not checked: the access token is not accepted",
        ),
        Err(reason) => report.fail("permission", &describe_stop(&reason)),
    }
}

async fn check_policies(
    questions: &Questions<'_>,
    wanted: Option<PolicyId>,
    report: &mut Report<'_>,
) {
    let listed = match questions.policies().await {
        Ok(listed) => listed,
        Err(fault) => {
            return report.warn("policies", &format!("not checked: {}", unread(&fault)));
        }
    };
    for policy in listed.iter().take(POLICIES) {
        report.ok("policies", &describe_policy(policy));
    }
    if let Some(more) = listed.len().checked_sub(POLICIES).filter(|more| *more > 0) {
        report.ok("policies", &format!("and {more} more"));
    }
    let mut policies = Policies::new(listed);
    let policy = match wanted {
        Some(id) => match policies.find(id, questions).await {
            Ok(policy) => policy,
            Err(reason) => {
                let found = format!("{id} is not checked: {}", unasked(&reason));
                return report.warn("policy", &found);
            }
        },
        None => policies.default_policy(),
    };
    match (policy, wanted) {
        (Some(policy), _) => check_policy(policy, report),
        (None, Some(id)) => report.fail(
            "policy",
            &format!("{id} is not in this environment; name one of the policies above, by its ID"),
        ),
        (None, None) => report.warn(
            "policy",
            "no policy is named with `--policy`, and none is the environment's default",
        ),
    }
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

fn check_policy(policy: &Policy, report: &mut Report<'_>) {
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
    if let Some(how) = tells_users(policy) {
        let found = format!(
            "{name} tells users of each new device ({how}); a run may message everyone who has a \
             device"
        );
        report.warn("messages", &found);
    }
}

async fn check_limits(questions: &Questions<'_>, report: &mut Report<'_>) {
    match questions.mfa_settings().await {
        Ok(settings) => {
            let most = settings
                .pairing
                .and_then(|pairing| pairing.max_allowed_devices);
            match most {
                Some(most) => report.ok("limits", &format!("a user may have {most} devices")),
                None => report.warn(
                    "limits",
                    "PingOne does not say how many devices a user may have",
                ),
            }
        }
        Err(fault) => report.warn("limits", &format!("not checked: {}", unread(&fault))),
    }
}

fn unread(fault: &ReadFault) -> String {
    match fault {
        ReadFault::Stop(reason) => unasked(reason),
        ReadFault::Refused(error) => format!("{error}; {}", error.hint()),
    }
}

/// Looks at the ledger as a run does: whatever that would be refused for is not ok.
fn check_ledger(path: &Path, binding: &Binding, report: &mut Report<'_>) {
    let found = Check::look(path, binding).and_then(|found| {
        if let Some(kind) = found.doubtful_file_system {
            report.warn("ledger", &doubtful(path, kind));
        }
        found_at(path, &found, binding)
    });
    match found {
        Ok(found) => report.ok("ledger", &found),
        Err(error) => {
            let hint = error.hint().unwrap_or_default();
            report.fail("ledger", &format!("{error}; {hint}"));
        }
    }
}
