//! Whether an answer is the recorded one, in all that a client may rely on.
//!
//! Free are: added JSON fields, white space, the order of headers, `X-Rate-Limit-*` and `X-Xss-Protection`, the moment
//! (`updated_at`), the version and how long it has been up. Transaction ids are ours, one for each recorded one.

use std::collections::HashMap;

use serde_json::Value;
use teller::clock::{Clock, SystemClock};

use super::cases::Recorded;
use crate::support::Reply;

/// Headers whose values, or whose absence, clients rely on.
const EXACT: [&str; 9] = [
    "Content-Type",
    "Content-Encoding",
    "Content-Disposition",
    "Allow",
    "Accept",
    "Location",
    "Access-Control-Allow-Origin",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Headers",
];
/// Headers that may come also where the original has none.
const AT_LEAST: [&str; 3] = ["Referrer-Policy", "X-Content-Type-Options", "X-Frame-Options"];
/// What follows it is the JSON parser's own words.
const JSON_ERROR: &str = "Invalid json request body: ";
/// Where the recording's HTTPS listener was.
const RECORDED_HTTPS: &str = "https://127.0.0.1:17072/";
/// How far apart the test's clock and the service's may be in a request.
const MOMENTS: u64 = 120;

/// Recorded transaction ids with ours.
#[derive(Debug, Clone, Default)]
pub struct Txids(HashMap<String, String>);

impl Txids {
    /// A text with its recorded ids replaced.
    pub fn ours(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (recorded, ours)| text.replace(recorded, ours))
    }

    fn fits(&mut self, recorded: &str, ours: &str) -> bool {
        if recorded.is_empty() || ours.is_empty() {
            return recorded == ours;
        }
        let is_new = !self.0.values().any(|known| known == ours);
        match self.0.get(recorded) {
            Some(known) => known == ours,
            None if is_new => self.0.insert(recorded.to_owned(), ours.to_owned()).is_none(),
            None => false,
        }
    }
}

/// Where the service of this run listens, as far as answers tell it.
#[derive(Debug, Clone, Default)]
pub struct Place {
    pub https: Option<String>,
}

/// A comparison of one answer.
#[derive(Debug)]
pub struct Comparison<'a> {
    place: &'a Place,
    txids: Txids,
    differences: Vec<String>,
}

impl<'a> Comparison<'a> {
    /// What differs, or the transaction ids that are known after it.
    pub fn run(
        recorded: &Recorded,
        reply: Option<&Reply>,
        txids: &Txids,
        place: &'a Place,
    ) -> Result<Txids, Vec<String>> {
        let mut comparison = Comparison { place, txids: txids.clone(), differences: Vec::new() };
        match (recorded.status, reply) {
            (Some(status), Some(reply)) => comparison.answers(status, recorded, reply),
            (None, None) => {}
            (status, reply) => {
                comparison.differ("reply", &format!("{status:?}"), &format!("{:?}", reply.map(|r| r.status)));
            }
        }
        if comparison.differences.is_empty() { Ok(comparison.txids) } else { Err(comparison.differences) }
    }

    fn differ(&mut self, what: &str, recorded: &str, ours: &str) {
        self.differences.push(format!("{what}: recorded {recorded}, got {ours}"));
    }

    fn equal(&mut self, what: &str, recorded: &str, ours: &str) {
        if recorded != ours {
            self.differ(what, recorded, ours);
        }
    }

    fn answers(&mut self, status: u16, recorded: &Recorded, reply: &Reply) {
        self.equal("status", &status.to_string(), &reply.status.to_string());
        for name in EXACT {
            let values = recorded.all(name).into_iter().map(|value| self.here(value));
            let values = format!("{:?}", values.collect::<Vec<_>>());
            let ours: Vec<String> = reply.all(name).into_iter().map(without_moment).collect();
            self.equal(name, &values, &format!("{ours:?}"));
        }
        for name in AT_LEAST.into_iter().filter(|name| !recorded.all(name).is_empty()) {
            self.equal(name, &format!("{:?}", recorded.all(name)), &format!("{:?}", reply.all(name)));
        }
        let vary = reply.all("Vary").join(", ").to_ascii_lowercase();
        for name in recorded.all("Vary") {
            if !vary.contains(&name.to_ascii_lowercase()) {
                self.differ("Vary", name, &vary);
            }
        }
        self.body(recorded, reply);
    }

    fn body(&mut self, recorded: &Recorded, reply: &Reply) {
        if let Some(head) = &recorded.body_head {
            let ours: String = reply.body.iter().take(64).map(|byte| format!("{byte:02x}")).collect();
            self.equal("body", head, &ours);
        }
        let Some(body) = &recorded.body else { return };
        let ours = String::from_utf8_lossy(&reply.body);
        if recorded.is_json() {
            let recorded: Value = serde_json::from_str(body).expect("the recording is JSON");
            match serde_json::from_str::<Value>(&ours) {
                Ok(ours) => self.value("", &recorded, &ours),
                Err(error) => self.differ("body", "JSON", &error.to_string()),
            }
        } else if body.starts_with(JSON_ERROR) {
            let has_words = ours.strip_prefix(JSON_ERROR).is_some_and(|words| words.trim().len() > 3);
            if !has_words || !ours.ends_with('\n') {
                self.differ("body", body, &ours);
            }
        } else {
            let body = self.here(body);
            self.equal("body", &format!("{body:?}"), &format!("{ours:?}"));
        }
    }

    /// A recorded text as it is told at this run's addresses and at any time.
    fn here(&self, text: &str) -> String {
        let text = text.replace("<unix-seconds>", "#");
        match &self.place.https {
            Some(https) => text.replace(RECORDED_HTTPS, &format!("https://{https}/")),
            None => text,
        }
    }

    fn value(&mut self, path: &str, recorded: &Value, ours: &Value) {
        match (recorded, ours) {
            // A client that finds nothing at all is told something else by anything.
            (Value::Object(members), Value::Object(our_members))
                if members.is_empty() == our_members.is_empty() =>
            {
                for (name, value) in members {
                    match our_members.get(name) {
                        Some(our_value) => self.value(&format!("{path}/{name}"), value, our_value),
                        None => self.differ(&format!("{path}/{name}"), &value.to_string(), "nothing"),
                    }
                }
            }
            (Value::Array(values), Value::Array(our_values)) if values.len() == our_values.len() => {
                for (index, (value, our_value)) in values.iter().zip(our_values).enumerate() {
                    self.value(&format!("{path}/{index}"), value, our_value);
                }
            }
            _ => {
                if !self.leaf(path, recorded, ours) {
                    self.differ(path, &recorded.to_string(), &ours.to_string());
                }
            }
        }
    }

    fn leaf(&mut self, path: &str, recorded: &Value, ours: &Value) -> bool {
        match (path.rsplit('/').next(), recorded.as_str(), ours.as_str()) {
            (Some("txid"), Some(recorded), Some(ours)) => self.txids.fits(recorded, ours),
            (Some("version"), Some(_), Some(ours)) => !ours.is_empty(),
            (Some("uptime"), Some(_), Some(ours)) => is_go_duration(ours),
            (Some("updated_at"), None, None) => {
                ours.as_u64().is_some_and(|at| SystemClock.now().get().abs_diff(at) <= MOMENTS)
            }
            _ => recorded == ours,
        }
    }
}

/// The name of a backup without the moment in it.
fn without_moment(value: &str) -> String {
    let (before, after) = match (value.find("teller-"), value.find(".db")) {
        (Some(start), Some(end)) if value.starts_with("attachment") => (start + "teller-".len(), end),
        _ => return value.to_owned(),
    };
    let moment = &value[before..after];
    let is_moment = moment.len() == 10 && moment.bytes().all(|byte| byte.is_ascii_digit());
    if is_moment { format!("{}#{}", &value[..before], &value[after..]) } else { value.to_owned() }
}

/// `2.040144618s`, `1h0m1.5s`, `14.408576ms`.
fn is_go_duration(text: &str) -> bool {
    let units = text.split(|c: char| c.is_ascii_digit() || c == '.').filter(|unit| !unit.is_empty());
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.ends_with('s')
        && units.into_iter().all(|unit| matches!(unit, "h" | "m" | "s" | "ms" | "µs" | "ns"))
}
