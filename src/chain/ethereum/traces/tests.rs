use serde_json::{Value, json};

use super::ask::called;
use super::flat::moves_listed;
use super::frames::moves_inside;
use super::*;
use crate::chain::ethereum::moves::{Growth, Moved};

const TX: H256 = H256([7; 32]);
const BLOCK: H256 = H256([8; 32]);

fn short(moves: Vec<Moved>) -> Vec<(u8, u64)> {
    moves.into_iter().map(|moved| (moved.to.0[0], moved.value.as_u64())).collect()
}

fn inside(tree: Value) -> Vec<(u8, u64)> {
    short(moves_inside(&tree.to_string()).unwrap())
}

fn address(n: u8) -> String {
    format!("0x{}", format!("{n:02x}").repeat(20))
}

fn listed(entries: Value) -> Result<Vec<Moved>, Unreadable> {
    moves_listed(&entries.to_string(), BLOCK, &[TX])?.pop().unwrap()
}

fn entry(to: u8, value: &str, place: Value) -> Value {
    json!({ "type": "call", "action": { "callType": "call", "to": address(to), "value": value },
        "traceAddress": place, "transactionHash": TX, "blockHash": BLOCK })
}

#[test]
fn should_find_what_calls_moved() {
    // Callers first tell what they called (anvil), or last (geth).
    let tree = json!({ "type": "CALL", "to": address(1), "value": "0x5", "logs": [{ "topics": ["0x1"],
        "data": {} }], "calls": [
        { "calls": [
            { "type": "DELEGATECALL", "to": address(3), "value": "0x9" },
            { "type": "CALL", "to": address(4), "value": "0x2" } ], "type": "CALL", "to": address(2),
                "value": "0x1", "error": null },
        { "type": "STATICCALL", "to": address(5) },
        { "type": "call", "to": address(7), "value": "0x0", "error": "" },
        { "type": "SELFDESTRUCT", "to": address(6), "value": "0x3" } ] });
    assert_eq!(inside(tree), [(4, 2), (2, 1), (6, 3)]);
}

#[test]
fn should_not_count_what_a_failed_call_undid() {
    let tree = json!({ "type": "CALL", "to": address(1), "value": "0x0", "calls": [
        { "type": "CALL", "to": address(2), "value": "0x1", "error": "execution reverted", "calls": [
            { "type": "CALL", "to": address(3), "value": "0x1" },
            { "type": "SELFDESTRUCT" } ] },
        { "type": "CALL", "to": address(4), "value": "0x2" } ] });
    assert_eq!(inside(tree), [(4, 2)]);
    // What moved before it stays moved.
    let later = json!({ "type": "CALL", "to": address(1), "value": "0x0", "calls": [
        { "type": "CALL", "to": address(4), "value": "0x2" },
        { "type": "CALL", "to": address(2), "value": "0x1", "error": "execution reverted", "calls": [
            { "type": "CALL", "to": address(3), "value": "0x1" } ] } ] });
    assert_eq!(inside(later), [(4, 2)]);
    let all_undone = json!({ "type": "CALL", "to": address(1), "error": "out of gas", "calls": [
        { "type": "CALL", "to": address(2), "value": "0x1" } ] });
    assert_eq!(inside(all_undone), []);
}

#[test]
fn should_read_calls_as_deep_as_the_chain_allows() {
    let call = |to: u8, inside: &str| {
        let to = address(to);
        format!(r#"{{"type":"CALL","to":"{to}","value":"0x1","calls":[{inside}]}}"#)
    };
    let nested = |depth: usize| moves_inside(&(1..depth).fold(call(9, ""), |inside, _| call(1, &inside)));
    // The transaction itself is not among them.
    assert_eq!(nested(MAX_DEPTH).unwrap().len(), MAX_DEPTH - 1);
    assert!(nested(MAX_DEPTH + 1).is_err());
}

#[test]
fn should_read_as_many_calls_as_a_block_has_room_for() {
    const MANY: u32 = 150_000;
    let call = r#"{"type":"STATICCALL","error":"out of gas"},"#.repeat(usize::try_from(MANY).unwrap());
    let paid = format!(r#"{{"type":"CALL","to":"{}","value":"0x1"}}"#, address(9));
    let told = format!(r#"{{"type":"CALL","calls":[{call}{paid}]}}"#);
    assert_eq!(moves_inside(&told).unwrap().len(), 1);

    let failed = |call: u32| {
        let mut entry = entry(9, "0x1", json!([call]));
        entry["error"] = json!("Reverted");
        entry
    };
    let mut entries = vec![entry(1, "0x0", json!([]))];
    entries.extend((0..MANY).map(failed));
    entries.push(entry(9, "0x1", json!([MANY])));
    // Were each compared with all that failed, this would take minutes.
    assert_eq!(listed(Value::from(entries)).unwrap().len(), 1);
}

#[test]
fn should_cost_what_is_told_however_deep_it_is() {
    // The same bytes, side by side and inside each other: parsed once per level it would be a thousand times as much.
    const SIZE: usize = 2_000;
    let call = |inside: &str| {
        format!(
            r#"{{"type":"CALL","to":"0x","value":"0x0","input":"{}","calls":[{inside}]}}"#,
            "0".repeat(SIZE)
        )
    };
    let time = |tree: &str| {
        let began = Instant::now();
        moves_inside(tree).unwrap();
        began.elapsed()
    };
    let deep = (1..MAX_DEPTH - 1).fold(call(""), |inside, _| call(&inside));
    let wide = call(&vec![call(""); MAX_DEPTH - 2].join(","));
    assert!((deep.len() as u64).abs_diff(wide.len() as u64) < 5_000);
    let wide = (0..3).map(|_| time(&wide)).max().unwrap();
    assert!(time(&deep) < wide * 20 + Duration::from_millis(50));
}

#[test]
fn should_find_the_same_whichever_node_tells_it() {
    let precompiled = "0x0000000000000000000000000000000000000001";
    let tree = json!({ "type": "CALL", "to": address(1), "value": "0x5", "calls": [
        { "type": "STATICCALL", "to": precompiled },
        { "type": "CALL", "to": address(2), "value": "0x2" } ] });
    let list = json!([entry(1, "0x5", json!([])), entry(2, "0x2", json!([0]))]);
    assert_eq!(inside(tree), short(listed(list).unwrap()));
}

#[test]
fn should_read_the_other_kind_of_traces_the_same_way() {
    let of_kind = |kind: &str, to: u8, value: &str, place: Value, error: Option<&str>| {
        let mut entry = entry(to, value, place);
        entry["action"]["callType"] = json!(kind);
        entry["error"] = json!(error);
        entry
    };
    let entries = json!([
        of_kind("call", 1, "0x5", json!([]), None),
        of_kind("call", 2, "0x1", json!([0]), Some("Reverted")),
        of_kind("call", 3, "0x1", json!([0, 0]), None),
        of_kind("delegatecall", 4, "0x1", json!([1]), None),
        of_kind("call", 5, "0x2", json!([1, 0]), None),
        { "type": "suicide", "action": { "refundAddress": address(6), "balance": "0x3" },
            "traceAddress": [2], "transactionHash": TX, "blockHash": BLOCK },
        { "type": "create", "action": { "value": "0x4" }, "result": { "address": address(7) },
            "traceAddress": [3], "transactionHash": TX, "blockHash": BLOCK },
        { "type": "reward", "action": { "value": "0x9" }, "traceAddress": [], "blockHash": BLOCK },
        { "type": "reward", "action": null, "traceAddress": null, "blockHash": BLOCK },
    ]);
    assert_eq!(short(listed(entries).unwrap()), [(5, 2), (6, 3), (7, 4)]);
}

#[test]
fn should_refuse_a_list_that_is_not_whole() {
    let root = entry(1, "0x0", json!([]));
    let with = |more: Value| listed(json!([root, more]));
    let of = |change: &dyn Fn(&mut Value)| {
        let mut odd = entry(2, "0x1", json!([0]));
        change(&mut odd);
        with(odd)
    };
    assert!(listed(json!([])).is_err(), "nothing of the transaction");
    assert!(listed(json!([entry(2, "0x1", json!([0]))])).is_err(), "not its beginning");
    assert!(with(root.clone()).is_err(), "two beginnings");
    for field in ["value", "to"] {
        assert!(
            matches!(of(&|odd| odd["action"][field] = Value::Null), Err(Unreadable::Lacking(_))),
            "{field}"
        );
    }
    assert!(of(&|odd| odd["action"] = Value::Null).is_err(), "no action");
    assert!(of(&|odd| odd["type"] = json!("teleport")).is_err(), "a kind that is not known");
    assert!(of(&|odd| odd["traceAddress"] = Value::Null).is_err(), "no place");
    assert_eq!(of(&|odd| odd["blockHash"] = json!(TX)), Err(Unreadable::Elsewhere));
    assert!(of(&|odd| odd["blockHash"] = Value::Null).is_err(), "no block");
    assert_eq!(of(&|odd| odd["transactionHash"] = json!(BLOCK)), Err(Unreadable::Elsewhere));
    assert_eq!(short(of(&|_| ()).unwrap()), [(2, 1)]);
}

#[test]
fn should_take_the_trees_of_these_transactions_alone() {
    let tree = json!({ "type": "CALL", "from": address(1), "to": address(2), "value": "0x0" });
    let told = |entries: Value| called(&entries.to_string(), &[TX, BLOCK]);
    let entry = |hash: H256| json!({ "txHash": hash, "result": tree });
    assert_eq!(told(json!([entry(TX), entry(BLOCK)])).unwrap().len(), 2);
    let nameless = json!({ "result": tree });
    assert!(told(json!([nameless, nameless])).is_ok(), "older nodes do not say which");
    for other in [
        json!([entry(BLOCK), entry(TX)]),
        json!([entry(TX)]),
        json!([entry(TX), entry(TX)]),
        json!([entry(TX), entry(BLOCK), entry(BLOCK)]),
    ] {
        assert!(matches!(told(other.clone()), Err(Unreadable::Shape(_))), "{other}");
    }
    let inside = told(json!([{ "txHash": TX, "error": "too long" }, { "txHash": BLOCK }])).unwrap();
    assert_eq!(inside[0], Err(Unreadable::Refused("too long".to_owned())));
    assert!(matches!(inside[1], Err(Unreadable::Shape(_))));
}

#[test]
fn should_refuse_what_is_no_tree() {
    for odd in [
        "[]",
        "{}",
        "null",
        "\"<html>\"",
        r#"{"structLogs":[]}"#,
        r#"{"type":"CALL","calls":[5]}"#,
        r#"{"type":"CALL","calls":{}}"#,
        r#"{"type":5}"#,
        r#"{"type":"CALL","calls":[{"type":"CALL""#,
        r#"{"type":"CALL","calls":[[{"type":"CALL"}]]}"#,
        r#"{"type":"CALL","calls":[{}]}"#,
    ] {
        assert!(matches!(moves_inside(odd), Err(Unreadable::Shape(_))), "{odd}");
    }
}

#[test]
fn should_tell_by_how_much_balances_grew() {
    let grown = |kind, told: Value| effect::growth(kind, &told.to_string());
    let told = json!({
        "pre": { address(1): { "balance": "0x5" }, address(2): { "balance": "0x5" } },
        "post": { address(1): { "balance": "0x9" }, address(2): { "balance": "0x1" }, address(3): { "balance": "0x2" },
            address(4): { "nonce": 1 } },
    });
    let expected: Vec<(u8, u64)> = vec![(1, 4), (3, 2)];
    let short = |growth: Growth| -> Vec<(u8, u64)> {
        growth.into_iter().map(|(a, v)| (a.0[0], v.as_u64())).collect()
    };
    assert_eq!(short(grown(TraceKind::Debug, told).unwrap()), expected);
    let diff = json!({ "stateDiff": {
        address(1): { "balance": { "*": { "from": "0x5", "to": "0x9" } }, "code": "=" },
        address(2): { "balance": { "*": { "from": "0x5", "to": "0x1" } } },
        address(3): { "balance": { "+": "0x2" } }, address(4): { "balance": "=" },
            address(5): { "balance": { "-": "0x7" } },
    } });
    assert_eq!(short(grown(TraceKind::Trace, diff).unwrap()), expected);
    let half = json!({ "pre": { address(1): { "nonce": 1 } }, "post": { address(1): { "balance": "0x9" } } });
    assert!(grown(TraceKind::Debug, half).is_err(), "absent is not zero");
    assert!(grown(TraceKind::Debug, json!({ "type": "CALL" })).is_err(), "not what was asked for");
}

#[test]
fn should_miss_nothing_of_what_moved_nothing() {
    let tree = json!({ "type": "CALL", "to": address(1), "value": "0x0", "calls": [
        { "type": "TELEPORT" },
        { "type": "TELEPORT", "value": "0x0" },
        { "type": "CREATE", "value": "0x0" },
        { "type": "CALL", "to": address(4), "value": "0x2" } ] });
    assert_eq!(inside(tree), [(4, 2)]);
    let empty = json!({ "type": "suicide", "action": { "balance": "0x0" }, "traceAddress": [0], "transactionHash": TX,
        "blockHash": BLOCK });
    assert_eq!(listed(json!([entry(1, "0x0", json!([])), empty])), Ok(Vec::new()));
}
