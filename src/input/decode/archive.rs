//! A zip archive: what it is, and its parts within bounds.

use std::io::{self, BufReader, Read, Seek};

use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;
use zip::result::ZipError;

use super::gzip;
use super::trouble::Trouble;
use crate::input::form_flaw::{FormFlaw, Other};

/// What a zip archive begins with.
pub(super) const START: &[u8] = b"PK\x03\x04";

/// The parts of an archive, of which no more is unpacked than a limit allows.
pub(super) struct Archive<R> {
    zip: ZipArchive<R>,
    names: Vec<String>,
    left: u64,
}

impl<R: Read + Seek> Archive<R> {
    /// Opens an archive.
    pub(super) fn open(file: R, limit: u64) -> Result<Self, Trouble> {
        let zip = ZipArchive::new(file).map_err(|error| trouble(&error))?;
        let names = zip
            .file_names()
            .map(|name| name.map(|name| name.replace('\\', "/")));
        let names = names.collect::<Result<_, _>>();
        Ok(Self {
            names: names.map_err(|error| trouble(&error))?,
            zip,
            left: limit,
        })
    }

    /// What it is, where it is no workbook that is read.
    pub(super) fn other(&mut self) -> Result<Option<Other>, Trouble> {
        let ends = |ending: &str| {
            let mut names = self.names.iter();
            names.any(|name| name.to_ascii_lowercase().ends_with(ending))
        };
        Ok(if ends("xl/vbaproject.bin") {
            Some(Other::Macros)
        } else if ends("xl/workbook.bin") {
            Some(Other::Binary)
        } else if ends(".iwa") || ends("index.zip") {
            Some(Other::Numbers)
        } else if ends("[content_types].xml") && ends("workbook.xml") {
            None
        } else if self.text("mimetype")?.contains("opendocument.spreadsheet") {
            Some(Other::OpenDocument)
        } else {
            Some(Other::Zip)
        })
    }

    /// The first bytes of a small part; nothing where it is not there.
    fn text(&mut self, name: &str) -> Result<String, Trouble> {
        let mut text = Vec::new();
        if let Some(mut part) = self.part(name)? {
            let read = part.by_ref().take(256).read_to_end(&mut text);
            read.map_err(of_data)?;
        }
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    /// A part, whatever the case of its name.
    fn part(&mut self, name: &str) -> Result<Option<Bounded<'_, impl Read>>, Trouble> {
        let mut names = self.names.iter();
        let Some(place) = names.position(|known| known.eq_ignore_ascii_case(name)) else {
            return Ok(None);
        };
        let part = self.zip.by_index(place).map_err(|error| trouble(&error))?;
        Ok(Some(Bounded {
            part,
            left: &mut self.left,
        }))
    }

    /// Reads a part to its end, element by element; tells how many bytes it has, which are none
    /// where it is not there.
    pub(super) fn elements(
        &mut self,
        name: &str,
        look: &mut dyn FnMut(&BytesStart<'_>),
    ) -> Result<u64, Trouble> {
        let before = self.left;
        self.look_over(name, look)?;
        Ok(before - self.left)
    }

    fn look_over(
        &mut self,
        name: &str,
        look: &mut dyn FnMut(&BytesStart<'_>),
    ) -> Result<(), Trouble> {
        let Some(part) = self.part(name)? else {
            return Ok(());
        };
        let mut xml = quick_xml::Reader::from_reader(BufReader::with_capacity(1 << 16, part));
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match xml.read_event_into(&mut buffer) {
                Ok(Event::Start(element) | Event::Empty(element)) => look(&element),
                Ok(Event::Eof) => return Ok(()),
                Ok(_) => {}
                Err(quick_xml::Error::Io(error)) => {
                    let kind = error.kind();
                    let error = error.to_string();
                    return Err(of_data(io::Error::new(kind, error)));
                }
                Err(_) => return Err(FormFlaw::Damaged.into()),
            }
        }
    }
}

/// A part of which no more is read than is left to the archive.
struct Bounded<'a, P> {
    part: P,
    left: &'a mut u64,
}

impl<P: Read> Read for Bounded<'_, P> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.part.read(buffer)?;
        *self.left = self
            .left
            .checked_sub(count as u64)
            .ok_or_else(|| io::Error::from(io::ErrorKind::FileTooLarge))?;
        Ok(count)
    }
}

/// What an error of the library says.
pub(super) fn trouble(error: &ZipError) -> Trouble {
    if let ZipError::Io(error) = error {
        return of_data(io::Error::new(error.kind(), error.to_string()));
    }
    let is_locked = matches!(
        error,
        ZipError::UnsupportedArchive(_) | ZipError::InvalidPassword
    );
    if is_locked {
        return FormFlaw::Other(Other::Locked).into();
    }
    FormFlaw::Damaged.into()
}

/// What an error in the middle of a part says.
pub(super) fn of_data(error: io::Error) -> Trouble {
    if error.kind() == io::ErrorKind::FileTooLarge {
        return FormFlaw::TooLarge.into();
    }
    gzip::flaw(&error).map_or(Trouble::Read(error), Trouble::Flaw)
}
