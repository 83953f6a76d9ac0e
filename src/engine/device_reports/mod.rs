//! Reading the report of all devices: page by page, as seldom as PingOne asks for, and no longer than
//! it is worth.
//!
//! One report is made in five seconds at most, for all who ask of an environment. Whether its pages
//! count too is not documented: they are asked for one after the other, and as seldom as the report
//! itself from the first on for which PingOne asked to wait.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::questions::{Questions, ReadFault};
use crate::clock;
use crate::model::device_report::{DeviceReport, Gathered};
use crate::model::event::RequestKind;
use crate::model::request::DeviceType;
use crate::model::stop::StopReason;
use crate::pingone::device_reports::{NextReportPage, ReportPage};
use crate::pingone::read::ReadError;
use crate::pingone::token::AccessToken;

/// How far two reports are apart ("MFA Reports").
const APART: Duration = Duration::from_secs(5);
/// How many entries a page has at most.
const PAGE: u64 = 1_000;

/// How much a report may cost before listing users one by one costs less.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    /// How many pages are read at most.
    pub pages: u64,
    /// How long they may take, where they come one in five seconds.
    pub time: Duration,
}

/// Why nothing is known by report of a type of device.
#[derive(Debug)]
pub(crate) enum NoReport {
    /// It was refused, or is not understood.
    Refused(ReadError),
    /// Its phones or addresses are all masked or missing.
    Masked,
    /// It has more pages than there are users to list.
    TooLong,
    /// Its pages come so slowly that listing the users takes less time.
    TooSlow,
}

impl fmt::Display for NoReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoReport::Refused(error) => write!(f, "{error}"),
            NoReport::Masked => f.write_str("none of its phones can be read"),
            NoReport::TooLong => f.write_str(
                "it has more pages than there are users to list, so listing them costs less",
            ),
            NoReport::TooSlow => f.write_str(
                "its pages come one in 5 s, and listing the users takes less time than that",
            ),
        }
    }
}

/// What was read.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// The devices that were reported.
    pub report: DeviceReport,
    /// Of which types nothing is known, and why.
    pub missing: Vec<(DeviceType, NoReport)>,
}

/// How far a report was read that goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    /// The devices that were read so far.
    pub devices: u64,
    /// How many there are in all, where that is told.
    pub of: Option<u64>,
    /// Whether its pages come one in five seconds.
    pub is_slow: bool,
}

/// Reads the reports of some types of device, one after the other.
///
/// `tell` hears how far it is, after each page that is not the last one.
///
/// # Errors
///
/// Nothing can be asked at all.
pub(crate) async fn read(
    questions: &Questions<'_>,
    types: &[DeviceType],
    budget: Budget,
    tell: &mut dyn FnMut(Progress),
) -> Result<Reading, StopReason> {
    let mut reading = Reading::default();
    let mut reader = Reader {
        questions,
        began: clock::now(),
        asked: None,
        is_slow: false,
        pages_left: budget.pages,
        time: budget.time,
        tell,
    };
    for &kind in types {
        match reader.read(kind).await? {
            Ok(gathered) => reading.report.put(kind, gathered),
            Err(why) => reading.missing.push((kind, why)),
        }
    }
    Ok(reading)
}

/// Whether the report of all WhatsApp devices can be made, and its first page be read.
///
/// # Errors
///
/// It cannot.
pub(crate) async fn try_out(questions: &Questions<'_>) -> Result<(), ReadFault> {
    let (client, kind) = (questions.client(), DeviceType::WhatsApp);
    let page = questions.read(RequestKind::Report, |token| async move {
        client.device_report(kind, None, &token).await
    });
    page.await.map(|_| ())
}

struct Reader<'q, 'a> {
    questions: &'q Questions<'a>,
    began: Instant,
    /// When something was asked for last.
    asked: Option<Instant>,
    is_slow: bool,
    pages_left: u64,
    time: Duration,
    tell: &'q mut dyn FnMut(Progress),
}

impl Reader<'_, '_> {
    async fn read(&mut self, kind: DeviceType) -> Result<Result<Gathered, NoReport>, StopReason> {
        let (mut gathered, mut devices, mut unclear) = (Gathered::default(), 0, 0);
        let mut before: Option<NextReportPage> = None;
        loop {
            if let Err(why) = self.may_ask(before.as_ref(), devices) {
                return Ok(Err(why));
            }
            let page = match self.page(kind, before.as_ref()).await? {
                Ok(page) => page,
                Err(error) => return Ok(Err(NoReport::Refused(error))),
            };
            self.pages_left = self.pages_left.saturating_sub(1);
            for device in &page.devices {
                devices += 1;
                unclear += u64::from(device.address.is_unclear());
                gathered.add(device);
            }
            let Some(next) = page.next else {
                let is_masked = devices > 0 && unclear == devices;
                return Ok(if is_masked {
                    Err(NoReport::Masked)
                } else {
                    Ok(gathered)
                });
            };
            (self.tell)(Progress {
                devices,
                of: next.counted(),
                is_slow: self.is_slow,
            });
            before = Some(next);
        }
    }

    /// Whether it is worth it to read on.
    fn may_ask(&self, before: Option<&NextReportPage>, devices: u64) -> Result<(), NoReport> {
        let counted = before.and_then(NextReportPage::counted);
        let left = counted.map_or(1, |of| of.saturating_sub(devices).div_ceil(PAGE).max(1));
        if left > self.pages_left {
            return Err(NoReport::TooLong);
        }
        let seconds = u32::try_from(left).unwrap_or(u32::MAX);
        let takes = clock::now() - self.began + APART.saturating_mul(seconds);
        if self.is_slow && takes > self.time {
            return Err(NoReport::TooSlow);
        }
        Ok(())
    }

    /// Reads a page, or makes the report.
    async fn page(
        &mut self,
        kind: DeviceType,
        before: Option<&NextReportPage>,
    ) -> Result<Result<ReportPage, ReadError>, StopReason> {
        let mut tries = 0;
        loop {
            if before.is_none() || self.is_slow {
                self.keep_apart().await;
            }
            self.asked = Some(clock::now());
            let (questions, client) = (self.questions, self.questions.client());
            let ask = |token: Arc<AccessToken>| async move {
                client.device_report(kind, before, &token).await
            };
            let asked = questions.read_once(RequestKind::Report, &ask);
            let error = match asked.await?.1 {
                Ok(page) => return Ok(Ok(page)),
                Err(error) => error,
            };
            tries += 1;
            self.is_slow |= before.is_some() && error.retry_after().is_some();
            match questions.again(&error, tries) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Ok(Err(error)),
            }
        }
    }

    async fn keep_apart(&self) {
        if let Some(asked) = self.asked {
            tokio::time::sleep_until(asked + APART).await;
        }
    }
}

#[cfg(test)]
mod tests;
