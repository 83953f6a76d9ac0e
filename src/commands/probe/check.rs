//! Whether a probe may begin: what is read before anybody is asked.

use crate::commands::advice::{allows, pairing_disabled, tells_users};
use crate::error::Error;
use crate::lookup;
use crate::model::ids::{PolicyId, UserId};
use crate::model::names::PolicyAnswer;
use crate::model::policy_ref::PolicyRef;
use crate::model::request::DeviceType;
use crate::pingone::hint;
use crate::pingone::raw::{Exchange, Exchanged, NoAnswer};
use crate::pingone::wire::{Collection, Policies, Policy};
use crate::probe::{Asker, Came, Evidence, Halt, Shown};
use crate::report::quantity::counted;
use crate::settings;

/// What was read.
#[derive(Debug)]
pub(super) struct Checked {
    /// The policy that devices are made by.
    pub(super) policy: PolicyId,
    /// Its name, where it was listed.
    pub(super) name: Option<String>,
    /// A policy and a type that it does not allow, where there is one.
    pub(super) not_allowed: Option<(PolicyId, DeviceType)>,
    /// How the policy tells users of new devices, where it does.
    pub(super) tells: Option<String>,
}

impl Checked {
    /// The policy as it is shown.
    pub(super) fn shown(&self) -> String {
        match &self.name {
            Some(name) => format!("{name} ({})", self.policy),
            None => self.policy.to_string(),
        }
    }
}

/// Why a probe may not begin.
#[derive(Debug)]
pub(super) enum Unfit {
    /// What was asked for cannot be used.
    Refused(Error),
    /// Nothing more can be asked.
    Halt(Halt),
}

impl From<Halt> for Unfit {
    fn from(halt: Halt) -> Self {
        Self::Halt(halt)
    }
}

fn refused(what: impl Into<String>, hint: impl Into<String>) -> Unfit {
    Unfit::Refused(settings::Error::new(what).hint(hint).into())
}

/// Reads all that must be known before anything is created.
pub(super) async fn check(
    asker: &mut Asker<'_>,
    user: UserId,
    policy: &PolicyRef,
    evidence: &mut Evidence,
) -> Result<Checked, Unfit> {
    has_no_device(asker, user, evidence).await?;
    evidence.user_can_use_mfa = can_use_mfa(asker, user, evidence).await?;
    let listed = policies(asker, evidence).await?;
    let chosen = chosen(policy, &listed)?;
    let listed = listed.unwrap_or_default();
    let found = listed.iter().find(|policy| policy.id.parse() == Ok(chosen));
    let whatsapp = DeviceType::WhatsApp;
    evidence.whatsapp_allowed = found.map(|policy| allows(policy, whatsapp));
    evidence.pairing_disabled = found.is_some_and(|policy| pairing_disabled(policy, whatsapp));
    Ok(Checked {
        policy: chosen,
        name: found.map(|policy| policy.name.clone()),
        not_allowed: not_allowed(&listed),
        tells: found.and_then(tells_users).map(str::to_owned),
    })
}

/// The policy that is meant, by those that were listed, or why they were not.
fn chosen(policy: &PolicyRef, listed: &Result<Vec<Policy>, String>) -> Result<PolicyId, Unfit> {
    let named = match policy {
        PolicyRef::Id(id) => return Ok(*id),
        PolicyRef::Default => "no policy is named".to_owned(),
        PolicyRef::Name(name) => format!("the policy `{name}` is not named by its ID"),
    };
    let listed = listed.as_ref().map_err(|why| {
        refused(
            format!("{named}, and the policies cannot be read: {why}"),
            NAME_ONE,
        )
    })?;
    let (meant, _) = lookup::policies::answer(policy, listed);
    let why = match (meant, policy) {
        (PolicyAnswer::One(id), _) => return Ok(id),
        (PolicyAnswer::None, PolicyRef::Name(name)) => format!("no policy is called `{name}`"),
        (PolicyAnswer::None, PolicyRef::Default | PolicyRef::Id(_)) => {
            format!("{named}, and none is the environment's default")
        }
        (PolicyAnswer::Several(policies), _) => {
            format!("{policies} policies may be meant by `{policy}`")
        }
    };
    Err(refused(why, NAME_ONE))
}

const NAME_ONE: &str = "name one with `--policy`; `wavepair doctor` lists them";
const ANOTHER: &str =
    "make a user for tests in PingOne, without MFA devices, and name that one with `--user`";

/// Makes sure that the user is there and has no device.
pub(super) async fn has_no_device(
    asker: &mut Asker<'_>,
    user: UserId,
    evidence: &mut Evidence,
) -> Result<(), Unfit> {
    let answer = asker.ask(&Exchange::Devices(user), 0, evidence).await?;
    let answer = answered(answer)?;
    let said = Came::of(&answer).label();
    let listed = answer
        .body
        .as_ref()
        .filter(|_| answer.status == 200)
        .and_then(Shown::list);
    match (answer.status, listed) {
        (200, Some(devices)) if devices.is_empty() => Ok(()),
        (200, Some(devices)) => {
            let many = counted(devices.len() as u64, "MFA device");
            let what = format!("the user has {many} already, and a probe is for one who has none");
            Err(refused(what, ANOTHER))
        }
        (404, _) => Err(refused("PingOne does not know the user (HTTP 404)", ANOTHER)),
        (403, _) => Err(Halt::Pointless(
            format!("PingOne does not let this client list the user's devices ({said})"),
            "the worker application needs the role Identity Data Admin on this environment, and the environment \
             PingOne MFA among its products; `wavepair doctor` says which is missing",
        )
        .into()),
        (500..=599, _) => Err(Halt::Unavailable(format!("the user's devices cannot be listed ({said})")).into()),
        _ => Err(Halt::Pointless(
            format!("the listing of the user's devices cannot be read ({said})"),
            hint::WRONG_HOST,
        )
        .into()),
    }
}

fn answered(answer: Result<Exchanged, NoAnswer>) -> Result<Exchanged, Halt> {
    answer.map_err(|fault| Halt::Unavailable(format!("PingOne does not answer: {}", fault.message)))
}

async fn can_use_mfa(
    asker: &mut Asker<'_>,
    user: UserId,
    evidence: &mut Evidence,
) -> Result<Option<bool>, Unfit> {
    let answer = answered(asker.ask(&Exchange::MfaEnabled(user), 0, evidence).await?)?;
    let body = answer.body.filter(|_| answer.status == 200);
    Ok(body.and_then(|body| body.get("mfaEnabled")?.as_bool()))
}

/// The policies of the first page, which are all that anybody has; or why there are none.
async fn policies(
    asker: &mut Asker<'_>,
    evidence: &mut Evidence,
) -> Result<Result<Vec<Policy>, String>, Unfit> {
    let answer = answered(asker.ask(&Exchange::Policies, 0, evidence).await?)?;
    let came = Came::of(&answer);
    let read = answer.body.filter(|_| answer.status == 200);
    let read = read.and_then(|body| serde_json::from_value::<Collection<Policies>>(body).ok());
    let listed = read
        .and_then(|listing| listing.embedded)
        .map(|embedded| embedded.policies);
    Ok(listed.ok_or_else(|| came.label()))
}

/// A policy and a type of device with a phone that it does not allow; WhatsApp rather than another.
fn not_allowed(listed: &[Policy]) -> Option<(PolicyId, DeviceType)> {
    let types = [DeviceType::WhatsApp, DeviceType::Sms, DeviceType::Voice];
    types.into_iter().find_map(|kind| {
        let policy = listed.iter().find(|policy| !allows(policy, kind))?;
        Some((policy.id.parse().ok()?, kind))
    })
}
