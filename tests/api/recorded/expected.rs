//! The answer that a deviation asks for, made out of the recorded one.

use serde_json::{Value, json};

use super::cases::{Case, Recorded};
use super::deviations::{Edit, Ours};

impl Ours {
    /// None where it takes more than one request to tell.
    pub fn expected(&self, recorded: &Recorded, scenario: &[Case]) -> Option<Recorded> {
        let recorded = recorded.clone();
        Some(match self {
            Ours::Status(status) => Recorded { status: Some(*status), ..recorded },
            Ours::Text(status, message) => text(recorded, *status, message),
            Ours::Like(name) => like(scenario, name),
            Ours::Json(json) => with_json(recorded, json),
            Ours::Bound(address) | Ours::BoundAside(address) => bound(recorded, address),
            Ours::Statuses(lines) => with_json(recorded, &statuses(lines)),
            Ours::Edited(edits) => edited(recorded, edits),
            Ours::Page(page) => {
                Recorded { status: Some(200), ..with_body(recorded, page, Some("text/html; charset=utf-8")) }
            }
            Ours::Empty => {
                Recorded { status: Some(200), headers: Vec::new(), ..with_body(recorded, "", None) }
            }
            Ours::NoCors => without_cors(recorded),
            Ours::LikeGet | Ours::AfterBurst(_) | Ours::Backup => return None,
        })
    }
}

fn like(scenario: &[Case], name: &str) -> Recorded {
    let case = scenario.iter().find(|case| case.name == name);
    case.unwrap_or_else(|| panic!("no case is called {name}")).response.clone()
}

fn with_body(mut recorded: Recorded, body: &str, content_type: Option<&str>) -> Recorded {
    recorded.headers.retain(|(name, _)| name != "Content-Type");
    recorded.headers.extend(content_type.map(|value| ("Content-Type".to_owned(), value.to_owned())));
    Recorded { body: Some(body.to_owned()), body_head: None, ..recorded }
}

/// A 200 with this JSON.
fn with_json(recorded: Recorded, json: &str) -> Recorded {
    Recorded { status: Some(200), ..with_body(recorded, json, Some("application/json")) }
}

fn text(recorded: Recorded, status: u16, message: &str) -> Recorded {
    let body = format!("{message}\n");
    Recorded { status: Some(status), ..with_body(recorded, &body, Some("text/plain; charset=utf-8")) }
}

fn bound(mut recorded: Recorded, address: &str) -> Recorded {
    recorded.headers.retain(|(name, _)| name != "Accept");
    recorded.headers.push(("Accept".to_owned(), "application/json".to_owned()));
    let reply = json!({ "deposit_address": address, "coin_type": "BTC", "buy_method": "direct" });
    with_json(recorded, &reply.to_string())
}

fn without_cors(mut recorded: Recorded) -> Recorded {
    recorded.headers.retain(|(name, _)| !name.starts_with("Access-Control-"));
    recorded
}

fn statuses(lines: &[(u64, &str, &str)]) -> String {
    let line = |(seq, status, coin): &(u64, &str, &str)| {
        json!({ "seq": seq, "status": status,
        "coin_type": coin, "updated_at": 0 })
    };
    json!({ "statuses": lines.iter().map(line).collect::<Vec<_>>() }).to_string()
}

fn edited(recorded: Recorded, edits: &[Edit]) -> Recorded {
    let mut body: Value = serde_json::from_str(recorded.body.as_deref().expect("a body")).expect("JSON");
    for edit in edits {
        edit.apply(&mut body);
    }
    Recorded { body: Some(body.to_string()), ..recorded }
}

impl Edit {
    fn apply(&self, body: &mut Value) {
        let (Edit::Set(pointer, _) | Edit::Insert(pointer, ..) | Edit::Cut(pointer, _)) = self;
        let place = body.pointer_mut(pointer).unwrap_or_else(|| panic!("nothing is at {pointer}"));
        let parse = |json: &str| serde_json::from_str(json).expect("the edit is JSON");
        match self {
            Edit::Set(_, json) => *place = parse(json),
            Edit::Insert(_, index, json) => place.as_array_mut().expect("a list").insert(*index, parse(json)),
            Edit::Cut(_, length) => place.as_array_mut().expect("a list").truncate(*length),
        }
    }
}
