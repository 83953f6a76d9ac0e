//! Whether a listing of a user's devices is whole, by what it says of itself.

use std::collections::HashSet;

use crate::pingone::wire;

use super::{Page, Unreadable};

/// How many devices the pages of a listing showed so far, and how many there are to be.
#[derive(Clone, Default)]
pub(in crate::pingone) struct Count {
    /// The IDs of all devices, to tell one that stands on two pages from two.
    ids: HashSet<String>,
    without_id: u64,
    /// How many of all are paired: those that wait for their activation have a limit of their own.
    paired: u64,
    on_pages: u64,
    pages: u64,
    /// How many devices the listing says it has.
    said: u64,
}

impl Count {
    /// Counts the devices of a page, and hands them out.
    ///
    /// # Errors
    ///
    /// It is no page of devices, or shows fewer than it says.
    pub(in crate::pingone) fn take(&mut self, page: Page) -> Result<Vec<wire::Device>, Unreadable> {
        let devices = page.embedded.and_then(|embedded| embedded.devices);
        let devices = devices.ok_or(Unreadable::NotAListing)?;
        let shown = devices.len() as u64;
        if page.size > Some(shown) {
            return Err(Unreadable::NotWhole);
        }
        self.said = self.said.max(page.count.unwrap_or(0));
        self.on_pages += shown;
        self.pages += 1;
        for device in &devices {
            let is_new = if let Some(id) = &device.id {
                self.ids.insert(id.to_lowercase())
            } else {
                self.without_id += 1;
                true
            };
            let is_paired = device.status.as_deref() != Some("ACTIVATION_REQUIRED");
            self.paired += u64::from(is_new && is_paired);
        }
        Ok(devices)
    }

    /// How many devices count against the limit for the user ("MFA Settings"): active and blocked ones.
    pub(in crate::pingone) fn paired(&self) -> u64 {
        self.paired
    }

    /// Checks a listing, all of whose pages were taken.
    ///
    /// # Errors
    ///
    /// It shows fewer devices than it says there are.
    pub(in crate::pingone) fn check_whole(&self) -> Result<(), Unreadable> {
        // Where pages overlap, something moved while they were read, and may have been missed.
        let shown = if self.pages > 1 {
            self.ids.len() as u64 + self.without_id
        } else {
            self.on_pages
        };
        if self.said > shown {
            Err(Unreadable::NotWhole)
        } else {
            Ok(())
        }
    }
}
