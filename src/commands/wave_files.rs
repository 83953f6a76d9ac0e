//! The results and the rejects of a wave, from their first row to their names.

use super::Invocation;
use crate::error::Error;
use crate::exit::ExitCode;
use crate::input::Wave;
use crate::report::notice::Notice;
use crate::report::output::{Output, Waiting};
use crate::report::rejects::{Rejects, Written};
use crate::report::results_writer::ResultsWriter;
use crate::report::row_sink::RowSink;
use crate::report::safe_file;
use crate::report::table::Form;
use crate::settings::files::Files;
use crate::settings::rows::RowSettings;

/// Files that take the rows of a wave.
#[derive(Debug)]
pub(super) struct WaveFiles {
    results: ResultsWriter<Output>,
    rejects: Option<Rejects>,
}

/// The files, complete; results that go to standard output wait: nobody need hold a ledger while they
/// are read.
#[derive(Debug)]
#[must_use = "what goes to standard output has not been written"]
pub(super) struct Complete {
    pub(super) waiting: Option<Waiting>,
    rejects: Result<Written, safe_file::Error>,
}

impl WaveFiles {
    /// Begins the files of a wave; nothing has a name before they are complete.
    pub(super) fn begin(wave: &Wave, settings: &RowSettings, files: &Files) -> Result<Self, Error> {
        let options = settings.cells();
        let out = Output::spooled(&files.results)?;
        let form = Form::of(&files.results, wave.header().dialect());
        let rejects = files.rejects.clone().map(|path| {
            let name = wave.file_name().to_owned();
            Rejects::new(path, name, wave.header(), options.raw_cells)
        });
        Ok(Self {
            results: ResultsWriter::new(out, &form, wave.header(), options)
                .map_err(Error::Results)?,
            rejects,
        })
    }

    /// Both of them, for the list of those who hear of the rows.
    pub(super) fn sinks(&mut self) -> Vec<&mut dyn RowSink> {
        let rejects = self.rejects.iter_mut();
        let rejects = rejects.map(|rejects| rejects as &mut dyn RowSink);
        std::iter::once(&mut self.results as &mut dyn RowSink)
            .chain(rejects)
            .collect()
    }

    /// Gives the files their names.
    ///
    /// # Errors
    ///
    /// The results cannot be written. Where the rejects cannot, the results are there all the same.
    pub(super) fn complete(self) -> Result<Complete, Error> {
        let out = self.results.finish().map_err(Error::Results)?;
        Ok(Complete {
            waiting: out.settle()?,
            rejects: self
                .rejects
                .map_or_else(|| Ok(Written::default()), Rejects::commit),
        })
    }
}

impl Complete {
    /// Writes to standard output what waits for it.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub(super) fn hand_out(&mut self) -> Result<(), Error> {
        Ok(self.waiting.take().map_or(Ok(()), Waiting::write)?)
    }

    /// Where the rejects are; where they could not be written that is said, and is the command's
    /// failure.
    pub(super) fn rejects(self, invocation: &Invocation) -> (Written, ExitCode) {
        match self.rejects {
            Ok(written) => (written, ExitCode::Done),
            Err(error) => {
                let error = Error::from(error);
                invocation.console.say(&Notice::from(&error));
                (Written::default(), error.exit_code())
            }
        }
    }
}
