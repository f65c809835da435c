//! geth on a private chain of its own (`--dev`, id 1337): a block each second, and one account full of coins.

use serde_json::json;

use super::eth::{Eth, quantity};
use super::process::Process;
use super::{Absent, ports, program, wait};

pub struct Geth {
    process: Process,
    pub eth: Eth,
}

impl Geth {
    pub const TOOL: &'static str = "geth";

    pub async fn start() -> Result<Geth, Absent> {
        let mut process = Process::prepare(Self::TOOL, &program::find(Self::TOOL)?);
        let port = ports::free();
        let line = "--dev --dev.period 1 --http --http.addr 127.0.0.1 --http.api eth,net,web3,debug,dev \
                    --ipcdisable --nodiscover --nat none --maxpeers 0 --port 0";
        let mut args: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        args.extend(["--http.port".to_owned(), port.to_string()]);
        args.extend(["--datadir".to_owned(), process.data().display().to_string()]);
        let url = format!("http://127.0.0.1:{port}");
        let eth = process.start(args, async || Eth::connect(&url).await).await;
        Ok(Geth { process, eth })
    }

    /// Waits until the chain has this height.
    pub async fn reach(&self, height: u64) {
        wait::until("geth makes no blocks", async || (self.eth.height().await >= height).then_some(())).await;
    }

    /// Throws away all blocks above this height; others follow in their place. What was in them does not
    /// wait again.
    pub async fn rewind(&self, height: u64) {
        self.eth.rpc().call("debug_setHead", json!([quantity(height.into())])).await;
    }

    /// The most memory that it ever held, in MiB.
    pub fn most_memory(&self) -> u64 {
        let id = self.process.id().expect("it runs");
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        most.unwrap().trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
    }

    pub fn stop(&mut self) {
        self.process.stop();
    }

    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts the node again over its data.
    pub async fn start_again(&mut self) {
        let url = self.eth.rpc().url().to_owned();
        self.process.start_again(async || Eth::connect(&url).await).await;
    }

    pub async fn restart(&mut self) {
        self.stop();
        self.start_again().await;
    }
}
