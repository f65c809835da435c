//! What a person at the terminal sees first.

use std::net::SocketAddr;

use teller::app::Listening;
use teller::types::Coin;

/// What listens where, and how to take a purchase of `coin` through, where that is all play.
pub(crate) fn banner(listening: &Listening, coin: Option<Coin>) -> String {
    let mode = if listening.dummy.is_some() { ", dummy mode: play money" } else { "" };
    let mut lines = vec![format!("teller {}{mode}", env!("CARGO_PKG_VERSION"))];
    let mut line = |name: &str, scheme: &str, address: Option<SocketAddr>| {
        if let Some(address) = address {
            lines.push(format!("  {name:<8}{scheme}://{address}"));
        }
    };
    line("public", "http", listening.http);
    line("public", "https", listening.https);
    line("admin", "http", listening.admin);
    line("dummy", "http", listening.dummy);
    if let (Some(public), Some(dummy), Some(coin)) = (listening.http, listening.dummy, coin) {
        lines.push(walk(public, dummy, coin));
    }
    lines.join("\n")
}

fn walk(public: SocketAddr, dummy: SocketAddr, coin: Coin) -> String {
    let skyaddr = "2ANKJFgszWDKS9vUEEkHCDBUDmsxSfxc12y";
    let tx = "edb29a9b561a8d6a6118eb1f724c87f853bf471d7e4f0e9ccb9e1d340235687b";
    let value = coin.facts().sample;
    format!(
        "\nTake a purchase through:\n  \
         ADDRESS=$(curl -s -H 'Content-Type: application/json' \
         -d '{{\"skyaddr\":\"{skyaddr}\",\"coin_type\":\"{coin}\"}}' http://{public}/api/bind \
         | sed 's/.*\"deposit_address\":\"\\([^\"]*\\)\".*/\\1/')\n  \
         curl \"http://{dummy}/dummy/scanner/deposit?coin={coin}&addr=$ADDRESS&value={value}&height=1&tx={tx}\"\n  \
         sleep 1; curl 'http://{dummy}/dummy/sender/confirm?seq=0'; sleep 1; \
         curl 'http://{public}/api/status?skyaddr={skyaddr}'\n"
    )
}
