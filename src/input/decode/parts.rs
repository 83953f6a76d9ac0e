//! What has to be known of a workbook before the library reads it, and what the library does not tell.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek};

use quick_xml::XmlVersion;
use quick_xml::events::BytesStart;

use super::archive::Archive;
use super::trouble::Trouble;
use crate::input::form_flaw::FormFlaw;

/// The fewest bytes that a text takes in the table of texts: `<si/>`.
const LEAST_TEXT: u64 = 5;

/// The parts of a workbook.
#[derive(Debug)]
pub(super) struct Parts {
    /// Its sheets, in order.
    pub(super) sheets: Vec<String>,
}

impl Parts {
    /// Reads all of a workbook but its sheets, within the bounds of its archive.
    ///
    /// # Errors
    ///
    /// It is damaged, larger than its bounds, or says that it is.
    pub(super) fn read<R: Read + Seek>(archive: &mut Archive<R>) -> Result<Self, Trouble> {
        let book = related(archive, "_rels/.rels")?
            .into_values()
            .find(|(kind, _)| kind.ends_with("/officeDocument"))
            .map(|(_, target)| resolved("", &target))
            .ok_or(FormFlaw::Damaged)?;
        let (folder, name) = book.rsplit_once('/').unwrap_or(("", &book));
        let beside = |name: &str| resolved(folder, name);
        check_texts(archive, &beside("sharedStrings.xml"))?;
        archive.elements(&beside("styles.xml"), &mut |_| {})?;
        archive.elements(&beside("theme/theme1.xml"), &mut |_| {})?;
        let related = related(archive, &beside(&format!("_rels/{name}.rels")))?;
        let mut ids = Vec::new();
        archive.elements(&book, &mut |element| {
            if is(element, "sheet") {
                ids.push(attribute(element, "id").unwrap_or_default());
            }
        })?;
        let part = |id: String| {
            let (_, target) = related.get(&id).ok_or(FormFlaw::Damaged)?;
            Ok(beside(target))
        };
        let sheets = ids.into_iter().map(part).collect::<Result<_, FormFlaw>>()?;
        Ok(Self { sheets })
    }
}

/// The table of texts is held in memory, and room is made for as many as it says.
fn check_texts<R: Read + Seek>(archive: &mut Archive<R>, part: &str) -> Result<(), Trouble> {
    let mut told = 0;
    let size = archive.elements(part, &mut |element| {
        if is(element, "sst") {
            let count = attribute(element, "uniqueCount");
            told = count.and_then(|count| count.parse().ok()).unwrap_or(0);
        }
    })?;
    if told > size / LEAST_TEXT {
        return Err(FormFlaw::Damaged.into());
    }
    Ok(())
}

/// The rows of a sheet that a spreadsheet does not show, from 0.
pub(super) fn hidden_rows<R: Read + Seek>(
    archive: &mut Archive<R>,
    sheet: &str,
) -> Result<BTreeSet<u32>, Trouble> {
    let (mut hidden, mut next) = (BTreeSet::new(), 0_u32);
    archive.elements(sheet, &mut |element| {
        if is(element, "row") {
            let number = attribute(element, "r").and_then(|number| number.parse::<u32>().ok());
            let row = number
                .and_then(|number| number.checked_sub(1))
                .unwrap_or(next);
            next = row.saturating_add(1);
            if attribute(element, "hidden").is_some_and(|value| value == "1" || value == "true") {
                hidden.insert(row);
            }
        }
    })?;
    Ok(hidden)
}

/// What a part is related to, by ID: the kind and the target.
fn related<R: Read + Seek>(
    archive: &mut Archive<R>,
    part: &str,
) -> Result<BTreeMap<String, (String, String)>, Trouble> {
    let mut related = BTreeMap::new();
    archive.elements(part, &mut |element| {
        if is(element, "Relationship") {
            let value = |name| attribute(element, name).unwrap_or_default();
            related.insert(value("Id"), (value("Type"), value("Target")));
        }
    })?;
    Ok(related)
}

/// The name of a part that is named in this folder.
fn resolved(folder: &str, name: &str) -> String {
    match name.strip_prefix('/') {
        Some(whole) => whole.to_owned(),
        None if folder.is_empty() => name.to_owned(),
        None => format!("{folder}/{name}"),
    }
}

fn is(element: &BytesStart<'_>, name: &str) -> bool {
    element.local_name().as_ref() == name
}

/// The value of an attribute, whatever its name space.
fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes();
    let mut attributes = attributes.with_checks(false).flatten();
    let found = attributes.find(|found| found.key.local_name().as_ref() == name)?;
    found
        .normalized_value(XmlVersion::Implicit1_0)
        .ok()
        .map(std::borrow::Cow::into_owned)
}
