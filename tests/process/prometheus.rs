//! A real Prometheus beside the real service: what it scrapes, and an alert that fires.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::desk::Desk;
use crate::once;
use crate::rng::Rng;
use crate::support::process::Process;
use crate::support::runner::Outcome;
use crate::support::{ports, program, wait};

const TOKEN: &str = "a token for Prometheus alone";
const PATIENCE: Duration = Duration::from_secs(20);

fn monitoring(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/monitoring").join(file)
}

async fn promtool(promtool: &Path, args: &[&str], folder: &Path) {
    let said = once::run(promtool, args.iter().map(|arg| (*arg).to_owned()), folder).await;
    assert_eq!(said.code, Some(0), "{args:?}: {said:#?}");
}

pub(crate) async fn should_have_alert_rules_that_fire_as_they_say() -> Outcome {
    let tool = program::find("promtool")?;
    let folder = monitoring("");
    promtool(&tool, &["check", "rules", "alerts.yml"], &folder).await;
    promtool(&tool, &["test", "rules", "alerts_test.yml"], &folder).await;
    Ok(())
}

/// Everything that a panel or a rule asks for is something that the service tells.
pub(crate) async fn should_draw_nothing_that_is_not_told() -> Outcome {
    let desk = Desk::start(&mut Rng::fixed()).await;
    let told = desk.api.get_admin("/metrics").await.done();
    let dashboard: Value =
        serde_json::from_str(&fs::read_to_string(monitoring("grafana.json")).unwrap()).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    assert!(panels.len() > 20);
    let source = [env!("CARGO_MANIFEST_DIR"), "src/monitor/metrics"].iter().collect::<PathBuf>();
    let code: String =
        fs::read_dir(source).unwrap().map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    for panel in panels {
        for target in panel["targets"].as_array().unwrap() {
            let query = target["expr"].as_str().unwrap();
            let words = query.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let names: Vec<&str> = words.filter(|word| word.starts_with("teller_")).collect();
            assert!(!names.is_empty(), "{query}");
            for name in names {
                // What is told only with chains, an exchange or a certificate stands in the code.
                let is_told =
                    told.contains(&format!("# TYPE {name} ")) || code.contains(&format!("\"{name}\""));
                assert!(is_told, "{name} of {query}");
            }
        }
    }
    Ok(())
}

/// A Prometheus that scrapes the desk every second, with the rules of docs/monitoring.
struct Prometheus {
    process: Process,
    at: String,
}

impl Prometheus {
    async fn start(program: &Path, rules: &Path, target: &str) -> Prometheus {
        let mut process = Process::prepare("prometheus", program);
        let (config, at) = (process.path("prometheus.yml"), format!("127.0.0.1:{}", ports::free()));
        let text = format!(
            "global: {{scrape_interval: 1s, evaluation_interval: 1s}}\nrule_files: [{rules:?}]\nscrape_configs:\n  \
             - job_name: teller\n    authorization: {{credentials: {TOKEN:?}}}\n    \
             static_configs: [{{targets: [{target:?}]}}]\n"
        );
        fs::write(&config, text).unwrap();
        let args = vec![
            format!("--config.file={}", config.display()),
            format!("--storage.tsdb.path={}", process.data().display()),
            format!("--web.listen-address={at}"),
        ];
        let ready = format!("http://{at}/-/ready");
        process
            .start(args, async || reqwest::get(&ready).await.ok().filter(|a| a.status().is_success()))
            .await;
        Prometheus { process, at }
    }

    async fn ask(&self, path: &str) -> Value {
        let answer = reqwest::get(format!("http://{}{path}", self.at)).await.unwrap();
        answer.json().await.unwrap()
    }

    /// The names of the alerts that fire, each with its labels and annotations.
    async fn firing(&self) -> Vec<(String, Value)> {
        let all = self.ask("/api/v1/alerts").await;
        let firing = all["data"]["alerts"].as_array().unwrap().iter().filter(|one| one["state"] == "firing");
        firing.map(|one| (one["labels"]["alertname"].as_str().unwrap().to_owned(), one.clone())).collect()
    }

    async fn value(&self, query: &str) -> Option<String> {
        let answer = self.ask(&format!("/api/v1/query?query={query}")).await;
        Some(answer["data"]["result"].as_array()?.first()?["value"][1].as_str()?.to_owned())
    }
}

pub(crate) async fn should_be_scraped_and_fire_an_alert() -> Outcome {
    let (program, tool) = (program::find("prometheus")?, program::find("promtool")?);
    let mut desk = Desk::prepare();
    desk.fill_pools(&mut Rng::fixed());
    desk.set("admin_panel.token", TOKEN).set("teller.bind_enabled", false);
    desk.go().await;
    let mut prometheus =
        Prometheus::start(&program, &monitoring("alerts.yml"), desk.api.admin_address()).await;
    let fired = wait::until("no alert fires", async || {
        prometheus.firing().await.into_iter().find(|(name, _)| name == "TellerBindingOff")
    })
    .await;
    assert_eq!(fired.1["annotations"]["runbook"], "docs/runbooks/binding_off.md");
    assert_eq!(fired.1["labels"]["severity"], "notice");
    assert_eq!(prometheus.firing().await.len(), 1, "nothing else is amiss");
    for (query, value) in [
        ("up", "1"),
        ("teller_can_serve", "1"),
        ("count(teller_deposits)", "21"),
        ("teller_orders_total", "0"),
    ] {
        assert_eq!(prometheus.value(query).await.as_deref(), Some(value), "{query}");
    }

    // As its own linter would have names and types.
    let told = desk.path("metrics.txt");
    fs::write(&told, desk.api.with_token(TOKEN).get_admin("/metrics").await.done()).unwrap();
    let lint = format!("exec '{}' check metrics <'{}'", tool.display(), told.display());
    promtool(Path::new("/bin/sh"), &["-c", &lint], &desk.path("cwd")).await;

    // It is over once the cause is gone, and the desk's own end is told.
    desk.stop().await;
    desk.set("teller.bind_enabled", true);
    desk.go().await;
    wait::until("the alert goes on", async || prometheus.firing().await.is_empty().then_some(())).await;
    desk.stop().await;
    wait::until("it is still up", async || {
        (prometheus.value("up").await.as_deref() == Some("0")).then_some(())
    })
    .await;
    prometheus.process.signal(Signal::TERM);
    prometheus.process.ended(PATIENCE).await;
    Ok(())
}

/// Answers every scrape with this text, until it is dropped.
struct Told(tokio::task::JoinHandle<()>);

impl Drop for Told {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn tell(text: String) -> (Told, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap().to_string();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        text.len()
    );
    let answering = async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // One that has gone meanwhile asks again.
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(format!("{head}{text}").as_bytes()).await;
        }
    };
    (Told(tokio::spawn(answering)), at)
}

/// A desk with everything amiss at once: what a real one tells, with each problem that there is added to it. How long a
/// problem has to last is left out of the rules; `promtool` tries that.
pub(crate) async fn should_fire_each_alert_that_there_is() -> Outcome {
    let program = program::find("prometheus")?;
    let desk = Desk::start(&mut Rng::fixed()).await;
    let mut told = desk.api.get_admin("/metrics").await.done();
    let rules = fs::read_to_string(monitoring("alerts.yml")).unwrap();
    let after = |line: &str, mark: &str| line.split_once(mark).map(|(_, rest)| rest.to_owned());
    let names: BTreeSet<String> = rules.lines().filter_map(|line| after(line, "- alert: ")).collect();
    for code in rules.lines().filter_map(|line| after(line, "teller_problem{code=")) {
        told += &format!(
            "teller_problem{{code={code} 1\n",
            code = code.replace('}', ",coin=\"\",severity=\"critical\"}")
        );
    }
    let eager: String = rules
        .lines()
        .map(|line| {
            if line.trim_start().starts_with("for: ") {
                "        for: 0m\n".into()
            } else {
                format!("{line}\n")
            }
        })
        .collect();
    let path = desk.path("eager.yml");
    fs::write(&path, eager).unwrap();
    let (desk_amiss, at) = tell(told).await;
    let mut prometheus = Prometheus::start(&program, &path, &at).await;
    let down = "TellerDown".to_owned();
    let wanted: BTreeSet<String> = names.iter().filter(|name| **name != down).cloned().collect();
    assert!(wanted.len() > 25, "{wanted:?}");
    let fired = wait::until("not every alert fires", async || {
        let firing = prometheus.firing().await;
        (firing.iter().map(|(name, _)| name.clone()).collect::<BTreeSet<_>>() == wanted).then_some(firing)
    })
    .await;
    for (name, alert) in fired {
        let runbook = alert["annotations"]["runbook"].as_str().unwrap();
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(runbook).is_file(), "{name}: {runbook}");
    }
    drop(desk_amiss);
    wait::until("nobody hears that it is down", async || {
        prometheus.firing().await.iter().any(|(name, _)| *name == down).then_some(())
    })
    .await;
    prometheus.process.signal(Signal::TERM);
    prometheus.process.ended(PATIENCE).await;
    Ok(())
}
