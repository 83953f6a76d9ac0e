//! The report of all devices: the truth of some minutes ago.

use super::pingone::{PingOne, Time};
use super::weather::Weather;
use crate::model::device_report::{
    DeviceReport, Gathered, ReportedAddress, ReportedDevice, ReportedStatus,
};

/// What is reported now.
pub(super) fn report(pingone: &PingOne, weather: &Weather, now: Time) -> DeviceReport {
    let age = Time::try_from(weather.report_age.as_micros()).expect("it is short");
    let mut gathered = Gathered::default();
    for made in pingone.devices.iter().filter(|made| made.at <= now - age) {
        gathered.add(&ReportedDevice {
            user: made.shown.user,
            address: ReportedAddress::of_digits(&made.shown.phone),
            id: made.shown.id,
            status: ReportedStatus::Active,
        });
    }
    let mut report = DeviceReport::default();
    report.put(pingone.wanted[0].key.kind, gathered);
    report
}
