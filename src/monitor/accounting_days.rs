//! `GET /api/accounting/days?format=json|csv|jsonl`: what came to each account of the books on each day. All days
//! together are what stands there now. The sums are kept with the books: a day costs its own lines.

use std::fmt::Write as _;

use actix_web::http::header::{self, ContentDisposition, DispositionParam, DispositionType, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use time::UtcDateTime;
use utoipa::ToSchema;

use super::{MonitorState, bad_request, only_get, paging};
use crate::http::describe::{Operation, one_of, query};
use crate::http::{Code, Params, internal_error, json};
use crate::ledger::Asset;
use crate::report::requests;
use crate::store::{DAY, DayLine, Days};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DayList)]
struct DaysReply {
    /// The lines, day by day.
    days: Vec<LineReply>,
    /// The cursor of the next page, where there is one: the last day's number, counted from 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
}

/// A line of the books; the amount in whole coins with all their decimals.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DayLine)]
struct LineReply {
    /// `2026-11-28`, in universal time.
    day: String,
    /// The code of the coin or the symbol of the token.
    asset: String,
    /// The contract of a token.
    #[serde(skip_serializing_if = "Option::is_none")]
    contract: Option<String>,
    /// What is kept on it: `received`, `owed`, `paid` and others.
    account: &'static str,
    /// `debit` or `credit`. On each day and in each asset both sides have the same sum.
    side: &'static str,
    /// What came to it on that day, in whole coins.
    amount: String,
}

impl From<&DayLine> for LineReply {
    fn from(DayLine { day, line }: &DayLine) -> Self {
        let (amount, decimals) = (line.amount.amount(), line.asset.decimals());
        LineReply {
            day: date(*day),
            asset: line.asset.to_string(),
            contract: match line.asset {
                Asset::Token(token) => Some(token.contract.to_string()),
                Asset::Coin(_) | Asset::CoinHours | Asset::AtVenue(_) => None,
            },
            account: line.account.name(),
            side: if line.amount.is_credit() { "credit" } else { "debit" },
            amount: match line.asset {
                // As the exchange writes it: no coin has all these places.
                Asset::AtVenue(_) => amount.to_coins_trimmed(decimals),
                Asset::Coin(_) | Asset::Token(_) | Asset::CoinHours => amount.to_coins(decimals),
            },
        }
    }
}

fn date(day: u64) -> String {
    let seconds = i64::try_from(day.saturating_mul(DAY)).unwrap_or(i64::MAX);
    let at = UtcDateTime::from_unix_timestamp(seconds).unwrap_or(UtcDateTime::MAX);
    format!("{:04}-{:02}-{:02}", at.year(), u8::from(at.month()), at.day())
}

#[derive(Debug, Clone, Copy)]
enum Format {
    Json,
    Csv,
    JsonLines,
}

/// What the reference tells of it.
pub(super) fn described() -> Operation {
    Operation::get("/api/accounting/days", "accountingDays", "What came to each account on each day")
        .takes_all(paging::parameters())
        .takes(query("format", "JSON where it is left out.", &one_of(&["json", "csv", "jsonl"])))
        .gives::<DaysReply>(200, "The days, as JSON, as CSV or as lines of JSON.")
        .also_gives_file("text/csv")
        .also_gives_file("application/x-ndjson")
        .validated()
        .refuses(&[Code::InvalidParameter])
}

pub(super) async fn days(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    let params = Params::parse(request.query_string());
    let format = match params.get("format") {
        "" | "json" => Format::Json,
        "csv" => Format::Csv,
        "jsonl" => Format::JsonLines,
        _ => return bad_request(requests::none_of("format", &["json", "csv", "jsonl"])),
    };
    let (after, limit) = match paging::by_cursor(&params, |text| text.parse::<u64>().ok()) {
        Ok(page) => page,
        Err(message) => return bad_request(message),
    };
    let mut lines = match state.store.snapshot().days(after, limit.saturating_add(1)) {
        Ok(lines) => lines,
        Err(error) => return internal_error(&error),
    };
    let next = cut(&mut lines, limit);
    let days: Vec<LineReply> = lines.iter().map(LineReply::from).collect();
    match format {
        Format::Json => json(&DaysReply { days, next }),
        Format::Csv => file("csv", "text/csv; charset=utf-8", csv(&days), next),
        Format::JsonLines => match json_lines(&days) {
            Ok(text) => file("jsonl", "application/x-ndjson", text, next),
            Err(error) => internal_error(&error),
        },
    }
}

/// Takes away the day that was read beyond the limit; answers the last that is left then.
fn cut(lines: &mut Vec<DayLine>, limit: usize) -> Option<u64> {
    let mut days: Vec<u64> = lines.iter().map(|line| line.day).collect();
    days.dedup();
    let first_left_out = *days.get(limit)?;
    lines.retain(|line| line.day < first_left_out);
    lines.last().map(|line| line.day)
}

fn csv(days: &[LineReply]) -> String {
    let mut text = "day,asset,contract,account,side,amount\r\n".to_owned();
    for line in days {
        let LineReply { day, asset, contract, account, side, amount } = line;
        let contract = contract.as_deref().unwrap_or("");
        // None of them has a comma or a quotation mark in it: see the catalogue, symbols and names of accounts.
        let _ = write!(text, "{day},{asset},{contract},{account},{side},{amount}\r\n");
    }
    text
}

fn json_lines(days: &[LineReply]) -> Result<String, serde_json::Error> {
    let mut text = String::new();
    for line in days {
        text.push_str(&serde_json::to_string(line)?);
        text.push('\n');
    }
    Ok(text)
}

/// A file to be kept. Where it is not all, `X-Next` has the cursor of what comes after.
fn file(extension: &str, content_type: &'static str, text: String, next: Option<u64>) -> HttpResponse {
    let mut reply = HttpResponse::Ok();
    reply.insert_header((header::CONTENT_TYPE, HeaderValue::from_static(content_type)));
    reply.insert_header(ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(format!("teller-accounting.{extension}"))],
    });
    if let Some(next) = next {
        reply.insert_header(("x-next", next));
    }
    reply.body(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_write_days_as_people_do() {
        assert_eq!(
            (date(0), date(20_785), date(u64::MAX).len() >= 10),
            ("1970-01-01".into(), "2026-11-28".into(), true)
        );
    }
}
