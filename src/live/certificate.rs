//! The certificate of the public listener as it is shown at the moment.

use std::time::Duration;

use crate::types::UnixTime;

/// Days before its end in which a certificate is warned about; one that lives shorter, in its last quarter.
const WARN: u64 = 14 * 86_400;

/// See the fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CertificateView {
    /// Whether it is obtained and renewed without anybody's doing.
    pub is_automatic: bool,
    /// From when to when it is valid; none before the first one is there.
    pub valid: Option<(UnixTime, UnixTime)>,
    /// Why no newer one was taken, in words; empty where all is well.
    pub trouble: String,
}

/// What is amiss with a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateTrouble {
    /// There is none yet.
    Absent,
    /// It is valid only in so long.
    Early(Duration),
    /// It expired so long ago.
    Expired(Duration),
    /// It expires in so long, which is soon.
    Expiring(Duration),
    /// It is good, and a newer one was not taken.
    NotReplaced,
}

impl CertificateView {
    /// What is amiss with it now.
    pub fn problem(&self, now: UnixTime) -> Option<CertificateTrouble> {
        let left = |from: UnixTime, to: UnixTime| Duration::from_secs(to.get().saturating_sub(from.get()));
        match self.valid {
            None => Some(CertificateTrouble::Absent),
            Some((since, _)) if since > now => Some(CertificateTrouble::Early(left(now, since))),
            Some((_, until)) if until <= now => Some(CertificateTrouble::Expired(left(until, now))),
            Some((since, until)) if left(now, until) < warning(left(since, until)) => {
                Some(CertificateTrouble::Expiring(left(now, until)))
            }
            Some(_) if self.trouble.is_empty() => None,
            Some(_) => Some(CertificateTrouble::NotReplaced),
        }
    }
}

fn warning(life: Duration) -> Duration {
    Duration::from_secs(WARN).min(life / 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_warn_while_there_is_time() {
        const DAY: u64 = 86_400;
        let view = |life: u64| CertificateView {
            valid: Some((UnixTime::new(100 * DAY), UnixTime::new((100 + life) * DAY))),
            ..CertificateView::default()
        };
        let problem = |life, day| view(life).problem(UnixTime::new(day * DAY));
        let days = |days: u64| Duration::from_secs(days * DAY);
        assert_eq!(problem(90, 170), None);
        assert_eq!(problem(90, 177), Some(CertificateTrouble::Expiring(days(13))));
        assert_eq!(problem(90, 190), Some(CertificateTrouble::Expired(days(0))));
        assert_eq!(problem(90, 99), Some(CertificateTrouble::Early(days(1))));
        assert_eq!(CertificateView::default().problem(UnixTime::new(DAY)), Some(CertificateTrouble::Absent));
        // One of six days is renewed in its last days anyway.
        assert_eq!(problem(6, 104), None);
        assert_eq!(problem(6, 105), Some(CertificateTrouble::Expiring(days(1))));
        let refused = CertificateView { trouble: "no key in it".to_owned(), ..view(90) };
        assert_eq!(refused.problem(UnixTime::new(101 * DAY)), Some(CertificateTrouble::NotReplaced));
    }
}
