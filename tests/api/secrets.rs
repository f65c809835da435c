//! No answer, error or database holds a secret.

use teller::types::Coin;

use crate::support::{BUYER, Deposit, Request, Setup, TestApp, send};

const SECRETS: [(&str, &str); 7] = [
    ("admin_panel.token", "secret-of-the-admin-panel"),
    ("btc_rpc.pass", "secret-of-the-bitcoin-node"),
    ("eth_rpc.pass", "secret-of-the-ethereum-node"),
    ("sky_rpc.pass", "secret-of-the-skycoin-node"),
    ("sky_exchanger.exchange_client.key", "secret-key-of-the-exchange"),
    ("sky_exchanger.exchange_client.secret", "secret-secret-of-the-exchange"),
    ("sky_exchanger.wallet", "secret-place-of-the-wallet"),
];
/// What the dummy wallet's keys are made of; a real one's would be where this is.
const SEED: &str = "teller dummy mode wallet";

fn assert_silent(bytes: &[u8], whence: &str) {
    let text = String::from_utf8_lossy(bytes);
    for secret in SECRETS.iter().map(|(_, secret)| *secret).chain([SEED]) {
        assert!(!text.contains(secret), "{whence} tells {secret}");
    }
}

#[test]
fn should_tell_no_secret() {
    let setup = SECRETS.iter().fold(Setup::new(), |setup, (key, secret)| setup.text(key, secret));
    let mut app = TestApp::start(setup.text("btc_rpc.user", "user"));
    let address = app.bind(BUYER, Coin::BTC);
    app.deposit(&Deposit::new(Coin::BTC, &address, 200_000, 1));
    app.await_broadcasts(1);
    let token = format!("Bearer {}", SECRETS[0].1);
    let public = ["/", "/api/config", "/api/health", "/api/bind", "/nowhere", "//x", "/api/status"];
    let status = format!("/api/status?skyaddr={BUYER}");
    let admin = [
        "/api/deposits",
        "/api/deposits/errored",
        "/api/deposit-addresses",
        "/api/accounting",
        "/api/backup",
        "/x",
        "/api/deposits?limit=x",
    ];
    let asked = public.iter().copied().chain([status.as_str()]).map(|target| (app.public_address(), target));
    let asked = asked.chain(admin.map(|target| (app.admin_address(), target)));
    for (listener, target) in asked.chain([(app.dummy_address(), "/dummy/sender/broadcasts")]) {
        for method in ["GET", "POST", "PUT"] {
            for request in
                [Request::new(method, target), Request::new(method, target).header("Authorization", &token)]
            {
                let reply = send(listener, &request).unwrap();
                assert_silent(&reply.body, target);
                assert_silent(format!("{:?}", reply.headers).as_bytes(), target);
            }
        }
    }
    app.stop();
    assert_silent(&std::fs::read(app.dir().join("teller.db")).unwrap(), "the database");
}
