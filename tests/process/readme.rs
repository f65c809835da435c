//! The README's commands, and those of documents that go on where it names them, pasted into a shell in the order in
//! which they stand there: each block, and each command within a line. One that nobody has decided on here fails the
//! test, and so does a decision on what is not there.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use rustix::process::Signal;
use toml::{Table, Value};

use crate::desk::STOP_PATIENCE;
use crate::once::{self, Finished};
use crate::support::process::Process;
use crate::support::runner::Outcome;
use crate::support::{ports, program};
use crate::xpub::{ADDRESSES, ZPUB};

/// What becomes of a command.
enum Decision {
    /// It is run as it stands, but for the words that stand for something, and says all of this.
    Runs(&'static [(&'static str, &'static str)], &'static [&'static str]),
    /// The service itself is started, as cargo would start it.
    Starts,
    /// It cannot be run here, and why.
    NotHere(&'static str),
}
use Decision::{NotHere, Runs, Starts};

const NO_SPEND: &str = "there is no spend of that transaction id that is not this desk's own\n";
/// A database that the original wrote, as it is only looked at, and as a desk is made of it.
const ORIGINAL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/original/mixed.db");
const MOVED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/original/mixed.db --dir moved");
const TXID: (&str, &str) = ("TXID", "edb29a9b561a8d6a6118eb1f724c87f853bf471d7e4f0e9ccb9e1d340235687b");
const COPY: &[(&str, &str)] = &[("FILE", "teller-*.db")];
/// A deposit and a transaction that are there: those of the purchase.
const THERE: &[(&str, &str)] = &[("deposits/17", "deposits/1"), ("transactions/4", "transactions/1")];
/// An Ethereum address that is bound now.
const BOUND: &str = "$(curl -s -H 'Content-Type: application/json' \
    -d '{\"skyaddr\":\"2ANKJFgszWDKS9vUEEkHCDBUDmsxSfxc12y\",\"coin_type\":\"ETH\"}' http://127.0.0.1:7071/api/bind \
    | grep -o '0x[0-9a-fA-F]*' | head -1)";
const NODE: &str = "starts a node: tests/nodes does";
const TESTS: &str = "runs tests or benchmarks, as these are run";
const BUILDS: &str = "builds what cargo has built for this test";

/// By how they begin.
const DECISIONS: &[(&str, Decision)] = &[
    ("cargo run --release --example worlds", NotHere(TESTS)),
    ("cargo run --release", Starts),
    ("PAYEE=", Runs(&[], &["\"status\":\"done\""])),
    ("cargo test", NotHere(TESTS)),
    ("cargo bench", NotHere(TESTS)),
    ("cargo build --release", NotHere(BUILDS)),
    (".ci/run", NotHere("installs packages, and runs everything")),
    (
        "TELLER__",
        NotHere("a variable's name, as config.toml's keys have them: tests/process/service.rs sets some"),
    ),
    ("TELLER_", NotHere(TESTS)),
    ("npm --prefix web", NotHere("wants Node and a registry: .ci/run does it")),
    ("tests/nodes/kills", NotHere(TESTS)),
    ("teller check-config -c my.toml", Runs(&[], &["my.toml: ok"])),
    ("teller check-config", Runs(&[], &["config.toml: ok"])),
    ("tool newbtcaddress SEED COUNT", Runs(&[("SEED COUNT", "seed 3 | tee made.txt")], &["\n1"])),
    ("tool newethaddress", Runs(&[("address", "address seed")], &["0x"])),
    ("tool newskyaddress", Runs(&[("address", "address seed")], &["2"])),
    ("tool addrs check btc FILE", Runs(&[("FILE", "made.txt")], &["3 BTC addresses, all good"])),
    // A new name each time: words are never written over.
    ("tool newxpub --words FILE", Runs(&[("FILE", "$(mktemp -u words.XXXX)")], &["zpub"])),
    (
        "tool addrs derive ",
        Runs(&[("KEY", ZPUB), ("COIN", "btc"), ("--count N", "--count 3")], &[ADDRESSES[0], ADDRESSES[1]]),
    ),
    (
        "tool people add",
        NotHere("wants teller stopped, and then every request a log-in: tests/process/people.rs does"),
    ),
    (
        "tool import-original FILE --dir DIR --dry-run",
        Runs(&[("FILE", ORIGINAL), ("DIR", "moved")], &["would be taken over:", "nothing was written"]),
    ),
    ("tool import-original FILE", Runs(&[("FILE", MOVED)], &["taken over:", "teller.db: made, and audited"])),
    (
        "curl -s -o original.db.new",
        NotHere("asks the original: tests/nodes/service/shadow.rs looks on beside one"),
    ),
    ("skycoin ", NotHere(NODE)),
    ("btcd ", NotHere(NODE)),
    ("tool --coins ", NotHere("wants a coin that is described: tests/nodes/service/described.rs has one")),
    ("geth ", NotHere(NODE)),
    ("curl http://127.0.0.1:7711/api/chains/eth/passed-over", Runs(&[], &["\"passed_over\":[]"])),
    (
        "curl http://127.0.0.1:7711/api/deposit-addresses/0x.../balance",
        Runs(&[("0x...", BOUND)], &["the balance is not known: no block has been followed yet"]),
    ),
    ("curl http://127.0.0.1:7711/api/chains", Runs(&[], &["\"BTC\":{"])),
    (
        "curl http://127.0.0.1:7711/api/waiting",
        Runs(
            THERE,
            &[
                "\"code\":\"taken_back_paid\"",
                "the deposit is where it belongs, and is paid by itself\n",
                "it is paid, and the transaction is confirmed\n",
                "\nthe transaction is confirmed\n",
            ],
        ),
    ),
    (
        "curl -X POST 'http://127.0.0.1:7711/api/chains/btc/rescan?from=850000&why=something+was+missed'",
        Runs(&[], &["BTC is not scanned"]),
    ),
    ("kill -HUP $(cat /run/teller.pid)", Runs(&[("/run", ".")], &[])),
    ("curl -o teller-$(date +%s).db http://127.0.0.1:7711/api/backup", Runs(&[("curl", "curl -fs")], &[])),
    ("teller doctor -c my.toml", Runs(&[("my.toml", "my.toml || [ $? = 1 ]")], &["running teller"])),
    (
        "tool db drill",
        Runs(&[(" FILE [--config CONFIG]", ""), ("drill", "drill teller-*.db")], &["nothing would be paid"]),
    ),
    ("tool addrs gap", Runs(&[(" FILE", ""), ("gap", "gap teller-*.db")], &[])),
    ("tool db check FILE", Runs(COPY, &[": consistent, "])),
    ("tool db export FILE", Runs(COPY, &["\"kind\":\"deposit\"", "\"kind\":\"balances\""])),
    ("tool db journal FILE", Runs(COPY, &["\"account\":\"received\""])),
    (
        "tool verify FILE",
        Runs(
            &[(" FILE [--since NUMBER:HASH]", ""), ("verify", "verify teller-*.db")],
            &["the history holds, "],
        ),
    ),
    ("tool scanblock", NotHere("asks a node: tests/nodes/scanblock.rs does")),
    (
        "curl 'http://127.0.0.1:7711/api/wallet/spends?state=unknown'",
        Runs(&[TXID], &["\"unknown\":0", NO_SPEND, "0 transaction(s) are the operator's own"]),
    ),
];

/// What is pasted: a block without a language, or what a line calls by a name of a program.
fn commands(readme: &str) -> Vec<String> {
    const PROGRAMS: &[&str] = &[
        "curl ",
        "tool ",
        "teller ",
        "cargo ",
        "kill -HUP ",
        "skycoin ",
        "btcd ",
        "geth ",
        ".ci/",
        "npm ",
        "TELLER_",
        "tests/nodes/kills ",
    ];
    let mut found = Vec::new();
    for (n, part) in readme.split("```").enumerate() {
        if n % 2 == 1 {
            found.extend(part.strip_prefix('\n').map(str::to_owned));
            continue;
        }
        let called = part.split('`').skip(1).step_by(2);
        let called = called.filter(|words| PROGRAMS.iter().any(|program| words.starts_with(program)));
        found.extend(called.map(str::to_owned));
    }
    found
}

/// The README, with the documents that go on where it names them.
fn readme() -> String {
    let read = |name: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap();
    ["docs/moving-over.md", "docs/coins.md"].into_iter().fold(read("README.md"), |text, name| {
        let (before, after) =
            text.split_once(&format!("]({name})")).unwrap_or_else(|| panic!("{name} is not named"));
        let (line, after) = after.split_once('\n').unwrap_or((after, ""));
        format!("{before}{line}\n{}\n{after}", read(name))
    })
}

/// A block that is no command: it tells the API.
fn is_table(command: &str) -> bool {
    command.starts_with("POST /api/bind ")
}

/// A new user's folder, with what a checkout has and a shell in it.
struct Terminal {
    service: Process,
    ports: [u16; 3],
}

impl Terminal {
    fn open() -> Terminal {
        let service = Process::prepare("teller", &once::teller());
        let terminal = Terminal { service, ports: [ports::free(), ports::free(), ports::free()] };
        let (folder, checkout) = (terminal.folder(), Path::new(env!("CARGO_MANIFEST_DIR")));
        fs::create_dir(folder.join("addresses")).unwrap();
        for file in fs::read_dir(checkout.join("addresses")).unwrap().map(|file| file.unwrap()) {
            fs::copy(file.path(), folder.join("addresses").join(file.file_name())).unwrap();
        }
        let mut config: Table =
            toml::from_str(&fs::read_to_string(checkout.join("config.toml")).unwrap()).unwrap();
        for ((section, key), port) in [("web", "http_addr"), ("admin_panel", "host"), ("dummy", "http_addr")]
            .into_iter()
            .zip(terminal.ports)
        {
            let section = config.entry(section).or_insert_with(|| Value::Table(Table::new()));
            section.as_table_mut().unwrap().insert(key.to_owned(), format!("127.0.0.1:{port}").into());
        }
        config.insert("pidfile".to_owned(), "teller.pid".into());
        for name in ["config.toml", "my.toml"] {
            fs::write(folder.join(name), toml::to_string(&config).unwrap()).unwrap();
        }
        terminal
    }

    fn folder(&self) -> PathBuf {
        self.service.path("cwd")
    }

    async fn start(&mut self) {
        let answers = self.service.path("cwd");
        let config = format!("curl -fs http://127.0.0.1:{}/api/config", self.ports[0]);
        let asked = async || {
            let answer = once::run(Path::new("/bin/sh"), ["-c", &config], &answers).await;
            (answer.code == Some(0)).then_some(())
        };
        self.service.start(Vec::new(), asked).await;
    }

    async fn paste(&self, command: &str, words: &[(&str, &str)]) -> Finished {
        let script = words.iter().fold(command.to_owned(), |script, (from, to)| script.replace(from, to));
        let script = [7071, 7711, 4121].iter().zip(self.ports).fold(script, |script, (known, port)| {
            script.replace(&format!("127.0.0.1:{known}"), &format!("127.0.0.1:{port}"))
        });
        let (programs, path) = (once::teller(), env::var("PATH").unwrap());
        let script = format!("PATH={}:{path}\n{script}", programs.parent().unwrap().display());
        once::run(Path::new("/bin/sh"), ["-euc", &script], &self.folder()).await
    }
}

pub(crate) async fn should_do_what_it_says() -> Outcome {
    program::find("curl")?;
    let readme = readme();
    let mut terminal = Terminal::open();
    let mut decided = vec![false; DECISIONS.len()];
    for command in commands(&readme).into_iter().filter(|command| !is_table(command)) {
        let known = DECISIONS.iter().position(|(start, _)| command.starts_with(start));
        let known = known.unwrap_or_else(|| panic!("nobody decided whether this is run: {command}"));
        decided[known] = true;
        match &DECISIONS[known].1 {
            Starts => terminal.start().await,
            Runs(words, expected) => {
                let finished = terminal.paste(&command, words).await;
                let said = finished.success();
                for words in *expected {
                    assert!(said.contains(words), "{command}\ndoes not say {words:?}: {finished:#?}");
                }
            }
            NotHere(why) => assert!(!why.is_empty()),
        }
    }
    let left: Vec<_> =
        DECISIONS.iter().zip(decided).filter(|(_, is)| !is).map(|((start, _), _)| start).collect();
    assert!(left.is_empty(), "the README does not say any more: {left:?}");
    terminal.service.signal(Signal::TERM);
    assert_eq!(terminal.service.ended(STOP_PATIENCE).await.code(), Some(0), "{}", terminal.service.log());
    Ok(())
}
