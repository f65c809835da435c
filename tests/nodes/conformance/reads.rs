//! What can be read of a chain with one block, and who may read it.

use super::Part;
use super::raw::{GENESIS_UXID, PAYEE};
use super::target::{Kind, Setup, Target};
use crate::support::skycoin::GENESIS_ADDRESS;

const GENESIS_HASH: &str = "9c5d5149c488a1e1d4652dcad61f448abdbf27fc0760bddcc679f38b62375f23";
const GENESIS_TXID: &str = "9075a66784d997635aaf19c6524e181e2d6215d314ddbcfec044af21a37c09f2";
const UNKNOWN: &str = "00000000000000000000000000000000000000000000000000000000000000ff";

pub(super) async fn should_show_the_first_block(kind: Kind) -> Part {
    let mut target = Target::start(kind).await?;
    for path in paths() {
        target.get(&format!("/api/v1/{path}")).await;
    }
    let form =
        [("content-type", "application/x-www-form-urlencoded"), ("X-CSRF-Token", &target.token().await)];
    for (path, body) in [
        ("outputs", format!("addrs={GENESIS_ADDRESS}")),
        ("outputs", format!("addrs={PAYEE}")),
        ("balance", format!("addrs={PAYEE},{GENESIS_ADDRESS}")),
        ("blocks", "start=0&end=0".to_owned()),
    ] {
        target.ask(&body, "POST", &format!("/api/v1/{path}"), &form, Some(&body)).await;
    }
    target.compare("first-block");
    Ok(())
}

/// Every endpoint with what it takes, and with what it does not.
fn paths() -> Vec<String> {
    PATHS.into_iter().map(str::to_owned).chain(paths_of_the_chain()).collect()
}

const PATHS: [&str; 75] = [
    "version",
    "health",
    "csrf",
    "blockchain/metadata",
    "blockchain/progress",
    "network/connections",
    "block",
    "block?seq=0",
    "block?seq=0&verbose=1",
    "block?seq=1",
    "block?seq=-1",
    "block?seq=x%22y",
    "block?seq=0&hash=00",
    "block?hash=00",
    "block?hash=zz",
    "block?seq=0&verbose=maybe",
    "block?seq=99999999999999999999",
    "block?seq=+0",
    "block?seq=00",
    "blocks",
    "blocks?start=0&end=0",
    "blocks?start=0&end=9",
    "blocks?end=0",
    "blocks?start=0",
    "blocks?start=3&end=9",
    "blocks?start=2&end=1",
    "blocks?start=x",
    "blocks?start=0&end=y",
    "blocks?seqs=0",
    "blocks?seqs=0,1",
    "blocks?seqs=0,0",
    "blocks?seqs=0,x",
    "blocks?seqs=,",
    "blocks?seqs=0&start=0",
    "blocks?seqs=0&verbose=true",
    "blocks?start=0&end=0&verbose=1",
    "blocks?start=0&verbose=2",
    "last_blocks",
    "last_blocks?num=0",
    "last_blocks?num=1",
    "last_blocks?num=7&verbose=1",
    "last_blocks?num=256",
    "last_blocks?num=257",
    "last_blocks?num=x",
    "last_blocks?num=1&verbose=x",
    "transaction",
    "transaction?txid=zz",
    "transaction?txid=abc",
    "transaction?txid=ab",
    "transaction?txid=%C3%A9%C3%A9",
    "rawtx",
    "rawtx?txid=zz",
    "pendingTxs",
    "pendingTxs?verbose=1",
    "pendingTxs?verbose=x",
    "outputs",
    "outputs?addrs=",
    "outputs?addrs=,",
    "outputs?addrs=bad",
    "outputs?hashes=bad",
    "outputs?hashes=ab",
    "outputs?addrs=a&hashes=b",
    "balance",
    "balance?addrs=bad",
    "balance?addrs=0OIl",
    "uxout",
    "uxout?uxid=zz",
    "uxout?uxid=ab",
    "address_uxouts",
    "address_uxouts?address=bad",
    "addresscount",
    "nosuch",
    "",
    "injectTransaction",
    "resendUnconfirmedTxns",
];

/// Those that name what is in the first block.
fn paths_of_the_chain() -> Vec<String> {
    vec![
        format!("block?hash={GENESIS_HASH}"),
        format!("block?hash={GENESIS_HASH}&verbose=1"),
        format!("block?hash={UNKNOWN}"),
        format!("transaction?txid={GENESIS_TXID}"),
        format!("transaction?txid={GENESIS_TXID}&verbose=1"),
        format!("transaction?txid={GENESIS_TXID}&encoded=1"),
        format!("transaction?txid={GENESIS_TXID}&encoded=1&verbose=1"),
        format!("transaction?txid={GENESIS_TXID}&encoded=x"),
        format!("transaction?txid={UNKNOWN}"),
        format!("transaction?txid={UNKNOWN}00"),
        format!("transaction?txid={UNKNOWN}&verbose=1"),
        format!("rawtx?txid={GENESIS_TXID}"),
        format!("rawtx?txid={UNKNOWN}"),
        format!("outputs?addrs={GENESIS_ADDRESS}"),
        format!("outputs?addrs={PAYEE}"),
        format!("outputs?addrs={PAYEE},{GENESIS_ADDRESS},,%20{PAYEE}"),
        format!("outputs?hashes={GENESIS_UXID}"),
        format!("outputs?hashes={UNKNOWN}"),
        format!("balance?addrs={GENESIS_ADDRESS}"),
        format!("balance?addrs={PAYEE},{GENESIS_ADDRESS},{PAYEE}"),
        format!("uxout?uxid={GENESIS_UXID}"),
        format!("uxout?uxid={UNKNOWN}"),
        format!("address_uxouts?address={GENESIS_ADDRESS}"),
        format!("address_uxouts?address={PAYEE}"),
    ]
}

pub(super) async fn should_know_who_may_ask(kind: Kind) -> Part {
    let mut target = Target::start(kind).await?;
    let host = target.host().to_owned();
    let port = host.split(':').nth(1).unwrap().to_owned();
    let (local, page, local_page) =
        (format!("localhost:{port}"), format!("http://{host}"), format!("http://localhost:{port}/wallet"));
    for (case, headers) in [
        ("its address", vec![("host", host.as_str())]),
        ("its name", vec![("host", &local)]),
        ("another host", vec![("host", "teller.example")]),
        ("another port", vec![("host", "127.0.0.1:1")]),
        ("a page of its own", vec![("origin", page.as_str())]),
        ("a page of its own, by name", vec![("referer", &local_page)]),
        ("another's page", vec![("origin", "http://teller.example")]),
        ("a page behind another's", vec![("referer", "http://teller.example/wallet")]),
        ("a password that nobody wants", vec![("authorization", "Basic dXNlcjpwYXNz")]),
        ("no password at all", vec![("authorization", "Basic Og==")]),
        ("another kind of password", vec![("authorization", "Bearer abc")]),
    ] {
        target.ask(case, "GET", "/api/v1/version", &headers, None).await;
    }
    for method in ["POST", "PUT", "DELETE", "PATCH"] {
        target.ask("without a token", method, "/api/v1/injectTransaction", &[], Some("{}")).await;
        target.ask("without a token", method, "/api/v1/csrf", &[], None).await;
    }
    let good = target.token().await;
    let (text, signature) = good.split_once('.').unwrap();
    let changed = format!("{}.{signature}", text.replacen('e', "f", 1));
    for (case, token) in [
        ("a good token", good.as_str()),
        ("the same token again", &good),
        ("an empty token", ""),
        ("no token", "abc"),
        ("too many parts", "a.b.c"),
        ("no base64", "ab=c.def"),
        ("no signature", "YWJj."),
        ("another signature", "YWJj.YWJj"),
        ("another text", &changed),
    ] {
        let headers = [("X-CSRF-Token", token)];
        for (method, path) in [
            ("POST", "injectTransaction"),
            ("POST", "version"),
            ("POST", "resendUnconfirmedTxns"),
            ("GET", "version"),
        ] {
            target.ask(case, method, &format!("/api/v1/{path}"), &headers, Some("{}")).await;
        }
    }
    let headers = [("host", "teller.example"), ("authorization", "Basic dXNlcjpwYXNz")];
    target.ask("everything wrong", "POST", "/api/v1/nosuch", &headers, None).await;
    target.ask("wrong host and no token", "POST", "/api/v1/nosuch", &headers[..1], None).await;
    target.ask("no token and no such path", "POST", "/api/v1/nosuch", &[], None).await;
    target.compare("who-may-ask");
    Ok(())
}

pub(super) async fn should_ask_for_a_password(kind: Kind) -> Part {
    let setup = Setup { credentials: Some(("user", "pass")), ..Setup::default() };
    let mut target = Target::start_with(kind, setup).await?;
    for (case, header) in [
        ("the right one", "Basic dXNlcjpwYXNz"),
        ("a wrong password", "Basic dXNlcjpwYXNzMQ=="),
        ("a wrong user", "Basic dXNlOnBhc3M="),
        ("nobody", "Basic Og=="),
        ("no base64", "Basic !"),
        ("another kind", "Bearer dXNlcjpwYXNz"),
    ] {
        for path in ["/api/v1/version", "/api/v1/nosuch"] {
            target.ask(case, "GET", path, &[("authorization", header)], None).await;
        }
    }
    target.ask("none", "GET", "/api/v1/version", &[], None).await;
    target.ask("none, and no token", "POST", "/api/v1/injectTransaction", &[], None).await;
    target.compare("password");
    Ok(())
}

pub(super) async fn should_do_without_tokens(kind: Kind) -> Part {
    let mut target = Target::start_with(kind, Setup { is_csrf_off: true, ..Setup::default() }).await?;
    target.get("/api/v1/csrf").await;
    target.get("/api/v1/health").await;
    for (method, path) in
        [("POST", "injectTransaction"), ("POST", "resendUnconfirmedTxns"), ("DELETE", "version")]
    {
        target.ask("without a token", method, &format!("/api/v1/{path}"), &[], Some("{}")).await;
    }
    target.compare("without-tokens");
    Ok(())
}
