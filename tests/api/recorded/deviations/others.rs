//! The other scenarios.

use super::Edit::{Insert, Set};
use super::Ours::{Edited, Empty, NoCors, Statuses};
use super::{Deviation, FROM_ZERO, was};

pub(super) const TABLE: &[Deviation] = &[
    was("cors-default", "cors default: simple GET any origin", "[] allows every origin", NoCors),
    was("cors-default", "cors default: preflight bind", "[] allows every origin", NoCors),
    was("queue-full", "dummy deposit: channel is full", "503: one payout at a time, a short queue", Empty),
    was(
        "real",
        "admin deposit-addresses real",
        "lists BTC addresses under each coin; its scanners run, where here the dummy scanner stands in for them",
        Edited(&[
            Set("/BTC/scanning_enabled", "false"),
            Set("/BTC/scanning_addresses", "[]"),
            Set("/ETH/scanning_enabled", "false"),
            Set("/ETH/scanning_addresses", "[]"),
            Set("/SKY/scanning_enabled", "false"),
            Set("/SKY/scanning_addresses", "[]"),
        ]),
    ),
    was(
        "real",
        "real: ETH deposit 0.01 -> 1 SKY waiting_confirm",
        FROM_ZERO,
        Statuses(&[
            (1, "waiting_deposit", "BTC"),
            (2, "waiting_confirm", "ETH"),
            (3, "waiting_deposit", "SKY"),
        ]),
    ),
    was(
        "real",
        "real: BTC tx with two deposit outputs: first output seen",
        FROM_ZERO,
        Statuses(&[(1, "waiting_confirm", "BTC"), (2, "done", "ETH"), (3, "waiting_deposit", "SKY")]),
    ),
    was(
        "real",
        "BUG real: second output of the same tx is lost",
        "never sees it",
        Statuses(&[(1, "waiting_send", "BTC")]),
    ),
    was(
        "real",
        "BUG real: SKY deposit is stuck in waiting_send (unsupported coin type)",
        "never pays it",
        Statuses(&[(1, "done", "BTC"), (2, "done", "ETH"), (3, "done", "SKY")]),
    ),
    was(
        "real",
        "BUG real: health shows no error for it",
        "has paid neither the second output nor the SKY deposit",
        Edited(&[Set("/exchange/balance/coins", r#""95.500000""#)]),
    ),
    was("real", "real: admin deposits", "Gwei; no second output; SKY not paid", Edited(REAL_DEPOSITS)),
    was(
        "real",
        "BUG real: accounting of ETH is in Gwei printed as wei",
        "a billionth of the ETH",
        Edited(&[
            Set("/sent", r#""4.500000""#),
            Set("/received/BTC", r#""0.00300000""#),
            Set("/received/ETH", r#""0.010000000000000000""#),
        ]),
    ),
];

const REAL_DEPOSITS: &[super::Edit] = &[
    Set("/deposits/0/deposit_value", "10000000000000000"),
    Set("/deposits/0/deposit/value", "10000000000000000"),
    Set("/deposits/2/seq", "4"),
    Set("/deposits/2/status", r#""done""#),
    Set("/deposits/2/sky_sent", "2000000"),
    // Sent: so there is a transaction, which the recording has none for.
    Set("/deposits/2/txid", r#""the payout of the SKY deposit""#),
    Insert("/deposits", 2, SECOND_OUTPUT),
];

const SECOND_OUTPUT: &str = r#"{
    "seq": 3,
    "status": "done",
    "coin_type": "BTC",
    "sky_address": "7HpXWw9KfqsRwDJCSaDqgPUx1uiEvw51fR",
    "deposit_address": "1HWbuhpB6xrLYMUQDgyokGxXnshNhpBGxc",
    "deposit_id": "1cc2dc227da43a74d0342f05fc737c71d565b0e9d9644f443606f5eb75da9755:1",
    "txid": "the payout of the second output",
    "deposit_value": 100000,
    "sky_sent": 500000,
    "error": ""
}"#;
