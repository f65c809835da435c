//! `GET /api/shadow`: what a desk that looks on beside the original would have decided otherwise, and whether it is
//! safe to move over.

use std::collections::BTreeMap;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::{MonitorState, bad_request, only_get, paging};
use crate::engine::shadow::{Difference, DifferenceKind, ShadowView, Standing};
use crate::http::describe::{Operation, one_of, query};
use crate::http::{Code, Params, json};
use crate::report::{requests, shadow_words};
use crate::types::{Coin, UnixTime};

/// What looking on came to. Of a desk that pays `is_on` is false, and the rest is left out.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = Shadow)]
struct ShadowReply {
    /// Whether this desk only looks on beside the original.
    is_on: bool,
    /// Whether it is safe to move over, as far as can be told.
    is_safe: bool,
    /// What is in the way of that.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    obstacles: Vec<ObstacleReply>,
    /// How one moves over, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    steps: Vec<&'static str>,
    /// The newest copy of the original's database that was read; absent before the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    copy: Option<CopyReply>,
    /// How the deposits of both compare; absent before the first comparison.
    #[serde(skip_serializing_if = "Option::is_none")]
    compared: Option<ComparedReply>,
    /// In what both differ, by the original's numbers, then by this desk's.
    #[serde(skip_serializing_if = "Option::is_none")]
    differences: Option<Vec<DifferenceReply>>,
    /// The cursor of the next page, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// What is in the way of moving over.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ShadowObstacle)]
struct ObstacleReply {
    /// `no_copy`, `unreadable`, `old_copy`, `behind`, `nothing_agreed`, `passing` or `unexplained`.
    code: &'static str,
    /// What is in the way, and what can be done.
    words: String,
}

/// A copy of the original's database.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ShadowCopy)]
struct CopyReply {
    /// The file.
    file: String,
    /// When it was written, in seconds since 1970.
    made_at: u64,
    /// When it was read, in seconds since 1970.
    read_at: u64,
    /// Addresses that are bound in it.
    bindings: u64,
    /// Of those, how many were not known before.
    new_bindings: u64,
    /// Where its records differ from each other, in words; at most a hundred.
    own_differences: Vec<String>,
    /// How many of those there are.
    own_differences_count: u64,
}

/// How the deposits of both compare.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ShadowCompared)]
struct ComparedReply {
    /// Deposits that the original has.
    there: u64,
    /// Deposits that this desk has seen.
    here: u64,
    /// Deposits that both have and in which nothing differs.
    agreed: u64,
    /// Deposits that are not final here yet, and that the original does not have yet.
    confirming: u64,
    /// Deposits that the original has not ended: moving over, each waits for a person.
    in_flight: u64,
    /// How many differences there are of each kind.
    by_kind: BTreeMap<&'static str, u64>,
    /// How many differences there are of each standing.
    by_standing: BTreeMap<&'static str, u64>,
}

/// One thing in which both differ.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ShadowDifference)]
struct DifferenceReply {
    /// `binding`, `not_seen`, `not_taken`, `amount`, `payee`, `height`, `confirmations`, `method`, `rate`, `worth`,
    /// `status` or `paid`.
    kind: &'static str,
    /// `unexplained`: somebody has to look. `passing`: it passes by itself, or with a newer copy. `explained`: it
    /// stays.
    standing: &'static str,
    /// The code of the coin.
    coin: &'static str,
    /// The deposit as its chain names it, or the address of a binding.
    of: String,
    /// Who is paid, by the word of this desk where it knows it.
    payee: String,
    /// The original's number of the deposit.
    #[serde(skip_serializing_if = "Option::is_none")]
    there_no: Option<u64>,
    /// This desk's number of the deposit.
    #[serde(skip_serializing_if = "Option::is_none")]
    here_no: Option<u64>,
    /// What the original has; empty where it has nothing.
    there: String,
    /// What this desk has; empty where it has nothing.
    here: String,
    /// What differs, in words.
    words: &'static str,
    /// Why, in a word for programs; absent where nobody can tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<&'static str>,
    /// Why, in words.
    why: String,
}

impl DifferenceReply {
    fn new(difference: &Difference) -> DifferenceReply {
        DifferenceReply {
            kind: difference.kind.name(),
            standing: difference.standing().name(),
            coin: Coin::code(difference.coin),
            of: difference.of.clone(),
            payee: difference.payee.clone(),
            there_no: difference.there_no,
            here_no: difference.here_no.map(|no| no.get()),
            there: difference.there.clone(),
            here: difference.here.clone(),
            words: shadow_words::of_kind(difference.kind),
            because: difference.because.map(|because| because.name()),
            why: shadow_words::of_reason(difference.because),
        }
    }
}

/// Own differences of a copy that are told with it.
const OWN_TOLD: usize = 100;

/// What the reference tells of it.
pub(super) fn described() -> Operation {
    let kinds = DifferenceKind::ALL.map(DifferenceKind::name);
    let standings = Standing::ALL.map(Standing::name);
    Operation::get("/api/shadow", "shadow", "What the original has decided otherwise, and whether to move over")
        .about(
            "For a desk that only looks on beside the original (`shadow.original`): a copy of the original's database \
             is held against what this desk would have decided. A page of a comparison that was made anew since is \
             refused: begin again.",
        )
        .takes(query("kind", "Differences of this kind alone.", &one_of(&kinds)))
        .takes(query("standing", "Differences of this standing alone.", &one_of(&standings)))
        .takes_all(paging::cursor_parameters("3-1000"))
        .gives::<ShadowReply>(200, "What looking on came to.")
        .refuses(&[Code::InvalidParameter])
}

/// Where a page begins: the comparison's number, and how many of its differences come before.
#[derive(Debug, Clone, Copy)]
struct Place {
    comparison: u64,
    after: usize,
}

impl Place {
    fn read(text: &str) -> Option<Place> {
        let (comparison, after) = text.split_once('-')?;
        Some(Place { comparison: comparison.parse().ok()?, after: after.parse().ok()? })
    }
}

/// Which differences are asked for.
struct Wanted {
    kind: String,
    standing: String,
    place: Option<Place>,
    limit: usize,
}

impl Wanted {
    fn of(request: &HttpRequest) -> Result<Wanted, String> {
        let params = Params::parse(request.query_string());
        let (kind, standing) = (params.get("kind").to_owned(), params.get("standing").to_owned());
        let kinds = DifferenceKind::ALL.map(DifferenceKind::name);
        if !kind.is_empty() && !kinds.contains(&kind.as_str()) {
            return Err(requests::none_of("kind", &kinds));
        }
        let standings = Standing::ALL.map(Standing::name);
        if !standing.is_empty() && !standings.contains(&standing.as_str()) {
            return Err(requests::none_of("standing", &standings));
        }
        let (place, limit) = paging::by_cursor(&params, Place::read)?;
        Ok(Wanted { kind, standing, place, limit })
    }

    fn has(&self, difference: &Difference) -> bool {
        let is = |wanted: &str, name: &str| wanted.is_empty() || wanted == name;
        is(&self.kind, difference.kind.name()) && is(&self.standing, difference.standing().name())
    }
}

pub(super) async fn show(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    let Some(board) = &state.outlook.shadow else { return json(&ShadowReply::default()) };
    let wanted = match Wanted::of(&request) {
        Ok(wanted) => wanted,
        Err(message) => return bad_request(message),
    };
    match reply(&board.view(), &wanted, state.clock.now()) {
        Ok(reply) => json(&reply),
        Err(message) => bad_request(message),
    }
}

fn reply(view: &ShadowView, wanted: &Wanted, now: UnixTime) -> Result<ShadowReply, &'static str> {
    let obstacles = view.obstacles(now);
    let mut reply = ShadowReply {
        is_on: true,
        is_safe: obstacles.is_empty(),
        obstacles: obstacles
            .iter()
            .map(|obstacle| ObstacleReply {
                code: obstacle.name(),
                words: shadow_words::of_obstacle(obstacle),
            })
            .collect(),
        steps: shadow_words::STEPS.to_vec(),
        copy: copy(view),
        compared: compared(view),
        ..ShadowReply::default()
    };
    let Some((number, comparison)) = &view.comparison else { return Ok(reply) };
    if wanted.place.is_some_and(|place| place.comparison != *number) {
        return Err(shadow_words::COMPARED_ANEW);
    }
    let after = wanted.place.map_or(0, |place| place.after);
    let all = comparison.differences.iter().enumerate().skip(after);
    let mut found: Vec<_> =
        all.filter(|(_, difference)| wanted.has(difference)).take(wanted.limit.saturating_add(1)).collect();
    let last = paging::cut(&mut found, wanted.limit).map(|(at, _)| at.saturating_add(1));
    reply.next = last.map(|after| format!("{number}-{after}"));
    reply.differences =
        Some(found.into_iter().map(|(_, difference)| DifferenceReply::new(difference)).collect());
    Ok(reply)
}

fn copy(view: &ShadowView) -> Option<CopyReply> {
    let copy = view.copy.as_ref()?;
    Some(CopyReply {
        file: view.file.display().to_string(),
        made_at: copy.made_at.get(),
        read_at: copy.read_at.get(),
        bindings: copy.bindings,
        new_bindings: copy.new_bindings,
        own_differences: copy.differences.iter().take(OWN_TOLD).cloned().collect(),
        own_differences_count: u64::try_from(copy.differences.len()).unwrap_or(u64::MAX),
    })
}

fn compared(view: &ShadowView) -> Option<ComparedReply> {
    let (_, comparison) = view.comparison.as_ref()?;
    let (mut by_kind, mut by_standing) = (BTreeMap::new(), BTreeMap::new());
    for ((kind, standing), count) in &comparison.counts {
        let add = |sum: &mut u64| *sum = sum.saturating_add(*count);
        add(by_kind.entry(kind.name()).or_default());
        add(by_standing.entry(standing.name()).or_default());
    }
    Some(ComparedReply {
        there: comparison.there,
        here: comparison.here,
        agreed: comparison.agreed,
        confirming: comparison.confirming,
        in_flight: comparison.in_flight,
        by_kind,
        by_standing,
    })
}
