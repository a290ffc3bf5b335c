//! The edge to HTTP: bytes in, bytes out, and the faults that the test asked for.

use crate::double::answer::{Answer, Payload, Refusal};
use crate::double::body;
use crate::double::clock::http_date;
use crate::double::faults::{Accepted, End, Fault};
use crate::double::hub::Hub;
use crate::double::rest;
use crate::double::route::Route;
use crate::double::socket;
use crate::double::state::Call;
use crate::double::traffic::Request as Asked;
use crate::double::wire::{Door, Scissors};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, DATE, VIA};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::response::IntoResponse as _;
use axum::routing::any;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::time::sleep;

/// More than this is not even read.
const BODY_MAX: usize = 30 << 20;

/// Serves until it is dropped.
pub(super) async fn serve(hub: Arc<Hub>, listener: std::net::TcpListener) {
    let listener = TcpListener::from_std(listener).expect("made for this");
    let router = Router::new()
        .route("/gw", any(gateway))
        .route("/gw/", any(gateway))
        .fallback(request)
        .with_state(hub);
    let service = router.into_make_service_with_connect_info::<Scissors>();
    let served = axum::serve(Door(listener), service).await;
    served.expect("a server without an end");
}

async fn gateway(
    State(hub): State<Arc<Hub>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    upgrade: WebSocketUpgrade,
) -> Response<Body> {
    if !hub.state().gateway.is_reachable {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    upgrade.on_upgrade(move |it| socket::serve(hub, scissors, it))
}

/// Runs on a task of its own: a request that came takes effect, also if nobody waits for it.
async fn request(
    State(hub): State<Arc<Hub>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: Request,
) -> Response<Body> {
    let handled = tokio::spawn(handle(hub, scissors, request)).await;
    handled.expect("the double does not panic")
}

async fn handle(hub: Arc<Hub>, scissors: Scissors, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let (method, path) = (parts.method.as_str(), parts.uri.path());
    let asked = Asked::new(method, path, hub.state().now());
    let Ok(bytes) = to_bytes(body, BODY_MAX).await else {
        return response(&hub, Answer::json(413, "too large".into()), true);
    };
    let route = path
        .strip_prefix("/api/v10")
        .and_then(|it| Route::find(method, it));
    let Some(route) = route else {
        let line = format!("NO_SUCH_ROUTE {method} {path}");
        let number = hub.change(|state| {
            state.traffic.violate(None, vec![line]);
            state.traffic.begin(asked)
        });
        return end(&hub, number, Refusal::NOT_FOUND.into());
    };
    let asked = asked.to(&route);
    let read = body::read(&text(&parts.headers, CONTENT_TYPE.as_str()), bytes.to_vec()).await;
    let body = match read {
        Ok(body) => body,
        Err(refusal) => {
            let line = vec![refusal.message.to_owned()];
            let number = hub.change(|state| {
                state.traffic.violate(route.endpoint, line);
                state.traffic.begin(asked)
            });
            return end(&hub, number, refusal.into());
        }
    };
    let call = Call {
        route,
        query: query(parts.uri.query().unwrap_or_default()),
        authorization: Some(text(&parts.headers, AUTHORIZATION.as_str()))
            .filter(|it| !it.is_empty()),
        body,
    };
    let asked = asked.with(&call.body);
    let (number, fault) = hub.change(|state| {
        let fault = state.faults.take(&call.route);
        (state.traffic.begin(asked), fault)
    });
    if let Some(fault) = fault {
        suffer(&hub, &scissors, number, call, fault).await
    } else {
        let answer = hub.change(|state| rest::answer(state, &call));
        end(&hub, number, answer)
    }
}

/// A request with which something goes wrong.
async fn suffer(
    hub: &Arc<Hub>,
    scissors: &Scissors,
    number: usize,
    call: Call,
    fault: Fault,
) -> Response<Body> {
    sleep(fault.before).await;
    let mut well = None;
    match fault.accepted {
        Accepted::No => {}
        Accepted::Yes => well = Some(hub.change(|state| rest::answer(state, &call))),
        Accepted::Late(delay) => {
            let hub = Arc::clone(hub);
            tokio::spawn(async move {
                sleep(delay).await;
                hub.change(|state| rest::answer(state, &call));
            });
        }
    }
    sleep(fault.after).await;
    match (fault.end, well) {
        (End::Answer(answer), _) | (End::Well, Some(answer)) => end(hub, number, answer),
        (End::Garbled, Some(answer)) => end(hub, number, garbled(answer)),
        (End::Hang, _) => std::future::pending().await,
        (End::Reset | End::Well | End::Garbled, _) => {
            scissors.cut();
            Response::new(Body::empty())
        }
    }
}

fn garbled(mut answer: Answer) -> Answer {
    if let Payload::Json(body) = answer.body {
        answer.body = Payload::Cut(body);
    }
    answer
}

/// Records an answer and gives it.
fn end(hub: &Hub, number: usize, answer: Answer) -> Response<Body> {
    hub.change(|state| state.traffic.end(number, &answer));
    let is_discord = !matches!(answer.body, Payload::Html(_));
    response(hub, answer, is_discord)
}

/// What Discord says bears `Via`; what Cloudflare says in front of it does not.
fn response(hub: &Hub, answer: Answer, is_discord: bool) -> Response<Body> {
    let mut builder = Response::builder()
        .status(answer.status)
        .header(DATE, http_date(hub.state().now()));
    if is_discord {
        builder = builder.header(VIA, "1.1 google");
    }
    for (name, value) in &answer.headers {
        builder = builder.header(name, value);
    }
    let (kind, bytes) = match answer.body {
        Payload::None => return builder.body(Body::empty()).expect("well-formed headers"),
        Payload::Json(json) => ("application/json", json.to_string().into_bytes()),
        Payload::Html(html) => ("text/html", html.into_bytes()),
        Payload::Cut(json) => {
            let whole = json.to_string().into_bytes();
            ("application/json", whole[..whole.len() / 2].to_vec())
        }
    };
    let built = builder.header(CONTENT_TYPE, kind).body(Body::from(bytes));
    built.expect("well-formed headers")
}

fn text(headers: &HeaderMap, name: &str) -> String {
    let value = headers.get(name).and_then(|it| it.to_str().ok());
    value.unwrap_or_default().to_owned()
}

/// Discord's queries have numbers and words only: nothing is escaped.
fn query(text: &str) -> BTreeMap<String, String> {
    let pairs = text.split('&').filter_map(|it| it.split_once('='));
    pairs
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}
