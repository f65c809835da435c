//! Scenario `main`.

use super::Edit::{Cut, Set};
use super::Ours::{Backup, BoundAside, Edited, Like, LikeGet, Page, Status, Statuses, Text};
use super::{Deviation, FROM_ZERO, NOBODY, Ours, was};

const THREE_WAIT: Ours =
    Statuses(&[(1, "waiting_deposit", "BTC"), (2, "waiting_deposit", "BTC"), (3, "waiting_deposit", "BTC")]);

pub(super) const TABLE: &[Deviation] = &[
    was("main", "status: unknown (never bound) address", "{}", NOBODY),
    was(
        "main",
        "bind: application/json; charset=utf-8",
        "415",
        BoundAside("1Lbof3DComkR1PZ71KZ1pKdvULLAgXH1Kr"),
    ),
    was("main", "bind: json null (server panics)", "closes the connection", Like("bind: json array")),
    was("main", "bind: max bound addresses reached", "500", Status(409)),
    was("main", "bind: max bound is counted over all coins", "500", Status(409)),
    was(
        "main",
        "admin deposit-addresses after binds",
        "the two binds that failed have burnt an address each",
        Edited(&[Set("/ETH/remaining_addresses", "10"), Set("/SKY/remaining_addresses", "10")]),
    ),
    was("main", "status: method HEAD", "405", LikeGet),
    was("main", "status: whitespace trimmed", FROM_ZERO, THREE_WAIT),
    was("main", "status: two skyaddr parameters, first wins", FROM_ZERO, THREE_WAIT),
    was("main", "status: three waiting_deposit", FROM_ZERO, THREE_WAIT),
    was("main", "config: method HEAD", "405", LikeGet),
    was(
        "main",
        "dummy deposit: address that is not bound: 200 but nothing stored",
        "200, and the deposit vanishes",
        Text(404, "addr is not bound to any skycoin address"),
    ),
    was(
        "main",
        "dummy deposit: coin=ETH with BTC address: 200 but nothing stored",
        "200, and the deposit vanishes",
        Text(400, "invalid addr"),
    ),
    was(
        "main",
        "dummy deposit: unknown coin=XXX: 200 but nothing stored",
        "200, and the deposit vanishes",
        Text(400, "invalid coin"),
    ),
    was(
        "main",
        "status: waiting_confirm + waiting_send + waiting_deposit",
        FROM_ZERO,
        Statuses(&[(1, "waiting_confirm", "BTC"), (2, "waiting_send", "BTC"), (3, "waiting_deposit", "BTC")]),
    ),
    was(
        "main",
        "status: done, done, waiting_deposit",
        FROM_ZERO,
        Statuses(&[(1, "done", "BTC"), (2, "done", "BTC"), (3, "waiting_deposit", "BTC")]),
    ),
    was("main", "status: too small deposit shows done", FROM_ZERO, Statuses(&[(1, "done", "BTC")])),
    was(
        "main",
        "status: several deposits on one address",
        FROM_ZERO,
        Statuses(&[
            (1, "done", "BTC"),
            (2, "done", "BTC"),
            (3, "waiting_deposit", "BTC"),
            (4, "waiting_confirm", "BTC"),
        ]),
    ),
    was(
        "main",
        "BUG dummy broadcasts: paid twice for one deposit id",
        "pays a deposit that is told again once more",
        Edited(&[Cut("", 3)]),
    ),
    was("main", "dummy confirm: seq 3", "confirms the second payment", Text(404, "txn not found")),
    was(
        "main",
        "health: sender_error",
        "the wallet lacks the 1 SKY that was paid twice",
        Edited(&[Set("/exchange/balance/coins", r#""98.930000""#)]),
    ),
    was(
        "main",
        "status: waiting_send because of balance",
        FROM_ZERO,
        Statuses(&[(1, "done", "BTC"), (2, "waiting_send", "BTC")]),
    ),
    was("main", "admin deposit-addresses: method HEAD", "405", LikeGet),
    was("main", "admin deposits: method HEAD", "405", LikeGet),
    was("main", "admin accounting: method HEAD", "405", LikeGet),
    was("main", "admin unknown path /", "404", Page(include_str!("../../../../web/src/desk/index.html"))),
    was("main", "admin backup", "its own kind of database", Backup),
    was("main", "admin backup: POST also works", "its own kind of database", Backup),
    was(
        "main",
        "X-Forwarded-For is ignored when not behind_proxy",
        FROM_ZERO,
        Statuses(&[
            (1, "done", "BTC"),
            (2, "done", "BTC"),
            (3, "waiting_deposit", "BTC"),
            (4, "done", "BTC"),
        ]),
    ),
];
