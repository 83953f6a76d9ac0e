//! Says no, with the seed that brings it back.

use std::collections::HashSet;

use super::checker::{self, Results};
use super::leaks;
use super::program::{Ended, Place, RESULTS};
use super::server::Server;
use super::wave::Wave;

/// Connections in use, as many idle ones, as many that are being made or closed, and the files of a
/// run.
const DESCRIPTORS_MAX: usize = 3 * 32 + 24;
/// For any number of rows below a million.
const PEAK_KIB_MAX: u64 = 256 * 1024;

/// Says no, with the seed.
pub(crate) struct Judge {
    name: &'static str,
    seed: u64,
    phones: HashSet<String>,
}

impl Judge {
    pub(crate) fn new(name: &'static str, seed: u64, wave: &Wave) -> Self {
        let phones = wave.phones();
        Self { name, seed, phones }
    }

    /// Fails the test unless something holds.
    pub(crate) fn sure(&self, holds: bool, why: impl FnOnce() -> String) {
        let (name, seed) = (self.name, self.seed);
        assert!(holds, "{name}, WAVEPAIR_HARNESS_SEED={seed}: {}", why());
    }

    fn none(&self, complaints: &[String], server: &Server) {
        let nap = server.longest_nap();
        self.sure(complaints.is_empty(), || {
            let (count, shown) = (complaints.len(), complaints.len().min(10));
            let shown = complaints[..shown].join("\n  ");
            format!("{count} complaints (the server napped {nap:?} at most)\n  {shown}")
        });
    }

    /// What must hold after every process, however it ended.
    pub(crate) fn process(&self, ended: &Ended, place: &Place, server: &Server) {
        let complaints = server.truth().complaints().to_vec();
        self.none(&complaints, server);
        self.none(&leaks::check(ended, place, &self.phones), server);
        let Ended {
            most_descriptors,
            peak_kib,
            ..
        } = *ended;
        self.sure(most_descriptors <= DESCRIPTORS_MAX, || {
            format!("G: {most_descriptors} descriptors were open")
        });
        self.sure(peak_kib <= PEAK_KIB_MAX, || {
            format!("G: {peak_kib} KiB were in use")
        });
        let panicked = ended.said.contains("panicked at");
        self.sure(!panicked, || format!("it panicked: {}", ended.said));
    }

    /// What must hold after a process that ended by itself.
    pub(crate) fn end(
        &self,
        ended: &Ended,
        wave: &Wave,
        place: &Place,
        server: &Server,
    ) -> Results {
        let code = ended.code().unwrap_or(-1);
        let ordinary = [0, 3, 4, 5].contains(&code);
        self.sure(ordinary, || {
            format!("E: it ended with {code}: {}", ended.said)
        });
        let results = match Results::read(&place.read(RESULTS), wave.header()) {
            Ok(results) => results,
            Err(why) => {
                self.sure(false, || why);
                Results::default()
            }
        };
        let complaints = checker::check(&wave.rows(), wave.ways, &results, code, &server.truth());
        self.none(&complaints, server);
        self.none(&leaks::check_files(place.folder()), server);
        results
    }
}
