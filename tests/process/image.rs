//! The image without an engine: its root file system from packages, its Dockerfile's own commands, the
//! service in it between nodes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rustix::process::{Signal, geteuid};
use teller::types::Coin;

use crate::api::{Api, json_of};
use crate::desk::address;
use crate::once;
use crate::rng::Rng;
use crate::support::process::Process;
use crate::support::runner::Outcome;
use crate::support::simnet::Simnet;
use crate::support::{Absent, ports, wait};

/// The user of the Dockerfile.
const USER: &str = "--userspec=10001:10001";
const PATIENCE: Duration = Duration::from_secs(25);

/// A root file system of its own, which goes with the process's folder.
struct Image(PathBuf);

impl Image {
    /// The base, as `.ci/nodes.sh` unpacks it.
    fn base(at: PathBuf) -> Result<Image, Absent> {
        let absent = |reason: &str| Absent { tool: "image-root", reason: reason.to_owned() };
        let nodes = std::env::var_os("TELLER_NODES").map(PathBuf::from);
        let nodes =
            nodes.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache/teller-nodes")));
        let base =
            nodes.map(|nodes| nodes.join("image-root")).filter(|base| base.join("usr/bin/sh").exists());
        let base = base.ok_or_else(|| absent("not unpacked, .ci/nodes.sh image-root does it"))?;
        if !geteuid().is_root() {
            return Err(absent("only root may change the root"));
        }
        run(Command::new("cp").arg("--archive").arg(base).arg(&at));
        Ok(Image(at))
    }

    /// A path inside as it is seen from outside.
    fn outside(&self, inside: &str) -> PathBuf {
        self.0.join(inside.trim_start_matches('/'))
    }

    fn shell(&self, script: &str) {
        let mut command = Command::new("chroot");
        run(command.arg(&self.0).args(["/bin/sh", "-euc", script]).env("PATH", "/usr/sbin:/usr/bin"));
    }

    /// What the Dockerfile's last stage does to its base.
    fn build(&self) {
        // What the base's own installation would have written.
        self.shell(
            "cd /usr/share/base-passwd; cp passwd.master /etc/passwd; cp group.master /etc/group; \
             mkdir -p /usr/local/bin",
        );
        let dockerfile = fs::read_to_string(root().join("Dockerfile")).unwrap().replace("\\\n", " ");
        let stage = dockerfile.rsplit_once("\nFROM ").unwrap().1;
        for line in stage.lines() {
            if let Some(script) = line.strip_prefix("RUN ") {
                self.shell(script);
            }
            if let Some(copied) = line.strip_prefix("COPY config.toml ") {
                fs::create_dir_all(self.outside(copied).parent().unwrap()).unwrap();
                fs::copy(root().join("config.toml"), self.outside(copied)).unwrap();
            }
        }
        for (name, program) in [("teller", once::teller()), ("tool", once::tool())] {
            fs::copy(program, self.outside(&format!("/usr/local/bin/{name}"))).unwrap();
        }
    }

    /// The arguments of `chroot` for a command of the image, in its folder and as its user.
    fn args(&self, command: &str) -> Vec<String> {
        let script = format!("cd /usr/local/teller; PATH=/usr/local/bin:/usr/bin exec {command}");
        let root = self.0.display().to_string();
        [USER, &root, "/bin/sh", "-euc", &script].map(str::to_owned).to_vec()
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn run(command: &mut Command) {
    let done = command.output().unwrap();
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
}

pub(crate) async fn should_follow_a_node_in_the_image() -> Outcome {
    let mut teller = Process::prepare("image", Path::new("/usr/sbin/chroot"));
    let image = Image::base(teller.path("root"))?;
    image.build();
    let certificates = fs::read_dir(image.outside("/etc/ssl/certs")).map_or(0, Iterator::count);
    assert_eq!(certificates, 0, "the image has certificates, and the test shows nothing");

    let folder = image.outside("/usr/local/teller");
    let wallet = folder.join("hot.wlt").display().to_string();
    let simnet = Simnet::start(&["--sky-wallet", &wallet, "--eth-start", "10"]).await;
    let mut rng = Rng::fixed();
    fs::write(folder.join("eth.txt"), address(Coin::ETH, &mut rng) + "\n").unwrap();
    let [http, admin] = [ports::free(), ports::free()];
    let config = format!(
        "log_format = \"json\"\ndbfile = \"/data\"\neth_addresses = \"eth.txt\"\n\
         [teller]\npool_low_water = 0\n\
         [btc_scanner]\nenabled = false\n\
         [eth_rpc]\nserver = \"127.0.0.1\"\nport = \"{}\"\n\
         [eth_scanner]\nenabled = true\nscan_period = \"200ms\"\ninitial_scan_height = 11\n\
         [sky_rpc]\naddress = \"127.0.0.1:{}\"\n\
         [sky_exchanger]\nwallet = \"hot.wlt\"\ntx_confirmation_check_wait = \"200ms\"\n\
         [web]\nhttp_addr = \"127.0.0.1:{http}\"\n[admin_panel]\nhost = \"127.0.0.1:{admin}\"\n",
        simnet.eth, simnet.sky
    );
    fs::write(folder.join("config.toml"), config).unwrap();
    image.shell("chown -R 10001:10001 /usr/local/teller; chmod 600 /usr/local/teller/hot.wlt");

    let chroot = |command: &str| image.args(command);
    let at = teller.path("cwd");
    let inside = async |command: &str| once::run(Path::new("/usr/sbin/chroot"), chroot(command), &at).await;
    let checked = inside("teller --dir /data check-config").await;
    assert!(checked.success().ends_with("config.toml: ok\n"), "{checked:#?}");
    let api = Api::new(http, admin, admin);
    teller.start(chroot("teller --dir /data"), async || Some(())).await;
    wait::until("no node is followed", async || {
        let chains = json_of(&match api.get_admin("/api/chains").await {
            crate::api::Answer::Done(chains) => chains,
            _ => return None,
        });
        (chains["ETH"]["node"] == "ok").then_some(())
    })
    .await;
    simnet.mine("eth", 3).await;
    wait::until("the chain is not followed", async || {
        let chains = json_of(&api.get_admin("/api/chains").await.done());
        (chains["ETH"]["scanned"]["height"].as_u64() >= Some(13)).then_some(())
    })
    .await;
    let payee = address(Coin::SKY, &mut rng);
    bound(&api, &payee).await;
    let health = inside("teller --dir /data health").await;
    assert!(health.out.starts_with("OK") || health.err.contains("no deposit addresses"), "{health:#?}");
    let audited = api.backup().await.done();
    fs::write(image.outside("/data/copy.db"), audited).unwrap();
    image.shell("chown 10001 /data/copy.db");
    assert!(inside("tool db check /data/copy.db").await.success().contains(": consistent, "));
    teller.signal(Signal::TERM);
    assert_eq!(teller.ended(PATIENCE).await.code(), Some(0), "{}", teller.log());
    Ok(())
}

/// Its node is asked first whether anybody has paid to the next addresses.
async fn bound(api: &Api, payee: &str) {
    wait::until("ETH cannot be bound", async || match api.bind(payee, Coin::ETH).await {
        crate::api::Answer::Done(_) => Some(()),
        crate::api::Answer::Refused(503, _) => None,
        other => panic!("{other:?}"),
    })
    .await;
}
