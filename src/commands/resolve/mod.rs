//! `wavepair resolve`: what no run settles, settled by a person.

mod person;

use std::path::Path;

use super::Invocation;
use super::past_run::PastRun;
use super::print::print;
use super::read_ledger::needed;
use super::show::text;
use super::target::Remote;
use crate::clock;
use crate::engine::questions::Questions;
use crate::engine::reasons::of_users;
use crate::engine::user_devices::{Listed, list};
use crate::error::Error;
use crate::exit::ExitCode;
use crate::ledger::{self, Binding, Sought};
use crate::model::device_report::ReportedAddress;
use crate::model::entry::LedgerEntry;
use crate::model::event::Event;
use crate::model::ids::DeviceId;
use crate::model::request::DeviceKey;
use crate::model::resolution::{Claim, Decision, Testimony};
use crate::model::stop::StopReason;
use crate::plan::resolve::{Refusal, decide};
use crate::report::notice::Notice;
use crate::settings::Error as SettingsError;
use crate::settings::resolve::{Decide, Named, Resolve};
use crate::settings::run::Target;

/// Lists the devices that need a person, or writes down what a person decides about one.
///
/// # Errors
///
/// There is no ledger, it knows nothing of the device, a run holds it, or it cannot be read or written.
pub(crate) async fn resolve(settings: Resolve, invocation: &Invocation) -> Result<ExitCode, Error> {
    invocation.start_log()?;
    match settings {
        Resolve::List { ledger, binding } => show_all(&ledger, binding.as_ref(), invocation),
        Resolve::Decide(settings) => decide_one(*settings, invocation).await,
    }
}

/// Prints all that is known of the devices that need a person.
fn show_all(
    ledger: &Path,
    binding: Option<&Binding>,
    invocation: &Invocation,
) -> Result<ExitCode, Error> {
    let found = needed(ledger, binding)?.dossiers(Sought::NeedsPerson)?;
    if found.is_empty() {
        let notice = Notice::info("resolve", "no device needs a person");
        invocation.console.say(&notice);
        return Ok(ExitCode::Done);
    }
    let now = clock::local().zoned();
    let text = text::all(&found, false, &now, super::status::width());
    print(&text).map(|()| ExitCode::Done)
}

async fn decide_one(settings: Decide, invocation: &Invocation) -> Result<ExitCode, Error> {
    let binding = settings.tenant.binding();
    let key = key_of(&settings, &binding)?;
    let reader = needed(&settings.ledger, Some(&binding))?;
    let entry = reader.entry(&key)?.ok_or_else(|| {
        let path = settings.ledger.display();
        let error = SettingsError::new(format!("the ledger {path} knows nothing of that device"));
        error.hint("`wavepair resolve` lists the devices that need a person")
    })?;
    if let Claim::Is(device) = settings.claim
        && reader.has_elsewhere(device, &key)?
    {
        return Ok(refused(&Refusal::Taken, invocation));
    }
    drop(reader);
    let target = Target::PingOne(settings.tenant.clone());
    let remote = Remote::connect(target, &settings.pace, invocation).await?;
    let listed = match listed(&key, &settings, &remote).await {
        Ok(listed) => listed,
        Err(reason) => {
            let notice = Notice::error(format!("nothing was written: {reason}"));
            invocation.console.say(&notice.hint(reason.hint()));
            return Ok(reason.exit_code());
        }
    };
    let decision = match decide(&entry, settings.claim, &listed, settings.overrides) {
        Ok(decision) => decision,
        Err(refusal) => return Ok(refused(&refusal, invocation)),
    };
    let testimony = Testimony {
        note: Some(settings.note),
        person: Some(person::person()),
    };
    let place = (settings.ledger.as_path(), &binding);
    write(place, (&key, &entry), (decision, &testimony), invocation)
}

/// Says why nothing is written.
fn refused(refusal: &Refusal, invocation: &Invocation) -> ExitCode {
    let notice = Notice::error(format!("nothing was written: {}", refusal.message()));
    invocation.console.say(&notice.hint(Some(refusal.hint())));
    ExitCode::NeedsPerson
}

/// The device that is meant.
fn key_of(settings: &Decide, binding: &Binding) -> Result<DeviceKey, Error> {
    match &settings.device {
        Named::Key(key) => Ok(key.clone()),
        Named::Row(wave, row) => PastRun::read(wave, &settings.ledger, Some(binding))?.key_of(*row),
    }
}

/// The devices that PingOne lists just now with this user, type and address; one whose address cannot
/// be read may be it.
async fn listed(
    key: &DeviceKey,
    settings: &Decide,
    remote: &Remote,
) -> Result<Vec<DeviceId>, StopReason> {
    let mut unheard = |_: &Event| {};
    let pace = &settings.pace;
    let questions = Questions::new(
        &remote.client,
        remote.tokens.sibling(),
        pace.retry.clone(),
        (pace.pacing, 1),
        &mut unheard,
    );
    let sought = ReportedAddress::of(&key.address);
    match list(&questions, key.user).await? {
        Listed::NoUser => Ok(Vec::new()),
        Listed::Refused(error) => {
            let what = format!("the user's devices could not be listed ({error})");
            Err(of_users(&error, what))
        }
        Listed::Devices(devices) => {
            let same = devices.iter().filter(|it| {
                let address = it.device.address;
                it.kind == key.kind && (address == sought || address.is_unclear())
            });
            Ok(same.map(|it| it.device.id).collect())
        }
    }
}

fn write(
    (path, binding): (&Path, &Binding),
    (key, entry): (&DeviceKey, &LedgerEntry),
    (decision, testimony): (Decision, &Testimony),
    invocation: &Invocation,
) -> Result<ExitCode, Error> {
    let now = clock::moment();
    let decided = (decision, testimony);
    if !ledger::resolve(path, binding, (key, entry), decided, &now)? {
        let notice =
            Notice::error("nothing was written: a run has gone on with the device meanwhile");
        let notice = notice.hint(Some("look at it again with `wavepair resolve`"));
        invocation.console.say(&notice);
        return Ok(ExitCode::RunAgain);
    }
    let who = format!("user {}, {} {}", key.user, key.kind, key.address.masked());
    let notice = match decision.device {
        Some(device) => Notice::info(
            "resolved",
            format!("{who}: {}, device {device}", decision.state.outcome()),
        ),
        None => Notice::info(
            "resolved",
            format!("{who}: not there; the next run asks for it"),
        )
        .hint(Some(
            "it does so once: after another lost answer a person decides again",
        )),
    };
    invocation.console.say(&notice);
    Ok(ExitCode::Done)
}
