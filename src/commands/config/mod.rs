//! `config show`: which settings hold, as text or as JSON.

use serde_json::{Value, json};

use crate::report::cell::neutral;
use crate::settings::origin::{FilePlace, Origin};
use crate::settings::shown::{ConfigShow, Shown};

/// All of it, in the form that was asked for.
pub(crate) fn show(config: &ConfigShow) -> String {
    if config.as_json {
        return format!("{:#}\n", as_json(config));
    }
    let file = config.file.as_ref().map_or_else(
        || "none".to_owned(),
        |path| neutral(&path.to_string_lossy()).into_owned(),
    );
    let profile = match &config.profile {
        Some(profile) => format!(", profile {}", neutral(profile)),
        None => String::new(),
    };
    let pingcli = match &config.pingcli {
        Some((path, profile)) => format!(
            "Ping CLI's file: {}, profile {}\n",
            neutral(&path.to_string_lossy()),
            neutral(profile)
        ),
        None => String::new(),
    };
    let lines: Vec<_> = config.settings.iter().map(cells).collect();
    let width = |at: usize| {
        let widths = lines.iter().map(|cells| cells[at].chars().count());
        // One long value must not push all of the others to the right.
        widths.filter(|width| *width <= WIDEST).max().unwrap_or(0)
    };
    let (name, value) = (width(0), width(1));
    let lines = lines.iter().map(|[first, second, third]| {
        let line = format!("{first:<name$}  {second:<value$}  {third}");
        format!("{}\n", line.trim_end())
    });
    format!(
        "settings file: {file}{profile}\n{pingcli}\n{}",
        lines.collect::<String>()
    )
}

/// The widest cell that others are aligned with.
const WIDEST: usize = 36;

/// A setting, its value, and what gives it.
fn cells(shown: &Shown) -> [String; 3] {
    let value = shown.value.as_deref().unwrap_or("-");
    let origin = match (&shown.origin, &shown.value) {
        (Some(Origin::File(place)), _) => within_the_file(place),
        (Some(Origin::PingCli(place)), _) => format!("Ping CLI, {}", within_the_file(place)),
        (Some(origin), _) => origin.to_string(),
        (None, Some(_)) => "default".to_owned(),
        (None, None) => "not set".to_owned(),
    };
    let origin = neutral(&origin).into_owned();
    [shown.name.to_string(), neutral(value).into_owned(), origin]
}

/// A place in the file that the first line names.
fn within_the_file(place: &FilePlace) -> String {
    match &place.profile {
        Some(profile) => format!("{profile}, line {}", place.line),
        None => format!("line {}", place.line),
    }
}

fn as_json(config: &ConfigShow) -> Value {
    let setting = |shown: &Shown| {
        let origin = shown.origin.as_ref();
        let by = match origin {
            Some(Origin::Option(name) | Origin::Variable(name)) => Some(*name),
            Some(Origin::File(_) | Origin::PingCli(_)) | None => None,
        };
        let line = match origin {
            Some(Origin::File(place) | Origin::PingCli(place)) => Some(place.line),
            Some(Origin::Option(_) | Origin::Variable(_)) | None => None,
        };
        let default = shown.value.as_ref().map(|_| "default");
        json!({
            "setting": shown.name,
            "value": shown.value,
            "source": origin.map(Origin::word).or(default),
            "given_by": by,
            "line": line,
        })
    };
    json!({
        "file": config.file.as_ref().map(|path| path.to_string_lossy()),
        "profile": config.profile,
        "pingcli": config.pingcli.as_ref().map(|(path, profile)| json!({
            "file": path.to_string_lossy(), "profile": profile,
        })),
        "settings": config.settings.iter().map(setting).collect::<Vec<_>>(),
    })
}
