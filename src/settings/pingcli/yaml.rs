//! Reading Ping CLI's file: YAML, of which the texts in mappings are kept with their place.
//!
//! Events are taken one by one, so nothing is nested in memory. An alias is refused and not
//! followed: no small file can become a large one. Nothing that stands in the file is in an error.

use std::collections::BTreeSet;

use saphyr_parser::{Event, Marker, Parser, Tag};
use zeroize::Zeroizing;

/// How deep a file may nest. Ping CLI's own has six levels.
const DEEPEST: usize = 32;

/// What a file holds.
#[derive(Default)]
pub(super) struct Document {
    /// Each text that stands behind a key, in the order of the file.
    pub(super) texts: Vec<Text>,
    /// The keys of the first level that have keys of their own.
    pub(super) groups: Vec<String>,
}

/// A text behind a key.
pub(super) struct Text {
    /// The keys that lead to it, from the first level on.
    pub(super) path: Vec<String>,
    pub(super) value: Zeroizing<String>,
    /// The line, from 1.
    pub(super) line: usize,
}

/// Why a file is none of Ping CLI's.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// From 1.
    pub(super) line: usize,
    /// From 1.
    pub(super) column: usize,
    pub(super) why: &'static str,
}

/// Reads a text.
///
/// # Errors
///
/// It is no YAML, it is not made of keys with values, it holds something that Ping CLI does not
/// write (an alias, a tag, a second document), or a key stands twice.
pub(super) fn read(text: &str) -> Result<Document, Fault> {
    let mut reader = Reader::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| fault(error.marker(), "it is no YAML"))?;
        let at = &span.start;
        match event {
            Event::Scalar(value, _, _, tag) => {
                no_tag(tag.as_deref(), at)?;
                reader.text(&value, at)?;
            }
            Event::MappingStart(_, tag) => {
                no_tag(tag.as_deref(), at)?;
                reader.begin(Open::keys(), at)?;
            }
            Event::SequenceStart(_, tag) => {
                no_tag(tag.as_deref(), at)?;
                reader.begin(Open::List, at)?;
            }
            Event::MappingEnd | Event::SequenceEnd => reader.end(),
            Event::Alias(_) => return Err(fault(at, "an alias (`*name`) is not followed")),
            Event::DocumentStart(_) => reader.document(at)?,
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
    }
    Ok(reader.found)
}

fn fault(at: &Marker, why: &'static str) -> Fault {
    Fault {
        line: at.line(),
        column: at.col() + 1,
        why,
    }
}

fn no_tag(tag: Option<&Tag>, at: &Marker) -> Result<(), Fault> {
    match tag {
        Some(_) => Err(fault(at, "a tag (`!name`) is not understood")),
        None => Ok(()),
    }
}

/// Something that has begun and not ended.
enum Open {
    Keys {
        /// The key whose value comes next, where that is the next thing.
        key: Option<String>,
        /// All keys so far.
        known: BTreeSet<String>,
    },
    List,
}

impl Open {
    fn keys() -> Self {
        Self::Keys {
            key: None,
            known: BTreeSet::new(),
        }
    }
}

#[derive(Default)]
struct Reader {
    found: Document,
    open: Vec<Open>,
    has_document: bool,
}

impl Reader {
    fn document(&mut self, at: &Marker) -> Result<(), Fault> {
        if self.has_document {
            return Err(fault(at, "a second document begins here"));
        }
        self.has_document = true;
        Ok(())
    }

    fn begin(&mut self, what: Open, at: &Marker) -> Result<(), Fault> {
        match (self.open.last(), &what) {
            (None, Open::List) => return Err(fault(at, "expected keys with values")),
            (Some(Open::Keys { key: None, .. }), _) => {
                return Err(fault(at, "a key is no text"));
            }
            (None | Some(Open::List | Open::Keys { .. }), _) => {}
        }
        if self.open.len() == DEEPEST {
            return Err(fault(at, "it nests deeper than 32 levels"));
        }
        if let ([Open::Keys { key: Some(key), .. }], Open::Keys { .. }) = (&self.open[..], &what) {
            self.found.groups.push(key.clone());
        }
        self.open.push(what);
        Ok(())
    }

    fn end(&mut self) {
        self.open.pop();
        self.value_ends();
    }

    /// A key or a value.
    fn text(&mut self, text: &str, at: &Marker) -> Result<(), Fault> {
        match self.open.last_mut() {
            // An empty file is one empty text.
            None if text.is_empty() => return Ok(()),
            None => return Err(fault(at, "expected keys with values")),
            Some(Open::List) => return Ok(()),
            Some(Open::Keys { key: Some(_), .. }) => {}
            Some(Open::Keys { key, known }) => {
                if !known.insert(text.to_owned()) {
                    return Err(fault(at, "this key stands there twice"));
                }
                *key = Some(text.to_owned());
                return Ok(());
            }
        }
        if let Some(path) = self.path() {
            self.found.texts.push(Text {
                path,
                value: Zeroizing::new(text.to_owned()),
                line: at.line(),
            });
        }
        self.value_ends();
        Ok(())
    }

    /// The keys that lead here; nothing within a list.
    fn path(&self) -> Option<Vec<String>> {
        let keys = self.open.iter().map(|open| match open {
            Open::Keys { key, .. } => key.clone(),
            Open::List => None,
        });
        keys.collect()
    }

    fn value_ends(&mut self) {
        if let Some(Open::Keys { key, .. }) = self.open.last_mut() {
            *key = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<(String, String, usize)> {
        let document = read(text).map_err(|fault| format!("{fault:?}")).unwrap();
        let texts = document.texts.into_iter();
        texts
            .map(|text| (text.path.join("."), text.value.to_string(), text.line))
            .collect()
    }

    #[test]
    fn a_text_is_known_by_the_keys_that_lead_to_it_and_its_line() {
        let text = "# made by pingcli\nactiveProfile: 'a b'\na b:\n  x:\n    y: \"1\\u0032\"\n    z: 012\n  list: [p, {q: r}]\n  after: yes\nempty: {}\n";
        let expected = [
            ("activeProfile", "a b", 2),
            ("a b.x.y", "12", 5),
            ("a b.x.z", "012", 6),
            ("a b.after", "yes", 8),
        ];
        let expected =
            expected.map(|(path, value, line)| (path.to_owned(), value.to_owned(), line));
        assert_eq!(texts(text), expected);
        assert_eq!(read(text).ok().unwrap().groups, ["a b", "empty"]);
    }

    #[test]
    fn a_file_of_json_and_an_empty_one_are_read_too() {
        assert_eq!(
            texts("{\"a\": {\"b\": \"c\"}}"),
            [("a.b".to_owned(), "c".to_owned(), 1)]
        );
        for empty in ["", "\n", "# nothing\n", "---\n"] {
            assert_eq!(texts(empty), [], "{empty:?}");
        }
    }

    #[test]
    fn what_ping_cli_does_not_write_is_refused_at_its_place() {
        let deep = format!("a: {}", "[".repeat(40));
        for (text, line, column, why) in [
            ("a: b\n c: : d\n- e", 2, 3, "it is no YAML"),
            ("a: \"s3cr3t", 1, 4, "it is no YAML"),
            ("- a\n", 1, 1, "expected keys with values"),
            ("s3cr3t\n", 1, 1, "expected keys with values"),
            ("a: 1\nb: 2\na: 3", 3, 1, "this key stands there twice"),
            (
                "a: &x {b: c}\nd: *x",
                2,
                4,
                "an alias (`*name`) is not followed",
            ),
            (
                "a: !!binary c3Q=",
                1,
                4,
                "a tag (`!name`) is not understood",
            ),
            ("a: b\n---\nc: d", 2, 1, "a second document begins here"),
            ("? [a]\n: b", 1, 3, "a key is no text"),
            (&deep, 1, 35, "it nests deeper than 32 levels"),
        ] {
            let fault = read(text).err();
            assert_eq!(fault, Some(Fault { line, column, why }), "{text}");
        }
    }
}
