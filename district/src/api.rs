//! The HTTP surface: routes, headers, statuses. Bodies are never logged.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use xinting_wire::{
    CONTENT_TYPE, ENROL_PATH, IDEMPOTENCY_HEADER, REPORTS_PATH, RefusalReason, RootKey,
    SIGNATURE_HEADER,
};

use crate::answer::Answer;
use crate::body::{self, BodyError};
use crate::commands::now;
use crate::config::Config;
use crate::dashboard::{self, View};
use crate::export;
use crate::ingest::{self, Incoming, Joined, Refused};
use crate::store::{Store, StoreError, Stored};

/// The page may load its own style and picture and nothing else.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

struct App {
    store: Store,
    zone: TimeZone,
    hide_below: i64,
    /// The root key offered to booths that join.
    root_key: Option<RootKey>,
}

type Shared = State<Arc<App>>;

/// All routes.
pub(crate) fn router(config: &Config, store: Store) -> Router {
    let app = App {
        store,
        zone: config.zone.clone(),
        hide_below: config.hide_below,
        root_key: config.root_key.clone(),
    };
    Router::new()
        .route(REPORTS_PATH, post(post_report))
        .route(ENROL_PATH, post(post_enrol))
        .route("/v1/export.csv", get(get_export))
        .route("/", get(get_page))
        .route(
            "/style.css",
            get(|| async { asset("text/css; charset=utf-8", dashboard::STYLE) }),
        )
        .route(
            "/scene.svg",
            get(|| async { asset("image/svg+xml", dashboard::SCENE) }),
        )
        .route(
            "/scene-night.svg",
            get(|| async { asset("image/svg+xml", dashboard::SCENE_NIGHT) }),
        )
        .route("/health", get(get_health))
        .with_state(Arc::new(app))
}

async fn post_report(State(app): Shared, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = match body::read(body).await {
        Ok(body) => body,
        Err(error) => return unread(error),
    };
    let incoming = Incoming {
        idempotency_key: text(&parts.headers, IDEMPOTENCY_HEADER),
        signature: text(&parts.headers, SIGNATURE_HEADER),
        body: &body,
    };
    let outcome = ingest::report(&app.store, incoming, now()).await;
    match &outcome {
        Ok((key, stored)) => {
            tracing::info!(%key, again = *stored == Stored::Same, "report stored");
        }
        Err(refused) => note(refused),
    }
    respond(Answer::to_report(&outcome))
}

async fn post_enrol(State(app): Shared, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = match body::read(body).await {
        Ok(body) => body,
        Err(error) => return unread(error),
    };
    let incoming = Incoming {
        idempotency_key: None,
        signature: text(&parts.headers, SIGNATURE_HEADER),
        body: &body,
    };
    let outcome = ingest::enrol(&app.store, incoming, now()).await;
    match &outcome {
        Ok(Joined { booth, new, .. }) => tracing::info!(%booth, new, "booth enrolled"),
        Err(refused) => note(refused),
    }
    respond(Answer::to_enrolment(&outcome, app.root_key.as_ref()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExportRange {
    from: Option<Date>,
    to: Option<Date>,
}

async fn get_export(
    State(app): Shared,
    headers: HeaderMap,
    range: Result<Query<ExportRange>, QueryRejection>,
) -> Response {
    let token = text(&headers, "authorization").and_then(|value| value.strip_prefix("Bearer "));
    let known = match token {
        Some(token) => app.store.has_token(token).await,
        None => Ok(false),
    };
    match known {
        Ok(true) => {}
        Ok(false) => {
            return refusal(
                RefusalReason::BadToken,
                "a read token is needed: `Authorization: Bearer …`; `xinting-district token` makes one",
            );
        }
        Err(error) => return trouble(error),
    }
    let Ok(Query(range)) = range else {
        return refusal(
            RefusalReason::Malformed,
            "`from` and `to` are days, YYYY-MM-DD",
        );
    };
    let mut out = Vec::new();
    match export::csv(&app.store, range.from, range.to, &mut out).await {
        Ok(()) => ([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], out).into_response(),
        Err(export::ExportError::Store(error)) => trouble(error),
        Err(error) => {
            tracing::error!(error = chain(&error), "export failed");
            refusal(
                RefusalReason::Unavailable,
                "the export failed; the log says why",
            )
        }
    }
}

#[derive(Deserialize)]
struct PageQuery {
    days: Option<u16>,
    to: Option<Date>,
}

async fn get_page(
    State(app): Shared,
    headers: HeaderMap,
    query: Result<Query<PageQuery>, QueryRejection>,
) -> Response {
    // The page asks for no password because only this machine can reach it. A
    // name other than loopback means a proxy or a rebound DNS name, so no page.
    if !local_host(&headers) {
        let sentence =
            "The page is shown on the district's own machine only, as http://127.0.0.1\n";
        return (StatusCode::FORBIDDEN, sentence).into_response();
    }
    let Ok(Query(query)) = query else {
        return refusal(
            RefusalReason::Malformed,
            "`days` is a number, `to` is a day, YYYY-MM-DD",
        );
    };
    match page(&app, &query).await {
        Ok(html) => {
            let mut response = (
                [
                    (header::CONTENT_TYPE, "text/html; charset=utf-8"),
                    (header::CONTENT_SECURITY_POLICY, PAGE_POLICY),
                    (header::CACHE_CONTROL, "no-store"),
                    (header::REFERRER_POLICY, "no-referrer"),
                    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
                ],
                html,
            )
                .into_response();
            response.headers_mut().insert(
                header::CONTENT_LANGUAGE,
                HeaderValue::from_static("zh-CN, en"),
            );
            response
        }
        Err(error) => trouble(error),
    }
}

async fn page(app: &App, query: &PageQuery) -> Result<String, StoreError> {
    let now = Timestamp::now();
    let today = now.to_zoned(app.zone.clone()).date();
    let latest = app.store.latest_day(today).await?;
    let view = View::new(query.days, query.to, latest, today, app.hide_below);
    let figures = app
        .store
        .figures(view.from, view.to, today, now.as_second())
        .await?;
    Ok(dashboard::page(&figures, &view).into_string())
}

async fn get_health(State(app): Shared) -> Response {
    match app.store.latest_day(Date::MAX).await {
        Ok(_) => (StatusCode::OK, "ok\n").into_response(),
        Err(error) => trouble(error),
    }
}

fn asset(media_type: &'static str, content: &'static str) -> Response {
    (
        [
            (header::CONTENT_TYPE, media_type),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::CACHE_CONTROL, "no-cache"),
        ],
        content,
    )
        .into_response()
}

/// Whether the request names this machine by a loopback name and came straight
/// to it.
fn local_host(headers: &HeaderMap) -> bool {
    let proxied = headers.contains_key("forwarded") || headers.contains_key("x-forwarded-for");
    let Some(host) = text(headers, "host") else {
        return false;
    };
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let loopback = name.parse::<std::net::IpAddr>().map_or_else(
        |_| name.eq_ignore_ascii_case("localhost"),
        |ip| ip.to_canonical().is_loopback(),
    );
    loopback && !proxied
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn respond(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, CONTENT_TYPE)], answer.body).into_response()
}

fn note(refused: &Refused) {
    match refused {
        Refused::Store(error) => {
            tracing::error!(error = chain(error), "request not served");
        }
        _ => tracing::warn!(reason = ?refused.reason(), "request refused"),
    }
}

fn trouble(error: StoreError) -> Response {
    let refused = Refused::Store(error);
    note(&refused);
    respond(Answer::refused(&refused))
}

fn unread(error: BodyError) -> Response {
    let (reason, message) = match error {
        BodyError::TooBig => (
            RefusalReason::TooBig,
            "the body is longer than a report can be",
        ),
        BodyError::Broken => (RefusalReason::Malformed, "the body broke off"),
        BodyError::Slow => (
            RefusalReason::Unavailable,
            "the body did not arrive in time",
        ),
    };
    tracing::warn!(?reason, "request refused");
    let mut response = refusal(reason, message);
    // What is left of the body is not read, so the connection cannot go on.
    response
        .headers_mut()
        .insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

fn refusal(reason: RefusalReason, message: &str) -> Response {
    let mut response = respond(Answer::refusal(reason, message));
    if reason == RefusalReason::BadToken {
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_for_loopback_names_only() {
        for (host, local) in [
            ("127.0.0.1:8620", true),
            ("localhost:8620", true),
            ("LOCALHOST", true),
            ("[::1]:8620", true),
            ("127.0.0.1.example.org", false),
            ("localhost.example.org:8620", false),
            ("figures.example.org", false),
            ("192.168.1.4:8620", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("host", host.parse().unwrap());
            assert_eq!(local_host(&headers), local, "{host}");
            headers.insert("x-forwarded-for", "192.168.1.9".parse().unwrap());
            assert!(!local_host(&headers), "{host} through a proxy");
        }
        assert!(!local_host(&HeaderMap::new()));
    }
}
