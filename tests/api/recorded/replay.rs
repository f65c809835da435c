//! Replays a scenario's cases in their order and holds every answer to the recording, or to the deviation that is
//! written down for it.

use std::time::{Duration, Instant};

use super::cases::{Case, Recorded};
use super::compare::{Comparison, Place, Txids};
use super::deviations::{Ours, deviation};
use super::scenarios::Scenario;
use crate::backup::audit;
use crate::support::{Reply, Request, TestApp, send, tls};

/// What the service does in its own time is done long before; a wrong answer costs a failing test this much.
const PATIENCE: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(10);
/// Refills that may come while a burst is being used up on a busy machine.
const REFILLS: u32 = 20;

type Outcome<T> = Result<T, Vec<String>>;

/// How the cases of a scenario came out.
#[derive(Debug, Default)]
pub struct Tally {
    pub equal: usize,
    pub deviating: usize,
    pub failures: Vec<String>,
}

/// One scenario on one instance.
pub struct Replay<'a> {
    scenario: &'a Scenario,
    app: TestApp,
    certificate: tempfile::TempDir,
    place: Place,
    txids: Txids,
}

impl<'a> Replay<'a> {
    pub fn new(scenario: &'a Scenario) -> Self {
        let certificate = tempfile::tempdir().unwrap();
        let app = TestApp::start(scenario.setup(certificate.path()));
        let place = Place { https: scenario.https.then(|| app.https_address().to_string()) };
        Replay { scenario, app, certificate, place, txids: Txids::default() }
    }

    pub fn run(mut self, cases: &[Case]) -> Tally {
        let mut tally = Tally::default();
        for case in cases {
            (self.scenario.before)(&self.app, &case.name);
            let outcome = match deviation(case) {
                None => self.until_answered(case, &case.response).map(|_| tally.equal += 1),
                Some(deviation) => {
                    self.deviating(case, &deviation.ours, cases).map(|()| tally.deviating += 1)
                }
            };
            if let Err(differences) = outcome {
                tally.failures.push(format!("{}\n    {}", case.key(), differences.join("\n    ")));
            }
        }
        tally
    }

    fn send(&self, app: &TestApp, case: &Case, request: &Request) -> Option<Reply> {
        match case.request.server.as_str() {
            "public" => send(app.public_address(), request),
            "admin" => send(app.admin_address(), request),
            "dummy" => send(app.dummy_address(), request),
            "https" => Some(tls::send(app.https_address(), self.certificate.path(), request)),
            other => panic!("{}: no listener is called {other}", case.key()),
        }
    }

    fn request(&self, case: &Case) -> Request {
        case.request.replay(|text| self.txids.ours(text))
    }

    fn compare(&self, expected: &Recorded, reply: Option<&Reply>) -> Outcome<Txids> {
        Comparison::run(expected, reply, &self.txids, &self.place)
    }

    /// Asks until the answer is the expected one. What changes something is asked once, but for a confirmation of
    /// what is not broadcast yet, which changes nothing.
    fn until_answered(&mut self, case: &Case, expected: &Recorded) -> Outcome<Option<Reply>> {
        let request = self.request(case);
        let is_confirmation = request.target.starts_with("/dummy/sender/confirm");
        let changes_nothing = request.method == "GET" && !request.target.contains("/scanner/");
        let deadline = Instant::now() + PATIENCE;
        loop {
            let reply = self.send(&self.app, case, &request);
            match self.compare(expected, reply.as_ref()) {
                Ok(txids) => {
                    self.txids = txids;
                    return Ok(reply);
                }
                Err(differences) if !(changes_nothing || is_confirmation) => return Err(differences),
                Err(differences) if Instant::now() > deadline => return Err(differences),
                Err(_) => std::thread::sleep(POLL),
            }
        }
    }

    fn deviating(&mut self, case: &Case, ours: &Ours, scenario: &[Case]) -> Outcome<()> {
        match (ours, ours.expected(&case.response, scenario)) {
            (Ours::BoundAside(_), Some(expected)) => self.aside(case, &expected),
            (_, Some(expected)) => {
                let reply = self.until_answered(case, &expected)?;
                // Otherwise the entry says what is no longer so.
                let is_stale = self.compare(&case.response, reply.as_ref()).is_ok();
                if is_stale { Err(vec!["is listed as a deviation, and is none".to_owned()]) } else { Ok(()) }
            }
            (Ours::AfterBurst(left), None) => self.after_burst(case, *left),
            (Ours::Backup, None) => self.backup(case),
            (_, None) => self.like_get(case),
        }
    }

    /// HEAD is answered as GET is, without the body.
    fn like_get(&self, case: &Case) -> Outcome<()> {
        let head = self.request(case);
        let get = Request { method: "GET".to_owned(), ..head.clone() };
        let [head, get] = [head, get].map(|request| self.send(&self.app, case, &request).expect("a reply"));
        let told = |reply: &Reply| {
            let names = ["Content-Type", "Content-Length", "Vary"];
            (reply.status, names.map(|name| reply.all(name).join(", ")))
        };
        let is_alike = head.body.is_empty() && head.status == 200 && told(&head) == told(&get);
        if is_alike { Ok(()) } else { Err(vec![format!("GET {:?}, HEAD {:?}", told(&get), told(&head))]) }
    }

    /// What would change the answers of later cases happens on an instance of its own.
    fn aside(&self, case: &Case, expected: &Recorded) -> Outcome<()> {
        let app = TestApp::start(self.scenario.setup(self.certificate.path()));
        let reply = self.send(&app, case, &self.request(case));
        self.compare(expected, reply.as_ref()).map(drop)
    }

    /// The recorded refusal comes, with Retry-After, once the rest of the burst is used up.
    fn after_burst(&self, case: &Case, left: u32) -> Outcome<()> {
        let request = self.request(case);
        let mut passed = 0;
        let refusal = loop {
            let reply = self.send(&self.app, case, &request).expect("a reply");
            if reply.status == 429 || passed > left + REFILLS {
                break reply;
            }
            passed += 1;
        };
        let seconds = refusal.header("Retry-After").and_then(|seconds| seconds.parse::<u64>().ok());
        if passed < left || seconds.is_none_or(|seconds| !(1..=60).contains(&seconds)) {
            return Err(vec![format!("{passed} passed of {left}, Retry-After {seconds:?}")]);
        }
        self.compare(&case.response, Some(&refusal)).map(drop)
    }

    fn backup(&self, case: &Case) -> Outcome<()> {
        let reply = self.send(&self.app, case, &self.request(case)).expect("a reply");
        let envelope = Recorded { body_head: None, ..case.response.clone() };
        self.compare(&envelope, Some(&reply))?;
        audit(&reply.body).map(drop).map_err(|findings| vec![findings])
    }
}
