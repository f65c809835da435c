//! One node's process: its folder, its log, its end.
//!
//! Invariant: no process outlives its [`Process`], nor the test process itself, however that one dies.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{LazyLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::wait;

/// After this a node that was asked to stop is killed.
const STOP_PATIENCE: Duration = Duration::from_secs(20);
const STOP_POLL: Duration = Duration::from_millis(10);
/// How much of the log a failure shows.
const TAIL_LINES: usize = 40;

/// A node's process and the folder it lives in, which goes when this is dropped.
pub struct Process {
    name: String,
    program: PathBuf,
    args: Vec<String>,
    dir: TempDir,
    child: Option<Child>,
}

impl Process {
    /// A folder for a node; [`Process::start`] makes the node itself.
    pub fn prepare(name: &str, program: &Path) -> Process {
        let dir = tempfile::Builder::new().prefix(&format!("teller-{name}-")).tempdir().unwrap();
        for folder in ["data", "cwd", "tmp"] {
            fs::create_dir(dir.path().join(folder)).unwrap();
        }
        Process { name: name.to_owned(), program: program.to_owned(), args: Vec::new(), dir, child: None }
    }

    /// Where the node keeps its data.
    pub fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// Any file beside the node's data.
    pub fn path(&self, file: &str) -> PathBuf {
        self.dir.path().join(file)
    }

    /// Starts the node and waits until `probe` gets an answer from it.
    pub async fn start<T>(&mut self, args: Vec<String>, probe: impl AsyncFnMut() -> Option<T>) -> T {
        self.args = args;
        self.start_again(probe).await
    }

    /// Starts the node as it was started before, over the data it left.
    pub async fn start_again<T>(&mut self, probe: impl AsyncFnMut() -> Option<T>) -> T {
        assert!(self.child.is_none(), "{} runs already", self.name);
        let child =
            spawn(self.command()).unwrap_or_else(|error| panic!("cannot start {}: {error}", self.name));
        self.child = Some(child);
        self.answers(probe).await
    }

    /// Waits until `probe` gets an answer from what was started.
    pub async fn answers<T>(&mut self, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
        wait::until(&format!("{} does not answer", self.name), async || {
            self.assert_alive();
            probe().await
        })
        .await
    }

    /// Another program, or another way of starting the same, for the next start.
    pub fn set_program(&mut self, program: &Path) {
        program.clone_into(&mut self.program);
    }

    /// The process id; none while nothing runs.
    pub fn id(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Sends a signal and waits for nothing.
    pub fn signal(&self, signal: Signal) {
        let child = self.child.as_ref().unwrap_or_else(|| panic!("{} does not run", self.name));
        kill_process(pid(child), signal).unwrap();
    }

    /// How it ended, where it did.
    pub fn has_ended(&mut self) -> Option<ExitStatus> {
        let child = self.child.as_mut().unwrap_or_else(|| panic!("{} does not run", self.name));
        let status = child.try_wait().unwrap();
        if status.is_some() {
            self.child = None;
        }
        status
    }

    /// Waits until it ends by itself, and panics when it does not in time.
    pub async fn ended(&mut self, within: Duration) -> ExitStatus {
        let deadline = Instant::now() + within;
        loop {
            if let Some(status) = self.has_ended() {
                return status;
            }
            assert!(Instant::now() < deadline, "{} still runs after {within:?}", self.name);
            tokio::time::sleep(STOP_POLL).await;
        }
    }

    /// Ends it as an operator would: SIGINT, and SIGKILL when that is not heard in time.
    pub fn stop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let _gone_already = kill_process(pid(&child), Signal::INT);
        let deadline = Instant::now() + STOP_PATIENCE;
        while matches!(child.try_wait(), Ok(None)) && Instant::now() < deadline {
            thread::sleep(STOP_POLL);
        }
        end(&mut child);
    }

    /// Ends it at once, with whatever it had not written yet: `kill -9`.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            end(&mut child);
        }
    }

    /// All that the node said so far.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.log_file()).unwrap_or_default()).into_owned()
    }

    /// The end of the log, for a failure's message.
    pub fn tail(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        let from = lines.len().saturating_sub(TAIL_LINES);
        format!("---- the end of {}'s log ----\n{}\n----", self.name, lines[from..].join("\n"))
    }

    fn assert_alive(&mut self) {
        let status = self.child.as_mut().and_then(|child| child.try_wait().unwrap());
        if let Some(status) = status {
            self.child = None;
            panic!("{} ended by itself: {status}", self.name);
        }
    }

    fn command(&self) -> Command {
        let log = self.open_log();
        let mut command = dies_with_us(&self.program);
        command
            .args(&self.args)
            // Out of the way of ^C in a terminal: the node ends after the test, not before it.
            .process_group(0)
            // Nothing of a node may land in the home folder, nor may a configuration there reach it.
            .env("HOME", self.dir.path())
            .env("TMPDIR", self.path("tmp"))
            .current_dir(self.path("cwd"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        command
    }

    fn log_file(&self) -> PathBuf {
        self.path("log")
    }

    fn open_log(&self) -> File {
        OpenOptions::new().create(true).append(true).open(self.log_file()).unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
        if thread::panicking() {
            #[allow(clippy::print_stderr, reason = "the failing test's own output")]
            {
                eprintln!("{}", self.tail());
            }
        }
    }
}

fn pid(child: &Child) -> Pid {
    Pid::from_child(child)
}

fn end(child: &mut Child) {
    // Both fail only on a process that is gone and waited for.
    let _ = child.kill();
    let _ = child.wait();
}

/// A command whose process the kernel kills when the thread that started it ends.
fn dies_with_us(program: &Path) -> Command {
    const SETPRIV: &str = "/usr/bin/setpriv";
    if !Path::new(SETPRIV).is_file() {
        return Command::new(program);
    }
    let mut command = Command::new(SETPRIV);
    command.args([OsStr::new("--pdeathsig"), OsStr::new("KILL"), OsStr::new("--"), program.as_os_str()]);
    command
}

type Order = (Command, mpsc::Sender<io::Result<Child>>);

/// Starts a process from a thread that lives as long as the test process: what the kernel watches is the
/// thread, and a test's own thread may end before its node does.
fn spawn(command: Command) -> io::Result<Child> {
    static SPAWNER: LazyLock<mpsc::Sender<Order>> = LazyLock::new(|| {
        let (orders, inbox) = mpsc::channel::<Order>();
        thread::spawn(move || {
            for (mut command, answer) in inbox {
                // Nobody waits for the answer when the test was given up meanwhile; the child is then ended.
                if let Err(mpsc::SendError(Ok(mut child))) = answer.send(command.spawn()) {
                    end(&mut child);
                }
            }
        });
        orders
    });
    let (answer, child) = mpsc::channel();
    SPAWNER.send((command, answer)).expect("BUG: the spawner never ends");
    child.recv().expect("BUG: the spawner always answers")
}
