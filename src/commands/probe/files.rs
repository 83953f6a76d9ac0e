//! The report of a probe, on disk.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::probe::{About, Ending, Verdict, json, markdown};
use crate::report::notice::Notice;
use crate::report::safe_file::{self, SafeFile};

/// Where the report goes.
#[derive(Debug)]
pub(super) struct Files {
    /// As Markdown.
    pub(super) report: PathBuf,
    /// As JSON.
    pub(super) json: PathBuf,
}

impl Files {
    /// Makes sure that the report can be written where it was named, before anything is sent.
    ///
    /// # Errors
    ///
    /// It cannot.
    pub(super) fn check(&self) -> Result<(), Error> {
        for path in [&self.report, &self.json] {
            SafeFile::create(path).map_err(|source| Error::Output {
                what: "report",
                source,
                hint: "name another file with `--report`".to_owned(),
            })?;
        }
        Ok(())
    }

    /// Writes the report in both forms.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub(super) fn write(
        &self,
        about: &About,
        verdicts: &[Verdict],
        ending: &Ending,
    ) -> Result<(), safe_file::Error> {
        write(&self.report, &markdown(about, verdicts, ending))?;
        let text = serde_json::to_string_pretty(&json(about, verdicts, ending));
        write(&self.json, &(text.expect("its keys are strings") + "\n"))
    }

    /// Where it is.
    pub(super) fn notice(&self) -> Notice {
        let (report, json) = (self.report.display(), self.json.display());
        Notice::info(
            "probe_report",
            format!("the report is {report}, and {json} as JSON"),
        )
    }
}

/// Writes a file: it is there whole, private, and on disk when this returns.
fn write(path: &Path, text: &str) -> Result<(), safe_file::Error> {
    let mut file = SafeFile::create(path)?;
    file.write_all(text.as_bytes())
        .map_err(safe_file::failing(path, "written"))?;
    file.commit()
}
