//! `wavepair doctor`: one line for each thing that a run needs, and what to do about it.

mod access;
mod checkup;
mod ledger;
mod policies;
mod tenant;
mod unread;

use access::{look_for_nobody, tell_of_permission, tell_of_token};
use checkup::{Checkup, Mark};
use ledger::check_ledger;
use policies::check_policies;
use unread::unasked;

use super::Invocation;
use super::target::{Access, UNUSED_TOKEN, access};
use crate::engine::questions::Questions;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::model::event::Event;
use crate::model::policy_ref::PolicyRef;
use crate::pace::Pacing;
use crate::settings::pace::Pace;
use crate::settings::run::Doctor;
use crate::settings::tenant::{Identity, Tenant};

/// What only PingOne can tell.
const OF_PINGONE: [&str; 10] = [
    "permission",
    "product",
    "policies",
    "sender",
    "countries",
    "limits",
    "new users",
    "rate",
    "address",
    "report",
];

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
    let mut report = Checkup::new(&invocation.console);
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
    } else {
        for what in OF_PINGONE {
            report.unchecked(what, "the settings do not say whom to ask");
        }
    }
    if let Some((path, binding)) = ledger {
        check_ledger(&path, &binding, &mut report);
    }
    Ok(match report.worst() {
        _ if !problems.is_empty() => ExitCode::Usage,
        Mark::Ok | Mark::Warning => ExitCode::Done,
        Mark::Failed => ExitCode::Pointless,
    })
}

/// Asks PingOne all that can be asked with what the settings give.
async fn check_tenant(
    tenant: Tenant,
    pace: &Pace,
    policy: Option<PolicyRef>,
    report: &mut Checkup<'_>,
) -> Result<(), Error> {
    let given = matches!(tenant.identity, Identity::Token(_));
    let proxied = tenant
        .proxy
        .as_ref()
        .is_some_and(|proxy| proxy.serves(&tenant.api_url));
    let Access { client, tokens } = access(tenant, pace)?;
    let mut unheard = |_: &Event| {};
    let questions = Questions::new(
        &client,
        tokens,
        pace.retry.clone(),
        (Pacing::UpTo(10.0), 1),
        &mut unheard,
    );
    match questions.token().await {
        // Whether PingOne takes a token that was given is told by the first answer to it.
        Ok(_) if given => {}
        Ok(_) => report.ok("credentials", "PingOne gave an access token"),
        Err(reason) => {
            report.fail("credentials", &unasked(&reason));
            for what in OF_PINGONE {
                report.unchecked(what, "there is no access token to ask with");
            }
            return Ok(());
        }
    }
    let look = look_for_nobody(&questions).await;
    if given {
        tell_of_token(&look, report);
    }
    tell_of_permission(look, report);
    tenant::check_product(&questions, report).await;
    let seen = check_policies(&questions, policy, report).await;
    let license = tenant::check_license(&questions, &seen, report).await;
    tenant::check_countries(&questions, &seen, report).await;
    tenant::check_settings(&questions, report).await;
    tenant::check_rate(&questions, license, (pace.pacing, proxied), report).await;
    tenant::check_report(&questions, report).await;
    tenant::check_rights(&questions, report).await;
    Ok(())
}
