//! What a receiver is told: what is new, what is still so, what is over; as words and as JSON.

use std::fmt::Write;

use serde::Serialize;

use crate::report::{ProblemKey, Severity};
use crate::types::{Coin, HistoryHead, UnixTime};

/// A problem as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// What it is.
    pub key: ProblemKey,
    /// What is told of it.
    pub words: Vec<String>,
    /// When it was seen first.
    pub since: UnixTime,
}

/// What a receiver is told at one time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notice {
    /// Not told before.
    pub opened: Vec<Alert>,
    /// Told long ago, and still so.
    pub still: Vec<Alert>,
    /// Told, and over.
    pub closed: Vec<Alert>,
    /// The head of the history as it is told; none where it is not known.
    pub history: Option<HistoryHead>,
}

#[derive(Debug, Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    /// Seconds since 1970.
    at: u64,
    alerts: Vec<AlertBody<'a>>,
    /// Number and hash of the last event.
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<String>,
}

#[derive(Debug, Serialize)]
struct AlertBody<'a> {
    /// `opened`, `still` or `closed`.
    state: &'static str,
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    coin: Option<&'static str>,
    severity: &'static str,
    since: u64,
    words: &'a [String],
    runbook: String,
}

impl Alert {
    fn severity(&self) -> Severity {
        self.key.0.severity()
    }

    /// `pool_low BTC`.
    fn name(&self) -> String {
        let (code, coin) = self.key;
        coin.map_or_else(|| code.name().to_owned(), |coin| format!("{} {coin}", code.name()))
    }
}

impl Notice {
    /// Returns whether there is nothing to be told.
    pub fn is_empty(&self) -> bool {
        self.parts().all(|(_, alerts)| alerts.is_empty())
    }

    fn parts(&self) -> impl Iterator<Item = (&'static str, &[Alert])> {
        [("opened", &self.opened[..]), ("still", &self.still[..]), ("closed", &self.closed[..])].into_iter()
    }

    /// Returns it as JSON; `runbooks` is put before the paths of runbooks.
    pub fn json(&self, at: UnixTime, runbooks: &str) -> Vec<u8> {
        let alerts = self.parts().flat_map(|(state, alerts)| {
            alerts.iter().map(move |alert| AlertBody {
                state,
                code: alert.key.0.name(),
                coin: alert.key.1.map(Coin::code),
                severity: alert.severity().name(),
                since: alert.since.get(),
                words: &alert.words,
                runbook: format!("{runbooks}{}", alert.key.0.runbook()),
            })
        });
        let history = self.history.map(|head| head.to_string());
        let body = Body { kind: "teller.alerts", at: at.get(), alerts: alerts.collect(), history };
        serde_json::to_vec(&body).expect("BUG: texts and numbers can be written")
    }

    /// Returns one line: `[teller] critical: pool_empty BTC; over: node_trouble ETH`.
    pub fn subject(&self) -> String {
        let mut parts = Vec::new();
        for (state, alerts) in [("", &self.opened), ("still ", &self.still)] {
            let mut all: Vec<&Alert> = alerts.iter().collect();
            all.sort_by_key(|alert| alert.severity());
            if let Some(worst) = all.first().map(|alert| alert.severity().name()) {
                let names: Vec<String> = all.iter().map(|alert| alert.name()).collect();
                parts.push(format!("{state}{worst}: {}", names.join(", ")));
            }
        }
        if !self.closed.is_empty() {
            let names: Vec<String> = self.closed.iter().map(Alert::name).collect();
            parts.push(format!("over: {}", names.join(", ")));
        }
        format!("[teller] {}", parts.join("; "))
    }

    /// Returns it in words, for a mail; `runbooks` is put before the paths of runbooks.
    pub fn text(&self, runbooks: &str) -> String {
        let mut text = String::new();
        for (title, alerts, has_runbook) in
            [("New", &self.opened, true), ("Still so", &self.still, true), ("Over", &self.closed, false)]
        {
            if alerts.is_empty() {
                continue;
            }
            let _ = writeln!(text, "{title}:\n");
            for alert in alerts {
                let (severity, since) = (alert.severity().name(), utc(alert.since));
                let _ = writeln!(text, "  {} ({severity}), since {since}", alert.name());
                for words in &alert.words {
                    let _ = writeln!(text, "    {words}");
                }
                if has_runbook {
                    let _ = writeln!(text, "    What to do: {runbooks}{}", alert.key.0.runbook());
                }
                text.push('\n');
            }
        }
        if let Some(head) = self.history {
            let _ = writeln!(text, "Head of the history: {head}");
        }
        text
    }
}

/// `2026-11-21 07:42 UTC`.
fn utc(moment: UnixTime) -> String {
    let seconds = i64::try_from(moment.get()).unwrap_or(i64::MAX);
    let at = time::UtcDateTime::from_unix_timestamp(seconds).unwrap_or(time::UtcDateTime::MAX);
    format!("{} {:02}:{:02} UTC", at.date(), at.hour(), at.minute())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::ProblemCode;

    fn alert(code: ProblemCode, coin: Option<Coin>, words: &str) -> Alert {
        Alert { key: (code, coin), words: vec![words.to_owned()], since: UnixTime::new(1_795_219_613) }
    }

    #[test]
    fn should_tell_what_is_new_and_what_is_over_in_one_line_and_in_words() {
        let notice = Notice {
            opened: vec![
                alert(ProblemCode::PoolLow, Some(Coin::BTC), "BTC: only 3 deposit addresses are left"),
                alert(ProblemCode::Payouts, None, "payouts: no coins"),
            ],
            still: Vec::new(),
            closed: vec![alert(ProblemCode::Node, Some(Coin::ETH), "ETH: its node does not answer")],
            history: Some(HistoryHead::EMPTY),
        };
        assert_eq!(
            notice.subject(),
            "[teller] critical: payouts_stand_still, pool_low BTC; over: node_trouble ETH"
        );
        let text = notice.text("https://desk.example/");
        for words in [
            "New:\n\n  pool_low BTC (warning), since 2026-11-21 00:06 UTC\n    BTC: only 3 ",
            "    What to do: https://desk.example/docs/runbooks/pool_low.md\n\n  payouts_stand_still (critical)",
            "Over:\n\n  node_trouble ETH (warning), since 2026-11-21 00:06 UTC\n    ETH: its node does not answer\n\n",
            "Head of the history: 0:0000000000000000000000000000000000000000000000000000000000000000\n",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
    }

    #[test]
    fn should_tell_programs_the_same() {
        let opened = vec![alert(ProblemCode::PoolLow, Some(Coin::BTC), "low")];
        let notice = Notice { opened, history: Some(HistoryHead::EMPTY), ..Notice::default() };
        let json: serde_json::Value = serde_json::from_slice(&notice.json(UnixTime::new(9), "")).unwrap();
        let expected = serde_json::json!({"type": "teller.alerts", "at": 9, "alerts": [{
            "state": "opened", "code": "pool_low", "coin": "BTC", "severity": "warning", "since": 1_795_219_613_u64,
            "words": ["low"], "runbook": "docs/runbooks/pool_low.md",
        }], "history": HistoryHead::EMPTY.to_string()});
        assert_eq!(json, expected);
    }
}
