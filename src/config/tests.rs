use std::path::Path;

use secrecy::ExposeSecret;

use super::duration::parse_duration;
use super::*;
use crate::types::Units;

fn problems(text: &str) -> Vec<String> {
    match parse(text, Path::new("test.toml")) {
        Err(ConfigError::Problems { problems, .. }) => problems,
        other => panic!("expected problems, got {other:?}"),
    }
}

/// A file of which everything is right but what is added.
fn with(extra: &str) -> String {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    format!("btc_addresses = {file:?}\n{extra}\n[dummy]\nsender = true\nscanner = true\n")
}

fn good(extra: &str) -> Config {
    parse(&with(extra), Path::new("test.toml")).unwrap()
}

#[test]
fn should_have_the_documented_defaults() {
    let config = good("");
    assert_eq!(config.teller.max_bound_addrs, Some(5));
    assert!(config.teller.bind_enabled && config.rail.send_enabled);
    assert_eq!(config.rail.max_decimals, 3);
    assert_eq!(config.web.http_addr, Some("127.0.0.1:7071".parse().unwrap()));
    assert_eq!(config.admin.host, "127.0.0.1:7711".parse().unwrap());
    assert_eq!(config.dummy.http_addr, "127.0.0.1:4121".parse().unwrap());
    assert_eq!(config.web.throttle_max, Some(60));
    assert_eq!(config.web.throttle_duration, Duration::from_secs(60));
    assert_eq!(config.coin(Coin::BTC).scan_period, Duration::from_secs(20));
    assert_eq!(
        (config.coin(Coin::BTC).confirmations_required, config.coin(Coin::SKY).confirmations_required),
        (1, 0)
    );
    assert_eq!(config.exchanger.exchange.btc_minimum_volume, Units::new(500_000));
    assert!(
        config.coin(Coin::BTC).enabled && !config.coin(Coin::ETH).enabled && !config.coin(Coin::SKY).enabled
    );
    assert_eq!(good("[teller]\nmax_bound_addrs = 0").teller.max_bound_addrs, None);
    assert_eq!(config.db_cache_mib, 32);
}

#[test]
fn should_tell_every_problem_at_once_with_its_key() {
    let found = problems(
        r#"
        logfil = "x"
        log_format = "xml"
        [teller]
        max_bound_addrs = -1
        bind_enabled = "yes"
        [btc_scanner]
        scan_period = "20"
        [eth_rpc]
        port = "http"
        [btc_rpc]
        network = "mainnet"
        [sky_exchanger]
        sky_btc_exchange_rate = "-5"
        max_decimals = 7
        buy_method = "magic"
        [sky_exchanger.exchange_client]
        btc_minimum_volume = "0.000000001"
        [web]
        http_addr = ""
        tls_cert = "a.pem"
        trusted_proxies = ["10.0.0.0/33"]
        [admin_panel]
        host = "0.0.0.0:7711"
        [sky_scaner]
        enabled = true
        "#,
    )
    .join("\n");
    for part in [
        "logfil: unknown key; did you mean \"logfile\"?",
        "log_format: expected",
        "teller.max_bound_addrs: expected a whole number from 0",
        "teller.bind_enabled: expected true or false, got \"yes\"",
        "btc_scanner.scan_period: expected a duration",
        "eth_rpc.port: expected a port",
        "btc_rpc.network: unknown network \"mainnet\"",
        "sky_exchanger.sky_btc_exchange_rate: \"-5\" is not a rate",
        "sky_exchanger.max_decimals: expected a whole number from 0 to 6, got 7",
        "sky_exchanger.buy_method: expected",
        "sky_exchanger.exchange_client.btc_minimum_volume: ",
        "web.http_addr: at least one",
        "web.tls_cert: tls_cert and tls_key must be set together",
        "web.trusted_proxies: expected an address",
        "admin_panel.host: 0.0.0.0:7711 can be reached from outside; set admin_panel.token",
        "sky_scaner: unknown key; did you mean \"sky_scanner\"?",
        "btc_addresses: must name a file or an account's public key: BTC is enabled",
        "sky_exchanger.wallet: must name the hot wallet's file",
        "btc_rpc.user: must be set",
    ] {
        assert!(found.contains(part), "{part}\nis not in\n{found}");
    }
}

#[test]
fn should_refuse_a_certificate_on_a_plain_connection() {
    let found =
        problems(&with("[btc_rpc]\nserver = \"http://127.0.0.1:8334\"\ncert = \"rpc.cert\"")).join("\n");
    assert!(
        found.contains("btc_rpc.cert: has no meaning where btc_rpc.server begins with http://"),
        "{found}"
    );
    let odd = "[btc_rpc]\nserver = \"http://user:hunter2@127.0.0.1:8332\"\n[sky_rpc]\naddress = \"::1\"";
    let found = problems(&with(odd)).join("\n");
    assert!(found.contains("btc_rpc.server: has credentials, which have keys of their own"), "{found}");
    assert!(found.contains("sky_rpc.address: has no port") && !found.contains("hunter2"), "{found}");
    let of = |text: &str| good(text).coin(Coin::BTC).bitcoin_rpc().unwrap().server.base().to_owned();
    assert_eq!(of("[btc_rpc]\nserver = \"[::1]:8334\""), "http://[::1]:8334");
    assert_eq!(of("[btc_rpc]\nserver = \"https://node.example/btc\""), "https://node.example/btc");
}

#[test]
fn should_put_the_port_where_it_belongs() {
    let of = |text: &str| match good(&format!("[eth_rpc]\n{text}")).coin(Coin::ETH).node.clone() {
        NodeConfig::Ethereum(rpc) => rpc.server.base().to_owned(),
        other => panic!("{other:?}"),
    };
    for (text, base) in [
        ("", "http://127.0.0.1:8545"),
        ("server = \"::1\"", "http://[::1]:8545"),
        ("server = \"https://eth.example/v3/key\"", "https://eth.example/v3/key"),
        ("server = \"http://eth.example\"\nport = \"8546\"", "http://eth.example:8546"),
        ("server = \"https://eth.example\"\nport = \"\"", "https://eth.example"),
        ("server = \"127.0.0.1:8000\"", "http://127.0.0.1:8000"),
    ] {
        assert_eq!(of(text), base, "{text}");
    }
}

#[test]
fn should_refuse_a_rate_that_nobody_can_pay() {
    for (key, coin) in [("sky_btc", "BTC"), ("sky_eth", "ETH"), ("sky_sky", "SKY")] {
        let rate = |rate: &str| with(&format!("[sky_exchanger]\n{key}_exchange_rate = \"{rate}\""));
        let found = problems(&rate("100000000000000000000000"));
        let part = format!("sky_exchanger.{key}_exchange_rate: at 100000000000000000000000 one {coin}");
        assert!(found.len() == 1 && found[0].contains(&part), "{found:?}");
        parse(&rate("18000000000000"), Path::new("test.toml")).unwrap();
    }
}

#[test]
fn should_take_the_old_name_of_the_exchange_section() {
    let config = good("[sky_exchanger.c2cx]\nkey = \"k\"\nsecret = \"s\"\ncheck_order_wait = \"7s\"");
    assert_eq!(config.exchanger.exchange.check_order_wait, Duration::from_secs(7));
    assert_eq!(config.exchanger.exchange.key.expose_secret(), "k");
    assert_eq!(config.warnings.len(), 1);
    let both = "[sky_exchanger.c2cx]\nkey = \"k\"\n[sky_exchanger.exchange_client]\nkey = \"k\"";
    assert!(problems(&with(both)).iter().any(|problem| problem.contains("give one of the two")));
}

#[test]
fn should_never_show_a_secret() {
    let secret = "hunter2-hunter2-hunter2";
    let text = with(&format!(
        "[btc_rpc]\npass = {secret:?}\n[sky_rpc]\npass = {secret:?}\n[admin_panel]\ntoken = {secret:?}\n\
         [sky_exchanger.exchange_client]\nkey = {secret:?}\nsecret = {secret:?}"
    ));
    let config = parse(&text, Path::new("t")).unwrap();
    assert!(!format!("{config:?}").contains(secret));
    let broken = format!("[btc_rpc]\npass = \"{secret}\nuser = 1");
    assert!(!parse(&broken, Path::new("t")).unwrap_err().to_string().contains(secret));
    let wrong = with("[btc_rpc]\npass = 1234567");
    assert!(!problems(&wrong).join("\n").contains("1234567"));
}

#[test]
fn should_read_durations_as_the_original_does() {
    for (text, nanos) in [
        ("20s", 20_000_000_000),
        ("1m30s", 90_000_000_000),
        ("500ms", 500_000_000),
        ("1.5h", 5_400_000_000_000),
        ("1µs", 1_000),
        ("2.25s", 2_250_000_000),
    ] {
        assert_eq!(parse_duration(text), Some(Duration::from_nanos(nanos)), "{text}");
    }
    for text in ["", "20", "s", "0s", "-1s", "1.2.3s", "20 s", "99999999999h", "1d"] {
        assert_eq!(parse_duration(text), None, "{text}");
    }
}

#[test]
fn should_know_what_an_address_range_contains() {
    let range = |text: &str, bits| NetworkPrefix { address: text.parse().unwrap(), bits };
    let ip = |text: &str| text.parse().unwrap();
    assert!(range("10.0.0.0", 8).contains(ip("10.255.0.1")));
    assert!(!range("10.0.0.0", 8).contains(ip("11.0.0.1")));
    assert!(range("10.0.0.1", 32).contains(ip("::ffff:10.0.0.1")));
    assert!(range("2001:db8::", 32).contains(ip("2001:db8:1::1")));
    assert!(!range("2001:db8::", 32).contains(ip("2001:db9::1")));
    assert!(range("0.0.0.0", 0).contains(ip("1.2.3.4")));
    assert!(!range("0.0.0.0", 0).contains(ip("::1")));
}

#[test]
fn should_refuse_settings_that_exclude_each_other() {
    let passthrough = "[sky_exchanger]\nbuy_method = \"passthrough\"\n[eth_scanner]\nenabled = \
        true\n[web]\nhttps_addr = \"127.0.0.1:1\"";
    let found = problems(&with(passthrough)).join("\n");
    for part in [
        "sky_exchanger.exchange_client.markets.ETH: must name the market of c2cx where ETH buys SKY",
        "sky_exchanger.exchange_client.key: must be set",
        "sky_exchanger.exchange_client.secret: must be set",
        "web.https_addr: needs auto_tls_host",
        "eth_addresses: must name a file or an account's public key",
    ] {
        assert!(found.contains(part), "{part}\nis not in\n{found}");
    }
    let tokens = "[admin_panel]\nhost = \"0.0.0.0:1\"\ntoken = \"short\"";
    assert!(problems(&with(tokens)).join("\n").contains("admin_panel.token: must have at least 16"));
}

#[test]
fn should_tell_limits_and_origins_that_are_none() {
    let found = problems(&with(
        "[web]\nmax_connections = 0\nmax_connections_per_client = 0\ncors_allowed = \
         [\"https://a.example/x\", \"*\", \"https://\"]",
    ));
    for key in ["web.max_connections: must be", "web.max_connections_per_client: must be"] {
        assert!(found.iter().any(|problem| problem.starts_with(key)), "{key} is not in {found:?}");
    }
    let origins = found.iter().filter(|problem| problem.starts_with("web.cors_allowed: ")).count();
    assert_eq!(origins, 2, "{found:?}");
}

#[test]
fn should_take_a_limit_that_is_none_for_no_limit() {
    for max in ["0", "1000000000"] {
        let config = good(&format!("[web]\nthrottle_max = {max}"));
        let limits = (config.web.throttle_max, config.web.throttle_network_max, config.teller.bind_budget);
        assert_eq!(limits, (None, Some(300), Some(10_000)), "each limit is one of its own");
    }
    let web = good("[web]\nthrottle_max = 60\nthrottle_network_max = 0").web;
    assert_eq!((web.throttle_max, web.throttle_network_max), (Some(60), None));
    let teller = good("[teller]\nbind_budget = 0").teller;
    assert_eq!((teller.bind_budget, good("").teller.bind_budget), (None, Some(10_000)));
}

const ZPUB: &str = "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE\
                    3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mGDtKsAYz2oz2AGutZYs";

fn with_source(source: &str, extra: &str) -> String {
    format!("btc_addresses = {source}\n{extra}\n[dummy]\nsender = true\nscanner = true\n")
}

#[test]
fn should_take_an_account_key_in_place_of_a_file() {
    let config = parse(&with_source(&format!("{ZPUB:?}"), ""), Path::new("test.toml")).unwrap();
    let Some(AddressSource::Account(account)) = &config.coin(Coin::BTC).addresses else {
        panic!("{config:?}")
    };
    let first = account.derive(0).unwrap().to_string();
    assert_eq!(first, "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu");
}

#[test]
fn should_say_what_is_wrong_with_a_key_and_never_show_it() {
    let zprv = ZPUB.replace("zpub", "zprv");
    let words = "abandon ".repeat(11) + "about";
    for (source, extra, expected) in [
        (
            format!("{ZPUB:?}"),
            "[btc_rpc]\nnetwork = \"regtest\"",
            "btc_addresses: a key of Bitcoin, expected tpub",
        ),
        (format!("{zprv:?}"), "", "btc_addresses: this is an extended private key, which can spend"),
        (format!("[{zprv:?}]"), "", "btc_addresses: expected a string in quotes"),
        (format!("{words:?}"), "", "btc_addresses: this is words that may be a wallet's seed"),
        (
            format!("{:?}", ZPUB.replace("ijBE", "ijBF")),
            "",
            "btc_addresses: the key's checksum does not match",
        ),
    ] {
        let found = problems(&with_source(&source, extra));
        assert!(found.len() == 1 && found[0].starts_with(expected), "{found:?}");
        assert!(!found[0].contains("rFR7y4Q2") && !found[0].contains("abandon"), "{found:?}");
    }
}

fn tokens(text: &str) -> Vec<(String, String, u8, String)> {
    let config = good(&format!("{TOKENS}{text}"));
    let shown = |(token, price): (Token, &PriceSource)| {
        let Token { contract, symbol, decimals } = token;
        (symbol.to_string(), contract.to_string(), decimals, price.to_string())
    };
    config.tokens_at(Coin::ETH).map(shown).collect()
}

const TOKENS: &str =
    concat!("eth_addresses = '", env!("CARGO_MANIFEST_DIR"), "/Cargo.toml'\n[eth_scanner]\nenabled = true\n");

#[test]
fn should_know_the_usual_tokens_of_the_main_network_and_take_any_other() {
    let usdt = "0xdac17f958d2ee523a2206206994597c13d831ec7".to_owned();
    assert_eq!(tokens("[eth_tokens.USDT]\nrate = 0.5"), [("USDT".to_owned(), usdt, 6, "0.5".to_owned())]);
    let contract = "0xdadadadadadadadadadadadadadadadadadadada".to_owned();
    let any = format!("[eth_tokens]\nFoo = {{ contract = '{contract}', decimals = 0, rate = '1/3' }}");
    assert_eq!(tokens(&any), [("Foo".to_owned(), contract, 0, "1/3".to_owned())]);
    assert_eq!(tokens("[eth_rpc]\nchain_id = 1"), []);
}

#[test]
fn should_say_what_is_wrong_with_a_token() {
    let told = |text: &str| problems(&format!("{TOKENS}{text}"));
    for (text, says) in [
        ("[eth_tokens.USDT]", "eth_tokens.USDT.rate: must be SKY for one token"),
        (
            "[eth_tokens.USDT]\nrate = 1\n[eth_rpc]\nchain_id = 5",
            "eth_tokens.USDT.contract: must be the address",
        ),
        ("[eth_tokens.A]\nrate = 1\ncontract = '0x1'\ndecimals = 1", "eth_tokens.A.contract: "),
        ("[eth_tokens.A]\nrate = 1\nrat = 1", "eth_tokens.A.rat: unknown key; did you mean \"rate\"?"),
        ("[eth_tokens.A]\nrate = 1\ncontract = ''", "eth_tokens.A.decimals: must be how many"),
        (
            "[eth_tokens.USDT]\nrate = 1\ndecimals = 77",
            "eth_tokens.USDT.decimals: expected a whole number from 0 to 36",
        ),
        ("[eth_tokens.USDT]\nrate = 0", "eth_tokens.USDT.rate: rate must be greater than zero"),
        ("[eth_tokens.USDT]\nrate = 99999999999999", "eth_tokens.USDT.rate: one token would buy more"),
        ("[eth_tokens]\nUSDT = 7", "eth_tokens.USDT: expected a section [eth_tokens.USDT], got integer"),
        ("[eth_tokens.eth]\nrate = 1", "eth_tokens.eth.symbol: eth is the code of a coin"),
        ("[eth_tokens.'US D']\nrate = 1", "eth_tokens.US D.symbol: expected a symbol"),
        (
            "[eth_tokens.USDT]\nrate = 1\n[eth_tokens.B]\nrate = 1\ndecimals = 6\n\
             contract = '0xdac17f958d2ee523a2206206994597c13d831ec7'",
            "is the contract of",
        ),
    ] {
        let told = told(text);
        assert!(told.iter().any(|problem| problem.contains(says)), "{says}: {told:#?}");
    }
}

#[test]
fn should_read_prices_that_follow_a_source() {
    let config = good(
        "[sky_exchanger]\nsky_btc_exchange_rate = 'median(binance:SKYBTC, exchange:BTC_SKY)'\n\
         sky_eth_exchange_rate = 'feed:/prices.json'\n[sky_exchanger.prices]\nown.BTC = '500'\nown.ETH = '1/3'\n\
         promised = 'final'\nspread = '0.02'\nvouched = ['binance:SKYBTC']",
    );
    assert_eq!(config.price(Coin::BTC).to_string(), "median(binance:SKYBTC, exchange:BTC_SKY)");
    assert_eq!(config.own_price("ETH").unwrap().text(), "1/3");
    let prices = &config.exchanger.prices;
    assert_eq!((prices.promised, prices.guards.spread.to_string()), (Promised::Final, "0.02".to_owned()));
    let usual = good("").exchanger.prices;
    assert_eq!(
        (usual.guards.max_age.as_secs(), usual.poll.as_secs(), usual.promised),
        (120, 15, Promised::Seen)
    );
}

#[test]
fn should_say_what_is_wrong_with_prices_all_at_once() {
    let told = problems(&with(
        "[sky_exchanger]\nsky_btc_exchange_rate = 'bianance:SKYBTC'\nsky_eth_exchange_rate = 'median(push)'\n\
         sky_sky_exchange_rate = 'coinbase:SKY-X'\n[sky_exchanger.prices]\npromised = 'bound'\nband = '1.5'\n\
         max_age = '5s'\npool = '1s'\nvouched = ['SKYBTC']\nown.XYZ = '1'\nown.SKY = 'x'",
    ));
    for says in [
        "sky_exchanger.sky_btc_exchange_rate: bianance:SKYBTC: there is no exchange \"bianance\"",
        "sky_exchanger.sky_eth_exchange_rate: a median is of 2 to 9 different sources",
        "sky_exchanger.sky_sky_exchange_rate: coinbase:SKY-X: coinbase wants a key",
        "sky_exchanger.prices.own.BTC: must be your own idea of SKY for one BTC",
        "sky_exchanger.prices.own.XYZ: is no coin",
        "sky_exchanger.prices.own.SKY: \"x\" is not a rate",
        "sky_exchanger.prices.promised: expected \"bind\", \"seen\" or \"final\", got \"bound\"",
        "sky_exchanger.prices.band: must be less than 1",
        "sky_exchanger.prices.max_age: must be longer than poll",
        "sky_exchanger.prices.vouched: expected markets",
        "sky_exchanger.prices.pool: unknown key; did you mean \"poll\"?",
    ] {
        assert!(told.iter().any(|problem| problem.starts_with(says)), "{says}: {told:#?}");
    }
}

#[test]
fn should_read_clients_and_tell_what_is_wrong_with_them() {
    let text = "[web]\nthrottle_max = 7\n[web.clients.shop]\ntoken = '0123456789abcdef0123456789abcdef'\n\
                throttle_duration = '1h'\n";
    let clients = good(text).web.clients;
    assert_eq!(clients.len(), 1);
    assert_eq!((clients[0].name.as_str(), clients[0].throttle_max), ("shop", Some(7)));
    assert_eq!(clients[0].throttle_duration, Duration::from_secs(3600));
    assert!(!format!("{clients:?}").contains("0123456789"), "a token is never shown");
    let twice = format!("{text}[web.clients.twin]\ntoken = '0123456789abcdef0123456789abcdef'\n");
    let problems = problems(&with(&format!("{twice}[web.clients.none]\ntokn = 'x'\n")));
    assert_eq!(
        problems,
        [
            "web.clients.none.token: must have at least 32 letters, digits or signs, and no spaces",
            "web.clients.none.tokn: unknown key; did you mean \"token\"?",
            "web.clients.twin.token: is the token of shop too",
        ]
    );
}

#[test]
fn should_read_what_clients_may_give_webhooks_with_and_tell_what_is_wrong() {
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let client = "[web.clients.shop]\ntoken = '0123456789abcdef0123456789abcdef'\n";
    assert!(good(client).web.clients[0].webhooks.is_none(), "none without secrets");
    let text = format!("{client}webhook_secrets = ['{SECRET}', '{SECRET}']\nwebhook_max = 7\n");
    let webhooks = good(&text).web.clients[0].webhooks.clone().unwrap();
    assert_eq!((webhooks.secrets.len(), webhooks.max, webhooks.allow_private), (2, 7, false));
    assert!(!format!("{webhooks:?}").contains(&SECRET[6..]), "a secret is never shown");
    let of = |rest: &str| problems(&with(&format!("{client}{rest}")));
    assert_eq!(
        of("webhook_secrets = ['hidden-word']\nwebhook_max = 0\n"),
        [
            "web.clients.shop.webhook_max: must be at least 1; without webhook_secrets there are no webhooks",
            "web.clients.shop.webhook_secrets: each must be whsec_ and then the base64 of 24 to 64 bytes, such as \
             `openssl rand -base64 32` prints",
        ]
    );
    assert_eq!(
        of("webhook_allow_private = true\n"),
        ["web.clients.shop.webhook_allow_private: needs webhook_secrets: without them there are no webhooks"]
    );
}
