//! One thing of an answer changed by chance: gone, null, of another kind, or another byte.

use serde_json::{Value, json};

use crate::rng::Rng;

/// The same answer but for one thing. Another value in the place of one, or a list with an item less, only
/// where it can be told by hashes: `is_provable`.
pub fn rewrite(body: &[u8], is_provable: bool, rng: &mut Rng) -> Vec<u8> {
    let half = body[..body.len() / 2].to_vec();
    let parsed = serde_json::from_slice::<Value>(body).ok();
    let Some(mut value) = parsed.filter(|_| !(is_provable && rng.below(3) == 0)) else {
        return if is_provable { flip(body, rng) } else { half };
    };
    let mut places = Vec::new();
    collect(&value, String::new(), &mut places);
    if places.is_empty() || rng.below(6) == 0 {
        return half;
    }
    let place = rng.pick(&places).clone();
    change(&mut value, &place, is_provable, rng);
    value.to_string().into_bytes()
}

/// Every place below the top, as JSON pointers; not the number of the answer, which is the line's and not the node's.
fn collect(value: &Value, at: String, places: &mut Vec<String>) {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(key, value)| (key.replace('/', "~1"), value)).collect(),
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect()
        }
        _ => Vec::new(),
    };
    for (key, value) in below {
        if at.is_empty() && (key == "id" || key == "jsonrpc") {
            continue;
        }
        let place = format!("{at}/{key}");
        places.push(place.clone());
        collect(value, place, places);
    }
}

fn change(value: &mut Value, place: &str, is_provable: bool, rng: &mut Rng) {
    let (parent, key) = place.rsplit_once('/').unwrap_or(("", place));
    if rng.below(3) == 0 {
        match value.pointer_mut(parent) {
            Some(Value::Object(fields)) => drop(fields.remove(&key.replace("~1", "/"))),
            Some(Value::Array(items)) if is_provable => {
                if let Some(index) = key.parse::<usize>().ok().filter(|index| *index < items.len()) {
                    items.remove(index);
                }
            }
            _ => {}
        }
        return;
    }
    let Some(found) = value.pointer_mut(place) else { return };
    *found = match (rng.below(3), &*found) {
        (0, Value::Number(_)) => json!("a few"),
        (0, _) => json!(7),
        _ => Value::Null,
    };
}

/// One byte of the middle is another one.
fn flip(body: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut bytes = body.to_vec();
    if let Some(end) = u64::try_from(bytes.len()).ok().filter(|end| *end > 0) {
        let position = usize::try_from(rng.below(end)).unwrap_or(0);
        bytes[position] ^= 1;
    }
    bytes
}
