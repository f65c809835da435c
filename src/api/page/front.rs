//! `/`: the operator's own page where there is one, a payee's purchases where they are asked for, else the start page.

use actix_web::http::Method;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::start::start;
use super::status::status;
use crate::api::{ApiState, statics};
use crate::http::{Params, method_not_allowed};
use crate::report::requests;

pub(in crate::api) async fn handle(state: Data<ApiState>, request: HttpRequest) -> HttpResponse {
    // The original serves its page here whatever the method.
    if !matches!(*request.method(), Method::GET | Method::HEAD | Method::POST) {
        return method_not_allowed("GET, HEAD, POST", requests::METHOD_NOT_ALLOWED);
    }
    if let Some(dir) = &state.static_dir
        && dir.join("index.html").is_file()
    {
        return statics::file(&request, dir, "/");
    }
    let query = Params::parse(request.query_string());
    // The calculator's form has a field for the payee as well.
    let is_calculation = query.has("send") || query.has("get");
    if query.has("skyaddr") && !is_calculation {
        return status(&state, &request, &query);
    }
    start(&state, &request, &query)
}
