//! What a person types, sets and writes into files.

use std::ffi::OsString;

use wavepair::testing::clock;
use wavepair::testing::pace::{Pacing, Rate};
use wavepair::testing::sandbox::FaultPlan;
use wavepair::testing::settings::{
    Command, Doctor, DryRun, Env, Error, HandOver, Probe, Purge, Read, Report, Resolve, Results,
    RowSettings, Run, Show, Sources, Status, Target, Tenant, Undo, Verify, duration, read,
};

use super::subject::{SECRET, environment};

/// Reads settings, a line each: `NAME=value` in capitals is a variable, anything else a word of the
/// command line. Each line is read as a time and a rate too, and all of them as a file.
///
/// A time can be waited for, no address is spoken to without TLS but loopback, and no secret shows.
pub fn config(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if text.contains(SECRET) {
        return;
    }
    for line in text.lines() {
        if let Ok(time) = duration(line) {
            assert!(clock::now().checked_add(time).is_some(), "{time:?}");
        }
        if let Ok(rate) = line.parse::<Rate>() {
            assert!(rate.to_string().parse::<Rate>().is_ok(), "{rate}");
        }
        if let Ok(pacing) = line.parse::<Pacing>() {
            assert!(pacing.to_string().parse::<Pacing>().is_ok(), "{pacing}");
        }
    }
    if let Err(error) = text.parse::<FaultPlan>() {
        assert!(!error.to_string().is_empty());
    }
    if let Some(settings) = RowSettings::from_json(text) {
        assert_eq!(
            RowSettings::from_json(&settings.to_json()),
            Some(settings),
            "what is written is read again"
        );
    }
    command_line(text);
}

fn command_line(text: &str) {
    let (variables, words): (Vec<&str>, Vec<&str>) = text.lines().partition(|l| is_variable(l));
    // A file of authorities is read as it is named, a device without end included.
    let words = words.into_iter().filter(|word| !word.contains("--ca"));
    let words: Vec<OsString> = std::iter::once("wavepair")
        .chain(words)
        .map(OsString::from)
        .collect();
    let Ok(Read::Call(typed)) = read(&words) else {
        return;
    };
    let get = |name: &str| {
        let set = variables.iter().rev().find_map(|variable| {
            let (set, value) = variable.split_once('=')?;
            (set == name).then(|| OsString::from(value))
        });
        set.or_else(|| usual(name))
    };
    let env = Env::new(&get);
    let now = clock::local();
    let sources = Sources::new(&typed, &env);
    let shown = match typed.command {
        Command::Run => {
            let run = Run::resolve(&sources, &now);
            if let Ok(run) = &run
                && let Target::PingOne(tenant) = &run.target
            {
                private(tenant);
            }
            let dry_run = DryRun::resolve(&sources, &now);
            format!("{} {}", shown(&run), shown(&dry_run))
        }
        Command::Doctor => {
            let doctor = Doctor::resolve(&sources, &now);
            if let Some(tenant) = &doctor.tenant {
                private(tenant);
            }
            format!("{doctor:?}")
        }
        Command::Probe => shown(&Probe::resolve(&sources).inspect(|probe| private(&probe.tenant))),
        Command::Results => shown(&Results::resolve(&sources, &now)),
        Command::Report => shown(&Report::resolve(&sources, &now)),
        Command::Verify => {
            let verify = Verify::resolve(&sources, &now);
            if let Ok(verify) = &verify {
                private(&verify.tenant);
            }
            shown(&verify)
        }
        Command::Show => shown(&Show::resolve(&sources, &now)),
        Command::Status => shown(&Status::resolve(&sources, &now)),
        Command::Resolve => shown(&Resolve::read(&sources, &now)),
        Command::LedgerMerge | Command::LedgerSplit => shown(&HandOver::resolve(&sources)),
        Command::Purge => shown(&Purge::resolve(&sources, &now)),
        Command::Undo => {
            shown(&Undo::resolve(&sources, &now).inspect(|undo| private(&undo.tenant)))
        }
        Command::Sandbox
        | Command::Template
        | Command::Completions
        | Command::Man
        | Command::ConfigShow => return,
    };
    assert!(!shown.contains(SECRET), "{shown}");
}

fn is_variable(line: &str) -> bool {
    line.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
    })
}

/// A variable that no line sets.
fn usual(name: &str) -> Option<OsString> {
    Some(match name {
        "PINGONE_ENVIRONMENT_ID" => environment().to_string().into(),
        "PINGONE_CLIENT_ID" => "client".into(),
        "PINGONE_CLIENT_SECRET" => SECRET.into(),
        "PINGONE_REGION_CODE" => "eu".into(),
        "HOME" => "/nonexistent".into(),
        _ => return None,
    })
}

fn private(tenant: &Tenant) {
    let host = tenant.api_url.host_str().unwrap_or_default();
    let loopback = host == "localhost" || host.starts_with("127.") || host == "[::1]";
    let private = tenant.api_url.scheme() == "https" || loopback;
    assert!(private, "{}", tenant.api_url);
    assert!(tenant.api_url.username().is_empty() && tenant.api_url.password().is_none());
}

fn shown<T: std::fmt::Debug>(resolved: &Result<T, Error>) -> String {
    match resolved {
        Ok(settings) => format!("{settings:?}"),
        Err(error) => format!("{error} {error:?} {:?}", error.remedy()),
    }
}
