//! `GET /api/overview?hours=&each=`: whether all is well, part by part, and how busy the desk was: deposits and payouts
//! hour by hour, or so many hours at a time, and how long payouts took. The figures were counted as things
//! happened: an answer costs a row an hour.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::{MonitorState, bad_request, only_get};
use crate::http::describe::{Operation, query, whole_up_to};
use crate::http::{ByCode, Code, Params, internal_error, json};
use crate::payout::PublicStatus;
use crate::report::requests;
use crate::store::{HOUR, Hour, Hours, Snapshot, StoreError};
use crate::task::Vitals;
use crate::types::{Coin, Droplets};

/// Hours that are told where nobody says how many: a week.
const USUAL: u64 = 168;
/// The most that can be asked for: a quarter of a year.
const MOST: u64 = 2_208;

/// Times are seconds since 1970, durations seconds.
#[derive(Debug, Serialize, ToSchema)]
struct Overview {
    /// When it was told, in seconds since 1970 began.
    at: u64,
    /// The program's version.
    version: String,
    /// `real`, or `dummy` where everything is play money.
    mode: &'static str,
    /// Whether a buyer can be served.
    can_serve: bool,
    /// The head of the history: number and hash of its last event.
    history: String,
    /// Every worker.
    parts: Vec<PartReply>,
    /// How many deposits there are, by public status, and how many ended with an error.
    #[schema(value_type = BTreeMap<String, u64>)]
    deposits: ByCode<u64>,
    /// Deposits that ended with an error.
    errored: u64,
    /// How busy the desk was, step by step.
    hours: HoursReply,
    /// How long what was paid had taken since its deposit was seen.
    delays: DelaysReply,
}

/// A worker.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Part)]
struct PartReply {
    /// What it is called.
    name: String,
    /// When its last step went well, in seconds since 1970 began.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_success: Option<u64>,
    /// Since when it fails, in seconds since 1970 began.
    #[serde(skip_serializing_if = "Option::is_none")]
    failing_since: Option<u64>,
    /// In its own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// Steps that failed since the start.
    failures: u64,
}

impl PartReply {
    fn new(name: impl Into<String>, vitals: &Vitals) -> Self {
        let fares = vitals.get();
        let (since, error) = fares.failing.map(|(since, words)| (since.get(), words)).unzip();
        PartReply {
            name: name.into(),
            last_success: fares.last_success.map(|at| at.get()),
            failing_since: since,
            error,
            failures: fares.failures,
        }
    }
}

/// One entry a step, the oldest first; the last has the hour that is not over.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = Hours)]
struct HoursReply {
    /// When the first step began.
    from: u64,
    /// Seconds of a step.
    step: u64,
    /// Deposits that were seen.
    deposits: Vec<u64>,
    /// Payouts that were done.
    payouts: Vec<u64>,
    /// What the deposits are worth, and what the payouts came to, in whole SKY.
    worth: Vec<String>,
    /// What the payouts came to, in whole SKY.
    paid: Vec<String>,
    /// How long what was paid in the step had taken; none where nothing was.
    median: Vec<Option<u64>>,
    /// What 95 of a hundred took at most, in seconds.
    p95: Vec<Option<u64>>,
    /// What the slowest took, in seconds.
    slowest: Vec<Option<u64>>,
}

impl HoursReply {
    fn push(&mut self, told: &Hour) {
        let DelayReply { count: _, median, p95, slowest } = DelayReply::from(told);
        self.deposits.push(told.seen);
        self.payouts.push(told.paid);
        self.worth.push(Droplets::new(told.worth).to_string());
        self.paid.push(Droplets::new(told.coins).to_string());
        self.median.push(median);
        self.p95.push(p95);
        self.slowest.push(slowest);
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Delays)]
struct DelaysReply {
    /// Of the last day.
    day: DelayReply,
    /// Of all hours that are told.
    all: DelayReply,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Delay)]
struct DelayReply {
    /// How many were paid.
    count: u64,
    /// What half of them took at most, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    median: Option<u64>,
    /// What 95 of a hundred took at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    p95: Option<u64>,
    /// What the slowest took, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    slowest: Option<u64>,
}

impl From<&Hour> for DelayReply {
    fn from(hour: &Hour) -> Self {
        let delays = &hour.delays;
        DelayReply {
            count: delays.total(),
            median: delays.within(50),
            p95: delays.within(95),
            slowest: delays.slowest(),
        }
    }
}

/// What the reference tells of it.
pub(super) fn described() -> Operation {
    Operation::get("/api/overview", "overview", "Whether all is well, and how busy the desk was")
        .takes(query(
            "hours",
            "How many hours are told; a week of them where it is left out.",
            &whole_up_to(1, MOST),
        ))
        .takes(query("each", "How many of them are told together.", &whole_up_to(1, MOST)))
        .gives::<Overview>(200, "Part by part, and hour by hour.")
        .validated()
        .refuses(&[Code::InvalidParameter])
}

pub(super) async fn overview(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    let params = Params::parse(request.query_string());
    let wanted = number(&params, "hours", USUAL, MOST).and_then(|hours| {
        let each = number(&params, "each", 1, hours)?;
        if hours % each == 0 { Ok(Range { hours, each }) } else { Err(requests::NO_MULTIPLE.to_owned()) }
    });
    let range = match wanted {
        Ok(range) => range,
        Err(message) => return bad_request(message),
    };
    match read(&state, &state.store.snapshot(), range) {
        Ok(overview) => json(&overview),
        Err(error) => internal_error(&error),
    }
}

/// The hours up to now that are told, so many at a time.
#[derive(Debug, Clone, Copy)]
struct Range {
    hours: u64,
    each: u64,
}

fn number(params: &Params, name: &str, usual: u64, most: u64) -> Result<u64, String> {
    let number = match params.get(name) {
        "" => Some(usual),
        text => text.parse().ok().filter(|number| (1..=most).contains(number)),
    };
    number.ok_or_else(|| requests::out_of_range(name, most))
}

fn read(state: &MonitorState, snapshot: &Snapshot, range: Range) -> Result<Overview, StoreError> {
    let (now, counters) = (state.clock.now().get(), snapshot.counters());
    let counted = |status: PublicStatus| {
        let of_coins = Coin::all().map(|coin| counters.deposits(coin, status));
        (status.name(), of_coins.fold(0, u64::saturating_add))
    };
    let (hours, delays) = busy(snapshot, now, range)?;
    Ok(Overview {
        at: now,
        version: state.version.clone(),
        mode: if state.is_play { "dummy" } else { "real" },
        can_serve: state.metrics.health.verdict(snapshot).can_serve,
        history: snapshot.head().to_string(),
        parts: parts(state),
        deposits: ByCode(PublicStatus::ALL.into_iter().map(counted).collect()),
        errored: counters.errored,
        hours,
        delays,
    })
}

fn parts(state: &MonitorState) -> Vec<PartReply> {
    let live = &state.live;
    let workers = [
        ("payer", &live.payer),
        ("buyer", &live.buyer),
        ("pricer", &live.pricer),
        ("pool keeper", &live.pool_keeper),
    ];
    let mut parts: Vec<PartReply> =
        workers.into_iter().map(|(name, vitals)| PartReply::new(name, vitals)).collect();
    let followed = Coin::all().filter(|coin| live.chain(*coin).is_some());
    parts.extend(followed.map(|coin| PartReply::new(format!("{coin} scanner"), live.scanner(coin))));
    parts
}

fn busy(snapshot: &Snapshot, now: u64, range: Range) -> Result<(HoursReply, DelaysReply), StoreError> {
    let last = now / HOUR;
    let first = last.saturating_add(1).saturating_sub(range.hours);
    let mut known = snapshot.hours(first, last)?.into_iter().peekable();
    let (from, step) = (first.saturating_mul(HOUR), range.each.saturating_mul(HOUR));
    let mut reply = HoursReply { from, step, ..HoursReply::default() };
    let (mut all, mut day, mut column) = (Hour::default(), Hour::default(), Hour::default());
    for number in first..=last {
        let hour = known.next_if(|(known, _)| *known == number).map_or_else(Hour::default, |(_, hour)| hour);
        all.add(&hour);
        if last.saturating_sub(number) < 24 {
            day.add(&hour);
        }
        column.add(&hour);
        let done = number.saturating_sub(first).saturating_add(1);
        if done % range.each == 0 {
            reply.push(&std::mem::take(&mut column));
        }
    }
    Ok((reply, DelaysReply { day: DelayReply::from(&day), all: DelayReply::from(&all) }))
}
