//! The environment: who there is, which devices they have, and which rules hold.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use uuid::Uuid;

use super::documents::Home;
use super::reports::Reports;
use super::store::Store;
use super::users::Directory;
use super::variants::Variant;
use super::{Duplicates, Policies};

/// The one environment that there is.
pub(super) struct Environment {
    pub(super) home: Home,
    pub(super) users: Directory,
    pub(super) policies: Policies,
    pub(super) max_devices: u32,
    /// Requests per second and rate group that the license is for.
    pub(super) licensed_rate: u64,
    pub(super) duplicates: Duplicates,
    /// How much older than it is the data of a report is.
    pub(super) report_age: Duration,
    pub(super) devices: Mutex<Store>,
    pub(super) reports: Mutex<Reports>,
}

impl Environment {
    pub(super) fn id(&self) -> Uuid {
        self.home.id
    }

    /// Tells whether an open question is answered so.
    pub(super) fn is(&self, variant: Variant) -> bool {
        self.home.is(variant)
    }

    pub(super) fn now_ms(&self) -> u64 {
        self.home.clock.now_ms()
    }

    pub(super) fn devices(&self) -> MutexGuard<'_, Store> {
        self.devices.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn reports(&self) -> MutexGuard<'_, Reports> {
        self.reports.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
