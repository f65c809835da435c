//! Series as they are gathered for one answer, in the text format that Prometheus reads.

use prometheus::{CounterVec, GaugeVec, Opts, Registry, TextEncoder};

use super::MetricsError;
use crate::types::UnixTime;

/// The values of labels with what is told of them.
pub(super) type Sample<const N: usize> = ([String; N], f64);

/// One answer in the making. The first error is kept, and told in place of the answer.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    registry: Registry,
    failed: Option<MetricsError>,
}

impl Sheet {
    /// Something that goes up and down.
    pub(super) fn gauges<const N: usize>(
        &mut self,
        name: &str,
        help: &str,
        labels: [&str; N],
        samples: impl IntoIterator<Item = Sample<N>>,
    ) {
        let filled = GaugeVec::new(Opts::new(name, help), &labels).and_then(|family| {
            for (values, value) in samples {
                family.with_label_values(&values).set(value);
            }
            self.registry.register(Box::new(family))
        });
        self.note(filled);
    }

    /// Something that only grows, and begins anew with each start of the process where it says so.
    pub(super) fn counters<const N: usize>(
        &mut self,
        name: &str,
        help: &str,
        labels: [&str; N],
        samples: impl IntoIterator<Item = Sample<N>>,
    ) {
        let filled = CounterVec::new(Opts::new(name, help), &labels).and_then(|family| {
            for (values, value) in samples {
                family.with_label_values(&values).inc_by(value);
            }
            self.registry.register(Box::new(family))
        });
        self.note(filled);
    }

    /// A gauge without labels.
    pub(super) fn gauge(&mut self, name: &str, help: &str, value: f64) {
        self.gauges(name, help, [], [([], value)]);
    }

    /// A gauge without labels, where there is anything to be told.
    pub(super) fn gauge_if(&mut self, name: &str, help: &str, value: Option<f64>) {
        self.gauges(name, help, [], value.map(|value| ([], value)));
    }

    /// A counter without labels.
    pub(super) fn counter(&mut self, name: &str, help: &str, value: u64) {
        self.counters(name, help, [], [([], number(value))]);
    }

    /// Returns all of it as text.
    pub(super) fn text(self) -> Result<String, MetricsError> {
        match self.failed {
            Some(error) => Err(error),
            None => Ok(TextEncoder::new().encode_to_string(&self.registry.gather())?),
        }
    }

    fn note(&mut self, result: prometheus::Result<()>) {
        if let Err(error) = result {
            self.failed.get_or_insert(error.into());
        }
    }
}

/// What Prometheus counts with. Beyond 2^53 the last digits are lost, which matters to no graph.
#[allow(clippy::as_conversions, clippy::cast_precision_loss)]
pub(super) fn number(value: u64) -> f64 {
    value as f64
}

/// Whole coins, from their exact text.
pub(super) fn coins(text: &str) -> Option<f64> {
    text.parse().ok()
}

/// Seconds since 1970.
pub(super) fn time(at: UnixTime) -> f64 {
    number(at.get())
}

/// 1 where it is so, else 0.
pub(super) fn flag(is: bool) -> f64 {
    number(u64::from(is))
}
