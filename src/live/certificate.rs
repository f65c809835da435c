//! The certificate of the public listener as it is shown at the moment.

use std::time::Duration;

use super::in_words;
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

impl CertificateView {
    /// What is amiss with it now.
    pub fn problem(&self, now: UnixTime) -> Option<String> {
        let cure = match (self.is_automatic, self.trouble.as_str()) {
            (true, "") => "it is renewed by itself, see the log for what is in the way".to_owned(),
            (false, "") => "replace web.tls_cert and web.tls_key, and send SIGHUP".to_owned(),
            (_, trouble) => trouble.to_owned(),
        };
        let left = |from: UnixTime, to: UnixTime| Duration::from_secs(to.get().saturating_sub(from.get()));
        match self.valid {
            None => Some(format!("HTTPS has no certificate yet: {cure}")),
            Some((since, _)) if since > now => Some(format!(
                "HTTPS: the certificate is valid only in {}: {cure}",
                in_words(left(now, since))
            )),
            Some((_, until)) if until <= now => {
                Some(format!("HTTPS: the certificate expired {} ago: {cure}", in_words(left(until, now))))
            }
            Some((since, until)) if left(now, until) < warning(left(since, until)) => {
                Some(format!("HTTPS: the certificate expires in {}: {cure}", in_words(left(now, until))))
            }
            Some(_) if self.trouble.is_empty() => None,
            Some(_) => Some(format!("HTTPS: a new certificate was not taken: {cure}")),
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
        assert_eq!(problem(90, 170), None);
        assert!(problem(90, 177).unwrap().contains("expires in"));
        assert!(problem(90, 190).unwrap().contains("expired"));
        assert!(problem(90, 99).unwrap().contains("valid only in"));
        // One of six days is renewed in its last days anyway.
        assert_eq!(problem(6, 104), None);
        assert!(problem(6, 105).unwrap().contains("web.tls_cert"));
        let refused = CertificateView { trouble: "no key in it".to_owned(), ..view(90) };
        let words = refused.problem(UnixTime::new(101 * DAY)).unwrap();
        assert!(words.contains("was not taken") && words.ends_with("no key in it"), "{words}");
    }
}
